//! A secret of which one mail tells a part and another the rest, in words that only loosely say so: "I have the front of it, X, the back
//! is at home", and then "after that comes Y".
//!
//! Each word that may be a part is weighed by what its sentence says of it; the parts that together say most are joined.

use super::phrases::Sense;
use super::pieces::{self, Piece, is_telling_piece};
use super::{Told, View, kind_spoken_of, own, value};
use crate::Packs;
use crate::words::{is_address, is_ordinary, shape_of};
use aftermail_model::Kind;
use std::ops::Range;

/// How much must speak for two parts together.
const LEAST: f32 = 2.3;
/// From here on a hit is a secret by itself.
const SURE: f32 = 0.8;
/// Words of a message that tells a part, at most.
const WORDS: usize = 170;
/// How far from what is said of it a part stands, in bytes: before and behind.
const BEFORE: usize = 110;
const BEHIND: usize = 60;
/// Parts of one message that are weighed.
const MOST: usize = 24;
/// Characters of a secret of figures, and of any other.
const FIGURES: std::ops::RangeInclusive<usize> = 4..=12;
const OTHERS: std::ops::RangeInclusive<usize> = 6..=200;

/// Where in the secret a part belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    First,
    Middle,
    Last,
    /// Somewhere: "my half".
    Some,
}

/// A word that may be a part.
#[derive(Debug, Clone)]
struct Part {
    piece: Piece,
    side: Option<Side>,
    weight: f32,
}

/// Whether a message tells what is likely a part.
pub(super) fn tells(body: &str, own: &[Range<usize>], said: &[super::Said]) -> bool {
    let view = View { text: Some(0), own: own.to_vec(), said: said.to_vec(), sender: String::new() };
    parts(body, &view, 0).iter().any(|p| p.side.is_some() && p.weight >= 1.0)
}

/// Joins the parts of a thread that nothing else joined to one secret.
pub(super) fn join(thread: &mut [Told], views: &[View], packs: &Packs) {
    let of = |at: usize| {
        let text = views[at].text?;
        let mut parts = parts(&thread[at].texts[text].body, &views[at], at);
        parts.extend(in_subject(&thread[at], &views[at], at));
        // What is a secret by itself is a part only where its sentence says so.
        let whole = |p: &Part| thread[at].hits.iter().any(|(t, h)| *t == text && h.confidence >= SURE && h.start < p.piece.range.end && p.piece.range.start < h.end);
        parts.retain(|p| p.side.is_some() && p.weight >= 1.3 || !whole(p));
        Some(parts)
    };
    let all: Vec<Vec<Part>> = (0..thread.len()).map(|at| of(at).unwrap_or_default()).collect();
    let Some((whole, score)) = best(&all, views) else { return };
    if std::env::var("DBGC").is_ok() { for p in all.iter().flatten() { eprintln!("PART {} {:?} {:.2} {}", p.piece.message, p.side, p.weight, p.piece.value); } eprintln!("BEST {score} {:?}", whole.iter().map(|p| p.value.as_str()).collect::<Vec<_>>()); }
    let last = whole.iter().map(|p| p.message).max().unwrap_or_default();
    let Some(kind) = kind_spoken_of(thread, views, last, packs).or_else(|| kind_spoken_of(thread, views, thread.len() - 1, packs)) else {
        return;
    };
    let sign = whole.iter().find_map(|p| pieces::sign_between(&thread[p.message], &views[p.message], packs));
    let texts: Vec<&str> = whole.iter().map(|p| p.value.as_str()).collect();
    let sign = sign.filter(|s| !texts.iter().any(|t| t.starts_with(*s))).or_else(|| pieces::joint(&texts));
    let value = texts.join(sign.map(String::from).as_deref().unwrap_or_default());
    if fits(&value, kind)
        && !thread.iter().flat_map(|t| &t.hits).any(|(_, h)| h.value.reveal(&aftermail_model::RevealPermit::recorded()) == &value)
    {
        pieces::put(thread, views, &whole, &value, kind, 1.0 / (1.0 + (1.4 - score).exp()), packs);
    }
}

