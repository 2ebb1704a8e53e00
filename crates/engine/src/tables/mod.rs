//! The tables of a case: their columns, and reading them back. Each is in the order of its table.

mod columns;
pub(crate) mod files;
pub(crate) mod findings;
pub(crate) mod gaps;
pub(crate) mod links;
pub(crate) mod messages;
pub(crate) mod occurrences;
pub(crate) mod parts;
pub(crate) mod records;

use crate::{EngineError, Totals};
use aftermail_model::{Finding, Gap, Link, Message, Occurrence};
use columns::{Cells, number_at, time_at};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::Path;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Findings by priority.
pub fn findings(derived: &Path) -> Result<Vec<Finding>, EngineError> {
    let mut rows = Vec::new();
    files::read(derived, "findings", None, &mut |batch| {
        rows.extend(findings::from_batch(&batch)?);
        Ok(())
    })?;
    Ok(rows)
}

/// Links by finding.
pub fn links(derived: &Path) -> Result<Vec<Link>, EngineError> {
    let mut rows = Vec::new();
    files::read(derived, "links", None, &mut |batch| {
        rows.extend(links::from_batch(&batch)?);
        Ok(())
    })?;
    Ok(rows)
}

/// Gaps by evidence and place.
pub fn gaps(derived: &Path) -> Result<Vec<Gap>, EngineError> {
    let mut rows = Vec::new();
    files::read(derived, "gaps", None, &mut |batch| {
        rows.extend(gaps::from_batch(&batch)?);
        Ok(())
    })?;
    Ok(rows)
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
    (totals.files, totals.bytes, totals.interrupted) = (stamp.files, stamp.bytes, !stamp.complete);
    Ok(totals)
}
