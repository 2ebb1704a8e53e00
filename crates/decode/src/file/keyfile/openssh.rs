//! Private keys of OpenSSH (its PROTOCOL.key).

use super::{Found, Tries};
use crate::file::{Loss, armour};
use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aftermail_model::Reason;

const MAGIC: &[u8] = b"openssh-key-v1\0";
/// What one round of bcrypt costs in rounds of a hash, about.
const ROUND_COST: u64 = 20_000;

struct Sealed<'a> {
    cipher: &'a [u8],
    salt: &'a [u8],
    rounds: u32,
    public: &'a [u8],
    private: &'a [u8],
}

/// A string after its length, and what follows.
fn string(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = bytes.split_first_chunk::<4>()?;
    rest.split_at_checked(u32::from_be_bytes(*length) as usize)
}

fn sealed(bytes: &[u8]) -> Option<Sealed<'_>> {
    let (cipher, rest) = string(bytes.strip_prefix(MAGIC)?)?;
    let (_, rest) = string(rest)?;
    let (options, rest) = string(rest)?;
    let (salt, rounds) = string(options).unwrap_or_default();
    let rounds = rounds.first_chunk::<4>().map_or(0, |r| u32::from_be_bytes(*r));
    let (public, rest) = string(rest.get(4..)?)?;
    let (private, _) = string(rest)?;
    Some(Sealed { cipher, salt, rounds, public, private })
}

pub(super) fn is_locked(bytes: &[u8]) -> bool {
    sealed(bytes).is_some_and(|s| s.cipher != b"none")
}

pub(super) fn read(bytes: &[u8], found: &mut Found, tries: &mut Tries<'_>) {
    let Some(sealed) = sealed(bytes) else { return };
    let (Some(length), false) = (key_bytes(sealed.cipher), sealed.rounds == 0) else {
        let detail = "A private key of OpenSSH is locked by a cipher that this version does not know.".to_owned();
        return found.losses.push(Loss { reason: Reason::Encrypted, detail, bytes: bytes.len() as u64 });
    };
    let open = |password: &str| {
        let mut key = vec![0; length + 16];
        bcrypt_pbkdf::bcrypt_pbkdf(password, sealed.salt, sealed.rounds, &mut key).ok()?;
        let plain = opened(sealed.cipher, &key[..length], &key[length..], sealed.private)?;
        // The same number twice shows that the key was right.
        (plain.get(..4)? == plain.get(4..8)?).then_some(plain)
    };
    match tries.open(u64::from(sealed.rounds) * ROUND_COST, open) {
        Some(plain) => found.keys.push_str(&armour::written("OPENSSH PRIVATE KEY", &in_the_clear(sealed.public, &plain))),
        None => found.losses.push(tries.loss("A private key of OpenSSH", bytes.len())),
    }
}

fn key_bytes(cipher: &[u8]) -> Option<usize> {
    match cipher {
        b"aes128-ctr" | b"aes128-cbc" => Some(16),
        b"aes192-ctr" | b"aes192-cbc" => Some(24),
        b"aes256-ctr" | b"aes256-cbc" | b"aes256-gcm@openssh.com" => Some(32),
        _ => None,
    }
}

fn opened(cipher: &[u8], key: &[u8], vector: &[u8], private: &[u8]) -> Option<Vec<u8>> {
    let kind = match key.len() {
        16 => Kind::Small(aes::Aes128::new_from_slice(key).ok()?),
        24 => Kind::Middle(aes::Aes192::new_from_slice(key).ok()?),
        _ => Kind::Large(aes::Aes256::new_from_slice(key).ok()?),
    };
    let mut counter: [u8; 16] = vector.try_into().ok()?;
    if cipher.ends_with(b"-cbc") {
        return kind.unchain(counter, private);
    }
    if cipher.starts_with(b"aes256-gcm") {
        // Galois counter mode counts in the last four bytes, from 2 on (NIST SP 800-38D §7.2).
        counter[12..].copy_from_slice(&2_u32.to_be_bytes());
    }
    let mut plain = private.to_vec();
    for block in plain.chunks_mut(16) {
        let stream = kind.encrypt(counter);
        block.iter_mut().zip(stream).for_each(|(b, s)| *b ^= s);
        counter = u128::from_be_bytes(counter).wrapping_add(1).to_be_bytes();
    }
    Some(plain)
}

enum Kind {
    Small(aes::Aes128),
    Middle(aes::Aes192),
    Large(aes::Aes256),
}

impl Kind {
    fn encrypt(&self, block: [u8; 16]) -> [u8; 16] {
        let mut block = block.into();
        match self {
            Kind::Small(c) => c.encrypt_block(&mut block),
            Kind::Middle(c) => c.encrypt_block(&mut block),
            Kind::Large(c) => c.encrypt_block(&mut block),
        }
        block.into()
    }

    /// Cipher block chaining without padding: the key pads itself.
    fn unchain(&self, mut last: [u8; 16], sealed: &[u8]) -> Option<Vec<u8>> {
        use aes::cipher::BlockCipherDecrypt as _;
        let mut plain = Vec::with_capacity(sealed.len());
        for block in sealed.chunks_exact(16) {
            let mut open = <[u8; 16]>::try_from(block).ok()?.into();
            match self {
                Kind::Small(c) => c.decrypt_block(&mut open),
                Kind::Middle(c) => c.decrypt_block(&mut open),
                Kind::Large(c) => c.decrypt_block(&mut open),
            }
            plain.extend(open.iter().zip(last).map(|(b, l)| b ^ l));
            last = block.try_into().ok()?;
        }
        Some(plain)
    }
}

/// The key as OpenSSH writes it without a password.
fn in_the_clear(public: &[u8], private: &[u8]) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    let string = |text: &[u8], out: &mut Vec<u8>| {
        out.extend((text.len() as u32).to_be_bytes());
        out.extend_from_slice(text);
    };
    string(b"none", &mut out);
    string(b"none", &mut out);
    string(b"", &mut out);
    out.extend(1_u32.to_be_bytes());
    string(public, &mut out);
    string(private, &mut out);
    out
}
