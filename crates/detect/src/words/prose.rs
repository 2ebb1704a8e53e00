//! Sentences: the value stands somewhere around a word that speaks of secrets or of access.
//!
//! Every word around such a mark that could be a secret is put forward, with the mark that it most likely belongs to; the
//! model decides among them.

use super::assigned::candidate;
use super::cues::{Cue, Field};
use super::page::Page;
use super::weigh::Relation;
use super::{Candidate, Place, shape, value};
use aftermail_model::Kind;
use std::ops::Range;

/// How far before and after a mark a value is looked for.
const BEFORE: usize = 200;
const AFTER: usize = 420;
/// A text shorter than this is read as a whole: "here it is: …".
const SHORT: usize = 700;
/// Most candidates of one text; one with more is a table of numbers or a program.
const MOST: usize = 400;

/// A word that speaks of secrets or of access, at its place.
#[derive(Clone)]
pub(crate) struct Mark<'w> {
    pub cue: &'w Cue,
    pub at: Range<usize>,
}

impl Mark<'_> {
    /// The kind of secret that it announces; `None` where it speaks of access only.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self.cue.field {
            Field::Secret(kind) => Some(kind),
            _ => None,
        }
    }
}

/// Puts forward what could be a secret around the marks, which stand in text order.
pub(crate) fn read(page: Page<'_>, marks: &[Mark<'_>]) -> Vec<Candidate> {
    let mut out = Vec::new();
    for zone in zones(page.body, marks) {
        for range in words(page.body, &zone) {
            let text = &page.body[range.clone()];
            if !(is_number(text) || tells(text)) {
                continue;
            }
            let Some((mark, kind)) = belongs(page.body, marks, &range) else { continue };
            let Some(kind) = fits(kind, text) else { continue };
            let place = Place { page, cue: mark.cue, kind, at: mark.at.clone(), line: page.line(range.start) };
            let relation = if is_led(&page.body[place.line.start..range.start]) { Relation::Led } else { Relation::Sentence };
            out.push(candidate(&place, range, relation, false, false));
            if out.len() >= MOST {
                return out;
            }
        }
    }
    out
}

/// The stretches of text around the marks.
fn zones(body: &str, marks: &[Mark<'_>]) -> Vec<Range<usize>> {
    if marks.is_empty() {
        return Vec::new();
    }
    if body.len() <= SHORT {
        return std::iter::once(0..body.len()).collect();
    }
    let mut zones: Vec<Range<usize>> = Vec::new();
    for mark in marks {
        let start = word_start(body, mark.at.start.saturating_sub(BEFORE));
        let end = word_start(body, (mark.at.end + AFTER).min(body.len()));
        match zones.last_mut() {
            Some(last) if last.end >= start => last.end = last.end.max(end),
            _ => zones.push(start..end),
        }
    }
    zones
}

/// The end of the word that the place cuts, so that no word is cut.
fn word_start(body: &str, at: usize) -> usize {
    let at = body.floor_char_boundary(at);
    if at == 0 {
        return 0;
    }
    body[at..].find(char::is_whitespace).map_or(body.len(), |n| at + n)
}

fn words<'t>(body: &'t str, zone: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let mut at = zone.start;
    let parts = |c: char| c.is_whitespace() || matches!(c, '|' | '、' | '。' | '，' | '：' | '（' | '）');
    body[zone.clone()].split_inclusive(parts).filter_map(move |word| {
        let range = value::trimmed(body, at..at + word.trim_end_matches(parts).len());
        at += word.len();
        (!range.is_empty()).then_some(range)
    })
}

