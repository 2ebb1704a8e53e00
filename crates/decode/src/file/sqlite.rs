//! SQLite databases (the file format of sqlite.org), read table by table: a row is a line, its cells are separated by tabs.

use super::{Contents, Loss, Passage};
use crate::residue;
use aftermail_model::{Layer, Reason};
use std::collections::HashSet;

const MEDIA: &str = "application/vnd.sqlite3";
/// Bytes of text that one database may become.
const MOST_TEXT: usize = 32 << 20;
/// Bytes of one cell.
const MOST_CELL: usize = 1 << 20;
/// Levels of a tree of pages; SQLite itself stops at 20.
const DEEPEST: u32 = 24;
/// Columns that a table may have (`SQLITE_MAX_COLUMN`).
const MOST_COLUMNS: usize = 2000;

/// A value of a row.
enum Cell<'a> {
    Null,
    Integer(i64),
    Real(f64),
    Text(&'a [u8]),
    Blob(&'a [u8]),
}

struct Database<'a> {
    bytes: &'a [u8],
    page: usize,
    usable: usize,
    /// 1 UTF-8, 2 and 3 UTF-16.
    encoding: u32,
    seen: HashSet<u32>,
    broken: u64,
}

pub(super) fn read(bytes: &[u8]) -> Option<Contents> {
    let page = match u16::from_be_bytes([*bytes.get(16)?, *bytes.get(17)?]) {
        1 => 65_536,
        n if n >= 512 && n.is_power_of_two() => usize::from(n),
        _ => return None,
    };
    let usable = page.checked_sub((*bytes.get(20)?).into()).filter(|u| *u >= 480)?;
    let mut database = Database { bytes, page, usable, encoding: number(bytes, 56)?, seen: HashSet::new(), broken: 0 };
    let mut passages = Vec::new();
    let mut left = MOST_TEXT;
    for (name, root, columns) in database.tables() {
        let mut body = columns;
        body.push('\n');
        let head = body.len();
        database.rows(root, 0, &mut |cells, encoding| {
            let line = cells.iter().map(|c| shown(c, encoding)).collect::<Vec<_>>().join("\t");
            body.push_str(line.trim_end());
            body.push('\n');
            body.len() < left
        });
        left = left.saturating_sub(body.len());
        if body.len() > head {
            passages.push(Passage { layer: Layer::Visible, own: format!("table {name}"), body });
        }
    }
    let deleted = database.free_pages();
    if !deleted.is_empty() {
        passages.push(Passage { layer: Layer::Hidden, own: "deleted rows".to_owned(), body: deleted });
    }
    let mut losses = Vec::new();
    if database.broken > 0 {
        let detail = format!("{} pages of the database are damaged; all of its readable strings were searched.", database.broken);
        losses.push(Loss::new(Reason::Damaged, detail, database.broken * page as u64));
        passages.push(Passage { layer: Layer::Raw, own: String::new(), body: residue::strings(bytes) });
    }
    if left == 0 {
        losses.push(Loss::new(Reason::TooLarge, "The database holds more text than the limit; the rest was not read.", 0));
    }
    Some(Contents { media: MEDIA, passages, losses, ..Contents::default() })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A number of one to nine bytes, seven bits in each but the last.
fn varint(bytes: &[u8]) -> Option<(u64, usize)> {
    let mut value = 0_u64;
    for (n, byte) in bytes.iter().take(9).enumerate() {
        if n == 8 {
            return Some((value << 8 | u64::from(*byte), 9));
        }
        value = value << 7 | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            return Some((value, n + 1));
        }
    }
    None
}

fn text(bytes: &[u8], encoding: u32) -> String {
    let wide = |unit: fn([u8; 2]) -> u16| -> String {
        char::decode_utf16(bytes.chunks_exact(2).map(|p| unit([p[0], p[1]]))).map(|c| c.unwrap_or('\u{fffd}')).collect()
    };
    match encoding {
        2 => wide(u16::from_le_bytes),
        3 => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(bytes).into_owned(),
    }
}

