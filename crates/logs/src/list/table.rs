//! Bytes to rows of cells.

use super::columns;
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};
use std::collections::HashMap;

/// Rows with their numbers, and the numbers of those that are damaged.
type Rows = (Vec<(u64, Vec<String>)>, Vec<u64>);

/// What parts cells; the commonest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How often reading goes on in the second line of a damaged row: a lost quote would make one row of all that follows.
const RESUMES: u32 = 64;
/// How many rows are read to tell the delimiter.
const SAMPLE: usize = 20;
/// How many columns a list of objects may have: names beyond these are left out, for nobody makes so many by hand.
const COLUMNS: usize = 1_000;

pub(super) fn read(text: &[u8]) -> Rows {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let start = text.trim_ascii_start();
    let json = start.starts_with(b"{") || (start.starts_with(b"[") && matches!(start[1..].trim_ascii_start().first(), Some(b'{' | b']')));
    if json { objects(text) } else { lines(text, delimiter(text)) }
}

/// The delimiter by which the first rows tell most headings, then the one that makes most cells.
fn delimiter(text: &[u8]) -> u8 {
    let worth = |delimiter: u8| {
        let mut reader = reader(text, delimiter);
        let records = reader.byte_records().take(SAMPLE).filter_map(Result::ok).map(|row| cells(&row));
        records.fold((0, 0), |(score, width), row| (columns::score(&row).max(score), row.len().max(width)))
    };
    // Of equal ones the first.
    DELIMITERS.into_iter().rev().max_by_key(|d| worth(*d)).unwrap_or(b',')
}

fn reader(text: &[u8], delimiter: u8) -> csv::Reader<&[u8]> {
    ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text)
}

fn cells(row: &ByteRecord) -> Vec<String> {
    row.iter().map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect()
}

fn lines(text: &[u8], delimiter: u8) -> Rows {
    let (mut rows, mut damaged): Rows = (Vec::new(), Vec::new());
    let (mut base, mut resumes, mut number) = (0, 0, 0);
    // How many cells most rows so far have.
    let mut widths: HashMap<usize, u64> = HashMap::new();
    let mut csv = reader(text, delimiter);
    let mut row = ByteRecord::new();
    loop {
        let from = position(&csv, base, text.len());
        if !csv.read_byte_record(&mut row).unwrap_or(false) {
            break;
        }
        number += 1;
        let span = &text[from..position(&csv, base, text.len())];
        let line = span.trim_ascii().iter().position(|&b| b == b'\n').map(|n| n + span.len() - span.trim_ascii_start().len() + 1);
        let usual = widths.iter().max_by_key(|(_, n)| **n).is_none_or(|(width, _)| *width == row.len());
        match line {
            Some(line) if !usual && resumes < RESUMES => {
                resumes += 1;
                damaged.push(number);
                base = from + line;
                csv = reader(&text[base..], delimiter);
            }
            _ => {
                *widths.entry(row.len()).or_default() += 1;
                rows.push((number, cells(&row)));
            }
        }
    }
    (rows, damaged)
}

fn position(csv: &csv::Reader<&[u8]>, base: usize, end: usize) -> usize {
    usize::try_from(csv.position().byte()).unwrap_or(usize::MAX).saturating_add(base).min(end)
}

/// Objects become rows under the names of all their members.
fn objects(text: &[u8]) -> Rows {
    let (mut found, mut damaged) = (Vec::new(), Vec::new());
    let (mut at, mut number) = (0, 0);
    while let Some(start) = text[at..].iter().position(|b| !b.is_ascii_whitespace() && *b != b',').map(|n| at + n) {
        let mut values = serde_json::Deserializer::from_slice(&text[start..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                at = start + values.byte_offset();
                unfold(value, &mut number, &mut found);
            }
            _ => {
                number += 1;
                damaged.push(number);
                at = next_object(text, start + 1);
            }
        }
    }
    let mut names: HashMap<String, usize> = HashMap::new();
    let mut headings = Vec::new();
    for name in found.iter().flat_map(|(_, object)| object.keys()) {
        if !names.contains_key(name) && names.len() < COLUMNS {
            names.insert(name.clone(), names.len());
            headings.push(name.clone());
        }
    }
    let mut rows = vec![(0, headings)];
    rows.extend(found.into_iter().map(|(number, object)| {
        let mut cells = vec![String::new(); object.keys().filter_map(|name| names.get(name)).max().map_or(0, |last| last + 1)];
        for (name, value) in &object {
            if let Some(n) = names.get(name) {
                cells[*n] = cell(value);
            }
        }
        (number, cells)
    }));
    (rows, damaged)
}

/// Where the next line with an object begins.
fn next_object(text: &[u8], at: usize) -> usize {
    let rest = &text[at.min(text.len())..];
    let line = rest.windows(2).position(|w| w[0] == b'\n' && matches!(w[1], b'{' | b' ' | b'\t'));
    let object = line.and_then(|n| rest[n..].iter().position(|&b| b == b'{').map(|m| n + m));
    object.map_or(text.len(), |n| at + n)
}

/// An array is its objects; an object with one array of objects (`value` of Graph, `rows`, `messages`) is an envelope.
fn unfold(value: Value, number: &mut u64, out: &mut Vec<(u64, Map<String, Value>)>) {
    match value {
        Value::Array(list) => list.into_iter().for_each(|item| unfold(item, number, out)),
        Value::Object(mut map) => {
            let inner = map.iter().find(|(_, v)| is_table(v)).map(|(name, _)| name.clone());
            let headings: Vec<&String> = map.keys().collect();
            match inner.filter(|_| columns::score(&headings) < 2).and_then(|name| map.remove(&name)) {
                Some(list) => unfold(list, number, out),
                None => {
                    *number += 1;
                    out.push((*number, map));
                }
            }
        }
        _ => *number += 1,
    }
}

fn is_table(value: &Value) -> bool {
    value.as_array().is_some_and(|list| !list.is_empty() && list.iter().all(Value::is_object))
}

/// A value as a cell: what several members say is parted by semicolons.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        Value::Array(list) => joined(list.iter()),
        Value::Object(map) => joined(map.values()),
        other => other.to_string(),
    }
}

fn joined<'v>(values: impl Iterator<Item = &'v Value>) -> String {
    values.map(cell).filter(|c| !c.is_empty()).collect::<Vec<_>>().join("; ")
}
