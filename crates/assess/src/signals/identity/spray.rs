//! One password tried on many accounts, slowly and from many addresses: told by the program, never by the address.

use super::sign_in::{End, sign_in, told};
use crate::signals::about::name;
use crate::signals::baseline::DAY;
use crate::signals::memory::Memory;
use crate::signals::{About, Detector, Seen};
use aftermail_model::{Event, LogSource, Signal, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Tries within so many seconds belong together.
const WINDOW: i64 = 7 * DAY;
/// An account that failed more often was not sprayed: its owner forgot the password, or a device kept an old one.
const FEW: u32 = 10;
/// So many accounts that stayed outside make a spray of one program; twice as many one of many programs.
const ACCOUNTS: usize = 5;

/// Accounts, addresses and programs that are remembered of one group.
const MOST: usize = 10_000;
/// Groups.
const GROUPS: usize = 4_096;

static ABOUT: About = About {
    id: "spray",
    title: "Passwords were tried on many accounts",
    techniques: &["T1110.003", "T1090.002"],
    sources: &[LogSource::EntraSignIn, LogSource::UnifiedAudit, LogSource::Okta, LogSource::GoogleWorkspace, LogSource::CloudTrail],
    logic: "Within seven days one program, or one application through many programs, fails on at least five accounts, at most ten times \
            each, and hardly anyone for whom it failed gets in; addresses are not counted.",
    mistaken_for: "People who mistype get in soon after; an address from which others sign in as usual is the organisation's own, and its \
                   failures do not count.",
};

/// The detector.
pub(super) struct Spray {
    groups: Memory<Group>,
    /// Who signed in from an address: account, program, when first.
    signed_in: Memory<Vec<(String, String, Timestamp)>>,
}

/// Tries that have a program or an application in common, within one window.
#[derive(Default)]
struct Group {
    opened: Option<Timestamp>,
    /// Whether they have the application in common, and not the program.
    by_app: bool,
    agents: BTreeSet<String>,
    accounts: BTreeMap<String, Tried>,
    /// Addresses of failures, when first.
    failed_at: BTreeMap<String, Timestamp>,
    /// Tries of accounts beyond those remembered.
    beyond: u64,
    /// Most accounts that stayed outside in an earlier window that was no spray.
    usual: usize,
}

/// What happened to one account.
#[derive(Default)]
struct Tried {
    failed: u32,
    /// Program of the first failure.
    agent: String,
    /// Addresses of its failures.
    failed_at: Vec<String>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    /// First failure's event.
    event: Option<String>,
    /// Right passwords: address, when, event.
    right: Vec<(String, Timestamp, String)>,
}

impl Spray {
    /// The detector.
    pub(super) fn new() -> Spray {
        Spray { groups: Memory::of(GROUPS), signed_in: Memory::of(8 * MOST) }
    }
}

impl Detector for Spray {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        let (Some(tried), Some(time), Some(address)) = (sign_in(event), event.time, event.address.as_deref()) else { return };
        let agent = event.agent.as_deref().unwrap_or_default();
        if tried.end == End::Inside {
            let here = self.signed_in.entry(address);
            if here.len() < 8 && !here.iter().any(|(account, with, _)| *account == tried.account && with == agent) {
                here.push((tried.account.clone(), agent.to_owned(), time));
            }
        }
        for (key, by_app) in keys(event).into_iter().zip([false, true]) {
            let group = self.groups.entry(&key);
            if group.opened.is_some_and(|opened| time.0 - opened.0 > WINDOW) {
                group.usual = std::mem::take(group).judged(&self.signed_in, out);
            }
            group.by_app = by_app;
            group.add(event, &tried.account, tried.end, address, time);
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        for group in self.groups.end("programs that sign in, for sprays of passwords", out).into_values() {
            group.judged(&self.signed_in, out);
        }
    }
}

/// What tries have in common: program, resource and way; and application, resource and way, for sprays that change their program.
fn keys(event: &Event) -> [String; 2] {
    let way = ["authenticationProtocol", "RequestType", "clientAppUsed"].iter().find_map(|n| told(event, n)).unwrap_or_default();
    let target = event.target.as_deref().unwrap_or_default();
    let of = |kind: &str, by: &Option<String>| format!("{kind}\n{}\n{target}\n{way}", by.as_deref().unwrap_or_default());
    [of("agent", &event.agent), of("app", &event.app)]
}

impl Group {
    fn add(&mut self, event: &Event, account: &str, end: End, address: &str, time: Timestamp) {
        self.opened.get_or_insert(time);
        if self.agents.len() < MOST {
            self.agents.insert(event.agent.clone().unwrap_or_default());
        }
        if self.accounts.len() >= MOST && !self.accounts.contains_key(account) {
            self.beyond += 1;
            return;
        }
        let tried = self.accounts.entry(account.to_owned()).or_default();
        match end {
            End::WrongPassword => {
                tried.failed += 1;
                if tried.event.is_none() {
                    tried.event = Some(event.id.clone());
                    tried.agent = event.agent.clone().unwrap_or_default();
                }
                tried.first.get_or_insert(time);
                tried.last = Some(time);
                self.failed_at.entry(address.to_owned()).or_insert(time);
                if tried.failed_at.len() < 8 && !tried.failed_at.iter().any(|at| at == address) {
                    tried.failed_at.push(address.to_owned());
                }
            }
            End::Inside | End::RightPassword | End::FactorDenied if tried.right.len() < 8 => {
                tried.right.push((address.to_owned(), time, event.id.clone()));
            }
            _ => {}
        }
    }

    /// Says whether this was a spray. Answers how many accounts stayed outside, where that was usual.
    fn judged(self, signed_in: &Memory<Vec<(String, String, Timestamp)>>, out: &mut Seen) -> usize {
        if self.beyond > 0 {
            out.cannot_say
                .push(format!("spray: of one program {} tries of more than {MOST} accounts in a week were not counted", self.beyond));
        }
        let own = |address: &str| self.is_own(address, signed_in.get(address));
        let strange = |tried: &Tried| tried.failed_at.iter().any(|at| !own(at));
        let failing: Vec<_> = self.accounts.iter().filter(|(_, t)| t.failed > 0 && strange(t)).collect();
        let outside: Vec<_> = failing.iter().copied().filter(|(_, t)| t.stayed_outside()).collect();
        let at = outside.iter().flat_map(|(_, t)| &t.failed_at).map(String::as_str);
        let from: BTreeSet<&str> = at.filter(|at| !own(at)).collect();
        let enough = match self.by_app {
            false => outside.len() >= ACCOUNTS,
            true => outside.len() >= 2 * ACCOUNTS && from.len() >= ACCOUNTS && !mostly_one(outside.iter().map(|(_, t)| t.agent.as_str())),
        };
        let hardly_any_got_in = outside.len() * 5 >= failing.len() * 4;
        if !enough || !hardly_any_got_in && outside.len() < 3 * self.usual.max(ACCOUNTS) {
            return self.usual.max(outside.len());
        }
        // Where hardly anyone else uses the program, each right password is the spray's.
        let all = outside.len() * 2 >= self.accounts.len();
        let hit = |at: &str| from.contains(at) || all && !own(at);
        let opened: Vec<_> = self.accounts.iter().filter(|(_, t)| t.right.iter().any(|(at, _, _)| hit(at))).collect();
        tell(self.signal(&outside, &opened, &from), out);
        self.usual
    }

    /// Whether an address is the organisation's own: people whom the group never touched sign in from there by other programs, or
    /// someone did so before the first failure there, or before the window where there was none, unless it was the spray itself a moment ago.
    fn is_own(&self, address: &str, signed_in: Option<&Vec<(String, String, Timestamp)>>) -> bool {
        let failed = self.failed_at.get(address).copied().or(self.opened).map_or(i64::MAX, |t| t.0);
        signed_in.into_iter().flatten().any(|(account, agent, first)| match self.agents.contains(agent) {
            true => first.0 + 3_600 < failed,
            false => first.0 < failed || !self.accounts.contains_key(account),
        })
    }

    fn signal(&self, outside: &[(&String, &Tried)], opened: &[(&String, &Tried)], from: &BTreeSet<&str>) -> Signal {
        let mut signal = ABOUT.signal();
        let shown = if opened.is_empty() { outside } else { opened };
        shown.iter().for_each(|(account, _)| name(&mut signal.subjects, Some(account)));
        for (at, _, event) in opened.iter().flat_map(|(_, t)| &t.right) {
            name(&mut signal.addresses, Some(at));
            name(&mut signal.rests_on, Some(event));
        }
        from.iter().for_each(|at| name(&mut signal.addresses, Some(at)));
        outside.iter().for_each(|(_, t)| name(&mut signal.rests_on, t.event.as_deref()));
        let failures = outside.iter().flat_map(|(_, t)| [t.first, t.last]).flatten();
        let times = failures.chain(opened.iter().flat_map(|(_, t)| t.right.iter().map(|(_, time, _)| *time)));
        (signal.first, signal.last) = (times.clone().min(), times.max());
        let most = outside.iter().map(|(_, t)| t.failed).max().unwrap_or_default();
        let by = match self.agents.first() {
            Some(agent) if self.agents.len() == 1 => format!("one program ({})", agent.chars().take(120).collect::<String>()),
            _ => format!("{} programs", self.agents.len()),
        };
        let end = match opened.len() {
            0 => "No password was right.".to_owned(),
            n => format!("The password of {n} was right: these are the subjects."),
        };
        if !opened.is_empty() {
            signal.title = "Passwords were tried on many accounts, and one was right".to_owned();
            signal.actor = opened.first().map(|(account, _)| (*account).clone());
        }
        signal.because = format!(
            "{} accounts failed to sign in by {by} from {} addresses, at most {most} times each within seven days, and stayed outside. {end}",
            outside.len(),
            from.len()
        );
        signal
    }
}

/// Two logs tell of one spray: then it is one signal, that of the first with what the second adds.
fn tell(signal: Signal, out: &mut Seen) {
    let meets = |a: &[String], b: &[String]| a.iter().any(|n| b.contains(n));
    let same = |s: &&mut Signal| {
        let at_once = s.first <= signal.last && signal.first <= s.last;
        s.detector == ABOUT.id && at_once && meets(&s.subjects, &signal.subjects) && meets(&s.addresses, &signal.addresses)
    };
    match out.signals.iter_mut().find(same) {
        Some(told) => signal.rests_on.iter().for_each(|id| name(&mut told.rests_on, Some(id))),
        None => out.signals.push(signal),
    }
}

/// Whether half of all is one: then that program makes a group of its own.
fn mostly_one<'a>(agents: impl Iterator<Item = &'a str>) -> bool {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    agents.for_each(|a| *counts.entry(a).or_default() += 1);
    counts.values().max().is_some_and(|most| most * 2 >= counts.values().sum())
}

