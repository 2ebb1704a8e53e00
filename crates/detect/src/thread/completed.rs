//! A secret of which one mail tells a part and another the rest, in words that only loosely say so: "I have the front of it, X, the back
//! is at home", and then "after that comes Y".
//!
//! A model weighs each word that may be a part ([`super::measured`]), and another what the likeliest of them make together
//! ([`super::paired`]); the likeliest of that is joined.

use super::measured::Scene;
use super::paired;
use super::parts::{self, Part, Side};
use super::phrases::Sense;
use super::pieces::{self, Piece, is_telling_piece};
use super::{Told, View, kind_spoken_of};
use crate::Packs;
use crate::words::{Asked, is_address, is_file};
use aftermail_model::{Kind, RevealPermit, Sensitive};

/// How likely what parts make must be a secret.
const LEAST: f32 = 0.5;
/// Pairs of a thread that are looked at as a whole, and how much must speak for one at least, in logits.
const PAIRS: usize = 16;
const HOPELESS: f32 = -5.0;
/// How much it counts that one of them begins the secret and the other one ends it.
const FIT: f32 = 0.5;
/// How likely further parts must be such, words by themselves more, and how many there are at most in all.
const MORE: f32 = 0.5;
const SURE: f32 = 0.9;
const MOST: usize = 6;
/// From here on a word counts among those that are likely parts.
const LIKELY: f32 = 0.3;
/// What is hardly a part is not asked about further.
const HARDLY: f32 = 0.02;
/// How likely a part must be one for its message to be looked at together with its thread.
const LEAD: f32 = 0.1;
/// Characters of a secret of figures, and of any other.
const FIGURES: std::ops::RangeInclusive<usize> = 4..=12;
const OTHERS: std::ops::RangeInclusive<usize> = 6..=200;

/// A word that may be a part of a secret, or what parts may make, for the training of the models.
#[derive(Debug, Clone)]
pub struct PartExample {
    /// The word, or what they make.
    pub value: Sensitive<String>,
    /// What the model is asked about it.
    pub asked: Asked,
}

/// What may be a part in a thread: how likely it is one, and how likely it then ends the secret rather than begins it.
pub(super) struct Weighed {
    pub part: Part,
    pub likely: f32,
    pub ends: f32,
}

/// Messages of a thread whose parts are weighed against each other, the latest ones: who tells a secret in parts tells them soon, and the
/// work grows with the square.
const MESSAGES: usize = 40;

/// All words of a thread that may be parts.
pub(super) fn examples(thread: &[Told], views: &[View]) -> Vec<PartExample> {
    let first = thread.len().saturating_sub(MESSAGES);
    let (thread, views) = (&thread[first..], &views[first..]);
    let parts = parts_of(thread, views);
    let scene = Scene::new(thread, views, &parts);
    parts.iter().flatten().map(|p| PartExample { value: Sensitive::new(p.value.clone()), asked: scene.asked(p) }).collect()
}

/// What the parts of a thread may make, for the training of the model that tells whether it is a secret.
pub(super) fn made(thread: &[Told], views: &[View], packs: &Packs) -> Vec<PartExample> {
    let first = thread.len().saturating_sub(MESSAGES);
    let (thread, views) = (&thread[first..], &views[first..]);
    let all = weighed(thread, views, &parts_of(thread, views), packs);
    let wholes = wholes(thread, views, &all, packs);
    wholes.into_iter().map(|whole| PartExample { value: Sensitive::new(whole.value), asked: whole.asked }).collect()
}

/// Whether a message by itself tells what is likely a part.
pub(super) fn tells(told: &Told, view: View, packs: &Packs) -> bool {
    let (thread, views) = (std::slice::from_ref(told), [view]);
    let mut parts = parts_of(thread, &views);
    // Most words are none at a glance: they stand within a sentence that says nothing of them.
    parts.iter_mut().for_each(|parts| parts.retain(|p| p.is_set_off() && (p.is_figures() || is_telling_piece(&p.value) || p.masked)));
    weighed(thread, &views, &parts, packs).iter().flatten().any(|w| w.likely >= LEAD)
}

