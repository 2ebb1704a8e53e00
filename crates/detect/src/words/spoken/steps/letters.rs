//! Which single letters are told, and which are words.

use super::super::tokens::Is;
use super::super::vocabulary::{Sense, is_unspaced};
use super::words::{ARTICLES, AS, DEFINITE, LINKS};
use super::{Atom, Steps, first, fold, is_article};

impl Steps<'_, '_> {
    /// "T as in Tango", "a de Antonio", "Kayseri'nin K'si": the word is only there for its letter.
    pub(super) fn examples(&mut self) {
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

    pub(super) fn letter(&self, at: usize) -> Option<char> {
        let token = self.tokens.get(at).filter(|_| !self.taken.contains(&at))?;
        if let Some(Sense::Called(letter)) = token.sense() {
            return Some(letter);
        }
        token.letter()
    }

    /// Whether a letter is hardly anything else.
    pub(super) fn is_letter(&self, at: usize) -> bool {
        matches!(self.done.get(&at), Some(Atom::Letter(_))) || self.letter(at).is_some_and(|l| !is_article(l)) && self.sense(at).is_none()
    }

    /// Whether a letter is one of several, or its case is said.
    pub(super) fn is_spelled(&self, at: usize) -> bool {
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
        // ", u minuscule,"
        if before.is_none_or(|n| self.is_break(n)) && self.case(at + 1).is_some() && self.is_break(at + 2) {
            return true;
        }
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
        if referred && self.case(at + 1).is_none() {
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
    pub(super) fn is_listed(&self, at: usize) -> bool {
        self.is_break(at + 1) && at.checked_sub(1).is_none_or(|n| self.is_break(n) || self.letter(n).is_some())
    }

    /// The row of letters that one stands in, with commas or nothing between.
    pub(super) fn chain(&self, at: usize) -> Chain {
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
    pub(super) fn is_alphabet(&self, at: usize) -> bool {
        let near =
            |n: usize| matches!(self.sense(n), Some(Sense::Letter(_))) || self.is_number(n) && !self.is_faint(n) || self.is_letter(n);
        let count = (at.saturating_sub(8)..(at + 9).min(self.tokens.len())).filter(|n| *n != at && near(*n)).count();
        let cased = at.checked_sub(1).is_some_and(|n| self.case(n).is_some());
        let capital = self.tokens[at].text.starts_with(char::is_uppercase);
        cased || count >= if capital { 1 } else { 2 }
    }
}

/// A row of letters: how many, how many of them are hardly anything else, whether commas stand between.
pub(super) struct Chain {
    pub length: usize,
    pub firm: usize,
    pub commas: bool,
}
