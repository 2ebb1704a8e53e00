//! Workbooks whose parts are binary records ([MS-XLSB] 2.1.4).

use super::package::Package;
use super::sheet::{Book, Listed, Sheet};
use crate::file::grid::Grid;
use crate::file::le::{double, rk, u16_at, u32_at, utf16};
use crate::file::numbers::Format;
use std::collections::BTreeMap;

/// Records one after the other: a type and a length of some bytes each, then data. The last may be cut off.
fn records(bytes: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let kind = number(&mut rest, 2)?;
        let length = number(&mut rest, 4)? as usize;
        let (data, after) = rest.split_at(length.min(rest.len()));
        rest = after;
        Some((kind, data))
    })
}

/// A number in groups of 7 bits; those of a record's type keep their marks out, too.
fn number(rest: &mut &[u8], most: u32) -> Option<u32> {
    let mut value = 0;
    for n in 0..most {
        let (byte, after) = rest.split_first()?;
        *rest = after;
        value |= u32::from(byte & 0x7F) << (7 * n);
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value)
}

/// A text behind its length in characters (§2.5.168).
fn wide(data: &[u8], at: usize) -> Option<String> {
    let size = (u32_at(data, at)? as usize).checked_mul(2)?;
    Some(utf16(data.get(at + 4..(at + 4).checked_add(size)?)?))
}

/// Reads what stands around the sheets.
pub(super) fn book(package: &Package, workbook: &str) -> Book {
    let mut book = Book::default();
    for (kind, data) in records(package.bytes(workbook)) {
        match kind {
            153 => book.since_1904 = data.first().is_some_and(|flags| flags & 1 == 1),
            156 => {
                let relation = wide(data, 8).unwrap_or_default();
                let name = wide(data, 12 + 2 * u32_at(data, 8).unwrap_or(0) as usize).unwrap_or_default();
                book.sheets.push(Listed { name, hidden: u32_at(data, 0) != Some(0), relation });
            }
            _ => {}
        }
    }
    for relation in package.relations(workbook) {
        let part = package.bytes(&relation.target);
        match relation.kind.as_str() {
            "sharedStrings" => {
                for (_, data) in records(part).filter(|(kind, _)| *kind == 19) {
                    book.strings.push(&wide(data, 1).unwrap_or_default());
                }
            }
            "styles" => book.formats = formats(part),
            _ => {}
        }
    }
    book
}

fn formats(part: &[u8]) -> Vec<Format> {
    let (mut own, mut found, mut in_cells) = (BTreeMap::new(), Vec::new(), false);
    for (kind, data) in records(part) {
        match kind {
            44 => own.extend(u16_at(data, 0).zip(wide(data, 2)).map(|(id, code)| (id, Format::of(&code)))),
            617 => in_cells = true,
            618 => in_cells = false,
            47 if in_cells => {
                let id = u16_at(data, 2).unwrap_or(0);
                found.push(own.get(&id).copied().unwrap_or_else(|| Format::builtin(u32::from(id))));
            }
            _ => {}
        }
    }
    found
}

/// Reads a sheet.
pub(super) fn sheet(book: &Book, part: &[u8]) -> Sheet {
    let mut grid = Grid::default();
    let (mut asides, mut hidden_row) = (String::new(), false);
    for (kind, data) in records(part) {
        match kind {
            0 => {
                grid.end_row(hidden_row);
                hidden_row = data.get(11).is_some_and(|flags| flags & 0x10 != 0);
            }
            60 if data.get(16).is_some_and(|flags| flags & 1 == 1) => {
                let (first, last) = (u32_at(data, 0).unwrap_or(0), u32_at(data, 4).unwrap_or(0));
                grid.hide_columns(first as usize..=last as usize);
            }
            2..=11 => {
                let text = value(book, kind, data).unwrap_or_default();
                grid.cell(u32_at(data, 0).unwrap_or(0) as usize, &text);
            }
            // Of a link: relation, place, hint, shown text.
            494 => {
                let mut at = 16;
                while let Some(text) = wide(data, at) {
                    asides.extend([text.as_str(), "\n"]);
                    at += 4 + 2 * u32_at(data, at).unwrap_or(0) as usize;
                }
            }
            _ => {}
        }
    }
    grid.end_row(hidden_row);
    let (seen, hidden, whole) = grid.finish();
    Sheet { seen, hidden, asides, whole, broken: Ok(()) }
}

fn value(book: &Book, kind: u32, data: &[u8]) -> Option<String> {
    let style = (u32_at(data, 4)? & 0x00FF_FFFF) as usize;
    let shown = |value| book.formats.get(style).copied().unwrap_or_default().show(value, book.since_1904);
    match kind {
        2 => Some(shown(rk(u32_at(data, 8)?))),
        4 | 10 => Some(if *data.get(8)? == 1 { "TRUE" } else { "FALSE" }.to_owned()),
        5 | 9 => Some(shown(double(data, 8)?)),
        6 | 8 => wide(data, 8),
        7 => book.strings.get(u32_at(data, 8)? as usize).map(str::to_owned),
        _ => None,
    }
}

/// The texts of comments.
pub(super) fn comments(part: &[u8]) -> String {
    let texts = records(part).filter(|(kind, _)| *kind == 637).filter_map(|(_, data)| wide(data, 1));
    texts.map(|text| text + "\n").collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_and_texts_are_read() {
        let part = [0x9C, 0x01, 2, 7, 8, 0x06, 3, 1, 2];
        assert_eq!(records(&part).collect::<Vec<_>>(), [(156, &[7, 8][..]), (6, &[1, 2][..])]);
        assert_eq!(wide(&[2, 0, 0, 0, b'o', 0, b'k', 0], 0).as_deref(), Some("ok"));
        assert_eq!(wide(&[255, 255, 255, 255, 0], 0), None);
    }
}
