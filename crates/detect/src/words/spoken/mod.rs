//! Secrets that are spelled out: "capital W, then one, then …, underscore, zero, seven", "the old one (4172) with the first and
//! last digits swapped", "x with a at sign instead of every a".
//!
//! A sentence becomes a row of pieces and of what is done to them; whatever is left over must be few words. Nothing is
//! put forward where a part of the secret is only described ("the year we met").

mod assembled;
mod changed;
mod dates;
mod dictated;
mod initials;
mod numbers;
mod older;
mod pieces;
mod recipe;
mod steps;
mod together;
mod tokens;
mod vocabulary;

use super::disguise::said::{self, Disguise};
use super::marks::Mark;
use super::page::Page;
use super::weigh::{Relation, Signs};
use super::{Candidate, disguise::Undone, shape};
use aftermail_model::{Kind, Status};
use dictated::Told;
use std::ops::Range;
use vocabulary::{Phrase, Sense, Vocabulary};

/// How far before a telling word its secret may be announced, and how far behind it is read on.
const BEFORE: usize = 400;
const AFTER: usize = 600;
/// How much must speak for a dictation where a secret is announced, and where only access is.
const ANNOUNCED: f32 = 1.89;
const UNANNOUNCED: f32 = 1.89;
/// The same for figures alone, which little else is.
const FIGURES: f32 = 1.4;
const SEVERAL_FIGURES: f32 = 1.75;
const UNANNOUNCED_FIGURES: f32 = 1.8;
const ALONE: f32 = 2.4;

/// The words by which things are spelled out.
pub(crate) struct Spoken {
    vocabulary: Vocabulary,
    literals: Vec<(&'static str, Call)>,
}

/// What a literal calls for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    /// The reading of a description.
    Description,
    /// The same, where another such word stands near: figures and "then" are in all mail.
    Together,
    /// The reading of a phrase that keeps its spaces.
    Phrase,
    /// The mending of broken lines.
    Join,
    /// The reading of a date.
    Date,
}

impl Spoken {
    pub(crate) fn built_in() -> Spoken {
        let (vocabulary, phrases) = Vocabulary::built_in();
        let mut literals: Vec<(&str, Call)> = phrases.into_iter().filter_map(|p| Some((p.text, call(&p)?))).collect();
        literals.push((" + ", Call::Description));
        literals.extend(dates::months().map(|month| (month, Call::Date)));
        Spoken { vocabulary, literals }
    }

    /// The literals that call for a reading.
    pub(crate) fn literals(&self) -> impl Iterator<Item = (&'static str, Call)> {
        self.literals.iter().copied()
    }

