//! What people and configurations write: assigned values, table cells, sentences.

use crate::Hit;
use aftermail_model::{Message, Text};
use std::ops::Range;

/// Cue words and how to read what stands around them.
pub struct Words {}

impl Words {
    /// The cue words that come with aftermail.
    pub fn built_in() -> Words {
        Words {}
    }

    /// The literals that the automaton looks for, in a fixed order.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// Looks closely at the cues. `formats` are the hits that the formats already claim.
    pub(crate) fn read(&self, _text: &Text, _message: &Message, _cues: &[(usize, Range<usize>)], _formats: &[Hit]) -> Vec<Hit> {
        Vec::new()
    }
}
