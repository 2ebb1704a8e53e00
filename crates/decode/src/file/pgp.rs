//! PGP (RFC 9580): encrypted messages are told with their recipients, signed ones unwrapped, private keys given as text.

use super::{Budget, Contents, Loss, Member, Passage, Unpacked, armour};
use crate::file::keyfile::hex;
use aftermail_model::Reason;
use bzip2::read::BzDecoder;
use flate2::read::{DeflateDecoder, ZlibDecoder};

/// Packets of one message, and packets within packets.
const MOST_PACKETS: usize = 10_000;
const DEEPEST: u32 = 8;
/// Key ids that are told.
const MOST_RECIPIENTS: usize = 20;
const MEDIA: &str = "application/pgp-encrypted";

/// Tags of packets (§5).
mod tag {
    pub const SESSION_KEY: u8 = 1;
    pub const SIGNATURE: u8 = 2;
    pub const PASSWORD_KEY: u8 = 3;
    pub const ONE_PASS: u8 = 4;
    pub const SECRET_KEY: u8 = 5;
    pub const PUBLIC_KEY: u8 = 6;
    pub const COMPRESSED: u8 = 8;
    pub const ENCRYPTED: u8 = 9;
    pub const MARKER: u8 = 10;
    pub const LITERAL: u8 = 11;
    pub const PROTECTED: u8 = 18;
    pub const SEALED: u8 = 20;
}

/// Reads packets that stand as bytes; `None` where they are none.
pub(super) fn read(bytes: &[u8], budget: &mut Budget) -> Option<Contents> {
    let all = packets(bytes)?;
    match all.first()?.tag {
        tag::SECRET_KEY => {
            let body = armour::written("PGP PRIVATE KEY BLOCK", bytes);
            Some(Contents { media: "application/pgp-keys", passages: vec![Passage::visible(body)], ..Contents::default() })
        }
        tag::PUBLIC_KEY => Some(Contents { media: "application/pgp-keys", ..Contents::default() }),
        tag::SIGNATURE if all.iter().all(|p| p.tag == tag::SIGNATURE) => {
            Some(Contents { media: "application/pgp-signature", ..Contents::default() })
        }
        _ => Some(opened(&all, bytes.len(), budget)),
    }
}

/// The messages in a text that are armoured: their losses, and the files that came out of those that are only signed.
pub(super) fn armoured(text: &str, budget: &mut Budget) -> Contents {
    let mut found = Contents { media: MEDIA, ..Contents::default() };
    for block in armour::blocks(text, |label| label == "PGP MESSAGE") {
        match packets(&block.bytes) {
            Some(all) => {
                let inner = opened(&all, block.bytes.len(), budget);
                found.members.extend(inner.members);
                found.losses.extend(inner.losses);
            }
            None => found.losses.push(Loss::new(Reason::Damaged, "It holds a PGP message that is broken.", block.bytes.len() as u64)),
        }
    }
    found
}

fn opened(all: &[Packet], bytes: usize, budget: &mut Budget) -> Contents {
    let mut found = Contents { media: MEDIA, ..Contents::default() };
    let mut recipients = Vec::new();
    unwrap(all, 0, budget, &mut found, &mut recipients, bytes);
    found
}

fn unwrap(all: &[Packet], depth: u32, budget: &mut Budget, found: &mut Contents, recipients: &mut Vec<String>, bytes: usize) {
    for packet in all {
        match packet.tag {
            tag::SESSION_KEY => recipients.push(recipient(&packet.body)),
            tag::PASSWORD_KEY => recipients.push("a password".to_owned()),
            tag::ENCRYPTED | tag::PROTECTED | tag::SEALED => {
                let named = recipients.iter().take(MOST_RECIPIENTS).cloned().collect::<Vec<_>>().join(", ");
                let detail = format!("It is encrypted by PGP, {bytes} bytes; it can be read with {} keys: {named}.", recipients.len());
                found.losses.push(Loss::new(Reason::Encrypted, detail, packet.body.len() as u64));
            }
            tag::COMPRESSED if depth < DEEPEST => match unpacked(&packet.body, budget) {
                Ok(Unpacked { bytes: inner, loss }) => {
                    found.losses.extend(loss);
                    unwrap(&packets(&inner).unwrap_or_default(), depth + 1, budget, found, recipients, bytes);
                }
                Err(loss) => found.losses.push(loss),
            },
            tag::LITERAL => found.members.extend(literal(&packet.body)),
            _ => {}
        }
    }
}

/// The key that a session key is encrypted to (§5.1): eight bytes of its id in version 3, its fingerprint in version 6.
fn recipient(body: &[u8]) -> String {
    let id = match body {
        [3, rest @ ..] => rest.get(..8),
        [6, length, _, rest @ ..] => rest.get(..usize::from(length.saturating_sub(1))),
        _ => None,
    };
    match id {
        Some(id) if id.iter().all(|b| *b == 0) => "a key that is not named".to_owned(),
        Some(id) => format!("key {}", hex(id)),
        None => "a key of an unknown kind".to_owned(),
    }
}

