//! Word 97–2003 documents ([MS-DOC]), and those of Word 6 and 95, whose header is shorter.

use super::formatting::{Formatting, Paragraph};
use crate::Key;
use crate::charset;
use crate::file::Loss;
use crate::file::le::{u16_at, u32_at};
use crate::file::lines::{Lines, Shown};
use crate::file::lock::{Opener, Rc4, Xor};
use crate::file::pages::Pages;
use crate::residue;
use aftermail_model::{Layer, Reason};
use std::borrow::Cow;

/// The first version of the format of Word 97.
const WORD_97: u16 = 0xC1;
/// Bytes at the beginning of the main stream that no lock covers ([MS-DOC] 2.2.6.2).
const PLAIN: usize = 68;
/// Bytes that share a key of RC4.
const BLOCK: usize = 512;
/// Pieces of one document.
const PIECES: usize = 1 << 20;

/// The parts of a document in the order in which their characters stand (§2.4.1), and where they go.
const PARTS: [(Layer, &str); 8] = [
    (Layer::Visible, ""),
    (Layer::Visible, "footnotes"),
    (Layer::Visible, "header"),
    (Layer::Hidden, "macros"),
    (Layer::Comment, "comments"),
    (Layer::Visible, "endnotes"),
    (Layer::Visible, "text boxes"),
    (Layer::Visible, "text boxes of headers"),
];

/// The streams of a document.
pub(super) struct Streams {
    pub(super) main: Vec<u8>,
    pub(super) table0: Vec<u8>,
    pub(super) table1: Vec<u8>,
    pub(super) data: Vec<u8>,
}

/// A run of characters: where it stands in the main stream.
struct Piece {
    characters: usize,
    at: usize,
    wide: bool,
}

/// Reads the document; says by which password, where it was locked.
pub(super) fn read(mut streams: Streams, opener: &mut Opener<'_, '_>, pages: &mut Pages) -> Result<(Option<Key>, Vec<u8>), Loss> {
    let main = &mut streams.main;
    let (Some(version), Some(flags), Some(lock)) = (u16_at(main, 2), u16_at(main, 10), u32_at(main, 14)) else {
        return Err(damaged("The document ends within its header.", main.len()));
    };
    let mut table = if flags & 0x200 == 0 { streams.table0 } else { streams.table1 };
    let mut opened_by = None;
    if flags & 0x100 != 0 {
        let locked = [main.as_mut_slice(), table.as_mut_slice(), streams.data.as_mut_slice()];
        opened_by = Some(unlock(flags & 0x8000 != 0, lock, locked, opener)?);
    }
    let document = if version < WORD_97 { Document::early(main, flags) } else { Document::later(main, &table) };
    let Some(document) = document else {
        pages.say(Layer::Raw, "", residue::strings(main));
        return Err(damaged("The document has no table of its pieces; it was searched undecoded.", main.len()));
    };
    document.say(pages);
    if version >= WORD_97 {
        for (index, own) in [(32, "properties"), (60, "variables"), (21, "bookmarks")] {
            let strings = structure(main, index).and_then(|(at, length)| table.get(at..at.checked_add(length)?));
            pages.say(Layer::Hidden, own, strings.map_or(String::new(), residue::strings));
        }
    }
    Ok((opened_by, streams.data))
}

/// Reads a document of Word 2: its text stands in one run.
pub(super) fn word_2(bytes: &[u8], pages: &mut Pages) {
    let (start, end) = (u32_at(bytes, 0x18).unwrap_or(0) as usize, u32_at(bytes, 0x1C).unwrap_or(0) as usize);
    let mut reader = Text::default();
    for letter in narrow(bytes.get(start..end.min(bytes.len())).unwrap_or_default(), None) {
        reader.letter(letter, Shown::Yes, None);
    }
    reader.end(pages, PARTS[0]);
    if end > bytes.len() {
        pages.lose(Reason::Damaged, "The document ends before its text does.", end - bytes.len());
    }
}

fn damaged(detail: &str, bytes: usize) -> Loss {
    Loss { reason: Reason::Damaged, detail: detail.into(), bytes: bytes as u64 }
}

