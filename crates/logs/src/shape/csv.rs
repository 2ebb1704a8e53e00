//! A header of names, then rows. A row becomes an object; a cell that holds JSON becomes what it holds.

use crate::record::property;
use crate::time::{Order, by_order, is_ambiguous};
use crate::{Limits, Reject, Sink, Why, place, vendor};
use aftermail_model::Event;
use csv::{ByteRecord, ReaderBuilder};
use serde_json::{Map, Value};
use std::ops::Range;

const MARK: &[u8] = b"\xef\xbb\xbf";
/// How often reading goes on in the second line of a damaged row: a lost quote would make one row of all that follows.
const RESUMES: u32 = 64;

/// Reads the rows that begin in a piece. The names of the columns stand at the beginning of the text.
pub(crate) fn read(text: &[u8], piece: Range<usize>, delimiter: u8, limits: &Limits, sink: &mut dyn Sink) {
    let mut table = match Table::new(text, delimiter, limits) {
        Ok(table) => table,
        Err(fault) => return fault.into_iter().for_each(|reject| sink.reject(reject)),
    };
    if piece.start > 0 {
        table.rows = Rows::new(text, delimiter, piece.start);
    }
    // A record that a row carries has a better time than the row.
    let order = if table.columns.carriers.is_empty() { Order::of(text) } else { Order::MonthFirst };
    let sink = &mut Dated { order, sink };
    while let Some((span, read)) = table.row().filter(|(span, _)| span.start < piece.end) {
        let raw = place(span.start, span.len());
        match read {
            Ok(value) => vendor::record(&value, &text[span], raw, sink),
            Err(why) => sink.reject(Reject { raw, why }),
        }
    }
}

/// Where rows begin.
pub(crate) fn boundaries(text: &[u8], delimiter: u8, limits: &Limits) -> impl Iterator<Item = usize> {
    let mut table = Table::new(text, delimiter, limits).ok();
    std::iter::from_fn(move || table.as_mut()?.place())
        // A reader takes a mark away from where it begins.
        .filter(|place| !text[*place..].starts_with(MARK))
}

/// A header and the rows behind it.
struct Table<'a> {
    text: &'a [u8],
    delimiter: u8,
    most: usize,
    columns: Columns,
    rows: Rows<'a>,
    resumes: u32,
}

impl<'a> Table<'a> {
    fn new(text: &'a [u8], delimiter: u8, limits: &Limits) -> Result<Table<'a>, Option<Reject>> {
        let mut rows = Rows::new(text, delimiter, start(text));
        let head = rows.next_span().ok_or(None)?;
        if head.len() > limits.record_bytes {
            return Err(Some(Reject { raw: place(head.start, head.len()), why: Why::TooLarge }));
        }
        Ok(Table { text, delimiter, most: limits.record_bytes, columns: Columns::new(&rows.row), rows, resumes: 0 })
    }

    /// The next row, and what it holds, or why it is none.
    fn row(&mut self) -> Option<(Range<usize>, Result<Value, Why>)> {
        let span = self.rows.next_span()?;
        let read = self.record(&span);
        let span = read.as_ref().err().map_or(span.clone(), |why| self.resumed(span.clone(), *why));
        Some((span, read))
    }

    /// Where the next row begins. Only what a reader may stumble over is read.
    fn place(&mut self) -> Option<usize> {
        let span = self.rows.next_span()?;
        if !self.is_whole(&span)
            && let Err(why) = self.record(&span)
        {
            self.resumed(span.clone(), why);
        }
        Some(span.start)
    }

    fn record(&self, span: &Range<usize>) -> Result<Value, Why> {
        if span.len() > self.most { Err(Why::TooLarge) } else { self.columns.record(&self.rows.row) }
    }

    /// Whether a row looks as if its borders were right: as wide as the header, with an object where one must be.
    fn is_whole(&self, span: &Range<usize>) -> bool {
        let row = &self.rows.row;
        let audit = self.columns.audit.map_or(&b""[..], |at| row.get(at).unwrap_or_default().trim_ascii());
        let sound = audit.is_empty() || (audit.starts_with(b"{") && audit.ends_with(b"}"));
        row.len() == self.columns.names.len() && span.len() <= self.most && sound
    }

    /// Goes on in the second line of a damaged row whose borders look wrong, for a lost quote moves all that follow. What is left of the
    /// row is its first line.
    fn resumed(&mut self, span: Range<usize>, why: Why) -> Range<usize> {
        // The end of the line before may stand at its beginning.
        let begin = self.text[span.clone()].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let line = memchr::memchr(b'\n', &self.text[span.start + begin..span.end]).map_or(span.len(), |n| begin + n + 1);
        if self.is_whole(&span) || why == Why::Empty || line == span.len() || self.resumes >= RESUMES {
            return span;
        }
        self.resumes += 1;
        self.rows = Rows::new(self.text, self.delimiter, span.start + line);
        span.start..span.start + line
    }
}

/// Reads dates again, in the order that the whole text tells.
struct Dated<'a> {
    order: Order,
    sink: &'a mut dyn Sink,
}

