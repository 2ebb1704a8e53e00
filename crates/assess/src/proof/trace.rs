//! Uses of one secret around its reset, and what they tell of whoever changed it.

use super::hands::{Hand, Seen};
use super::person::AROUND;
use super::watch::SETTLES;
use crate::usage::{Use, network};
use aftermail_model::{Event, Timestamp};
use std::collections::{BTreeSet, HashSet, VecDeque};

/// Networks that are kept for one secret.
const NETWORKS: usize = 512;
/// Attempts that are kept of the last minutes.
const RECENT: usize = 16;

/// What uses tell.
#[derive(Debug, Default)]
pub(super) struct Trace {
    /// Uses from the first exposure to the reset.
    pub(super) open: u64,
    /// The first use after the reset that should not have been possible: when, how often, the record.
    pub(super) contradicted: Option<(Timestamp, u64, String)>,
    /// A session that the secret had opened, used after the reset.
    pub(super) session: Option<(Timestamp, String)>,
    /// A sign-in after the reset from a network that appeared with the exposure.
    pub(super) strange: Option<(Timestamp, String)>,
    /// The application signs in with another key.
    pub(super) other_key: Option<Timestamp>,
    /// Networks from before the exposure.
    familiar: HashSet<String>,
    /// Networks that appeared between exposure and reset.
    appeared: BTreeSet<String>,
    /// What the account did in the last minutes.
    recent: VecDeque<Act>,
    /// When the intruder was last at the account.
    intruder: Option<Timestamp>,
}

/// Something that the account did.
#[derive(Debug)]
struct Act {
    time: Timestamp,
    network: String,
    /// Whether that is one from before the exposure, or the hand is a trusted one.
    familiar: bool,
    /// The operation that it is part of.
    operation: Option<String>,
}

impl Trace {
    /// A use, between the first exposure and the reset or outside of it.
    pub(super) fn used(&mut self, seen: &Seen<'_>, used: Use, exact: bool, (first, gone): (Option<Timestamp>, Option<Timestamp>)) {
        let time = seen.time;
        let network = seen.event.address.as_deref().map(network);
        if first.is_some_and(|first| time < first) {
            if seen.hand != Hand::Intruder && self.familiar.len() < NETWORKS {
                self.familiar.extend(network);
            }
            return;
        }
        if gone.is_none_or(|gone| time.0 <= gone.0 + SETTLES) {
            self.open += 1;
            let strange = network.filter(|n| !exact && !self.familiar.contains(n) && self.appeared.len() < NETWORKS);
            self.appeared.extend(strange);
            return;
        }
        match (exact, used.through_session) {
            (true, true) => drop(self.session.get_or_insert_with(|| (time, seen.event.id.clone()))),
            (true, false) => self.contradict(time, &seen.event.id),
            (false, _) if seen.hand == Hand::Intruder => self.contradict(time, &seen.event.id),
            (false, _) => {
                if let Some(network) = network.filter(|n| self.appeared.contains(n)) {
                    self.strange.get_or_insert((time, network));
                }
            }
        }
    }

    fn contradict(&mut self, time: Timestamp, id: &str) {
        self.contradicted.get_or_insert_with(|| (time, 0, id.to_owned())).1 += 1;
    }

    /// The intruder goes on in the account after the reset: by a session, or in a way that the record does not tell.
    pub(super) fn intruder_after(&mut self, time: Timestamp, id: &str, by_session: bool) {
        if by_session {
            self.session.get_or_insert_with(|| (time, id.to_owned()));
        } else if self.contradicted.is_none() {
            self.contradict(time, id);
        }
    }

    /// The account does something, or tries to.
    pub(super) fn acted(&mut self, seen: &Seen<'_>) {
        if seen.hand == Hand::Intruder {
            self.intruder = Some(seen.time);
        }
        let Some(address) = seen.event.address.as_deref() else { return };
        let network = network(address);
        let familiar = seen.hand == Hand::Trusted || seen.hand == Hand::Unknown && self.familiar.contains(&network);
        self.recent.push_back(Act { time: seen.time, network, familiar, operation: operation(seen.event) });
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
    }

    /// Whether the intruder was at the account just before.
    pub(super) fn intruder_near(&self, time: Timestamp) -> bool {
        self.intruder.is_some_and(|at| time.0 - at.0 <= AROUND)
    }

    /// Whether the owner is at the account: the record's address, or that of the sign-in that it is part of, is one from before the
    /// exposure; where neither tells, all that the account did around it was from such addresses.
    pub(super) fn is_owner(&self, seen: &Seen<'_>) -> bool {
        if let Some(address) = seen.event.address.as_deref() {
            return self.familiar.contains(&network(address));
        }
        let around = || self.recent.iter().filter(|a| seen.time.0 - a.time.0 <= AROUND);
        let own = operation(seen.event).filter(|id| !id.is_empty());
        match around().find(|a| own.is_some() && a.operation == own) {
            Some(act) => act.familiar,
            None => around().next().is_some() && around().all(|a| a.familiar),
        }
    }

    /// From where a change was made, as far as records tell.
    pub(super) fn whence(&self, seen: &Seen<'_>) -> String {
        if let Some(address) = seen.event.address.as_deref() {
            return format!("it came from {address}, which was not seen with the account before the exposure");
        }
        let strange = self.recent.iter().filter(|a| seen.time.0 - a.time.0 <= AROUND && !a.familiar).map(|a| a.network.as_str());
        let strange: BTreeSet<&str> = strange.collect();
        match strange.is_empty() {
            true => "the record has no address, and nobody signed in around it from a known place".to_owned(),
            false => {
                let networks = strange.into_iter().collect::<Vec<_>>().join(", ");
                format!("the record has no address, and just before it {networks} was at the account, never seen before the exposure")
            }
        }
    }

    /// Another reset: what came after the one before counts as use of an open secret.
    pub(super) fn begin_again(&mut self) {
        self.open += self.contradicted.take().map_or(0, |(_, times, _)| times);
        self.session = None;
        self.strange = None;
        self.other_key = None;
    }
}

/// The id of the operation that a record is part of: a sign-in and the change made with it have the same.
fn operation(event: &Event) -> Option<String> {
    event.property("correlationId")?.new.clone()
}
