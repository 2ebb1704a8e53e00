//! Messages as Microsoft Graph exports them: the `message` resource as JSON, alone, one per line, in an array, or in pages with a
//! `value` array (learn.microsoft.com/graph/api/resources/message).
//!
//! A message becomes the same properties that an Outlook store has, so that one reader serves both.

use crate::sniff;
use aftermail_mapi::{Attachment, Content, Fault, Item, Props, Value, unix_to_time};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use mail_parser::DateTime;
use serde_json::{Map, Value as Json};
use std::io::{self, BufRead, BufReader, Read};

/// Messages within messages.
const DEPTH: u32 = 16;
/// Fields that no other property holds get numbers from here on.
const OTHERS: u16 = 0x8000;
/// Texts of such fields that are kept.
const MOST_OTHERS: u16 = 4000;
/// Fields that are read one by one, that repeat others, or that are ids for machines.
const KNOWN: [&str; 27] = [
    "id",
    "parentFolderId",
    "conversationId",
    "changeKey",
    "inferenceClassification",
    "subject",
    "body",
    "bodyPreview",
    "from",
    "sender",
    "toRecipients",
    "ccRecipients",
    "bccRecipients",
    "replyTo",
    "internetMessageId",
    "internetMessageHeaders",
    "sentDateTime",
    "receivedDateTime",
    "createdDateTime",
    "lastModifiedDateTime",
    "conversationIndex",
    "importance",
    "flag",
    "attachments",
    "webLink",
    "$value",
    "contentBytes",
];

/// Whether a file that begins like this is such an export.
pub(crate) fn is_export(head: &[u8]) -> bool {
    let begins = matches!(head.trim_ascii_start().first(), Some(b'{' | b'['));
    let names = |name: &str| memchr::memmem::find(head, name.as_bytes()).is_some();
    begins && (names("\"internetMessageId\"") || names("#microsoft.graph.message") || names("\"toRecipients\"") && names("\"body\""))
}

/// A message's JSON in a file.
#[derive(Debug, PartialEq, Eq)]
pub struct Object {
    /// Where it begins.
    pub offset: u64,
    /// Its length in the file.
    pub length: u64,
    /// Its text, up to the limit.
    pub raw: Vec<u8>,
    /// Whether the file ends inside of it.
    pub cut_off: bool,
}

/// Takes the objects of a file apart, one in memory at a time.
pub struct Objects<R> {
    reader: BufReader<R>,
    most: usize,
    at: u64,
    depth: u32,
    /// Depth at which the objects begin: 0 for one after another, 1 in an array, 2 in the array of a page.
    base: u32,
    quoted: bool,
    escaped: bool,
    /// The last string of the outermost object, to know its `value`.
    name: Vec<u8>,
    open: Option<Object>,
}

impl<R: Read> Objects<R> {
    /// Begins at the reader's first byte; of an object at most so many bytes are kept.
    pub fn new(reader: R, most: usize) -> Objects<R> {
        Objects {
            reader: BufReader::with_capacity(64 << 10, reader),
            most,
            at: 0,
            depth: 0,
            base: 0,
            quoted: false,
            escaped: false,
            name: Vec::new(),
            open: None,
        }
    }

