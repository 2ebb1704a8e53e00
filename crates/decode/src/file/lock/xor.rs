//! XOR obfuscation (§2.3.7): Excel and Word 95, and where nothing better was allowed.

use super::Opener;
use crate::Key;
use crate::file::Loss;

const PAD: [u8; 15] = [0xBB, 0xFF, 0xFF, 0xBA, 0xFF, 0xFF, 0xB9, 0x80, 0x00, 0xBE, 0x0F, 0x00, 0xBF, 0x0F, 0x00];
/// Longer passwords are not possible.
const LONGEST: usize = 15;

/// The key of an opened document: 16 bytes, over and over.
#[derive(Debug, Clone, Copy)]
pub(in crate::file) struct Xor(pub(in crate::file) [u8; 16]);

impl Xor {
    /// Opens a lock of Excel by its key and verifier (§2.3.7.2).
    pub(in crate::file) fn open(key: u16, verifier: u16, opener: &mut Opener<'_, '_>) -> Result<(Xor, Key), Loss> {
        opener.unlock(1, |word| {
            let word = ansi(word)?;
            (self::verifier(&word) == verifier && self::key(&word) == key).then(|| Xor(array(&word, key, 2)))
        })
    }

    /// Opens a lock of Word, which knows only a hash of key and verifier together (§2.3.7.5).
    pub(in crate::file) fn open_word(lock: u32, opener: &mut Opener<'_, '_>) -> Result<(Xor, Key), Loss> {
        opener.unlock(1, |word| {
            let word = ansi(word)?;
            let (key, verifier) = (self::key(&word), self::verifier(&word));
            (u32::from(verifier) << 16 | u32::from(key) == lock).then(|| Xor(array(&word, key, 7)))
        })
    }

    /// Decrypts data of an Excel record; `at` is where it ends in the stream.
    pub(in crate::file) fn record(&self, data: &mut [u8], at: usize) {
        for (n, byte) in data.iter_mut().enumerate() {
            *byte = byte.rotate_left(3) ^ self.0[(at + n) % 16];
        }
    }

    /// Decrypts a stream of Word: bytes that are 0 before or after stay as they are (§2.3.7.6).
    pub(in crate::file) fn word(&self, data: &mut [u8], at: usize) {
        for (n, byte) in data.iter_mut().enumerate() {
            let mask = self.0[(at + n) % 16];
            if *byte != 0 && *byte != mask {
                *byte ^= mask;
            }
        }
    }
}

/// The bytes of a password that one of Excel 95 can be.
fn ansi(word: &str) -> Option<Vec<u8>> {
    let (bytes, _, lost) = encoding_rs::WINDOWS_1252.encode(word);
    (!lost && !bytes.is_empty() && bytes.len() <= LONGEST).then(|| bytes.into_owned())
}

/// §2.3.7.1.
fn verifier(word: &[u8]) -> u16 {
    let all = [&[word.len() as u8], word].concat();
    let sum = all.iter().rev().fold(0_u16, |sum, byte| ((sum >> 14 & 1) | (sum << 1 & 0x7FFF)) ^ u16::from(*byte));
    sum ^ 0xCE4B
}

/// §2.3.7.2: every bit of the password chooses a word of a matrix, which is a register shifted on from bit to bit.
fn key(word: &[u8]) -> u16 {
    const INITIAL: [u16; 15] =
        [0xE1F0, 0x1D0F, 0xCC9C, 0x84C0, 0x110C, 0x0E10, 0xF1CE, 0x313E, 0x1872, 0xE139, 0xD40F, 0x84F9, 0x280C, 0xA96A, 0x4EC3];
    let mut key = INITIAL[word.len() - 1];
    // The matrix ends with the last character, whatever its length.
    for (byte, row) in word.iter().rev().zip(matrix().iter().rev()) {
        for (bit, element) in row.iter().enumerate() {
            if byte >> bit & 1 == 1 {
                key ^= element;
            }
        }
    }
    key
}

/// The matrix of §2.3.7.2, computed: each element is the one before, doubled in the field of the polynomial 0x11021. Those of the
/// eighth bits, which no password has, are left out.
fn matrix() -> [[u16; 7]; 15] {
    let mut element = 0x1021_u16;
    let mut next = || {
        let this = element;
        element = element << 1 ^ if element & 0x8000 == 0 { 0 } else { 0x1021 };
        this
    };
    let mut rows = [[0; 7]; 15];
    for row in rows.iter_mut().rev() {
        row.fill_with(&mut next);
        next();
    }
    rows
}

/// The array of §2.3.7.2 (turned by 2) and §2.3.7.5 (turned by 7, one to the right being 7 to the left).
fn array(word: &[u8], key: u16, turn: u32) -> [u8; 16] {
    let filled: Vec<u8> = word.iter().copied().chain(PAD).take(16).collect();
    let halves = key.to_le_bytes();
    std::array::from_fn(|n| (filled[n] ^ halves[n % 2]).rotate_left(turn))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn verifiers_agree_with_known_ones() {
        // The password "abc" of sheet protection is known as CC1A.
        assert_eq!(verifier(b"abc"), 0xCC1A);
        assert_eq!((matrix()[0][0], matrix()[13]), (0xAEFC, [0x3331, 0x6662, 0xCCC4, 0x89A9, 0x0373, 0x06E6, 0x0DCC]));
    }
}
