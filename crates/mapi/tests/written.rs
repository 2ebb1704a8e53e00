//! What a writer of our own puts into a store comes out of it: every layout and disguise, every way to reach an item, stores cut
//! off and stores read in pieces.

use aftermail_mapi::pst::{Cipher, Entry, Layout, Reached, Store};
use aftermail_mapi::{Attachment, Content, Item, Props, Value};
use aftermail_pstwriter::{Format, Writer};
use proptest::prelude::*;
use std::io::Cursor;

const LAYOUTS: [Layout; 3] = [Layout::Ansi, Layout::Unicode, Layout::Large];
const CIPHERS: [Cipher; 3] = [Cipher::None, Cipher::Permute, Cipher::Cyclic];

fn written(format: Format, fill: impl FnOnce(&mut Writer<Cursor<Vec<u8>>>)) -> Vec<u8> {
    let mut writer = Writer::new(Cursor::new(Vec::new()), format).expect("memory can be written");
    fill(&mut writer);
    writer.finish().expect("memory can be written").into_inner()
}

fn message(subject: &str, body: &str) -> Item {
    let mut item = Item::default();
    item.props.put(0x001A, Value::Text("IPM.Note".into()));
    item.props.put(0x0037, Value::Text(subject.into()));
    item.props.put(0x1000, Value::Text(body.into()));
    item
}

fn value() -> impl Strategy<Value = Value> {
    let text = "[^\0]{1,60}";
    let bytes = |most| proptest::collection::vec(1_u8..=255, 1..most);
    prop_oneof![
        any::<i32>().prop_map(|n| Value::Integer(n.into())),
        any::<i64>().prop_map(Value::Integer),
        any::<bool>().prop_map(Value::Bool),
        (-1e9..1e9).prop_map(Value::Float),
        any::<u64>().prop_map(Value::Time),
        text.prop_map(Value::Text),
        bytes(60).prop_map(Value::Bytes8),
        bytes(9000).prop_map(Value::Binary),
        // Several blocks, and in the wide layouts a compressed one.
        (1_usize..150_000).prop_map(|n| Value::Binary((0..n).map(|i| (i * i) as u8).collect())),
        any::<[u8; 16]>().prop_map(Value::Guid),
        proptest::collection::vec(text.prop_map(Value::Text), 1..4).prop_map(Value::Many),
        proptest::collection::vec(any::<i32>().prop_map(|n| Value::Integer(n.into())), 1..4).prop_map(Value::Many),
        proptest::collection::vec(bytes(40).prop_map(Value::Binary), 1..4).prop_map(Value::Many),
    ]
}

/// Properties without those that have a meaning of their own to reader or writer.
fn props(most: usize) -> impl Strategy<Value = Props> {
    proptest::collection::btree_map(0x4000_u16..0x5FFF, value(), 0..most).prop_map(|values| {
        let mut props = Props::default();
        values.into_iter().for_each(|(id, value)| props.put(id, value));
        props
    })
}

fn recipients() -> impl Strategy<Value = Vec<Props>> {
    // The columns of a table have one type each.
    let recipient = ("[^\0]{1,40}", any::<i32>(), any::<bool>()).prop_map(|(name, kind, flag)| {
        let mut props = Props::default();
        props.put(0x3001, Value::Text(name));
        props.put(0x0C15, Value::Integer(kind.into()));
        props.put(0x3A40, Value::Bool(flag));
        props
    });
    proptest::collection::vec(recipient, 0..60)
}

fn item() -> impl Strategy<Value = Item> {
    let plain = (props(12), recipients()).prop_map(|(props, recipients)| Item { props, recipients, ..Item::default() });
    plain.prop_recursive(2, 8, 3, |inner| {
        let content = prop_oneof![
            Just(Content::None),
            proptest::collection::vec(any::<u8>(), 1..30_000).prop_map(Content::Bytes),
            inner.clone().prop_map(|item| Content::Message(Box::new(item))),
        ];
        let attachment = ("[^\0]{1,30}", content).prop_map(|(name, content)| {
            let mut props = Props::default();
            props.put(0x3707, Value::Text(name));
            Attachment { props, content }
        });
        (inner, proptest::collection::vec(attachment, 0..4)).prop_map(|(item, attachments)| Item { attachments, ..item })
    })
}

