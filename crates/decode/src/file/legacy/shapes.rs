//! Words in the properties of shapes ([MS-ODRAW] 2.2.7 to 2.3): WordArt, and what tells of a picture to those who do not see it.
//!
//! Tables of properties stand within records of many kinds, in streams that differ from program to program. Their heads tell them apart,
//! so that a broken record around them costs nothing.

use super::Pages;
use crate::file::le::{u16_at, u32_at, utf16};
use aftermail_model::Layer;
use std::collections::BTreeSet;

/// OfficeArtFOPT.
const TABLE: [u8; 2] = [0x0B, 0xF0];
/// gtextUNICODE (§2.3.22.1): the words of WordArt.
const WORD_ART: u16 = 0x00C0;
/// wzDescription (§2.3.4.7): the alternative text.
const DESCRIPTION: u16 = 0x0381;
/// Properties of one shape; there are some 400 kinds.
const MOST: usize = 512;
/// Bytes of one text.
const LONGEST: usize = 1 << 16;

/// Says what the shapes in a stream say, each text once.
pub(super) fn say(stream: &[u8], pages: &mut Pages) {
    let mut said = BTreeSet::new();
    let (mut art, mut described) = (String::new(), String::new());
    for at in memchr::memmem::find_iter(stream, &TABLE) {
        for (kind, text) in at.checked_sub(2).map(|start| table(&stream[start..])).unwrap_or_default() {
            let out = if kind == WORD_ART { &mut art } else { &mut described };
            if !text.trim().is_empty() && said.insert((kind, text.clone())) {
                out.extend([text.as_str(), "\n"]);
            }
        }
    }
    pages.say(Layer::Visible, "shapes", art.replace('\r', "\n"));
    pages.say(Layer::Attribute, "shapes", described.replace('\r', "\n"));
}

/// The texts among the properties of a table that begins here: entries of six bytes, then what they refer to, in their order.
fn table(bytes: &[u8]) -> Vec<(u16, String)> {
    let (Some(head), Some(length)) = (u16_at(bytes, 0), u32_at(bytes, 4)) else { return Vec::new() };
    let count = usize::from(head >> 4);
    let body = bytes.get(8..8_usize.saturating_add(length as usize)).unwrap_or_default();
    if head & 0xF != 3 || count == 0 || count > MOST || body.len() < count * 6 {
        return Vec::new();
    }
    let (entries, mut rest) = body.split_at(count * 6);
    let mut found = Vec::new();
    for entry in entries.chunks_exact(6) {
        let (Some(name), Some(size)) = (u16_at(entry, 0), u32_at(entry, 2)) else { break };
        // The upper bit says that the value stands behind the table, and how long it is.
        if name & 0x8000 == 0 {
            continue;
        }
        let Some((value, behind)) = rest.split_at_checked(size as usize) else { break };
        rest = behind;
        let kind = name & 0x3FFF;
        if matches!(kind, WORD_ART | DESCRIPTION) && value.len() <= LONGEST {
            found.push((kind, utf16(value).trim_end_matches('\0').to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wide(text: &str) -> Vec<u8> {
        text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
    }

    /// A table of these properties, as a program writes it.
    fn written(properties: &[(u16, &[u8])]) -> Vec<u8> {
        let entries = properties.iter().flat_map(|(name, value)| {
            let size = u32::try_from(value.len()).expect("small").to_le_bytes();
            (name | 0x8000).to_le_bytes().into_iter().chain(size).collect::<Vec<_>>()
        });
        let body: Vec<u8> = entries.chain(properties.iter().flat_map(|(_, value)| value.iter().copied())).collect();
        let head = u16::try_from(properties.len() << 4 | 3).expect("few").to_le_bytes();
        let size = u32::try_from(body.len()).expect("small").to_le_bytes();
        [head.as_slice(), &TABLE, &size, &body].concat()
    }

    #[test]
    fn word_art_and_descriptions_are_told_apart() {
        let (art, description, other) = (wide("Gate 4711"), wide("a heron"), wide("not this"));
        let bytes = written(&[(0x0105, &other), (WORD_ART, &art), (DESCRIPTION, &description)]);
        assert_eq!(table(&bytes), [(WORD_ART, "Gate 4711".to_owned()), (DESCRIPTION, "a heron".to_owned())]);
        for length in 0..bytes.len() {
            table(&bytes[..length]);
        }
    }
}
