//! What providers mint: tokens, keys, connection strings and signed links with a form of their own.

use crate::Hit;
use aftermail_model::Text;
use std::ops::Range;

/// The table of formats.
pub struct Formats {}

impl Formats {
    /// The formats that come with aftermail.
    pub fn built_in() -> Formats {
        Formats {}
    }

    /// Number of formats.
    pub fn len(&self) -> usize {
        0
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Adds the rules of a gitleaks TOML file.
    ///
    /// # Errors
    /// One sentence that names the file, the rule and the fault.
    pub fn add_gitleaks(&mut self, _file: &str, _toml: &str) -> Result<(), String> {
        Ok(())
    }

    /// The literals that the automaton looks for, in a fixed order; one format may have several.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        std::iter::empty()
    }

    /// Looks closely at the anchors (index of the literal, its place) and returns what is confirmed.
    pub(crate) fn confirm(&self, _text: &Text, _anchors: &[(usize, Range<usize>)]) -> Vec<Hit> {
        Vec::new()
    }
}
