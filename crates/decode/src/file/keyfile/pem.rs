//! Locked private keys as PEM (RFC 1421 §4.6 as OpenSSL writes it, RFC 7468, OpenSSH).

use super::cipher::Cipher;
use super::{Found, Tries, openssh, private_key_label, sealed_key};
use crate::file::armour::{self, Block};
use crate::file::{Contents, ber};
use md5::{Digest, Md5};

/// Blocks of one text.
const MOST_BLOCKS: usize = 64;

/// Opens the locked keys in a text; `None` where there are none.
pub(super) fn read(text: &str, mut tries: Tries<'_>) -> Option<Contents> {
    let locked: Vec<Block<'_>> = armour::blocks(text, |label| label.ends_with("PRIVATE KEY")).filter(is_locked).take(MOST_BLOCKS).collect();
    if locked.is_empty() {
        return None;
    }
    let mut found = Found::default();
    for block in locked {
        match block.label {
            "OPENSSH PRIVATE KEY" => openssh::read(&block.bytes, &mut found, &mut tries),
            "ENCRYPTED PRIVATE KEY" => {
                if let Some((scheme, sealed)) = ber::first(&block.bytes).and_then(sealed_key) {
                    found.unseal(scheme, &sealed, &mut tries);
                }
            }
            _ => traditional(&block, &mut found, &mut tries),
        }
    }
    let opened_by = tries.opened_by;
    Some(found.contents("application/x-pem-file", opened_by))
}

fn is_locked(block: &Block<'_>) -> bool {
    match block.label {
        "ENCRYPTED PRIVATE KEY" => true,
        "OPENSSH PRIVATE KEY" => openssh::is_locked(&block.bytes),
        label => {
            label.ends_with("PRIVATE KEY") && block.fields.iter().any(|(name, value)| *name == "Proc-Type" && value.contains("ENCRYPTED"))
        }
    }
}

/// `DEK-Info: AES-128-CBC,…`: the key is one MD5 chain over password and salt.
fn traditional(block: &Block<'_>, found: &mut Found, tries: &mut Tries<'_>) {
    let information = block.fields.iter().find(|(name, _)| *name == "DEK-Info").and_then(|(_, value)| value.split_once(','));
    let cipher = match information.map(|(name, _)| name.trim()) {
        Some("AES-128-CBC") => Some(Cipher::Aes128),
        Some("AES-192-CBC") => Some(Cipher::Aes192),
        Some("AES-256-CBC") => Some(Cipher::Aes256),
        Some("DES-EDE3-CBC") => Some(Cipher::TripleDes),
        Some("DES-CBC") => Some(Cipher::Des),
        _ => None,
    };
    let vector: Option<Vec<u8>> = information.and_then(|(_, digits)| bytes_of(digits.trim()));
    let open = |password: &str| {
        let (cipher, vector) = (cipher?, vector.as_ref().filter(|v| v.len() >= 8)?);
        let mut key: Vec<u8> = Vec::new();
        let mut last: Vec<u8> = Vec::new();
        while key.len() < cipher.key_bytes() {
            last = Md5::new().chain_update(&last).chain_update(password).chain_update(&vector[..8]).finalize().to_vec();
            key.extend_from_slice(&last);
        }
        cipher.open(&key[..cipher.key_bytes()], vector, &block.bytes).filter(|key| ber::only(key).and_then(private_key_label).is_some())
    };
    match tries.open(1, open) {
        Some(key) => found.keys.push_str(&armour::written(block.label, &key)),
        None => found.losses.push(tries.loss("A private key", block.bytes.len())),
    }
}

/// Hex digits.
pub(super) fn bytes_of(digits: &str) -> Option<Vec<u8>> {
    let pair = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok();
    digits.len().is_multiple_of(2).then(|| digits.as_bytes().chunks_exact(2).map(pair).collect())?
}
