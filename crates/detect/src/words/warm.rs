//! Where a text is warm: lines in which a secret may stand, told at one look over their words and those of the lines around. Most mail
//! says nothing of secrets, and only warm lines are read closely.
//!
//! Words add up to a logit like those around a place ([`super::voices`]), but each is heard once for all places of its line.

use super::cues::runs_together;
use super::flow;
use super::lexicon::{fold, is_mark};
use super::voices::{Said, Voices};
use std::ops::Range;

/// Slots of what is heard here, the first ones of [`Voices`].
const SLOTS: u32 = 1 << 15;
/// A longer line is cut, in bytes: at the last end of a sentence in it behind the shortest, else at its last blank there.
const LONGEST: usize = 160;
const SHORTEST: usize = 60;
/// Lines before and behind a line whose words count for it; lines without a word are none.
const BEFORE: usize = 2;
const BEHIND: usize = 1;

/// Logit from which a line of a long text is hot: read as a short mail is, be there no word in it that announces a secret.
const HOT: f32 = 1.4;

/// The warm stretches of a text, in its order; none touches another.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Warm(Vec<Range<usize>>);

impl Warm {
    /// What a model takes for warm, and of that what is hot.
    pub(crate) fn of(body: &str, subject: &str, model: &Voices) -> [Warm; 2] {
        let mut ear = Ear::default();
        let subject = model.logit(&of_subject(subject));
        let mut sums: Vec<(Range<usize>, [f32; 2])> = Vec::new();
        for line in lines(body) {
            if ear.listen(&body[line.clone()]) {
                sums.push((line, [&ear.own, &ear.aside].map(|heard| model.sum(heard))));
            }
        }
        let aside = |n| around(n, sums.len()).map(|other| sums[other].1[1]).sum::<f32>();
        let logits: Vec<f32> = sums.iter().enumerate().map(|(n, (_, [own, _]))| subject + own + aside(n)).collect();
        let from = |least| sums.iter().zip(&logits).filter(move |(_, logit)| **logit >= least).map(|((line, _), _)| line);
        [Warm::joined(from(0.0)), Warm::joined(from(HOT))]
    }

    /// Lines that follow each other as one stretch.
    fn joined<'l>(lines: impl Iterator<Item = &'l Range<usize>>) -> Warm {
        let mut stretches: Vec<Range<usize>> = Vec::new();
        for line in lines {
            match stretches.last_mut() {
                Some(last) if last.end + 1 >= line.start => last.end = line.end,
                _ => stretches.push(line.clone()),
            }
        }
        Warm(stretches)
    }

    /// A text that is to be read as a whole.
    pub(crate) fn throughout(body: &str) -> Warm {
        Warm(std::iter::once(0..body.len()).collect())
    }

    /// Whether no line is warm.
    pub(crate) fn is_nowhere(&self) -> bool {
        self.0.is_empty()
    }

    /// The stretches that reach within so many bytes before and behind a place.
    pub(crate) fn near(&self, place: &Range<usize>, before: usize, behind: usize) -> &[Range<usize>] {
        let first = self.0.partition_point(|w| w.end + before < place.start);
        let last = self.0.partition_point(|w| w.start <= place.end + behind);
        &self.0[first..last.max(first)]
    }

    /// Whether a place is warm, be it in part.
    pub(crate) fn holds(&self, place: &Range<usize>) -> bool {
        !self.near(place, 0, 0).is_empty()
    }
}

/// What is heard in a line and around it, as slots.
#[derive(Debug, Clone)]
pub struct Listened {
    /// Where the line stands, in bytes.
    pub at: Range<usize>,
    /// In the line itself.
    pub own: Vec<u32>,
    /// In the lines around it and in the subject.
    pub around: Vec<u32>,
}

/// What is heard of the lines of a text that have words: what [`Warm`] is learnt from.
pub fn listened(body: &str, subject: &str) -> Vec<Listened> {
    listened_to(&flow::unbroken(body), subject)
}

fn listened_to(body: &str, subject: &str) -> Vec<Listened> {
    let mut ear = Ear::default();
    let subject = of_subject(subject);
    let mut heard: Vec<(Range<usize>, [Vec<u32>; 2])> = Vec::new();
    for line in lines(body) {
        if ear.listen(&body[line.clone()]) {
            heard.push((line, [ear.own.clone(), ear.aside.clone()]));
        }
    }
    let all = |n: usize| {
        let aside = around(n, heard.len()).flat_map(|other| &heard[other].1[1]);
        let (at, [own, _]) = &heard[n];
        Listened { at: at.clone(), own: own.clone(), around: aside.chain(&subject).copied().collect() }
    };
    (0..heard.len()).map(all).collect()
}

/// The lines whose words count for one of so many.
fn around(line: usize, lines: usize) -> impl Iterator<Item = usize> {
    (line.saturating_sub(BEFORE)..lines.min(line + BEHIND + 1)).filter(move |other| *other != line)
}