    /// Reads the description around a literal. `read_to` is how far descriptions were read already.
    pub(crate) fn read(&self, page: Page<'_>, at: &Range<usize>, marks: &[Mark<'_>], read_to: &mut usize) -> Option<Candidate> {
        if at.start < *read_to || !stands(page.body, at) {
            return None;
        }
        if self.tells_initials(&page.body[at.clone()])
            && let Some((range, value)) = initials::read(page.body, at, &self.vocabulary)
        {
            *read_to = at.end.max(range.end);
            let mark = marks.iter().find(|m| m.kind().is_some()).or_else(|| marks.first())?;
            return Some(candidate(mark, range, value));
        }
        let near = || marks.iter().filter(|m| m.at.end <= at.start);
        let secret = near().rfind(|m| m.kind().is_some() && m.at.end + BEFORE > at.start);
        let mark = secret.or_else(|| near().next_back()).or_else(|| marks.first())?;
        let floor = page.body.ceil_char_boundary(at.start.saturating_sub(BEFORE));
        let announced = if mark.at.end <= at.start { mark.at.start } else { 0 };
        // Another secret is another dictation.
        let next =
            marks.iter().filter(|m| m.kind().is_some() && m.at.start > at.end + 20).map(|m| m.at.start).next().unwrap_or(page.body.len());
        let ceiling = page.body.floor_char_boundary((at.end + AFTER).min(next));
        let window = page.body.floor_char_boundary(announced.saturating_sub(20)).max(*read_to).max(floor)..ceiling.max(at.end);
        *read_to = page.body.floor_char_boundary((at.end + AFTER / 2).min(window.end)).max(at.end);
        let text = &page.body[window.clone()];
        if let Some(Told { range, value, score }) = dictated::read(text, &self.vocabulary)
            && score >= least(&value, secret)
            // Nothing is announced before: figures alone are told so.
            && (mark.at.end <= at.start || score >= ALONE && value.bytes().all(|b| b.is_ascii_digit()))
            && !self.is_of_another(&page.body[window.start..window.start + range.start], secret.is_none())
        {
            let range = window.start + range.start..window.start + range.end;
            *read_to = range.end;
            return Some(candidate(mark, range, value));
        }
        if let Some((range, value)) = older::read(page.body, mark.at.start.min(at.start)..paragraph_end(page.body, at), &self.vocabulary)
            // What is no year and as long as what one types into a door.
            && (secret.is_some_and(|m| m.kind() == Some(Kind::Pin)) || value.len() >= 4 && (secret.is_some() || !older::is_year(&value)))
        {
            return Some(candidate(mark, range, value));
        }
        let mark = secret?;
        sentences(page.body, mark.at.end..paragraph_end(page.body, at)).find_map(|window| {
            let value = recipe::value(&page.body[window.clone()])?;
            Some(candidate(mark, trimmed(page.body, &window), value))
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

    /// "mind the frost in april, all run together": a phrase that is typed without its blanks, where a secret is announced before it.
    pub(crate) fn together(&self, page: Page<'_>, at: &Range<usize>, marks: &[Mark<'_>]) -> Option<Candidate> {
        let mark = marks.iter().rfind(|m| m.kind().is_some() && m.at.end <= at.start && m.at.end + BEFORE > at.start)?;
        let (range, value) = together::read(page.body, at, &self.vocabulary)?;
        (range.start >= mark.at.end).then(|| candidate(mark, range, value))
    }

    /// A code that is the date around the name of a month, where one is announced near it.
    pub(crate) fn date(&self, page: Page<'_>, at: &Range<usize>, marks: &[Mark<'_>]) -> Option<Candidate> {
        let near = |m: &&Mark<'_>| m.at.start < at.end + AFTER && at.start < m.at.end + AFTER;
        let mark = marks.iter().filter(near).filter(|m| m.kind().is_some()).min_by_key(|m| m.at.start.abs_diff(at.start))?;
        let (range, value) = dates::read(page.body, at, &self.vocabulary).filter(|_| stands(page.body, at))?;
        Some(candidate(mark, range, value))
    }

    /// Whether a literal speaks of the first letters of words.
    fn tells_initials(&self, literal: &str) -> bool {
        let literal = literal.to_lowercase().replace('’', "'");
        let words: Vec<&str> = literal.split_whitespace().flat_map(vocabulary::elided).collect();
        matches!(self.vocabulary.phrase(&words), Some((_, Sense::Initials)))
    }

    /// Whether something else than a secret is spelled out, as the words before say: a name, a number plate. Where a secret is
    /// announced, only what its own sentence says counts.
    fn is_of_another(&self, before: &str, anywhere: bool) -> bool {
        let tokens = tokens::read(before, &self.vocabulary);
        let told = tokens.iter().rev().take_while(|t| anywhere || !matches!(t.is, tokens::Is::Stop | tokens::Is::Gap));
        told.into_iter().any(|t| t.sense() == Some(Sense::Other))
    }

    /// The sign or the figure that words name at their beginning, and how many of them.
    pub(crate) fn named(&self, words: &[&str]) -> Option<(usize, char)> {
        let words: Vec<String> = words.iter().take(6).map(|w| bare(&w.to_lowercase()).to_owned()).collect();
        match self.vocabulary.telling(&words.iter().map(String::as_str).collect::<Vec<_>>())? {
            (length, Sense::Sign(c) | Sense::Digit(c)) => Some((length, c)),
            _ => None,
        }
    }

    /// "with dashes between": the sign that a sentence wants between pieces.
    pub(crate) fn sign_between(&self, sentence: &str) -> Option<char> {
        let tokens = tokens::read(sentence, &self.vocabulary);
        let senses: Vec<Option<Sense>> = tokens.iter().filter(|t| !t.is_break()).map(tokens::Token::sense).collect();
        let between = senses.iter().position(|s| *s == Some(Sense::Between))?;
        let near = &senses[between.saturating_sub(3)..(between + 4).min(senses.len())];
        near.iter().find_map(|s| if let Some(Sense::Sign(sign)) = s { Some(*sign) } else { None })
    }
}

