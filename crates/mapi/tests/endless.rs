//! Stores whose parts name one another: each part is read once, the rest is said. Without that, a few hundred bytes are read for
//! hours (found by the fuzz target `block`).

use aftermail_mapi::pst::{Cipher, Layout, Limits, Reached, Store};
use aftermail_mapi::{Attachment, Content, Item, Props, Value};
use aftermail_pstwriter::{Format, Ndb, Node, Writer};
use std::io::Cursor;

const FORMAT: Format = Format { layout: Layout::Unicode, cipher: Cipher::None };
/// How often a list names itself.
const TIMES: u16 = 200;
const MESSAGE: u32 = 0x20_0024;

/// A list of blocks (1) or of sub-nodes (2) that names one block again and again ([MS-PST] 2.2.2.8.3).
fn list(kind: u8, of: u64) -> Vec<u8> {
    let mut bytes = vec![kind, 1];
    bytes.extend(TIMES.to_le_bytes());
    bytes.extend([0; 4]);
    for nid in 0..u64::from(TIMES) {
        if kind == 2 {
            bytes.extend((nid << 5).to_le_bytes());
        }
        bytes.extend(of.to_le_bytes());
    }
    bytes
}

fn faults(data: impl Fn(&mut Ndb<Cursor<Vec<u8>>>) -> Node) -> Vec<String> {
    let mut ndb = Ndb::new(Cursor::new(Vec::new()), FORMAT).expect("memory can be written");
    let node = data(&mut ndb);
    ndb.node(MESSAGE, node, 0x122);
    let store = Store::open(ndb.finish().expect("memory can be written").into_inner()).expect("a store");
    store.entries().flat_map(|entry| store.item(&entry).faults).map(|fault| fault.what).collect()
}

#[test]
fn a_list_of_blocks_that_names_itself_is_read_once() {
    let faults = faults(|ndb| {
        // The first block of a store has the id 4, a list bit 1 as well.
        let id = ndb.block(&list(1, 6), true).expect("memory can be written");
        assert_eq!(id, 6, "the list names itself");
        Node { data: id, subnodes: 0 }
    });
    let again = faults.iter().filter(|f| f.contains("listed more than once")).count();
    assert_eq!(again, usize::from(TIMES), "{faults:?}");
}

#[test]
fn a_list_of_sub_nodes_that_names_itself_is_read_once() {
    let faults = faults(|ndb| {
        let heap = [12, 0, 0xEC, 0xBC, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
        let data = ndb.block(&heap, false).expect("memory can be written");
        let subnodes = ndb.block(&list(2, 10), true).expect("memory can be written");
        assert_eq!(subnodes, 10, "the list names itself");
        Node { data, subnodes }
    });
    let again = faults.iter().filter(|f| f.contains("listed more than once")).count();
    assert_eq!(again, usize::from(TIMES), "{faults:?}");
}

#[test]
fn attachments_of_inner_messages_count_for_the_message_that_holds_them() {
    let with = |content: [Content; 2]| Item {
        attachments: content.into_iter().map(|content| Attachment { props: Props::default(), content }).collect(),
        ..Item::default()
    };
    let inner = || Content::Message(Box::new(with([Content::Bytes(vec![1]), Content::Bytes(vec![2])])));
    let mut outer = with([inner(), inner()]);
    for attachment in &mut outer.attachments {
        attachment.props.put(0x3705, Value::Integer(5));
    }
    let mut writer = Writer::new(Cursor::new(Vec::new()), FORMAT).expect("memory can be written");
    let folder = writer.folder(None, "Inbox");
    writer.item(folder, &outer, Reached::Folder).expect("memory can be written");
    let bytes = writer.finish().expect("memory can be written").into_inner();
    for (attachments, read) in [(6, 6), (4, 4), (1, 1)] {
        let store = Store::with_limits(bytes.clone(), Limits { attachments, ..Limits::default() }).expect("a store");
        let items: Vec<Item> = store.entries().map(|entry| store.item(&entry)).collect();
        let (count, said) = items.iter().map(counted).fold((0, false), |(n, said), (m, says)| (n + m, said || says));
        assert_eq!((count, said), (read, read < 6), "{items:?}");
    }
}

/// How many attachments were read, and whether any are said to be left out.
fn counted(item: &Item) -> (usize, bool) {
    let said = item.faults.iter().any(|f| f.what.contains("left out"));
    item.attachments.iter().fold((item.attachments.len(), said), |(count, said), attachment| match &attachment.content {
        Content::Message(inner) => {
            let (more, says) = counted(inner);
            (count + more, said || says)
        }
        _ => (count, said),
    })
}
