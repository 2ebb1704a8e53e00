//! The value that the steps of a dictation come to.

use super::super::shape;
use super::changed;
use super::dictated::is_stop;
use super::pieces::{Deed, Part, Place, all, done_to, in_one_script, inner_capital, put_together};
use super::steps::{Atom, Case, Step};

/// Fewest and most characters of a value.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=64;

#[derive(Default)]
struct Taken<'s> {
    parts: Vec<Part>,
    deeds: Vec<Deed<'s>>,
    place: Place,
    clause: usize,
    sentence: usize,
    times: Option<usize>,
    nth: Option<usize>,
    /// The case of the next letter, and of those after it.
    next: Option<Case>,
    mode: Option<Case>,
}

/// What the steps of a run come to.
pub(super) fn value(steps: &[Step]) -> Option<String> {
    if let Some(changed) = changed::value(steps) {
        return Some(changed);
    }
    if is_told_elsewhere(steps) {
        return None;
    }
    let mut taken = Taken::default();
    for (at, step) in steps.iter().enumerate() {
        taken.take(&step.atom, &steps[..at], &steps[at + 1..]);
        taken.sentence += usize::from(is_stop(step));
    }
    let Taken { mut parts, deeds, .. } = taken;
    let done = deeds.iter().filter(|d| !matches!(d.atom, Atom::All(..))).count();
    let told = steps.iter().filter(|s| matches!(s.atom, Atom::Figures(_) | Atom::Letter(_) | Atom::Sign(_) | Atom::Text(_))).count();
    if told + done < 2 && !steps.iter().any(|s| matches!(s.atom, Atom::Spelled(_))) {
        return None;
    }
    let several = parts.len() >= 2 || parts.iter().any(|p| p.text.contains(' ') || inner_capital(&p.text).is_some());
    if deeds.iter().any(|d| matches!(d.atom, Atom::Between(_))) && !several {
        return None;
    }
    // "jabuti, letter by letter j, a, …"
    for n in 1..parts.len() {
        let (before, after) = parts.split_at_mut(n);
        let spelled = after[0].spelled.len() >= 3 || after[0].word;
        let again = before[n - 1].word && spelled && before[n - 1].text.to_lowercase() == after[0].text.to_lowercase();
        if again {
            (before[n - 1].text, before[n - 1].word) = (String::new(), false);
        }
    }
    // What is said of all comes before what is said of single letters.
    let (whole, single): (Vec<&Deed<'_>>, Vec<&Deed<'_>>) = deeds.iter().partition(|d| matches!(d.atom, Atom::All(..) | Atom::Plain));
    let local = whole.iter().filter(|d| matches!(d.atom, Atom::All(..))).count() > 1;
    let (mut joined, mut grouped) = (None, None);
    for deed in whole.into_iter().chain(single) {
        match deed.atom {
            Atom::Between(sign) => joined = Some((*sign, deed.at)),
            Atom::Grouped(size) => grouped = Some(*size),
            Atom::All(case, rest) => all(&mut parts, *case, *rest, deed, local),
            atom => done_to(&mut parts, atom, deed.at)?,
        }
    }
    if parts.iter().filter(|p| p.nth.is_some()).count() >= 2 {
        parts.retain(|p| p.nth.is_some());
        parts.sort_by_key(|p| p.nth.filter(|n| *n > 0).unwrap_or(usize::MAX));
    }
    let value = in_one_script(put_together(parts, joined, grouped));
    let letters = value.chars().filter(|c| c.is_alphanumeric()).count();
    let signs = value.chars().count() - letters;
    // A list of percent-encoded signs is no secret.
    let escapes = value.match_indices('%').filter(|(n, _)| value[n + 1..].starts_with(|c: char| c.is_ascii_hexdigit())).count();
    (LENGTH.contains(&value.chars().count()) && letters >= 3 && signs < letters.max(4) && escapes < 2).then_some(value)
}

/// Whether the value stands there as it is: behind "so", as an older one that something is done to, or with words about its letters.
fn is_told_elsewhere(steps: &[Step]) -> bool {
    let whole = |s: &Step| matches!(&s.atom, Atom::Text(t) if t.chars().count() >= 6 && !t.contains(' ') && shape::of(t).score >= 1.3);
    let so = steps.iter().position(|s| s.atom == Atom::So);
    if so.is_some_and(|so| steps[so..].iter().take(4).any(whole)) || steps.iter().any(|s| s.atom == Atom::Old) && steps.iter().any(whole) {
        return true;
    }
    let Some(at) = steps.iter().rposition(whole) else { return false };
    let Atom::Text(text) = &steps[at].atom else { return false };
    let altered =
        |s: &Step| matches!(s.atom, Atom::Replace { .. } | Atom::Back | Atom::Remove(_) | Atom::Between(_) | Atom::Begin | Atom::End);
    let within = |s: &Step| match &s.atom {
        Atom::Letter(letter) => text.contains(*letter),
        Atom::Sign(sign) => text.contains(*sign),
        Atom::Figures(figures) | Atom::Text(figures) => text.contains(figures.as_str()),
        _ => true,
    };
    !steps.iter().any(altered) && steps[at + 1..].iter().all(within)
}

