//! What common words mean, whatever the language: "tap", "tippe" and "digita" are one. So what was learnt from mail in one language
//! holds in the others, and what was learnt of a word holds of those that mean the same.

use super::lexicon::{fold, next_word};
use super::runs_together;
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::ops::Range;
use std::sync::LazyLock;

/// The pack as it lies in the repository: a sense, a language and its words in a line.
const PACK: &str = include_str!("../../../../packs/cues/senses.tsv");
/// Senses that one word has at most, over all languages.
const MOST: usize = 3;
/// Shortest beginning of a word that tells its sense, and longest word of a script without blanks, in letters.
const BEGINNING: usize = 3;
const GLUED: usize = 6;

/// The senses of a word, as numbers from 1; zeros where it has fewer.
pub(super) type Few = [u8; MOST];

/// The senses of the pack.
pub(super) static SENSES: LazyLock<Senses> = LazyLock::new(Senses::built_in);

#[derive(Default)]
pub(super) struct Senses {
    names: Vec<&'static str>,
    words: Map,
    /// By how words begin.
    beginnings: Map,
    /// Of scripts whose words stand without blanks.
    glued: Map,
}

type Map = HashMap<u64, Few, BuildHasherDefault<Hashed>>;

/// Takes keys that are hashes as they are.
#[derive(Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {}

    fn write_u64(&mut self, n: u64) {
        self.0 = n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }
}

/// A word as it is read, letter by letter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Letters {
    pub hash: u64,
    pub length: usize,
}

impl Letters {
    /// No letter yet (FNV-1a).
    pub(super) const NONE: Letters = Letters { hash: 0xcbf2_9ce4_8422_2325, length: 0 };

    pub(super) const PRIME: u64 = 0x0100_0000_01b3;

    pub(super) fn then(self, c: char) -> Letters {
        Letters { hash: (self.hash ^ u64::from(c)).wrapping_mul(Letters::PRIME), length: self.length + 1 }
    }
}

impl Senses {
    fn built_in() -> Senses {
        let mut senses = Senses::default();
        for (name, words) in PACK.lines().filter(|l| !l.starts_with('#')).filter_map(row) {
            if senses.names.last() != Some(&name) {
                senses.names.push(name);
            }
            let Ok(number) = u8::try_from(senses.names.len()) else { continue };
            words.split(", ").for_each(|word| senses.add(word, number));
        }
        senses
    }

    fn add(&mut self, word: &str, sense: u8) {
        let map = if runs_together(word) {
            &mut self.glued
        } else if word.ends_with('*') {
            &mut self.beginnings
        } else {
            &mut self.words
        };
        let letters = word.trim_end_matches('*').chars().flat_map(fold).fold(Letters::NONE, Letters::then);
        let few = map.entry(letters.hash).or_default();
        if !few.contains(&sense)
            && let Some(free) = few.iter_mut().find(|s| **s == 0)
        {
            *free = sense;
        }
    }

    /// The number of a sense.
    pub(super) fn number(&self, name: &str) -> Option<u8> {
        self.names.iter().position(|n| *n == name).and_then(|at| u8::try_from(at + 1).ok())
    }

    /// Which numbers are those of some senses.
    pub(super) fn set(&self, names: &[&str]) -> [bool; 256] {
        let mut all = [false; 256];
        names.iter().filter_map(|name| self.number(name)).for_each(|n| all[usize::from(n)] = true);
        all
    }

    /// The whole of a word and its senses; `each` is told its letters as they come.
    pub(super) fn of_word(&self, word: &str, mut each: impl FnMut(Letters)) -> (Letters, Few) {
        let mut few = Few::default();
        let mut letters = Letters::NONE;
        for c in word.chars().flat_map(fold) {
            letters = letters.then(c);
            if letters.length >= BEGINNING
                && let Some(of_beginning) = self.beginnings.get(&letters.hash)
            {
                few = *of_beginning;
            }
            each(letters);
        }
        (letters, self.words.get(&letters.hash).copied().unwrap_or(few))
    }

    /// The senses of the longest word that text of a script without blanks begins with.
    pub(super) fn of_glued(&self, text: &[char]) -> Few {
        self.glued(text).1
    }

