//! One compressed file.

use super::super::{Budget, Contents, Loss, Member};
use super::{Unpacking, names, tar};
use crate::sniff;
use aftermail_model::Reason;
use lzma_rust2::{LzipReader, LzmaReader, XzReader};
use ruzstd::decoding::StreamingDecoder;
use std::io::{self, Cursor, Read};

/// Most memory of one decoder, in KiB.
const MEMORY_KB: u32 = 128 << 10;

/// None where the media type is no compressed file.
pub(super) fn open(media: &str, bytes: &[u8], name: Option<&str>, budget: &mut Budget) -> Option<Contents> {
    let (media, reader): (_, io::Result<Box<dyn Read + '_>>) = match media {
        "application/gzip" => ("application/gzip", Ok(Box::new(flate2::read::MultiGzDecoder::new(bytes)))),
        "application/x-bzip2" => ("application/x-bzip2", Ok(Box::new(bzip2::read::MultiBzDecoder::new(bytes)))),
        "application/x-xz" => ("application/x-xz", Ok(Box::new(XzReader::new_mem_limit(bytes, true, MEMORY_KB)))),
        "application/x-lzma" => {
            let reader = LzmaReader::new_mem_limit(bytes, MEMORY_KB, None);
            ("application/x-lzma", reader.map(|r| Box::new(r) as Box<dyn Read>))
        }
        "application/x-lzip" => {
            // The size of the dictionary, as a power of two, stands in the low bits of the sixth byte.
            let small = bytes.get(5).is_some_and(|b| 1 << (b & 31) <= MEMORY_KB << 10);
            let reader = || Box::new(LzipReader::new(bytes)) as Box<dyn Read>;
            ("application/x-lzip", small.then(reader).ok_or(io::ErrorKind::OutOfMemory.into()))
        }
        "application/zstd" => ("application/zstd", zstd(bytes)),
        "application/x-compress" => ("application/x-compress", expand(bytes).map(|b| Box::new(Cursor::new(b)) as Box<dyn Read>)),
        _ => return None,
    };
    let packed = bytes.len() as u64;
    let mut out = Unpacking::new(media, budget);
    let unpacked = match reader {
        Ok(reader) => out.budget.unpack(packed, None, reader),
        Err(_) => {
            out.lost(Loss::new(Reason::Damaged, "It cannot be unpacked, or takes more memory than the limit.", packed));
            return Some(out.done());
        }
    };
    // A tar inside is not a file of its own for people.
    if sniff::magic(&unpacked.bytes) == Some("application/x-tar") {
        let mut contents = tar::open(&unpacked.bytes, out.budget);
        contents.losses.extend(unpacked.loss);
        return Some(contents);
    }
    if out.room(packed) {
        out.push(Member::unpacked(inner_name(media, bytes, name), Ok(unpacked), None));
    }
    Some(out.done())
}

/// The frames of Zstandard (RFC 8878), those to be skipped among them.
pub(super) fn zstd(bytes: &[u8]) -> io::Result<Box<dyn Read + '_>> {
    Ok(Box::new(Frames { rest: bytes, open: None }))
}

struct Frames<'a> {
    rest: &'a [u8],
    open: Option<StreamingDecoder<&'a [u8], ruzstd::decoding::FrameDecoder>>,
}

impl Read for Frames<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.open {
                match frame.read(out)? {
                    0 if !out.is_empty() => self.rest = self.open.take().map_or(&[], StreamingDecoder::into_inner),
                    n => return Ok(n),
                }
            }
            if self.rest.is_empty() {
                return Ok(0);
            }
            // RFC 8878 §3.1.2: skippable frames say their length.
            if self.rest.len() >= 8 && self.rest[0] & 0xf0 == 0x50 && self.rest[1..4] == [0x2a, 0x4d, 0x18] {
                let length = super::read::u32_at(self.rest, 4) as usize;
                self.rest = self.rest.get(8 + length..).unwrap_or_default();
                continue;
            }
            let limit = u64::from(MEMORY_KB) << 10;
            let frame = StreamingDecoder::new_with_max_window_size(self.rest, limit).map_err(io::Error::other)?;
            self.open = Some(frame);
        }
    }
}

/// The name of the file before it was compressed: what gzip remembers, else the file's own name without its ending.
fn inner_name(media: &str, bytes: &[u8], name: Option<&str>) -> String {
    // RFC 1952 §2.3.1: the name stands behind the fixed header where bit 3 is set and no extra field (bit 2) comes before.
    if media == "application/gzip" && bytes.get(3).is_some_and(|flags| flags & 0b1100 == 0b1000) {
        let own = bytes[10.min(bytes.len())..].split(|b| *b == 0).next().unwrap_or_default();
        if !own.is_empty() && own.len() < 256 {
            return names::guessed(own);
        }
    }
    let own = name.and_then(|n| n.rsplit_once('.')).map_or("content", |(stem, _)| stem);
    names::clean(if own.is_empty() { "content" } else { own })
}

/// LZW as Unix `compress` writes it. What is broken ends the output.
fn expand(bytes: &[u8]) -> io::Result<Vec<u8>> {
    const MOST: usize = 64 << 20;
    let (flags, data) = (bytes.get(2).copied().unwrap_or(0), bytes.get(3..).unwrap_or_default());
    let (most, blocks) = (usize::from(flags & 31), flags & 0x80 != 0);
    if !(9..=16).contains(&most) {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let first = if blocks { 257 } else { 256 };
    let mut codes: Vec<(u16, u8)> = vec![(0, 0); first];
    let (mut out, mut width, mut at, mut from, mut before) = (Vec::new(), 9, 0, 0, None::<(usize, u8)>);
    let read = |at: usize, width: usize| {
        let window = data.get(at / 8..)?;
        let value = window.iter().take(3).enumerate().fold(0, |v, (n, b)| v | usize::from(*b) << (8 * n));
        (at + width <= data.len() * 8).then_some(value >> (at % 8) & ((1 << width) - 1))
    };
    while let Some(code) = read(at, width) {
        at += width;
        if code == 256 && blocks {
            // Codes come in groups of eight; the rest of a group is thrown away.
            at = from + (at - from).div_ceil(8 * width) * 8 * width;
            codes.truncate(first);
            (width, from, before) = (9, at, None);
            continue;
        }
        if out.len() > MOST || code > codes.len() || before.is_none() && code > 255 {
            break;
        }
        let start = out.len();
        match before {
            Some((previous, first)) if code == codes.len() => {
                spell(&codes, previous, &mut out);
                out.push(first);
            }
            _ => spell(&codes, code, &mut out),
        }
        let byte = out[start];
        if let (Some((previous, _)), true) = (before, codes.len() < 1 << most) {
            codes.push((previous as u16, byte));
            if codes.len() == 1 << width && width < most {
                at = from + (at - from).div_ceil(8 * width) * 8 * width;
                (width, from) = (width + 1, at);
            }
        }
        before = Some((code, byte));
    }
    Ok(out)
}

fn spell(codes: &[(u16, u8)], mut code: usize, out: &mut Vec<u8>) {
    let from = out.len();
    while code >= 256 {
        let (parent, byte) = codes[code];
        out.push(byte);
        code = usize::from(parent);
    }
    out.push(code as u8);
    out[from..].reverse();
}
