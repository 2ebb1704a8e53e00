//! A text as the words, stretches in quotes and breaks that a dictation is made of.

use super::vocabulary::{Sense, Vocabulary, elided, is_unspaced};
use std::ops::Range;

/// Longest stretch in quotes, in bytes.
const QUOTED: usize = 60;
const QUOTES: [(char, char); 8] = [('"', '"'), ('“', '”'), ('«', '»'), ('„', '“'), ('‘', '’'), ('「', '」'), ('`', '`'), ('\'', '\'')];

/// A word or phrase, or what stands between.
#[derive(Debug, Clone)]
pub(super) struct Token<'t> {
    /// In bytes of the text.
    pub range: Range<usize>,
    pub text: &'t str,
    /// In lower case.
    pub lower: String,
    pub is: Is,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Is {
    Word,
    Known(Sense),
    Quoted,
    /// Characters with blanks between: "a B 7 #".
    Spaced,
    Comma,
    /// The end of a sentence.
    Stop,
    /// An empty line.
    Gap,
    Open,
    Close,
}

impl Token<'_> {
    pub(super) fn sense(&self) -> Option<Sense> {
        if let Is::Known(sense) = self.is { Some(sense) } else { None }
    }

    pub(super) fn is_break(&self) -> bool {
        matches!(self.is, Is::Comma | Is::Stop | Is::Gap | Is::Open | Is::Close)
    }

    /// The letter that it is, without what grammar hangs on it: "e:na", "K'si".
    pub(super) fn letter(&self) -> Option<char> {
        if !matches!(self.is, Is::Word | Is::Known(_) | Is::Quoted) {
            return None;
        }
        let mut chars = self.text.chars();
        let letter = chars.next().filter(|c| c.is_alphabetic() && !is_unspaced(*c))?;
        match chars.next() {
            None => Some(letter),
            // Not "c'est", "l'a".
            Some(sign @ ('\'' | '’' | ':')) => {
                let ending: Vec<char> = chars.collect();
                let elided = sign != ':' && "cdjlmnst".contains(letter) && ending.first().is_some_and(|c| "aeiouyhàéèêœ".contains(*c));
                (!elided && (1..=4).contains(&ending.len()) && ending.iter().all(|c| c.is_lowercase())).then_some(letter)
            }
            _ => None,
        }
    }
}

/// The tokens of a text, known phrases as one.
pub(super) fn read<'t>(text: &'t str, vocabulary: &Vocabulary) -> Vec<Token<'t>> {
    let mut words = Vec::new();
    let mut at = 0;
    while let Some(first) = text[at..].chars().next() {
        let end = if first.is_whitespace() { space(text, at, &mut words) } else { word(text, at, vocabulary, &mut words) };
        at = end.max(at + first.len_utf8());
    }
    phrases(text, &words, vocabulary)
}

/// Blanks from a place on, an empty line among them; returns their end.
fn space<'t>(text: &'t str, at: usize, out: &mut Vec<Token<'t>>) -> usize {
    let mut length = text[at..].find(|c: char| !c.is_whitespace()).unwrap_or(text.len() - at);
    // Marks of a quotation are no signs.
    while text[at..at + length].contains('\n') && text[at + length..].starts_with('>') {
        length += 1 + text[at + length + 1..].find(|c: char| !matches!(c, ' ' | '\t' | '>')).unwrap_or(0);
    }
    let range = at..at + length;
    if text[range.clone()].bytes().filter(|b| *b == b'\n').count() >= 2 {
        out.push(token(text, range.clone(), Is::Gap));
    }
    range.end
}

