//! Private keys of PuTTY (its manual, appendix C: PPK file format, versions 2 and 3).

use super::pem::bytes_of;
use super::{Found, Tries};
use crate::file::{Contents, Loss};
use aes::cipher::block_padding::NoPadding;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use aftermail_model::Reason;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use sha1::{Digest, Sha1};
use sha2::Sha256;

/// Kilobytes that the derivation of one key may take; PuTTY takes 8 thousand.
const MOST_MEMORY: u32 = 128 << 10;

/// A key file: fields, and the lines of base64 that some of them announce.
struct File<'a> {
    text: &'a str,
}

impl<'a> File<'a> {
    fn field(&self, name: &str) -> Option<&'a str> {
        self.text.lines().find_map(|l| l.strip_prefix(name)?.strip_prefix(": ")).map(str::trim)
    }

    fn lines(&self, name: &str) -> Vec<u8> {
        let count: usize = self.field(name).and_then(|n| n.parse().ok()).unwrap_or(0);
        let after = self.text.lines().skip_while(|l| !l.starts_with(name)).skip(1);
        STANDARD.decode(after.take(count.min(10_000)).collect::<String>()).unwrap_or_default()
    }
}

/// What a password becomes: the key of the cipher, its first block, the key of the checksum.
struct Keys {
    cipher: [u8; 32],
    vector: [u8; 16],
    check: Vec<u8>,
}

pub(super) fn read(text: &str, mut tries: Tries<'_>) -> Contents {
    let mut found = Found::default();
    let file = File { text };
    if file.field("Encryption") == Some("none") {
        found.keys = text.to_owned();
    } else {
        let sealed = file.lines("Private-Lines");
        let cost = if file.field("Key-Derivation").is_some() { 300_000 } else { 10 };
        match tries.open(cost, |password| opened(&file, &sealed, password)) {
            Some(plain) => found.keys = in_the_clear(text, &plain),
            None if sealed.is_empty() => {
                found.losses.push(Loss {
                    reason: Reason::Damaged,
                    detail: "The private key of PuTTY is cut off.".into(),
                    bytes: text.len() as u64,
                });
            }
            None => found.losses.push(tries.loss("A private key of PuTTY", text.len())),
        }
    }
    let opened_by = tries.opened_by;
    found.contents("application/x-putty-private-key", opened_by)
}

fn opened(file: &File<'_>, sealed: &[u8], password: &str) -> Option<Vec<u8>> {
    let keys = if file.field("Key-Derivation").is_some() { derived(file, password)? } else { hashed(password) };
    let plain =
        cbc::Decryptor::<aes::Aes256>::new(&keys.cipher.into(), &keys.vector.into()).decrypt_padded_vec::<NoPadding>(sealed).ok()?;
    let head = file.text.lines().next()?;
    let algorithm = head.split_once(": ")?.1.trim();
    let public = file.lines("Public-Lines");
    let mut signed = Vec::new();
    let texts =
        [algorithm.as_bytes(), file.field("Encryption")?.as_bytes(), file.field("Comment").unwrap_or_default().as_bytes(), &public, &plain];
    for text in texts {
        signed.extend((text.len() as u32).to_be_bytes());
        signed.extend_from_slice(text);
    }
    let mac = bytes_of(file.field("Private-MAC")?)?;
    let right = if head.starts_with("PuTTY-User-Key-File-3") {
        Hmac::<Sha256>::new_from_slice(&keys.check).ok()?.chain_update(&signed).verify_slice(&mac).is_ok()
    } else {
        Hmac::<Sha1>::new_from_slice(&keys.check).ok()?.chain_update(&signed).verify_slice(&mac).is_ok()
    };
    (right && !plain.is_empty()).then_some(plain)
}

/// Version 2.
fn hashed(password: &str) -> Keys {
    let part = |n: u32| Sha1::new().chain_update(n.to_be_bytes()).chain_update(password).finalize();
    let mut cipher = [0; 32];
    cipher[..20].copy_from_slice(&part(0));
    cipher[20..].copy_from_slice(&part(1)[..12]);
    let check = Sha1::new().chain_update("putty-private-key-file-mac-key").chain_update(password).finalize().to_vec();
    Keys { cipher, vector: [0; 16], check }
}

/// Version 3.
fn derived(file: &File<'_>, password: &str) -> Option<Keys> {
    let number = |name| file.field(name)?.parse::<u32>().ok();
    let kind = match file.field("Key-Derivation")? {
        "Argon2id" => argon2::Algorithm::Argon2id,
        "Argon2i" => argon2::Algorithm::Argon2i,
        _ => argon2::Algorithm::Argon2d,
    };
    let memory = number("Argon2-Memory").filter(|m| *m <= MOST_MEMORY)?;
    let settings = argon2::Params::new(memory, number("Argon2-Passes")?.min(100), number("Argon2-Parallelism")?.min(16), Some(80)).ok()?;
    let mut out = [0; 80];
    let salt = bytes_of(file.field("Argon2-Salt")?)?;
    argon2::Argon2::new(kind, argon2::Version::V0x13, settings).hash_password_into(password.as_bytes(), &salt, &mut out).ok()?;
    Some(Keys { cipher: out[..32].try_into().ok()?, vector: out[32..48].try_into().ok()?, check: out[48..].to_vec() })
}

/// The file with its private lines opened.
fn in_the_clear(text: &str, plain: &[u8]) -> String {
    let begin = text.split("Private-Lines:").next().unwrap_or(text);
    let fields = begin.lines().filter(|l| !l.starts_with("Argon2-") && !l.starts_with("Key-Derivation"));
    let head: String =
        fields.map(|l| if l.starts_with("Encryption:") { "Encryption: none\n".to_owned() } else { format!("{l}\n") }).collect();
    let encoded = STANDARD.encode(plain);
    let lines: Vec<String> = encoded.as_bytes().chunks(64).map(|l| String::from_utf8_lossy(l).into_owned()).collect();
    format!("{head}Private-Lines: {}\n{}\n", lines.len(), lines.join("\n"))
}