fn shown(cell: &Cell<'_>, encoding: u32) -> String {
    let text = match cell {
        Cell::Null => String::new(),
        Cell::Integer(n) => n.to_string(),
        Cell::Real(n) => n.to_string(),
        Cell::Text(bytes) => text(bytes, encoding),
        Cell::Blob(bytes) => std::str::from_utf8(bytes).map_or_else(|_| residue::strings(bytes), str::to_owned),
    };
    text.replace(['\t', '\n', '\r', '\0'], " ")
}

impl<'a> Database<'a> {
    fn page(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_sub(1)?.checked_mul(self.page)?;
        self.bytes.get(start..start + self.usable)
    }

    /// Name, first page and columns of every table.
    fn tables(&mut self) -> Vec<(String, u32, String)> {
        let mut all = Vec::new();
        self.rows(1, 0, &mut |cells, encoding| {
            if let [Cell::Text(kind), Cell::Text(name), _, Cell::Integer(root), Cell::Text(sql), ..] = cells
                && text(kind, encoding) == "table"
                && let Ok(root) = u32::try_from(*root)
            {
                all.push((text(name, encoding), root, columns(&text(sql, encoding))));
            }
            all.len() < MOST_COLUMNS
        });
        all
    }

    /// Hands out the rows of a tree of pages; false ends it.
    fn rows(&mut self, number: u32, depth: u32, row: &mut dyn FnMut(&[Cell<'_>], u32) -> bool) -> bool {
        if depth > DEEPEST || !self.seen.insert(number) {
            return true;
        }
        let Some(page) = self.page(number) else {
            self.broken += 1;
            return true;
        };
        // The first page begins with the header of the file.
        let head = if number == 1 { 100 } else { 0 };
        let kind = page[head];
        let Some(inner) = (match kind {
            0x02 | 0x05 => Some(true),
            0x0a | 0x0d => Some(false),
            _ => None,
        }) else {
            self.broken += 1;
            return true;
        };
        let count = usize::from(u16::from_be_bytes([page[head + 3], page[head + 4]]));
        let cells = head + if inner { 12 } else { 8 };
        for n in 0..count {
            let Some(at) = page.get(cells + 2 * n..cells + 2 * n + 2).map(|p| usize::from(u16::from_be_bytes([p[0], p[1]]))) else { break };
            let Some(cell) = page.get(at..) else { continue };
            let go_on = match kind {
                0x05 => self.rows(number_of(cell), depth + 1, row),
                0x02 => self.rows(number_of(cell), depth + 1, row) && self.record(cell.get(4..).unwrap_or_default(), false, row),
                _ => self.record(cell, kind == 0x0d, row),
            };
            if !go_on {
                return false;
            }
        }
        !inner || self.rows(number_of(&page[head + 8..]), depth + 1, row)
    }

    /// One row, whose end may lie on pages of its own. `keyed` says that its number stands before it.
    fn record(&mut self, cell: &[u8], keyed: bool, row: &mut dyn FnMut(&[Cell<'_>], u32) -> bool) -> bool {
        let Some(payload) = self.payload(cell, keyed) else {
            self.broken += 1;
            return true;
        };
        match cells_of(&payload) {
            Some(cells) => row(&cells, self.encoding),
            None => {
                self.broken += 1;
                true
            }
        }
    }

    fn payload(&self, cell: &[u8], keyed: bool) -> Option<Vec<u8>> {
        let (length, mut at) = varint(cell)?;
        if keyed {
            at += varint(cell.get(at..)?)?.1;
        }
        let length = usize::try_from(length).ok()?.min(self.bytes.len());
        let most = if keyed { self.usable - 35 } else { (self.usable - 12) * 64 / 255 - 23 };
        if length <= most {
            return Some(cell.get(at..at + length)?.to_vec());
        }
        let least = (self.usable - 12) * 32 / 255 - 23;
        let fitting = least + (length - least) % (self.usable - 4);
        let here = if fitting <= most { fitting } else { least };
        let mut payload = cell.get(at..at + here)?.to_vec();
        let mut next = number(cell, at + here)?;
        while payload.len() < length && next != 0 {
            let page = self.page(next)?;
            next = number(page, 0)?;
            payload.extend_from_slice(&page[4..][..(length - payload.len()).min(self.usable - 4)]);
        }
        Some(payload)
    }

    /// Strings on pages that are free: rows that were deleted.
    fn free_pages(&mut self) -> String {
        let mut out = String::new();
        let mut trunk = number(self.bytes, 32).unwrap_or(0);
        while trunk != 0 && self.seen.insert(trunk) {
            let Some(page) = self.page(trunk) else { break };
            let count = number(page, 4).unwrap_or(0).min(self.usable as u32 / 4);
            for leaf in (0..count as usize).filter_map(|n| number(page, 8 + 4 * n)) {
                if self.seen.insert(leaf) && out.len() < MOST_TEXT {
                    out.push_str(&self.page(leaf).map(residue::strings).unwrap_or_default());
                }
            }
            trunk = number(page, 0).unwrap_or(0);
        }
        out
    }
}

fn number_of(cell: &[u8]) -> u32 {
    number(cell, 0).unwrap_or(0)
}

/// The values of a record.
fn cells_of(payload: &[u8]) -> Option<Vec<Cell<'_>>> {
    let (head, mut at) = varint(payload)?;
    let head = usize::try_from(head).ok().filter(|h| *h <= payload.len())?;
    let mut body = head;
    let mut cells = Vec::new();
    while at < head && cells.len() < MOST_COLUMNS {
        let (kind, length) = varint(&payload[at..])?;
        at += length;
        let length = match kind {
            0 | 8 | 9 => 0,
            1..=4 => kind as usize,
            5 => 6,
            6 | 7 => 8,
            10 | 11 => return None,
            n => usize::try_from((n - 12) / 2).ok()?,
        };
        let end = body.checked_add(length)?.min(payload.len());
        let value = payload.get(body..end)?;
        body = end;
        let integer = || {
            let sign = if value.first().is_some_and(|b| b & 0x80 != 0) { -1 } else { 0 };
            value.iter().fold(sign, |n: i64, b| n << 8 | i64::from(*b))
        };
        cells.push(match kind {
            0 => Cell::Null,
            8 | 9 => Cell::Integer(kind as i64 - 8),
            1..=6 => Cell::Integer(integer()),
            7 => Cell::Real(f64::from_bits(integer() as u64)),
            n if n % 2 == 1 => Cell::Text(&value[..value.len().min(MOST_CELL)]),
            _ => Cell::Blob(&value[..value.len().min(MOST_CELL)]),
        });
    }
    Some(cells)
}

/// The names of the columns in `CREATE TABLE name (a TEXT, b INTEGER …)`, as the first row.
fn columns(sql: &str) -> String {
    let Some((_, inner)) = sql.split_once('(') else { return String::new() };
    let mut depth = 0;
    let mut names: Vec<String> = Vec::new();
    let mut definition = String::new();
    for c in inner.chars().chain([',']) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth <= 0 => {
                let name: String =
                    definition.split_whitespace().next().unwrap_or_default().trim_matches(['"', '`', '[', ']', '\'']).to_owned();
                let is_rule = ["PRIMARY", "UNIQUE", "CHECK", "FOREIGN", "CONSTRAINT"].iter().any(|w| name.eq_ignore_ascii_case(w));
                names.extend((!name.is_empty() && !is_rule && names.len() < MOST_COLUMNS).then_some(name));
                definition.clear();
            }
            _ => definition.push(c),
        }
    }
    names.join("\t")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_named() {
        assert_eq!(
            columns("CREATE TABLE \"logins\" (id INTEGER PRIMARY KEY, \"user name\" TEXT, [pw] VARCHAR(20, 2), UNIQUE (id))"),
            "id\tuser\tpw"
        );
    }

    #[test]
    fn numbers_of_many_lengths_are_read() {
        assert_eq!(varint(&[0x7f]), Some((127, 1)));
        assert_eq!(varint(&[0x81, 0]), Some((128, 2)));
        assert_eq!(varint(&[0xff; 9]), Some((u64::MAX, 9)));
        assert_eq!(varint(&[0x80]), None);
    }

    #[test]
    fn a_record_is_taken_apart() {
        let record = b"\x05\x00\x01\x13\x09\x2aPIN";
        let cells = cells_of(record).expect("a record");
        assert_eq!(cells.iter().map(|c| shown(c, 1)).collect::<Vec<_>>(), ["", "42", "PIN", "1"]);
    }
}
