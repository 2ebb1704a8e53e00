//! Exports of logs in; events and rejects out. Pure: no IO, no clock, no globals.
//!
//! [`read`] takes a whole file. `text` makes it readable (gzip, UTF-16), `sniff` tells its shape, `shape` splits it into records
//! with their places, and `vendor` turns each record into events. The vendor is told record by record, so that mixed and
//! mislabelled files lose nothing. Every record ends as an event or as a [`Reject`].

mod address;
pub mod list;
pub mod open;
mod pieces;
mod record;
mod shape;
mod sniff;
mod text;
mod time;
mod vendor;

pub use address::normal_address;
use aftermail_model::{Event, RawRef, Timestamp};
pub use pieces::pieces;
use std::borrow::Cow;
use std::ops::Range;
pub use text::{is_text, unpack};
pub use time::parse_time;

/// What bounds the work on one file.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes that a compressed file may become.
    pub text_bytes: u64,
    /// Bytes of one record.
    pub record_bytes: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { text_bytes: 4 << 30, record_bytes: 16 << 20 }
    }
}

/// What the caller knows besides the bytes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hint {
    /// The year of lines that tell none (syslog).
    pub year: Option<i16>,
    /// When the logs were handed over: without a year, such lines are of the last one in which they do not lie behind this. A
    /// property of the event says so. With neither, they have no time, and their text stays.
    pub as_of: Option<Timestamp>,
    /// What bounds the work.
    pub limits: Limits,
}

/// Why a record did not become an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// Nothing stands there: a file of 0 bytes, or a row without its record.
    Empty,
    /// Cut off before its end.
    CutOff,
    /// Broken: no JSON, no text, or no gzip.
    Damaged,
    /// Larger or deeper than the limit.
    TooLarge,
    /// Sound, but of no log that this version knows.
    Unknown,
    /// Of a known log, told in words alone that are not understood.
    Words,
}

impl Why {
    /// The words that a reader sees.
    pub fn as_str(self) -> &'static str {
        match self {
            Why::Empty => "holds no record",
            Why::CutOff => "is cut off",
            Why::Damaged => "is damaged",
            Why::TooLarge => "is larger or deeper than the limit",
            Why::Unknown => "is of no known log",
            Why::Words => "tells its data in words of a language or version that is not read: export it with its data (XML or JSON)",
        }
    }
}

/// A record that did not become an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reject {
    /// Where it stands.
    pub raw: RawRef,
    /// Why.
    pub why: Why,
}

/// Receives what a file holds, in the order in which it stands there.
pub trait Sink {
    /// A record, or one of the events of a record.
    fn event(&mut self, event: Event);
    /// A record that is none.
    fn reject(&mut self, reject: Reject);
}

/// Reads one file. Nothing is left out: what is no event is a reject. The bytes of a large file are best mapped into memory; one
/// that is not text as it stands ([`is_text`]) becomes text in memory here, or on disk before by [`unpack`].
pub fn read(bytes: &[u8], hint: &Hint, sink: &mut dyn Sink) {
    let (text, fault) = text::readable(bytes, hint.limits.text_bytes);
    if fault.is_none() || !is_blank(&text) {
        read_piece(&text, 0..text.len(), hint, sink);
    }
    if let Some(reject) = fault {
        sink.reject(reject);
    }
}

/// Reads one of the [`pieces`] of a text. The text is the whole one: its beginning tells the shape and the columns of all pieces.
pub fn read_piece(text: &[u8], piece: Range<usize>, hint: &Hint, sink: &mut dyn Sink) {
    if piece == (0..text.len()) && is_blank(text) {
        return sink.reject(Reject { raw: place(0, text.len()), why: Why::Empty });
    }
    let end = piece.end.min(text.len());
    let piece = piece.start.min(end)..end;
    match sniff::sniff(text) {
        sniff::Shape::Json => shape::json::read(text, piece, &hint.limits, sink),
        sniff::Shape::Csv { delimiter } => shape::csv::read(text, piece, delimiter, &hint.limits, sink),
        sniff::Shape::Lines => shape::lines::read(text, piece, hint, sink),
    }
}

/// The text to which places refer: the bytes themselves, or what decompression and UTF-8 make of them.
pub fn text<'a>(bytes: &'a [u8], limits: &Limits) -> Cow<'a, [u8]> {
    text::readable(bytes, limits.text_bytes).0
}

fn is_blank(text: &[u8]) -> bool {
    text.iter().all(|b| b.is_ascii_whitespace() || matches!(b, b'[' | b']'))
}

fn place(offset: usize, length: usize) -> RawRef {
    RawRef { offset: offset as u64, length: length as u64 }
}
