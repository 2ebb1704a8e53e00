//! What opens the locks of an item: which passwords are tried and in which order, and what an opened lock proves.

use super::find::{Finder, Read};
use crate::opened::{BECAUSE, PROVEN, lock};
use aftermail_decode::Key;
use aftermail_detect::{Hit, keys as guess};
use aftermail_model::{Kind, RevealPermit, Sensitive, Status, Timestamp};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// How often an item is read again: a lock may hide the key to another, which hides one more.
pub(super) const ROUNDS: usize = 3;
/// Passwords tried on what is locked: values that were found, or were too unsure to be reported.
const PASSWORDS: usize = 256;
/// Guesses tried after them.
const GUESSES: usize = 768;
/// What other messages lend to open what is locked in one; each the likeliest first.
#[derive(Default)]
pub(super) struct Lent {
    /// Passwords that a person gave, values that were found, and unsure ones.
    pub passwords: Vec<Sensitive<String>>,
    /// Values that were found, of which others may be made.
    pub bases: Vec<Sensitive<String>>,
    /// What was told in passing.
    pub guesses: Vec<Sensitive<String>>,
}

/// Whether the text of one place came out of what was locked at another. A locked key in a body does not hide the body.
pub(super) fn was_hidden(place: &str, lock: &str) -> bool {
    let rest = place.strip_prefix(lock);
    rest.is_some_and(|rest| rest.starts_with(" > ") || rest.is_empty() && lock != "body" && !lock.ends_with(" > body"))
}

impl Finder {
    /// What may open the locks of an item and was not tried yet: what stands in it, what others lend, and at last what may be made
    /// of either.
    pub(super) fn untried(&self, read: &Read, tried: &mut HashSet<String>) -> Vec<Sensitive<String>> {
        let unsure = self.unsure(read);
        let sure = read.values().chain(&unsure).chain(&self.lent.passwords);
        let mut all = self.fresh(sure, tried, PASSWORDS);
        let own = self.guesses(read);
        let names: Vec<_> = read.told.locked.iter().flat_map(|place| guess::of_name(place)).collect();
        let year = read.told.message.sent.and_then(year);
        let made = year.map_or_else(Vec::new, |year| guess::composed(read.values().chain(&self.lent.bases), year));
        all.extend(self.fresh(own.iter().chain(&names).chain(&made).chain(&self.lent.guesses), tried, GUESSES));
        all
    }

