//! The one door: what a file holds, told by its bytes and never by its name.
//!
//! Each format is a module that turns bytes into [`Contents`]: text, and files within, which come through the door again.

mod archive;
mod armour;
mod ber;
mod cms;
mod grid;
mod keyfile;
mod keys;
mod le;
mod legacy;
mod lines;
mod lock;
mod markup;
mod memory;
mod metafile;
mod numbers;
mod odf;
mod onenote;
mod ooxml;
mod pages;
mod pdf;
mod pgp;
mod picture;
mod plist;
mod registry;
mod rtf;
mod sqlite;
mod xml;

use crate::{Key, Limits, Tools, sniff};
use aftermail_model::{Layer, Reason};
pub use memory::Memory;
use std::io::{self, Read};

/// Bytes of one file that are unpacked.
const MEMBER_BYTES: u64 = 64 << 20;
/// Bytes that come out for one that goes in: more is a bomb, or a file without content.
const GROWTH: u64 = 200;
/// Bytes for one that a header may promise, which is what deflate does at most.
const BELIEVED: u64 = 1032;
/// Bytes that every file may become, however few they were.
const ALWAYS: u64 = 8 << 20;

/// Pixels of one message's pictures that go through the networks; a dense page takes 7 million and some seconds.
const PIXELS: u64 = 100_000_000;

/// What a file holds.
#[derive(Clone, Default)]
pub(crate) struct Contents {
    /// The media type that it turned out to be.
    pub media: &'static str,
    /// Its text, in reading order.
    pub passages: Vec<Passage>,
    /// The text that stands in a picture.
    pub guesses: Option<Guesses>,
    /// Files within it.
    pub members: Vec<Member>,
    /// What of it was not read.
    pub losses: Vec<Loss>,
    /// What opened it, where it was locked.
    pub opened_by: Option<Key>,
}

/// A piece of its text.
#[derive(Clone)]
pub(crate) struct Passage {
    pub layer: Layer,
    /// Empty, or what is said behind the place of the file: `properties`, `notes of slide 3`.
    pub own: String,
    pub body: String,
}

impl Passage {
    pub(crate) fn visible(body: String) -> Passage {
        Passage { layer: Layer::Visible, own: String::new(), body }
    }
}

/// Text read from pixels.
#[derive(Clone)]
pub(crate) struct Guesses {
    pub body: String,
    /// See [`aftermail_model::Text::certainty`].
    pub certainty: Vec<u8>,
}

/// A file within a file: what it holds, or why it was not unpacked.
#[derive(Clone)]
pub(crate) struct Member {
    pub name: String,
    pub content: Result<Vec<u8>, Loss>,
    /// What of it is missing.
    pub lost: Option<Loss>,
    /// What opened it, where it was locked by itself.
    pub opened_by: Option<Key>,
}

impl Member {
    /// A member of which nothing is missing.
    pub(crate) fn whole(name: String, bytes: Vec<u8>) -> Member {
        Member { name, content: Ok(bytes), lost: None, opened_by: None }
    }

    /// A member as it came out. One of which nothing did has no content.
    pub(crate) fn unpacked(name: String, content: Result<Unpacked, Loss>, opened_by: Option<Key>) -> Member {
        let (content, lost) = match content {
            Ok(Unpacked { bytes, loss: Some(loss) }) if bytes.is_empty() => (Err(loss), None),
            Ok(Unpacked { bytes, loss }) => (Ok(bytes), loss),
            Err(loss) => (Err(loss), None),
        };
        Member { name, content, lost, opened_by }
    }
}

/// Something that was not read, before it is known where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loss {
    pub reason: Reason,
    /// One plain sentence.
    pub detail: String,
    pub bytes: u64,
}

impl Loss {
    pub(crate) fn new(reason: Reason, detail: impl Into<String>, bytes: u64) -> Loss {
        Loss { reason, detail: detail.into(), bytes }
    }
}

