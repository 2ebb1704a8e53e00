//! Any bytes are an export of messages; each of its objects is read, and none goes beyond the file.
#![no_main]

use aftermail_decode::graph::{Objects, item};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut objects = Objects::new(bytes, 1 << 20);
    let mut end = 0;
    while let Ok(Some(object)) = objects.next_object() {
        assert!(object.offset >= end && object.length > 0);
        end = object.offset + object.length;
        let _ = item(&object.raw);
    }
    assert!(end <= bytes.len() as u64);
});