/// The parts that together say most, in their order in the secret, and how much that is.
fn best(all: &[Vec<Part>], views: &[View]) -> Option<(Vec<Piece>, f32)> {
    let mut best: Option<(Vec<&Part>, f32)> = None;
    for (at, later) in all.iter().enumerate() {
        for b in later {
            let earlier = all[..at].iter().flatten();
            let here = later.iter().filter(|a| a.piece.range.end < b.piece.range.start);
            for a in earlier.chain(here) {
                let Some((pair, score)) = pair(a, b, views) else { continue };
                if best.as_ref().is_none_or(|(_, most)| score > *most) {
                    best = Some((pair, score));
                }
            }
        }
    }
    let (mut pair, score) = best.filter(|(_, score)| *score >= LEAST)?;
    // "It begins with X and ends with Y": what stands between, in a later mail.
    let inner = all
        .iter()
        .flatten()
        .filter(|p| p.side == Some(Side::Middle) && p.weight >= 1.0 && pair.iter().all(|o| o.piece.value != p.piece.value));
    if let Some(middle) = inner.max_by(|a, b| a.weight.total_cmp(&b.weight)) {
        pair.insert(1, middle);
    } else if pair[0].piece.message == pair[1].piece.message && views[pair[0].piece.message].says(Sense::Piece) {
        return None;
    }
    Some((pair.into_iter().map(|p| p.piece.clone()).collect(), score))
}

/// Two parts in their order in the secret, and how much speaks for them; `b` stands behind `a`.
fn pair<'p>(a: &'p Part, b: &'p Part, views: &[View]) -> Option<(Vec<&'p Part>, f32)> {
    use Side::{First, Last, Middle};
    let same = a.piece.message == b.piece.message;
    let promised = || {
        let view = &views[a.piece.message];
        view.says(Sense::Promise) || view.says(Sense::Last) || view.says(Sense::Piece)
    };
    let (order, more) = match (a.side, b.side) {
        _ if a.piece.value == b.piece.value => return None,
        (Some(Middle), _) | (_, Some(Middle)) => return None,
        (Some(First), Some(Last)) => ([a, b], 0.4),
        (Some(Last), Some(First)) if !same => ([b, a], 0.2),
        _ if same => return None,
        (Some(First), Some(First)) | (Some(Last), Some(Last)) => return None,
        (Some(Last), Some(Side::Some)) => ([b, a], 0.0),
        (Some(_), Some(_)) => ([a, b], 0.2),
        (Some(Last), None) => ([b, a], if promised() { 0.0 } else { -0.4 }),
        (Some(_), None) => ([a, b], if promised() { 0.2 } else { -0.4 }),
        (None, _) => return None,
    };
    let figures = |p: &Part| p.piece.value.bytes().all(|b| b.is_ascii_digit());
    // A number beside what is none is a number of the sentence, unless it says what it is.
    let unlike = figures(a) != figures(b) && (a.side.is_none() || b.side.is_none());
    let joins = if views[a.piece.message].says(Sense::Join) || views[b.piece.message].says(Sense::Join) { 0.4 } else { 0.0 };
    let total = a.weight + b.weight + more + joins - if unlike { 0.8 } else { 0.0 };
    Some((order.to_vec(), total))
}

/// The words of a message that may be parts.
fn parts(body: &str, view: &View, message: usize) -> Vec<Part> {
    let mut out = Vec::new();
    let (Some(text), true) = (view.text, view.words(body) <= WORDS) else { return out };
    let asks = pieces::asks(body, &view.own, &view.said);
    for stretch in &view.own {
        for line in value::lines(body, stretch) {
            for range in value::tokens(body, &line) {
                let range = pieces::without_mask(body, range);
                let Some((side, weight)) = weighed(body, view, stretch, &line, &range, asks) else { continue };
                let piece = Piece { message, text, sense: sense(side), value: body[range.clone()].to_owned(), range };
                out.push(Part { piece, side, weight });
                if out.len() >= MOST {
                    return out;
                }
            }
        }
    }
    out
}

