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
pub use cipher::reveal;
use layout::Header;
pub use layout::{Cipher, Layout, NoStore};
use std::ops::Range;
use tree::{BlockRef, Node, Tree};
use walk::Contents;
pub use walk::{Entry, Reached};

/// What bounds the work on one item.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one property, attachment or table.
    pub bytes: u64,
    /// Messages inside of messages.
    pub depth: u32,
    /// Attachments of one message, those of messages inside of it included.
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
    /// Whose mailbox it is, else the store's own name.
    pub owner: Option<String>,
    /// Number of folders.
    pub folders: u64,
    /// Number of items that are there, messages and associated ones.
    pub items: u64,
    /// Number of items that folders list and that are not there.
    pub missing: u64,
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
///
/// In memory are the places of the leaf pages of its two trees (a thousandth of the store at most), the ids that its folders
/// list and the paths of the folders; everything else is read when it is asked for. Several threads may read one store.
pub struct Store<S> {
    source: S,
    header: Header,
    nodes: Tree<Node>,
    block_tree: Tree<BlockRef>,
    contents: Contents,
    about: About,
    limits: Limits,
}

impl<S: ReadAt> Store<S> {
    /// Opens a store, reads its trees and what its folders list. Where the trees are damaged, the file is searched for what is
    /// left of them.
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
        let mut nodes: Tree<Node> = Tree::read(&source, header.layout, header.nodes_at);
        let mut block_tree: Tree<BlockRef> = Tree::read(&source, header.layout, header.blocks_at);
        let missing_bytes = header.expected_size.saturating_sub(source.size());
        let broken_pages = nodes.broken_pages + block_tree.broken_pages;
        if !header.intact || missing_bytes > 0 || broken_pages > 0 || nodes.is_empty() {
            scan::complete(&source, header.layout, &mut nodes, &mut block_tree);
        }
        let blocks = Blocks { source: &source, layout: header.layout, cipher: header.cipher, tree: &block_tree };
        let contents = Contents::read(&blocks, &nodes, &limits);
        let about = About {
            layout: header.layout,
            cipher: header.cipher,
            cache: header.cache,
            password: contents.password,
            owner: contents.owner.clone(),
            folders: contents.folders() as u64,
            items: contents.items,
            missing: contents.missing_count(),
            missing_bytes,
            header_damaged: !header.intact,
            broken_pages,
            recovered_nodes: nodes.found(),
            recovered_blocks: block_tree.found(),
        };
        Ok(Store { source, header, nodes, block_tree, contents, about, limits })
    }

    /// What is known of the store as a whole.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Everything in the store, each item once: those that are there, in the order of their ids, then those that folders only
    /// list.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        self.items(0..1 << 32).chain(self.missing())
    }

    /// The items that are there and whose ids lie in a range, in their order.
    pub fn items(&self, ids: Range<u64>) -> impl Iterator<Item = Entry> + '_ {
        self.contents.there(&self.source, &self.nodes, ids)
    }

    /// What folders list without its being there, folder by folder, with what their tables say of it.
    pub fn missing(&self) -> impl Iterator<Item = Entry> + '_ {
        self.contents.missing(self.blocks(), &self.nodes, &self.limits)
    }

    /// Ranges of ids for [`Store::items`], by which several readers can share the work: together they hold all items, each about
    /// so many.
    pub fn ranges(&self, items: u64) -> Vec<Range<u64>> {
        self.contents.ranges(items)
    }

    fn blocks(&self) -> Blocks<'_, S> {
        Blocks { source: &self.source, layout: self.header.layout, cipher: self.header.cipher, tree: &self.block_tree }
    }
}
