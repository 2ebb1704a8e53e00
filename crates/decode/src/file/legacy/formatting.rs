//! What of the formatting of a Word document bears on its text: what is hidden, deleted or inserted, and where rows of tables end
//! ([MS-DOC] 2.9.33 ChpxFkp, 2.9.174 PapxFkp, 2.2.5 sprms).

use crate::file::le::{u16_at, u32_at};
use crate::file::lines::Shown;
use std::ops::Range;

/// Bytes of a page of formatting.
const PAGE: usize = 512;
const HIDDEN: u16 = 0x083C;
const DELETED: u16 = 0x0800;
const INSERTED: u16 = 0x0801;
const IN_TABLE: u16 = 0x2416;
const ENDS_ROW: u16 = 0x2417;
const ENDS_INNER_ROW: u16 = 0x244C;

/// How a paragraph stands to tables.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Paragraph {
    pub(super) in_table: bool,
    pub(super) ends_row: bool,
}

/// Runs of bytes of the main stream whose formatting matters.
#[derive(Default)]
pub(super) struct Formatting {
    runs: Vec<(Range<usize>, Shown)>,
    paragraphs: Vec<(Range<usize>, Paragraph)>,
}

impl Formatting {
    /// Reads the pages that the two tables of the document list.
    pub(super) fn read(main: &[u8], runs: &[u8], paragraphs: &[u8]) -> Formatting {
        let mut found = Formatting::default();
        for page in pages(main, runs) {
            for (range, properties) in entries(page, 1, |page, at| {
                let length = usize::from(*page.get(at)?);
                page.get(at + 1..at + 1 + length)
            }) {
                let shown = shown(properties);
                if shown != Shown::Yes {
                    found.runs.push((range, shown));
                }
            }
        }
        for page in pages(main, paragraphs) {
            for (range, properties) in entries(page, 13, |page, at| {
                let (start, length) = match usize::from(*page.get(at)?) {
                    0 => (at + 2, 2 * usize::from(*page.get(at + 1)?)),
                    n => (at + 1, 2 * n - 1),
                };
                // The number of the style comes first.
                page.get(start + 2..start.checked_add(length)?)
            }) {
                found.paragraphs.push((range, paragraph(properties)));
            }
        }
        found.runs.sort_by_key(|(range, _)| range.start);
        found.paragraphs.sort_by_key(|(range, _)| range.start);
        found
    }

    /// How the character at this byte is shown.
    pub(super) fn shown(&self, at: usize) -> Shown {
        covering(&self.runs, at).unwrap_or_default()
    }

    /// The paragraph around this byte; none where the document does not tell.
    pub(super) fn paragraph(&self, at: usize) -> Option<Paragraph> {
        covering(&self.paragraphs, at)
    }
}

fn covering<T: Copy>(sorted: &[(Range<usize>, T)], at: usize) -> Option<T> {
    let index = sorted.partition_point(|(range, _)| range.start <= at).checked_sub(1)?;
    sorted.get(index).filter(|(range, _)| range.contains(&at)).map(|(_, found)| *found)
}

/// The pages that a table lists (§2.8.5, §2.8.6).
fn pages<'m>(main: &'m [u8], table: &[u8]) -> Vec<&'m [u8]> {
    let count = table.len().saturating_sub(4) / 8;
    let page = |n: usize| {
        let number = (u32_at(table, 4 * (count + 1) + 4 * n)? & 0x003F_FFFF) as usize;
        main.get(number * PAGE..(number + 1) * PAGE)
    };
    (0..count.min(main.len() / PAGE + 1)).filter_map(page).collect()
}

/// The runs of a page and their properties; an entry is so many bytes, the first of which is half the place of the properties.
fn entries<'p>(page: &'p [u8], width: usize, properties: impl Fn(&'p [u8], usize) -> Option<&'p [u8]>) -> Vec<(Range<usize>, &'p [u8])> {
    let count = page.get(PAGE - 1).map_or(0, |n| usize::from(*n));
    let entry = |n: usize| {
        let range = u32_at(page, 4 * n)? as usize..u32_at(page, 4 * n + 4)? as usize;
        let at = 2 * usize::from(*page.get(4 * (count + 1) + width * n)?);
        Some((range, if at == 0 { &[][..] } else { properties(page, at)? }))
    };
    (0..count).filter_map(entry).collect()
}

/// Properties and the first byte of their values.
fn sprms(mut rest: &[u8]) -> impl Iterator<Item = (u16, u8)> {
    std::iter::from_fn(move || {
        let code = u16_at(rest, 0)?;
        let value = rest.get(2).copied()?;
        // The three upper bits say how long the value is (§2.2.5.1).
        let length = match (code >> 13, code) {
            (0 | 1, _) => 1,
            (2 | 4 | 5, _) => 2,
            (3, _) => 4,
            (7, _) => 3,
            (_, 0xD608) => usize::from(u16_at(rest, 2)?) + 1,
            _ => usize::from(value) + 1,
        };
        rest = rest.get(2 + length..).unwrap_or_default();
        Some((code, value))
    })
}

fn shown(properties: &[u8]) -> Shown {
    let mut shown = Shown::Yes;
    for (code, value) in sprms(properties) {
        match code {
            // Other values turn the style's around.
            HIDDEN | DELETED if value & 1 == 1 => shown = Shown::Hidden,
            INSERTED if value == 1 && shown == Shown::Yes => shown = Shown::Added,
            _ => {}
        }
    }
    shown
}

fn paragraph(properties: &[u8]) -> Paragraph {
    let mut found = Paragraph::default();
    for (code, value) in sprms(properties) {
        match code {
            IN_TABLE => found.in_table = value == 1,
            ENDS_ROW | ENDS_INNER_ROW => found.ends_row |= value == 1,
            _ => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn properties_are_stepped_over_by_their_lengths() {
        let bytes = [0x03, 0x6A, 1, 0, 0, 0, 0x3C, 0x08, 1, 0x08, 0xD6, 3, 0, 9, 9, 0x16, 0x24, 1];
        assert_eq!(sprms(&bytes).map(|(code, _)| code).collect::<Vec<_>>(), [0x6A03, HIDDEN, 0xD608, IN_TABLE]);
        assert_eq!(shown(&bytes), Shown::Hidden);
        assert_eq!(paragraph(&bytes), Paragraph { in_table: true, ends_row: false });
    }
}
