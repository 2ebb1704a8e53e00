//! Agile encryption (§2.3.4.10 to §2.3.4.15): Office 2010 and later.

use super::cipher::{Aes, Hash};
use super::{Opener, sized, utf16};
use crate::Key;
use crate::file::Loss;
use crate::file::xml::{self, Attributes, Node};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// Bytes of the package that share an initialisation vector.
const SEGMENT: usize = 4096;
const VERIFIER_INPUT: [u8; 8] = [0xfe, 0xa7, 0xd2, 0x76, 0x3b, 0x4b, 0x9e, 0x79];
const VERIFIER_HASH: [u8; 8] = [0xd7, 0xaa, 0x0f, 0x6d, 0x30, 0x61, 0x34, 0x4e];
const KEY_VALUE: [u8; 8] = [0x14, 0x6e, 0x0b, 0xe7, 0xab, 0xac, 0xd0, 0xd6];

/// `keyData` or `encryptedKey` of the descriptor.
struct Spec {
    salt: Vec<u8>,
    block: usize,
    key: usize,
    hash: Hash,
    spins: u32,
    verifier_input: Vec<u8>,
    verifier_hash: Vec<u8>,
    key_value: Vec<u8>,
}

/// None where the descriptor is not understood.
pub(super) fn open(info: &[u8], package: &[u8], opener: &mut Opener<'_, '_>) -> Option<Result<(Vec<u8>, Key), Loss>> {
    let descriptor = xml::text(info.get(8..)?);
    let (mut data, mut password) = (None, None);
    // A descriptor that breaks off lacks one of the two.
    let _ = xml::walk(&descriptor, |node| match node {
        Node::Open("keyData", a) => data = Spec::read(a),
        Node::Open("encryptedKey", a) => password = Spec::read(a),
        _ => {}
    });
    let (data, password) = (data?, password?);
    let key = opener.unlock(password.spins, |word| password.opens(word));
    Some(key.map(|(key, by)| (sized(data.package(&key, package), package), by)))
}

impl Spec {
    fn read(attributes: Attributes<'_>) -> Option<Spec> {
        let text = |name| attributes.get(name).unwrap_or_default();
        let number = |name| text(name).parse::<usize>().ok();
        let bytes = |name| STANDARD.decode(text(name).trim()).unwrap_or_default();
        let aes = text("cipherAlgorithm") == "AES" && text("cipherChaining") == "ChainingModeCBC";
        aes.then_some(Spec {
            salt: bytes("saltValue"),
            block: number("blockSize").filter(|n| *n == 16)?,
            key: number("keyBits").filter(|n| matches!(n, 128 | 192 | 256))? / 8,
            hash: Hash::named(&text("hashAlgorithm"))?,
            spins: text("spinCount").parse().unwrap_or(0),
            verifier_input: bytes("encryptedVerifierHashInput"),
            verifier_hash: bytes("encryptedVerifierHashValue"),
            key_value: bytes("encryptedKeyValue"),
        })
    }

    /// The key of the package, where this is the password.
    fn opens(&self, word: &str) -> Option<Vec<u8>> {
        let spun = self.hash.spun(&self.salt, &utf16(word), self.spins);
        let iv = fitted(&self.salt, self.block);
        let plain = |block_key: &[u8], data: &[u8]| {
            let key = fitted(&self.hash.of(&[&spun, block_key]), self.key);
            Some(Aes::new(&key)?.chain(&iv, data))
        };
        let input = plain(&VERIFIER_INPUT, &self.verifier_input)?;
        let expected = plain(&VERIFIER_HASH, &self.verifier_hash)?;
        let found = self.hash.of(&[input.get(..self.salt.len())?]);
        if !expected.starts_with(&found) {
            return None;
        }
        let mut key = plain(&KEY_VALUE, &self.key_value)?;
        key.truncate(self.key);
        Some(key)
    }

    fn package(&self, key: &[u8], package: &[u8]) -> Vec<u8> {
        let Some(aes) = Aes::new(key) else { return Vec::new() };
        let body = package.get(8..).unwrap_or_default();
        let mut plain = Vec::with_capacity(body.len());
        for (number, segment) in (0_u32..).zip(body.chunks(SEGMENT)) {
            let iv = fitted(&self.hash.of(&[&self.salt, &number.to_le_bytes()]), self.block);
            plain.extend(aes.chain(&iv, segment));
        }
        plain
    }
}

/// Cut to a length, or filled up with 0x36 (§2.3.4.11, §2.3.4.12).
fn fitted(bytes: &[u8], length: usize) -> Vec<u8> {
    let mut out = bytes.to_vec();
    out.resize(length, 0x36);
    out
}
