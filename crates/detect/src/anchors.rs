//! The one pass over a text.
//!
//! Of each literal its rarest three or four bytes are kept as a number. The pass looks up every three and four bytes of
//! the text in a bit map small enough to stay in the processor's cache; where the bit is set, the literals that hold these
//! bytes are compared in full. It is the filter of Wu and Manber ("A fast algorithm for multi-pattern searching", 1994)
//! without the shifts. Over mail it takes a quarter of the time of an Aho-Corasick automaton, whose table of a thousand
//! literals does not stay in the cache (docs/benchmarks.md).

use crate::{formats::Formats, words::Words};
use std::ops::Range;

/// Bits of the hash of a piece.
const BITS: u32 = 18;
/// ASCII letters of both cases become one; other bytes that become one are told apart when compared in full.
const FOLD: u32 = 0x2020_2020;

/// Finds the places worth a closer look.
pub(crate) struct Anchors {
    literals: Literals,
    /// How many of the literals, the first ones, are those of formats.
    formats: usize,
}

/// Many literals that are looked for at once.
pub(crate) struct Literals {
    /// In lower case.
    literals: Vec<Box<[u8]>>,
    fours: Pieces,
    threes: Pieces,
}

/// Places where an anchor stands, in the order of their ends. The first number is the index of the format's literal or of
/// the cue's.
#[derive(Default)]
pub(crate) struct Found {
    pub formats: Vec<(usize, Range<usize>)>,
    pub cues: Vec<(usize, Range<usize>)>,
}

/// Pieces of literals, and which literals hold them.
struct Pieces {
    present: Box<[u64]>,
    buckets: Box<[Vec<Holder>]>,
}

/// A literal that holds a piece so many bytes after its beginning.
#[derive(Clone, Copy)]
struct Holder {
    piece: u32,
    literal: u32,
    offset: u32,
}

impl Pieces {
    fn new() -> Pieces {
        Pieces { present: vec![0; 1 << (BITS - 6)].into(), buckets: vec![Vec::new(); 1 << (BITS - 6)].into() }
    }

    fn add(&mut self, holder: Holder) {
        let hash = hash(holder.piece);
        self.present[hash >> 6] |= 1 << (hash & 63);
        self.buckets[hash >> 6].push(holder);
    }

    #[inline]
    fn may_hold(&self, piece: u32) -> bool {
        let hash = hash(piece);
        self.present[hash >> 6] >> (hash & 63) & 1 == 1
    }
}

#[inline]
fn hash(piece: u32) -> usize {
    (piece.wrapping_mul(0x9e37_79b1) >> (32 - BITS)) as usize
}

#[inline]
fn first_three(piece: u32) -> u32 {
    piece & 0x00ff_ffff
}

fn piece(bytes: [u8; 4]) -> u32 {
    u32::from_le_bytes(bytes) | FOLD
}

impl Anchors {
    /// Takes in the literals of both, ASCII letters in any case.
    pub(crate) fn new(formats: &Formats, words: &Words) -> Anchors {
        Anchors { literals: Literals::new(formats.literals().chain(words.literals())), formats: formats.literals().count() }
    }

    /// One pass over the text.
    pub(crate) fn find(&self, text: &str) -> Found {
        let mut found = Found::default();
        for (literal, at) in self.literals.find(text) {
            match literal.checked_sub(self.formats) {
                None => found.formats.push((literal, at)),
                Some(cue) => found.cues.push((cue, at)),
            }
        }
        found
    }
}

