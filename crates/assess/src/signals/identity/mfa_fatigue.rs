//! Second factors asked for again and again, until one was granted.

use super::sign_in::{End, sign_in};
use crate::signals::about::rest_on;
use crate::signals::memory::Memory;
use crate::signals::{About, Detector, Seen};
use aftermail_model::{Event, LogSource, Signal, Timestamp};

/// Seconds within which refusals belong together.
const WINDOW: i64 = 30 * 60;
/// Refusals before a grant.
const REFUSED: usize = 3;
/// Refusals that are told without one.
const MANY: usize = 10;

static ABOUT: About = About {
    id: "mfa_fatigue",
    title: "A second factor was asked for again and again",
    techniques: &["T1621"],
    sources: &[LogSource::EntraSignIn, LogSource::UnifiedAudit, LogSource::Okta],
    logic: "Three refused or unanswered second factors within thirty minutes and then a sign-in from the same address or session; or ten \
            without one.",
    mistaken_for: "Someone who mistypes a code three times; a phone without reception.",
};

/// The detector.
pub(super) struct MfaFatigue {
    refused: Memory<Refused>,
}

/// Refusals of one account within the window.
#[derive(Default)]
struct Refused {
    times: Vec<Timestamp>,
    /// The log that tells of them: others tell of the same ones.
    source: Option<LogSource>,
    told: bool,
    signal: Option<Signal>,
}

impl MfaFatigue {
    /// The detector.
    pub(super) fn new() -> MfaFatigue {
        MfaFatigue { refused: Memory::of(100_000) }
    }
}

impl Detector for MfaFatigue {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        let (Some(tried), Some(time)) = (sign_in(event), event.time) else { return };
        match tried.end {
            End::FactorDenied => self.refused.entry(&tried.account).refuse(event, time, out),
            End::Inside if self.refused.get(&tried.account).is_some_and(|r| !r.times.is_empty()) => {
                self.refused.entry(&tried.account).grant(event, time, out);
            }
            _ => {}
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        self.refused.end("accounts that refused a second factor", out);
    }
}

impl Refused {
    fn refuse(&mut self, event: &Event, time: Timestamp, out: &mut Seen) {
        if self.times.last().is_some_and(|last| time.0 - last.0 > WINDOW) {
            *self = Refused::default();
        }
        if *self.source.get_or_insert(event.source) != event.source {
            return;
        }
        if self.times.len() < 4 * MANY {
            self.times.push(time);
        }
        rest_on(self.signal.get_or_insert_with(|| ABOUT.of(event, String::new())), event);
        let recent = self.recent(time);
        if recent >= MANY && !self.told {
            self.told = true;
            out.signals.extend(self.signal.clone().map(|s| Signal {
                because: format!("{recent} refused or unanswered within thirty minutes, and none granted by then: the password is known."),
                ..s
            }));
        }
    }

    fn grant(&mut self, event: &Event, time: Timestamp, out: &mut Seen) {
        let recent = self.recent(time);
        let Some(mut signal) = self.signal.take_if(|s| {
            let here = event.address.as_ref().is_some_and(|a| s.addresses.contains(a));
            recent >= REFUSED && (here || event.session.as_ref().is_some_and(|id| s.sessions.contains(id)))
        }) else {
            return;
        };
        rest_on(&mut signal, event);
        signal.title = "A second factor was asked for again and again, until it was granted".to_owned();
        signal.because = format!("{recent} refused or unanswered within thirty minutes, then a sign-in from the same address or session.");
        out.signals.push(signal);
        *self = Refused::default();
    }

    fn recent(&self, now: Timestamp) -> usize {
        self.times.iter().filter(|t| now.0 - t.0 <= WINDOW).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{run, tried};

    fn push(second: i64, code: &str, address: &str) -> Event {
        tried(second, "a@x.example", code, "agent", address)
    }

    #[test]
    fn three_refusals_and_a_grant_from_the_same_address_are_seen() {
        let events = [(0, "500121"), (60, "500121"), (120, "500121"), (180, "0")].map(|(s, c)| push(s, c, "203.0.113.9"));
        let out = run(MfaFatigue::new(), events.to_vec());
        assert_eq!((out.signals.len(), out.signals[0].rests_on.len()), (1, 4));
        assert_eq!(out.signals[0].actor.as_deref(), Some("a@x.example"));
    }

    #[test]
    fn a_grant_elsewhere_too_few_refusals_or_slow_ones_are_none() {
        let elsewhere = vec![
            push(0, "500121", "203.0.113.9"),
            push(60, "500121", "203.0.113.9"),
            push(120, "500121", "203.0.113.9"),
            push(180, "0", "198.51.100.7"),
        ];
        assert!(run(MfaFatigue::new(), elsewhere).signals.is_empty());
        let few = vec![push(0, "500121", "203.0.113.9"), push(60, "500121", "203.0.113.9"), push(120, "0", "203.0.113.9")];
        assert!(run(MfaFatigue::new(), few).signals.is_empty());
        let slow = [(0, "500121"), (1_700, "500121"), (3_400, "500121"), (3_500, "0")].map(|(s, c)| push(s, c, "203.0.113.9"));
        assert!(run(MfaFatigue::new(), slow.to_vec()).signals.is_empty());
    }

    #[test]
    fn one_refusal_in_two_logs_is_one() {
        let twice = |second: i64| {
            let audit =
                Event { source: LogSource::UnifiedAudit, operation: "UserLoginFailed".to_owned(), ..push(second, "500121", "203.0.113.9") };
            [push(second, "500121", "203.0.113.9"), audit]
        };
        let events = [twice(0).to_vec(), twice(60).to_vec(), vec![push(120, "0", "203.0.113.9")]].concat();
        assert!(run(MfaFatigue::new(), events).signals.is_empty());
    }

    #[test]
    fn ten_refusals_are_told_once_even_without_a_grant() {
        let events = (0..14).map(|n| push(n * 60, "500121", "203.0.113.9")).collect();
        assert_eq!(run(MfaFatigue::new(), events).signals.len(), 1);
    }
}
