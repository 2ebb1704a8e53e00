//! The words by which things are spelled out.

use super::super::lexicon;
use std::collections::{HashMap, HashSet};

/// Words that tell of a dictation wherever they stand, and those that do so only inside of one.
const TELLING: &str = include_str!("../../../../../packs/cues/spoken.tsv");
const INSIDE: &str = include_str!("../../../../../packs/cues/dictation.tsv");
/// Shortest word, in letters, that stands for its inflections too.
const INFLECTED: usize = 6;
/// Most letters of an ending.
const ENDING: usize = 3;

/// What a word of the packs says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    Sign(char),
    Digit(char),
    /// Several of a figure: "sevens".
    Digits(char),
    /// Ten and more.
    Number(u32),
    /// A word of a spelling alphabet.
    Letter(char),
    /// How often what follows stands there.
    Times(usize),
    Then,
    And,
    Not,
    Back,
    Capital,
    Small,
    /// The first letter of a word.
    Capitals,
    AllSmall,
    AllCaps,
    Each,
    /// A sign stands between pieces.
    Between,
    /// What stands before is put for what follows, and the other way round.
    Instead,
    Replaced,
    Plain,
    Swap,
    Spaced,
    Space,
    Join,
    Begin,
    Front,
    Middle,
    End,
    /// A word follows that is a piece, and several.
    Base,
    Bases,
    Initials,
    Lines,
    Old,
    So,
    /// A part that is described and not told.
    Described,
    Or,
    /// What dictations are full of.
    Neutral,
    /// A word of rules about secrets, and one for something else that is spelled out.
    Rule,
    Other,
    /// Signs before it are pressed and are no part.
    Button,
    /// A letter is to be left out.
    Remove,
    /// A number is so much higher than before.
    Up(u32),
    /// A number follows, of how many each group is.
    Groups,
    /// What a letter is called.
    Called(char),
    /// Which one of several, 0 the last.
    Ordinal(usize),
    /// A sign behind it was told before.
    After,
}

#[derive(Debug, Clone, Copy)]
struct Entry {
    sense: Sense,
    /// Whether it tells of a dictation wherever it stands.
    telling: bool,
}

/// A phrase of the packs.
pub(crate) struct Phrase {
    pub text: &'static str,
    pub sense: Sense,
    /// Whether it tells of a dictation wherever it stands.
    pub telling: bool,
}

pub(crate) struct Vocabulary {
    /// By their first word; longer phrases first.
    phrases: HashMap<&'static str, Vec<(Vec<&'static str>, Entry)>>,
    /// Long single words without their last vowel.
    stems: HashMap<&'static str, Entry>,
    /// Phrases of scripts without blanks, longest first.
    unspaced: Vec<(&'static str, Sense)>,
    /// The first and the last letters of words for tens, by which longer numbers are told from other words.
    tens: HashSet<&'static str>,
}

/// How many letters of a word for tens are looked at.
const TENS: usize = 3;

impl Vocabulary {
    /// The vocabulary of the packs, and each phrase of it.
    pub(crate) fn built_in() -> (Vocabulary, Vec<Phrase>) {
        let mut vocabulary = Vocabulary { phrases: HashMap::new(), stems: HashMap::new(), unspaced: Vec::new(), tens: HashSet::new() };
        let mut all = Vec::new();
        for (pack, tells) in [(TELLING, true), (INSIDE, false)] {
            for (sense, phrase) in pack.lines().filter(|l| !l.starts_with('#')).flat_map(phrases) {
                vocabulary.learn(phrase, Entry { sense, telling: tells });
                all.push(Phrase { text: phrase, sense, telling: tells });
            }
        }
        // Of phrases of the same length the one that was learnt first stays first.
        vocabulary.phrases.values_mut().for_each(|all| all.sort_by_key(|(parts, _)| usize::MAX - parts.len()));
        vocabulary.unspaced.sort_by_key(|(phrase, _)| usize::MAX - phrase.len());
        (vocabulary, all)
    }

