//! Java key stores (JKS, and as far as its certificates JCEKS): `sun.security.provider.JavaKeyStore` and `KeyProtector`.

use super::{Found, Tries, certificate, private_key_label};
use crate::file::{Contents, Loss, armour, ber};
use aftermail_model::Reason;
use sha1::{Digest, Sha1};

/// Entries of one store.
const MOST_ENTRIES: u32 = 1000;
/// Bytes of SHA-1.
const HASH: usize = 20;

/// Reads numbers and texts one after the other.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn number(&mut self) -> Option<u32> {
        Some(u32::from_be_bytes(self.take(4)?.try_into().ok()?))
    }

    fn text(&mut self) -> Option<String> {
        let length = u16::from_be_bytes(self.take(2)?.try_into().ok()?);
        Some(String::from_utf8_lossy(self.take(length.into())?).into_owned())
    }

    fn block(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.take(length as usize)
    }
}

pub(super) fn read(bytes: &[u8], mut tries: Tries<'_>) -> Contents {
    let mut found = Found::default();
    let mut cursor = Cursor(bytes.get(8..).unwrap_or_default());
    let count = cursor.number().unwrap_or(0).min(MOST_ENTRIES);
    let broken = (0..count).any(|_| entry(&mut cursor, &mut found, &mut tries).is_none());
    if broken {
        let detail = "The Java key store ends before its last entry, or holds one of a kind that is not read.".to_owned();
        found.losses.push(Loss { reason: Reason::Damaged, detail, bytes: cursor.0.len() as u64 });
    }
    let opened_by = tries.opened_by;
    found.contents("application/x-java-keystore", opened_by)
}

fn entry(cursor: &mut Cursor<'_>, found: &mut Found, tries: &mut Tries<'_>) -> Option<()> {
    let kind = cursor.number()?;
    let alias = cursor.text()?;
    found.notes.push_str(&format!("Entry: {alias}\n"));
    cursor.take(8)?;
    let certificates = match kind {
        1 => {
            key(cursor.block()?, found, tries);
            cursor.number()?.min(MOST_ENTRIES)
        }
        2 => 1,
        _ => return None,
    };
    for _ in 0..certificates {
        cursor.text()?;
        let said = ber::first(cursor.block()?).and_then(certificate::describe);
        found.notes.push_str(said.as_deref().unwrap_or_default());
    }
    Some(())
}

/// A private key, hidden by a chain of SHA-1 over the password.
fn key(info: &[u8], found: &mut Found, tries: &mut Tries<'_>) {
    let sealed = ber::first(info).and_then(|v| v.tagged(ber::OCTETS)).map(|v| v.body).filter(|s| s.len() > 2 * HASH);
    let open = |password: &str| {
        let sealed = sealed?;
        let password: Vec<u8> = password.encode_utf16().flat_map(u16::to_be_bytes).collect();
        let (salt, rest) = sealed.split_at(HASH);
        let (body, check) = rest.split_at(rest.len() - HASH);
        let mut plain = body.to_vec();
        let mut digest = salt.to_vec();
        for block in plain.chunks_mut(HASH) {
            digest = Sha1::new().chain_update(&password).chain_update(&digest).finalize().to_vec();
            block.iter_mut().zip(&digest).for_each(|(b, d)| *b ^= d);
        }
        let right = Sha1::new().chain_update(&password).chain_update(&plain).finalize().as_slice() == check;
        (right && ber::only(&plain).and_then(private_key_label).is_some()).then_some(plain)
    };
    match tries.open(100, open) {
        Some(plain) => found.keys.push_str(&armour::written("PRIVATE KEY", &plain)),
        None => found.losses.push(tries.loss("A private key of the Java key store", info.len())),
    }
}
