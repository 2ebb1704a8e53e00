//! Words that are pieces of the secret: named as such, listed, told by their number, or between signs.

use super::super::numbers;
use super::super::tokens::Is;
use super::super::vocabulary::{Sense, is_unspaced};
use super::Steps;
use super::figures::hyphened;
use super::words::{LEADS, SMALL_WORDS};

impl Steps<'_, '_> {
    /// "the word marshmallow", "the three words are Bach, Forelle and Mühle".
    pub(super) fn named(&mut self) {
        for at in 0..self.tokens.len() {
            match self.sense(at) {
                // "each word beginning with a capital" names none.
                Some(Sense::Base) if at.checked_sub(1).is_some_and(|n| self.sense(n) == Some(Sense::Each)) => {}
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
    pub(super) fn list(&self, number: usize, at: usize) -> Vec<usize> {
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

    /// Words beside what is said of words, and between signs: "is bicicletta, all small", "…, sirop, …".
    pub(super) fn beside(&mut self) {
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
            // "小文字で otaru": what is of another script than the words around it.
            let foreign =
                at > 0 && self.tokens[at - 1].text.starts_with(is_unspaced) && self.tokens[at].text.bytes().all(|b| b.is_ascii_lowercase());
            let told = |n| matches!(self.sense(n), Some(Sense::Small | Sense::Capital | Sense::Then));
            if foreign && self.is_plain(at) && (at.saturating_sub(4)..at).any(told) {
                self.bases.insert(at);
            }
            if self.bases.contains(&at) || !(self.is_plain(at) || short && self.is_clause(at)) {
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
                && self.tokens.get(at + 1).is_some_and(|t| t.is == Is::Comma && t.text != ":")
                && goes_on;
            if named || said && self.is_led(at) || self.is_clause(at) {
                self.bases.insert(at);
            }
        }
    }

    /// Whether what leads in a value stands before.
    pub(super) fn is_led(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        let inside = at > 0 && !self.is_end(at - 1);
        let capital = token.text.starts_with(char::is_uppercase) && inside;
        let before = at.checked_sub(1).map(|n| &self.tokens[n]);
        capital
            || before.is_some_and(|b| {
                let each = at >= 2 && self.sense(at - 2) == Some(Sense::Each);
                LEADS.split(' ').any(|l| l == b.lower)
                    || b.sense() == Some(Sense::Base) && !each
                    || b.sense() == Some(Sense::So)
                    || b.text == ":"
            })
            || before.is_some_and(|b| b.text == ",") && self.tokens.get(at + 1).is_some_and(|t| t.text == ",")
    }

    /// Whether a word stands alone between pauses, with a sign or a figure in the next or the last clause.
    pub(super) fn is_clause(&self, at: usize) -> bool {
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
                || self.tokens[n].text.contains('-') && hyphened(self.tokens[n].text, self.vocabulary).is_some()
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

    /// "the third is mustard", "third bit: 58%": pieces told by their numbers, several of them.
    pub(super) fn ordered(&mut self) {
        let places: Vec<usize> = (0..self.tokens.len()).filter_map(|n| self.piece_of(n)).collect();
        if places.len() >= 2 {
            self.bases.extend(places);
        }
    }

    pub(super) fn is_nth(&self, at: usize) -> bool {
        self.piece_of(at).is_some_and(|n| self.bases.contains(&n))
    }

    /// The piece that an ordinal tells: behind "is" or a colon, over at most a word and an aside.
    pub(super) fn piece_of(&self, at: usize) -> Option<usize> {
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
}