/// What came out of a file, and what of it did not.
pub(crate) struct Unpacked {
    pub bytes: Vec<u8>,
    pub loss: Option<Loss>,
}

/// What unpacking may still use, shared by all parts of one message.
#[derive(Clone)]
pub(crate) struct Budget {
    bytes: u64,
    files: u32,
    work: u64,
    /// Pixels of pictures that may still be looked at for text.
    pixels: u64,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Budget {
        Budget { bytes: limits.text_bytes, files: limits.parts, work: limits.lock_millis, pixels: PIXELS }
    }

    /// What was used of it since, as a budget.
    fn less(&self, now: &Budget) -> Budget {
        Budget {
            bytes: self.bytes.saturating_sub(now.bytes),
            files: self.files.saturating_sub(now.files),
            work: self.work.saturating_sub(now.work),
            pixels: self.pixels.saturating_sub(now.pixels),
        }
    }

    /// Whether as much as that is left.
    fn covers(&self, other: &Budget) -> bool {
        self.bytes >= other.bytes && self.files >= other.files && self.work >= other.work && self.pixels >= other.pixels
    }

    /// Uses as much as that.
    fn take(&mut self, other: &Budget) {
        *self = self.less(other);
    }

    /// Takes one file more; false where there are too many.
    pub(crate) fn file(&mut self) -> bool {
        let room = self.files > 0;
        self.files = self.files.saturating_sub(1);
        room
    }

    /// Takes some milliseconds of trying passwords; false where they are used up.
    pub(crate) fn work(&mut self, millis: u64) -> bool {
        let room = self.work >= millis;
        self.work = self.work.saturating_sub(millis);
        room
    }

    /// Bytes that may still come out.
    pub(crate) fn room(&self) -> usize {
        usize::try_from(self.bytes).unwrap_or(usize::MAX)
    }

    /// Bytes that one file may become, of so many packed ones: a bomb must not use up what its neighbours need.
    pub(crate) fn most(&self, packed: u64) -> usize {
        let growth = packed.saturating_mul(GROWTH).max(ALWAYS);
        usize::try_from(self.bytes.min(MEMBER_BYTES).min(growth)).unwrap_or(usize::MAX)
    }

    /// Reads a file of `packed` bytes that should become `size`. What comes out before damage or a limit stays.
    pub(crate) fn unpack(&mut self, packed: u64, size: Option<u64>, reader: impl Read) -> Unpacked {
        let most = self.most(packed);
        let mut bytes = Vec::new();
        let read = reader.take(most as u64 + 1).read_to_end(&mut bytes);
        let beyond = bytes.len().saturating_sub(most) as u64;
        bytes.truncate(most);
        // A size that nothing could unpack to was made up.
        let size = size.filter(|s| *s <= packed.saturating_mul(BELIEVED).max(ALWAYS)).unwrap_or(bytes.len() as u64 + beyond);
        let fault = read.err().map(|e| match e.kind() {
            io::ErrorKind::OutOfMemory => Loss::new(Reason::TooLarge, "To unpack it takes more memory than the limit.", 0),
            _ => Loss::new(Reason::Damaged, "It is damaged: what came before the damage was read.", 0),
        });
        self.kept(bytes, beyond, size, fault)
    }

    /// Accounts for a file of `size` bytes of which these came out, and `beyond` more than the limit.
    pub(crate) fn kept(&mut self, bytes: Vec<u8>, beyond: u64, size: u64, fault: Option<Loss>) -> Unpacked {
        self.bytes = self.bytes.saturating_sub(bytes.len() as u64);
        let read = bytes.len() as u64;
        let missing = size.saturating_sub(read).max(beyond);
        let loss = match fault {
            Some(fault) => Some(Loss { bytes: missing.max(fault.bytes), ..fault }),
            None if beyond > 0 => Some(Loss::new(
                Reason::TooLarge,
                format!("Unpacked, it is larger than the limit; its first {read} bytes were read."),
                missing,
            )),
            None if missing > 0 => Some(Loss::new(Reason::Damaged, format!("It is cut off: {read} of {size} bytes came out."), missing)),
            None => None,
        };
        Unpacked { bytes, loss }
    }
}

