//! Metafiles of Windows: the text in drawings ([MS-EMF] 2.3.5, [MS-WMF] 2.3.3).

use super::Contents;
use super::le::{u16_at, u32_at};
use super::pages::Pages;
use crate::charset;
use aftermail_model::{Layer, Reason};
use std::borrow::Cow;

/// Records of one file.
const MOST: usize = 1 << 20;

/// Reads an enhanced metafile.
pub(super) fn emf(bytes: &[u8]) -> Contents {
    let mut out = Words::default();
    let mut at = 0;
    for _ in 0..MOST {
        let (Some(kind), Some(length)) = (u32_at(bytes, at), u32_at(bytes, at + 4)) else { break };
        let record = bytes.get(at..at.saturating_add(length as usize)).unwrap_or_default();
        match kind {
            // EMR_EOF.
            14 => break,
            // EMR_EXTTEXTOUTA, EMR_EXTTEXTOUTW: an object of text at byte 36.
            83 | 84 => {
                let (y, count, offset) = (u32_at(record, 40), u32_at(record, 44), u32_at(record, 48));
                let width = if kind == 84 { 2 } else { 1 };
                let text = count.zip(offset).and_then(|(count, offset)| {
                    let start = offset as usize;
                    record.get(start..start.checked_add(count as usize * width)?)
                });
                out.put(y.unwrap_or(0), text.unwrap_or_default(), width == 2);
            }
            _ => {}
        }
        if length < 8 {
            break;
        }
        at = at.saturating_add(length as usize);
    }
    out.contents("image/emf", bytes)
}

/// Reads a metafile of 16 bits, with or without the head that tells its place.
pub(super) fn wmf(bytes: &[u8]) -> Contents {
    let mut out = Words::default();
    let mut at = if u32_at(bytes, 0) == Some(0x9AC6_CDD7) { 22 + 18 } else { 18 };
    for _ in 0..MOST {
        let (Some(words), Some(kind)) = (u32_at(bytes, at), u16_at(bytes, at + 4)) else { break };
        let record = bytes.get(at..at.saturating_add((words as usize).saturating_mul(2))).unwrap_or_default();
        match kind {
            // META_TEXTOUT; META_EXTTEXTOUT, whose text may follow a rectangle.
            0x0521 => {
                let count = usize::from(u16_at(record, 6).unwrap_or(0));
                out.put(
                    u32::from(u16_at(record, 8 + count.next_multiple_of(2)).unwrap_or(0)),
                    record.get(8..8 + count).unwrap_or_default(),
                    false,
                );
            }
            0x0A32 => {
                let (y, count) = (u16_at(record, 6).unwrap_or(0), usize::from(u16_at(record, 10).unwrap_or(0)));
                let start = if u16_at(record, 12).unwrap_or(0) & 6 == 0 { 14 } else { 22 };
                out.put(u32::from(y), record.get(start..start + count).unwrap_or_default(), false);
            }
            0 => break,
            _ => {}
        }
        if words < 3 {
            break;
        }
        at = at.saturating_add((words as usize).saturating_mul(2));
    }
    out.contents("image/wmf", bytes)
}

/// Words as they are drawn: those of one height are a line.
#[derive(Default)]
struct Words {
    text: String,
    height: Option<u32>,
}

impl Words {
    fn put(&mut self, height: u32, bytes: &[u8], wide: bool) {
        if self.height.replace(height).is_some_and(|before| before != height) {
            self.text.push('\n');
        }
        if wide {
            let units = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
            self.text.extend(char::decode_utf16(units).filter_map(Result::ok).filter(|c| !c.is_control()));
        } else {
            self.text.push_str(&charset::text(Cow::Borrowed(bytes), None).0);
        }
    }

    fn contents(self, media: &'static str, bytes: &[u8]) -> Contents {
        let mut pages = Pages::new(media);
        if self.text.trim().is_empty() {
            pages.lose(Reason::Unsupported, "A metafile without text: what it draws is not read by this version.", bytes.len());
        }
        pages.say(Layer::Visible, "", self.text);
        pages.done()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawn_words_are_read() {
        let mut record = vec![0; 76];
        record[0] = 84;
        record[4] = 84;
        record[44] = 4;
        record[48] = 76;
        record.extend("4711".encode_utf16().flat_map(u16::to_le_bytes));
        assert_eq!(emf(&record).passages[0].body, "4711");
        let mut placeable = vec![0; 40];
        placeable[..4].copy_from_slice(&[0xD7, 0xCD, 0xC6, 0x9A]);
        placeable.extend([9, 0, 0, 0, 0x21, 0x05, 4, 0, b'4', b'7', b'1', b'1', 0, 0, 0, 0, 0, 0]);
        assert_eq!(wmf(&placeable).passages[0].body, "4711");
        (0..placeable.len()).for_each(|n| _ = wmf(&placeable[..n]));
    }
}
