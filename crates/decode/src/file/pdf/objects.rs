//! What the objects of a PDF say beside its pages: strings, names, trees.

use hayro_interpret::hayro_syntax::object::{Array, Dict, Object, String as PdfString};

/// Depth to which trees of fields, names and bookmarks are followed.
pub(super) const DEEPEST: u32 = 32;

/// A text string (ISO 32000-1 §7.9.2.2, ISO 32000-2 for UTF-8).
pub(super) fn text(bytes: &[u8]) -> String {
    let decoded = match bytes {
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => String::from_utf8_lossy(rest).into_owned(),
        _ => bytes.iter().map(|b| document_encoding(*b)).collect(),
    };
    decoded.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "")
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    // Languages are marked between escape characters (ISO 32000-1 §14.9.2).
    char::decode_utf16(units).map(|c| c.unwrap_or('\u{fffd}')).filter(|c| *c != '\u{1b}').collect()
}

/// PDFDocEncoding (ISO 32000-1 annex D.3): Latin-1 but for two rows.
fn document_encoding(byte: u8) -> char {
    const HIGH: [char; 33] = [
        '•', '†', '‡', '…', '—', '–', 'ƒ', '⁄', '‹', '›', '−', '‰', '„', '“', '”', '‘', '’', '‚', '™', 'ﬁ', 'ﬂ', 'Ł', 'Œ', 'Š', 'Ÿ', 'Ž',
        'ı', 'ł', 'œ', 'š', 'ž', '\u{fffd}', '€',
    ];
    match byte {
        0x80..=0xa0 => HIGH[usize::from(byte - 0x80)],
        _ => char::from(byte),
    }
}

/// A text string of a dictionary, with something in it.
pub(super) fn said(dict: &Dict<'_>, key: &str) -> Option<String> {
    dict.get::<PdfString<'_>>(key).map(|s| text(s.as_bytes())).filter(|s| !s.trim().is_empty())
}

/// Text, name, number or stream as text; several of them separated by commas.
pub(super) fn value(object: &Object<'_>) -> Option<String> {
    let found = match object {
        Object::String(s) => text(s.as_bytes()),
        Object::Name(n) => n.as_str().to_owned(),
        Object::Stream(s) => text(&s.decoded_data().ok()?),
        Object::Array(a) => a
            .iter::<Object<'_>>()
            .take(1000)
            .filter_map(|o| if matches!(o, Object::Array(_)) { None } else { value(&o) })
            .collect::<Vec<_>>()
            .join(", "),
        _ => return None,
    };
    Some(found).filter(|s| !s.trim().is_empty())
}

/// Walks a name tree (ISO 32000-1 §7.9.6) and hands out names and what they name.
pub(super) fn names<'a>(node: &Dict<'a>, depth: u32, left: &mut u32, out: &mut dyn FnMut(String, Object<'a>)) {
    if depth > DEEPEST {
        return;
    }
    if let Some(pairs) = node.get::<Array<'a>>("Names") {
        let mut pairs = pairs.iter::<Object<'a>>();
        while let (Some(name), Some(named)) = (pairs.next(), pairs.next()) {
            if *left == 0 {
                return;
            }
            *left -= 1;
            out(value(&name).unwrap_or_default(), named);
        }
    }
    for kid in node.get::<Array<'a>>("Kids").into_iter().flat_map(|kids| kids.iter::<Dict<'a>>()) {
        if *left == 0 {
            return;
        }
        *left -= 1;
        names(&kid, depth + 1, left, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_strings_are_read_in_their_encodings() {
        assert_eq!(text(b"caf\xe9 \x80"), "café •");
        assert_eq!(text(b"\xfe\xff\0P\0I\0N"), "PIN");
        assert_eq!(text("\u{feff}Schlüssel".as_bytes()), "Schlüssel");
    }
}
