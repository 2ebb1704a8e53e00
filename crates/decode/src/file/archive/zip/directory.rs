//! Which members a zip has: from its central directory, and from the headers before their data where no directory tells of
//! them (APPNOTE.TXT 4.3).

use super::super::names;
use super::super::read::{u16_at, u32_at, u64_at};
use memchr::memmem;
use std::collections::HashSet;
use std::ops::Range;

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";
const END_64: &[u8] = b"PK\x06\x06";
const LOCATOR_64: &[u8] = b"PK\x06\x07";
const DESCRIPTOR: &[u8] = b"PK\x07\x08";
/// Longest comment behind the directory, with the record before it.
const TAIL: usize = (64 << 10) + 22;

/// A member as its headers tell of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Entry {
    pub name: String,
    pub flags: u16,
    pub method: u16,
    /// Time of the last change, which the older lock checks passwords with.
    pub time: u16,
    pub crc: u32,
    /// Unpacked size, 0 where a cut-off header does not say.
    pub size: u64,
    /// Where its data lies.
    pub data: Range<usize>,
    /// WinZip's lock (its AES encryption information, version 1.04): version, strength, and the true method.
    pub aes: Option<(u16, u8, u16)>,
    /// Fewer bytes are there than its header says.
    pub cut: bool,
}

impl Entry {
    pub(super) fn locked(&self) -> bool {
        self.flags & 1 == 1
    }

    pub(super) fn is_folder(&self) -> bool {
        self.name.ends_with('/') && self.size == 0
    }
}

/// The members, and whether a directory named them all.
pub(super) fn entries(bytes: &[u8], most: usize) -> (Vec<Entry>, bool) {
    let (mut found, whole, directory) = central(bytes, most);
    // What no directory names was deleted or hidden, or the directory is lost. The data of a member is not looked into.
    let mut covered: Vec<Range<usize>> = found.iter().map(|e| e.data.clone()).collect();
    covered.sort_by_key(|r| r.start);
    let starts: HashSet<usize> = covered.iter().map(|r| r.start).collect();
    let mut at = 0;
    covered.push(Range { start: directory, end: directory });
    for known in covered {
        if at < known.start {
            scan(bytes, at..known.start, &starts, &mut found, most);
        }
        at = at.max(known.end);
    }
    (found, whole)
}

/// The central directory, whether it was read to its end, and where it begins.
fn central(bytes: &[u8], most: usize) -> (Vec<Entry>, bool, usize) {
    let Some((stated, size, count, record)) = end_record(bytes) else { return (Vec::new(), false, bytes.len()) };
    // With something before the archive (a program that unpacks it) all its offsets are too small.
    let actual = record.saturating_sub(size);
    let start = if bytes.get(actual..).is_some_and(|b| b.starts_with(CENTRAL)) { actual } else { stated };
    if count > 0 && !bytes.get(start..).is_some_and(|b| b.starts_with(CENTRAL)) {
        return (Vec::new(), false, bytes.len());
    }
    let shift = start.wrapping_sub(stated);
    let (mut at, mut found, mut read) = (start, Vec::new(), 0);
    while let Some(header) = bytes.get(at..).filter(|h| h.starts_with(CENTRAL) && h.len() >= 46) {
        let lengths = [28, 30, 32].map(|o| usize::from(u16_at(header, o)));
        let [name, extra, comment] = lengths;
        read += 1;
        if let Some(entry) = header.get(46..46 + name + extra).and_then(|rest| listed(bytes, header, &rest[..name], &rest[name..], shift))
            && found.len() < most
        {
            found.push(entry);
        }
        at += 46 + name + extra + comment;
    }
    // A count of 16 bits wraps round.
    let whole = read == found.len() && (count == read as u64 || count == (read as u64 & 0xffff));
    (found, whole, start.min(bytes.len()))
}

/// What the last record says: offset and size of the directory, number of members; and where the record itself begins.
fn end_record(bytes: &[u8]) -> Option<(usize, usize, u64, usize)> {
    let from = bytes.len().saturating_sub(TAIL);
    let at = from + memmem::rfind(&bytes[from..], END)?;
    let record = bytes.get(at..at + 22)?;
    let small = (u32_at(record, 16) as usize, u32_at(record, 12) as usize, u64::from(u16_at(record, 10)), at);
    let locator = at.checked_sub(20).and_then(|l| bytes.get(l..at)).filter(|l| l.starts_with(LOCATOR_64));
    let Some(locator) = locator else { return Some(small) };
    let stated = usize::try_from(u64_at(locator, 8)).ok()?;
    let is_record = |o: &usize| bytes.get(*o..).is_some_and(|b| b.starts_with(END_64) && b.len() >= 56);
    let Some(at) = Some(stated).filter(is_record).or_else(|| memmem::rfind(&bytes[..at - 20], END_64).filter(is_record)) else {
        return Some(small);
    };
    let record = &bytes[at..];
    let narrow = |o| usize::try_from(u64_at(record, o)).unwrap_or(usize::MAX);
    Some((narrow(48), narrow(40), u64_at(record, 32), at))
}