/// "You have the front of it up there in the subject": the last word of the subject, told of where the mail speaks of it.
fn in_subject(told: &Told, view: &View, message: usize) -> Option<Part> {
    let text = view.text?;
    let body = &told.texts[text].body;
    let word = told.message.subject.as_deref()?.split_whitespace().last()?.trim_end_matches(['.', ',', ')']);
    let lower = body.to_ascii_lowercase();
    let place = |s: &&super::Said| {
        let sentence = own::sentence(body, &view.stretch(s.at.start)?, s.at.start);
        let at = pieces::SUBJECT.iter().find_map(|w| lower[sentence.clone()].find(w).map(|n| sentence.start + n..sentence.start + n + w.len()))?;
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
    let piece = Piece { message, text, range, sense: said, value: word.to_owned() };
    tells.then_some(Part { piece, side: Some(side), weight: 1.4 })
}

fn sense(side: Option<Side>) -> Sense {
    match side {
        Some(Side::First) => Sense::First,
        Some(Side::Last) | None => Sense::Last,
        Some(Side::Middle | Side::Some) => Sense::Piece,
    }
}

/// Whether a sign that more follows stands behind a part.
fn is_masked(body: &str, range: &Range<usize>) -> bool {
    let rest = &body[range.end..];
    ["...", "[...]", "(...)", "[…]", "…", "••", "***"].iter().any(|mask| rest.starts_with(mask))
}

/// What the sentence of a word says of it as a part, and how much it looks like one.
fn weighed(
    body: &str,
    view: &View,
    stretch: &Range<usize>,
    line: &Range<usize>,
    range: &Range<usize>,
    asks: bool,
) -> Option<(Option<Side>, f32)> {
    let text = &body[range.clone()];
    let alone = body[line.clone()].trim().trim_matches(['"', '\'', '*', '`', '«', '»', '“', '”', ' ', '.']).len() <= text.len() + 1;
    let quoted = body[..range.start].ends_with(['"', '«', '“', '„', '`']) || body[..range.start].trim_end().ends_with('«');
    let masked = is_masked(body, range);
    let said = spoken(body, view, stretch, range, alone);
    // "starts with gullsof, then": a plain word is a part only where its clause ends with it.
    let closed = body[range.end..].trim_start_matches(['"', '»', '”', '`']).chars().next().is_none_or(|c| matches!(c, '\n' | '.' | ',' | ';' | ')'));
    let direct = said.is_some_and(|s| s.direct) && closed;
    let figures = text.bytes().all(|b| b.is_ascii_digit());
    if !may_be(text, alone || quoted || direct) || is_named(body, view, range) || is_of_another(body, view, stretch, range) {
        return None;
    }
    // Who asks for the rest has the beginning.
    let said = said.or((asks && (figures || is_telling_piece(text))).then_some(Spoken { side: Side::First, weight: 0.8, direct: false }));
    let shape = if figures { 0.0 } else { shape_of(text).score.clamp(0.0, 2.0) * 0.25 };
    let joint = |c: char| matches!(c, '-' | '_' | '.' | '/' | '!' | '@' | '#' | '+' | '&' | '=' | '*');
    let edge = if text.starts_with(joint) || text.ends_with(joint) { 0.4 } else { 0.0 };
    let led = body[..range.start].trim_end_matches([' ', '\n', '"', '«', '„', '“']).ends_with([':', '：']);
    let set = if alone { 0.4 } else { 0.0 } + if led { 0.3 } else { 0.0 } + if quoted { 0.2 } else { 0.0 };
    let weight = shape + edge + set + said.map_or(0.0, |s| s.weight) + if masked { 0.8 } else { 0.0 };
    let side = said.map(|s| s.side).or(masked.then_some(Side::First));
    // Figures are in all mail.
    let least = if figures { 0.8 } else { 0.5 };
    (weight >= least && (!figures || said.is_some() || alone)).then_some((side, weight))
}

/// What is said of a part: where it belongs, how much that weighs, and whether it stands right beside it.
#[derive(Debug, Clone, Copy)]
struct Spoken {
    side: Side,
    weight: f32,
    direct: bool,
}

fn spoken(body: &str, view: &View, stretch: &Range<usize>, range: &Range<usize>, alone: bool) -> Option<Spoken> {
    let sentence = own::sentence(body, stretch, range.start);
    let of = |s: &&super::Said| matches!(s.sense, Sense::First | Sense::Last | Sense::Piece);
    let side = |s: &super::Said| match s.sense {
        Sense::First => Side::First,
        Sense::Last => Side::Last,
        _ if is_middle(&body[s.at.clone()]) => Side::Middle,
        _ => Side::Some,
    };
    let within = |r: &Range<usize>, s: &&super::Said| r.start <= s.at.start && s.at.end <= r.end;
    let before =
        view.said.iter().filter(of).filter(|s| within(&sentence, s) && s.at.end <= range.start).max_by_key(|s| (s.at.end, s.at.len()));
    let behind = view.said.iter().filter(of).filter(|s| within(&sentence, s) && s.at.start >= range.end).min_by_key(|s| s.at.start);
    let far = |s: &super::Said| range.start - s.at.end;
    let direct = |s: &super::Said| {
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
    let told: Vec<&super::Said> = view.said.iter().filter(of).filter(|s| within(&above, s)).collect();
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
    let chain = text.matches(['-', '.']).count() >= 2 && text.split(['-', '.']).filter(|w| w.len() >= 3).count() >= 3;
    let signs = |c: char| c.is_alphanumeric() || "-_.#*!@+/&=$%?~^,;:".contains(c);
    (2..=80).contains(&count)
        && !text.contains("://")
        && !text.contains("***")
        && !is_address(text)
        && (figures && count <= 8
            || text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'#' | b'*'))
            || is_telling_piece(text)
            || chain && !crate::words::is_file(text) && shape_of(text).score > -2.5
            || set && count >= 3 && text.chars().all(signs) && !is_ordinary(text) && !text.ends_with([',', ':']))
}