fn parts_of(thread: &[Told], views: &[View]) -> Vec<Vec<Part>> {
    let permit = RevealPermit::recorded();
    let of = |(at, (told, view)): (usize, (&Told, &View))| {
        let mut parts = parts::of(told, view, at);
        // What was put together or decoded is no part of another, nor is a line of a key or a word of a phrase.
        let made = |h: &crate::Hit, body: &str| {
            body.get(h.start..h.end).is_some_and(|text| text.trim().contains(char::is_whitespace) || text.trim() != h.value.reveal(&permit))
        };
        let within = |p: &Part, h: &crate::Hit| h.start < p.range.end && p.range.start < h.end;
        parts.retain(|p| !told.hits.iter().any(|(text, h)| *text == p.text && within(p, h) && made(h, &told.texts[p.text].body)));
        parts
    };
    thread.iter().zip(views).enumerate().map(of).collect()
}

fn weighed(thread: &[Told], views: &[View], parts: &[Vec<Part>], packs: &Packs) -> Vec<Vec<Weighed>> {
    let model = packs.words.model();
    if model.parts.is_empty() || parts.iter().all(Vec::is_empty) {
        return Vec::new();
    }
    let scene = Scene::new(thread, views, parts);
    let weigh = |part: &Part| {
        let asked = scene.asked(part);
        let likely = model.parts.confidence(&asked);
        let ends = if likely >= HARDLY { model.ends.confidence(&asked) } else { 0.5 };
        Weighed { likely, ends, part: part.clone() }
    };
    parts.iter().map(|parts| parts.iter().map(weigh).collect()).collect()
}

/// A secret that parts of a thread may make.
struct Whole {
    pieces: Vec<Piece>,
    value: String,
    asked: Asked,
}

/// Joins the parts of a thread that nothing else joined to one secret.
pub(super) fn join(thread: &mut [Told], views: &[View], packs: &Packs) {
    let first = thread.len().saturating_sub(MESSAGES);
    let (thread, views) = (&mut thread[first..], &views[first..]);
    let all = weighed(thread, views, &parts_of(thread, views), packs);
    let model = &packs.words.model().pairs;
    let weigh = |whole: Whole| (model.confidence(&whole.asked), whole.pieces, whole.value);
    let wholes = wholes(thread, views, &all, packs).into_iter().map(weigh);
    let Some((confidence, whole, value)) = wholes.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|w| w.0 >= LEAST) else { return };
    let last = whole.iter().map(|p| p.message).max().unwrap_or_default();
    let kind = kind_spoken_of(thread, views, last, packs).or_else(|| kind_spoken_of(thread, views, thread.len() - 1, packs));
    let kind = kind.unwrap_or(Kind::Password);
    pieces::put(thread, views, &whole, &value, kind, confidence, packs);
    let permit = RevealPermit::recorded();
    let put = thread.iter_mut().flat_map(|t| &mut t.hits).filter(|(_, h)| h.rule == "pieces" && h.value.reveal(&permit) == &value);
    put.for_each(|(_, hit)| hit.because.push(WEIGHED.to_owned()));
}

/// What a reader must know of it.
const WEIGHED: &str = "which words are its parts, and in which order, was weighed by the words around them: check it";

