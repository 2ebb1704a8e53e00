//! One record a line: syslog, and the W3C form, whose `#Fields` name what follows.

use crate::vendor::{exchange, iis, mail, servers, web};
use crate::{Hint, Limits, Reject, Sink, Why, place, vendor};
use aftermail_model::Event;
use std::ops::Range;

/// Reads the lines that begin in a piece.
pub(crate) fn read(whole: &[u8], piece: Range<usize>, hint: &Hint, sink: &mut dyn Sink) {
    let before = whole[..piece.start].rsplit(|&b| b == b'\n');
    let mut fields: Vec<String> = before.map(content).find_map(fields_of).unwrap_or_default();
    let (mut at, mut last, mut repeat) = (piece.start, &[][..], 0);
    for whole in whole[piece.start..].split_inclusive(|&b| b == b'\n') {
        if at >= piece.end {
            break;
        }
        let raw = place(at, whole.len());
        at += whole.len();
        let line = content(whole);
        if line.is_empty() {
            continue;
        }
        if line.starts_with(b"#") {
            fields = fields_of(line).unwrap_or(fields);
            continue;
        }
        if line.len() > hint.limits.record_bytes {
            sink.reject(Reject { raw, why: Why::TooLarge });
            continue;
        }
        if line.starts_with(b"{") {
            match serde_json::from_slice(line) {
                Ok(value) => vendor::record(&value, line, raw, sink),
                Err(_) => sink.reject(Reject { raw, why: Why::Damaged }),
            }
            continue;
        }
        // Equal lines that follow on each other are as many events.
        repeat = if line == last { repeat + 1 } else { 0 };
        last = line;
        match event(&String::from_utf8_lossy(line), &fields, hint) {
            Some(mut event) => {
                event.id = Event::hashed_id(line, repeat);
                event.raw = raw;
                sink.event(event);
            }
            None => sink.reject(Reject { raw, why: if line.contains(&0) { Why::Damaged } else { Why::Unknown } }),
        }
    }
}

/// Where a plain line begins behind another plain line that differs.
pub(crate) fn boundaries(text: &[u8], limits: &Limits) -> impl Iterator<Item = usize> {
    let plain = |line: &[u8]| !line.is_empty() && !line.starts_with(b"#") && !line.starts_with(b"{") && line.len() <= limits.record_bytes;
    let (mut at, mut last) = (0, &[][..]);
    text.split_inclusive(|&b| b == b'\n').filter_map(move |whole| {
        let (start, line, before) = (at, content(whole), last);
        (at, last) = (at + whole.len(), line);
        (plain(line) && plain(before) && line != before).then_some(start)
    })
}

fn content(line: &[u8]) -> &[u8] {
    line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line).trim_ascii()
}

fn fields_of(line: &[u8]) -> Option<Vec<String>> {
    line.strip_prefix(b"#Fields:").map(names_of)
}

fn names_of(names: &[u8]) -> Vec<String> {
    let names = String::from_utf8_lossy(names);
    let delimiter = if names.contains(',') { ',' } else { ' ' };
    names.trim().split(delimiter).map(|n| n.trim().to_owned()).collect()
}

fn event(line: &str, fields: &[String], hint: &Hint) -> Option<Event> {
    if fields.iter().any(|f| f == "c-ip" || f == "cs-uri-stem") {
        return iis::read(line, fields);
    }
    exchange::read(line, fields).or_else(|| web::read(line)).or_else(|| servers::read(line, hint)).or_else(|| mail::read(line, hint))
}
