//! Whose hand did it.

use super::deed::same_account;
use crate::exposure::Intruder;
use aftermail_model::{Event, Timestamp};
use std::collections::BTreeSet;

/// What a case knows of the intruder and of those whom it trusts. Names and addresses of the trusted in lower case.
#[derive(Debug, Clone, Default)]
pub struct Hands {
    /// By what the intruder is known.
    pub intruder: Intruder,
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
        if self.intruder.told_by(event).is_some() || self.through_held_account(event) {
            return Hand::Intruder;
        }
        let trusted = is(&event.actor, &self.trusted_actors) || is(&event.address, &self.trusted_addresses);
        if trusted { Hand::Trusted } else { Hand::Unknown }
    }

    /// What an account that the intruder controls does to others is the intruder's; what it does to itself may be its owner's.
    fn through_held_account(&self, event: &Event) -> bool {
        let held = event.actor.as_ref().filter(|a| self.intruder.accounts.contains(&a.to_lowercase()));
        held.is_some_and(|a| self.intruder.window.holds(event.time) && event.target.as_ref().is_some_and(|t| !same_account(a, t)))
    }
}
