//! What is put for letters or signs, and between pieces.

use super::super::tokens::Is;
use super::super::vocabulary::Sense;
use super::recased::NEAR;
use super::words::{ARTICLES, DEFINITE, FAINT, LETTER};
use super::{Atom, Steps, fold, is_article};

impl Steps<'_, '_> {
    /// "with a dash between each", "joined by dots", "a single space between them".
    pub(super) fn between(&mut self) {
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

    /// "a zero for the o", "statt i eine eins", "båda e:na utbytta mot 3:or".
    pub(super) fn replaced(&mut self) {
        for at in 0..self.tokens.len() {
            let Some(sense @ (Sense::Instead | Sense::Replaced)) = self.sense(at) else { continue };
            // "may not be just a zero for an o"
            if (at.saturating_sub(6)..at).any(|n| self.sense(n) == Some(Sense::Not)) {
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
    pub(super) fn old(&self, at: usize) -> Option<char> {
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

    /// "a one for the i", "es un uno;": a word that may be an article, behind one.
    fn is_figure(&self, at: usize) -> bool {
        let article = at.checked_sub(1).is_some_and(|n| ARTICLES.iter().any(|a| self.tokens[n].lower.rsplit(' ').next() == Some(a)));
        article && (self.is_break(at + 1) || matches!(self.sense(at + 1), Some(Sense::Instead | Sense::And | Sense::Then)))
    }

    /// What is put for it.
    pub(super) fn new_for(&self, at: usize) -> Option<String> {
        if self.taken.contains(&at) {
            return None;
        }
        let token = &self.tokens[at];
        match token.sense() {
            Some(Sense::Sign(sign)) => return Some(sign.to_string()),
            Some(Sense::Digit(digit)) if !FAINT.contains(&token.lower.as_str()) || token.lower == "null" => return Some(digit.to_string()),
            Some(Sense::Digits(digit)) => return Some(digit.to_string()),
            Some(Sense::Digit(digit)) if matches!(token.lower.as_str(), "nul" | "oh") || self.is_figure(at) => {
                return Some(digit.to_string());
            }
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
}
