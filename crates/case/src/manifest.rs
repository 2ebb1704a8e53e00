//! Chain of custody: every file taken in, with its sum.

use crate::{CaseError, Found, intake, now, operator};
use aftermail_engine::EvidenceFile;
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use std::collections::{HashMap, HashSet};
use std::io::Read;
use std::path::Path;

/// A file of the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// Evidence id.
    pub id: String,
    /// Below the case folder.
    pub path: String,
    /// 64 hex digits.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
    /// Last change, seconds since 1970.
    pub modified: i64,
    /// Mail folder that the path tells.
    pub folder: Option<String>,
    /// RFC 3339, UTC.
    pub taken_in_at: String,
    /// `user@host`.
    pub operator: String,
    /// Version of aftermail.
    pub version: String,
    /// Whether the last run found it.
    pub present: bool,
    /// What it is in the case.
    pub role: Role,
}

/// What a file is in a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Mail.
    Mail,
    /// An export of logs.
    Log,
    /// A list of stolen messages.
    List,
}

impl Role {
    /// The word used in the manifest.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Mail => "mail",
            Role::Log => "log",
            Role::List => "list",
        }
    }

    fn parse(word: &str) -> Role {
        [Role::Log, Role::List].into_iter().find(|r| r.as_str() == word).unwrap_or(Role::Mail)
    }
}

impl Row {
    pub(crate) fn file(self, folder: &Path) -> EvidenceFile {
        let custodian = intake::custodian_of(Path::new(&self.path));
        EvidenceFile { path: folder.join(&self.path), id: self.id, size: self.size, folder: self.folder, custodian }
    }
}

/// What verifying a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// The same bytes.
    Unchanged,
    /// Other bytes; their sum now.
    Changed(String),
    /// Not there any more.
    Missing,
    /// There, but not readable; why.
    Unreadable(String),
}

/// Hashes what is new or changed, and brings the manifest up to date.
pub(crate) fn take_in(
    db: &mut Connection,
    found: &[(Role, Found)],
    version: &str,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<(), CaseError> {
    let known: HashMap<String, Row> = rows(db)?.into_iter().map(|r| (r.path.clone(), r)).collect();
    let same =
        |role: Role, f: &Found| known.get(&path_text(f)).is_some_and(|r| r.size == f.size && r.modified == f.modified && r.role == role);
    let total = found.iter().filter(|(role, f)| !same(*role, f)).map(|(_, f)| f.size).sum();
    let (mut done, mut new, mut changed) = (0, 0u64, 0u64);
    let who = operator();
    let mut current = HashSet::new();
    let tx = db.transaction()?;
    for (role, f) in found {
        let path = path_text(f);
        current.insert(path.clone());
        if same(*role, f) {
            continue;
        }
        // The engine reports a file that cannot be read as a gap; it keeps its place here without a sum.
        let sum = sum(&f.path, &mut |n| progress(done + n, total)).unwrap_or_default();
        done += f.size;
        let known = known.get(&path);
        match known {
            None => new += 1,
            Some(row) if row.sha256 != sum => changed += 1,
            Some(_) => {}
        }
        tx.execute("DELETE FROM manifest WHERE path = ?1", [&path])?;
        let at = known.filter(|r| r.sha256 == sum).map_or_else(now, |r| r.taken_in_at.clone());
        tx.execute(
            "INSERT INTO manifest VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, 1, ?10)",
            params![id(&sum, &path), path, sum, f.size as i64, f.modified, f.folder, at, who, version, role.as_str()],
        )?;
    }
    let gone: Vec<&String> = known.keys().filter(|p| !current.contains(*p)).collect();
    for path in &gone {
        tx.execute("UPDATE manifest SET present = 0 WHERE path = ?1", [path])?;
    }
    for path in &current {
        tx.execute("UPDATE manifest SET present = 1 WHERE path = ?1 AND present = 0", [path])?;
    }
    tx.commit()?;
    if new + changed + gone.len() as u64 > 0 {
        let what = format!("took in evidence: {new} files new, {changed} changed, {} gone; {} in all", gone.len(), current.len());
        crate::journal::append(db, &who, &what, "")?;
    }
    Ok(())
}

fn path_text(f: &Found) -> String {
    f.relative.to_string_lossy().into_owned()
}

/// Names a file by content and place, so that a second run and another machine give the same name.
fn id(sum: &str, path: &str) -> String {
    let digest = Sha256::digest(format!("{sum}\0{path}").as_bytes());
    digest[..8].iter().map(|b| format!("{b:02x}")).collect()
}

fn sum(path: &Path, progress: &mut dyn FnMut(u64)) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut digest = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        let n = file.read(&mut buffer)?;
        if n == 0 {
            return Ok(digest.finalize().iter().map(|b| format!("{b:02x}")).collect());
        }
        digest.update(&buffer[..n]);
        done += n as u64;
        progress(done);
    }
}

pub(crate) fn rows(db: &Connection) -> Result<Vec<Row>, CaseError> {
    let mut query = db.prepare(
        "SELECT id, path, sha256, size, modified, folder, taken_in_at, operator, version, present, role FROM manifest ORDER BY path",
    )?;
    let rows = query.query_map([], |r| {
        Ok(Row {
            id: r.get(0)?,
            path: r.get(1)?,
            sha256: r.get(2)?,
            size: r.get::<_, i64>(3)? as u64,
            modified: r.get(4)?,
            folder: r.get(5)?,
            taken_in_at: r.get(6)?,
            operator: r.get(7)?,
            version: r.get(8)?,
            present: r.get::<_, i64>(9)? == 1,
            role: Role::parse(&r.get::<_, String>(10)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Hashes every file of the manifest again.
pub(crate) fn verify(db: &Connection, folder: &Path, progress: &mut dyn FnMut(u64, u64)) -> Result<Vec<(Row, Change)>, CaseError> {
    let rows = rows(db)?;
    let total = rows.iter().map(|r| r.size).sum();
    let mut done = 0;
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let change = match sum(&folder.join(&row.path), &mut |n| progress(done + n, total)) {
            Ok(sum) if sum == row.sha256 => Change::Unchanged,
            Ok(sum) => Change::Changed(sum),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Change::Missing,
            Err(e) => Change::Unreadable(e.kind().to_string()),
        };
        done += row.size;
        out.push((row, change));
    }
    Ok(out)
}
