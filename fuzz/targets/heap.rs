//! Any heap of properties.
#![no_main]

use aftermail_mapi::pst::{Cipher, Layout, Limits, Store};
use aftermail_pstwriter::{Format, Ndb, Node};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

const LAYOUTS: [Layout; 3] = [Layout::Ansi, Layout::Unicode, Layout::Large];

fuzz_target!(|input: &[u8]| {
    let Some((first, rest)) = input.split_first() else { return };
    let format = Format { layout: LAYOUTS[usize::from(*first) % 3], cipher: Cipher::None };
    let mut ndb = Ndb::new(Cursor::new(Vec::new()), format).expect("memory can be written");
    let mut heap = rest[..rest.len().min(ndb.largest())].to_vec();
    if let Some(signature) = heap.get_mut(2..4) {
        signature.copy_from_slice(&[0xEC, 0xBC]);
    }
    let (head, tail) = heap.split_at(heap.len() / (1 + usize::from(first >> 4)));
    let data = ndb.pieces([head, tail].into_iter().filter(|piece| !piece.is_empty())).expect("memory can be written");
    ndb.node(0x20_0024, Node { data, subnodes: 0 }, 0x122);
    let bytes = ndb.finish().expect("memory can be written").into_inner();
    let limits = Limits { bytes: 1 << 20, depth: 4, attachments: 100 };
    if let Ok(store) = Store::with_limits(bytes, limits) {
        store.entries().take(200).for_each(|entry| drop(store.item(&entry)));
    }
});