/// Opens a file. None where this version does not read its kind, or it is too broken to be told apart from noise.
pub(crate) fn open(bytes: &[u8], name: Option<&str>, tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    match tools.memory {
        Some(memory) => memory.open(bytes, name, budget, |budget| afresh(bytes, name, tools, budget)),
        None => afresh(bytes, name, tools, budget),
    }
}

fn afresh(bytes: &[u8], name: Option<&str>, tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    let Some(media) = sniff::magic(bytes) else { return unsigned(bytes, tools, budget) };
    match media {
        "application/pdf" => Some(pdf::read(bytes, tools, budget)),
        "application/vnd.sqlite3" => sqlite::read(bytes),
        "application/x-bplist" => plist::binary(bytes),
        "application/rtf" => rtf::open(bytes),
        "application/onenote" => Some(onenote::open(bytes)),
        "application/vnd.ms-excel" => Some(legacy::workbook(bytes, tools, budget)),
        "application/msword" => Some(legacy::word_2(bytes)),
        "image/emf" => Some(metafile::emf(bytes)),
        "image/wmf" => Some(metafile::wmf(bytes)),
        "application/x-ole-storage" => Some(legacy::open(bytes, name, tools, budget)),
        media if media.starts_with("image/") => picture::read(bytes, media, tools.eyes?, budget),
        media => archive::open(media, bytes, name, tools, budget).map(document),
    }
}

/// Opens an archive that was cut into several files, the first piece first.
pub(crate) fn open_volumes(pieces: &[&[u8]], tools: &Tools<'_>, budget: &mut Budget) -> Contents {
    archive::open_volumes(pieces, tools, budget)
}

/// An archive of which the members are those of an Office document is that document.
fn document(found: Contents) -> Contents {
    let Contents { media, passages, members, losses, opened_by, .. } = found;
    let named = |m: &Member| m.lost.clone().map(|loss| Loss { detail: format!("{}: {}", m.name, loss.detail), ..loss });
    let short: Vec<Loss> = members.iter().filter_map(named).collect();
    match ooxml::open(members).or_else(odf::open) {
        Ok(mut document) => {
            document.losses.extend(losses.into_iter().chain(short));
            document
        }
        Err(members) => Contents { media, passages, members, losses, opened_by, ..Contents::default() },
    }
}

/// Formats without a signature: they are told by their structure.
fn unsigned(bytes: &[u8], tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    cms::read(bytes, budget).or_else(|| keyfile::read(bytes, tools, budget)).or_else(|| pgp::read(bytes, budget))
}

/// Opens a text that is a document or written for programs; `media` is what it seems to be. None where it is text of another kind.
pub(crate) fn open_text(text: &str, media: &str) -> Option<Contents> {
    let markup = || if media == "application/xml" { markup::open(text) } else { None };
    plist::xml(text).or_else(|| registry::read(text)).or_else(markup)
}

/// What a text holds in blocks between lines of dashes: locked private keys, encrypted and signed messages.
pub(crate) fn in_text(text: &str, tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    let has = |words: &str| memchr::memmem::find(text.as_bytes(), words.as_bytes()).is_some();
    if text.starts_with("PuTTY-User-Key-File-") {
        return Some(keyfile::putty(text, tools, budget));
    }
    if !has("-----BEGIN ") {
        return None;
    }
    if has("PRIVATE KEY-----") {
        return keyfile::unlocked(text, tools, budget);
    }
    if has("-----BEGIN PGP MESSAGE-----") {
        return Some(pgp::armoured(text, budget));
    }
    let signed = |label: &str| matches!(label, "PKCS7" | "CMS" | "PKCS #7 SIGNED DATA");
    armour::blocks(text, signed).find_map(|b| cms::read(&b.bytes, budget))
}
