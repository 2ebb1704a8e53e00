//! Bytes to text: gzip is unpacked, UTF-16 (what PowerShell's `>` writes) becomes UTF-8.

use crate::Why;
use std::borrow::Cow;
use std::io::Read;

/// The text, and what was wrong with the bytes behind its end.
pub(crate) fn readable(bytes: &[u8], limit: u64) -> (Cow<'_, [u8]>, Option<Why>) {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return (utf8(Cow::Borrowed(bytes)), None);
    }
    let mut out = Vec::new();
    let ended = flate2::read::MultiGzDecoder::new(bytes).take(limit.saturating_add(1)).read_to_end(&mut out);
    let fault = match ended {
        Err(e) if e.kind() == std::io::ErrorKind::UnexpectedEof => Some(Why::CutOff),
        Err(_) => Some(Why::Damaged),
        Ok(_) if out.len() as u64 > limit => {
            out.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
            Some(Why::TooLarge)
        }
        Ok(_) => None,
    };
    (utf8(Cow::Owned(out)), fault)
}

fn utf8(bytes: Cow<'_, [u8]>) -> Cow<'_, [u8]> {
    let unit: fn([u8; 2]) -> u16 = match bytes.get(..2) {
        Some([0xff, 0xfe]) => u16::from_le_bytes,
        Some([0xfe, 0xff]) => u16::from_be_bytes,
        _ => return bytes,
    };
    let units = bytes[2..].chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    let text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    Cow::Owned(text.into_bytes())
}
