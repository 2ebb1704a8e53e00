//! Compound files ([MS-CFB]): the storages and streams of message files and of Office documents before 2007.

use crate::le::{u16_at, u32_at};
use cfb::CompoundFile;
use std::borrow::Cow;
use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

/// Bytes of one stream that are read.
const LONGEST: u64 = 256 << 20;

/// An open compound file.
pub struct Compound<'m> {
    file: CompoundFile<Cursor<Cow<'m, [u8]>>>,
    cut_off: bool,
}

impl<'m> Compound<'m> {
    /// Opens the file; none where it is none. One that ends before its table of sectors does is filled up with zeros.
    pub fn open(bytes: &'m [u8]) -> Option<Compound<'m>> {
        if let Ok(file) = CompoundFile::open(Cursor::new(Cow::Borrowed(bytes))) {
            return Some(Compound { file, cut_off: false });
        }
        let shift = u16_at(bytes, 30).filter(|s| matches!(s, 9 | 12))?;
        let sectors = u64::from(u32_at(bytes, 44)?) << (shift - 2);
        let whole = (sectors + 1) << shift;
        if whole <= bytes.len() as u64 || whole > 4 * bytes.len() as u64 + (16 << 20) {
            return None;
        }
        let mut padded = bytes.to_vec();
        padded.resize(usize::try_from(whole).ok()?, 0);
        Some(Compound { file: CompoundFile::open(Cursor::new(Cow::Owned(padded))).ok()?, cut_off: true })
    }

    /// Whether it is shorter than its own table of sectors.
    pub fn is_cut_off(&self) -> bool {
        self.cut_off
    }

    /// Names and paths of the storages and streams right below a storage.
    pub fn children(&self, at: &Path) -> Vec<(String, PathBuf)> {
        self.file.read_storage(at).map_or(Vec::new(), |entries| entries.map(|e| (e.name().to_owned(), e.path().to_owned())).collect())
    }

    /// Whether there is a stream of this path.
    pub fn has_stream(&self, at: &Path) -> bool {
        self.file.is_stream(at)
    }

    /// Whether there is a storage of this path.
    pub fn has_storage(&self, at: &Path) -> bool {
        self.file.is_storage(at)
    }

    /// The bytes of a stream, as far as its sectors go; none where there is none of this path.
    pub fn stream(&mut self, at: &Path) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        // A chain of sectors that breaks off ends the stream there.
        let whole = self.file.open_stream(at).ok()?.take(LONGEST).read_to_end(&mut bytes);
        (whole.is_ok() || !bytes.is_empty()).then_some(bytes)
    }
}
