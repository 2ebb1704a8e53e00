//! The two trees of a store: nodes by id and blocks by id ([MS-PST] 2.2.2.7.7).
//!
//! Of a tree only the places of its leaf pages stay in memory, so that a store of any size is read in little of it. What a search
//! through a damaged file brings besides is kept entry by entry.

use super::check;
use super::layout::Layout;
use crate::ReadAt;
use crate::le::{u16_at, u32_at};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

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

/// What stands in the leaf pages of a tree.
pub(super) trait Entry: Copy {
    /// The kind of its pages: the first byte of their trailers.
    const KIND: u8;
    /// Least length of an entry.
    fn least(layout: Layout) -> usize;
    /// The id, as ids are compared, and the entry.
    fn parse(layout: Layout, bytes: &[u8]) -> Option<(u64, Self)>;
    /// An id of the file as ids are compared.
    fn key(raw: u64) -> u64;
}

impl Entry for Node {
    const KIND: u8 = 0x81;

    fn least(layout: Layout) -> usize {
        if layout.wide() { 28 } else { 16 }
    }

    fn parse(layout: Layout, bytes: &[u8]) -> Option<(u64, Node)> {
        let word = |n: usize| layout.word(bytes, n * layout.word_size());
        let parent = u32_at(bytes, 3 * layout.word_size())?;
        Some((Node::key(word(0)?), Node { data: word(1)? & !1, subnodes: word(2)? & !1, parent }))
    }

    fn key(raw: u64) -> u64 {
        u64::from(raw as u32)
    }
}

impl Entry for BlockRef {
    const KIND: u8 = 0x80;

    fn least(layout: Layout) -> usize {
        if layout.wide() { 20 } else { 12 }
    }

    fn parse(layout: Layout, bytes: &[u8]) -> Option<(u64, BlockRef)> {
        let width = layout.word_size();
        let size = u32::from(u16_at(bytes, 2 * width)?);
        let unpacked = if layout == Layout::Large { u32::from(u16_at(bytes, 2 * width + 2)?) } else { size };
        Some((BlockRef::key(layout.word(bytes, 0)?), BlockRef { place: layout.word(bytes, width)?, size, unpacked }))
    }

    /// The lowest bit of a block's id says nothing.
    fn key(raw: u64) -> u64 {
        raw & !1
    }
}

/// One of the two trees.
#[derive(Debug)]
pub(super) struct Tree<E> {
    layout: Layout,
    /// First id and place of each leaf page, in the order of the ids.
    leaves: Vec<(u64, u64)>,
    /// What only the search brought.
    found: BTreeMap<u64, E>,
    /// Pages that could not be read or whose checksum is wrong.
    pub broken_pages: u64,
}

impl<E: Entry> Tree<E> {
    /// Reads a tree from its root, as far as it goes, and checks every page of it.
    pub(super) fn read(source: &(impl ReadAt + ?Sized), layout: Layout, root: u64) -> Tree<E> {
        let mut tree = Tree { layout, leaves: Vec::new(), found: BTreeMap::new(), broken_pages: 0 };
        tree.walk(source, root, DEPTH, &mut HashSet::new());
        tree.leaves.sort_unstable();
        tree
    }

    fn walk(&mut self, source: &(impl ReadAt + ?Sized), place: u64, most: u8, seen: &mut HashSet<u64>) {
        let Some(page) = Page::at(source, self.layout, E::KIND, place) else {
            self.broken_pages += 1;
            return;
        };
        if page.level == 0 {
            self.leaves.extend(page.entries::<E>().map(|(key, _)| key).min().map(|first| (first, place)));
        } else if page.level < most {
            for child in page.children() {
                if seen.insert(child) {
                    self.walk(source, child, page.level, seen);
                }
            }
        }
    }

    /// The entry of an id.
    pub(super) fn get(&self, source: &(impl ReadAt + ?Sized), id: u64) -> Option<E> {
        let key = E::key(id);
        let after = self.leaves.partition_point(|(first, _)| *first <= key);
        let in_tree = || {
            let page = Page::at(source, self.layout, E::KIND, self.leaves[after.checked_sub(1)?].1)?;
            page.entries::<E>().find(|(k, _)| *k == key).map(|(_, entry)| entry)
        };
        in_tree().or_else(|| self.found.get(&key).copied())
    }

