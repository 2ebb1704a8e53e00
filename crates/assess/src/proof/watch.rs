//! What has become of one secret so far.

use super::deed::{Deed, State};
use super::hands::{Hand, Seen};
use super::subject::Subject;
use super::trace::Trace;
use crate::usage::{Place, Use};
use aftermail_model::{ExposedSecret, Outcome, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Records that look like a proof, doors and networks that are kept for one secret.
const KEPT: usize = 64;
/// Seconds in which a change reaches all servers, so that a use within them contradicts nothing.
pub(super) const SETTLES: i64 = 300;
/// Seconds around a change by the account itself in which its sign-ins tell who did it.
pub(super) const AROUND: i64 = 900;
/// Seconds in which a new key completes the removal of the old one.
const ROTATION: i64 = 86_400;
/// Seconds around the creation of an account in which its stamps cut nothing.
const CREATION: i64 = 5;

/// A record after which the secret opens nothing.
#[derive(Debug, Clone)]
pub(super) struct Gone {
    pub(super) at: Timestamp,
    pub(super) id: String,
    pub(super) how: String,
    pub(super) by_itself: bool,
    /// Uses from the first exposure to it.
    pub(super) uses: u64,
}

/// A time and the record that tells it.
pub(super) type At = (Timestamp, String);

/// One secret, and all that records said of it.
#[derive(Debug)]
pub(super) struct Watch {
    pub(super) subject: Subject,
    pub(super) first: Option<Timestamp>,
    pub(super) last: Option<Timestamp>,
    /// The record that counts.
    pub(super) gone: Option<Gone>,
    /// One that would, had the secret not been exposed again later.
    pub(super) early: Option<Gone>,
    /// Deleted, and restorable until then.
    pub(super) binned: Option<(Gone, i64)>,
    /// Made valid again, or opened by another key, after that.
    pub(super) back: Option<(At, String)>,
    /// Another key beside it.
    pub(super) new: Option<At>,
    /// Sessions that began before the first time were cut by this record.
    pub(super) cut: Option<(Timestamp, String)>,
    /// Changed, and nobody can tell by whom.
    pub(super) unknown_hand: Option<(Timestamp, String)>,
    /// Doors that were opened since the exposure and are open.
    pub(super) doors: BTreeMap<String, At>,
    pub(super) looks: Vec<String>,
    pub(super) looks_beyond: u64,
    /// Uses, and what they tell.
    pub(super) trace: Trace,
    /// The account chose its own password after an administrator had set one.
    pub(super) own_choice: bool,
    rotated: BTreeSet<String>,
    made: BTreeSet<String>,
    created: Option<Timestamp>,
    factor_removed: Option<Timestamp>,
    /// When the password of the account was set, where the secret is its second factor.
    pub(super) password: Option<Timestamp>,
    resets: u32,
}

impl Watch {
    pub(super) fn new(secret: &ExposedSecret) -> Watch {
        Watch {
            subject: Subject::new(secret),
            first: secret.first_exposed,
            last: secret.last_exposed.max(secret.first_exposed),
            gone: None,
            early: None,
            binned: None,
            back: None,
            new: None,
            cut: None,
            unknown_hand: None,
            doors: BTreeMap::new(),
            looks: Vec::new(),
            looks_beyond: 0,
            trace: Trace::default(),
            own_choice: false,
            rotated: BTreeSet::new(),
            made: BTreeSet::new(),
            created: None,
            factor_removed: None,
            password: None,
            resets: 0,
        }
    }

    /// A use of the secret, or of its account.
    pub(super) fn used(&mut self, seen: &Seen<'_>, used: Use, exact: bool) {
        let gone = self.gone.as_ref().map(|g| g.at).filter(|_| self.back.is_none());
        self.trace.used(seen, used, exact, (self.first, gone));
    }

    /// The account does something, or tries to.
    pub(super) fn acted(&mut self, seen: &Seen<'_>) {
        let time = seen.time;
        self.trace.acted(seen);
        let own = self.gone.as_ref().filter(|g| g.by_itself && seen.hand == Hand::Intruder && time.0 - g.at.0 <= AROUND);
        if let Some(gone) = own {
            let why = format!(
                "the password was {} on {}, and {} s later the intruder was at the account: its own doing",
                gone.how,
                gone.at,
                time.0 - gone.at.0
            );
            self.gone = None;
            self.look(why);
        }
        let done = seen.event.outcome != Outcome::Failure;
        let after = self.gone.as_ref().is_some_and(|g| time.0 > g.at.0 + SETTLES);
        if after && done && seen.hand == Hand::Intruder {
            let session = seen.event.session.is_some() && self.trace.contradicted.is_none();
            self.trace.intruder_after(time, &seen.event.id, session);
        }
    }

    /// The application signs in with another key.
    pub(super) fn other_key(&mut self, seen: &Seen<'_>) {
        let time = seen.time;
        let own = seen.event.credential.as_ref().is_none_or(|c| self.subject.keys.contains(&crate::usage::key(c)));
        if !own && self.subject.place == Place::EntraApp && self.gone.is_some() && seen.event.outcome == Outcome::Success {
            self.trace.other_key.get_or_insert(time);
        }
    }

    /// What a record says was done. Gives back names that it taught.
    pub(super) fn take(&mut self, deed: &Deed, seen: &Seen<'_>) -> Vec<String> {
        let time = seen.time;
        match deed {
            Deed::Password { whose, how, by_itself } if self.subject.is_account(whose) => self.password(how, *by_itself, seen),
            Deed::Cut { whose, from } if self.subject.is_account(whose) => self.cut(*from, seen),
            Deed::Created { whose } if self.subject.is_account(whose) => self.created = Some(time),
            Deed::Factor { whose, registered } if self.subject.is_account(whose) => self.factor(*registered, seen),
            Deed::Keys { holder, gone, new, back, how } => return self.keys((holder, gone, new, back), how, seen),
            Deed::Holder { names, state, how } if self.subject.is_held_by(names) => self.holder(*state, how, seen),
            Deed::Same { names } if names.iter().any(|n| self.subject.holders.contains(n)) => return self.subject.learn_holders(names),
            Deed::Door { whose, what, name, open } => return self.door(whose.as_deref(), what, name, *open, seen),
            Deed::Looks { names, why } if self.speaks_of_it(names) && self.first.is_none_or(|f| time >= f) => {
                self.look(format!("{why} ({time})"))
            }
            _ => (),
        }
        Vec::new()
    }

    fn speaks_of_it(&self, names: &[String]) -> bool {
        self.subject.is_held_by(names) || names.iter().any(|n| self.subject.keys.contains(n) || self.subject.need.contains(n))
    }

    pub(super) fn look(&mut self, why: String) {
        if self.looks.len() < KEPT { self.looks.push(why) } else { self.looks_beyond += 1 }
    }

    /// A record that counts, unless whoever did it, or when, says otherwise.
    fn gone(&mut self, how: &str, by_itself: bool, seen: &Seen<'_>) {
        let time = seen.time;
        if self.first.is_some_and(|first| time < first) {
            return;
        }
        if seen.hand == Hand::Intruder {
            return self.look(format!("{how} on {time} by the intruder's own session, address or account"));
        }
        if by_itself && seen.hand != Hand::Trusted && !self.trace.is_owner(seen) {
            let place = seen
                .event
                .address
                .as_deref()
                .map_or("no address".to_owned(), |a| format!("the address {a}, which was not seen with the account before"));
            self.unknown_hand =
                Some((time, format!("{how} on {time} by the account itself, or by whoever passed for it: the record has {place}")));
            return;
        }
        let gone = Gone { at: time, id: seen.event.id.clone(), how: how.to_owned(), by_itself, uses: self.trace.open };
        if self.last.is_some_and(|last| time <= last) {
            self.early = Some(gone);
            return;
        }
        // The first good reset ends the window; a later one mends what went wrong after it.
        if self.gone.is_none() || self.back.is_some() || self.trace.contradicted.is_some() {
            self.gone = Some(gone);
            self.back = None;
            self.own_choice = false;
            self.trace.begin_again();
        }
    }

    fn password(&mut self, how: &str, by_itself: bool, seen: &Seen<'_>) {
        let time = seen.time;
        self.own_choice |= by_itself && self.gone.is_some();
        if self.subject.is_factor() {
            self.password = Some(time);
            return;
        }
        if !self.subject.signs_in() && !self.subject.is_session() {
            return;
        }
        if self.subject.is_session() {
            return self.look(format!("the password was {how} on {time}; what ends this secret is that sessions are cut"));
        }
        // The key of a whole domain is kept in two generations.
        if self.subject.is_account("krbtgt") {
            self.resets += u32::from(self.last.is_none_or(|last| time > last));
            if self.resets < 2 {
                return self.look(format!("krbtgt was reset once, on {time}: its old key opens until the second reset"));
            }
        }
        self.gone(&format!("the password was {how}"), by_itself, seen);
    }

    fn cut(&mut self, from: Option<Timestamp>, seen: &Seen<'_>) {
        let time = seen.time;
        let from = from.unwrap_or(time);
        if self.created.is_some_and(|c| (from.0 - c.0).abs() <= CREATION) {
            return self.look(format!("a stamp of sessions on {time} was written when the account was created"));
        }
        if self.last.is_some_and(|last| from <= last) {
            return;
        }
        self.cut = Some((from, seen.event.id.clone()));
        if self.subject.is_session() {
            self.gone("the sessions were cut", false, seen);
        }
    }

    fn factor(&mut self, registered: bool, seen: &Seen<'_>) {
        let time = seen.time;
        if !self.subject.is_factor() {
            drop(self.door(None, "a second factor", "of the account", registered, seen));
            return;
        }
        match (registered, self.factor_removed, self.password) {
            (false, _, Some(_)) => self.factor_removed = Some(time),
            (false, _, None) => {
                self.look(format!(
                    "the second factor was removed on {time}, before the password was changed: whoever held both could register again"
                ));
            }
            (true, Some(_), _) => {
                self.gone("the second factor was removed after the password was changed, and another registered", true, seen)
            }
            (true, None, _) => self.look(format!("a second factor was registered on {time}, and the exposed one was not removed before")),
        }
    }

    fn keys(&mut self, (holder, gone, new, back): Keys<'_>, how: &str, seen: &Seen<'_>) -> Vec<String> {
        let time = seen.time;
        let own = |keys: &[String], subject: &Subject| keys.iter().any(|k| subject.keys.contains(k));
        let held = self.subject.is_held_by(holder);
        let taught = if own(gone, &self.subject) || own(new, &self.subject) { self.subject.learn_holders(holder) } else { Vec::new() };
        if !self.subject.need.is_empty() {
            self.one_of_several(gone, how, seen);
        } else if own(gone, &self.subject) {
            self.gone(how, false, seen);
        } else if self.subject.place == Place::Vault && held && !gone.is_empty() {
            self.version(gone, how, seen);
        } else if own(back, &self.subject) || own(new, &self.subject) {
            self.opened(how, seen);
        } else if held && !new.is_empty() {
            self.another(new, seen);
        } else if held && !gone.is_empty() && self.since(time) {
            self.look(format!("{how} on {time}, and it was another key than the exposed one"));
        }
        taught
    }

    fn since(&self, time: Timestamp) -> bool {
        self.first.is_some_and(|first| time >= first)
    }

    /// The secret is one of several keys, and nothing tells which: all must go.
    fn one_of_several(&mut self, gone: &[String], how: &str, seen: &Seen<'_>) {
        let time = seen.time;
        let hit: Vec<String> = gone.iter().filter(|k| self.subject.need.contains(*k)).cloned().collect();
        if hit.is_empty() {
            let ours = gone.iter().any(|k| k.split_once('/').is_some_and(|(account, _)| self.subject.holders.contains(account)));
            if ours && self.since(time) {
                self.new = Some((time, seen.event.id.clone()));
                self.look(format!("{how} on {time}, and the exposed one is {}", self.wanted()));
            }
            return;
        }
        if self.last.is_none_or(|last| time > last) && seen.hand != Hand::Intruder {
            self.rotated.extend(hit);
        }
        if self.subject.need.is_subset(&self.rotated) || seen.hand == Hand::Intruder {
            self.gone(how, false, seen);
        } else if self.since(time) {
            self.new = Some((time, seen.event.id.clone()));
            self.look(format!("{how} on {time}; nothing tells which key was exposed, and still to be changed are {}", self.wanted()));
        }
    }

    /// Keys that are still to be changed.
    fn wanted(&self) -> String {
        let names = self.subject.need.difference(&self.rotated).map(|k| k.rsplit('/').next().unwrap_or(k));
        names.map(|k| if k == "delegation" { "the keys of delegation" } else { k }).collect::<Vec<_>>().join(", ")
    }

    /// A version of a vault's secret was disabled: it counts if it is not one of those made since the exposure.
    fn version(&mut self, gone: &[String], how: &str, seen: &Seen<'_>) {
        let time = seen.time;
        let known = !self.subject.keys.is_empty();
        if known || gone.iter().any(|v| self.made.contains(v)) {
            return self.look(format!("{how} on {time}, and it was another version than the exposed one"));
        }
        self.gone(how, false, seen);
    }

    /// Another key of the same holder.
    fn another(&mut self, new: &[String], seen: &Seen<'_>) {
        let time = seen.time;
        if !self.since(time) {
            return;
        }
        self.made.extend(new.iter().take(KEPT.saturating_sub(self.made.len())).cloned());
        match &self.gone {
            None => self.new = Some((time, seen.event.id.clone())),
            Some(gone) => {
                let late = self.subject.place == Place::EntraApp && time.0 - gone.at.0 > ROTATION;
                if self.back.is_none() && (late || seen.hand == Hand::Intruder) {
                    let why = "a new secret was added to the same holder: unless it was you, it is open again";
                    self.back = Some(((time, seen.event.id.clone()), why.to_owned()));
                }
            }
        }
    }

    fn holder(&mut self, state: State, how: &str, seen: &Seen<'_>) {
        let time = seen.time;
        match state {
            State::Disabled | State::Purged => self.gone(how, false, seen),
            State::Opened => self.opened(how, seen),
            State::Binned { days } if self.last.is_none_or(|last| time > last) && seen.hand != Hand::Intruder => {
                self.look(format!("{how} ({time})"));
                let gone = Gone { at: time, id: seen.event.id.clone(), how: how.to_owned(), by_itself: false, uses: self.trace.open };
                self.binned.get_or_insert((gone, days));
            }
            State::Binned { .. } => (),
        }
    }

    /// It opens again.
    fn opened(&mut self, how: &str, seen: &Seen<'_>) {
        let time = seen.time;
        self.binned = None;
        if self.gone.is_some() {
            self.back = Some(((time, seen.event.id.clone()), how.to_owned()));
        }
    }

    fn door(&mut self, whose: Option<&str>, what: &str, name: &str, open: bool, seen: &Seen<'_>) -> Vec<String> {
        let time = seen.time;
        let key = format!("{what} {name}");
        if !open {
            self.doors.remove(&key);
            return Vec::new();
        }
        // What the owner opens after the reset, or somebody from a known place, is no door of the intruder.
        let through_it = whose.is_none_or(|w| self.subject.is_account(w)) && self.subject.signs_in();
        let suspect = seen.hand == Hand::Intruder || self.gone.is_none() && seen.hand != Hand::Trusted && !self.trace.is_owner(seen);
        if !through_it || !suspect || !self.since(time) || self.doors.len() >= KEPT {
            return Vec::new();
        }
        self.doors.entry(key.clone()).or_insert((time, seen.event.id.clone()));
        vec![key]
    }
}

/// Holder, and keys that are gone, new, or back.
type Keys<'d> = (&'d [String], &'d [String], &'d [String], &'d [String]);
