//! cpio (its new, portable and binary headers), and the RPM packages that wrap it.

use super::super::{Budget, Contents, Loss, Member};
use super::read::{digits, u16_at};
use super::{CUT_OFF, Unpacking, names};
use aftermail_model::Reason;

/// The last member, which is none.
const TRAILER: &[u8] = b"TRAILER!!!";

/// What a header says: lengths of itself, name and content, what lengths are rounded up to, and the mode.
struct Header {
    length: usize,
    name: usize,
    size: usize,
    round: usize,
    mode: u64,
}

pub(super) fn open(bytes: &[u8], budget: &mut Budget) -> Contents {
    let mut out = Unpacking::new("application/x-cpio", budget);
    let mut at = 0;
    loop {
        let Some(header) = bytes.get(at..).and_then(header) else {
            out.lost(Loss::new(Reason::Damaged, CUT_OFF, bytes.len().saturating_sub(at) as u64));
            break;
        };
        let up = |n: usize| n.saturating_add(header.round - 1) / header.round * header.round;
        let start = up(at + header.length + header.name);
        let name = bytes.get(at + header.length..at + header.length + header.name).unwrap_or_default();
        let name = name.strip_suffix(b"\0").unwrap_or(name);
        if name == TRAILER {
            break;
        }
        let end = start.saturating_add(header.size);
        // 0o100000 is a file; folders, links and devices hold nothing.
        if header.mode & 0o170_000 == 0o100_000 {
            let data = bytes.get(start..end.min(bytes.len())).unwrap_or_default();
            out.file(names::guessed(name), header.size as u64, Some(header.size as u64), data);
        }
        at = up(end);
    }
    out.done()
}

fn header(bytes: &[u8]) -> Option<Header> {
    let number = |from: usize, length: usize, radix| digits(bytes.get(from..from + length)?, radix);
    let size = |n: u64| usize::try_from(n).ok();
    match bytes.get(..6)? {
        b"070701" | b"070702" => {
            let (name, content) = (size(number(94, 8, 16)?)?, size(number(54, 8, 16)?)?);
            Some(Header { length: 110, name, size: content, round: 4, mode: number(14, 8, 16)? })
        }
        b"070707" => {
            let (name, content) = (size(number(59, 6, 8)?)?, size(number(65, 11, 8)?)?);
            Some(Header { length: 76, name, size: content, round: 1, mode: number(18, 6, 8)? })
        }
        [0xc7, 0x71, ..] if bytes.len() >= 26 => {
            let word = |n| usize::from(u16_at(bytes, n));
            Some(Header { length: 26, name: word(20), size: word(22) << 16 | word(24), round: 2, mode: word(6) as u64 })
        }
        _ => None,
    }
}

/// The payload of a package, behind its lead and two headers (rpm's file format, version 3).
pub(super) fn open_rpm(bytes: &[u8], budget: &mut Budget) -> Option<Contents> {
    let past = |at: usize| {
        let head = bytes.get(at..at + 16).filter(|h| h.starts_with(b"\x8e\xad\xe8\x01"))?;
        let number = |n: usize| u32::from_be_bytes([head[n], head[n + 1], head[n + 2], head[n + 3]]) as usize;
        Some(at + 16 + 16 * number(8) + number(12))
    };
    let header = past(96)?.next_multiple_of(8);
    let payload = bytes.get(past(header)?..)?;
    let mut out = Unpacking::new("application/x-rpm", budget);
    if out.room(payload.len() as u64) {
        let unpacked = out.budget.unpack(payload.len() as u64, Some(payload.len() as u64), payload);
        out.push(Member::unpacked("payload".into(), Ok(unpacked), None));
    }
    Some(out.done())
}
