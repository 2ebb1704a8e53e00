//! Of the steps of a text the run that reads most like a dictation, and the value that it comes to.

use super::super::{lexicon, shape};
use super::changed;
use super::steps::{self, Atom, Case, Step};
use super::tokens;
use super::vocabulary::Vocabulary;
use std::ops::Range;

/// The most that an aside costs.
const ASIDE: f32 = -1.2;
/// How much more a change of an older value that stands there speaks for.
const CHANGED: f32 = 1.0;
/// Fewest and most characters of a value.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=64;

/// A value that is dictated.
#[derive(Debug, PartialEq)]
pub(super) struct Told {
    /// Where, in bytes of the text.
    pub range: Range<usize>,
    pub value: String,
    /// How much speaks for it: about 1 for each sign or word and a half for each letter or figure that is told.
    pub score: f32,
}

/// The dictation in a text, if there is one.
pub(super) fn read(text: &str, vocabulary: &Vocabulary) -> Option<Told> {
    let tokens = tokens::read(text, vocabulary);
    let steps = steps::read(&tokens, vocabulary);
    let (run, score) = best(&steps)?;
    let run = announced(&steps, run.start)..completed(&steps, run.end);
    let changed = changed::value(&steps[run.clone()]).is_some();
    let score = if changed { score + CHANGED } else { score };
    if !changed && !is_spelled(&steps[run.clone()]) || is_left_open(&steps, &run) || is_rule(&steps, &run) {
        return None;
    }
    // A long aside counts as a few words.
    let is_unknown = |s: &Step| s.atom == Atom::Filler && s.weight <= -0.2;
    let stretches = steps[run.clone()].split(|s| s.weight > 0.2);
    let unknown: usize = stretches.map(|s| s.iter().filter(|s| is_unknown(s)).count().min(4)).sum();
    let told = steps[run.clone()].iter().filter(|s| s.weight > 0.0).count();
    // Too much of it was not understood.
    if !changed && unknown * 10 >= told * 3 && unknown > 1 {
        return None;
    }
    let range = steps[run.start].range.start..steps[run.end - 1].range.end;
    Some(Told { range, value: value(&steps[run])?, score })
}

/// The run of steps with the greatest sum of weights (J. Kadane; J. Bentley, "Algorithm design techniques", 1984).
fn best(steps: &[Step]) -> Option<(Range<usize>, f32)> {
    let (mut start, mut sum) = (0, 0.0);
    let mut best: Option<(Range<usize>, f32)> = None;
    // What the words since something was told have cost.
    let mut aside: f32 = 0.0;
    for (at, step) in steps.iter().enumerate() {
        if sum <= 0.0 {
            (start, sum, aside) = (at, 0.0, 0.0);
        }
        let cost = if step.weight < 0.0 && step.atom == Atom::Filler { step.weight.max(ASIDE - aside).min(0.0) } else { step.weight };
        aside = if step.weight > 0.2 { 0.0 } else { aside + cost.min(0.0) };
        if is_stop(step) {
            aside = 0.0;
        }
        sum += cost;
        if step.weight > 0.0 && best.as_ref().is_none_or(|(_, most)| sum > *most) {
            best = Some((start..at + 1, sum));
        }
    }
    best
}

/// Where what is said of the whole before it begins, else where the run does: "all lower case unless I say so: Tango, …".
fn announced(steps: &[Step], start: usize) -> usize {
    let said = |s: &Step| matches!(s.atom, Atom::All(..) | Atom::Grouped(_) | Atom::Between(_));
    let mut gaps = 0;
    let before = (start.saturating_sub(25)..start).rev().take_while(|n| {
        let stop = steps[*n].atom == Atom::Pause && steps[*n].weight < -0.2;
        gaps += usize::from(stop);
        gaps <= 1 && !(stop && steps[*n].weight > -0.6)
    });
    before.filter(|n| said(&steps[*n])).min().unwrap_or(start)
}

/// Where what is said of the whole behind it ends: "…, all small, with one blank between each".
fn completed(steps: &[Step], end: usize) -> usize {
    let said = |s: &Step| matches!(s.atom, Atom::All(..) | Atom::Between(_));
    let mut stops = 0;
    let behind = (end..steps.len().min(end + 20)).take_while(|n| {
        stops += usize::from(steps[*n].atom == Atom::Pause && steps[*n].weight < -0.2);
        stops <= 1 && steps[*n].weight > -0.6
    });
    behind.filter(|n| said(&steps[*n])).max().map_or(end, |n| n + 1)
}