/// Decrypts the streams (main, table, data) in place.
fn unlock(obfuscated: bool, lock: u32, streams: [&mut [u8]; 3], opener: &mut Opener<'_, '_>) -> Result<Key, Loss> {
    let [main, table, data] = streams;
    if obfuscated {
        let (xor, by) = Xor::open_word(lock, opener)?;
        xor.word(main.get_mut(PLAIN..).unwrap_or_default(), PLAIN);
        xor.word(table, 0);
        xor.word(data, 0);
        return Ok(by);
    }
    let header = table.get(..lock as usize).unwrap_or_default().to_vec();
    let unknown =
        Loss { reason: Reason::Encrypted, detail: "The document is locked in a way that this version does not know.".into(), bytes: 0 };
    let (rc4, by) = Rc4::open(&header, opener).unwrap_or(Err(unknown))?;
    let head = main.get(..PLAIN).unwrap_or_default().to_vec();
    rc4.blocks(main, BLOCK);
    main[..head.len()].copy_from_slice(&head);
    rc4.blocks(table, BLOCK);
    rc4.blocks(data, BLOCK);
    Ok(by)
}

/// Where the structure of this number in the header lies in the table stream, and its length (§2.5.6).
fn structure(main: &[u8], index: usize) -> Option<(usize, usize)> {
    let at = 154 + 8 * index;
    let (start, length) = (u32_at(main, at)? as usize, u32_at(main, at + 4)? as usize);
    (length > 0).then_some((start, length))
}

struct Document<'d> {
    main: &'d [u8],
    /// Characters of each of [`PARTS`].
    lengths: [usize; 8],
    pieces: Vec<Piece>,
    formatting: Formatting,
    /// The charset of characters of one byte; before Word 97 nothing but the letters themselves tells it.
    charset: Option<&'static str>,
}

