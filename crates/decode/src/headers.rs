//! Header fields as people read them.

use crate::charset;
use aftermail_model::{Message, Timestamp};
use mail_parser::decoders::base64::base64_decode;
use mail_parser::parsers::MessageStream;
use mail_parser::{Address, HeaderName, HeaderValue};
use std::borrow::Cow;

/// Recipients beyond this number are counted, not kept.
const RECIPIENTS: usize = 200;
/// References beyond this number say nothing more about the thread.
const REFERENCES: usize = 100;

/// Fields that machines write for machines: ids, hashes, signatures, routes. No person puts a secret there, and what
/// stands there looks like one.
const MACHINE: &[&str] = &[
    "received",
    "dkim-signature",
    "arc-seal",
    "arc-message-signature",
    "arc-authentication-results",
    "authentication-results",
    "message-id",
    "references",
    "in-reply-to",
    "return-path",
    "delivered-to",
    "date",
    "from",
    "to",
    "cc",
    "bcc",
    "sender",
    "reply-to",
    "mime-version",
    "content-transfer-encoding",
    "content-type",
    "content-disposition",
    "content-id",
    "content-language",
    "content-length",
    "lines",
    "status",
    "x-uid",
    "x-uidl",
    "x-status",
    "x-keywords",
    "x-gm-message-state",
    "x-google-dkim-signature",
    "x-google-smtp-source",
    "x-received",
    "received-spf",
    "domainkey-signature",
    "x-ms-exchange-crosstenant-id",
    "x-microsoft-antispam",
    "x-microsoft-antispam-message-info",
    "x-forefront-antispam-report",
    "x-ms-exchange-antispam-messagedata-0",
    "thread-index",
    "list-unsubscribe",
    "list-unsubscribe-post",
    "list-id",
    "list-post",
    "list-help",
    "list-subscribe",
    "list-archive",
    "list-owner",
    "precedence",
    "errors-to",
    "x-mailman-version",
    "x-beenthere",
    "x-mailer",
    "user-agent",
    "x-spam-status",
    "x-spam-level",
    "x-spam-checker-version",
    "x-mimeole",
    "x-priority",
    "x-msmail-priority",
    "importance",
    "subject",
];

/// Fills the fields of a message from its parsed header.
pub(crate) fn fill(message: &mut Message, parsed: &mail_parser::Message<'_>) {
    let Some(root) = parsed.parts.first() else { return };
    for header in &root.headers {
        match (&header.name, &header.value) {
            (HeaderName::Subject, value) if message.subject.is_none() => message.subject = value.as_text().map(str::to_owned),
            (HeaderName::MessageId, value) if message.message_id.is_none() => message.message_id = ids(value).into_iter().next(),
            (HeaderName::References, value) => message.references.extend(ids(value)),
            (HeaderName::From, HeaderValue::Address(a)) if message.from.is_none() => message.from = people(a).into_iter().next(),
            (HeaderName::Sender, HeaderValue::Address(a)) if message.from.is_none() => message.from = people(a).into_iter().next(),
            (HeaderName::To | HeaderName::Cc, HeaderValue::Address(a)) => message.to.extend(people(a)),
            (HeaderName::Date, HeaderValue::DateTime(d)) if message.sent.is_none() => message.sent = Some(Timestamp(d.to_timestamp())),
            _ => {}
        }
    }
    for header in &root.headers {
        if header.name == HeaderName::InReplyTo {
            message.references.extend(ids(&header.value));
        }
    }
    let mut seen = std::collections::HashSet::new();
    message.references.retain(|id| seen.insert(id.clone()));
    message.references.truncate(REFERENCES);
    message.to.truncate(RECIPIENTS);
}

/// Fills what the fields of the outermost header say of the message's handling: those that mailboxes and mail programs add.
pub(crate) fn handling(message: &mut Message, raw: &[u8]) {
    let mut at = 0;
    while at < raw.len() && !matches!(raw[at], b'\r' | b'\n') {
        let start = at;
        at = line_end(raw, at);
        while at < raw.len() && matches!(raw[at], b' ' | b'\t') {
            at = line_end(raw, at);
        }
        let Some((name, value)) = raw[start..at].iter().position(|b| *b == b':').map(|n| (&raw[start..start + n], &raw[start + n + 1..at]))
        else {
            continue;
        };
        let name = name.trim_ascii();
        let is = |wanted: &str| name.eq_ignore_ascii_case(wanted.as_bytes());
        if is("received") && message.received.is_none() {
            message.received = memchr::memrchr(b';', value).and_then(|n| date(&value[n + 1..]));
        } else if is("thread-index") && message.conversation_index.is_none() {
            let packed: Vec<u8> = value.iter().copied().filter(|b| !b.is_ascii_whitespace()).take(4096).collect();
            message.conversation_index = base64_decode(&packed).map(|index| index.iter().map(|b| format!("{b:02x}")).collect());
        } else if is("status") || is("x-status") {
            letters(value).iter().for_each(|word| flag(message, word));
        } else if is("x-mozilla-status") {
            mozilla(value).iter().for_each(|word| flag(message, word));
        } else if is("x-unsent") && value.trim_ascii() == b"1" {
            flag(message, "draft");
        }
    }
}

fn flag(message: &mut Message, word: &str) {
    if !message.flags.iter().any(|f| f == word) {
        message.flags.push(word.to_owned());
    }
}

