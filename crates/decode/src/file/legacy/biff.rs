//! Records of Excel 97–2003 ([MS-XLS] 2.1.4) and before, and the texts in them.

use crate::charset;
use crate::file::le::u16_at;
use std::borrow::Cow;

/// A record: its type, its data, and where its data begins in the stream.
#[derive(Clone, Copy)]
pub(super) struct Record<'s> {
    pub(super) kind: u16,
    pub(super) data: &'s [u8],
    pub(super) at: usize,
}

/// The records of a stream; the last one may be cut off.
pub(super) fn records(stream: &[u8]) -> impl Iterator<Item = Record<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let (kind, length) = (u16_at(stream, at)?, usize::from(u16_at(stream, at + 2)?));
        let start = at + 4;
        at = start + length;
        Some(Record { kind, data: &stream[start.min(stream.len())..at.min(stream.len())], at: start })
    })
}

/// What Excel writes texts in: the version of the format and, before 97, a code page.
#[derive(Clone, Copy)]
pub(super) struct Letters {
    /// Unicode, behind a byte of flags (§2.5.294).
    pub(super) unicode: bool,
    pub(super) page: u16,
}

impl Letters {
    /// A text behind its length of one byte.
    pub(super) fn short(self, data: &[u8]) -> String {
        data.split_first().map_or(String::new(), |(n, rest)| self.text(rest, usize::from(*n)))
    }

    /// A text behind its length of two bytes.
    pub(super) fn long(self, data: &[u8]) -> String {
        u16_at(data, 0).map_or(String::new(), |n| self.text(data.get(2..).unwrap_or_default(), usize::from(n)))
    }

    /// So many characters, or as many as there are.
    pub(super) fn text(self, data: &[u8], count: usize) -> String {
        if self.unicode {
            let mut segments = Segments::new(vec![data]);
            return segments.rich(count).unwrap_or_default();
        }
        let bytes = &data[..count.min(data.len())];
        charset::text(Cow::Borrowed(bytes), Some(&page_name(self.page))).0
    }
}

fn page_name(page: u16) -> String {
    match page {
        10000 | 0x8000 => "macintosh".to_owned(),
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        949 => "euc-kr".to_owned(),
        950 => "big5".to_owned(),
        1250..=1258 => format!("windows-{page}"),
        _ => "windows-1252".to_owned(),
    }
}

/// Data that goes on over several records. Texts are cut anywhere, and say again in the next record how wide they are
/// (§2.5.293).
pub(super) struct Segments<'s> {
    segments: Vec<&'s [u8]>,
    index: usize,
    at: usize,
}

impl<'s> Segments<'s> {
    pub(super) fn new(segments: Vec<&'s [u8]>) -> Segments<'s> {
        Segments { segments, index: 0, at: 0 }
    }

    fn byte(&mut self) -> Option<u8> {
        loop {
            let segment = self.segments.get(self.index)?;
            if let Some(byte) = segment.get(self.at) {
                self.at += 1;
                return Some(*byte);
            }
            self.index += 1;
            self.at = 0;
        }
    }

    fn number(&mut self, bytes: u32) -> Option<usize> {
        (0..bytes).try_fold(0, |sum, n| Some(sum | usize::from(self.byte()?) << (8 * n)))
    }

    fn skip(&mut self, mut bytes: usize) {
        while let Some(segment) = self.segments.get(self.index).filter(|_| bytes > 0) {
            let step = bytes.min(segment.len().saturating_sub(self.at));
            self.at += step;
            bytes -= step;
            if bytes > 0 {
                self.index += 1;
                self.at = 0;
            }
        }
    }

    /// A text with its length, and the runs and extensions behind it, which are left out (§2.5.293).
    pub(super) fn string(&mut self) -> Option<String> {
        let count = self.number(2)?;
        self.rich(count)
    }

    /// The same where the length is known.
    fn rich(&mut self, count: usize) -> Option<String> {
        let flags = self.byte()?;
        let runs = if flags & 8 == 0 { 0 } else { self.number(2)? };
        let extension = if flags & 4 == 0 { 0 } else { self.number(4)? };
        let text = self.characters(count, flags & 1 == 1);
        self.skip(4 * runs);
        self.skip(extension);
        Some(text)
    }

    fn characters(&mut self, count: usize, mut wide: bool) -> String {
        let mut units = Vec::with_capacity(count.min(1 << 16));
        while units.len() < count {
            if self.segments.get(self.index).is_some_and(|s| self.at >= s.len()) {
                self.index += 1;
                self.at = 0;
                let Some(flags) = self.byte() else { break };
                wide = flags & 1 == 1;
            }
            let unit = if wide { self.number(2) } else { self.number(1) };
            let Some(unit) = unit else { break };
            units.push(unit as u16);
        }
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_on_in_the_next_record() {
        let first = [3, 0, 0, b'a', b'b', b'c', 4, 0, 0, b'd', b'e'];
        let second = [1, b'f', 0, 0x31, 0x04];
        let mut segments = Segments::new(vec![&first, &second]);
        assert_eq!(segments.string().as_deref(), Some("abc"));
        assert_eq!(segments.string().as_deref(), Some("defб"));
        assert_eq!(segments.string(), None);
    }
}
