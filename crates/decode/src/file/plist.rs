//! Property lists of Apple (binary and XML): settings, among them profiles of devices with their passwords (`.mobileconfig`).
//!
//! A setting is a line `key: value`; data becomes a file of its own, for profiles carry certificates with keys.

use super::{Contents, Member, Passage};
use base64::Engine as _;
use quick_xml::Reader;
use quick_xml::events::Event;

/// Objects of one list, and lists within lists.
const MOST_OBJECTS: usize = 200_000;
const DEEPEST: u32 = 32;
/// Data shorter than this is no file.
const LEAST_DATA: usize = 32;

#[derive(Default)]
struct Found {
    lines: String,
    members: Vec<Member>,
}

impl Found {
    fn setting(&mut self, key: &str, value: &str) {
        if !value.trim().is_empty() {
            self.lines.extend([key, if key.is_empty() { "" } else { ": " }, value.trim(), "\n"]);
        }
    }

    fn data(&mut self, key: &str, data: &[u8]) {
        if let Ok(text) = std::str::from_utf8(data) {
            self.setting(key, text);
        } else if data.len() >= LEAST_DATA {
            let name = format!("{} {}", if key.is_empty() { "data" } else { key }, self.members.len() + 1);
            self.members.push(Member::whole(name, data.to_vec()));
        }
    }

    fn contents(self, media: &'static str) -> Contents {
        Contents { media, passages: vec![Passage::visible(self.lines)], members: self.members, ..Contents::default() }
    }
}

/// A list in XML; `None` for other text.
pub(super) fn xml(text: &str) -> Option<Contents> {
    let begins = text.trim_start();
    let head = &begins.as_bytes()[..begins.len().min(1000)];
    if !begins.starts_with('<') || memchr::memmem::find(head, b"<plist").is_none() {
        return None;
    }
    let mut reader = Reader::from_str(text);
    let (mut found, mut key, mut value, mut kind) = (Found::default(), String::new(), String::new(), String::new());
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => {
                kind = e.local_name().as_ref().to_owned();
                value.clear();
            }
            Ok(Event::Empty(e)) if matches!(e.local_name().as_ref(), "true" | "false") => found.setting(&key, e.local_name().as_ref()),
            Ok(Event::Text(t)) => value.push_str(&t),
            Ok(Event::CData(t)) => value.push_str(&t),
            Ok(Event::GeneralRef(r)) => match r.resolve_char_ref() {
                Ok(Some(c)) => value.push(c),
                _ => value.extend(quick_xml::escape::resolve_predefined_entity(&r)),
            },
            Ok(Event::End(_)) => {
                match kind.as_str() {
                    "key" => key = std::mem::take(&mut value),
                    "string" | "integer" | "real" | "date" => found.setting(&key, &value),
                    "data" => {
                        let encoded: String = value.split_whitespace().collect();
                        found.data(&key, &base64::engine::general_purpose::STANDARD.decode(encoded).unwrap_or_default());
                    }
                    _ => {}
                }
                kind.clear();
            }
            Ok(Event::Eof) | Err(_) => break,
            _ => {}
        }
    }
    Some(found.contents("application/x-plist"))
}

/// A binary list (`bplist00`, CFBinaryPList).
pub(super) fn binary(bytes: &[u8]) -> Option<Contents> {
    let trailer = bytes.last_chunk::<32>()?;
    let wide = |at: usize| usize::try_from(u64::from_be_bytes(*trailer[at..].first_chunk().unwrap_or(&[0; 8]))).ok();
    let list = List { bytes, offset_size: trailer[6].into(), reference_size: trailer[7].into(), table: wide(24)?, count: wide(8)? };
    let (mut found, mut left) = (Found::default(), MOST_OBJECTS);
    list.walk(wide(16)?, "", 0, &mut left, &mut found);
    Some(found.contents("application/x-bplist"))
}

struct List<'a> {
    bytes: &'a [u8],
    offset_size: usize,
    reference_size: usize,
    table: usize,
    count: usize,
}

impl<'a> List<'a> {
    fn number(&self, at: usize, size: usize) -> Option<usize> {
        (1..=8).contains(&size).then_some(())?;
        Some(self.bytes.get(at..at.checked_add(size)?)?.iter().fold(0_usize, |n, b| n.wrapping_shl(8) | usize::from(*b)))
    }

