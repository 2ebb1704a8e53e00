//! OneNote sections and tables of contents ([MS-ONE], [MS-ONESTORE], [MS-FSSHTTPB]).
//!
//! Every text of a page stands in the file behind its length in bytes, whichever of the two formats wraps it, and embedded files
//! stand between two identifiers. Both are taken as they come, without the tables that lead to them: so pages of earlier revisions
//! are read too, and a damaged table costs nothing. What is lost is the order of the page where it was edited later.

use super::Contents;
use super::le::{u32_at, utf16};
use super::pages::Pages;
use aftermail_model::Layer;
use std::collections::HashSet;

/// guidHeader and guidFooter of FileDataStoreObject ([MS-ONESTORE] 2.6.13).
const FILE_BEGINS: [u8; 16] = [0xE7, 0x16, 0xE3, 0xBD, 0x65, 0x26, 0x11, 0x45, 0xA4, 0xC4, 0x8D, 0x4D, 0x0B, 0x7A, 0x9E, 0xAC];
const FILE_ENDS: [u8; 16] = [0x22, 0xA7, 0xFB, 0x71, 0x79, 0x0F, 0x0B, 0x4A, 0xBB, 0x13, 0x89, 0x92, 0x56, 0x42, 0x6B, 0x24];
/// Shorter runs are as often chance as text.
const SHORTEST: usize = 2;
/// Bytes of one text.
const LONGEST: usize = 1 << 20;
/// Embedded files of one section.
const FILES: usize = 10_000;

/// Reads a section.
pub(super) fn open(bytes: &[u8]) -> Contents {
    let mut pages = Pages::new("application/onenote");
    let mut text = String::new();
    let mut said = HashSet::new();
    let mut at = 0;
    let mut files = 0;
    while at < bytes.len() {
        if files < FILES
            && let Some((file, end)) = file(bytes, at)
        {
            files += 1;
            pages.hold(format!("file {files}"), file.to_vec());
            at = end;
        } else if let Some((words, end)) = words(bytes, at) {
            // Each revision says again what did not change.
            if !words.trim().is_empty() && said.insert(words.clone()) {
                text.extend([words.trim_end_matches('\0'), "\n"]);
            }
            at = end;
        } else {
            at += 1;
        }
    }
    pages.say(Layer::Visible, "", text.replace('\r', "\n"));
    pages.done()
}

/// The embedded file that begins here, and where it ends.
fn file(bytes: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let rest = bytes.get(at..).filter(|rest| rest.starts_with(&FILE_BEGINS))?;
    let length = u32_at(rest, 16)? as usize;
    let told = rest.get(36..36_usize.checked_add(length)?);
    let file = told.or_else(|| rest.get(36..memchr::memmem::find(rest, &FILE_ENDS)?))?;
    Some((file, at + 36 + file.len()))
}

/// The text whose length stands here, and where it ends.
fn words(bytes: &[u8], at: usize) -> Option<(String, usize)> {
    let length = u32_at(bytes, at)? as usize;
    if !(SHORTEST..=LONGEST).contains(&length) {
        return None;
    }
    let start = at + 4;
    let data = bytes.get(start..start + length)?;
    let text = if is_wide(data) {
        utf16(data)
    } else if length >= 4 && data.iter().all(|b| (b' '..=b'~').contains(b) || matches!(b, b'\t' | b'\r' | b'\n')) {
        String::from_utf8_lossy(data).into_owned()
    } else {
        return None;
    };
    Some((text, start + length))
}

/// Whether bytes are nothing but characters of two bytes that people write.
fn is_wide(data: &[u8]) -> bool {
    if data.len() < 4 || data.len() % 2 == 1 {
        return false;
    }
    let data = data.strip_suffix(&[0, 0]).unwrap_or(data);
    let units = data.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
    let mut common = 0;
    for letter in char::decode_utf16(units) {
        match letter {
            Ok('\t' | '\n' | '\r' | '\u{b}' | '\u{fddf}') => {}
            Ok(c) if c < ' ' || matches!(c, '\u{7f}'..='\u{9f}' | '\u{fff0}'..='\u{ffff}' | '\u{e000}'..='\u{f8ff}') => return false,
            // Scripts of living languages; numbers read as letters fall all over the planes.
            Ok(
                '\0'..='\u{5ff}' | '\u{1e00}'..='\u{20ff}' | '\u{3000}'..='\u{30ff}' | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}',
            ) => common += 1,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
    common * 2 * 10 >= data.len() * 8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_and_files_are_found_behind_their_lengths() {
        let mut bytes = vec![0xFF; 20];
        for text in ["Router PIN 4711\0", "Пароль"] {
            let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            bytes.extend((wide.len() as u32).to_le_bytes());
            bytes.extend(wide);
        }
        bytes.extend(FILE_BEGINS);
        bytes.extend([3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, b'a', b'b', b'c']);
        bytes.extend(FILE_ENDS);
        let found = open(&bytes);
        assert_eq!(found.passages[0].body, "Router PIN 4711\nПароль\n");
        assert_eq!(found.members[0].content, Ok(b"abc".to_vec()));
    }
}
