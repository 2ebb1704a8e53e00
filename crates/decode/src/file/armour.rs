//! Bytes written as text between lines of dashes: PEM (RFC 7468, RFC 1421) and the armour of PGP (RFC 9580 §6.2).

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true),
);
const BEGIN: &str = "-----BEGIN ";

/// One block: its label, the fields before its text, and its bytes.
pub(super) struct Block<'a> {
    pub label: &'a str,
    pub fields: Vec<(&'a str, &'a str)>,
    pub bytes: Vec<u8>,
}

/// The blocks in a text, of those whose label is wanted. Those that are not base64 have no bytes.
pub(super) fn blocks<'a>(text: &'a str, wanted: fn(&str) -> bool) -> impl Iterator<Item = Block<'a>> {
    text.match_indices(BEGIN).filter_map(move |(at, _)| {
        let (label, rest) = text[at + BEGIN.len()..].split_once("-----").filter(|(label, _)| label.len() < 64 && wanted(label))?;
        let rest = &rest[..rest.find("-----END ")?];
        // Mail quotes and indents.
        let lines = || rest.lines().map(|l| l.trim_start_matches(['>', ' ', '\t']).trim_end()).filter(|l| !l.is_empty());
        let fields = lines().filter_map(|l| l.split_once(": ")).collect();
        // A line of its own that begins with an equals sign is a checksum.
        let encoded: String = lines().filter(|l| !l.contains(':') && !l.starts_with('=')).map(|l| l.trim_end_matches('=')).collect();
        Some(Block { label, fields, bytes: LENIENT.decode(encoded).unwrap_or_default() })
    })
}

/// Bytes as a block of text.
pub(super) fn written(label: &str, bytes: &[u8]) -> String {
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let lines: Vec<&str> = encoded.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap_or_default()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_found_in_quoted_mail() {
        let mail = "> see\n> -----BEGIN THING-----\n> Proc-Type: 4,ENCRYPTED\n>\n> AAEC\n> Aw==\n> =abcd\n> -----END THING-----\n";
        let block = blocks(mail, |label| label == "THING").next().expect("a block");
        assert_eq!((block.fields.as_slice(), block.bytes.as_slice()), (&[("Proc-Type", "4,ENCRYPTED")][..], &[0, 1, 2, 3][..]));
        assert!(blocks(mail, |label| label == "OTHER").next().is_none());
        assert_eq!(blocks(&written("THING", &[7; 100]), |_| true).next().expect("a block").bytes, [7; 100]);
    }
}
