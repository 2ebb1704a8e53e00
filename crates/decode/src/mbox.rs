//! mbox (RFC 4155) in all its dialects, split as a stream.
//!
//! A message begins at a line `From ` that names a time, follows an empty line (or the start of the file, or names a full
//! asctime date), and is itself followed by a header field. That rule is local, so it survives `From ` in bodies. A
//! Content-Length that ends exactly at such a line or at the end of the file (mboxcl, mboxcl2) wins over separators inside
//! the body.

use memchr::{memchr, memmem};
use std::io::{self, Read};

/// Bytes asked of the reader at a time.
const CHUNK: usize = 1 << 20;
/// How far beyond a candidate the rule looks: the separator and the beginning of the next line.
const LOOK_AHEAD: usize = 2048;
/// A Content-Length beyond this is not waited for.
const LONGEST_CLAIM: usize = 16 << 20;
/// Bytes of a header that are searched for a Content-Length.
const HEADER: usize = 64 << 10;

/// One message of an mbox.
#[derive(Debug)]
pub struct Entry<'a> {
    /// First byte of its `From ` line in the evidence.
    pub offset: u64,
    /// Bytes up to the next message, envelope included.
    pub length: u64,
    /// The message itself: without envelope line, with `>From ` quoting undone.
    pub raw: &'a [u8],
    /// The file ends inside this message.
    pub cut_off: bool,
    /// Bytes beyond the item limit that were passed over; 0 as a rule.
    pub skipped: u64,
}

/// Reads messages from a stream that begins at a message start.
pub struct Mbox<R> {
    reader: R,
    /// Bytes from the start of the current message on; after `keep` of them there may be a hole of `dropped`.
    buffer: Vec<u8>,
    /// Start of the current message in `buffer`.
    start: usize,
    offset: u64,
    dropped: u64,
    ended: bool,
    keep: usize,
    /// CR in old Mac files, LF elsewhere.
    eol: Option<u8>,
    unquoted: Vec<u8>,
}

/// A message found: its length in the buffer, and what is to be said of it.
struct Span {
    length: usize,
    cut_off: bool,
    claimed: bool,
}

impl<R: Read> Mbox<R> {
    /// `offset` is the place of the reader's first byte in the evidence; messages larger than `max_item` bytes are
    /// given up to that size, the rest counted in `skipped`.
    pub fn new(reader: R, offset: u64, max_item: usize) -> Mbox<R> {
        let keep = max_item.max(HEADER + LOOK_AHEAD);
        Mbox { reader, buffer: Vec::new(), start: 0, offset, dropped: 0, ended: false, keep, eol: None, unquoted: Vec::new() }
    }

