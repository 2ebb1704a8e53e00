//! Locks of Office documents ([MS-OFFCRYPTO]): which password opens them, and what then comes out.

mod agile;
mod cipher;
mod rc4;
mod standard;
mod xor;

use super::keys::Keys;
use super::{Budget, Loss};
use crate::{Key, Tools};
use aftermail_model::Reason;
pub(super) use rc4::Rc4;
pub(super) use xor::Xor;

/// Hashes of one millisecond, more or less.
const HASHES: u32 = 2000;

/// What locks are opened with.
pub(super) struct Opener<'t, 'b> {
    tools: &'t Tools<'t>,
    budget: &'b mut Budget,
}

impl<'t, 'b> Opener<'t, 'b> {
    pub(super) fn new(tools: &'t Tools<'t>, budget: &'b mut Budget) -> Opener<'t, 'b> {
        Opener { tools, budget }
    }

    /// Tries the passwords at hand; one try takes so many hashes.
    fn unlock<T>(&mut self, hashes: u32, mut opens: impl FnMut(&str) -> Option<T>) -> Result<(T, Key), Loss> {
        let mut keys = Keys::new(self.tools, u64::from(hashes / HASHES));
        keys.open(self.budget, |word, _| opens(word)).ok_or_else(|| keys.loss("The document", 0))
    }
}

/// Unlocks the package of an OOXML document: streams `EncryptionInfo` and `EncryptedPackage`.
pub(super) fn package(info: &[u8], package: &[u8], opener: &mut Opener<'_, '_>) -> Result<(Vec<u8>, Key), Loss> {
    let version = |at: usize| info.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let opened = match (version(0), version(2)) {
        (Some(4), Some(4)) => agile::open(info, package, opener),
        (Some(2..=4), Some(2)) => standard::open(info, package, opener),
        _ => None,
    };
    opened.unwrap_or_else(|| {
        Err(Loss { reason: Reason::Encrypted, detail: "The document is locked in a way that this version does not know.".into(), bytes: 0 })
    })
}

/// A password as all but the oldest locks take it.
fn utf16(password: &str) -> Vec<u8> {
    password.encode_utf16().flat_map(u16::to_le_bytes).collect()
}

/// Cuts the package to the length that it says at its beginning (§2.3.4.4).
fn sized(mut plain: Vec<u8>, package: &[u8]) -> Vec<u8> {
    let length = package.get(..8).and_then(|b| b.try_into().ok()).map_or(0, u64::from_le_bytes);
    plain.truncate(usize::try_from(length).unwrap_or(usize::MAX));
    plain
}
