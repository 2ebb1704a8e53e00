//! Every byte of a message that no part covers: preamble, epilogue, what stands after a broken boundary.

use crate::charset;
use std::borrow::Cow;
use std::ops::Range;

/// The shortest run of characters that counts as text in a binary.
const SHORTEST_RUN: usize = 6;
/// Characters taken out of one binary.
const MOST_STRINGS: usize = 1 << 20;

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

/// Runs of printable ASCII in a binary, in bytes or in UTF-16, one a line.
pub(crate) fn strings(bytes: &[u8]) -> String {
    let mut out = String::new();
    let mut run = String::new();
    let printable = |b: u8| (b' '..=b'~').contains(&b) || b == b'\t';
    let keep = |run: &mut String, out: &mut String| {
        if run.len() >= SHORTEST_RUN && out.len() < MOST_STRINGS {
            out.push_str(run);
            out.push('\n');
        }
        run.clear();
    };
    for b in bytes {
        if printable(*b) { run.push(char::from(*b)) } else { keep(&mut run, &mut out) }
    }
    keep(&mut run, &mut out);
    let mut at = 0;
    while at + 1 < bytes.len() {
        if printable(bytes[at]) && bytes[at + 1] == 0 {
            run.push(char::from(bytes[at]));
            at += 2;
        } else {
            keep(&mut run, &mut out);
            at += 1;
        }
    }
    keep(&mut run, &mut out);
    out
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
        let out = strings(&bytes);
        assert!(out.contains("secret=abc") && out.contains("wide text"), "{out}");
    }
}
