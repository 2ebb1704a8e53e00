//! Ways to write a value so that it does not stand there as such.

use crate::random::Random;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The value as written in this way: "b64", "b64pair" (`user:value`), "rot", "rev", "pct", "hex", "gaps", "ent", "utf16".
pub fn write(random: &mut Random, way: &str, user: &str, value: &str) -> String {
    match way {
        "b64pair" => STANDARD.encode(format!("{user}:{value}")),
        "utf16" => STANDARD.encode(value.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()),
        "rot" => value.chars().map(rot13).collect(),
        "rev" => value.chars().rev().collect(),
        "pct" => value.bytes().map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") }).collect(),
        "hex" => value.bytes().map(|b| format!("{b:02x}")).collect(),
        "gaps" => value.chars().map(String::from).collect::<Vec<_>>().join(" "),
        "ent" => value
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() && !random.chance(30) { c.to_string() } else { format!("&#{};", u32::from(c)) })
            .collect(),
        _ => STANDARD.encode(value),
    }
}

fn rot13(c: char) -> char {
    match c {
        'a'..='m' | 'A'..='M' => char::from(c as u8 + 13),
        'n'..='z' | 'N'..='Z' => char::from(c as u8 - 13),
        other => other,
    }
}
