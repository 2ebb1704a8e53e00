//! What single words around a place say, and the letters of what stands there, each word with the weight that it was found to have in
//! mail. Words are kept as numbers of slots that several may share (K. Weinberger et al., "Feature hashing for large scale multitask
//! learning", 2009), so that no word of the mail that was learnt from stands in the model.

use super::cues::{runs_together, scripts};
use super::lexicon::{fold, next_word};
use super::senses::{Few, Letters, SENSES};
use std::cell::RefCell;
use std::ops::Range;

/// Slots of a model; a power of two.
pub const SLOTS: usize = 1 << 17;
/// Weights are kept as whole numbers of this size, which fit one of 64 signs each.
const STEP: f32 = 1.0 / 24.0;
const LEAST: i8 = -32;
const MOST: i8 = 31;
/// The sign of the least weight; the others follow it in ASCII.
const FIRST: u8 = b'0';
/// Weights in a line of the text form.
const ROW: usize = 128;
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
        let whole = |w: &f32| (w / STEP).round().clamp(f32::from(LEAST), f32::from(MOST)) as i8;
        Voices { base, weights: weights.iter().map(whole).chain(std::iter::repeat(0)).take(SLOTS).collect() }
    }

    /// The logit of what is heard.
    pub fn logit(&self, heard: &[u32]) -> f32 {
        self.base + self.sum(heard)
    }

    /// What is heard adds to the logit.
    pub(super) fn sum(&self, heard: &[u32]) -> f32 {
        let whole: i32 = heard.iter().filter_map(|slot| self.weights.get(*slot as usize)).map(|w| i32::from(*w)).sum();
        whole as f32 * STEP
    }

    /// The same, with logits that are 0 where they were so much.
    pub fn from(self, zero: f32) -> Voices {
        Voices { base: self.base - zero, ..self }
    }

    /// Reads the text form: where to start from, then the weights in rows, a sign each, from `0` for the least to `o` for the most.
    pub fn parse(text: &str) -> Option<Voices> {
        let mut lines = text.lines().filter(|l| !l.starts_with('#'));
        let base = lines.next()?.trim().parse().ok()?;
        let weight = |sign: u8| Some(sign.checked_sub(FIRST)? as i8 + LEAST).filter(|w| (LEAST..=MOST).contains(w));
        let mut weights = lines.flat_map(|l| l.bytes().map(weight)).collect::<Option<Vec<i8>>>()?;
        if weights.len() > SLOTS {
            return None;
        }
        weights.resize(SLOTS, 0);
        Some(Voices { base, weights })
    }

    /// Writes the text form.
    pub fn write(&self) -> String {
        let sign = |w: &i8| char::from(FIRST + w.clamp(&LEAST, &MOST).abs_diff(LEAST));
        // Slots at the end of which nothing was learnt are left out.
        let known = self.weights.iter().rposition(|w| *w != 0).map_or(0, |last| last + 1);
        let rows = self.weights[..known].chunks(ROW).map(|row| row.iter().map(sign).collect::<String>() + "\n");
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
    senses: Few,
    /// A sentence begins with it.
    first: bool,
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
pub(crate) fn around(words: &[Word], place: &Range<usize>, cue: &str, value: &str) -> Vec<u32> {
    let look = u64::from(look(value));
    let mut heard = Vec::with_capacity(256);
    heard.push(CUE.slot(hashed(cue.chars())));
    let (start, end) = (words.partition_point(|w| w.at.end <= place.start), words.partition_point(|w| w.at.start < place.end));
    let first = words.get(start).is_some_and(|w| w.first && w.at.start < place.end);
    let near = |w: &&Word| w.at.start + BEFORE >= place.start && w.at.end <= place.end + BEHIND;
    // How many sentences' beginnings lie between a word before and the place.
    let before = words[..start].iter().rev().take_while(near).take(WORDS).scan(first, |apart, word| {
        let here = !*apart;
        *apart |= word.first;
        Some((word, here))
    });
    let behind = words[end.max(start)..].iter().take_while(near).take(WORDS).scan(false, |apart, word| {
        *apart |= word.first;
        Some((word, !*apart))
    });
    let one = side(before, &BEFORE_IT, look, &mut heard);
    let two = side(behind, &BEHIND_IT, look, &mut heard);
    for (a, b) in one.iter().flat_map(|a| two.iter().map(move |b| (*a, *b))).filter(|(a, b)| *a != 0 && *b != 0) {
        heard.push(BETWEEN.slot(u64::from(a) << 8 | u64::from(b)));
    }
    distinct(heard)
}

/// Words between two places that are heard, from either of them.
const APART: usize = 10;

/// The slots of the words between a name and a value, told apart by which of them comes first, and of those at the far side of the value.
pub(crate) fn between(words: &[Word], name: &Range<usize>, value: &Range<usize>, look_of_name: &str) -> Vec<u32> {
    let forth = name.start < value.start;
    let [told, told_sense, sorts, ends, whole, beyond] = if forth { FORTH } else { BACK };
    let (first, second) = if forth { (name, value) } else { (value, name) };
    let start = words.partition_point(|w| w.at.start < first.end);
    let end = words.partition_point(|w| w.at.start < second.start).max(start);
    let inner = &words[start..end];
    let look = u64::from(look(look_of_name));
    let mut heard = Vec::with_capacity(64);
    for (n, word) in inner.iter().enumerate().filter(|(n, _)| *n < APART || *n + APART >= inner.len()) {
        heard.push(told.slot(word.whole));
        heard.extend(word.stem.map(|stem| told.slot(stem)));
        for sense in word.senses.iter().filter(|s| **s != 0).map(|s| u64::from(*s)) {
            heard.extend([told_sense.slot(sense), sorts.slot(look << 8 | sense)]);
        }
        if n == 0 {
            heard.push(ends.slot(word.whole));
        }
        if n + 1 == inner.len() {
            heard.push(ends.slot(!word.whole));
        }
    }
    if inner.len() <= 4 {
        heard.push(whole.slot(inner.iter().fold(7, |hash, w| hash.rotate_left(9) ^ w.whole)));
    }
    let sentences = inner.iter().filter(|w| w.first).count().min(3) as u64;
    heard.push(sorts.slot(1 << 32 | sentences << 8 | (inner.len().min(15) as u64)));
    heard.push(sorts.slot(1 << 33 | sentences << 8 | look));
    // What stands at the far side of the value: "NAME: user VALUE", "VALUE opens NAME".
    let far = words.partition_point(|w| w.at.start < value.end);
    let near = words.partition_point(|w| w.at.end <= value.start);
    let far: &[Word] = if forth { &words[far..(far + 3).min(words.len())] } else { &words[near.saturating_sub(3)..near] };
    heard.extend(far.iter().map(|w| beyond.slot(w.whole)));
    distinct(heard)
}

const FORTH: [Said; 6] = [
    Said::of("forth"),
    Said::of("sense forth"),
    Said::of("sort forth"),
    Said::of("end forth"),
    Said::of("all forth"),
    Said::of("beyond forth"),
];
const BACK: [Said; 6] =
    [Said::of("back"), Said::of("sense back"), Said::of("sort back"), Said::of("end back"), Said::of("all back"), Said::of("beyond back")];

/// How the slots of a side are called: of words anywhere, in the same sentence and at a distance, and of their senses.
struct Side {
    anywhere: Said,
    here: Said,
    places: [Said; CLOSE],
    sense: Said,
    sense_here: Said,
    sense_at: [Said; CLOSE],
    sense_beside: Said,
    senses: Said,
}

const BEFORE_IT: Side = Side {
    anywhere: Said::of("before"),
    here: Said::of("here before"),
    places: [Said::of("1 before"), Said::of("2 before"), Said::of("3 before")],
    sense: Said::of("sense before"),
    sense_here: Said::of("sense here before"),
    sense_at: [Said::of("sense 1 before"), Said::of("sense 2 before"), Said::of("sense 3 before")],
    sense_beside: Said::of("sense beside before"),
    senses: Said::of("senses before"),
};

const BEHIND_IT: Side = Side {
    anywhere: Said::of("behind"),
    here: Said::of("here behind"),
    places: [Said::of("1 behind"), Said::of("2 behind"), Said::of("3 behind")],
    sense: Said::of("sense behind"),
    sense_here: Said::of("sense here behind"),
    sense_at: [Said::of("sense 1 behind"), Said::of("sense 2 behind"), Said::of("sense 3 behind")],
    sense_beside: Said::of("sense beside behind"),
    senses: Said::of("senses behind"),
};

const CUE: Said = Said::of("cue");
const BETWEEN: Said = Said::of("between");
const SENSE_OF: Said = Said::of("sense of");
const LETTERS: Said = Said::of("letters");
const OUTLINE: Said = Said::of("outline");
const RUNS: Said = Said::of("runs");
const WORD: Said = Said::of("word");
const SENSE: Said = Said::of("sense");

/// The words on one side, nearest first: each anywhere, in the same sentence and, of the first few, at their distance; the nearest
/// two together; and the same of their senses. Returns the senses of the nearest.
fn side<'w>(words: impl Iterator<Item = (&'w Word, bool)>, side: &Side, look: u64, heard: &mut Vec<u32>) -> Few {
    let mut nearest: [Option<&Word>; 2] = [None; 2];
    for (n, (word, here)) in words.enumerate() {
        heard.extend(side.places.get(n).map(|place| place.slot(word.whole)));
        heard.push(side.anywhere.slot(word.whole));
        heard.extend(word.stem.map(|stem| side.anywhere.slot(stem)));
        if here {
            heard.push(side.here.slot(word.whole));
        }
        for sense in word.senses.iter().filter(|s| **s != 0).map(|s| u64::from(*s)) {
            heard.push(if here { side.sense_here } else { side.sense }.slot(sense));
            heard.extend(side.sense_at.get(n).map(|place| place.slot(sense)));
            if here {
                heard.push(SENSE_OF.slot(look << 8 | sense));
            }
            if n == 0 {
                heard.push(side.sense_beside.slot(look << 8 | sense));
            }
        }
        if let Some(near) = nearest.get_mut(n) {
            *near = Some(word);
        }
    }
    let [Some(one), two] = nearest else { return Few::default() };
    if let Some(two) = two {
        heard.push(side.anywhere.slot(one.whole.wrapping_mul(3) ^ two.whole));
        for (a, b) in one.senses.iter().flat_map(|a| two.senses.iter().map(move |b| (*a, *b))).filter(|(a, b)| *a != 0 && *b != 0) {
            heard.push(side.senses.slot(u64::from(a) << 8 | u64::from(b)));
        }
    }
    one.senses
}

