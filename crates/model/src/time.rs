//! Times are seconds since 1970 in UTC, and print as RFC 3339.

use serde::{Deserialize, Serialize};
use std::fmt;

/// Seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// `2024-04-08`.
    pub fn date(self) -> String {
        self.to_string().chars().take(10).collect()
    }

    /// Reads RFC 3339, or a date alone (taken as its first second in UTC).
    pub fn parse(text: &str) -> Option<Timestamp> {
        if let Ok(t) = text.parse::<jiff::Timestamp>() {
            return Some(Timestamp(t.as_second()));
        }
        let date: jiff::civil::Date = text.parse().ok()?;
        Some(Timestamp(date.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_second()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(t) => write!(f, "{t}"),
            Err(_) => write!(f, "{} s from 1970", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_rfc_3339_and_read_back() {
        let t = Timestamp(1_712_534_400);
        assert_eq!(t.to_string(), "2024-04-08T00:00:00Z");
        assert_eq!(t.date(), "2024-04-08");
        assert_eq!(Timestamp::parse("2024-04-08"), Some(t));
        assert_eq!(Timestamp::parse("2024-04-08T00:00:00Z"), Some(t));
        assert_eq!(Timestamp::parse("soon"), None);
    }

    #[test]
    fn a_time_out_of_range_still_prints() {
        assert_eq!(Timestamp(i64::MAX).to_string(), format!("{} s from 1970", i64::MAX));
    }
}
