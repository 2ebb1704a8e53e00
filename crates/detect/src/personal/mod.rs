//! Personal data: numbers of identity, accounts, dates of birth, pay and health, tied to the person named.
//!
//! Precision goes first. A number without a check digit counts only behind a word that says what it is and with a person beside it;
//! what is left alone is for a person to find ([`read`], [`people`]).

mod checks;
mod cues;
mod people;
mod read;
mod table;

use crate::Packs;
use aftermail_model::{Kind, Layer, Message, Sensitive, Text};
use people::Person;
use std::ops::Range;

pub(crate) use cues::Cues;

/// How far behind its cue a value may stand.
const FAR: usize = 64;
/// How far before a value the person may be named.
const PERSON: usize = 400;
/// Longest paragraph, before and behind a place.
const PARAGRAPH: usize = 800;
/// Cues of one text that are read; more are a list of words.
const MOST: usize = 20_000;

/// A personal element at one place of a text.
#[derive(Debug, Clone)]
pub struct Personal {
    /// Byte range of the value in the text.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The value.
    pub value: Sensitive<String>,
    /// Which element: one of the kinds for which [`Kind::is_personal`] holds.
    pub kind: Kind,
    /// Whose it is, as the text names them.
    pub person: Option<String>,
    /// 0 to 1.
    pub confidence: f32,
    /// Reasons in words, strongest first. They never hold the value.
    pub because: Vec<String>,
    /// ISO 639-1 language of the cue.
    pub language: Option<String>,
}

/// Finds personal data in one text: elements in text order, and the name of everybody to whom one was tied.
pub fn personal(text: &Text, message: &Message, packs: &Packs) -> Vec<Personal> {
    if !matches!(text.layer, Layer::Visible | Layer::Hidden) {
        return Vec::new();
    }
    let cues = packs.personal();
    let found = cues.find(&text.body);
    let telling = read::telling(&text.body);
    let subject = message.subject.as_deref().unwrap_or_default();
    let pay = cues.find(subject).iter().any(|(kind, ..)| *kind == Kind::Salary);
    if found.is_empty() && telling.is_empty() && !pay {
        return Vec::new();
    }
    let page = Page { body: &text.body, message, people: people::named(&text.body, message) };
    let mut out = table::read(&page, &found);
    for (n, (kind, language, at)) in found.iter().enumerate().take(MOST) {
        let next = found.get(n + 1).map_or(text.body.len(), |(.., a)| a.start);
        page.behind(*kind, language, at, next, &mut out);
    }
    for (kind, value) in telling {
        page.keep(kind, &value, "its form and check digits are those of one", None, &mut out);
    }
    if pay {
        page.paid(&mut out);
    }
    page.health(cues, &found, &mut out);
    out.sort_by_key(|p| (p.start, p.end));
    page.names(&mut out);
    out
}

/// A text with the people in it.
struct Page<'t> {
    body: &'t str,
    message: &'t Message,
    people: Vec<Person>,
}

