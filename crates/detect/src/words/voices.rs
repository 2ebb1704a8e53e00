//! What single words around a place say, and the letters of what stands there, each word with the weight that it was found to have in
//! mail. Words are kept as numbers of slots that several may share (K. Weinberger et al., "Feature hashing for large scale multitask
//! learning", 2009), so that no word of the mail that was learnt from stands in the model.

use super::lexicon::{fold, next_word};
use super::runs_together;
use std::ops::Range;

/// Slots of a model; a power of two.
pub const SLOTS: usize = 1 << 15;
/// Weights are kept as whole numbers of this size.
const STEP: f32 = 1.0 / 24.0;
/// Weights in a line of the text form.
const ROW: usize = 64;
/// How far before and behind a place words are heard, in bytes.
const BEFORE: usize = 200;
const BEHIND: usize = 120;
/// Words on a side, and those of them that are heard at their distance.
const WORDS: usize = 14;
const CLOSE: usize = 3;
/// Letters of a stem.
const STEM: usize = 5;

/// Weights of words.
#[derive(Debug, Clone, PartialEq)]
pub struct Voices {
    base: f32,
    weights: Vec<i8>,
}

impl Default for Voices {
    fn default() -> Voices {
        Voices { base: 0.0, weights: vec![0; SLOTS] }
    }
}

impl Voices {
    /// Of weights for each slot.
    pub fn new(base: f32, weights: &[f32]) -> Voices {
        let whole = |w: &f32| (w / STEP).round().clamp(-127.0, 127.0) as i8;
        Voices { base, weights: weights.iter().map(whole).chain(std::iter::repeat(0)).take(SLOTS).collect() }
    }

    /// The logit of what is heard.
    pub fn logit(&self, heard: &[u16]) -> f32 {
        self.base + heard.iter().filter_map(|slot| self.weights.get(usize::from(*slot))).map(|w| f32::from(*w) * STEP).sum::<f32>()
    }

    /// Reads the text form: where to start from, then the weights in rows, each as two hexadecimal digits (two's complement).
    pub fn parse(text: &str) -> Option<Voices> {
        let mut lines = text.lines().filter(|l| !l.starts_with('#'));
        let base = lines.next()?.trim().parse().ok()?;
        let weight = |digits: &[u8]| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok().map(|byte| byte as i8);
        let weights = lines.flat_map(|l| l.as_bytes().chunks(2).map(weight)).collect::<Option<Vec<i8>>>()?;
        (weights.len() <= SLOTS).then_some(Voices { base, weights })
    }

    /// Writes the text form.
    pub fn write(&self) -> String {
        let rows = self.weights.chunks(ROW).map(|row| row.iter().map(|w| format!("{:02x}", *w as u8)).collect::<String>() + "\n");
        format!("{}\n", self.base) + &rows.collect::<String>()
    }
}

/// A word of a text, as numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    at: Range<usize>,
    whole: u64,
    /// Its first letters, where it has more.
    stem: Option<u64>,
}

/// The words of a text around places, which stand in text order; each stretch is read once.
pub(crate) fn words<'p>(body: &str, places: impl Iterator<Item = &'p Range<usize>>) -> Vec<Word> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for place in places {
        let start = body.floor_char_boundary(place.start.saturating_sub(BEFORE));
        let end = body.ceil_char_boundary((place.end + BEHIND).min(body.len()));
        match stretches.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => stretches.push(start..end),
        }
    }
    let mut out = Vec::new();
    stretches.into_iter().for_each(|stretch| read(body, stretch, &mut out));
    out
}

/// The slots of the words around a place, of those of its text, and of its cue.
pub(crate) fn around(words: &[Word], place: &Range<usize>, cue: &str) -> Vec<u16> {
    let mut heard = vec![slot("cue", hashed(cue.chars()))];
    let before = &words[..words.partition_point(|w| w.at.end <= place.start)];
    let behind = &words[words.partition_point(|w| w.at.start < place.end)..];
    let near = |w: &&Word| w.at.start + BEFORE >= place.start && w.at.end <= place.end + BEHIND;
    side(before.iter().rev().take_while(near).take(WORDS), ["before", "1 before", "2 before", "3 before"], &mut heard);
    side(behind.iter().take_while(near).take(WORDS), ["behind", "1 behind", "2 behind", "3 behind"], &mut heard);
    distinct(heard)
}

/// The words on one side, nearest first: each anywhere, the first few at their distance, and the nearest two together.
fn side<'w>(words: impl Iterator<Item = &'w Word>, [anywhere, places @ ..]: [&str; CLOSE + 1], heard: &mut Vec<u16>) {
    let mut nearest = [0; 2];
    for (n, word) in words.enumerate() {
        heard.extend(places.get(n).map(|place| slot(place, word.whole)));
        heard.push(slot(anywhere, word.whole));
        heard.extend(word.stem.map(|stem| slot(anywhere, stem)));
        if let Some(near) = nearest.get_mut(n) {
            *near = word.whole;
        }
        if n == 1 {
            heard.push(slot(anywhere, nearest[0].wrapping_mul(3) ^ nearest[1]));
        }
    }
}

