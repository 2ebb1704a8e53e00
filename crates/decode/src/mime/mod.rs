//! One message, taken apart by mail-parser and walked part by part, with an account of every byte.

mod flowed;
mod leaf;
pub(crate) mod outlook;
mod parser;
mod sameness;
mod stores;
mod undecoded;
mod volumes;

use crate::file::Budget;
use crate::{Sink, Tools, charset, emlx, headers, residue, sniff};
use aftermail_mapi::{Fault, Item};
use aftermail_model::{Gap, Layer, Locator, Message, Part, PartState, Reason, Stage, Text};
use leaf::{Leaf, file_name, media};
use mail_parser::{Encoding, MessagePart, MimeHeaders, PartType};
use parser::{Parsed, parse};
use sameness::Sameness;
use std::borrow::Cow;
use std::ops::Range;
use xxhash_rust::xxh3::xxh3_128;

const BROKEN: &str = "the message file is too broken to be taken apart; its readable strings were searched";
const NO_STRUCTURE: &str = "Its parts could not be told apart; all of it was searched as one text, undecoded.";

/// See [`crate::message`].
pub(crate) fn message(raw: &[u8], at: Locator, format: &str, tools: &Tools<'_>, sink: &mut dyn Sink) -> Message {
    if format == "msg" {
        let broken = Item { faults: vec![Fault { what: BROKEN.to_owned() }], ..Item::default() };
        let item = outlook::within(raw);
        let mut message = outlook::item(item.as_ref().unwrap_or(&broken), at, format, tools, sink);
        if item.is_none() {
            let strings = residue::strings(raw);
            sink.text(Text {
                part: 0,
                layer: Layer::Raw,
                place: "body".into(),
                media: "application/vnd.ms-outlook".into(),
                body: strings,
                certainty: Vec::new(),
            });
            (message.expected_bytes, message.unread_bytes) = (raw.len() as u64, raw.len() as u64);
            message.key = hex(xxh3_128(raw));
            message.sameness.clone_from(&message.key);
        }
        return message;
    }
    let mut message = Message { at: at.clone(), key: hex(xxh3_128(raw)), format: format.to_owned(), ..Message::default() };
    let readable = charset::readable(raw);
    let (bytes, length_line) = if format == "emlx" { apple(&readable) } else { (readable.as_ref(), 0) };
    let mut walk = Walk::new(at, tools, sink);
    match parse(bytes) {
        Parsed::Message(parsed) => {
            headers::fill(&mut message, &parsed);
            headers::handling(&mut message, bytes);
            walk.message(&parsed, bytes, "", 0);
        }
        Parsed::Nothing => walk.bare(bytes),
        Parsed::Fault => walk.fault(bytes),
    }
    walk.residue(bytes, "");
    walk.put_together(0, 0);
    let tail = readable.len() - length_line - bytes.len();
    if tail > 0 {
        // The property list of Apple Mail: flags and dates.
        let rest = &readable[readable.len() - tail..];
        walk.ledger.residue += tail as u64;
        let list = residue::text(rest);
        emlx::handling(&list, &mut message);
        walk.push_text(0, Layer::Raw, "body", "application/xml", list);
    }
    walk.account(&mut message);
    message
}

/// See [`crate::file`].
pub(crate) fn file(raw: &[u8], name: &str, at: Locator, format: &str, tools: &Tools<'_>, sink: &mut dyn Sink) -> Message {
    let mut message = Message { at: at.clone(), key: hex(xxh3_128(raw)), format: format.to_owned(), ..Message::default() };
    let mut walk = Walk::new(at, tools, sink);
    walk.lone(raw, name);
    walk.put_together(0, 0);
    walk.account(&mut message);
    message.sameness.clone_from(&message.key);
    message
}

/// The message inside of an Apple Mail file, and the length of the line before it. A length that promises more than there
/// is counts as the rest of the file.
fn apple(bytes: &[u8]) -> (&[u8], usize) {
    let Some(length) = sniff::emlx_length(bytes.trim_ascii_start()) else { return (bytes, 0) };
    let start = memchr::memchr(b'\n', bytes).map_or(0, |n| n + 1);
    let rest = &bytes[start..];
    let end = if rest.get(length..).is_some_and(|r| r.trim_ascii_start().starts_with(b"<?xml") || r.trim_ascii().is_empty()) {
        length
    } else {
        // A wrong length: the list begins where it begins.
        memchr::memmem::rfind(rest, b"\n<?xml version").map_or(rest.len(), |n| n + 1)
    };
    (&rest[..end], start)
}

