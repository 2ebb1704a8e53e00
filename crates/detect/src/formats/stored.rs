//! Passwords that devices and directories store under a key that everybody knows.

use aes::Aes256;
use aes::cipher::{BlockModeDecrypt, KeyIvInit, block_padding::Pkcs7};
use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;

/// The key of Group Policy Preferences, as Microsoft publishes it ([MS-GPPREF] §2.2.1.1.4).
const GPP_KEY: [u8; 32] = [
    0x4e, 0x99, 0x06, 0xe8, 0xfc, 0xb6, 0x6c, 0xc9, 0xfa, 0xf4, 0x93, 0x10, 0x62, 0x0f, 0xfe, 0xe8, 0xf4, 0x96, 0xe8, 0x06, 0xcc, 0x05,
    0x79, 0x90, 0x20, 0x9b, 0x09, 0xa4, 0x33, 0xb6, 0x6c, 0x1b,
];

/// The password of a `cpassword` attribute: AES-256-CBC without an initialisation vector, UTF-16 little-endian.
pub(super) fn gpp(text: &str) -> Option<String> {
    let mut bytes = STANDARD_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    let plain = cbc::Decryptor::<Aes256>::new(&GPP_KEY.into(), &[0; 16].into()).decrypt_padded::<Pkcs7>(&mut bytes).ok()?;
    let units: Vec<u16> = plain.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    String::from_utf16(&units).ok().filter(|t| is_told(t))
}

/// The key of Cisco's "type 7", as it lies in every router.
const CISCO: &[u8] = b"dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";

/// The password of a Cisco "type 7" string: two decimal digits of offset, then bytes in hexadecimal, XOR the key from there.
pub(super) fn cisco7(text: &str) -> Option<String> {
    let offset: usize = text.get(..2)?.parse().ok().filter(|n| *n < CISCO.len())?;
    let digits = text.get(2..).filter(|d| d.len() >= 2 && d.len() % 2 == 0 && d.bytes().all(|b| b.is_ascii_hexdigit()))?;
    let bytes = (0..digits.len()).step_by(2).map(|at| u8::from_str_radix(&digits[at..at + 2], 16));
    let plain: Vec<u8> = bytes.enumerate().map(|(n, b)| Some(b.ok()? ^ CISCO[(offset + n) % CISCO.len()])).collect::<Option<_>>()?;
    String::from_utf8(plain).ok().filter(|t| is_told(t))
}

/// Families of Juniper's `$9$` alphabet: a character of the first stands before three that say nothing, and so on down.
const FAMILIES: [&str; 4] = ["QzF3n6/9CAtpu0O", "B1IREhcSyrleKvMW8LXx", "7N-dVbwsY2g4oaJZGUDj", "iHkq.mPf5T"];
/// Weights of the gaps that make up one character, by its place.
const WEIGHTS: [&[u32]; 7] = [&[1, 4, 32], &[1, 16, 32], &[1, 8, 32], &[1, 64], &[1, 32], &[1, 4, 16, 128], &[1, 32, 64]];

/// The password of a Juniper `$9$` string, which is a chain of gaps between characters of a fixed alphabet.
pub(super) fn juniper9(text: &str) -> Option<String> {
    let alphabet: Vec<char> = FAMILIES.concat().chars().collect();
    let place = |c: char| alphabet.iter().position(|a| *a == c).map(|n| n as i64);
    let mut chars = text.strip_prefix("$9$")?.chars();
    let first = chars.next()?;
    let said_nothing = 3 - FAMILIES.iter().position(|f| f.contains(first))?;
    let mut chars = chars.skip(said_nothing).peekable();
    let mut before = place(first)?;
    let mut plain = String::new();
    while chars.peek().is_some() {
        let weights = WEIGHTS[plain.chars().count() % WEIGHTS.len()];
        let mut code = 0;
        for weight in weights {
            let here = place(chars.next()?)?;
            code += (here - before - 1).rem_euclid(alphabet.len() as i64) as u32 * weight;
            before = here;
        }
        plain.push(char::from((code % 256) as u8));
    }
    Some(plain).filter(|t| is_told(t))
}

/// Whether it is something that a person could have typed.
fn is_told(text: &str) -> bool {
    !text.is_empty() && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_open() {
        // The example of [MS-GPPREF] and of every write-up of it since.
        assert_eq!(gpp("j1Uyj3Vx8TY9LtLZil2uAuZkFQA/4latT76ZwgdHdhw").as_deref(), Some("Local*P4ssword!"));
        // Cisco's own documentation of type 7.
        assert_eq!(cisco7("094F471A1A0A").as_deref(), Some("cisco"));
        assert_eq!(cisco7("104D000A0618").as_deref(), Some("cisco"));
        assert_eq!(juniper9("$9$LbHX-wg4Z").as_deref(), Some("lc"));
        for no in ["", "0", "99AA", "094F471A1A0", "$9$", "j1Uyj3Vx8TY9LtLZil2uAuZkFQA", "grüße"] {
            assert!(gpp(no).is_none() && cisco7(no).is_none() && juniper9(no).is_none(), "{no}");
        }
    }
}
