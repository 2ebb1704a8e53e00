//! What holds for any mail: stores come apart as they were put together, nothing panics, and every byte is accounted for.

mod common;

use aftermail_decode::mbox::{Mbox, ranges};
use aftermail_decode::{Tools, html_text, message, sniff};
use aftermail_model::{Locator, Message};
use base64::Engine as _;
use common::Kept;
use proptest::prelude::*;

fn decode(raw: &[u8]) -> (Message, Kept) {
    let mut kept = Kept::default();
    let at = Locator { evidence: "e".into(), offset: 0, length: raw.len() as u64 };
    let found = message(raw, at, "eml", &Tools::default(), &mut kept);
    (found, kept)
}

/// Lines of a body, among them those that look like the beginning of another message.
fn body() -> impl Strategy<Value = String> {
    let line = prop_oneof![
        4 => "[ -~]{0,60}",
        1 => Just(String::new()),
        1 => Just("From here it went well.".to_owned()),
        1 => Just(">From the beginning".to_owned()),
        1 => Just("From anna@corp.example Mon Jan  1 10:00:00 2024".to_owned()),
    ];
    prop::collection::vec(line, 0..12).prop_map(|lines| lines.join("\n"))
}

/// Messages as they were before they came into the store.
fn messages() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec(body(), 1..8).prop_map(|bodies| {
        bodies.into_iter().enumerate().map(|(n, body)| format!("Subject: {n}\nMessage-ID: <{n}@corp.example>\n\n{body}\n")).collect()
    })
}

/// mboxrd: every line `>*From ` gets one more `>`.
fn store(messages: &[String], eol: &str) -> Vec<u8> {
    let mut out = String::new();
    for message in messages {
        out += "From anna@corp.example Tue Jan  2 03:04:05 2024\n";
        for line in message.split_inclusive('\n') {
            if line.trim_start_matches('>').starts_with("From ") {
                out.push('>');
            }
            out += line;
        }
        out += "\n";
    }
    out.replace('\n', eol).into_bytes()
}

fn split(bytes: &[u8], offset: u64) -> Vec<(u64, u64, Vec<u8>)> {
    let mut mbox = Mbox::new(bytes, offset, 1 << 20);
    let mut out = Vec::new();
    while let Some(e) = mbox.next_entry().expect("memory can be read") {
        out.push((e.offset, e.length, e.raw.to_vec()));
    }
    out
}

