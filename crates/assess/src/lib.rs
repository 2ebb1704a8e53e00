//! Occurrences in; findings, links and priorities out. Pure: no IO, no clock, no globals.

use aftermail_model::{Finding, Link, Occurrence, Timestamp};

/// Folds occurrences into findings, one per distinct secret. The order of arrival does not matter.
#[derive(Default)]
pub struct Ledger {}

impl Ledger {
    /// Takes one occurrence and the time at which its message was sent.
    pub fn add(&mut self, _occurrence: &Occurrence, _sent: Option<Timestamp>) {}

    /// Findings by priority, then by id; links by finding, target and name.
    pub fn finish(self) -> (Vec<Finding>, Vec<Link>) {
        (Vec::new(), Vec::new())
    }
}