impl Sink for Dated<'_> {
    fn event(&mut self, mut event: Event) {
        let told = by_order(&event.time_text, self.order).filter(|_| self.order == Order::DayFirst);
        event.time = told.or(event.time);
        if self.order == Order::Untold && is_ambiguous(&event.time_text) {
            event.properties.extend(property("date order", Some("month first, assumed: no date of the file tells it".to_owned())));
        }
        self.sink.event(event);
    }

    fn reject(&mut self, reject: Reject) {
        self.sink.reject(reject);
    }
}

/// The rows from one place on.
struct Rows<'a> {
    reader: csv::Reader<&'a [u8]>,
    base: usize,
    end: usize,
    row: ByteRecord,
}

impl<'a> Rows<'a> {
    fn new(text: &'a [u8], delimiter: u8, base: usize) -> Rows<'a> {
        let reader = ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(&text[base..]);
        Rows { reader, base, end: text.len(), row: ByteRecord::new() }
    }

    /// Reads the next row and tells where it stands.
    fn next_span(&mut self) -> Option<Range<usize>> {
        let from = self.position();
        // Reading from memory, rows of any length, fails at no row.
        self.reader.read_byte_record(&mut self.row).ok().filter(|more| *more)?;
        Some(from..self.position())
    }

    fn position(&self) -> usize {
        usize::try_from(self.reader.position().byte()).unwrap_or(usize::MAX).saturating_add(self.base).min(self.end)
    }
}

/// Behind the byte order mark and the type that `Export-Csv` writes.
fn start(text: &[u8]) -> usize {
    let mark = if text.starts_with(MARK) { MARK.len() } else { 0 };
    if !text[mark..].starts_with(b"#TYPE") {
        return mark;
    }
    memchr::memchr(b'\n', &text[mark..]).map_or(text.len(), |n| mark + n + 1)
}

struct Columns {
    names: Vec<String>,
    /// Columns that may hold the whole record as JSON; of the others nothing is needed then.
    carriers: Vec<usize>,
    /// The column that must hold one in the audit log of Microsoft 365.
    audit: Option<usize>,
}

impl Columns {
    /// Names without the blanks that portals leave in them. Of two equal names the second gets a number, for a map would lose one.
    fn new(row: &ByteRecord) -> Columns {
        let mut names: Vec<String> = Vec::with_capacity(row.len());
        for cell in row {
            let name = String::from_utf8_lossy(cell).split_whitespace().collect::<Vec<_>>().join(" ");
            let before = names.iter().filter(|n| **n == name).count();
            names.push(if before == 0 { name } else { format!("{name} {}", before + 1) });
        }
        // The event viewer writes a message behind its last column and no name for it.
        if names.last().is_some_and(|n| n == "Task Category") {
            names.push("Message".to_owned());
        }
        let carriers = vendor::CARRIERS.iter().filter_map(|carrier| names.iter().position(|n| n.eq_ignore_ascii_case(carrier))).collect();
        let audit = names.iter().position(|n| n.eq_ignore_ascii_case("AuditData"));
        Columns { names, carriers, audit }
    }

    fn record(&self, row: &ByteRecord) -> Result<Value, Why> {
        let cell = |at: usize| row.get(at).unwrap_or_default().trim_ascii();
        for &at in &self.carriers {
            if let Some(carried @ Value::Object(_)) = json(cell(at)) {
                return Ok(carried);
            }
        }
        let mut map = Map::new();
        for (at, name) in self.names.iter().enumerate().take(row.len()) {
            let cell = cell(at);
            if self.audit == Some(at) {
                // Excel cuts cells off at 32,767 characters.
                let cut = if cell.starts_with(b"{") { Why::CutOff } else { Why::Damaged };
                return Err(if cell.is_empty() { Why::Empty } else { cut });
            }
            if !cell.is_empty() {
                map.insert(name.clone(), json(cell).unwrap_or_else(|| Value::String(String::from_utf8_lossy(cell).into_owned())));
            }
        }
        Ok(Value::Object(map))
    }
}

fn json(cell: &[u8]) -> Option<Value> {
    matches!(cell.first(), Some(b'{' | b'[')).then(|| serde_json::from_slice(cell).ok()).flatten()
}