    /// The first so many that were not tried yet; `tried` holds the names of their findings.
    fn fresh<'a>(
        &self,
        all: impl Iterator<Item = &'a Sensitive<String>>,
        tried: &mut HashSet<String>,
        most: usize,
    ) -> Vec<Sensitive<String>> {
        all.filter(|value| tried.insert(self.names(value))).take(most).cloned().collect()
    }

    /// Values in it that are too unsure to be reported. What they open proves them.
    pub(super) fn unsure(&self, read: &Read) -> Vec<Sensitive<String>> {
        let candidates = || self.packs.candidates(&read.told.message, &read.told.texts);
        catch_unwind(AssertUnwindSafe(candidates)).unwrap_or_default().into_iter().map(|c| c.value).collect()
    }

    /// What it tells in passing.
    pub(super) fn guesses(&self, read: &Read) -> Vec<Sensitive<String>> {
        let guesses = || guess::guesses(&read.told.texts);
        catch_unwind(AssertUnwindSafe(guesses)).unwrap_or_default().into_iter().map(|g| g.value).collect()
    }

    /// Ties a key to what it opened: the part tells its finding, and where it stands in the same item, the finding the part.
    pub(super) fn note_key(&self, read: &mut Read, part: u32, place: &str, key: Key, passwords: &[Sensitive<String>]) {
        let given = match key {
            Key::WellKnown(_) => None,
            Key::Given(index) => passwords.get(index),
        };
        let name = given.map_or_else(|| "well known".to_owned(), |value| self.names(value));
        read.parts.iter_mut().filter(|p| p.index == part).for_each(|p| p.opened_by = Some(name.clone()));
        if let Some(value) = given {
            let lock = read.parts.iter().find(|p| p.index == part).map_or(place, lock).to_owned();
            read.keys.push((lock.clone(), value.clone()));
            self.prove_beside(read, value, &lock, place);
        }
    }

    /// What opened a lock is a secret, whatever it looked like: a hit that was found tells so, and an unsure value becomes one.
    /// Whether it stands in this item.
    pub(super) fn prove(&self, read: &mut Read, key: &Sensitive<String>, lock: &str) -> bool {
        self.prove_beside(read, key, lock, lock)
    }

    /// The same, where the lock is of this item: nothing that it hid at `hidden` tells its key.
    fn prove_beside(&self, read: &mut Read, key: &Sensitive<String>, place: &str, hidden: &str) -> bool {
        let permit = RevealPermit::recorded();
        let because = format!("{BECAUSE}{place}");
        let mut stands = false;
        for (_, hit) in read.told.hits.iter_mut().filter(|(_, h)| h.value.reveal(&permit) == key.reveal(&permit)) {
            stands = true;
            if !hit.because.contains(&because) {
                hit.system = Some(place.to_owned());
                hit.because.push(because.clone());
            }
        }
        if !stands && let Some((text, hit)) = self.proven(read, key, place, hidden) {
            read.told.hits.push((text, hit));
            stands = true;
        }
        stands
    }

    /// Where a key stands that was no hit: among what was unsure, what was told in passing, or made of a secret that stands here.
    fn proven(&self, read: &Read, key: &Sensitive<String>, place: &str, hidden: &str) -> Option<(usize, Hit)> {
        let permit = RevealPermit::recorded();
        let same = |value: &Sensitive<String>| value.reveal(&permit) == key.reveal(&permit);
        let outside = || read.told.texts.iter().enumerate().filter(|(_, text)| !was_hidden(&text.place, hidden));
        let unsure = outside().find_map(|(index, text)| {
            let candidates = || self.packs.candidates(&read.told.message, std::slice::from_ref(text));
            let candidates = catch_unwind(AssertUnwindSafe(candidates)).unwrap_or_default();
            Some((index, candidates.into_iter().find(|c| same(&c.value))?.place))
        });
        let told = || {
            outside().find_map(|(index, text)| {
                let guesses = || guess::guesses(std::slice::from_ref(text));
                let guesses = catch_unwind(AssertUnwindSafe(guesses)).unwrap_or_default();
                Some((index, guesses.into_iter().find(|g| same(&g.value))?.place))
            })
        };
        if let Some((index, stands)) = unsure.or_else(told) {
            return Some((index, opener(key.clone(), stands, place)));
        }
        let made = |hit: &Hit| guess::is_made_of(key.reveal(&permit), hit.value.reveal(&permit));
        let (index, base) = read.told.hits.iter().find(|(text, hit)| !was_hidden(&read.told.texts[*text].place, hidden) && made(hit))?;
        let mut hit = opener(key.clone(), base.start..base.end, place);
        hit.because.push("it is made of the secret that stands here".to_owned());
        Some((*index, hit))
    }
}

fn year(sent: Timestamp) -> Option<i32> {
    sent.date().split('-').next()?.parse().ok()
}

/// The hit that a value becomes by opening a lock.
fn opener(value: Sensitive<String>, stands: std::ops::Range<usize>, place: &str) -> Hit {
    Hit {
        start: stands.start,
        end: stands.end,
        value,
        rule: "opened".into(),
        kind: Kind::Password,
        system: Some(place.to_owned()),
        account: None,
        expires: None,
        status: Status::Live,
        confidence: PROVEN,
        because: vec![format!("{BECAUSE}{place}")],
        language: None,
    }
}