    /// The next object.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn next_object(&mut self) -> io::Result<Option<Object>> {
        loop {
            let chunk = self.reader.fill_buf()?.to_vec();
            if chunk.is_empty() {
                return Ok(self.open.take().map(|object| Object { length: self.at - object.offset, cut_off: true, ..object }));
            }
            for (n, byte) in chunk.iter().enumerate() {
                if let Some(object) = self.byte(*byte) {
                    self.reader.consume(n + 1);
                    return Ok(Some(object));
                }
            }
            self.reader.consume(chunk.len());
        }
    }

    fn byte(&mut self, byte: u8) -> Option<Object> {
        if byte == b'{' && !self.quoted && self.depth == self.base && self.open.is_none() {
            self.open = Some(Object { offset: self.at, length: 0, raw: Vec::new(), cut_off: false });
        }
        self.at += 1;
        if let Some(object) = self.open.as_mut().filter(|o| o.raw.len() < self.most) {
            object.raw.push(byte);
        }
        if self.quoted {
            self.in_string(byte);
            return None;
        }
        match byte {
            b'"' => {
                self.quoted = true;
                self.name.clear();
            }
            b'[' | b'{' => {
                if byte == b'[' && self.depth == 0 {
                    self.base = 1;
                } else if byte == b'[' && self.depth == 1 && self.base == 0 && self.name == b"value" {
                    // What began as an object is a page of them.
                    (self.base, self.open) = (2, None);
                }
                self.depth += 1;
            }
            b']' | b'}' => {
                self.depth = self.depth.saturating_sub(1);
                let done = byte == b'}' && self.depth == self.base;
                if self.depth == 0 {
                    self.base = 0;
                }
                if done {
                    return self.open.take().map(|object| Object { length: self.at - object.offset, ..object });
                }
            }
            _ => {}
        }
        None
    }

    fn in_string(&mut self, byte: u8) {
        match byte {
            _ if self.escaped => self.escaped = false,
            b'\\' => self.escaped = true,
            b'"' => self.quoted = false,
            _ if self.depth == 1 && self.name.len() < 8 => self.name.push(byte),
            _ => {}
        }
    }
}

/// The message in an object; none where it is no JSON or no message.
pub fn item(raw: &[u8]) -> Option<Item> {
    let Json::Object(fields) = serde_json::from_slice(raw).ok()? else { return None };
    Some(message(&fields, 0))
}

fn message(fields: &Map<String, Json>, depth: u32) -> Item {
    let mut item = Item::default();
    let text = |name: &str| fields.get(name).and_then(Json::as_str).filter(|t| !t.is_empty());
    for (name, id) in [("subject", 0x0037), ("internetMessageId", 0x1035)] {
        text(name).into_iter().for_each(|t| item.props.put(id, Value::Text(t.to_owned())));
    }
    for (name, id) in
        [("sentDateTime", 0x0039), ("receivedDateTime", 0x0E06), ("createdDateTime", 0x3007), ("lastModifiedDateTime", 0x3008)]
    {
        text(name).and_then(time).into_iter().for_each(|t| item.props.put(id, t));
    }
    if let Some(index) = text("conversationIndex").and_then(|t| STANDARD.decode(t).ok()) {
        item.props.put(0x0071, Value::Binary(index));
    }
    body(fields.get("body"), &mut item.props);
    for (name, ids) in [("from", [0x0042, 0x5D02]), ("sender", [0x0C1A, 0x5D01])] {
        person(fields.get(name), ids, &mut item.props);
    }
    for (name, kind) in [("toRecipients", 1), ("ccRecipients", 2), ("bccRecipients", 3)] {
        for one in fields.get(name).and_then(Json::as_array).into_iter().flatten() {
            let mut props = Props::default();
            person(Some(one), [0x3001, 0x39FE], &mut props);
            props.put(0x0C15, Value::Integer(kind));
            item.recipients.push(props);
        }
    }
    headers(fields, &mut item.props);
    handling(fields, &mut item.props);
    attachments(fields, depth, &mut item);
    others(fields, &mut item.props);
    item
}

fn body(body: Option<&Json>, props: &mut Props) {
    let Some(content) = body.and_then(|b| b["content"].as_str()).filter(|c| !c.is_empty()) else { return };
    if body.is_some_and(|b| b["contentType"].as_str().is_some_and(|t| t.eq_ignore_ascii_case("html"))) {
        props.put(0x1013, Value::Binary(content.as_bytes().to_vec()));
        props.put(0x3FDE, Value::Integer(65001));
    } else {
        props.put(0x1000, Value::Text(content.to_owned()));
    }
}

fn person(person: Option<&Json>, [name_id, address_id]: [u16; 2], props: &mut Props) {
    let Some(address) = person.map(|p| &p["emailAddress"]) else { return };
    for (key, id) in [("name", name_id), ("address", address_id)] {
        if let Some(text) = address[key].as_str().filter(|t| !t.is_empty()) {
            props.put(id, Value::Text(text.to_owned()));
        }
    }
}

