//! Any bytes behind `%PDF-` are read as a PDF, or searched.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if bytes.starts_with(b"%PDF-") {
        common::read(bytes);
    } else {
        common::read(&[b"%PDF-1.7\n", bytes].concat());
    }
});
