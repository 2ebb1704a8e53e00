//! Times as sources write them, to UTC.

use crate::Hint;
use aftermail_model::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Reads RFC 3339 with or without zone (none is UTC), with a blank for `T` and up to nine digits of fraction; `/Date(ms)/` of
/// PowerShell; seconds, milliseconds or microseconds since 1970; and `7/12/2021 11:44:31 AM`, month first unless that cannot be.
pub fn parse_time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if let Ok(t) = text.parse::<jiff::Timestamp>() {
        return Some(Timestamp(t.as_second()));
    }
    if let Some(ms) = text.strip_prefix("/Date(") {
        return epoch(ms.split([')', '+']).next()?.parse().ok()?);
    }
    let whole = text.split_once('.').map_or(text, |(whole, fraction)| if is_number(fraction) { whole } else { text });
    if is_number(whole) && text.len() >= 9 {
        return epoch(whole.parse().ok()?);
    }
    let plain = text.strip_suffix(" UTC").unwrap_or(text);
    if let Ok(t) = plain.parse::<DateTime>() {
        return utc(t);
    }
    by_order(plain, Order::MonthFirst)
}

/// `Jan 15 08:00:00`, taken as UTC, in the year of the hint, else in the last one in which it does not lie more than a day behind
/// the hint's end; and the year, in words.
pub(crate) fn syslog(text: &str, hint: &Hint) -> Option<(Timestamp, String)> {
    let mut words = text.split_ascii_whitespace();
    let (month, day, clock) = (words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|m| *m == month)? + 1;
    let within = |year: i16| utc(format!("{year:04}-{month:02}-{day:0>2}T{clock}").parse().ok()?);
    if let Some(year) = hint.year {
        return Some((within(year)?, format!("{year}, as given")));
    }
    let end = hint.as_of?.0.saturating_add(DAY);
    let last = jiff::Timestamp::from_second(end).ok()?.to_zoned(TimeZone::UTC).year();
    // A 29th of February may lie eight years back.
    (last.saturating_sub(8)..=last).rev().find_map(|year| {
        let time = within(year).filter(|t| t.0 <= end)?;
        Some((time, format!("{year}, the last in which it does not lie in the future")))
    })
}

/// Clocks of servers tell local time, which may be ahead.
const DAY: i64 = 86_400;

/// The months of syslog.
pub(crate) const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn is_number(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn epoch(number: i64) -> Option<Timestamp> {
    let seconds = match number.unsigned_abs() {
        0..100_000_000_000 => number,
        100_000_000_000..100_000_000_000_000 => number.div_euclid(1_000),
        100_000_000_000_000..100_000_000_000_000_000 => number.div_euclid(1_000_000),
        _ => number.div_euclid(1_000_000_000),
    };
    Some(Timestamp(seconds))
}

/// Which number of `7/12/2021` is the month.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    MonthFirst,
    DayFirst,
    /// No date says it: all days are at most 12.
    Untold,
}

impl Order {
    /// As the dates of a text say it: where one number is no month, it is the day.
    pub(crate) fn of(text: &[u8]) -> Order {
        let number = |bytes: &[u8]| core::str::from_utf8(bytes).ok()?.parse::<u8>().ok();
        for slash in memchr::memchr_iter(b'/', text) {
            let before = text[slash.saturating_sub(3)..slash].rsplit(|b| !b.is_ascii_digit()).next().and_then(number);
            let after = &text[slash + 1..text.len().min(slash + 9)];
            let mut parts = after.splitn(2, |&b| b == b'/');
            let (second, year) = (parts.next().and_then(number), parts.next().unwrap_or_default());
            let dated = year.len() >= 4 && year[..4].iter().all(u8::is_ascii_digit);
            match (before, second) {
                (Some(13..=31), Some(1..=12)) if dated => return Order::DayFirst,
                (Some(1..=12), Some(13..=31)) if dated => return Order::MonthFirst,
                _ => {}
            }
        }
        Order::Untold
    }
}

/// Whether a date could be read with the day first and with the month first.
pub(crate) fn is_ambiguous(text: &str) -> bool {
    let mut parts = text.split('/').map(str::parse::<u8>);
    matches!((parts.next(), parts.next()), (Some(Ok(a @ 1..=12)), Some(Ok(b @ 1..=12))) if a != b)
}