    /// Kind, low bits and start of an object.
    fn object(&self, n: usize) -> Option<(u8, usize, usize)> {
        (n < self.count).then_some(())?;
        let at = self.number(self.table.checked_add(n.checked_mul(self.offset_size)?)?, self.offset_size)?;
        let marker = *self.bytes.get(at)?;
        Some((marker >> 4, usize::from(marker & 0xf), at + 1))
    }

    /// The length of an object, which may be a number of its own, and where its contents start.
    fn length(&self, low: usize, at: usize) -> Option<(usize, usize)> {
        if low < 15 {
            return Some((low, at));
        }
        let size = 1 << (*self.bytes.get(at)? & 3);
        Some((self.number(at + 1, size)?, at + 1 + size))
    }

    fn text(&self, n: usize) -> Option<String> {
        let (kind, low, at) = self.object(n)?;
        let (length, at) = self.length(low, at)?;
        match kind {
            5 => Some(String::from_utf8_lossy(self.bytes.get(at..at.checked_add(length)?)?).into_owned()),
            6 => {
                let units = self.bytes.get(at..at.checked_add(length.checked_mul(2)?)?)?.chunks_exact(2);
                Some(String::from_utf16_lossy(&units.map(|p| u16::from_be_bytes([p[0], p[1]])).collect::<Vec<_>>()))
            }
            _ => None,
        }
    }

    fn walk(&self, n: usize, key: &str, depth: u32, left: &mut usize, found: &mut Found) -> Option<()> {
        if depth > DEEPEST || *left == 0 {
            return None;
        }
        *left -= 1;
        let (kind, low, at) = self.object(n)?;
        match kind {
            0 if matches!(low, 8 | 9) => found.setting(key, if low == 9 { "true" } else { "false" }),
            1 => found.setting(key, &self.number(at, 1 << low.min(3))?.to_string()),
            2 => {
                let bits = self.number(at, 1 << low.min(3))? as u64;
                let real = if low == 2 { f32::from_bits(bits as u32).into() } else { f64::from_bits(bits) };
                found.setting(key, &real.to_string());
            }
            4 => {
                let (length, at) = self.length(low, at)?;
                found.data(key, self.bytes.get(at..at.checked_add(length)?)?);
            }
            5 | 6 => found.setting(key, &self.text(n)?),
            0xa..=0xc => {
                let (length, at) = self.length(low, at)?;
                for n in 0..length.min(*left) {
                    self.walk(self.number(at + n * self.reference_size, self.reference_size)?, key, depth + 1, left, found);
                }
            }
            0xd => {
                let (length, at) = self.length(low, at)?;
                for n in 0..length.min(*left) {
                    let name = self.number(at + n * self.reference_size, self.reference_size)?;
                    let value = self.number(at + (length + n) * self.reference_size, self.reference_size)?;
                    self.walk(value, &self.text(name).unwrap_or_default(), depth + 1, left, found);
                }
            }
            _ => {}
        }
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_in_xml_are_lines() {
        let list = "<?xml version=\"1.0\"?><!DOCTYPE plist><plist version=\"1.0\"><dict><key>Password</key><string>Kite &amp; 7</string><key>On</key><true/><key>Cert</key><data>gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICA</data></dict></plist>";
        let found = xml(list).expect("a list");
        assert_eq!(found.passages[0].body, "Password: Kite & 7\nOn: true\n");
        assert!(xml("<html><body>plist</body></html>").is_none());
    }

    #[test]
    fn a_binary_list_is_read() {
        // {"PIN": "4711"} with one-byte offsets and references.
        let mut bytes = b"bplist00\xd1\x01\x02\x53PIN\x544711".to_vec();
        bytes.extend([8, 11, 15]);
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
        bytes.extend([3_u64, 0, 20].iter().flat_map(|n| n.to_be_bytes()));
        assert_eq!(binary(&bytes).expect("a list").passages[0].body, "PIN: 4711\n");
    }

    #[test]
    fn lists_that_hold_themselves_end() {
        let mut bytes = b"bplist00\xa2\x00\x00".to_vec();
        bytes.push(8);
        bytes.extend([0, 0, 0, 0, 0, 0, 1, 1]);
        bytes.extend([1_u64, 0, 11].iter().flat_map(|n| n.to_be_bytes()));
        assert!(binary(&bytes).is_some());
    }
}
