//! A word that may be a part of a secret in numbers, for the model: what it looks like, how it stands in its mail, what the mails of
//! the thread say.

use super::parts::{Part, Side};
use super::phrases::Sense;
use super::pieces::is_telling_piece;
use super::{Told, View};
use crate::words::{Asked, Word, heard_around, heard_words, shape_of};
use std::ops::Range;

/// What may be said near a part.
const SENSES: [Sense; 15] = [
    Sense::First,
    Sense::Last,
    Sense::Piece,
    Sense::Join,
    Sense::Promise,
    Sense::Secret,
    Sense::Account,
    Sense::Other,
    Sense::Ask,
    Sense::Same,
    Sense::Instead,
    Sense::Append,
    Sense::Never,
    Sense::Changed,
    Sense::Dead,
];
/// What the mails before and behind may say.
const ELSEWHERE: [Sense; 8] =
    [Sense::First, Sense::Last, Sense::Piece, Sense::Join, Sense::Promise, Sense::Secret, Sense::Ask, Sense::Other];
/// Slots that words share here: far fewer parts are known to learn from than secrets.
const SLOTS: u32 = 1 << 15;
/// As far as nothing near.
const NONE: f32 = 10.0;

/// A thread and the words around what may be parts in it.
pub(super) struct Scene<'t> {
    thread: &'t [Told],
    views: &'t [View],
    parts: &'t [Vec<Part>],
    words: Vec<Vec<Word>>,
}

impl<'t> Scene<'t> {
    pub(super) fn new(thread: &'t [Told], views: &'t [View], parts: &'t [Vec<Part>]) -> Scene<'t> {
        let heard = |(at, parts): (usize, &Vec<Part>)| {
            let mut places: Vec<&Range<usize>> = parts.iter().map(|p| &p.range).collect();
            places.sort_by_key(|r| r.start);
            views[at].text.map_or(Vec::new(), |text| heard_words(&thread[at].texts[text].body, places.into_iter()))
        };
        Scene { thread, views, parts, words: parts.iter().enumerate().map(heard).collect() }
    }

    /// What the model is asked about a part.
    pub(super) fn asked(&self, part: &Part) -> Asked {
        let mut row = Vec::with_capacity(128);
        look(&mut row, part);
        self.place(&mut row, part);
        self.said(&mut row, part);
        self.thread(&mut row, part);
        let heard = heard_around(&self.words[part.message], &part.range, "part", &part.value);
        let mut heard: Vec<u32> = heard.into_iter().map(|slot| slot % SLOTS).collect();
        heard.sort_unstable();
        heard.dedup();
        Asked { numbers: row, heard: [heard, Vec::new()] }
    }

    /// How it stands in its mail.
    fn place(&self, row: &mut Vec<f32>, part: &Part) {
        let view = &self.views[part.message];
        let body = &self.thread[part.message].texts[part.text].body;
        let words = view.words(body);
        let before: usize = view.own.iter().map(|r| part.range.start.min(r.end).saturating_sub(r.start)).sum();
        let whole: usize = view.own.iter().map(Range::len).sum();
        let lines = body[..part.range.start].trim().lines().count();
        row.extend([part.alone, part.quoted, part.led, part.closed, part.masked, part.in_subject].map(flag));
        row.extend([words.min(200) as f32, before.min(2000) as f32, before as f32 / whole.max(1) as f32, lines.min(20) as f32]);
        let spoken = part.spoken;
        row.extend([spoken.map_or(-1.0, |s| s.weight), flag(spoken.is_some_and(|s| s.direct))]);
        row.extend([Side::First, Side::Middle, Side::Last, Side::Some].map(|side| flag(part.side() == Some(side))));
    }

    /// How near what is said stands, before it and behind it.
    fn said(&self, row: &mut Vec<f32>, part: &Part) {
        let said = &self.views[part.message].said;
        let far = |bytes: Option<usize>| bytes.map_or(NONE, |n| ((n.min(800) + 1) as f32).log2());
        for sense in SENSES {
            let of = || said.iter().filter(|s| s.sense == sense);
            row.push(far(of().filter(|s| s.at.end <= part.range.start).map(|s| part.range.start - s.at.end).min()));
            row.push(far(of().filter(|s| s.at.start >= part.range.end).map(|s| s.at.start - part.range.end).min()));
        }
    }

    /// What stands in the other mails.
    fn thread(&self, row: &mut Vec<f32>, part: &Part) {
        let (at, count) = (part.message, self.thread.len());
        row.extend([at.min(9) as f32, count.min(12) as f32, (count - 1 - at).min(9) as f32]);
        row.push(flag(at > 0 && self.views[at].sender == self.views[at - 1].sender));
        row.push(flag(self.views[..at].iter().any(|v| v.sender == self.views[at].sender)));
        for sense in ELSEWHERE {
            row.push(flag(self.views[..at].iter().any(|v| v.says(sense))));
            row.push(flag(self.views[at + 1..].iter().any(|v| v.says(sense))));
        }
        let others = || self.parts.iter().flatten().filter(|p| p.message != at);
        let telling = |p: &Part| !p.is_figures() && is_telling_piece(&p.value);
        row.extend([
            self.parts[at].len() as f32,
            others().count().min(60) as f32,
            self.parts[at].iter().filter(|p| telling(p)).count() as f32,
            others().filter(|p| telling(p)).count().min(30) as f32,
            flag(others().any(|p| p.value == part.value)),
        ]);
        let here = |h: &crate::Hit| h.start < part.range.end && part.range.start < h.end;
        let hits = |at: usize| self.thread[at].hits.iter().filter(move |(text, _)| self.views[at].text == Some(*text)).map(|(_, h)| h);
        let most = |hits: &mut dyn Iterator<Item = f32>| hits.fold(0.0, f32::max);
        row.push(most(&mut hits(at).filter(|h| here(h)).map(|h| h.confidence)));
        row.push(flag(hits(at).any(|h| here(h) && h.rule.starts_with("format:"))));
        row.push(most(&mut hits(at).filter(|h| !here(h)).map(|h| h.confidence)));
        row.push(most(&mut (0..at).flat_map(&hits).map(|h| h.confidence)));
        row.push(most(&mut (at + 1..count).flat_map(&hits).map(|h| h.confidence)));
    }
}

/// What it looks like.
fn look(row: &mut Vec<f32>, part: &Part) {
    let chars: Vec<char> = part.value.chars().collect();
    let count = |is: fn(&char) -> bool| chars.iter().filter(|c| is(c)).count() as f32;
    let joint = |c: Option<&char>| flag(c.is_some_and(|c| !c.is_alphanumeric()));
    row.extend([
        chars.len().min(80) as f32,
        count(|c| c.is_ascii_digit()),
        count(|c| c.is_alphabetic()),
        count(|c| c.is_uppercase()),
        count(|c| !c.is_alphanumeric()),
        joint(chars.first()),
        joint(chars.last()),
        flag(is_telling_piece(&part.value)),
        flag(part.is_figures()),
        flag(chars.iter().all(|c| c.is_lowercase())),
        flag(chars.iter().skip(1).any(|c| c.is_uppercase()) && chars.iter().any(|c| c.is_lowercase())),
        shape_of(&part.value).score,
        flag(chars.iter().all(char::is_ascii_hexdigit)),
        part.value.split(['-', '.', '_']).count().min(9) as f32,
    ]);
}

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}
