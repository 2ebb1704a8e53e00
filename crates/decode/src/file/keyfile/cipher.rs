//! Ciphers and key derivations that files of keys are locked by.

use crate::file::ber::{self, Value};
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockCipherDecrypt, BlockModeDecrypt, KeyInit, KeyIvInit};
use hmac::{EagerHash, Hmac};
use md5::Md5;
use sha1::{Digest, Sha1};

/// A password-based encryption as its algorithm identifier tells it.
pub(super) struct Scheme<'a> {
    derivation: Derivation<'a>,
    cipher: Cipher,
    /// Initial vector, where it is not derived.
    vector: &'a [u8],
}

enum Derivation<'a> {
    /// RFC 7292 appendix B, over SHA-1.
    Pkcs12 { salt: &'a [u8], rounds: u32 },
    /// PBKDF1 (RFC 8018 §5.1).
    First { md5: bool, salt: &'a [u8], rounds: u32 },
    /// PBKDF2 (RFC 8018 §5.2).
    Second { salt: &'a [u8], rounds: u32, hash: Hash },
    /// scrypt (RFC 7914).
    Scrypt { salt: &'a [u8], log_n: u8, r: u32, p: u32 },
}

#[derive(Clone, Copy)]
enum Hash {
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Cipher {
    Aes128,
    Aes192,
    Aes256,
    TripleDes,
    /// Two keys, the first one used twice.
    TwoKeyDes,
    Des,
    /// RC2 with this many bits of key.
    Rc2(usize),
}

impl Cipher {
    pub fn key_bytes(self) -> usize {
        match self {
            Cipher::Aes128 | Cipher::TwoKeyDes => 16,
            Cipher::Aes192 | Cipher::TripleDes => 24,
            Cipher::Aes256 => 32,
            Cipher::Des => 8,
            Cipher::Rc2(bits) => bits.div_ceil(8),
        }
    }

    pub fn block(self) -> usize {
        if matches!(self, Cipher::Aes128 | Cipher::Aes192 | Cipher::Aes256) { 16 } else { 8 }
    }

    /// Undoes cipher block chaining with padding (RFC 8018 §6.1.1); `None` where the padding is wrong, as it is with a wrong key.
    pub fn open(self, key: &[u8], vector: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        match self {
            Cipher::Aes128 => chained::<aes::Aes128>(key, vector, sealed),
            Cipher::Aes192 => chained::<aes::Aes192>(key, vector, sealed),
            Cipher::Aes256 => chained::<aes::Aes256>(key, vector, sealed),
            Cipher::TripleDes => chained::<des::TdesEde3>(key, vector, sealed),
            Cipher::TwoKeyDes => chained::<des::TdesEde2>(key, vector, sealed),
            Cipher::Des => chained::<des::Des>(key, vector, sealed),
            Cipher::Rc2(bits) => {
                let cipher = rc2::Rc2::new_with_eff_key_len(key, bits);
                let vector = aes::cipher::Array::try_from(vector).ok()?;
                let chain: cbc::Decryptor<rc2::Rc2> = aes::cipher::InnerIvInit::inner_iv_init(cipher, &vector);
                chain.decrypt_padded_vec::<Pkcs7>(sealed).ok()
            }
        }
    }
}

fn chained<C: BlockCipherDecrypt + KeyInit>(key: &[u8], vector: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    cbc::Decryptor::<C>::new_from_slices(key, vector).ok()?.decrypt_padded_vec::<Pkcs7>(sealed).ok()
}

/// The dots of an algorithm after `1.2.840.113549`.
fn rsa_name(oid: &str) -> Option<&str> {
    oid.strip_prefix("1.2.840.113549.")
}

impl<'a> Scheme<'a> {
    /// Reads an AlgorithmIdentifier; `None` for what is not known.
    pub fn read(algorithm: Value<'a>) -> Option<Scheme<'a>> {
        let oid = ber::dotted(algorithm.child(0)?.of(ber::OID)?.body);
        let parameters = algorithm.child(1)?;
        let simple = |derivation: fn(&'a [u8], u32) -> Derivation<'a>, cipher| {
            let salt = parameters.child(0)?.of(ber::OCTETS)?.body;
            Some(Scheme { derivation: derivation(salt, parameters.child(1)?.number()?), cipher, vector: &[] })
        };
        let pkcs12 = |salt, rounds| Derivation::Pkcs12 { salt, rounds };
        let md5 = |salt, rounds| Derivation::First { md5: true, salt, rounds };
        let sha1 = |salt, rounds| Derivation::First { md5: false, salt, rounds };
        match rsa_name(&oid)? {
            "1.12.1.3" => simple(pkcs12, Cipher::TripleDes),
            "1.12.1.4" => simple(pkcs12, Cipher::TwoKeyDes),
            "1.12.1.5" => simple(pkcs12, Cipher::Rc2(128)),
            "1.12.1.6" => simple(pkcs12, Cipher::Rc2(40)),
            "1.5.3" => simple(md5, Cipher::Des),
            "1.5.6" => simple(md5, Cipher::Rc2(64)),
            "1.5.10" => simple(sha1, Cipher::Des),
            "1.5.11" => simple(sha1, Cipher::Rc2(64)),
            "1.5.13" => Scheme::second(parameters),
            _ => None,
        }
    }

    /// PBES2 (RFC 8018 §6.2).
    fn second(parameters: Value<'a>) -> Option<Scheme<'a>> {
        let (derivation, encryption) = (parameters.child(0)?, parameters.child(1)?);
        let settings = derivation.child(1)?;
        let salt = settings.child(0)?.of(ber::OCTETS)?.body;
        let derivation = match ber::dotted(derivation.child(0)?.body).as_str() {
            "1.2.840.113549.1.5.12" => {
                let hash = settings.children().skip(2).find(|c| c.tag == ber::SEQUENCE).and_then(|a| a.child(0));
                let hash = match hash.map(|oid| ber::dotted(oid.body)).as_deref() {
                    None | Some("1.2.840.113549.2.7") => Hash::Sha1,
                    Some("1.2.840.113549.2.8") => Hash::Sha224,
                    Some("1.2.840.113549.2.9") => Hash::Sha256,
                    Some("1.2.840.113549.2.10") => Hash::Sha384,
                    Some("1.2.840.113549.2.11") => Hash::Sha512,
                    Some(_) => return None,
                };
                Derivation::Second { salt, rounds: settings.child(1)?.number()?, hash }
            }
            "1.3.6.1.4.1.11591.4.11" => {
                let number = |n| settings.child(n)?.number();
                Derivation::Scrypt { salt, log_n: number(1)?.checked_ilog2()? as u8, r: number(2)?, p: number(3)? }
            }
            _ => return None,
        };
        let setting = encryption.child(1)?;
        let cipher = match ber::dotted(encryption.child(0)?.body).as_str() {
            "2.16.840.1.101.3.4.1.2" => Cipher::Aes128,
            "2.16.840.1.101.3.4.1.22" => Cipher::Aes192,
            "2.16.840.1.101.3.4.1.42" => Cipher::Aes256,
            "1.2.840.113549.3.7" => Cipher::TripleDes,
            "1.3.14.3.2.7" => Cipher::Des,
            "1.2.840.113549.3.2" => Cipher::Rc2(128),
            _ => return None,
        };
        let vector = if setting.tag == ber::OCTETS { setting } else { setting.tagged(ber::OCTETS)? };
        Some(Scheme { derivation, cipher, vector: vector.body })
    }

    /// What one attempt costs, in rounds of a hash.
    pub fn cost(&self) -> u64 {
        match self.derivation {
            Derivation::Pkcs12 { rounds, .. } | Derivation::First { rounds, .. } => u64::from(rounds) * 2,
            Derivation::Second { rounds, .. } => u64::from(rounds) * 2,
            Derivation::Scrypt { log_n, r, p, .. } => (1 << log_n.min(40)) * u64::from(r).saturating_mul(u64::from(p)),
        }
        .max(1)
    }

    /// Decrypts with a password, if it is the right one.
    pub fn open(&self, password: &str, sealed: &[u8]) -> Option<Vec<u8>> {
        let bytes = self.cipher.key_bytes();
        match &self.derivation {
            Derivation::Pkcs12 { salt, rounds } => {
                // Some writers take an empty password for none at all (RFC 7292 appendix B.1).
                let spellings = if password.is_empty() { vec![vec![0, 0], Vec::new()] } else { vec![wide(password)] };
                spellings.iter().find_map(|password| {
                    let key = pkcs12(1, password, salt, *rounds, bytes);
                    let vector = pkcs12(2, password, salt, *rounds, self.cipher.block());
                    self.cipher.open(&key, &vector, sealed)
                })
            }
            Derivation::First { md5, salt, rounds } => {
                let key = if *md5 { first::<Md5>(password, salt, *rounds) } else { first::<Sha1>(password, salt, *rounds) };
                self.cipher.open(key.get(..8)?, key.get(8..16)?, sealed)
            }
            Derivation::Second { salt, rounds, hash } => {
                let key = match hash {
                    Hash::Sha1 => second::<Sha1>(password, salt, *rounds, bytes),
                    Hash::Sha224 => second::<sha2::Sha224>(password, salt, *rounds, bytes),
                    Hash::Sha256 => second::<sha2::Sha256>(password, salt, *rounds, bytes),
                    Hash::Sha384 => second::<sha2::Sha384>(password, salt, *rounds, bytes),
                    Hash::Sha512 => second::<sha2::Sha512>(password, salt, *rounds, bytes),
                };
                self.cipher.open(&key, self.vector, sealed)
            }
            Derivation::Scrypt { salt, log_n, r, p } => {
                let mut key = vec![0; bytes];
                scrypt::scrypt(password.as_bytes(), salt, &scrypt::Params::new(*log_n, *r, *p).ok()?, &mut key).ok()?;
                self.cipher.open(&key, self.vector, sealed)
            }
        }
    }
}

/// A password as PKCS#12 hashes it: UTF-16, big end first, with a zero at the end.
fn wide(password: &str) -> Vec<u8> {
    password.encode_utf16().chain([0]).flat_map(u16::to_be_bytes).collect()
}

fn first<D: Digest>(password: &str, salt: &[u8], rounds: u32) -> Vec<u8> {
    let mut hash = D::new().chain_update(password).chain_update(salt).finalize().to_vec();
    (1..rounds).for_each(|_| hash = D::digest(&hash).to_vec());
    hash
}

fn second<D: EagerHash>(password: &str, salt: &[u8], rounds: u32, bytes: usize) -> Vec<u8>
where
    Hmac<D>: KeyInit + hmac::Mac + Clone + Sync,
{
    let mut key = vec![0; bytes];
    // A length that it cannot make does not occur: HMAC takes any password, and no key is that long.
    let _ = pbkdf2::pbkdf2::<Hmac<D>>(password.as_bytes(), salt, rounds, &mut key);
    key
}

/// RFC 7292 appendix B.2 with SHA-1; `purpose` is 1 for a key, 2 for an initial vector.
pub(super) fn pkcs12(purpose: u8, password: &[u8], salt: &[u8], rounds: u32, bytes: usize) -> Vec<u8> {
    const BLOCK: usize = 64;
    let filled = |from: &[u8]| -> Vec<u8> { from.iter().copied().cycle().take(from.len().div_ceil(BLOCK) * BLOCK).collect() };
    let mut mixed = [filled(salt), filled(password)].concat();
    let mut out = Vec::new();
    while out.len() < bytes {
        let mut hash = Sha1::new().chain_update([purpose; BLOCK]).chain_update(&mixed).finalize();
        (1..rounds).for_each(|_| hash = Sha1::digest(hash));
        let step: Vec<u8> = hash.iter().copied().cycle().take(BLOCK).collect();
        for block in mixed.chunks_exact_mut(BLOCK) {
            let mut carry = 1_u16;
            for (digit, plus) in block.iter_mut().zip(&step).rev() {
                carry += u16::from(*digit) + u16::from(*plus);
                *digit = carry as u8;
                carry >>= 8;
            }
        }
        out.extend_from_slice(&hash);
    }
    out.truncate(bytes);
    out
}