/// `7/12/2021 11:44:31 AM` in the order told, or with dots, which always stand behind a day.
pub(crate) fn by_order(text: &str, order: Order) -> Option<Timestamp> {
    let (date, clock) = text.trim().split_once([' ', ','])?;
    let mut parts = date.split(['/', '.']).map(|p| p.parse::<i16>().ok());
    let (first, second, year) = (parts.next()??, parts.next()??, parts.next()??);
    let day_first = first > 12 || date.contains('.') || (order == Order::DayFirst && second <= 12);
    let (month, day) = if day_first { (second, first) } else { (first, second) };
    let (clock, half) = clock.trim().split_once(' ').unwrap_or((clock.trim(), ""));
    let mut parts = clock.split(':').map(|p| p.parse::<i8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let hour = match half.trim().to_ascii_uppercase().as_str() {
        "AM" if hour == 12 => 0,
        "PM" if hour < 12 => hour + 12,
        _ => hour,
    };
    utc(DateTime::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?, hour, minute, second, 0).ok()?)
}

fn utc(time: DateTime) -> Option<Timestamp> {
    Some(Timestamp(time.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_all_sources_become_utc() {
        let want = "2021-07-12T11:44:31Z";
        for text in [
            "2021-07-12T11:44:31",
            "2021-07-12T11:44:31.0000000Z ",
            "2021-07-12 11:44:31.123",
            "2021-07-12T13:44:31+02:00",
            "7/12/2021 11:44:31 AM",
            "/Date(1626090271000)/",
            "1626090271",
            "1626090271553",
        ] {
            assert_eq!(parse_time(text).map(|t| t.to_string()).as_deref(), Some(want), "{text}");
        }
        assert_eq!(parse_time("13/7/2021 1:00:00 PM"), parse_time("2021-07-13T13:00:00Z"));
        assert_eq!(parse_time("12.07.2021 11:44:31"), parse_time(want));
        assert_eq!(parse_time("7/12/2021 12:44:31 am"), parse_time("2021-07-12T00:44:31Z"));
        assert_eq!(parse_time("soon"), None);
        assert_eq!(parse_time("198.51.100.7"), None);
    }
    #[test]
    fn lines_without_a_year_are_of_the_last_one_that_can_be() {
        let time = |text, hint: Hint| syslog(text, &hint).map(|(time, _)| time);
        assert_eq!(time("Jan  5 08:00:00 host", Hint { year: Some(2024), ..Hint::default() }), parse_time("2024-01-05T08:00:00Z"));
        assert_eq!(time("Jan  5 08:00:00 host", Hint::default()), None);
        let as_of = Hint { as_of: parse_time("2026-01-02T12:00:00Z"), ..Hint::default() };
        for (text, want) in [
            ("Jan  2 08:00:00", "2026-01-02T08:00:00Z"),
            // Local time of the server.
            ("Jan  2 20:00:00", "2026-01-02T20:00:00Z"),
            ("Jan  4 08:00:00", "2025-01-04T08:00:00Z"),
            ("Dec 31 23:59:59", "2025-12-31T23:59:59Z"),
            ("Feb 29 08:00:00", "2024-02-29T08:00:00Z"),
        ] {
            assert_eq!(time(text, as_of), parse_time(want), "{text}");
        }
        assert!(syslog("Jan  2 08:00:00", &as_of).is_some_and(|(_, words)| words.starts_with("2026, the last")));
    }

    #[test]
    fn dates_of_a_text_tell_which_number_is_the_month() {
        assert_eq!(Order::of(b"x,3/4/2024 1:00,25/4/2024 1:00"), Order::DayFirst);
        assert_eq!(Order::of(b"x,3/4/2024 1:00,4/25/2024 1:00"), Order::MonthFirst);
        assert_eq!(Order::of(b"x,3/4/2024 1:00,/13/4,99/99/9999,a/25/4/20"), Order::Untold);
        assert!(is_ambiguous("3/4/2024 1:00 AM") && !is_ambiguous("4/4/2024 1:00 AM") && !is_ambiguous("13/4/2024 1:00 AM"));
    }
}
