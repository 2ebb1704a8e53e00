//! Any bytes are a TNEF stream or are refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = aftermail_mapi::tnef::read(bytes);
});
