//! Properties of a node ([MS-PST] 2.3.3).

use super::Limits;
use super::block::Blocks;
use super::heap::{Heap, is_heap_id};
use crate::le::{u16_at, u32_at};
use crate::value::{self, Props};
use crate::{Fault, ReadAt};
use std::borrow::Cow;
use std::cell::RefCell;

/// Reads all properties of an open node. One that cannot be read is left out, and a fault says so.
pub(super) fn read<S: ReadAt + ?Sized>(blocks: &Blocks<'_, S>, heap: &Heap, limits: &Limits, faults: &RefCell<Vec<Fault>>) -> Props {
    let mut props = Props::default();
    let Some((_, records)) = heap.tree(heap.root).filter(|(key, _)| *key == 2) else {
        faults.borrow_mut().push(Fault { what: "its table of properties is broken".to_owned() });
        return props;
    };
    for record in records {
        let (Some(id), Some(kind), Some(hnid)) = (u16_at(record, 0), u16_at(record, 2), u32_at(record, 4)) else { continue };
        let bytes = match value::fixed_size(kind) {
            Some(size) if size <= 4 => Some(Cow::Borrowed(&record[4..8])),
            _ => bytes(blocks, heap, hnid, limits, faults),
        };
        match bytes.and_then(|b| value::parse(kind, &b)) {
            Some(value) => props.put(id, value),
            // Empty texts and byte strings have no place at all.
            None if hnid == 0 => {}
            None => faults.borrow_mut().push(Fault { what: format!("property {id:#06x} could not be read") }),
        }
    }
    props
}

/// What a heap id or the id of a sub-node leads to.
pub(super) fn bytes<'h, S: ReadAt + ?Sized>(
    blocks: &Blocks<'_, S>,
    heap: &'h Heap,
    hnid: u32,
    limits: &Limits,
    faults: &RefCell<Vec<Fault>>,
) -> Option<Cow<'h, [u8]>> {
    if hnid == 0 {
        return None;
    }
    if is_heap_id(hnid) {
        return heap.get(hnid).map(Cow::Borrowed);
    }
    let node = heap.subnodes.get(&hnid)?;
    Some(Cow::Owned(blocks.data(node.data, limits.bytes, faults).joined()))
}
