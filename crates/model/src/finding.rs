//! One distinct secret over all its places, and what it opens.

use crate::{FindingId, Kind, Status, Timestamp};
use serde::{Deserialize, Serialize};

/// One distinct secret. All numbers are over every occurrence in the case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Keyed fingerprint of the value.
    pub id: FindingId,
    /// Kind of its most confident occurrence.
    pub kind: Kind,
    /// Redacted form.
    pub shape: String,
    /// Best system, see [`Link`] for all.
    pub system: Option<String>,
    /// Best account.
    pub account: Option<String>,
    /// When it ends, where known.
    pub expires: Option<Timestamp>,
    /// Status of the latest occurrence that says anything.
    pub status: Status,
    /// Highest confidence of any occurrence.
    pub confidence: f32,
    /// Reasons of the most confident occurrence.
    pub because: Vec<String>,
    /// Earliest message that holds it.
    pub first_sent: Option<Timestamp>,
    /// Latest message that holds it.
    pub last_sent: Option<Timestamp>,
    /// In how many messages it stands.
    pub messages: u64,
    /// In how many places.
    pub occurrences: u64,
    /// 1 (reset today) to 4 (look at it when the rest is done).
    pub priority: u8,
    /// Why that priority, in words.
    pub priority_because: String,
    /// Why it is not to be worked off, where the case says so of all its places.
    pub ignored: Option<String>,
}

/// What a link points at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum LinkTarget {
    /// A host, URL, product, file or network that the secret opens.
    System,
    /// A user name, mail address or client id that it signs in.
    Account,
    /// Who may reset it.
    Owner,
    /// The name under which logs know exactly this secret, see [`crate::CredentialId`].
    Credential,
}

impl LinkTarget {
    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            LinkTarget::System => "system",
            LinkTarget::Account => "account",
            LinkTarget::Owner => "owner",
            LinkTarget::Credential => "credential",
        }
    }
}

/// A finding tied to what it opens or whom it signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The finding.
    pub finding: FindingId,
    /// System or account.
    pub target: LinkTarget,
    /// Its name, normalised.
    pub name: String,
    /// In how many occurrences the text says so.
    pub occurrences: u64,
    /// Why, in words.
    pub because: String,
}
