//! A header of names, then rows. A row becomes an object; a cell that holds JSON becomes what it holds.

use crate::{Limits, Reject, Sink, Why, place, vendor};
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};
use std::ops::Range;

/// How often reading goes on in the second line of a damaged row: a lost quote would make one row of all that follows.
const RESUMES: u32 = 64;

/// Reads all rows of a text.
pub(crate) fn read(text: &[u8], delimiter: u8, limits: &Limits, sink: &mut dyn Sink) {
    let mut rows = Rows::new(text, delimiter, start(text));
    let Some(head) = rows.next_span() else { return };
    let names = header(&rows.row);
    if head.len() > limits.record_bytes {
        return sink.reject(Reject { raw: place(head.start, head.len()), why: Why::TooLarge });
    }
    let mut resumes = 0;
    while let Some(span) = rows.next_span() {
        let bytes = &text[span.clone()];
        let read = if bytes.len() > limits.record_bytes { Err(Why::TooLarge) } else { object(&names, &rows.row) };
        let why = match read {
            Ok(value) => {
                vendor::record(&value, bytes, place(span.start, span.len()), sink);
                continue;
            }
            Err(why) => why,
        };
        let mut length = span.len();
        let line = bytes.iter().position(|&b| b == b'\n').map_or(length, |n| n + 1);
        if why != Why::Empty && line < length && resumes < RESUMES {
            resumes += 1;
            length = line;
            rows = Rows::new(text, delimiter, span.start + line);
        }
        sink.reject(Reject { raw: place(span.start, length), why });
    }
}

/// The rows from one place on.
struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
    base: usize,
    end: usize,
    row: ByteRecord,
}

impl<'a> Rows<'a> {
    fn new(text: &'a [u8], delimiter: u8, base: usize) -> Rows<'a> {
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(&text[base..]);
        Rows { reader, base, end: text.len(), row: ByteRecord::new() }
    }

    /// Reads the next row and tells where it stands.
    fn next_span(&mut self) -> Option<Range<usize>> {
        let from = self.position();
        // Reading from memory, rows of any length, fails at no row.
        self.reader.read_byte_record(&mut self.row).ok().filter(|more| *more)?;
        Some(from..self.position())
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX).saturating_add(self.base).min(self.end)
    }
}

/// Behind the byte order mark and the type that `Export-Csv` writes.
fn start(text: &[u8]) -> usize {
    let mark = if text.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    if !text[mark..].starts_with(b"#TYPE") {
        return mark;
    }
    text[mark..].iter().position(|&b| b == b'\n').map_or(text.len(), |n| mark + n + 1)
}

/// Names without the blanks that portals leave in them. Of two equal names the second gets a number, for a map would lose one.
fn header(row: &ByteRecord) -> Vec<String> {
    let mut names: Vec<String> = Vec::with_capacity(row.len());
    for cell in row {
        let name = String::from_utf8_lossy(cell).split_whitespace().collect::<Vec<_>>().join(" ");
        let before = names.iter().filter(|n| **n == name).count();
        names.push(if before == 0 { name } else { format!("{name} {}", before + 1) });
    }
    names
}

fn object(names: &[String], row: &ByteRecord) -> Result<Value, Why> {
    let mut map = Map::new();
    for (name, cell) in names.iter().zip(row) {
        let audit = name.eq_ignore_ascii_case("AuditData");
        let cell = cell.trim_ascii();
        if audit && cell.is_empty() {
            return Err(Why::Empty);
        }
        if cell.is_empty() {
            continue;
        }
        let json = matches!(cell[0], b'{' | b'[').then(|| serde_json::from_slice::<Value>(cell).ok()).flatten();
        if audit && json.is_none() {
            // Excel cuts cells off at 32,767 characters.
            return Err(if cell[0] == b'{' { Why::CutOff } else { Why::Damaged });
        }
        map.insert(name.clone(), json.unwrap_or_else(|| Value::String(String::from_utf8_lossy(cell).into_owned())));
    }
    Ok(Value::Object(map))
}
