//! The value of a secret, and everything that may be shown of it.

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize, Serializer};
use sha2::Sha256;
use std::fmt;

/// A value that prints, debugs and serialises only as its [`shape`].
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Sensitive<T>(T);

/// Proof that a person asked to see a value. Made only where that wish is recorded.
#[derive(Debug)]
pub struct RevealPermit(());

impl RevealPermit {
    /// The caller has recorded who asked and why (a journal entry, or the flag of a bare scan).
    pub fn recorded() -> RevealPermit {
        RevealPermit(())
    }
}

impl<T> Sensitive<T> {
    /// Takes a value in. From here on it cannot be printed by accident.
    pub fn new(value: T) -> Sensitive<T> {
        Sensitive(value)
    }

    /// The one way out.
    pub fn reveal(&self, _permit: &RevealPermit) -> &T {
        &self.0
    }
}

impl<T: AsRef<str>> Sensitive<T> {
    /// The redacted form of the value.
    pub fn shape(&self) -> String {
        shape(self.0.as_ref())
    }

    /// The keyed fingerprint of the value, under which all its occurrences are one finding.
    pub fn fingerprint(&self, key: &CaseKey) -> FindingId {
        key.fingerprint(self.0.as_ref())
    }
}

impl<T: AsRef<str>> fmt::Debug for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shape())
    }
}

impl<T: AsRef<str>> fmt::Display for Sensitive<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shape())
    }
}

impl<T: AsRef<str>> Serialize for Sensitive<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.shape())
    }
}

/// The redacted form of a value: `Su•••••24, 12 chars`.
///
/// The two first and two last characters help a person who knows the secret to recognise it. They are
/// shown only from 12 characters on; from 8 on, the first one; a shorter value shows only its length, since
/// two letters of a PIN are half of it. Several lines show as the kind of block and its length.
pub fn shape(value: &str) -> String {
    let chars: Vec<char> = value.trim().chars().collect();
    let n = chars.len();
    if value.trim_start().starts_with("-----BEGIN ") {
        let title: String = value.trim_start()[11..].chars().take_while(|c| *c != '-' && *c != '\n').collect();
        return format!("{} block, {n} chars", title.trim());
    }
    let visible = |c: &char| if c.is_control() || c.is_whitespace() { '·' } else { *c };
    match n {
        0..=7 => {
            let what = if chars.iter().all(char::is_ascii_digit) { "digits" } else { "chars" };
            format!("•••••, {n} {what}")
        }
        8..=11 => format!("{}•••••, {n} chars", visible(&chars[0])),
        _ => format!("{}{}•••••{}{}, {n} chars", visible(&chars[0]), visible(&chars[1]), visible(&chars[n - 2]), visible(&chars[n - 1])),
    }
}

/// The key of a case. Fingerprints of one case mean nothing in another, and cannot be tried against a word list
/// by someone who has the tables but not the key.
#[derive(Clone)]
pub struct CaseKey([u8; 32]);

impl fmt::Debug for CaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CaseKey(…)")
    }
}

impl CaseKey {
    /// Takes 32 random bytes.
    pub fn new(bytes: [u8; 32]) -> CaseKey {
        CaseKey(bytes)
    }

    /// The key's bytes, for the case folder's key file and the worker's handshake only.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// HMAC-SHA-256 (RFC 2104) of the value under this key, cut to 128 bits.
    pub fn fingerprint(&self, value: &str) -> FindingId {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(value.as_bytes());
        let digest = mac.finalize().into_bytes();
        FindingId(digest[..16].iter().map(|b| format!("{b:02x}")).collect())
    }
}

/// Name of a finding: 32 hex digits, the keyed fingerprint of its value.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FindingId(String);

impl FindingId {
    /// The name back from a table.
    pub fn from_text(text: &str) -> FindingId {
        FindingId(text.to_owned())
    }

    /// All 32 digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The first 8 digits, for people.
    pub fn short(&self) -> &str {
        self.0.get(..8).unwrap_or(&self.0)
    }
}

impl fmt::Display for FindingId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sensitive_value_prints_only_its_shape() {
        let value = Sensitive::new("Kestrel-Falcon-88".to_owned());
        for shown in [format!("{value}"), format!("{value:?}"), format!("{:#?}", Some(&value))] {
            assert!(!shown.contains("Falcon"), "{shown}");
            assert!(shown.contains("17 chars"), "{shown}");
        }
    }

    #[test]
    fn short_values_show_none_of_their_characters() {
        assert_eq!(shape("4093"), "•••••, 4 digits");
        assert_eq!(shape("Biscuit"), "•••••, 7 chars");
        assert_eq!(shape("Biscuit77"), "B•••••, 9 chars");
        assert_eq!(shape("Biscuit77-Biscuit77"), "Bi•••••77, 19 chars");
    }

    #[test]
    fn a_key_block_shows_its_title_only() {
        let block = "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----";
        assert_eq!(shape(block), format!("RSA PRIVATE KEY block, {} chars", block.chars().count()));
    }

    #[test]
    fn fingerprints_differ_between_cases_and_agree_within_one() {
        let (a, b) = (CaseKey::new([1; 32]), CaseKey::new([2; 32]));
        assert_eq!(a.fingerprint("Winter2024!"), a.fingerprint("Winter2024!"));
        assert_ne!(a.fingerprint("Winter2024!"), b.fingerprint("Winter2024!"));
        assert_eq!(a.fingerprint("x").as_str().len(), 32);
    }
}
