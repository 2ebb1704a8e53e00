//! What is made of an older secret, or of pieces with a plus between them.

use super::tokens::{self, Is, Token};
use super::vocabulary::{Sense, Vocabulary};

/// What a sentence makes of an older secret or of pieces.
pub(super) fn value(text: &str, vocabulary: &Vocabulary) -> Option<String> {
    swapped(&tokens::read(text, vocabulary)).or_else(|| added(text))
}

/// "like the old (4172) with the first and last digits swapped", "the old one backwards, the old one being 5836".
fn swapped(tokens: &[Token<'_>]) -> Option<String> {
    let says = |sense: Sense| tokens.iter().any(|t| t.is == Is::Known(sense));
    let swap = says(Sense::Swap);
    if !(swap || says(Sense::Back) && says(Sense::Old)) {
        return None;
    }
    let old = tokens.iter().rposition(|t| t.is == Is::Known(Sense::Old)).unwrap_or(0);
    let number = tokens[old..].iter().map(|t| t.text).find(|t| t.bytes().filter(u8::is_ascii_digit).count() >= 3)?;
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    let rest: String = number.chars().filter(|c| !c.is_ascii_digit()).collect();
    let mut turned = digits.clone();
    if swap {
        let last = turned.len() - 1;
        turned.swap(0, last);
    } else {
        turned.reverse();
    }
    (turned != digits).then(|| turned.into_iter().collect::<String>() + &rest)
}

/// "bcpb + FGT60F": the last two or more words with a plus between.
fn added(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().map(|w| w.trim_matches([',', ';', '(', ')', '"'])).collect();
    let plus = words.iter().rposition(|w| *w == "+")?;
    let is_piece = |w: &str| w.len() >= 2 && w.chars().all(|c| !c.is_whitespace());
    let mut first = plus.checked_sub(1)?;
    while first >= 2 && words[first - 1] == "+" {
        first -= 2;
    }
    let parts: Vec<&str> = words[first..].iter().step_by(2).take((plus - first) / 2 + 2).copied().collect();
    let last = parts.last()?.trim_end_matches('.');
    let tells = last.chars().any(|c| c.is_ascii_digit()) && last.len() >= 4;
    (tells && parts.iter().all(|p| is_piece(p))).then(|| parts[..parts.len() - 1].concat() + last)
}
