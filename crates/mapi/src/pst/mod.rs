//! PST and OST stores ([MS-PST]).
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let bytes = std::fs::read("mailbox.pst")?; // or anything of one's own that is a `ReadAt`
//! let store = aftermail_mapi::pst::Store::open(bytes)?;
//! for entry in store.entries() {
//!     let item = store.item(&entry);
//!     println!("{:?} {:?} {:?}", entry.folder, entry.reached, item.props.text(0x0037, None));
//! }
//! # Ok(())
//! # }
//! ```

mod block;
mod check;
mod cipher;
mod heap;
mod item;
mod layout;
mod properties;
mod scan;
mod table;
mod tree;
mod walk;

use crate::ReadAt;
use block::Blocks;
use layout::Header;
pub use layout::{Cipher, Layout, NoStore};
use std::collections::HashSet;
use tree::Trees;
pub use walk::{Entry, Reached};

/// What bounds the work on one item.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one property, attachment or table.
    pub bytes: u64,
    /// Messages inside of messages.
    pub depth: u32,
    /// Attachments of one message.
    pub attachments: usize,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { bytes: 256 << 20, depth: 16, attachments: 10_000 }
    }
}

/// What is known of a store as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Version of its layout.
    pub layout: Layout,
    /// Disguise of its blocks.
    pub cipher: Cipher,
    /// Whether it is an OST, the cache of a mailbox.
    pub cache: bool,
    /// Whether a password is set. It guards nothing: the store is read without it.
    pub password: bool,
    /// Bytes that the header promises beyond the end of the file.
    pub missing_bytes: u64,
    /// Whether the checksum of the header is wrong.
    pub header_damaged: bool,
    /// Pages of the two trees that could not be read.
    pub broken_pages: u64,
    /// Nodes and blocks that only the search through the whole file brought.
    pub recovered_nodes: u64,
    /// See `recovered_nodes`.
    pub recovered_blocks: u64,
}

/// A store.
pub struct Store<S> {
    source: S,
    header: Header,
    trees: Trees,
    recovered: HashSet<u32>,
    about: About,
    limits: Limits,
}

impl<S: ReadAt> Store<S> {
    /// Opens a store and reads its trees. Where they are damaged, the file is searched for what is left of them.
    ///
    /// # Errors
    /// Where the bytes are no store of a known version.
    pub fn open(source: S) -> Result<Store<S>, NoStore> {
        Store::with_limits(source, Limits::default())
    }

    /// [`Store::open`] with limits of one's own.
    ///
    /// # Errors
    /// See [`Store::open`].
    pub fn with_limits(source: S, limits: Limits) -> Result<Store<S>, NoStore> {
        let header = Header::read(&source)?;
        let mut trees = Trees::read(&source, header.layout, header.nodes_at, header.blocks_at);
        let missing_bytes = header.expected_size.saturating_sub(source.size());
        let (nodes, blocks) = (trees.nodes.len(), trees.blocks.len());
        let mut recovered = HashSet::new();
        if !header.intact || missing_bytes > 0 || trees.broken_pages > 0 || trees.nodes.is_empty() {
            let known: HashSet<u32> = trees.nodes.keys().copied().collect();
            scan::complete(&source, header.layout, &mut trees);
            recovered = trees.nodes.keys().copied().filter(|id| !known.contains(id)).collect();
        }
        let about = About {
            layout: header.layout,
            cipher: header.cipher,
            cache: header.cache,
            password: false,
            missing_bytes,
            header_damaged: !header.intact,
            broken_pages: trees.broken_pages,
            recovered_nodes: (trees.nodes.len() - nodes) as u64,
            recovered_blocks: (trees.blocks.len() - blocks) as u64,
        };
        let mut store = Store { source, header, trees, recovered, about, limits };
        store.about.password = store.has_password();
        Ok(store)
    }

    /// What is known of the store as a whole.
    pub fn about(&self) -> &About {
        &self.about
    }

    fn blocks(&self) -> Blocks<'_, S> {
        Blocks { source: &self.source, layout: self.header.layout, cipher: self.header.cipher, trees: &self.trees }
    }
}
