//! A number told as what is changed of an older one that stands there: "those who knew 7395 will manage: the two in the middle have changed
//! places", "you had 3310, I've added 25 to it", "statt jeder Fünf eine Acht".

use super::tokens::{self, Is, Token};
use super::vocabulary::{Sense, Vocabulary};
use std::ops::Range;

/// How far before the change the older number stands, in bytes.
const BEFORE: usize = 260;
/// Digits of the number.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=8;

/// Beginnings of words for two that change places.
const SWAPS: &[&str] = &[
    "swap",
    "places",
    "round",
    "vertausch",
    "getauscht",
    "tausch",
    "interverti",
    "invers",
    "intercambi",
    "invert",
    "troc",
    "permut",
    "scambi",
    "verwissel",
    "wissel",
    "omgewisseld",
    "omgedraaid",
    "plats",
    "zamień",
    "zamieni",
    "miejscami",
    "поменя",
    "местами",
    "badal",
    "aapas",
    "入れ替",
    "互换",
    "对调",
];
/// Beginnings of words that say which ones.
const FIRST: &[&str] = &["first", "erst", "premi", "primer", "primeir", "prim", "eerst", "först", "pierwsz", "перв", "pehl"];
const LAST: &[&str] = &["last", "letzt", "derni", "últim", "ultim", "laatst", "sist", "ostatni", "последн", "aakhri", "end"];
const MIDDLE: &[&str] =
    &["middle", "mitt", "milieu", "medio", "meio", "mezzo", "central", "midde", "środk", "серед", "beech", "真ん中", "中间"];
/// Beginnings of words for a digit.
const DIGIT: &[&str] =
    &["digit", "figure", "number", "ziffer", "zahl", "chiffre", "cifra", "dígito", "algarismo", "cijfer", "siffra", "cyfr", "цифр", "ank"];
/// Beginnings of words for what is added to a number.
const ADDS: &[&str] = &[
    "add",
    "plus",
    "addier",
    "dazu",
    "ajout",
    "sum",
    "súm",
    "somm",
    "aggiun",
    "opgeteld",
    "tel",
    "lagt",
    "lägg",
    "dodaj",
    "dodał",
    "добав",
    "jod",
];

/// The older number that one of the sentences of a stretch changes, and what it has become.
pub(super) fn read(body: &str, within: Range<usize>, vocabulary: &Vocabulary) -> Option<(Range<usize>, String)> {
    sentences(body, within).find_map(|sentence| changed(body, &sentence, vocabulary))
}

fn changed(body: &str, sentence: &Range<usize>, vocabulary: &Vocabulary) -> Option<(Range<usize>, String)> {
    let text = &body[sentence.clone()];
    let tokens = tokens::read(text, vocabulary);
    let floor = body.ceil_char_boundary(sentence.start.saturating_sub(BEFORE));
    let (range, old) = number(body, floor..sentence.end, sentence)?;
    let new = each(&old, &tokens).or_else(|| swapped(&old, text)).or_else(|| replaced(&old, &tokens)).or_else(|| added(&old, &tokens));
    let mut new = new.or_else(|| turned(&old, &tokens)).filter(|new| *new != old)?;
    // A key that is pressed behind it stays.
    new.extend(body[range.end..].chars().next().filter(|c| matches!(c, '#' | '*')));
    Some((range.start.min(sentence.start)..sentence.end.max(range.end), new))
}

/// "the old one backwards".
fn turned(old: &str, tokens: &[Token<'_>]) -> Option<String> {
    let says = |sense| tokens.iter().any(|t| t.sense() == Some(sense));
    (says(Sense::Back) && says(Sense::Old)).then(|| old.chars().rev().collect())
}

/// Whether a number is rather a year.
pub(super) fn is_year(number: &str) -> bool {
    number.len() == 4 && (number.starts_with("19") || number.starts_with("20"))
}

/// The sentences of a stretch, what a colon leads in with what stands before it.
fn sentences(body: &str, within: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    const ENDS: [&str; 7] = [". ", ".\n", "! ", "!\n", "? ", "\n\n", "。"];
    let mut at = within.start;
    std::iter::from_fn(move || {
        let rest = body.get(at..within.end).filter(|rest| !rest.is_empty())?;
        let end = ENDS.iter().filter_map(|e| rest.find(e).map(|n| n + e.len())).min().unwrap_or(rest.len());
        let sentence = at..at + end;
        at += end;
        Some(sentence)
    })
}

/// The number that a sentence changes, and its digits.
fn number(body: &str, window: Range<usize>, sentence: &Range<usize>) -> Option<(Range<usize>, String)> {
    let text = &body[window.clone()];
    let mut found: Vec<Range<usize>> = Vec::new();
    for run in text.split(|c: char| !c.is_ascii_digit()) {
        let start = window.start + (run.as_ptr() as usize - text.as_ptr() as usize);
        let range = start..start + run.len();
        let joint =
            |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || matches!(c, '/' | ':' | '-' | '_' | '@' | '+' | '€' | '$' | '%'));
        let more = body[range.end..].starts_with(['.', ',']) && body[range.end + 1..].starts_with(|c: char| c.is_ascii_digit());
        if DIGITS.contains(&run.len())
            && !joint(body[..range.start].chars().next_back())
            && !joint(body[range.end..].chars().next())
            && !more
        {
            found.push(range);
        }
    }
    // One of three digits and more in the sentence itself, else the last one before it.
    let own = found.iter().find(|r| r.start >= sentence.start);
    let old = own.or_else(|| found.last())?;
    Some((old.clone(), body[old.clone()].to_owned()))
}