/// The slots of the letters of a value: runs of three and four, its outline, and its words by themselves and for a sort of secret.
pub(crate) fn letters(value: &str, sort: &str) -> Vec<u16> {
    let edged = |c: &mut dyn Iterator<Item = char>| std::iter::once('^').chain(c).chain(std::iter::once('$')).collect::<Vec<char>>();
    let value: Vec<char> = value.chars().take(60).collect();
    let folded = edged(&mut value.iter().flat_map(|c| fold(*c)));
    let mut heard = Vec::new();
    for length in [3, 4] {
        heard.extend(folded.windows(length).map(|w| slot("letters", hashed(w.iter().copied()))));
    }
    let outline = edged(&mut value.iter().map(|c| class(*c)));
    let mut runs = outline.clone();
    runs.dedup();
    heard.push(slot("outline", hashed(outline.into_iter())));
    heard.push(slot("runs", hashed(runs.iter().copied())));
    heard.extend(runs.windows(3).map(|w| slot("runs", hashed(w.iter().copied()))));
    for word in value.split(|c: &char| !c.is_alphabetic()).filter(|w| !w.is_empty()).take(6) {
        let word = hashed(word.iter().flat_map(|c| fold(*c)));
        heard.extend([slot("word", word), slot(sort, word)]);
    }
    distinct(heard)
}

fn class(c: char) -> char {
    match c {
        c if c.is_uppercase() => 'A',
        c if c.is_alphabetic() => 'a',
        c if c.is_numeric() => '0',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

fn distinct(mut heard: Vec<u16>) -> Vec<u16> {
    heard.sort_unstable();
    heard.dedup();
    heard
}

/// The words of a stretch without accents; numbers by their length, names for machines as such; of scripts without blanks pairs of
/// letters. A paragraph's end is heard like a word.
fn read(body: &str, stretch: Range<usize>, out: &mut Vec<Word>) {
    let mut at = stretch.start;
    while let Some(range) = next_word(body, at, stretch.end) {
        let word = &body[range.clone()];
        let mut add = |at: Range<usize>, whole: u64, stem: Option<u64>| out.push(Word { at, whole, stem });
        if memchr::memchr_iter(b'\n', &body.as_bytes()[at..range.start]).count() > 1 {
            add(range.start..range.start, hashed("¶".chars()), None);
        }
        if runs_together(word) {
            let letters: Vec<char> = word.chars().collect();
            letters.windows(2).for_each(|pair| add(range.clone(), hashed(pair.iter().copied()), None));
        } else if word.bytes().all(|b| b.is_ascii_digit()) {
            add(range.clone(), hashed(std::iter::repeat_n('0', word.len().min(8))), None);
        } else if word.bytes().any(|b| b.is_ascii_digit()) {
            add(range.clone(), hashed("a0".chars()), None);
        } else {
            let stem = word.chars().nth(STEM).map(|_| hashed(word.chars().take(STEM).flat_map(fold)));
            add(range.clone(), hashed(word.chars().flat_map(fold)), stem);
        }
        at = range.end;
    }
}

/// FNV-1a of letters.
fn hashed(letters: impl Iterator<Item = char>) -> u64 {
    letters.fold(0xcbf2_9ce4_8422_2325, |hash, c| (hash ^ u64::from(c)).wrapping_mul(0x0100_0000_01b3))
}

/// The slot of what is said in a place.
fn slot(place: &str, said: u64) -> u16 {
    let hash = (hashed(place.chars()).rotate_left(17) ^ said).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    ((hash ^ hash >> 32) % SLOTS as u64) as u16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_as_they_are_written_and_add_up() {
        let mut weights = vec![0.0; SLOTS];
        let body = "the gate opens with heron please";
        let place = 20..25;
        let heard = around(&words(body, std::iter::once(&place)), &place, "gate");
        weights[usize::from(slot("1 before", hashed("with".chars())))] = 2.0;
        weights[usize::from(slot("behind", hashed("please".chars())))] = -0.5;
        let voices = Voices::new(0.25, &weights);
        assert_eq!(Voices::parse(&voices.write()).as_ref(), Some(&voices));
        assert!((voices.logit(&heard) - 1.75).abs() < 0.1, "{}", voices.logit(&heard));
        assert!(
            Voices::parse("x").is_none()
                && Voices::parse("0\nzz\n").is_none()
                && Voices::parse(&format!("0\n{}", "00".repeat(SLOTS + 1))).is_none()
        );
    }

    fn whole(body: &str) -> Vec<u64> {
        words(body, std::iter::once(&(0..body.len()))).into_iter().map(|w| w.whole).collect()
    }

    #[test]
    fn words_are_heard_in_any_script_and_numbers_by_their_length() {
        let as_words = |all: &[&str]| all.iter().map(|w| hashed(w.chars())).collect::<Vec<_>>();
        assert_eq!(whole("Über 4711\n\nthe db01-x"), as_words(&["uber", "0000", "¶", "the", "a0", "x"]));
        assert_eq!(whole("暗証番号"), as_words(&["暗証", "証番", "番号"]));
        assert_ne!(letters("Heron7", "a"), letters("Heron8a", "a"));
    }

    #[test]
    fn each_stretch_is_read_once() {
        let body = "one two three ".repeat(100);
        let places = [10..13, 20..25, 900..903];
        let read = words(&body, places.iter());
        assert!(read.windows(2).all(|w| w[0].at.end <= w[1].at.start), "{read:?}");
        assert!(read.len() < 150, "{}", read.len());
    }
}
