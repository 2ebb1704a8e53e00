//! What could not be read, and why. A gap is a fact of the case, not an error of the run.

use crate::Locator;
use serde::{Deserialize, Serialize};

/// Where in the flow the reading fell short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Stage {
    /// Opening or reading the evidence itself.
    Intake,
    /// Splitting a store into messages.
    Split,
    /// Turning a message or part into text.
    Decode,
    /// Looking for secrets in the text.
    Detect,
}

impl Stage {
    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Stage::Intake => "intake",
            Stage::Split => "split",
            Stage::Decode => "decode",
            Stage::Detect => "detect",
        }
    }
}

/// Why something was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Reason {
    /// Needs a password or a key.
    Encrypted,
    /// Broken, cut off, or not what it claims to be.
    Damaged,
    /// Nested deeper than the limit.
    TooDeep,
    /// Larger than the limit.
    TooLarge,
    /// A format that this version does not decode.
    Unsupported,
    /// The worker that read it died.
    Crashed,
    /// The worker that read it took longer than the limit.
    TimedOut,
    /// The operating system did not let us read it.
    Unreadable,
}

impl Reason {
    /// All reasons, in the order in which reports list them.
    pub const ALL: [Reason; 8] = [
        Reason::Encrypted,
        Reason::Damaged,
        Reason::TooDeep,
        Reason::TooLarge,
        Reason::Unsupported,
        Reason::Crashed,
        Reason::TimedOut,
        Reason::Unreadable,
    ];

    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Reason::Encrypted => "encrypted",
            Reason::Damaged => "damaged",
            Reason::TooDeep => "too deep",
            Reason::TooLarge => "too large",
            Reason::Unsupported => "unsupported",
            Reason::Crashed => "crashed",
            Reason::TimedOut => "timed out",
            Reason::Unreadable => "unreadable",
        }
    }
}

/// One thing that was not read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// The message, or for a whole evidence offset 0 and its length.
    pub at: Locator,
    /// Part index, where the gap is one part.
    pub part: Option<u32>,
    /// `body`, the attachment path joined by ` > `, or empty for the whole item.
    pub place: String,
    /// Media type of what was not read, where known.
    pub media: String,
    /// Where the reading fell short.
    pub stage: Stage,
    /// Why.
    pub reason: Reason,
    /// One plain sentence for a tired reader; never holds text of the mail beyond names.
    pub detail: String,
    /// Bytes that were not read.
    pub bytes: u64,
}
