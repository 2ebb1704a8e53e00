//! Replaces words of mail by other words of mail, so that a copy of a message is a message of its own.

use crate::random::Random;
use std::ops::Range;

/// Shorter words stay: they are the same in every text anyway.
const SHORTEST: usize = 4;
/// Longer runs of letters are no words.
const LONGEST: usize = 14;

/// The words of a set of mail, each as often as it stands there, so that new text has their natural mix.
#[derive(Debug, Default)]
pub struct Words {
    all: Vec<u8>,
    ends: Vec<u32>,
}

impl Words {
    /// Adds the words of a text.
    pub fn learn(&mut self, text: &[u8]) {
        for run in text.split(|b| !b.is_ascii_alphabetic()).filter(|r| (SHORTEST..=LONGEST).contains(&r.len())) {
            self.all.extend(run.iter().map(u8::to_ascii_lowercase));
            self.ends.push(self.all.len() as u32);
        }
    }

    /// One of the words.
    pub fn pick(&self, random: &mut Random) -> &[u8] {
        let at = random.below(self.ends.len());
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        self.ends.get(at).map_or(b"word", |end| &self.all[start..*end as usize])
    }

    /// Writes the text with every second word, about, replaced. Words in `keep` stay.
    pub fn vary(&self, text: &[u8], keep: impl Fn(&[u8], Range<usize>) -> bool, random: &mut Random, out: &mut Vec<u8>) {
        let mut at = 0;
        while at < text.len() {
            let run = text[at..].iter().take_while(|b| b.is_ascii_alphabetic()).count();
            if run == 0 {
                let gap = text[at..].iter().take_while(|b| !b.is_ascii_alphabetic()).count();
                out.extend_from_slice(&text[at..at + gap]);
                at += gap;
                continue;
            }
            let word = &text[at..at + run];
            if run < SHORTEST || keep(text, at..at + run) || !random.chance(50) {
                out.extend_from_slice(word);
            } else {
                self.write_like(word, random, out);
            }
            at += run;
        }
    }

    /// Another word in the capitals of this one.
    fn write_like(&self, word: &[u8], random: &mut Random, out: &mut Vec<u8>) {
        let new = self.pick(random);
        let capital = |at: usize| word.get(at).is_some_and(u8::is_ascii_uppercase);
        let all = capital(0) && capital(1);
        out.extend(new.iter().enumerate().map(|(at, b)| if all || (at == 0 && capital(0)) { b.to_ascii_uppercase() } else { *b }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn about_half_of_the_long_words_change_and_nothing_else() {
        let mut words = Words::default();
        words.learn(b"zebra quartz");
        let text = "Please send the harbour plans, ok? ".repeat(50);
        let mut out = Vec::new();
        words.vary(text.as_bytes(), |_, _| false, &mut Random::new(1), &mut out);
        let out = String::from_utf8(out).expect("letters only");
        let changed = out.matches("zebra").count() + out.matches("Zebra").count() + out.to_lowercase().matches("quartz").count();
        assert!((60..140).contains(&changed), "{changed} of 200 words changed");
        assert_eq!(out.matches(" the ").count(), 50);
        assert_eq!(out.matches(", ok? ").count(), 50);
    }
}
