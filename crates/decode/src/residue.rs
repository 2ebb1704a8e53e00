//! Every byte of a message that no part covers: preamble, epilogue, what stands after a broken boundary.

use crate::charset;
use std::borrow::Cow;
use std::ops::Range;

/// The shortest run of characters that counts as text in a binary.
const SHORTEST_RUN: usize = 6;
/// Bytes of text taken out of one binary, which is a gap in any case.
const MOST_STRINGS: usize = 16 << 20;

/// The ranges of `whole` outside of `covered` that hold more than white space and boundary lines.
pub(crate) fn ranges(bytes: &[u8], mut covered: Vec<Range<usize>>) -> Vec<Range<usize>> {
    covered.sort_by_key(|r| r.start);
    let mut found = Vec::new();
    let mut at = 0;
    for range in covered {
        if range.start > at {
            found.push(at..range.start.min(bytes.len()));
        }
        at = at.max(range.end);
    }
    if at < bytes.len() {
        found.push(at..bytes.len());
    }
    found.retain(|r| r.start < r.end && has_content(&bytes[r.clone()]));
    found
}

/// Whether there is a line other than an empty one or a boundary.
fn has_content(bytes: &[u8]) -> bool {
    bytes.split(|b| *b == b'\n').map(<[u8]>::trim_ascii).any(|line| !line.is_empty() && !is_boundary(line))
}

fn is_boundary(line: &[u8]) -> bool {
    line.starts_with(b"--") && line.len() <= 80 && !line[2..].contains(&b' ')
}

/// The residue as text.
pub(crate) fn text(bytes: &[u8]) -> String {
    if charset::is_text(bytes) { charset::text(Cow::Borrowed(bytes), None).0 } else { strings(bytes) }
}

/// Runs of letters, digits and signs in a binary, one a line: in bytes (ASCII and UTF-8) and in UTF-16 of both orders.
pub(crate) fn strings(bytes: &[u8]) -> String {
    let mut runs = Runs::default();
    for chunk in bytes.utf8_chunks() {
        chunk.valid().chars().for_each(|c| runs.take(c));
        if !chunk.invalid().is_empty() {
            runs.end();
        }
    }
    runs.end();
    wide(bytes, u16::from_le_bytes, &mut runs);
    wide(bytes, u16::from_be_bytes, &mut runs);
    runs.out
}

/// Text in UTF-16 at even and odd places. Scripts beyond the Cyrillic one are left out: any two bytes are a letter of those.
fn wide(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16, runs: &mut Runs) {
    let mut at = 0;
    while let Some(pair) = bytes.get(at..at + 2) {
        let found = char::from_u32(u32::from(unit([pair[0], pair[1]]))).filter(|c| *c < '\u{530}' && is_written(*c));
        match found {
            Some(c) => {
                runs.take(c);
                at += 2;
            }
            None => {
                runs.end();
                at += 1;
            }
        }
    }
    runs.end();
}

/// Whether people write it, on one line.
fn is_written(c: char) -> bool {
    c == '\t' || (' '..='~').contains(&c) || !c.is_ascii() && c.is_alphanumeric()
}

#[derive(Default)]
struct Runs {
    out: String,
    run: String,
    length: usize,
}

impl Runs {
    fn take(&mut self, c: char) {
        if is_written(c) {
            self.run.push(c);
            self.length += 1;
        } else {
            self.end();
        }
    }

    fn end(&mut self) {
        if self.length >= SHORTEST_RUN && self.out.len() < MOST_STRINGS {
            self.out.push_str(&self.run);
            self.out.push('\n');
        }
        self.run.clear();
        self.length = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_and_blanks_are_no_residue() {
        let bytes = b"head\n\n--b1\nbody\n--b1--\nepilogue here\n";
        assert_eq!(ranges(bytes, vec![0..6, 11..16]), vec![16..bytes.len()]);
        assert!(ranges(bytes, vec![0..6, 11..16, 23..37]).is_empty());
    }

    #[test]
    fn strings_of_binaries_are_found_in_both_widths() {
        let mut bytes = b"\x00\x01secret=abc\x00\x02".to_vec();
        bytes.extend("wide text".encode_utf16().flat_map(u16::to_le_bytes));
        bytes.extend([0xff, 0xff, 0xff]);
        bytes.extend("Пароль: Чайка".encode_utf16().flat_map(u16::to_be_bytes));
        bytes.extend([0xff, 0x00]);
        bytes.extend("Schlüssel für Öl".as_bytes());
        let out = strings(&bytes);
        let found = ["secret=abc", "wide text", "Пароль: Чайка", "Schlüssel für Öl"].iter().all(|s| out.contains(s));
        assert!(found, "{out}");
    }
}
