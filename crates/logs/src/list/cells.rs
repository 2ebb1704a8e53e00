//! Cells to values.

use super::columns::Column;
use crate::parse_time;
use aftermail_model::{ListedMessage, Timestamp};
use jiff::civil::{Date, DateTime};
use std::collections::BTreeMap;

/// Which comes first in dates such as `3/4/2024`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DateOrder {
    /// Some cell can only be read so: the day.
    Day,
    /// Some cell can only be read so: the month.
    Month,
    /// Cells read either way: taken as month first, as Microsoft's exports write.
    Unknown,
    /// No cell has such a date.
    Unneeded,
}

impl DateOrder {
    pub(super) fn assumed(self) -> Option<String> {
        (self == DateOrder::Unknown)
            .then(|| "dates such as 3/4/2024 are taken as month first: no row tells, so compare one by hand".to_owned())
    }
}

/// The order in which the rows of a list write day and month.
pub(super) fn order(rows: &[(u64, Vec<String>)], at: &[Option<Column>]) -> DateOrder {
    let timed = at.iter().enumerate().filter(|(_, c)| matches!(c, Some(Column::Sent | Column::Received))).map(|(n, _)| n);
    let columns: Vec<usize> = timed.collect();
    let cells = rows.iter().flat_map(|(_, cells)| columns.iter().filter_map(|n| cells.get(*n)));
    let mut order = DateOrder::Unneeded;
    for (first, second) in cells.filter_map(|cell| slashed(cell)).map(|(parts, _)| (parts[0], parts[1])) {
        match (first > 12, second > 12) {
            (true, false) => return DateOrder::Day,
            (false, true) => order = DateOrder::Month,
            _ if order == DateOrder::Unneeded && first != second => order = DateOrder::Unknown,
            _ => {}
        }
    }
    order
}

/// What a row says. Cells that hold nothing of their column are counted.
pub(super) fn message(
    row: u64,
    cells: &[String],
    at: &[Option<Column>],
    order: DateOrder,
    unread: &mut BTreeMap<Column, u64>,
) -> ListedMessage {
    let mut m = ListedMessage { row, ..ListedMessage::default() };
    for (cell, column) in cells.iter().zip(at) {
        let (Some(column), text) = (*column, cell.trim()) else { continue };
        if matches!(text, "" | "-" | "null" | "NULL" | "N/A" | "n/a" | "None") {
            continue;
        }
        let read = match column {
            Column::MessageId | Column::NetworkId => id(&mut m, text),
            Column::From => set(&mut m.from, addresses(text).into_iter().next()),
            Column::To => {
                m.to.extend(addresses(text));
                true
            }
            Column::Subject => set(&mut m.subject, Some(text.to_owned())),
            Column::Sent => set(&mut m.sent, time(text, order)),
            Column::Received => set(&mut m.received, time(text, order)),
            Column::Size => set(&mut m.size, size(text)),
            Column::Mailbox => set(&mut m.mailbox, addresses(text).into_iter().next()),
        };
        if !read {
            *unread.entry(column).or_default() += 1;
        }
    }
    m
}

fn set<T>(place: &mut Option<T>, value: Option<T>) -> bool {
    let read = value.is_some();
    *place = value;
    read
}

/// Lists put GUIDs of Microsoft's own under `Message ID`; what stands there tells.
fn id(m: &mut ListedMessage, text: &str) -> bool {
    if is_guid(text) {
        m.network_id = Some(text.to_ascii_lowercase());
    } else if text.contains('@') || text.starts_with('<') {
        m.message_id = Some(text.to_owned());
    } else {
        return false;
    }
    true
}

