//! How much a row of a list and a message held are alike, where no Message-ID tells.

use super::Held;
use crate::threads::{address, normalised};
use aftermail_model::{ListedMessage, Timestamp};

const DAY: i64 = 86_400;
/// From so many points on, a person is asked.
pub(super) const PROBABLE: u8 = 60;
/// Subjects cut off by a list are compared up to here, if they are this long.
const LONG_SUBJECT: usize = 20;
/// Zones lie within so many seconds of UTC.
const ZONES: i64 = 14 * 3_600;

/// Of a hundred points: subject 40, sender 25, time 30, recipients 10, size 10. Also why, in words.
pub(super) fn likeness(row: &ListedMessage, held: &Held<'_>) -> (u8, String) {
    let parts = [subject(row, held), sender(row, held), time(row, held), recipients(row, held), size(row, held)];
    let points: i32 = parts.iter().flatten().map(|(points, _)| points).sum();
    let words: Vec<&str> = parts.iter().flatten().map(|(_, words)| *words).collect();
    (u8::try_from(points.clamp(0, 100)).unwrap_or_default(), words.join(", "))
}

type Points = Option<(i32, &'static str)>;

fn subject(row: &ListedMessage, held: &Held<'_>) -> Points {
    let (a, b) = (squeezed(row.subject.as_deref()?), squeezed(held.subject.unwrap_or_default()));
    if a == b {
        return Some((40, "same subject"));
    }
    let (a, b) = (normalised(&a).0, normalised(&b).0);
    let cut = a.trim_end_matches(['.', '…', ' ']);
    let begins = cut.chars().count() >= LONG_SUBJECT && b.starts_with(cut);
    Some(if begins || (a == b && !a.is_empty()) { (25, "subject alike") } else { (-40, "other subject") })
}

/// In lower case, with single blanks.
pub(super) fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

fn sender(row: &ListedMessage, held: &Held<'_>) -> Points {
    let (a, b) = (row.from.as_deref()?, held.from?);
    let same = address(a) == address(b) || (!a.contains('@') && squeezed(b).starts_with(&squeezed(a)));
    Some(if same { (25, "same sender") } else { (-25, "other sender") })
}

fn time(row: &ListedMessage, held: &Held<'_>) -> Points {
    let pairs = [(row.sent, held.sent), (row.received, held.received), (row.sent, held.received), (row.received, held.sent)];
    pairs.into_iter().filter_map(|(a, b)| Some(moment(a?, b?))).max_by_key(|(points, _)| *points)
}

fn moment(listed: Timestamp, held: Timestamp) -> (i32, &'static str) {
    let apart = (listed.0 - held.0).abs();
    let of_zone = (apart + 60) % 1_800 <= 120 && apart <= ZONES + 60;
    match apart {
        0..=2 => (30, "same second"),
        3..=60 => (27, "same minute"),
        61..=300 => (20, "within five minutes"),
        _ if listed.0.rem_euclid(DAY) == 0 && (0..DAY).contains(&(held.0 - listed.0)) => (15, "same day, the list tells no hour"),
        _ if of_zone => (15, "same time in another zone"),
        _ if apart <= DAY => (0, "same day"),
        _ => (-40, "other day"),
    }
}

fn recipients(row: &ListedMessage, held: &Held<'_>) -> Points {
    let to: Vec<String> = held.to.iter().map(|t| address(t)).collect();
    (!row.to.is_empty() && row.to.iter().any(|r| to.contains(&address(r)))).then_some((10, "a recipient in common"))
}

/// Sizes of formats differ: only closeness tells something.
fn size(row: &ListedMessage, held: &Held<'_>) -> Points {
    let (a, b) = (row.size? as f64, held.size as f64);
    let apart = (a - b).abs() / a.max(b).max(1.0);
    (apart < 0.2).then_some(if apart < 0.02 { (10, "same size") } else { (5, "about the same size") })
}
