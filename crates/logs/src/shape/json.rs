//! Objects in an array, in an envelope (`{"Records":[…]}`), one a line, or one after another without anything between.

use crate::{Limits, Reject, Sink, Why, place, vendor};
use serde_json::Value;
use std::ops::Range;

/// Members that hold the records of an envelope: CloudTrail, Azure diagnostics, Graph, Google.
const ENVELOPES: [&[u8]; 5] = [b"Records", b"records", b"value", b"items", b"Events"];
/// An envelope says little before its records.
const ENVELOPE_HEAD: usize = 12;
/// How often reading goes on behind an object without end; each such object is looked for up to the end of the text.
const RESUMES: u32 = 64;

/// Reads the objects that begin in a piece.
pub(crate) fn read(text: &[u8], piece: Range<usize>, limits: &Limits, sink: &mut dyn Sink) {
    for item in Items::new(text, piece.start).take_while(|item| item.start() < piece.end) {
        match item {
            Item::Object(span) => record(text, span, limits, sink),
            Item::Broken(span, why) => sink.reject(Reject { raw: place(span.start, span.len()), why }),
        }
    }
}

/// Where objects begin that are read the same by one who begins there.
pub(crate) fn boundaries(text: &[u8]) -> impl Iterator<Item = usize> {
    let mut items = Items::new(text, 0);
    let within = begins_with_envelope(text);
    std::iter::from_fn(move || {
        loop {
            let item = items.next()?;
            // The head of an envelope is known by its first record.
            if let Item::Object(span) = item
                && (items.within, items.entered) == (within, false)
            {
                return Some(span.start);
            }
        }
    })
}

enum Item {
    Object(Range<usize>),
    Broken(Range<usize>, Why),
}

impl Item {
    fn start(&self) -> usize {
        match self {
            Item::Object(span) | Item::Broken(span, _) => span.start,
        }
    }
}

/// What stands in a text, one after another.
struct Items<'a> {
    text: &'a [u8],
    at: usize,
    /// Whether an envelope was seen: what it says behind its records is no damage.
    within: bool,
    /// Whether the last item is the first of an envelope.
    entered: bool,
    resumes: u32,
}

impl<'a> Items<'a> {
    fn new(text: &'a [u8], from: usize) -> Items<'a> {
        let at = if from == 0 { mark_end(text) } else { from };
        Items { text, at, within: from > 0 && begins_with_envelope(text), entered: false, resumes: 0 }
    }

    fn object(&mut self) -> Item {
        let start = self.at;
        if let Some(end) = value_end(self.text, start) {
            self.at = end;
            return Item::Object(start..end);
        }
        self.resumes += 1;
        self.at = next_object(self.text, start).filter(|_| self.resumes <= RESUMES).unwrap_or(self.text.len());
        Item::Broken(start..self.at, Why::CutOff)
    }
}

impl Iterator for Items<'_> {
    type Item = Item;

    fn next(&mut self) -> Option<Item> {
        self.entered = false;
        loop {
            match *self.text.get(self.at)? {
                b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']' | 0x1e => self.at += 1,
                b'{' => match envelope(self.text, self.at) {
                    Some(first) => (self.at, self.within, self.entered) = (first, true, true),
                    None => return Some(self.object()),
                },
                b'"' if self.within => self.at = string_end(self.text, self.at).unwrap_or(self.text.len()),
                b':' | b'}' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' if self.within => self.at += 1,
                _ => {
                    let start = self.at;
                    self.at = line_end(self.text, start);
                    return Some(Item::Broken(start..self.at, Why::Damaged));
                }
            }
        }
    }
}

fn mark_end(text: &[u8]) -> usize {
    if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 }
}

fn begins_with_envelope(text: &[u8]) -> bool {
    let open = blank_end(text, mark_end(text));
    text.get(open) == Some(&b'{') && envelope(text, open).is_some()
}

fn record(text: &[u8], span: Range<usize>, limits: &Limits, sink: &mut dyn Sink) {
    let raw = place(span.start, span.len());
    let bytes = &text[span];
    if bytes.len() > limits.record_bytes {
        return sink.reject(Reject { raw, why: Why::TooLarge });
    }
    match serde_json::from_slice::<Value>(bytes) {
        Ok(value) => vendor::record(&value, bytes, raw, sink),
        Err(e) if e.to_string().starts_with("recursion limit") => sink.reject(Reject { raw, why: Why::TooLarge }),
        Err(_) => sink.reject(Reject { raw, why: Why::Damaged }),
    }
}

/// Where the first record of an envelope stands, if the object at this place is one.
fn envelope(text: &[u8], open: usize) -> Option<usize> {
    let mut at = open + 1;
    for _ in 0..ENVELOPE_HEAD {
        at = blank_end(text, at);
        let end = string_end(text, at)?;
        let name = &text[at + 1..end - 1];
        at = blank_end(text, end);
        if text.get(at) != Some(&b':') {
            return None;
        }
        at = blank_end(text, at + 1);
        if ENVELOPES.contains(&name) && text.get(at) == Some(&b'[') {
            let first = blank_end(text, at + 1);
            return matches!(text.get(first), Some(b'{' | b']')).then_some(first);
        }
        // Only plain values stand before the records: no need to look through a whole record twice.
        if matches!(text.get(at)?, b'{' | b'[') {
            return None;
        }
        at = blank_end(text, value_end(text, at)?);
        if text.get(at) != Some(&b',') {
            return None;
        }
        at += 1;
    }
    None
}

fn blank_end(text: &[u8], at: usize) -> usize {
    text.get(at..).map_or(at, |rest| at + rest.iter().take_while(|b| b.is_ascii_whitespace()).count())
}

fn line_end(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |n| at + n + 1)
}

fn string_end(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        at += memchr::memchr2(b'"', b'\\', text.get(at..)?)?;
        if text[at] == b'"' {
            return Some(at + 1);
        }
        at += 2;
    }
}

/// The end of the value at this place, by its brackets and quotes alone.
fn value_end(text: &[u8], start: usize) -> Option<usize> {
    let (mut at, mut depth) = (start, 0_usize);
    loop {
        match text.get(at)? {
            b'"' => {
                at = string_end(text, at)?;
                if depth == 0 {
                    return Some(at);
                }
                continue;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth <= 1 => return Some(at + usize::from(depth == 1)),
            b'}' | b']' => depth -= 1,
            b',' if depth == 0 => return Some(at),
            _ => {}
        }
        at += 1;
    }
}

/// The next object that begins a line.
fn next_object(text: &[u8], at: usize) -> Option<usize> {
    memchr::memmem::find(&text[at..], b"\n{").map(|n| at + n + 1)
}
