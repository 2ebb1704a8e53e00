//! Numbers of cells as a sheet shows them: dates, times, and codes with leading zeros.

/// How a cell shows its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Format {
    #[default]
    General,
    Date,
    Time,
    DateTime,
    /// At least so many digits: `0000` shows 42 as 0042.
    Digits(usize),
}

impl Format {
    /// What the numbers of built-in formats mean (ECMA-376 Part 1 §18.8.30).
    pub(super) fn builtin(id: u32) -> Format {
        match id {
            14..=17 | 27..=31 | 36 | 50..=54 | 57 | 58 => Format::Date,
            18..=21 | 32..=35 | 45..=47 | 55 | 56 => Format::Time,
            22 => Format::DateTime,
            _ => Format::General,
        }
    }

    /// What a format code means: its first section, without quotes, escapes and conditions.
    pub(super) fn of(code: &str) -> Format {
        let mut bare = String::new();
        let mut chars = code.chars();
        while let Some(c) = chars.next() {
            match c {
                '"' => while chars.next().is_some_and(|c| c != '"') {},
                '\\' | '_' | '*' => _ = chars.next(),
                // [Red], [$-409] say nothing, [h] and [mm] count time.
                '[' => {
                    let inside: String = chars.by_ref().take_while(|c| *c != ']').collect();
                    if inside.chars().all(|c| matches!(c, 'h' | 'H' | 'm' | 's')) {
                        bare.push('h');
                    }
                }
                ';' => break,
                c => bare.push(c.to_ascii_lowercase()),
            }
        }
        if bare.len() > 1 && bare.bytes().all(|b| b == b'0') {
            return Format::Digits(bare.len());
        }
        let date = bare.contains(['d', 'y']) || bare.contains('m') && !bare.contains(['h', 's', '0', '#']);
        let time = bare.contains(['h', 's']) && !bare.contains("general");
        match (date, time) {
            (true, true) => Format::DateTime,
            (true, false) => Format::Date,
            (false, true) => Format::Time,
            (false, false) => Format::General,
        }
    }

    /// The number as it is shown. Dates are written as ISO 8601 does, whatever their order of day and month.
    pub(super) fn show(self, value: f64, since_1904: bool) -> String {
        match self {
            Format::Digits(n) if (0.0..1e15).contains(&value) => format!("{value:0n$.0}"),
            Format::Date | Format::DateTime | Format::Time if (0.0..2_958_466.0).contains(&value) => self.moment(value, since_1904),
            _ => general(value),
        }
    }

    fn moment(self, value: f64, since_1904: bool) -> String {
        let seconds = (value * 86_400.0).round() as u64;
        let (days, second) = (seconds / 86_400, seconds % 86_400);
        let time = match second % 60 {
            0 => format!("{:02}:{:02}", second / 3600, second / 60 % 60),
            s => format!("{:02}:{:02}:{s:02}", second / 3600, second / 60 % 60),
        };
        // Day 0 of the 1900 calendar shows nothing of a date; day 60 is a 29 February that never was.
        let since_1970 = match (since_1904, days) {
            (true, _) => days as i64 - 24_107,
            (false, 0) => return time,
            (false, 1..=59) => days as i64 - 25_568,
            (false, _) => days as i64 - 25_569,
        };
        match self {
            Format::Time => time,
            Format::DateTime if second > 0 => format!("{} {time}", date(since_1970)),
            _ => date(since_1970),
        }
    }
}

/// A day of the Gregorian calendar (after Howard Hinnant's `civil_from_days`).
fn date(since_1970: i64) -> String {
    let z = since_1970 + 719_468;
    let era = z.div_euclid(146_097);
    let day_of_era = z.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    format!("{:04}-{month:02}-{day:02}", era * 400 + year_of_era + i64::from(month <= 2))
}

/// A number with the 15 digits that a sheet keeps.
pub(super) fn general(value: f64) -> String {
    let plain = format!("{value}");
    if plain.len() <= 15 || !value.is_finite() {
        return plain;
    }
    format!("{value:.14e}").parse::<f64>().map_or(plain, |rounded| format!("{rounded}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn format_codes_are_understood() {
        let codes =
            ["0000", "dd/mm/yyyy", "[$-409]h:mm AM/PM", "yyyy-mm-dd hh:mm", "#,##0.00", "General", "\"day\" 0", "[h]:mm:ss", "mmm", "0"];
        let formats = codes.map(Format::of);
        use Format::{Date, DateTime, Digits, General, Time};
        assert_eq!(formats, [Digits(4), Date, Time, DateTime, General, General, General, Time, Date, General]);
    }

    #[test]
    fn numbers_are_shown_as_in_the_sheet() {
        assert_eq!(Format::Digits(4).show(42.0, false), "0042");
        assert_eq!(Format::Date.show(45_356.0, false), "2024-03-05");
        assert_eq!(Format::Date.show(59.0, false), "1900-02-28");
        assert_eq!(Format::DateTime.show(45_356.75, false), "2024-03-05 18:00");
        assert_eq!(Format::Date.show(0.0, true), "1904-01-01");
        assert_eq!(Format::General.show(0.1 + 0.2, false), "0.3");
        assert_eq!(general(1_234_567_890_123_456.0), "1234567890123460");
        assert_eq!(general(f64::NAN), "NaN");
    }
}
