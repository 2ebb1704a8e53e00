//! Letters of a word that are capital or small.

use super::super::tokens::Is;
use super::super::vocabulary::Sense;
use super::figures::hyphened;
use super::words::{DEFINITE, EXCEPT, LINKS};
use super::{Atom, Case, Steps, first, fold};

impl Steps<'_, '_> {
    /// "marshmallow with a big M", "Jeżyna, J duże", "das G und das Z groß", "all small except the B".
    pub(super) fn recased(&mut self) {
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
                    // "a trilobite: capital T then the rest small"
                    && (self.tokens.get(*n + 1).is_none_or(|t| t.text != ":") || *n + 2 == at.min(case) && self.rest_is_small(at.max(case) + 1))
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

    /// "then the rest small"
    fn rest_is_small(&self, from: usize) -> bool {
        (from..from + 4).take_while(|n| !self.is_end(*n)).any(|n| self.sense(n) == Some(Sense::AllSmall))
    }

    /// Whether letters follow: "capital T, then h-r-e-a-d".
    pub(super) fn goes_on(&self, from: usize) -> bool {
        let skipped = |n: &usize| {
            self.tokens[*n].is == Is::Comma
                || self.case(*n).is_some()
                || matches!(self.sense(*n), Some(Sense::Then | Sense::AllSmall | Sense::Each | Sense::Neutral))
                || self.sense(*n) == Some(Sense::And) && self.letter(*n).is_none()
        };
        let Some(next) = (from..self.tokens.len().min(from + 6)).find(|n| !skipped(n)) else { return false };
        let firm = self.is_letter(next) || self.letter(next).is_some() && self.tokens.get(next + 1).is_some_and(|t| t.is == Is::Comma);
        firm && next > from - 1 || hyphened(self.tokens[next].text, self.vocabulary).is_some_and(|t| t.chars().all(char::is_alphabetic))
    }

    /// The letter before "and" before a place: the G of "the G and the Z".
    pub(super) fn with(&self, at: usize) -> Option<usize> {
        let and =
            (at.saturating_sub(2)..at).rev().find(|n| self.sense(*n) == Some(Sense::And) && self.tokens[*n].text.chars().count() > 1)?;
        and.checked_sub(1).filter(|n| self.letter(*n).is_some() && !self.done.contains_key(n))
    }
}

/// How far from a letter the word is looked for that it belongs to, in tokens.
pub(super) const NEAR: usize = 9;
