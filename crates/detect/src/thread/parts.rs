//! The words of a thread that may be parts of a secret, and what their sentences say of them.

use super::phrases::{Said, Sense};
use super::pieces::{self, is_telling_piece};
use super::{Told, View, own, value};
use crate::words::{is_address, is_ordinary, shape_of};
use std::ops::Range;

/// Words of a message that tells a part, at most.
const WORDS: usize = 200;
/// How far from what is said of it a part stands, in bytes: before and behind.
const BEFORE: usize = 110;
const BEHIND: usize = 60;
/// Parts of one message that are looked at.
const MOST: usize = 64;

/// Where in the secret a part belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    First,
    Middle,
    Last,
    /// Somewhere: "my half".
    Some,
}

/// A word that may be a part, and how it stands there.
#[derive(Debug, Clone)]
pub(super) struct Part {
    pub message: usize,
    pub text: usize,
    /// Where it stands; for a word of the subject, where the mail speaks of that.
    pub range: Range<usize>,
    pub value: String,
    /// What its sentence says of it.
    pub spoken: Option<Spoken>,
    /// It has its line to itself, stands in quotes, is led in by a colon, or its clause ends with it.
    pub alone: bool,
    pub quoted: bool,
    pub led: bool,
    pub closed: bool,
    /// A sign that more follows stands behind it.
    pub masked: bool,
    pub in_subject: bool,
}

/// What is said of a part: where it belongs, how much that says, and whether it stands right beside it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spoken {
    pub side: Side,
    pub weight: f32,
    pub direct: bool,
}

impl Part {
    pub(super) fn side(&self) -> Option<Side> {
        self.spoken.map(|s| s.side).or(self.masked.then_some(Side::First))
    }

    /// Whether its sentence says something of it, or it is set off from it.
    pub(super) fn is_set_off(&self) -> bool {
        self.spoken.is_some() || self.alone || self.quoted || self.led || self.masked || self.in_subject
    }

    pub(super) fn is_figures(&self) -> bool {
        self.value.bytes().all(|b| b.is_ascii_digit())
    }
}

/// The words of a message that may be parts.
pub(super) fn of(told: &Told, view: &View, message: usize) -> Vec<Part> {
    let mut out = Vec::new();
    let Some(text) = view.text else { return out };
    let body = &told.texts[text].body;
    // A key of several lines is read as such.
    if view.words(body) > WORDS || body.contains("-----BEGIN ") {
        return out;
    }
    for stretch in &view.own {
        for line in value::lines(body, stretch) {
            for range in value::tokens(body, &line) {
                let range = pieces::without_mask(body, range);
                out.extend(part(body, view, stretch, &line, range).map(|part| Part { message, text, ..part }));
                if out.len() >= MOST {
                    return out;
                }
            }
        }
    }
    out.extend(in_subject(told, view, message));
    out
}

fn part(body: &str, view: &View, stretch: &Range<usize>, line: &Range<usize>, range: Range<usize>) -> Option<Part> {
    let text = &body[range.clone()];
    if !may_be(text, true) {
        return None;
    }
    let alone = body[line.clone()].trim().trim_matches(['"', '\'', '*', '`', '«', '»', '“', '”', ' ', '.']).len() <= text.len() + 1;
    let quoted = body[..range.start].ends_with(['"', '«', '“', '„', '`']) || body[..range.start].trim_end().ends_with('«');
    let led = body[..range.start].trim_end_matches([' ', '\n', '"', '«', '„', '“']).ends_with([':', '：']);
    let next = body[range.end..].trim_start_matches(['"', '»', '”', '`']).chars().next();
    let closed = next.is_none_or(|c| matches!(c, '\n' | '.' | ',' | ';' | ')'));
    let spoken = spoken(body, view, stretch, &range, alone);
    let masked = is_masked(body, &range);
    // A plain word is a part only where its clause ends with it.
    if !may_be(text, alone || quoted || closed || masked || spoken.is_some())
        || is_named(body, view, &range)
        || is_of_another(body, view, stretch, &range)
    {
        return None;
    }
    Some(Part { message: 0, text: 0, value: text.to_owned(), range, spoken, alone, quoted, led, closed, masked, in_subject: false })
}

/// "You have the front of it up there in the subject": the last word of the subject, told of where the mail speaks of it.
fn in_subject(told: &Told, view: &View, message: usize) -> Option<Part> {
    let text = view.text?;
    let body = &told.texts[text].body;
    let word = told.message.subject.as_deref()?.split_whitespace().last()?.trim_end_matches(['.', ',', ')']);
    let lower = body.to_ascii_lowercase();
    let place = |s: &&Said| {
        let sentence = own::sentence(body, &view.stretch(s.at.start)?, s.at.start);
        let at = pieces::SUBJECT
            .iter()
            .find_map(|w| lower[sentence.clone()].find(w).map(|n| sentence.start + n..sentence.start + n + w.len()))?;
        Some((s.sense, at))
    };
    let sides = view.said.iter().filter(|s| matches!(s.sense, Sense::First | Sense::Last | Sense::Piece));
    let (said, range) = sides.filter_map(|s| place(&s)).next()?;
    let tells = is_telling_piece(word) || word.ends_with(['!', '-', '_', '#']) && word.len() >= 4;
    let side = match said {
        Sense::First => Side::First,
        Sense::Last => Side::Last,
        _ => Side::Some,
    };
    let spoken = Some(Spoken { side, weight: 1.0, direct: true });
    let (alone, quoted, led, closed, masked) = (false, false, false, true, false);
    let value = word.to_owned();
    tells.then_some(Part { message, text, range, value, spoken, alone, quoted, led, closed, masked, in_subject: true })
}

