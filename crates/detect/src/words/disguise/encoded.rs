//! Encodings that hide a value from the eye only: base64, hexadecimal, percent signs, entities, rot13, reversal.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Fewest bytes of a text behind an encoding; shorter ones come about by chance.
const SHORTEST: usize = 8;

/// Text in base64 (RFC 4648 §4 and §5), in UTF-8 or, as Windows writes it, in UTF-16 little-endian. `None` where the bytes are no
/// text, which is so for nearly all keys and words that happen to be valid base64.
pub(crate) fn base64_text(text: &str) -> Option<String> {
    let bytes = base64_bytes(text).filter(|_| text.len() >= 12)?;
    readable(&bytes)
}

/// The bytes behind base64 of any length.
pub(crate) fn base64_bytes(text: &str) -> Option<Vec<u8>> {
    let fits = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=' | b'-' | b'_');
    if !(4..=4096).contains(&text.len()) || !text.bytes().all(fits) {
        return None;
    }
    let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let alphabet = if text.contains(['-', '_']) { URL_SAFE } else { STANDARD };
    GeneralPurpose::new(&alphabet, config).decode(text).ok()
}

/// The bytes of hexadecimal digits.
pub(crate) fn hex_bytes(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    if !digits.len().is_multiple_of(2) || digits.len() > 4096 || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    let nibble = |b: u8| char::from(b).to_digit(16).unwrap_or(0) as u8;
    Some(digits.chunks_exact(2).map(|pair| nibble(pair[0]) << 4 | nibble(pair[1])).collect())
}

/// Text in hexadecimal digits.
pub(crate) fn hex_text(text: &str) -> Option<String> {
    readable(&hex_bytes(text).filter(|b| b.len() >= SHORTEST)?)
}

fn readable(bytes: &[u8]) -> Option<String> {
    let wide = bytes.len().is_multiple_of(2) && bytes.iter().skip(1).step_by(2).filter(|b| **b == 0).count() * 10 >= bytes.len() / 2 * 8;
    let text = if wide && bytes.len() >= SHORTEST {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
        let text = String::from_utf16(&units).ok()?;
        // An answer file of Windows appends the name of the element (unattend: "Hide sensitive data").
        let kept = text.strip_suffix("AdministratorPassword").or_else(|| text.strip_suffix("Password")).filter(|t| !t.is_empty());
        kept.unwrap_or(&text).to_owned()
    } else {
        std::str::from_utf8(bytes).ok()?.trim_end_matches(['\n', '\r']).to_owned()
    };
    let shown = |c: char| !c.is_control() && !('\u{80}'..='\u{bf}').contains(&c) || c == '\0';
    let letters = text.chars().filter(|c| c.is_alphanumeric()).count();
    (bytes.len() >= SHORTEST && text.chars().all(shown) && letters * 2 >= text.chars().count()).then_some(text)
}

/// Letters moved by half the alphabet.
pub(crate) fn rot13(text: &str) -> String {
    moved(text, 13)
}

/// Letters moved by so many places in the alphabet.
pub(crate) fn moved(text: &str, places: u8) -> String {
    letters(text, |at| (at + places) % 26)
}

/// The first letter for the last one, the second for the last but one.
pub(crate) fn mirrored(text: &str) -> String {
    letters(text, |at| 25 - at)
}

/// The text with other letters; `of` is told the place of each in the alphabet.
fn letters(text: &str, of: impl Fn(u8) -> u8) -> String {
    let turn = |c: char, first: u8| char::from(of(c as u8 - first) + first);
    text.chars()
        .map(|c| match c {
            'a'..='z' => turn(c, b'a'),
            'A'..='Z' => turn(c, b'A'),
            _ => c,
        })
        .collect()
}

