//! Codes that are a date told in words: "the third of November 2019, two digits for the day, two for the month, and only the last two of
//! the year".

use super::numbers;
use super::vocabulary::Vocabulary;
use std::collections::BTreeSet;
use std::ops::Range;

const PACK: &str = include_str!("../../../../../packs/cues/dates.tsv");
/// How far before and behind a month its day stands, what of the date is the code, and how many figures it is, in bytes.
const BEFORE: usize = 240;
const BEHIND: usize = 260;
/// Words between a day and its month: "ninth of April", "am siebten Tag des Mai".
const BETWEEN: [&str; 8] = ["of", "de", "d'", "the", "des", "di", "am", "im"];

/// The names of months, each once.
pub(super) fn months() -> impl Iterator<Item = &'static str> {
    let names = rows().filter(|(sense, _)| sense.parse::<u32>().is_ok()).flat_map(|(_, words)| words.split('|'));
    names.collect::<BTreeSet<_>>().into_iter()
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    PACK.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t'))
}

/// The first of the words of a sense in a text in lower case.
fn place(text: &str, sense: &str) -> Option<usize> {
    let words = rows().filter(|(s, _)| *s == sense).flat_map(|(_, words)| words.split('|'));
    let stands = |(at, word): &(usize, &str)| {
        !text[..*at].ends_with(char::is_alphanumeric) && !text[at + word.len()..].starts_with(|c: char| c.is_alphabetic())
    };
    words.flat_map(|word| text.match_indices(word)).filter(stands).map(|(at, _)| at).min()
}

/// The date around the name of a month, as the text says that it is typed; `None` where it does not say so.
pub(super) fn read(body: &str, month: &Range<usize>, vocabulary: &Vocabulary) -> Option<(Range<usize>, String)> {
    let name = body.get(month.clone())?.to_lowercase();
    let number: u32 = rows().find(|(_, words)| words.split('|').any(|w| w == name))?.0.parse().ok()?;
    let start = body.ceil_char_boundary(month.start.saturating_sub(BEFORE));
    let start = body[start..month.start].rfind("\n\n").map_or(start, |n| start + n + 2);
    let end = body.floor_char_boundary((month.end + BEHIND).min(body.len()));
    let end = body[month.end..end].find("\n\n").map_or(end, |n| month.end + n);
    let behind: Vec<&str> = words(&body[month.end..end]).take(6).collect();
    let before: Vec<&str> = words(&body[start..month.start]).collect();
    let (day, first) =
        match before.iter().rev().find(|w| !BETWEEN.contains(&w.to_lowercase().as_str())).and_then(|w| ordinal(w, vocabulary)) {
            Some(day) => (day, true),
            // "April ninth"
            None if !body[month.end..].starts_with(' ') => return None,
            None => (behind.iter().find(|w| !BETWEEN.contains(&w.to_lowercase().as_str())).and_then(|w| ordinal(w, vocabulary))?, false),
        };
    let year = behind.iter().skip(usize::from(!first)).take(4).find_map(|w| w.parse::<u32>().ok().filter(|y| (1800..2100).contains(y)));
    let said = body[start..month.start].to_lowercase() + " " + &body[month.end..end].to_lowercase();
    let [four, six, eight, never, short, full] =
        ["four", "six", "eight", "never", "short", "full"].map(|sense| place(&said, sense).is_some());
    // What is said behind the date tells of it rather than what leads up to it.
    let parts = |said: &str| ["day", "month", "year"].map(|sense| place(said, sense));
    let later = parts(&body[month.end..end].to_lowercase());
    let parts = if later[0].is_some() && later[1].is_some() { later } else { parts(&said) };
    let named = parts[0].is_some() && parts[1].is_some();
    if !(named || four || six || eight) {
        return None;
    }
    let figures = match year {
        _ if never || four && !short && !full => String::new(),
        Some(year) if full || eight => year.to_string(),
        Some(year) if short || six || parts[2].is_some() => format!("{:02}", year % 100),
        // A year is wanted that is not told, or told and not said to belong to it.
        None if short || full || six || eight => return None,
        _ => String::new(),
    };
    let mut told: Vec<(usize, String)> = if named {
        parts[..2].iter().flatten().copied().collect()
    } else if first {
        vec![0, 1]
    } else {
        vec![1, 0]
    }
    .into_iter()
    .zip([format!("{day:02}"), format!("{number:02}")])
    .collect();
    told.push((if named { parts[2].unwrap_or(usize::MAX) } else { usize::MAX }, figures));
    told.sort_by_key(|(at, _)| *at);
    let behind_it = match place(&said, "more") {
        Some(_) => more(&body[month.end..end], vocabulary)?,
        None => String::new(),
    };
    let value: String = told.into_iter().map(|(_, figures)| figures).chain([behind_it]).collect();
    let length = [(four, 4), (six, 6), (eight, 8)].into_iter().find(|(said, _)| *said).map_or(value.len(), |(_, length)| length);
    (value.len() == length).then(|| (month.clone(), value))
}

