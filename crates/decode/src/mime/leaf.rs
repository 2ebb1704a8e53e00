//! A part that holds no parts: its transfer encoding, its charset, what it is, and the passages of its text.

use super::flowed::{Flow, unflowed};
use super::undecoded;
use super::{Walk, hex, joined, outlook};
use crate::file::{self, Contents, Guesses, Loss, Member, Passage};
use crate::{Key, charset, html, residue, sniff};
use aftermail_model::{Gap, Layer, Part, PartState, Reason, Stage, Text};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::decoders::quoted_printable::quoted_printable_decode;
use mail_parser::{Encoding, MessagePart, MimeHeaders, PartType};
use std::borrow::Cow;
use xxhash_rust::xxh3::Xxh3;

/// What the door opens unless it is too broken.
const READ: [&str; 6] = [
    "application/zip",
    "application/vnd.ms-cab-compressed",
    "application/x-iso9660-image",
    "application/rtf",
    "application/vnd.sqlite3",
    "application/x-bplist",
];

/// What is known of a leaf before it is decoded.
pub(super) struct Leaf<'m> {
    pub(super) index: u32,
    pub(super) place: String,
    pub(super) name: Option<String>,
    pub(super) declared: String,
    pub(super) charset: Option<&'m str>,
    pub(super) encoding: Encoding,
    pub(super) encoded: &'m [u8],
    /// Its transfer encoding is.
    pub(super) broken: bool,
    /// Something of it is missing, of which a gap tells already.
    pub(super) short: bool,
    /// How its lines are meant.
    pub(super) flow: Flow,
}

