//! What decides: trees over numbers, the last of which are what voices make of the words and letters that were heard.

use super::trees::Trees;
use super::voices::Voices;

/// The texts of a model of the pack, for [`Judge::parse`]: whose voices, and whose trees.
macro_rules! texts_of {
    ($voices:literal, $trees:literal) => {
        [
            include_str!(concat!("../../../../packs/model/", $voices, ".words.txt")),
            include_str!(concat!("../../../../packs/model/", $voices, ".letters.txt")),
            include_str!(concat!("../../../../packs/model/", $trees, ".txt")),
        ]
    };
}
pub(crate) use texts_of;

/// What is asked about one candidate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// What it looks like, where it stands and how it hangs on what stands around it; the meaning of each is fixed by its place.
    pub numbers: Vec<f32>,
    /// The words around it and its letters, as slots of [`Voices`].
    pub heard: [Vec<u32>; 2],
}

/// Trees and the voices that they listen to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judge {
    /// What the words around say, and the letters.
    pub voices: [Voices; 2],
    /// Asked about the numbers and, behind them, about the logit of each voice.
    pub trees: Trees,
}

impl Judge {
    /// Reads the text forms of the voices of words and of letters, and of the trees. `None` where one is none.
    pub fn parse([words, letters, trees]: [&str; 3]) -> Option<Judge> {
        Some(Judge { voices: [Voices::parse(words)?, Voices::parse(letters)?], trees: Trees::parse(trees)? })
    }

    /// Whether there is nothing to decide by.
    pub fn is_empty(&self) -> bool {
        self.trees.trees.is_empty()
    }

    /// From 0 to 1.
    pub fn confidence(&self, asked: &Asked) -> f32 {
        self.trees.confidence(&self.row(asked))
    }

    /// From 0 to 1 for each of several of which at most one is right; together at most 1.
    pub fn confidences<'a>(&self, asked: impl Iterator<Item = &'a Asked>) -> Vec<f32> {
        let rows: Vec<Vec<f32>> = asked.map(|asked| self.row(asked)).collect();
        self.trees.confidences(rows.iter().map(Vec::as_slice))
    }

    /// Whether the words around would by themselves rather be those of a secret.
    pub(crate) fn is_told(&self, asked: &Asked) -> bool {
        let ([around, _], [words, _]) = (&self.voices, &asked.heard);
        !words.is_empty() && around.logit(words) > 0.0
    }

    fn row(&self, asked: &Asked) -> Vec<f32> {
        let said = self.voices.iter().zip(&asked.heard).map(|(voices, heard)| voices.logit(heard));
        asked.numbers.iter().copied().chain(said).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::{Node, SLOTS};

    #[test]
    fn trees_ask_what_voices_say_behind_the_numbers() {
        let mut weights = vec![0.0; SLOTS];
        weights[7] = 1.25;
        // The third number is the logit of the words.
        let tree = vec![Node::Ask { feature: 2, most: 1.0, over: 2 }, Node::Add(-2.0), Node::Add(2.0)];
        let judge = Judge { voices: [Voices::new(-0.1, &weights), Voices::default()], trees: Trees { base: 0.0, trees: vec![tree] } };
        let asked = |slot| Asked { numbers: vec![9.0, 9.0], heard: [vec![slot], Vec::new()] };
        assert!(judge.confidence(&asked(7)) > 0.8 && judge.is_told(&asked(7)));
        assert!(judge.confidence(&asked(8)) < 0.2 && !judge.is_told(&asked(8)));
        assert_eq!(judge.confidences([asked(7), asked(8)].iter()).len(), 2);
    }
}
