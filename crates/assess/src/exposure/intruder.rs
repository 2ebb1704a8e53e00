//! What the intruder is known by.

use crate::coverage::ACCESSED;
use crate::usage::is_guid;
use aftermail_model::{Event, Signal, Timestamp};
use std::collections::BTreeSet;

/// From when until when the intruder was in. Open where it is not known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Window {
    /// When the theft began.
    pub from: Option<Timestamp>,
    /// When the intruder was out.
    pub to: Option<Timestamp>,
}

impl Window {
    /// Whether the time lies in it. A time that is not known may.
    pub fn holds(&self, time: Option<Timestamp>) -> bool {
        let Some(time) = time else { return true };
        self.from.is_none_or(|from| from <= time) && self.to.is_none_or(|to| time <= to)
    }
}

/// What tells the intruder's records from others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Intruder {
    /// Ids of sessions, in lower case.
    pub sessions: BTreeSet<String>,
    /// Ids of tokens (`uti`).
    pub tokens: BTreeSet<String>,
    /// Addresses of clients, as [`Event::address`] writes them.
    pub addresses: BTreeSet<String>,
    /// Ids of applications, in lower case.
    pub apps: BTreeSet<String>,
    /// Accounts that the intruder controls, in lower case. What they do in mailboxes of others is the intruder's; in their own it may
    /// be their owner's.
    pub accounts: BTreeSet<String>,
    /// When.
    pub window: Window,
}

/// Techniques (ATT&CK) whose signals tell sessions and addresses of an intruder; those whose signals tell an application that reads
/// mail; and those whose signals have an application for their subject. Through which application a change was made tells nothing:
/// that is a portal or a shell of the provider's.
const BY_CONTEXT: [&str; 7] = ["T1078", "T1110", "T1114.002", "T1550", "T1606", "T1621", "T1098.005"];
const BY_READER: [&str; 1] = ["T1114.002"];
const BY_SUBJECT: [&str; 4] = ["T1098.001", "T1098.003", "T1136.003", "T1528"];
/// How the ids of the provider's own applications end: all mail is read through some of these.
const OF_PROVIDER: [&str; 2] = ["-0000-0000-c000-000000000000", "-0000-0ff1-ce00-000000000000"];

impl Intruder {
    /// What detectors saw of one. A person should look at it before verdicts rest on it: a signal may be a false alarm.
    pub fn from_signals(signals: &[Signal], window: Window) -> Intruder {
        let mut intruder = Intruder { window, ..Intruder::default() };
        for signal in signals {
            let of = |techniques: &[&str]| signal.techniques.iter().any(|t| techniques.iter().any(|own| t.starts_with(own)));
            if of(&BY_CONTEXT) {
                intruder.sessions.extend(signal.sessions.iter().map(|s| s.to_lowercase()));
                intruder.addresses.extend(signal.addresses.iter().cloned());
            }
            let read = signal.apps.iter().filter(|_| of(&BY_READER));
            let changed = signal.subjects.iter().filter(|_| of(&BY_SUBJECT)).map(|s| s.rsplit('_').next().unwrap_or(s));
            let apps = read.map(String::as_str).chain(changed).filter(|a| is_guid(a)).map(str::to_lowercase);
            intruder.apps.extend(apps.filter(|a| !OF_PROVIDER.iter().any(|own| a.ends_with(own))));
        }
        intruder
    }

    /// By what an event is the intruder's, in words; none where nothing tells.
    pub(crate) fn told_by(&self, e: &Event) -> Option<String> {
        if !self.window.holds(e.time) {
            return None;
        }
        let known = |set: &BTreeSet<String>, name: &Option<String>| {
            // Most cases know only some of it, and this is asked of every event.
            name.as_ref().filter(|n| !set.is_empty() && set.contains(&n.to_lowercase())).cloned()
        };
        if let Some(session) = known(&self.sessions, &e.session) {
            return Some(format!("session {session}"));
        }
        if let Some(token) = e.token.as_ref().filter(|t| self.tokens.contains(*t)) {
            return Some(format!("token {token}"));
        }
        if let Some(app) = known(&self.apps, &e.app) {
            return Some(format!("application {app}"));
        }
        if let Some(address) = known(&self.addresses, &e.address) {
            return Some(format!("address {address}"));
        }
        let others = e.operation == ACCESSED && !e.target.as_ref().zip(e.actor.as_ref()).is_some_and(|(t, a)| t.eq_ignore_ascii_case(a));
        known(&self.accounts, &e.actor).filter(|_| others).map(|account| format!("account {account} in the mailbox of another"))
    }
}