impl<'s> Taken<'s> {
    fn take(&mut self, atom: &'s Atom, before: &[Step], after: &[Step]) {
        match atom {
            Atom::Letter(letter) => self.letter(*letter, after),
            Atom::Figures(figures) => self.figures(figures),
            // "a bang on the end. An exclamation mark, I mean."
            Atom::Sign(sign) if is_again(*sign, before) => {}
            Atom::Sign(sign) => self.push(sign.to_string(), false),
            Atom::Text(text) => self.push(text.clone(), true),
            Atom::Spelled(text) => self.push(text.clone(), false),
            Atom::Times(times) => self.times = Some(*times),
            Atom::Again(times) => {
                if let Some(part) = self.parts.last_mut()
                    && let Some(last) = part.text.chars().next_back()
                {
                    part.text.extend(std::iter::repeat_n(last, times - 1));
                    if let Some(told) = part.spelled.last().copied() {
                        part.spelled.extend(std::iter::repeat_n(told, times - 1));
                    }
                }
            }
            Atom::Case(case) => {
                if next_told(after).is_some_and(|a| matches!(a, Atom::Letter(_))) {
                    self.next = Some(*case);
                }
                if *case == Case::Small {
                    self.mode = Some(Case::Small);
                }
            }
            Atom::All(case, _) => {
                self.mode = Some(*case);
                self.deeds.push(Deed { atom, at: self.parts.len(), clause: self.clause, sentence: self.sentence });
            }
            // Between what begins and what ends it.
            Atom::Between(sign) if self.parts.iter().any(|p| p.place != Place::Told) => {
                self.place = Place::Middle;
                self.push(sign.to_string(), false);
            }
            Atom::Capitals { .. }
            | Atom::Grouped(_)
            | Atom::Remove(_)
            | Atom::Recase(..)
            | Atom::Replace { .. }
            | Atom::Plain
            | Atom::Between(_)
            | Atom::Back => {
                self.deeds.push(Deed { atom, at: self.parts.len(), clause: self.clause, sentence: self.sentence });
            }
            Atom::Begin => self.place = Place::Begin,
            Atom::Middle => self.place = Place::Middle,
            Atom::End => self.place = Place::End,
            Atom::Front => self.put_in_front(before, after),
            Atom::Pause | Atom::Then => self.clause += 1,
            Atom::Nth(which) => self.nth = Some(*which),
            Atom::Old | Atom::Up(_) | Atom::So | Atom::Described | Atom::Rule | Atom::Filler => {}
        }
    }

    fn push(&mut self, text: String, word: bool) {
        let text = text.repeat(self.times.take().unwrap_or(1));
        self.parts.push(Part { text, word, clause: self.clause, place: self.place, spelled: Vec::new(), nth: self.nth.take() });
        self.next = None;
    }

    /// Figures that follow each other are one piece.
    fn figures(&mut self, figures: &str) {
        let place = self.place;
        match self.parts.last_mut().filter(|p| p.place == place && !p.word && p.text.bytes().all(|b| b.is_ascii_digit())) {
            Some(part) => part.text.push_str(&figures.repeat(self.times.take().unwrap_or(1))),
            None => self.push(figures.to_owned(), false),
        }
    }

    fn letter(&mut self, letter: char, after: &[Step]) {
        // "A mayúscula", "E di Empoli, maiuscola": the case behind the letter is its own, if none stood before.
        let behind = match next_told(after).or_else(|| over_pause(after)) {
            Some(Atom::Case(case)) if self.next.is_none() => Some(*case),
            _ => None,
        };
        let told = self.next.take().or(behind);
        let case = told.or(self.mode);
        let text: String = match case {
            Some(Case::Capital) => letter.to_uppercase().collect(),
            Some(Case::Small) => letter.to_lowercase().collect(),
            None => letter.to_string(),
        };
        let times = self.times.take().unwrap_or(1);
        let (clause, place) = (self.clause, self.place);
        let goes_on = self.parts.last().is_some_and(|p| !p.spelled.is_empty() && p.place == place);
        if !goes_on {
            self.parts.push(Part { clause, place, ..Part::default() });
        }
        if let Some(part) = self.parts.last_mut() {
            part.text.push_str(&text.repeat(times));
            part.spelled.extend(std::iter::repeat_n((told.is_some(), self.sentence), times));
        }
    }

    /// "an ampersand at the front": what was told in this clause comes first.
    fn put_in_front(&mut self, before: &[Step], after: &[Step]) {
        let cased = |s: &Step| matches!(s.atom, Atom::Recase(..) | Atom::Capitals { .. } | Atom::Case(_));
        if before.iter().rev().take(4).any(cased) || after.iter().take(2).any(cased) {
            return;
        }
        let clause = self.clause;
        let own: Vec<Part> = self.parts.extract_if(.., |p| p.clause == clause && !p.word).collect();
        self.parts.splice(0..0, own);
    }
}

/// Whether a sign was the last thing that was told before the sentence began.
fn is_again(sign: char, before: &[Step]) -> bool {
    let told = |s: &&Step| matches!(s.atom, Atom::Sign(_) | Atom::Letter(_) | Atom::Figures(_) | Atom::Text(_)) || is_stop(s);
    let mut last = before.iter().rev().filter(told);
    last.next().is_some_and(is_stop) && last.next().is_some_and(|s| s.atom == Atom::Sign(sign))
}

/// The case that stands alone behind a comma.
fn over_pause(after: &[Step]) -> Option<&Atom> {
    let told = after.iter().position(|s| s.atom != Atom::Filler).filter(|n| *n <= 6 && after[*n].atom == Atom::Pause)?;
    let case = told + 1 + after[told + 1..].iter().position(|s| !matches!(s.atom, Atom::Filler | Atom::Pause)).filter(|n| *n <= 4)?;
    let alone = matches!(after.get(case + 1).map(|s| &s.atom), None | Some(Atom::Pause | Atom::Then | Atom::Filler));
    (alone && matches!(after[case].atom, Atom::Case(_))).then_some(&after[case].atom)
}

/// The next step of the same clause that says something.
fn next_told(after: &[Step]) -> Option<&Atom> {
    after.iter().map(|s| &s.atom).take(8).take_while(|a| !matches!(a, Atom::Pause | Atom::Then)).find(|a| **a != Atom::Filler)
}
