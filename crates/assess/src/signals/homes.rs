//! Addresses of the organisation: who is seen there is not the thief for that.

use super::baseline::Baseline;
use super::identity::{End, sign_in};
use super::memory::Memory;
use super::{Event, Scene, Signal};
use std::collections::BTreeSet;

/// So many accounts sign in from an office.
const ACCOUNTS: usize = 3;
/// Detectors that tell an office by themselves.
const TELL: [&str; 2] = ["spray", "mail_guessing"];

/// Addresses from which several accounts signed in while all was as usual.
pub(super) struct Homes {
    baseline: Baseline,
    signed_in: Memory<BTreeSet<String>>,
}

impl Homes {
    /// None is known yet.
    pub(super) fn new(scene: &Scene) -> Homes {
        Homes { baseline: Baseline::before(scene.since), signed_in: Memory::of(100_000) }
    }

    /// Learns from one event.
    pub(super) fn see(&mut self, event: &Event) {
        let Some(tried) = sign_in(event) else { return };
        if !self.baseline.holds(event) || tried.end != End::Inside {
            return;
        }
        if let Some(address) = &event.address {
            let accounts = self.signed_in.entry(address);
            if accounts.len() < ACCOUNTS {
                accounts.insert(tried.account);
            }
        }
    }

    /// Takes such addresses out of a signal, and says so: else whoever reads mail from there would count as the thief.
    pub(super) fn leave_out(&self, signal: &mut Signal) {
        if TELL.contains(&signal.detector.as_str()) {
            return;
        }
        let home = |address: &String| self.signed_in.get(address).is_some_and(|accounts| accounts.len() >= ACCOUNTS);
        let homes: Vec<String> = signal.addresses.iter().filter(|a| home(a)).cloned().collect();
        if !homes.is_empty() {
            signal.addresses.retain(|a| !homes.contains(a));
            signal.because.push_str(&format!(" Not listed as addresses, since others always sign in from there: {}.", homes.join(", ")));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::baseline::DAY;
    use crate::signals::identity::testing::tried;

    fn left(accounts: i64, day: i64, detector: &str) -> Vec<String> {
        let mut homes = Homes::new(&Scene::default());
        homes.see(&tried(0, "first@x.example", "0", "agent", "192.0.2.9"));
        (0..accounts).for_each(|n| homes.see(&tried(day * DAY + n, &format!("u{n}@x.example"), "0", "agent", "198.51.100.7")));
        let mut signal = Signal { detector: detector.to_owned(), ..crate::signals::About::signal(&ABOUT) };
        signal.addresses = vec!["198.51.100.7".to_owned(), "203.0.113.9".to_owned()];
        homes.leave_out(&mut signal);
        signal.addresses
    }

    static ABOUT: crate::signals::About =
        crate::signals::About { id: "x", title: "x", techniques: &[], sources: &[], logic: "", mistaken_for: "" };

    #[test]
    fn an_office_is_no_address_of_the_thief() {
        assert_eq!(left(3, 1, "dormant_sign_in"), ["203.0.113.9"]);
    }

    #[test]
    fn a_home_of_two_an_address_seen_only_since_and_sprays_stay() {
        assert_eq!(left(2, 1, "dormant_sign_in").len(), 2);
        assert_eq!(left(3, 20, "dormant_sign_in").len(), 2);
        assert_eq!(left(3, 1, "spray").len(), 2);
    }
}
