//! What steps weigh beside each other: figures that the words before announce, ends of sentences within a dictation.

use super::{Atom, SHORT, SOFT_STOP, STOP, Step, UNKNOWN};

/// Weighs them anew; `leads` tells the colons.
pub(super) fn settle(steps: &mut [Step], leads: impl Fn(&Step) -> bool) {
    without_leads(steps, leads);
    described(steps);
    last(steps);
    soften(steps);
}

/// "Wie am Funk: Ludwig, Otto": a word that leads in what is spelled is no letter of it.
fn without_leads(steps: &mut [Step], text: impl Fn(&Step) -> bool) {
    for at in 1..steps.len() {
        let faint = matches!(steps[at - 1].atom, Atom::Letter(_)) && steps[at - 1].weight <= 0.3;
        if faint && text(&steps[at]) && steps[at + 1..].iter().take(1).any(|s| matches!(s.atom, Atom::Letter(_))) {
            (steps[at - 1].atom, steps[at - 1].weight) = (Atom::Filler, UNKNOWN);
        }
    }
}

/// "the year on the founding stone, 1887, in figures": a number that is described and told counts as told.
fn described(steps: &mut [Step]) {
    for at in 2..steps.len() {
        let figures = matches!(&steps[at].atom, Atom::Figures(f) if f.len() >= 2) && steps[at].weight < 0.2;
        let pause = |n: usize| steps.get(n).is_none_or(|s| s.atom == Atom::Pause);
        let before = steps[..at - 1].iter().rev().take(9).take_while(|s| s.atom != Atom::Pause);
        let from = before.into_iter().position(|s| s.atom == Atom::Described);
        if let Some(from) = from.filter(|_| figures && pause(at - 1) && pause(at + 1)) {
            steps[at].weight = 0.8;
            let words = steps[at - 2 - from..at - 1].iter_mut().filter(|s| s.atom == Atom::Filler);
            words.for_each(|s| s.weight = s.weight.max(SHORT));
        }
    }
}

/// "…, und am Schluss eine 6.", "最後に数字の 88。": figures that "then" leads in, up to a pause, are told.
fn last(steps: &mut [Step]) {
    for at in 1..steps.len() {
        let figures = matches!(steps[at].atom, Atom::Figures(_)) && steps[at].weight < 0.2;
        let before = steps[..at].iter().rev().take(4).find(|s| s.atom != Atom::Filler);
        let led = before.is_some_and(|s| matches!(s.atom, Atom::Then | Atom::End));
        if figures && led && steps.get(at + 1).is_none_or(|s| s.atom == Atom::Pause) {
            steps[at].weight = 0.6;
        }
    }
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
