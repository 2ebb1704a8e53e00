//! The value that stands in a message with nothing that says so.

use super::MOST_WORDS;
use crate::words::shape_of;
use std::ops::Range;

/// A word that may be a secret, and how much speaks for it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Bare {
    pub range: Range<usize>,
    /// In logits, to be added to what the thread says.
    pub weight: f32,
    /// In words.
    pub because: &'static str,
}

/// From here on the word itself looks like a secret.
const TELLING: f32 = 1.3;

/// The word of a short message that looks most like a secret: alone on its line, after a colon, first of the message, in quotes.
pub(crate) fn bare(body: &str, own: &[Range<usize>]) -> Option<Bare> {
    let words: usize = own.iter().map(|r| body[r.clone()].split_whitespace().take(MOST_WORDS + 1).count()).sum();
    if words == 0 || words > MOST_WORDS {
        return None;
    }
    let mut best: Option<Bare> = None;
    let mut first = true;
    for line in own.iter().flat_map(|r| lines(body, r)) {
        for range in tokens(body, &line) {
            let told = weigh(body, &line, &range, first);
            first = false;
            if let Some(bare) = told.filter(|b| best.as_ref().is_none_or(|old| b.weight > old.weight)) {
                best = Some(bare);
            }
        }
    }
    best
}

fn weigh(body: &str, line: &Range<usize>, range: &Range<usize>, first: bool) -> Option<Bare> {
    let text = &body[range.clone()];
    let shape = shape_of(text);
    let alone = body[line.clone()].trim().trim_matches(['"', '\'', '*', '`', '«', '»', '“', '”', ' ']).len() <= text.len() + 1;
    let before = body[line.start..range.start].trim_end_matches([' ', '\u{a0}', '"', '\'', '«', '“', '„', '*', '`']);
    let marked = before.ends_with([':', '=', '：']);
    let quoted = body[..range.start].ends_with(['"', '«', '“', '„', '`', '*'])
        || before.len() + 1 < range.start - line.start && body[..range.start].trim_end().ends_with('«');
    let (place, because) = match (alone, marked, first) {
        (true, ..) => (1.4, "a word alone on its line that looks like a secret"),
        (_, true, _) => (1.2, "a word after a colon that looks like a secret"),
        (_, _, true) => (0.6, "the first word, which looks like a secret"),
        _ if quoted => (0.6, "a word in quotes that looks like a secret"),
        _ => (0.0, "a word that looks like a secret"),
    };
    let least = if place > 1.0 { -0.3 } else { TELLING };
    (shape.score >= least && text.chars().count() >= 6 && !is_said(text)).then_some(Bare {
        range: range.clone(),
        weight: shape.score + place,
        because,
    })
}

/// Words that a sentence may well hold: times, amounts, ordinals, names of models and versions.
pub(super) fn is_said(text: &str) -> bool {
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let hyphened = text.contains('-') && digits == 0 && !text.chars().skip(1).any(char::is_uppercase);
    let plain = digits == 0 && text.chars().all(|c| c.is_alphabetic() || matches!(c, '\'' | '’' | '-' | '/' | '.' | '&'));
    let counted = text.starts_with(|c: char| c.is_ascii_digit()) && letters <= 3;
    let term = !text.chars().any(char::is_lowercase) && letters > 0 && text.len() < 10;
    hyphened || plain && !text.chars().skip(1).any(char::is_uppercase) || counted || term
}

/// The lines of a stretch, without their ends.
pub(crate) fn lines<'t>(body: &'t str, within: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let mut at = within.start;
    body[within.clone()].split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end().len()
    })
}

/// The words of a line without the signs of its sentence.
pub(crate) fn tokens<'t>(body: &'t str, line: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let mut at = line.start;
    body[line.clone()].split_inclusive(char::is_whitespace).filter_map(move |word| {
        let range = at..at + word.trim_end().len();
        at += word.len();
        let range = crate::words::trimmed(body, range);
        (!range.is_empty()).then_some(range)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(body: &str) -> Option<&str> {
        bare(body, std::slice::from_ref(&(0..body.len()))).map(|b| &body[b.range])
    }

    #[test]
    fn a_secret_that_is_all_that_a_message_says() {
        assert_eq!(found("Heron-Marsh-77-Reed\n\nAda"), Some("Heron-Marsh-77-Reed"));
        assert_eq!(found("Oh well: Heron+marsh51\n\n(change it later)"), Some("Heron+marsh51"));
        assert_eq!(found("7f-Heron-91 has a dash in an odd place, copy it whole"), Some("7f-Heron-91"));
    }

    #[test]
    fn what_people_say_is_no_secret() {
        for text in
            ["Thanks, got it!", "Danke", "See you at 10:30.", "well-known", "It works on the RS-232 port", "Received-with-thanks", "ok :)"]
        {
            assert_eq!(found(text), None, "{text}");
        }
        assert_eq!(found(&"word ".repeat(100)), None);
    }
}
