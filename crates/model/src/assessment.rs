//! What the logs say of a secret: was it used, and is it dead.

use crate::{CredentialId, FindingId, Kind, Timestamp};
use serde::{Deserialize, Serialize};

/// A secret that was in mail, with what logs may know it by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExposedSecret {
    /// The finding.
    pub finding: FindingId,
    /// What sort of secret.
    pub kind: Kind,
    /// Names under which logs know exactly this secret.
    pub credentials: Vec<CredentialId>,
    /// Accounts that it signs in, as the mail names them.
    pub accounts: Vec<String>,
    /// Systems that it opens, as the mail names them.
    pub systems: Vec<String>,
    /// When a message that holds it was first taken, else first sent.
    pub first_exposed: Option<Timestamp>,
    /// When a message that holds it was last taken, else last sent.
    pub last_exposed: Option<Timestamp>,
    /// When it ends by itself, where its own value says so: `exp` of a signed token, `se` of a shared access signature.
    pub expires: Option<Timestamp>,
}

/// Whether a secret was used after it was exposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UsageVerdict {
    /// It was used from a network, by a program, through an application or on a resource that was never seen with it before the
    /// exposure.
    UsedAnew,
    /// It was used, in the way in which it was used before.
    UsedAsBefore,
    /// No use, and the logs cover the whole time since the exposure.
    NotSeen,
    /// The logs that would show it are missing, wholly or in part.
    Unknown,
}

impl UsageVerdict {
    /// Every variant, the worst first.
    pub const ALL: [UsageVerdict; 4] = [UsageVerdict::UsedAnew, UsageVerdict::UsedAsBefore, UsageVerdict::Unknown, UsageVerdict::NotSeen];

    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            UsageVerdict::UsedAnew => "used_anew",
            UsageVerdict::UsedAsBefore => "used_as_before",
            UsageVerdict::NotSeen => "not_seen",
            UsageVerdict::Unknown => "unknown",
        }
    }

    /// The variant of that word.
    pub fn parse(word: &str) -> Option<UsageVerdict> {
        UsageVerdict::ALL.into_iter().find(|v| v.as_str() == word)
    }
}

/// The use of one secret, by one name under which logs know it or its account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// The finding.
    pub finding: FindingId,
    /// What the logs say.
    pub verdict: UsageVerdict,
    /// What mail and log were joined by: a [`CredentialId`] as printed, or `account:name`.
    pub joined_by: String,
    /// Whether that is the very secret; else only its account, so that another secret of it may have been used.
    pub exact: bool,
    /// Successful uses before the first exposure.
    pub before: u64,
    /// Successful uses since.
    pub after: u64,
    /// Of these, uses from a network, by a program, through an application or on a target that was never seen before.
    pub anew: u64,
    /// First use since the exposure.
    pub first: Option<Timestamp>,
    /// Last use since the exposure.
    pub last: Option<Timestamp>,
    /// Why, in words.
    pub because: Vec<String>,
    /// Ids of events that it rests on, at most a hundred.
    pub rests_on: Vec<String>,
    /// Logs and days that were missing, in words.
    pub missing: Vec<String>,
}

/// Whether a secret is dead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProofVerdict {
    /// Changed after the last exposure, gone since, sessions cut, logs complete; or ended by itself.
    Proven,
    /// Something beside it was changed (a new one, another key, one of several accounts, the bin): it still opens, or can again.
    OldStillValid,
    /// Changed, and what it had opened lives on: sessions, consents, rights, rules.
    SessionsAlive,
    /// The logs cover the time, and nobody changed it.
    NoRecord,
    /// The logs that would show it, or show who changed it, are missing, wholly or in part.
    LogGap,
    /// A record says that it was changed, and it was used successfully afterwards.
    Contradicted,
    /// Proven, and exposed or made valid again afterwards.
    Reexposed,
}

impl ProofVerdict {
    /// Every variant, the worst first.
    pub const ALL: [ProofVerdict; 7] = [
        ProofVerdict::Contradicted,
        ProofVerdict::Reexposed,
        ProofVerdict::OldStillValid,
        ProofVerdict::SessionsAlive,
        ProofVerdict::NoRecord,
        ProofVerdict::LogGap,
        ProofVerdict::Proven,
    ];

    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ProofVerdict::Proven => "proven",
            ProofVerdict::OldStillValid => "old_still_valid",
            ProofVerdict::SessionsAlive => "sessions_alive",
            ProofVerdict::NoRecord => "no_record",
            ProofVerdict::LogGap => "log_gap",
            ProofVerdict::Contradicted => "contradicted",
            ProofVerdict::Reexposed => "reexposed",
        }
    }

    /// The variant of that word.
    pub fn parse(word: &str) -> Option<ProofVerdict> {
        ProofVerdict::ALL.into_iter().find(|v| v.as_str() == word)
    }
}

/// The proof of the reset of one secret, or what it lacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proof {
    /// The finding.
    pub finding: FindingId,
    /// What the logs say.
    pub verdict: ProofVerdict,
    /// When it was reset: the record on which the verdict rests.
    pub reset: Option<Timestamp>,
    /// Seconds from first exposure to reset; none while there is no reset.
    pub open_seconds: Option<i64>,
    /// Successful uses within that time.
    pub uses_while_open: u64,
    /// Why, in words; also which records look like a proof and are none.
    pub because: Vec<String>,
    /// Ids of events that it rests on.
    pub rests_on: Vec<String>,
    /// Logs and days that were missing, in words.
    pub missing: Vec<String>,
}
