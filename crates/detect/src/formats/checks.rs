//! Cheap conditions on a value: alphabet, entropy, placeholder, checksum.

use serde::Deserialize;

/// Checksums that providers build into their tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Checksum {
    /// Last six characters: CRC-32 of the random part between them and the prefix's underscore, in base 62 (GitHub, npm).
    Crc32Base62,
    /// Last eight hex digits: CRC-32 of all before the last underscore (Grafana service accounts).
    Crc32Hex,
    /// Eight groups of six digits, each divisible by 11 and below 720896 (BitLocker recovery).
    Bitlocker,
}

/// Letters, digits and the underscore.
pub(super) fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Characters that tokens are made of.
pub(super) fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.+/=%~:!|".contains(&byte)
}

/// Whether the checksum fits.
pub(super) fn checksum(sum: Checksum, value: &str) -> bool {
    match sum {
        Checksum::Crc32Base62 => {
            let Some((_, random)) = value.split_once('_') else { return false };
            let Some(cut) = random.len().checked_sub(6) else { return false };
            match (random.get(..cut), random.get(cut..)) {
                (Some(random), Some(end)) => base62(crc32(random.as_bytes())) == end,
                _ => false,
            }
        }
        Checksum::Crc32Hex => value.rsplit_once('_').is_some_and(|(front, end)| {
            let sum = crc32(front.as_bytes());
            u32::from_str_radix(end, 16).is_ok_and(|found| found == sum || found == sum.swap_bytes())
        }),
        Checksum::Bitlocker => {
            let mut groups = 0;
            value.split('-').all(|g| {
                groups += 1;
                g.len() == 6 && g.parse::<u32>().is_ok_and(|n| n % 11 == 0 && n < 720_896)
            }) && groups == 8
        }
    }
}

/// CRC-32 of IEEE 802.3, bit by bit: values are short.
pub(super) fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

/// Six characters, digits first, then capitals, then small letters.
fn base62(mut number: u32) -> String {
    const ALPHABET: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let mut out = [b'0'; 6];
    for place in out.iter_mut().rev() {
        *place = ALPHABET[(number % 62) as usize];
        number /= 62;
    }
    out.iter().map(|b| char::from(*b)).collect()
}

/// Shannon entropy in bits per byte.
pub(super) fn entropy(value: &str) -> f32 {
    let mut counts = [0u32; 256];
    for byte in value.bytes() {
        counts[usize::from(byte)] += 1;
    }
    let total = value.len().max(1) as f32;
    counts.iter().filter(|n| **n > 0).map(|n| *n as f32 / total).map(|p| -p * p.log2()).sum()
}

/// Keys that providers print in their documentation and that open nothing.
const DOCUMENTED: &[&str] = &[
    "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==",
    "4eC39HqLyjWDarjtT1zdp7dc",
    "4eC39HqLyjWDarhtT1zdp7dc",
    "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c",
];

/// Whether the value stands for one, or is printed in public documentation, or is masked.
pub(super) fn is_placeholder(value: &str) -> bool {
    let upper = value.to_ascii_uppercase();
    if upper.contains("EXAMPLEKEY") || upper.ends_with("EXAMPLE") || DOCUMENTED.iter().any(|known| value.contains(known)) {
        return true;
    }
    const MARKS: &[&str] = &[
        "XXXXX",
        "*****",
        "•••",
        "●●●",
        "...",
        "…",
        "${",
        "{{",
        "}}",
        "<YOUR",
        "YOUR-",
        "YOUR_",
        "YOURTOKEN",
        "YOURKEY",
        "REDACTED",
        "REPLACE_ME",
        "CHANGEME",
        "PLACEHOLDER",
        "_HERE",
        "1234567890ABCDEF",
        "ABCDEFGHIJKL",
        "0123456789ABCDEF",
    ];
    if MARKS.iter().any(|mark| upper.contains(mark)) {
        // In blocks and URLs a run of dots or zeros can be innocent; a whole placeholder is short.
        return value.len() < 300;
    }
    let last = value.as_bytes().last().copied();
    let run = value.bytes().rev().take_while(|b| Some(*b) == last).count();
    value.len() >= 12 && (run * 2 > value.len() || entropy(value) < 1.5)
}
