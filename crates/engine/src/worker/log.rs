//! One export of logs read, window by window: memory does not grow with the file.

use super::out::Out;
use crate::tables::events;
use crate::wire::Reply;
use aftermail_logs::{Hint, Reject, Sink, Why};
use aftermail_model::Event;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::ipc::writer::StreamWriter;
use std::fs::File;
use std::io::{self, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// Bytes of text that are read at one go.
const WINDOW: usize = 16 << 20;
/// A window grows to this size before a record without end is given up.
const LARGEST: usize = 128 << 20;
/// Into so many pieces a window is cut; the last one waits for the next window, for it may end within a record.
const PIECES: usize = 64;
/// What goes before the first records (columns of a table, the begin of an envelope) stands within so many bytes.
const HEAD: usize = 256 << 10;
/// Events that travel together.
const ROWS: usize = 4 << 10;

/// Reads the file and sends its events and rejects.
pub(crate) fn read(path: &Path, evidence: &str, hint: &Hint, out: &Out) -> io::Result<()> {
    let letter = Letter { evidence, out, events: Vec::new(), rejects: Vec::new(), offset: 0, failed: None };
    let mut windows = Windows { letter, hint, buffer: Vec::new(), head: 0, read: 0, window: WINDOW };
    let fault = match File::open(path) {
        Ok(file) => aftermail_logs::unpack(file, &mut windows, hint.limits.text_bytes),
        Err(e) => Err(e),
    };
    windows.end()?;
    match fault {
        Ok(fault) => fault.into_iter().for_each(|reject| windows.letter.rejects.push(said(reject, 0))),
        Err(e) => windows.letter.rejects.push((windows.read, 0, format!("could not be read: {}", e.kind()))),
    }
    windows.letter.finish()
}

fn said(reject: Reject, offset: i64) -> (u64, u64, String) {
    (reject.raw.offset.saturating_add_signed(offset), reject.raw.length, reject.why.as_str().to_owned())
}

/// Text that comes in: first the file's head again, which tells what all the rest is, then what was not read yet.
struct Windows<'a> {
    letter: Letter<'a>,
    hint: &'a Hint,
    buffer: Vec<u8>,
    /// Bytes of the head in the buffer; none while the file's begin itself is in it.
    head: usize,
    /// Bytes of the file's text before what was not read yet.
    read: u64,
    window: usize,
}

impl Windows<'_> {
    /// Reads all records that are whole, and keeps the rest.
    fn turn(&mut self) {
        let cuts = self.caught(|text, hint| aftermail_logs::pieces(text, PIECES, hint)).unwrap_or_default();
        let end = cuts.last().map_or(0, |last| last.start);
        if end <= self.head {
            // A record larger than the window, or damage: with more of the file it may be told which.
            if self.window < LARGEST {
                self.window *= 2;
            } else {
                self.give_up();
            }
            return;
        }
        self.records(end);
        self.keep_from(end);
        self.window = WINDOW;
    }

    fn give_up(&mut self) {
        let waiting = (self.buffer.len() - self.head) as u64;
        self.letter.rejects.push((self.read, waiting, Why::TooLarge.as_str().to_owned()));
        self.keep_from(self.buffer.len());
        self.window = WINDOW;
    }

    fn records(&mut self, end: usize) {
        let from = self.head;
        self.letter.offset = self.read.cast_signed() - from as i64;
        let (text, hint, sink) = (&self.buffer, self.hint, &mut self.letter);
        let done = catch_unwind(AssertUnwindSafe(|| aftermail_logs::read_piece(text, from..end, hint, sink)));
        if done.is_err() {
            let what = "was not read: a fault of aftermail; please report it".to_owned();
            self.letter.rejects.push((self.read, (end - from) as u64, what));
        }
    }

    fn keep_from(&mut self, end: usize) {
        let rest = self.buffer.split_off(end);
        self.read += (end - self.head) as u64;
        if self.head == 0 {
            let first = &self.buffer[..self.buffer.len().min(HEAD)];
            let hint = self.hint;
            let cuts = catch_unwind(AssertUnwindSafe(|| aftermail_logs::pieces(first, usize::MAX, hint))).unwrap_or_default();
            self.head = cuts.get(1).map_or(0, |second| second.start);
        }
        self.buffer.truncate(self.head);
        self.buffer.extend(rest);
    }

    fn caught<T>(&self, work: impl FnOnce(&[u8], &Hint) -> T) -> Option<T> {
        catch_unwind(AssertUnwindSafe(|| work(&self.buffer, self.hint))).ok()
    }

    fn end(&mut self) -> io::Result<()> {
        if self.buffer.len() > self.head || self.read == 0 {
            self.records(self.buffer.len());
            self.read += (self.buffer.len() - self.head) as u64;
            self.buffer.clear();
        }
        self.letter.failed.take().map_or(Ok(()), Err)
    }
}

impl Write for Windows<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.buffer.extend_from_slice(bytes);
        if self.buffer.len() >= self.window + self.head {
            self.turn();
        }
        self.letter.failed.take().map_or(Ok(bytes.len()), Err)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What goes to the parent.
struct Letter<'a> {
    evidence: &'a str,
    out: &'a Out,
    events: Vec<Event>,
    rejects: Vec<(u64, u64, String)>,
    /// What must be added to a place in the buffer for the place in the file.
    offset: i64,
    failed: Option<io::Error>,
}

impl Letter<'_> {
    fn send_events(&mut self) -> io::Result<()> {
        if self.events.is_empty() {
            return Ok(());
        }
        let batch = events::to_batch(&self.events, self.evidence).map_err(io::Error::other)?;
        self.events.clear();
        self.out.send(&Reply::Events { ipc: packed(&batch)? })
    }

    fn finish(mut self) -> io::Result<()> {
        self.send_events()?;
        self.out.send(&Reply::Rejects(std::mem::take(&mut self.rejects)))
    }
}

fn packed(batch: &RecordBatch) -> io::Result<Vec<u8>> {
    let mut ipc = Vec::new();
    let mut writer = StreamWriter::try_new(&mut ipc, &batch.schema()).map_err(io::Error::other)?;
    writer.write(batch).and_then(|()| writer.finish()).map_err(io::Error::other)?;
    drop(writer);
    Ok(ipc)
}

impl Sink for Letter<'_> {
    fn event(&mut self, mut event: Event) {
        event.raw.offset = event.raw.offset.saturating_add_signed(self.offset);
        self.events.push(event);
        if self.events.len() >= ROWS {
            self.failed = self.send_events().err().or(self.failed.take());
        }
    }

    fn reject(&mut self, reject: Reject) {
        self.rejects.push(said(reject, self.offset));
    }
}
