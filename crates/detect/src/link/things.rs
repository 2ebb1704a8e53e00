//! Things that secrets open: doors, networks, devices, servers, services, files, as stems of many languages.

use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;

const PACK: &str = include_str!("../../../../packs/cues/things.tsv");
/// Sorts of things.
const SORTS: usize = 6;
/// Stems of so many bytes stand as whole words only.
const SHORT: usize = 3;

/// Finds them in names.
pub(super) struct Things {
    stems: AhoCorasick,
    /// The sort of each stem.
    sorts: Vec<usize>,
}

impl Things {
    pub(super) fn built_in() -> Things {
        let rows = PACK.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t'));
        let all: Vec<(usize, &str)> = rows.enumerate().flat_map(|(sort, (_, stems))| stems.split('|').map(move |s| (sort, s))).collect();
        let stems = AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).build(all.iter().map(|(_, stem)| stem));
        Things { stems: stems.expect("the stems of the pack fit an automaton"), sorts: all.into_iter().map(|(sort, _)| sort).collect() }
    }

    /// Where things stand in a line.
    pub(super) fn places(&self, line: &str) -> Vec<Range<usize>> {
        let lower = line.to_lowercase();
        // Where lower case moves the letters, the line is not searched.
        let same = lower.len() == line.len();
        let found = self.stems.find_iter(&lower).filter(|m| same && (m.len() > SHORT || is_whole(&lower, m.start(), m.end())));
        found.map(|m| m.range()).filter(|r| line.is_char_boundary(r.start) && line.is_char_boundary(r.end)).collect()
    }

    /// For each sort whether a name in lower case holds a thing of it.
    pub(super) fn sorts(&self, name: &str) -> [f32; SORTS] {
        let mut found = [0.0; SORTS];
        for m in self.stems.find_iter(name) {
            let whole = m.len() > SHORT || !m.range().is_empty() && is_whole(name, m.start(), m.end());
            if let Some(sort) = found.get_mut(self.sorts[m.pattern().as_usize()]).filter(|_| whole) {
                *sort = 1.0;
            }
        }
        found
    }
}

fn is_whole(text: &str, start: usize, end: usize) -> bool {
    !text[..start].ends_with(char::is_alphabetic) && !text[end..].starts_with(char::is_alphabetic)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stems_are_found_in_names_and_short_ones_only_whole() {
        let things = Things::built_in();
        assert_eq!(things.sorts("badge printer"), [0.0, 0.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(things.sorts("gäste-wlan"), [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        assert_eq!(things.sorts("spc"), [0.0; SORTS]);
        assert_eq!(things.sorts("パソコン")[2], 1.0);
    }
}
