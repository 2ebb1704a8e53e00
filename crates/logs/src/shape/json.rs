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

/// Reads all objects of a text.
pub(crate) fn read(text: &[u8], limits: &Limits, sink: &mut dyn Sink) {
    let mut at = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    let (mut within, mut resumes) = (false, 0);
    while let Some(&byte) = text.get(at) {
        match byte {
            b' ' | b'\t' | b'\r' | b'\n' | b',' | b'[' | b']' | 0x1e => at += 1,
            b'{' => {
                if let Some(first) = envelope(text, at) {
                    (at, within) = (first, true);
                } else if let Some(end) = value_end(text, at) {
                    record(text, at..end, limits, sink);
                    at = end;
                } else {
                    resumes += 1;
                    let next = next_object(text, at).filter(|_| resumes <= RESUMES).unwrap_or(text.len());
                    sink.reject(Reject { raw: place(at, next - at), why: Why::CutOff });
                    at = next;
                }
            }
            // What an envelope says behind its records.
            b'"' | b':' | b'}' | b'0'..=b'9' | b't' | b'f' | b'n' if within => {
                at = if byte == b'"' { string_end(text, at).unwrap_or(text.len()) } else { at + 1 };
            }
            _ if within && byte.is_ascii_alphabetic() => at += 1,
            _ => {
                let next = line_end(text, at);
                sink.reject(Reject { raw: place(at, next - at), why: Why::Damaged });
                at = next;
            }
        }
    }
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
    text[at..].iter().position(|&b| b == b'\n').map_or(text.len(), |n| at + n + 1)
}

fn string_end(text: &[u8], at: usize) -> Option<usize> {
    if text.get(at) != Some(&b'"') {
        return None;
    }
    let mut at = at + 1;
    loop {
        match text.get(at)? {
            b'"' => return Some(at + 1),
            b'\\' => at += 2,
            _ => at += 1,
        }
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
    text[at..].windows(2).position(|w| w == b"\n{").map(|n| at + n + 1)
}
