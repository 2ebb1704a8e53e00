//! A secret told in pieces: "the first half is …" here, "and the rest: …" there.

use super::phrases::{Said, Sense};
use super::{Told, View, date, kind_spoken_of, names, value};
use crate::link::Linked;
use crate::{Hit, Packs};
use aftermail_model::{Kind, Sensitive, Status};
use std::ops::Range;

/// How far behind its announcement a piece stands.
const FAR: usize = 120;
/// Longest joined secret.
const LONGEST: usize = 512;

/// A piece of a secret at its place.
#[derive(Debug, Clone)]
struct Piece {
    message: usize,
    text: usize,
    range: Range<usize>,
    sense: Sense,
    /// The piece and the sign that joins it to the one before, where the mail spells that out.
    value: String,
}

/// Joins the pieces of a thread to one secret.
pub(super) fn join(thread: &mut [Told], views: &[View], packs: &Packs) {
    let all: Vec<Piece> = (0..thread.len()).flat_map(|at| pieces(&thread[at], &views[at], at)).collect();
    let Some(whole) = ordered(all) else { return };
    let last = whole.iter().map(|p| p.message).max().unwrap_or_default();
    let spoken = kind_spoken_of(thread, views, thread.len() - 1, packs);
    let value: String = whole.iter().map(|p| p.value.as_str()).collect();
    if !(6..=LONGEST).contains(&value.chars().count()) || spoken.is_none() && !views.iter().any(|v| v.says(Sense::Join)) {
        return;
    }
    let named = named(thread, views, last, packs);
    let confidence = confidence(&whole, &value, views);
    if confidence < crate::words::REPORT_FROM {
        return;
    }
    for (n, piece) in whole.iter().enumerate() {
        let others = |p: &&Piece| p.message != piece.message;
        let elsewhere: Vec<String> = whole.iter().filter(others).map(|p| date(&thread[p.message])).collect();
        let mut because = vec![format!("piece {} of {} of one secret", n + 1, whole.len())];
        because.extend(elsewhere.first().map(|d| format!("joined with what {d} tells")));
        let hit = Hit {
            start: piece.range.start,
            end: piece.range.end,
            value: Sensitive::new(value.clone()),
            rule: "pieces".to_owned(),
            kind: spoken.unwrap_or(Kind::Password),
            system: named.system.clone(),
            account: named.account.clone(),
            expires: None,
            status: Status::Live,
            confidence,
            because,
            language: None,
        };
        let told = &mut thread[piece.message];
        // What the first pass took for a secret of its own is a piece of this one.
        told.hits.retain(|(t, h)| *t != piece.text || h.end <= piece.range.start || piece.range.end <= h.start);
        told.hits.push((piece.text, hit));
    }
}

fn named(thread: &[Told], views: &[View], last: usize, packs: &Packs) -> Linked {
    let mut named = Linked::default();
    for at in (0..=last).rev() {
        let here = names::of_message(&thread[at], &views[at], packs);
        named.system = named.system.or(here.system);
        named.account = named.account.or(here.account);
    }
    named
}

/// What speaks for it: two pieces that say which they are, from one thread that speaks of joining them.
fn confidence(whole: &[Piece], value: &str, views: &[View]) -> f32 {
    let both = whole.iter().any(|p| p.sense == Sense::First) && whole.iter().any(|p| p.sense == Sense::Last);
    let told = if both { 0.8 } else { 0.0 };
    let joined = if views.iter().any(|v| v.says(Sense::Join)) { 0.9 } else { 0.0 };
    let shape = crate::words::shape_of(value).score.clamp(-2.0, 2.5);
    1.0 / (1.0 + (-(told + joined + shape - 0.8)).exp())
}

/// The pieces in their order, where they make a whole: two or more, told in different places.
fn ordered(all: Vec<Piece>) -> Option<Vec<Piece>> {
    let mut whole: Vec<Piece> = Vec::new();
    for piece in all {
        let again = whole.iter().any(|p| p.value == piece.value);
        if !again {
            whole.push(piece);
        }
    }
    let kinds = |sense| whole.iter().filter(|p| p.sense == sense).count();
    let places = whole.windows(2).filter(|w| w[0].message != w[1].message || w[0].sense != w[1].sense).count();
    if whole.len() < 2 || places == 0 || kinds(Sense::First) + kinds(Sense::Last) == 0 || whole.len() > 6 {
        return None;
    }
    let rank = |p: &Piece| match p.sense {
        Sense::First => 0,
        Sense::Last => 2,
        _ => 1,
    };
    // Stable: pieces of one rank stay in time order.
    whole.sort_by_key(rank);
    Some(whole)
}

/// The pieces that a message announces in its sender's words.
fn pieces(told: &Told, view: &View, message: usize) -> Vec<Piece> {
    let Some(text) = view.text else { return Vec::new() };
    let body = &told.texts[text].body;
    let piece = |(range, sense, sign): (Range<usize>, Sense, &str)| {
        let value = format!("{sign}{}", &body[range.clone()]);
        Piece { message, text, range, sense, value }
    };
    announced(body, &view.own, &view.said).into_iter().map(piece).collect()
}