/// The mark that a value at this place most likely belongs to, and the kind of secret that it announces.
fn belongs<'m, 'w>(body: &str, marks: &'m [Mark<'w>], range: &Range<usize>) -> Option<(&'m Mark<'w>, Option<Kind>)> {
    let after = marks.partition_point(|m| m.at.end <= range.start);
    let near = marks[after.saturating_sub(12)..].iter().take(24);
    let cost = |mark: &Mark<'_>| {
        let before = mark.at.end <= range.start;
        if !before && mark.at.start < range.end {
            return None;
        }
        let between = if before { mark.at.end..range.start } else { range.end..mark.at.start };
        let broken = body.get(between.clone()).is_none_or(ends_sentence);
        let access = mark.kind().is_none();
        Some(
            between.len()
                + 150 * usize::from(broken)
                + 40 * usize::from(!before)
                + 60 * usize::from(mark.cue.weak)
                + 120 * usize::from(access),
        )
    };
    let (_, mark) = near.filter_map(|m| Some((cost(m)?, m))).min_by_key(|(cost, _)| *cost)?;
    Some((mark, mark.kind()))
}

/// Whether a sentence or a paragraph ends within.
pub(super) fn ends_sentence(between: &str) -> bool {
    [". ", "! ", "? ", ".\n", "!\n", "?\n", "\n\n", "。"].iter().any(|end| between.contains(end))
}

/// The kind that the value may be of; `None` where it can be none.
fn fits(kind: Option<Kind>, text: &str) -> Option<Kind> {
    let number = is_number(text);
    match kind {
        Some(Kind::Pin | Kind::RecoveryCode) => kind,
        // What machines mint is assigned, not told.
        Some(Kind::Password | Kind::Passphrase | Kind::SharedKey | Kind::CommunityString | Kind::EncryptionKey) => {
            Some(if number && text.len() < 9 { Kind::Pin } else { kind? })
        }
        Some(_) => (!number && text.len() >= 12).then_some(kind?),
        None => Some(if number { Kind::Pin } else { Kind::Password }),
    }
}

/// A number as one types it into a door, a telephone or a safe.
fn is_number(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    (3..=10).contains(&digits) && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'#' | b'*' | b'-')) && !text.starts_with('-')
}

/// Whether a word has anything about it that plain words lack: digits among letters, capitals inside, signs inside.
fn tells(text: &str) -> bool {
    let (mut digits, mut letters, mut signs, mut inner, mut before) = (0, 0, 0, false, ' ');
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits += 1;
        } else if c.is_alphabetic() {
            letters += 1;
            inner |= c.is_uppercase() && before.is_lowercase();
        } else {
            signs += 1;
        }
        before = c;
    }
    (5..=100).contains(&text.len()) && letters >= 2 && (digits > 0 || signs > 0 || inner) && shape::of(text).score > -2.0
}

/// Words that lead in a value.
const LEADS: &[&str] = &[
    "is",
    "so",
    "ie",
    "i.e",
    "also",
    "namely",
    "hence",
    "thus",
    "use",
    "used",
    "using",
    "with",
    "enter",
    "type",
    "try",
    "now",
    "to",
    "est",
    "soit",
    "donc",
    "avec",
    "ist",
    "lautet",
    "nämlich",
    "mit",
    "das",
    "es",
    "sea",
    "con",
    "usa",
    "é",
    "ou",
    "seja",
    "com",
    "è",
    "cioè",
    "är",
    "er",
    "jest",
    "je",
    "это",
    "тогда",
    "as",
    "becomes",
    "gives",
    "makes",
    "zijnde",
    "dus",
    "met",
    "alltså",
    "czyli",
    "takže",
    "tedy",
    "то",
    "есть",
    "yani",
    "hai",
    "yeh",
    "yaani",
    "matlab",
    "it's",
    "that's",
    "c'est",
];

/// Whether what stands before leads in a value.
fn is_led(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '"', '\'', '“', '«', '„', '\u{a0}']);
    let word = before.rsplit(char::is_whitespace).next().unwrap_or("").trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    before.ends_with([':', '=', '→', '>', '–', '—']) || before.ends_with(" -") || LEADS.contains(&word.as_str())
}
