//! A PDF that is too broken to be opened: every stream is unpacked and searched for what it shows.

use flate2::{Decompress, FlushDecompress, Status};
use std::io::Write as _;

/// A stream as it stands in the file, with the dictionary before it.
pub(super) struct Stream<'a> {
    dictionary: &'a [u8],
    packed: &'a [u8],
}

/// All streams of a file, found by their keyword.
pub(super) fn streams(bytes: &[u8]) -> impl Iterator<Item = Stream<'_>> {
    let mut last = 0;
    memchr::memmem::find_iter(bytes, b"stream").filter_map(move |at| {
        if at < last || at >= 3 && &bytes[at - 3..at] == b"end" {
            return None;
        }
        let rest = &bytes[at + 6..];
        let rest = rest.strip_prefix(b"\r\n").or(rest.strip_prefix(b"\n")).or(rest.strip_prefix(b"\r"))?;
        let length = memchr::memmem::find(rest, b"endstream").unwrap_or(rest.len());
        let head = &bytes[last.max(at.saturating_sub(2000))..at];
        let begin = memchr::memmem::rfind(head, b" obj").unwrap_or(0);
        last = bytes.len() - rest.len() + length;
        Some(Stream { dictionary: &head[begin..], packed: &rest[..length] })
    })
}

impl Stream<'_> {
    fn filters(&self) -> usize {
        ["/FlateDecode", "/Fl ", "/LZWDecode", "/RunLengthDecode"]
            .iter()
            .map(|f| memchr::memmem::find_iter(self.dictionary, f).count())
            .sum()
    }

    /// Whether it becomes larger than `limit` bytes. Of streams that are packed twice little is trusted.
    pub fn unpacks_beyond(&self, limit: u64) -> bool {
        let limit = if self.filters() > 1 { limit.min(1 << 20) } else { limit };
        // No byte of deflate becomes more than 1,032.
        (self.packed.len() as u64).saturating_mul(1032) > limit && {
            let mut counted = 0;
            inflate(self.packed, &mut |piece| {
                counted += piece.len() as u64;
                counted <= limit
            });
            counted > limit
        }
    }

    /// What it shows as text, or the strings in it; at most about `left` bytes.
    pub fn text(&self, left: usize) -> String {
        let mut content = Vec::new();
        inflate(self.packed, &mut |piece| {
            content.extend_from_slice(piece);
            content.len() < left
        });
        if content.is_empty() {
            content.extend(self.packed.iter().take(left));
        }
        if memchr::memmem::find(&content, b"BT").is_some() && content.windows(2).any(|w| w == b"Tj" || w == b"TJ") {
            return shown(&content);
        }
        let picture = memchr::memmem::find(self.dictionary, b"/Image").is_some();
        if picture { String::new() } else { crate::residue::strings(&content) }
    }
}

/// Unpacks deflate piece by piece until it ends, breaks, or the taker has enough.
fn inflate(packed: &[u8], take: &mut dyn FnMut(&[u8]) -> bool) {
    let mut state = Decompress::new(true);
    let mut piece = vec![0; 64 << 10];
    loop {
        let (before_in, before_out) = (state.total_in(), state.total_out());
        let rest = packed.get(before_in as usize..).unwrap_or_default();
        let status = state.decompress(rest, &mut piece, FlushDecompress::None);
        let made = (state.total_out() - before_out) as usize;
        if !take(&piece[..made]) || !matches!(status, Ok(Status::Ok)) || made == 0 && state.total_in() == before_in {
            return;
        }
    }
}

/// The strings that the operators of a page show (ISO 32000-1 §9.4.3), as far as their bytes are letters.
fn shown(content: &[u8]) -> String {
    let mut out: Vec<u8> = Vec::new();
    let mut at = 0;
    let mut in_array = false;
    while at < content.len() {
        match content[at] {
            b'(' => at += literal(&content[at..], &mut out),
            b'[' => (in_array, at) = (true, at + 1),
            b']' => (in_array, at) = (false, at + 1),
            b'T' if matches!(content.get(at + 1), Some(b'd' | b'D' | b'*' | b'm')) => {
                if out.last().is_some_and(|b| *b != b'\n') {
                    out.push(b'\n');
                }
                at += 2;
            }
            b'-' if in_array => {
                // A wide step to the left of what follows is the space between two words.
                let digits = content[at + 1..].iter().take_while(|b| b.is_ascii_digit()).count();
                if digits >= 3 && content[at + 1] > b'1' {
                    let _ = out.write_all(b" ");
                }
                at += 1 + digits;
            }
            _ => at += 1,
        }
    }
    super::objects::text(&out)
}

/// A literal string (§7.3.4.2) from its opening bracket on; its length.
fn literal(bytes: &[u8], out: &mut Vec<u8>) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => {
                at += 1;
                out.extend(bytes.get(at).filter(|b| matches!(b, b'(' | b')' | b'\\')));
            }
            b'(' if depth == 0 => depth = 1,
            b')' if depth == 1 => return at + 1,
            b => {
                depth += i32::from(b == b'(') - i32::from(b == b')');
                out.push(b);
            }
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_of_a_loose_stream_is_read() {
        let page = b"5 0 obj <</Length 80>> stream\nBT /F1 12 Tf 72 700 Td [(Pass)-3(word:)-250(Kite-\\(9\\))] TJ 0 -14 Td (next) Tj ET\nendstream";
        let text: String = streams(page).map(|s| s.text(1000)).collect();
        assert_eq!(text, "Password: Kite-(9)\nnext");
    }

    #[test]
    fn a_stream_that_explodes_is_seen() {
        let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        packer.write_all(&vec![0; 4 << 20]).expect("memory can be written");
        let mut file = b"1 0 obj <</Filter /FlateDecode>> stream\n".to_vec();
        file.extend(packer.finish().expect("memory can be written"));
        file.extend(b"\nendstream endobj");
        assert!(streams(&file).any(|s| s.unpacks_beyond(1 << 20)));
        assert!(!streams(&file).any(|s| s.unpacks_beyond(8 << 20)));
    }
}
