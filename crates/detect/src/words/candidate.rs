//! What may be a secret, before and after it is weighed.

use super::beside::Pairing;
use super::disguise;
use super::judge::Asked;
use super::weigh::{Relation, Signs};
use crate::link;
use aftermail_model::{Kind, Sensitive, Status};
use std::ops::Range;

/// A candidate, its numbers and what the model makes of them.
pub(crate) struct Weighed {
    pub candidate: Candidate,
    pub asked: Asked,
    /// How many of its numbers, the first ones, are known at a glance.
    pub glance: usize,
    pub confidence: f32,
}

/// Something that may be a secret, before it is weighed.
pub(crate) struct Candidate {
    pub range: Range<usize>,
    pub signs: Signs,
    pub rule: &'static str,
    pub account: Option<String>,
    pub system: Option<String>,
    pub kind: Kind,
    pub status: Status,
    /// How it stands beside its account, where nothing announces it.
    pub pairing: Option<Pairing>,
    /// What it is, where it does not stand there as such.
    pub undone: Option<disguise::Undone>,
}

/// How closely candidates are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Effort {
    /// Those in warm lines that the gate lets through: to find secrets, and to try them as keys.
    WherePromising,
    /// All of them: to train a model.
    Everywhere,
}

impl Candidate {
    /// What its links are looked for with.
    pub(super) fn wanted<'a>(&'a self, others: &'a [&'a str]) -> link::Wanted<'a> {
        let (cell, account) = (self.system.clone(), self.account.clone());
        link::Wanted { value: &self.range, kind: self.kind, cell, product: None, account, others }
    }

    /// Whether no model can turn it away.
    pub(super) fn is_sure(&self) -> bool {
        self.signs.relation == Relation::Statement || self.signs.is_plain()
    }
}

impl Weighed {
    /// The value itself, undisguised.
    pub(crate) fn value(&self, body: &str) -> String {
        self.candidate.undone.as_ref().map_or_else(|| body[self.candidate.range.clone()].to_owned(), |u| u.value.clone())
    }

    /// What its links are looked for with.
    pub(crate) fn wanted<'a>(&'a self, others: &'a [&'a str]) -> link::Wanted<'a> {
        self.candidate.wanted(others)
    }

    pub(crate) fn example(self, body: &str) -> crate::Example {
        let value = self.value(body);
        let Weighed { candidate, asked, glance, confidence } = self;
        crate::Example { place: candidate.range, value: Sensitive::new(value), asked, glance, confidence, rule: candidate.rule }
    }
}

/// Of readings of the very same characters the one with the strongest signs.
pub(super) fn likeliest(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
    let place = |c: &Candidate| (c.range.start, c.range.end);
    let firm = |c: &Candidate| c.signs.relation == Relation::Statement;
    candidates.sort_by(|a, b| place(a).cmp(&place(b)).then(firm(b).cmp(&firm(a))).then(b.signs.logit().total_cmp(&a.signs.logit())));
    candidates.dedup_by(|later, kept| place(later) == place(kept));
    candidates
}

/// How much less sure the whole of a phrase may be than a piece of it.
const NEARLY: f32 = 0.1;

/// Leaves out pieces of what is nearly as sure as a whole: "Heron/Bundle" of "Heron/Bundle B/red ribbon". In text order.
pub(super) fn wholes(mut weighed: Vec<Weighed>) -> Vec<Weighed> {
    weighed.sort_by_key(|w| (w.candidate.range.start, std::cmp::Reverse(w.candidate.range.end)));
    let pieces = pieces(weighed.iter().map(|w| (&w.candidate.range, w.confidence)));
    let mut pieces = pieces.into_iter();
    weighed.retain(|_| !pieces.next().unwrap_or(false));
    weighed
}

/// Which of some ranges, each with how sure it is, are such pieces; a whole stands before its pieces.
fn pieces<'r>(ranges: impl Iterator<Item = (&'r Range<usize>, f32)>) -> Vec<bool> {
    // Those that reach on to where the next begins.
    let mut open: Vec<(usize, f32)> = Vec::new();
    let is_piece = |(range, sure): (&Range<usize>, f32)| {
        open.retain(|(end, _)| *end > range.start);
        let piece = open.iter().any(|(end, whole)| *end >= range.end && *whole + NEARLY >= sure);
        open.push((range.end, sure));
        piece
    };
    ranges.map(is_piece).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_piece_gives_way_to_a_whole_that_is_nearly_as_sure() {
        let pieces = |all: &[(Range<usize>, f32)]| pieces(all.iter().map(|(range, sure)| (range, *sure)));
        assert_eq!(pieces(&[(0..20, 0.85), (0..5, 0.9), (12..20, 0.7)]), [false, true, true]);
        // Much surer by itself, reaching beyond the whole, or behind it.
        assert_eq!(pieces(&[(0..20, 0.55), (0..5, 0.9), (12..24, 0.5), (30..34, 0.5)]), [false; 4]);
    }
}
