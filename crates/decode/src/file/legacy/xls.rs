//! Workbooks of Excel 2 to 2003 ([MS-XLS]; before 97 by the OpenOffice documentation of the format).

use super::biff::{Letters, Record, Segments, records};
use super::strings::loose;
use crate::file::Loss;
use crate::file::grid::Grid;
use crate::file::le::{double, rk, u16_at, u32_at};
use crate::file::lock::{Opener, Rc4, Xor};
use crate::file::numbers::Format;
use crate::file::pages::Pages;
use crate::{Key, residue};
use aftermail_model::{Layer, Reason};
use std::collections::{BTreeMap, BTreeSet};

const BOF: u16 = 0x809;
const CONTINUE: u16 = 0x3C;
const FILEPASS: u16 = 0x2F;
const BOUNDSHEET: u16 = 0x85;
/// Bytes that share a key of RC4.
const BLOCK: usize = 1024;
/// Records that no lock covers ([MS-XLS] 2.2.10).
const PLAIN: [u16; 9] = [BOF, 9, 0x209, 0x409, FILEPASS, 0x194, 0x195, 0xE1, 0x138];
/// Records that hold only looks, numbers or pictures: no strings are looked for in them.
const LOOKS: [u16; 24] = [
    0x31, 0xE0, 0x293, 0x92, 0x41E, 0xEB, 0xEC, 0xFF, 0x5D, 0x88C, 0x87D, 0x87C, 0x892, 0x896, 0x88E, 0x88F, 0x890, 0x1AF, 0x1BC, 0x4D,
    0x13D, 0xA1, 0x1C0, 0xD7,
];

/// Reads the workbook; says by which password, where it was locked.
pub(super) fn read(mut stream: Vec<u8>, opener: &mut Opener<'_, '_>, pages: &mut Pages) -> Result<Option<Key>, Loss> {
    let opened_by = unlock(&mut stream, opener)?;
    let mut book = Book::new(&stream);
    let mut all = records(&stream).peekable();
    while let Some(record) = all.next() {
        // What does not fit into one record goes on in the next.
        let mut segments = vec![record.data];
        while let Some(next) = all.next_if(|next| next.kind == CONTINUE) {
            segments.push(next.data);
        }
        book.record(record, segments, pages);
        if record.data.is_empty() && record.at >= stream.len() && record.kind != 0x0A {
            pages.lose(Reason::Damaged, "The workbook ends within a record.", 0);
        }
    }
    book.end_sheet(pages);
    pages.say(Layer::Comment, "comments", book.comments);
    pages.say(Layer::Attribute, "formulas and links", book.asides);
    pages.say(Layer::Hidden, "settings", book.rest);
    Ok(opened_by)
}

/// Decrypts the stream in place.
fn unlock(stream: &mut [u8], opener: &mut Opener<'_, '_>) -> Result<Option<Key>, Loss> {
    let Some(lock) = records(stream).take(100).find(|r| r.kind == FILEPASS).map(|r| r.data.to_vec()) else { return Ok(None) };
    let unknown = || Loss::new(Reason::Encrypted, "The workbook is locked in a way that this version does not know.", 0);
    let plain = stream.to_vec();
    let xor = match lock.len() {
        4 => Some((u16_at(&lock, 0), u16_at(&lock, 2))),
        _ if u16_at(&lock, 0) == Some(0) => Some((u16_at(&lock, 2), u16_at(&lock, 4))),
        _ => None,
    };
    let by = if let Some((key, verifier)) = xor {
        let (xor, by) = Xor::open(key.ok_or_else(unknown)?, verifier.ok_or_else(unknown)?, opener)?;
        for record in records(&plain) {
            let end = record.at + record.data.len();
            xor.record(&mut stream[record.at..end], end);
        }
        by
    } else {
        let (rc4, by) = Rc4::open(lock.get(2..).unwrap_or_default(), opener).unwrap_or_else(|| Err(unknown()))?;
        rc4.blocks(stream, BLOCK);
        by
    };
    for record in records(&plain) {
        let end = record.at + record.data.len();
        let kept = match record.kind {
            kind if PLAIN.contains(&kind) => end,
            // Where a sheet begins is never locked.
            BOUNDSHEET => (record.at + 4).min(end),
            _ => record.at,
        };
        stream[record.at - 4..kept].copy_from_slice(&plain[record.at - 4..kept]);
    }
    Ok(Some(by))
}

struct Book {
    letters: Letters,
    since_1904: bool,
    strings: Vec<String>,
    /// Own formats, and the format of each style of cells.
    own: BTreeMap<u16, Format>,
    formats: Vec<Format>,
    /// Name and hiding of the sheet that begins at a byte of the stream.
    listed: BTreeMap<usize, (String, bool)>,
    sheet: Sheet,
    comments: String,
    asides: String,
    /// Strings of records that are not understood: connections, hints, names.
    rest: String,
    /// Whether the object whose text comes next is a comment.
    on_note: bool,
}