/// Escapes of JSON as text (RFC 8259 §7): `\\u005c`; `None` where there are none.
pub(crate) fn json(text: &str) -> Option<String> {
    let escape = |rest: &str| {
        let code = rest.strip_prefix("\\u").and_then(|r| r.get(..4)).and_then(|digits| u32::from_str_radix(digits, 16).ok())?;
        char::from_u32(code).filter(|c| !c.is_control())
    };
    let (mut out, mut rest, mut decoded) = (String::new(), text, false);
    while let Some(at) = rest.find("\\u") {
        out.push_str(&rest[..at]);
        let c = escape(&rest[at..]);
        decoded |= c.is_some();
        out.push_str(&c.map_or("\\u".to_owned(), String::from));
        rest = &rest[at + if c.is_some() { 6 } else { 2 }..];
    }
    out.push_str(rest);
    decoded.then_some(out)
}

/// Bytes as a registry of Windows exports them, `hex:48,00,6f,00`, as text.
pub(crate) fn registry(text: &str) -> Option<String> {
    let digits = text.strip_prefix("hex:").or_else(|| text.strip_prefix("hex(1):"))?;
    let bytes: Option<Vec<u8>> = digits.split(',').map(|b| u8::from_str_radix(b.trim(), 16).ok()).collect();
    let text = readable(&bytes?)?;
    Some(text.trim_end_matches('\0').to_owned())
}

/// Whether a value looks more natural from its end: capitals stand at the ends of words, digits and signs before them.
pub(crate) fn is_reversed(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let joins = |from: fn(char) -> bool, to: fn(char) -> bool| chars.windows(2).filter(|w| from(w[0]) && to(w[1])).count() as i32;
    let capital = |c: char| c.is_uppercase();
    let small = |c: char| c.is_lowercase();
    let digit = |c: char| c.is_ascii_digit();
    let forward = joins(capital, small) + joins(small, digit);
    let backward = joins(small, capital) + joins(digit, small);
    backward > forward
}

/// Percent-encoded bytes as text; `None` where there is nothing to decode.
pub(crate) fn percent(text: &str) -> Option<String> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let (mut at, mut decoded) = (0, false);
    while at < bytes.len() {
        let hex = |n: usize| bytes.get(at + n).and_then(|b| char::from(*b).to_digit(16));
        match (bytes[at], hex(1), hex(2)) {
            (b'%', Some(high), Some(low)) => {
                out.push((high << 4 | low) as u8);
                decoded = true;
                at += 3;
            }
            (byte, ..) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    let text = String::from_utf8(out).ok()?;
    (decoded && !text.chars().any(char::is_control)).then_some(text)
}

/// Escapes of quoted-printable as text (RFC 2045 §6.7); `None` where there are none.
pub(crate) fn printable(text: &str) -> Option<String> {
    let escape = |rest: &str| rest.get(1..3).and_then(|digits| u8::from_str_radix(digits, 16).ok()).filter(|b| b.is_ascii_graphic());
    let (mut out, mut rest, mut decoded) = (String::new(), text, false);
    while let Some(at) = rest.find('=') {
        out.push_str(&rest[..at]);
        let byte = escape(&rest[at..]);
        out.push(byte.map_or('=', char::from));
        decoded |= byte.is_some();
        rest = &rest[at + if byte.is_some() { 3 } else { 1 }..];
    }
    out.push_str(rest);
    decoded.then_some(out)
}

/// Entities of XML (XML 1.0 §4.6) and character references; `None` where there are none.
pub(crate) fn entities(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let (mut rest, mut decoded) = (text, false);
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        let reference = rest[at + 1..].split_once(';').filter(|(name, _)| name.len() <= 8);
        match reference.and_then(|(name, tail)| Some((character(name)?, tail))) {
            Some((c, tail)) => {
                out.push(c);
                (rest, decoded) = (tail, true);
            }
            None => {
                out.push('&');
                rest = &rest[at + 1..];
            }
        }
    }
    out.push_str(rest);
    decoded.then_some(out)
}

fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|c| !c.is_control())
        }
    }
}
