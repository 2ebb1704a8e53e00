//! An item of Outlook, walked like a message: what its properties say becomes the header, its bodies and attachments become
//! leaves.

use super::leaf::{Leaf, Outcome};
use super::{Walk, hex, joined};
use crate::{Sink, Tools, headers};
use aftermail_mapi::{Attachment, Content, Item, Props, Value, msg, rtf, tnef};
use aftermail_model::{Gap, Layer, Locator, Message, Part, PartState, Reason, Stage, Timestamp};
use mail_parser::PartType;
use std::borrow::Cow;
use std::fmt::Write;
use xxhash_rust::xxh3::Xxh3;

/// Recipients beyond this number are counted, not kept.
const RECIPIENTS: usize = 200;
/// Properties by their ids ([MS-OXPROPS]).
const SUBJECT: u16 = 0x0037;
const SENT: u16 = 0x0039;
const TRANSPORT_HEADERS: u16 = 0x007D;
const DELIVERED: u16 = 0x0E06;
const MODIFIED: u16 = 0x3008;
const CONVERSATION_INDEX: u16 = 0x0071;
const MESSAGE_ID: u16 = 0x1035;
const REFERENCES: u16 = 0x1039;
const IN_REPLY_TO: u16 = 0x1042;
const NAME: u16 = 0x3001;
const ADDRESS: u16 = 0x3003;
const SMTP: u16 = 0x39FE;
const RECIPIENT_TYPE: u16 = 0x0C15;
/// Name, address and SMTP address of who sent it, and of on whose behalf.
const SENDERS: [[u16; 3]; 2] = [[0x0042, 0x0065, 0x5D02], [0x0C1A, 0x0C1F, 0x5D01]];
/// Long and short name of an attachment, its own name, and its media type.
const FILE_NAMES: [u16; 3] = [0x3707, 0x3704, 0x3001];
const MEDIA: u16 = 0x370E;
/// Texts that are read elsewhere, or that machines write for machines.
const KNOWN: [u16; 34] = [
    SUBJECT,
    TRANSPORT_HEADERS,
    MESSAGE_ID,
    REFERENCES,
    IN_REPLY_TO,
    0x001A,
    0x003D,
    0x0040,
    0x0042,
    0x0044,
    0x0064,
    0x0065,
    0x0070,
    0x0075,
    0x0076,
    0x0077,
    0x0078,
    0x0C1A,
    0x0C1E,
    0x0C1F,
    0x0E02,
    0x0E03,
    0x0E04,
    0x0E1D,
    0x1000,
    0x1009,
    0x1013,
    0x3FF8,
    0x3FFA,
    0x5D01,
    0x5D02,
    0x1046,
    0x4022,
    0x4023,
];

/// See [`crate::outlook`].
pub(crate) fn item(item: &Item, at: Locator, format: &str, tools: &Tools<'_>, sink: &mut dyn Sink) -> Message {
    let props = &item.props;
    let mut message = Message { at: at.clone(), format: format.to_owned(), key: hex(key(item)), ..Message::default() };
    message.subject = subject(props);
    message.message_id = text(props, MESSAGE_ID).map(|id| id.trim().to_owned());
    message.references = [REFERENCES, IN_REPLY_TO].iter().filter_map(|id| text(props, *id)).flat_map(ids).collect();
    message.references.dedup();
    message.from =
        SENDERS.iter().find_map(|[name, address, smtp]| person(text(props, *name), text(props, *smtp).or(text(props, *address))));
    message.to = item.recipients.iter().filter(|r| r.integer(RECIPIENT_TYPE) != Some(3)).take(RECIPIENTS).filter_map(recipient).collect();
    message.sent = props.time(SENT).or_else(|| props.time(DELIVERED)).map(Timestamp);
    message.received = props.time(DELIVERED).map(Timestamp);
    message.modified = props.time(MODIFIED).map(Timestamp);
    message.conversation_index = props.binary(CONVERSATION_INDEX).map(hex_bytes);
    message.flags = flags(props);
    let mut walk = Walk::new(at, tools, sink);
    walk.item(item, "", 0);
    walk.put_together(0, 0);
    walk.account(&mut message);
    message
}

/// The message in a message file or a winmail.dat.
pub(super) fn within(bytes: &[u8]) -> Option<Item> {
    match bytes.first()? {
        0xD0 if msg::is_message(bytes) => msg::read(bytes),
        0x78 => tnef::read(bytes),
        _ => None,
    }
}