/// Compressed data (§5.6).
fn unpacked(body: &[u8], budget: &mut Budget) -> Result<Unpacked, Loss> {
    let size = body.len() as u64;
    match body {
        [0, rest @ ..] => Ok(Unpacked { bytes: rest.to_vec(), loss: None }),
        [1, rest @ ..] => Ok(budget.unpack(size, None, DeflateDecoder::new(rest))),
        [2, rest @ ..] => Ok(budget.unpack(size, None, ZlibDecoder::new(rest))),
        [3, rest @ ..] => Ok(budget.unpack(size, None, BzDecoder::new(rest))),
        _ => Err(Loss::new(Reason::Unsupported, "It holds a PGP message packed in an unknown way.", size)),
    }
}

/// Literal data (§5.9): kind, name, date, content.
fn literal(body: &[u8]) -> Option<Member> {
    let (length, rest) = body.get(1..)?.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(*length))?;
    let name = String::from_utf8_lossy(name).trim().to_owned();
    let name = if name.is_empty() || name == "_CONSOLE" { "signed content".to_owned() } else { name };
    Some(Member::whole(name, rest.get(4..)?.to_vec()))
}

struct Packet {
    tag: u8,
    body: Vec<u8>,
}

/// The packets that fill all of the bytes (§4.2); `None` where it is something else.
fn packets(bytes: &[u8]) -> Option<Vec<Packet>> {
    let mut rest = bytes;
    let mut all: Vec<Packet> = Vec::new();
    while let Some((&head, after)) = rest.split_first() {
        if head & 0x80 == 0 || all.len() >= MOST_PACKETS {
            return None;
        }
        let (packet, next) = if head & 0x40 != 0 { new_format(head & 0x3f, after)? } else { old_format(head, after)? };
        // The first packet tells whether this is PGP at all.
        let begins = matches!(
            packet.tag,
            tag::SESSION_KEY..=tag::PUBLIC_KEY | tag::COMPRESSED | tag::ENCRYPTED | tag::MARKER | tag::LITERAL | tag::PROTECTED
        );
        if all.is_empty() && !(begins && is_plausible(&packet)) {
            return None;
        }
        all.push(packet);
        rest = next;
    }
    (!all.is_empty()).then_some(all)
}

/// Whether the version or kind of a first packet exists: two bits and a length are a weak signature.
fn is_plausible(packet: &Packet) -> bool {
    let first = packet.body.first().copied();
    match packet.tag {
        tag::SESSION_KEY => matches!(first, Some(3 | 6)),
        tag::SIGNATURE | tag::SECRET_KEY | tag::PUBLIC_KEY => matches!(first, Some(3..=6)),
        tag::PASSWORD_KEY => matches!(first, Some(4..=6)),
        tag::ONE_PASS => matches!(first, Some(3 | 6)),
        tag::COMPRESSED => matches!(first, Some(1..=3)),
        tag::MARKER => packet.body == b"PGP",
        tag::LITERAL => matches!(first, Some(b'b' | b't' | b'u' | b'm')),
        tag::PROTECTED => matches!(first, Some(1 | 2)),
        _ => false,
    }
}

fn old_format(head: u8, after: &[u8]) -> Option<(Packet, &[u8])> {
    let digits = match head & 3 {
        0 => 1,
        1 => 2,
        2 => 4,
        // Until the end.
        _ => return Some((Packet { tag: head >> 2 & 0xf, body: after.to_vec() }, &[])),
    };
    let (length, rest) = after.split_at_checked(digits)?;
    let length = length.iter().fold(0_usize, |n, b| n << 8 | usize::from(*b));
    let (body, rest) = rest.split_at_checked(length)?;
    Some((Packet { tag: head >> 2 & 0xf, body: body.to_vec() }, rest))
}

fn new_format(tag: u8, after: &[u8]) -> Option<(Packet, &[u8])> {
    let mut body = Vec::new();
    let mut rest = after;
    loop {
        let (&first, after) = rest.split_first()?;
        let (length, after, partial) = match first {
            0..192 => (usize::from(first), after, false),
            192..224 => {
                let (second, after) = after.split_first()?;
                (((usize::from(first) - 192) << 8) + usize::from(*second) + 192, after, false)
            }
            224..=254 => (1 << (first & 0x1f), after, true),
            255 => {
                let (digits, after) = after.split_first_chunk::<4>()?;
                (u32::from_be_bytes(*digits) as usize, after, false)
            }
        };
        let (piece, after) = after.split_at_checked(length)?;
        body.extend_from_slice(piece);
        rest = after;
        if !partial {
            return Some((Packet { tag, body }, rest));
        }
    }
}
