//! Bytes to rows of cells.

use super::columns;
use csv::{ByteRecord, ReaderBuilder};
use serde_json::Value;
use std::collections::HashMap;

/// What a text holds, before anything is made of it.
#[derive(Debug, Default)]
pub(super) struct Table {
    /// Names of columns, where the shape itself has them; else one of the rows may hold them.
    pub(super) headings: Option<Vec<String>>,
    /// Rows with their numbers.
    pub(super) rows: Vec<(u64, Vec<String>)>,
    /// Numbers of rows that are damaged.
    pub(super) damaged: Vec<u64>,
    /// The first row that was not read because there are too many.
    pub(super) beyond: Option<u64>,
}

/// What parts cells; the commonest first.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];
/// How often reading goes on in the second line of a damaged row: a lost quote would make one row of all that follows.
const RESUMES: u32 = 64;
/// How many rows are read to tell the delimiter.
const SAMPLE: usize = 20;
/// How many columns are read: nobody makes more by hand.
const COLUMNS: usize = 1_000;
/// How many rows are read.
const ROWS: usize = 5_000_000;
/// How many damaged objects are gone over: each may cost the depth of a parser.
const DAMAGED: usize = 100_000;

pub(super) fn read(text: &[u8]) -> Table {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let start = text.trim_ascii_start();
    let array = start.strip_prefix(b"[").map(|rest| rest.trim_ascii_start());
    if start.starts_with(b"{") || array.is_some_and(|rest| matches!(rest.first(), Some(b'{' | b'"' | b']'))) {
        objects(text)
    } else {
        lines(text, delimiter(text))
    }
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
    row.iter().take(COLUMNS).map(|cell| String::from_utf8_lossy(cell).trim().to_owned()).collect()
}

fn lines(text: &[u8], delimiter: u8) -> Table {
    let mut table = Table::default();
    let (mut base, mut resumes, mut number) = (0, 0, 0);
    // How many rows so far have how many cells.
    let mut widths: HashMap<usize, u64> = HashMap::new();
    let mut csv = reader(text, delimiter);
    let mut row = ByteRecord::new();
    loop {
        let from = position(&csv, base, text.len());
        if !csv.read_byte_record(&mut row).unwrap_or(false) {
            return table;
        }
        number += 1;
        if table.rows.len() >= ROWS {
            table.beyond = Some(number);
            return table;
        }
        let usual = widths.iter().max_by_key(|(_, n)| **n).is_none_or(|(width, _)| *width == row.len());
        let span = &text[from..position(&csv, base, text.len())];
        match second_line(span).filter(|_| !usual && resumes < RESUMES) {
            Some(line) => {
                resumes += 1;
                table.damaged.push(number);
                base = from + line;
                csv = reader(&text[base..], delimiter);
            }
            None => {
                *widths.entry(row.len()).or_default() += 1;
                table.rows.push((number, cells(&row)));
            }
        }
    }
}

/// Where the second line of a row begins, if it has one.
fn second_line(row: &[u8]) -> Option<usize> {
    let blank = row.len() - row.trim_ascii_start().len();
    row.trim_ascii().iter().position(|&b| b == b'\n').map(|n| blank + n + 1)
}

fn position(csv: &csv::Reader<&[u8]>, base: usize, end: usize) -> usize {
    usize::try_from(csv.position().byte()).unwrap_or(usize::MAX).saturating_add(base).min(end)
}

/// Objects become rows under the names of all their members. Brackets and commas between them say nothing.
fn objects(text: &[u8]) -> Table {
    let mut found = Found::default();
    let mut at = 0;
    let between = |b: &u8| b.is_ascii_whitespace() || matches!(b, b',' | b'[' | b']');
    while let Some(start) = text[at..].iter().position(|b| !between(b)).map(|n| at + n) {
        let mut values = serde_json::Deserializer::from_slice(&text[start..]).into_iter::<Value>();
        match values.next() {
            Some(Ok(value)) => {
                at = start + values.byte_offset();
                found.unfold(value);
            }
            _ => {
                found.number += 1;
                found.damaged.push(found.number);
                at = next_object(text, start + 1);
            }
        }
        if found.rows.len() >= ROWS || found.damaged.len() >= DAMAGED {
            break;
        }
    }
    let beyond = text[at..].iter().any(|b| !between(b)).then_some(found.number + 1);
    Table { headings: Some(found.headings), rows: found.rows, damaged: found.damaged, beyond }
}

/// Where the next line with an object begins.
fn next_object(text: &[u8], at: usize) -> usize {
    let rest = &text[at.min(text.len())..];
    let line = rest.windows(2).position(|w| w[0] == b'\n' && matches!(w[1], b'{' | b' ' | b'\t'));
    let object = line.and_then(|n| rest[n..].iter().position(|&b| b == b'{').map(|m| n + m));
    object.map_or(text.len(), |n| at + n)
}

/// What was found in objects so far.
#[derive(Default)]
struct Found {
    number: u64,
    names: HashMap<String, usize>,
    headings: Vec<String>,
    rows: Vec<(u64, Vec<String>)>,
    damaged: Vec<u64>,
}

impl Found {
    /// An array is its objects; an object with one array of objects (`value` of Graph, `rows`, `messages`) is an envelope; a text is a
    /// row of one cell.
    fn unfold(&mut self, value: Value) {
        match value {
            Value::Array(list) => list.into_iter().for_each(|item| self.unfold(item)),
            Value::Object(mut map) => {
                let headings: Vec<&String> = map.keys().collect();
                let told = columns::score(&headings) >= 2;
                let inner = map.iter().find(|(_, v)| !told && is_table(v)).map(|(name, _)| name.clone());
                match inner.and_then(|name| map.remove(&name)) {
                    Some(list) => self.unfold(list),
                    None => self.row(map.iter()),
                }
            }
            Value::String(_) => self.row([(&String::new(), &value)].into_iter()),
            _ => {
                self.number += 1;
                self.damaged.push(self.number);
            }
        }
    }

    fn row<'v>(&mut self, members: impl Iterator<Item = (&'v String, &'v Value)>) {
        let mut cells = Vec::new();
        for (name, value) in members {
            let Some(n) = self.column(name) else { continue };
            if cells.len() <= n {
                cells.resize(n + 1, String::new());
            }
            cells[n] = cell(value);
        }
        self.number += 1;
        self.rows.push((self.number, cells));
    }

    fn column(&mut self, name: &str) -> Option<usize> {
        if let Some(n) = self.names.get(name) {
            return Some(*n);
        }
        let n = self.headings.len();
        (n < COLUMNS).then(|| {
            self.names.insert(name.to_owned(), n);
            self.headings.push(name.to_owned());
            n
        })
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
