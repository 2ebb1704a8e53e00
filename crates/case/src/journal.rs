//! Who did what and why, line by line, each bound to the one before.

use crate::{CaseError, now};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};

/// A line of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// 1, 2, 3 …
    pub number: i64,
    /// RFC 3339, UTC.
    pub at: String,
    /// `user@host`.
    pub who: String,
    /// What was done.
    pub what: String,
    /// The reason given.
    pub why: String,
    /// Hash over the line and the one before.
    pub hash: String,
}

pub(crate) fn append(db: &mut Connection, who: &str, what: &str, why: &str) -> Result<(), CaseError> {
    let tx = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let last: Option<(i64, String)> = tx
        .query_row("SELECT number, hash FROM journal ORDER BY number DESC LIMIT 1", [], |r| Ok((r.get(0)?, r.get(1)?)))
        .map(Some)
        .or_else(|e| if e == rusqlite::Error::QueryReturnedNoRows { Ok(None) } else { Err(e) })?;
    let (number, before) = last.map_or((1, String::new()), |(n, h)| (n + 1, h));
    let at = now();
    let hash = hash(&before, number, &at, who, what, why);
    tx.execute("INSERT INTO journal VALUES (?1, ?2, ?3, ?4, ?5, ?6)", params![number, at, who, what, why, hash])?;
    tx.commit()?;
    Ok(())
}

pub(crate) fn read(db: &Connection) -> Result<(Vec<Entry>, bool), CaseError> {
    let mut query = db.prepare("SELECT number, at, who, what, why, hash FROM journal ORDER BY number")?;
    let entries: Vec<Entry> = query
        .query_map([], |r| {
            Ok(Entry { number: r.get(0)?, at: r.get(1)?, who: r.get(2)?, what: r.get(3)?, why: r.get(4)?, hash: r.get(5)? })
        })?
        .collect::<Result<_, _>>()?;
    let mut before = String::new();
    let mut whole = true;
    for (at, e) in entries.iter().enumerate() {
        whole &= e.number == at as i64 + 1 && e.hash == hash(&before, e.number, &e.at, &e.who, &e.what, &e.why);
        before.clone_from(&e.hash);
    }
    Ok((entries, whole))
}

fn hash(before: &str, number: i64, at: &str, who: &str, what: &str, why: &str) -> String {
    let mut digest = Sha256::new();
    for field in [before, &number.to_string(), at, who, what, why] {
        // The length keeps one field from running into the next.
        digest.update((field.len() as u64).to_le_bytes());
        digest.update(field.as_bytes());
    }
    digest.finalize().iter().map(|b| format!("{b:02x}")).collect()
}
