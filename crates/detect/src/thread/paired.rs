//! What parts of a thread may make in numbers, for the model that tells whether it is a secret: how likely each is a part, how they stand to
//! each other, what the whole looks like.

use super::completed::Weighed;
use super::parts::{Part, Side};
use super::phrases::Sense;
use super::pieces::is_telling_piece;
use super::{Told, View};
use crate::words::shape_of;

/// Senses that a thread with parts speaks of.
const SENSES: [Sense; 7] = [Sense::First, Sense::Last, Sense::Piece, Sense::Join, Sense::Secret, Sense::Promise, Sense::Other];

/// How much speaks for a probability, in logits.
pub(super) fn logit(likely: f32) -> f32 {
    let likely = likely.clamp(0.001, 0.999);
    (likely / (1.0 - likely)).ln()
}

/// What is asked about parts in their order and what they make. `pair` is what speaks for the two that it began with, how many pairs go
/// before, how much more speaks for the best one, and how many words are likely parts.
pub(super) fn numbers(thread: &[Told], views: &[View], parts: &[&Weighed], value: &str, pair: [f32; 4]) -> Vec<f32> {
    let mut row = pair.to_vec();
    let (Some(first), Some(last)) = (parts.first(), parts.last()) else { return row };
    for weighed in [first, last] {
        row.extend([logit(weighed.likely), weighed.ends]);
        look(&mut row, &weighed.part);
    }
    let (a, b) = (&first.part, &last.part);
    let between = if a.range.end <= b.range.start { b.range.start - a.range.end } else { a.range.start.saturating_sub(b.range.end) };
    row.extend([
        parts.len() as f32,
        parts.iter().map(|w| w.likely).fold(1.0, f32::min),
        b.message as f32 - a.message as f32,
        if a.message == b.message { between.min(2000) as f32 } else { -1.0 },
        flag(a.message == b.message && a.range.start > b.range.start),
        flag(views[a.message].sender == views[b.message].sender),
        thread.len().min(12) as f32,
        a.value.chars().count().abs_diff(b.value.chars().count()).min(30) as f32,
        flag(a.is_figures() == b.is_figures()),
        flag(sort(&a.value) == sort(&b.value)),
        shape_of(value).score,
        value.chars().count().min(60) as f32,
        flag(value.bytes().all(|b| b.is_ascii_digit())),
        flag(value.len() > parts.iter().map(|w| w.part.value.len()).sum()),
    ]);
    // A secret that stands somewhere as a whole leaves little to be made of parts.
    let apart = |text: usize, h: &crate::Hit, message: usize| {
        !parts.iter().any(|w| w.part.message == message && w.part.text == text && h.start < w.part.range.end && w.part.range.start < h.end)
    };
    let others = thread.iter().enumerate().flat_map(|(n, told)| told.hits.iter().filter(move |(t, h)| apart(*t, h, n)));
    let (count, most) = others.fold((0, 0.0_f32), |(count, most), (_, hit)| (count + 1, most.max(hit.confidence)));
    row.extend([count.min(9) as f32, most]);
    row.extend(SENSES.map(|sense| views.iter().filter(|v| v.says(sense)).count().min(6) as f32));
    row
}

/// What a part looks like and how it stands in its mail.
fn look(row: &mut Vec<f32>, part: &Part) {
    row.extend([part.alone, part.quoted, part.led, part.closed, part.masked, part.in_subject, part.is_figures()].map(flag));
    row.extend([flag(is_telling_piece(&part.value)), part.value.chars().count().min(60) as f32, shape_of(&part.value).score]);
    row.extend([part.spoken.map_or(-1.0, |s| s.weight), flag(part.spoken.is_some_and(|s| s.direct))]);
    row.extend([Side::First, Side::Middle, Side::Last, Side::Some].map(|side| flag(part.side() == Some(side))));
    let joint = |c: Option<char>| flag(c.is_some_and(|c| !c.is_alphanumeric()));
    row.extend([joint(part.value.chars().next()), joint(part.value.chars().next_back())]);
}

/// What characters a text is made of: a bit for each sort.
fn sort(text: &str) -> u8 {
    text.chars().fold(0, |bits, c| {
        bits | if c.is_ascii_digit() {
            1
        } else if c.is_uppercase() {
            2
        } else if c.is_alphabetic() {
            4
        } else {
            8
        }
    })
}

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}
