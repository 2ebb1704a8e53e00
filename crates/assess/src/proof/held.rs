//! Secrets that a holder has: keys of applications, users and storage accounts, versions in a vault.

use super::deed::{Deed, State};
use super::hands::{Hand, Seen};
use super::watch::{Gone, KEPT, Watch};
use crate::usage::Place;

/// Seconds in which a new key completes the removal of the old one.
const ROTATION: i64 = 86_400;

impl Watch {
    pub(super) fn keys(&mut self, deed: &Deed, seen: &Seen<'_>) {
        let Deed::Keys { holder, gone, new, back, kept, how } = deed else { return };
        let own = |keys: &[String]| keys.iter().any(|k| self.subject.keys.contains(k));
        let (own_gone, own_back) = (own(gone), own(back) || own(new));
        // A list that still names the exposed key is that of its holder, whatever the holder is called.
        let held = self.subject.is_held_by(holder) || own(kept.as_deref().unwrap_or_default());
        if !self.subject.need.is_empty() {
            self.one_of_several(gone, how, seen);
        } else if own_gone {
            self.gone(how, false, seen);
        } else if self.subject.place == Place::Vault && held && !gone.is_empty() {
            self.version(gone, how, seen);
        } else if own_back {
            self.opened(how, seen);
        } else if held && !new.is_empty() {
            self.another(new, seen);
        }
        if held
            && !own_gone
            && !gone.is_empty()
            && self.since(seen.time)
            && self.subject.need.is_empty()
            && self.subject.place != Place::Vault
        {
            self.another_gone(kept.as_deref(), how, seen);
        }
    }

    /// A key of the holder was removed that is not known to be the exposed one. Where the id of that is not known, all keys from
    /// before the exposure must go.
    fn another_gone(&mut self, kept: Option<&[String]>, how: &str, seen: &Seen<'_>) {
        let time = seen.time;
        let id_known = self.subject.place != Place::EntraApp || self.subject.keys.iter().any(|k| k.starts_with("entra_key:"));
        match kept.filter(|_| !id_known) {
            None => self.look(format!("{how} on {time}, and it was another key than the exposed one")),
            Some(kept) => match kept.iter().filter(|k| !self.made.contains(*k)).count() {
                0 => self.gone("every key from before the exposure was removed", false, seen),
                left => self.look(format!("{how} on {time}; nothing tells which key was exposed, and {left} from before are still there")),
            },
        }
    }

    /// The secret is one of several keys, and nothing tells which: all must go.
    fn one_of_several(&mut self, gone: &[String], how: &str, seen: &Seen<'_>) {
        let time = seen.time;
        let hit: Vec<String> = gone.iter().filter(|k| self.subject.need.contains(*k)).cloned().collect();
        let of_account = |key: &String| key.split_once('/').is_some_and(|(account, _)| self.subject.holders.contains(account));
        if !gone.iter().any(of_account) || !self.since(time) {
            return;
        }
        if hit.is_empty() {
            self.beside(seen);
            return self.look(format!("{how} on {time}, and the exposed one is {}", self.wanted()));
        }
        let Some(ended) = self.counts(how, false, seen) else { return };
        self.rotated.extend(hit);
        if self.subject.need.is_subset(&self.rotated) {
            return self.end(ended);
        }
        self.beside(seen);
        self.look(format!("{how} on {time}; nothing tells which key was exposed, and still to be changed are {}", self.wanted()));
    }

    /// Keys that are still to be changed.
    fn wanted(&self) -> String {
        let names = self.subject.need.difference(&self.rotated).map(|k| k.rsplit('/').next().unwrap_or(k));
        names.map(|k| if k == "delegation" { "the keys of delegation" } else { k }).collect::<Vec<_>>().join(", ")
    }

    /// A version of a vault's secret was disabled: it counts if it is not one of those made since the exposure.
    fn version(&mut self, gone: &[String], how: &str, seen: &Seen<'_>) {
        let known = !self.subject.keys.is_empty();
        if known || gone.iter().any(|v| self.made.contains(v)) {
            return self.look(format!("{how} on {}, and it was another version than the exposed one", seen.time));
        }
        self.gone(how, false, seen);
    }

    /// Another key of the same holder.
    fn another(&mut self, new: &[String], seen: &Seen<'_>) {
        if !self.since(seen.time) {
            return;
        }
        self.made.extend(new.iter().take(KEPT.saturating_sub(self.made.len())).cloned());
        let Some(gone) = &self.gone else { return self.beside(seen) };
        let late = self.subject.place == Place::EntraApp && seen.time.0 - gone.at.0 > ROTATION;
        if self.back.is_none() && (late || seen.hand == Hand::Intruder) {
            let why = "a new secret was added to the same holder: unless it was you, it is open again";
            self.back = Some(((seen.time, seen.event.id.clone()), why.to_owned()));
        }
    }

    pub(super) fn holder(&mut self, names: &[String], state: State, how: &str, seen: &Seen<'_>) {
        let person = names.iter().find_map(|n| self.subject.person(n)).filter(|_| self.subject.signs_in() || self.subject.is_session());
        match (state, person) {
            (State::Disabled | State::Purged, Some(person)) => self.ended_for(person, how, false, seen),
            (State::Disabled | State::Purged, None) => self.gone(how, false, seen),
            (State::Opened, _) => self.opened(how, seen),
            (State::Binned { days }, _) if self.after_last(seen.time) && seen.hand != Hand::Intruder => {
                self.look(format!("{how} ({})", seen.time));
                let gone = Gone { at: seen.time, id: seen.event.id.clone(), how: how.to_owned(), by_itself: false, uses: self.trace.open };
                self.binned.get_or_insert((gone, days));
            }
            (State::Binned { .. }, _) => (),
        }
    }
}