/// What comes behind the date: "with his number after, number 31", "und dahinter elf".
fn more(behind: &str, vocabulary: &Vocabulary) -> Option<String> {
    let lower = behind.to_lowercase();
    let sentence = lower.split(['.', '!', '?']).next().unwrap_or_default();
    let words: Vec<&str> = words(sentence).collect();
    let leads =
        |word: &&str| rows().filter(|(sense, _)| matches!(*sense, "more" | "called")).any(|(_, all)| all.split('|').any(|w| w == *word));
    let told = |at: usize| words[at + 1..].iter().take(2).find_map(|w| w.parse().ok().or_else(|| numbers::number(vocabulary, w)));
    (0..words.len()).filter(|at| leads(&words[*at])).find_map(told).filter(|n: &u32| *n < 10_000).map(|n| n.to_string())
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric() && !matches!(c, '-' | '’' | '\'')).filter(|w| !w.is_empty())
}

/// A day of a month: "9", "9th", "ninth", "siebten", "vingt-trois".
fn ordinal(word: &str, vocabulary: &Vocabulary) -> Option<u32> {
    const UNEVEN: [(&str, u32); 16] = [
        ("first", 1),
        ("second", 2),
        ("third", 3),
        ("fifth", 5),
        ("eighth", 8),
        ("ninth", 9),
        ("twelfth", 12),
        ("twentieth", 20),
        ("thirtieth", 30),
        ("erste", 1),
        ("dritte", 3),
        ("siebte", 7),
        ("achte", 8),
        ("premier", 1),
        ("primero", 1),
        ("primeiro", 1),
    ];
    let lower = word.to_lowercase();
    let lower = lower.strip_prefix("l'").unwrap_or(&lower);
    let whole = |w: &str| {
        let uneven = UNEVEN.iter().find(|(name, _)| *name == w || *name == w.trim_end_matches(['n', 'r', 's'])).map(|(_, n)| *n);
        uneven.or_else(|| w.parse().ok()).or_else(|| numbers::number(vocabulary, w))
    };
    let bare = ["sten", "ster", "ste", "ten", "ter", "te", "th", "st", "nd", "rd", "er", "º", "ª"];
    let day = whole(lower)
        .or_else(|| {
            lower.split_once('-').and_then(|(tens, unit)| Some(whole(tens).filter(|n| *n >= 20)? + whole(unit).filter(|n| *n < 10)?))
        })
        .or_else(|| bare.iter().find_map(|ending| whole(lower.strip_suffix(ending)?)));
    day.filter(|day| (1..=31).contains(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_typed_as_the_text_says() {
        let (vocabulary, _) = Vocabulary::built_in();
        for (body, month, want) in [
            (
                "we moved in on the third of March 2017: two digits for the day, two for the month, the last two of the year",
                "March",
                Some("030317"),
            ),
            ("The PIN is six digits, our day: April ninth, 1931, month first and then the day, then the year", "April", Some("040931")),
            ("sechs Ziffern: siebter Mai 2011, Tag und Monat je zweistellig, und die letzten zwei vom Jahr", "Mai", Some("070511")),
            ("le vingt-trois septembre : le jour, puis le mois. Pas d'année", "septembre", Some("2309")),
            ("cuatro cifras: el veinticuatro de agosto, primero el día y luego el mes", "agosto", Some("2408")),
            ("chhabbees January 1994: pehle din, phir mahina, phir saal ke aakhri do", "January", Some("260194")),
            (
                "his birthday, day and month, with his lucky number after; that is the ninth of April, lucky number 31.",
                "April",
                Some("090431"),
            ),
            ("day and month of the ninth of April, and something after it", "April", None),
            ("six digits, the ninth of April", "April", None),
            ("the meeting on the ninth of April is off", "April", None),
        ] {
            let at = body.find(month).map(|n| n..n + month.len()).unwrap_or_default();
            assert!(months().any(|name| name == month.to_lowercase()), "{month} calls for a reading");
            assert_eq!(read(body, &at, &vocabulary).map(|(_, value)| value).as_deref(), want, "{body}");
        }
    }

    #[test]
    fn every_month_has_names() {
        for month in 1..=12 {
            assert!(rows().any(|(sense, words)| sense == month.to_string() && words.split('|').count() >= 7), "{month}");
        }
    }
}
