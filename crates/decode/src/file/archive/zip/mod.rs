//! Zip: read by its directory and by the headers of its members, whichever tells more, so that a damaged, cut off or tampered
//! archive gives what it holds.

mod directory;
mod legacy;
mod lock;
mod methods;

use super::super::keys::{Keys, spellings};
use super::super::{Budget, Contents, Loss, Member, Unpacked};
use super::{MEMBERS, Unpacking};
use crate::Tools;
use aftermail_model::Reason;
use directory::Entry;

const MEDIA: &str = "application/zip";
const DIRECTORY: &str = "The archive's directory is damaged or cut off; files were read where their own headers tell of them.";
/// Milliseconds for the 1000 rounds of one password under AES; the old lock costs next to nothing.
const AES_COST: u64 = 3;

/// None where nothing in it is a member.
pub(super) fn open(bytes: &[u8], tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    let (entries, whole) = directory::entries(bytes, MEMBERS + 1);
    if entries.is_empty() && !whole {
        return None;
    }
    let cost = if entries.iter().any(|e| e.aes.is_some()) { AES_COST } else { 0 };
    let mut keys = Keys::new(tools, cost);
    let mut out = Unpacking::new(MEDIA, budget);
    for entry in entries.iter().filter(|e| !e.is_folder()) {
        if out.room(entry.data.len() as u64) {
            let member = member(bytes, entry, &mut keys, out.budget);
            out.push(member);
        }
    }
    if !whole {
        out.lost(Loss::new(Reason::Damaged, DIRECTORY, 0));
    }
    Some(out.done())
}

fn member(bytes: &[u8], entry: &Entry, keys: &mut Keys<'_>, budget: &mut Budget) -> Member {
    let data = &bytes[entry.data.clone()];
    let (unpacked, key) = match (entry.locked(), entry.aes) {
        (false, _) => (unpacked(entry, entry.method, data, budget), None),
        // Strong encryption (APPNOTE.TXT 7) has certificates and a header of its own.
        (true, None) if entry.flags & 0x40 != 0 => {
            let detail = "It is locked by PKWARE's strong encryption, which this version does not open.";
            (Err(Loss::new(Reason::Encrypted, detail, data.len() as u64)), None)
        }
        (true, aes) => match keys.open(budget, |password, budget| opened(entry, aes, data, password, budget)) {
            Some((unpacked, key)) => (unpacked, Some(key)),
            // Some writers set the flag and lock nothing.
            None => match sound(entry, data) {
                true => (unpacked(entry, entry.method, data, budget), None),
                false => (Err(keys.loss("The file in the archive", data.len() as u64)), None),
            },
        },
    };
    Member::unpacked(entry.name.clone(), unpacked, key)
}

/// The content under a password, where the password is right.
fn opened(entry: &Entry, aes: Option<(u16, u8, u16)>, data: &[u8], password: &str, budget: &mut Budget) -> Option<Result<Unpacked, Loss>> {
    spellings(password).iter().find_map(|spelling| match aes {
        Some((version, strength, method)) => {
            let plain = lock::open_aes(data, spelling, strength)?;
            // Version 2 has an authentication code instead of a checksum.
            let entry = Entry { crc: if version == 2 { 0 } else { entry.crc }, ..entry.clone() };
            Some(unpacked(&entry, method, &plain, budget))
        }
        None => {
            let checks = [(entry.crc >> 24) as u8, (entry.time >> 8) as u8];
            let plain = lock::open_old(data, spelling, checks)?;
            sound(entry, &plain).then(|| unpacked(entry, entry.method, &plain, budget))
        }
    })
}

/// Whether the data unpacks to what its checksum says.
fn sound(entry: &Entry, data: &[u8]) -> bool {
    let Some(Ok(reader)) = methods::reader(entry.method, entry.flags, data, entry.size) else { return false };
    let mut sum = Sum(crc32fast::Hasher::new());
    let most = entry.size.min(super::super::MEMBER_BYTES) + 1;
    let length = std::io::copy(&mut std::io::Read::take(reader, most), &mut sum);
    length.is_ok_and(|n| n == entry.size) && sum.0.finalize() == entry.crc
}

struct Sum(crc32fast::Hasher);

impl std::io::Write for Sum {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn unpacked(entry: &Entry, method: u16, data: &[u8], budget: &mut Budget) -> Result<Unpacked, Loss> {
    let packed = data.len() as u64;
    let reader = match methods::reader(method, entry.flags, data, entry.size) {
        None => {
            let detail = format!("It is compressed by a method that this version does not read ({}).", methods::name(method));
            return Err(Loss::new(Reason::Unsupported, detail, packed));
        }
        Some(Err(e)) if e.kind() == std::io::ErrorKind::OutOfMemory => {
            return Err(Loss::new(Reason::TooLarge, "To unpack it takes more memory than the limit.", packed));
        }
        Some(Err(_)) => return Err(Loss::new(Reason::Damaged, "It cannot be unpacked.", packed)),
        Some(Ok(reader)) => reader,
    };
    let expected = (entry.size > 0).then_some(entry.size);
    let mut out = budget.unpack(packed, expected, reader);
    if out.loss.is_none() && entry.cut {
        out.loss = Some(Loss::new(Reason::Damaged, "The archive ends inside this file.", 0));
    }
    if out.loss.is_none() && entry.crc != 0 && crc32fast::hash(&out.bytes) != entry.crc {
        out.loss = Some(Loss::new(Reason::Damaged, "Its checksum is wrong: something in it was changed or damaged.", 0));
    }
    Ok(out)
}