impl<'m> Leaf<'m> {
    /// A file whose bytes stand for themselves.
    pub(super) fn of_file(index: u32, place: String, bytes: &'m [u8]) -> Leaf<'m> {
        Leaf {
            index,
            place,
            name: None,
            declared: "application/octet-stream".into(),
            charset: None,
            encoding: Encoding::None,
            encoded: bytes,
            broken: false,
            short: false,
            flow: Flow::Fixed,
        }
    }
}

pub(super) enum Outcome {
    Text { chars: u64, decoded: u64, charset: Option<&'static str>, found: String },
    Container(&'static str),
    Not(&'static str),
}

impl Walk<'_> {
    /// `unclosed` says that the part was cut at the boundary of another multipart.
    pub(super) fn leaf(&mut self, part: &MessagePart<'_>, encoded: &[u8], prefix: &str, depth: u32, unclosed: bool) {
        let index = self.index();
        let name = file_name(part);
        let declared = media(part);
        let attached = part.content_disposition().is_some_and(|d| d.is_attachment());
        let own = match (&name, &part.body) {
            (Some(name), _) => name.clone(),
            (None, PartType::Text(_) | PartType::Html(_)) if !attached => "body".into(),
            (None, _) => format!("part {} ({declared})", index + 1),
        };
        let charset = part.content_type().and_then(|c| c.attribute("charset"));
        // Where the parser gave up on a part it forgets the encoding too.
        let encoding = match part.content_transfer_encoding().map(str::trim) {
            Some(e) if e.eq_ignore_ascii_case("base64") => Encoding::Base64,
            Some(e) if e.eq_ignore_ascii_case("quoted-printable") => Encoding::QuotedPrintable,
            _ => part.encoding,
        };
        let leaf = Leaf {
            index,
            place: joined(prefix, &own),
            name,
            declared,
            charset,
            encoding: if unclosed { encoding } else { part.encoding },
            encoded,
            broken: part.is_encoding_problem && !unclosed,
            short: unclosed,
            flow: part.content_type().map_or(Flow::Fixed, |c| Flow::of(c.attribute("format"), c.attribute("delsp"))),
        };
        if unclosed {
            self.note(&leaf, Reason::Damaged, "No boundary ends it; it was read up to the next one of a part around it.".into(), 0);
            return self.decode(leaf, &PartType::Binary(transfer_decoded(encoded, encoding)), depth);
        }
        self.decode(leaf, &part.body, depth);
    }

    /// Turns a leaf into text, or says why not.
    pub(super) fn decode(&mut self, leaf: Leaf<'_>, body: &PartType<'_>, depth: u32) {
        let content = hex(content_hash(&leaf));
        let bytes: Cow<[u8]> = match body {
            PartType::Text(text) | PartType::Html(text) if is_sound(text, &leaf) => {
                return self.textual(leaf, text.clone(), depth, content);
            }
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) if !leaf.broken => Cow::Borrowed(bytes.as_ref()),
            _ => transfer_decoded(leaf.encoded, declared_encoding(&leaf)),
        };
        if bytes.is_empty() {
            return self.finish(leaf, Outcome::Text { chars: 0, decoded: 0, charset: None, found: String::new() }, content);
        }
        if leaf.declared.starts_with("message/rfc822") || leaf.declared == "message/global" {
            return self.embedded(leaf, &bytes, depth, content);
        }
        let Some(leaf) = self.mail(leaf, &bytes, depth, &content) else { return };
        if sniff::magic(&bytes).is_none() && charset::is_text(&bytes) {
            let decoded = bytes.len() as u64;
            let (text, charset) = charset::text(bytes, leaf.charset);
            return self.passages(leaf, text, decoded, Some(charset), depth, content);
        }
        if let Some(item) = outlook::within(&bytes) {
            return self.outlook_message(leaf, &item, depth, content);
        }
        let Some(leaf) = self.piece(leaf, &bytes) else { return };
        self.opened(leaf, &bytes, depth, content);
    }

    /// A file goes through the door.
    pub(super) fn opened(&mut self, leaf: Leaf<'_>, bytes: &[u8], depth: u32, content: String) {
        if self.around.contains(&content) {
            let detail = "It holds itself: what is in it was read already.".to_owned();
            self.note(&leaf, Reason::TooDeep, detail, leaf.encoded.len() as u64);
            return self.finish(leaf, Outcome::Not("application/octet-stream"), content);
        }
        match file::open(bytes, leaf.name.as_deref(), self.tools, &mut self.budget) {
            Some(contents) => self.contents(leaf, contents, depth, content),
            None => self.unread(leaf, bytes, content),
        }
    }

    /// What came through the door: its text, and the files within it, each a leaf of its own.
    pub(super) fn contents(&mut self, mut leaf: Leaf<'_>, contents: Contents, depth: u32, content: String) {
        let Contents { media, passages, guesses, members, losses, opened_by } = contents;
        let nothing = passages.is_empty() && guesses.is_none() && members.is_empty() && !losses.is_empty();
        let (index, place) = (leaf.index, leaf.place.clone());
        let counted = self.ledger.unread;
        self.told(&mut leaf, opened_by, losses);
        if nothing {
            // A file of which nothing was read is counted whole when it is finished.
            self.ledger.unread = counted;
        }
        if depth >= self.tools.limits.depth && !members.is_empty() {
            let detail = format!("Files are nested deeper than {}; what is in it was not opened.", self.tools.limits.depth);
            self.note(&leaf, Reason::TooDeep, detail, leaf.encoded.len() as u64);
            return self.finish(leaf, Outcome::Not(media), content);
        }
        self.around.push(content.clone());
        if nothing {
            self.finish(leaf, Outcome::Not(media), content);
        } else if passages.is_empty() && !members.is_empty() {
            self.finish(leaf, Outcome::Container(media), content);
        } else {
            let mut chars = passages.iter().map(|p| p.body.len() as u64).sum();
            for Passage { layer, own, body } in passages {
                let place = if own.is_empty() { place.clone() } else { joined(&place, &own) };
                self.push_text(index, layer, &place, media, body);
            }
            if let Some(Guesses { body, certainty }) = guesses {
                chars += body.len() as u64;
                self.push(Text { part: index, layer: Layer::Ocr, place: place.clone(), media: media.to_owned(), body, certainty });
            }
            let decoded = leaf.encoded.len() as u64;
            self.finish(leaf, Outcome::Text { chars, decoded, charset: None, found: media.to_owned() }, content);
        }
        let waiting = self.pieces.len();
        for member in members {
            self.member(member, &place, depth);
        }
        self.put_together(waiting, depth + 1);
        self.around.pop();
    }

    /// What opened a leaf, and what of it was not read.
    fn told(&mut self, leaf: &mut Leaf<'_>, opened_by: Option<Key>, losses: Vec<Loss>) {
        if let Some(key) = opened_by {
            self.sink.opened(leaf.index, &leaf.place, key);
        }
        for loss in losses {
            leaf.short = true;
            self.ledger.unread += loss.bytes;
            self.note(leaf, loss.reason, loss.detail, loss.bytes);
        }
    }

    fn member(&mut self, member: Member, place: &str, depth: u32) {
        let index = self.index();
        let bytes = member.content.as_deref().unwrap_or_default();
        let name = Some(member.name.clone());
        let mut leaf = Leaf { name, ..Leaf::of_file(index, joined(place, &member.name), bytes) };
        if let Some(key) = member.opened_by {
            self.sink.opened(index, &leaf.place, key);
        }
        if let Some(loss) = member.lost {
            leaf.short = true;
            self.ledger.unread += loss.bytes;
            self.note(&leaf, loss.reason, loss.detail, loss.bytes);
        }
        match &member.content {
            Ok(_) => self.decode(leaf, &PartType::Binary(Cow::Borrowed(bytes)), depth + 1),
            Err(loss) => {
                self.note(&leaf, loss.reason, loss.detail.clone(), loss.bytes);
                self.finish(leaf, Outcome::Not("application/octet-stream"), String::new());
                self.ledger.unread += loss.bytes;
            }
        }
    }

    /// A message that mail-parser left as bytes (encoded more than three levels deep).
    fn embedded(&mut self, leaf: Leaf<'_>, bytes: &[u8], depth: u32, content: String) {
        if depth >= self.tools.limits.depth {
            self.note(&leaf, Reason::TooDeep, "Messages are nested deeper than the limit.".into(), leaf.encoded.len() as u64);
            return self.finish(leaf, Outcome::Not("message/rfc822"), content);
        }
        let (index, place) = (leaf.index, leaf.place.clone());
        self.finish(leaf, Outcome::Container("message/rfc822"), content);
        self.within(bytes, index, &place, depth + 1);
    }

    fn textual(&mut self, leaf: Leaf<'_>, text: Cow<'_, str>, depth: u32, content: String) {
        let decoded = text.len() as u64;
        self.passages(leaf, text.into_owned(), decoded, None, depth, content);
    }

    /// Pushes the passages of a text part.
    fn passages(&mut self, mut leaf: Leaf<'_>, text: String, decoded: u64, charset: Option<&'static str>, depth: u32, content: String) {
        let found = text_media(&leaf.declared, &text);
        if let Some(contents) = file::open_text(&text, found) {
            return self.contents(leaf, contents, depth, content);
        }
        let inner = file::in_text(&text, self.tools, &mut self.budget).unwrap_or_default();
        let (index, place) = (leaf.index, leaf.place.clone());
        self.told(&mut leaf, inner.opened_by, inner.losses);
        for Passage { layer, own, body } in inner.passages {
            self.push_text(index, layer, &joined(&place, &own), inner.media, body);
        }
        let mut chars = 0;
        match found {
            "text/html" => {
                for (layer, body) in html::passages(&text).layers() {
                    chars += body.len() as u64;
                    self.push_text(index, layer, &place, found, body);
                }
            }
            "text/calendar" | "text/vcard" => {
                chars = text.len() as u64;
                self.push_text(index, Layer::Visible, &place, found, unfolded(&text));
            }
            _ => {
                chars = text.len() as u64;
                let text = if text.contains('\r') { text.replace("\r\n", "\n") } else { text };
                let text = unflowed(undecoded::decoded(text), leaf.flow);
                self.push_text(index, Layer::Visible, &place, found, text);
            }
        }
        self.finish(leaf, Outcome::Text { chars, decoded, charset, found: found.to_owned() }, content);
        for member in inner.members.into_iter().filter(|_| depth < self.tools.limits.depth) {
            self.member(member, &place, depth);
        }
    }

    /// A part that this version does not decode: listed, and its readable strings searched.
    fn unread(&mut self, leaf: Leaf<'_>, bytes: &[u8], content: String) {
        let found = sniff::magic(bytes).unwrap_or("application/octet-stream");
        let locked = sniff::is_encrypted(found, bytes) || leaf.declared == "application/pgp-encrypted";
        let (reason, detail) = if locked {
            (Reason::Encrypted, format!("{} is locked: it needs a password or a key.", kind_in_words(found)))
        } else if READ.contains(&found) {
            (Reason::Damaged, format!("{} is too broken to be opened.", kind_in_words(found)))
        } else {
            (Reason::Unsupported, format!("{} is not read by this version.", kind_in_words(found)))
        };
        if !found.starts_with("image/") {
            let strings = residue::strings(bytes);
            self.push_text(leaf.index, Layer::Raw, &leaf.place, found, strings);
        }
        self.note(&leaf, reason, detail, leaf.encoded.len() as u64);
        self.finish(leaf, Outcome::Not(found), content);
    }

    pub(super) fn note(&mut self, leaf: &Leaf<'_>, reason: Reason, detail: String, bytes: u64) {
        self.sink.gap(Gap {
            at: self.at.clone(),
            part: Some(leaf.index),
            place: leaf.place.clone(),
            media: leaf.declared.clone(),
            stage: Stage::Decode,
            reason,
            detail,
            bytes,
        });
    }

    pub(super) fn finish(&mut self, leaf: Leaf<'_>, outcome: Outcome, content: String) {
        let size = leaf.encoded.len() as u64;
        let (state, found, charset, chars, decoded) = match outcome {
            Outcome::Text { chars, decoded, charset, found } => (PartState::Decoded, found, charset.or(leaf.charset), chars, decoded),
            Outcome::Container(found) => (PartState::Container, found.to_owned(), None, 0, size),
            Outcome::Not(found) => (PartState::NotRead, found.to_owned(), None, 0, 0),
        };
        let whole = !(leaf.broken || leaf.short);
        let state = if state == PartState::Decoded && !whole { PartState::Partly } else { state };
        if state == PartState::Partly && leaf.broken {
            self.note(&leaf, Reason::Damaged, "Its transfer encoding is broken; what could be decoded was searched.".into(), 0);
        }
        match state {
            PartState::NotRead => self.ledger.unread += size,
            PartState::Container => {}
            _ => self.ledger.decoded += size,
        }
        let charset = charset.map(str::to_owned);
        let found = if found.is_empty() { leaf.declared.clone() } else { found };
        self.sink.part(Part {
            at: self.at.clone(),
            index: leaf.index,
            path: leaf.place,
            name: leaf.name,
            declared: leaf.declared,
            found,
            charset,
            bytes: size,
            decoded_bytes: decoded,
            text_chars: chars,
            state,
            content,
            opened_by: None,
        });
    }
}

pub(super) fn file_name(part: &MessagePart<'_>) -> Option<String> {
    part.attachment_name().map(|n| n.trim().chars().filter(|c| !c.is_control()).take(255).collect()).filter(|n: &String| !n.is_empty())
}

pub(super) fn media(part: &MessagePart<'_>) -> String {
    let Some(declared) = part.content_type() else { return "text/plain".into() };
    let media = format!("{}/{}", declared.ctype(), declared.subtype().unwrap_or(""));
    media.chars().filter(|c| !c.is_control()).take(100).collect::<String>().to_ascii_lowercase()
}

/// Whether the text that mail-parser made can be used as it is: decoded by a declared charset, or all ASCII or UTF-8.
fn is_sound(text: &str, leaf: &Leaf<'_>) -> bool {
    let bytes = text.as_bytes();
    let has = |byte| memchr::memchr(byte, bytes).is_some();
    let shifted = || leaf.charset.is_none() && has(0x1b);
    let replaced = || has(0xef) && text.contains('\u{fffd}');
    !(leaf.broken || has(0) || shifted() || replaced())
}

/// mail-parser forgets the encoding of a part that it could not decode.
fn declared_encoding(leaf: &Leaf<'_>) -> Encoding {
    if !leaf.broken || leaf.encoding != Encoding::None {
        return leaf.encoding;
    }
    let letters = leaf.encoded.iter().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'\r' | b'\n')).count();
    if letters * 100 >= leaf.encoded.len() * 98 && !leaf.encoded.is_empty() { Encoding::Base64 } else { Encoding::None }
}

