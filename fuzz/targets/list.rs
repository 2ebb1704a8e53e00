//! Lists of messages, whatever they claim to be.
#![no_main]

use aftermail_logs::list;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let read = list::read(bytes, None);
    assert!(read.rows.iter().all(|message| message.names_a_message()));
    assert!(read.rejects.is_sorted_by_key(|reject| reject.row));
});