fn date(value: &[u8]) -> Option<Timestamp> {
    let line = [value.trim_ascii(), b"\n"].concat();
    match MessageStream::new(&line).parse_date() {
        HeaderValue::DateTime(date) if date.is_valid() => Some(Timestamp(date.to_timestamp())),
        _ => None,
    }
}

/// Status and X-Status, as mail servers write them into an mbox.
fn letters(value: &[u8]) -> Vec<&'static str> {
    const LETTERS: [(u8, &str); 5] = [(b'R', "read"), (b'A', "replied"), (b'F', "flagged"), (b'T', "draft"), (b'D', "deleted")];
    let value = value.trim_ascii();
    LETTERS.iter().filter(|(letter, _)| value.len() < 8 && value.contains(letter)).map(|(_, word)| *word).collect()
}

/// X-Mozilla-Status: four hex digits (nsMsgMessageFlags of Thunderbird).
fn mozilla(value: &[u8]) -> Vec<&'static str> {
    const BITS: [(u32, &str); 5] = [(0x1, "read"), (0x2, "replied"), (0x4, "flagged"), (0x8, "deleted"), (0x1000, "forwarded")];
    let bits = std::str::from_utf8(value.trim_ascii()).ok().and_then(|digits| u32::from_str_radix(digits, 16).ok()).unwrap_or(0);
    BITS.iter().filter(|(bit, _)| bits & bit != 0).map(|(_, word)| *word).collect()
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let with_brackets = |id: &str| format!("<{}>", id.trim().trim_matches(|c| matches!(c, '<' | '>')));
    match value {
        HeaderValue::Text(id) => vec![with_brackets(id)],
        HeaderValue::TextList(ids) => ids.iter().map(|id| with_brackets(id)).collect(),
        _ => Vec::new(),
    }
}

fn people(address: &Address<'_>) -> Vec<String> {
    let shown = |a: &mail_parser::Addr<'_>| match (a.name.as_deref().map(str::trim).filter(|n| !n.is_empty()), a.address.as_deref()) {
        (Some(name), Some(address)) => format!("{name} <{address}>"),
        (None, Some(address)) => address.to_owned(),
        (Some(name), None) => name.to_owned(),
        (None, None) => String::new(),
    };
    address.iter().take(RECIPIENTS).map(shown).filter(|p| !p.is_empty()).collect()
}

/// The fields that a person or an application wrote, decoded and unfolded, one a line.
pub(crate) fn text(header: &[u8]) -> String {
    let mut out = String::new();
    let mut at = 0;
    while at < header.len() {
        let mut end = line_end(header, at);
        let name = header[at..end].iter().position(|b| *b == b':').map(|n| &header[at..at + n]);
        while end < header.len() && matches!(header[end], b' ' | b'\t') {
            end = line_end(header, end);
        }
        if name.is_some_and(|n| !is_machine(n)) {
            field(&mut out, &header[at..end]);
        }
        at = end;
    }
    out
}

fn line_end(text: &[u8], at: usize) -> usize {
    memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |n| at + n + 1)
}

fn is_machine(name: &[u8]) -> bool {
    let name = name.trim_ascii_end();
    let first = name.first().copied().unwrap_or(0).to_ascii_lowercase();
    MACHINE.iter().any(|m| m.as_bytes()[0] == first && m.len() == name.len() && name.eq_ignore_ascii_case(m.as_bytes()))
}

fn field(out: &mut String, raw: &[u8]) {
    let value: Cow<str> = if memchr::memmem::find(raw, b"=?").is_some() {
        let colon = raw.iter().position(|b| *b == b':').map_or(0, |c| c + 1);
        let decoded = MessageStream::new(&raw[colon..]).parse_unstructured();
        let name = String::from_utf8_lossy(&raw[..colon]).into_owned();
        Cow::Owned(format!("{name} {}", decoded.as_text().unwrap_or_default()))
    } else {
        match std::str::from_utf8(raw) {
            Ok(text) => Cow::Borrowed(text),
            Err(_) => Cow::Owned(charset::text(Cow::Borrowed(raw), None).0),
        }
    };
    for (number, line) in value.lines().enumerate() {
        if number > 0 {
            out.push(' ');
        }
        out.push_str(line.trim());
    }
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handling_is_read_from_what_mailboxes_add() {
        let mut message = Message::default();
        let raw = b"Received: from a by b;\r\n Mon, 8 Apr 2024 10:00:00 +0200\r\nReceived: from x by a; Mon, 8 Apr 2024 09:00:00 +0200\r\n\
            Status: RO\r\nX-Status: AF\r\nX-Mozilla-Status: 1001\r\nThread-Index: AdqJ\r\n mQ==\r\n\r\nX-Unsent: 1\r\n";
        handling(&mut message, raw);
        assert_eq!(message.received, Some(Timestamp(1_712_563_200)));
        assert_eq!(message.flags, ["read", "replied", "flagged", "forwarded"]);
        assert_eq!(message.conversation_index.as_deref(), Some("01da8999"));
    }

    #[test]
    fn fields_are_unfolded_and_machines_are_left_out() {
        let header = b"Received: by a\n\tfor b\nX-Note: one\n two\nX-Api: =?utf-8?q?gr=C3=BC=C3=9Fe?=\nDKIM-Signature: v=1; b=abc\n\n";
        assert_eq!(text(header), "X-Note: one two\nX-Api: grüße\n");
    }
}
