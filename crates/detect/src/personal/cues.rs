//! Words that stand beside personal data: data in `packs/cues/personal.tsv`.

use aftermail_model::Kind;
use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;

/// The pack as it lies in the repository.
const PACK: &str = include_str!("../../../../packs/cues/personal.tsv");

/// The cues in one automaton, and the parts of words of medicine.
pub(crate) struct Cues {
    automaton: AhoCorasick,
    cues: Vec<(Kind, &'static str)>,
    pub(super) conditions: AhoCorasick,
}

impl Cues {
    pub(crate) fn built_in() -> Cues {
        let mut words = Vec::new();
        let mut cues = Vec::new();
        let mut conditions = Vec::new();
        for (element, language, list) in rows() {
            for word in list.split('|') {
                match Kind::parse(&format!("personal:{element}")) {
                    Some(kind) => {
                        for spelling in crate::words::spellings(word) {
                            words.push(spelling);
                            cues.push((kind, language));
                        }
                    }
                    None => conditions.push(word),
                }
            }
        }
        let built = |words: &[String], kind| {
            AhoCorasick::builder()
                .ascii_case_insensitive(true)
                .match_kind(kind)
                .build(words)
                .expect("the words of the pack fit an automaton")
        };
        let conditions: Vec<String> = conditions.into_iter().flat_map(crate::words::spellings).collect();
        Cues { automaton: built(&words, MatchKind::LeftmostLongest), cues, conditions: built(&conditions, MatchKind::LeftmostFirst) }
    }

    /// Cues that stand as words, in text order: element, language, place.
    pub(super) fn find(&self, text: &str) -> Vec<(Kind, &'static str, Range<usize>)> {
        let letter = |c: char| c.is_alphanumeric();
        let glued = |at: &Range<usize>| crate::words::runs_together(&text[at.clone()]);
        let found = self.automaton.find_iter(text).map(|m| {
            let (kind, language) = self.cues[m.pattern().as_usize()];
            (kind, language, m.start()..m.end())
        });
        found
            .filter(|(_, _, at)| glued(at) || !text[..at.start].ends_with(letter) && !text[at.end..].starts_with(char::is_alphabetic))
            .collect()
    }
}

fn rows() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    PACK.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).filter_map(|line| {
        let mut columns = line.split('\t');
        Some((columns.next()?, columns.next()?, columns.next()?))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_pack_is_understood() {
        for (element, _, words) in rows() {
            assert!(element == "condition" || Kind::parse(&format!("personal:{element}")).is_some(), "{element}");
            assert!(!words.contains("||") && !words.ends_with('|') && words == words.to_lowercase(), "{words}");
        }
        assert_eq!(rows().count(), PACK.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).count());
    }
}
