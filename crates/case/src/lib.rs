//! The case folder and its only writer: what was taken in (manifest), who did what (journal), and the tables that the
//! engine derives from the evidence. Evidence itself is only ever read.

mod config;
mod decisions;
mod intake;
mod journal;
mod manifest;
mod schema;

use aftermail_engine::EvidenceFile;
use aftermail_model::{CaseKey, Decision, ListDecision, Timestamp};
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::io::Write;
use std::path::{Path, PathBuf};

pub use config::{Config, IgnoreRule, Intruder, Trusted, Window};
pub use intake::{Found, custodian_of, find};
pub use journal::Entry;
pub use manifest::{Change, Role, Row};

/// Why a case could not be worked on.
#[derive(Debug, thiserror::Error)]
pub enum CaseError {
    /// Fault of the caller's input: a missing file, a wrong key.
    #[error("{0}")]
    Input(String),
    /// Fault of the machine: disk, permissions.
    #[error("{0}")]
    Environment(String),
    /// Fault of this program.
    #[error("{0}")]
    Bug(String),
}

impl From<rusqlite::Error> for CaseError {
    fn from(e: rusqlite::Error) -> CaseError {
        CaseError::Environment(format!("the case's database could not be used: {e}"))
    }
}

/// An open case.
pub struct Case {
    folder: PathBuf,
    config: Config,
    db: Connection,
}

/// Who is at work: `user@host`.
pub fn operator() -> String {
    let user = std::env::var("SUDO_USER").or_else(|_| std::env::var("USER")).or_else(|_| std::env::var("LOGNAME"));
    let host = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim();
    format!("{}@{}", user.unwrap_or_else(|_| "unknown".into()), if host.is_empty() { "unknown" } else { host })
}

/// Now, RFC 3339 UTC to the second.
pub fn now() -> String {
    aftermail_model::Timestamp(jiff::Timestamp::now().as_second()).to_string()
}

impl Case {
    /// Opens the case of a `case.toml`, or of the folder that holds one. Makes the database where there is none.
    ///
    /// # Errors
    /// [`CaseError::Input`] where there is no case or its file is wrong.
    pub fn open(path: &Path) -> Result<Case, CaseError> {
        let file = if path.is_dir() { path.join("case.toml") } else { path.to_owned() };
        let text = std::fs::read_to_string(&file)
            .map_err(|e| CaseError::Input(format!("could not read the case file \"{}\": {e}", file.display())))?;
        let config = Config::parse(&text, &file)?;
        let parent = file.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let folder = std::fs::canonicalize(parent).map_err(|e| CaseError::Environment(format!("could not open the case folder: {e}")))?;
        let db = schema::open(&folder.join("case.db"))?;
        Ok(Case { folder, config, db })
    }

    /// The case folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Its settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Where the tables are.
    pub fn derived(&self) -> PathBuf {
        self.folder.join("derived")
    }

    /// Where the report is.
    pub fn report(&self) -> PathBuf {
        self.folder.join("report.html")
    }

