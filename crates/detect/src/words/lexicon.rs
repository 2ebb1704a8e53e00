//! What the words around a value are about: typing, doors, devices, accounts, orders, examples. A class of words stands for the
//! same thing in every language, so that the model learns from one language what holds in all.

use super::cues::runs_together;
use std::collections::HashMap;
use std::ops::Range;

/// The pack as it lies in the repository.
const PACK: &str = include_str!("../../../../packs/cues/context.tsv");

/// Classes of the pack, in the order of their bits and of the numbers that the model gets.
pub(crate) const CLASSES: [&str; 14] =
    ["enter", "ask", "open", "lock", "device", "account", "change", "hush", "word", "dead", "example", "thing", "offer", "measure"];

/// Longest ending of inflection behind a stem, in letters.
const ENDING: usize = 7;
/// Longest word of a script without blanks, in letters.
const GLUED: usize = 6;

/// A word of the pack, or several that stand together, at its place; one bit for each of its classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub at: Range<usize>,
    pub classes: u16,
}

/// The words of the pack, without accents.
pub(crate) struct Lexicon {
    words: HashMap<String, u16>,
    stems: HashMap<String, u16>,
    /// By their first word.
    phrases: HashMap<String, Vec<(String, u16)>>,
    /// Of scripts whose words stand without blanks.
    glued: HashMap<String, u16>,
}

impl Lexicon {
    pub(crate) fn built_in() -> Lexicon {
        let mut lexicon = Lexicon { words: HashMap::new(), stems: HashMap::new(), phrases: HashMap::new(), glued: HashMap::new() };
        for (class, words) in PACK.lines().filter(|l| !l.starts_with('#')).filter_map(row) {
            words.split('|').for_each(|word| lexicon.add(word, 1 << class));
        }
        lexicon
    }

    fn add(&mut self, word: &str, class: u16) {
        let folded: String = word.trim_end_matches('*').chars().flat_map(fold).collect();
        let map = if runs_together(word) {
            &mut self.glued
        } else if let Some((first, _)) = folded.split_once(' ') {
            self.phrases.entry(first.to_owned()).or_default().push((folded.clone(), class));
            return;
        } else if word.ends_with('*') {
            &mut self.stems
        } else {
            &mut self.words
        };
        *map.entry(folded).or_default() |= class;
    }

    /// The words of the pack within a stretch of a text, in text order.
    pub(crate) fn told(&self, body: &str, stretch: &Range<usize>) -> Vec<Told> {
        let mut out = Vec::new();
        let mut at = stretch.start;
        while let Some(word) = next_word(body, at, stretch.end) {
            let classes = self.classes(body, &word, stretch.end);
            if classes != 0 {
                out.push(Told { at: word.clone(), classes });
            }
            if runs_together(&body[word.clone()]) {
                self.inside(body, &word, &mut out);
            }
            at = word.end;
        }
        out
    }

    fn classes(&self, body: &str, word: &Range<usize>, end: usize) -> u16 {
        let folded: String = body[word.clone()].chars().flat_map(fold).collect();
        let mut classes = self.words.get(&folded).copied().unwrap_or(0);
        let ends = folded.char_indices().map(|(at, c)| at + c.len_utf8());
        let stems = ends.rev().take(ENDING + 1).filter_map(|end| self.stems.get(&folded[..end]));
        classes = stems.fold(classes, |all, class| all | class);
        if let Some(phrases) = self.phrases.get(&folded) {
            let ceiling = body.floor_char_boundary((word.start + 60).min(end));
            let rest: String = body[word.start..ceiling.max(word.end)].chars().flat_map(fold).collect();
            classes |= phrases.iter().filter(|(p, _)| rest.starts_with(p.as_str())).fold(0, |all, (_, class)| all | class);
        }
        classes
    }

    /// The words of a run of a script without blanks.
    fn inside(&self, body: &str, run: &Range<usize>, out: &mut Vec<Told>) {
        let text = &body[run.clone()];
        for (at, _) in text.char_indices() {
            let rest = &text[at..];
            let ends = rest.char_indices().map(|(n, c)| n + c.len_utf8()).take(GLUED);
            let longest = ends.filter_map(|end| Some((end, *self.glued.get(&rest[..end])?))).last();
            if let Some((end, classes)) = longest {
                out.push(Told { at: run.start + at..run.start + at + end, classes });
            }
        }
    }
}

