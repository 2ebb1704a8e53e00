//! Spreads reading, decoding and finding over partitions of the evidence, in jailed workers.
//!
//! The scan is a DataFusion table: a source whose partitions are ranges of evidence. [`scan`] streams it to a
//! listener; [`derive`] writes it to the Parquet tables of a case, unit by unit, so that a killed run loses at most the
//! units under way; [`sql`] asks the tables. The only crate that knows Arrow, DataFusion and threads.

mod check;
mod derive;
mod lane;
mod logs;
mod opened;
mod owners;
mod queue;
mod scan;
mod source;
mod sql;
pub mod tables;
mod together;
mod units;
mod wire;
mod worker;

use aftermail_assess::coverage::Terms;
use aftermail_assess::{Directory, Ignore};
use aftermail_logs::list::Mapping;
use aftermail_model::{CaseKey, Gap, ListDecision, Locator, LogFile, Message, Occurrence, Part, Sensitive, Timestamp};
use serde::{Deserialize, Serialize};
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
    /// Whose mail it is, where the path tells.
    pub custodian: Option<String>,
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
    /// Whether personal data are looked for as well.
    pub personal: bool,
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
    /// What is known of the organisation's accounts and systems.
    pub directory: Directory,
    /// What is not to be worked off.
    pub ignores: Vec<Ignore>,
    /// Folder of the models that read text in pictures; without it pictures are gaps.
    pub models: Option<PathBuf>,
    /// Passwords that a person gives for what is locked: tried on everything that no secret of the mail opened.
    pub passwords: Vec<Sensitive<String>>,
    /// Program that is started with the one argument `worker` and calls [`worker_main`]; this very program when `None`.
    pub worker: Option<PathBuf>,
}

/// One message with everything found in it, or a whole file that could not be read: then the message is empty but for its
/// place, and a gap says why.
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

impl Item {
    /// Whether there is a message, rather than only a gap.
    pub fn is_message(&self) -> bool {
        !self.message.format.is_empty()
    }
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
    /// Of these, messages that are the same as another one, in another place or format.
    pub copies: u64,
    /// Outlook stores by kind, see [`Message::store`].
    pub stores: Vec<(String, u64)>,
    /// Parts.
    pub parts: u64,
    /// Bytes of evidence.
    pub bytes: u64,
    /// Places where secrets stand.
    pub occurrences: u64,
    /// Distinct secrets.
    pub findings: u64,
    /// Places where personal data stand; none where they were not looked for.
    pub personal: u64,
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
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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
    /// Which columns hold numbers, truth values or lists of texts, whose text is JSON as it stands.
    pub plain: Vec<bool>,
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
    scan::scan(files, options, cancel, progress, item)
}

/// Reads the one message at this place of a file again: with [`Options::reveal`], to show a value. `None` where no message
/// begins there any more.
pub fn read_again(file: &EvidenceFile, at: &Locator, options: &Options) -> Result<Option<Item>, EngineError> {
    scan::read_again(file, at, options)
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
    derive::derive(derived, files, options, cancel, progress)
}

/// Brings the table of events up to date with these exports of logs: sorted by time, each record once. `as_of` is when they were
/// handed over: a line that tells no year is of the last one before that. `progress` counts events as messages and rejects as gaps.
///
/// # Errors
/// Where the disk or the machine fails; what is wrong with a file becomes rejects.
pub fn read_logs(
    derived: &Path,
    files: &[EvidenceFile],
    options: &Options,
    as_of: Timestamp,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<LogFile>, EngineError> {
    logs::read(derived, files, options, as_of, cancel, progress)
}

/// What a case says of itself when its mail is held against its logs. Names in any case of letters.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// Domains of the organisation.
    pub own_domains: Vec<String>,
    /// When the theft may have begun.
    pub from: Option<Timestamp>,
    /// When it surely had ended.
    pub until: Option<Timestamp>,
    /// Accounts whose mailboxes were taken; `@domain` for all of a domain.
    pub compromised: Vec<String>,
    /// Sessions of the intruder.
    pub intruder_sessions: Vec<String>,
    /// Tokens of the intruder.
    pub intruder_tokens: Vec<String>,
    /// Addresses of the intruder.
    pub intruder_addresses: Vec<String>,
    /// Applications of the intruder.
    pub intruder_apps: Vec<String>,
    /// Accounts of those who put things right.
    pub trusted_accounts: Vec<String>,
    /// Addresses from which they do.
    pub trusted_addresses: Vec<String>,
    /// The provider's lists: name and file.
    pub lists: Vec<(String, EvidenceFile)>,
    /// Which of their columns hold what, as a person says.
    pub columns: Mapping,
    /// What people decided about their rows.
    pub decided: Vec<ListDecision>,
    /// How long logs are kept in this case.
    pub terms: Terms,
    /// Settings of mail hosts: name and content.
    pub settings: Vec<(String, Vec<u8>)>,
    /// Sigma rules: name and content.
    pub sigma: Vec<(String, String)>,
    /// Words by which thieves search mail for secrets.
    pub secret_words: Vec<String>,
    /// The moment for which all is said.
    pub as_of: Timestamp,
}

/// Holds the mail of a case against its events and writes the tables `coverage`, `signals`, `exposures`, `usage`, `proofs`,
/// `open_periods` and `remarks`.
///
/// # Errors
/// Where a table cannot be read or written.
pub fn check(derived: &Path, scope: &Scope, options: &Options) -> Result<(), EngineError> {
    check::check(derived, scope, options)
}

/// Answers SQL over the tables in `derived`.
pub fn sql(derived: &Path, query: &str) -> Result<Answer, EngineError> {
    sql::sql(derived, query)
}

/// What a jailed worker would get on this machine; starts one to see.
pub fn sandbox_status(options: &Options) -> SandboxStatus {
    scan::sandbox_status(options)
}

/// Body of the hidden `worker` command: jails itself, then reads jobs from stdin and writes records to stdout.
pub fn worker_main() -> i32 {
    worker_main_with(|_| {})
}

/// [`worker_main`] with something that is called with the bytes of every message before it is decoded. Tests crash, hang
/// and break out there.
#[doc(hidden)]
pub fn worker_main_with(probe: fn(&[u8])) -> i32 {
    worker::run(probe)
}
