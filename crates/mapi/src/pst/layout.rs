//! The three layouts of a store, and its header ([MS-PST] 2.2.2.6).

use crate::ReadAt;
use crate::le::{u16_at, u32_at, u64_at};

/// Widths and places that differ between the versions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// Version 14 and 15, Outlook 97 to 2002: 32-bit places, 8-bit strings.
    Ansi,
    /// Version 23, Outlook 2003 and later.
    Unicode,
    /// Version 36, OST of Outlook 2013 and later: pages of 4096 bytes, compressed blocks.
    Large,
}

impl Layout {
    /// Bytes of a page.
    pub(super) fn page(self) -> usize {
        if self == Layout::Large { 4096 } else { 512 }
    }

    /// Bytes of a page that hold entries; their count follows.
    pub(super) fn entries(self) -> usize {
        match self {
            Layout::Ansi => 496,
            Layout::Unicode => 488,
            Layout::Large => 4056,
        }
    }

    /// Bytes of the trailer of a page or block.
    pub(super) fn trailer(self) -> usize {
        match self {
            Layout::Ansi => 12,
            Layout::Unicode => 16,
            Layout::Large => 24,
        }
    }

    /// Blocks fill multiples of so many bytes, trailer included.
    pub(super) fn alignment(self) -> usize {
        if self == Layout::Large { 512 } else { 64 }
    }

    /// Most bytes of a block as it lies in the file.
    pub(super) fn largest_block(self) -> usize {
        match self {
            Layout::Ansi => 8192 - 12,
            Layout::Unicode => 8192 - 16,
            Layout::Large => 65536 - 24,
        }
    }

    /// Whether ids and places take eight bytes.
    pub(super) fn wide(self) -> bool {
        self != Layout::Ansi
    }

    /// An id or place: four or eight bytes.
    pub(super) fn word(self, bytes: &[u8], at: usize) -> Option<u64> {
        if self.wide() { u64_at(bytes, at) } else { u32_at(bytes, at).map(u64::from) }
    }

    /// Bytes of an id or place.
    pub(super) fn word_size(self) -> usize {
        if self.wide() { 8 } else { 4 }
    }

    /// Bytes that a block of so much data takes.
    pub(super) fn block_span(self, data: usize) -> usize {
        (data + self.trailer()).next_multiple_of(self.alignment())
    }
}

/// How data blocks are disguised ([MS-PST] 5.1, 5.2). No key is needed for any of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cipher {
    /// As they are.
    None,
    /// Permute, "compressible encryption".
    Permute,
    /// Cyclic, "high encryption".
    Cyclic,
    /// Windows Information Protection: the data is really encrypted.
    Wip,
}

/// What the first bytes of a store say.
#[derive(Debug, Clone)]
pub struct Header {
    pub layout: Layout,
    pub cipher: Cipher,
    /// Whether it is an OST, the cache of a mailbox.
    pub cache: bool,
    /// Roots of the trees of nodes and of blocks.
    pub nodes_at: u64,
    pub blocks_at: u64,
    /// The length that the store should have.
    pub expected_size: u64,
    /// Whether the checksum of the header is right.
    pub intact: bool,
}

/// Why a file is not read as a store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoStore {
    /// It does not begin as one.
    Magic,
    /// A version that nobody documents.
    Version(u16),
    /// Fewer bytes than a header.
    Short,
}

impl std::fmt::Display for NoStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            NoStore::Magic => write!(f, "it does not begin like an Outlook store"),
            NoStore::Version(37) => write!(f, "it is protected by Windows Information Protection (version 37)"),
            NoStore::Version(v) => write!(f, "its version {v} is not known"),
            NoStore::Short => write!(f, "it is shorter than the header of an Outlook store"),
        }
    }
}

impl std::error::Error for NoStore {}

impl Header {
    /// Reads the header.
    ///
    /// # Errors
    /// Where the file is no store of a known version.
    pub fn read(source: &(impl ReadAt + ?Sized)) -> Result<Header, NoStore> {
        let bytes = source.bytes(0, 564).or_else(|| source.bytes(0, 512)).ok_or(NoStore::Short)?;
        if !bytes.starts_with(b"!BDN") {
            return Err(NoStore::Magic);
        }
        let short = NoStore::Short;
        let client = u16_at(&bytes, 8).ok_or(short.clone())?;
        let layout = match u16_at(&bytes, 10).ok_or(short.clone())? {
            14 | 15 => Layout::Ansi,
            // Between the documented versions readers have taken every number as Unicode.
            16..=35 => Layout::Unicode,
            36 => Layout::Large,
            other => return Err(NoStore::Version(other)),
        };
        let (size_at, nodes_at, blocks_at, cipher_at) = match layout {
            Layout::Ansi => (168, 188, 196, 461),
            _ => (184, 224, 240, 513),
        };
        let cipher = match bytes.get(cipher_at).copied().unwrap_or(0) {
            1 => Cipher::Permute,
            2 => Cipher::Cyclic,
            0x10 => Cipher::Wip,
            _ => Cipher::None,
        };
        let word = |at| layout.word(&bytes, at).ok_or(short.clone());
        Ok(Header {
            layout,
            cipher,
            cache: client == 0x4F53,
            nodes_at: word(nodes_at)?,
            blocks_at: word(blocks_at)?,
            expected_size: word(size_at)?,
            intact: u32_at(&bytes, 4) == Some(super::check::crc(bytes.get(8..8 + 471).ok_or(short)?)),
        })
    }
}
