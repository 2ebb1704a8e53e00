//! What has become of one secret so far.

use super::deed::Deed;
use super::hands::{Hand, Seen};
use super::subject::Subject;
use super::trace::Trace;
use crate::usage::{Place, Use};
use aftermail_model::{ExposedSecret, Outcome, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Records that look like a proof, doors and versions that are kept for one secret.
pub(super) const KEPT: usize = 64;
/// Seconds in which a change reaches all servers, so that a use within them contradicts nothing.
pub(super) const SETTLES: i64 = 300;

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
    /// When it ends by itself.
    pub(super) expires: Option<Timestamp>,
    /// The record that counts.
    pub(super) gone: Option<Gone>,
    /// One that would, had the secret not been exposed again later.
    pub(super) early: Option<Gone>,
    /// Deleted, and restorable for so many days.
    pub(super) binned: Option<(Gone, i64)>,
    /// Made valid again, or opened by another key, after that; and why.
    pub(super) back: Option<(At, String)>,
    /// Something was changed, and the exposed one was not.
    pub(super) new: Option<At>,
    /// When each of its accounts was given another password.
    pub(super) resets: BTreeMap<usize, Timestamp>,
    /// Sessions of each of its accounts that began before the time were cut by the record.
    pub(super) cuts: BTreeMap<usize, At>,
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
    /// Keys that were changed, of several that must be.
    pub(super) rotated: BTreeSet<String>,
    /// Keys that came since the exposure.
    pub(super) made: BTreeSet<String>,
    pub(super) created: Option<Timestamp>,
    pub(super) factor_removed: Option<Timestamp>,
    /// How often the key of a whole domain was changed.
    pub(super) generations: u32,
}

impl Watch {
    pub(super) fn new(secret: &ExposedSecret) -> Watch {
        Watch {
            subject: Subject::new(secret),
            first: secret.first_exposed,
            last: secret.last_exposed.max(secret.first_exposed),
            expires: secret.expires,
            gone: None,
            early: None,
            binned: None,
            back: None,
            new: None,
            resets: BTreeMap::new(),
            cuts: BTreeMap::new(),
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
            generations: 0,
        }
    }

    /// A use of the secret, or of its account.
    pub(super) fn used(&mut self, seen: &Seen<'_>, used: Use, exact: bool) {
        let gone = self.gone.as_ref().map(|g| g.at).filter(|_| self.back.is_none());
        let ended = [gone, self.expires].into_iter().flatten().min();
        self.trace.used(seen, used, exact, (self.first, ended));
    }

    /// The application signs in with another key.
    pub(super) fn other_key(&mut self, seen: &Seen<'_>) {
        let own = seen.event.credential.as_ref().is_none_or(|c| self.subject.keys.contains(&crate::usage::key(c)));
        if !own && self.subject.place == Place::EntraApp && self.gone.is_some() && seen.event.outcome == Outcome::Success {
            self.trace.other_key.get_or_insert(seen.time);
        }
    }

    /// What a record says was done. Gives back names that it taught.
    pub(super) fn take(&mut self, deed: &Deed, seen: &Seen<'_>) -> Vec<String> {
        match deed {
            Deed::Password { whose, how, by_itself } => self.password(whose, how, *by_itself, seen),
            Deed::Cut { whose, from } => self.cut(whose, *from, seen),
            Deed::Created { whose } if self.subject.is_account(whose) => self.created = Some(seen.time),
            Deed::Factor { whose, registered } if self.subject.is_account(whose) => self.factor(*registered, seen),
            Deed::Keys { holder, .. } => {
                self.keys(deed, seen);
                return if self.subject.is_named(deed) { self.subject.learn_holders(holder) } else { Vec::new() };
            }
            Deed::Holder { names, state, how } if self.subject.is_held_by(names) => self.holder(names, *state, how, seen),
            Deed::Same { names } if names.iter().any(|n| self.subject.holders.contains(n)) => return self.subject.learn_holders(names),
            Deed::Door { whose, what, name, open } => return self.door(whose.as_deref(), what, name, *open, seen),
            Deed::Looks { names, why } if self.speaks_of_it(names) && self.since(seen.time) => self.look(format!("{why} ({})", seen.time)),
            _ => (),
        }
        Vec::new()
    }

    fn speaks_of_it(&self, names: &[String]) -> bool {
        self.subject.is_held_by(names) || names.iter().any(|n| self.subject.keys.contains(n) || self.subject.need.contains(n))
    }

    /// A record that looks like a proof and is none.
    pub(super) fn look(&mut self, why: String) {
        match self.looks.len() {
            _ if self.looks.last() == Some(&why) => (),
            0..KEPT => self.looks.push(why),
            _ => self.looks_beyond += 1,
        }
    }

    /// Whether it was exposed by then.
    pub(super) fn since(&self, time: Timestamp) -> bool {
        self.first.is_none_or(|first| time >= first)
    }

    /// Whether it was never exposed again after that.
    pub(super) fn after_last(&self, time: Timestamp) -> bool {
        self.last.is_none_or(|last| time > last)
    }

    /// Whether a change counts: whoever did it, and when, may say otherwise.
    pub(super) fn counts(&mut self, how: &str, by_itself: bool, seen: &Seen<'_>) -> Option<Gone> {
        let time = seen.time;
        if !self.since(time) {
            return None;
        }
        if seen.hand == Hand::Intruder {
            self.look(format!("{how} on {time} by the intruder's own session, address or account"));
            return None;
        }
        if by_itself && seen.hand == Hand::Unknown && self.trace.intruder_near(time) {
            self.look(format!("{how} on {time}, while the intruder was at the account: its own doing"));
            return None;
        }
        if by_itself && seen.hand != Hand::Trusted && !self.trace.is_owner(seen) {
            let words = format!("{how} on {time} by the account itself, or by whoever passed for it: {}", self.trace.whence(seen));
            match &self.unknown_hand {
                None => self.unknown_hand = Some((time, words)),
                Some(_) => self.look(words),
            }
            return None;
        }
        let gone = Gone { at: time, id: seen.event.id.clone(), how: how.to_owned(), by_itself, uses: self.trace.open };
        if !self.after_last(time) {
            self.early = Some(gone);
            return None;
        }
        Some(gone)
    }

    /// A change that ends the secret, if it counts.
    pub(super) fn gone(&mut self, how: &str, by_itself: bool, seen: &Seen<'_>) {
        if let Some(gone) = self.counts(how, by_itself, seen) {
            self.end(gone);
        }
    }

    /// The secret has ended. The first good change ends the window; a later one mends what went wrong after it.
    pub(super) fn end(&mut self, gone: Gone) {
        if self.gone.is_none() || self.back.is_some() || self.trace.contradicted.is_some() {
            self.gone = Some(gone);
            self.back = None;
            self.own_choice = false;
            self.trace.begin_again();
        }
    }

    /// It opens again.
    pub(super) fn opened(&mut self, how: &str, seen: &Seen<'_>) {
        self.binned = None;
        if self.gone.is_some() {
            self.back = Some(((seen.time, seen.event.id.clone()), how.to_owned()));
        }
    }

    /// Something beside it was changed.
    pub(super) fn beside(&mut self, seen: &Seen<'_>) {
        self.new = Some((seen.time, seen.event.id.clone()));
    }
}
