//! 7z (7zFormat.txt of the LZMA SDK).

use super::super::keys::Keys;
use super::super::{Budget, Contents, Key, Loss, MEMBER_BYTES, Member};
use super::read::{u32_at, u64_at};
use super::{CUT_OFF, Unpacking, names};
use crate::Tools;
use aftermail_model::Reason;
use memchr::memmem;
use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, Error, Password};
use std::collections::HashSet;
use std::io::{self, Cursor, Read};

const MEDIA: &str = "application/x-7z-compressed";
/// Most memory of headers and decoders, in KiB.
const MEMORY_KB: usize = 256 << 10;
/// A file in a solid block that is larger than this is not unpacked for the sake of those behind it.
const PASSED_OVER: u64 = 512 << 20;

/// Whether the bytes begin with a header whose checksum is right.
pub(super) fn is_sound(bytes: &[u8]) -> bool {
    bytes.get(12..32).is_some_and(|head| crc32fast::hash(head) == u32_at(bytes, 8) && u64_at(head, 8) > 0)
}

pub(super) fn open(bytes: &[u8], tools: &Tools<'_>, budget: &mut Budget) -> Contents {
    let mut out = Unpacking::new(MEDIA, budget);
    let mut keys = Keys::new(tools, cost(bytes));
    let read = |password: &Password| Archive::read_with_memory_limit(&mut Cursor::new(bytes), password, MEMORY_KB);
    let (archive, key) = match read(&Password::empty()) {
        Ok(archive) => (archive, None),
        Err(Error::PasswordRequired) => match keys.open(out.budget, |password, _| read(&Password::new(password)).ok()) {
            Some((archive, key)) => (archive, Some(key)),
            None => {
                out.lost(keys.loss("The archive, even the list of its files,", bytes.len() as u64));
                return out.done();
            }
        },
        Err(e) => {
            out.lost(why(&e, bytes.len() as u64));
            return out.done();
        }
    };
    out.contents.opened_by = key;
    for block in 0..archive.blocks.len() {
        Block { archive: &archive, bytes, number: block }.unpack(&mut keys, &mut out);
    }
    for (index, file) in archive.files.iter().enumerate() {
        if archive.stream_map.file_block_index.get(index).copied().flatten().is_none() && !file.is_directory {
            out.file(names::clean(&file.name), 0, None, std::io::empty());
        }
    }
    out.done()
}

/// Files compressed as one.
struct Block<'a> {
    archive: &'a Archive,
    bytes: &'a [u8],
    number: usize,
}

impl Block<'_> {
    fn files(&self) -> impl Iterator<Item = (usize, &ArchiveEntry)> {
        let blocks = &self.archive.stream_map.file_block_index;
        let own = |(index, file): &(usize, &ArchiveEntry)| blocks.get(*index) == Some(&Some(self.number)) && file.has_stream;
        self.archive.files.iter().enumerate().filter(own)
    }

    fn unpack(&self, keys: &mut Keys<'_>, out: &mut Unpacking<'_>) {
        let locked = self.files().next().is_some_and(|(index, _)| self.archive.is_file_encrypted(index));
        let (password, key) = if locked {
            let Some((password, key)) = keys.open(out.budget, |password, _| self.opens(password)) else {
                for (_, file) in self.files() {
                    self.closed(file, keys, out);
                }
                return;
            };
            (password, Some(key))
        } else {
            (Password::empty(), None)
        };
        self.pour(&password, key.as_ref(), out);
    }

    fn closed(&self, file: &ArchiveEntry, keys: &Keys<'_>, out: &mut Unpacking<'_>) {
        if out.room(file.size) {
            let loss = keys.loss("The file in the archive", file.size);
            out.push(Member::unpacked(names::clean(&file.name), Err(loss), None));
        }
    }

    /// Whether the first file of the block comes out whole.
    fn opens(&self, password: &str) -> Option<Password> {
        let password = Password::new(password);
        let mut sound = false;
        let decoded = self.each(&password, &mut |_, reader| {
            sound = io::copy(&mut reader.take(MEMBER_BYTES), &mut io::sink()).is_ok();
            Ok(false)
        });
        (sound && decoded.is_ok()).then_some(password)
    }

    /// Calls `each` with the files and their content, until it says false.
    fn each(&self, password: &Password, each: &mut dyn FnMut(&ArchiveEntry, &mut dyn Read) -> Result<bool, Error>) -> Result<bool, Error> {
        let mut source = Cursor::new(self.bytes);
        // One thread: a worker may start none.
        let block = BlockDecoder::new_with_memory_limit(1, MEMORY_KB, self.number, self.archive, password, &mut source);
        block.for_each_entries(&mut |file, reader| each(file, reader))
    }

    fn pour(&self, password: &Password, key: Option<&Key>, out: &mut Unpacking<'_>) {
        let mut seen = HashSet::new();
        let mut large = false;
        let files: Vec<_> = self.files().collect();
        // What one file of a solid block took cannot be told: each counts by its share.
        let share = self.archive.pack_sizes().iter().sum::<u64>();
        let result = self.each(password, &mut |file, reader| {
            seen.insert(std::ptr::from_ref(file));
            if file.is_directory {
                return Ok(true);
            }
            if out.room(file.size) {
                let unpacked = out.budget.unpack(share, Some(file.size), reader);
                out.push(Member::unpacked(names::clean(&file.name), Ok(unpacked), key.copied()));
            }
            large = file.size > PASSED_OVER;
            Ok(!large)
        });
        for (_, file) in files.into_iter().filter(|(_, f)| !seen.contains(&std::ptr::from_ref(*f))) {
            if out.room(file.size) {
                let loss = match &result {
                    Err(e) => why(e, file.size),
                    Ok(_) if large => Loss::new(Reason::TooLarge, "It stands behind a file that is larger than the limit.", file.size),
                    Ok(_) => Loss::new(Reason::Damaged, CUT_OFF, file.size),
                };
                out.push(Member::unpacked(names::clean(&file.name), Err(loss), None));
            }
        }
    }
}

fn why(error: &Error, bytes: u64) -> Loss {
    match error {
        Error::MaxMemLimited { .. } => Loss::new(Reason::TooLarge, "To unpack it takes more memory than the limit.", bytes),
        Error::UnsupportedCompressionMethod(method) => {
            let method: String = method.chars().filter(char::is_ascii_graphic).take(40).collect();
            Loss::new(Reason::Unsupported, format!("It is compressed by {method}, which this version does not read."), bytes)
        }
        Error::Unsupported(_) | Error::ExternalUnsupported | Error::UnsupportedVersion { .. } => {
            Loss::new(Reason::Unsupported, "It uses a feature of 7z that this version does not read.", bytes)
        }
        _ => Loss::new(Reason::Damaged, CUT_OFF, bytes),
    }
}

/// Milliseconds that a password takes: the number of hash rounds stands in the properties of the AES coder, as a power of two.
fn cost(bytes: &[u8]) -> u64 {
    let coder = memmem::rfind(bytes, b"\x06\xf1\x07\x01").and_then(|at| bytes.get(at + 5));
    let power = coder.map_or(19, |b| u32::from(b & 63).min(40));
    (40_u64 << power >> 19).max(1)
}