#[derive(Default)]
struct Sheet {
    name: String,
    hidden: bool,
    grid: Grid,
    row: u16,
    hidden_rows: BTreeSet<u16>,
    /// Column of the cell whose formula gave a text that comes next.
    awaits: Option<usize>,
    drawn: String,
}

impl Book {
    fn new(stream: &[u8]) -> Book {
        let unicode = u16_at(stream, 0) == Some(BOF) && u16_at(stream, 4) == Some(0x600);
        Book {
            letters: Letters { unicode, page: 1252 },
            since_1904: false,
            strings: Vec::new(),
            own: BTreeMap::new(),
            formats: Vec::new(),
            listed: BTreeMap::new(),
            sheet: Sheet::default(),
            comments: String::new(),
            asides: String::new(),
            rest: String::new(),
            on_note: false,
        }
    }

    fn record(&mut self, record: Record<'_>, segments: Vec<&[u8]>, pages: &mut Pages) {
        let data = record.data;
        match record.kind {
            BOF | 9 | 0x209 | 0x409 => self.begin_sheet(record.at.saturating_sub(4), pages),
            0x42 => self.letters.page = u16_at(data, 0).unwrap_or(1252),
            0x22 => self.since_1904 = u16_at(data, 0) == Some(1),
            BOUNDSHEET => {
                let name = self.letters.short(data.get(6..).unwrap_or_default());
                let hidden = data.get(4).is_some_and(|state| state & 3 != 0);
                self.listed.insert(u32_at(data, 0).unwrap_or(0) as usize, (name, hidden));
            }
            0xFC => {
                let head = segments.first().and_then(|s| s.get(8..)).unwrap_or_default();
                let mut texts = Segments::new(std::iter::once(head).chain(segments.into_iter().skip(1)).collect());
                let count = u32_at(data, 4).unwrap_or(0);
                self.strings.extend((0..count).map_while(|_| texts.string()));
            }
            0x41E => {
                _ = self.own.insert(
                    u16_at(data, 0).unwrap_or(0),
                    Format::of(&if self.letters.unicode {
                        self.letters.long(&data[2.min(data.len())..])
                    } else {
                        self.letters.short(&data[2.min(data.len())..])
                    }),
                )
            }
            0xE0 => {
                let id = u16_at(data, 2).unwrap_or(0);
                self.formats.push(self.own.get(&id).copied().unwrap_or_else(|| Format::builtin(u32::from(id))));
            }
            0x208 if u32_at(data, 12).is_some_and(|flags| flags & 0x20 != 0) => {
                _ = self.sheet.hidden_rows.insert(u16_at(data, 0).unwrap_or(0))
            }
            0x7D if u16_at(data, 8).is_some_and(|flags| flags & 1 == 1) => {
                let (first, last) = (u16_at(data, 0).unwrap_or(0), u16_at(data, 2).unwrap_or(0));
                self.sheet.grid.hide_columns(usize::from(first)..=usize::from(last));
            }
            // ftCmo: what kind of object it is.
            0x5D => self.on_note = u16_at(data, 4) == Some(0x19),
            0x1B6 => self.drawn(data, &segments),
            0x14 | 0x15 if !data.is_empty() => {
                let text = if self.letters.unicode { self.letters.long(data) } else { self.letters.short(data) };
                self.asides.extend([text.as_str(), "\n"]);
            }
            kind if LOOKS.contains(&kind) => {}
            _ => self.cell(record.kind, data, &segments),
        }
    }

    /// Text of a drawn object: of a comment or of a box.
    fn drawn(&mut self, data: &[u8], segments: &[&[u8]]) {
        let count = usize::from(u16_at(data, 10).unwrap_or(0));
        let text = segments.get(1).filter(|_| count > 0).map(|first| {
            let rest = segments.get(2..).unwrap_or_default();
            // The length is told before, not in front of it.
            let head = [&(count as u16).to_le_bytes()[..], &first[..first.len().min(1)]].concat();
            let flags = first.first().copied().unwrap_or(0) & 1;
            let body = first.get(1..).unwrap_or_default();
            let whole: Vec<u8> = [&head[..2], &[flags], body].concat();
            let mut texts = Segments::new(std::iter::once(whole.as_slice()).chain(rest.iter().copied()).collect());
            texts.string().unwrap_or_default()
        });
        let text = text.unwrap_or_default().replace('\r', "\n");
        if self.on_note {
            self.comments.extend([text.as_str(), "\n"]);
        } else {
            self.sheet.drawn.extend([text.as_str(), "\n"]);
        }
    }

