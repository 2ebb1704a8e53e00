//! The small formats: databases, property lists, registry files, metafiles, and text that is XML. The first byte chooses one.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;

const SIGNATURES: [(usize, &[u8]); 7] = [
    (0, b"SQLite format 3\0"),
    (0, b"bplist00"),
    (0, b"<?xml version=\"1.0\"?><plist>"),
    (0, b"Windows Registry Editor Version 5.00\r\n"),
    (40, b" EMF\0\0\x01\0"),
    (0, b"\xd7\xcd\xc6\x9a\0\0"),
    (0, b"<?xml version=\"1.0\"?><office:document>"),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let mut bytes = rest.to_vec();
    if let Some((at, signature)) = SIGNATURES.get(usize::from(*choice) % (SIGNATURES.len() + 1)) {
        bytes.resize(bytes.len().max(at + signature.len()), 0);
        bytes[*at..at + signature.len()].copy_from_slice(signature);
    }
    common::read(&bytes);
});
