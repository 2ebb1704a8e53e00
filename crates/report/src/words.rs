//! Numbers as people say them.

/// `1,204`.
pub fn count(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1.4 MB` (powers of ten).
pub fn bytes(n: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if n < 1000 {
        return format!("{n} B");
    }
    let mut value = n as f64;
    let mut unit = "B";
    for next in UNITS {
        if value < 999.95 {
            break;
        }
        value /= 1000.0;
        unit = next;
    }
    format!("{value:.1} {unit}")
}

/// The word that goes with a confidence, see the report's page on it.
pub fn confidence(value: f32) -> &'static str {
    match value {
        v if v >= 0.95 => "certain",
        v if v >= 0.75 => "likely",
        v if v >= 0.6 => "probable",
        _ => "possible",
    }
}

/// Plural of a noun that takes an s.
pub(crate) fn of(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        assert_eq!(
            (count(0), count(999), count(1_204), count(12_345_678)),
            ("0".into(), "999".into(), "1,204".into(), "12,345,678".into())
        );
        assert_eq!((bytes(999), bytes(1_400_000), bytes(999_950_000)), ("999 B".into(), "1.4 MB".into(), "1.0 GB".into()));
        assert_eq!(of(1, "message"), "1 message");
    }
}
