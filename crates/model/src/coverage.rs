//! For which days the logs can say anything at all.

use crate::{LogSource, Timestamp};
use serde::{Deserialize, Serialize};

/// What the logs of one day are worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cover {
    /// Records of this day were handed over, and nothing says that some are missing.
    Covered,
    /// No record of this day, between days that have some, or before the first or after the last.
    Gap,
    /// The provider stopped to record, because there was too much.
    Throttled,
    /// So old that the provider keeps it no longer, and it was not handed over.
    Expired,
    /// The licence or the audit setting of that time did not record it.
    Unlicensed,
    /// So young that the provider may still deliver records.
    Delayed,
}

impl Cover {
    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Cover::Covered => "covered",
            Cover::Gap => "gap",
            Cover::Throttled => "throttled",
            Cover::Expired => "expired",
            Cover::Unlicensed => "unlicensed",
            Cover::Delayed => "delayed",
        }
    }

    /// The variant of that word.
    pub fn parse(word: &str) -> Option<Cover> {
        [Cover::Covered, Cover::Gap, Cover::Throttled, Cover::Expired, Cover::Unlicensed, Cover::Delayed]
            .into_iter()
            .find(|c| c.as_str() == word)
    }

    /// Whether a record that is not there was not made.
    pub fn is_covered(self) -> bool {
        self == Cover::Covered
    }
}

/// One source, of one mailbox or account or of all, on one day in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Which log.
    pub source: LogSource,
    /// The account, in lower case, or [`Coverage::mailbox`]; none for the log as a whole.
    pub subject: Option<String>,
    /// First second of the day, in UTC.
    pub day: Timestamp,
    /// What it is worth.
    pub cover: Cover,
    /// Records of that day.
    pub events: u64,
    /// Why, in words.
    pub because: String,
}

impl Coverage {
    /// The subject of what a mailbox records of itself (`MailItemsAccessed` and others). What the log says of the account of that
    /// name is another matter: its sign-ins are there although the mailbox was throttled.
    pub fn mailbox(name: &str) -> String {
        format!("mailbox:{}", name.to_lowercase())
    }
}
