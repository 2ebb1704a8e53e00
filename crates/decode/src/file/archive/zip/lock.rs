//! The two locks of zip: PKWARE's old one (APPNOTE.TXT 6.1), and AES as WinZip put it (its "AES Encryption Information").

use aes::cipher::{BlockCipherEncrypt, KeyInit};
use aes::{Aes128, Aes192, Aes256};
use hmac::{Hmac, Mac};
use sha1::Sha1;

/// Rounds of PBKDF2.
const ROUNDS: u32 = 1000;
/// Bytes of random data before the content in the old lock.
const HEADER: usize = 12;
/// Bytes of authentication behind content under AES.
const CODE: usize = 10;

/// Content under the old lock, where the byte that checks the password is one of `checks`: one wrong password in 128 passes.
pub(super) fn open_old(data: &[u8], password: &[u8], checks: [u8; 2]) -> Option<Vec<u8>> {
    let mut state = [0x1234_5678, 0x2345_6789, 0x3456_7890];
    password.iter().for_each(|b| stir(&mut state, *b));
    let mut plain = |b: &u8| {
        let word = (state[2] | 2) & 0xffff;
        let byte = b ^ ((word.wrapping_mul(word ^ 1) >> 8) & 0xff) as u8;
        stir(&mut state, byte);
        byte
    };
    let head: Vec<u8> = data.get(..HEADER)?.iter().map(&mut plain).collect();
    checks.contains(head.last()?).then(|| data[HEADER..].iter().map(plain).collect())
}

fn stir(state: &mut [u32; 3], byte: u8) {
    state[0] = crc(state[0], byte);
    state[1] = state[1].wrapping_add(state[0] & 0xff).wrapping_mul(134_775_813).wrapping_add(1);
    state[2] = crc(state[2], (state[1] >> 24) as u8);
}

/// One byte more of a CRC-32 without its two inversions.
fn crc(before: u32, byte: u8) -> u32 {
    const TABLE: [u32; 256] = table();
    TABLE[usize::from((before as u8) ^ byte)] ^ (before >> 8)
}

const fn table() -> [u32; 256] {
    let mut table = [0; 256];
    let mut n = 0;
    while n < 256 {
        let (mut value, mut bit) = (n as u32, 0);
        while bit < 8 {
            value = if value & 1 == 1 { value >> 1 ^ 0xEDB8_8320 } else { value >> 1 };
            bit += 1;
        }
        table[n] = value;
        n += 1;
    }
    table
}

/// Content under AES, where its authentication code agrees. Strengths 1, 2 and 3 are keys of 128, 192 and 256 bits.
pub(super) fn open_aes(data: &[u8], password: &[u8], strength: u8) -> Option<Vec<u8>> {
    let length = 8 * usize::from(strength) + 8;
    let (salt, rest) = data.split_at_checked(length / 2)?;
    let (verifier, rest) = rest.split_at_checked(2)?;
    let (content, code) = rest.split_at_checked(rest.len().checked_sub(CODE)?)?;
    let keys = derived(password, salt, 2 * length + 2)?;
    let (key, rest) = keys.split_at(length);
    let (seal, check) = rest.split_at(length);
    if check != verifier {
        return None;
    }
    let mut mac = Hmac::<Sha1>::new_from_slice(seal).ok()?;
    mac.update(content);
    mac.verify_truncated_left(code).ok()?;
    match strength {
        1 => counted(&Aes128::new_from_slice(key).ok()?, content),
        2 => counted(&Aes192::new_from_slice(key).ok()?, content),
        3 => counted(&Aes256::new_from_slice(key).ok()?, content),
        _ => return None,
    }
    .into()
}

/// PBKDF2 with HMAC-SHA-1 (RFC 8018 §5.2).
fn derived(password: &[u8], salt: &[u8], length: usize) -> Option<Vec<u8>> {
    let keyed = Hmac::<Sha1>::new_from_slice(password).ok()?;
    let mut out = Vec::new();
    for block in 1_u32.. {
        let mut mac = keyed.clone();
        mac.update(salt);
        mac.update(&block.to_be_bytes());
        let mut last = mac.finalize().into_bytes();
        let mut sum = last;
        for _ in 1..ROUNDS {
            let mut mac = keyed.clone();
            mac.update(&last);
            last = mac.finalize().into_bytes();
            sum.iter_mut().zip(&last).for_each(|(s, l)| *s ^= l);
        }
        out.extend_from_slice(&sum);
        if out.len() >= length {
            break;
        }
    }
    out.truncate(length);
    Some(out)
}

/// Counter mode with the counter's lowest byte first, from 1.
fn counted<C: BlockCipherEncrypt>(cipher: &C, content: &[u8]) -> Vec<u8> {
    let mut out = content.to_vec();
    for (number, block) in out.chunks_mut(16).enumerate() {
        let mut pad = aes::cipher::Block::<C>::default();
        pad.iter_mut().zip((number as u64 + 1).to_le_bytes()).for_each(|(p, c)| *p = c);
        cipher.encrypt_block(&mut pad);
        block.iter_mut().zip(pad.iter()).for_each(|(b, p)| *b ^= p);
    }
    out
}