/// Whether enough is spelled out, beside pieces that stand there as they are.
fn is_spelled(steps: &[Step]) -> bool {
    let spelled = |s: &&Step| !matches!(s.atom, Atom::Text(_) | Atom::Filler | Atom::Pause | Atom::Then);
    steps.iter().filter(spelled).map(|s| s.weight.max(0.0)).sum::<f32>() >= 0.9
}

/// Whether a part is only described, in the run or right behind it: "then the year we met".
fn is_left_open(steps: &[Step], run: &Range<usize>) -> bool {
    let end = (run.end..steps.len()).find(|n| steps[*n].weight <= -0.3).unwrap_or(steps.len());
    let clauses: Vec<&[Step]> =
        steps[run.start..end].split(|s| matches!(s.atom, Atom::Then | Atom::Pause)).filter(|c| !c.is_empty()).collect();
    let tells = |s: &Step| matches!(s.atom, Atom::Figures(_) | Atom::Text(_) | Atom::Letter(_) | Atom::Back);
    let described = |c: &[Step]| c.iter().any(|s| s.atom == Atom::Described) && !c.iter().any(tells) && c.len() > 1;
    // "the year the camp opened, nineteen eighty-four"
    let told = |n: usize| clauses.get(n + 1).is_some_and(|c| c.iter().take(4).any(|s| matches!(s.atom, Atom::Figures(_))));
    clauses.iter().enumerate().any(|(n, clause)| described(clause) && !told(n))
}

/// Whether it is a rule that secrets have to follow: "must contain at least one sign, …".
fn is_rule(steps: &[Step], run: &Range<usize>) -> bool {
    let start = steps[..run.start].iter().rposition(|s| s.weight <= -0.3 && s.atom == Atom::Pause).map_or(0, |n| n + 1);
    steps[start..run.end].iter().filter(|s| s.atom == Atom::Rule).count() >= 2
}

#[derive(Debug, Clone, Default)]
struct Part {
    text: String,
    /// Spelled out letter by letter: whose case is told, and in which sentence.
    spelled: Vec<(bool, usize)>,
    /// A word or a piece as it stands.
    word: bool,
    clause: usize,
    place: Place,
    /// Which piece it is, where the text numbers them; 0 is the last.
    nth: Option<usize>,
}

/// Where a piece stands in the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
enum Place {
    Begin,
    #[default]
    Told,
    Middle,
    End,
}

