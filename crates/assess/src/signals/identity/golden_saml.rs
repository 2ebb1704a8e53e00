//! A sign-in by a token that the organisation's AD FS did not issue.

use super::sign_in::{End, sign_in, told};
use crate::signals::about::merged;
use crate::signals::baseline::DAY;
use crate::signals::memory::Memory;
use crate::signals::{About, Detector, Seen};
use aftermail_model::{Event, LogSource, Signal, Timestamp};
use std::collections::{BTreeSet, VecDeque};

/// Seconds by which AD FS may be before the sign-in, and behind it by clocks that differ.
const BEFORE: i64 = 15 * 60;
/// See [`BEFORE`].
const BEHIND: i64 = 5 * 60;
/// Sign-ins that wait and issues that are remembered.
const MOST: usize = 100_000;

static ABOUT: About = About {
    id: "golden_saml",
    title: "A federated sign-in rests on a token that AD FS did not issue",
    techniques: &["T1606.002"],
    sources: &[LogSource::EntraSignIn, LogSource::WindowsSecurity],
    logic: "An interactive sign-in whose token comes from AD FS, and no event 1200 or 1202 of any AD FS server names its account within a \
            quarter of an hour, on a day of which there are such events.",
    mistaken_for: "A farm of which one server's log is missing.",
};

/// The detector.
pub(super) struct GoldenSaml {
    /// What AD FS issued lately: when, and the record's words in lower case.
    issued: VecDeque<(Timestamp, String)>,
    /// Days on which AD FS says anything at all.
    days: BTreeSet<i64>,
    /// Sign-ins that still wait for AD FS.
    waiting: VecDeque<(Timestamp, String, Signal)>,
    /// Sign-ins that AD FS knows nothing of, by account.
    missing: Memory<Vec<Signal>>,
}

impl GoldenSaml {
    /// The detector.
    pub(super) fn new() -> GoldenSaml {
        GoldenSaml { issued: VecDeque::new(), days: BTreeSet::new(), waiting: VecDeque::new(), missing: Memory::of(50_000) }
    }

    /// Lets go of what no later event can explain or be explained by.
    fn forget(&mut self, now: i64) {
        while self.waiting.front().is_some_and(|(t, ..)| now - t.0 > BEHIND) || self.waiting.len() > MOST {
            let Some((time, account, signal)) = self.waiting.pop_front() else { break };
            let near = |t: &Timestamp| (time.0 - BEFORE..=time.0 + BEHIND).contains(&t.0);
            if !self.issued.iter().any(|(t, words)| near(t) && names(words, &account)) {
                let missing = self.missing.entry(&account);
                if missing.len() < 100 {
                    missing.push(signal);
                }
            }
        }
        while self.issued.front().is_some_and(|(t, _)| now - t.0 > BEFORE + 2 * BEHIND) || self.issued.len() > MOST {
            self.issued.pop_front();
        }
    }
}

impl Detector for GoldenSaml {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, _out: &mut Seen) {
        let Some(time) = event.time else { return };
        if event.source == LogSource::WindowsSecurity && matches!(event.operation.as_str(), "1200" | "1202") {
            self.forget(time.0);
            self.days.insert(time.0.div_euclid(DAY));
            let words = event.properties.iter().filter_map(|p| p.new.as_deref()).chain(event.actor.as_deref());
            self.issued.push_back((time, words.collect::<Vec<_>>().join(" ").to_lowercase()));
        } else if event.source == LogSource::EntraSignIn
            && is_federated(event)
            && let Some(tried) = sign_in(event).filter(|t| t.end == End::Inside)
        {
            self.forget(time.0);
            self.waiting.push_back((time, tried.account, ABOUT.of(event, String::new())));
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        self.forget(i64::MAX / 2);
        let mut unknown = 0_usize;
        for signals in self.missing.end("federated sign-ins", out).into_values() {
            let told = |s: &Signal| s.first.is_some_and(|t| self.days.contains(&t.0.div_euclid(DAY)));
            let (proven, other): (Vec<Signal>, Vec<Signal>) = signals.into_iter().partition(told);
            unknown += other.len();
            let count = proven.len();
            let whole = proven.into_iter().reduce(merged);
            let because =
                format!("{count} sign-ins by tokens of AD FS, and no event 1200 or 1202 of AD FS names the account around their times.");
            out.signals.extend(whole.map(|s| Signal { because, ..s }));
        }
        if unknown > 0 {
            out.cannot_say.push(format!(
                "golden_saml: {unknown} federated sign-ins fall on days without any event 1200 or 1202 of AD FS, so nobody can tell whether it \
                 issued their tokens; export the Security log of each AD FS server."
            ));
        }
    }
}

/// Whether the token comes from AD FS and the person was there: later tokens are issued by Entra itself.
fn is_federated(event: &Event) -> bool {
    let issuer = told(event, "tokenIssuerType").map(|t| t.replace(' ', "").to_lowercase());
    issuer.is_some_and(|t| t.starts_with("adfederationservices") || t == "adfs")
        && !told(event, "category").is_some_and(|c| c.to_lowercase().contains("noninteractive"))
}

/// Whether a record names the account: by its whole name, or by the one before the @ behind its domain.
fn names(words: &str, account: &str) -> bool {
    let local = account.split('@').next().unwrap_or(account);
    words.contains(account) || words.split(|c: char| !(c.is_alphanumeric() || "._-".contains(c))).any(|w| w == local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{event, run, tried, with};

    fn federated(second: i64, user: &str) -> Event {
        with(tried(second, user, "0", "agent", "203.0.113.9"), "tokenIssuerType", "ADFederationServices")
    }

    fn issued(second: i64, user: &str) -> Event {
        with(event(second, LogSource::WindowsSecurity, "1200", "adfs$"), "param2", &format!("<UserId>X\\{user}</UserId>"))
    }

    #[test]
    fn a_token_that_ad_fs_did_not_issue_is_seen() {
        let out = run(
            GoldenSaml::new(),
            vec![issued(0, "b"), federated(10, "b@x.example"), federated(3_600, "a@x.example"), federated(9_000, "a@x.example")],
        );
        assert_eq!((out.signals.len(), out.signals[0].rests_on.len()), (1, 2), "{out:?}");
        assert_eq!(out.signals[0].actor.as_deref(), Some("a@x.example"));
        assert!(out.cannot_say.is_empty());
    }

    #[test]
    fn without_the_log_of_ad_fs_nothing_can_be_said() {
        let out = run(GoldenSaml::new(), vec![federated(10, "a@x.example")]);
        assert!(out.signals.is_empty() && out.cannot_say.len() == 1, "{out:?}");
    }

    #[test]
    fn issued_tokens_and_those_of_entra_are_none() {
        let cloud = with(tried(50, "c@x.example", "0", "agent", "203.0.113.9"), "tokenIssuerType", "AzureAD");
        let out = run(GoldenSaml::new(), vec![federated(10, "a@x.example"), issued(12, "a"), cloud]);
        assert!(out.signals.is_empty() && out.cannot_say.is_empty(), "{out:?}");
    }
}
