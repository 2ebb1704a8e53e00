//! What people and configurations write: assigned values, table cells, pairs, sentences.
//!
//! Each cue that the one pass finds is read in several ways, from the most explicit to the least; what is read is weighed
//! in one place ([`weigh`]). [`crate::link`] then says what it opens and whom it signs in.

mod assigned;
mod command;
mod context;
mod cues;
mod device;
mod page;
mod prose;
mod shape;
mod table;
mod value;
mod weigh;

use crate::{Hit, link};
use aftermail_model::{Kind, Layer, Message, Sensitive, Status, Text};
use cues::{Cue, Field};
use page::Page;
use std::ops::Range;
use weigh::Signs;

pub(crate) use cues::{Cue as CueWord, Field as CueField, runs_together, spellings};
pub(crate) use page::Page as TextPage;
pub(crate) use shape::{is_address, is_file, is_host, is_ordinary, of as shape_of};
pub(crate) use value::{Between as Relates, after as value_after, trimmed};

/// Confidence from which a hit is reported.
pub(crate) const REPORT_FROM: f32 = 0.5;
/// Cues read closely in one text; a text with more is a word list or an attack.
const MOST_CUES: usize = 20_000;

/// Cue words and how to read what stands around them.
pub struct Words {
    cues: Vec<Cue>,
    /// What the one pass looks for, and how to read it.
    literals: Vec<(String, Reading)>,
    links: link::Links,
}

/// How a literal is read.
#[derive(Debug, Clone, Copy)]
enum Reading {
    /// The cue of this index.
    Cue(usize),
    /// "admin / x".
    Pair,
    /// A command line.
    Command,
    /// A configuration line of a network device.
    Device,
}

/// A cue at its place in a text, with everything that readers need.
pub(crate) struct Place<'t> {
    pub page: Page<'t>,
    pub cue: &'t Cue,
    pub kind: Kind,
    pub at: Range<usize>,
    pub line: Range<usize>,
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
}

impl Words {
    /// The cue words that come with aftermail.
    pub fn built_in() -> Words {
        let cues = cues::all();
        let secret = |c: &Cue| matches!(c.field, Field::Secret(_));
        let literals =
            cues.iter().enumerate().filter(|(_, c)| secret(c)).flat_map(|(i, c)| spellings(c.word).into_iter().map(move |s| (s, i)));
        let literals = literals.map(|(s, i)| (s, Reading::Cue(i)));
        let pairs = assigned::PAIRS.iter().map(|p| ((*p).to_owned(), Reading::Pair));
        let commands = command::COMMANDS.iter().map(|c| ((*c).to_owned(), Reading::Command));
        let devices = device::literals().map(|l| (l.to_owned(), Reading::Device));
        let literals: Vec<(String, Reading)> = literals.chain(pairs).chain(commands).chain(devices).collect();
        let links = link::Links::new(&cues);
        Words { cues, literals, links }
    }

