//! The two trees of a store: nodes by id and blocks by id ([MS-PST] 2.2.2.7.7).

use super::check;
use super::layout::Layout;
use crate::ReadAt;
use crate::le::{u16_at, u32_at};
use std::collections::{BTreeMap, HashSet};

/// Deeper trees are damaged.
const DEPTH: u8 = 16;

/// A node: the data and the sub-nodes that belong to an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    pub data: u64,
    pub subnodes: u64,
    pub parent: u32,
}

/// A block: where its bytes lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BlockRef {
    pub place: u64,
    /// Bytes as they lie in the file.
    pub size: u32,
    /// Bytes after decompression; as many where it is not compressed.
    pub unpacked: u32,
}

/// Both trees, in memory.
#[derive(Debug, Default)]
pub(super) struct Trees {
    pub nodes: BTreeMap<u32, Node>,
    pub blocks: BTreeMap<u64, BlockRef>,
    /// Pages that could not be read or whose checksum is wrong.
    pub broken_pages: u64,
}

/// What kind of page it is, by its trailer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Blocks = 0x80,
    Nodes = 0x81,
}

/// The entries of an intact page: its level and what stands in it.
pub(super) struct Page {
    pub level: u8,
    bytes: Vec<u8>,
    count: usize,
    entry: usize,
    layout: Layout,
}

impl Trees {
    /// Reads both trees from their roots, as far as they go.
    pub(super) fn read(source: &(impl ReadAt + ?Sized), layout: Layout, nodes_at: u64, blocks_at: u64) -> Trees {
        let mut trees = Trees::default();
        let mut seen = HashSet::new();
        trees.walk(source, layout, Kind::Blocks, blocks_at, DEPTH, &mut seen);
        trees.walk(source, layout, Kind::Nodes, nodes_at, DEPTH, &mut seen);
        trees
    }

    fn walk(&mut self, source: &(impl ReadAt + ?Sized), layout: Layout, kind: Kind, place: u64, most: u8, seen: &mut HashSet<u64>) {
        if !seen.insert(place) {
            return;
        }
        let Some(page) = source.bytes(place, layout.page()).and_then(|bytes| Page::new(bytes, layout, kind)) else {
            self.broken_pages += 1;
            return;
        };
        if page.level == 0 {
            self.take(&page, kind);
        } else if page.level < most {
            for child in page.children() {
                self.walk(source, layout, kind, child, page.level, seen);
            }
        }
    }

    /// Adds the entries of a leaf page. What is known already stays.
    pub(super) fn take(&mut self, page: &Page, kind: Kind) {
        match kind {
            Kind::Nodes => page.nodes().for_each(|(id, node)| {
                self.nodes.entry(id).or_insert(node);
            }),
            Kind::Blocks => page.blocks().for_each(|(id, block)| {
                self.blocks.entry(id).or_insert(block);
            }),
        }
    }
}

/// Checksum that a page's trailer names.
fn named_crc(bytes: &[u8], layout: Layout) -> Option<u32> {
    let at = layout.page() - layout.trailer();
    u32_at(bytes, if layout == Layout::Ansi { at + 8 } else { at + 4 })
}

impl Page {
    /// A page of a kind; none where its trailer, its checksum or its counts are wrong.
    pub(super) fn new(bytes: Vec<u8>, layout: Layout, kind: Kind) -> Option<Page> {
        let trailer = layout.page() - layout.trailer();
        let fits = bytes.get(trailer) == Some(&(kind as u8)) && bytes.get(trailer + 1) == Some(&(kind as u8));
        if !fits || named_crc(&bytes, layout)? != check::crc(&bytes[..trailer]) {
            return None;
        }
        let at = layout.entries();
        let (count, entry, level) = match layout {
            Layout::Large => (u16_at(&bytes, at)? as usize, bytes[at + 4] as usize, bytes[at + 5]),
            _ => (bytes[at] as usize, bytes[at + 2] as usize, bytes[at + 3]),
        };
        let least = match (kind, level, layout.wide()) {
            (_, 1.., true) | (Kind::Blocks, 0, true) => 20,
            (Kind::Nodes, 0, true) => 24,
            (_, _, false) => 12,
        };
        (entry >= least && count * entry <= at).then_some(Page { level, bytes, count, entry, layout })
    }

    fn entries(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks_exact(self.entry).take(self.count)
    }

    /// Places of the pages below.
    pub(super) fn children(&self) -> Vec<u64> {
        let width = self.layout.word_size();
        self.entries().filter_map(|e| self.layout.word(e, 2 * width)).collect()
    }

    fn nodes(&self) -> impl Iterator<Item = (u32, Node)> {
        let (layout, width) = (self.layout, self.layout.word_size());
        self.entries().filter_map(move |e| {
            let word = |n: usize| layout.word(e, n * width);
            let node = Node { data: word(1)? & !1, subnodes: word(2)? & !1, parent: u32_at(e, 3 * width).unwrap_or(0) };
            Some((u32_at(e, 0)?, node))
        })
    }

    fn blocks(&self) -> impl Iterator<Item = (u64, BlockRef)> {
        let (layout, width) = (self.layout, self.layout.word_size());
        self.entries().filter_map(move |e| {
            let size = u32::from(u16_at(e, 2 * width)?);
            let unpacked = if layout == Layout::Large { u32::from(u16_at(e, 2 * width + 2)?) } else { size };
            Some((layout.word(e, 0)? & !1, BlockRef { place: layout.word(e, width)?, size, unpacked }))
        })
    }
}
