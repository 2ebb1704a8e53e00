//! Any bytes are a store or are refused; every item of a store is read.
#![no_main]

use aftermail_mapi::pst::{Limits, Store};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { bytes: 1 << 20, depth: 4, attachments: 100 };
    if let Ok(store) = Store::with_limits(bytes, limits) {
        for entry in store.entries().take(200) {
            let _ = store.item(&entry);
        }
    }
});
