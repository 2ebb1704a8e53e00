//! Whether a secret is dead: the record that changed it, and all that must be true beside it.
//!
//! A proof is a change of the right thing that ended well, after the last exposure, by a hand that is not the intruder's; and the
//! old one absent afterwards, no successful use of it, its sessions cut, and logs that cover the time. What each source writes, and
//! what only looks like it, stands in `records`; `docs/proof.md` says the same for people.
//!
//! A fold over events in the order of their time. It keeps a few times and names for each secret, never an event.

mod deed;
mod hands;
mod held;
mod person;
mod records;
mod subject;
mod trace;
mod verdict;
mod watch;

pub use hands::Hands;

use crate::usage::{Account, Days, Join, Sorts};
use aftermail_model::{Coverage, Event, ExposedSecret, LogSource, Proof, Timestamp, Usage};
use deed::Deed;
use hands::Seen;
use records::Records;
use std::collections::HashMap;
use watch::Watch;

/// Looks for proofs.
#[derive(Debug)]
pub struct ProofFold {
    secrets: Vec<ExposedSecret>,
    hands: Hands,
    join: Join,
    records: Records,
    watches: Vec<Watch>,
    /// Watches by the names under which records may speak of their secrets.
    index: HashMap<String, Vec<usize>>,
    sorts: Sorts,
}

impl ProofFold {
    /// A fold that looks for proofs of these secrets. Personal data are none.
    pub fn new(secrets: &[ExposedSecret], hands: Hands) -> ProofFold {
        let secrets: Vec<ExposedSecret> = secrets.iter().filter(|s| !s.kind.is_personal()).cloned().collect();
        let watches: Vec<Watch> = secrets.iter().map(Watch::new).collect();
        let mut fold = ProofFold {
            join: Join::new(&secrets),
            sorts: Sorts::new(&secrets),
            secrets,
            hands,
            records: Records::default(),
            watches: Vec::new(),
            index: HashMap::new(),
        };
        for (nth, watch) in watches.iter().enumerate() {
            let names: Vec<String> = watch.subject.names().cloned().collect();
            fold.learn(nth, &names);
        }
        fold.watches = watches;
        fold
    }

    /// Takes the next event in time. What has no time proves nothing.
    pub fn see(&mut self, event: &Event) {
        self.sorts.see(event);
        let Some(time) = event.time else { return };
        let seen = Seen { event, time, hand: self.hands.of(event) };
        let deeds = self.records.read(event);
        for used in self.join.uses(event) {
            let name = &self.join.names[used.name];
            let (secret, exact) = (name.secret, name.exact);
            self.watches[secret].used(&seen, used, exact);
            // A record that ends a key may be made by one key and name another.
            if deeds.is_empty() && exact && !used.through_session {
                let taught = self.watches[secret].subject.learn_use(event);
                self.learn(secret, &taught);
            }
        }
        for name in self.join.acts(event) {
            self.watches[self.join.names[name].secret].acted(&seen);
        }
        if let Some(app) = event.app.as_deref().filter(|_| event.source == LogSource::EntraSignIn && event.credential.is_some()) {
            for nth in self.named(app) {
                self.watches[nth].other_key(&seen);
            }
        }
        for deed in deeds {
            for nth in self.concerned(&deed) {
                let taught = self.watches[nth].take(&deed, &seen);
                self.learn(nth, &taught);
            }
        }
    }

    /// One proof for each secret, in their order, personal data left out. `as_of` is the end of the time that is asked about; `usages` are what
    /// [`crate::usage::UsageFold`] found.
    pub fn finish(self, coverage: &[Coverage], usages: &[Usage], as_of: Timestamp) -> Vec<Proof> {
        let days = Days::new(coverage);
        let ground = verdict::Ground { days: &days, sorts: &self.sorts, usages, as_of };
        self.secrets.iter().zip(self.watches).map(|(secret, watch)| verdict::proof(secret, watch, &ground)).collect()
    }

    fn learn(&mut self, nth: usize, names: &[String]) {
        for name in names.iter().filter_map(|n| folded(n)) {
            let watches = self.index.entry(name).or_default();
            if !watches.contains(&nth) {
                watches.push(nth);
            }
        }
    }

    fn named(&self, name: &str) -> Vec<usize> {
        folded(name).and_then(|n| self.index.get(&n)).cloned().unwrap_or_default()
    }

    /// Watches of which a deed may speak.
    fn concerned(&self, deed: &Deed) -> Vec<usize> {
        let mut all: Vec<usize> = deed.names().into_iter().flat_map(|n| self.named(n)).collect();
        if let Some(door) = deed.door() {
            all.extend(self.named(&door));
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// The form in which names are looked up: an account by its user, all else as it is.
fn folded(name: &str) -> Option<String> {
    Account::parse(name).map(|a| a.user)
}
