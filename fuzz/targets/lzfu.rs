//! Any bytes are compressed RTF or are refused, and nothing longer than they promise comes out.
#![no_main]

use aftermail_mapi::rtf;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut packed = bytes.to_vec();
    if let Some(kind) = packed.get_mut(8..12) {
        kind.copy_from_slice(b"LZFu");
    }
    if let Some((text, whole)) = rtf::decompress(&packed) {
        let promised = u32::from_le_bytes([packed[4], packed[5], packed[6], packed[7]]) as usize;
        assert!(!whole || text.len() == promised, "{} of {promised} bytes", text.len());
    }
});
