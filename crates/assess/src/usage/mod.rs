//! Whether a secret was used after it was exposed: the exact join of mail and logs where a log knows the very secret, the account
//! where none does.
//!
//! A fold over events in the order of their time. It keeps names, counts and circumstances for each secret, never an event.

mod account;
mod context;
mod cover;
mod join;
mod place;
mod sorts;

pub(crate) use account::Account;
pub(crate) use context::{counted, network};
pub(crate) use cover::{Days, told_until};
pub(crate) use join::{Join, Use, is_about_token, key};
pub(crate) use place::{Place, Sessions, is_guid, signs_in_people, storage_account};
pub(crate) use sorts::Sorts;

use aftermail_model::{Coverage, Event, ExposedSecret, LogSource, Outcome, Timestamp, Usage, UsageVerdict};
use context::Contexts;
use join::{Name, places};

/// Ids of events that are kept for one name.
const RESTS_ON: usize = 100;

/// Counts the uses of secrets.
#[derive(Debug)]
pub struct UsageFold {
    secrets: Vec<ExposedSecret>,
    places: Vec<Place>,
    join: Join,
    /// One per name of the join.
    tallies: Vec<Tally>,
    sorts: Sorts,
}

/// What is known of the uses by one name.
#[derive(Debug, Default)]
struct Tally {
    before: u64,
    after: u64,
    anew: u64,
    stopped: u64,
    undated: u64,
    through_sessions: u64,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    contexts: Contexts,
    /// Another spelling by which the log names the account.
    inferred: Option<String>,
    events_anew: Vec<String>,
    events: Vec<String>,
}

impl UsageFold {
    /// A fold that looks for these secrets. Personal data are none.
    pub fn new(secrets: &[ExposedSecret]) -> UsageFold {
        let secrets: Vec<ExposedSecret> = secrets.iter().filter(|s| !s.kind.is_personal()).cloned().collect();
        let join = Join::new(&secrets);
        let tallies = join.names.iter().map(|_| Tally::default()).collect();
        let sorts = Sorts::new(&secrets);
        UsageFold { places: places(&secrets), secrets, join, tallies, sorts }
    }

    /// Takes the next event in time. Events without a time come last.
    pub fn see(&mut self, event: &Event) {
        self.sorts.see(event);
        for used in self.join.uses(event) {
            let first_exposed = self.secrets[self.join.names[used.name].secret].first_exposed;
            let inferred = event.actor.as_ref().filter(|a| !self.join.spelt_alike(used.name, a));
            let tally = &mut self.tallies[used.name];
            tally.inferred = tally.inferred.take().or_else(|| inferred.cloned());
            tally.add(event, used, first_exposed);
        }
    }

    /// One usage for each name of each secret, in the order of the secrets. `as_of` is the end of the time that is asked about.
    pub fn finish(self, coverage: &[Coverage], as_of: Timestamp) -> Vec<Usage> {
        let days = Days::new(coverage);
        let each = self.join.names.iter().zip(&self.tallies);
        each.map(|(name, tally)| self.usage(name, tally, &days, as_of)).collect()
    }

    fn usage(&self, name: &Name, tally: &Tally, days: &Days, as_of: Timestamp) -> Usage {
        let secret = &self.secrets[name.secret];
        let until = days.reach(self.places[name.secret].shows_use(), &secret.accounts, secret.first_exposed, as_of);
        let missing = self.missing(name, days, until);
        let verdict = match (tally.after, tally.anew) {
            (0, _) if missing.is_empty() => UsageVerdict::NotSeen,
            (0, _) => UsageVerdict::Unknown,
            (_, 0) => UsageVerdict::UsedAsBefore,
            _ => UsageVerdict::UsedAnew,
        };
        let mut because = because(name, tally, secret);
        because.extend(told_until(until, as_of).filter(|_| verdict == UsageVerdict::NotSeen));
        Usage {
            finding: secret.finding.clone(),
            verdict,
            joined_by: name.joined_by.clone(),
            exact: name.exact,
            before: tally.before,
            after: tally.after,
            anew: tally.anew,
            first: tally.first,
            last: tally.last,
            because,
            rests_on: tally.events_anew.iter().chain(&tally.events).take(RESTS_ON).cloned().collect(),
            missing,
        }
    }

    /// Logs and days without which "not seen" cannot be said.
    fn missing(&self, name: &Name, days: &Days, until: Timestamp) -> Vec<String> {
        let (secret, place) = (&self.secrets[name.secret], self.places[name.secret]);
        if name.joined_by.is_empty() {
            return vec!["neither the secret nor the text beside it holds a name by which a log knows it".to_owned()];
        }
        let mut missing = days.missing(place.shows_use(), &secret.accounts, secret.first_exposed, until);
        missing.extend(self.sorts.missing(place, secret, secret.first_exposed, until));
        missing
    }
}

impl Tally {
    fn add(&mut self, event: &Event, used: Use, first_exposed: Option<Timestamp>) {
        let Some(time) = event.time else {
            self.undated += 1;
            return;
        };
        if first_exposed.is_some_and(|first| time < first) {
            self.before += 1;
            self.contexts.learn(event);
            return;
        }
        self.after += 1;
        self.stopped += u64::from(used.stopped);
        self.through_sessions += u64::from(used.through_session);
        self.first = self.first.or(Some(time));
        self.last = Some(time);
        // Without anything to compare with, every use is new.
        let new = self.contexts.compare(event) || self.before == 0;
        self.anew += u64::from(new);
        let kept = if new { &mut self.events_anew } else { &mut self.events };
        if kept.len() < RESTS_ON {
            kept.push(event.id.clone());
        }
    }
}

/// The verdict in words, for one who is tired.
fn because(name: &Name, tally: &Tally, secret: &ExposedSecret) -> Vec<String> {
    let mut lines = Vec::new();
    lines.push(match (name.joined_by.is_empty(), name.exact) {
        (true, _) => "no log can be asked for this secret".to_owned(),
        (_, true) => "the log names this very secret".to_owned(),
        _ => "the log names only the account: another password, key or session of it may have been used".to_owned(),
    });
    if let Some(actor) = &tally.inferred {
        lines.push(format!("the log spells the account {actor}: likely the same one, not surely"));
    }
    if secret.first_exposed.is_none() && tally.after > 0 {
        lines.push("it is not known when the secret was exposed: every use counts as one after it".to_owned());
    }
    if tally.before + tally.after > 0 {
        lines.push(format!("{} before the exposure, {} since", counted(tally.before), tally.after));
    }
    if tally.before == 0 && tally.after > 0 {
        lines.push("no use before the exposure is on record, so that there is nothing to compare with: every use counts as new".to_owned());
    }
    if tally.after > 0 {
        lines.extend(tally.contexts.because());
    }
    if tally.stopped > 0 {
        lines.push(format!("in {} of them the secret was right, and something else stopped the sign-in or the request", tally.stopped));
    }
    if tally.through_sessions > 0 {
        lines.push(format!("{} of them through sessions that the key had opened", tally.through_sessions));
    }
    if tally.undated > 0 {
        lines.push(format!("{} without a time, which cannot be placed before or after the exposure", counted(tally.undated)));
    }
    lines
}

/// Whether a record says that it was done. Some logs list only what was done, and say nothing of its end.
pub(crate) fn was_done(event: &Event) -> bool {
    let lists_only_done = matches!(event.source, LogSource::GitHub | LogSource::GoogleWorkspace);
    event.outcome == Outcome::Success || lists_only_done && event.outcome == Outcome::Unknown
}