impl Page<'_> {
    /// What stands behind a cue, up to the next one.
    fn behind(&self, kind: Kind, language: &str, cue: &Range<usize>, next: usize, out: &mut Vec<Personal>) {
        let paragraph = self.paragraph(cue.end);
        let far = self.body.floor_char_boundary((cue.end + FAR).min(self.body.len()));
        // The value may run on to where the next cue stands, but begins before it.
        let end = far.max(cue.end).min(paragraph.end).min(next.max(cue.end));
        let Some(mut value) = read::value(kind, self.body, cue.end..self.reach(end, paragraph.end, next)) else { return };
        value.range.end = value.range.end.min(paragraph.end);
        if value.range.start <= end {
            let cue = &self.body[cue.clone()];
            self.keep(kind, &value, &format!("stands behind \"{}\" ({language})", cue.to_lowercase()), Some(language), out);
        }
    }

    /// A value that begins inside the window may end a little behind it.
    fn reach(&self, end: usize, paragraph: usize, next: usize) -> usize {
        self.body.floor_char_boundary((end + 48).min(paragraph)).min(next.max(end))
    }

    fn keep(&self, kind: Kind, value: &read::Value, why: &str, language: Option<&str>, out: &mut Vec<Personal>) {
        let overlaps = out.iter().any(|p| p.start < value.range.end && value.range.start < p.end);
        let person = self.person(&value.range);
        if overlaps || person.is_none() && !value.checked {
            return;
        }
        let confidence = match (value.checked, person.is_some()) {
            (true, true) => 0.97,
            (true, false) => 0.85,
            _ => 0.88,
        };
        out.push(self.element(kind, &value.range, person, confidence, why, language));
    }

    fn element(
        &self,
        kind: Kind,
        at: &Range<usize>,
        person: Option<String>,
        confidence: f32,
        why: &str,
        language: Option<&str>,
    ) -> Personal {
        let mut because = vec![why.to_owned()];
        because.extend(person.is_some().then(|| "a person is named beside it".to_owned()));
        Personal {
            start: at.start,
            end: at.end,
            value: Sensitive::new(self.body[at.clone()].to_owned()),
            kind,
            person,
            confidence,
            because,
            language: language.filter(|l| *l != "any").map(str::to_owned),
        }
    }

    /// Whose a value is: the nearest person before it in its paragraph, else the first behind it, else whom the sentence implies.
    fn person(&self, value: &Range<usize>) -> Option<String> {
        let paragraph = self.paragraph(value.start);
        let before = self
            .people
            .iter()
            .rev()
            .find(|p| p.at.end <= value.start && p.at.start >= paragraph.start.max(value.start.saturating_sub(PERSON)));
        let behind = || self.people.iter().find(|p| p.at.start >= value.end && p.at.end <= paragraph.end.min(value.end + PERSON));
        let named = before.or_else(behind).map(|p| p.name.clone());
        named.or_else(|| people::implied(self.body, &self.body[paragraph.start..value.start], self.message))
    }

    /// The lines around a place up to an empty one, which may hold quote marks, at most so far.
    fn paragraph(&self, at: usize) -> Range<usize> {
        const EMPTY: [&str; 4] = ["\n\n", "\n>\n", "\n> \n", "\n\r\n"];
        let floor = self.body.floor_char_boundary(at.saturating_sub(PARAGRAPH));
        let ceiling = self.body.ceil_char_boundary((at + PARAGRAPH).min(self.body.len()));
        let start = EMPTY.iter().filter_map(|e| self.body[floor..at].rfind(e)).max().map_or(floor, |n| floor + n + 1);
        let end = EMPTY.iter().filter_map(|e| self.body[at..ceiling].find(e)).min().map_or(ceiling, |n| at + n);
        start..end
    }

    /// "Ada Lind £43,500; …" in a message about pay.
    fn paid(&self, out: &mut Vec<Personal>) {
        for person in &self.people {
            let near = self.body.floor_char_boundary((person.at.end + 40).min(self.body.len()));
            let Some(value) = read::value(Kind::Salary, self.body, person.at.end..near) else { continue };
            let between = &self.body[person.at.end..value.range.start];
            if between.chars().all(|c| !c.is_alphanumeric())
                && between.len() <= 4
                && !out.iter().any(|p| p.start < value.range.end && value.range.start < p.end)
            {
                out.push(self.element(
                    Kind::Salary,
                    &value.range,
                    Some(person.name.clone()),
                    0.85,
                    "an amount beside a name in a message about pay",
                    None,
                ));
            }
        }
    }

    /// Statements of health: a word of medicine in a paragraph that names a person and says that it speaks of health, or holds other
    /// personal data.
    fn health(&self, cues: &Cues, found: &[(Kind, &'static str, Range<usize>)], out: &mut Vec<Personal>) {
        let mut last: Option<Range<usize>> = None;
        for m in cues.conditions.find_iter(self.body).take(MOST) {
            let paragraph = self.paragraph(m.start());
            let cued = found.iter().find(|(kind, _, at)| *kind == Kind::Health && paragraph.start <= at.start && at.end <= paragraph.end);
            let beside = out.iter().any(|p| paragraph.start <= p.start && p.end <= paragraph.end);
            let named = self.people.iter().any(|p| paragraph.start <= p.at.start && p.at.end <= paragraph.end);
            let starts = self.body[..m.start()].chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            let phrase = self.phrase(m.start(), &paragraph);
            let words = self.body[phrase.clone()].split_whitespace().count();
            let again = last.as_ref() == Some(&phrase);
            if !named || cued.is_none() && !beside || !starts || again || words > 9 {
                continue;
            }
            last = Some(phrase.clone());
            let why = if cued.is_some() {
                "a word of medicine where health is spoken of"
            } else {
                "a word of medicine beside other personal data"
            };
            if let Some(person) = self.person(&phrase) {
                out.push(self.element(Kind::Health, &phrase, Some(person), 0.75, why, cued.map(|(_, l, _)| *l)));
            }
        }
    }

    /// The stretch between signs of the sentence around a place, without the words that lead to it.
    fn phrase(&self, at: usize, within: &Range<usize>) -> Range<usize> {
        let signs = [',', ';', ':', '(', ')', '.', '!', '?', '\n', '\t', '"', '>'];
        let start = self.body[within.start..at].rfind(signs).map_or(within.start, |n| within.start + n + 1);
        let end = self.body[at..within.end].find(signs).map_or(within.end, |n| at + n);
        let mut start = start;
        for lead in [" for ", " für ", " pour ", " por ", " says ", " with ", " wegen ", " with a ", " of ", " has ", " a eu ", " due to "]
        {
            start = self.body[start..at].rfind(lead).map_or(start, |n| start + n + lead.len());
        }
        let text = &self.body[start..end];
        let lead = text.len() - text.trim_start().len();
        start + lead..start + text.trim_end().len()
    }

    /// The name of everybody to whom an element was tied, where the text first holds it.
    fn names(&self, out: &mut Vec<Personal>) {
        let mut named: Vec<&str> = out.iter().filter_map(|p| p.person.as_deref()).collect();
        named.sort_unstable();
        named.dedup();
        let places: Vec<&Person> = named.iter().filter_map(|name| self.people.iter().find(|p| p.name == *name)).collect();
        for person in places {
            out.push(self.element(Kind::Name, &person.at, Some(person.name.clone()), 0.9, "named beside personal data", None));
        }
    }
}

#[cfg(test)]
mod tests;
