//! What an export of logs holds, and what of it is no event.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// An export of logs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogFile {
    /// Id of the evidence.
    pub evidence: String,
    /// Logs that it holds records of, by their words.
    pub sources: Vec<String>,
    /// Records that became events.
    pub events: u64,
    /// Of these, records that another record of the case repeats.
    pub duplicates: u64,
    /// Records that are no events.
    pub rejects: u64,
    /// Events without a time.
    pub undated: u64,
    /// First event.
    pub first: Option<Timestamp>,
    /// Last event.
    pub last: Option<Timestamp>,
}

/// A record of a log that is no event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Id of the evidence.
    pub evidence: String,
    /// Its first byte in the file's text, unpacked and in UTF-8.
    pub offset: u64,
    /// Its length in bytes.
    pub length: u64,
    /// Why, in words.
    pub why: String,
}
