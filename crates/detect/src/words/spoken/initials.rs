//! A secret of the first letters of a sentence that the text holds: "take the first letter of each word of …".

use super::super::lexicon;
use super::numbers;
use super::tokens::{self, Is};
use super::vocabulary::{Sense, Vocabulary};
use std::ops::Range;

/// How far from what tells of them the sentence may stand, in bytes.
const NEAR: usize = 400;
/// Words of the sentence, or lines.
const WORDS: std::ops::RangeInclusive<usize> = 5..=14;
const LINES: std::ops::RangeInclusive<usize> = 4..=16;

/// What the first letters come to, and the sentence that they are of; `at` is where the text tells of them.
pub(super) fn read(body: &str, at: &Range<usize>, vocabulary: &Vocabulary) -> Option<(Range<usize>, String)> {
    let floor = body.ceil_char_boundary(at.start.saturating_sub(NEAR));
    let ceiling = body.floor_char_boundary((at.end + NEAR).min(body.len()));
    let told = sentence_of(body, at.start..ceiling);
    let tokens = tokens::read(&body[told.clone()], vocabulary);
    let says = |sense: Sense| tokens.iter().any(|t| t.is == Is::Known(sense));
    if !says(Sense::Initials) || says(Sense::Rule) {
        return None;
    }
    let distance = |r: &Range<usize>| if r.end <= at.start { at.start - r.end } else { r.start.saturating_sub(at.end) };
    let rules = tokens::read(&body[floor..ceiling], vocabulary).iter().filter(|t| t.is == Is::Known(Sense::Rule)).count();
    if rules >= 2 {
        return None;
    }
    let initials = tokens.iter().position(|t| t.is == Is::Known(Sense::Initials))?;
    let lines = tokens[initials..].iter().take(4).any(|t| t.is == Is::Known(Sense::Lines));
    let (range, mut value) = if lines {
        let block = blocks(body, floor..ceiling).filter(|b| b.end <= at.start || b.start >= at.end).min_by_key(distance)?;
        let value = body[block.clone()].lines().filter_map(|line| line.chars().find(|c| c.is_alphanumeric())).collect();
        (block, value)
    } else {
        let sentence =
            sentences(body, floor..ceiling).into_iter().filter(|s| s.end <= at.start || s.start >= at.end).min_by_key(distance)?;
        let rule = |t: &tokens::Token<'_>| t.is == Is::Known(Sense::Rule);
        if tokens::read(&body[sentence.clone()], vocabulary).iter().any(rule) {
            return None;
        }
        let value = first_letters(&body[sentence.clone()]);
        (sentence, value)
    };
    if says(Sense::AllSmall) && !says(Sense::Capital) && !says(Sense::Capitals) {
        value = value.to_lowercase();
    } else if says(Sense::AllCaps) {
        value = value.to_uppercase();
    }
    if says(Sense::Plain) {
        value = value.chars().map(|c| if c.is_ascii() { c } else { lexicon::fold(c).next().unwrap_or(c) }).collect();
    }
    value.push_str(&behind(&tokens, &body[range.clone()], vocabulary));
    ((5..=40).contains(&value.chars().count())).then_some((range, value))
}

/// Up to the end of the paragraph, with what is said of the letters.
fn sentence_of(body: &str, range: Range<usize>) -> Range<usize> {
    let end = body[range.clone()].find("\n\n").map_or(range.end, |n| range.start + n);
    range.start..end
}