/// The lines of a text without their ends, long ones cut.
fn lines(body: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = body.get(at..).filter(|rest| !rest.is_empty())?;
        let start = at;
        let end = memchr::memchr(b'\n', rest.as_bytes());
        if end.unwrap_or(rest.len()) <= LONGEST {
            at += end.map_or(rest.len(), |end| end + 1);
            return Some(start..start + end.unwrap_or(rest.len()));
        }
        let piece = &rest.as_bytes()[SHORTEST..LONGEST];
        let over = memchr::memrchr_iter(b' ', piece).find(|blank| *blank > 0 && matches!(piece[blank - 1], b'.' | b'!' | b'?'));
        let cut = over.or_else(|| memchr::memrchr(b' ', piece)).map_or(LONGEST, |blank| SHORTEST + blank);
        at = body.floor_char_boundary(start + cut);
        Some(start..at)
    })
}

/// In what place a word is heard.
const OWN: Said = Said::of("own");
const PAIR: Said = Said::of("pair");
const ASIDE: Said = Said::of("aside");
const SUBJECT: Said = Said::of("subject");
const LOOK: Said = Said::of("look");
/// What a word with letters and digits is heard as.
const MIXED: u64 = 0xa0;

/// What is heard in a line; kept from line to line, so that nothing is allocated for each.
#[derive(Default)]
struct Ear {
    /// What tells of the line itself: its words, pairs of them, and what its words look like.
    own: Vec<u32>,
    /// What tells of the lines around it.
    aside: Vec<u32>,
    /// The word before.
    last: Option<u64>,
}

impl Ear {
    /// Hears a line; `false` where no word stands in it.
    fn listen(&mut self, line: &str) -> bool {
        self.own.clear();
        self.aside.clear();
        self.last = None;
        let looks = words(line, |word| {
            self.own.push(slot(OWN, word));
            self.own.extend(self.last.map(|last| slot(PAIR, last.wrapping_mul(3) ^ word)));
            self.aside.push(slot(ASIDE, word));
            self.last = Some(word);
        });
        self.own.extend((0..u32::BITS).filter(|look| looks & 1 << look != 0).map(|look| slot(LOOK, u64::from(look))));
        self.last.is_some()
    }
}

fn of_subject(subject: &str) -> Vec<u32> {
    let mut heard = Vec::new();
    words(subject, |word| heard.push(slot(SUBJECT, word)));
    heard
}

fn slot(place: Said, word: u64) -> u32 {
    place.slot(word) % SLOTS
}

/// Signs with a meaning of their own, as bits of what a line looks like; the lower sixteen are of what its words are made of.
const SIGNS: [(u8, u32); 3] = [(b':', 1 << 16), (b'=', 1 << 17), (b'"', 1 << 18)];

/// Hears the words of a line, without case and accents, numbers by their length, of scripts without blanks pairs of letters. Returns what
/// stands between its blanks looks like: a bit for each combination of digits, letters, signs inside and capitals behind small letters.
fn words(line: &str, mut each: impl FnMut(u64)) -> u32 {
    let bytes = line.as_bytes();
    let (mut looks, mut piece, mut word) = (0, Piece::default(), Spelt::default());
    let mut at = 0;
    while let Some(byte) = bytes.get(at).copied() {
        at += 1;
        if byte.is_ascii_alphanumeric() || byte == b'_' {
            piece.add(byte.is_ascii_digit(), byte.is_ascii_uppercase(), byte.is_ascii_lowercase());
            word.add(u64::from(byte.to_ascii_lowercase()), byte.is_ascii_digit());
            continue;
        }
        if byte.is_ascii() {
            word.end(&mut each);
            if byte.is_ascii_whitespace() {
                looks |= std::mem::take(&mut piece).look();
            } else {
                piece.sign = piece.sign.max(u8::from(piece.begun));
                looks |= SIGNS.iter().find(|(sign, _)| *sign == byte).map_or(0, |(_, bit)| *bit);
            }
            continue;
        }
        let Some(c) = line.get(at - 1..).and_then(|rest| rest.chars().next()) else { continue };
        at += c.len_utf8() - 1;
        if runs_together(c.encode_utf8(&mut [0; 4])) {
            word.glue(c, &mut each);
            piece.add(false, false, false);
        } else if c.is_alphanumeric() {
            piece.add(c.is_numeric(), c.is_uppercase(), c.is_lowercase());
            fold(c).for_each(|c| word.add(u64::from(c), c.is_numeric()));
        } else if !is_mark(c) {
            word.end(&mut each);
        }
    }
    word.end(&mut each);
    looks | piece.look()
}

/// What stands between two blanks.
#[derive(Default)]
struct Piece {
    begun: bool,
    digit: bool,
    letter: bool,
    /// 1 where a sign stands behind its beginning, 2 where something follows that.
    sign: u8,
    small: bool,
    hump: bool,
}

