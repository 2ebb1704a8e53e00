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

/// The slots of the words around a place, nearest first on each side, and of its cue.
pub(crate) fn around(body: &str, place: &Range<usize>, cue: &str) -> Vec<u16> {
    let mut heard = vec![slot("cue", cue)];
    let start = body.floor_char_boundary(place.start.saturating_sub(BEFORE));
    let end = body.ceil_char_boundary((place.end + BEHIND).min(body.len()));
    let mut before = words(body, start..place.start);
    before.reverse();
    let behind = words(body, place.end..end);
    for (side, words) in [("before", before), ("behind", behind)] {
        for (n, word) in words.iter().take(WORDS).enumerate() {
            if n < CLOSE {
                heard.push(slot(["1", "2", "3"][n], &format!("{side} {word}")));
            }
            heard.push(slot(side, word));
            let stem: String = word.chars().take(STEM).collect();
            if stem.len() < word.len() {
                heard.push(slot(side, &stem));
            }
        }
        if let [first, second, ..] = words.as_slice() {
            heard.push(slot(side, &format!("{second} {first}")));
        }
    }
    distinct(heard)
}

/// The slots of the letters of a value: runs of three and four, its outline, and its words by themselves and for a sort of secret.
pub(crate) fn letters(value: &str, sort: &str) -> Vec<u16> {
    let mut heard = Vec::new();
    let folded: Vec<char> = std::iter::once('^').chain(value.chars().take(60).flat_map(fold)).chain(std::iter::once('$')).collect();
    for length in [3, 4] {
        heard.extend(folded.windows(length).map(|w| slot("letters", &String::from_iter(w))));
    }
    let class = |c: char| match c {
        c if c.is_uppercase() => 'A',
        c if c.is_alphabetic() => 'a',
        c if c.is_numeric() => '0',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    let outline: Vec<char> = std::iter::once('^').chain(value.chars().take(60).map(class)).chain(std::iter::once('$')).collect();
    let mut runs = outline.clone();
    runs.dedup();
    heard.push(slot("outline", &String::from_iter(&outline)));
    heard.push(slot("runs", &String::from_iter(&runs)));
    heard.extend(runs.windows(3).map(|w| slot("runs", &String::from_iter(w))));
    for word in value.split(|c: char| !c.is_alphabetic()).filter(|w| !w.is_empty()).take(6) {
        let word = String::from_iter(word.chars().flat_map(fold));
        heard.extend([slot("word", &word), slot(sort, &word)]);
    }
    distinct(heard)
}

fn distinct(mut heard: Vec<u16>) -> Vec<u16> {
    heard.sort_unstable();
    heard.dedup();
    heard
}

/// Words without accents; numbers by their length, names for machines as such; of scripts without blanks pairs of letters.
fn words(body: &str, stretch: Range<usize>) -> Vec<String> {
    let mut out = Vec::new();
    let mut at = stretch.start;
    while let Some(range) = next_word(body, at, stretch.end) {
        let word = &body[range.clone()];
        // A paragraph's end is heard like a word.
        if body[at..range.start].matches('\n').count() > 1 {
            out.push("¶".to_owned());
        }
        if runs_together(word) {
            let letters: Vec<char> = word.chars().collect();
            out.extend(letters.windows(2).map(String::from_iter));
        } else if word.bytes().all(|b| b.is_ascii_digit()) {
            out.push("0".repeat(word.len().min(8)));
        } else if word.bytes().any(|b| b.is_ascii_digit()) {
            out.push("a0".to_owned());
        } else {
            out.push(word.chars().take(24).flat_map(fold).collect());
        }
        at = range.end;
    }
    out
}

/// FNV-1a of what is said and where, folded to a slot.
fn slot(place: &str, word: &str) -> u16 {
    let bytes = place.bytes().chain(std::iter::once(0)).chain(word.bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
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
        let heard = around(body, &place, "gate");
        weights[usize::from(slot("1", "before with"))] = 2.0;
        weights[usize::from(slot("behind", "please"))] = -0.5;
        let voices = Voices::new(0.25, &weights);
        assert_eq!(Voices::parse(&voices.write()).as_ref(), Some(&voices));
        assert!((voices.logit(&heard) - 1.75).abs() < 0.1, "{}", voices.logit(&heard));
        assert!(
            Voices::parse("x").is_none()
                && Voices::parse("0\nzz\n").is_none()
                && Voices::parse(&format!("0\n{}", "00".repeat(SLOTS + 1))).is_none()
        );
    }

    #[test]
    fn words_are_heard_in_any_script_and_numbers_by_their_length() {
        assert_eq!(words("Über 4711\n\nthe db01-x", 0..21), ["uber", "0000", "¶", "the", "a0", "x"]);
        assert_eq!(words("暗証番号", 0..12), ["暗証", "証番", "番号"]);
        assert_eq!(letters("Heron7", "a"), letters("Heron7", "a"));
        assert_ne!(letters("Heron7", "a"), letters("Heron8a", "a"));
    }
}
