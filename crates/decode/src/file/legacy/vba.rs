//! Source of macros ([MS-OVBA]).

use crate::charset;
use std::borrow::Cow;

/// Bytes that a chunk becomes (§2.4.1.1.4).
const CHUNK: usize = 4096;
/// Source of one module.
const LONGEST: usize = 16 << 20;

/// The source in a stream of a module. It follows compiled code of an unknown length, but how it begins is known: with the word
/// `Attribute`, behind the head of a chunk and a byte of flags.
pub(super) fn source(stream: &[u8]) -> Option<String> {
    let at = memchr::memmem::find(stream, b"\0Attribut")?.checked_sub(3)?;
    let bytes = decompress(&stream[at..])?;
    Some(charset::text(Cow::Owned(bytes), None).0.replace("\r\n", "\n"))
}

/// Undoes the compression of a container (§2.4.1). What is damaged ends it.
fn decompress(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut rest = bytes.strip_prefix(&[1])?;
    let mut out = Vec::new();
    while rest.len() > 2 && out.len() < LONGEST {
        let head = u16::from_le_bytes([rest[0], rest[1]]);
        let length = (usize::from(head & 0xFFF) + 1).min(rest.len() - 2);
        let chunk = &rest[2..2 + length];
        if head & 0x7000 != 0x3000 {
            break;
        }
        if head & 0x8000 == 0 {
            out.extend(chunk);
        } else {
            unpack(chunk, &mut out);
        }
        rest = &rest[2 + length..];
    }
    Some(out)
}

fn unpack(chunk: &[u8], out: &mut Vec<u8>) {
    let begin = out.len();
    let mut bytes = chunk.iter().copied();
    while let Some(flags) = bytes.next() {
        for bit in 0..8 {
            let Some(first) = bytes.next() else { return };
            if flags >> bit & 1 == 0 {
                out.push(first);
                continue;
            }
            let Some(second) = bytes.next() else { return };
            let done = out.len() - begin;
            if done == 0 || done > CHUNK {
                return;
            }
            // The further on, the more bits tell where the copy comes from, and the fewer how long it is (§2.4.1.3.19.1).
            let bits = usize::BITS - (done - 1).leading_zeros();
            let bits = bits.max(4);
            let token = u16::from_le_bytes([first, second]);
            let length = usize::from(token & (0xFFFF >> bits)) + 3;
            let offset = usize::from(token >> (16 - bits)) + 1;
            for _ in 0..length {
                let Some(from) = out.len().checked_sub(offset).filter(|from| *from >= begin) else { return };
                out.push(out[from]);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_specification_are_read() {
        // [MS-OVBA] 3.2.2 and 3.2.3.
        let normal = [
            0x01, 0x2F, 0xB0, 0x00, 0x23, 0x61, 0x61, 0x61, 0x62, 0x63, 0x64, 0x65, 0x82, 0x66, 0x00, 0x70, 0x61, 0x67, 0x68, 0x69, 0x6A,
            0x01, 0x38, 0x08, 0x61, 0x6B, 0x6C, 0x00, 0x30, 0x6D, 0x6E, 0x6F, 0x70, 0x06, 0x71, 0x02, 0x70, 0x04, 0x10, 0x72, 0x73, 0x74,
            0x75, 0x76, 0x10, 0x77, 0x78, 0x79, 0x7A, 0x00, 0x3C,
        ];
        assert_eq!(decompress(&normal).as_deref(), Some(&b"#aaabcdefaaaaghijaaaaaklaaamnopqaaaaaaaaaaaarstuvwxyzaaa"[..]));
        let most = [0x01, 0x03, 0xB0, 0x02, 0x61, 0x45, 0x00];
        assert_eq!(decompress(&most), Some(vec![b'a'; 73]));
        (0..normal.len()).for_each(|n| _ = decompress(&normal[..n]));
    }
}
