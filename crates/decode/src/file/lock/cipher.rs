//! AES and the hashes, as the locks of Office use them.

use aes::cipher::{BlockCipherDecrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256, Block};
use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

/// AES by the length of its key.
pub(super) enum Aes {
    A128(Aes128),
    A192(Aes192),
    A256(Aes256),
}

impl Aes {
    pub(super) fn new(key: &[u8]) -> Option<Aes> {
        match key.len() {
            16 => Aes128::new_from_slice(key).ok().map(Aes::A128),
            24 => Aes192::new_from_slice(key).ok().map(Aes::A192),
            32 => Aes256::new_from_slice(key).ok().map(Aes::A256),
            _ => None,
        }
    }

    /// Decrypts whole blocks, each on its own (ECB); a rest is left out.
    pub(super) fn blocks(&self, data: &[u8]) -> Vec<u8> {
        let mut blocks: Vec<Block> = data.chunks_exact(16).filter_map(|c| Block::try_from(c).ok()).collect();
        match self {
            Aes::A128(aes) => aes.decrypt_blocks(&mut blocks),
            Aes::A192(aes) => aes.decrypt_blocks(&mut blocks),
            Aes::A256(aes) => aes.decrypt_blocks(&mut blocks),
        }
        blocks.iter().flatten().copied().collect()
    }

    /// Decrypts whole blocks, each mixed with the one before (CBC); a rest is left out.
    pub(super) fn chain(&self, iv: &[u8], data: &[u8]) -> Vec<u8> {
        let mut plain = self.blocks(data);
        for (byte, mask) in plain.iter_mut().zip(iv.iter().chain(data)) {
            *byte ^= mask;
        }
        plain
    }
}

/// The hashes that descriptors name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Hash {
    Md5,
    Sha1,
    Sha256,
    Sha384,
    Sha512,
}

impl Hash {
    pub(super) fn named(name: &str) -> Option<Hash> {
        match name.to_ascii_uppercase().replace('-', "").as_str() {
            "MD5" => Some(Hash::Md5),
            "SHA1" => Some(Hash::Sha1),
            "SHA256" => Some(Hash::Sha256),
            "SHA384" => Some(Hash::Sha384),
            "SHA512" => Some(Hash::Sha512),
            _ => None,
        }
    }

    pub(super) fn of(self, pieces: &[&[u8]]) -> Vec<u8> {
        match self {
            Hash::Md5 => hash::<Md5>(pieces),
            Hash::Sha1 => hash::<Sha1>(pieces),
            Hash::Sha256 => hash::<Sha256>(pieces),
            Hash::Sha384 => hash::<Sha384>(pieces),
            Hash::Sha512 => hash::<Sha512>(pieces),
        }
    }

    /// The hash of salt and password, hashed `count` times again behind its number (§2.3.4.7, §2.3.4.11).
    pub(super) fn spun(self, salt: &[u8], password: &[u8], count: u32) -> Vec<u8> {
        match self {
            Hash::Md5 => spun::<Md5>(salt, password, count),
            Hash::Sha1 => spun::<Sha1>(salt, password, count),
            Hash::Sha256 => spun::<Sha256>(salt, password, count),
            Hash::Sha384 => spun::<Sha384>(salt, password, count),
            Hash::Sha512 => spun::<Sha512>(salt, password, count),
        }
    }
}

fn hash<D: Digest>(pieces: &[&[u8]]) -> Vec<u8> {
    let mut digest = D::new();
    pieces.iter().for_each(|piece| digest.update(piece));
    digest.finalize().to_vec()
}

fn spun<D: Digest>(salt: &[u8], password: &[u8], count: u32) -> Vec<u8> {
    let mut found = D::new().chain_update(salt).chain_update(password).finalize();
    for number in 0..count {
        found = D::new().chain_update(number.to_le_bytes()).chain_update(&found).finalize();
    }
    found.to_vec()
}
