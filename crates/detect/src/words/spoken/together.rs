//! A phrase that is typed without its blanks: "so it is: mind the frost in april. All run together, no capitals, and 44 on the end".

use super::super::lexicon;
use super::tokens::{self, Is, Token};
use super::vocabulary::{Sense, Vocabulary};
use std::ops::Range;

/// Words of the phrase and its bytes.
const WORDS: Range<usize> = 3..13;
const LONGEST: usize = 90;
/// How far before the words that say so the phrase stands, in bytes.
const NEAR: usize = 260;
/// How far behind them more is said of it.
const MORE: usize = 160;

/// The phrase that the words at a place say is typed as one, and what it comes to.
pub(super) fn read(body: &str, at: &Range<usize>, vocabulary: &Vocabulary) -> Option<(Range<usize>, String)> {
    let floor = body.ceil_char_boundary(at.start.saturating_sub(NEAR));
    let phrase = phrase(body, floor, at.start)?;
    let told = phrase.end..paragraph_end(body, at.end);
    let tokens = tokens::read(&body[told.clone()], vocabulary);
    let says = |sense| tokens.iter().any(|t| t.sense() == Some(sense));
    // What is spelled out or only described is no phrase.
    let other = |t: &Token<'_>| {
        let plain = |s| matches!(s, Sense::And | Sense::Not | Sense::Or | Sense::Neutral | Sense::Each | Sense::Ordinal(_) | Sense::So);
        t.sense().is_some_and(|s| !plain(s)) || t.text.contains(|c: char| c.is_ascii_digit())
    };
    if says(Sense::Rule) || says(Sense::Described) || tokens::read(&body[phrase.clone()], vocabulary).iter().any(other) {
        return None;
    }
    let words: Vec<&str> = body[phrase.clone()].split_whitespace().map(|w| w.trim_matches([',', '.', ';', '"', '»', '«'])).collect();
    let mut value: String = if says(Sense::Capitals) {
        words.iter().map(|w| capitalised(w)).collect()
    } else if says(Sense::AllSmall) {
        words.concat().to_lowercase()
    } else if says(Sense::AllCaps) {
        words.concat().to_uppercase()
    } else {
        words.concat()
    };
    if says(Sense::Plain) {
        value = value.chars().map(|c| if c.is_ascii() { c } else { lexicon::fold(c).next().unwrap_or(c) }).collect();
    }
    value.push_str(&behind(&tokens));
    Some((phrase.start..at.end, value))
}

/// The words that a colon or a quote leads in, the nearest before a place.
fn phrase(body: &str, floor: usize, end: usize) -> Option<Range<usize>> {
    let text = &body[floor..end];
    let quoted = || {
        let close = text.rfind(['"', '”', '»', '“'])?;
        let open = text[..close].rfind(['"', '“', '«', '„'])?;
        let start = open + text[open..].chars().next()?.len_utf8();
        Some(floor + start..floor + close)
    };
    let led = || {
        let start = text.rfind(": ")? + 2;
        let length = text[start..].find([';', '.', '\n', '!', '(', ',']).unwrap_or(text.len() - start);
        Some(floor + start..floor + start + length)
    };
    let fits = |r: &Range<usize>| {
        let words: Vec<&str> = body[r.clone()].split_whitespace().collect();
        let plain = |w: &&str| w.chars().all(|c| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | ','));
        WORDS.contains(&words.len()) && r.len() <= LONGEST && words.iter().all(plain) && words.iter().any(|w| w.chars().count() >= 4)
    };
    quoted().filter(fits).or_else(|| led().filter(fits))
}

fn paragraph_end(body: &str, at: usize) -> usize {
    let ceiling = body.floor_char_boundary((at + MORE).min(body.len())).max(at);
    body[at..ceiling].find("\n\n").map_or(ceiling, |n| at + n)
}

fn capitalised(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}

/// The number or the sign that is put behind: in the clause of "on the end".
fn behind(tokens: &[Token<'_>]) -> String {
    let mut out = String::new();
    for clause in tokens.split(|t| matches!(t.is, Is::Comma | Is::Stop | Is::Gap)) {
        if !clause.iter().any(|t| matches!(t.sense(), Some(Sense::Then | Sense::End)))
            || clause.iter().any(|t| t.sense() == Some(Sense::Not))
        {
            continue;
        }
        for token in clause {
            match token.sense() {
                Some(Sense::Sign(sign)) => out.push(sign),
                None if token.text.bytes().all(|b| b.is_ascii_digit()) => out.push_str(token.text),
                _ => {}
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_typed_as_one() {
        let (vocabulary, _) = Vocabulary::built_in();
        for (body, says, want) in [
            (
                "So it is advice: mind the heron in april. Type it with no spaces, no capitals, and stick 44 on the end.",
                "no spaces",
                Some("mindtheheroninapril44"),
            ),
            (
                "A chave é a frase da placa: a garça leva a rolha. Digita tudo junto, cada palavra começando com maiúscula, e um ponto de exclamação no fim.",
                "tudo junto",
                Some("AGarçaLevaARolha!"),
            ),
            ("We write it as one word: bookkeeping.", "one word", None),
        ] {
            let at = body.find(says).map_or(0..0, |n| n..n + says.len());
            let found = read(body, &at, &vocabulary).map(|(_, value)| value);
            assert_eq!(found.as_deref(), want, "{body}");
        }
    }
}
