//! Secrets by which people sign in: passwords, sessions, second factors, and the doors that they opened.

use super::hands::{Hand, Seen};
use super::watch::{KEPT, SETTLES, Watch};
use aftermail_model::{Outcome, Timestamp};

/// Seconds around a change by the account itself in which its sign-ins tell who did it.
pub(super) const AROUND: i64 = 900;
/// Seconds around the creation of an account in which its stamps cut nothing.
const CREATION: i64 = 5;

impl Watch {
    /// The account does something, or tries to.
    pub(super) fn acted(&mut self, seen: &Seen<'_>) {
        let time = seen.time;
        self.trace.acted(seen);
        if seen.hand != Hand::Intruder {
            return;
        }
        self.undo_own_doing(time);
        let after = self.gone.as_ref().is_some_and(|g| time.0 > g.at.0 + SETTLES);
        if after && seen.event.outcome != Outcome::Failure {
            let session = seen.event.session.is_some() && self.trace.contradicted.is_none();
            self.trace.intruder_after(time, &seen.event.id, session);
        }
    }

    /// A change by the account itself, and the intruder is at the account just afterwards.
    fn undo_own_doing(&mut self, time: Timestamp) {
        let near = |at: Timestamp| time.0 - at.0 <= AROUND;
        let own = self.gone.as_ref().filter(|g| g.by_itself && near(g.at)).map(|g| (g.at, g.how.clone()));
        let own = own.or_else(|| self.unknown_hand.clone().filter(|(at, _)| near(*at)));
        let Some((at, how)) = own else { return };
        self.gone = None;
        self.unknown_hand = None;
        self.resets.clear();
        self.look(format!("{how}; {} s after {at} the intruder was at the account: its own doing", time.0 - at.0));
    }

    pub(super) fn password(&mut self, whose: &str, how: &str, by_itself: bool, seen: &Seen<'_>) {
        let Some(person) = self.subject.person(whose).filter(|_| self.subject.signs_in() || self.subject.is_session()) else { return };
        let (time, how) = (seen.time, format!("the password was {how}"));
        if self.subject.is_session() && self.is_of_place(seen) {
            return self.look(format!("{how} on {time}; what ends this secret is that sessions are cut"));
        }
        // The key of a whole domain is kept in two generations.
        if self.subject.is_account("krbtgt") {
            self.generations += u32::from(self.after_last(time));
            if self.generations < 2 {
                return self.look(format!("krbtgt was reset once, on {time}: its old key opens until the second reset"));
            }
        }
        self.own_choice |= by_itself && self.gone.is_some();
        self.ended_for(person, &how, by_itself, seen);
    }

    /// For one of its accounts the secret opens nothing any more: it has ended when that is so for all.
    pub(super) fn ended_for(&mut self, person: usize, how: &str, by_itself: bool, seen: &Seen<'_>) {
        let time = seen.time;
        if !self.is_of_place(seen) {
            if self.since(time) {
                self.look(format!("{how} on {time} in another system than the one that the mail names: nothing tells that it is the same"));
            }
            return;
        }
        let Some(gone) = self.counts(how, by_itself, seen) else { return };
        // The first reset ended the exposed password; another is of its successor, unless the first came to nothing.
        if self.back.is_some() || self.trace.contradicted.is_some() || !self.resets.contains_key(&person) {
            self.resets.insert(person, time);
        }
        if self.subject.is_factor() {
            return;
        }
        match self.still_open() {
            None => self.end(gone),
            Some(open) => {
                self.beside(seen);
                self.look(format!("{how} on {time} for one account, and the same secret opens {open}, too"));
            }
        }
    }

    /// Whether the record is of the place that the secret opens.
    fn is_of_place(&self, seen: &Seen<'_>) -> bool {
        self.subject.place.shows_change().contains(&seen.event.source)
    }

    /// Accounts of this secret that were not reset yet.
    fn still_open(&self) -> Option<String> {
        let open = self.subject.people.iter().enumerate().filter(|(nth, _)| !self.resets.contains_key(nth));
        let names: Vec<&str> = open.map(|(_, name)| name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(", "))
    }

    pub(super) fn cut(&mut self, whose: &str, from: Option<Timestamp>, seen: &Seen<'_>) {
        let Some(person) = self.subject.person(whose) else { return };
        let time = seen.time;
        let from = from.unwrap_or(time);
        if self.created.is_some_and(|c| (from.0 - c.0).abs() <= CREATION) {
            return self.look(format!("a stamp of sessions on {time} was written when the account was created"));
        }
        if !self.after_last(from) || !self.is_of_place(seen) {
            return;
        }
        self.cuts.insert(person, (from, seen.event.id.clone()));
        if self.subject.is_session() {
            self.ended_for(person, "the sessions were cut", false, seen);
        }
    }

    pub(super) fn factor(&mut self, registered: bool, seen: &Seen<'_>) {
        let time = seen.time;
        if !self.subject.is_factor() {
            drop(self.door(None, "a second factor", "of the account", registered, seen));
            return;
        }
        match (registered, self.factor_removed.is_some(), self.resets.is_empty()) {
            (false, _, false) => self.factor_removed = Some(time),
            (false, _, true) => self.look(format!(
                "the second factor was removed on {time}, before the password was changed: whoever held both could register again"
            )),
            (true, true, _) => {
                self.gone("the second factor was removed after the password was changed, and another registered", true, seen)
            }
            (true, false, _) => self.look(format!("a second factor was registered on {time}, and the exposed one was not removed before")),
        }
    }

    /// Access beside the secret. Gives back the name by which its end is found.
    pub(super) fn door(&mut self, whose: Option<&str>, what: &str, name: &str, open: bool, seen: &Seen<'_>) -> Vec<String> {
        let key = format!("{what} {name}");
        if !open {
            self.doors.remove(&key);
            return Vec::new();
        }
        // What the owner opens after the reset, or somebody from a known place, is no door of the intruder.
        let through_it = whose.is_none_or(|w| self.subject.is_account(w)) && self.subject.signs_in();
        let suspect = seen.hand == Hand::Intruder || self.gone.is_none() && seen.hand != Hand::Trusted && !self.trace.is_owner(seen);
        if !through_it || !suspect || !self.since(seen.time) || self.doors.len() >= KEPT {
            return Vec::new();
        }
        self.doors.entry(key.clone()).or_insert((seen.time, seen.event.id.clone()));
        vec![key]
    }
}
