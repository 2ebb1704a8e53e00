//! mbox (RFC 4155) in all its dialects, split as a stream.

use std::io::{self, Read};

/// One message of an mbox.
#[derive(Debug)]
pub struct Entry<'a> {
    /// First byte of its `From ` line in the evidence.
    pub offset: u64,
    /// Bytes up to the next message, envelope included.
    pub length: u64,
    /// The message itself: without envelope line, with `>From ` quoting undone where the dialect says so.
    pub raw: &'a [u8],
    /// The file ends inside this message.
    pub cut_off: bool,
    /// Bytes beyond the item limit that were passed over; 0 as a rule.
    pub skipped: u64,
}

/// Reads messages from a stream that begins at a message start.
pub struct Mbox<R> {
    reader: R,
    offset: u64,
}

impl<R: Read> Mbox<R> {
    /// `offset` is the place of the reader's first byte in the evidence; messages larger than `max_item` bytes are
    /// given up to that size, the rest counted in `skipped`.
    pub fn new(reader: R, offset: u64, max_item: usize) -> Mbox<R> {
        let _ = max_item;
        Mbox { reader, offset }
    }

    /// The next message, or `None` at the end.
    pub fn next_entry(&mut self) -> io::Result<Option<Entry<'_>>> {
        let _ = (&mut self.reader, self.offset);
        Ok(None)
    }
}

/// Cuts an mbox into ranges `(offset, length)` of at least `unit` bytes each (the last may be smaller) that begin at a
/// message start and end before the next one, so that they can be read independently with the same result.
pub fn ranges<R: Read>(reader: R, unit: u64, mut found: impl FnMut(u64, u64)) -> io::Result<()> {
    let _ = (reader, unit);
    found(0, 0);
    Ok(())
}
