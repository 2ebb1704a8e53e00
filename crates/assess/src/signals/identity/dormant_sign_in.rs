//! A sign-in that no second factor guards, on an account that slept or by a client that the account never used.

use super::network::Network;
use super::sign_in::{End, sign_in, told};
use crate::signals::baseline::{Baseline, DAY};
use crate::signals::memory::Memory;
use crate::signals::{About, Detector, Scene, Seen};
use aftermail_model::{Event, LogSource, Timestamp};

/// Days of silence after which an account counts as asleep.
const SILENCE: i64 = 90;

static ABOUT: About = About {
    id: "dormant_sign_in",
    title: "A sleeping account, or one by an old protocol, was signed in to without a second factor",
    techniques: &["T1078.004"],
    sources: &[LogSource::EntraSignIn, LogSource::UnifiedAudit, LogSource::Okta, LogSource::GoogleWorkspace],
    logic: "A sign-in not known to have had a second factor after 90 days without any, or by a protocol that cannot ask for one from a \
            network never seen with the account.",
    mistaken_for: "People back from a long leave; a scanner or printer that moved.",
};

/// The detector.
pub(super) struct DormantSignIn {
    baseline: Baseline,
    began: Option<Timestamp>,
    accounts: Memory<Account>,
}

#[derive(Default)]
struct Account {
    last: Option<Timestamp>,
    /// Networks from which it signed in by old protocols.
    old_ways: Vec<Network>,
}

impl DormantSignIn {
    /// The detector.
    pub(super) fn new(scene: &Scene) -> DormantSignIn {
        DormantSignIn { baseline: Baseline::before(scene.since), began: None, accounts: Memory::of(500_000) }
    }

    /// Why this successful sign-in is strange.
    fn reason(&mut self, event: &Event, account: &str, time: Timestamp) -> Option<String> {
        let usual = self.baseline.holds(event);
        let days = |since: Timestamp| (time.0 - since.0) / DAY;
        let log = days(*self.began.get_or_insert(time));
        let known = self.accounts.entry(account);
        let last = known.last.replace(time);
        if told(event, "authenticationRequirement").is_some_and(|r| r.eq_ignore_ascii_case("multiFactorAuthentication")) {
            return None;
        }
        let silence = last.map(days).filter(|d| *d >= SILENCE);
        let way = old_way(event);
        let anew = way.and_then(|_| Network::of(event)).filter(|n| !known.old_ways.iter().any(|o| o.may_be(n)));
        if let Some(network) = &anew
            && known.old_ways.len() < 32
        {
            known.old_ways.push(network.clone());
        }
        match (usual, silence, way, anew) {
            (true, ..) => None,
            (_, Some(days), ..) => Some(format!("It was silent for {days} days before")),
            (_, _, Some(way), Some(network)) if last.is_none() => {
                Some(format!("Its first sign-in in {log} days of log, by {way} from {}", network.text()))
            }
            (_, _, Some(way), Some(network)) => {
                Some(format!("By {way} from {}, where this account never used such a protocol", network.text()))
            }
            _ => None,
        }
    }
}

/// The protocol, where it cannot ask for a second factor.
fn old_way(event: &Event) -> Option<&str> {
    const OLD: [&str; 14] = [
        "authenticated smtp",
        "autodiscover",
        "exchange activesync",
        "exchange online powershell",
        "exchange web services",
        "imap",
        "imap4",
        "mapi over http",
        "offline address book",
        "other clients",
        "outlook anywhere (rpc over http)",
        "pop",
        "pop3",
        "smtp",
    ];
    let protocol = told(event, "authenticationProtocol").filter(|p| p.eq_ignore_ascii_case("ropc"));
    protocol.or_else(|| told(event, "clientAppUsed").filter(|c| OLD.contains(&c.to_lowercase().as_str())))
}

impl Detector for DormantSignIn {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        let (Some(tried), Some(time)) = (sign_in(event), event.time) else { return };
        if tried.end != End::Inside {
            return;
        }
        if let Some(reason) = self.reason(event, &tried.account, time) {
            let factor = match told(event, "authenticationRequirement") {
                Some(_) => "one factor was enough",
                None => "the log does not say whether a second factor was asked for",
            };
            out.signals.push(ABOUT.of(event, format!("{reason}; {factor}.")));
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        self.accounts.end("accounts that sign in", out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{START, run, tried, with};

    fn detector() -> DormantSignIn {
        DormantSignIn::new(&Scene { since: Some(Timestamp(START + 10 * DAY)), ..Scene::default() })
    }

    fn inside(day: i64, address: &str, requirement: &str) -> Event {
        with(tried(day * DAY, "old@x.example", "0", "agent", address), "authenticationRequirement", requirement)
    }

    const ONE: &str = "singleFactorAuthentication";

    #[test]
    fn a_sign_in_after_a_long_silence_is_seen_once() {
        let out = run(detector(), vec![inside(0, "198.51.100.7", ONE), inside(120, "203.0.113.9", ONE), inside(121, "203.0.113.9", ONE)]);
        assert_eq!(out.signals.len(), 1);
        assert!(out.signals[0].because.contains("120 days"), "{:?}", out.signals);
    }

    #[test]
    fn an_old_protocol_from_a_new_network_is_seen() {
        let imap = |day: i64, at: &str| with(inside(day, at, ONE), "clientAppUsed", "IMAP4");
        let out =
            run(detector(), vec![imap(0, "198.51.100.7"), imap(20, "198.51.100.8"), imap(21, "203.0.113.9"), imap(22, "203.0.113.9")]);
        assert_eq!(out.signals.len(), 1, "{:?}", out.signals);
        assert_eq!(out.signals[0].addresses, ["203.0.113.9"]);
        let ropc = with(inside(20, "203.0.113.9", ONE), "authenticationProtocol", "ropc");
        assert_eq!(run(detector(), vec![ropc]).signals.len(), 1);
    }

    #[test]
    fn second_factors_short_silence_and_the_time_before_the_theft_are_usual() {
        let many = "multiFactorAuthentication";
        assert!(run(detector(), vec![inside(0, "198.51.100.7", ONE), inside(120, "203.0.113.9", many)]).signals.is_empty());
        assert!(run(detector(), vec![inside(0, "198.51.100.7", ONE), inside(60, "203.0.113.9", ONE)]).signals.is_empty());
        let pop = with(inside(5, "203.0.113.9", ONE), "clientAppUsed", "POP3");
        assert!(run(detector(), vec![pop]).signals.is_empty());
    }
}
