//! What clauses tell in words that look like no secret: a word that ends one ("root on both, then starboard"), what stands behind
//! "is", "type" or "it wants" in any language, a few words between two commas ("say all three, sitka sitka larch"), numbers that are
//! typed one by one ("8 2 5 7"). Nothing about such a value tells; the model hears what stands around it.

use super::cues::{runs_together, scripts};
use super::senses::{Few, SENSES};
use super::shape;
use std::ops::Range;
use std::sync::LazyLock;

/// Letters of a word that is put forward by itself.
const LETTERS: std::ops::RangeInclusive<usize> = 3..=32;
/// Words and bytes of a phrase.
const WORDS: std::ops::RangeInclusive<usize> = 2..=7;
const PHRASE: usize = 64;
/// Digits of a number that stands in groups, and of each group.
const DIGITS: std::ops::RangeInclusive<usize> = 3..=12;
const GROUP: usize = 4;
/// Spans that one stretch of text puts forward: a mail of more clauses is prose about something else.
const MOST: usize = 160;

/// Senses of words behind which a value may stand.
const LEADS: &[&str] = &[
    "be",
    "enter",
    "press",
    "say",
    "want",
    "accept",
    "answer",
    "use",
    "try",
    "set",
    "choose",
    "write",
    "remember",
    "with",
    "then",
    "now",
    "still",
    "password",
    "pin",
    "key",
    "word",
    "phrase",
    "combination",
    "unlock",
];

/// The senses of the pack that lead in a value, by their numbers.
pub(super) static LEADING: LazyLock<[bool; 256]> = LazyLock::new(|| SENSES.set(LEADS));

/// A word of a clause.
#[derive(Debug, Clone)]
struct Word {
    at: Range<usize>,
    /// A clause begins with it or ends behind it; a sentence does.
    begins: bool,
    ends: bool,
    opens: bool,
}

/// The spans of a stretch of text that a clause may tell, in text order.
pub(super) fn read(body: &str, zone: &Range<usize>) -> Vec<Range<usize>> {
    let words = words(body, zone);
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut clause = 0;
    let mut leads = false;
    for (n, word) in words.iter().enumerate() {
        if word.begins {
            clause = n;
            leads = false;
        }
        let text = &body[word.at.clone()];
        let end = || words[n..].iter().take(*WORDS.end()).find(|w| w.ends).map(|w| w.at.end);
        // In a script without blanks what is of another script stands out.
        leads |= n > 0 && words[n - 1].at.end == word.at.start;
        if (leads || word.ends && !word.opens) && is_word(text) {
            out.push(word.at.clone());
        }
        let set_off = word.begins && !word.opens;
        let named = is_name(text) && n > clause && !is_name(&body[words[n - 1].at.clone()]);
        if (leads || set_off || named)
            && let Some(end) = end()
            && fits(&body[word.at.start..end])
        {
            out.push(word.at.start..end);
        }
        if named && let Some(end) = names(body, &words[n..]) {
            out.push(word.at.start..end);
        }
        out.extend(groups(body, &words, n));
        leads = is_lead(text);
        if out.len() >= MOST {
            break;
        }
    }
    out.sort_by_key(|r| (r.start, r.end));
    out.dedup();
    out
}

/// The words of a stretch; those of scripts without blanks end where the script does.
fn words(body: &str, zone: &Range<usize>) -> Vec<Word> {
    let mut out: Vec<Word> = Vec::new();
    // What stands between the last word and the next.
    let (mut breaks, mut opens) = (true, true);
    let mut at = zone.start;
    for piece in body[zone.clone()].split_inclusive(|c: char| c.is_whitespace() || is_break(c) && !c.is_ascii()) {
        let (start, end) = (at, at + piece.len());
        at = end;
        let inner = piece.trim_matches(|c: char| !c.is_alphanumeric());
        let lead = &piece[..piece.find(inner).unwrap_or(0)];
        if inner.is_empty() {
            breaks |= piece.contains(is_break) || piece.contains(['-', '–', '—', '(', '\n', '>', '=', '→']);
            opens |= piece.contains(is_stop) || piece == "\n";
        } else {
            breaks |= !lead.is_empty();
            if breaks && let Some(last) = out.last_mut() {
                last.ends = true;
            }
            let tail = &piece[lead.len() + inner.len()..];
            let from = start + lead.len();
            scripts(inner, |part, _| {
                out.push(Word {
                    at: from + part.start..from + part.end,
                    begins: std::mem::take(&mut breaks),
                    ends: false,
                    opens: std::mem::take(&mut opens),
                });
            });
            breaks = tail.contains(|c: char| is_break(c) || matches!(c, '\n' | '(' | '"' | '»' | '”'));
            opens = tail.contains(is_stop) || tail.contains('\n');
        }
        if breaks && let Some(last) = out.last_mut() {
            last.ends = true;
        }
    }
    if let Some(last) = out.last_mut() {
        last.ends = true;
    }
    out
}

