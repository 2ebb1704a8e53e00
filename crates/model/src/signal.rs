//! What a detector saw in the logs.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// One hit of one detector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signal {
    /// Name of the detector, stable: `spray`, `app_secret_added`, `sigma:RULE-ID` …
    pub detector: String,
    /// What it saw, in one line.
    pub title: String,
    /// ATT&CK techniques: `T1110.003`.
    pub techniques: Vec<String>,
    /// First event.
    pub first: Option<Timestamp>,
    /// Last event.
    pub last: Option<Timestamp>,
    /// Who acted, where one did.
    pub actor: Option<String>,
    /// Accounts, mailboxes, applications that it concerns.
    pub subjects: Vec<String>,
    /// Addresses of the client.
    pub addresses: Vec<String>,
    /// Sessions.
    pub sessions: Vec<String>,
    /// Applications through which it was done.
    pub apps: Vec<String>,
    /// Whether an account of a secret in mail is among actor or subjects: these come first in every list.
    pub exposed_account: bool,
    /// Why, in words: what was counted, against which baseline.
    pub because: String,
    /// Ids of events, at most a hundred.
    pub rests_on: Vec<String>,
}