fn is_guid(text: &str) -> bool {
    text.len() == 36 && text.bytes().enumerate().all(|(n, b)| if matches!(n, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// `<…@…>` without a blank.
pub(super) fn is_message_id(cell: &str) -> bool {
    let inner = cell.strip_prefix('<').and_then(|c| c.strip_suffix('>'));
    inner.is_some_and(|c| c.contains('@') && !c.contains([' ', '<', '>', ',', ';']))
}

/// The addresses of a cell in lower case; where it has none, its pieces between semicolons.
fn addresses(text: &str) -> Vec<String> {
    let parted = |c: char| c.is_whitespace() || "<>()[]\"';,|#".contains(c);
    let found: Vec<String> = text
        .split(parted)
        .map(|word| {
            word.strip_prefix("mailto:").or_else(|| word.strip_prefix("SMTP:")).or_else(|| word.strip_prefix("smtp:")).unwrap_or(word)
        })
        .filter(|word| word.find('@').is_some_and(|at| at > 0 && at + 1 < word.len()))
        .map(str::to_lowercase)
        .collect();
    if found.is_empty() {
        return text.split(';').map(str::trim).filter(|p| !p.is_empty()).map(str::to_owned).collect();
    }
    found
}

/// Bytes: `12345`, `12,345`, `12 KB (12,345 bytes)`, `1.2 MB`.
fn size(text: &str) -> Option<u64> {
    let lower = text.to_ascii_lowercase();
    if let Some(exact) = lower.split_once('(').and_then(|(_, rest)| rest.split_once(" byte")) {
        return digits(exact.0);
    }
    let number = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
    let unit: f64 = match lower[number.len()..].trim() {
        "" | "b" | "byte" | "bytes" => return digits(number),
        "k" | "kb" | "kib" => 1024.0,
        "m" | "mb" | "mib" => 1024.0 * 1024.0,
        "g" | "gb" | "gib" => 1024.0 * 1024.0 * 1024.0,
        _ => return None,
    };
    let value: f64 = number.trim().replace(',', ".").parse().ok()?;
    (value >= 0.0).then_some((value * unit) as u64)
}

/// A whole number, with marks between its thousands; `512.0` of a spreadsheet too.
fn digits(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.strip_suffix(".0").unwrap_or(text);
    let bare: String = text.chars().filter(|c| !matches!(c, ',' | '.' | ' ' | '\'' | '\u{a0}' | '\u{202f}')).collect();
    bare.parse().ok()
}

/// A time in the shapes of logs, and in those that spreadsheets and people make. Without a zone it is UTC.
pub(super) fn time(text: &str, order: DateOrder) -> Option<Timestamp> {
    let text = text.trim();
    let bare = [" UTC", " GMT", "(UTC)", " Z"].iter().find_map(|z| text.strip_suffix(z)).unwrap_or(text).trim();
    if let Some((parts, rest)) = slashed(bare) {
        let (month, day) = if order == DateOrder::Day || parts[0] > 12 { (parts[1], parts[0]) } else { (parts[0], parts[1]) };
        return at(date(parts[2], month, day)?, rest);
    }
    dotted(bare).or_else(|| serial(bare)).or_else(|| parse_time(bare)).or_else(|| Timestamp::parse(bare)).or_else(|| named_month(bare))
}

/// `3/4/2024 …`: its three numbers, and what stands behind.
fn slashed(text: &str) -> Option<([i16; 3], &str)> {
    let (date, rest) = text.trim().split_once([' ', ',', 'T']).unwrap_or((text.trim(), ""));
    let mut parts = date.split('/').map(|p| p.parse::<i16>().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    (parts.next().is_none() && numbers[0] < 32 && numbers[1] < 32).then_some((numbers, rest))
}

/// `08.04.2024 10:00`, `2024/04/08 10:00`.
fn dotted(text: &str) -> Option<Timestamp> {
    let (day, rest) = text.split_once([' ', ',', 'T']).unwrap_or((text, ""));
    let parts: Vec<i16> = day.split(['.', '/']).map(|p| p.parse().ok()).collect::<Option<_>>()?;
    match parts[..] {
        [day, month, year] if day < 32 && year > 0 => at(date(year, month, day)?, rest),
        [year, month, day] => at(date(year, month, day)?, rest),
        _ => None,
    }
}

/// Days since 1899-12-30, as spreadsheets keep times: 1955 to 2119.
fn serial(text: &str) -> Option<Timestamp> {
    const EPOCH: f64 = 25_569.0;
    let days: f64 = text.parse().ok().filter(|d| (20_000.0..80_000.0).contains(d))?;
    Some(Timestamp(((days - EPOCH) * 86_400.0).round() as i64))
}

/// RFC 5322 §3.3, and `8 April 2024 10:00`, `April 8, 2024 10:00 AM`.
fn named_month(text: &str) -> Option<Timestamp> {
    const MONTHS: [&str; 12] = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let words: Vec<&str> = text.split([' ', ',']).filter(|w| !w.is_empty()).collect();
    let month_of = |word: &str| {
        let head = word.get(..3)?.to_ascii_lowercase();
        MONTHS.iter().position(|m| *m == head && word.bytes().all(|b| b.is_ascii_alphabetic()))
    };
    let n = words.iter().position(|w| month_of(w).is_some())?;
    let month = i16::try_from(month_of(words[n])?).ok()? + 1;
    let number = |word: Option<&&str>| word.and_then(|w| w.parse::<i16>().ok());
    let (day, rest) = match n.checked_sub(1).and_then(|n| number(words.get(n))) {
        Some(day) => (day, n + 1),
        None => (number(words.get(n + 1))?, n + 2),
    };
    at(date(number(words.get(rest))?, month, day)?, &words[rest + 1..].join(" "))
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    let year = if (0..100).contains(&year) { 2000 + year } else { year };
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

/// A day and what stands behind it: nothing, a clock, a half of the day, an offset.
fn at(date: Date, clock: &str) -> Option<Timestamp> {
    let (mut time, mut half, mut offset) = ((0, 0, 0), None, 0);
    for word in clock.split(' ').filter(|w| !w.is_empty()) {
        match word.to_ascii_uppercase().as_str() {
            "AM" => half = Some(0),
            "PM" => half = Some(12),
            "UTC" | "GMT" | "Z" => {}
            zone if zone.starts_with(['+', '-']) => offset = seconds_of(zone)?,
            word => time = clock_of(word)?,
        }
    }
    let hour = half.map_or(time.0, |half| time.0 % 12 + half);
    let time = DateTime::new(date.year(), date.month(), date.day(), hour, time.1, time.2, 0).ok()?;
    Some(Timestamp(time.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second() - offset))
}

fn clock_of(word: &str) -> Option<(i8, i8, i8)> {
    let word = word.split('.').next()?.trim_end_matches('Z');
    let mut parts = word.split(':').map(|p| p.parse::<i8>().ok());
    Some((parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?))
}

/// `+0200`, `-05:30` in seconds.
fn seconds_of(zone: &str) -> Option<i64> {
    let sign = if zone.starts_with('-') { -1 } else { 1 };
    let digits: String = zone[1..].chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = digits.split_at_checked(2)?;
    Some(sign * (hours.parse::<i64>().ok()? * 3_600 + minutes.parse::<i64>().unwrap_or(0) * 60))
}
