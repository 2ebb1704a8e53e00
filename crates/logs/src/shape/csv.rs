//! A header of names, then rows. A row becomes an object; a cell that holds JSON becomes what it holds.

use crate::{Limits, Reject, Sink, Why, place, vendor};
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};

/// Reads all rows of a text.
pub(crate) fn read(text: &[u8], delimiter: u8, limits: &Limits, sink: &mut dyn Sink) {
    let skipped = start(text);
    let body = &text[skipped..];
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(body);
    let mut row = ByteRecord::new();
    let mut names: Option<Vec<String>> = None;
    loop {
        let from = position(&reader, body);
        match reader.read_byte_record(&mut row) {
            Ok(true) => {}
            // Reading from memory, rows of any length: there is no other end.
            Ok(false) | Err(_) => return,
        }
        let to = position(&reader, body);
        let Some(names) = &names else {
            names = Some(header(&row));
            continue;
        };
        let raw = place(skipped + from, to - from);
        let bytes = &body[from..to];
        if bytes.len() > limits.record_bytes {
            sink.reject(Reject { raw, why: Why::TooLarge });
            continue;
        }
        match object(names, &row) {
            Ok(value) => vendor::record(&value, bytes, raw, sink),
            Err(why) => sink.reject(Reject { raw, why }),
        }
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

fn position(reader: &csv::Reader<&[u8]>, body: &[u8]) -> usize {
    usize::try_from(reader.position().byte()).unwrap_or(usize::MAX).min(body.len())
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
