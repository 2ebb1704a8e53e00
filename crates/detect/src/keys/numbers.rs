//! Numbers and codes in the forms in which people type them: without blanks and dashes, or only the end of them.

use super::{Likely, Take};
use std::ops::Range;

/// Digits of a number whose end alone may be meant.
const LONG: usize = 7;

/// Telephone numbers, dates, postcodes, numbers of accounts and orders.
pub(super) fn read(text: &str, take: Take<'_>) {
    for place in runs(text, |c| c.is_ascii_digit() || matches!(c, ' ' | '\u{a0}' | '+' | '(' | ')' | '/' | '.' | '-')) {
        number(text, place, take);
    }
    for place in runs(text, |c| c.is_ascii_digit() || c.is_ascii_uppercase() || matches!(c, ' ' | '-')) {
        let code: String = text[place.clone()].chars().filter(char::is_ascii_alphanumeric).collect();
        let mixed = code.contains(|c: char| c.is_ascii_digit()) && code.contains(|c: char| c.is_ascii_uppercase());
        if mixed && code.len() <= 24 {
            for form in [code.clone(), code.to_lowercase(), text[place.clone()].to_owned()] {
                take(Likely::Number, place.clone(), form);
            }
            end(&code, &place, take);
        }
    }
}

/// Stretches of such characters, without what is no letter or digit at their ends.
fn runs(text: &str, belongs: impl Fn(char) -> bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain([(text.len(), '\n')]) {
        match (belongs(c), start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                found.push(from..at);
                start = None;
            }
            _ => {}
        }
    }
    let bare = |r: Range<usize>| {
        let inner = text[r.clone()].trim_start_matches(|c: char| !c.is_alphanumeric() && c != '+');
        let from = r.end - inner.len();
        from..from + inner.trim_end_matches(|c: char| !c.is_alphanumeric()).len()
    };
    found.into_iter().map(bare).filter(|r| !r.is_empty()).collect()
}

fn number(text: &str, place: Range<usize>, take: Take<'_>) {
    let written = &text[place.clone()];
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    if !(4..=24).contains(&digits.len()) {
        return;
    }
    take(Likely::Number, place.clone(), digits.clone());
    if let Some(rest) = written.strip_prefix('+') {
        // At home it is dialled with a zero instead of the country, which is one to three digits.
        let country = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default().len();
        let country = if (1..=3).contains(&country) { country } else { 2 };
        take(Likely::Number, place.clone(), format!("0{}", digits[country..].trim_start_matches('0')));
    }
    date(written, &place, take);
    end(&digits, &place, take);
}

/// "The last four", "the last six".
fn end(code: &str, place: &Range<usize>, take: Take<'_>) {
    if code.len() >= LONG {
        take(Likely::Number, place.clone(), code[code.len() - 4..].to_owned());
        take(Likely::Number, place.clone(), code[code.len() - 6..].to_owned());
    }
}

/// Day, month and year in the orders in which banks and offices ask for them.
fn date(written: &str, place: &Range<usize>, take: Take<'_>) {
    let fields: Vec<&str> = written.split(['.', '/', '-']).collect();
    let (day, month, year) = match fields.as_slice() {
        [year, month, day] if year.len() == 4 => (*day, *month, *year),
        [day, month, year] if year.len() == 4 => (*day, *month, *year),
        _ => return,
    };
    let all = [day, month, year];
    if all.iter().any(|f| f.is_empty() || !f.bytes().all(|b| b.is_ascii_digit())) || day.len() > 2 || month.len() > 2 {
        return;
    }
    let (d, m, y) = (format!("{day:0>2}"), format!("{month:0>2}"), &year[2..]);
    for form in [format!("{d}{m}{year}"), format!("{d}{m}{y}"), format!("{m}{d}{year}"), format!("{year}{m}{d}"), format!("{y}{m}{d}")] {
        take(Likely::Number, place.clone(), form);
    }
}