fn says(text: &str, beginnings: &[&str]) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '\'').any(|w| beginnings.iter().any(|b| w.starts_with(b)))
}

/// "with the first and last digits swapped".
fn swapped(old: &str, sentence: &str) -> Option<String> {
    let lower = sentence.to_lowercase();
    // What the clause of the change says of places counts before what others do.
    let clauses: Vec<&str> = lower.split([',', ';', ':', '(', ')']).collect();
    let clause = clauses.iter().find(|c| says(c, SWAPS))?;
    let which = |text: &str| [FIRST, LAST, MIDDLE].map(|words| says(text, words));
    let here = which(clause);
    let [first, last, middle] = if here.contains(&true) { here } else { which(&lower) };
    let mut digits: Vec<char> = old.chars().collect();
    let end = digits.len() - 1;
    let (a, b) = match (first, last, middle) {
        (.., true) if digits.len() >= 4 => (digits.len() / 2 - 1, digits.len() / 2),
        (true, true, _) => (0, end),
        (_, true, _) => (end - 1, end),
        (true, ..) => (0, 1),
        _ => return None,
    };
    digits.swap(a, b);
    Some(digits.into_iter().collect())
}

/// "an eight for every five".
fn replaced(old: &str, tokens: &[Token<'_>]) -> Option<String> {
    let at = tokens.iter().position(|t| t.sense() == Some(Sense::Instead))?;
    let digit = |t: &Token<'_>| match t.sense() {
        Some(Sense::Digit(digit) | Sense::Digits(digit)) => Some(digit),
        _ if t.is == Is::Word && t.text.len() == 1 => t.text.chars().next().filter(char::is_ascii_digit),
        _ => None,
    };
    let behind: Vec<char> = tokens[at + 1..].iter().take(8).filter_map(digit).collect();
    let before = tokens[..at].iter().rev().take(5).find_map(digit);
    let (wrong, right) = match (before, behind.as_slice()) {
        (Some(new), [old, ..]) => (*old, new),
        (None, [old, new, ..]) => (*old, *new),
        _ => return None,
    };
    old.contains(wrong).then(|| old.replace(wrong, &right.to_string()))
}

/// "every digit has gone up by one", "von jeder Ziffer eins abziehen".
fn each(old: &str, tokens: &[Token<'_>]) -> Option<String> {
    const DOWN: &[&str] =
        &["down", "lower", "less", "ab", "abziehen", "minus", "subtract", "moins", "menos", "meno", "minder", "mindre", "kam", "меньше"];
    let digits = tokens.iter().position(|t| t.sense() == Some(Sense::Each))?;
    let of_digits = tokens[digits + 1..].iter().take(2).any(|t| DIGIT.iter().any(|w| t.lower.starts_with(w)));
    let up = tokens.iter().find_map(|t| if let Some(Sense::Up(by)) = t.sense() { Some(by) } else { None });
    let down = tokens.iter().any(|t| DOWN.contains(&t.lower.as_str()));
    let by = match (up, down) {
        (Some(by), false) => by,
        (None, true) => 9,
        _ => return None,
    };
    let moved = |c: char| c.to_digit(10).and_then(|n| char::from_digit((n + by) % 10, 10));
    old.chars().map(moved).collect::<Option<String>>().filter(|_| of_digits)
}

/// "I've added 25 to it".
fn added(old: &str, tokens: &[Token<'_>]) -> Option<String> {
    let count = |t: &Token<'_>| t.text.parse().ok().filter(|n: &u32| (1..=999).contains(n));
    let by = tokens.iter().enumerate().find_map(|(at, t)| {
        if let Some(Sense::Up(by)) = t.sense() {
            return Some(by);
        }
        let adds = ADDS.iter().any(|b| t.lower.starts_with(b));
        adds.then(|| tokens[at + 1..].iter().take(4).find_map(count)).flatten()
    })?;
    let sum = old.parse::<u32>().ok()?.checked_add(by)?;
    let digits = old.len();
    Some(format!("{sum:0digits$}")).filter(|new| new.len() == digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_made_of_an_older_one() {
        let (vocabulary, _) = Vocabulary::built_in();
        for (body, want) in [
            ("Those who knew 7395 will manage: first and last stay, the two in the middle have changed places.", Some("7935")),
            ("Like the old (4172) with the first and last digits swapped.", Some("2174")),
            ("Purana 8043 tha, ab aakhri do number aapas mein badal do.", Some("8034")),
            ("You had 3310 on the card, I've added 25 to it.", Some("3335")),
            ("Sie kennen noch 50521 vom Fest. Setzen Sie statt jeder Fünf eine Acht, der Rest bleibt.", Some("80821")),
            ("It is the old one backwards, old one being 5836#, so you can work it out", Some("6385#")),
            ("You knew 6027. Every digit has gone up by one.", Some("7138")),
            ("Die 8376 ist Geschichte. Ziehen Sie von jeder Ziffer eins ab, dann haben Sie die neue.", Some("7265")),
            ("The last two chapters of 1984 are better.", None),
        ] {
            let found = read(body, 0..body.len(), &vocabulary).map(|(_, value)| value);
            assert_eq!(found.as_deref(), want, "{body}");
        }
    }
}
