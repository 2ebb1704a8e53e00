//! RAR of all versions.

use super::super::keys::{Keys, spellings};
use super::super::{Budget, Contents, Key, Loss, MEMBER_BYTES, Member};
use super::{CUT_OFF, MEMBERS, Unpacking, names};
use crate::Tools;
use aftermail_model::Reason;
use rars::{Archive, ArchiveMember, ArchiveReadOptions, ArchiveReader, Error, ErrorKind, ExtractionDecision, ExtractionErrorAction};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io::{self, Write};
use std::rc::Rc;

const MEDIA: &str = "application/vnd.rar";
/// Milliseconds that one password takes: 2^18 rounds of SHA-1, or 2^15 of HMAC-SHA-256.
const COST: u64 = 30;
/// Most memory for dictionaries and filters.
const MEMORY: u64 = 256 << 20;
/// In a solid archive all files are unpacked for the sake of those behind them, up to this many bytes.
const SOLID: u64 = 1 << 30;

pub(super) fn open(bytes: &[u8], tools: &Tools<'_>, budget: &mut Budget) -> Contents {
    let mut out = Unpacking::new(MEDIA, budget);
    let mut keys = Keys::new(tools, COST);
    let (archive, key) = match ArchiveReader::read_with_options(bytes, options(None)) {
        Ok(archive) => (archive, None),
        Err(e) if e.kind() == ErrorKind::PasswordRequired => match keys.open(out.budget, |password, _| parsed(bytes, password)) {
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
    Rar { archive: &archive }.unpack(&mut keys, &mut out);
    out.done()
}

/// What is behind a program that seems to unpack itself: None where it is no archive.
pub(super) fn behind_program(bytes: &[u8], tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    let sound = match ArchiveReader::read_with_options(bytes, options(None)) {
        Ok(archive) => archive.members().next().is_some(),
        Err(e) => e.kind() == ErrorKind::PasswordRequired,
    };
    sound.then(|| open(bytes, tools, budget))
}

fn options(password: Option<&[u8]>) -> ArchiveReadOptions<'_> {
    ArchiveReadOptions::with_optional_password(password)
        .with_max_header_count(4 * MEMBERS as u64)
        .with_max_header_bytes(32 << 20)
        .with_max_reader_workspace_bytes(MEMORY)
        .with_rar50_dictionary_size_limit(MEMORY)
        .with_rar50_buffered_decode_limit(MEMBER_BYTES)
}

fn parsed(bytes: &[u8], password: &str) -> Option<Archive> {
    spellings(password).iter().find_map(|p| ArchiveReader::read_with_options(bytes, options(Some(p))).ok())
}

/// What came out of one member so far.
#[derive(Default)]
struct Pot {
    bytes: Vec<u8>,
    beyond: u64,
}

/// Keeps what is written up to a limit, and counts the rest.
struct Pour {
    pot: Rc<RefCell<Pot>>,
    most: usize,
}

impl Write for Pour {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pot = self.pot.borrow_mut();
        let kept = bytes.len().min(self.most.saturating_sub(pot.bytes.len()));
        pot.bytes.extend_from_slice(&bytes[..kept]);
        pot.beyond += (bytes.len() - kept) as u64;
        Ok(bytes.len())
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Rar<'a> {
    archive: &'a Archive,
}

impl Rar<'_> {
    /// Locked members share a password, or have none that is known.
    fn unpack(&self, keys: &mut Keys<'_>, out: &mut Unpacking<'_>) {
        let members: Vec<ArchiveMember> = self.archive.members().take(4 * MEMBERS).collect();
        let locked = members.iter().enumerate().filter(|(_, m)| m.meta.is_encrypted && is_whole_file(m));
        let smallest = locked.min_by_key(|(_, m)| m.meta.packed_size).map(|(index, _)| index);
        let found = smallest.map(|index| keys.open(out.budget, |password, _| self.opens(index, password)));
        let (password, key) = found.flatten().map_or((None, None), |(password, key)| (Some(password), Some(key)));
        let key = key.or(out.contents.opened_by);
        self.pour(&members, password.as_deref(), key.as_ref(), keys, out);
    }

    /// The spelling of a password under which a member comes out whole.
    fn opens(&self, index: usize, password: &str) -> Option<Vec<u8>> {
        let fits = |p: &Vec<u8>| {
            let limited = options(Some(p)).with_max_member_output_bytes(MEMBER_BYTES).with_max_total_output_bytes(SOLID);
            matches!(self.archive.read_member_at_with_options(index, limited), Ok(Some(_)))
        };
        spellings(password).into_iter().find(fits)
    }

    fn pour(&self, members: &[ArchiveMember], password: Option<&[u8]>, key: Option<&Key>, keys: &Keys<'_>, out: &mut Unpacking<'_>) {
        let solid = self.archive.is_solid();
        let pots: RefCell<HashMap<usize, Rc<RefCell<Pot>>>> = RefCell::default();
        let faults: RefCell<HashMap<usize, Loss>> = RefCell::default();
        let (next, mut poured) = (RefCell::new(0), 0_u64);
        let decide = |member: &ArchiveMember| {
            let index = *next.borrow();
            *next.borrow_mut() += 1;
            poured = poured.saturating_add(member.meta.unpacked_size);
            if solid && poured > SOLID {
                return Ok(ExtractionDecision::Stop);
            }
            let shut = member.meta.is_encrypted && password.is_none();
            if !is_whole_file(member) || shut || !solid && member.meta.unpacked_size > MEMBER_BYTES {
                return Ok(ExtractionDecision::Skip);
            }
            let pot = Rc::<RefCell<Pot>>::default();
            pots.borrow_mut().insert(index, Rc::clone(&pot));
            Ok(ExtractionDecision::Extract(Box::new(Pour { pot, most: out.budget.most(member.meta.packed_size) })))
        };
        let on_error = |member: &ArchiveMember, error: &Error| {
            let last = next.borrow().saturating_sub(1_usize);
            faults.borrow_mut().insert(last, why(error, member.meta.unpacked_size));
            Ok(ExtractionErrorAction::Continue)
        };
        let ended = self.archive.extract_with_control_and_errors(options(password), decide, on_error);
        let (pots, faults) = (pots.into_inner(), faults.into_inner());
        for (index, member) in members.iter().enumerate().filter(|(_, m)| !m.meta.is_directory && !m.meta.is_redirection) {
            if !out.room(member.meta.packed_size) {
                continue;
            }
            let name = names::guessed(&member.meta.name);
            let size = member.meta.unpacked_size;
            let fault = faults.get(&index).cloned().or_else(|| ended.as_ref().err().map(|e| why(e, size)));
            let pot = pots.get(&index).map(|p| p.take()).filter(|p| !p.bytes.is_empty() || fault.is_none());
            let opened_by = key.filter(|_| member.meta.is_encrypted || out.contents.opened_by.is_some()).copied();
            let content = match pot {
                Some(pot) => Ok(out.budget.kept(pot.bytes, pot.beyond, size, fault)),
                None if member.meta.is_encrypted && password.is_none() => {
                    Err(keys.loss("The file in the archive", member.meta.packed_size))
                }
                None if member.meta.is_split_before || member.meta.is_split_after => {
                    let detail = "It is split over several files of which this one holds a piece: put them together to read it.";
                    Err(Loss::new(Reason::Damaged, detail, member.meta.packed_size))
                }
                None => Err(fault.unwrap_or_else(|| Loss::new(Reason::TooLarge, "Unpacked, it is larger than the limit.", size))),
            };
            out.push(Member::unpacked(name, content, opened_by));
        }
    }
}

