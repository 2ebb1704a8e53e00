//! The one automaton pass.

use crate::{formats::Formats, words::Words};
use aho_corasick::{AhoCorasick, AhoCorasickKind};
use std::ops::Range;

/// Finds the places worth a closer look.
///
/// Most mail is ASCII, for which a small table that stays in the cache does; the words of other scripts have an automaton
/// of their own, run only over text that has other letters.
pub(crate) struct Anchors {
    ascii: Automaton,
    other: Automaton,
}

/// An automaton and what its patterns are.
struct Automaton {
    search: AhoCorasick,
    meanings: Vec<Meaning>,
}

#[derive(Clone, Copy)]
enum Meaning {
    Format(usize),
    Cue(usize),
}

/// Places where an anchor stands, in the order of their ends. The first number is the index of the format's literal or of
/// the cue's.
#[derive(Default)]
pub(crate) struct Found {
    pub formats: Vec<(usize, Range<usize>)>,
    pub cues: Vec<(usize, Range<usize>)>,
}

impl Anchors {
    /// Builds the automata over the literals of both, ASCII letters in any case.
    pub(crate) fn new(formats: &Formats, words: &Words) -> Anchors {
        let formats = formats.literals().enumerate().map(|(i, l)| (l, Meaning::Format(i)));
        let cues = words.literals().enumerate().map(|(i, l)| (l, Meaning::Cue(i)));
        let (ascii, other): (Vec<_>, Vec<_>) = formats.chain(cues).partition(|(l, _)| l.is_ascii());
        Anchors { ascii: Automaton::new(&ascii, AhoCorasickKind::DFA), other: Automaton::new(&other, AhoCorasickKind::ContiguousNFA) }
    }

    /// One pass over the text, two where it is not all ASCII.
    pub(crate) fn find(&self, text: &str) -> Found {
        let mut found = Found::default();
        self.ascii.find(text, &mut found);
        if !text.is_ascii() {
            self.other.find(text, &mut found);
        }
        found
    }
}

impl Automaton {
    fn new(literals: &[(&str, Meaning)], kind: AhoCorasickKind) -> Automaton {
        let search = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .kind(Some(kind))
            .build(literals.iter().map(|(l, _)| l))
            .expect("the literals of the packs fit an automaton");
        Automaton { search, meanings: literals.iter().map(|(_, m)| *m).collect() }
    }

    fn find(&self, text: &str, found: &mut Found) {
        for m in self.search.find_overlapping_iter(text) {
            match self.meanings[m.pattern().as_usize()] {
                Meaning::Format(index) => found.formats.push((index, m.range())),
                Meaning::Cue(index) => found.cues.push((index, m.range())),
            }
        }
    }
}
