//! What could not be read, and why. A gap is a fact of the case, not an error of the run.

use crate::Locator;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

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

    /// Their words, in the same order.
    pub const WORDS: [&str; 8] = {
        let mut words = [""; 8];
        let mut n = 0;
        while n < 8 {
            words[n] = Reason::ALL[n].as_str();
            n += 1;
        }
        words
    };

    /// The word used in tables and JSON.
    pub const fn as_str(self) -> &'static str {
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

impl Gap {
    /// Name of the gap: 16 hex digits over where it is and why. The same in every run, for as long as it is open.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        let part = self.part.map_or(String::new(), |p| p.to_string());
        let (offset, length) = (self.at.offset.to_string(), self.at.length.to_string());
        for field in [&self.at.evidence, &offset, &length, &part, &self.place, self.stage.as_str(), self.reason.as_str()] {
            // The length keeps one field from running into the next.
            hash.update((field.len() as u64).to_le_bytes());
            hash.update(field);
        }
        hash.finalize()[..8].iter().map(|b| format!("{b:02x}")).collect()
    }
}

impl Reason {
    /// What a person does about it.
    pub fn advice(self) -> &'static str {
        match self {
            Reason::Encrypted => {
                "Ask its sender for the password and run again with --passwords FILE; assume that the thieves have it where it stands in other mail."
            }
            Reason::Damaged => "Export the item again; what could be decoded was searched.",
            Reason::TooDeep | Reason::TooLarge => "Take the file out and give it to aftermail by itself, or open it by hand.",
            Reason::Unsupported => "Open the item by hand: this version does not read its format.",
            Reason::Crashed | Reason::TimedOut => "Open the item by hand, and report it: the reader failed on it.",
            Reason::Unreadable => "Check permissions and the medium, then run again.",
        }
    }
}

/// What people decided about a gap. By default nothing: it is open.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decision {
    /// Who works on it.
    pub owner: Option<String>,
    /// That it may stay unread: who said so, and why.
    pub accepted: Option<(String, String)>,
}

impl Decision {
    /// In words.
    pub fn words(&self) -> String {
        match (&self.accepted, &self.owner) {
            (Some((who, why)), _) => format!("accepted by {who}: {why}"),
            (None, Some(owner)) => format!("assigned to {owner}"),
            (None, None) => "open".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_keeps_its_name_whatever_was_tried() {
        let gap = Gap {
            at: Locator { evidence: "e".into(), offset: 7, length: 9 },
            part: Some(2),
            place: "a.zip > b.txt".into(),
            media: String::new(),
            stage: Stage::Decode,
            reason: Reason::Encrypted,
            detail: "12 passwords were tried".into(),
            bytes: 5,
        };
        assert_eq!(gap.id(), Gap { detail: "13 passwords were tried".into(), ..gap.clone() }.id());
        assert_ne!(gap.id(), Gap { place: "a.zip > c.txt".into(), ..gap.clone() }.id());
        assert_eq!(gap.id().len(), 16);
    }
}