/// What is done to the pieces, with how many stood before.
struct Deed<'s> {
    atom: &'s Atom,
    at: usize,
    clause: usize,
    sentence: usize,
}

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
fn value(steps: &[Step]) -> Option<String> {
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
    if told + done < 2 {
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
    (LENGTH.contains(&value.chars().count()) && letters >= 3 && signs < letters.max(4)).then_some(value)
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
            Atom::Front => self.to_front(before, after),
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
    fn to_front(&mut self, before: &[Step], after: &[Step]) {
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

fn is_stop(step: &Step) -> bool {
    step.atom == Atom::Pause && step.weight < 0.0
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

/// Does something to the pieces; `None` where it fits none.
fn done_to(parts: &mut Vec<Part>, atom: &Atom, at: usize) -> Option<()> {
    match atom {
        Atom::Capitals { each: true } => parts.iter_mut().filter(|p| p.word).for_each(|p| p.text = capitalised(&p.text)),
        Atom::Capitals { each: false } => {
            let at = at.min(parts.len());
            let (before, after) = parts.split_at_mut(at);
            let word = before.iter_mut().rev().find(|p| p.word).or_else(|| after.iter_mut().find(|p| p.word))?;
            word.text = capitalised(&word.text);
        }
        Atom::Remove(letter) => {
            let part = parts.iter_mut().rev().find(|p| p.text.matches(*letter).count() >= 2)?;
            part.text = part.text.replace(*letter, "");
        }
        Atom::Plain => parts.iter_mut().for_each(|p| p.text = plain(&p.text)),
        Atom::Back => {
            let last = parts.get_mut(at.checked_sub(1)?)?;
            last.text = last.text.chars().rev().collect();
        }
        Atom::Recase(letter, case) => recase(parts, *letter, *case, at)?,
        Atom::Replace { old, new, which } => replace(parts, old, new, *which, at),
        _ => {}
    }
    Some(())
}

/// Of words and of letters, unless others follow that it is said of. Where several such things are said, each is of its sentence's
/// letters and of the word of its clause or the one before.
fn all(parts: &mut [Part], case: Case, rest: bool, deed: &Deed<'_>, local: bool) {
    let follows = parts.iter().skip(deed.at).any(|p| !p.spelled.is_empty());
    let own = parts.iter().rposition(|p| p.word && p.clause <= deed.clause && p.clause + 2 > deed.clause);
    let own = parts.iter().position(|p| p.word && p.clause == deed.clause).or(own);
    for (n, part) in parts.iter_mut().enumerate() {
        if part.word && (!local || own == Some(n)) {
            // What is told of the rest leaves the first letter as it is.
            let kept = if rest { part.text.chars().next().map_or(0, char::len_utf8) } else { 0 };
            part.text = part.text[..kept].to_owned() + &cased(&part.text[kept..], case);
        }
        if !part.spelled.is_empty() && (local || !follows) {
            let told = |n: usize| part.spelled.get(n).is_none_or(|(told, sentence)| *told || local && *sentence != deed.sentence);
            part.text =
                part.text.chars().enumerate().map(|(n, c)| if told(n) { c.to_string() } else { cased(&c.to_string(), case) }).collect();
        }
    }
}

pub(super) fn cased(text: &str, case: Case) -> String {
    match case {
        Case::Small => text.to_lowercase(),
        Case::Capital => text.to_uppercase(),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Without accents, in the case that it has.
fn plain(text: &str) -> String {
    let letter = |c: char| {
        let plain: String = lexicon::fold(c).collect();
        if c.is_uppercase() { plain.to_uppercase() } else { plain }
    };
    text.chars().map(letter).collect()
}

fn same(a: char, b: char) -> bool {
    a == b || lexicon::fold(a).eq(lexicon::fold(b))
}

/// The pieces that may be meant by what is said at a place: words first, the last one before it, then those behind.
fn meant(parts: &[Part], letter: char, at: usize) -> Option<usize> {
    let holds = |n: &usize| parts[*n].text.chars().any(|c| same(c, letter));
    let words = |n: &usize| parts[*n].word;
    let before = || (0..at.min(parts.len())).rev();
    let after = || at.min(parts.len())..parts.len();
    before().filter(words).find(holds).or_else(|| after().filter(words).find(holds)).or_else(|| before().find(holds))
}

fn recase(parts: &mut [Part], letter: char, case: Case, at: usize) -> Option<()> {
    let part = &mut parts[meant(parts, letter, at)?];
    // The first letter is meant rather than one inside.
    let first = part.text.char_indices().find(|(_, c)| c.is_alphabetic()).filter(|(_, c)| same(*c, letter));
    let other = || part.text.char_indices().find(|(_, c)| same(*c, letter) && cased(&c.to_string(), case) != c.to_string());
    if let Some((place, c)) = first.or_else(other) {
        part.text.replace_range(place..place + c.len_utf8(), &cased(&c.to_string(), case));
    }
    Some(())
}

/// Where no piece has the letter, the new one is a piece itself.
fn replace(parts: &mut Vec<Part>, old: &str, new: &str, which: Option<usize>, at: usize) {
    let Some(first) = old.chars().next() else {
        // "the last letter is a zero"
        let Some(part) = parts.iter_mut().rev().find(|p| p.word || !p.spelled.is_empty()) else { return };
        let count = part.text.chars().count();
        let nth = which.map_or(0, |n| if n == 0 { count } else { n });
        if let Some((at, c)) = part.text.char_indices().nth(nth.wrapping_sub(1)) {
            part.text.replace_range(at..at + c.len_utf8(), new);
        }
        return;
    };
    // "capital S, one for the i, …": told where it belongs.
    let spelling =
        at.checked_sub(1).and_then(|n| parts.get(n)).is_some_and(|p| !p.spelled.is_empty() && !p.text.chars().any(|c| same(c, first)));
    let Some(part) = meant(parts, first, at).filter(|_| !spelling) else {
        parts.insert(at.min(parts.len()), Part { text: new.to_owned(), ..Part::default() });
        return;
    };
    let text = &parts[part].text;
    let exact = text.contains(old);
    // Places of what is replaced, in bytes.
    let places: Vec<Range<usize>> = if exact {
        text.match_indices(old).map(|(n, m)| n..n + m.len()).collect()
    } else {
        text.char_indices().filter(|(_, c)| same(*c, first) && old.chars().count() == 1).map(|(n, c)| n..n + c.len_utf8()).collect()
    };
    let chosen: Vec<Range<usize>> = match which {
        Some(0) => places.last().cloned().into_iter().collect(),
        Some(n) => places.get(n - 1).cloned().into_iter().collect(),
        None => places,
    };
    for place in chosen.into_iter().rev() {
        parts[part].text.replace_range(place, new);
    }
}

fn put_together(mut parts: Vec<Part>, joined: Option<(char, usize)>, grouped: Option<usize>) -> String {
    let Some((sign, at)) = joined else {
        parts.sort_by_key(|p| p.place);
        return parts.into_iter().map(|p| p.text).collect();
    };
    let glue = sign.to_string();
    if let Some(size) = grouped {
        let all: Vec<char> = parts.iter().flat_map(|p| p.text.chars()).filter(|c| c.is_alphanumeric()).collect();
        return all.chunks(size).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(&glue);
    }
    let words = |parts: &[Part]| -> Vec<String> {
        let mut ordered: Vec<&Part> = parts.iter().collect();
        ordered.sort_by_key(|p| p.place);
        ordered.iter().flat_map(|p| p.text.split_whitespace()).map(str::to_owned).collect()
    };
    let (before, after) = parts.split_at(at.min(parts.len()));
    let first = words(before);
    let sign_next = after.first().is_some_and(|p| p.text.chars().all(|c| !c.is_alphanumeric()));
    match &first[..] {
        [word] if inner_capital(word).is_some() => {
            let (head, tail) = word.split_at(inner_capital(word).unwrap_or(0));
            format!("{head}{glue}{tail}{}", words(after).concat())
        }
        [_, _, ..] if sign_next => first.join(&glue) + &words(after).concat(),
        _ => words(&parts).join(&glue),
    }
}

/// Cyrillic letters that look like Latin ones as these, where the rest is Latin.
fn in_one_script(value: String) -> String {
    const ALIKE: &[(char, char)] = &[
        ('А', 'A'),
        ('В', 'B'),
        ('Е', 'E'),
        ('К', 'K'),
        ('М', 'M'),
        ('Н', 'H'),
        ('О', 'O'),
        ('Р', 'P'),
        ('С', 'C'),
        ('Т', 'T'),
        ('Х', 'X'),
        ('а', 'a'),
        ('е', 'e'),
        ('о', 'o'),
        ('р', 'p'),
        ('с', 'c'),
        ('у', 'y'),
        ('х', 'x'),
    ];
    if !value.contains(|c: char| c.is_ascii_alphabetic()) {
        return value;
    }
    value.chars().map(|c| ALIKE.iter().find(|(cyrillic, _)| *cyrillic == c).map_or(c, |(_, latin)| *latin)).collect()
}

fn inner_capital(word: &str) -> Option<usize> {
    word.char_indices().skip(1).find(|(_, c)| c.is_uppercase()).map(|(n, _)| n)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictations_come_to_values() {
        let (vocabulary, _) = Vocabulary::built_in();
        for (text, want) in [
            ("capital H as in Hotel, small e, r, o, n, hash, double seven oh three.", Some("Heron#7703")),
            (
                "großes H wie Heinrich, dann alles klein: Emil, Richard, Ida, danach ein Unterstrich, vier, sieben und ein Ausrufezeichen",
                Some("Heri_47!"),
            ),
            ("is the word heron with a big H at the front, a zero for the o and a dollar where the n is", Some("Her0$")),
            ("R maiuscola di Roma, poi minuscole o di Otranto, s di Savona, a di Ancona, chiocciola, uno, nove", Some("Rosa@19")),
            ("pehle R capital, uske baad small mein a s g u l, phir at the rate, phir ek do teen chaar", Some("Rasgul@1234")),
            ("ends in marsh88, it begins with Grey, and between them there's an underscore", Some("Grey_marsh88")),
            ("null, fünf, zwo, zwo, neun.", Some("05229")),
            ("大写 H 开头，后面小写 e r o n，接着一个井号，最后是幺九八八。", Some("Heron#1988")),
            (
                "drei Wörter Bach, Reiher, Mühle direkt aneinander, jedes mit großem Anfangsbuchstaben, das ü als ue, und hinten ein Prozentzeichen",
                Some("BachReiherMuehle%"),
            ),
            ("your first dog's name with a capital, then an underscore, then the year we met at the marsh", None),
            ("must begin with a capital letter, have a number and one sign: a hash, an underscore, an at sign or a dollar", None),
        ] {
            let told = read(text, &vocabulary);
            assert_eq!(told.as_ref().map(|t| t.value.as_str()), want, "{text} {told:?}");
        }
    }

    #[test]
    fn zz() {
        let (vocabulary, _) = Vocabulary::built_in();
        let text = std::fs::read_to_string("/tmp/dbg.txt").unwrap_or_default();
        for text in text.split("=====\n") {
            let tokens = tokens::read(text, &vocabulary);
            let steps = steps::read(&tokens, &vocabulary);
            for s in &steps {
                print!("[{}|{:?} {}] ", &text[s.range.clone()], s.atom, s.weight);
            }
            println!("\n--> {:?} {:?}\n", read(text, &vocabulary), best(&steps));
        }
    }
}
