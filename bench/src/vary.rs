//! Copies of a message that say something else: words of the text replaced, attachments changed, the structure kept.

use crate::random::Random;
use crate::words::Words;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use mail_parser::{Encoding, Message, MessageParser, MessagePart, PartType};
use std::ops::Range;

/// Base64 as mailers of all ages write it.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);

/// The first bytes of a file stay, so that it is still taken for what it was.
const HEAD: usize = 64;
/// One byte in so many of a file changes.
const EVERY: usize = 16;

/// Writes a copy of the message in which words are replaced. Its headers stay valid; its Message-ID is `id`.
pub fn message(raw: &[u8], id: &str, words: &Words, random: &mut Random, out: &mut Vec<u8>) {
    match MessageParser::default().parse(raw) {
        Some(parsed) => copy(raw, &parsed, Some(id), words, random, out),
        None => words.vary(raw, before_colon, random, out),
    }
}

fn copy(raw: &[u8], parsed: &Message<'_>, id: Option<&str>, words: &Words, random: &mut Random, out: &mut Vec<u8>) {
    let body_at = parsed.parts.first().map_or(0, |root| root.offset_body as usize).min(raw.len());
    headers(&raw[..body_at], id, words, random, out);
    let mut at = body_at;
    let mut leaves: Vec<&MessagePart<'_>> = parsed.parts.iter().filter(|p| !matches!(p.body, PartType::Multipart(_))).collect();
    leaves.sort_by_key(|p| p.offset_body);
    for leaf in leaves {
        let (start, end) = (leaf.offset_body as usize, (leaf.offset_end as usize).min(raw.len()));
        if start < at || end <= start {
            continue;
        }
        out.extend_from_slice(&raw[at..start]);
        part(&raw[start..end], leaf, words, random, out);
        at = end;
    }
    out.extend_from_slice(&raw[at..]);
}

fn headers(head: &[u8], id: Option<&str>, words: &Words, random: &mut Random, out: &mut Vec<u8>) {
    let is = |line: &[u8], name: &str| line.get(..name.len()).is_some_and(|l| l.eq_ignore_ascii_case(name.as_bytes()));
    let mut dropped = false;
    for line in head.split_inclusive(|b| *b == b'\n') {
        if dropped && line.first().is_some_and(|b| matches!(b, b' ' | b'\t')) {
            continue;
        }
        dropped = false;
        match id {
            Some(id) if is(line, "message-id:") => {
                out.extend_from_slice(format!("Message-ID: <{id}>\n").as_bytes());
                dropped = true;
            }
            Some(_) if is(line, "subject:") && !line.windows(2).any(|w| w == b"=?") => {
                out.extend_from_slice(&line[..8]);
                words.vary(&line[8..], before_colon, random, out);
            }
            _ => out.extend_from_slice(line),
        }
    }
}

fn part(body: &[u8], leaf: &MessagePart<'_>, words: &Words, random: &mut Random, out: &mut Vec<u8>) {
    let html = matches!(leaf.body, PartType::Html(_));
    let text = html || matches!(leaf.body, PartType::Text(_));
    match leaf.encoding {
        Encoding::Base64 => {
            let packed: Vec<u8> = body.iter().copied().filter(|b| !b.is_ascii_whitespace()).collect();
            // What cannot be unpacked stays: it is as odd as the original.
            let Ok(mut bytes) = LENIENT.decode(&packed) else { return out.extend_from_slice(body) };
            let mut changed = Vec::with_capacity(bytes.len());
            match text {
                true => vary_text(&bytes, html, before_colon, words, random, &mut changed),
                false => {
                    scramble(&mut bytes, random);
                    changed = bytes;
                }
            }
            base64_lines(&changed, out);
        }
        Encoding::QuotedPrintable => vary_text(body, html, in_escape, words, random, out),
        Encoding::None => match &leaf.body {
            PartType::Message(_) => match MessageParser::default().parse(body) {
                Some(inner) => copy(body, &inner, None, words, random, out),
                None => out.extend_from_slice(body),
            },
            _ => vary_text(body, html, before_colon, words, random, out),
        },
    }
}

