//! Exports of the Windows registry (`.reg`): values that are written as bytes are put into words.

use super::{Contents, Passage};

/// An export of the registry; `None` for other text.
pub(super) fn read(text: &str) -> Option<Contents> {
    if !(text.starts_with("Windows Registry Editor") || text.starts_with("REGEDIT4")) {
        return None;
    }
    // A value goes on in the next line after a backslash.
    let joined = text.replace("\r\n", "\n").replace("\\\n", "");
    let body = joined.lines().map(|line| format!("{}\n", worded(line).unwrap_or_else(|| line.to_owned()))).collect();
    Some(Contents { media: "text/x-ms-regedit", passages: vec![Passage::visible(body)], ..Contents::default() })
}

/// A line `"name"=hex(2):70,00,…` with its text: REG_SZ, REG_EXPAND_SZ and REG_MULTI_SZ are UTF-16.
fn worded(line: &str) -> Option<String> {
    let (name, value) = line.split_once('=')?;
    let (kind, digits) = value.strip_prefix("hex")?.split_once(':')?;
    let bytes: Vec<u8> = digits.split(',').filter_map(|d| u8::from_str_radix(d.trim(), 16).ok()).collect();
    let text = match kind {
        "(1)" | "(2)" | "(7)" => {
            String::from_utf16_lossy(&bytes.chunks_exact(2).map(|p| u16::from_le_bytes([p[0], p[1]])).collect::<Vec<_>>())
        }
        _ => String::from_utf8(bytes).ok().filter(|t| !t.chars().any(|c| c.is_control() && c != '\0'))?,
    };
    let words = text.split('\0').filter(|w| !w.is_empty()).collect::<Vec<_>>().join(", ");
    Some(format!("{name}=\"{words}\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_values_become_words() {
        let file = "Windows Registry Editor Version 5.00\r\n\r\n[HKEY_CURRENT_USER\\Software]\r\n\"Password\"=hex(2):4b,00,69,00,\\\r\n  74,00,65,00,00,00\r\n\"n\"=dword:00000001\r\n";
        let found = read(file).expect("an export");
        assert!(found.passages[0].body.contains("\"Password\"=\"Kite\"\n\"n\"=dword:00000001\n"), "{}", found.passages[0].body);
    }
}
