//! The heap on a node and the B-tree on that heap ([MS-PST] 2.3.1, 2.3.2).

use super::Limits;
use super::block::{Blocks, Data, SubNodes};
use super::layout::Layout;
use super::tree::Node;
use crate::le::{u16_at, u32_at};
use crate::{Fault, ReadAt};
use std::cell::RefCell;
use std::collections::BTreeSet;

/// Deeper trees on a heap are damaged.
const DEPTH: u8 = 8;

/// A node opened: its heap and its sub-nodes.
pub(super) struct Heap {
    layout: Layout,
    data: Data,
    pub subnodes: SubNodes,
    /// What the heap holds: 0xBC properties, 0x7C a table.
    pub client: u8,
    pub root: u32,
}

impl Heap {
    /// Opens the heap of a node; none where there is no heap.
    pub(super) fn open<S: ReadAt + ?Sized>(
        blocks: &Blocks<'_, S>,
        node: Node,
        limits: &Limits,
        faults: &RefCell<Vec<Fault>>,
    ) -> Option<Heap> {
        let data = blocks.data(node.data, limits.bytes, faults);
        let first = data.blocks.first()?;
        if first.get(2) != Some(&0xEC) {
            faults.borrow_mut().push(Fault { what: "it has no heap of properties".to_owned() });
            return None;
        }
        let (client, root) = (*first.get(3)?, u32_at(first, 4)?);
        let subnodes = blocks.subnodes(node.subnodes, faults);
        Some(Heap { layout: blocks.layout, data, subnodes, client, root })
    }

    /// The bytes of a heap id: type in the lowest 5 bits, then the place in the map, then the block.
    pub(super) fn get(&self, hid: u32) -> Option<&[u8]> {
        let (block, index) = match self.layout {
            Layout::Large => ((hid >> 19) as usize, (hid >> 5 & 0x3FFF) as usize),
            _ => ((hid >> 16) as usize, (hid >> 5 & 0x7FF) as usize),
        };
        let block = self.data.blocks.get(block)?;
        let map = usize::from(u16_at(block, 0)?);
        let index = index.checked_sub(1)?;
        if index >= usize::from(u16_at(block, map)?) {
            return None;
        }
        let (from, to) = (u16_at(block, map + 4 + 2 * index)?, u16_at(block, map + 6 + 2 * index)?);
        block.get(usize::from(from)..usize::from(to))
    }

    /// Records (key, value) of the tree at a heap id, with the length of their keys.
    pub(super) fn tree(&self, hid: u32) -> Option<(usize, Vec<&[u8]>)> {
        let header = self.get(hid)?;
        if header.first() != Some(&0xB5) {
            return None;
        }
        let (key, value, levels) = (usize::from(*header.get(1)?), usize::from(*header.get(2)?), *header.get(3)?);
        let mut records = Vec::new();
        self.records(u32_at(header, 4)?, key, value, levels.min(DEPTH), &mut BTreeSet::new(), &mut records);
        Some((key, records))
    }

    /// Each place once: records that name one another would be read without end.
    fn records<'h>(&'h self, hid: u32, key: usize, value: usize, level: u8, seen: &mut BTreeSet<u32>, out: &mut Vec<&'h [u8]>) {
        let Some(bytes) = self.get(hid).filter(|_| key + value > 0 && seen.insert(hid)) else { return };
        if level == 0 {
            out.extend(bytes.chunks_exact(key + value));
        } else {
            for entry in bytes.chunks_exact(key + 4) {
                self.records(u32_at(entry, key).unwrap_or(0), key, value, level - 1, seen, out);
            }
        }
    }
}

/// Whether an id names a place in the heap rather than a sub-node ([MS-PST] 2.3.3.2, HNID).
pub(super) fn is_heap_id(hnid: u32) -> bool {
    hnid & 0x1F == 0
}