/// The writer adds how an attachment is attached, and the number of a row.
fn as_read(mut item: Item) -> Item {
    for (n, recipient) in item.recipients.iter_mut().enumerate() {
        recipient.put(0x67F2, Value::Integer(n as i64));
        recipient.put(0x67F3, Value::Integer(1));
    }
    for attachment in &mut item.attachments {
        match &mut attachment.content {
            Content::None => {}
            Content::Bytes(_) => attachment.props.put(0x3705, Value::Integer(1)),
            Content::Message(inner) => {
                attachment.props.put(0x3705, Value::Integer(5));
                **inner = as_read(std::mem::take(inner));
            }
        }
    }
    item
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(items in proptest::collection::vec(item(), 1..4), layout in 0_usize..3, cipher in 0_usize..3) {
        let format = Format { layout: LAYOUTS[layout], cipher: CIPHERS[cipher] };
        let bytes = written(format, |writer| {
            let folder = writer.folder(None, "Inbox");
            for item in &items {
                writer.item(folder, item, Reached::Folder).expect("memory can be written");
            }
        });
        let store = Store::open(bytes).expect("a store");
        let read: Vec<Item> = store.entries().map(|entry| store.item(&entry)).collect();
        prop_assert_eq!(read, items.into_iter().map(as_read).collect::<Vec<_>>());
    }
}

#[test]
fn every_way_to_an_item_is_told() {
    for layout in LAYOUTS {
        let bytes = written(Format { layout, cipher: Cipher::Permute }, |writer| {
            writer.set_password(0x1234);
            let folder = writer.folder(None, "Inbox");
            let below = writer.folder(Some(folder), "2024");
            for (reached, folder) in [
                (Reached::Folder, below),
                (Reached::Associated, folder),
                (Reached::Deleted, folder),
                (Reached::Orphan, folder),
                (Reached::Missing, folder),
            ] {
                writer.item(folder, &message(&format!("{reached:?}"), "words"), reached).expect("memory can be written");
            }
        });
        let store = Store::open(bytes).expect("a store");
        let about = store.about();
        assert!(about.password && about.layout == layout && about.items == 4, "{about:?}");
        let told: Vec<(Reached, String, Option<String>)> =
            store.entries().map(|e| (e.reached, e.folder.join("/"), store.item(&e).props.text(0x37, None))).collect();
        let inbox = "Top of Personal Folders/Inbox".to_owned();
        let expected = [
            (Reached::Folder, format!("{inbox}/2024")),
            (Reached::Associated, inbox.clone()),
            (Reached::Deleted, inbox.clone()),
            (Reached::Orphan, String::new()),
            (Reached::Missing, inbox),
        ];
        assert_eq!(told, expected.map(|(reached, folder)| (reached, folder, Some(format!("{reached:?}")))));
    }
}

fn full(layout: Layout, messages: usize) -> Vec<u8> {
    written(Format { layout, cipher: Cipher::Permute }, |writer| {
        let folder = writer.folder(None, "Inbox");
        for n in 0..messages {
            writer
                .item(folder, &message(&format!("message {n}"), &"words ".repeat(n % 700)), Reached::Folder)
                .expect("memory can be written");
        }
    })
}

#[test]
fn ranges_hold_every_item_once() {
    for layout in LAYOUTS {
        let store = Store::open(full(layout, 2000)).expect("a store");
        let all: Vec<Entry> = store.entries().collect();
        assert_eq!((all.len(), store.about().items), (2000, 2000));
        assert!(all.iter().all(|e| e.reached == Reached::Folder));
        for step in [1, 100, 700, 5000] {
            let ranges = store.ranges(step);
            assert!(ranges.len() <= 2000_u64.div_ceil(step) as usize, "{} ranges of {step}", ranges.len());
            let pieces: Vec<Entry> = ranges.into_iter().flat_map(|ids| store.items(ids)).collect();
            assert!(pieces == all, "{layout:?} in ranges of {step}");
        }
        // Two threads read what one reads.
        let (first, second) = all.split_at(1000);
        let read = |entries: &[Entry]| entries.iter().map(|e| store.item(e)).collect::<Vec<_>>();
        let both = std::thread::scope(|scope| {
            let other = scope.spawn(|| read(second));
            [read(first), other.join().expect("no panic")].concat()
        });
        assert!(both == read(&all));
    }
}

#[test]
fn a_store_without_trees_is_rebuilt() {
    for layout in LAYOUTS {
        let bytes = full(layout, 300);
        // The trees stand at the end of what the writer writes. Without their roots the leaves are found; without the leaves of
        // the nodes nothing says what a block is for.
        let mut rootless = bytes.clone();
        let page = if layout == Layout::Large { 4096 } else { 512 };
        let end = rootless.len();
        rootless[end - page..].fill(0);
        let store = Store::open(rootless).expect("a store");
        let read = store.entries().filter(|e| store.item(e).text().is_some()).count();
        assert!(read >= 298, "{layout:?}: {read} of 300 without the root of the blocks");
        let mut bare = bytes;
        bare[4] ^= 1;
        let store = Store::open(bare).expect("a store");
        assert!(store.about().header_damaged);
        assert_eq!(store.entries().filter(|e| e.reached == Reached::Folder).count(), 300);
    }
}

#[test]
fn a_version_that_cannot_be_read_is_named() {
    let mut bytes = full(Layout::Unicode, 1);
    bytes[10] = 37;
    let why = Store::open(bytes).err().map(|e| e.to_string());
    assert_eq!(why.as_deref(), Some("it is protected by Windows Information Protection (version 37)"));
}
