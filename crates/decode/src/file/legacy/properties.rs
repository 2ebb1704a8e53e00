//! Properties of documents of before 2007: title, author, company and those of the user ([MS-OLEPS]).

use crate::charset;
use crate::file::le::{u16_at, u32_at, utf16};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Properties of one set.
const MOST: u32 = 1000;
/// Values of one list.
const LISTED: u32 = 1000;
/// The set of the document's summary ([MS-OLEPS] 3.1.2), and that of the user's own.
const SUMMARY: [u8; 4] = [0xE0, 0x85, 0x9F, 0xF2];
const DICTIONARY: u32 = 0;

/// Reads a property set stream: a name and a value a line.
pub(super) fn read(bytes: &[u8]) -> String {
    let mut out = String::new();
    for n in 0..u32_at(bytes, 24).unwrap_or(0).min(2) as usize {
        let summary = bytes.get(28 + 20 * n..).is_some_and(|id| id.starts_with(&SUMMARY));
        let section = u32_at(bytes, 44 + 20 * n).and_then(|at| bytes.get(at as usize..));
        if let Some(section) = section {
            set(section, summary, &mut out);
        }
    }
    out
}

fn set(section: &[u8], summary: bool, out: &mut String) {
    let entries = (0..u32_at(section, 4).unwrap_or(0).min(MOST) as usize)
        .filter_map(|n| Some((u32_at(section, 8 + 8 * n)?, section.get(u32_at(section, 12 + 8 * n)? as usize..)?)));
    let entries: Vec<(u32, &[u8])> = entries.collect();
    let wide = entries.iter().any(|(id, value)| *id == 1 && u16_at(value, 4) == Some(1200));
    let names = entries.iter().find(|(id, _)| *id == DICTIONARY).map_or_else(BTreeMap::new, |(_, bytes)| dictionary(bytes, wide));
    for (id, value) in entries.iter().filter(|(id, _)| *id > 1) {
        let mut texts = Vec::new();
        texts_of(value, wide, &mut texts);
        let name = names.get(id).map_or_else(|| word(*id, summary), |name| Some(name.as_str()));
        for text in texts.iter().map(|t| t.trim()).filter(|t| !t.is_empty()) {
            match name {
                Some(name) => out.extend([name, ": ", text, "\n"]),
                None => out.extend([text, "\n"]),
            }
        }
    }
}

/// What the properties of the summary are called.
fn word(id: u32, summary: bool) -> Option<&'static str> {
    match (summary, id) {
        (true, 2) => Some("title"),
        (true, 3) => Some("subject"),
        (true, 4) => Some("author"),
        (true, 5) => Some("keywords"),
        (true, 6) => Some("comments"),
        (true, 7) => Some("template"),
        (true, 8) => Some("last author"),
        (true, 18) => Some("application"),
        (false, 2) => Some("category"),
        (false, 14) => Some("manager"),
        (false, 15) => Some("company"),
        _ => None,
    }
}

/// Names of the user's own properties (§2.17).
fn dictionary(bytes: &[u8], wide: bool) -> BTreeMap<u32, String> {
    let mut found = BTreeMap::new();
    let mut at = 4;
    for _ in 0..u32_at(bytes, 0).unwrap_or(0).min(MOST) {
        let (Some(id), Some(length)) = (u32_at(bytes, at), u32_at(bytes, at + 4)) else { break };
        let size = length as usize * if wide { 2 } else { 1 };
        let Some(name) = bytes.get(at + 8..(at + 8).saturating_add(size)) else { break };
        found.insert(id, text(name, wide));
        at += 8 + if wide { size.next_multiple_of(4) } else { size };
    }
    found
}

/// The texts of a typed value (§2.15): a text, or a list of texts.
fn texts_of(value: &[u8], wide: bool, out: &mut Vec<String>) {
    match u32_at(value, 0) {
        Some(0x1E | 0x1F | 0x08) => _ = value.get(4..).and_then(|v| string(v, u16_at(value, 0) == Some(0x1F), wide, out)),
        Some(kind @ (0x101E | 0x101F)) => {
            let mut at = 8;
            for _ in 0..u32_at(value, 4).unwrap_or(0).min(LISTED) {
                let Some(size) = value.get(at..).and_then(|v| string(v, kind == 0x101F, wide, out)) else { break };
                at += size;
            }
        }
        // A list of values that each say their type.
        Some(0x100C) => {
            let mut at = 8;
            for _ in 0..u32_at(value, 4).unwrap_or(0).min(LISTED) {
                let size = match u32_at(value, at) {
                    Some(kind @ (0x1E | 0x1F)) => value.get(at + 4..).and_then(|v| string(v, kind == 0x1F, wide, out)),
                    Some(2 | 3 | 11) => Some(4),
                    _ => None,
                };
                let Some(size) = size else { break };
                at += 4 + size;
            }
        }
        _ => {}
    }
}

/// A text behind its length; gives the bytes that it takes.
fn string(value: &[u8], units: bool, wide: bool, out: &mut Vec<String>) -> Option<usize> {
    let size = u32_at(value, 0)? as usize * if units { 2 } else { 1 };
    out.push(text(value.get(4..4_usize.checked_add(size)?)?, units || wide));
    Some(4 + size.next_multiple_of(if units { 4 } else { 1 }))
}

fn text(bytes: &[u8], wide: bool) -> String {
    if wide {
        return utf16(bytes);
    }
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    charset::text(Cow::Borrowed(&bytes[..end]), None).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_summary_is_read() {
        let mut section = vec![0; 8];
        let values: [&[u8]; 2] = [&[0x1E, 0, 0, 0, 4, 0, 0, 0, b'A', b'm', b'y', 0], &[0x1F, 0, 0, 0, 2, 0, 0, 0, b'P', 0, 0, 0]];
        section[4] = 2;
        for (n, id) in [4_u8, 2].into_iter().enumerate() {
            section.extend([id, 0, 0, 0, (8 + 16 + 12 * n) as u8, 0, 0, 0]);
        }
        values.iter().for_each(|v| section.extend(*v));
        let mut out = String::new();
        set(&section, true, &mut out);
        assert_eq!(out, "author: Amy\ntitle: P\n");
        (0..section.len()).for_each(|n| set(&section[..n], true, &mut String::new()));
    }
}
