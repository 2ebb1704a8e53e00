//! Why a message counts as taken, or not.

use crate::{Locator, Timestamp};
use serde::{Deserialize, Serialize};

/// What is known of the exposure of one message, by one way of knowing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Exposed {
    /// The provider's list names it by its Message-ID.
    Listed,
    /// The provider's list very likely means it: a person must confirm.
    ListedProbable,
    /// Its mailbox recorded that the intruder read it.
    Read,
    /// The intruder synchronised its folder: assumed.
    AssumedSync,
    /// The intruder was in the mailbox while recording was throttled or missing: assumed.
    AssumedUnrecorded,
    /// It was read, and nothing tells by whom.
    ReadByUnknown,
    /// Correspondence with a compromised account within the window: assumed by rule.
    AssumedByRule,
    /// No record that it was read, and the logs cover it.
    NotReadCovered,
    /// No record that it was read, and the logs do not cover it.
    NotReadUncovered,
}

impl Exposed {
    /// Every variant, the surest first.
    pub const ALL: [Exposed; 9] = [
        Exposed::Listed,
        Exposed::Read,
        Exposed::ListedProbable,
        Exposed::AssumedSync,
        Exposed::AssumedUnrecorded,
        Exposed::AssumedByRule,
        Exposed::ReadByUnknown,
        Exposed::NotReadUncovered,
        Exposed::NotReadCovered,
    ];

    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Exposed::Listed => "listed",
            Exposed::ListedProbable => "listed_probable",
            Exposed::Read => "read",
            Exposed::AssumedSync => "assumed_sync",
            Exposed::AssumedUnrecorded => "assumed_unrecorded",
            Exposed::ReadByUnknown => "read_by_unknown",
            Exposed::AssumedByRule => "assumed_by_rule",
            Exposed::NotReadCovered => "not_read_covered",
            Exposed::NotReadUncovered => "not_read_uncovered",
        }
    }

    /// The variant of that word.
    pub fn parse(word: &str) -> Option<Exposed> {
        Exposed::ALL.into_iter().find(|e| e.as_str() == word)
    }

    /// Whether the secrets in such a message must be reset.
    pub fn counts_as_taken(self) -> bool {
        !matches!(self, Exposed::ReadByUnknown | Exposed::NotReadCovered | Exposed::NotReadUncovered)
    }
}

/// One message and one way in which it was exposed, or was not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exposure {
    /// The message.
    pub at: Locator,
    /// What is known.
    pub exposed: Exposed,
    /// When it was first taken, where that is known.
    pub first: Option<Timestamp>,
    /// When it was last taken.
    pub last: Option<Timestamp>,
    /// Why, in words.
    pub because: String,
    /// Ids of the events, or rows of lists (`name of the list:row`), that it rests on.
    pub rests_on: Vec<String>,
}
