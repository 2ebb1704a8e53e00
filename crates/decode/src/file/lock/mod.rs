//! Locks of Office documents ([MS-OFFCRYPTO]): which password opens them, and what then comes out.

mod agile;
mod cipher;
mod rc4;
mod standard;
mod xor;

use super::Loss;
use crate::{Key, Tools};
use aftermail_model::{Reason, RevealPermit};
pub(super) use rc4::Rc4;
pub(super) use xor::Xor;

/// Passwords that programs use where nobody chose one: of Excel for read-only workbooks, of PowerPoint for presentations.
const WELL_KNOWN: [&str; 2] = ["VelvetSweatshop", "/01Hannes Ruescher/01"];
/// Hashes computed for one lock: some ten seconds.
const WORK: u64 = 20_000_000;

/// Tries the well-known passwords, then those at hand, in their order. `cost` is the number of hashes that one try takes.
pub(super) fn unlock<T>(tools: &Tools<'_>, cost: u64, mut opens: impl FnMut(&str) -> Option<T>) -> Result<(T, Key), Loss> {
    let mut work = 0;
    for word in WELL_KNOWN {
        work += cost;
        if let Some(found) = opens(word).filter(|_| work <= WORK) {
            return Ok((found, Key::WellKnown(word)));
        }
    }
    let permit = RevealPermit::recorded();
    for (index, password) in tools.passwords.iter().enumerate() {
        work += cost;
        if work > WORK {
            return Err(locked(format!("{index} of {} passwords were tried: more would take too long.", tools.passwords.len())));
        }
        if let Some(found) = opens(password.reveal(&permit)) {
            return Ok((found, Key::Given(index)));
        }
    }
    Err(locked(match tools.passwords.len() {
        0 => "no password was at hand to try.".to_owned(),
        1 => "1 password was tried.".to_owned(),
        n => format!("{n} passwords were tried."),
    }))
}

fn locked(tried: String) -> Loss {
    Loss { reason: Reason::Encrypted, detail: format!("The document is locked by a password: {tried}"), bytes: 0 }
}

/// Unlocks the package of an OOXML document: streams `EncryptionInfo` and `EncryptedPackage`.
pub(super) fn package(info: &[u8], package: &[u8], tools: &Tools<'_>) -> Result<(Vec<u8>, Key), Loss> {
    let version = |at: usize| info.get(at..at + 2).map(|b| u16::from_le_bytes([b[0], b[1]]));
    let opened = match (version(0), version(2)) {
        (Some(4), Some(4)) => agile::open(info, package, tools),
        (Some(2..=4), Some(2)) => standard::open(info, package, tools),
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
