//! Apple Mail's partial messages: `N.partial.emlx` keeps a message without its attachments, which lie beside it, each as the body of
//! one part in `N.SECTION.emlxpart`. A section is counted as in IMAP (RFC 3501 §6.4.5): 2, or 2.1 for the first part of the second.
//!
//! Apple publishes no description; this follows what Mail writes.

use crate::sniff;
use aftermail_model::{Message, Timestamp};
use mail_parser::{MessageParser, MimeHeaders, PartType};

/// A part whose body lies in a file of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absent {
    /// Its section: the middle of the file's name.
    pub section: String,
    /// Its length, where the message tells.
    pub bytes: u64,
    /// Where its body belongs.
    at: usize,
}

/// The parts of an Apple Mail file that lie beside it, in the order in which they stand.
pub fn absent(file: &[u8]) -> Vec<Absent> {
    let Some(start) = sniff::emlx_length(file.trim_ascii_start()).and_then(|_| memchr::memchr(b'\n', file)) else { return Vec::new() };
    let raw = &file[start + 1..];
    let Some(message) = std::panic::catch_unwind(|| MessageParser::default().parse(raw)).ok().flatten() else { return Vec::new() };
    let mut out = Vec::new();
    let mut waiting = vec![(0_u32, String::new())];
    while let Some((id, section)) = waiting.pop() {
        let Some(part) = message.parts.get(id as usize) else { continue };
        if let PartType::Multipart(children) = &part.body {
            let below = |n: usize| if section.is_empty() { n.to_string() } else { format!("{section}.{n}") };
            waiting.extend(children.iter().zip(1..).map(|(child, n)| (*child, below(n))));
            continue;
        }
        let (body, end) = (part.offset_body as usize, part.offset_end as usize);
        let empty = raw.get(body..end).is_some_and(|b| b.trim_ascii().is_empty());
        let told = part.headers.iter().find(|h| h.name.as_str().eq_ignore_ascii_case("X-Apple-Content-Length"));
        let bytes = told.and_then(|h| h.value.as_text()).and_then(|t| t.trim().parse().ok());
        if empty && (bytes.is_some() || part.attachment_name().is_some()) {
            let section = if section.is_empty() { "1".to_owned() } else { section };
            out.push(Absent { section, bytes: bytes.unwrap_or(0), at: start + 1 + body });
        }
    }
    out.sort_by_key(|absent| absent.at);
    out
}

/// The file with the bodies put where they belong, and its first line made true.
pub fn whole(file: &[u8], bodies: &[(Absent, Vec<u8>)]) -> Vec<u8> {
    let mut out = Vec::with_capacity(file.len() + bodies.iter().map(|(_, body)| body.len() + 2).sum::<usize>());
    let first = memchr::memchr(b'\n', file).map_or(0, |n| n + 1);
    let length = sniff::emlx_length(file.trim_ascii_start()).unwrap_or(0);
    let added: usize = bodies.iter().map(|(_, body)| body.len() + 1).sum();
    out.extend(format!("{}\n", length + added).into_bytes());
    let mut at = first;
    for (absent, body) in bodies.iter().filter(|(absent, _)| absent.at >= first && absent.at <= file.len()) {
        out.extend_from_slice(&file[at.min(absent.at)..absent.at]);
        out.extend_from_slice(body);
        out.push(b'\n');
        at = absent.at;
    }
    out.extend_from_slice(&file[at..]);
    out
}

/// Bits of the property list's `flags`, as Mail sets them.
const FLAGS: [(u32, &str); 6] = [(0, "read"), (1, "deleted"), (2, "replied"), (4, "flagged"), (6, "draft"), (8, "forwarded")];

/// What the property list behind a message says of its handling.
pub(crate) fn handling(list: &str, message: &mut Message) {
    let number = |key: &str| -> Option<i64> {
        let rest = &list[list.find(&format!("<key>{key}</key>"))?..];
        let rest = rest[rest.find("</key>")? + 6..].trim_start();
        let value = rest.strip_prefix("<integer>").or_else(|| rest.strip_prefix("<real>"))?;
        value.split(['<', '.']).next()?.trim().parse().ok()
    };
    let bits = number("flags").unwrap_or(0);
    let told = FLAGS.iter().filter(|(bit, _)| bits >> bit & 1 == 1).map(|(_, word)| (*word).to_owned());
    message.flags.extend(told);
    message.received = message.received.or(number("date-received").map(Timestamp));
    message.modified = message.modified.or(number("date-last-viewed").map(Timestamp));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_tells_how_a_message_was_handled() {
        let mut message = Message::default();
        let list =
            "<dict>\n<key>date-received</key>\n<integer>1581000000</integer><key>flags</key>\n\t<integer>8623489089</integer></dict>";
        handling(list, &mut message);
        assert_eq!((message.flags, message.received), (vec!["read".to_owned(), "draft".to_owned()], Some(Timestamp(1_581_000_000))));
    }

    #[test]
    fn bodies_come_back_to_their_places() {
        let message = "From: a@b.example\nSubject: s\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nhello\n\
            --x\nContent-Type: multipart/mixed; boundary=y\n\n--y\nContent-Type: text/plain; name=a.txt\nContent-Transfer-Encoding: base64\n\
            X-Apple-Content-Length: 8\nContent-Disposition: attachment; filename=a.txt\n\n--y--\n--x--\n";
        let list = "<?xml version=\"1.0\"?><plist/>\n";
        let file = format!("{}\n{message}{list}", message.len());
        let absent = absent(file.as_bytes());
        assert_eq!(absent.iter().map(|a| (a.section.as_str(), a.bytes)).collect::<Vec<_>>(), [("2.1", 8)]);
        let whole = String::from_utf8(whole(file.as_bytes(), &[(absent[0].clone(), b"aGVyb24=".to_vec())])).expect("text");
        let (first, rest) = whole.split_once('\n').expect("a first line");
        assert_eq!(first.parse::<usize>().ok(), Some(rest.len() - list.len()));
        assert!(rest.contains("filename=a.txt\n\naGVyb24=\n--y--"), "{rest}");
        assert!(super::absent(b"From: a@b.example\n\nhello").is_empty());
    }
}
