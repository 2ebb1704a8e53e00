//! What each token of a dictation adds to the secret or does to it, and how much it speaks for there being one.

use super::super::{lexicon, shape};
use super::numbers;
use super::tokens::{Is, Token};
use super::vocabulary::{Sense, Vocabulary, is_unspaced};
use std::collections::{HashMap, HashSet};
use std::ops::Range;

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
/// How far from a letter the word is looked for that it belongs to, in tokens.
const NEAR: usize = 9;
/// Most tokens of an aside.
const ASIDE: usize = 28;
const DEFINITE: &[&str] = &[
    "the", "an", "der", "die", "das", "dem", "den", "le", "la", "les", "des", "el", "las", "los", "il", "lo", "gli", "o", "a", "os", "as",
    "da", "do", "de", "het",
];
const AND_SIGN: &[&str] = &["and", "und", "et", "y", "e", "en", "och", "og", "i", "и"];
/// Words for figures that are more often articles or other small words.
const FAINT: &[&str] = &[
    "a", "one", "un", "une", "uno", "una", "um", "uma", "ein", "eine", "een", "en", "et", "ett", "to", "do", "das", "on", "di", "ti",
    "sei", "no", "nau", "sat", "hat", "bir", "egy", "het", "jeden", "jedna", "ena", "tin", "ek", "tre", "sex", "null", "nul", "oh", "nil",
    "nove", "char", "ten", "cent", "mil", "mille", "bin", "sto", "sau", "elf",
];

pub(super) struct Steps<'a, 't> {
    tokens: &'a [Token<'t>],
    vocabulary: &'a Vocabulary,
    /// Tokens that belong to another one.
    taken: HashSet<usize>,
    /// Words that are pieces.
    bases: HashSet<usize>,
    /// What is done at a token.
    done: HashMap<usize, Atom>,
}