/// PidTagTransportMessageHeaders, and what threads are told by.
fn headers(fields: &Map<String, Json>, props: &mut Props) {
    let mut lines = String::new();
    for header in fields.get("internetMessageHeaders").and_then(Json::as_array).into_iter().flatten() {
        let (Some(name), Some(value)) = (header["name"].as_str(), header["value"].as_str()) else { continue };
        lines += &format!("{name}: {value}\r\n");
        for (known, id) in [("references", 0x1039), ("in-reply-to", 0x1042)] {
            if name.eq_ignore_ascii_case(known) {
                props.put(id, Value::Text(value.to_owned()));
            }
        }
    }
    if !lines.is_empty() {
        props.put(0x007D, Value::Text(lines));
    }
}

/// PidTagMessageFlags, PidTagFlagStatus, PidTagImportance.
fn handling(fields: &Map<String, Json>, props: &mut Props) {
    let is = |name: &str| fields.get(name).and_then(Json::as_bool).unwrap_or(false);
    let bits = i64::from(is("isRead")) | i64::from(is("isDraft")) << 3 | i64::from(is("hasAttachments")) << 4;
    props.put(0x0E07, Value::Integer(bits));
    match fields.get("flag").and_then(|f| f["flagStatus"].as_str()) {
        Some("flagged") => props.put(0x1090, Value::Integer(2)),
        Some("complete") => props.put(0x1090, Value::Integer(1)),
        _ => {}
    }
    if fields.get("importance").and_then(Json::as_str) == Some("high") {
        props.put(0x0017, Value::Integer(2));
    }
}

fn attachments(fields: &Map<String, Json>, depth: u32, item: &mut Item) {
    let listed = fields.get("attachments").and_then(Json::as_array);
    for one in listed.into_iter().flatten().filter_map(Json::as_object) {
        let mut props = Props::default();
        for (name, id) in [("name", 0x3707), ("contentType", 0x370E), ("sourceUrl", 0x370D)] {
            if let Some(text) = one.get(name).and_then(Json::as_str) {
                props.put(id, Value::Text(text.to_owned()));
            }
        }
        let content = match (one.get("contentBytes").and_then(Json::as_str), one.get("item").and_then(Json::as_object)) {
            (Some(packed), _) => unpacked(packed).map_or(Content::None, Content::Bytes),
            (None, Some(inner)) if depth < DEPTH => Content::Message(Box::new(message(inner, depth + 1))),
            _ => Content::None,
        };
        item.attachments.push(Attachment { props, content });
    }
    let promised = fields.get("hasAttachments").and_then(Json::as_bool) == Some(true);
    if promised && listed.is_none_or(Vec::is_empty) {
        let what = "it has attachments that the export does not hold: export it again with its attachments, or as MIME";
        item.faults.push(Fault { what: what.to_owned() });
    }
    // The message as MIME, where the export keeps it beside.
    if let Some(value) = fields.get("$value").and_then(Json::as_str) {
        let mime =
            unpacked(value).filter(|bytes| sniff::sniff(bytes) == sniff::Store::Message).unwrap_or_else(|| value.as_bytes().to_vec());
        let mut props = Props::default();
        props.put(0x3707, Value::Text("$value".into()));
        props.put(0x370E, Value::Text("message/rfc822".into()));
        item.attachments.push(Attachment { props, content: Content::Bytes(mime) });
    }
}

fn unpacked(packed: &str) -> Option<Vec<u8>> {
    let clean: String = packed.chars().filter(|c| !c.is_whitespace()).collect();
    STANDARD.decode(clean).ok()
}

/// Every other text of the message: categories, mentions, extended properties.
fn others(fields: &Map<String, Json>, props: &mut Props) {
    let mut id = OTHERS;
    for (name, value) in fields.iter().filter(|(name, _)| !KNOWN.contains(&name.as_str()) && !name.starts_with("@odata")) {
        texts(name, value, &mut |text| {
            if id < OTHERS + MOST_OTHERS {
                props.put(id, Value::Text(text));
                id += 1;
            }
        });
    }
}