impl Literals {
    /// Takes in literals, ASCII letters in any case.
    pub(crate) fn new<'l>(literals: impl IntoIterator<Item = &'l str>) -> Literals {
        let mut all = Literals { literals: Vec::new(), fours: Pieces::new(), threes: Pieces::new() };
        literals.into_iter().for_each(|literal| all.add(literal.to_ascii_lowercase().as_bytes()));
        all
    }

    fn add(&mut self, bytes: &[u8]) {
        let literal = self.literals.len() as u32;
        self.literals.push(bytes.into());
        match *bytes {
            [] | [_] => {}
            [a, b] => {
                // Too short for a piece of its own: all third bytes are looked for.
                let mut seen = std::collections::HashSet::new();
                for c in 0..=255 {
                    let piece = first_three(piece([a, b, c, 0]));
                    if seen.insert(piece) {
                        self.threes.add(Holder { piece, literal, offset: 0 });
                    }
                }
            }
            [a, b, c] => self.threes.add(Holder { piece: first_three(piece([a, b, c, 0])), literal, offset: 0 }),
            _ => {
                let rarest = bytes.windows(4).enumerate().min_by_key(|(_, w)| w.iter().map(|b| commonness(*b)).sum::<u32>());
                if let Some((offset, w)) = rarest {
                    self.fours.add(Holder { piece: piece([w[0], w[1], w[2], w[3]]), literal, offset: offset as u32 });
                }
            }
        }
    }

    /// Every literal at every place, in the order of their ends: its index and where it stands.
    pub(crate) fn find(&self, text: &str) -> Vec<(usize, Range<usize>)> {
        let bytes = text.as_bytes();
        let mut found = Vec::new();
        for (at, w) in bytes.windows(4).enumerate() {
            let four = piece([w[0], w[1], w[2], w[3]]);
            let three = first_three(four);
            if self.fours.may_hold(four) {
                self.compare(&self.fours, four, bytes, at, &mut found);
            }
            if self.threes.may_hold(three) {
                self.compare(&self.threes, three, bytes, at, &mut found);
            }
        }
        // The last bytes begin no window of four.
        for at in bytes.len().saturating_sub(3)..bytes.len().saturating_sub(1) {
            let byte = |n: usize| bytes.get(at + n).copied().unwrap_or(0);
            let three = first_three(piece([byte(0), byte(1), byte(2), 0]));
            self.compare(&self.threes, three, bytes, at, &mut found);
        }
        found.sort_unstable_by_key(|(literal, at)| (at.end, at.start, *literal));
        found
    }

    #[cold]
    fn compare(&self, pieces: &Pieces, piece: u32, bytes: &[u8], at: usize, found: &mut Vec<(usize, Range<usize>)>) {
        for holder in pieces.buckets[hash(piece) >> 6].iter().filter(|h| h.piece == piece) {
            let literal = &self.literals[holder.literal as usize];
            let Some(start) = at.checked_sub(holder.offset as usize) else { continue };
            let end = start + literal.len();
            if bytes.get(start..end).is_some_and(|b| b.eq_ignore_ascii_case(literal)) {
                found.push((holder.literal as usize, start..end));
            }
        }
    }
}

/// How common a byte is in mail, in halvings of the rarest: what English letters, markup and other scripts weigh.
fn commonness(byte: u8) -> u32 {
    match byte {
        b'e' | b't' | b' ' => 8,
        b'a' | b'i' | b'n' | b'o' | b'r' | b's' => 7,
        b'c' | b'd' | b'h' | b'l' => 6,
        b'f' | b'g' | b'm' | b'p' | b'u' | b'=' | b'/' => 5,
        b'b' | b'w' | b'y' | b'.' | b':' | b'-' => 4,
        b'v' | b'k' | b'0'..=b'9' | b'_' => 3,
        0x80.. => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made(literals: &[String]) -> Literals {
        Literals::new(literals.iter().map(String::as_str))
    }

    /// Every literal at every place, the slow way.
    fn slowly(literals: &[String], text: &str) -> Vec<(usize, Range<usize>)> {
        let mut all = Vec::new();
        for (at, literal) in literals.iter().enumerate() {
            for start in 0..text.len() {
                let end = start + literal.len();
                if text.as_bytes().get(start..end).is_some_and(|b| b.eq_ignore_ascii_case(literal.as_bytes())) {
                    all.push((at, start..end));
                }
            }
        }
        all.sort_unstable_by_key(|(literal, at)| (at.end, at.start, *literal));
        all
    }

    proptest! {
        #[test]
        fn nothing_is_missed_and_nothing_made_up(
            literals in prop::collection::vec("[a-c_é]{2,6}", 1..8),
            text in "[a-cA-C_é ]{0,60}",
        ) {
            prop_assert_eq!(made(&literals).find(&text), slowly(&literals, &text));
        }
    }

    #[test]
    fn the_end_of_a_text_counts() {
        let literals = ["pw".to_owned(), "pin".to_owned(), "code".to_owned()];
        for text in ["pw", "PW", "a pw", "pin", "code", "my PIN", "pwpin"] {
            assert_eq!(made(&literals).find(text), slowly(&literals, text), "{text}");
        }
    }
}