    fn begin_sheet(&mut self, at: usize, pages: &mut Pages) {
        self.end_sheet(pages);
        let (name, hidden) = self.listed.get(&at).cloned().unwrap_or_default();
        self.sheet = Sheet { name, hidden, ..Sheet::default() };
    }

    fn end_sheet(&mut self, pages: &mut Pages) {
        let sheet = std::mem::take(&mut self.sheet);
        let own = if sheet.name.is_empty() { String::new() } else { format!("sheet {}", sheet.name) };
        let mut grid = sheet.grid;
        grid.end_row(sheet.hidden_rows.contains(&sheet.row));
        let (seen, hidden, whole) = grid.finish();
        let layer = if sheet.hidden { Layer::Hidden } else { Layer::Visible };
        pages.say(layer, own.clone(), seen);
        pages.say(layer, own.clone(), sheet.drawn);
        pages.say(Layer::Hidden, own, hidden);
        if !whole {
            pages.lose(Reason::TooLarge, "A sheet holds more text than the limit.", 0);
        }
    }

    fn cell(&mut self, kind: u16, data: &[u8], segments: &[&[u8]]) {
        let (Some(row), Some(column)) = (u16_at(data, 0), u16_at(data, 2).map(usize::from)) else { return };
        let rest = |at: usize| data.get(at..).unwrap_or_default();
        let text = match kind {
            // LABELSST, LABEL, RSTRING, and those of Excel 2 to 4.
            0xFD => u32_at(data, 6).and_then(|n| self.strings.get(n as usize)).cloned(),
            0x204 | 0xD6 => Some(self.letters.long(rest(6))),
            4 => Some(self.letters.short(rest(7))),
            0x203 => double(data, 6).map(|v| self.shown(v, u16_at(data, 4))),
            3 => double(data, 7).map(|v| self.shown(v, None)),
            2 => u16_at(data, 7).map(|v| v.to_string()),
            0x27E | 0x7E => u32_at(data, 6).map(|v| self.shown(rk(v), u16_at(data, 4))),
            0xBD => return self.many(row, column, data),
            0x205 => data.get(6).filter(|_| data.get(7) == Some(&0)).map(|v| if *v == 1 { "TRUE" } else { "FALSE" }.to_owned()),
            6 | 0x206 | 0x406 => self.formula(column, data),
            0x207 => {
                let text = if self.letters.unicode {
                    Segments::new(segments.to_vec()).string().unwrap_or_default()
                } else {
                    self.letters.long(data)
                };
                if let Some(column) = self.sheet.awaits.take() {
                    self.sheet.grid.cell(column, &text);
                }
                return;
            }
            _ => return segments.iter().for_each(|s| loose(s, &mut self.rest)),
        };
        self.go_to(row);
        self.sheet.grid.cell(column, &text.unwrap_or_default());
    }

    /// Goes to the row of a cell, which ends the one before.
    fn go_to(&mut self, row: u16) {
        if row != self.sheet.row {
            let hidden = self.sheet.hidden_rows.contains(&self.sheet.row);
            self.sheet.grid.end_row(hidden);
            self.sheet.row = row;
        }
    }

    fn many(&mut self, row: u16, first: usize, data: &[u8]) {
        self.go_to(row);
        let cells = data.get(4..data.len().saturating_sub(2)).unwrap_or_default();
        for (n, cell) in cells.chunks_exact(6).enumerate() {
            let text = u32_at(cell, 2).map(|v| self.shown(rk(v), u16_at(cell, 0))).unwrap_or_default();
            self.sheet.grid.cell(first + n, &text);
        }
    }

    /// The value of a formula; a text comes in a record of its own (§2.5.133).
    fn formula(&mut self, column: usize, data: &[u8]) -> Option<String> {
        let code = data.get(20..).unwrap_or_default();
        // A token of a text in the formula.
        if code.contains(&0x17) {
            self.asides.push_str(&residue::strings(code));
        }
        if u16_at(data, 12) != Some(0xFFFF) {
            return double(data, 6).map(|v| self.shown(v, u16_at(data, 4)));
        }
        match data.get(6)? {
            0 => {
                self.sheet.awaits = Some(column);
                None
            }
            1 => Some(if data.get(8) == Some(&1) { "TRUE" } else { "FALSE" }.to_owned()),
            _ => None,
        }
    }

    fn shown(&self, value: f64, style: Option<u16>) -> String {
        let format = style.and_then(|s| self.formats.get(usize::from(s))).copied().unwrap_or_default();
        format.show(value, self.since_1904)
    }
}