/// What comes behind the letters: a sign or a number that "then" leads in and that the sentence has not.
fn behind(tokens: &[tokens::Token<'_>], sentence: &str, vocabulary: &Vocabulary) -> String {
    let mut out = String::new();
    let (mut then, mut stopped) = (false, false);
    for token in tokens {
        match token.is {
            Is::Known(Sense::Then) => then = true,
            Is::Stop if stopped || out.is_empty() && then => break,
            Is::Stop => stopped = true,
            Is::Known(Sense::Sign(sign)) if then && !sentence.contains(sign) => out.push(sign),
            Is::Known(Sense::Number(_)) | Is::Word if then && numbers::number(vocabulary, &token.lower).is_some_and(|n| n >= 10) => {
                out.extend(numbers::number(vocabulary, &token.lower).map(|n| n.to_string()));
            }
            Is::Word if then && token.text.bytes().all(|b| b.is_ascii_digit()) && !sentence.contains(token.text) => {
                out.push_str(token.text)
            }
            _ => {}
        }
    }
    out
}

/// The first letter of each word as it is, numbers whole, and the sign that calls out at the end.
fn first_letters(sentence: &str) -> String {
    let word = |w: &str| {
        let w = w.trim_matches(|c: char| !c.is_alphanumeric() && c != '&' && c != '+');
        if w.bytes().all(|b| b.is_ascii_digit()) { w.to_owned() } else { w.chars().take(1).collect() }
    };
    let end = sentence.trim_end().trim_end_matches(['"', '”', '“', '»']).chars().next_back().filter(|c| matches!(c, '!' | '?'));
    sentence.split_whitespace().map(word).chain(end.map(String::from)).collect()
}

/// Stretches in quotes, lines and what a colon leads in that are sentences.
fn sentences(body: &str, range: Range<usize>) -> Vec<Range<usize>> {
    const QUOTES: [(char, char); 5] = [('"', '"'), ('“', '”'), ('«', '»'), ('„', '“'), ('「', '」')];
    let mut out = Vec::new();
    let text = &body[range.clone()];
    for (open, close) in QUOTES {
        let mut at = 0;
        while let Some(start) = text[at..].find(open).map(|n| at + n + open.len_utf8()) {
            let Some(length) = text[start..].find(close) else { break };
            out.push(range.start + start..range.start + start + length);
            at = start + length + close.len_utf8();
        }
    }
    let mut at = range.start;
    for line in text.split_inclusive('\n') {
        let own = line.trim();
        let start = at + (line.len() - line.trim_start().len());
        // A sentence of its own is led in, else it is a sentence of the mail.
        let lead = body[..at].trim_end();
        let led = lead.is_empty() || lead.ends_with(|c: char| c == ':' || c.is_alphanumeric());
        let alone = led && body[..at].ends_with("\n\n") || line.starts_with([' ', '\t', '>']);
        let over = body[at + line.len()..].starts_with('\n') || at + line.len() == body.len() || line.starts_with([' ', '\t']);
        if alone && over {
            out.push(start..start + own.len());
        }
        for (colon, lead) in own.match_indices(": ") {
            let led = &own[colon + lead.len()..];
            let length = [". ", "! ", "? "].iter().filter_map(|e| led.find(e)).min().unwrap_or(led.len());
            out.push(start + colon + lead.len()..start + colon + lead.len() + length);
        }
        at += line.len();
    }
    out.retain(|r| WORDS.contains(&body[r.clone()].split_whitespace().count()) && !body[r.clone()].trim().contains("\n\n"));
    out
}

/// Lines that stand together between empty ones.
fn blocks(body: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = range.start;
    body[range].split("\n\n").filter_map(move |block| {
        let start = at;
        at += block.len() + 2;
        let lines = block.lines().filter(|l| !l.trim().is_empty()).count();
        LINES.contains(&lines).then_some(start..start + block.len())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_letters_of_a_sentence_or_of_lines_are_read() {
        let (vocabulary, _) = Vocabulary::built_in();
        let read = |body: &str, says: &str| {
            let at = body.find(says).map_or(0..0, |n| n..n + says.len());
            super::read(body, &at, &vocabulary).map(|(_, value)| value)
        };
        let body = "The sentence is\n\n    My two herons always eat 9 frogs on Sunday Mornings!\n\nTake the first letter of each word.";
        assert_eq!(read(body, "first letter of each").as_deref(), Some("Mthae9foSM!"));
        let body = "Die Anfangsbuchstaben von „Im Sommer fischt Otto Reiher gern 3 Aale“, dann 77.";
        assert_eq!(read(body, "Anfangsbuchstaben").as_deref(), Some("ISfORg3A77"));
        let body = "The first letters of each line, then fifty.\n\nHerons wade\nEvery day\nReeds are\nOver there\nNow go";
        assert_eq!(read(body, "first letters of each").as_deref(), Some("HERON50"));
        assert_eq!(read("The first letter of each name is on the list.", "first letter of each"), None);
    }
}