/// The texts in a value, each with the name of its field. The parser bounds how deep values are.
fn texts(name: &str, value: &Json, give: &mut dyn FnMut(String)) {
    match value {
        Json::String(text) if !text.is_empty() => give(format!("{name}: {text}")),
        Json::Array(values) => values.iter().for_each(|v| texts(name, v, give)),
        Json::Object(fields) => fields.iter().for_each(|(name, v)| texts(name, v, give)),
        _ => {}
    }
}

fn time(text: &str) -> Option<Value> {
    DateTime::parse_rfc3339(text).map(|date| Value::Time(unix_to_time(date.to_timestamp())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MESSAGE: &str = r##"{"@odata.type": "#microsoft.graph.message", "subject": "VPN {new}", "internetMessageId": "<7@corp.example>",
        "body": {"contentType": "html", "content": "<p>value: [\"{\"]</p>"}, "from": {"emailAddress": {"name": "Ann", "address": "ann@corp.example"}},
        "toRecipients": [{"emailAddress": {"address": "bob@corp.example"}}], "sentDateTime": "2024-04-08T10:00:00Z", "isRead": true,
        "categories": ["Blue"], "attachments": [{"name": "a.txt", "contentBytes": "aGVyb24="},
        {"name": "inner", "item": {"subject": "inside", "body": {"contentType": "text", "content": "words"}}}]}"##;

    fn split(text: &str) -> Vec<(u64, u64, bool)> {
        let mut objects = Objects::new(text.as_bytes(), 1 << 20);
        let mut out = Vec::new();
        while let Some(object) = objects.next_object().expect("memory can be read") {
            assert_eq!(object.raw, &text.as_bytes()[object.offset as usize..(object.offset + object.length) as usize]);
            out.push((object.offset, object.length, object.cut_off));
        }
        out
    }

    #[test]
    fn objects_are_found_however_they_are_kept() {
        let length = MESSAGE.len() as u64;
        assert_eq!(split(MESSAGE), [(0, length, false)]);
        assert_eq!(split(&format!("{MESSAGE}\n{MESSAGE}\n")), [(0, length, false), (length + 1, length, false)]);
        assert_eq!(split(&format!("[{MESSAGE}, {MESSAGE}]")), [(1, length, false), (length + 3, length, false)]);
        let page = format!("{{\"@odata.context\": \"value\", \"value\": [{MESSAGE}], \"@odata.nextLink\": \"x\"}}");
        let from = page.find(MESSAGE).expect("it is there") as u64;
        assert_eq!(split(&page), [(from, length, false)]);
        let two = format!("{page}\n{page}");
        assert_eq!(split(&two), [(from, length, false), (page.len() as u64 + 1 + from, length, false)]);
        assert_eq!(split(&MESSAGE[..100]), [(0, 100, true)]);
        assert!(is_export(page.as_bytes()) && is_export(MESSAGE.as_bytes()) && !is_export(b"{\"subject\": 1}"));
    }

    #[test]
    fn a_message_becomes_properties() {
        let item = item(MESSAGE.as_bytes()).expect("a message");
        let text = |id| item.props.text(id, None);
        assert_eq!((text(0x37).as_deref(), text(0x1035).as_deref()), (Some("VPN {new}"), Some("<7@corp.example>")));
        assert_eq!(item.html().as_deref(), Some(b"<p>value: [\"{\"]</p>".as_slice()));
        assert_eq!((item.props.time(0x39), item.props.integer(0x0E07)), (Some(1_712_570_400), Some(1)));
        assert_eq!(item.recipients[0].text(0x39FE, None).as_deref(), Some("bob@corp.example"));
        assert_eq!(text(0x8000).as_deref(), Some("categories: Blue"));
        assert_eq!(item.attachments[0].content, Content::Bytes(b"heron".to_vec()));
        let Content::Message(inner) = &item.attachments[1].content else { panic!("{:?}", item.attachments[1]) };
        assert_eq!(inner.text().as_deref(), Some("words"));
        let bare = super::item(br#"{"hasAttachments": true}"#).expect("a message");
        assert_eq!(bare.faults.len(), 1);
        assert!(super::item(b"{broken").is_none());
    }
}