    fn learn(&mut self, phrase: &'static str, entry: Entry) {
        if phrase.starts_with(is_unspaced) {
            self.unspaced.push((phrase, entry.sense));
        }
        if matches!(entry.sense, Sense::Number(tens @ 20..=90) if tens % 10 == 0) {
            self.tens.extend(edges(phrase));
        }
        let parts: Vec<&'static str> = phrase.split(' ').flat_map(elided).collect();
        if let [word] = parts[..]
            && word.chars().count() >= INFLECTED
        {
            self.stems.entry(stem(word)).or_insert(entry);
        }
        self.phrases.entry(parts[0]).or_default().push((parts, entry));
    }

    /// The longest phrase at the beginning of some words, in lower case, and how many of them it is.
    pub(crate) fn phrase(&self, words: &[&str]) -> Option<(usize, Sense)> {
        self.find(words, false).or_else(|| Some((1, self.inflected(words.first()?)?)))
    }

    /// The same among the phrases that tell wherever they stand, as they are in the pack.
    pub(crate) fn telling(&self, words: &[&str]) -> Option<(usize, Sense)> {
        self.find(words, true)
    }

    fn find(&self, words: &[&str], telling: bool) -> Option<(usize, Sense)> {
        let known = self.phrases.get(words.first()?)?;
        let fits = |parts: &[&str]| parts.len() <= words.len() && parts.iter().zip(words).all(|(part, word)| part == word);
        let found = known.iter().find(|(parts, entry)| (entry.telling || !telling) && fits(parts))?;
        Some((found.0.len(), found.1.sense))
    }

    /// A longer form of a known word: "решёткой", "Unterstriche".
    fn inflected(&self, word: &str) -> Option<Sense> {
        let ends = word.char_indices().rev().map(|(n, _)| n).take(ENDING + 1);
        let heads = std::iter::once(word.len()).chain(ends).map(|n| &word[..n]).filter(|head| head.chars().count() + 1 >= INFLECTED);
        let entry = heads.filter_map(|head| self.stems.get(head)).next()?;
        // Words for what is done are many; their look-alikes would mislead.
        matches!(entry.sense, Sense::Sign(_) | Sense::Digit(_) | Sense::Number(_) | Sense::Capital | Sense::Small).then_some(entry.sense)
    }

    /// The letter that a name of a spelling alphabet stands for.
    pub(crate) fn alphabet(&self, word: &str) -> Option<char> {
        let entries = self.phrases.get(word)?.iter().filter(|(parts, _)| parts.len() == 1);
        entries.filter_map(|(_, entry)| if let Sense::Letter(letter) = entry.sense { Some(letter) } else { None }).next()
    }

    /// The longest phrase of a script without blanks that a text begins with, and its length in bytes.
    pub(crate) fn unspaced(&self, text: &str) -> Option<usize> {
        self.unspaced.iter().find(|(phrase, _)| text.starts_with(phrase)).map(|(phrase, _)| phrase.len())
    }

    /// Whether a word begins or ends as words for tens do.
    pub(crate) fn may_be_tens(&self, word: &str) -> bool {
        edges(word).into_iter().any(|edge| self.tens.contains(edge))
    }

    /// What a single word counts.
    pub(crate) fn figure(&self, word: &str) -> Option<u32> {
        self.phrases.get(word)?.iter().filter(|(parts, _)| parts.len() == 1).find_map(|(_, entry)| match entry.sense {
            Sense::Digit(digit) => digit.to_digit(10),
            Sense::Number(number) => Some(number),
            _ => None,
        })
    }
}

/// A word and the article that is drawn together with it: "l'arobase", "dell'asterisco".
pub(crate) fn elided(word: &str) -> impl Iterator<Item = &str> {
    const ARTICLES: &[&str] = &["l", "d", "n", "s", "qu", "j", "m", "un", "dell", "all", "nell", "sull", "dall"];
    let long = |rest: &str| {
        rest.chars().count() >= 3 && rest.starts_with(|c: char| "aeiouyhàâéèêíîœóôú".contains(c.to_lowercase().next().unwrap_or(c)))
    };
    let sign = word.find(['\'', '’']).filter(|n| ARTICLES.contains(&word[..*n].to_lowercase().as_str()));
    let cut = sign.and_then(|n| Some(n + word[n..].chars().next()?.len_utf8())).filter(|n| long(&word[*n..])).unwrap_or(0);
    [&word[..cut], &word[cut..]].into_iter().filter(|w| !w.is_empty())
}