/// Files get other bytes here and there.
pub fn scramble(bytes: &mut [u8], random: &mut Random) {
    for byte in bytes.iter_mut().skip(HEAD).step_by(EVERY) {
        *byte = random.next() as u8;
    }
}

/// Base64 in lines of 76.
pub fn base64_lines(bytes: &[u8], out: &mut Vec<u8>) {
    for line in STANDARD.encode(bytes).as_bytes().chunks(76) {
        out.extend_from_slice(line);
        out.push(b'\n');
    }
}

/// Schemes of URLs and names of fields stay.
fn before_colon(text: &[u8], word: Range<usize>) -> bool {
    text.get(word.end) == Some(&b':')
}

/// Letters of a quoted-printable escape stay.
fn in_escape(text: &[u8], word: Range<usize>) -> bool {
    let back = |n: usize| word.start.checked_sub(n).map(|at| text[at]);
    before_colon(text, word.clone()) || back(1) == Some(b'=') || (back(2) == Some(b'=') && back(1).is_some_and(|b| b.is_ascii_hexdigit()))
}

type Keep = fn(&[u8], Range<usize>) -> bool;

fn vary_text(text: &[u8], html: bool, keep: Keep, words: &Words, random: &mut Random, out: &mut Vec<u8>) {
    if !html {
        return words.vary(text, keep, random, out);
    }
    let mut rest = text;
    while !rest.is_empty() {
        let open = rest.iter().position(|b| *b == b'<').unwrap_or(rest.len());
        words.vary(&rest[..open], |t, w| keep(t, w.clone()) || entity(t, w), random, out);
        let close = rest[open..].iter().position(|b| *b == b'>').map_or(rest.len(), |n| open + n + 1);
        tag(&rest[open..close], keep, words, random, out);
        rest = &rest[close..];
    }
}

fn entity(text: &[u8], word: Range<usize>) -> bool {
    word.start > 0 && text[word.start - 1] == b'&'
}

/// In a tag only addresses change.
fn tag(tag: &[u8], keep: Keep, words: &Words, random: &mut Random, out: &mut Vec<u8>) {
    for (at, piece) in tag.split(|b| *b == b'"').enumerate() {
        if at > 0 {
            out.push(b'"');
        }
        if at % 2 == 1 && piece.windows(3).any(|w| w == b"://") {
            words.vary(piece, keep, random, out);
        } else {
            out.extend_from_slice(piece);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varied(raw: &str) -> String {
        let mut words = Words::default();
        words.learn(b"zebra quartz walnut");
        let mut out = Vec::new();
        message(raw.as_bytes(), "new@bench.example", &words, &mut Random::new(7), &mut out);
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn structure_stays_and_content_changes() {
        let words = "alpha bravo charlie delta echoes foxtrot hotels india juliet kilos limas mikes".to_owned();
        let mut packed = Vec::new();
        base64_lines(words.as_bytes(), &mut packed);
        let raw = format!(
            "From: a@a.example\nMessage-ID:\n <old@a.example>\nSubject: {words}\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=frontier\n\n--frontier\nContent-Type: text/html\n\n<table class=\"abcdef\"><a href=\"http://host.example/{words}\">{words}</a>&nbsp;</table>\n--frontier\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n{}--frontier--\n",
            String::from_utf8_lossy(&packed)
        );
        let new = varied(&raw);
        assert!(new.contains("Message-ID: <new@bench.example>\n") && !new.contains("old@a.example"));
        assert_eq!(new.matches("--frontier").count(), 3);
        assert!(new.contains("<table class=\"abcdef\"><a href=\"http://") && new.contains("&nbsp;</table>"));
        assert!(!new.contains(&words));
        let parsed = MessageParser::default().parse(new.as_bytes()).expect("a message");
        let text = parsed.parts[2].text_contents().expect("text");
        assert_ne!(text, words);
        assert_eq!(text.split(' ').count(), words.split(' ').count());
    }

    #[test]
    fn escapes_of_quoted_printable_stay_whole() {
        let raw = "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nGr=C3=BCber=\n wort=3Dclass and nothing more of it\n";
        assert!(varied(raw).contains("=C3=BCber=\n") && varied(raw).contains("=3Dclass"));
    }
}
