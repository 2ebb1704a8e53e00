//! Spreads reading, decoding and finding over partitions of the evidence, in jailed workers.
//!
//! The scan is a DataFusion table: a source whose partitions are ranges of evidence. [`scan`] streams it to a
//! listener; [`derive`] writes it to the Parquet tables of a case, unit by unit, so that a killed run loses at most the
//! units under way; [`sql`] asks the tables. The only crate that knows Arrow, DataFusion and threads.

use aftermail_model::{CaseKey, Finding, Gap, Link, Message, Occurrence, Part, Sensitive};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// A file taken in.
#[derive(Debug, Clone)]
pub struct EvidenceFile {
    /// Goes into every locator, see [`aftermail_model::Locator::evidence`].
    pub id: String,
    /// Where to read it.
    pub path: PathBuf,
    /// Size in bytes.
    pub size: u64,
    /// Folder of the messages in it, where the path tells (Maildir folder, directory of EML files).
    pub folder: Option<String>,
}

/// How to scan.
#[derive(Clone)]
pub struct Options {
    /// Key of the fingerprints.
    pub key: CaseKey,
    /// User rule files: name and content (gitleaks TOML).
    pub rules: Vec<(String, String)>,
    /// Whether values travel with the occurrences of [`scan`]. [`derive`] refuses it.
    pub reveal: bool,
    /// Whether workers are jailed by landlock and seccomp.
    pub sandbox: bool,
    /// Worker processes; 0 for one per core.
    pub workers: usize,
    /// Address space of one worker in bytes.
    pub worker_memory: u64,
    /// Seconds that one message may take.
    pub item_seconds: u64,
    /// Bytes of one message that are read.
    pub item_bytes: u64,
    /// Program that is started with the one argument `worker` and calls [`worker_main`]; this very program when `None`.
    pub worker: Option<PathBuf>,
}

/// One message with everything found in it.
#[derive(Debug, Clone)]
pub struct Item {
    /// The message.
    pub message: Message,
    /// Its parts.
    pub parts: Vec<Part>,
    /// What was found.
    pub occurrences: Vec<Occurrence>,
    /// Values of the occurrences, in their order; empty unless [`Options::reveal`].
    pub values: Vec<Sensitive<String>>,
    /// What was not read.
    pub gaps: Vec<Gap>,
}

/// How far the work is. Sent at most ten times a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Bytes of evidence to read.
    pub bytes_total: u64,
    /// Bytes read.
    pub bytes: u64,
    /// Messages read.
    pub messages: u64,
    /// Places where secrets stand.
    pub occurrences: u64,
    /// Things not read.
    pub gaps: u64,
}

/// What was read, in numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Totals {
    /// Evidence files.
    pub files: u64,
    /// Messages.
    pub messages: u64,
    /// Parts.
    pub parts: u64,
    /// Bytes of evidence.
    pub bytes: u64,
    /// Places where secrets stand.
    pub occurrences: u64,
    /// Distinct secrets.
    pub findings: u64,
    /// Gaps by reason: number and bytes, in the order of [`aftermail_model::Reason::ALL`].
    pub gaps: Vec<(aftermail_model::Reason, u64, u64)>,
    /// Parts whose text was known already, so that it was not searched again.
    pub repeated_parts: u64,
    /// Whether the work was stopped before its end.
    pub interrupted: bool,
}

/// Told to stop by Ctrl-C: what is done is kept.
#[derive(Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    /// Asks the work to end after the items under way.
    pub fn stop(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    /// Whether it was asked to.
    pub fn stopped(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

/// What the kernel enforces on workers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SandboxStatus {
    /// Filesystem, network and system calls are restricted.
    Full,
    /// Some of it; the sentence says what is missing.
    Partial(String),
    /// Nothing; the sentence says why.
    None(String),
    /// The user switched it off.
    Off,
}

/// Why the engine could not do its work. The evidence's own faults are gaps, not errors.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// Fault of the caller's input.
    #[error("{0}")]
    Input(String),
    /// Fault of the machine: disk, memory, permissions.
    #[error("{0}")]
    Environment(String),
    /// Fault of this program.
    #[error("{0}")]
    Bug(String),
}

/// An answer to an SQL question: column names and rows of printed cells.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    /// Column names.
    pub columns: Vec<String>,
    /// Rows.
    pub rows: Vec<Vec<Option<String>>>,
}

/// Reads the files and hands over every message, in no particular order. `progress` and `item` are called on the
/// caller's thread.
pub fn scan(
    files: &[EvidenceFile],
    options: &Options,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
    item: &mut dyn FnMut(Item),
) -> Result<Totals, EngineError> {
    let _ = (files, options, cancel, progress, item);
    Err(EngineError::Bug("not built yet".into()))
}

/// Brings the tables in `derived` up to date with the files: scans what is new, then rewrites
/// `messages`, `parts`, `occurrences`, `gaps`, `findings`, `links` (`NAME.parquet`), each at once.
pub fn derive(
    derived: &Path,
    files: &[EvidenceFile],
    options: &Options,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Totals, EngineError> {
    let _ = (derived, files, options, cancel, progress);
    Err(EngineError::Bug("not built yet".into()))
}

/// Answers SQL over the tables in `derived`.
pub fn sql(derived: &Path, query: &str) -> Result<Answer, EngineError> {
    let _ = (derived, query);
    Err(EngineError::Bug("not built yet".into()))
}

/// The tables of a case, read back. Each is in the order of its table.
pub mod tables {
    use super::*;
    /// Findings by priority.
    pub fn findings(_derived: &Path) -> Result<Vec<Finding>, EngineError> {
        Ok(Vec::new())
    }
    /// Links by finding.
    pub fn links(_derived: &Path) -> Result<Vec<Link>, EngineError> {
        Ok(Vec::new())
    }
    /// Gaps by evidence and place.
    pub fn gaps(_derived: &Path) -> Result<Vec<Gap>, EngineError> {
        Ok(Vec::new())
    }
    /// Occurrences, each with its message.
    pub fn occurrences(_derived: &Path) -> Result<Vec<(Occurrence, Message)>, EngineError> {
        Ok(Vec::new())
    }
    /// Messages sent per day: seconds since 1970 of the day's start, all messages, messages with a secret.
    pub fn messages_by_day(_derived: &Path) -> Result<Vec<(i64, u64, u64)>, EngineError> {
        Ok(Vec::new())
    }
    /// The totals as the tables have them.
    pub fn totals(_derived: &Path) -> Result<Totals, EngineError> {
        Ok(Totals::default())
    }
}

/// What a jailed worker would get on this machine; starts one to see.
pub fn sandbox_status(options: &Options) -> SandboxStatus {
    if options.sandbox { SandboxStatus::None("not built yet".into()) } else { SandboxStatus::Off }
}

/// Body of the hidden `worker` command: jails itself, then reads jobs from stdin and writes records to stdout.
pub fn worker_main() -> i32 {
    70
}