/// The places that the sender's phrases announce as pieces, what is said of each, and the sign that joins it to the one before.
pub(super) fn announced(body: &str, own: &[Range<usize>], phrases: &[Said]) -> Vec<(Range<usize>, Sense, &'static str)> {
    let mut out: Vec<(Range<usize>, Sense, &'static str)> = Vec::new();
    // The nearest announcement before a piece is the one that it belongs to.
    for said in phrases.iter().rev().filter(|s| matches!(s.sense, Sense::First | Sense::Last | Sense::Piece)) {
        let Some(stretch) = own.iter().find(|r| r.contains(&said.at.start)).cloned() else { continue };
        let sentence = super::own::sentence(body, &stretch, said.at.start);
        let window = said.at.end
            ..sentence.end.max(next_line(body, &stretch, said.at.end)).min(body.floor_char_boundary((said.at.end + FAR).min(body.len())));
        let quoted = quoted(body, &window);
        let named = |r: &Range<usize>| {
            phrases.iter().any(|s| s.sense == Sense::Account && s.at.end <= r.start && body[s.at.end..r.start].trim().len() <= 1)
        };
        let quoted: Vec<Range<usize>> = quoted.into_iter().filter(|r| !named(r)).collect();
        let found = if quoted.is_empty() { marked(body, &said.at, &window).into_iter().collect() } else { quoted };
        for range in found {
            if !out.iter().any(|(r, ..)| r.start < range.end && range.start < r.end) {
                let sign = spelt_sign(&body[said.at.start..range.start]).unwrap_or_default();
                out.push((range, said.sense, sign));
            }
        }
    }
    out.sort_by_key(|(r, ..)| r.start);
    out
}

/// End of the line after the one of a place that ends with a colon.
fn next_line(body: &str, stretch: &Range<usize>, at: usize) -> usize {
    let rest = &body[at..stretch.end];
    let Some(end) = rest.find('\n').filter(|e| rest[..*e].trim_end().ends_with(':')) else { return at };
    let after = &rest[end..];
    let lead = after.len() - after.trim_start().len();
    at + end + after[lead..].find('\n').map_or(after.len(), |n| lead + n)
}

/// What stands in quotes.
fn quoted(body: &str, window: &Range<usize>) -> Vec<Range<usize>> {
    const MARKS: &[(char, char)] = &[('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('`', '`'), ('「', '」')];
    let mut out = Vec::new();
    let mut at = window.start;
    while at < window.end {
        let rest = &body[at..window.end];
        let Some((i, open)) = rest.char_indices().find(|(_, c)| MARKS.iter().any(|(o, _)| o == c)) else { break };
        let close = MARKS.iter().find(|(o, _)| *o == open).map_or(open, |(_, c)| *c);
        let from = at + i + open.len_utf8();
        let Some(length) = body[from..window.end].find(close) else { break };
        let inner = body[from..from + length].trim();
        let lead = body[from..from + length].find(inner).unwrap_or_default();
        if (2..=80).contains(&inner.chars().count()) && !inner.contains(char::is_whitespace) {
            out.push(from + lead..from + lead + inner.len());
        }
        at = from + length + close.len_utf8();
    }
    out
}

/// What stands after a colon, or right after the announcement, and looks like no word of a sentence.
fn marked(body: &str, said: &Range<usize>, window: &Range<usize>) -> Option<Range<usize>> {
    let text = &body[window.clone()];
    let colon = body[said.clone()].ends_with(':').then_some(0).or_else(|| text.find([':', '：', '=']).map(|i| i + 1));
    let start = window.start + colon?;
    let start = start + body[start..window.end].len()
        - body[start..window.end].trim_start_matches(['：', ' ', '\n', '\r', '\t', '\u{a0}', '>']).len();
    let token = body[start..window.end].split(char::is_whitespace).next()?;
    let kept = token.trim_end_matches(['.', ',', ';', ')', '!', '?', '"', '\'']);
    // "!" may belong to it where a sentence goes on behind.
    (kept.chars().count() >= 3 && crate::words::shape_of(kept).score > -3.0 && !value::is_said(kept)).then(|| start..start + kept.len())
}

/// "a dash and": a sign that the mail spells out before a piece.
fn spelt_sign(between: &str) -> Option<&'static str> {
    const SIGNS: &[(&str, &str)] = &[
        ("dash", "-"),
        ("hyphen", "-"),
        ("underscore", "_"),
        ("slash", "/"),
        ("bindestrich", "-"),
        ("unterstrich", "_"),
        ("schrägstrich", "/"),
        ("tiret", "-"),
        ("guion bajo", "_"),
        ("guión bajo", "_"),
        ("guion", "-"),
        ("guión", "-"),
        ("hífen", "-"),
        ("trattino", "-"),
    ];
    let words = between.to_lowercase();
    SIGNS.iter().find(|(name, _)| words.split(|c: char| !c.is_alphanumeric() && c != ' ').any(|w| w.contains(name))).map(|(_, sign)| *sign)
}
