//! Bytes of any charset, declared, wrongly declared or not declared, as text.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};
use std::borrow::Cow;

/// Bytes by which text is told from a binary.
const SAMPLE: usize = 64 << 10;
/// Bytes without a control character that are no binary by chance.
const SHORTEST_FOREIGN: usize = 16;
/// Bytes by which a charset is guessed. Letters beyond ASCII tell it; more of them tell no more.
const TELLING: usize = 4 << 10;

/// Message bytes in a form in which ASCII stands as ASCII and lines end in LF or CRLF: UTF-16 becomes UTF-8, a byte order
/// mark goes, CR alone becomes LF. Most bytes come back as they are.
pub(crate) fn readable(bytes: &[u8]) -> Cow<'_, [u8]> {
    let plain: Cow<[u8]> = match utf16(bytes) {
        Some(encoding) => Cow::Owned(encoding.decode(bytes).0.into_owned().into_bytes()),
        None => Cow::Borrowed(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)),
    };
    if memchr::memchr(b'\n', &plain).is_none() && memchr::memchr(b'\r', &plain).is_some() {
        return Cow::Owned(plain.iter().map(|b| if *b == b'\r' { b'\n' } else { *b }).collect());
    }
    plain
}

/// Whether the bytes are UTF-16, by their mark or by every other byte of their beginning being zero.
fn utf16(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(256) & !1];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|b| **b == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), head.len() / 2);
    if pairs < 4 {
        None
    } else if odd * 10 >= pairs * 8 && even * 10 <= pairs {
        Some(UTF_16LE)
    } else if even * 10 >= pairs * 8 && odd * 10 <= pairs {
        Some(UTF_16BE)
    } else {
        None
    }
}

/// Whether bytes are text of some charset rather than a binary format.
pub(crate) fn is_text(bytes: &[u8]) -> bool {
    if bytes.is_empty() {
        return false;
    }
    if utf16(bytes).is_some() {
        return true;
    }
    let head = &bytes[..bytes.len().min(SAMPLE)];
    let control = head.iter().filter(|b| matches!(b, 0..=8 | 14..=26 | 28..=31 | 127)).count();
    let high = head.iter().filter(|b| **b >= 128).count();
    // Text of the old charsets of Asia and of the Cyrillic ones is all high bytes, and has no control characters at all.
    let foreign = || control == 0 && head.len() >= SHORTEST_FOREIGN;
    let few = control * 200 <= head.len() && !head.contains(&0);
    few && (high * 10 <= head.len() * 3 || std::str::from_utf8(head).is_ok_or_cut() || foreign())
}

trait CutOff {
    fn is_ok_or_cut(&self) -> bool;
}

impl CutOff for Result<&str, std::str::Utf8Error> {
    /// Valid, or cut off inside the last character.
    fn is_ok_or_cut(&self) -> bool {
        match self {
            Ok(_) => true,
            Err(e) => e.error_len().is_none(),
        }
    }
}

/// Text of bytes, and the name of the charset that was used.
pub(crate) fn text(bytes: Cow<'_, [u8]>, declared: Option<&str>) -> (String, &'static str) {
    if let Some(encoding) = utf16(&bytes) {
        return (encoding.decode(&bytes).0.into_owned(), encoding.name());
    }
    let label = declared.and_then(|d| Encoding::for_label(d.trim().as_bytes()));
    if let Some(encoding) = label.filter(|e| *e != UTF_8 && !is_ascii_alias(declared)) {
        let (text, _, broken) = encoding.decode(&bytes);
        if !broken {
            return (text.into_owned(), encoding.name());
        }
    }
    let bytes = match bytes {
        Cow::Owned(bytes) => String::from_utf8(bytes).map_err(|e| e.into_bytes()),
        Cow::Borrowed(bytes) => std::str::from_utf8(bytes).map(str::to_owned).map_err(|_| bytes.to_vec()),
    };
    match bytes {
        Ok(text) if !text.contains("\x1b$") && !text.contains("\x1b(") => (strip_mark(text), UTF_8.name()),
        Ok(text) => guessed(text.as_bytes()),
        Err(bytes) => guessed(&bytes),
    }
}

/// `us-ascii` is what mailers say when they do not know; the WHATWG takes it for windows-1252.
fn is_ascii_alias(declared: Option<&str>) -> bool {
    declared.is_some_and(|d| d.to_ascii_lowercase().contains("ascii"))
}

fn strip_mark(text: String) -> String {
    match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    }
}

fn guessed(bytes: &[u8]) -> (String, &'static str) {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&telling(bytes), true);
    let encoding = detector.guess(None, Utf8Detection::Allow);
    (encoding.decode(bytes).0.into_owned(), encoding.name())
}

/// The lines by which a charset is told: those with bytes beyond ASCII or with escapes, up to [`TELLING`] bytes of them.
fn telling(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if !line.is_ascii() || line.contains(&0x1b) {
            out.extend_from_slice(line);
        }
        if out.len() >= TELLING {
            break;
        }
    }
    out.truncate(SAMPLE);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declared_charsets_are_used() {
        assert_eq!(text(Cow::Borrowed(b"gr\xfc\xdfe"), Some("iso-8859-1")).0, "grüße");
        assert_eq!(text(Cow::Borrowed("grüße".as_bytes()), None).0, "grüße");
    }

    #[test]
    fn wrong_declarations_do_not_lose_letters() {
        let bytes = encoding_rs::WINDOWS_1251.encode("Пароль от сервера находится в сейфе, спросите у Ивана").0.into_owned();
        assert!(text(Cow::Borrowed(&bytes), Some("us-ascii")).0.contains("Пароль"));
        assert!(text(Cow::Borrowed(&bytes), None).0.contains("Пароль"));
    }

    #[test]
    fn old_line_ends_and_wide_letters_become_readable() {
        assert_eq!(readable(b"a\rb\r").as_ref(), b"a\nb\n");
        let wide: Vec<u8> = "Subject: hi\nabc".encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(readable(&wide).as_ref(), b"Subject: hi\nabc");
    }

    #[test]
    fn binaries_are_no_text() {
        assert!(is_text("naïve text\n".as_bytes()) && is_text(b"user,password\na,b\n"));
        let foreign = encoding_rs::GBK.encode("密码在保险箱里，请问伊万").0.into_owned();
        assert!(is_text(&foreign));
        assert!(!is_text(b"\x00\x01\x02\x03binary\x00\x00\x01") && !is_text(b""));
    }
}