impl<'d> Document<'d> {
    fn later(main: &'d [u8], table: &[u8]) -> Option<Document<'d>> {
        let lengths = std::array::from_fn(|n| u32_at(main, 0x4C + 4 * n).unwrap_or(0) as usize);
        let slice = |index| structure(main, index).and_then(|(at, length)| table.get(at..at.checked_add(length)?.min(table.len())));
        let pieces = pieces(slice(33)?, false)?;
        let formatting = Formatting::read(main, slice(12).unwrap_or_default(), slice(13).unwrap_or_default());
        Some(Document { main, lengths, pieces, formatting, charset: Some("windows-1252") })
    }

    /// Word 6 and 95: all in one stream, and characters of one byte.
    fn early(main: &'d [u8], flags: u16) -> Option<Document<'d>> {
        let lengths: [usize; 8] = std::array::from_fn(|n| u32_at(main, 0x34 + 4 * n).unwrap_or(0) as usize);
        let (first, clx, clx_length) = (u32_at(main, 0x18)?, u32_at(main, 0x160)?, u32_at(main, 0x164)?);
        let whole = Piece { characters: lengths.iter().fold(0, |all: usize, n| all.saturating_add(*n)), at: first as usize, wide: false };
        let table = main.get(clx as usize..(clx as usize).checked_add(clx_length as usize)?);
        let pieces = match table {
            Some(table) if flags & 4 != 0 => pieces(table, true)?,
            _ => vec![whole],
        };
        Some(Document { main, lengths, pieces, formatting: Formatting::default(), charset: None })
    }

    fn say(&self, pages: &mut Pages) {
        let mut reader = Text::default();
        let mut part = Parts { lengths: self.lengths, index: 0, left: self.lengths[0] };
        let mut covered = Vec::new();
        let mut lost = 0;
        for piece in &self.pieces {
            let width = if piece.wide { 2 } else { 1 };
            let start = piece.at.min(self.main.len());
            let end = piece.at.saturating_add(piece.characters.saturating_mul(width)).min(self.main.len());
            lost += piece.characters.saturating_sub((end - start) / width);
            covered.push(start..end);
            let bytes = &self.main[start..end];
            let letters = if piece.wide { wide(bytes) } else { narrow(bytes, self.charset) };
            for (n, letter) in letters.iter().enumerate() {
                while part.left == 0 && part.next() {
                    reader.end(pages, PARTS[part.index - 1]);
                }
                part.left = part.left.saturating_sub(1);
                let at = start + n * width;
                reader.letter(*letter, self.formatting.shown(at), self.formatting.paragraph(at));
            }
        }
        reader.end(pages, PARTS[part.index]);
        if lost > 0 {
            pages.lose(Reason::Damaged, "The document ends before its text does.", lost);
        }
        // What quick saves left behind: text that no piece refers to any more.
        let mut remains = String::new();
        for range in residue::ranges(self.main, covered) {
            remains.push_str(&residue::strings(&self.main[range]));
        }
        pages.say(Layer::Raw, "remains", remains);
    }
}

/// Where the reading is among the parts.
struct Parts {
    lengths: [usize; 8],
    index: usize,
    left: usize,
}

impl Parts {
    /// Goes on to the next part; the last one takes whatever follows.
    fn next(&mut self) -> bool {
        if self.index + 1 >= self.lengths.len() {
            return false;
        }
        self.index += 1;
        self.left = self.lengths[self.index];
        true
    }
}

/// The table of pieces (§2.9.38): property runs, then the table itself.
fn pieces(clx: &[u8], narrow: bool) -> Option<Vec<Piece>> {
    let mut at = 0;
    while clx.get(at) == Some(&1) {
        at += 3 + usize::from(u16_at(clx, at + 1)?);
    }
    let length = (clx.get(at) == Some(&2)).then(|| u32_at(clx, at + 1))?? as usize;
    let table = clx.get(at + 5..)?;
    let table = &table[..length.min(table.len())];
    let count = (table.len().checked_sub(4)? / 12).min(PIECES);
    let piece = |n: usize| {
        let (from, to) = (u32_at(table, 4 * n)?, u32_at(table, 4 * n + 4)?);
        let place = u32_at(table, 4 * (count + 1) + 8 * n + 2)?;
        let wide = !narrow && place & 0x4000_0000 == 0;
        let at = if narrow || wide { place & 0x3FFF_FFFF } else { (place & 0x3FFF_FFFF) / 2 };
        Some(Piece { characters: to.checked_sub(from)? as usize, at: at as usize, wide })
    };
    Some((0..count).map_while(piece).collect())
}

/// Characters of two bytes. Halves of a pair stay two, so that every character keeps its place.
fn wide(bytes: &[u8]) -> Vec<char> {
    let mut out = Vec::with_capacity(bytes.len() / 2);
    let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    for letter in char::decode_utf16(units) {
        let letter = letter.unwrap_or('\u{fffd}');
        out.push(letter);
        if letter.len_utf16() == 2 {
            out.push('\0');
        }
    }
    out
}

/// Characters of one byte each, or of those that their letters look like.
fn narrow(bytes: &[u8], charset: Option<&str>) -> Vec<char> {
    charset::text(Cow::Borrowed(bytes), charset).0.chars().collect()
}

/// Turns characters into lines.
#[derive(Default)]
struct Text {
    lines: Lines,
    /// Codes of the fields around the current place; those whose result has begun are closed.
    fields: Vec<(String, bool)>,
    asides: String,
    after_cell: bool,
}

impl Text {
    fn letter(&mut self, letter: char, shown: Shown, paragraph: Option<Paragraph>) {
        match letter {
            '\u{13}' => return self.fields.push((String::new(), true)),
            '\u{14}' => {
                if let Some((code, open)) = self.fields.last_mut() {
                    *open = false;
                    self.asides.extend([code.trim(), "\n"]);
                }
                return;
            }
            '\u{15}' => {
                if let Some((code, true)) = self.fields.pop() {
                    self.asides.extend([code.trim(), "\n"]);
                }
                return;
            }
            _ => {}
        }
        if let Some((code, _)) = self.fields.iter_mut().rev().find(|(_, open)| *open) {
            return if letter >= ' ' { code.push(letter) } else { code.push(' ') };
        }
        let cell = letter == '\u{7}';
        match letter {
            '\u{7}' if paragraph.map_or(self.after_cell, |p| p.ends_row) => self.lines.end_line(),
            '\u{7}' => self.lines.end_cell(),
            '\r' if paragraph.is_some_and(|p| p.in_table) => self.lines.put(" ", shown),
            '\r' | '\u{b}' | '\u{c}' | '\u{e}' => self.lines.end_line(),
            '\u{1e}' => self.lines.put("-", shown),
            '\t' => self.lines.put("\t", shown),
            '\0'..='\u{1f}' => {}
            letter => self.lines.put(letter.encode_utf8(&mut [0; 4]), shown),
        }
        self.after_cell = cell;
    }

    /// Ends a part of the document.
    fn end(&mut self, pages: &mut Pages, (layer, own): (Layer, &str)) {
        self.lines.end_line();
        let lines = std::mem::take(&mut self.lines);
        pages.say(layer, own, lines.seen);
        pages.say(Layer::Hidden, own, lines.hidden);
        pages.say(Layer::Attribute, own, std::mem::take(&mut self.asides));
        self.fields.clear();
    }
}