proptest! {
    #[test]
    fn a_store_comes_apart_as_it_was_put_together(messages in messages(), eol in prop_oneof![Just("\n"), Just("\r\n")]) {
        let bytes = store(&messages, eol);
        let found = split(&bytes, 0);
        prop_assert_eq!(found.len(), messages.len());
        for ((_, _, raw), message) in found.iter().zip(&messages) {
            prop_assert_eq!(String::from_utf8_lossy(raw).trim_end().to_owned(), message.replace('\n', eol).trim_end().to_owned());
        }
        let mut next = 0;
        for (offset, length, _) in &found {
            prop_assert_eq!(*offset, next);
            next += length;
        }
        prop_assert_eq!(next, bytes.len() as u64);
    }

    #[test]
    fn ranges_read_on_their_own_give_the_same_messages(messages in messages(), unit in 1_u64..600) {
        let bytes = store(&messages, "\n");
        let mut pieces = Vec::new();
        ranges(bytes.as_slice(), unit, |offset, length| pieces.push((offset, length))).expect("memory can be read");
        let parted: Vec<_> =
            pieces.iter().flat_map(|(o, l)| split(&bytes[*o as usize..(*o + *l) as usize], *o)).collect();
        prop_assert_eq!(parted, split(&bytes, 0));
    }

    #[test]
    fn any_bytes_are_a_store_without_loss(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        let found = split(&bytes, 0);
        prop_assert_eq!(found.iter().map(|(_, length, _)| length).sum::<u64>(), bytes.len() as u64);
        let _ = sniff(&bytes);
    }

    #[test]
    fn any_bytes_are_a_message_and_all_are_accounted_for(bytes in prop::collection::vec(any::<u8>(), 0..3000)) {
        let (found, _) = decode(&bytes);
        prop_assert!(found.decoded_bytes + found.unread_bytes >= found.expected_bytes, "{:?}", found);
    }

    /// Structured mail with a part cut out or overwritten anywhere.
    #[test]
    fn broken_mail_is_read_as_far_as_it_goes(at in 0_usize..900, noise in prop::collection::vec(any::<u8>(), 0..12), cut in 0_usize..40) {
        let mut raw = STRUCTURED.replace('\n', "\r\n").into_bytes();
        let at = at.min(raw.len());
        let end = (at + cut).min(raw.len());
        raw.splice(at..end, noise);
        let (found, kept) = decode(&raw);
        prop_assert!(found.decoded_bytes + found.unread_bytes >= found.expected_bytes, "{:?}", found);
        // What lies far behind the damage is found in some text, whatever became of the structure.
        let seen = |word: &str| kept.texts.iter().any(|t| t.body.contains(word));
        if end + 200 < raw.len() {
            prop_assert!(seen("Epilogue-Heron"), "{:?} {:?}", kept.parts, kept.gaps);
        }
    }

    #[test]
    fn what_is_written_in_a_charset_is_read(words in prop::collection::vec("[a-zäöüéèñß]{3,12}", 1..20), wide in any::<bool>(), quoted in any::<bool>()) {
        let text = words.join(" ");
        let (bytes, charset) = match wide {
            true => (text.clone().into_bytes(), "utf-8"),
            false => (encoding_rs::WINDOWS_1252.encode(&text).0.into_owned(), "iso-8859-1"),
        };
        let (encoded, encoding) = match quoted {
            true => (bytes.iter().map(|b| format!("={b:02X}")).collect::<Vec<_>>().chunks(24).map(|c| c.concat()).collect::<Vec<_>>().join("=\r\n"), "quoted-printable"),
            false => (base64::engine::general_purpose::STANDARD.encode(&bytes), "base64"),
        };
        let raw = format!("Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset={charset}\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{encoded}\r\n");
        let (_, kept) = decode(raw.as_bytes());
        prop_assert!(kept.texts.iter().any(|t| t.body.contains(&text)), "{:?}", kept.texts);
    }

    #[test]
    fn words_of_html_stay_in_their_order(words in prop::collection::vec("[a-z]{2,9}", 1..30), tags in prop::collection::vec(0_usize..TAGS.len(), 30)) {
        let html: String = words.iter().zip(&tags).map(|(w, t)| { let (open, close) = TAGS[*t]; format!("{open}{w}{close}") }).collect();
        let text = html_text(&html);
        let mut rest = text.as_str();
        for word in &words {
            let at = rest.find(word.as_str());
            prop_assert!(at.is_some(), "{} in {:?}", word, text);
            rest = &rest[at.unwrap_or(0) + word.len()..];
        }
    }

    #[test]
    fn any_html_is_read(html in "[<>a-z/!\"'= &;#0-9-]{0,600}") {
        let _ = html_text(&html);
    }
}

const TAGS: &[(&str, &str)] =
    &[("<p>", "</p>"), ("<td>", "</td>"), ("<b>", "</b>"), ("<br>", ""), ("<div class=\"x\">", "</div>"), ("<li>", "</li>"), (" ", " ")];

const STRUCTURED: &str = "From: a@corp.example
Subject: =?utf-8?B?SGVyb24=?=
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=\"outer\"

Preamble
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Gr=C3=BC=C3=9Fe, it is late.
--inner
Content-Type: text/html

<p>It is <b>late</b>.</p>
--inner--
--outer
Content-Type: message/rfc822

Subject: inside

An attached message.
--outer
Content-Type: application/octet-stream; name=a.bin
Content-Transfer-Encoding: base64

AAECAwQFBgcICQ==
--outer
Content-Type: text/plain; name=last.txt
Content-Disposition: attachment; filename=last.txt

The last part stands here so that something follows the damage wherever it is.
It has two lines.
--outer--
Epilogue-Heron
";
