//! What each token of a dictation adds to the secret or does to it, and how much it speaks for there being one.

mod asides;
mod bases;
mod figures;
mod letters;
mod recased;
mod replaced;
mod settled;
mod words;

use super::super::{lexicon, shape};
use super::numbers;
use super::tokens::{Is, Token};
use super::vocabulary::{Sense, Vocabulary, is_unspaced};
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use words::{AND_SIGN, COMMON, DEFINITE, NATO, SMALL_WORDS};

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Atom {
    Letter(char),
    Figures(String),
    Sign(char),
    /// A piece with blanks between its characters, without them.
    Spelled(String),
    /// A word or a piece as it stands.
    Text(String),
    /// How often what follows stands there.
    Times(usize),
    /// How often what stands before does.
    Again(usize),
    /// The case of the letter beside it.
    Case(Case),
    /// The case of all that is spelled from here on, or of the whole; of `rest` only where it is not told.
    All(Case, bool),
    /// The first letter of the word is a capital, or of each.
    Capitals {
        each: bool,
    },
    /// A letter is left out.
    Remove(char),
    /// The case of a letter of a word.
    Recase(char, Case),
    /// `which` of several, counted from 1, 0 for the last; all of them where it is not told.
    Replace {
        old: String,
        new: String,
        which: Option<usize>,
    },
    Plain,
    Back,
    Between(char),
    /// Groups of so many characters.
    Grouped(usize),
    Begin,
    Front,
    Middle,
    End,
    Old,
    /// A number is so much higher.
    Up(u32),
    /// The next piece is the one of this number, 0 for the last.
    Nth(usize),
    So,
    Described,
    Rule,
    /// A comma, a full stop, "then".
    Pause,
    Then,
    Filler,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Small,
    Capital,
}

/// What a token comes to.
#[derive(Debug, Clone)]
pub(super) struct Step {
    /// In bytes of the text.
    pub range: Range<usize>,
    pub atom: Atom,
    /// How much it speaks for a dictation; below 0 against it.
    pub weight: f32,
}

/// What words that have no part in a dictation cost.
const UNKNOWN: f32 = -0.22;

const SHORT: f32 = -0.08;

/// And words that make rules.
const RULE: f32 = -0.7;

const STOP: f32 = -0.55;

const SOFT_STOP: f32 = -0.1;

const GAP: f32 = -0.7;

pub(super) struct Steps<'a, 't> {
    tokens: &'a [Token<'t>],
    vocabulary: &'a Vocabulary,
    /// Tokens that belong to another one.
    taken: HashSet<usize>,
    /// Whether each token is a word that may be a piece.
    plain: Vec<bool>,
    /// Words that are pieces.
    bases: HashSet<usize>,
    /// What is done at a token.
    done: HashMap<usize, Atom>,
}

