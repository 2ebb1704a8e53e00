//! Figures and numbers that are told, rather than articles, hours and counts.

use super::super::numbers;
use super::super::tokens::{Is, Token};
use super::super::vocabulary::{Sense, Vocabulary, is_unspaced};
use super::words::{ARTICLES, FAINT, HOURS};
use super::{Atom, SHORT, Steps};

impl Steps<'_, '_> {
    pub(super) fn is_number(&self, at: usize) -> bool {
        let known = matches!(self.sense(at), Some(Sense::Digit(_) | Sense::Digits(_) | Sense::Number(_)));
        known || self.tokens.get(at).is_some_and(|t| t.is == Is::Word && t.text.bytes().all(|b| b.is_ascii_digit()))
    }

    pub(super) fn is_faint(&self, at: usize) -> bool {
        FAINT.contains(&self.tokens[at].lower.as_str())
    }

    /// How many of what follows there are, where a word or figure says so.
    pub(super) fn count(&self, at: usize) -> Option<usize> {
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
    pub(super) fn figures(&self, at: usize) -> (usize, Atom, f32) {
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
        if !(free || known || led && follows.is_some_and(|t| t.text.chars().count() <= 3)) {
            return (length, Atom::Filler, SHORT);
        }
        (length, Atom::Figures(sum.to_string()), if free { 0.9 } else { 0.6 })
    }
}

/// "digits" behind a number rather than "in digits".
fn is_counted(word: &str) -> bool {
    !word.contains(' ') && !["ą", "ami", "ами", "emi"].iter().any(|e| word.ends_with(e))
}

/// "l-u-e-j-a-y", "two-oh-four".
pub(super) fn hyphened(text: &str, vocabulary: &Vocabulary) -> Option<String> {
    let parts: Vec<&str> = text.split('-').collect();
    if parts.len() < 2 {
        return None;
    }
    let single = |p: &str| p.chars().count() == 1;
    if parts.len() >= 3 && parts.iter().all(|p| single(p)) {
        return Some(parts.concat());
    }
    let figure = |p: &str| if p == "to" { Some(2) } else { vocabulary.figure(p) };
    let digits = parts.iter().map(|p| figure(&p.to_lowercase()).filter(|n| *n < 10));
    digits.map(|n| n.map(|n| n.to_string())).collect()
}
