//! Any bytes behind the identifier of a section are one.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;

/// guidFileType of a section ([MS-ONESTORE] 2.3.1).
const SECTION: &[u8] = b"\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d";

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(SECTION) {
        common::read(bytes);
    } else {
        common::read(&[SECTION, bytes].concat());
    }
});
