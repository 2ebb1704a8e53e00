//! The code by which an authenticator app hands its accounts to another telephone: `otpauth-migration://offline?data=…`, a
//! protobuf message in base64 (Google Authenticator; no specification is published, the fields are those that the app writes).
//! It becomes the lines that each account would be by itself, `otpauth://totp/ISSUER:ACCOUNT?secret=…` (the key URI format).

use base64::Engine;
use base64::engine::DecodePaddingMode;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig};

const START: &str = "otpauth-migration://offline?data=";
/// Accounts of one code.
const ACCOUNTS: usize = 200;

/// The accounts of a transfer code as one line each; `None` where it is none.
pub(crate) fn unfolded(payload: &str) -> Option<String> {
    let data = percent_decoded(payload.trim().strip_prefix(START)?.split('&').next()?);
    let lenient =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent).with_decode_allow_trailing_bits(true);
    let alphabet = if data.contains(['-', '_']) { &base64::alphabet::URL_SAFE } else { &base64::alphabet::STANDARD };
    let bytes = GeneralPurpose::new(alphabet, lenient).decode(data).ok()?;
    let accounts = fields(&bytes).filter_map(|(number, field)| if number == 1 { field.bytes() } else { None });
    let lines: Vec<String> = accounts.take(ACCOUNTS).filter_map(account).collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

/// One account: secret 1, name 2, issuer 3, type 6 (1 counter, 2 time).
fn account(bytes: &[u8]) -> Option<String> {
    let (mut secret, mut name, mut issuer, mut sort) = (&[][..], String::new(), String::new(), "totp");
    for (number, field) in fields(bytes) {
        match (number, field) {
            (1, Field::Bytes(b)) => secret = b,
            (2, Field::Bytes(b)) => name = String::from_utf8_lossy(b).into_owned(),
            (3, Field::Bytes(b)) => issuer = String::from_utf8_lossy(b).into_owned(),
            (6, Field::Number(1)) => sort = "hotp",
            _ => {}
        }
    }
    if secret.is_empty() {
        return None;
    }
    // Most apps write the issuer before the name as well.
    let name = name.strip_prefix(&format!("{issuer}:")).unwrap_or(&name).trim();
    let (name, issuer) = (percent_encoded(name), percent_encoded(&issuer));
    let label = if issuer.is_empty() { name } else { format!("{issuer}:{name}") };
    let issuer = if issuer.is_empty() { String::new() } else { format!("&issuer={issuer}") };
    Some(format!("otpauth://{sort}/{label}?secret={}{issuer}", base32(secret)))
}

enum Field<'b> {
    Number(u64),
    Bytes(&'b [u8]),
}

impl<'b> Field<'b> {
    fn bytes(self) -> Option<&'b [u8]> {
        match self {
            Field::Bytes(bytes) => Some(bytes),
            Field::Number(_) => None,
        }
    }
}

/// The fields of a protobuf message (wire types 0 and 2), as far as they can be told apart.
fn fields(mut rest: &[u8]) -> impl Iterator<Item = (u64, Field<'_>)> {
    std::iter::from_fn(move || {
        let key = varint(&mut rest)?;
        let field = match key & 7 {
            0 => Field::Number(varint(&mut rest)?),
            2 => {
                let length = usize::try_from(varint(&mut rest)?).ok()?;
                let (field, behind) = rest.split_at_checked(length)?;
                rest = behind;
                Field::Bytes(field)
            }
            _ => return None,
        };
        Some((key >> 3, field))
    })
}

fn varint(rest: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, behind) = rest.split_first()?;
        *rest = behind;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Some(value);
        }
    }
    None
}

/// RFC 4648 §6, without padding.
fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let group = |chunk: &[u8]| {
        let value = chunk.iter().enumerate().fold(0u64, |value, (at, byte)| value | u64::from(*byte) << (32 - 8 * at));
        let letters = (chunk.len() * 8).div_ceil(5);
        (0..letters).map(|at| char::from(LETTERS[(value >> (35 - 5 * at) & 31) as usize])).collect::<String>()
    };
    bytes.chunks(5).map(group).collect()
}

fn percent_decoded(text: &str) -> String {
    let mut out = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let hex = behind.get(..2).filter(|_| *first == b'%').and_then(|h| std::str::from_utf8(h).ok());
        match hex.and_then(|h| u8::from_str_radix(h, 16).ok()) {
            Some(byte) => (out.push(byte), rest = &behind[2..]).1,
            None => (out.push(*first), rest = behind).1,
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn percent_encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'@' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.trim().bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transfer_code_becomes_its_accounts() {
        // Written by hand: two accounts, the second by counter and without an issuer.
        let mut message = Vec::new();
        let first =
            [&[0x0a, 5][..], b"Hello", &[0x12, 17], b"Harbour Desk:mona", &[0x1a, 12], b"Harbour Desk", &[0x20, 1, 0x30, 2]].concat();
        let second = [&[0x0a, 3][..], b"abc", &[0x12, 4], b"door", &[0x30, 1]].concat();
        for account in [first, second] {
            message.extend([0x0a, account.len() as u8]);
            message.extend(account);
        }
        message.extend([0x10, 1, 0x18, 1]);
        let standard = base64::engine::general_purpose::STANDARD.encode(&message);
        let lines = "otpauth://totp/Harbour%20Desk:mona?secret=JBSWY3DP&issuer=Harbour%20Desk\notpauth://hotp/door?secret=MFRGG";
        assert_eq!(unfolded(&format!("{START}{}", standard.replace('+', "%2B").replace('=', "%3D"))).as_deref(), Some(lines));
        assert_eq!(
            unfolded(&format!("{START}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&message))).as_deref(),
            Some(lines)
        );
    }

    #[test]
    fn other_codes_and_broken_ones_are_left_alone() {
        for payload in ["https://x.example", "otpauth://totp/a?secret=JBSWY3DP", &format!("{START}!!!"), &format!("{START}CgUKBUhlbGw")] {
            assert_eq!(unfolded(payload), None, "{payload}");
        }
    }

    #[test]
    fn base32_is_that_of_the_rfc() {
        let vectors =
            [("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"), ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI")];
        vectors.iter().for_each(|(plain, coded)| assert_eq!(base32(plain.as_bytes()), *coded));
    }
}
