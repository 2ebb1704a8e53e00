//! Pictures in the drawings of Office 97–2003 ([MS-ODRAW] 2.2.23).

use crate::file::le::{u16_at, u32_at};
use crate::file::pages::Pages;
use std::io::Read;

/// Pictures of one document.
const MOST: usize = 1000;
/// Bytes of one picture, unpacked.
const LARGEST: u64 = 64 << 20;

/// Hands out the pictures of a stream. Their records stand within others of many kinds; their heads tell them apart.
pub(super) fn hold(stream: &[u8], pages: &mut Pages) {
    let mut next = 0;
    let mut found = 0;
    // The last byte of each type of picture.
    for at in memchr::memchr_iter(0xF0, stream) {
        let Some(start) = at.checked_sub(3).filter(|s| *s >= next && found < MOST) else { continue };
        let Some((kind, picture, end)) = picture(stream, start) else { continue };
        found += 1;
        next = end;
        pages.hold(format!("picture {found}.{kind}"), picture);
    }
}

/// The picture whose record begins here: what it is, its bytes and where it ends.
fn picture(stream: &[u8], start: usize) -> Option<(&'static str, Vec<u8>, usize)> {
    let (instance, record) = (u16_at(stream, start)? >> 4, u16_at(stream, start + 2)?);
    let body = stream.get(start + 8..)?;
    let length = u32_at(stream, start + 4)? as usize;
    let whole = body.get(..length)?;
    // Odd instances have a second name; a metafile has a head of its own, others a byte.
    let (kind, names) = match (record, instance) {
        (0xF01A, 0x3D4 | 0x3D5) => ("emf", instance - 0x3D3),
        (0xF01B, 0x216 | 0x217) => ("wmf", instance - 0x215),
        (0xF01D | 0xF02A, 0x46A | 0x46B) => ("jpg", instance - 0x469),
        (0xF01D | 0xF02A, 0x6E2 | 0x6E3) => ("jpg", instance - 0x6E1),
        (0xF01E, 0x6E0 | 0x6E1) => ("png", instance - 0x6DF),
        (0xF029, 0x6E4 | 0x6E5) => ("tif", instance - 0x6E3),
        _ => return None,
    };
    let head = 16 * usize::from(names);
    let picture = if matches!(kind, "emf" | "wmf") {
        let packed = whole.get(head + 34..)?;
        if whole.get(head + 32) == Some(&0) { inflated(packed) } else { packed.to_vec() }
    } else {
        whole.get(head + 1..)?.to_vec()
    };
    Some((kind, picture, start + 8 + length))
}

/// What comes out of a zlib stream, as far as it goes.
pub(super) fn inflated(packed: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    // A stream that is damaged gives what came before.
    let _ = flate2::read::ZlibDecoder::new(packed).take(LARGEST).read_to_end(&mut out);
    out
}
