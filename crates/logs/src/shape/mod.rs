//! A text to its records, each with its place.

pub(crate) mod csv;
pub(crate) mod json;
pub(crate) mod lines;