/// Whether a clause ends with it.
pub(super) fn is_break(c: char) -> bool {
    is_stop(c) || matches!(c, ',' | ';' | ':' | ')' | '、' | '，' | '；' | '：' | '（' | '）' | '「' | '」' | '،' | '؛' | '՝')
}

/// Whether a sentence does.
fn is_stop(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '。' | '！' | '？' | '؟' | '।' | '։')
}

/// Letters, also of several words tied together.
fn is_word(text: &str) -> bool {
    let tie = |c: char| matches!(c, '-' | '.' | '_' | '/' | '\'' | '’' | '&' | '+' | ';' | ':');
    LETTERS.contains(&text.chars().count())
        && text.chars().all(|c| c.is_alphabetic() || tie(c))
        && !text.contains("//")
        && !text.starts_with("www.")
        && !shape::is_ordinary(text)
}

/// Whether a value may stand behind it.
fn is_lead(text: &str) -> bool {
    let of = |few: Few| few.iter().any(|s| LEADING[usize::from(*s)]);
    if runs_together(text) {
        let letters: Vec<char> = text.chars().collect();
        (letters.len().saturating_sub(3)..letters.len()).any(|n| of(SENSES.of_glued(&letters[n..])))
    } else {
        of(SENSES.of_word(text, |_| {}).1)
    }
}

/// A capital and small letters behind it.
fn is_name(text: &str) -> bool {
    text.starts_with(char::is_uppercase) && text.chars().skip(1).any(char::is_lowercase)
}

/// The end of words with capitals that stand together.
fn names(body: &str, words: &[Word]) -> Option<usize> {
    let together = 1 + words.windows(2).take_while(|w| !w[0].ends && !w[1].begins && is_name(&body[w[1].at.clone()])).count();
    let end = words.get(together - 1)?.at.end;
    (WORDS.contains(&together) && fits(&body[words[0].at.start..end])).then_some(end)
}

/// Whether it may be a phrase: a few words in one line, not all of them the commonest of their language.
fn fits(text: &str) -> bool {
    let count = text.split_whitespace().count();
    WORDS.contains(&count)
        && text.len() <= PHRASE
        && !text.contains(['\n', '\t', '|', '=', '<', '>', '{', '}', '@', '"', '('])
        && text.split_whitespace().any(|w| w.chars().filter(|c| c.is_alphabetic()).count() > 2)
        && !text.split_whitespace().all(shape::is_ordinary)
}

/// Digits in groups that stand together from a word on: "8 2 5 7", "030 366".
fn groups(body: &str, words: &[Word], n: usize) -> Option<Range<usize>> {
    let is_group = |w: &Word| w.at.len() <= GROUP * 2 && body[w.at.clone()].chars().all(char::is_numeric);
    let joined = |a: &Word, b: &Word| matches!(&body[a.at.end..b.at.start], " " | " - " | "-" | "\u{a0}" | ", " | "–");
    if !is_group(&words[n]) || n > 0 && is_group(&words[n - 1]) && joined(&words[n - 1], &words[n]) {
        return None;
    }
    let more = words[n..].windows(2).take_while(|w| is_group(&w[1]) && joined(&w[0], &w[1])).count();
    let range = words[n].at.start..words[n + more].at.end;
    let digits = body[range.clone()].chars().filter(|c| c.is_numeric()).count();
    (more > 0 && DIGITS.contains(&digits)).then_some(range)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(body: &str) -> Vec<&str> {
        read(body, &(0..body.len())).into_iter().map(|r| &body[r]).collect()
    }

    #[test]
    fn words_that_end_a_clause_are_put_forward() {
        let found =
            told("Anna,\nroot on both, then starboard. Ring me if kestrel (all small) fails - it's the\n> gate, give it Evensong\n");
        for word in ["starboard", "kestrel", "Evensong"] {
            assert!(found.contains(&word), "{word}: {found:?}");
        }
    }

    #[test]
    fn what_a_word_of_telling_leads_in_is_put_forward_in_any_language() {
        for (body, value) in [
            ("You type Touriga Nacional for the rest.", "Touriga Nacional"),
            ("Es öffnet sich mit der Zeile, im Keller wohnt der Winter, ohne Komma", "im Keller wohnt der Winter"),
            ("toliau parašyk agrastas mažosiom", "agrastas"),
            ("the server lets you by for Siren.Opal.Gauze.", "Siren.Opal.Gauze"),
            ("連のパスワードはtanukiです", "tanuki"),
        ] {
            let found = told(body);
            assert!(found.contains(&value), "{value}: {found:?}");
        }
    }

    #[test]
    fn digits_in_groups_are_one_number() {
        assert!(told("kassa läheb lahti 8 2 5 7, siis").contains(&"8 2 5 7"));
        assert!(told("entsperrt sich bei 030 366").contains(&"030 366"));
        assert!(!told("in 2024 1999 2001 1988 1777").iter().any(|t| t.len() > 12));
    }
}
