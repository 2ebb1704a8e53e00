//! Words and phrases that people tell.

use super::{LENGTHS, Likely, Take};
use crate::thread::value;
use std::ops::Range;

/// Words of a phrase that stands alone on its line.
const ALONE: usize = 8;
/// Words of a message that tells a phrase behind a colon and little else.
const LITTLE: usize = 40;
/// Words at the end of a sentence.
const ENDING: std::ops::RangeInclusive<usize> = 2..=6;
/// What opens a quotation, and what closes it.
const QUOTES: [(char, char); 8] = [
    ('"', '"'),
    ('\u{201c}', '\u{201d}'),
    ('\u{201e}', '\u{201c}'),
    ('\u{ab}', '\u{bb}'),
    ('\u{bb}', '\u{ab}'),
    ('`', '`'),
    ('\u{2018}', '\u{2019}'),
    ('\u{300c}', '\u{300d}'),
];

/// What stands behind a colon, in quotes, or alone on its line.
pub(super) fn told(body: &str, within: &Range<usize>, short: bool, take: Take<'_>) {
    for line in value::lines(body, within) {
        let text = &body[line.clone()];
        for at in behind_a_mark(text).into_iter().chain(quoted(text)) {
            phrase(body, line.start + at.start..line.start + at.end, Likely::Told, take);
        }
        let alone = short && !text.ends_with([',', ':', '?']) && text.split_whitespace().count() <= ALONE;
        if alone {
            phrase(body, line, Likely::Alone, take);
        }
    }
}

/// Whether a message says little and tells something behind a colon or in quotes.
pub(crate) fn tells(body: &str, own: &[Range<usize>]) -> bool {
    let words: usize = own.iter().map(|r| body[r.clone()].split_whitespace().take(LITTLE + 1).count()).sum();
    let fits = |text: &str| text.chars().count() >= 6 && LENGTHS.contains(&text.chars().count());
    words <= LITTLE
        && own.iter().flat_map(|r| value::lines(body, r)).any(|line| {
            let text = &body[line];
            behind_a_mark(text).into_iter().chain(quoted(text)).any(|at| fits(text[at].trim()))
        })
}

/// The rest of the line behind its last colon, or equal sign between blanks.
fn behind_a_mark(line: &str) -> Option<Range<usize>> {
    let (at, mark) = line.char_indices().rfind(|(at, c)| {
        let next = line[at + c.len_utf8()..].chars().next();
        matches!(c, ':' | '：' | '=') && next.is_some_and(|n| n.is_whitespace() || *c == '：')
    })?;
    (!line[at + mark.len_utf8()..].trim().is_empty()).then_some(at + mark.len_utf8()..line.len())
}

fn quoted(line: &str) -> Vec<Range<usize>> {
    let inside = |(open, close): (char, char)| {
        let from = line.find(open)? + open.len_utf8();
        let to = from + line[from..].find(close)?;
        (from < to).then_some(from..to)
    };
    QUOTES.into_iter().filter_map(inside).collect()
}

/// A phrase, without what is said about it, and the same run together.
fn phrase(body: &str, place: Range<usize>, likely: Likely, take: Take<'_>) {
    let full = body[place.clone()].trim();
    let bare = full.trim_end_matches(['.', ',', ';', '!']).trim_matches(|c| QUOTES.iter().any(|(a, b)| c == *a || c == *b));
    let cut = [" (", ", ", "; ", " \u{2013} ", ". "].into_iter().filter_map(|sign| full.split_once(sign)).map(|(head, _)| head.trim());
    let mut all = vec![full, bare];
    all.extend(cut.min_by_key(|head| head.len()));
    for text in all {
        take(likely, place.clone(), text.to_owned());
        if text.contains(char::is_whitespace) {
            joined(text).into_iter().for_each(|form| take(Likely::Joined, place.clone(), form));
        }
    }
}

/// Several words as "without blanks", "in small letters", "each with a capital" and "with dashes" make one of them.
fn joined(text: &str) -> [String; 5] {
    let words: Vec<&str> = text.split_whitespace().collect();
    let capital = |word: &&str| {
        let mut chars = word.chars();
        chars.next().map_or(String::new(), |c| c.to_uppercase().chain(chars).collect::<String>())
    };
    let capitals: Vec<String> = words.iter().map(capital).collect();
    [words.concat(), words.concat().to_lowercase(), capitals.concat(), words.join("-"), words.join("_")]
}

/// Words that look odd; in a short message every word.
pub(super) fn words(body: &str, within: &Range<usize>, short: bool, take: Take<'_>) {
    for word in value::lines(body, within).flat_map(|line| value::tokens(body, &line).collect::<Vec<_>>()) {
        let text = &body[word.clone()];
        if is_odd(text) {
            take(Likely::Odd, word, text.to_owned());
        } else if short {
            take(Likely::Word, word, text.to_owned());
        }
    }
}

/// Digits beside letters, capitals behind small letters, or signs inside; no address and no link.
fn is_odd(word: &str) -> bool {
    let digit = word.contains(|c: char| c.is_ascii_digit());
    let hump = word.chars().zip(word.chars().skip(1)).any(|(a, b)| a.is_lowercase() && b.is_uppercase());
    let sign = word.trim_matches(|c: char| !c.is_alphanumeric()).contains(|c: char| c.is_ascii_punctuation() && !matches!(c, '\'' | '/'));
    let address = word.contains("://") || word.starts_with("www.") || word.split_once('@').is_some_and(|(_, host)| host.contains('.'));
    (digit || hump || sign) && !address
}

/// The last words of each clause: "the key is what we call the boat, marsh hen."
pub(super) fn endings(body: &str, within: &Range<usize>, take: Take<'_>) {
    let mut clause: Vec<Range<usize>> = Vec::new();
    let mut at = within.start;
    for word in body[within.clone()].split_inclusive(char::is_whitespace) {
        let range = at..at + word.trim_end().len();
        at += word.len();
        let ends = body[range.clone()].ends_with(['.', '!', '?', ',', ';', ':', ')']) || body[at..within.end].starts_with(['\n', '\r']);
        if !range.is_empty() {
            clause.push(range);
        }
        if ends || at == within.end {
            ending(body, &clause, take);
            clause.clear();
        }
    }
}

fn ending(body: &str, clause: &[Range<usize>], take: Take<'_>) {
    let Some(last) = clause.last() else { return };
    for first in clause.iter().rev().skip(ENDING.start() - 1).take(ENDING.end() - ENDING.start() + 1) {
        let place = crate::words::trimmed(body, first.start..last.end);
        let text = body[place.clone()].split_whitespace().collect::<Vec<_>>().join(" ");
        let text = text.trim_end_matches(['!', '?', ')']);
        take(Likely::Ending, place.clone(), text.to_owned());
        take(Likely::Joined, place, text.replace(' ', ""));
    }
}
