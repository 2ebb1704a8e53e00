//! Times as sources write them, to UTC.

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
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') && text.len() >= 9 {
        return epoch(text.split('.').next()?.parse().ok()?);
    }
    let plain = text.strip_suffix(" UTC").unwrap_or(text);
    if let Ok(t) = plain.parse::<DateTime>() {
        return utc(t);
    }
    by_slashes(plain)
}

/// `Jan 15 08:00:00` in this year, taken as UTC.
pub(crate) fn syslog(text: &str, year: Option<i16>) -> Option<Timestamp> {
    let mut words = text.split_ascii_whitespace();
    let (month, day, clock) = (words.next()?, words.next()?, words.next()?);
    let month = MONTHS.iter().position(|m| *m == month)? + 1;
    utc(format!("{:04}-{month:02}-{day:0>2}T{clock}", year?).parse().ok()?)
}

/// The months of syslog.
pub(crate) const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

fn epoch(number: i64) -> Option<Timestamp> {
    let seconds = match number.unsigned_abs() {
        0..100_000_000_000 => number,
        100_000_000_000..100_000_000_000_000 => number.div_euclid(1_000),
        100_000_000_000_000..100_000_000_000_000_000 => number.div_euclid(1_000_000),
        _ => number.div_euclid(1_000_000_000),
    };
    Some(Timestamp(seconds))
}

fn by_slashes(text: &str) -> Option<Timestamp> {
    let (date, clock) = text.split_once([' ', ','])?;
    let mut parts = date.split('/').map(|p| p.parse::<i16>().ok());
    let (first, second, year) = (parts.next()??, parts.next()??, parts.next()??);
    let (month, day) = if first > 12 { (second, first) } else { (first, second) };
    let clock = clock.trim();
    let (clock, half) = clock.split_once(' ').unwrap_or((clock, ""));
    let mut parts = clock.split(':').map(|p| p.parse::<i8>().ok());
    let (hour, minute, second) = (parts.next()??, parts.next()??, parts.next().unwrap_or(Some(0))?);
    let hour = match half.trim() {
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
        assert_eq!(syslog("Jan  5 08:00:00 host", Some(2024)), parse_time("2024-01-05T08:00:00Z"));
        assert_eq!(syslog("Jan  5 08:00:00 host", None), None);
        assert_eq!(parse_time("soon"), None);
    }
}
