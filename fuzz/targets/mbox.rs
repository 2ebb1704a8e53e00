//! A store loses no byte, whole or in ranges.
#![no_main]

use aftermail_decode::mbox::{Mbox, ranges};
use libfuzzer_sys::fuzz_target;

fn split(bytes: &[u8], offset: u64) -> Vec<(u64, u64)> {
    let mut mbox = Mbox::new(bytes, offset, 1 << 20);
    let mut out = Vec::new();
    while let Ok(Some(e)) = mbox.next_entry() {
        out.push((e.offset, e.length));
    }
    out
}

fuzz_target!(|bytes: &[u8]| {
    let whole = split(bytes, 0);
    assert_eq!(whole.iter().map(|(_, length)| length).sum::<u64>(), bytes.len() as u64);
    let mut pieces = Vec::new();
    ranges(bytes, 64, |offset, length| pieces.push((offset as usize, length as usize))).expect("memory can be read");
    assert_eq!(pieces.iter().map(|(_, length)| length).sum::<usize>(), bytes.len());
});
