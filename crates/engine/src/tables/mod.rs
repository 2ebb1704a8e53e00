//! The tables of a case: their columns, and reading them back. Each is in the order of its table.

pub(crate) mod columns;
pub(crate) mod coverage;
pub(crate) mod events;
pub(crate) mod exposures;
pub(crate) mod files;
pub(crate) mod findings;
pub(crate) mod gaps;
pub(crate) mod links;
pub(crate) mod logs;
pub(crate) mod messages;
pub(crate) mod occurrences;
pub(crate) mod open_periods;
pub(crate) mod parts;
pub(crate) mod proofs;
pub(crate) mod records;
pub(crate) mod rejects;
pub(crate) mod remarks;
pub(crate) mod signals;
pub(crate) mod usage;

use crate::{EngineError, Totals};
use aftermail_model::{
    Coverage, Event, Exposure, Finding, Gap, Link, LogFile, Message, Occurrence, OpenPeriod, Proof, Rejected, Signal, Usage,
};
use columns::{Cells, number_at, time_at};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// Seconds of a day.
const DAY: i64 = 86_400;

macro_rules! whole {
    ($($(#[$meta:meta])* $function:ident: $table:ident of $noun:ty),+ $(,)?) => {$(
        $(#[$meta])*
        pub fn $function(derived: &Path) -> Result<Vec<$noun>, EngineError> {
            let mut rows = Vec::new();
            files::read(derived, stringify!($table), None, &mut |batch| {
                rows.extend($table::from_batch(&batch)?);
                Ok(())
            })?;
            Ok(rows)
        }
    )+};
}

whole! {
    /// Findings by priority.
    findings: findings of Finding,
    /// Links by finding.
    links: links of Link,
    /// Gaps by evidence and place.
    gaps: gaps of Gap,
    /// Exports of logs, in the order of the evidence.
    logs: logs of LogFile,
    /// Records of logs that are no events, by file and place.
    rejects: rejects of Rejected,
    /// What the logs of each day are worth.
    coverage: coverage of Coverage,
    /// What detectors saw, what concerns accounts exposed in mail first.
    signals: signals of Signal,
    /// Which messages were taken.
    exposures: exposures of Exposure,
    /// Topic and sentence of what the logs as a whole give rise to.
    remarks: remarks of (String, String),
    /// When mail was served to whoever asked.
    open_periods: open_periods of OpenPeriod,
    /// Whether secrets were used.
    usage: usage of Usage,
    /// Whether secrets are dead.
    proofs: proofs of Proof,
}

/// Gives every event of the logs, in the order of time.
pub fn each_event(derived: &Path, give: &mut dyn FnMut(&Event)) -> Result<(), EngineError> {
    files::read(derived, "events", None, &mut |batch| {
        events::from_batch(&batch)?.iter().for_each(&mut *give);
        Ok(())
    })
}

/// The event of this id and the export that holds it.
pub fn event(derived: &Path, id: &str) -> Result<Option<(Event, String)>, EngineError> {
    let mut found = None;
    files::read(derived, "events", None, &mut |batch| {
        let cells = Cells(&batch);
        let (ids, evidence) = (cells.texts("id")?, cells.texts("evidence")?);
        if let Some(row) = (0..batch.num_rows()).find(|row| ids.value(*row) == id) {
            found = events::from_batch(&batch.slice(row, 1))?.pop().map(|event| (event, evidence.value(row).to_owned()));
        }
        Ok(())
    })?;
    Ok(found)
}

/// Gives every message.
pub fn each_message(derived: &Path, give: &mut dyn FnMut(Message)) -> Result<(), EngineError> {
    files::read(derived, "messages", None, &mut |batch| {
        messages::from_batch(&batch)?.into_iter().for_each(&mut *give);
        Ok(())
    })
}

/// Occurrences, each with its message.
pub fn occurrences(derived: &Path) -> Result<Vec<(Occurrence, Message)>, EngineError> {
    let mut rows: Vec<Occurrence> = Vec::new();
    files::read(derived, "occurrences", None, &mut |batch| {
        rows.extend(occurrences::from_batch(&batch)?);
        Ok(())
    })?;
    let wanted: HashSet<(&str, u64)> = rows.iter().map(|o| (o.at.evidence.as_str(), o.at.offset)).collect();
    let mut messages: HashMap<(String, u64), Message> = HashMap::with_capacity(wanted.len());
    files::read(derived, "messages", None, &mut |batch| {
        for message in messages::from_batch(&batch)? {
            if wanted.contains(&(message.at.evidence.as_str(), message.at.offset)) {
                messages.insert((message.at.evidence.clone(), message.at.offset), message);
            }
        }
        Ok(())
    })?;
    let message_of = |o: &Occurrence| {
        let known = messages.get(&(o.at.evidence.clone(), o.at.offset)).cloned();
        known.unwrap_or_else(|| Message { at: o.at.clone(), ..Message::default() })
    };
    Ok(rows
        .into_iter()
        .map(|o| {
            let message = message_of(&o);
            (o, message)
        })
        .collect())
}

/// Messages sent per day: seconds since 1970 of the day's start, all messages, messages with a secret.
pub fn messages_by_day(derived: &Path) -> Result<Vec<(i64, u64, u64)>, EngineError> {
    let mut holding: HashSet<(String, u64)> = HashSet::new();
    files::read(derived, "occurrences", Some(&["evidence", "offset"]), &mut |batch| {
        let cells = Cells(&batch);
        let (evidence, offset) = (cells.texts("evidence")?, cells.numbers("offset")?);
        holding.extend((0..batch.num_rows()).map(|i| (evidence.value(i).to_owned(), number_at(offset, i))));
        Ok(())
    })?;
    let mut days: BTreeMap<i64, (u64, u64)> = BTreeMap::new();
    files::read(derived, "messages", Some(&["evidence", "offset", "sent"]), &mut |batch| {
        let cells = Cells(&batch);
        let (evidence, offset, sent) = (cells.texts("evidence")?, cells.numbers("offset")?, cells.times("sent")?);
        for i in 0..batch.num_rows() {
            let Some(sent) = time_at(sent, i) else { continue };
            let day = days.entry(sent.0.div_euclid(DAY) * DAY).or_default();
            day.0 += 1;
            day.1 += u64::from(holding.contains(&(evidence.value(i).to_owned(), number_at(offset, i))));
        }
        Ok(())
    })?;
    Ok(days.into_iter().map(|(day, (all, with))| (day, all, with)).collect())
}

/// The totals as the tables have them.
pub fn totals(derived: &Path) -> Result<Totals, EngineError> {
    let mut tally = crate::scan::Tally::default();
    files::read(derived, "gaps", None, &mut |batch| {
        gaps::from_batch(&batch)?.iter().for_each(|g| tally.gap(g));
        Ok(())
    })?;
    files::read(derived, "messages", Some(&["evidence", "sameness", "store"]), &mut |batch| messages::tally(&batch, &mut tally))?;
    let stamp = files::stamp(derived, "messages")?.unwrap_or_default();
    let mut totals = tally.finish();
    totals.parts = files::rows(derived, "parts")?;
    totals.occurrences = files::rows(derived, "occurrences")?;
    totals.findings = files::rows(derived, "findings")?;
    totals.personal = files::rows(derived, "personal")?;
    (totals.files, totals.bytes, totals.interrupted) = (stamp.files, stamp.bytes, !stamp.complete);
    Ok(totals)
}
