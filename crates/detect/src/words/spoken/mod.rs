//! Secrets that are spelled out: "capital W, then one, then …, underscore, zero, seven", "the old one (4172) with the first and
//! last digits swapped", "x with a at sign instead of every a".
//!
//! A sentence becomes a row of pieces and of what is done to them; whatever is left over must be few words. Nothing is
//! put forward where a part of the secret is only described ("the year we met").

mod recipe;

use super::page::Page;
use super::prose::Mark;
use super::weigh::{Relation, Signs};
use super::{Candidate, disguise::Undone, shape};
use aftermail_model::{Kind, Status};
use std::collections::HashMap;
use std::ops::Range;

const PACK: &str = include_str!("../../../../../packs/cues/spoken.tsv");
/// How much text is read as one description.
const LONGEST: usize = 360;
/// Words in a row that are neither a piece nor about one; more describe a part that is not told.
const MOST_UNKNOWN: usize = 9;

/// What a word of the pack does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Sense {
    Sign(char),
    Digit(char),
    Letter(char),
    Then,
    Back,
    Capital,
    Each,
    Instead,
    Swap,
    Spaced,
    Join,
}

/// The words by which things are spelled out.
pub(crate) struct Spoken {
    /// By their first word; longer phrases first.
    words: HashMap<&'static str, Vec<(Vec<&'static str>, Sense)>>,
    literals: Vec<(&'static str, Call)>,
}

/// What a literal calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// The reading of a description.
    Description,
    /// The reading of a phrase that keeps its spaces.
    Phrase,
    /// The mending of broken lines.
    Join,
}

/// An item of a description.
#[derive(Debug, Clone, PartialEq)]
enum Item {
    /// A part of the secret; `told` where it can hardly be anything else.
    Piece {
        text: String,
        told: bool,
    },
    Known(Sense),
    Word(String),
}

