//! Whose hand did it.

use aftermail_model::{Event, Timestamp};
use std::collections::BTreeSet;

/// What a case knows of the intruder and of those whom it trusts. Names, sessions and addresses in lower case.
#[derive(Debug, Clone, Default)]
pub struct Hands {
    /// Sessions of the intruder.
    pub intruder_sessions: BTreeSet<String>,
    /// Addresses of the intruder.
    pub intruder_addresses: BTreeSet<String>,
    /// Accounts and applications that the intruder made or holds.
    pub intruder_actors: BTreeSet<String>,
    /// Accounts of those who put things right.
    pub trusted_actors: BTreeSet<String>,
    /// Addresses from which they do.
    pub trusted_addresses: BTreeSet<String>,
}

/// Whose hand a record shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hand {
    /// The intruder's.
    Intruder,
    /// One that the case trusts.
    Trusted,
    /// Nothing tells.
    Unknown,
}

/// A record as it is seen: when, and by whose hand.
#[derive(Clone, Copy)]
pub(super) struct Seen<'e> {
    pub(super) event: &'e Event,
    pub(super) time: Timestamp,
    pub(super) hand: Hand,
}

impl Hands {
    /// The intruder's signs outweigh the trusted ones.
    pub(super) fn of(&self, event: &Event) -> Hand {
        let is = |value: &Option<String>, set: &BTreeSet<String>| {
            !set.is_empty() && value.as_deref().is_some_and(|v| set.contains(v) || set.contains(&v.to_lowercase()))
        };
        let intruder = is(&event.session, &self.intruder_sessions)
            || is(&event.address, &self.intruder_addresses)
            || is(&event.actor, &self.intruder_actors)
            || is(&event.app, &self.intruder_actors);
        let trusted = is(&event.actor, &self.trusted_actors) || is(&event.address, &self.trusted_addresses);
        match (intruder, trusted) {
            (true, _) => Hand::Intruder,
            (_, true) => Hand::Trusted,
            _ => Hand::Unknown,
        }
    }
}
