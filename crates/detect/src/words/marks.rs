//! Words that speak of secrets or of access, at their places.

use super::NO_LANGUAGE;
use super::cues::{Cue, Field};
use super::sentence::Sentences;
use aftermail_model::Kind;
use std::ops::Range;

/// What stands for a cue in a body without any; the model knows it by its word.
pub(super) static BREVITY: Cue = Cue { field: Field::Access, language: NO_LANGUAGE, weak: true, title: false, word: "a short mail" };

/// A word that speaks of secrets or of access, at its place.
#[derive(Clone)]
pub(crate) struct Mark<'w> {
    pub cue: &'w Cue,
    pub at: Range<usize>,
    /// Where the first sentence that ends behind it is over.
    over: usize,
}

impl<'w> Mark<'w> {
    pub(crate) fn new(cue: &'w Cue, at: Range<usize>, sentences: &Sentences) -> Mark<'w> {
        Mark { cue, over: sentences.over_behind(at.end), at }
    }

    /// The kind of secret that it announces; `None` where it speaks of access only.
    pub(crate) fn kind(&self) -> Option<Kind> {
        match self.cue.field {
            Field::Secret(kind) => Some(kind),
            _ => None,
        }
    }

    /// How far before a place it stands, in bytes, and whether a sentence ends between.
    pub(crate) fn before(&self, place: &Range<usize>) -> (usize, bool) {
        (place.start - self.at.end, self.over <= place.start)
    }

    /// How far behind a place it stands, and whether a sentence ends between; `over` is where the first one behind the place is over.
    pub(crate) fn behind(&self, place: &Range<usize>, over: usize) -> (usize, bool) {
        (self.at.start - place.end, over <= self.at.start)
    }
}