impl Walk<'_> {
    /// A message file or a winmail.dat that is attached.
    pub(super) fn outlook_message(&mut self, leaf: Leaf<'_>, item: &Item, depth: u32, content: String) {
        if depth >= self.tools.limits.depth {
            self.note(&leaf, Reason::TooDeep, "Messages are nested deeper than the limit.".into(), leaf.encoded.len() as u64);
            return self.finish(leaf, Outcome::Not("application/vnd.ms-outlook"), content);
        }
        let place = leaf.place.clone();
        self.finish(leaf, Outcome::Container("application/vnd.ms-outlook"), content);
        self.item(item, &place, depth + 1);
    }

    pub(super) fn item(&mut self, item: &Item, prefix: &str, depth: u32) {
        let index = self.index();
        let place = if prefix.is_empty() { "body" } else { prefix };
        self.sink.part(Part {
            at: self.at.clone(),
            index,
            path: place.to_owned(),
            name: None,
            declared: "application/vnd.ms-outlook".into(),
            found: "application/vnd.ms-outlook".into(),
            charset: None,
            bytes: 0,
            decoded_bytes: 0,
            text_chars: 0,
            state: PartState::Container,
            content: String::new(),
            opened_by: None,
        });
        for fault in &item.faults {
            self.damaged(index, place, fault.what.clone());
        }
        if let Some(subject) = subject(&item.props) {
            self.push_text(index, Layer::Visible, &joined(prefix, "subject"), "text/plain", subject);
        }
        if let Some(header) = text(&item.props, TRANSPORT_HEADERS) {
            self.push_text(index, Layer::Header, &joined(prefix, "header"), "message/rfc822-headers", headers::text(header.as_bytes()));
        }
        self.push_text(index, Layer::Hidden, &joined(prefix, "properties"), "text/plain", other_texts(item));
        self.bodies(item, index, prefix, depth);
        for attachment in &item.attachments {
            self.attachment(attachment, prefix, depth);
        }
    }

    /// Text, HTML, and what RTF wraps where it is the only one.
    fn bodies(&mut self, item: &Item, index: u32, prefix: &str, depth: u32) {
        let (plain, html) = (item.text(), item.html());
        let (mut from_html, mut from_text) = (None, None);
        if let Some((rtf, whole)) = item.rtf() {
            if !whole {
                self.damaged(index, &joined(prefix, "body"), "Its RTF body is cut off; what could be unpacked was searched.".into());
            }
            match rtf::read(&rtf) {
                Some(rtf::Body::Html(body)) => from_html = Some(body.into_bytes()).filter(|_| html.is_none()),
                Some(rtf::Body::Text(body)) => from_text = Some(body).filter(|_| plain.is_none() && html.is_none()),
                None => self.damaged(index, &joined(prefix, "body"), "Its RTF body does not begin like RTF.".into()),
            }
        }
        if let Some(body) = plain.or(from_text) {
            self.body("text/plain", Some("utf-8"), body.as_bytes(), prefix, depth);
        }
        if let Some(body) = &html {
            let charset = item.props.integer(0x3FDE).and_then(|n| u32::try_from(n).ok()).map(aftermail_mapi::charset_name);
            self.body("text/html", charset, body, prefix, depth);
        }
        if let Some(body) = from_html {
            self.body("text/html", Some("utf-8"), &body, prefix, depth);
        }
    }

    fn body(&mut self, declared: &str, charset: Option<&str>, bytes: &[u8], prefix: &str, depth: u32) {
        let index = self.index();
        let place = joined(prefix, "body");
        let leaf = Leaf { declared: declared.to_owned(), charset, ..Leaf::of_file(index, place, bytes) };
        self.decode(leaf, &PartType::Binary(Cow::Borrowed(bytes)), depth);
    }

    fn attachment(&mut self, attachment: &Attachment, prefix: &str, depth: u32) {
        let props = &attachment.props;
        let name =
            FILE_NAMES.iter().find_map(|id| text(props, *id)).map(|n| n.chars().filter(|c| !c.is_control()).take(255).collect::<String>());
        let name = name.filter(|n| !n.trim().is_empty());
        match &attachment.content {
            Content::Message(inner) => {
                let place = joined(prefix, name.as_deref().unwrap_or("attached message.msg"));
                if depth >= self.tools.limits.depth {
                    let index = self.index();
                    return self.damaged(index, &place, "Messages are nested deeper than the limit.".into());
                }
                self.item(inner, &place, depth + 1);
            }
            Content::Bytes(bytes) => {
                let index = self.index();
                let declared = text(props, MEDIA).unwrap_or_else(|| "application/octet-stream".into()).to_ascii_lowercase();
                let own = name.clone().unwrap_or_else(|| format!("part {} ({declared})", index + 1));
                let leaf = Leaf { name, declared, ..Leaf::of_file(index, joined(prefix, &own), bytes) };
                self.decode(leaf, &PartType::Binary(Cow::Borrowed(bytes)), depth);
            }
            Content::None => {
                let index = self.index();
                let place = joined(prefix, name.as_deref().unwrap_or("attachment"));
                self.damaged(index, &place, "The attachment has no content in the store: a link to a file, or lost.".into());
            }
        }
    }

    fn damaged(&mut self, part: u32, place: &str, what: String) {
        self.sink.gap(Gap {
            at: self.at.clone(),
            part: Some(part),
            place: place.to_owned(),
            media: "application/vnd.ms-outlook".into(),
            stage: Stage::Decode,
            reason: Reason::Damaged,
            detail: capital(&what),
            bytes: 0,
        });
    }
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with('.') { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

fn text(props: &Props, id: u16) -> Option<String> {
    props.text(id, None).filter(|t| !t.trim().is_empty())
}

/// The subject without the mark for its prefix ([MS-PST] 2.5.3.1.1.1).
fn subject(props: &Props) -> Option<String> {
    let subject = text(props, SUBJECT)?;
    let mut chars = subject.chars();
    match chars.next() {
        Some('\u{1}') => Some(chars.skip(1).collect()),
        _ => Some(subject),
    }
}

fn ids(text: String) -> Vec<String> {
    text.split_whitespace().filter(|w| w.starts_with('<')).map(str::to_owned).collect()
}

fn person(name: Option<String>, address: Option<String>) -> Option<String> {
    // A distinguished name of Exchange tells a person nothing.
    let address = address.filter(|a| a.contains('@'));
    match (name, address) {
        (Some(name), Some(address)) if name != address => Some(format!("{name} <{address}>")),
        (_, Some(address)) => Some(address),
        (name, None) => name,
    }
}

fn recipient(props: &Props) -> Option<String> {
    person(text(props, NAME), text(props, SMTP).or_else(|| text(props, ADDRESS)))
}

/// The texts of all other properties: fields of contacts and appointments, categories, what add-ins keep.
fn other_texts(item: &Item) -> String {
    let page = item.props.codepage();
    let mut out = String::new();
    for (id, value) in item.props.iter().filter(|(id, _)| !KNOWN.contains(id)) {
        let mut line = |text: &str| {
            if !text.trim().is_empty() {
                let _ = match item.names.get(&id) {
                    Some(name) => writeln!(out, "{name}: {text}"),
                    None => writeln!(out, "{id:#06x}: {text}"),
                };
            }
        };
        match value {
            Value::Many(values) => values.iter().filter_map(|v| v.text(page)).for_each(|t| line(&t)),
            value => value.text(page).iter().for_each(|t| line(t)),
        }
    }
    out
}

/// What was done with the item: PidTagMessageFlags ([MS-OXCMSG] 2.2.1.6), PidTagFlagStatus, PidTagLastVerbExecuted,
/// PidTagImportance and PidTagSensitivity.
fn flags(props: &Props) -> Vec<String> {
    let number = |id| props.integer(id).unwrap_or(0);
    let bits = number(0x0E07);
    let told = [
        (bits & 0x01 != 0, "read"),
        (bits & 0x08 != 0, "draft"),
        (bits & 0x20 != 0, "sent"),
        (bits & 0x10 != 0, "has attachments"),
        (number(0x1090) == 2, "flagged"),
        (number(0x1090) == 1, "completed"),
        (matches!(number(0x1081), 102 | 103), "replied"),
        (number(0x1081) == 104, "forwarded"),
        (number(0x0017) == 2, "important"),
        (matches!(number(0x0036), 1 | 2), "private"),
        (number(0x0036) == 3, "confidential"),
    ];
    told.into_iter().filter(|(is, _)| *is).map(|(_, word)| word.to_owned()).collect()
}

fn hex_bytes(bytes: &[u8]) -> String {
    // Longer than any thread of replies.
    bytes.iter().take(2048).map(|b| format!("{b:02x}")).collect()
}

/// Equal for the same message in two Outlook stores, whatever else they keep beside it.
fn key(item: &Item) -> u128 {
    let mut hash = Xxh3::new();
    let mut add = |bytes: &[u8]| {
        hash.update(&(bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    };
    add(text(&item.props, MESSAGE_ID).unwrap_or_default().as_bytes());
    add(subject(&item.props).unwrap_or_default().as_bytes());
    add(&item.props.time(SENT).unwrap_or_default().to_le_bytes());
    add(item.text().unwrap_or_default().as_bytes());
    if item.props.get(MESSAGE_ID).is_none() {
        // A contact or a note is what its fields say.
        add(other_texts(item).as_bytes());
    }
    for attachment in &item.attachments {
        match &attachment.content {
            Content::Bytes(bytes) => add(bytes),
            Content::Message(inner) => add(&key(inner).to_le_bytes()),
            Content::None => add(b""),
        }
    }
    hash.digest128()
}
