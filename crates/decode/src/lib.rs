//! Bytes of mail in; messages, parts, text and gaps out. Pure: no IO, no clock, no globals.
//!
//! [`message`] reads one message: `charset` makes its bytes readable, mail-parser takes it apart, `mime` walks the parts,
//! `html`, `charset` and `file` turn them into text, and `residue` scans every byte that no part covers. [`mbox`] splits the one
//! store that this crate knows; [`sniff`] tells what a file is.

mod charset;
pub mod emlx;
pub mod export;
mod file;
pub mod graph;
mod headers;
mod html;
mod links;
pub mod mbox;
mod mime;
mod otp;
mod residue;
mod sniff;

use aftermail_eyes::Eyes;
use aftermail_model::{Gap, Locator, Message, Part, Sensitive, Text};
pub use file::Memory;
pub use sniff::{Store, sniff};

/// What bounds the work on one message. Where a limit bites, a gap says so.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Messages within messages.
    pub depth: u32,
    /// Parts of one message.
    pub parts: u32,
    /// Bytes of text that one message may become.
    pub text_bytes: u64,
    /// Milliseconds for trying passwords on its locked files, as a processor of the year 2020 takes them.
    pub lock_millis: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { depth: 64, parts: 10_000, text_bytes: 256 << 20, lock_millis: 10_000 }
    }
}

/// What decoding has at hand besides the bytes.
#[derive(Clone, Copy, Default)]
pub struct Tools<'a> {
    /// What bounds the work.
    pub limits: Limits,
    /// Passwords to try on what is locked, the likeliest first.
    pub passwords: &'a [Sensitive<String>],
    /// What looks at pictures; without it they are gaps.
    pub eyes: Option<&'a Eyes>,
    /// What files held that were opened before; without it each is opened.
    pub memory: Option<&'a Memory>,
}

/// What opened a locked part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// The password at this index of [`Tools::passwords`].
    Given(usize),
    /// A password that programs set by themselves and everybody knows.
    WellKnown(&'static str),
}

/// Receives what a message holds, in the order in which it stands there. The parts of a message are pushed after
/// their texts and gaps.
pub trait Sink {
    /// A passage of text.
    fn text(&mut self, text: Text);
    /// A part, with what became of it.
    fn part(&mut self, part: Part);
    /// Something that was not read.
    fn gap(&mut self, gap: Gap);
    /// The part of this index, at this place, was locked and `key` opened it.
    fn opened(&mut self, _part: u32, _place: &str, _key: Key) {}
}

/// Decodes one message. Never fails: what it cannot read it reports as a gap and scans raw.
///
/// `raw` is the message without its mbox envelope and quoting; `at` says where it lies in the evidence; `format` is the
/// word of [`Message::format`], of which `emlx` and `msg` change how bytes are read.
pub fn message(raw: &[u8], at: Locator, format: &str, tools: &Tools<'_>, sink: &mut dyn Sink) -> Message {
    mime::message(raw, at, format, tools, sink)
}

/// Decodes a file that is no message and no store: a document, an archive, a text, by itself as it would be as an attachment.
/// Its place is its `name`; `format` is the word of [`Message::format`].
pub fn file(raw: &[u8], name: &str, at: Locator, format: &str, tools: &Tools<'_>, sink: &mut dyn Sink) -> Message {
    mime::file(raw, name, at, format, tools, sink)
}

/// Whether the bytes are a message of Outlook (MSG, OFT, winmail.dat) rather than another file of its kind.
pub fn is_outlook_message(bytes: &[u8]) -> bool {
    aftermail_mapi::msg::is_message(bytes) || bytes.starts_with(b"\x78\x9f\x3e\x22")
}

/// Decodes one item of an Outlook store or message file. Never fails: what the item says was not read becomes gaps.
///
/// `at` says where it lies in the evidence; `format` is the word of [`Message::format`]: `pst` or `msg`.
pub fn outlook(item: &aftermail_mapi::Item, at: Locator, format: &str, tools: &Tools<'_>, sink: &mut dyn Sink) -> Message {
    mime::outlook::item(item, at, format, tools, sink)
}

/// The text of a piece of HTML as a reader sees it, for those who hold HTML outside of a message.
pub fn html_text(html: &str) -> String {
    html::passages(html).visible
}
