//! Header fields as people read them.

use crate::charset;
use aftermail_model::{Message, Timestamp};
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
    fn fields_are_unfolded_and_machines_are_left_out() {
        let header = b"Received: by a\n\tfor b\nX-Note: one\n two\nX-Api: =?utf-8?q?gr=C3=BC=C3=9Fe?=\nDKIM-Signature: v=1; b=abc\n\n";
        assert_eq!(text(header), "X-Note: one two\nX-Api: grüße\n");
    }
}