impl Spoken {
    pub(crate) fn built_in() -> Spoken {
        let mut spoken = Spoken { words: HashMap::new(), literals: Vec::new() };
        for line in PACK.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
            let mut columns = line.split('\t');
            let (Some(sense), Some(stands), Some(words)) = (columns.next(), columns.next(), columns.next()) else { continue };
            let Some(sense) = parse(sense, stands) else { continue };
            for phrase in words.split('|') {
                let parts: Vec<&str> = phrase.split(' ').collect();
                spoken.words.entry(parts[0]).or_default().push((parts, sense));
                spoken.literals.extend(call(sense, phrase).map(|c| (phrase, c)));
            }
        }
        spoken.literals.push((" + ", Call::Description));
        spoken.words.values_mut().for_each(|all| all.sort_by_key(|(parts, _)| usize::MAX - parts.len()));
        spoken
    }

    /// The literals that call for a reading.
    pub(crate) fn literals(&self) -> impl Iterator<Item = (&'static str, Call)> {
        self.literals.iter().copied()
    }

    /// Reads the description around a literal. `read_to` is how far descriptions were read already.
    pub(crate) fn read(&self, page: Page<'_>, at: &Range<usize>, marks: &[Mark<'_>], read_to: &mut usize) -> Option<Candidate> {
        if at.start < *read_to {
            return None;
        }
        let paragraph = paragraph(page.body, at);
        *read_to = paragraph.end;
        let mark = marks.iter().filter(|m| m.kind().is_some()).rfind(|m| m.at.end <= at.start && m.at.end + 400 > at.start)?;
        let start = if mark.at.end > paragraph.start { mark.at.end } else { paragraph.start };
        sentences(page.body, start..paragraph.end).find_map(|window| {
            let value = self.value(&page.body[window.clone()])?;
            let range = trimmed(page.body, &window);
            Some(candidate(mark, range, value))
        })
    }

    /// "… is simply Greyhound Bus 1979 with the spaces in", "spaces included: Heron on the Ouse, 7".
    pub(crate) fn phrase_at(page: Page<'_>, at: &Range<usize>, marks: &[Mark<'_>]) -> Option<Candidate> {
        let mark = marks.iter().rfind(|m| m.at.end <= at.start && m.at.end + 300 > at.start)?;
        let line = page.line(at.start);
        let after = &page.body[at.end..line.end];
        let colon = after.find(": ").filter(|n| *n <= 30).map(|n| at.end + n + 2);
        let range = match colon {
            Some(start) => start..line.end,
            None => led_phrase(page.body, mark.at.end.max(line.start), at.start)?,
        };
        let range = trimmed(page.body, &range);
        let text = &page.body[range.clone()];
        let words = text.split_whitespace().count();
        let fits = (2..=8).contains(&words) && (8..=80).contains(&text.len()) && !text.contains(['\n', '\t']);
        fits.then(|| {
            let mut found = candidate(mark, range, String::new());
            (found.undone, found.rule, found.signs.shape_because) = (None, "prose", "several words, whose spaces belong to it");
            found.signs.shape = 1.2;
            found
        })
    }

    /// The sign or the figure that words name at their beginning, and how many of them.
    pub(crate) fn named(&self, words: &[&str]) -> Option<(usize, char)> {
        let tokens: Vec<(&str, bool)> = words.iter().map(|w| (*w, false)).collect();
        match self.phrase(&tokens)? {
            (length, Sense::Sign(c) | Sense::Digit(c)) => Some((length, c)),
            _ => None,
        }
    }

    /// "with dashes between": the sign that a sentence wants between pieces.
    pub(crate) fn sign_between(&self, sentence: &str) -> Option<char> {
        let items = self.items(sentence);
        let each = items.iter().position(|i| *i == Item::Known(Sense::Each))?;
        let near = &items[each.saturating_sub(3)..(each + 4).min(items.len())];
        near.iter().find_map(|i| if let Item::Known(Sense::Sign(sign)) = i { Some(*sign) } else { None })
    }

    /// What a description comes to.
    fn value(&self, text: &str) -> Option<String> {
        let items = self.items(text);
        recipe::value(&items, text)
    }

    fn items(&self, text: &str) -> Vec<Item> {
        let mut items = Vec::new();
        let tokens = tokens(text);
        let mut at = 0;
        while at < tokens.len() {
            let (token, quoted) = &tokens[at];
            if *quoted {
                items.push(Item::Piece { text: (*token).to_owned(), told: true });
                at += 1;
                continue;
            }
            if let Some((length, sense)) = self.phrase(&tokens[at..]) {
                items.push(Item::Known(sense));
                at += length;
                continue;
            }
            items.extend(self.single(token));
            at += 1;
        }
        items
    }

    /// The longest phrase of the pack at the beginning.
    fn phrase(&self, tokens: &[(&str, bool)]) -> Option<(usize, Sense)> {
        let first = tokens.first()?.0.to_lowercase();
        let known = self.words.get(bare(&first))?;
        let fits =
            |parts: &[&str]| parts.iter().enumerate().all(|(n, p)| tokens.get(n).is_some_and(|(t, q)| !q && bare(&t.to_lowercase()) == *p));
        known.iter().find(|(parts, _)| fits(parts)).map(|(parts, sense)| (parts.len(), *sense))
    }

    fn single(&self, token: &str) -> Vec<Item> {
        let word = token.trim_matches([',', ';', '.', ':', '(', ')', '…']);
        let lower = word.to_lowercase();
        // two-oh-four
        let digits: Option<Vec<Item>> = lower.contains('-').then(|| lower.split('-').map(|w| self.figure(w)).collect()).flatten();
        if let Some(digits) = digits {
            return digits;
        }
        let number = !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit() || b == b'#');
        let odd = word.chars().count() >= 3 && shape::of(word).score >= 1.0;
        let single = word.chars().count() == 1 && word.chars().all(char::is_alphanumeric);
        let capitals = word.len() >= 2 && word.chars().all(char::is_uppercase);
        if number || odd || single || capitals {
            return vec![Item::Piece { text: word.to_owned(), told: number || odd }];
        }
        if word.is_empty() { Vec::new() } else { vec![Item::Word(word.to_owned())] }
    }

    fn figure(&self, word: &str) -> Option<Item> {
        self.words.get(word)?.iter().find_map(|(parts, sense)| match sense {
            Sense::Digit(_) if parts.len() == 1 => Some(Item::Known(*sense)),
            _ => None,
        })
    }
}

fn parse(sense: &str, stands: &str) -> Option<Sense> {
    let c = stands.chars().next();
    Some(match sense {
        "sign" => Sense::Sign(c?),
        "digit" => Sense::Digit(c?),
        "letter" => Sense::Letter(c?),
        "then" => Sense::Then,
        "back" => Sense::Back,
        "capital" => Sense::Capital,
        "each" => Sense::Each,
        "instead" => Sense::Instead,
        "swap" => Sense::Swap,
        "spaced" => Sense::Spaced,
        "join" => Sense::Join,
        _ => return None,
    })
}

/// What a phrase of the pack calls for; short words are found by what stands around them.
fn call(sense: Sense, phrase: &str) -> Option<Call> {
    const COMMON: &[&str] =
        &["point", "punto", "ponto", "punt", "period", "bang", "star", "barra", "hash", "then", "dash", "percent", "zusammen"];
    match sense {
        Sense::Spaced => Some(Call::Phrase),
        Sense::Join => Some(Call::Join),
        Sense::Sign(_) | Sense::Back | Sense::Swap | Sense::Instead | Sense::Then => {
            (phrase.len() >= 4 && !COMMON.contains(&phrase)).then_some(Call::Description)
        }
        _ => None,
    }
}

fn bare(token: &str) -> &str {
    token.trim_matches([',', ';', '.', ':', '(', ')'])
}