/// Undoes the transfer encoding (RFC 2045 §6), leaving out what is foreign to it.
fn transfer_decoded(encoded: &[u8], encoding: Encoding) -> Cow<'_, [u8]> {
    match encoding {
        Encoding::None => Cow::Borrowed(encoded),
        Encoding::QuotedPrintable => quoted_printable_decode(encoded).map_or(Cow::Borrowed(encoded), Cow::Owned),
        Encoding::Base64 => {
            let clean: Vec<u8> = encoded.iter().copied().filter(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/')).collect();
            let whole = &clean[..clean.len() / 4 * 4];
            base64_decode(whole).filter(|d| !d.is_empty()).map_or(Cow::Borrowed(encoded), Cow::Owned)
        }
    }
}

/// Names equal content, whatever message it stands in.
fn content_hash(leaf: &Leaf<'_>) -> u128 {
    let mut hash = Xxh3::new();
    hash.update(&[leaf.encoding as u8]);
    hash.update(leaf.encoded);
    hash.digest128()
}

/// The kind of text, by what it says it is and by how it begins.
fn text_media(declared: &str, text: &str) -> &'static str {
    let head = text.trim_start();
    let begins = |tag: &str| head.get(..tag.len()).is_some_and(|h| h.eq_ignore_ascii_case(tag));
    if declared == "text/html" || declared == "application/xhtml+xml" || begins("<!doctype html") || begins("<html") {
        "text/html"
    } else if declared == "text/calendar" || begins("BEGIN:VCALENDAR") {
        "text/calendar"
    } else if matches!(declared, "text/vcard" | "text/x-vcard" | "text/directory") || begins("BEGIN:VCARD") {
        "text/vcard"
    } else if declared == "text/csv" || declared == "text/tab-separated-values" {
        "text/csv"
    } else if declared.ends_with("json") || head.starts_with('{') && head.trim_end().ends_with('}') {
        "application/json"
    } else if declared.ends_with("xml") || begins("<?xml") {
        "application/xml"
    } else {
        "text/plain"
    }
}

