//! A message that a provider's list names.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// One row of a list of messages that a provider handed over. Absent means that the list does not say.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedMessage {
    /// Which row of the list, from 1: headings are counted, blank lines of a text are not; of JSON, which object.
    pub row: u64,
    /// RFC 5322 Message-ID as the list writes it, trimmed, with angle brackets or without.
    pub message_id: Option<String>,
    /// Microsoft's own id of the message on its way (`NetworkMessageId`): no mail holds it, but the provider can be asked by it.
    pub network_id: Option<String>,
    /// Sender: an address in lower case where the list has one, else what stands there.
    pub from: Option<String>,
    /// Recipients likewise; To, Cc and Bcc.
    pub to: Vec<String>,
    /// Subject.
    pub subject: Option<String>,
    /// When it was sent. Midnight may mean that the list has the day alone.
    pub sent: Option<Timestamp>,
    /// When the mailbox took it in.
    pub received: Option<Timestamp>,
    /// Size in bytes.
    pub size: Option<u64>,
    /// Whose mailbox it was taken from.
    pub mailbox: Option<String>,
}

/// What a person decided about a row of a list whose message is probably held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListDecision {
    /// The row, as `list:row`.
    pub row: String,
    /// The message that it means: evidence and first byte. None where it means none of the messages held.
    pub means: Option<(String, u64)>,
    /// Who decided.
    pub who: String,
    /// Why.
    pub why: String,
}

impl ListedMessage {
    /// Whether the row says enough of a message to look for it.
    pub fn names_a_message(&self) -> bool {
        let parties = self.from.is_some() || !self.to.is_empty();
        let time = self.sent.is_some() || self.received.is_some();
        self.message_id.is_some()
            || self.network_id.is_some()
            || (self.subject.is_some() && (parties || time))
            || (self.from.is_some() && time)
    }
}