    /// The key of the fingerprints: made at first use, in `case.key` (readable by its owner only) or the file that
    /// `key_file` names.
    ///
    /// # Errors
    /// Where the file cannot be read or made, or is no key.
    pub fn key(&self) -> Result<CaseKey, CaseError> {
        let path = self.folder.join(self.config.key_file.as_deref().unwrap_or(Path::new("case.key")));
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return new_key(&path),
            Err(e) => return Err(CaseError::Environment(format!("could not read the case key \"{}\": {e}", path.display()))),
        };
        parse_key(text.trim()).ok_or_else(|| {
            CaseError::Input(format!(
                "\"{}\" is no case key: it must hold 64 hexadecimal digits. Without the right key fingerprints do not match",
                path.display()
            ))
        })
    }

    /// The user's rule files: name and content.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub fn rules(&self) -> Result<Vec<(String, String)>, CaseError> {
        let read = |path: &PathBuf| {
            let file = self.folder.join(path);
            let text = std::fs::read_to_string(&file)
                .map_err(|e| CaseError::Input(format!("could not read the rule file \"{}\": {e}", file.display())))?;
            Ok((path.display().to_string(), text))
        };
        self.config.rules.iter().map(read).collect()
    }

    /// Takes in what the case names: walks it, hashes what is new or changed, writes the manifest and the journal. `progress` gets
    /// the bytes hashed so far and the bytes to hash. See [`Case::files`] for what came in.
    ///
    /// # Errors
    /// Where the database fails, or no evidence is named.
    pub fn take_in(&mut self, version: &str, progress: &mut dyn FnMut(u64, u64)) -> Result<(), CaseError> {
        let own = ["case.db", "case.db-wal", "case.db-shm", "case.key", "report.html", "derived"].map(|n| self.folder.join(n));
        let found = intake::find_all(&self.folder, &self.config, &own)?;
        manifest::take_in(&mut self.db, &found, version, progress)
    }

    /// The manifest, by path.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn manifest(&self) -> Result<Vec<Row>, CaseError> {
        manifest::rows(&self.db)
    }

    /// Compares the evidence with the manifest.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn verify(&mut self, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<(Row, Change)>, CaseError> {
        manifest::verify(&self.db, &self.folder, progress)
    }

    /// The files of a role that are there, as the engine reads them.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn files(&self, role: Role) -> Result<Vec<EvidenceFile>, CaseError> {
        let rows = self.manifest()?.into_iter().filter(|r| r.present && r.role == role);
        Ok(rows.map(|r| r.file(&self.folder)).collect())
    }

    /// When the files of a role were taken in, at the latest.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn handed_over(&self, role: Role) -> Result<Option<Timestamp>, CaseError> {
        let rows = self.manifest()?.into_iter().filter(|r| r.present && r.role == role);
        Ok(rows.filter_map(|r| Timestamp::parse(&r.taken_in_at)).max())
    }

    /// The Sigma rules that the case names: name and content.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub fn sigma(&self) -> Result<Vec<(String, String)>, CaseError> {
        let is_rule = |name: &str| name.ends_with(".yml") || name.ends_with(".yaml");
        let files = self.contents(&self.config.sigma, "sigma")?;
        Ok(files.into_iter().filter(|(name, _)| is_rule(name)).map(|(n, b)| (n, String::from_utf8_lossy(&b).into_owned())).collect())
    }

    /// The settings of mail hosts that the case names: name and content.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub fn settings(&self) -> Result<Vec<(String, Vec<u8>)>, CaseError> {
        self.contents(&self.config.settings, "settings")
    }

    /// The exports of directories that the case names: name and content.
    ///
    /// # Errors
    /// Where one cannot be read.
    pub fn directory(&self) -> Result<Vec<(String, Vec<u8>)>, CaseError> {
        self.contents(&self.config.directory, "directory")
    }

    fn contents(&self, patterns: &[String], key: &str) -> Result<Vec<(String, Vec<u8>)>, CaseError> {
        let read = |f: Found| {
            let bytes = std::fs::read(&f.path);
            let bytes = bytes.map_err(|e| CaseError::Input(format!("could not read \"{}\" of {key}: {e}", f.path.display())))?;
            Ok((f.relative.display().to_string(), bytes))
        };
        intake::named(&self.folder, patterns, key, &[])?.into_iter().map(read).collect()
    }

    /// Writes a line into the journal; each line carries the hash of the one before.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn record(&mut self, what: &str, why: &str) -> Result<(), CaseError> {
        journal::append(&mut self.db, &operator(), what, why)
    }

    /// The journal from its beginning, and whether its chain of hashes is whole.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn journal(&self) -> Result<(Vec<Entry>, bool), CaseError> {
        journal::read(&self.db)
    }

    /// Gives a gap to somebody; one that was accepted is open again.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn assign(&mut self, gap: &str, owner: &str, why: &str) -> Result<(), CaseError> {
        self.record(&decisions::assigned(gap, owner), why)
    }

    /// Lets a gap stay unread, for a reason.
    ///
    /// # Errors
    /// [`CaseError::Input`] without a reason, or where the database fails.
    pub fn accept(&mut self, gap: &str, why: &str) -> Result<(), CaseError> {
        if why.trim().is_empty() {
            return Err(CaseError::Input("a gap is accepted for a reason: it is written into the journal".into()));
        }
        self.record(&decisions::accepted(gap), why)
    }

    /// What people decided about gaps, by their ids: the journal, folded.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn decisions(&self) -> Result<BTreeMap<String, Decision>, CaseError> {
        Ok(decisions::folded(&self.journal()?.0))
    }

    /// Says which message a row of a list means, or that it means none of those held, for a reason.
    ///
    /// # Errors
    /// [`CaseError::Input`] without a reason, or where the database fails.
    pub fn settle(&mut self, row: &str, message: Option<&(String, u64)>, why: &str) -> Result<(), CaseError> {
        if why.trim().is_empty() {
            return Err(CaseError::Input("what a row of a list means is said for a reason: it is written into the journal".into()));
        }
        let line = message.map_or_else(|| decisions::meant_none(row), |message| decisions::meant(row, message));
        self.record(&line, why)
    }

    /// What people decided about rows of lists: the journal, folded.
    ///
    /// # Errors
    /// Where the database fails.
    pub fn list_decisions(&self) -> Result<Vec<ListDecision>, CaseError> {
        Ok(decisions::of_lists(&self.journal()?.0))
    }

    /// Writes the report, at once.
    ///
    /// # Errors
    /// Where the folder cannot be written.
    pub fn write_report(&self, html: &str) -> Result<PathBuf, CaseError> {
        let path = self.report();
        let partial = self.folder.join("report.html.partial");
        std::fs::write(&partial, html)
            .and_then(|()| std::fs::rename(&partial, &path))
            .map_err(|e| CaseError::Environment(format!("could not write the report \"{}\": {e}", path.display())))?;
        Ok(path)
    }
}

/// A key for one scan: its finding ids mean nothing elsewhere.
///
/// # Errors
/// Where the system has no randomness.
pub fn random_key() -> Result<CaseKey, CaseError> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|e| CaseError::Environment(format!("the system gives no random numbers: {e}")))?;
    Ok(CaseKey::new(bytes))
}

fn new_key(path: &Path) -> Result<CaseKey, CaseError> {
    let key = random_key()?;
    let text: String = key.bytes().iter().map(|b| format!("{b:02x}")).collect();
    // A key cut off by a crash would be refused ever after, so it appears whole or not at all.
    let partial = path.with_extension("key.partial");
    let write = || {
        let mut options = std::fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&partial)?;
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        std::fs::rename(&partial, path)
    };
    write().map_err(|e: std::io::Error| CaseError::Environment(format!("could not write the case key \"{}\": {e}", path.display())))?;
    Ok(key)
}

fn parse_key(text: &str) -> Option<CaseKey> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut bytes = [0; 32];
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(CaseKey::new(bytes))
}

#[cfg(test)]
mod tests;
