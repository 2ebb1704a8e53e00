//! Any entries in a page of a store's tree of nodes whose checksum is right.
#![no_main]

use aftermail_mapi::pst::{Cipher, Layout, Limits, Store};
use aftermail_pstwriter::{Format, Writer, change_root};
use libfuzzer_sys::fuzz_target;
use std::io::Cursor;

const LAYOUTS: [Layout; 3] = [Layout::Ansi, Layout::Unicode, Layout::Large];

fuzz_target!(|input: &[u8]| {
    let Some((first, rest)) = input.split_first() else { return };
    let format = Format { layout: LAYOUTS[usize::from(*first) % 3], cipher: Cipher::None };
    let writer = Writer::new(Cursor::new(Vec::new()), format).expect("memory can be written");
    let mut bytes = writer.finish().expect("memory can be written").into_inner();
    change_root(&mut bytes, format.layout, |page| page.iter_mut().zip(rest).for_each(|(old, new)| *old ^= new));
    let limits = Limits { bytes: 1 << 20, depth: 4, attachments: 100 };
    if let Ok(store) = Store::with_limits(bytes, limits) {
        store.entries().take(200).for_each(|entry| drop(store.item(&entry)));
    }
});
