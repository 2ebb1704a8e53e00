//! Compressed RTF and what is in it.
#![no_main]

use aftermail_mapi::rtf;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = rtf::read(bytes);
    if let Some((text, _)) = rtf::decompress(bytes) {
        let _ = rtf::read(&text);
    }
});
