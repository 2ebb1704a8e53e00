//! The mail that is held, as far as it is needed to say whether it was taken.

use crate::threads::address;
use aftermail_model::{Locator, Message, Timestamp};

/// What is needed of a [`Message`].
#[derive(Debug, Clone, Copy)]
pub struct Held<'m> {
    /// Where it lies.
    pub at: &'m Locator,
    /// Equal for the same message in whatever format.
    pub sameness: &'m str,
    /// Message-ID with its angle brackets.
    pub message_id: Option<&'m str>,
    /// Sender as `Name <addr>`.
    pub from: Option<&'m str>,
    /// Recipients as `Name <addr>`.
    pub to: &'m [String],
    /// Decoded subject.
    pub subject: Option<&'m str>,
    /// When it was sent.
    pub sent: Option<Timestamp>,
    /// When the mailbox took it in.
    pub received: Option<Timestamp>,
    /// Its size in bytes.
    pub size: u64,
    /// Folder that held it.
    pub folder: Option<&'m str>,
    /// Whose mailbox it is from.
    pub custodian: Option<&'m str>,
}

impl<'m> From<&'m Message> for Held<'m> {
    fn from(m: &'m Message) -> Held<'m> {
        Held {
            at: &m.at,
            sameness: &m.sameness,
            message_id: m.message_id.as_deref(),
            from: m.from.as_deref(),
            to: &m.to,
            subject: m.subject.as_deref(),
            sent: m.sent,
            received: m.received,
            // An item of an Outlook store has no length of its own.
            size: if m.at.length > 1 { m.at.length } else { m.expected_bytes },
            folder: m.folder.as_deref(),
            custodian: m.custodian.as_deref(),
        }
    }
}

impl Held<'_> {
    /// When it was in the mailbox, at the latest.
    pub(super) fn begins(&self) -> Option<Timestamp> {
        self.received.or(self.sent)
    }

    /// Addresses of sender and recipients, in lower case.
    pub(super) fn parties(&self) -> impl Iterator<Item = String> {
        self.from.into_iter().chain(self.to.iter().map(String::as_str)).map(address)
    }
}

/// A Message-ID without blanks and brackets, which exports drop as they like. Case stays: ids may differ by it alone.
pub(super) fn bare_id(id: &str) -> &str {
    let id = id.trim();
    let id = id.strip_prefix('<').unwrap_or(id);
    id.strip_suffix('>').unwrap_or(id).trim()
}

/// The mail held by Message-ID.
pub(super) struct Ids {
    /// Hash of the id in lower case, and the message: 16 bytes for each message.
    sorted: Vec<(u64, usize)>,
}

impl Ids {
    pub(super) fn of(held: &[Held<'_>]) -> Ids {
        let named = held.iter().enumerate().filter_map(|(n, h)| Some((hash(bare_id(h.message_id?)), n)));
        let mut sorted: Vec<(u64, usize)> = named.collect();
        sorted.sort_unstable();
        Ids { sorted }
    }

    /// All messages of this id: those with exactly it; where there is none, those with it in other case.
    pub(super) fn holders(&self, held: &[Held<'_>], id: &str) -> Vec<usize> {
        let id = bare_id(id);
        let hash = hash(id);
        let from = self.sorted.partition_point(|(h, _)| *h < hash);
        let alike: Vec<(usize, &str)> = self.sorted[from..]
            .iter()
            .take_while(|(h, _)| *h == hash)
            .filter_map(|(_, n)| Some((*n, bare_id(held.get(*n)?.message_id?))))
            .filter(|(_, own)| lower(own).eq(lower(id)))
            .collect();
        let exact: Vec<usize> = alike.iter().filter(|(_, own)| *own == id).map(|(n, _)| *n).collect();
        if exact.is_empty() { alike.into_iter().map(|(n, _)| n).collect() } else { exact }
    }
}

fn lower(text: &str) -> impl Iterator<Item = char> {
    text.chars().flat_map(char::to_lowercase)
}

/// FNV-1a over the letters in lower case. Equal hashes are compared letter by letter, so that ids made to collide cost time alone.
fn hash(id: &str) -> u64 {
    lower(id).fold(0xcbf2_9ce4_8422_2325, |hash, c| (hash ^ u64::from(u32::from(c))).wrapping_mul(0x0100_0000_01b3))
}