/// An archive in several volumes, in their order. Where one is missing or broken, what comes before it is read.
pub(super) fn open_set(volumes: &[&[u8]], tools: &Tools<'_>, budget: &mut Budget) -> Contents {
    let mut out = Unpacking::new(MEDIA, budget);
    let mut keys = Keys::new(tools, COST);
    let read = |password: Option<&[u8]>| volumes.iter().map(|v| ArchiveReader::read_with_options(v, options(password))).collect();
    let plain: Result<Vec<Archive>, Error> = read(None);
    let locked = match &plain {
        Ok(archives) => archives.iter().any(|a| a.members().any(|m| m.meta.is_encrypted)),
        Err(e) => e.kind() == ErrorKind::PasswordRequired,
    };
    let bytes = volumes.iter().map(|v| v.len() as u64).sum();
    if !locked {
        match plain {
            Ok(archives) => pour_set(&archives, None, None, &mut out),
            Err(e) => out.lost(why(&e, bytes)),
        }
        return out.done();
    }
    let found = keys.open(out.budget, |password, _| {
        spellings(password).into_iter().find_map(|p| {
            let archives: Vec<Archive> = read(Some(&p)).ok()?;
            let limited = options(Some(&p)).with_max_total_output_bytes(SOLID);
            rars::test_volumes_with_options(&archives, limited).is_ok().then_some((archives, p))
        })
    });
    match found {
        Some(((archives, password), key)) => {
            out.contents.opened_by = Some(key);
            pour_set(&archives, Some(&password), Some(key), &mut out);
        }
        None => out.lost(keys.loss("The archive", bytes)),
    }
    out.done()
}

fn pour_set(archives: &[Archive], password: Option<&[u8]>, key: Option<Key>, out: &mut Unpacking<'_>) {
    let packed = archives.iter().flat_map(Archive::members).map(|m| m.meta.packed_size).sum();
    let most = out.budget.most(packed);
    let mut pots: Vec<(String, Rc<RefCell<Pot>>)> = Vec::new();
    let limited = options(password).with_max_total_output_bytes(SOLID);
    let ended = rars::extract_volumes_to_with_options(archives, limited, |meta| {
        let pot = Rc::<RefCell<Pot>>::default();
        if !meta.is_directory {
            pots.push((names::guessed(&meta.name), Rc::clone(&pot)));
        }
        Ok(Box::new(Pour { pot, most }))
    });
    for (name, pot) in pots {
        if out.room(0) {
            let Pot { bytes, beyond } = pot.take();
            let size = bytes.len() as u64 + beyond;
            let kept = out.budget.kept(bytes, beyond, size, None);
            out.push(Member::unpacked(name, Ok(kept), key));
        }
    }
    if let Err(e) = ended {
        out.lost(why(&e, 0));
    }
}

/// A file that is whole in this one volume.
fn is_whole_file(member: &ArchiveMember) -> bool {
    let meta = &member.meta;
    !(meta.is_directory || meta.is_redirection || meta.is_split_before || meta.is_split_after)
}

fn why(error: &Error, bytes: u64) -> Loss {
    match error.kind() {
        ErrorKind::PasswordRequired | ErrorKind::BadPassword => Loss::new(Reason::Encrypted, "It is locked by another password.", bytes),
        ErrorKind::ResourceLimit => Loss::new(Reason::TooLarge, "To unpack it takes more memory or output than the limit.", bytes),
        ErrorKind::UnsupportedFeature | ErrorKind::UnsupportedFormat => {
            Loss::new(Reason::Unsupported, "It uses a feature of RAR that this version does not read.", bytes)
        }
        _ => Loss::new(Reason::Damaged, CUT_OFF, bytes),
    }
}
