//! Texts behind their lengths, and objects behind their names.

use crate::charset;
use crate::file::le::{u16_at, u32_at};
use crate::residue;
use std::borrow::Cow;

/// The readable strings of all records of a stream of Excel's kind: a type, a length, data.
pub(super) fn of_records(stream: &[u8]) -> String {
    let mut out = String::new();
    let mut rest = stream;
    while let (Some(kind), Some(length)) = (u16_at(rest, 0), u16_at(rest, 2)) {
        let data = rest.get(4..4 + usize::from(length)).unwrap_or(rest.get(4..).unwrap_or_default());
        // SXString ([MS-XLS] 2.4.303).
        if kind == 0xCD {
            let text = u16_at(data, 0).and_then(|n| sized(data.get(2..)?, usize::from(n)));
            out.extend(text.map(|t| t + "\n"));
        }
        rest = rest.get(4 + usize::from(length)..).unwrap_or_default();
    }
    out
}

/// So many characters behind a byte of flags, of one byte or two each.
pub(super) fn sized(bytes: &[u8], characters: usize) -> Option<String> {
    let (flags, rest) = bytes.split_first()?;
    Some(if flags & 1 == 1 {
        let units = rest.get(..2 * characters)?.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).collect()
    } else {
        rest.get(..characters)?.iter().map(|b| char::from(*b)).collect()
    })
}

/// The file in a stream of the packager ([MS-OLEDS] 2.3.6), and its name.
pub(super) fn ole10_native(stream: &[u8]) -> (String, Vec<u8>) {
    let whole = || ("object".to_owned(), stream.get(4..).unwrap_or_default().to_vec());
    packaged(stream.get(4..).unwrap_or_default()).unwrap_or_else(whole)
}

/// The same without the length in front.
pub(in crate::file) fn packaged(bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    let mut rest = bytes.get(2..)?;
    let label = zero_ended(&mut rest)?;
    zero_ended(&mut rest)?;
    let path = u32_at(rest, 4)? as usize;
    let rest = rest.get(8_usize.checked_add(path)?..)?;
    let length = u32_at(rest, 0)? as usize;
    let content = rest.get(4..)?;
    let name = if label.is_empty() { "object".to_owned() } else { label.rsplit(['\\', '/']).next().unwrap_or("object").to_owned() };
    Some((name, content[..length.min(content.len())].to_vec()))
}

fn zero_ended(rest: &mut &[u8]) -> Option<String> {
    let end = memchr::memchr(0, rest)?;
    let text = charset::text(Cow::Borrowed(&rest[..end]), None).0;
    *rest = &rest[end + 1..];
    Some(text.chars().filter(|c| !c.is_control()).collect())
}

/// Strings of a record that is not understood.
pub(super) fn loose(data: &[u8], out: &mut String) {
    if data.len() >= 6 {
        out.push_str(&residue::strings(data));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packaged_files_come_out_with_their_names() {
        let mut stream = b"\0\0\0\0\x02\0C:\\a\\keys.txt\0C:\\a\\keys.txt\0\0\0\x03\0\x05\0\0\0temp\0\x04\0\0\0data".to_vec();
        assert_eq!(ole10_native(&stream), ("keys.txt".into(), b"data".to_vec()));
        stream.truncate(12);
        assert_eq!(ole10_native(&stream).0, "object");
    }
}