/// A member that the directory lists.
fn listed(bytes: &[u8], header: &[u8], name: &[u8], extra: &[u8], shift: usize) -> Option<Entry> {
    let [size, packed, offset] = wide([u32_at(header, 24), u32_at(header, 20), u32_at(header, 42)], extra);
    let offset = usize::try_from(offset).ok()?;
    let local = [offset.wrapping_add(shift), offset].into_iter().find(|o| bytes.get(*o..).is_some_and(|b| b.starts_with(LOCAL)))?;
    let own = bytes.get(local..local + 30)?;
    let data = local + 30 + usize::from(u16_at(own, 26)) + usize::from(u16_at(own, 28));
    let end = data.saturating_add(usize::try_from(packed).ok()?);
    let flags = u16_at(header, 8);
    Some(Entry {
        name: name_of(name, extra, flags),
        flags,
        method: u16_at(header, 10),
        time: u16_at(header, 12),
        crc: u32_at(header, 16),
        size,
        data: data.min(bytes.len())..end.min(bytes.len()),
        aes: aes(extra),
        cut: end > bytes.len(),
    })
}

/// The members whose headers stand in a range, without those whose data is known already.
fn scan(bytes: &[u8], range: Range<usize>, known: &HashSet<usize>, found: &mut Vec<Entry>, most: usize) {
    let finder = memmem::Finder::new(LOCAL);
    let mut at = range.start;
    while found.len() < most
        && let Some(next) = bytes.get(at..range.end).and_then(|rest| finder.find(rest))
    {
        let header = at + next;
        match unlisted(bytes, header) {
            Some(entry) if !known.contains(&entry.data.start) => {
                at = entry.data.end.max(header + 4);
                found.push(entry);
            }
            _ => at = header + 4,
        }
    }
}

/// A member that only its own header tells of.
fn unlisted(bytes: &[u8], at: usize) -> Option<Entry> {
    let header = bytes.get(at..at + 30)?;
    let (name, extra) = (usize::from(u16_at(header, 26)), usize::from(u16_at(header, 28)));
    let start = at + 30 + name + extra;
    let rest = bytes.get(at + 30..start)?;
    let (name, extra) = rest.split_at(name);
    let (flags, method) = (u16_at(header, 6), u16_at(header, 8));
    // Noise that looks like a signature.
    if method > 99 || u16_at(header, 4) & 0xff > 63 || name.is_empty() || name.contains(&0) {
        return None;
    }
    let [size, packed, _] = wide([u32_at(header, 22), u32_at(header, 18), 0], extra);
    let mut entry = Entry {
        name: name_of(name, extra, flags),
        flags,
        method,
        time: u16_at(header, 10),
        crc: u32_at(header, 14),
        size,
        data: start..start,
        aes: aes(extra),
        cut: false,
    };
    if flags & 8 == 8 && packed == 0 {
        described(bytes, &mut entry);
    } else {
        let end = start.saturating_add(usize::try_from(packed).ok()?);
        (entry.data.end, entry.cut) = (end.min(bytes.len()), end > bytes.len());
    }
    Some(entry)
}

/// A member whose sizes stand behind its data (APPNOTE.TXT 4.3.9): where its descriptor or the next header begins.
fn described(bytes: &[u8], entry: &mut Entry) {
    let start = entry.data.start;
    let mut end = bytes.len();
    for next in memmem::find_iter(&bytes[start..], b"PK") {
        let rest = &bytes[start + next..];
        let packed = next as u64;
        if rest.starts_with(DESCRIPTOR) && rest.len() >= 16 {
            let sizes = [(u64::from(u32_at(rest, 8)), u64::from(u32_at(rest, 12)))];
            let wide = (rest.len() >= 24).then(|| (u64_at(rest, 8), u64_at(rest, 16)));
            if let Some((_, size)) = sizes.into_iter().chain(wide).find(|(p, _)| *p == packed) {
                (entry.crc, entry.size, entry.data.end) = (u32_at(rest, 4), size, start + next);
                return;
            }
        } else if [LOCAL, CENTRAL, END].iter().any(|s| rest.starts_with(s)) {
            end = start + next;
            break;
        }
    }
    (entry.data.end, entry.cut) = (end, end == bytes.len());
}

/// Size, packed size and offset, of 64 bits where the extra field gives them (APPNOTE.TXT 4.5.3).
fn wide(fields: [u32; 3], extra: &[u8]) -> [u64; 3] {
    let mut rest = field(extra, 0x0001).unwrap_or_default();
    fields.map(|value| {
        if value != u32::MAX || rest.len() < 8 {
            return u64::from(value);
        }
        let wide = u64_at(rest, 0);
        rest = &rest[8..];
        wide
    })
}

fn aes(extra: &[u8]) -> Option<(u16, u8, u16)> {
    let field = field(extra, 0x9901).filter(|f| f.len() >= 7)?;
    Some((u16_at(field, 0), field[4], u16_at(field, 5)))
}

/// The name in Unicode where the archive has it (flag 11, or the field of Info-ZIP), else by its code page.
fn name_of(name: &[u8], extra: &[u8], flags: u16) -> String {
    let unicode = field(extra, 0x7075).filter(|f| f.len() > 5 && f[0] == 1 && u32_at(f, 1) == crc32fast::hash(name));
    match unicode.and_then(|f| std::str::from_utf8(&f[5..]).ok()) {
        Some(name) => names::clean(name),
        None if flags & 0x800 != 0 => names::clean(&String::from_utf8_lossy(name)),
        None => names::guessed(name),
    }
}

/// The content of an extra field (APPNOTE.TXT 4.5).
fn field(mut extra: &[u8], id: u16) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let length = usize::from(u16_at(extra, 2));
        let content = extra.get(4..4 + length)?;
        if u16_at(extra, 0) == id {
            return Some(content);
        }
        extra = &extra[4 + length..];
    }
    None
}
