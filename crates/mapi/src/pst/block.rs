//! Blocks, trees of data and trees of sub-nodes ([MS-PST] 2.2.2.8).

use super::check;
use super::cipher;
use super::layout::{Cipher, Layout};
use super::tree::{BlockRef, Tree};
use crate::le::{u16_at, u32_at};
use crate::{Fault, ReadAt};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

/// Deeper trees of blocks are damaged.
const DEPTH: u8 = 8;

/// A walk through a tree of blocks.
struct Walk<'f> {
    faults: &'f RefCell<Vec<Fault>>,
    /// Lists that were read: each is read once, or a few that name one another would be read without end.
    lists: BTreeSet<u64>,
}

impl Walk<'_> {
    /// Whether a list is to be read: at a depth that a store has, and not yet.
    fn enters(&mut self, id: u64, depth: u8, of: &str, is_list: bool) -> bool {
        let what = match (is_list && depth > 0, self.lists.insert(id)) {
            (true, true) => return true,
            (true, false) => format!("block {id:#x} is listed more than once and read once"),
            (false, _) => format!("block {id:#x} is no list of {of}"),
        };
        self.faults.borrow_mut().push(Fault { what });
        false
    }
}

/// Reads blocks by id.
pub(super) struct Blocks<'s, S: ?Sized> {
    pub source: &'s S,
    pub layout: Layout,
    pub cipher: Cipher,
    pub tree: &'s Tree<BlockRef>,
}

/// The data of a node: its blocks one after the other. Tables need to know where a block ends.
#[derive(Debug, Default, Clone)]
pub(super) struct Data {
    pub blocks: Vec<Vec<u8>>,
}

impl Data {
    pub(super) fn joined(&self) -> Vec<u8> {
        self.blocks.concat()
    }
}

/// A node below another node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct SubNode {
    pub data: u64,
    pub subnodes: u64,
}

pub(super) type SubNodes = BTreeMap<u32, SubNode>;

/// Whether a block holds places of other blocks rather than data.
fn is_internal(id: u64) -> bool {
    id & 2 != 0
}

impl<S: ReadAt + ?Sized> Blocks<'_, S> {
    /// The bytes of one block, undisguised.
    fn block(&self, id: u64, faults: &RefCell<Vec<Fault>>) -> Option<Vec<u8>> {
        let say = |what: String| faults.borrow_mut().push(Fault { what });
        let Some(block) = self.tree.get(self.source, id) else {
            say(format!("block {id:#x} is not in the store's tree of blocks"));
            return None;
        };
        let Some((mut data, intact)) = self.stored(block, id) else {
            say(format!("block {id:#x} lies at {:#x}, behind the end of the file", block.place));
            return None;
        };
        if !intact {
            // Its bytes are still the best that there is.
            say(format!("block {id:#x} at {:#x} fails its checksum", block.place));
        }
        if block.unpacked > block.size || self.layout == Layout::Large && block.unpacked < block.size && block.unpacked != 0 {
            match miniz_oxide::inflate::decompress_to_vec_zlib_with_limit(&data, 1 << 20) {
                Ok(unpacked) => data = unpacked,
                Err(_) => {
                    say(format!("block {id:#x} could not be unpacked"));
                    return None;
                }
            }
        }
        if !is_internal(id) {
            cipher::reveal(self.cipher, (id & !1) as u32, &mut data);
        }
        Some(data)
    }

    /// The bytes of a block as they lie in the file, and whether its trailer's checksum and id fit them. Of a block in which
    /// the file ends, the data may be there without the trailer.
    fn stored(&self, block: BlockRef, id: u64) -> Option<(Vec<u8>, bool)> {
        let (size, span) = (block.size as usize, self.layout.block_span(block.size as usize));
        let Some(mut bytes) = self.source.bytes(block.place, span) else {
            return self.source.bytes(block.place, size).map(|bytes| (bytes, false));
        };
        let trailer = &bytes[span - self.layout.trailer()..];
        let named = u32_at(trailer, if self.layout == Layout::Ansi { 8 } else { 4 });
        let own = self.layout.word(trailer, if self.layout == Layout::Ansi { 4 } else { 8 });
        let intact = own.is_some_and(|own| own & !1 == id & !1) && named == Some(check::crc(&bytes[..size]));
        bytes.truncate(size);
        Some((bytes, intact))
    }

    /// The data under a block id: the block itself, or those that it lists (XBLOCK, XXBLOCK). At most `limit` bytes; beyond, a
    /// fault says how much is missing.
    pub(super) fn data(&self, id: u64, limit: u64, faults: &RefCell<Vec<Fault>>) -> Data {
        let mut data = Data::default();
        let mut left = limit;
        if id & !1 != 0 {
            self.gather(id, DEPTH, &mut left, &mut data, &mut Walk { faults, lists: BTreeSet::new() });
        }
        data
    }

    fn gather(&self, id: u64, depth: u8, left: &mut u64, data: &mut Data, walk: &mut Walk<'_>) {
        let Some(block) = self.block(id, walk.faults) else {
            // The place is kept, so that what follows stays where it belongs.
            if !is_internal(id) {
                data.blocks.push(Vec::new());
            }
            return;
        };
        if !is_internal(id) {
            match left.checked_sub(block.len() as u64) {
                Some(rest) => {
                    *left = rest;
                    data.blocks.push(block);
                }
                None => walk.faults.borrow_mut().push(Fault { what: format!("{} bytes are left out: over the limit", block.len()) }),
            }
            return;
        }
        if !walk.enters(id, depth, "blocks", block.first() == Some(&1)) {
            return;
        }
        let (count, width) = (usize::from(u16_at(&block, 2).unwrap_or(0)), self.layout.word_size());
        for n in 0..count {
            let Some(child) = self.layout.word(&block, 8 + n * width) else { break };
            if *left == 0 {
                break;
            }
            self.gather(child, depth - 1, left, data, walk);
        }
    }

    /// The sub-nodes under a block id (SLBLOCK, SIBLOCK).
    pub(super) fn subnodes(&self, id: u64, faults: &RefCell<Vec<Fault>>) -> SubNodes {
        let mut out = SubNodes::new();
        if id & !1 != 0 {
            self.gather_subnodes(id, DEPTH, &mut out, &mut Walk { faults, lists: BTreeSet::new() });
        }
        out
    }

    fn gather_subnodes(&self, id: u64, depth: u8, out: &mut SubNodes, walk: &mut Walk<'_>) {
        let Some(block) = self.block(id, walk.faults) else { return };
        if !walk.enters(id, depth, "sub-nodes", block.first() == Some(&2)) {
            return;
        }
        let leaf = block.get(1) == Some(&0);
        let (count, width) = (usize::from(u16_at(&block, 2).unwrap_or(0)), self.layout.word_size());
        let first = if self.layout.wide() { 8 } else { 4 };
        for n in 0..count {
            let at = first + n * width * if leaf { 3 } else { 2 };
            let (Some(nid), Some(data)) = (u32_at(&block, at), self.layout.word(&block, at + width)) else { break };
            if leaf {
                let subnodes = self.layout.word(&block, at + 2 * width).unwrap_or(0);
                out.entry(nid).or_insert(SubNode { data, subnodes });
            } else {
                self.gather_subnodes(data, depth - 1, out, walk);
            }
        }
    }
}