    /// The next message, or `None` at the end.
    ///
    /// # Errors
    /// Those of the reader.
    pub fn next_entry(&mut self) -> io::Result<Option<Entry<'_>>> {
        let Some(span) = self.advance()? else { return Ok(None) };
        let from = self.start;
        self.start += span.length;
        let length = span.length as u64 + self.dropped;
        let (offset, skipped) = (self.offset, self.dropped);
        self.offset += length;
        self.dropped = 0;
        let whole = &self.buffer[from..from + span.length];
        let body = if whole.starts_with(b"From ") { &whole[line_end(whole, self.eol.unwrap_or(b'\n'))..] } else { whole };
        // mboxcl2 does not quote: a claim that held although separators stand inside.
        let plain = span.claimed && memmem::find(body, b"\nFrom ").is_some();
        let raw = if !plain && unquote(body, &mut self.unquoted) { self.unquoted.as_slice() } else { body };
        Ok(Some(Entry { offset, length, raw, cut_off: span.cut_off, skipped }))
    }

    /// Reads more; tells whether there was more.
    fn fill(&mut self) -> io::Result<bool> {
        if self.ended {
            return Ok(false);
        }
        if self.start > 0 && self.start >= self.buffer.len() / 2 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        let before = self.buffer.len();
        (&mut self.reader).take(CHUNK as u64).read_to_end(&mut self.buffer)?;
        self.ended = self.buffer.len() == before;
        Ok(!self.ended)
    }

    /// Makes sure that the buffer holds so many bytes of the message, where the stream has them.
    fn ensure(&mut self, bytes: usize) -> io::Result<bool> {
        while self.buffer.len() - self.start < bytes {
            if !self.fill()? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn rest(&self) -> &[u8] {
        &self.buffer[self.start..]
    }

    /// Finds the end of the message that begins at `start`.
    fn advance(&mut self) -> io::Result<Option<Span>> {
        self.ensure(LOOK_AHEAD.max(HEADER))?;
        if self.rest().is_empty() {
            return Ok(None);
        }
        let eol = *self.eol.get_or_insert_with(|| {
            let rest = &self.buffer[self.start..];
            if memchr(b'\n', rest).is_none() && memchr(b'\r', rest).is_some() { b'\r' } else { b'\n' }
        });
        let claim = content_length(&self.rest()[..self.rest().len().min(HEADER)], eol);
        let mut promised_more = false;
        if let Some(end) = claim {
            self.ensure(end + LOOK_AHEAD)?;
            match claimed_end(self.rest(), end, self.ended) {
                Claim::Holds(length) => return Ok(Some(Span { length, cut_off: false, claimed: true })),
                Claim::Beyond => promised_more = true,
                Claim::False => {}
            }
        }
        self.search(eol, promised_more).map(Some)
    }

    /// Looks for the next separator.
    fn search(&mut self, eol: u8, promised_more: bool) -> io::Result<Span> {
        let needle: &[u8] = if eol == b'\r' { b"\rFrom " } else { b"\nFrom " };
        let finder = memmem::Finder::new(needle).into_owned();
        let mut at = 0;
        loop {
            let rest = &self.buffer[self.start..];
            let Some(found) = finder.find(&rest[at..]) else {
                at = rest.len().saturating_sub(needle.len());
                at = self.drop_middle(at);
                if !self.fill()? {
                    let rest = self.rest();
                    let cut_off = promised_more || !rest.ends_with(b"\n") && !rest.ends_with(b"\r");
                    return Ok(Span { length: rest.len(), cut_off, claimed: false });
                }
                continue;
            };
            let line = at + found + 1;
            if rest.len() < line + LOOK_AHEAD && !self.ended {
                at = line - 1;
                self.fill()?;
                continue;
            }
            if is_separator(rest, line, eol) {
                return Ok(Span { length: line, cut_off: false, claimed: false });
            }
            at = line;
        }
    }

    /// Forgets what lies between the limit and the place of the search, so that a message of any size fits. Returns the
    /// new place of the search.
    fn drop_middle(&mut self, at: usize) -> usize {
        // A little is kept before the place, for the rule looks back one line.
        let Some(to) = at.checked_sub(LOOK_AHEAD) else { return at };
        if to <= self.keep {
            return at;
        }
        self.buffer.drain(self.start + self.keep..self.start + to);
        self.dropped += (to - self.keep) as u64;
        at - (to - self.keep)
    }
}

/// Cuts an mbox into ranges `(offset, length)` of at least `unit` bytes each (the last may be smaller) that begin at a
/// message start and end before the next one, so that they can be read independently with the same result.
///
/// # Errors
/// Those of the reader.
pub fn ranges<R: Read>(reader: R, unit: u64, mut found: impl FnMut(u64, u64)) -> io::Result<()> {
    let mut mbox = Mbox::new(reader, 0, 0);
    let (mut from, mut length) = (0, 0);
    while let Some(span) = mbox.advance()? {
        mbox.start += span.length;
        let whole = span.length as u64 + mbox.dropped;
        mbox.dropped = 0;
        length += whole;
        if length >= unit {
            found(from, length);
            (from, length) = (from + length, 0);
        }
    }
    if length > 0 {
        found(from, length);
    }
    Ok(())
}

enum Claim {
    Holds(usize),
    Beyond,
    False,
}

/// Where a Content-Length says that the message ends, from the message's first byte.
fn content_length(message: &[u8], eol: u8) -> Option<usize> {
    if !message.starts_with(b"From ") {
        return None;
    }
    let mut at = line_end(message, eol);
    let mut value = None;
    while at < message.len() {
        let end = at + line_end(&message[at..], eol);
        let line = message[at..end].trim_ascii();
        if line.is_empty() {
            return value.map(|v: usize| end.saturating_add(v)).filter(|v| *v <= LONGEST_CLAIM);
        }
        if line.len() > 15 && line[..15].eq_ignore_ascii_case(b"content-length:") {
            value = std::str::from_utf8(&line[15..]).ok().and_then(|v| v.trim().parse().ok());
        }
        at = end;
    }
    None
}

fn claimed_end(rest: &[u8], end: usize, ended: bool) -> Claim {
    if end > rest.len() {
        return if ended { Claim::Beyond } else { Claim::False };
    }
    let blank = rest[end..].iter().take_while(|b| matches!(b, b'\r' | b'\n')).count();
    let next = end + blank;
    let eol = if memchr(b'\n', &rest[..next]).is_none() { b'\r' } else { b'\n' };
    let at_line = next > 0 && matches!(rest[next - 1], b'\r' | b'\n');
    if next == rest.len() && ended || blank <= 4 && at_line && is_separator(rest, next, eol) { Claim::Holds(next) } else { Claim::False }
}

/// Bytes up to and including the line end.
fn line_end(text: &[u8], eol: u8) -> usize {
    memchr(eol, text).map_or(text.len(), |at| at + 1)
}

/// Whether a message begins at `line`, the first byte of a line.
fn is_separator(text: &[u8], line: usize, eol: u8) -> bool {
    let this = &text[line..(line + LOOK_AHEAD).min(text.len())];
    if !this.starts_with(b"From ") {
        return false;
    }
    let length = line_end(this, eol);
    let Some(date) = dated(&this[5..length]) else { return false };
    let before = &text[..line];
    let before = before.strip_suffix(b"\n").unwrap_or(before);
    let before = before.strip_suffix(b"\r").unwrap_or(before);
    let after_blank = before.is_empty() || matches!(before.last(), Some(b'\n' | b'\r'));
    if !header_field(&this[length..]) {
        // A message without a header: only where the line cannot well be a sentence.
        return date == Date::Full && after_blank && matches!(this.get(length), Some(b'\n' | b'\r'));
    }
    date == Date::Full || after_blank
}

#[derive(PartialEq)]
enum Date {
    /// Week day, month, day, time and year.
    Full,
    /// A time and a year.
    Some,
}

/// Whether an envelope line names a time. Dialects write the zone before or after the year, leave out seconds, or use
/// RFC 5322 dates.
fn dated(line: &[u8]) -> Option<Date> {
    let words: Vec<&[u8]> = line.split(|b| b.is_ascii_whitespace()).filter(|w| !w.is_empty()).take(16).collect();
    let year = words.iter().any(|w| w.len() == 4 && w.iter().all(u8::is_ascii_digit) && matches!(w[0], b'1' | b'2'));
    let dashed = words.iter().any(|w| w.len() >= 10 && w[..4].iter().all(u8::is_ascii_digit) && w[4] == b'-' && w[7] == b'-');
    let clock = |w: &&[u8]| {
        let mut fields = w.split(|b| *b == b':');
        let digits = |f: Option<&[u8]>| f.is_some_and(|f| matches!(f.len(), 1 | 2) && f.iter().all(u8::is_ascii_digit));
        digits(fields.next()) && digits(fields.next())
    };
    let time = words.iter().any(clock);
    let named = |names: &[&[u8]]| words.iter().any(|w| w.len() >= 3 && names.iter().any(|n| w[..3].eq_ignore_ascii_case(n)));
    let month = named(&[b"jan", b"feb", b"mar", b"apr", b"may", b"jun", b"jul", b"aug", b"sep", b"oct", b"nov", b"dec"]);
    let day = named(&[b"mon", b"tue", b"wed", b"thu", b"fri", b"sat", b"sun"]);
    match (year && time && month && day, (year && time && (month || day)) || dashed) {
        (true, _) => Some(Date::Full),
        (_, true) => Some(Date::Some),
        _ => None,
    }
}

/// Whether a line begins a header (RFC 5322 §2.2), or is an envelope that a careless hand quoted.
fn header_field(line: &[u8]) -> bool {
    if line.starts_with(b">From ") {
        return true;
    }
    let name = line.iter().take(80).take_while(|b| (33..=126).contains(*b) && **b != b':').count();
    name > 0 && matches!(line.get(name), Some(b':'))
}

/// Takes one `>` from lines that begin `>From `, `>>From ` and so on (mboxrd; RFC 4155 appendix A). False when there is none.
fn unquote(body: &[u8], out: &mut Vec<u8>) -> bool {
    out.clear();
    let mut copied = 0;
    for at in memmem::find_iter(body, b">From ") {
        let line = body[..at].iter().rposition(|b| *b != b'>').map_or(0, |p| p + 1);
        if line == 0 || matches!(body[line - 1], b'\n' | b'\r') {
            out.extend_from_slice(&body[copied..line]);
            copied = line + 1;
        }
    }
    if copied == 0 {
        return false;
    }
    out.extend_from_slice(&body[copied..]);
    true
}
