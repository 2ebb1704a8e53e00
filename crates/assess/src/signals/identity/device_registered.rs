//! A device that joins soon after its account was broken into: the thief's own second factor.

use super::sign_in::told;
use crate::signals::about::name;
use crate::signals::baseline::{DAY, operation};
use crate::signals::{About, Detector, Seen};
use aftermail_model::{Event, LogSource, Outcome, Signal};
use std::collections::{BTreeSet, VecDeque};

/// Registrations that are remembered.
const MOST: usize = 50_000;
/// The service that registers devices.
const SERVICE: &str = "01cb2876-7ebd-4aa4-9cc9-d28bd4d359a9";

static ABOUT: About = About {
    id: "device_registered",
    title: "A device was registered soon after the account was broken into",
    techniques: &["T1098.005"],
    sources: &[LogSource::EntraAudit, LogSource::UnifiedAudit, LogSource::EntraSignIn],
    logic: "A device of an account is registered within 24 hours of a sprayed password, a sign-in without a second factor, or a second factor \
            that was granted after refusals.",
    mistaken_for: "The owner's new laptop on the same day.",
};

/// The detector. It builds on signals of others, so it stands behind them.
#[derive(Default)]
pub(super) struct DeviceRegistered {
    registrations: VecDeque<(BTreeSet<String>, Signal)>,
    forgot: u64,
}

impl Detector for DeviceRegistered {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, _out: &mut Seen) {
        if !registers(event) {
            return;
        }
        if self.registrations.len() >= MOST {
            self.registrations.pop_front();
            self.forgot += 1;
        }
        self.registrations.push_back((accounts(event), ABOUT.of(event, String::new())));
    }

    fn finish(&mut self, out: &mut Seen) {
        let before = out.signals.len();
        for n in 0..before {
            let broken = &out.signals[n];
            // Where nobody is named as actor, nobody got in.
            if !["spray", "dormant_sign_in", "mfa_fatigue"].contains(&broken.detector.as_str()) || broken.actor.is_none() {
                continue;
            }
            let found = self.after(broken);
            out.signals.extend(found);
        }
        if self.forgot > 0 {
            out.cannot_say.push(format!("registrations of devices: {} of the oldest were forgotten", self.forgot));
        }
    }
}

impl DeviceRegistered {
    /// Registrations of the accounts of a signal, each account as one signal.
    fn after(&self, broken: &Signal) -> Vec<Signal> {
        let (Some(first), Some(last)) = (broken.first, broken.last) else { return Vec::new() };
        let accounts: BTreeSet<String> = broken.actor.iter().chain(&broken.subjects).map(|a| a.to_lowercase()).collect();
        let mut found: Vec<Signal> = Vec::new();
        for (names, one) in &self.registrations {
            let Some(account) = names.intersection(&accounts).next() else { continue };
            if !one.first.is_some_and(|t| first <= t && t.0 <= last.0 + DAY) {
                continue;
            }
            let signal = match found.iter().position(|s| s.subjects.contains(account)) {
                Some(at) => &mut found[at],
                None => {
                    let because = format!("Within 24 hours of: {}. {}", broken.title, broken.because);
                    found.push(Signal { subjects: vec![account.clone()], because, ..one.clone() });
                    continue;
                }
            };
            signal.last = signal.last.max(one.last);
            one.rests_on.iter().for_each(|id| name(&mut signal.rests_on, Some(id)));
        }
        found
    }
}

/// Whether the event is of a device that is registered: a change of the directory, or a sign-in to the service that does it.
fn registers(event: &Event) -> bool {
    if event.outcome == Outcome::Failure {
        return false;
    }
    match event.source {
        LogSource::EntraAudit | LogSource::UnifiedAudit => {
            matches!(
                operation(event).as_str(),
                "register device" | "add device" | "add registered owner to device" | "add registered users to device"
            )
        }
        LogSource::EntraSignIn => told(event, "resourceId") == Some(SERVICE),
        _ => false,
    }
}

/// Accounts that the event names, in lower case: the service acts in its own name, and its target may be the device.
fn accounts(event: &Event) -> BTreeSet<String> {
    let named = event.properties.iter().filter_map(|p| p.new.as_deref());
    let all = event.actor.as_deref().into_iter().chain(event.target.as_deref()).chain(named);
    all.map(|n| n.trim_matches(['"', '[', ']'])).filter(|n| n.contains('@') && n.len() < 256).take(8).map(str::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{event, run, with};
    use aftermail_model::Timestamp;

    fn registered(second: i64, user: &str) -> Event {
        let added = event(second, LogSource::UnifiedAudit, "Add registered owner to device.", "ServicePrincipal_1");
        Event { target: Some(user.to_owned()), ..with(added, "Device.DisplayName", "PC") }
    }

    /// What it says when another detector has already seen the account broken into at second 0.
    fn after(broken: &str, events: Vec<Event>) -> Vec<Signal> {
        let mut detector = DeviceRegistered::default();
        let mut out = Seen::default();
        let mut signal = Signal { detector: "mfa_fatigue".to_owned(), ..ABOUT.signal() };
        signal.actor = Some(broken.to_owned());
        let start = Some(Timestamp(crate::signals::identity::testing::START));
        (signal.first, signal.last) = (start, start);
        out.signals.push(signal);
        events.iter().for_each(|e| detector.see(e, &mut out));
        detector.finish(&mut out);
        out.signals.split_off(1)
    }

    #[test]
    fn a_device_on_the_day_of_the_break_in_is_seen_once_with_all_its_records() {
        let signals = after("A@x.example", vec![registered(600, "a@x.example"), registered(601, "a@x.example")]);
        assert_eq!(signals.len(), 1);
        assert_eq!((signals[0].rests_on.len(), signals[0].subjects.as_slice()), (2, ["a@x.example".to_owned()].as_slice()));
    }

    #[test]
    fn devices_of_others_later_ones_and_those_without_a_break_in_are_none() {
        assert!(after("a@x.example", vec![registered(600, "b@x.example")]).is_empty());
        assert!(after("a@x.example", vec![registered(2 * DAY, "a@x.example")]).is_empty());
        assert!(run(DeviceRegistered::default(), vec![registered(600, "a@x.example")]).signals.is_empty());
    }
}
