//! Standard encryption (§2.3.4.5 to §2.3.4.9): Office 2007, AES and SHA-1.

use super::cipher::{Aes, Hash};
use super::{Opener, sized, utf16};
use crate::Key;
use crate::file::Loss;
use crate::file::le::u32_at;

const SPINS: u32 = 50_000;

/// Header and verifier, which the locks of the binary formats by CryptoAPI have too (§2.3.2, §2.3.3, §2.3.5.1).
pub(super) struct Verifier<'i> {
    pub(super) algorithm: u32,
    /// Bytes of the key.
    pub(super) key: usize,
    pub(super) salt: &'i [u8],
    pub(super) verifier: &'i [u8],
    pub(super) hash: &'i [u8],
}

impl<'i> Verifier<'i> {
    /// Reads what stands behind the version.
    pub(super) fn read(info: &'i [u8]) -> Option<Verifier<'i>> {
        let header_at = 12;
        let verifier_at = header_at + u32_at(info, 8)? as usize;
        let bits = u32_at(info, header_at + 16)?;
        let verifier = info.get(verifier_at..)?;
        Some(Verifier {
            algorithm: u32_at(info, header_at + 8)?,
            key: if bits == 0 { 5 } else { bits as usize / 8 },
            salt: verifier.get(4..20)?,
            verifier: verifier.get(20..36)?,
            hash: verifier.get(40..)?,
        })
    }
}

/// None where the lock is not understood.
pub(super) fn open(info: &[u8], package: &[u8], opener: &mut Opener<'_, '_>) -> Option<Result<(Vec<u8>, Key), Loss>> {
    let lock = Verifier::read(info)?;
    if !matches!((lock.algorithm, lock.key), (0x660E, 16) | (0x660F, 24) | (0x6610, 32) | (0, 16)) {
        return None;
    }
    let aes = opener.unlock(SPINS, |word| {
        let aes = Aes::new(&key(&lock, word))?;
        let found = Hash::Sha1.of(&[&aes.blocks(lock.verifier)]);
        aes.blocks(lock.hash.get(..32)?).starts_with(&found).then_some(aes)
    });
    Some(aes.map(|(aes, by)| (sized(aes.blocks(package.get(8..).unwrap_or_default()), package), by)))
}

fn key(lock: &Verifier<'_>, word: &str) -> Vec<u8> {
    let spun = Hash::Sha1.spun(lock.salt, &utf16(word), SPINS);
    let last = Hash::Sha1.of(&[&spun, &0_u32.to_le_bytes()]);
    let mixed = |fill: u8| {
        let mut buffer = [fill; 64];
        buffer.iter_mut().zip(&last).for_each(|(b, h)| *b ^= h);
        Hash::Sha1.of(&[&buffer])
    };
    let mut key = [mixed(0x36), mixed(0x5C)].concat();
    key.truncate(lock.key);
    key
}