    /// How many letters that word has, and its senses; 0 where there is none.
    pub(super) fn glued(&self, text: &[char]) -> (usize, Few) {
        let mut letters = Letters::NONE;
        let (mut length, mut few) = (0, Few::default());
        for c in text.iter().take(GLUED) {
            letters = letters.then(*c);
            if let Some(found) = self.glued.get(&letters.hash) {
                (length, few) = (letters.length, *found);
            }
        }
        (length, few)
    }
}

/// What secrets open, and what such things do, as senses of the pack.
const OPENED: &[&str] = &[
    "door",
    "gate",
    "padlock",
    "safe",
    "alarm",
    "garage",
    "cabinet",
    "wifi",
    "router",
    "computer",
    "mobile",
    "voicemail",
    "mailbox",
    "portal",
    "server",
    "database",
    "printer",
    "camera",
    "file",
    "archive",
    "folder",
    "program",
    "panel",
    "till",
    "card",
    "network",
    "machine",
    "vehicle",
    "lift",
    "heating",
    "television",
    "building",
    "home",
    "room",
];
const ACTS: &[&str] = &["want", "accept", "ask", "open", "unlock", "admit", "answer", "login", "start", "work", "lock", "enter", "fail"];

/// The words of a line that mean something that secrets open, or what such a thing does: their places, and which of both.
pub(crate) fn meant(line: &str) -> Vec<(Range<usize>, bool, bool)> {
    static SETS: LazyLock<[[bool; 256]; 2]> = LazyLock::new(|| [OPENED, ACTS].map(|names| SENSES.set(names)));
    let [opened, acts] = &*SETS;
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(word) = next_word(line, at, line.len()) {
        at = word.end;
        let (_, few) = SENSES.of_word(&line[word.clone()], |_| {});
        let is = |set: &[bool; 256]| few.iter().any(|s| set[usize::from(*s)]);
        if is(opened) || is(acts) {
            out.push((word, is(opened), is(acts)));
        }
    }
    out
}

/// Whether a word says what somebody or something does, and names nobody: "needs".
pub(crate) fn is_deed(word: &str) -> bool {
    static DEEDS: LazyLock<[bool; 256]> = LazyLock::new(|| SENSES.set(&["become", "have", "can", "must", "want", "ask", "know"]));
    SENSES.of_word(word, |_| {}).1.iter().any(|s| DEEDS[usize::from(*s)])
}

/// Whether a word only ties others together: "of", "in", "then".
pub(crate) fn is_tie(word: &str) -> bool {
    static TIES: LazyLock<[bool; 256]> = LazyLock::new(|| {
        SENSES.set(&["and", "because", "for", "from", "if", "in", "of", "or", "the", "then", "to", "until", "when", "with"])
    });
    SENSES.of_word(word, |_| {}).1.iter().any(|s| TIES[usize::from(*s)])
}

fn row(line: &'static str) -> Option<(&'static str, &'static str)> {
    let mut columns = line.split('\t');
    let (sense, _, words) = (columns.next()?, columns.next()?, columns.next()?);
    Some((sense, words))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_line_of_the_pack_is_understood() {
        let (mut senses, mut languages, mut last) = (HashSet::new(), HashSet::new(), "");
        for line in PACK.lines().filter(|l| !l.starts_with('#')) {
            let (sense, words) = row(line).expect(line);
            assert!(words.split(", ").all(|w| !w.is_empty() && !w.contains(' ') && !w.trim_end_matches('*').is_empty()), "{line}");
            assert!(last == sense || senses.insert(sense), "{sense} stands together");
            last = sense;
            languages.insert(line.split('\t').nth(1));
        }
        assert!(senses.len() < 256 && languages.len() >= 30, "{} senses in {} languages", senses.len(), languages.len());
    }

    #[test]
    fn words_of_many_languages_are_one() {
        let of = |word: &str| SENSES.of_word(word, |_| {}).1;
        let shared = |a: Few, b: Few| a.iter().any(|s| *s != 0 && b.contains(s));
        let tap = of("enter");
        for word in ["Eingeben", "tapez", "wpisz", "введите"] {
            assert!(shared(tap, of(word)), "{word}");
        }
        assert!(shared(tap, SENSES.of_glued(&['入', '力', '、'])));
        assert!(!shared(tap, of("door")) && of("xqzzt") == Few::default());
    }
}
