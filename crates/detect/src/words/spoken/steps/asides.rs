//! What does not belong: asides, signs that are not there, letters that are to be left out.

use super::super::tokens::{Is, Token};
use super::super::vocabulary::Sense;
use super::figures::hyphened;
use super::words::DEFINITE;
use super::{Atom, Steps, is_article};

impl Steps<'_, '_> {
    /// What stands in brackets and explains: "(the one above the 3)".
    pub(super) fn asides(&mut self) {
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
    pub(super) fn between_dashes(&mut self, open: usize) {
        let Some(length) = self.tokens[open + 1..].iter().take(10).position(|t| is_dash(t) || matches!(t.is, Is::Stop | Is::Gap)) else {
            return;
        };
        let inner = open + 1..open + 1 + length;
        let told = |n: usize| {
            let known = self.sense(n).is_some_and(|s| {
                !matches!(s, Sense::And | Sense::Or | Sense::Neutral | Sense::Each | Sense::Base | Sense::So | Sense::Described)
            });
            known || self.letter(n).is_some() || self.is_number(n) || hyphened(self.tokens[n].text, self.vocabulary).is_some()
        };
        if self.tokens.get(inner.end).is_some_and(is_dash) && !inner.clone().any(told) {
            self.taken.extend(inner);
        }
    }

    /// Signs that are not there: "no dash", "bez kropki"; and those of which one may be: "a hash or an at sign".
    pub(super) fn absent(&mut self) {
        for at in 0..self.tokens.len() {
            match self.sense(at) {
                Some(Sense::Not) => {
                    let next = (at + 1..self.tokens.len().min(at + 4)).take_while(|n| !self.is_break(*n));
                    let sign = next
                        .into_iter()
                        .find(|n| matches!(self.sense(*n), Some(Sense::Sign(_) | Sense::Space | Sense::Spaced | Sense::Digit('0'))));
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
    pub(super) fn removed(&mut self) {
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
}

/// Most tokens of an aside.
const ASIDE: usize = 28;

fn is_dash(token: &Token<'_>) -> bool {
    matches!(token.text, "-" | "–" | "—") && token.is == Is::Comma
}