fn hex(hash: u128) -> String {
    format!("{hash:032x}")
}

#[derive(Default)]
struct Ledger {
    decoded: u64,
    unread: u64,
    residue: u64,
}

struct Walk<'a> {
    at: Locator,
    tools: &'a Tools<'a>,
    sink: &'a mut dyn Sink,
    ledger: Ledger,
    next: u32,
    text_bytes: u64,
    budget: Budget,
    /// Hashes of the files around the one that is read.
    around: Vec<String>,
    /// Pieces of archives that wait for their neighbours.
    pieces: Vec<volumes::Piece>,
    /// Ranges of the bytes being walked that parts cover.
    covered: Vec<Range<usize>>,
    sameness: Sameness,
}

impl<'a> Walk<'a> {
    fn new(at: Locator, tools: &'a Tools<'a>, sink: &'a mut dyn Sink) -> Walk<'a> {
        let budget = Budget::new(&tools.limits);
        let (ledger, sameness) = (Ledger::default(), Sameness::default());
        let (around, pieces, covered) = (Vec::new(), Vec::new(), Vec::new());
        Walk { at, tools, sink, ledger, next: 0, text_bytes: 0, budget, around, pieces, covered, sameness }
    }

    /// Writes down what became of the bytes, and what tells the message again.
    fn account(self, message: &mut Message) {
        let Ledger { decoded, unread, residue } = self.ledger;
        message.residue_bytes = residue;
        message.decoded_bytes = decoded + residue;
        message.unread_bytes = unread;
        message.expected_bytes = decoded + unread + residue;
        message.parts = self.next;
        message.sameness = self.sameness.of(message);
    }
}

impl Walk<'_> {
    fn index(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// Walks a message whose offsets refer to `bytes`. `prefix` is the path of the message within its parents.
    fn message(&mut self, parsed: &mail_parser::Message<'_>, bytes: &[u8], prefix: &str, depth: u32) {
        if let Some(root) = parsed.parts.first() {
            let index = self.next;
            let subject = root.headers.iter().find(|h| h.name == mail_parser::HeaderName::Subject).and_then(|h| h.value.as_text());
            if let Some(subject) = subject {
                self.push_text(index, Layer::Visible, &joined(prefix, "subject"), "text/plain", subject.to_owned());
            }
            let header = bytes.get(root.offset_header as usize..root.offset_body as usize).unwrap_or_default();
            self.push_text(index, Layer::Header, &joined(prefix, "header"), "message/rfc822-headers", headers::text(header));
        }
        self.parts(parsed, bytes, prefix, depth);
    }

    fn parts(&mut self, parsed: &mail_parser::Message<'_>, bytes: &[u8], prefix: &str, depth: u32) {
        let boundaries = parsed.parts.iter().filter(|p| matches!(p.body, PartType::Multipart(_)));
        let boundaries: Vec<&str> = boundaries.filter_map(|p| p.content_type()?.attribute("boundary")).collect();
        for part in &parsed.parts {
            if self.next >= self.tools.limits.parts {
                self.too_many(part, bytes, prefix);
                return;
            }
            self.part(part, bytes, prefix, depth, &boundaries);
        }
    }

    fn part(&mut self, part: &MessagePart<'_>, bytes: &[u8], prefix: &str, depth: u32, boundaries: &[&str]) {
        let (header, body, end) = (part.offset_header as usize, part.offset_body as usize, part.offset_end as usize);
        let end = end.min(bytes.len()).max(body.min(bytes.len()));
        let encoded = bytes.get(body..end).unwrap_or_default();
        match &part.body {
            PartType::Multipart(_) => {
                self.cover(header..body);
                let index = self.index();
                self.container(index, part, joined(prefix, "body"), 0);
            }
            PartType::Message(nested) => {
                self.cover(header..body);
                let index = self.index();
                let place = joined(prefix, &file_name(part).unwrap_or_else(|| "attached message.eml".into()));
                self.container(index, part, place.clone(), encoded.len() as u64);
                if depth >= self.tools.limits.depth {
                    return self.too_deep(index, place, encoded, body..end);
                }
                if part.encoding == Encoding::None {
                    self.message(nested, bytes, &place, depth + 1);
                } else {
                    self.cover(body..end);
                    let raw = nested.raw_message.to_vec();
                    self.apart(nested, &raw, &place, depth + 1);
                }
            }
            _ => {
                self.cover(header..end);
                // A multipart that is never closed ends where one around it goes on (RFC 2046 §5.1.2).
                let cut = boundaries.iter().filter(|_| part.is_encoding_problem).filter_map(|b| Some((boundary(encoded, b)?, *b))).min();
                let own = cut.map_or(encoded, |(at, _)| &encoded[..at]);
                self.leaf(part, own, prefix, depth, cut.is_some());
                if let Some((at, boundary)) = cut {
                    self.rest(&encoded[at..], boundary, prefix, depth + 1);
                }
            }
        }
    }

    /// What follows a boundary that the parser passed over, read as the multipart that it belongs to.
    fn rest(&mut self, rest: &[u8], boundary: &str, prefix: &str, depth: u32) {
        let place = joined(prefix, "body");
        let mut whole = format!("Content-Type: multipart/mixed; boundary=\"{boundary}\"\r\n\r\n").into_bytes();
        let added = whole.len();
        whole.extend_from_slice(rest);
        match parse(&whole) {
            Parsed::Message(parsed) if depth < self.tools.limits.depth => {
                let outside = std::mem::take(&mut self.covered);
                self.cover(0..added);
                self.parts(&parsed, &whole, prefix, depth);
                self.residue(&whole, prefix);
                self.covered = outside;
            }
            _ => {
                self.ledger.residue += rest.len() as u64;
                self.push_text(self.next.saturating_sub(1), Layer::Raw, &place, "application/octet-stream", residue::text(rest));
            }
        }
    }

    fn cover(&mut self, range: Range<usize>) {
        if range.start < range.end {
            self.covered.push(range);
        }
    }

    /// A message with bytes of its own, decoded from those of its parent.
    fn apart(&mut self, parsed: &mail_parser::Message<'_>, bytes: &[u8], place: &str, depth: u32) {
        let outside = std::mem::take(&mut self.covered);
        self.message(parsed, bytes, place, depth);
        self.residue(bytes, place);
        self.covered = outside;
    }

    fn container(&mut self, index: u32, part: &MessagePart<'_>, place: String, bytes: u64) {
        let declared = media(part);
        self.sink.part(Part {
            at: self.at.clone(),
            index,
            path: place,
            name: file_name(part),
            found: declared.clone(),
            declared,
            charset: None,
            bytes,
            decoded_bytes: bytes,
            text_chars: 0,
            state: PartState::Container,
            content: String::new(),
            opened_by: None,
        });
    }

    fn push_text(&mut self, part: u32, layer: Layer, place: &str, media: &str, body: String) {
        self.push(Text { part, layer, place: place.to_owned(), media: media.to_owned(), body, certainty: Vec::new() });
    }

    fn push(&mut self, text: Text) {
        let bytes = text.body.len() as u64;
        if text.body.trim_ascii().is_empty() {
            return;
        }
        if self.text_bytes.saturating_add(bytes) > self.tools.limits.text_bytes {
            self.sink.gap(Gap {
                at: self.at.clone(),
                part: Some(text.part),
                place: text.place,
                media: text.media,
                stage: Stage::Decode,
                reason: Reason::TooLarge,
                detail: "The message holds more text than the limit.".into(),
                bytes,
            });
            return;
        }
        self.text_bytes += bytes;
        self.sameness.text(text.layer, &text.place, &text.media, &text.body);
        self.sink.text(text);
    }

    /// No header at all: the bytes are the body.
    fn bare(&mut self, bytes: &[u8]) {
        self.cover(0..bytes.len());
        let index = self.index();
        let leaf = Leaf { declared: "text/plain".into(), ..Leaf::of_file(index, "body".into(), bytes) };
        self.decode(leaf, &PartType::Binary(Cow::Borrowed(bytes)), 0);
    }

    fn fault(&mut self, bytes: &[u8]) {
        self.sink.gap(Gap {
            at: self.at.clone(),
            part: None,
            place: String::new(),
            media: "message/rfc822".into(),
            stage: Stage::Decode,
            reason: Reason::Damaged,
            detail: NO_STRUCTURE.into(),
            bytes: bytes.len() as u64,
        });
        self.bare(bytes);
    }

    fn too_deep(&mut self, index: u32, place: String, encoded: &[u8], range: Range<usize>) {
        self.cover(range);
        self.ledger.unread += encoded.len() as u64;
        self.push_text(index, Layer::Raw, &place, "message/rfc822", residue::text(encoded));
        self.sink.gap(Gap {
            at: self.at.clone(),
            part: Some(index),
            place,
            media: "message/rfc822".into(),
            stage: Stage::Decode,
            reason: Reason::TooDeep,
            detail: format!("Messages are nested deeper than {}; the rest was searched undecoded.", self.tools.limits.depth),
            bytes: encoded.len() as u64,
        });
    }

    /// The rest of a message with too many parts: one gap, and searched raw.
    fn too_many(&mut self, part: &MessagePart<'_>, bytes: &[u8], prefix: &str) {
        let from = (part.offset_header as usize).min(bytes.len());
        if self.covered.iter().any(|r| r.end >= bytes.len()) {
            return;
        }
        self.cover(from..bytes.len());
        let rest = &bytes[from..];
        self.ledger.unread += rest.len() as u64;
        let place = joined(prefix, "body");
        self.push_text(self.next, Layer::Raw, &place, "application/octet-stream", residue::text(rest));
        self.sink.gap(Gap {
            at: self.at.clone(),
            part: None,
            place,
            media: String::new(),
            stage: Stage::Decode,
            reason: Reason::TooLarge,
            detail: format!("The message has more than {} parts; the rest was searched undecoded.", self.tools.limits.parts),
            bytes: rest.len() as u64,
        });
    }

    /// Scans what no part covers.
    fn residue(&mut self, bytes: &[u8], prefix: &str) {
        let covered = std::mem::take(&mut self.covered);
        for range in residue::ranges(bytes, covered) {
            self.ledger.residue += range.len() as u64;
            let text = residue::text(&bytes[range]);
            self.push_text(0, Layer::Raw, &joined(prefix, "body"), "application/octet-stream", text);
        }
    }
}

/// Where a line of this boundary begins.
fn boundary(bytes: &[u8], name: &str) -> Option<usize> {
    let line = format!("\n--{name}");
    memchr::memmem::find(bytes, line.as_bytes()).map(|at| at + 1).filter(|_| !name.is_empty())
}

fn joined(prefix: &str, own: &str) -> String {
    if prefix.is_empty() { own.to_owned() } else { format!("{prefix} > {own}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Kept {
        texts: Vec<Text>,
        parts: Vec<Part>,
        gaps: Vec<Gap>,
    }

    impl Sink for Kept {
        fn text(&mut self, text: Text) {
            self.texts.push(text);
        }
        fn part(&mut self, part: Part) {
            self.parts.push(part);
        }
        fn gap(&mut self, gap: Gap) {
            self.gaps.push(gap);
        }
    }

    #[test]
    fn a_fault_of_the_parser_costs_the_structure_and_no_word() {
        let mut kept = Kept::default();
        let tools = Tools::default();
        let mut walk = Walk::new(Locator::default(), &tools, &mut kept);
        walk.fault(b"Subject: x\n\npassword: Blue-Heron7!\n");
        walk.residue(b"Subject: x\n\npassword: Blue-Heron7!\n", "");
        assert_eq!((kept.gaps.len(), kept.gaps[0].reason), (1, Reason::Damaged));
        assert_eq!(kept.parts.len(), 1);
        assert!(kept.texts.iter().any(|t| t.body.contains("Blue-Heron7!")), "{:?}", kept.texts.len());
    }
}
