//! What signs, encrypts and holds keys: CMS in BER and DER, OpenPGP, PKCS#12, Java key stores, OpenSSH, PuTTY, and their armour
//! in the text of a mail. Whole files are read as they are, or by the first byte as blocks of base64.
#![no_main]

mod common;

use base64::Engine as _;
use libfuzzer_sys::fuzz_target;

const LABELS: [&str; 6] =
    ["PKCS7", "PGP MESSAGE", "ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK"];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    let Some(label) = LABELS.get(usize::from(*choice) % (LABELS.len() + 1)) else { return common::read(rest) };
    let body = base64::engine::general_purpose::STANDARD.encode(rest);
    common::read(format!("Here it is:\n-----BEGIN {label}-----\n\n{body}\n-----END {label}-----\n").as_bytes());
});