/// A word or a stretch in quotes from a place on, with the signs of the sentence around it; returns its end.
fn word<'t>(text: &'t str, at: usize, vocabulary: &Vocabulary, out: &mut Vec<Token<'t>>) -> usize {
    let rest = &text[at..];
    let first = rest.chars().next().unwrap_or(' ');
    if let Some(end) = spaced(text, at) {
        out.push(token(text, at..end, Is::Spaced));
        return end;
    }
    if let Some(end) = quoted(text, at) {
        let open = first.len_utf8();
        let close = text[..end].chars().next_back().map_or(1, char::len_utf8);
        out.push(token(text, at + open..end - close, Is::Quoted));
        return end;
    }
    if let Some(is) = sentence_sign(first).filter(|is| matches!(is, Is::Open | Is::Close) || !is_own_sign(rest)) {
        out.push(token(text, at..at + first.len_utf8(), is));
        return at + first.len_utf8();
    }
    if is_unspaced(first) {
        let length = vocabulary.unspaced(rest).unwrap_or(first.len_utf8());
        out.push(token(text, at..at + length, Is::Word));
        return at + length;
    }
    let ends = |c: char| {
        c.is_whitespace() || is_unspaced(c) || matches!(c, '"' | '“' | '”' | '«' | '»' | '„' | '，' | '、' | '。' | '：' | '（' | '）')
    };
    let length = rest.find(ends).filter(|n| *n > 0).unwrap_or(if ends(first) { first.len_utf8() } else { rest.len() });
    let whole = &rest[..length];
    // Signs behind a word are the sentence's; a sign alone is itself.
    let kept = whole.trim_end_matches([',', ';', '.', ':', '!', '?', '…', ')', '(']).len();
    let kept = if kept == 0 { first.len_utf8() } else { kept };
    let mut end = at;
    for part in elided(&whole[..kept]) {
        out.push(token(text, end..end + part.len(), Is::Word));
        end += part.len();
    }
    for c in whole[kept..].chars() {
        out.extend(sentence_sign(c).map(|is| token(text, end..end + c.len_utf8(), is)));
        end += c.len_utf8();
    }
    end
}

/// Fewest characters that stand with a blank between each.
const SPACED: usize = 7;

/// Where such characters end, if a place begins them.
fn spaced(text: &str, at: usize) -> Option<usize> {
    let own = text[..at].chars().next_back().is_none_or(char::is_whitespace);
    let line = text[at..].split('\n').next().unwrap_or("");
    let (mut count, mut end) = (0, at);
    for word in line.split(' ') {
        // A sign of the sentence may hang on the last one.
        let bare = if count + 1 >= SPACED { word.trim_end_matches(['.', ',', ';', ')']) } else { word };
        let bare = if bare.is_empty() { word } else { bare };
        let mut chars = bare.chars();
        let (first, second) = (chars.next(), chars.next());
        if count + 1 >= SPACED && second.is_some_and(|c| !c.is_alphanumeric() || is_unspaced(c)) {
            // "a n，接着"
            count += 1;
            end = at + (word.as_ptr() as usize - line.as_ptr() as usize) + first.map_or(0, char::len_utf8);
            break;
        }
        if second.is_some() || first.is_none() {
            break;
        }
        count += 1;
        end = at + (word.as_ptr() as usize - line.as_ptr() as usize) + bare.len();
        if bare.len() < word.len() {
            break;
        }
    }
    (own && count >= SPACED).then_some(end)
}

/// Where a stretch in quotes ends, the quotes with it.
fn quoted(text: &str, at: usize) -> Option<usize> {
    let rest = &text[at..];
    let first = rest.chars().next()?;
    let (open, close) = QUOTES.iter().find(|(open, _)| *open == first)?;
    let inner = &rest[open.len_utf8()..];
    let length = inner.find(*close).filter(|n| (1..=QUOTED).contains(n))?;
    let fits = !inner[..length].contains("\n\n") && !inner[..length].trim().is_empty();
    fits.then_some(at + open.len_utf8() + length + close.len_utf8())
}

fn sentence_sign(c: char) -> Option<Is> {
    Some(match c {
        ',' | ';' | ':' | '，' | '、' | '：' | '；' | '–' | '—' | '-' | '/' | '|' => Is::Comma,
        '.' | '!' | '?' | '。' | '…' | '！' | '？' => Is::Stop,
        '(' | '[' | '（' => Is::Open,
        ')' | ']' | '）' => Is::Close,
        _ => return None,
    })
}

