//! One record a line: syslog, and the W3C form, whose `#Fields` name what follows.

use crate::vendor::{exchange, iis, mail};
use crate::{Hint, Reject, Sink, Why, place, vendor};
use aftermail_model::Event;

/// Reads all lines of a text.
pub(crate) fn read(text: &[u8], hint: &Hint, sink: &mut dyn Sink) {
    let mut fields: Vec<String> = Vec::new();
    let (mut at, mut last, mut repeat) = (0, &[][..], 0);
    for whole in text.split_inclusive(|&b| b == b'\n') {
        let raw = place(at, whole.len());
        at += whole.len();
        let line = whole.strip_prefix(b"\xef\xbb\xbf").unwrap_or(whole).trim_ascii();
        if line.is_empty() {
            continue;
        }
        if let Some(directive) = line.strip_prefix(b"#") {
            if let Some(names) = directive.strip_prefix(b"Fields:") {
                fields = names_of(names);
            }
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

fn names_of(names: &[u8]) -> Vec<String> {
    let names = String::from_utf8_lossy(names);
    let delimiter = if names.contains(',') { ',' } else { ' ' };
    names.trim().split(delimiter).map(|n| n.trim().to_owned()).collect()
}

fn event(line: &str, fields: &[String], hint: &Hint) -> Option<Event> {
    if fields.iter().any(|f| f == "c-ip" || f == "cs-uri-stem") {
        return iis::read(line, fields);
    }
    exchange::read(line, fields).or_else(|| mail::read(line, hint.year))
}