/// Whether a sign that more follows stands behind a part.
fn is_masked(body: &str, range: &Range<usize>) -> bool {
    let rest = &body[range.end..];
    ["...", "[...]", "(...)", "[…]", "…", "••", "***"].iter().any(|mask| rest.starts_with(mask))
}

/// What the sentence of a word says of it as a part; of one that has its line to itself, the sentence above.
fn spoken(body: &str, view: &View, stretch: &Range<usize>, range: &Range<usize>, alone: bool) -> Option<Spoken> {
    let of = |s: &&Said| matches!(s.sense, Sense::First | Sense::Last | Sense::Piece);
    if !view.said.iter().any(|s| of(&s)) {
        return None;
    }
    let sentence = own::sentence(body, stretch, range.start);
    let side = |s: &Said| match s.sense {
        Sense::First => Side::First,
        Sense::Last => Side::Last,
        _ if is_middle(&body[s.at.clone()]) => Side::Middle,
        _ => Side::Some,
    };
    let within = |r: &Range<usize>, s: &&Said| r.start <= s.at.start && s.at.end <= r.end;
    let before =
        view.said.iter().filter(of).filter(|s| within(&sentence, s) && s.at.end <= range.start).max_by_key(|s| (s.at.end, s.at.len()));
    let behind = view.said.iter().filter(of).filter(|s| within(&sentence, s) && s.at.start >= range.end).min_by_key(|s| s.at.start);
    let far = |s: &Said| range.start - s.at.end;
    let direct = |s: &Said| {
        let between = body[s.at.end..range.start].trim_matches([' ', ':', '"', '«', '„', '“', '\n', '=', '`']).to_lowercase();
        between.is_empty() || IS.contains(&between.as_str())
    };
    if let Some(s) = before.filter(|s| far(s) <= BEFORE) {
        let weight = 1.1 - far(s) as f32 / 160.0;
        return Some(Spoken { side: side(s), weight, direct: direct(s) });
    }
    if let Some(s) = behind.filter(|s| s.at.start - range.end <= BEHIND) {
        let weight = 0.9 - (s.at.start - range.end) as f32 / 100.0;
        return Some(Spoken { side: side(s), weight, direct: false });
    }
    if !alone {
        return None;
    }
    // The sentence above a word that has its line to itself.
    let above = body[stretch.start..range.start].trim_end().len() + stretch.start;
    let inside = body.floor_char_boundary(above.saturating_sub(2)).max(stretch.start);
    let above = own::sentence(body, &(stretch.start..above), inside);
    let told: Vec<&Said> = view.said.iter().filter(of).filter(|s| within(&above, s)).collect();
    let both = told.iter().any(|s| s.sense == Sense::First) && told.iter().any(|s| s.sense == Sense::Last);
    let last = told.last()?;
    Some(Spoken { side: if both { Side::Some } else { side(last) }, weight: 1.0, direct: true })
}

/// Words that say that what stands before them is what follows.
const IS: &[&str] =
    &["is", "are", "ist", "sind", "est", "es", "son", "é", "è", "sono", "são", "hai", "is the", "was", "on", "är", "er", "jest", "to"];

/// Whether a phrase speaks of what stands between two others.
fn is_middle(phrase: &str) -> bool {
    let lower = phrase.to_lowercase();
    ["middle", "mitte", "mittl", "milieu", "medio", "meio", "mezzo", "midden", "between", "dazwischen", "entre", "2/3", "2 of 3", "2 von 3"]
        .iter()
        .any(|w| lower.contains(w))
}

/// Whether it may be a part: it tells, it is a number, it is a chain of words, or, where it is `set` off, any word.
fn may_be(text: &str, set: bool) -> bool {
    let count = text.chars().count();
    let figures = text.bytes().all(|b| b.is_ascii_digit());
    let inner = text.trim_matches(|c: char| !c.is_alphanumeric());
    let chain = inner.contains(['-', '.', '_', '~', '/', '&']) && !text.contains(['\'', '’']);
    let edged = text.ends_with(['/', '~', '!', '.', ';', '%', '$', '&']) && count >= 4;
    let groups = text.bytes().all(|b| b.is_ascii_digit() || b == b'-') && text.len() >= 7;
    let signs = |c: char| c.is_alphanumeric() || "-_.#*!@+/&=$%?~^,;:".contains(c);
    (2..=80).contains(&count)
        && !text.contains("://")
        && !text.contains("***")
        && !is_address(text)
        && (figures && count <= 8
            || text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'#' | b'*'))
            || is_telling_piece(text)
            || groups
            || (chain || edged) && !crate::words::is_file(text) && shape_of(text).score > -2.5
            || set && count >= 3 && text.chars().all(signs) && !is_ordinary(text) && !text.ends_with([',', ':']))
}

/// Whether words before it make it an account, a ticket or something else that is counted.
fn is_named(body: &str, view: &View, range: &Range<usize>) -> bool {
    let near = |s: &Said| s.at.end <= range.start && body[s.at.end..range.start].trim_matches([' ', ':', '"', '\'', '(']).len() <= 4;
    view.said.iter().any(|s| s.sense == Sense::Account && near(s))
}

/// Whether its sentence speaks of an order, a file or the like, and of no secret.
fn is_of_another(body: &str, view: &View, stretch: &Range<usize>, range: &Range<usize>) -> bool {
    if !view.says(Sense::Other) {
        return false;
    }
    let sentence = own::sentence(body, stretch, range.start);
    let speaks = |sense| view.said.iter().any(|s| s.sense == sense && sentence.start <= s.at.start && s.at.end <= sentence.end);
    speaks(Sense::Other) && !speaks(Sense::Secret)
}
