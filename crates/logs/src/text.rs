//! Bytes to text: gzip is unpacked, UTF-16 (what PowerShell's `>` writes) becomes UTF-8.

use crate::{Reject, Why, place};
use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::{self, ErrorKind, Read, Write};

const GZIP: [u8; 2] = [0x1f, 0x8b];
const LITTLE: [u8; 2] = [0xff, 0xfe];
const BIG: [u8; 2] = [0xfe, 0xff];
const CHUNK: usize = 64 << 10;

/// Whether a file that begins so is text as it stands. If not, [`unpack`] makes a text of it.
pub fn is_text(head: &[u8]) -> bool {
    ![GZIP, LITTLE, BIG].iter().any(|mark| head.starts_with(mark))
}

/// The text, and what was wrong with the bytes behind its end. Text as it stands is not copied.
pub(crate) fn readable(bytes: &[u8], limit: u64) -> (Cow<'_, [u8]>, Option<Reject>) {
    if is_text(bytes) {
        return (Cow::Borrowed(bytes), None);
    }
    let mut out = Vec::new();
    let fault = unpack(bytes, &mut out, limit);
    // Memory is read and written without errors.
    (Cow::Owned(out), fault.unwrap_or_default())
}

/// Writes the text of a file, at most `limit` bytes, and tells what was wrong with what follows it. Needs little memory: for
/// files whose text is too large for it, which is then read from where it was written. Errors are those of `source` and `out`.
pub fn unpack(source: impl Read, mut out: impl Write, limit: u64) -> io::Result<Option<Reject>> {
    let (mark, source) = peek(source)?;
    let (fault, written) = if mark == GZIP {
        let (mark, source) = match peek(MultiGzDecoder::new(source)) {
            Ok(peeked) => peeked,
            Err(e) => return Ok(Some(Reject { raw: place(0, 0), why: fault(e)? })),
        };
        copy(source, &mark, &mut out, limit)?
    } else {
        copy(source, &mark, &mut out, limit)?
    };
    out.flush()?;
    Ok(fault.map(|why| Reject { raw: aftermail_model::RawRef { offset: written, length: 0 }, why }))
}

/// The first two bytes, and the source with these.
fn peek(mut source: impl Read) -> io::Result<(Vec<u8>, impl Read)> {
    let mut mark = Vec::new();
    source.by_ref().take(2).read_to_end(&mut mark)?;
    Ok((mark.clone(), io::Cursor::new(mark).chain(source)))
}

/// What an error says of the file; errors of the medium say nothing of it.
fn fault(error: io::Error) -> io::Result<Why> {
    match error.kind() {
        ErrorKind::UnexpectedEof => Ok(Why::CutOff),
        ErrorKind::InvalidInput | ErrorKind::InvalidData => Ok(Why::Damaged),
        _ => Err(error),
    }
}

/// Copies until the end, a fault or the limit; tells which, and how much was written.
fn copy(mut source: impl Read, mark: &[u8], out: &mut impl Write, limit: u64) -> io::Result<(Option<Why>, u64)> {
    let mut wide = Wide::of(mark);
    let (mut chunk, mut written) = (vec![0; CHUNK], 0);
    loop {
        let read = match source.read(&mut chunk) {
            Ok(0) => return Ok((wide.filter(|w| !w.rest.is_empty()).map(|_| Why::CutOff), written)),
            Ok(read) => read,
            Err(e) if e.kind() == ErrorKind::Interrupted => continue,
            Err(e) => return Ok((Some(fault(e)?), written)),
        };
        let text = wide.as_mut().map_or(Cow::Borrowed(&chunk[..read]), |wide| Cow::Owned(wide.text(&chunk[..read])));
        let room = usize::try_from(limit - written).unwrap_or(usize::MAX);
        out.write_all(&text[..text.len().min(room)])?;
        written += text.len().min(room) as u64;
        if text.len() > room {
            return Ok((Some(Why::TooLarge), written));
        }
    }
}

/// UTF-16 that comes in chunks.
struct Wide {
    unit: fn([u8; 2]) -> u16,
    /// Half a unit, or a unit that waits for its second.
    rest: Vec<u8>,
    begun: bool,
}

impl Wide {
    fn of(mark: &[u8]) -> Option<Wide> {
        let unit: fn([u8; 2]) -> u16 = match mark {
            m if m == LITTLE => u16::from_le_bytes,
            m if m == BIG => u16::from_be_bytes,
            _ => return None,
        };
        Some(Wide { unit, rest: Vec::new(), begun: false })
    }

    fn text(&mut self, chunk: &[u8]) -> Vec<u8> {
        let mut bytes = std::mem::take(&mut self.rest);
        bytes.extend_from_slice(chunk);
        let mut units: Vec<u16> = bytes.chunks_exact(2).map(|pair| (self.unit)([pair[0], pair[1]])).collect();
        if units.last().is_some_and(|u| (0xd800..0xdc00).contains(u)) {
            units.pop();
        }
        self.rest = bytes.split_off(units.len() * 2);
        let mark = usize::from(!self.begun && !units.is_empty());
        self.begun |= mark == 1;
        let text: String = char::decode_utf16(units.drain(mark..)).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hands out a byte at a time, as a pipe may.
    struct Drops<'a>(&'a [u8]);

    impl Read for Drops<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0.read(&mut buffer[..1])
        }
    }

    #[test]
    fn wide_text_survives_any_cut() {
        let text = "a𝄞é";
        for unit in [u16::to_le_bytes, u16::to_be_bytes] {
            let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(unit).collect();
            let mut out = Vec::new();
            assert_eq!(unpack(Drops(&wide), &mut out, 100).expect("memory"), None);
            assert_eq!(String::from_utf8(out).as_deref(), Ok(text));
            assert!(!is_text(&wide));
        }
    }

    #[test]
    fn no_more_is_written_than_allowed() {
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(&[b'x'; 1 << 20]).expect("memory");
        let packed = packed.finish().expect("memory");
        let mut out = Vec::new();
        let reject = unpack(&packed[..], &mut out, 1_000).expect("memory").expect("a fault");
        assert_eq!((out.len(), reject.why, reject.raw.offset), (1_000, Why::TooLarge, 1_000));
        assert!(matches!(readable(b"plain", 1), (Cow::Borrowed(b"plain"), None)));
    }
}
