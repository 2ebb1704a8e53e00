//! Names of members.

use super::super::keys::dos_text;
use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

/// A name without what a terminal or report could take for something else.
pub(super) fn clean(name: &str) -> String {
    let name: String = name.chars().filter(|c| !c.is_control()).take(255).collect();
    if name.is_empty() { "file without a name".into() } else { name }
}

/// A name of which nobody says how it is written: UTF-8, the code page of DOS, or what Windows writes elsewhere.
pub(super) fn guessed(name: &[u8]) -> String {
    if let Ok(name) = std::str::from_utf8(name) {
        return clean(name);
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Deny);
    detector.feed(name, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    // Asian names are many bytes above 127 and told well; in western ones a byte or two decide nothing, and zip says DOS.
    let text = if encoding.is_single_byte() { dos_text(name) } else { encoding.decode_without_bom_handling(name).0.into_owned() };
    clean(&text)
}
