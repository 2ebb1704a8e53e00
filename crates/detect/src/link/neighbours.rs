//! Other secrets of a text: a name that stands with another secret is likely that one's.

use super::offers::Known;
use super::{choose, tidied};
use std::ops::Range;

/// Bytes beyond which it does not matter how far off another secret is.
const FAR: usize = 1000;

/// Where other secrets stand around a value, in the order of the text.
pub(super) fn places(known: &Known<'_>) -> Vec<Range<usize>> {
    let around = choose::surroundings(known);
    let from = (around.as_ptr() as usize) - (known.page.body.as_ptr() as usize);
    let others = known.others.iter().map(|other| tidied::bare(other)).filter(|other| !other.is_empty());
    let found = others.flat_map(|other| around.match_indices(other).map(move |(at, _)| from + at..from + at + other.len()));
    let mut places: Vec<Range<usize>> = found.filter(|at| apart(at, known.value) > 0).collect();
    places.sort_by_key(|at| at.start);
    places
}

/// What is told by the secrets around a name at a place: how many stand between it and the value, how far off the nearest is, and whether that is
/// nearer than the value.
pub(super) fn told(at: Option<&Range<usize>>, value: &Range<usize>, others: &[Range<usize>]) -> [f32; 4] {
    let Some(at) = at else { return [0.0, FAR as f32, 0.0, others.len().min(20) as f32] };
    let between = others.iter().filter(|o| o.start >= at.end.min(value.end) && o.end <= at.start.max(value.start)).count();
    let nearest = others.iter().map(|other| apart(at, other)).min().unwrap_or(FAR).min(FAR);
    [between.min(9) as f32, nearest as f32, f32::from(u8::from(nearest < apart(at, value))), others.len().min(20) as f32]
}

/// Bytes between two places; 0 where they meet.
fn apart(one: &Range<usize>, other: &Range<usize>) -> usize {
    let [first, second] = if one.start <= other.start { [one, other] } else { [other, one] };
    second.start.saturating_sub(first.end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_beside_another_secret_is_told() {
        // name, other, name, value
        let (other, value) = (10..15, 40..45);
        let others = [other];
        assert_eq!(told(Some(&(2..8)), &value, &others), [1.0, 2.0, 1.0, 1.0]);
        assert_eq!(told(Some(&(34..39)), &value, &others), [0.0, 19.0, 0.0, 1.0]);
        assert_eq!(told(None, &value, &others)[..2], [0.0, FAR as f32]);
    }
}