pub(super) fn read(tokens: &[Token<'_>], vocabulary: &Vocabulary) -> Vec<Step> {
    let plain = tokens.iter().map(|t| may_be_piece(t, vocabulary)).collect();
    let mut steps = Steps { tokens, vocabulary, plain, taken: HashSet::new(), bases: HashSet::new(), done: HashMap::new() };
    steps.asides();
    steps.between();
    steps.examples();
    steps.named();
    steps.replaced();
    steps.recased();
    steps.beside();
    steps.absent();
    steps.removed();
    steps.ordered();
    let mut out = Vec::with_capacity(tokens.len());
    let mut at = 0;
    while at < tokens.len() {
        let (length, atom, weight) = steps.at(at);
        let range = tokens[at].range.start..tokens[at + length - 1].range.end;
        out.push(Step { range, atom, weight });
        at += length;
    }
    settled::settle(&mut out, |s| tokens.iter().any(|t| t.range == s.range && t.text == ":"));
    out
}

impl Steps<'_, '_> {
    fn sense(&self, at: usize) -> Option<Sense> {
        self.tokens.get(at).filter(|_| !self.taken.contains(&at)).and_then(Token::sense)
    }

    fn is_break(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(Token::is_break)
    }

    /// Whether a token is a secret as it stands.
    fn is_whole(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        token.is == Is::Word && token.text.chars().count() >= 6 && !is_address(token.text) && shape::of(token.text).score >= 1.3
    }

    /// Whether a sentence ends at the token.
    fn is_end(&self, at: usize) -> bool {
        self.tokens.get(at).is_none_or(|t| matches!(t.is, Is::Stop | Is::Gap))
    }

    /// A word that may be a piece: not known, long enough.
    fn is_plain(&self, at: usize) -> bool {
        self.plain.get(at).copied().unwrap_or(false) && !self.taken.contains(&at)
    }

    fn case(&self, at: usize) -> Option<Case> {
        match self.sense(at)? {
            Sense::Capital => Some(Case::Capital),
            Sense::Small => Some(Case::Small),
            _ => None,
        }
    }

    /// A sign, in a word or itself.
    fn sign(&self, at: usize) -> Option<char> {
        let token = self.tokens.get(at).filter(|_| !self.taken.contains(&at))?;
        if let Some(Sense::Sign(sign)) = token.sense() {
            return Some(sign);
        }
        if token.is == Is::Quoted && AND_SIGN.contains(&token.lower.as_str()) && self.sense(at + 1) == Some(Sense::Neutral) {
            return Some('&');
        }
        let mut chars = token.text.chars();
        let sign = chars.next().filter(|c| c.is_ascii_punctuation() && !matches!(c, '"' | '\'' | '`') && token.is != Is::Comma)?;
        (chars.next().is_none() && matches!(token.is, Is::Word | Is::Quoted)).then_some(sign)
    }

    /// What begins at a token: how many tokens it is, what it does, what it weighs.
    fn at(&self, at: usize) -> (usize, Atom, f32) {
        let token = &self.tokens[at];
        if let Some(atom) = self.done.get(&at) {
            let weight = if matches!(atom, Atom::Letter(_)) { 0.6 } else { 0.9 };
            return (1, atom.clone(), weight);
        }
        if self.taken.contains(&at) {
            return (1, Atom::Filler, 0.0);
        }
        if self.bases.contains(&at) {
            return (1, Atom::Text(token.text.to_owned()), 0.5);
        }
        match token.is {
            Is::Comma => (1, Atom::Pause, 0.0),
            Is::Open | Is::Close => (1, Atom::Filler, 0.0),
            Is::Stop => (1, Atom::Pause, STOP),
            Is::Gap => (1, Atom::Pause, GAP),
            Is::Quoted
                if at + 1 < self.tokens.len() && AND_SIGN.contains(&token.lower.as_str()) && self.sense(at + 1) == Some(Sense::Neutral) =>
            {
                (1, Atom::Sign('&'), 0.9)
            }
            Is::Quoted if self.tokens.get(at + 1).is_some_and(|t| t.text == ":") => (1, Atom::Filler, SHORT),
            Is::Quoted => self.quoted(token),
            Is::Spaced => {
                let text: String = token.text.chars().filter(|c| !c.is_whitespace()).collect();
                let odd = text.contains(|c: char| c.is_ascii_digit());
                (1, Atom::Spelled(text), if odd { 1.7 } else { 0.3 })
            }
            Is::Known(sense) => self.known(at, sense),
            Is::Word => self.word(at),
        }
    }

    fn quoted(&self, token: &Token<'_>) -> (usize, Atom, f32) {
        let words = token.text.split_whitespace().count();
        match token.text.chars().count() {
            1 if token.letter().is_some() => (1, Atom::Letter(token.letter().unwrap_or_default()), 0.6),
            1 => (1, Atom::Sign(token.text.chars().next().unwrap_or_default()), 0.2),
            _ if words > 4 => (1, Atom::Filler, UNKNOWN),
            _ => (1, Atom::Text(token.text.trim().to_owned()), 0.4),
        }
    }

    fn known(&self, at: usize, sense: Sense) -> (usize, Atom, f32) {
        let token = &self.tokens[at];
        let filler = (1, Atom::Filler, SHORT);
        if self.letter(at).is_some() && self.is_spelled(at) {
            return (1, Atom::Letter(self.letter(at).unwrap_or_default()), 0.5);
        }
        match sense {
            Sense::Sign(sign) => {
                let of = self.tokens.get(at + 1).is_some_and(|t| matches!(t.lower.as_str(), "of" | "de" | "von" | "di"));
                let of = of || (at + 1..at + 3).any(|n| self.sense(n) == Some(Sense::Button));
                if of {
                    return filler;
                }
                // "The dash is the normal one": told before.
                let definite = at >= 2 && self.is_end(at - 2) && DEFINITE.contains(&self.tokens[at - 1].lower.as_str());
                let with =
                    (at.saturating_sub(3)..at).any(|n| self.is_end(n)) && at >= 1 && DEFINITE.contains(&self.tokens[at - 1].lower.as_str());
                let definite = definite
                    || with
                    || at >= 1
                        && self.is_end(at - 1)
                        && self.tokens.get(at + 1).is_some_and(|t| matches!(t.is, Is::Word | Is::Known(Sense::Neutral)));
                // "hash, the noughts-and-crosses sign", "gato, el del hashtag": the same sign again.
                let again = (at.saturating_sub(6)..at)
                    .rev()
                    .find(|n| self.tokens[*n].is == Is::Comma || self.sense(*n) == Some(Sense::Then) || self.is_end(*n));
                let again = again
                    .filter(|n| self.tokens[*n].is == Is::Comma)
                    .and_then(|n| n.checked_sub(1))
                    .is_some_and(|n| self.sense(n) == Some(Sense::Sign(sign)));
                if definite && (0..at).any(|n| self.sign(n) == Some(sign)) || again {
                    return filler;
                }
                if token.lower.contains("than") || token.lower.contains("als") {
                    return (1, Atom::Sign(sign), 0.3);
                }
                let plain = token.text.chars().count() < 5 || COMMON.contains(&token.lower.as_str());
                (1, Atom::Sign(sign), if plain { 0.5 } else { 0.9 })
            }
            Sense::Digit(_) | Sense::Number(_) => self.figures(at),
            Sense::Digits(digit) => {
                let count =
                    at.checked_sub(1).and_then(|n| self.count(n).or_else(|| matches!(self.sense(n), Some(Sense::Times(_))).then_some(1)));
                count.map_or(filler, |_| (1, Atom::Figures(digit.to_string()), 0.7))
            }
            Sense::Letter(letter) if self.is_alphabet(at) => {
                let radio = NATO.contains(&token.lower.as_str());
                (1, Atom::Letter(letter.to_ascii_uppercase()), if radio { 0.5 } else { 0.3 })
            }
            Sense::Called(_) => (1, Atom::Filler, SHORT),
            Sense::Times(times) => {
                // "zero duas vezes e nove": what stands before it.
                let closed = at > 0 && self.is_number(at - 1) && (self.is_break(at + 1) || self.sense(at + 1) == Some(Sense::And));
                let told = !closed
                    && (at + 1..at + 4)
                        .take_while(|n| !self.is_break(*n))
                        .any(|n| self.sign(n).is_some() || self.is_number(n) || self.letter(n).is_some());
                let behind =
                    !told && at.checked_sub(1).is_some_and(|n| self.is_number(n) || self.sign(n).is_some() || self.letter(n).is_some());
                match (told, behind) {
                    (true, _) => (1, Atom::Times(times), 0.3),
                    (_, true) => (1, Atom::Again(times), 0.3),
                    _ => filler,
                }
            }
            Sense::Capital | Sense::Small => {
                let case = self.case(at).unwrap_or(Case::Small);
                let reach = match case {
                    _ if self.tokens[at].text.starts_with(is_unspaced) => 7,
                    Case::Small => 5,
                    Case::Capital => 3,
                };
                let near = (at.saturating_sub(4)..at)
                    .rev()
                    .take_while(|n| self.taken.contains(n) || self.done.contains_key(n) || *n + 3 >= at && !self.is_end(*n))
                    .chain(at + 1..at + reach);
                let told = near
                    .clone()
                    .any(|n| self.letter(n).is_some() || self.done.contains_key(&n) || matches!(self.sense(n), Some(Sense::Letter(_))));
                if told { (1, Atom::Case(case), 0.4) } else { filler }
            }
            Sense::AllSmall => {
                let rest = ["rest", "else", "andere", "остал", "geri", "kalan", "baaki"].iter().any(|w| token.lower.contains(w));
                (1, Atom::All(Case::Small, rest), 0.4)
            }
            Sense::AllCaps => (1, Atom::All(Case::Capital, false), 0.4),
            Sense::Capitals if self.letter(at + 1).is_some() && self.sense(at + 1) != Some(Sense::And) => {
                (1, Atom::Case(Case::Capital), 0.4)
            }
            Sense::Capitals => {
                let each = (at.saturating_sub(3)..at + 3).any(|n| self.sense(n) == Some(Sense::Each));
                (1, Atom::Capitals { each }, 0.5)
            }
            Sense::Plain => (1, Atom::Plain, 0.5),
            Sense::Back if (at.saturating_sub(3)..at).any(|n| self.sense(n) == Some(Sense::Not)) => filler,
            Sense::Back => (1, Atom::Back, 1.2),
            Sense::Begin => (1, Atom::Begin, 0.4),
            Sense::Front => (1, Atom::Front, 0.2),
            Sense::Middle => (1, Atom::Middle, 0.4),
            Sense::End => (1, Atom::End, 0.4),
            Sense::Old => (1, Atom::Old, 0.2),
            Sense::Up(by) => (1, Atom::Up(by), 0.6),
            Sense::So => (1, Atom::So, -0.1),
            Sense::Groups => {
                match self.tokens.get(at + 1).and_then(|t| numbers::number(self.vocabulary, &t.lower).or_else(|| t.text.parse().ok())) {
                    Some(size @ 2..=8) => (2, Atom::Grouped(size as usize), 0.2),
                    _ => filler,
                }
            }
            Sense::Ordinal(which) if self.is_nth(at) => (1, Atom::Nth(which), 0.4),
            Sense::Ordinal(_) | Sense::After => (1, Atom::Filler, 0.0),
            Sense::Rule => (1, Atom::Rule, RULE),
            Sense::Described => (1, Atom::Described, SHORT),
            Sense::Then => (1, Atom::Then, 0.1),
            Sense::And => (1, Atom::Pause, 0.0),
            Sense::Join | Sense::Spaced | Sense::Each | Sense::Neutral => (1, Atom::Filler, 0.0),
            Sense::Between => (1, Atom::Filler, 0.0),
            _ => filler,
        }
    }

    fn word(&self, at: usize) -> (usize, Atom, f32) {
        let token = &self.tokens[at];
        let text = token.text;
        if let Some(letter) = self.letter(at) {
            return if self.is_spelled(at) { (1, Atom::Letter(letter), 0.5) } else { (1, Atom::Filler, SHORT) };
        }
        // What stands there as it is speaks for nothing; beside what is spelled it is a piece.
        if let Some(sign) = self.sign(at) {
            let beside = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().any(|n| self.sense(n).is_some());
            return if beside && "!?#@$%&*+-_=~^/.".contains(sign) { (1, Atom::Sign(sign), 0.0) } else { (1, Atom::Filler, SHORT) };
        }
        if text.bytes().all(|b| b.is_ascii_digit()) {
            // "above the 7 on most keyboards" tells no figure.
            let label = self.tokens.get(at + 1).is_some_and(|t| t.text == ":");
            if label {
                return (1, Atom::Filler, SHORT);
            }
            let free = self.is_break(at + 1) || self.sense(at + 1).is_some();
            let led = at.checked_sub(1).is_none_or(|n| self.is_break(n) || self.sense(n).is_some() || self.is_led(at));
            if !free && !led {
                return (1, Atom::Filler, SHORT);
            }
            return (1, if text.len() <= 8 { Atom::Figures(text.to_owned()) } else { Atom::Text(text.to_owned()) }, 0.05);
        }
        if let Some(spelled) = figures::hyphened(text, self.vocabulary) {
            return (1, Atom::Text(spelled), 1.0);
        }
        if numbers::number(self.vocabulary, &token.lower).is_some() {
            return self.figures(at);
        }
        let signs = |c: char| c.is_alphanumeric() || "-_.#@!$%&*+?".contains(c);
        // "the &-sign"
        if text.chars().nth(1) == Some('-') && !text.starts_with(char::is_alphanumeric) {
            return (1, Atom::Filler, SHORT);
        }
        // "Gaston, Raoul, Émile": a name among those of a spelling alphabet.
        if text.starts_with(char::is_uppercase) && self.is_plain(at) && self.is_break(at + 1) {
            let letters =
                |range: std::ops::Range<usize>| range.into_iter().filter(|n| matches!(self.sense(*n), Some(Sense::Letter(_)))).count();
            if letters(at.saturating_sub(4)..at) + letters(at + 1..self.tokens.len().min(at + 5)) >= 2 {
                return (
                    1,
                    Atom::Letter(lexicon::fold(text.chars().next().unwrap_or_default()).next().unwrap_or_default().to_ascii_uppercase()),
                    0.3,
                );
            }
        }
        let odd = text.chars().count() >= 3 && text.chars().all(signs) && !is_address(text) && shape::of(text).score >= 1.0;
        if odd || text.starts_with(['-', '_', '#', '@']) && text.chars().count() >= 2 {
            return (1, Atom::Text(text.to_owned()), 0.2);
        }
        (1, Atom::Filler, if text.chars().count() <= 3 { SHORT } else { UNKNOWN })
    }
}

/// Letters that are words of their own somewhere.
fn is_article(letter: char) -> bool {
    letter.is_lowercase() && !"bcdfghjlmnpqrtx".contains(letter) || matches!(letter, 'A' | 'I' | 'E' | 'O' | 'Y')
}

/// Whether a token is no known word nor one of grammar, long enough, and no number.
fn may_be_piece(token: &Token<'_>, vocabulary: &Vocabulary) -> bool {
    token.is == Is::Word
        && token.text.chars().count() >= 3
        && token.text.chars().all(|c| c.is_alphanumeric() || c == '-')
        && !SMALL_WORDS.contains(&token.lower.as_str())
        && figures::hyphened(token.text, vocabulary).is_none()
        && numbers::number(vocabulary, &token.lower).is_none()
}

/// The most that the steps of some tokens can weigh: whether reading them is worth it.
pub(super) fn at_most(tokens: &[Token<'_>]) -> f32 {
    let weight = |token: &Token<'_>| match token.sense() {
        Some(
            Sense::Sign(_) | Sense::Digit(_) | Sense::Number(_) | Sense::Instead | Sense::Replaced | Sense::Between | Sense::Letter(_),
        ) => 0.9,
        Some(Sense::Back | Sense::Old | Sense::Up(_) | Sense::Initials) => 1.2,
        Some(Sense::And | Sense::Then | Sense::Neutral | Sense::Not | Sense::Or) | None if token.letter().is_none() => {
            if token.is == Is::Spaced { 1.7 } else { 0.02 + if token.text.contains('-') { 1.0 } else { 0.0 } }
        }
        _ => 0.6,
    };
    tokens.iter().map(weight).sum()
}

/// A letter in lower case without its accent.
fn fold(letter: char) -> char {
    lexicon::fold(letter).next().unwrap_or(letter)
}

fn first(word: &str) -> char {
    word.chars().find(|c| c.is_alphanumeric()).map_or(' ', fold)
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}
