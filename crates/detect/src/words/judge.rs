//! What decides: trees over numbers, the last of which are what voices make of the words and letters that were heard.

use super::trees::Trees;
use super::voices::Voices;

/// What is asked about one candidate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Asked {
    /// What it looks like, where it stands and how it hangs on what stands around it; the meaning of each is fixed by its place.
    pub numbers: Vec<f32>,
    /// The words around it and its letters, as slots of [`Voices`].
    pub heard: [Vec<u16>; 2],
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

    fn row(&self, asked: &Asked) -> Vec<f32> {
        let said = self.voices.iter().zip(&asked.heard).map(|(voices, heard)| voices.logit(heard));
        asked.numbers.iter().copied().chain(said).collect()
    }
}
