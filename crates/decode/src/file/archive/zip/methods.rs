//! The compression methods of zip (APPNOTE.TXT 4.4.5).

use super::legacy;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::{LzmaReader, XzReader};
use ppmd_rust::{Ppmd8Decoder, RestoreMethod};
use std::io::{self, Cursor, Read};

/// Most memory of one decoder, in KiB.
const MEMORY_KB: u32 = 128 << 10;

/// What comes out of the data of a member. None where the method is not known.
pub(super) fn reader<'a>(method: u16, flags: u16, data: &'a [u8], size: u64) -> Option<io::Result<Box<dyn Read + 'a>>> {
    Some(match method {
        0 => Ok(Box::new(data)),
        1 => Ok(Box::new(Cursor::new(legacy::unshrink(data, size)))),
        2..=5 => Ok(Box::new(Cursor::new(legacy::expand(data, method - 1, size)))),
        6 => Ok(Box::new(Cursor::new(legacy::explode(data, flags, size)))),
        8 => Ok(Box::new(DeflateDecoder::new(data))),
        9 => Ok(Box::new(deflate64::Deflate64Decoder::with_buffer(data))),
        12 => Ok(Box::new(bzip2::read::MultiBzDecoder::new(data))),
        14 => lzma(data, flags, size),
        93 | 20 => super::super::stream::zstd(data),
        95 => Ok(Box::new(XzReader::new_mem_limit(data, true, MEMORY_KB))),
        98 => ppmd(data, size),
        _ => return None,
    })
}

/// LZMA behind a version and its properties (APPNOTE.TXT 5.8.8).
fn lzma(data: &[u8], flags: u16, size: u64) -> io::Result<Box<dyn Read + '_>> {
    let short = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let props: &[u8; 5] = data.get(4..9).and_then(|p| p.try_into().ok()).ok_or_else(short)?;
    let [props, dictionary @ ..] = *props;
    let dictionary = u32::from_le_bytes(dictionary);
    if dictionary > MEMORY_KB << 10 {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    // Bit 1 says that an end marker stands at the end.
    let size = if flags & 2 == 2 { u64::MAX } else { size };
    Ok(Box::new(LzmaReader::new_with_props(&data[9..], size, props, dictionary, None)?))
}

/// PPMd version I, revision 1 (APPNOTE.TXT 5.10).
fn ppmd(data: &[u8], size: u64) -> io::Result<Box<dyn Read + '_>> {
    let head: [u8; 2] = data.get(..2).and_then(|h| h.try_into().ok()).ok_or(io::ErrorKind::UnexpectedEof)?;
    let word = u32::from(u16::from_le_bytes(head));
    let (order, memory) = ((word & 15) + 1, ((word >> 4 & 255) + 1) << 20);
    let restore = if word >> 12 == 0 { RestoreMethod::Restart } else { RestoreMethod::CutOff };
    if memory > MEMORY_KB << 10 {
        return Err(io::ErrorKind::OutOfMemory.into());
    }
    let decoder = Ppmd8Decoder::new(&data[2..], order, memory, restore).map_err(|_| io::ErrorKind::InvalidData)?;
    Ok(Box::new(decoder.take(size)))
}

/// Name of a method that is not read.
pub(super) fn name(method: u16) -> String {
    match method {
        7 => "Tokenizing".into(),
        10 | 18 => "PKWARE implode of old IBM".into(),
        16 => "IBM z/OS CMPSC".into(),
        19 => "IBM LZ77".into(),
        92 => "zipx reference".into(),
        94 => "MP3".into(),
        96 => "JPEG".into(),
        97 => "WavPack".into(),
        n => format!("number {n}"),
    }
}