    /// The entries of a range of ids, in their order.
    pub(super) fn range(&self, source: &(impl ReadAt + ?Sized), ids: Range<u64>) -> Vec<(u64, E)> {
        let from = self.leaves.partition_point(|(first, _)| *first <= ids.start).saturating_sub(1);
        let leaves = self.leaves[from..].iter().take_while(|(first, _)| *first < ids.end);
        let pages = leaves.filter_map(|(_, place)| Page::at(source, self.layout, E::KIND, *place));
        let mut out: Vec<(u64, E)> = pages.flat_map(|page| page.entries::<E>().collect::<Vec<_>>()).collect();
        out.retain(|(key, _)| ids.contains(key));
        if !ids.is_empty() {
            out.extend(self.found.range(ids).map(|(key, entry)| (*key, *entry)));
        }
        out.sort_by_key(|(key, _)| *key);
        out.dedup_by_key(|(key, _)| *key);
        out
    }

    /// Ranges that cover all ids, each small enough for [`Tree::range`] to take little memory.
    pub(super) fn stretches(&self) -> impl Iterator<Item = Range<u64>> + '_ {
        let starts = std::iter::once(0).chain(self.leaves.iter().skip(1).map(|(first, _)| *first));
        let ends = self.leaves.iter().skip(1).map(|(first, _)| *first).chain(std::iter::once(u64::MAX));
        starts.zip(ends).map(|(from, to)| from..to)
    }

    /// Places of its leaf pages.
    pub(super) fn places(&self) -> impl Iterator<Item = u64> + '_ {
        self.leaves.iter().map(|(_, place)| *place)
    }

    /// Whether only the search brought it.
    pub(super) fn was_found(&self, id: u64) -> bool {
        self.found.contains_key(&E::key(id))
    }

    /// Number of entries that only the search brought.
    pub(super) fn found(&self) -> u64 {
        self.found.len() as u64
    }

    /// Adds what the search brings. What is known already stays.
    pub(super) fn add(&mut self, source: &(impl ReadAt + ?Sized), id: u64, entry: E) {
        if self.get(source, id).is_none() {
            self.found.insert(E::key(id), entry);
        }
    }

    /// Adds the entries of a leaf page that the search found; what it is no page of this tree is passed over.
    pub(super) fn add_page(&mut self, source: &(impl ReadAt + ?Sized), bytes: &[u8]) {
        if let Some(page) = Page::new(bytes.to_vec(), self.layout, E::KIND).filter(|p| p.level == 0) {
            page.entries::<E>().for_each(|(key, entry)| self.add(source, key, entry));
        }
    }

    /// Whether there is nothing in it.
    pub(super) fn is_empty(&self) -> bool {
        self.leaves.is_empty() && self.found.is_empty()
    }
}

/// An intact page: its level and what stands in it.
struct Page {
    level: u8,
    bytes: Vec<u8>,
    count: usize,
    entry: usize,
    layout: Layout,
}

impl Page {
    fn at(source: &(impl ReadAt + ?Sized), layout: Layout, kind: u8, place: u64) -> Option<Page> {
        Page::new(source.bytes(place, layout.page())?, layout, kind)
    }

    /// A page of a kind; none where its trailer, its checksum or its counts are wrong.
    fn new(bytes: Vec<u8>, layout: Layout, kind: u8) -> Option<Page> {
        let trailer = layout.page() - layout.trailer();
        let fits = bytes.get(trailer) == Some(&kind) && bytes.get(trailer + 1) == Some(&kind);
        let named = u32_at(&bytes, if layout == Layout::Ansi { trailer + 8 } else { trailer + 4 });
        if !fits || named? != check::crc(&bytes[..trailer]) {
            return None;
        }
        let at = layout.entries();
        let (count, entry, level) = match layout {
            Layout::Large => (u16_at(&bytes, at)? as usize, bytes[at + 4] as usize, bytes[at + 5]),
            _ => (bytes[at] as usize, bytes[at + 2] as usize, bytes[at + 3]),
        };
        (entry > 0 && count * entry <= at).then_some(Page { level, bytes, count, entry, layout })
    }

    fn raw(&self) -> impl Iterator<Item = &[u8]> {
        self.bytes.chunks_exact(self.entry).take(self.count)
    }

    /// Places of the pages below.
    fn children(&self) -> Vec<u64> {
        let width = self.layout.word_size();
        self.raw().filter_map(|e| self.layout.word(e, 2 * width)).collect()
    }

    fn entries<E: Entry>(&self) -> impl Iterator<Item = (u64, E)> {
        let fits = self.entry >= E::least(self.layout);
        self.raw().take_while(move |_| fits).filter_map(|e| E::parse(self.layout, e))
    }
}
