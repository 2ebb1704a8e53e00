//! The one automaton pass.

use crate::{formats::Formats, words::Words};
use std::ops::Range;

/// Finds the places worth a closer look.
pub(crate) struct Anchors {
    automaton: aho_corasick::AhoCorasick,
    formats: usize,
}

/// Places where an anchor stands, in text order. The first number is the index of the format's literal or of the cue.
#[derive(Default)]
pub(crate) struct Found {
    pub formats: Vec<(usize, Range<usize>)>,
    pub cues: Vec<(usize, Range<usize>)>,
}

impl Anchors {
    /// Builds the automaton over the literals of both, ASCII letters in any case.
    pub(crate) fn new(formats: &Formats, words: &Words) -> Anchors {
        let literals: Vec<&str> = formats.literals().chain(words.literals()).collect();
        let automaton = aho_corasick::AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(aho_corasick::AhoCorasickKind::DFA))
            .build(literals)
            .expect("the literals of the packs fit an automaton");
        Anchors { automaton, formats: formats.literals().count() }
    }

    /// One pass over the text.
    pub(crate) fn find(&self, text: &str) -> Found {
        let mut found = Found::default();
        for m in self.automaton.find_overlapping_iter(text) {
            let index = m.pattern().as_usize();
            if index < self.formats {
                found.formats.push((index, m.range()));
            } else {
                found.cues.push((index - self.formats, m.range()));
            }
        }
        found
    }
}