/// A secret whose disguise the words at a place name, where one is announced near it.
pub(crate) fn disguised(page: Page<'_>, at: &Range<usize>, marks: &[Mark<'_>], disguise: Disguise) -> Option<Candidate> {
    let (range, undone) = said::read(page, at, disguise)?;
    let near = |m: &&Mark<'_>| m.at.start < range.end + BEFORE && range.start < m.at.end + BEFORE;
    let number = undone.value.bytes().all(|b| b.is_ascii_digit());
    // In a disguise that comes about by chance only where a secret is announced.
    let chance = number || matches!(disguise, Disguise::Entities | Disguise::Blanks | Disguise::Dashes | Disguise::Backslash);
    let fits = |m: &&Mark<'_>| if number { m.kind() == Some(Kind::Pin) } else { !chance || m.kind().is_some() };
    let mark = marks.iter().filter(near).filter(fits).max_by_key(|m| (m.kind().is_some(), m.at.end <= range.start, m.at.end))?;
    Some(Candidate { undone: Some(undone), ..candidate(mark, range, String::new()) })
}

/// How much must speak for a dictation of a value.
fn least(value: &str, announced: Option<&Mark<'_>>) -> f32 {
    let figures = value.bytes().all(|b| b.is_ascii_digit());
    match announced.map(Mark::kind) {
        Some(Some(Kind::Pin)) if figures => FIGURES,
        Some(_) if figures && (4..=8).contains(&value.len()) => SEVERAL_FIGURES,
        None if figures => UNANNOUNCED_FIGURES,
        // Two numbers are a year or an amount.
        Some(_) => ANNOUNCED,
        None => UNANNOUNCED,
    }
}

/// What a phrase of the packs calls for; short words are found by what stands around them.
fn call(phrase: &Phrase) -> Option<Call> {
    const COMMON: &[&str] = &[
        "point", "punto", "ponto", "punt", "period", "bang", "star", "barra", "hash", "then", "dash", "percent", "zusammen", "nove",
        "quatre",
    ];
    let long = phrase.text.len() >= 4 && !COMMON.contains(&phrase.text);
    let description = match phrase.sense {
        Sense::Spaced if phrase.telling => return Some(Call::Phrase),
        Sense::Join if phrase.telling => return Some(Call::Join),
        Sense::Sign(_) | Sense::Capital if phrase.text.starts_with(vocabulary::is_unspaced) => phrase.text.len() >= 6,
        Sense::Digit(_) | Sense::Then if phrase.telling && long && !phrase.text.starts_with(vocabulary::is_unspaced) => {
            return Some(Call::Together);
        }
        Sense::Digit(_) if phrase.text.starts_with(vocabulary::is_unspaced) => matches!(phrase.text, "幺" | "拐" | "ゼロ"),
        Sense::Sign(_) | Sense::Back | Sense::Swap | Sense::Instead | Sense::Then | Sense::Digit(_) | Sense::Capital => {
            phrase.telling && long
        }
        Sense::Old => phrase.text.len() >= 7,
        Sense::Up(_) => phrase.text.len() >= 9,
        Sense::Initials | Sense::Capitals | Sense::AllSmall | Sense::AllCaps | Sense::Plain => phrase.text.len() >= 8,
        _ => false,
    };
    description.then_some(Call::Description)
}

/// Whether no letter stands right beside a literal of a script with blanks.
fn stands(body: &str, at: &Range<usize>) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() && !vocabulary::is_unspaced(c));
    // Endings may follow.
    !(letter(body[at.clone()].chars().next()) && letter(body[..at.start].chars().next_back()))
}

fn bare(token: &str) -> &str {
    token.trim_matches([',', ';', '.', ':', '(', ')'])
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

/// The blank line behind a place, at most so far.
fn paragraph_end(body: &str, at: &Range<usize>) -> usize {
    let ceiling = body.ceil_char_boundary((at.end + AFTER).min(body.len()));
    body[at.end..ceiling].find("\n\n").map_or(ceiling, |n| at.end + n)
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
        undone: Some(Undone { value, because: "put together as the text spells it out: check it letter by letter" }),
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
            ("is abcd + serial in caps, so abcd + FGT60F2001", Some("abcdFGT60F2001")),
            (
                "is \"Heron\" with the first \"e\" as an at sign, then a hash, then the year in which the boat that we had back then was sold",
                None,
            ),
            ("is 417258 (her birthday reversed)", None),
            ("is required and then you can log in with a dash of luck", None),
        ] {
            let dictated = |text: &str| dictated::read(text, &spoken.vocabulary).filter(|t| t.score >= ANNOUNCED).map(|t| t.value);
            let value = dictated(text).or_else(|| recipe::value(text));
            assert_eq!(value.as_deref(), want, "{text}");
        }
    }
}
