//! One item with everything that belongs to it.

use super::block::Blocks;
use super::heap::Heap;
use super::tree::Node;
use super::walk::Entry;
use super::{Limits, Store, properties, table};
use crate::names;
use crate::value::{Props, Value};
use crate::{Attachment, Content, Fault, Item, ReadAt};
use std::cell::{Cell, RefCell};

/// Sub-nodes of a message ([MS-PST] 2.4.5).
const RECIPIENTS: u32 = 0x692;
/// Type of the nodes of attachments.
const ATTACHMENT: u32 = 0x05;
/// PidTagAttachDataBinary, PidTagAttachDataObject.
const ATTACH_DATA: u16 = 0x3701;
/// PidTagAttachMethod.
const ATTACH_METHOD: u16 = 0x3705;

impl<S: ReadAt> Store<S> {
    /// Reads an item. What cannot be read stands in its faults.
    pub fn item(&self, entry: &Entry) -> Item {
        match self.nodes.get(&self.source, u64::from(entry.id)) {
            Some(node) => {
                let left = Cell::new(self.limits.attachments);
                let mut item = read(&self.blocks(), node, &self.limits, 0, &left);
                names::give(&mut item, &self.contents.names);
                item
            }
            None => Item {
                props: entry.row.clone(),
                faults: vec![Fault { what: "its folder lists it, but it is not in the store".to_owned() }],
                ..Item::default()
            },
        }
    }
}

/// Reads a message. `left` is how many attachments may still be read, those of messages inside of it included: messages that hold
/// one another would be read without end.
fn read<S: ReadAt + ?Sized>(blocks: &Blocks<'_, S>, node: Node, limits: &Limits, depth: u32, left: &Cell<usize>) -> Item {
    let faults = RefCell::new(Vec::new());
    let mut item = Item::default();
    if let Some(heap) = Heap::open(blocks, node, limits, &faults) {
        item.props = properties::read(blocks, &heap, limits, &faults);
        let opened = |nid: &u32| heap.subnodes.get(nid).map(|n| Node { data: n.data, subnodes: n.subnodes, parent: 0 });
        if let Some(heap) = opened(&RECIPIENTS).and_then(|n| Heap::open(blocks, n, limits, &faults)) {
            item.recipients = table::read(blocks, &heap, limits, &faults).into_iter().map(|r| r.cells).collect();
        }
        // The nodes themselves rather than their table: it may be missing, and what it leaves out is there all the same.
        let mut more = 0;
        for nid in heap.subnodes.keys().filter(|nid| *nid & 0x1F == ATTACHMENT) {
            let Some(node) = opened(nid) else { continue };
            match left.get().checked_sub(1) {
                Some(rest) => {
                    left.set(rest);
                    item.attachments.push(attachment(blocks, *nid, node, limits, depth, left, &faults));
                }
                None => more += 1,
            }
        }
        if more > 0 {
            faults.borrow_mut().push(Fault { what: format!("{more} more attachments are left out: over the limit") });
        }
    }
    item.faults = faults.into_inner();
    item
}

fn attachment<S: ReadAt + ?Sized>(
    blocks: &Blocks<'_, S>,
    id: u32,
    node: Node,
    limits: &Limits,
    depth: u32,
    left: &Cell<usize>,
    faults: &RefCell<Vec<Fault>>,
) -> Attachment {
    let Some(heap) = Heap::open(blocks, node, limits, faults) else {
        return Attachment { props: Props::default(), content: Content::None };
    };
    let mut props = properties::read(blocks, &heap, limits, faults);
    let embedded = props.integer(ATTACH_METHOD) == Some(5);
    let content = match props.take(ATTACH_DATA) {
        Some(Value::Binary(bytes) | Value::Bytes8(bytes)) => Content::Bytes(bytes),
        Some(Value::Object(nid, _)) => {
            let inner = heap.subnodes.get(&nid).map(|n| Node { data: n.data, subnodes: n.subnodes, parent: 0 });
            match inner {
                Some(_) if embedded && depth >= limits.depth => {
                    faults.borrow_mut().push(Fault { what: "messages are nested deeper than the limit".to_owned() });
                    Content::None
                }
                Some(node) if embedded => Content::Message(Box::new(read(blocks, node, limits, depth + 1, left))),
                Some(node) => Content::Bytes(blocks.data(node.data, limits.bytes, faults).joined()),
                None => {
                    faults.borrow_mut().push(Fault { what: format!("the content of attachment {id:#x} is missing") });
                    Content::None
                }
            }
        }
        _ => Content::None,
    };
    Attachment { props, content }
}