/// The secrets that parts may make, the likeliest pairs first.
fn wholes(thread: &[Told], views: &[View], all: &[Vec<Weighed>], packs: &Packs) -> Vec<Whole> {
    let permit = RevealPermit::recorded();
    let known: Vec<&String> = thread.iter().flat_map(|t| &t.hits).map(|(_, h)| h.value.reveal(&permit)).collect();
    let pairs = pairs(all);
    let best = pairs.first().map_or(0.0, |(_, score)| *score);
    let likely = all.iter().flatten().filter(|w| w.likely >= LIKELY).count().min(20) as f32;
    let whole = |(rank, (pair, score)): (usize, ([&Weighed; 2], f32))| {
        let parts = with_more(all, pair);
        let pieces: Vec<Piece> = parts.iter().map(|w| piece(&w.part)).collect();
        let texts: Vec<&str> = pieces.iter().map(|p| p.value.as_str()).collect();
        let sign = pieces.iter().find_map(|p| pieces::sign_between(&thread[p.message], &views[p.message], packs));
        let sign = sign.filter(|s| !texts.iter().any(|t| t.starts_with(*s))).or_else(|| pieces::joint(&texts));
        let value = texts.join(sign.map(String::from).as_deref().unwrap_or_default());
        let numbers = paired::numbers(thread, views, &parts, &value, [score, rank as f32, best - score, likely]);
        let asked = Asked { numbers, ..Asked::default() };
        (fits(&value) && !known.contains(&&value)).then_some(Whole { pieces, value, asked })
    };
    pairs.into_iter().enumerate().filter_map(whole).collect()
}

/// The pairs for which most speaks, each in its order in the secret, with how much that is, in logits.
fn pairs(all: &[Vec<Weighed>]) -> Vec<([&Weighed; 2], f32)> {
    let mut pairs = Vec::new();
    for (at, later) in all.iter().enumerate() {
        for b in later.iter().filter(|b| b.likely >= HARDLY) {
            let here = later.iter().filter(|a| a.part.range.end < b.part.range.start);
            let before = all[..at].iter().flatten().chain(here).filter(|a| a.likely >= HARDLY);
            pairs.extend(before.filter_map(|a| pair(a, b)).filter(|(_, score)| *score >= HOPELESS));
        }
    }
    pairs.sort_by(|a, b| b.1.total_cmp(&a.1));
    pairs.truncate(PAIRS);
    pairs
}

/// A pair and what else of the thread is surely a part, in their order.
fn with_more<'w>(all: &'w [Vec<Weighed>], pair: [&'w Weighed; 2]) -> Vec<&'w Weighed> {
    let mut whole = pair.to_vec();
    let plain = |w: &&Weighed| w.part.value.chars().all(char::is_alphabetic);
    let mut more: Vec<&Weighed> = all.iter().flatten().filter(|w| w.likely >= if plain(w) { SURE } else { MORE }).collect();
    more.sort_by(|a, b| b.likely.total_cmp(&a.likely));
    for other in more {
        let apart = |o: &&Weighed| {
            o.part.value != other.part.value && !other.part.value.contains(&o.part.value) && !o.part.value.contains(&other.part.value)
        };
        if whole.len() < MOST && whole.iter().all(apart) {
            whole.push(other);
        }
    }
    if whole.len() > 2 {
        whole.sort_by(|a, b| a.ends.total_cmp(&b.ends));
    }
    whole
}

/// Two parts in their order in the secret, and how much speaks for them; `b` stands behind `a`.
fn pair<'w>(a: &'w Weighed, b: &'w Weighed) -> Option<([&'w Weighed; 2], f32)> {
    if a.part.value == b.part.value {
        return None;
    }
    let order = |first: &Weighed, last: &Weighed| (1.0 - first.ends).max(0.02).ln() + last.ends.max(0.02).ln();
    let (forth, back) = (order(a, b), order(b, a));
    let (whole, fit) = if back > forth { ([b, a], back) } else { ([a, b], forth) };
    Some((whole, paired::logit(a.likely) + paired::logit(b.likely) + FIT * fit))
}

fn piece(part: &Part) -> Piece {
    let sense = match part.side() {
        Some(Side::First) => Sense::First,
        Some(Side::Middle | Side::Some) => Sense::Piece,
        Some(Side::Last) | None => Sense::Last,
    };
    Piece { message: part.message, text: part.text, range: part.range.clone(), sense, value: part.value.clone() }
}

/// Whether it may be a secret.
fn fits(value: &str) -> bool {
    let figures = value.bytes().all(|b| b.is_ascii_digit());
    let length = if figures { FIGURES } else { OTHERS };
    let short = value.chars().count() >= 4 && value.contains(|c: char| c.is_ascii_digit());
    (length.contains(&value.chars().count()) || short && !figures) && !is_address(value) && !is_file(value)
}