/// Scripts that put no blanks between words: Han, kana, Hangul.
pub(crate) fn is_unspaced(c: char) -> bool {
    matches!(c as u32, 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xAC00..=0xD7AF)
}

/// The first letters of a word and the last ones.
fn edges(word: &str) -> [&str; 2] {
    let head = word.char_indices().nth(TENS).map_or(word, |(n, _)| &word[..n]);
    let tail = word.char_indices().rev().nth(TENS - 1).map_or(word, |(n, _)| &word[n..]);
    [head, tail]
}

/// A word without its last letter, where that is a vowel.
fn stem(word: &str) -> &str {
    word.strip_suffix(['a', 'e', 'o', 'а', 'о', 'е', 'я']).unwrap_or(word)
}

/// The phrases of a line of a pack.
fn phrases(line: &'static str) -> Vec<(Sense, &'static str)> {
    let mut columns = line.split('\t');
    let (Some(sense), Some(stands), Some(words)) = (columns.next(), columns.next(), columns.next()) else { return Vec::new() };
    let each = words.split('|').filter(|w| !w.is_empty());
    each.filter_map(|phrase| Some((parse(sense, stands, phrase)?, phrase))).collect()
}

fn parse(sense: &str, stands: &str, phrase: &str) -> Option<Sense> {
    let c = stands.chars().next();
    Some(match sense {
        "sign" => Sense::Sign(c?),
        "digit" => Sense::Digit(c?),
        "digits" => Sense::Digits(c?),
        "number" => Sense::Number(stands.parse().ok()?),
        "letter" => Sense::Letter(c?),
        "alphabet" => Sense::Letter(lexicon::fold(phrase.chars().next()?).next()?),
        "times" => Sense::Times(stands.parse().ok()?),
        "then" => Sense::Then,
        "and" => Sense::And,
        "not" => Sense::Not,
        "back" => Sense::Back,
        "capital" => Sense::Capital,
        "small" => Sense::Small,
        "capitals" => Sense::Capitals,
        "allsmall" => Sense::AllSmall,
        "allcaps" => Sense::AllCaps,
        "each" => Sense::Each,
        "instead" => Sense::Instead,
        "replaced" => Sense::Replaced,
        "plain" => Sense::Plain,
        "swap" => Sense::Swap,
        "spaced" => Sense::Spaced,
        "space" => Sense::Space,
        "join" => Sense::Join,
        "begin" => Sense::Begin,
        "front" => Sense::Front,
        "middle" => Sense::Middle,
        "end" => Sense::End,
        "base" => Sense::Base,
        "bases" => Sense::Bases,
        "initials" => Sense::Initials,
        "lines" => Sense::Lines,
        "old" => Sense::Old,
        "so" => Sense::So,
        "between" => Sense::Between,
        "described" => Sense::Described,
        "or" => Sense::Or,
        "neutral" => Sense::Neutral,
        "rule" => Sense::Rule,
        "button" => Sense::Button,
        "remove" => Sense::Remove,
        "up" => Sense::Up(stands.parse().ok()?),
        "groups" => Sense::Groups,
        "called" => Sense::Called(c?),
        "ordinal" => Sense::Ordinal(stands.parse().ok()?),
        "after" => Sense::After,
        "other" => Sense::Other,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_packs_is_understood() {
        for line in [TELLING, INSIDE].iter().flat_map(|p| p.lines()).filter(|l| !l.starts_with('#') && !l.is_empty()) {
            assert!(!phrases(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn the_longest_phrase_counts_and_inflections_with_it() {
        let (vocabulary, all) = Vocabulary::built_in();
        let found = |text: &str| vocabulary.phrase(&text.split(' ').collect::<Vec<_>>());
        assert_eq!(found("exclamation mark behind"), Some((2, Sense::Sign('!'))));
        assert_eq!(found("решёткой"), Some((1, Sense::Sign('#'))));
        assert_eq!(found("unterstriche"), Some((1, Sense::Sign('_'))));
        assert_eq!(found("heron"), None);
        assert_eq!(vocabulary.telling(&["minus"]), None);
        assert!(all.iter().any(|p| p.text == "unterstrich" && p.telling));
        assert_eq!(vocabulary.unspaced("井号，最后").map(|n| &"井号，最后"[..n]), Some("井号"));
    }
}