impl Tried {
    /// Failed a few times, and never got in from where it failed.
    fn stayed_outside(&self) -> bool {
        self.failed <= FEW && !self.right.iter().any(|(at, _, _)| self.failed_at.contains(at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{run, tried};

    const HOUR: i64 = 3_600;

    fn users(n: i64) -> impl Iterator<Item = (i64, String)> {
        (0..n).map(|i| (i, format!("user{i}@x.example")))
    }

    /// One try an hour, each from an address of its own.
    fn slow(n: i64) -> Vec<Event> {
        users(n).map(|(i, user)| tried(i * HOUR, &user, "50126", "tool/1", &format!("203.0.{i}.9"))).collect()
    }

    #[test]
    fn a_slow_spray_from_an_address_for_each_try_is_seen_with_the_account_it_opened() {
        let mut events = slow(9);
        events.push(tried(20 * HOUR, "legacy@x.example", "0", "tool/1", "203.0.200.9"));
        let out = run(Spray::new(), events);
        assert_eq!(out.signals.len(), 1, "{out:?}");
        let signal = &out.signals[0];
        assert_eq!(signal.subjects, ["legacy@x.example"]);
        assert_eq!((signal.addresses.len(), signal.rests_on.len()), (10, 10));
    }

    #[test]
    fn a_password_that_was_right_but_stopped_counts_as_opened() {
        let mut events = slow(6);
        events.push(tried(7 * HOUR, "user3@x.example", "50076", "tool/1", "203.0.99.9"));
        assert_eq!(run(Spray::new(), events).signals[0].subjects, ["user3@x.example"]);
    }

    #[test]
    fn a_spray_without_success_names_whom_it_tried() {
        let out = run(Spray::new(), slow(6));
        assert_eq!((out.signals.len(), out.signals[0].subjects.len()), (1, 6));
    }

    #[test]
    fn a_spray_that_changes_its_program_with_each_try_is_seen_by_its_application() {
        let events: Vec<_> =
            users(12).map(|(i, user)| tried(i * HOUR, &user, "50126", &format!("agent {i}"), &format!("203.0.{i}.9"))).collect();
        assert_eq!(run(Spray::new(), events).signals.len(), 1);
    }

    #[test]
    fn people_who_mistype_and_get_in_are_no_spray() {
        let mistype = |(i, user): (i64, String)| {
            let at = format!("203.0.{i}.9");
            [tried(i * HOUR, &user, "50126", "Outlook", &at), tried(i * HOUR + 20, &user, "0", "Outlook", &at)]
        };
        assert!(run(Spray::new(), users(40).flat_map(mistype).collect()).signals.is_empty());
    }

    #[test]
    fn one_spray_in_two_logs_is_one_signal() {
        let audit = |e: Event| Event {
            id: format!("{}/audit", e.id),
            source: LogSource::UnifiedAudit,
            operation: "UserLoginFailed".to_owned(),
            target: Some("00000002".to_owned()),
            ..e
        };
        let out = run(Spray::new(), [slow(6), slow(6).into_iter().map(audit).collect()].concat());
        assert_eq!((out.signals.len(), out.signals[0].rests_on.len()), (1, 12));
    }

    #[test]
    fn few_accounts_or_one_that_fails_all_day_are_no_spray() {
        assert!(run(Spray::new(), slow(4)).signals.is_empty());
        let stuck = users(9).flat_map(|(i, user)| (0..20).map(move |n| tried(i * HOUR + n * 60, &user, "50126", "old phone", "203.0.1.9")));
        assert!(run(Spray::new(), stuck.collect()).signals.is_empty());
    }

    #[test]
    fn an_office_from_which_others_sign_in_is_no_spray() {
        let mut events: Vec<_> = users(9).map(|(i, user)| tried(i * 60, &user, "50126", "tool/1", "198.51.100.7")).collect();
        events.push(tried(200, "other@x.example", "0", "Chrome", "198.51.100.7"));
        assert!(run(Spray::new(), events).signals.is_empty());
    }
}