    /// The literals that the one pass looks for, in a fixed order.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.literals.iter().map(|(s, _)| s.as_str())
    }

    /// Looks closely at the cues. `formats` are the hits that the formats already claim.
    pub(crate) fn read(&self, text: &Text, message: &Message, found: &[(usize, Range<usize>)], formats: &[Hit]) -> Vec<Hit> {
        if text.layer == Layer::Header {
            return Vec::new();
        }
        let page = Page { body: &text.body };
        let mut hits: Vec<Hit> = Vec::new();
        let mut read_to = 0;
        let stands = |found: &&(usize, Range<usize>)| self.stands(page, found.0, &found.1);
        for (literal, at) in longest(found.iter().filter(stands)).into_iter().take(MOST_CUES) {
            let Some((_, reading)) = self.literals.get(literal) else { continue };
            let mut candidates = Vec::new();
            let mut language = "en";
            match reading {
                Reading::Pair => candidates.extend(assigned::pair(page, &at)),
                Reading::Command => candidates.extend(command::read(page, &at)),
                Reading::Device => candidates.extend(device::read(page, &at)),
                Reading::Cue(index) => {
                    if let Some(place) = self.place(page, *index, &at) {
                        language = place.cue.language;
                        self.readings(&place, text, &mut candidates, &mut read_to);
                    }
                }
            }
            let kept = candidates.into_iter().filter(|c| !formats.iter().any(|f| f.start < c.range.end && c.range.start < f.end));
            hits.extend(kept.filter_map(|c| self.hit(c, page, text, message, language)));
        }
        hits
    }

    /// Whether the literal stands as a word, so that "db_pass" inside "db_password" does not hide "password".
    fn stands(&self, page: Page<'_>, literal: usize, at: &Range<usize>) -> bool {
        match self.literals.get(literal) {
            Some((_, Reading::Cue(index))) => bounded(page.body, at, &self.cues[*index]).is_some(),
            other => other.is_some(),
        }
    }

    /// The cue at its place, if it stands there as a word.
    fn place<'t>(&'t self, page: Page<'t>, index: usize, at: &Range<usize>) -> Option<Place<'t>> {
        let cue = &self.cues[index];
        let Field::Secret(kind) = cue.field else { return None };
        let end = bounded(page.body, at, cue)?;
        let line = page.line(at.start);
        Some(Place { page, cue, kind, at: at.start..end, line })
    }

    fn readings(&self, place: &Place<'_>, text: &Text, out: &mut Vec<Candidate>, read_to: &mut usize) {
        let visible = matches!(text.layer, Layer::Visible | Layer::Hidden);
        // "key" alone names a column of anything.
        let bare_key = place.cue.weak && place.kind == Kind::SharedKey;
        if visible && !bare_key {
            let cells = table::read(place, read_to);
            if !cells.is_empty() {
                out.extend(cells);
                return;
            }
        }
        if place.cue.title {
            return;
        }
        let before = out.len();
        out.extend(assigned::read(place, visible));
        let sure = out[before..].iter().any(|c| c.signs.confidence() >= REPORT_FROM);
        if visible && !sure && !place.cue.weak {
            out.extend(prose::read(place));
        }
    }

    /// What a value opens and whom it signs in, as the text around it says.
    pub(crate) fn link(&self, text: &Text, message: &Message, value: &Range<usize>) -> link::Linked {
        self.links.around(Page { body: &text.body }, value, message, text)
    }

    /// What a message names that holds no secret itself.
    pub(crate) fn link_message(&self, text: &Text, message: &Message, own: &[Range<usize>]) -> link::Linked {
        self.links.named(Page { body: &text.body }, own, message)
    }

    /// The phrases of threads, beside the words of this pack.
    pub(crate) fn phrases(&self) -> crate::thread::Phrases {
        let words = |wanted: fn(&Field) -> bool| self.cues.iter().filter(move |c| wanted(&c.field) && !c.title).map(|c| c.word);
        crate::thread::Phrases::new(words(|f| *f == Field::User), words(|f| matches!(f, Field::Secret(_))))
    }

    /// The kind of secret that a word announces.
    pub(crate) fn kind_of_cue(&self, word: &str) -> Option<Kind> {
        let word = word.to_lowercase();
        self.cues.iter().find_map(|c| match c.field {
            Field::Secret(kind) if c.word == word => Some(kind),
            _ => None,
        })
    }

    fn hit(&self, candidate: Candidate, page: Page<'_>, text: &Text, message: &Message, language: &str) -> Option<Hit> {
        let confidence = candidate.signs.confidence();
        let value = page.body.get(candidate.range.clone())?.trim();
        if confidence < REPORT_FROM || value.is_empty() {
            return None;
        }
        let linked = self.links.around(page, &candidate.range, message, text);
        Some(Hit {
            start: candidate.range.start,
            end: candidate.range.end,
            value: Sensitive::new(value.to_owned()),
            rule: candidate.rule.to_owned(),
            kind: candidate.kind,
            system: candidate.system.or(linked.system),
            account: candidate.account.or(linked.account),
            expires: None,
            status: candidate.status,
            confidence,
            because: candidate.signs.because(language),
            language: Some(language.to_owned()),
        })
    }
}

/// Of cues that overlap only the longest is read.
fn longest<'f>(found: impl Iterator<Item = &'f (usize, Range<usize>)>) -> Vec<(usize, Range<usize>)> {
    let mut sorted: Vec<_> = found.cloned().collect();
    sorted.sort_by(|a, b| a.1.start.cmp(&b.1.start).then(b.1.end.cmp(&a.1.end)));
    let mut out: Vec<(usize, Range<usize>)> = Vec::with_capacity(sorted.len());
    for (literal, at) in sorted {
        if out.last().is_none_or(|(_, last)| at.start >= last.end) {
            out.push((literal, at));
        }
    }
    out
}

/// Where the cue ends as a word, with a short ending of inflection; `None` where it is part of another word.
fn bounded(body: &str, at: &Range<usize>, cue: &Cue) -> Option<usize> {
    if cues::runs_together(cue.word) {
        return Some(at.end);
    }
    let before = body[..at.start].chars().next_back();
    let compound = cue.word.len() >= 6 && !cue.weak && !cue.word.contains(' ');
    if before.is_some_and(char::is_alphanumeric) && !compound {
        return None;
    }
    if is_closing_tag(body, at.start) {
        return None;
    }
    let rest = &body[at.end..];
    let tail: &str = &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())];
    let ending =
        tail.chars().count() <= 3 && tail.chars().all(|c| c.is_lowercase() || c.is_ascii_digit() || c == '_') && cue.word.len() >= 4;
    match tail {
        "" => Some(at.end),
        // DB_PASSWORD_PROD=…, passwordProd: an identifier that goes on.
        t if (t.starts_with('_') || t.starts_with(char::is_uppercase))
            && !cue.weak
            && cue.word.len() >= 5
            && t.len() <= 24
            && !describes(t) =>
        {
            Some(at.end + t.len())
        }
        t if ending && !t.starts_with('_') && !(cue.word.is_ascii() && cue.weak) => Some(at.end + t.len()),
        _ => None,
    }
}

/// `</AdminPassword>`: what follows belongs to another element.
fn is_closing_tag(body: &str, at: usize) -> bool {
    let floor = body.floor_char_boundary(at.saturating_sub(64));
    body[floor..at].trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.')).ends_with("</")
}

/// Endings of identifiers that are about a secret rather than one.
fn describes(tail: &str) -> bool {
    let tail = tail.to_lowercase();
    [
        "hash", "policy", "reset", "length", "field", "label", "expir", "min", "max", "file", "path", "url", "id", "name", "type", "count",
        "date", "age", "hint", "manager", "input", "prompt",
    ]
    .iter()
    .any(|w| tail.contains(w))
}
