//! Any bytes are a message file or are refused.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = aftermail_mapi::msg::is_message(bytes);
    let _ = aftermail_mapi::msg::read(bytes);
});
