//! Mail that was served to whoever asked.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A time in which a mail host asked nobody who he was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenPeriod {
    /// The host, as log or configuration name it; none where they do not.
    pub host: Option<String>,
    /// What it served: `imap`, `pop3`, `smtp`, `exchange web services`, `search` …
    pub service: String,
    /// The first proof that it was open, in UTC; none for a setting, which does not tell since when it stands there. It may have
    /// been open before.
    pub from: Option<Timestamp>,
    /// The last proof. It may have been open after.
    pub until: Option<Timestamp>,
    /// Why, in words.
    pub because: String,
    /// Ids of events, at most a hundred, or places of settings (`file:line`).
    pub rests_on: Vec<String>,
}