/// Whether words before it make it an account, a ticket or something else that is counted.
fn is_named(body: &str, view: &View, range: &Range<usize>) -> bool {
    let near = |s: &super::Said| s.at.end <= range.start && body[s.at.end..range.start].trim_matches([' ', ':', '"', '\'', '(']).len() <= 4;
    view.said.iter().any(|s| s.sense == Sense::Account && near(s))
}

/// Whether its sentence speaks of an order, a file or the like, and of no secret.
fn is_of_another(body: &str, view: &View, stretch: &Range<usize>, range: &Range<usize>) -> bool {
    let sentence = own::sentence(body, stretch, range.start);
    let speaks = |sense| view.said.iter().any(|s| s.sense == sense && sentence.start <= s.at.start && s.at.end <= sentence.end);
    speaks(Sense::Other) && !speaks(Sense::Secret)
}

/// Whether it may be a secret of the kind.
fn fits(value: &str, kind: Kind) -> bool {
    let count = value.chars().count();
    if value.bytes().all(|b| b.is_ascii_digit()) {
        return FIGURES.contains(&count)
            && matches!(kind, Kind::Pin | Kind::Password | Kind::RecoveryCode | Kind::Passphrase | Kind::SharedKey);
    }
    let door = kind == Kind::Pin && count >= 4;
    (OTHERS.contains(&count) || door) && !is_address(value) && !crate::words::is_file(value)
}
