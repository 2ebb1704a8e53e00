//! RC4 in the binary formats: 40 bits with MD5 (§2.3.6), and by CryptoAPI with SHA-1 (§2.3.5).

use super::cipher::Hash;
use super::standard::Verifier;
use super::{Opener, utf16};
use crate::Key;
use crate::file::Loss;
use crate::file::le::u16_at;

/// How keys are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::file) enum Method {
    Md5,
    /// Bytes of the key.
    CryptoApi(usize),
}

/// An opened lock: makes the keys of blocks.
#[derive(Debug)]
pub(in crate::file) struct Rc4 {
    pub(in crate::file) method: Method,
    base: Vec<u8>,
}

impl Rc4 {
    /// Opens a lock by its header; none where the header is not understood.
    pub(in crate::file) fn open(header: &[u8], opener: &mut Opener<'_, '_>) -> Option<Result<(Rc4, Key), Loss>> {
        match (u16_at(header, 0)?, u16_at(header, 2)?) {
            (1, 1) => {
                let (salt, verifier, hash) = (header.get(4..20)?, header.get(20..36)?, header.get(36..52)?);
                Some(opener.unlock(1, |word| Rc4::md5(salt, word).proves(verifier, hash, Hash::Md5)))
            }
            (2..=4, 2) => {
                let lock = Verifier::read(header)?;
                let method = Method::CryptoApi(lock.key);
                let hash = lock.hash.get(..20)?;
                (lock.algorithm == 0x6801 && (5..=16).contains(&lock.key)).then(|| {
                    opener.unlock(1, |word| {
                        let base = Hash::Sha1.of(&[lock.salt, &utf16(word)]);
                        Rc4 { method, base }.proves(lock.verifier, hash, Hash::Sha1)
                    })
                })
            }
            _ => None,
        }
    }

    fn md5(salt: &[u8], word: &str) -> Rc4 {
        let first = Hash::Md5.of(&[&utf16(word)]);
        let once = [&first[..5], salt].concat();
        let mut base = Hash::Md5.of(&[&once.repeat(16)]);
        base.truncate(5);
        Rc4 { method: Method::Md5, base }
    }

    fn proves(self, verifier: &[u8], hash: &[u8], by: Hash) -> Option<Rc4> {
        let mut both = [verifier, hash].concat();
        self.block(0).apply(&mut both);
        let (verifier, hash) = both.split_at(verifier.len());
        (by.of(&[verifier]) == hash).then_some(self)
    }

    /// The key stream of a block.
    pub(in crate::file) fn block(&self, number: u32) -> Stream {
        match self.method {
            Method::Md5 => Stream::new(&Hash::Md5.of(&[&self.base, &number.to_le_bytes()])),
            Method::CryptoApi(length) => {
                let mut key = Hash::Sha1.of(&[&self.base, &number.to_le_bytes()]);
                key.truncate(length);
                if length == 5 {
                    // 40 bits are filled up to 128 (§2.3.5.2).
                    key.resize(16, 0);
                }
                Stream::new(&key)
            }
        }
    }

    /// Decrypts a stream of blocks of this size.
    pub(in crate::file) fn blocks(&self, data: &mut [u8], size: usize) {
        for (number, block) in (0..).zip(data.chunks_mut(size)) {
            self.block(number).apply(block);
        }
    }
}

/// The RC4 cipher.
pub(in crate::file) struct Stream {
    state: [u8; 256],
    i: u8,
    j: u8,
}

impl Stream {
    fn new(key: &[u8]) -> Stream {
        let mut state: [u8; 256] = std::array::from_fn(|n| n as u8);
        let mut j = 0_u8;
        for i in 0..256 {
            j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
            state.swap(i, usize::from(j));
        }
        Stream { state, i: 0, j: 0 }
    }

    pub(in crate::file) fn apply(&mut self, data: &mut [u8]) {
        for byte in data {
            self.i = self.i.wrapping_add(1);
            self.j = self.j.wrapping_add(self.state[usize::from(self.i)]);
            self.state.swap(usize::from(self.i), usize::from(self.j));
            let sum = self.state[usize::from(self.i)].wrapping_add(self.state[usize::from(self.j)]);
            *byte ^= self.state[usize::from(sum)];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cipher_agrees_with_rfc_6229() {
        let mut zeros = [0; 8];
        Stream::new(&[1, 2, 3, 4, 5]).apply(&mut zeros);
        assert_eq!(zeros, [0xb2, 0x39, 0x63, 0x05, 0xf0, 0x3d, 0xc0, 0x27]);
    }
}
