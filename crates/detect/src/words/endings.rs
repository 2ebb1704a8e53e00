//! Plain words that end a clause near a word of secrets or of access: "root on both, then starboard." Nothing about such a word tells;
//! the model hears what stands around it.

use super::shape;
use std::ops::Range;

/// Letters of such a word.
const LETTERS: std::ops::RangeInclusive<usize> = 4..=24;
/// Bytes of a line before a word that are looked at.
const NEAR: usize = 120;
/// Words that one stretch of text puts forward: a mail of more clauses is prose about something else.
const MOST: usize = 60;

/// The plain words of a stretch of text that end a clause and do not begin its sentence.
pub(super) fn read<'t>(body: &'t str, zone: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let mut at = zone.start;
    let words = body[zone.clone()].split_inclusive([' ', '\n', '\t']).filter_map(move |piece| {
        let start = at;
        at += piece.len();
        let length = piece.chars().take_while(|c| c.is_alphabetic()).map(char::len_utf8).sum::<usize>();
        let ends = piece[length..].starts_with(['.', ',', ';', '!', '?', ')', '\n', '\r']) || opens(&body[at..]);
        let plain = LETTERS.contains(&piece[..length].chars().count()) && piece[length..].chars().all(|c| !c.is_alphanumeric());
        (ends && plain && goes_on(&body[..start]) && !shape::is_ordinary(&piece[..length])).then(|| start..start + length)
    });
    words.take(MOST)
}

/// What comes next is a remark of its own.
fn opens(rest: &str) -> bool {
    ["(", "- ", "– ", "— "].iter().any(|sign| rest.starts_with(sign)) || rest.is_empty()
}

/// Whether a clause is under way: a word of it stands before.
fn goes_on(before: &str) -> bool {
    // A text may have no line ends at all.
    let near = &before[before.floor_char_boundary(before.len().saturating_sub(NEAR))..];
    let line = near.rsplit('\n').next().unwrap_or("").trim_start_matches(['>', ' ', '*', '-', '•']);
    !line.trim().is_empty() && !line.trim_end().ends_with(['.', '!', '?'])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_end_a_clause_are_put_forward() {
        let body = "Anna,\nroot on both, then starboard. Ring me if kestrel (all small) fails - it's the\n> gate, give it Evensong\n";
        let found: Vec<&str> = read(body, &(0..body.len())).map(|r| &body[r]).collect();
        assert_eq!(found, ["both", "starboard", "kestrel", "small", "fails", "Evensong"]);
    }
}
