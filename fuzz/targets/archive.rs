//! Any bytes behind the signature of an archive are unpacked as far as they go. The first byte chooses the format, so that one
//! corpus serves all: zip, 7z, RAR of both kinds, cabinet, CD image, tar, cpio, ar, and the compressed files.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;

const SIGNATURES: [(usize, &[u8]); 14] = [
    (0, b"PK\x03\x04"),
    (0, b"7z\xbc\xaf\x27\x1c"),
    (0, b"Rar!\x1a\x07\0"),
    (0, b"Rar!\x1a\x07\x01\0"),
    (0, b"MSCF\0\0\0\0"),
    (0x8001, b"CD001"),
    (257, b"ustar"),
    (0, b"070701"),
    (0, b"!<arch>\n"),
    (0, b"\x1f\x8b\x08"),
    (0, b"BZh9"),
    (0, b"\xfd7zXZ\0"),
    (0, b"\x28\xb5\x2f\xfd"),
    (0, b"\x1f\x9d"),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let mut bytes = rest.to_vec();
    // The last choice leaves the bytes as they are, for whole files as seeds.
    if let Some((at, signature)) = SIGNATURES.get(usize::from(*choice) % (SIGNATURES.len() + 1)) {
        bytes.resize(bytes.len().max(at + signature.len()), 0);
        bytes[*at..at + signature.len()].copy_from_slice(signature);
    }
    common::read(&bytes);
});