pub(super) fn read(tokens: &[Token<'_>], vocabulary: &Vocabulary) -> Vec<Step> {
    let mut steps = Steps { tokens, vocabulary, taken: HashSet::new(), bases: HashSet::new(), done: HashMap::new() };
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
    soften(&mut out);
    out
}

/// Ends of sentences between things that are told are pauses of the dictation: "Seven. Q as in Quebec. X as in X-ray."
fn soften(steps: &mut [Step]) {
    let told = |s: &Step| {
        matches!(s.atom, Atom::Letter(_) | Atom::Figures(_) | Atom::Sign(_) | Atom::Case(_) | Atom::All(..) | Atom::Recase(..))
            && s.weight > 0.0
    };
    for at in 0..steps.len() {
        if steps[at].atom != Atom::Pause || steps[at].weight != STOP {
            continue;
        }
        let before = steps[..at].iter().rev().take(6).find(|s| s.weight != 0.0).is_some_and(told);
        let next = steps[at + 1..].iter().take(3).find(|s| s.weight > 0.2);
        let then = steps[at + 1..].iter().take(2).any(|s| s.atom == Atom::Then);
        let after = next.is_some_and(|s| told(s) || then && matches!(s.atom, Atom::Text(_)));
        if before && after {
            steps[at].weight = SOFT_STOP;
        }
    }
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
        let token = &self.tokens[at];
        token.is == Is::Word
            && !SMALL_WORDS.contains(&token.lower.as_str())
            && !self.taken.contains(&at)
            && token.text.chars().count() >= 3
            && token.text.chars().all(|c| c.is_alphanumeric() || c == '-')
            && self.hyphened(token.text).is_none()
            && numbers::number(self.vocabulary, &token.lower).is_none()
    }

    fn letter(&self, at: usize) -> Option<char> {
        let token = self.tokens.get(at).filter(|_| !self.taken.contains(&at))?;
        if let Some(Sense::Called(letter)) = token.sense() {
            return Some(letter);
        }
        token.letter()
    }

    /// Whether a letter is hardly anything else.
    fn is_letter(&self, at: usize) -> bool {
        matches!(self.done.get(&at), Some(Atom::Letter(_))) || self.letter(at).is_some_and(|l| !is_article(l)) && self.sense(at).is_none()
    }

    fn case(&self, at: usize) -> Option<Case> {
        match self.sense(at)? {
            Sense::Capital => Some(Case::Capital),
            Sense::Small => Some(Case::Small),
            _ => None,
        }
    }

    fn is_number(&self, at: usize) -> bool {
        let known = matches!(self.sense(at), Some(Sense::Digit(_) | Sense::Digits(_) | Sense::Number(_)));
        known || self.tokens.get(at).is_some_and(|t| t.is == Is::Word && t.text.bytes().all(|b| b.is_ascii_digit()))
    }

    /// What stands in brackets and explains: "(the one above the 3)".
    fn asides(&mut self) {
        for open in 0..self.tokens.len() {
            if is_dash(&self.tokens[open]) {
                self.between_dashes(open);
            }
            if self.tokens[open].is != Is::Open {
                continue;
            }
            let Some(length) = self.tokens[open..].iter().take(ASIDE).position(|t| t.is == Is::Close) else { continue };
            let inner = open + 1..open + length;
            let told =
                inner.clone().filter(|n| matches!(self.sense(*n), Some(Sense::Sign(_) | Sense::Digit(_) | Sense::Letter(_)))).count();
            let cased = inner.clone().any(|n| {
                matches!(
                    self.sense(n),
                    Some(Sense::Capital | Sense::Small | Sense::AllSmall | Sense::AllCaps | Sense::Capitals | Sense::Plain)
                )
            });
            let stops = inner.clone().any(|n| self.is_end(n) || DEFINITE[..2].contains(&self.tokens[n].lower.as_str()));
            // "大文字のエス(S)"
            if let [one] = inner.clone().collect::<Vec<_>>()[..]
                && let Some(letter) = self.letter(one)
                && (open.saturating_sub(6)..open).any(|n| self.case(n).is_some())
            {
                self.done.insert(one, Atom::Letter(letter));
            }
            let alone = |n: usize| {
                self.letter(n).is_some()
                    || self.sign(n).is_some()
                    || self.is_number(n)
                    || self.tokens[n].is == Is::Quoted
                    || self.is_whole(n)
            };
            let speaks = inner.len() == 1 && alone(open + 1) || !stops && (told >= 4 || cased);
            if !speaks {
                self.taken.extend(inner);
            }
        }
    }

    /// "- the wind, you know -"
    fn between_dashes(&mut self, open: usize) {
        let Some(length) = self.tokens[open + 1..].iter().take(10).position(|t| is_dash(t) || matches!(t.is, Is::Stop | Is::Gap)) else {
            return;
        };
        let inner = open + 1..open + 1 + length;
        let told = |n: usize| {
            let known = self.sense(n).is_some_and(|s| {
                !matches!(s, Sense::And | Sense::Or | Sense::Neutral | Sense::Each | Sense::Base | Sense::So | Sense::Described)
            });
            known || self.letter(n).is_some() || self.is_number(n) || self.hyphened(self.tokens[n].text).is_some()
        };
        if self.tokens.get(inner.end).is_some_and(is_dash) && !inner.clone().any(told) {
            self.taken.extend(inner);
        }
    }

    /// "with a dash between each", "joined by dots", "a single space between them".
    fn between(&mut self) {
        for at in 0..self.tokens.len() {
            if self.sense(at) != Some(Sense::Between) || (at.saturating_sub(6)..at).any(|n| self.sense(n) == Some(Sense::Not)) {
                continue;
            }
            let before = (0..at).rev().take(3).take_while(|n| !self.is_break(*n));
            let after = (at + 1..self.tokens.len()).take(5).take_while(|n| !self.is_end(*n));
            let blank = |n: usize| (self.sense(n) == Some(Sense::Space)).then_some(' ');
            let sign = before.chain(after).find_map(|n| Some((n, self.sign(n).or_else(|| blank(n))?)));
            if let Some((place, sign)) = sign {
                self.taken.insert(place);
                self.done.insert(at, Atom::Between(sign));
            }
        }
    }

    /// "T as in Tango", "a de Antonio", "Kayseri'nin K'si": the word is only there for its letter.
    fn examples(&mut self) {
        for at in 0..self.tokens.len() {
            let Some(letter) = self.letter(at).filter(|_| !matches!(self.sense(at), Some(Sense::Called(_)))) else { continue };
            let same = |n: usize| {
                let token = &self.tokens[n];
                let word = matches!(token.is, Is::Word | Is::Quoted | Is::Known(Sense::Letter(_)));
                word && token.letter().is_none() && token.text.chars().count() >= 3 && first(token.text) == fold(letter)
            };
            if self.tokens[at].text.chars().count() > 1 && at > 0 && !self.is_break(at - 1) && same(at - 1) {
                self.taken.insert(at - 1);
                self.done.insert(at, Atom::Letter(letter));
                continue;
            }
            // "K, a capital one, as in Kandy"
            let mut commas = 0;
            let most = if is_article(letter) { 0 } else { 2 };
            let behind = (at + 1..self.tokens.len().min(at + 9)).take_while(|n| {
                commas += usize::from(self.tokens[*n].is == Is::Comma);
                !self.is_end(*n) && commas <= most
            });
            let cased = |n: usize| self.case(n).is_some() || self.sense(n) == Some(Sense::Capitals);
            // Between them stands a short word and at most the case.
            let links = |n: usize| {
                let own = |m: &usize| !cased(*m) && !matches!(self.tokens[*m].is, Is::Open);
                let comma = (at + 1..n).rev().find(|m| self.tokens[*m].is == Is::Comma);
                let over = comma.is_none_or(|c| (at + 1..c).any(cased) || (at + 1..c).all(|m| self.tokens[m].is == Is::Comma));
                let between: Vec<usize> = (comma.map_or(at + 1, |c| c + 1)..n).filter(own).collect();
                if !over || comma.is_some() && !between.iter().any(|m| AS.split(' ').any(|word| word == self.tokens[*m].lower)) {
                    return false;
                }
                let says = |m: &usize| AS.split(' ').any(|word| word == self.tokens[*m].lower);
                (1..=2).contains(&between.len())
                    && (between.iter().any(says)
                        || !is_article(letter) && between.iter().all(|m| self.tokens[*m].text.chars().count() <= 4))
                    || between.is_empty() && self.tokens[n - 1].is == Is::Open
            };
            let example = behind.filter(|n| same(*n) && !cased(*n)).find(|n| links(*n));
            if let Some(example) = example {
                let inner: Vec<usize> = (at + 1..=example).filter(|n| !cased(*n)).collect();
                self.taken.extend(inner);
                self.done.insert(at, Atom::Letter(letter));
            }
        }
    }

    /// "the word marshmallow", "the three words are Bach, Forelle and Mühle".
    fn named(&mut self) {
        for at in 0..self.tokens.len() {
            match self.sense(at) {
                Some(Sense::Base) => {
                    let leads = self.tokens.get(at + 1).is_some_and(|t| LEADS.split(' ').any(|l| l == t.lower));
                    let next = at + 1 + usize::from(leads);
                    if next < self.tokens.len() && self.is_plain(next) && !self.tokens[next].text.contains('-') {
                        self.bases.insert(next);
                    }
                }
                Some(Sense::Begin | Sense::End)
                    if at + 1 < self.tokens.len()
                        && (self.is_plain(at + 1)
                            || self.tokens[at + 1].is == Is::Word
                                && self.tokens[at + 1].text.len() == 2
                                && !SMALL_WORDS.contains(&self.tokens[at + 1].lower.as_str())) =>
                {
                    self.bases.insert(at + 1);
                }
                Some(Sense::Bases) => {
                    let counted = (at.saturating_sub(2)..at).find(|n| self.is_number(*n));
                    self.bases.extend(counted.map(|n| self.list(n, at)).unwrap_or_default());
                    let said = at.checked_sub(1).is_some_and(|n| self.tokens[n].lower == "in");
                    if !said && self.tokens.get(at + 1).is_some_and(|t| t.text == ":") {
                        let end = (at + 2..self.tokens.len()).take(12).find(|n| self.is_end(*n)).unwrap_or(at + 2);
                        let words: Vec<usize> = (at + 2..end).filter(|n| !self.is_break(*n)).collect();
                        self.bases.extend(words);
                    }
                }
                _ => {}
            }
        }
    }

    /// The words of a list behind "the three words are", as many as it says.
    fn list(&self, number: usize, at: usize) -> Vec<usize> {
        let count =
            numbers::number(self.vocabulary, &self.tokens[number].lower).or_else(|| self.tokens[number].text.parse().ok()).unwrap_or(0);
        let mut words = Vec::new();
        // The first one may stand behind other words, the next ones follow each other.
        for n in (at + 1..self.tokens.len()).take(8 + 3 * count as usize).take_while(|n| !self.is_end(*n)) {
            let parts = |m: usize| self.tokens[m].is == Is::Comma || matches!(self.sense(m), Some(Sense::And | Sense::Then));
            let first = words.is_empty() && self.tokens.get(n + 1).is_some_and(|_| parts(n + 1)) && !parts(n);
            if self.is_plain(n) && (first || parts(n - 1)) && words.len() < count as usize {
                words.push(n);
            }
        }
        if words.len() == count as usize { words } else { Vec::new() }
    }

    /// "a zero for the o", "statt i eine eins", "båda e:na utbytta mot 3:or".
    fn replaced(&mut self) {
        for at in 0..self.tokens.len() {
            let Some(sense @ (Sense::Instead | Sense::Replaced)) = self.sense(at) else { continue };
            // "may not be just a zero for an o"
            if (at.saturating_sub(6)..at).any(|n| matches!(self.sense(n), Some(Sense::Not | Sense::Rule))) {
                continue;
            }
            // "hyphens instead of the spaces"
            let space = (at + 1..at + 4).find(|n| self.sense(*n) == Some(Sense::Space));
            let sign = at.checked_sub(1).and_then(|n| Some((n, self.sign(n)?)));
            if let (Some(space), Some((n, sign))) = (space, sign) {
                self.taken.extend([space, n]);
                self.done.insert(at, Atom::Between(sign));
                continue;
            }
            let before: Vec<usize> = (0..at).rev().take(5).take_while(|n| !self.is_end(*n)).collect();
            let after: Vec<usize> = (at + 1..self.tokens.len()).take(5).take_while(|n| !self.is_end(*n)).collect();
            let old = |all: &[usize]| all.iter().copied().find_map(|n| Some((n, self.old(n)?)));
            // "2025 instead of 2023"
            let digits = |all: &[usize]| {
                all.iter().copied().find(|n| self.tokens[*n].is == Is::Word && self.tokens[*n].text.bytes().all(|b| b.is_ascii_digit()))
            };
            if sense == Sense::Instead
                && let Some(o) = digits(&after[..after.len().min(2)])
                && let Some(n) = digits(&before)
                    .or_else(|| digits(&(o + 1..self.tokens.len()).take(4).take_while(|n| !self.is_end(*n)).collect::<Vec<_>>()))
            {
                self.taken.extend([o, n]);
                let (old, new) = (self.tokens[o].text.to_owned(), self.tokens[n].text.to_owned());
                self.done.insert(at, Atom::Replace { old, new, which: Some(0) });
                continue;
            }
            let new = |all: &[usize]| all.iter().copied().find_map(|n| Some((n, self.new_for(n)?)));
            let of = |olds: &[usize], news: &[usize]| {
                let (o, old) = old(olds)?;
                let rest: Vec<usize> = news.iter().copied().filter(|n| *n != o).collect();
                let (n, new) = new(&rest)?;
                (new != old.to_string()).then_some((o, old, n, new))
            };
            let found = match sense {
                Sense::Instead => of(&after, &before)
                    .or_else(|| {
                        let (o, _) = old(&after)?;
                        let behind: Vec<usize> = (o + 1..self.tokens.len()).take(4).take_while(|n| !self.is_end(*n)).collect();
                        of(&after, &behind)
                    })
                    .or_else(|| of(&before, &after))
                    .or_else(|| {
                        // "each time there is an a, you put the figure 4 instead"
                        let (n, _) = new(&before)?;
                        let far: Vec<usize> = (0..n).rev().take(16).take_while(|n| !self.is_end(*n)).collect();
                        of(&far, &[n])
                    }),
                _ => {
                    let reach = if self.tokens[at].text.chars().count() <= 4 { 3 } else { 9 };
                    let far: Vec<usize> = (0..at).rev().take(reach).take_while(|n| !self.is_end(*n)).collect();
                    of(&far, &after)
                }
            };
            // "the last letter is a zero"
            if found.is_none()
                && sense == Sense::Replaced
                && let Some(ordinal) = (at.saturating_sub(4)..at).rev().find(|n| matches!(self.sense(*n), Some(Sense::Ordinal(_))))
                && self.sense(ordinal + 1) == Some(Sense::Neutral)
                && LETTER.iter().any(|w| self.tokens[ordinal + 1].lower.starts_with(w))
                && let Some(Sense::Ordinal(which)) = self.sense(ordinal)
                && let Some((n, new)) = new(&after)
            {
                self.taken.insert(n);
                self.done.insert(at, Atom::Replace { old: String::new(), new, which: Some(which) });
                continue;
            }
            if let Some((o, old, n, new)) = found {
                let near = |before: usize, range: usize| (before.saturating_sub(range)..before).rev();
                let which = near(o, 3).find_map(|n| if let Some(Sense::Ordinal(which)) = self.sense(n) { Some(which) } else { None });
                // "the double o becomes two zeros"
                let twice = near(o, 1).any(|n| self.sense(n) == Some(Sense::Times(2)));
                let both = twice && near(n, 1).any(|n| self.count(n) == Some(2));
                let (old_text, new) = if both { (old.to_string().repeat(2), new.repeat(2)) } else { (old.to_string(), new) };
                if twice {
                    self.taken.insert(o - 1);
                }
                self.taken.extend([o, n]);
                self.done.insert(at, Atom::Replace { old: old_text, new, which });
                self.done.remove(&o);
                self.done.remove(&n);
                if !self.bases.iter().any(|b| b.abs_diff(at) <= 2 * NEAR) {
                    let near = (0..at.min(o).min(n)).rev().take(NEAR).take_while(|n| !self.is_end(*n));
                    let holds = |n: &usize| self.is_plain(*n) && self.tokens[*n].lower.chars().any(|c| fold(c) == fold(old));
                    let set_off = |n: &usize| self.is_led(*n) || self.is_break(*n + 1);
                    let word = near.filter(holds).filter(set_off).max_by_key(|n| (self.is_led(*n), *n));
                    self.bases.extend(word);
                }
            }
        }
    }

    /// What is replaced: a letter or a sign.
    fn old(&self, at: usize) -> Option<char> {
        // "for the a", but "for a dog" names no letter.
        let word = |n: usize| self.tokens.get(n).is_some_and(|t| t.is == Is::Word && t.text.chars().count() >= 3);
        let told = |n: usize| {
            DEFINITE.contains(&self.tokens[n].lower.as_str())
                || matches!(
                    self.sense(n),
                    Some(
                        Sense::Each | Sense::Neutral | Sense::Ordinal(_) | Sense::Instead | Sense::Small | Sense::Capital | Sense::Times(_)
                    )
                )
        };
        let known = self.sense(at).is_some();
        let article = |l: char| (known || is_article(l) && word(at + 1)) && !at.checked_sub(1).is_some_and(told);
        let letter = self.letter(at).filter(|l| !article(*l));
        let called = matches!(self.sense(at), Some(Sense::Called(_))) && self.tokens[at].text.chars().count() <= 2;
        letter.filter(|_| !called).or_else(|| self.sign(at))
    }

    /// What is put for it.
    fn new_for(&self, at: usize) -> Option<String> {
        if self.taken.contains(&at) {
            return None;
        }
        let token = &self.tokens[at];
        match token.sense() {
            Some(Sense::Sign(sign)) => return Some(sign.to_string()),
            Some(Sense::Digit(digit)) if !FAINT.contains(&token.lower.as_str()) || token.lower == "null" => return Some(digit.to_string()),
            Some(Sense::Digits(digit)) => return Some(digit.to_string()),
            Some(Sense::Digit(digit)) if matches!(token.lower.as_str(), "nul" | "oh") => return Some(digit.to_string()),
            _ => {}
        }
        if token.is != Is::Word && token.is != Is::Quoted {
            return None;
        }
        let bare = token.text.split(['\'', '’', ':']).next().unwrap_or("");
        let short = (1..=2).contains(&bare.chars().count()) && bare.chars().all(|c| c.is_ascii_digit());
        let letters = (1..=2).contains(&bare.len()) && matches!(bare, "ue" | "ae" | "oe" | "ss" | "aa");
        short.then(|| bare.to_owned()).or_else(|| letters.then(|| bare.to_owned())).or_else(|| self.sign(at).map(String::from))
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

    /// "marshmallow with a big M", "Jeżyna, J duże", "das G und das Z groß", "all small except the B".
    fn recased(&mut self) {
        for at in 0..self.tokens.len() {
            let Some(letter) = self.letter(at).filter(|_| !self.done.contains_key(&at)) else { continue };
            let cases = |n: &usize| self.case(*n).is_some() || self.sense(*n) == Some(Sense::Capitals);
            let linked = |n: usize| self.tokens.get(n).is_some_and(|t| LINKS.contains(&t.lower.as_str()));
            let case = [at.checked_sub(1), Some(at + 1)].into_iter().flatten().find(cases).or_else(|| {
                // "o primeiro P é maiúsculo"
                let behind = (at + 1..at + 4).find(cases)?;
                (at + 1..behind).all(linked).then_some(behind)
            });
            let except = at >= 2 && self.tokens[at - 2..at].iter().any(|t| EXCEPT.contains(&t.lower.as_str()));
            let Some(case) = case.or_else(|| except.then_some(at)) else { continue };
            // One of a row is spelled.
            let before = at.min(case).checked_sub(2).filter(|n| self.tokens[n + 1].is == Is::Comma);
            let row = before.is_some_and(|n| {
                self.letter(n).is_some() && n > 0 && self.case(n - 1).is_some()
                    || self.done.get(&n).is_some_and(|a| matches!(a, Atom::Letter(_)))
            });
            if row || self.chain(at).length >= 3 || self.goes_on(at.max(case) + 1) {
                continue;
            }
            // A letter that others follow is spelled.
            let next = (at + 1..self.tokens.len()).find(|n| *n != case).filter(|n| !self.is_break(*n));
            if case != at && next.is_some_and(|n| self.is_letter(n)) {
                continue;
            }
            let with = self.with(at.min(case));
            let letters: Vec<char> = with.map(|n| self.letter(n)).into_iter().flatten().chain([letter]).collect();
            let floor = with.unwrap_or(at).min(case);
            let mut before: Vec<usize> = (0..floor).rev().take(NEAR).take_while(|n| !self.is_end(*n)).collect();
            // "…, the jacaranda. It takes a capital J"
            let stop = before.last().map_or(floor, |n| *n).checked_sub(1).filter(|n| self.tokens[*n].is == Is::Stop);
            before.extend(stop.and_then(|n| n.checked_sub(1)));
            let begins = |n: &usize| {
                self.is_plain(*n)
                    && self.tokens.get(*n + 1).is_none_or(|t| t.text != ":")
                    && letters.iter().any(|l| first(self.tokens[*n].text) == fold(*l))
            };
            let holds = |n: &usize| self.bases.contains(n) && self.tokens[*n].lower.chars().any(|c| fold(c) == fold(letter));
            let beginning = before.iter().filter(|n| begins(n)).max_by_key(|n| (self.bases.contains(n), self.is_led(**n), **n));
            let word = beginning.or_else(|| before.iter().find(|n| holds(n))).copied();
            let definite = at.checked_sub(1).is_some_and(|n| DEFINITE.contains(&self.tokens[n].lower.as_str()) && self.letter(n).is_none());
            if word.is_none() && case != at && !definite {
                continue;
            }
            let small = self.case(case) == Some(Case::Small) || case == at && letter.is_lowercase();
            let to = if small { Case::Small } else { Case::Capital };
            self.bases.extend(word);
            self.done.insert(at, Atom::Recase(letter, to));
            if let (Some(n), Some(other)) = (with, with.and_then(|n| self.letter(n))) {
                self.done.insert(n, Atom::Recase(other, to));
            }
            if case != at {
                self.taken.insert(case);
            }
        }
    }

    /// Whether letters follow: "capital T, then h-r-e-a-d".
    fn goes_on(&self, from: usize) -> bool {
        let skipped = |n: &usize| {
            self.tokens[*n].is == Is::Comma
                || self.case(*n).is_some()
                || matches!(self.sense(*n), Some(Sense::Then | Sense::AllSmall | Sense::Each | Sense::Neutral))
                || self.sense(*n) == Some(Sense::And) && self.letter(*n).is_none()
        };
        let Some(next) = (from..self.tokens.len().min(from + 6)).find(|n| !skipped(n)) else { return false };
        let firm = self.is_letter(next) || self.letter(next).is_some() && self.tokens.get(next + 1).is_some_and(|t| t.is == Is::Comma);
        firm && next > from - 1 || self.hyphened(self.tokens[next].text).is_some_and(|t| t.chars().all(char::is_alphabetic))
    }

    /// The letter before "and" before a place: the G of "the G and the Z".
    fn with(&self, at: usize) -> Option<usize> {
        let and =
            (at.saturating_sub(2)..at).rev().find(|n| self.sense(*n) == Some(Sense::And) && self.tokens[*n].text.chars().count() > 1)?;
        and.checked_sub(1).filter(|n| self.letter(*n).is_some() && !self.done.contains_key(n))
    }

    /// Words beside what is said of words, and between signs: "is bicicletta, all small", "…, sirop, …".
    fn beside(&mut self) {
        for at in 0..self.tokens.len() {
            let short = self.tokens[at].is == Is::Word && self.tokens[at].text.chars().count() == 2;
            let signs = |all: std::ops::Range<usize>| all.into_iter().any(|n| matches!(self.sense(n), Some(Sense::Sign(_))));
            let names =
                (at.saturating_sub(4)..self.tokens.len().min(at + 5)).filter(|n| matches!(self.sense(*n), Some(Sense::Letter(_)))).count();
            if names >= 2 {
                continue;
            }
            let capitals = self.tokens[at].text.chars().all(char::is_uppercase);
            let short = short && (capitals || signs(at.saturating_sub(5)..at) && signs(at + 1..self.tokens.len().min(at + 9)));
            if self.bases.contains(&at) || !self.is_plain(at) && !(short && self.is_clause(at)) {
                continue;
            }
            let said = (at + 1..self.tokens.len().min(at + 5))
                .take_while(|n| !self.is_end(*n) && !self.is_plain(*n))
                .any(|n| matches!(self.sense(n), Some(Sense::AllSmall | Sense::AllCaps | Sense::Capitals | Sense::Plain)));
            // "is karoo, like the desert, then an underscore"
            let goes_on = (at + 2..self.tokens.len().min(at + 10))
                .take_while(|n| !self.is_end(*n))
                .any(|n| matches!(self.sense(n), Some(Sense::Sign(_))));
            let named = at > 0
                && LEADS.split(' ').any(|l| l == self.tokens[at - 1].lower)
                && self.tokens.get(at + 1).is_some_and(|t| t.is == Is::Comma && t.text != ":" && t.text != ":")
                && goes_on;
            if named || said && self.is_led(at) || self.is_clause(at) {
                self.bases.insert(at);
            }
        }
    }

    /// Whether what leads in a value stands before.
    fn is_led(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let inside = at > 0 && !self.is_end(at - 1);
        let capital = token.text.starts_with(char::is_uppercase) && inside;
        let before = at.checked_sub(1).map(|n| &self.tokens[n]);
        capital
            || before.is_some_and(|b| {
                LEADS.split(' ').any(|l| l == b.lower) || matches!(b.sense(), Some(Sense::Base | Sense::So)) || b.text == ":"
            })
            || before.is_some_and(|b| b.text == ",") && self.tokens.get(at + 1).is_some_and(|t| t.text == ",")
    }

    /// Whether a word stands alone between pauses, with a sign or a figure in the next or the last clause.
    fn is_clause(&self, at: usize) -> bool {
        let pause = |n: usize| {
            self.tokens.get(n).is_none_or(|t| matches!(t.is, Is::Comma | Is::Stop | Is::Open | Is::Close))
                || matches!(self.sense(n), Some(Sense::Then | Sense::And))
        };
        let before = at.checked_sub(1).is_some_and(|n| pause(n) && self.tokens[n].is != Is::Stop);
        let cased =
            |n: &usize| matches!(self.sense(*n), Some(Sense::AllSmall | Sense::AllCaps | Sense::Capitals | Sense::Small | Sense::Plain));
        let end = (at + 1..).find(|n| !cased(n)).unwrap_or(at + 1);
        if !before || !pause(end) || self.tokens.get(end).is_some_and(|t| t.text == ":") {
            return false;
        }
        let told = |n: usize| {
            matches!(self.sense(n), Some(Sense::Sign(_)))
                || self.is_number(n) && !self.is_faint(n)
                || self.tokens[n].text.contains('-') && self.hyphened(self.tokens[n].text).is_some()
        };
        let close = |mut range: Box<dyn Iterator<Item = usize>>| {
            let mut pauses = 0;
            range
                .by_ref()
                .take(6)
                .take_while(|n| {
                    pauses += usize::from(pause(*n));
                    pauses <= 3 && !self.is_end(*n)
                })
                .any(told)
        };
        close(Box::new((0..at).rev())) || close(Box::new(at + 1..self.tokens.len()))
    }

    fn is_faint(&self, at: usize) -> bool {
        FAINT.contains(&self.tokens[at].lower.as_str())
    }

    /// Signs that are not there: "no dash", "bez kropki"; and those of which one may be: "a hash or an at sign".
    fn absent(&mut self) {
        for at in 0..self.tokens.len() {
            match self.sense(at) {
                Some(Sense::Not) => {
                    let next = (at + 1..self.tokens.len().min(at + 4)).take_while(|n| !self.is_break(*n));
                    let sign = next
                        .filter(|n| matches!(self.sense(*n), Some(Sense::Sign(_) | Sense::Space | Sense::Spaced | Sense::Digit('0'))))
                        .next();
                    self.taken.extend(sign);
                    let digits = (at + 1..self.tokens.len()).take_while(|n| self.is_number(*n)).count();
                    if digits >= 3 {
                        self.taken.extend(at + 1..at + 1 + digits);
                    }
                }
                // "right after the full stop"
                Some(Sense::After) if (0..at).any(|n| matches!(self.tokens[n].sense(), Some(Sense::Sign(_)))) => {
                    let sign = (at + 1..at + 3).find(|n| self.sign(*n).is_some() || self.is_number(*n));
                    self.taken.extend(sign);
                }
                Some(Sense::Or) => {
                    let sign = |n: &usize| self.sign(*n).is_some();
                    let before = (0..at).rev().take(3).find(sign);
                    let after = (at + 1..self.tokens.len()).take(3).find(sign);
                    if let (Some(before), Some(after)) = (before, after) {
                        self.taken.extend([before, after]);
                    }
                }
                _ => {}
            }
        }
    }

    /// "take out every X": a letter that does not belong.
    fn removed(&mut self) {
        for at in 0..self.tokens.len() {
            let each =
                |n: usize| matches!(self.sense(n), Some(Sense::Each | Sense::Capital | Sense::Small)) || self.tokens[n].lower == "the";
            let Some(letter) = self.letter(at).filter(|l| !is_article(*l) && at > 0 && each(at - 1)) else { continue };
            let near = at.saturating_sub(6)..self.tokens.len().min(at + 14);
            if near.into_iter().any(|n| self.sense(n) == Some(Sense::Remove)) {
                self.done.insert(at, Atom::Remove(letter));
            }
        }
    }

    /// "the third is mustard", "third bit: 58%": pieces told by their numbers, several of them.
    fn ordered(&mut self) {
        let places: Vec<usize> = (0..self.tokens.len()).filter_map(|n| self.piece_of(n)).collect();
        if places.len() >= 2 {
            self.bases.extend(places);
        }
    }

    fn is_nth(&self, at: usize) -> bool {
        self.piece_of(at).is_some_and(|n| self.bases.contains(&n))
    }

    /// The piece that an ordinal tells: behind "is" or a colon, over at most a word and an aside.
    fn piece_of(&self, at: usize) -> Option<usize> {
        if !matches!(self.sense(at), Some(Sense::Ordinal(_))) {
            return None;
        }
        let lead = |n: &usize| self.tokens[*n].text == ":" || LEADS.split(' ').any(|l| l == self.tokens[*n].lower);
        let lead = (at + 1..self.tokens.len().min(at + 10)).take_while(|n| !self.is_end(*n)).take(9).find(lead)?;
        let piece = lead + 1;
        let token = self.tokens.get(piece)?;
        let own = self.is_break(piece + 1) || self.tokens.get(piece + 1).is_some_and(|t| t.is_break());
        (own && token.is == Is::Word && token.text.chars().count() >= 2 && !self.taken.contains(&piece)).then_some(piece)
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
                (1, Atom::Spelled(text), if odd { 1.7 } else { 0.6 })
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
                let told = (at + 1..at + 4)
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
            Sense::Capitals if self.letter(at + 1).is_some() => (1, Atom::Case(Case::Capital), 0.4),
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
        if let Some(spelled) = self.hyphened(text) {
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

    /// "l-u-e-j-a-y", "two-oh-four".
    fn hyphened(&self, text: &str) -> Option<String> {
        let parts: Vec<&str> = text.split('-').collect();
        if parts.len() < 2 {
            return None;
        }
        let single = |p: &str| p.chars().count() == 1;
        if parts.len() >= 3 && parts.iter().all(|p| single(p)) {
            return Some(parts.concat());
        }
        let figure = |p: &str| if p == "to" { Some(2) } else { self.vocabulary.figure(p) };
        let digits = parts.iter().map(|p| figure(&p.to_lowercase()).filter(|n| *n < 10));
        digits.map(|n| n.map(|n| n.to_string())).collect()
    }

    /// Whether a letter is one of several, or its case is said.
    fn is_spelled(&self, at: usize) -> bool {
        let before = at.checked_sub(1);
        // "la lettre B"
        let named = before.is_some_and(|n| self.sense(n) == Some(Sense::Neutral) && self.tokens[n].text.chars().count() >= 5);
        let counted = before.is_some_and(|n| matches!(self.sense(n), Some(Sense::Times(_))) || self.count(n).is_some());
        let unspaced = |n: usize| self.tokens.get(n).is_some_and(|t| t.text.starts_with(is_unspaced));
        // "minúscula e sem acento", "a capital B"
        let told = self.is_break(at + 1)
            || self.letter(at + 1).is_some()
            || matches!(self.sense(at + 1), Some(Sense::And | Sense::Then | Sense::Neutral | Sense::Times(_)));
        let word = matches!(self.sense(at), Some(Sense::And | Sense::Digit(_))) && !told;
        let article = self.letter(at).is_some_and(is_article) && self.tokens[at].text.chars().all(char::is_lowercase);
        if word || article && self.case(at + 1).is_some() {
            return false;
        }
        // "and another e"
        let another = before.is_some_and(|n| ARTICLES.contains(&self.tokens[n].lower.as_str())) && self.is_break(at + 1);
        if another && (at.saturating_sub(6)..at).any(|n| self.is_letter(n)) {
            return true;
        }
        let cased = before.is_some_and(|n| self.case(n).is_some())
            || (at.saturating_sub(3)..at).rev().take_while(|n| unspaced(*n)).any(|n| self.case(n).is_some());
        let called = matches!(self.sense(at), Some(Sense::Called(_))) && self.tokens[at].text.chars().count() <= 2;
        let counted = counted && !called;
        // "l do baar", "e, closing"
        let times = self.is_letter(at)
            && matches!(self.sense(at + 1), Some(Sense::Times(_)))
            && before.is_none_or(|n| self.is_break(n) || self.sense(n).is_some());
        let text = self.tokens[at].text;
        let article = self.letter(at).is_some_and(is_article) && text.chars().all(char::is_lowercase);
        if article
            && self.tokens.get(at + 1).is_some_and(|t| !t.is_break())
            && matches!(self.sense(at + 1), Some(Sense::Sign(_) | Sense::Digit(_)))
        {
            return false;
        }
        // "R, which is a capital"
        let said = (at + 1..at + 5)
            .find(|n| self.case(*n).is_some())
            .is_some_and(|case| (at + 1..case).all(|n| LINKS.contains(&self.tokens[n].lower.as_str())));
        if times || said && self.is_letter(at) {
            return true;
        }
        let referred = before.is_some_and(|n| {
            DEFINITE.contains(&self.tokens[n].lower.as_str()) && self.letter(n).is_none()
                || matches!(self.sense(n), Some(Sense::Ordinal(_)))
        });
        if referred && !self.case(at + 1).is_some() {
            return false;
        }
        if called {
            let chain = self.chain(at);
            return chain.commas && chain.length >= 3 && (self.is_listed(at) || self.is_break(at + 1));
        }
        // "un Z, majuscule lui aussi"
        let own = (self.is_letter(at) || self.tokens[at].text.chars().all(char::is_uppercase))
            && self.tokens.get(at + 1).is_some_and(|t| t.is == Is::Comma)
            && (self.case(at + 2).is_some() || self.sense(at + 2) == Some(Sense::And) && self.case(at + 3).is_some());
        if own || cased || counted || named && self.tokens[at].text.starts_with(char::is_uppercase) {
            return true;
        }
        let capital = self.tokens[at].text.chars().all(char::is_uppercase);
        let over = |step: fn(usize) -> Option<usize>| {
            let comma = step(at).filter(|n| self.tokens.get(*n).is_some_and(|t| t.is == Is::Comma));
            comma.and_then(step).is_some_and(|n| self.is_number(n) && !self.is_faint(n))
        };
        let firm = capital || self.is_letter(at);
        if self.case(at + 1).is_some() && (capital || !self.letter(at).is_some_and(is_article))
            || firm && (over(|n| n.checked_sub(1)) || over(|n| Some(n + 1)))
        {
            return true;
        }
        let chain = self.chain(at);
        let then = before.is_some_and(|n| matches!(self.sense(n), Some(Sense::Then | Sense::Sign(_))))
            || before
                .and_then(|n| n.checked_sub(1))
                .is_some_and(|n| matches!(self.sense(n), Some(Sense::Then)) && self.letter(n + 1).is_some());
        then && chain.length == 2 && chain.firm >= 1
            || chain.commas && chain.length >= 3
            || chain.length >= 4 && chain.firm * 3 >= chain.length
            || chain.commas && chain.length == 2 && chain.firm == 2
    }

    /// Whether something stands alone between pauses or letters.
    fn is_listed(&self, at: usize) -> bool {
        self.is_break(at + 1) && at.checked_sub(1).is_none_or(|n| self.is_break(n) || self.letter(n).is_some())
    }

    /// The row of letters that one stands in, with commas or nothing between.
    fn chain(&self, at: usize) -> Chain {
        let mut chain = Chain { length: 1, firm: usize::from(self.is_letter(at)), commas: false };
        let steps: [fn(usize) -> Option<usize>; 2] = [|n| n.checked_sub(1), |n| Some(n + 1)];
        for step in steps {
            let mut n = at;
            while let Some(next) = step(n).filter(|_| chain.length < 12) {
                // Over commas, "then", "double", "capital".
                let between = |n: usize| {
                    self.tokens.get(n).is_some_and(|t| t.is == Is::Comma)
                        || matches!(self.sense(n), Some(Sense::Times(_) | Sense::Capital | Sense::Small | Sense::Then))
                };
                let (mut letter, mut comma) = (next, false);
                for _ in 0..3 {
                    if !between(letter) {
                        break;
                    }
                    comma |= self.tokens[letter].is == Is::Comma;
                    let Some(further) = step(letter) else { break };
                    letter = further;
                }
                if self.letter(letter).is_none() && !self.done.contains_key(&letter) {
                    break;
                }
                chain.length += 1;
                chain.firm += usize::from(self.is_letter(letter));
                chain.commas |= comma;
                n = letter;
            }
        }
        chain
    }

    /// Whether a word of a spelling alphabet stands beside others, or its case is said.
    fn is_alphabet(&self, at: usize) -> bool {
        let near =
            |n: usize| matches!(self.sense(n), Some(Sense::Letter(_))) || self.is_number(n) && !self.is_faint(n) || self.is_letter(n);
        let count = (at.saturating_sub(8)..(at + 9).min(self.tokens.len())).filter(|n| *n != at && near(*n)).count();
        let cased = at.checked_sub(1).is_some_and(|n| self.case(n).is_some());
        let capital = self.tokens[at].text.starts_with(char::is_uppercase);
        cased || count >= if capital { 1 } else { 2 }
    }

    /// How many of what follows there are, where a word or figure says so.
    fn count(&self, at: usize) -> Option<usize> {
        let token = &self.tokens[at];
        let count = match token.sense() {
            Some(Sense::Digit(_)) if self.is_faint(at) => return None,
            Some(Sense::Digit(digit)) => digit.to_digit(10)? as usize,
            _ if token.is == Is::Word => token.text.parse().ok()?,
            _ => return None,
        };
        (2..=4).contains(&count).then_some(count)
    }

    /// Words and figures that are one number: "dois mil e vinte e dois", "eins", "26".
    fn figures(&self, at: usize) -> (usize, Atom, f32) {
        let one = |n: usize| {
            let token = self.tokens.get(n)?;
            if self.taken.contains(&n)
                || self.done.contains_key(&n)
                || !matches!(token.is, Is::Word | Is::Known(Sense::Digit(_) | Sense::Number(_)))
            {
                return None;
            }
            numbers::number(self.vocabulary, &token.lower)
        };
        let Some(mut sum) = one(at) else { return (1, Atom::Filler, SHORT) };
        let mut length = 1;
        loop {
            let next = at + length;
            // 二十六
            if self.tokens[at].text.starts_with(is_unspaced) && sum < 10 && one(next) == Some(10) {
                sum *= 10;
                length += 1;
                continue;
            }
            let and = usize::from(self.sense(next) == Some(Sense::And));
            // Units of their own are told one by one.
            let sums = one(next + and).filter(|n| sum >= 10 || *n >= 100).and_then(|n| numbers::joined(sum, n));
            let Some(joined) = sums else { break };
            sum = joined;
            length += 1 + and;
        }
        let next = at + length;
        let follows = self.tokens.get(next);
        // "two question marks", "three words", "one of them" tell no figure.
        if length == 1 && sum < 10 {
            let next = next + usize::from(self.case(next).is_some() && self.letter(next + 1).is_some());
            let counts = self.count(at).is_some()
                && (self.sign(next).is_some() || self.letter(next).is_some() || matches!(self.sense(next), Some(Sense::Digits(_))));
            if counts {
                return (1, Atom::Times(self.count(at).unwrap_or(1)), 0.2);
            }
            let before = at.checked_sub(1);
            let over = |n: Option<usize>, step: fn(usize) -> Option<usize>| {
                n.filter(|n| self.tokens.get(*n).is_some_and(|t| t.is == Is::Comma || t.sense() == Some(Sense::And)))
                    .and_then(step)
                    .is_some_and(|n| one(n).is_some_and(|n| n < 10))
            };
            let listed = over(before, |n| n.checked_sub(1)) || over(Some(next), |n| Some(n + 1));
            // "een nul" is a zero, "ek do teen" are three figures.
            let article = ARTICLES.contains(&self.tokens[at].lower.as_str());
            // "ein E", "alle nove": an article, an hour.
            let hour = before.is_some_and(|n| HOURS.contains(&self.tokens[n].lower.as_str()));
            if article && (self.letter(next).is_some() || self.sign(next).is_some()) || hour && !listed {
                return (1, Atom::Filler, SHORT);
            }
            let run = before.is_some_and(|n| one(n).is_some()) || !article && one(next).is_some();
            let neutral = self.sense(next) == Some(Sense::Neutral) && follows.is_some_and(|t| is_counted(&t.lower));
            let unspaced = self.tokens[at].text.starts_with(is_unspaced) && !run;
            let free = follows.is_none_or(Token::is_break)
                || !neutral
                    && matches!(
                        self.sense(next),
                        Some(
                            Sense::Then
                                | Sense::Ordinal(_)
                                | Sense::Letter(_)
                                | Sense::And
                                | Sense::Front
                                | Sense::End
                                | Sense::Instead
                                | Sense::Not
                                | Sense::Join
                                | Sense::Neutral
                                | Sense::Times(_)
                        )
                    );
            let led = before.is_none_or(|n| self.is_break(n) || self.sense(n).is_some());
            let strict = self.tokens[at].lower == "to";
            let tells = if strict {
                listed || before.is_some_and(|n| one(n).is_some()) && one(next).is_some()
            } else if self.is_faint(at) {
                run || listed || free && led
            } else {
                let counting = self.count(at).is_some() && !listed;
                run || free || !neutral && !unspaced && !counting && led && follows.is_none_or(|t| t.text.chars().count() <= 4)
            };
            // "all three."
            let all = before.is_some_and(|n| matches!(self.sense(n), Some(Sense::Each)) || self.tokens[n].lower == "all");
            // "a capital one"
            if sum == 1 && before.is_some_and(|n| self.case(n).is_some()) {
                return (1, Atom::Filler, 0.0);
            }
            let which = before.is_some_and(|n| matches!(self.sense(n), Some(Sense::Ordinal(_))));
            if !tells || (all || which) && !run {
                return (1, Atom::Filler, SHORT);
            }
            let weight = if self.is_faint(at) && !run && !listed { 0.3 } else { 0.5 };
            return (1, Atom::Figures(sum.to_string()), weight);
        }
        // "sixteen characters", "thirty thousand"
        let counts = self.sense(next) == Some(Sense::Neutral) && follows.is_some_and(|t| is_counted(&t.lower));
        if length == 1 && self.is_faint(at) || counts || sum.is_multiple_of(100) && sum != 2000 {
            return (length, Atom::Filler, SHORT);
        }
        let free = follows.is_none_or(Token::is_break) || one(next).is_some() || self.sense(next) == Some(Sense::Then);
        let led = at.checked_sub(1).is_none_or(|n| self.is_break(n) || self.sense(n).is_some());
        let known = follows.is_some_and(|t| t.sense().is_some());
        if !free && !known && !(led && follows.is_some_and(|t| t.text.chars().count() <= 3)) {
            return (length, Atom::Filler, SHORT);
        }
        (length, Atom::Figures(sum.to_string()), if free { 0.9 } else { 0.6 })
    }
}

/// Words before an hour.
const HOURS: &[&str] = &["at", "by", "um", "gegen", "alle", "las", "às", "kl", "klockan", "o", "в", "saat", "about"];
/// Of them those that articles are.
const ARTICLES: &[&str] = &["a", "un", "une", "uno", "una", "um", "uma", "ein", "eine", "een", "en", "et", "ett", "egy", "bir"];

/// "digits" behind a number rather than "in digits".
fn is_counted(word: &str) -> bool {
    !word.contains(' ') && !["ą", "ami", "ами", "emi"].iter().any(|e| word.ends_with(e))
}

/// Words for signs that are more often others.
const COMMON: &[&str] = &[
    "point", "punto", "ponto", "punt", "period", "star", "barra", "percent", "pound", "comma", "komma", "colon", "equals", "dollar",
    "stella", "virgule", "coma", "minus", "moins", "menos",
];

/// The alphabet of radio traffic (ICAO Annex 10), whose words are hardly names in a row.
const NATO: &[&str] = &[
    "alpha", "alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet", "juliett", "kilo", "lima", "mike",
    "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango", "uniform", "victor", "whiskey", "whisky", "x-ray", "xray", "yankee",
    "zulu",
];

/// Words of grammar, which are no pieces.
const SMALL_WORDS: &[&str] = &[
    "the", "you", "his", "her", "its", "our", "your", "this", "that", "these", "those", "there", "here", "mean", "really", "der", "die",
    "das", "den", "dem", "eine", "einen", "einem", "mein", "unser", "les", "des", "une", "mon", "mes", "pas", "ben", "quoi", "celle-ci",
    "los", "las", "una", "uno", "del", "con", "ese", "esa", "porfa", "dos", "das", "uma", "num", "pra", "della", "delle", "degli", "gli",
    "nel", "che", "allora", "het", "een", "dat", "dit", "dus", "ett", "det", "och", "som", "jest", "tego", "potem", "это", "как", "что",
    "bir", "bunu", "hai", "haan",
];

const EXCEPT: &[&str] = &[
    "except",
    "but",
    "only",
    "bis",
    "außer",
    "nur",
    "sauf",
    "salvo",
    "excepto",
    "exceto",
    "menos",
    "tranne",
    "behalve",
    "alleen",
    "utom",
    "oprócz",
    "кроме",
];

/// A row of letters: how many, how many of them are hardly anything else, whether commas stand between.
struct Chain {
    length: usize,
    firm: usize,
    commas: bool,
}

/// How words for letters begin.
const LETTER: &[&str] = &["letter", "lettre", "letra", "letter", "buchst", "bokst", "bogst", "liter", "букв", "písm", "harf"];

/// Words between a letter and its case.
const LINKS: &[&str] = &[
    "is",
    "is a",
    "which",
    "which is",
    "which is a",
    "that",
    "mit",
    "med",
    "con",
    "com",
    "are",
    "in",
    "the",
    "ist",
    "est",
    "en",
    "es",
    "é",
    "è",
    "al",
    "em",
    "är",
    "er",
    "jest",
    "je",
    "adesso",
    "now",
    "jetzt",
];

/// Words between a letter and an example of it.
const AS: &str = "as for like wie für comme pour como de di come van als voor som for jak jako как mint kuin gibi se jaise";

/// Letters that are words of their own somewhere.
fn is_article(letter: char) -> bool {
    letter.is_lowercase() && !"bcdfghjlmnpqrtx".contains(letter) || matches!(letter, 'A' | 'I' | 'E' | 'O' | 'Y')
}

const LEADS: &str = "is takes be it's that's just simply ist lautet heißt est c'est es é è e' to jest är er on это hai это: было użyj";

/// A letter in lower case without its accent.
fn fold(letter: char) -> char {
    lexicon::fold(letter).next().unwrap_or(letter)
}

fn is_dash(token: &Token<'_>) -> bool {
    matches!(token.text, "-" | "–" | "—") && token.is == Is::Comma
}

fn first(word: &str) -> char {
    word.chars().find(|c| c.is_alphanumeric()).map_or(' ', fold)
}

fn is_address(text: &str) -> bool {
    text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.'))
}