/// What sort of thing a value looks like: a number, a word, one with capitals inside, a mixture, several words.
fn look(value: &str) -> u8 {
    let any = |is: fn(char) -> bool| value.chars().any(is);
    match (any(char::is_whitespace), any(char::is_alphabetic), any(|c| c.is_numeric()), any(|c| !c.is_alphanumeric())) {
        (true, true, ..) => 1,
        (_, false, true, _) => 2 + u8::try_from(value.len().min(9)).unwrap_or(9),
        (_, true, true, _) => 12,
        (_, true, _, true) => 13,
        (_, true, ..) if value.chars().skip(1).any(char::is_uppercase) => 14,
        (_, true, ..) if value.starts_with(char::is_uppercase) => 15,
        (_, true, ..) => 16,
        _ => 17,
    }
}

/// The slots of the letters of a value: runs of three and four, its outline, and its words by themselves and for a sort of secret.
pub(crate) fn letters(value: &str, sort: &str) -> Vec<u32> {
    let edged = |c: &mut dyn Iterator<Item = char>| std::iter::once('^').chain(c).chain(std::iter::once('$')).collect::<Vec<char>>();
    let value: Vec<char> = value.chars().take(60).collect();
    let folded = edged(&mut value.iter().flat_map(|c| fold(*c)));
    let sort = Said::of(sort);
    let mut heard = Vec::new();
    for length in [3, 4] {
        heard.extend(folded.windows(length).map(|w| LETTERS.slot(hashed(w.iter().copied()))));
    }
    let outline = edged(&mut value.iter().map(|c| class(*c)));
    let mut runs = outline.clone();
    runs.dedup();
    heard.push(OUTLINE.slot(hashed(outline.into_iter())));
    heard.push(RUNS.slot(hashed(runs.iter().copied())));
    heard.extend(runs.windows(3).map(|w| RUNS.slot(hashed(w.iter().copied()))));
    for word in value.split(|c: &char| !c.is_alphabetic()).filter(|w| !w.is_empty()).take(6) {
        let whole = hashed(word.iter().flat_map(|c| fold(*c)));
        heard.extend([WORD.slot(whole), sort.slot(whole)]);
        let senses = meant(word);
        heard.extend(senses.iter().flat_map(|s| [SENSE.slot(*s), sort.slot(!*s)]));
    }
    distinct(heard)
}