fn row(line: &str) -> Option<(usize, &str)> {
    let mut columns = line.split('\t');
    let (class, _, words) = (columns.next()?, columns.next()?, columns.next()?);
    Some((CLASSES.iter().position(|c| *c == class)?, words))
}

pub(crate) fn next_word(body: &str, at: usize, end: usize) -> Option<Range<usize>> {
    let text = body.get(at..end)?;
    let inside = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '№') || is_mark(c);
    let start = text.find(inside)?;
    let length = text[start..].find(|c| !inside(c)).unwrap_or(text.len() - start);
    Some(at + start..at + start + length)
}

/// Marks that stand on letters of Devanagari, Thai, Arabic and Hebrew and belong to the word.
pub(super) fn is_mark(c: char) -> bool {
    matches!(c as u32, 0x0300..=0x036F | 0x0591..=0x05C7 | 0x064B..=0x065F | 0x0900..=0x0903 | 0x093A..=0x094F | 0x0E31..=0x0E4E | 0x200C)
}

/// A letter in lower case without its accent.
pub(crate) fn fold(c: char) -> impl Iterator<Item = char> {
    c.to_lowercase().filter(|c| !matches!(*c as u32, 0x0300..=0x036F)).map(|c| match c {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ạ' | 'ả' | 'ấ' | 'ầ' | 'ậ' | 'ắ' => 'a',
        'ç' | 'ć' | 'č' => 'c',
        'ď' | 'đ' => 'd',
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ė' | 'ę' | 'ě' | 'ế' | 'ề' | 'ệ' | 'ẹ' => 'e',
        'ğ' | 'ģ' => 'g',
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'į' | 'ı' | 'ị' => 'i',
        'ķ' => 'k',
        'ľ' | 'ĺ' | 'ł' | 'ļ' => 'l',
        'ñ' | 'ń' | 'ň' | 'ņ' => 'n',
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' | 'ơ' | 'ố' | 'ồ' | 'ộ' | 'ớ' | 'ờ' | 'ợ' | 'ọ' => 'o',
        'ŕ' | 'ř' => 'r',
        'ś' | 'š' | 'ş' | 'ș' => 's',
        'ť' | 'ţ' | 'ț' => 't',
        'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' | 'ū' | 'ų' | 'ư' | 'ứ' | 'ừ' | 'ự' | 'ụ' => 'u',
        'ý' | 'ÿ' | 'ỳ' => 'y',
        'ź' | 'ż' | 'ž' => 'z',
        'ά' => 'α',
        'έ' => 'ε',
        'ή' => 'η',
        'ί' => 'ι',
        'ό' => 'ο',
        'ύ' => 'υ',
        'ώ' => 'ω',
        'ё' => 'е',
        '’' => '\'',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_pack_is_understood() {
        let mut languages = std::collections::HashSet::new();
        for line in PACK.lines().filter(|l| !l.starts_with('#')) {
            assert!(row(line).is_some() && !line.contains("||") && !line.ends_with('|'), "{line}");
            languages.extend(line.split('\t').nth(1));
        }
        assert!(languages.len() >= 30, "{} languages", languages.len());
    }

    #[test]
    fn words_are_told_in_any_script_with_endings_and_without_accents() {
        let lexicon = Lexicon::built_in();
        for (text, class) in [
            ("punch 4711 there", "enter"),
            ("Am Tresor stehen", "lock"),
            ("deverrouille vite", "open"),
            ("Введите это", "enter"),
            ("門の暗証", "lock"),
            ("do not share it", "hush"),
            ("कोड यह", "word"),
        ] {
            let bit = 1 << CLASSES.iter().position(|c| *c == class).expect("a class");
            let told = lexicon.told(text, &(0..text.len()));
            assert!(told.iter().any(|t| t.classes & bit != 0), "{text}: {told:?}");
        }
        assert!(lexicon.told("heron and marsh", &(0..15)).is_empty());
    }
}
