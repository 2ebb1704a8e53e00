//! The methods of PKZIP before deflate (APPNOTE.TXT 5.1–5.3). What is broken ends the output; the checksum tells.

/// Most bytes that come out: what a header promises is not believed further.
const MOST: usize = 64 << 20;

/// Bits of a byte from the lowest on.
struct Bits<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    fn take(&mut self, count: usize) -> Option<usize> {
        let mut value = 0;
        for n in 0..count {
            let byte = self.bytes.get(self.at / 8)?;
            value |= usize::from(byte >> (self.at % 8) & 1) << n;
            self.at += 1;
        }
        Some(value)
    }
}

fn room(size: u64) -> usize {
    usize::try_from(size).unwrap_or(MOST).min(MOST)
}

/// Copies from `distance` bytes back; before the beginning stand zeros.
fn copy(out: &mut Vec<u8>, distance: usize, length: usize) {
    for _ in 0..length {
        out.push(out.len().checked_sub(distance).map_or(0, |at| out[at]));
    }
}

const FREE: u16 = u16::MAX;
const CODES: usize = 1 << 13;

/// Method 1: LZW that frees the leaves of its tree.
pub(super) fn unshrink(data: &[u8], size: u64) -> Vec<u8> {
    let (mut bits, room, mut out) = (Bits { bytes: data, at: 0 }, room(size), Vec::new());
    let mut codes = vec![(FREE, 0_u8); CODES];
    let (mut width, mut before, mut next) = (9, None::<(usize, u8)>, 257);
    while out.len() < room
        && let Some(code) = bits.take(width)
    {
        if code == 256 {
            match bits.take(width) {
                Some(1) if width < 13 => width += 1,
                Some(2) => {
                    free_leaves(&mut codes);
                    next = 257;
                }
                _ => break,
            }
            continue;
        }
        let from = out.len();
        match before {
            Some((previous, first)) if code > 256 && codes[code].0 == FREE => {
                spell(&codes, previous, &mut out);
                out.push(first);
            }
            _ => spell(&codes, code, &mut out),
        }
        let Some(first) = out.get(from).copied() else { break };
        while next < CODES && codes[next].0 != FREE {
            next += 1;
        }
        if let (Some((previous, _)), true) = (before, next < CODES) {
            codes[next] = (previous as u16, first);
        }
        before = Some((code, first));
    }
    out.truncate(room);
    out
}

/// Appends the string of a code. A chain longer than all codes is a loop.
fn spell(codes: &[(u16, u8)], mut code: usize, out: &mut Vec<u8>) {
    let from = out.len();
    for _ in 0..CODES {
        if code < 256 {
            out.push(code as u8);
            break;
        }
        let (parent, byte) = codes[code];
        if parent == FREE {
            break;
        }
        out.push(byte);
        code = usize::from(parent);
    }
    out[from..].reverse();
}

fn free_leaves(codes: &mut [(u16, u8)]) {
    let mut parents = vec![false; CODES];
    codes.iter().filter(|(p, _)| *p != FREE).for_each(|(p, _)| parents[usize::from(*p)] = true);
    codes.iter_mut().zip(parents).skip(257).filter(|(_, parent)| !parent).for_each(|(code, _)| code.0 = FREE);
}

/// Methods 2 to 5 (factors 1 to 4): followers of each byte, then copies behind an escape.
pub(super) fn expand(data: &[u8], factor: u16, size: u64) -> Vec<u8> {
    const ESCAPE: u8 = 144;
    let (mut bits, room, mut out) = (Bits { bytes: data, at: 0 }, room(size), Vec::new());
    let mut followers = vec![Vec::new(); 256];
    for set in followers.iter_mut().rev() {
        let Some(count) = bits.take(6) else { return out };
        *set = (0..count).map_while(|_| bits.take(8)).collect();
    }
    let mut last = 0;
    let mut byte = || {
        let set: &Vec<usize> = &followers[last];
        let width = (set.len().max(2) - 1).ilog2() as usize + 1;
        last = if set.is_empty() || bits.take(1)? == 1 { bits.take(8)? } else { *set.get(bits.take(width)?)? };
        Some(last as u8)
    };
    let (low, mask) = (8 - factor, (1_usize << (8 - factor)) - 1);
    while out.len() < room
        && let Some(c) = byte()
    {
        if c != ESCAPE {
            out.push(c);
            continue;
        }
        let Some(value) = byte() else { break };
        if value == 0 {
            out.push(ESCAPE);
            continue;
        }
        let length = usize::from(value) & mask;
        let more = if length == mask { byte() } else { Some(0) };
        let (Some(more), Some(near)) = (more, byte()) else { break };
        let distance = (usize::from(value) >> low) * 256 + usize::from(near) + 1;
        copy(&mut out, distance, length + usize::from(more) + 3);
    }
    out.truncate(room);
    out
}

/// Method 6: Shannon-Fano codes for literals, lengths and distances.
pub(super) fn explode(data: &[u8], flags: u16, size: u64) -> Vec<u8> {
    let (room, mut rest, mut out) = (room(size), data, Vec::new());
    let (near_bits, least) = (if flags & 2 == 2 { 7 } else { 6 }, if flags & 4 == 4 { 3 } else { 2 });
    let literals = if flags & 4 == 4 { Tree::read(&mut rest, 256) } else { None };
    let (Some(lengths), Some(distances)) = (Tree::read(&mut rest, 64), Tree::read(&mut rest, 64)) else { return out };
    let mut bits = Bits { bytes: rest, at: 0 };
    let mut step = |out: &mut Vec<u8>| {
        if bits.take(1)? == 1 {
            out.push(match &literals {
                Some(tree) => tree.symbol(&mut bits)?,
                None => bits.take(8)?,
            } as u8);
            return Some(());
        }
        let near = bits.take(near_bits)?;
        let distance = (distances.symbol(&mut bits)? << near_bits | near) + 1;
        let mut length = lengths.symbol(&mut bits)?;
        if length == 63 {
            length += bits.take(8)?;
        }
        copy(out, distance, length + least);
        Some(())
    };
    while out.len() < room && step(&mut out).is_some() {}
    out.truncate(room);
    out
}

/// A canonical code whose bits are inverted.
struct Tree {
    /// Symbols by the lengths of their codes, 1 to 16.
    by_length: Vec<Vec<usize>>,
}

impl Tree {
    /// Reads the lengths of the codes: a byte of count, then bytes of runs.
    fn read(bytes: &mut &[u8], symbols: usize) -> Option<Tree> {
        let (count, rest) = bytes.split_first()?;
        let (runs, rest) = rest.split_at_checked(usize::from(*count) + 1)?;
        *bytes = rest;
        let (mut by_length, mut symbol) = (vec![Vec::new(); 17], 0);
        for run in runs {
            let count = usize::from(run >> 4) + 1;
            by_length[usize::from(run & 15) + 1].extend(symbol..symbol + count);
            symbol += count;
        }
        (symbol == symbols).then_some(Tree { by_length })
    }

    fn symbol(&self, bits: &mut Bits<'_>) -> Option<usize> {
        let (mut code, mut first) = (0, 0);
        for symbols in &self.by_length[1..] {
            code = code << 1 | (bits.take(1)? ^ 1);
            first <<= 1;
            if let Some(symbol) = code.checked_sub(first).and_then(|n: usize| symbols.get(n)) {
                return Some(*symbol);
            }
            first += symbols.len();
        }
        None
    }
}