impl Piece {
    fn add(&mut self, digit: bool, capital: bool, small: bool) {
        self.hump |= capital && self.small;
        self.small |= small;
        self.digit |= digit;
        self.letter |= !digit;
        self.sign *= 2;
        self.sign = self.sign.min(2);
        self.begun = true;
    }

    fn look(self) -> u32 {
        let kinds = [self.digit, self.letter, self.sign == 2, self.hump];
        if self.begun { 1 << kinds.iter().fold(0, |bits, kind| bits << 1 | u32::from(*kind)) } else { 0 }
    }
}

/// A word as it is read.
struct Spelt {
    hash: u64,
    length: u64,
    digits: u64,
    /// The letter before, of a script without blanks.
    glued: Option<char>,
}

impl Default for Spelt {
    fn default() -> Spelt {
        Spelt { hash: 0xcbf2_9ce4_8422_2325, length: 0, digits: 0, glued: None }
    }
}

impl Spelt {
    fn add(&mut self, letter: u64, digit: bool) {
        self.hash = (self.hash ^ letter).wrapping_mul(0x0100_0000_01b3);
        self.length += 1;
        self.digits += u64::from(digit);
    }

    /// A letter of a script without blanks is heard with the one before it.
    fn glue(&mut self, c: char, each: &mut impl FnMut(u64)) {
        let before = self.glued;
        self.end(each);
        each(u64::from(before.unwrap_or(' ')) << 32 | u64::from(c));
        self.glued = Some(c);
    }

    fn end(&mut self, each: &mut impl FnMut(u64)) {
        let word = std::mem::take(self);
        match (word.length, word.digits) {
            (0, _) => {}
            (length, digits) if digits == length => each(length.min(8)),
            (_, 0) => each(word.hash),
            _ => each(MIXED),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heard(line: &str) -> Vec<u64> {
        let mut heard = Vec::new();
        words(line, |word| heard.push(word));
        heard
    }

    #[test]
    fn words_are_heard_without_case_and_accents() {
        assert_eq!(heard("Über die TÜR"), heard("uber die tur"));
        assert_eq!(heard("4711 x db01"), [4, heard("x")[0], MIXED]);
        assert_eq!(heard("暗証x").len(), 3);
        assert_eq!(heard(" - ..."), [0; 0]);
    }

    #[test]
    fn what_words_look_like_is_told_by_a_bit_each() {
        let look = |line: &str| words(line, |_| {});
        assert_eq!(look("plain words"), 1 << 0b0100);
        assert_eq!(look("Heron-7 camelCase,"), 1 << 0b1110 | 1 << 0b0101);
        assert_eq!(look("a: b"), 1 << 0b0100 | 1 << 16);
        assert_eq!(look(" -"), 0);
    }

    #[test]
    fn lines_are_warm_by_their_words_and_by_those_around() {
        let body = "nothing here\nthe gate opens with heron\n\nlast words\nof all\n";
        let mut weights = vec![0.0; SLOTS as usize];
        weights[slot(OWN, heard("gate")[0]) as usize] = 1.25;
        let model = Voices::new(-1.0, &weights);
        let [warm, hot] = Warm::of(body, "", &model);
        assert!(hot.is_nowhere());
        assert_eq!(warm.0, std::iter::once(13..38).collect::<Vec<_>>());
        assert!(warm.holds(&(20..21)) && !warm.holds(&(0..5)) && warm.near(&(0..5), 0, 20).len() == 1 && !warm.is_nowhere());
        // Words of one line count for those around it.
        weights[slot(ASIDE, heard("heron")[0]) as usize] = 1.25;
        assert_eq!(Warm::of(body, "", &Voices::new(-1.0, &weights))[0], Warm(vec![0..38, 40..57]));
        assert_eq!(Warm::of(body, "", &Voices::new(0.2, &weights))[1], Warm(vec![0..38, 40..57]));
    }

    proptest! {
        #[test]
        fn what_is_learnt_is_what_is_asked(body in "[a-zA-Z0-9é門 :.\n-]{0,800}", seed in 0u64..100) {
            let weights: Vec<f32> = (0..u64::from(SLOTS)).map(|n| ((n ^ seed).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 60) as f32 / 8.0 - 1.0).collect();
            let model = Voices::new(0.1, &weights);
            let [warm, _] = Warm::of(&body, "gate", &model);
            let logit = |line: &Listened| model.logit(&[line.own.as_slice(), line.around.as_slice()].concat());
            for line in listened_to(&body, "gate") {
                prop_assert!(line.at.len() <= LONGEST && (logit(&line) < 1e-3 || warm.holds(&line.at)));
                let inside = warm.0.iter().any(|w| w.start <= line.at.start && line.at.end <= w.end);
                prop_assert!(!inside || logit(&line) > -1e-3);
            }
        }
    }
}
