//! Exports of logs into the table of events: read by jailed workers, sorted by time, each record once.

mod intake;
mod order;

use crate::tables::files::{self, Stamp, TableWriter, disk};
use crate::tables::{self, rejects};
use crate::{Cancel, EngineError, EvidenceFile, Options, Progress};
use aftermail_model::{LogFile, Timestamp};
use std::path::Path;
use xxhash_rust::xxh3::Xxh3;

/// Tables that are made from exports of logs alone.
const NAMES: [&str; 3] = ["events", "rejects", "logs"];
/// Where events wait to be sorted.
const SPOOL: &str = "events.unsorted";

/// See [`crate::read_logs`].
pub(crate) fn read(
    derived: &Path,
    files: &[EvidenceFile],
    options: &Options,
    as_of: Timestamp,
    cancel: &Cancel,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<LogFile>, EngineError> {
    std::fs::create_dir_all(derived).map_err(|e| disk(derived, e))?;
    let stamp = stamp(files, as_of);
    if NAMES.iter().all(|name| matches!(files::stamp(derived, name), Ok(Some(old)) if old == stamp)) {
        return tables::logs(derived);
    }
    let taken = intake::take(derived, files, options, as_of, &stamp, cancel, progress)?;
    if cancel.stopped() {
        files::remove(derived, SPOOL);
        return Ok(taken.files);
    }
    let sorted = order::by_time(derived, &stamp, taken.files);
    files::remove(derived, SPOOL);
    let rows = sorted?;
    for (name, batch) in [("rejects", rejects::to_batch(&taken.rejects)?), ("logs", tables::logs::to_batch(&rows)?)] {
        let mut table = TableWriter::new(derived, name, batch.schema(), &stamp)?;
        table.write(&batch)?;
        table.commit()?;
    }
    Ok(rows)
}

/// What the tables are made from: the files by their ids, which come from their content, and the build of the readers.
fn stamp(files: &[EvidenceFile], as_of: Timestamp) -> Stamp {
    let mut hash = Xxh3::new();
    hash.update(env!("AFTERMAIL_LOGS_BUILD").as_bytes());
    hash.update(&as_of.0.to_le_bytes());
    files.iter().for_each(|file| hash.update(file.id.as_bytes()));
    let bytes = files.iter().map(|f| f.size).sum();
    Stamp { plan: format!("{:032x}", hash.digest128()), files: files.len() as u64, bytes, complete: true }
}
