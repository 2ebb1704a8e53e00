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

/// Reads the rows of a piece. The names of the columns stand at the beginning of the text.
pub(crate) fn read(whole: &[u8], piece: Range<usize>, delimiter: u8, limits: &Limits, sink: &mut dyn Sink) {
    let text = &whole[..piece.end];
    let mut rows = Rows::new(text, delimiter, start(text));
    let Some(head) = rows.next_span() else { return };
    let columns = Columns::new(&rows.row);
    if head.len() > limits.record_bytes {
        return sink.reject(Reject { raw: place(head.start, head.len()), why: Why::TooLarge });
    }
    if piece.start > 0 {
        rows = Rows::new(text, delimiter, piece.start);
    }
    // A record that a row carries has a better time than the row.
    let order = if columns.carriers.is_empty() { Order::of(whole) } else { Order::MonthFirst };
    let sink = &mut Dated { order, sink };
    let mut resumes = 0;
    while let Some(span) = rows.next_span() {
        let bytes = &text[span.clone()];
        let sound = rows.row.len() == columns.names.len() && bytes.len() <= limits.record_bytes;
        let read = if bytes.len() > limits.record_bytes { Err(Why::TooLarge) } else { columns.record(&rows.row) };
        let why = match read {
            Ok(value) => {
                vendor::record(&value, bytes, place(span.start, span.len()), sink);
                continue;
            }
            Err(why) => why,
        };
        let mut length = span.len();
        let line = memchr::memchr(b'\n', bytes).map_or(length, |n| n + 1);
        if !sound && why != Why::Empty && line < length && resumes < RESUMES {
            resumes += 1;
            length = line;
            rows = Rows::new(text, delimiter, span.start + line);
        }
        sink.reject(Reject { raw: place(span.start, length), why });
    }
}

/// Where rows begin, as long as those before have as many columns as the header: a lost quote moves all borders.
pub(crate) fn boundaries(text: &[u8], delimiter: u8, limits: &Limits) -> impl Iterator<Item = usize> {
    let mut rows = Rows::new(text, delimiter, start(text));
    let most = limits.record_bytes;
    let columns = rows.next_span().filter(|head| head.len() <= most).map(|_| rows.row.len());
    std::iter::from_fn(move || {
        let place = rows.position();
        let span = rows.next_span()?;
        (columns == Some(rows.row.len()) && span.len() <= most).then_some(place)
    })
    // A reader takes a mark away from where it begins.
    .filter(|place| !text[*place..].starts_with(MARK))
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
        let carriers = vendor::CARRIERS.iter().filter_map(|carrier| names.iter().position(|n| n.eq_ignore_ascii_case(carrier))).collect();
        Columns { names, carriers }
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
            if name.eq_ignore_ascii_case("AuditData") {
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
