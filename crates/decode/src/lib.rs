//! Bytes of mail in; messages, parts, text and gaps out. Pure: no IO, no clock, no globals.

pub mod mbox;
mod sniff;

use aftermail_model::{Gap, Locator, Message, Part, Text};
pub use sniff::{Store, sniff};

/// What bounds the work on one message. Where a limit bites, a gap says so.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Messages within messages, parts within parts.
    pub depth: u32,
    /// Parts of one message.
    pub parts: u32,
    /// Bytes of text that one message may become.
    pub text_bytes: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { depth: 64, parts: 10_000, text_bytes: 256 << 20 }
    }
}

/// Receives what a message holds, in the order in which it stands there. The parts of a message are pushed after
/// their texts and gaps.
pub trait Sink {
    /// Whether content with this hash (encoded bytes, transfer encoding, charset and media type taken together) was
    /// decoded before, so that its texts are known. Its part and gaps are pushed all the same.
    fn known(&mut self, _content: u128) -> bool {
        false
    }
    /// A passage of text.
    fn text(&mut self, text: Text);
    /// A part, with what became of it.
    fn part(&mut self, part: Part);
    /// Something that was not read.
    fn gap(&mut self, gap: Gap);
}

/// Decodes one message. Never fails: what it cannot read it reports as a gap and scans raw.
///
/// `raw` is the message without its mbox envelope and quoting; `at` says where it lies in the evidence.
pub fn message(raw: &[u8], at: Locator, format: &str, limits: &Limits, sink: &mut dyn Sink) -> Message {
    let _ = (raw, limits, sink);
    Message { at, format: format.to_owned(), ..Message::default() }
}