/// The senses of a word of any script.
fn meant(word: &[char]) -> Vec<u64> {
    let few = |few: Few| few.into_iter().filter(|s| *s != 0).map(u64::from);
    let text: String = word.iter().collect();
    if runs_together(&text) {
        (0..word.len()).flat_map(|n| few(SENSES.of_glued(&word[n..]))).collect()
    } else {
        few(SENSES.of_word(&text, |_| {}).1).collect()
    }
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

/// Each slot once.
fn distinct(mut heard: Vec<u32>) -> Vec<u32> {
    thread_local! {
        // Clear between calls: to clear the bits that were set costs less than to clear all.
        static MET: RefCell<Box<[u64; SLOTS / 64]>> = RefCell::new(Box::new([0; SLOTS / 64]));
    }
    MET.with_borrow_mut(|met| {
        heard.retain(|slot| {
            let (word, bit) = (&mut met[*slot as usize / 64], 1 << (slot % 64));
            let new = *word & bit == 0;
            *word |= bit;
            new
        });
        heard.iter().for_each(|slot| met[*slot as usize / 64] = 0);
    });
    heard
}

/// The words of a stretch without accents; numbers by their length, names for machines as such; of scripts without blanks pairs of
/// letters. A paragraph's end is heard like a word.
fn read(body: &str, stretch: Range<usize>, out: &mut Vec<Word>) {
    let mut at = stretch.start;
    while let Some(range) = next_word(body, at, stretch.end) {
        let (word, gap) = (&body[range.clone()], &body[at..range.start]);
        let paragraph = memchr::memchr_iter(b'\n', gap.as_bytes()).count() > 1;
        let mut first = paragraph || ends_sentence(gap);
        if paragraph {
            out.push(Word { at: range.start..range.start, whole: hashed("¶".chars()), stem: None, senses: Few::default(), first });
            first = false;
        }
        if runs_together(word) {
            scripts(word, |piece, glued| {
                let at = range.start + piece.start..range.start + piece.end;
                let first = std::mem::take(&mut first);
                if glued { pairs(&word[piece], at.start, first, out) } else { out.push(one(&word[piece], at, first)) }
            });
        } else {
            out.push(one(word, range.clone(), first));
        }
        at = range.end;
    }
}

/// Whether what stands between two words ends a sentence.
fn ends_sentence(gap: &str) -> bool {
    gap.contains(['。', '！', '？', '؟', '।', '！']) || gap.contains(['.', '!', '?']) && gap.contains(char::is_whitespace)
}

fn one(word: &str, at: Range<usize>, first: bool) -> Word {
    let plain = |whole| Word { at: at.clone(), whole, stem: None, senses: Few::default(), first };
    if word.bytes().all(|b| b.is_ascii_digit()) {
        plain(hashed(std::iter::repeat_n('0', word.len().min(8))))
    } else if word.bytes().any(|b| b.is_ascii_digit()) {
        plain(hashed("a0".chars()))
    } else {
        let mut stem = None;
        let (letters, senses) = SENSES.of_word(word, |letters| stem = if letters.length == STEM { Some(letters.hash) } else { stem });
        Word { at: at.clone(), whole: letters.hash, stem: stem.filter(|_| letters.length > STEM), senses, first }
    }
}

/// Pairs of letters and the last by itself, each with the senses of the word that begins there.
fn pairs(run: &str, start: usize, first: bool, out: &mut Vec<Word>) {
    let (places, letters): (Vec<usize>, Vec<char>) = run.char_indices().unzip();
    for (n, place) in places.iter().enumerate() {
        let pair = &letters[n..(n + 2).min(letters.len())];
        let end = places.get(n + pair.len()).copied().unwrap_or(run.len());
        let senses = SENSES.of_glued(&letters[n..]);
        out.push(Word { at: start + place..start + end, whole: hashed(pair.iter().copied()), stem: None, senses, first: first && n == 0 });
    }
}

/// A number for letters.
fn hashed(letters: impl Iterator<Item = char>) -> u64 {
    letters.fold(Letters::NONE, Letters::then).hash
}

/// In what place something is said.
#[derive(Clone, Copy)]
pub(super) struct Said(u64);

impl Said {
    pub(super) const fn of(place: &str) -> Said {
        let (bytes, mut hash, mut at) = (place.as_bytes(), Letters::NONE.hash, 0);
        while at < bytes.len() {
            hash = (hash ^ bytes[at] as u64).wrapping_mul(Letters::PRIME);
            at += 1;
        }
        Said(hash.rotate_left(17))
    }

    /// The slot of what is said there.
    pub(super) fn slot(self, said: u64) -> u32 {
        let hash = (self.0 ^ said).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        ((hash ^ hash >> 32) % SLOTS as u64) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_as_they_are_written_and_add_up() {
        let mut weights = vec![0.0; SLOTS];
        let body = "the gate opens with heron please";
        let place = 20..25;
        let heard = around(&words(body, std::iter::once(&place)), &place, "gate", "heron");
        weights[BEFORE_IT.places[0].slot(hashed("with".chars())) as usize] = 1.25;
        weights[BEHIND_IT.anywhere.slot(hashed("please".chars())) as usize] = -0.5;
        let voices = Voices::new(0.25, &weights);
        assert_eq!(Voices::parse(&voices.write()).as_ref(), Some(&voices));
        assert!((voices.logit(&heard) - 1.0).abs() < 0.1, "{}", voices.logit(&heard));
        assert!(
            Voices::parse("x").is_none()
                && Voices::parse("0\n~~\n").is_none()
                && Voices::parse(&format!("0\n{}", "P".repeat(SLOTS + 1))).is_none()
        );
    }

    fn whole(body: &str) -> Vec<u64> {
        words(body, std::iter::once(&(0..body.len()))).into_iter().map(|w| w.whole).collect()
    }

    #[test]
    fn words_are_heard_in_any_script_and_numbers_by_their_length() {
        let as_words = |all: &[&str]| all.iter().map(|w| hashed(w.chars())).collect::<Vec<_>>();
        assert_eq!(whole("Über 4711\n\nthe db01-x"), as_words(&["uber", "0000", "¶", "the", "a0", "x"]));
        assert_eq!(whole("暗証番号"), as_words(&["暗証", "証番", "番号", "号"]));
        assert_eq!(whole("番号はheronです"), as_words(&["番号", "号は", "は", "heron", "です", "す"]));
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

    #[test]
    fn what_stands_between_a_name_and_a_value_is_heard_in_its_order() {
        let body = "the gate opens with heron please";
        let read = words(body, std::iter::once(&(0..body.len())));
        let (gate, heron) = (4..8, 20..25);
        let forth = between(&read, &gate, &heron, "gate");
        let with = hashed("with".chars());
        assert!(forth.contains(&FORTH[0].slot(with)) && forth.contains(&FORTH[3].slot(!with)), "{forth:?}");
        assert!(forth.contains(&FORTH[5].slot(hashed("please".chars()))), "{forth:?}");
        let back = between(&read, &heron, &gate, "heron");
        assert!(back.contains(&BACK[0].slot(with)) && !back.contains(&FORTH[0].slot(with)), "{back:?}");
    }
}