/// Words and quoted stretches; the flag says which.
fn tokens(text: &str) -> Vec<(&str, bool)> {
    const QUOTES: [(char, char); 5] = [('"', '"'), ('“', '”'), ('«', '»'), ('„', '“'), ('‘', '’')];
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if first.is_whitespace() {
            rest = &rest[first.len_utf8()..];
            continue;
        }
        let quote = QUOTES.iter().find(|(open, _)| *open == first);
        let inner = quote.and_then(|(open, close)| Some((open.len_utf8(), rest[open.len_utf8()..].find(*close)?, close.len_utf8())));
        if let Some((open, length, close)) = inner.filter(|(_, length, _)| *length <= 60) {
            let quoted = rest[open..open + length].trim();
            if !quoted.is_empty() {
                out.push((quoted, true));
            }
            rest = &rest[open + length + close..];
            continue;
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '"' | '“' | '«' | '„')).filter(|n| *n > 0).unwrap_or(rest.len());
        out.push((&rest[..end], false));
        rest = &rest[end..];
    }
    out
}

/// The words before a place, from the one behind "is" or a quotation mark on.
fn led_phrase(body: &str, floor: usize, end: usize) -> Option<Range<usize>> {
    const LEADS: &[&str] = &[
        " is ",
        " simply ",
        " just ",
        ": ",
        " was ",
        " ist ",
        " lautet ",
        " einfach ",
        " est ",
        " c'est ",
        " simplement ",
        " es ",
        " simplemente ",
        " é ",
        " è ",
        " semplicemente ",
        " apenas ",
        " hai ",
        " to ",
        " jest ",
        " это ",
    ];
    let text = body.get(floor..end)?;
    let start = LEADS.iter().filter_map(|l| text.rfind(l).map(|n| n + l.len())).max()?;
    Some(floor + start..floor + text.trim_end_matches([' ', ',', '(', '-', '–']).len())
}

/// From the blank line before to the blank line after, at most so much.
fn paragraph(body: &str, at: &Range<usize>) -> Range<usize> {
    let floor = body.floor_char_boundary(at.start.saturating_sub(LONGEST));
    let ceiling = body.ceil_char_boundary((at.end + LONGEST).min(body.len()));
    let start = body[floor..at.start].rfind("\n\n").map_or(floor, |n| floor + n + 2);
    let end = body[at.end..ceiling].find("\n\n").map_or(ceiling, |n| at.end + n);
    start..end
}

/// The sentences of a stretch, a colon before the description set aside.
fn sentences(body: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = range.start;
    std::iter::from_fn(move || {
        if at >= range.end {
            return None;
        }
        let text = &body[at..range.end];
        let end = [". ", ".\n", "! ", "!\n", "?\n"].iter().filter_map(|e| text.find(e)).min().map_or(text.len(), |n| n + 1);
        let start = text[..end].find(": ").map_or(0, |n| n + 2);
        let window = at + start..at + end;
        at += end;
        Some(window)
    })
}

fn trimmed(body: &str, window: &Range<usize>) -> Range<usize> {
    let text = &body[window.clone()];
    let start = window.start + text.len() - text.trim_start().len();
    start..start + text.trim().trim_end_matches('.').len()
}

fn candidate(mark: &Mark<'_>, range: Range<usize>, value: String) -> Candidate {
    let looks = shape::of(&value);
    Candidate {
        range,
        signs: Signs {
            cue: mark.cue.word,
            language: mark.cue.language,
            weak: false,
            relation: Relation::Statement,
            shape: looks.score.clamp(0.0, 1.5),
            shape_because: looks.because,
            quoted: false,
            talk: false,
            runs_on: false,
        },
        rule: "spoken",
        account: None,
        system: None,
        kind: mark.kind().unwrap_or(Kind::Password),
        status: Status::Live,
        undone: Some(Undone { value, because: "put together as the text spells it out" }),
        pairing: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn descriptions_come_to_values() {
        let spoken = Spoken::built_in();
        for (text, want) in [
            ("\"Heron\" then \"-Wade\" then at sign \"B52\"", Some("Heron-Wade@B52")),
            ("\"alder birch cedar\" with a dash between each and then nine-nine, all lower case", Some("alder-birch-cedar-99")),
            ("großes S, eins statt i, lberreiher klein geschrieben, dann Unterstrich, null, sieben", Some("S1lberreiher_07")),
            (
                "le début est « Héron », au milieu il y a un tiret bas et (2016), et ça finit par deux points d'interrogation",
                Some("Héron_2016??"),
            ),
            ("salamandra com s maiúsculo, arroba no lugar de cada a, e 2024 no fim", Some("S@l@m@ndr@2024")),
            ("three, then two-oh-four-one backwards, then PH", Some("31402PH")),
            ("is like the old (4172) with the first and last digits swapped", Some("2174")),
            ("is the old one backwards, old one being 5836#, so you can work it out", Some("6385#")),
            ("is abcd + serial in caps, so abcd + FGT60F2001", Some("abcdFGT60F2001")),
            (
                "is \"Heron\" with the first \"e\" as an at sign, then a hash, then the year in which the boat that we had back then was sold",
                None,
            ),
            ("is 417258 (her birthday reversed)", None),
            ("is 417258 reversed", Some("852714")),
            ("is required and then you can log in with a dash of luck", None),
        ] {
            assert_eq!(spoken.value(text).as_deref(), want, "{text}");
        }
    }
}
