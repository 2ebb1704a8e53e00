//! Opening a PDF, with a password where it is locked (ISO 32000-1 §7.6).

use crate::file::keys::Keys;
use crate::file::{Budget, Loss};
use crate::{Key, Limits, Tools};
use aftermail_model::Reason;
use hayro_interpret::hayro_syntax::object::{Dict, FromBytes, Number, String as PdfString};
use hayro_interpret::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use md5::{Digest, Md5};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Bytes of a file that are looked at in a millisecond, more or less: each attempt reads its table of objects again.
const SPEED: u64 = 200_000;
/// Fills up passwords (ISO 32000-1 §7.6.3.3).
const PADDING: [u8; 32] =
    *b"\x28\xbf\x4e\x5e\x4e\x75\x8a\x41\x64\x00\x4e\x56\xff\xfa\x01\x08\x2e\x2e\x00\xb6\xd0\x68\x3e\x80\x2f\x0c\xa9\xfe\x64\x53\x69\x7a";

/// What became of the attempt.
pub(super) enum Opened {
    Pdf(Box<Pdf>, Option<Key>),
    Locked(Loss),
    /// No PDF that can be read as one.
    Broken,
}

pub(super) fn open(bytes: &[u8], tools: &Tools<'_>, budget: &mut Budget) -> Opened {
    let data = Arc::new(bytes.to_vec());
    match attempt(&data, "") {
        Attempt::Open(pdf) => Opened::Pdf(pdf, None),
        // Where the table of objects is broken too, hayro cannot tell a lock from damage.
        Attempt::Broken if memchr::memmem::find(bytes, b"/Encrypt").is_some() => unlock(&data, tools, budget),
        Attempt::Broken => Opened::Broken,
        Attempt::Unknown => {
            let detail = "It is encrypted in a way that this version does not know.";
            Opened::Locked(Loss::new(Reason::Encrypted, detail, bytes.len() as u64))
        }
        Attempt::Locked => unlock(&data, tools, budget),
    }
}

fn unlock(data: &Arc<Vec<u8>>, tools: &Tools<'_>, budget: &mut Budget) -> Opened {
    let owner = Owner::find(data);
    let mut keys = Keys::new(tools, 1 + data.len() as u64 / SPEED);
    let opened = keys.open(budget, |password, _| {
        let by_owner = owner.as_ref().and_then(|o| o.user_password(password.as_bytes()));
        std::iter::once(password).chain(by_owner.as_deref()).find_map(|candidate| match attempt(data, candidate) {
            Attempt::Open(pdf) => Some(pdf),
            _ => None,
        })
    });
    match opened {
        Some((pdf, key)) => Opened::Pdf(pdf, Some(key)),
        None => Opened::Locked(keys.loss("The PDF", data.len() as u64)),
    }
}

enum Attempt {
    Open(Box<Pdf>),
    Locked,
    Unknown,
    Broken,
}

fn attempt(data: &Arc<Vec<u8>>, password: &str) -> Attempt {
    match catch_unwind(AssertUnwindSafe(|| Pdf::new_with_password(Arc::clone(data), password))) {
        Ok(Ok(pdf)) => Attempt::Open(Box::new(pdf)),
        Ok(Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected))) => Attempt::Locked,
        Ok(Err(LoadPdfError::Decryption(DecryptionError::UnsupportedAlgorithm))) => Attempt::Unknown,
        Ok(Err(_)) | Err(_) => Attempt::Broken,
    }
}

/// What is needed to get the user's password from the owner's, for the ciphers before AES-256 (ISO 32000-1 §7.6.3.4,
/// algorithm 7): the one is encrypted by the other.
struct Owner {
    /// The entry `O`.
    sealed: Vec<u8>,
    revision: u32,
    key_bytes: usize,
}

impl Owner {
    /// The dictionary of the encryption stands in the clear; the trailer says which object it is.
    fn find(bytes: &[u8]) -> Option<Owner> {
        let at = memchr::memmem::rfind(bytes, b"/Encrypt ")? + b"/Encrypt ".len();
        let rest = &bytes[at..];
        let dict = if rest.starts_with(b"<<") { Dict::from_bytes(rest)? } else { Dict::from_bytes(object(bytes, rest)?)? };
        let number = |key: &str| dict.get::<Number>(key).map(|n| n.as_i64());
        let revision = number("R")?;
        let bits = if revision == 2 { 40 } else { number("Length").unwrap_or(if number("V") == Some(4) { 128 } else { 40 }) };
        let sealed = dict.get::<PdfString<'_>>("O")?.as_bytes().to_vec();
        let known = (2..=4).contains(&revision) && (40..=128).contains(&bits) && sealed.len() == 32;
        known.then_some(Owner { sealed, revision: revision as u32, key_bytes: bits as usize / 8 })
    }

    /// The user's password that this owner's password seals; `None` where it is no text.
    fn user_password(&self, owner: &[u8]) -> Option<String> {
        let padded: Vec<u8> = owner.iter().chain(&PADDING).copied().take(32).collect();
        let mut key = Md5::digest(&padded).to_vec();
        if self.revision >= 3 {
            (0..50).for_each(|_| key = Md5::digest(&key[..self.key_bytes]).to_vec());
        }
        key.truncate(self.key_bytes);
        let rounds = if self.revision >= 3 { 20 } else { 1 };
        let mut user = self.sealed.clone();
        for round in (0..rounds).rev() {
            let turned: Vec<u8> = key.iter().map(|b| b ^ round).collect();
            rc4(&turned, &mut user);
        }
        let end = (0..=32).find(|n| PADDING.starts_with(&user[*n..]))?;
        String::from_utf8(user[..end].to_vec()).ok()
    }
}

/// The bytes of an object that `reference` ("5 0 R …") names.
fn object<'a>(bytes: &'a [u8], reference: &[u8]) -> Option<&'a [u8]> {
    let number: String = reference.iter().take_while(|b| b.is_ascii_digit()).map(|b| char::from(*b)).collect();
    let head = format!("{number} 0 obj");
    let is_start = |at: &usize| *at == 0 || !bytes[at - 1].is_ascii_digit();
    let at = memchr::memmem::rfind_iter(bytes, head.as_bytes()).find(is_start)?;
    Some(bytes[at + head.len()..].trim_ascii_start())
}

/// RC4, which old PDFs are encrypted by.
fn rc4(key: &[u8], data: &mut [u8]) {
    let mut state: [u8; 256] = std::array::from_fn(|n| n as u8);
    let mut j = 0_u8;
    for i in 0..256 {
        j = j.wrapping_add(state[i]).wrapping_add(key[i % key.len()]);
        state.swap(i, usize::from(j));
    }
    let (mut i, mut j) = (0_u8, 0_u8);
    for byte in data {
        i = i.wrapping_add(1);
        j = j.wrapping_add(state[usize::from(i)]);
        state.swap(usize::from(i), usize::from(j));
        *byte ^= state[usize::from(state[usize::from(i)].wrapping_add(state[usize::from(j)]))];
    }
}

/// Whether a stream in the file would unpack to more than may be held: such a file is not opened at all.
pub(super) fn is_bomb(bytes: &[u8], limits: &Limits) -> bool {
    super::raw::streams(bytes).any(|stream| stream.unpacks_beyond(limits.text_bytes.min(super::LARGEST_STREAM)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rc4_is_rc4() {
        let mut data = *b"Plaintext";
        rc4(b"Key", &mut data);
        assert_eq!(data, [0xbb, 0xf3, 0x16, 0xe8, 0xd9, 0x40, 0xaf, 0x0a, 0xd3]);
    }
}