/// Calendar and card text: folded lines joined (RFC 5545 §3.1), escapes undone (§3.3.11).
fn unfolded(text: &str) -> String {
    let joined = text.replace("\r\n", "\n").replace("\n ", "").replace("\n\t", "");
    joined.replace("\\n", "\n").replace("\\N", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
}

fn kind_in_words(media: &str) -> String {
    let words = match media {
        "application/vnd.ms-outlook-pst" => "An Outlook store (PST or OST)",
        "application/x-ole-storage" => "An Office 97–2003 document or Outlook message",
        "application/zip" => "A zip archive or Office document",
        "application/x-7z-compressed" => "A 7z archive",
        "application/vnd.rar" => "A RAR archive",
        "application/gzip" | "application/x-bzip2" | "application/x-xz" | "application/zstd" | "application/x-lz4" => "A compressed file",
        "application/x-tar" => "A tar archive",
        "application/x-lzh-compressed" => "An LZH archive",
        "application/x-arj" => "An ARJ archive",
        "application/x-ace-compressed" => "An ACE archive",
        "application/x-stuffit" => "A StuffIt archive",
        "application/x-alz-compressed" | "application/x-egg" => "An archive of ALZip",
        "application/x-zoo" => "A zoo archive",
        "application/x-xar" => "A xar archive (a package of macOS)",
        "application/x-ms-wim" => "A Windows image (WIM)",
        "application/vnd.ms-htmlhelp" => "A help file (CHM)",
        "application/x-squashfs" | "application/x-vhd" | "application/x-vhdx" | "application/x-vmdk" | "application/x-qcow2" => {
            "An image of a disk"
        }
        "application/x-msdownload" | "application/x-elf" => "A program",
        "application/vnd.sqlite3" => "A database (SQLite)",
        "application/pdf" => "A PDF document",
        "application/rtf" => "An RTF document",
        "application/vnd.ms-tnef" => "An Outlook winmail.dat",
        m if m.starts_with("image/") => "A picture",
        m if m.starts_with("audio/") || m.starts_with("video/") => "A recording",
        _ => "A binary file",
    };
    format!("{words} ({media})")
}