/// Whether a sign begins a word that is more than a sign of the sentence: ".5x", "-Wade", or stands alone as "!" does.
fn is_own_sign(rest: &str) -> bool {
    let word = rest.split(char::is_whitespace).next().unwrap_or("");
    let told = word.trim_end_matches([',', ';', '.', ')']);
    told.starts_with(['.', '-', '/', '!', '?']) && told.chars().nth(1).is_some_and(|c| c.is_ascii_alphanumeric())
        || matches!(told, "!" | "?" | "/")
}

fn token<'t>(text: &'t str, range: Range<usize>, is: Is) -> Token<'t> {
    let own = &text[range.clone()];
    Token { lower: own.to_lowercase().replace('’', "'"), text: own, range, is }
}

/// Words that are a phrase together as one token.
fn phrases<'t>(text: &'t str, words: &[Token<'t>], vocabulary: &Vocabulary) -> Vec<Token<'t>> {
    let mut out: Vec<Token<'t>> = Vec::with_capacity(words.len());
    let mut at = 0;
    while at < words.len() {
        let run = words[at..].iter().take(6).take_while(|w| w.is == Is::Word);
        let lower: Vec<&str> = run.map(|w| w.lower.trim_start_matches(['\'', '’'])).collect();
        // "deux points d'interrogation" are no colon.
        let known = |from: usize| vocabulary.phrase(lower.get(from..).unwrap_or_default());
        let longer = |length: usize| known(1).is_some_and(|(next, _)| next + 1 > length);
        let lower = &lower[..];
        let known = match known(0) {
            Some((length, _)) if length > 1 && longer(length) => vocabulary.phrase(&lower[..1]),
            known => known,
        };
        // "Otto" among names is a letter and no Italian eight.
        let name = words[at].text.starts_with(char::is_uppercase) && at > 0 && words[at - 1].is != Is::Stop;
        let known = match known {
            Some((1, sense)) if name && !matches!(sense, Sense::Letter(_)) => {
                vocabulary.alphabet(lower[0]).map_or(known, |l| Some((1, Sense::Letter(l))))
            }
            known => known,
        };
        // "I" is somebody, "i" is "and".
        let known = known.filter(|_| words[at].text != "I");
        let Some((length, sense)) = known else {
            let mut word = words[at].clone();
            // Names of signs and letters in quotes are what they name.
            if word.is == Is::Quoted
                && let Some((1, sense @ (Sense::Sign(_) | Sense::Called(_) | Sense::Letter(_)))) = vocabulary.phrase(&[word.lower.as_str()])
            {
                word.is = Is::Known(sense);
            }
            out.push(word);
            at += 1;
            continue;
        };
        let mut whole = words[at].clone();
        whole.range.end = words[at + length - 1].range.end;
        whole.text = &text[whole.range.clone()];
        whole.lower = whole.text.to_lowercase().replace('’', "'");
        whole.is = Is::Known(sense);
        out.push(whole);
        at += length;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_phrases_and_breaks() {
        let (vocabulary, _) = Vocabulary::built_in();
        let shown = |text: &str| -> Vec<String> {
            read(text, &vocabulary).iter().map(|t| if t.is_break() { "·".to_owned() } else { t.text.to_owned() }).collect()
        };
        assert_eq!(shown("capital T, then \"a b\" (so)."), ["capital", "T", "·", "then", "a b", "·", "so", "·", "·"]);
        assert_eq!(shown("大写H，井号"), ["大写", "H", "·", "井号"]);
        assert_eq!(shown("båda e:na"), ["båda", "e:na"]);
        assert_eq!(read("e:na", &vocabulary)[0].letter(), Some('e'));
        let hostile = "\"".repeat(3000) + &"(".repeat(3000);
        assert!(read(&hostile, &vocabulary).len() <= hostile.len());
    }
}
