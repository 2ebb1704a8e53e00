//! What mailboxes recorded of their being read (`MailItemsAccessed`), against the mail held.
//!
//! A record of bound items names messages. A record of synchronisation names a folder, all of which counts as taken. Within an hour
//! the same context is recorded once, and binds of two minutes are one record, so that last times are the least that is known.

use super::folders::folder;
use super::held::Ids;
use super::recorded::{Blind, Recorded};
use super::{Held, Intruder};
use crate::coverage::{ACCESSED, DAY, day_of, is_of_mailbox};
use aftermail_model::{ActorKind, Cover, Coverage, Event, Exposed, Exposure, LogSource, Outcome, Timestamp};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Ids of events that a verdict rests on, at most.
const RESTS_ON: usize = 10;
/// For so long after a synchronisation the same context is not recorded again, in seconds.
const SUPPRESSED: i64 = 3_600;
/// Agents are the same up to here; what follows are versions.
const AGENT: usize = 40;

/// Whose doing an access is.
enum Context {
    /// The intruder's, and by what.
    Intruder(String),
    /// Nobody knows.
    Unknown,
    /// From where the mailbox was read before the theft, or outside its time.
    Usual,
}

/// Accesses of one kind.
#[derive(Debug)]
struct Seen {
    first: Timestamp,
    last: Timestamp,
    by: String,
    /// What was done to the message or folder.
    done: &'static str,
    mailbox: String,
    rests_on: Vec<String>,
}

impl Seen {
    fn note(place: &mut Option<Seen>, e: &Event, time: Timestamp, by: &str, done: &'static str) {
        let seen = place.get_or_insert_with(|| Seen {
            first: time,
            last: time,
            by: by.to_owned(),
            done,
            mailbox: e.target.clone().unwrap_or_else(|| "a mailbox that the record does not name".to_owned()),
            rests_on: Vec::new(),
        });
        (seen.first, seen.last) = (seen.first.min(time), seen.last.max(time));
        if seen.rests_on.len() < RESTS_ON {
            seen.rests_on.push(e.id.clone());
        }
    }
}

/// What was done to one message or folder.
#[derive(Debug, Default)]
struct Access {
    intruder: Option<Seen>,
    unknown: Option<Seen>,
    usual: bool,
}

impl Access {
    fn note(&mut self, e: &Event, time: Timestamp, context: &Context, done: &'static str) {
        match context {
            Context::Intruder(by) => Seen::note(&mut self.intruder, e, time, by, done),
            Context::Unknown => Seen::note(&mut self.unknown, e, time, "an unknown reader", done),
            Context::Usual => self.usual = true,
        }
    }
}

/// Days on which the intruder was in a mailbox.
type Presence = BTreeMap<i64, Seen>;

/// Folds events in the order of time.
pub struct ReadingFold<'h, 'm> {
    held: &'h [Held<'m>],
    ids: Ids,
    intruder: Intruder,
    read: HashMap<usize, Access>,
    /// By mailbox, then by folder.
    touched: HashMap<String, HashMap<String, Access>>,
    presence: HashMap<String, Presence>,
    /// Days on which an application of the intruder signed in, which may read any mailbox.
    everywhere: Presence,
    /// From where mailboxes were read before the theft.
    usual: HashSet<String>,
}

impl<'h, 'm> ReadingFold<'h, 'm> {
    /// For this mail and this intruder.
    pub fn new(held: &'h [Held<'m>], intruder: Intruder) -> ReadingFold<'h, 'm> {
        ReadingFold {
            held,
            ids: Ids::of(held),
            intruder,
            read: HashMap::new(),
            touched: HashMap::new(),
            presence: HashMap::new(),
            everywhere: BTreeMap::new(),
            usual: HashSet::new(),
        }
    }

    /// Takes the next event in time. One without a time is no proof of anything.
    pub fn see(&mut self, e: &Event) {
        let Some(time) = e.time else { return };
        let told_by = self.intruder.told_by(e);
        if let Some(by) = told_by.as_deref().filter(|_| e.outcome != Outcome::Failure) {
            self.present(e, time, by);
        }
        if e.operation == ACCESSED {
            let context = told_by.map_or_else(|| self.context(e), Context::Intruder);
            self.accessed(e, time, &context);
        }
    }

    /// The intruder was in a mailbox, or signed in so that mailboxes stood open.
    fn present(&mut self, e: &Event, time: Timestamp, by: &str) {
        let person = e.actor.as_ref().filter(|a| a.contains('@'));
        let mailbox = match e.source {
            LogSource::UnifiedAudit if is_of_mailbox(&e.operation) => e.target.as_ref(),
            LogSource::UnifiedAudit | LogSource::EntraSignIn | LogSource::GraphActivity => person,
            _ => return,
        };
        let days = match mailbox {
            Some(mailbox) => self.presence.entry(mailbox.to_lowercase()).or_default(),
            None if e.actor_kind == ActorKind::Application => &mut self.everywhere,
            None => return,
        };
        let mut seen = days.remove(&day_of(time));
        Seen::note(&mut seen, e, time, by, "visited");
        days.extend(seen.map(|seen| (day_of(time), seen)));
    }

    /// Whose an access is that nothing tells to be the intruder's.
    fn context(&mut self, e: &Event) -> Context {
        let window = self.intruder.window;
        let agent: String = e.agent.as_deref().unwrap_or_default().chars().take(AGENT).collect();
        let mailbox = e.target.as_deref().unwrap_or_default().to_lowercase();
        let app = e.app.as_deref().unwrap_or_default();
        let from = e.address.as_deref().map(|address| [&mailbox, address, &agent, app].join("\n"));
        if window.holds(e.time) {
            return if from.is_some_and(|from| self.usual.contains(&from)) { Context::Usual } else { Context::Unknown };
        }
        if window.from.is_some_and(|begin| e.time < Some(begin)) {
            self.usual.extend(from);
        }
        Context::Usual
    }

    fn accessed(&mut self, e: &Event, time: Timestamp, context: &Context) {
        let says = |name: &str| e.property(name).and_then(|p| p.new.as_deref()).unwrap_or_default();
        if says("MailAccessType").eq_ignore_ascii_case("sync") {
            return self.folders(e, time, context, "synchronised");
        }
        for id in &e.messages {
            for n in self.ids.holders(self.held, id) {
                self.read.entry(n).or_default().note(e, time, context, "read");
            }
        }
        if says("OperationCount").parse::<usize>().is_ok_and(|count| count > e.messages.len()) {
            self.folders(e, time, context, "read, without naming all that was read,");
        }
    }

    /// Something was done to folders as a whole, or to messages in them that the record does not name.
    fn folders(&mut self, e: &Event, time: Timestamp, context: &Context, done: &'static str) {
        let mailbox = e.target.as_deref().unwrap_or_default().to_lowercase();
        let folders = self.touched.entry(mailbox).or_default();
        for name in e.properties.iter().filter(|p| p.name == "Folder").filter_map(|p| p.new.as_deref()) {
            folders.entry(folder(name)).or_default().note(e, time, context, done);
        }
    }

    /// One verdict for each message held; none at all where no audit log was handed over.
    pub fn finish(self, coverage: &[Coverage], as_of: Timestamp) -> Vec<Exposure> {
        let recorded = Recorded::new(coverage);
        if recorded.is_empty() {
            return Vec::new();
        }
        let window = self.intruder.window;
        let from = window.from.map(day_of).or(recorded.first_day().map(|first| first - 1)).unwrap_or_default();
        let to = day_of(window.to.map_or(as_of, |to| to.min(as_of)));
        let mut judge = Judge { fold: &self, recorded, from, to, mailboxes: HashMap::new() };
        let mut all: Vec<Exposure> = (0..self.held.len()).map(|n| judge.verdict(n)).collect();
        spread(&mut all, self.held);
        all
    }
}

/// Says a verdict for each message.
struct Judge<'f, 'h, 'm> {
    fold: &'f ReadingFold<'h, 'm>,
    recorded: Recorded,
    /// Days of interest.
    from: i64,
    to: i64,
    mailboxes: HashMap<String, Mailbox<'f>>,
}

/// What is known of a mailbox for all its messages.
struct Mailbox<'f> {
    blind: Blind,
    /// The blind days on which the intruder was there.
    visits: Vec<(i64, Cover, &'f Seen)>,
}

impl<'f> Judge<'f, '_, '_> {
    fn verdict(&mut self, n: usize) -> Exposure {
        let fold = self.fold;
        let held = &fold.held[n];
        let read = fold.read.get(&n);
        if let Some(seen) = read.and_then(|r| r.intruder.as_ref()) {
            let because = format!("read in the mailbox {} by the intruder's {}", seen.mailbox, seen.by);
            return verdict(held, Exposed::Read, Some(seen), because);
        }
        let mailbox = held.custodian.and_then(|c| self.recorded.mailbox(c));
        let touched = |pick: fn(&Access) -> Option<&Seen>| fold.touched(mailbox.as_deref()?, held, pick);
        if let Some((seen, folder)) = touched(|a| a.intruder.as_ref()) {
            let by = &seen.by;
            let because =
                format!("{folder} of the mailbox {} was {} by the intruder's {by}: all of it counts as taken", seen.mailbox, seen.done);
            let mut sync = verdict(held, Exposed::AssumedSync, Some(seen), because);
            sync.first = sync.first.max(held.begins().filter(|begins| *begins <= seen.last));
            return sync;
        }
        if let Some(unrecorded) = mailbox.as_deref().and_then(|m| self.unrecorded(m, held)) {
            return unrecorded;
        }
        if let Some(seen) = read.and_then(|r| r.unknown.as_ref()) {
            let because = format!("read in the mailbox {}, and nothing tells by whom", seen.mailbox);
            return verdict(held, Exposed::ReadByUnknown, Some(seen), because);
        }
        if let Some((seen, folder)) = touched(|a| a.unknown.as_ref()) {
            let because = format!("{folder} of the mailbox {} was {}, and nothing tells by whom", seen.mailbox, seen.done);
            return verdict(held, Exposed::ReadByUnknown, Some(seen), because);
        }
        self.not_read(held, mailbox.as_deref(), read.is_some_and(|r| r.usual))
    }

    fn not_read(&mut self, held: &Held<'_>, mailbox: Option<&str>, usual: bool) -> Exposure {
        let words = if usual { "read only as it was before the theft, or outside its time" } else { "no record that it was read" };
        let Some(mailbox) = mailbox else {
            return verdict(held, Exposed::NotReadUncovered, None, format!("{words}, and whose mailbox it is from is not known"));
        };
        let day = held.begins().map_or(self.from, day_of).max(self.from);
        match self.mailbox(mailbox).blind.words(day) {
            None => verdict(held, Exposed::NotReadCovered, None, format!("{words}, and its mailbox recorded on each day")),
            Some(gaps) => verdict(held, Exposed::NotReadUncovered, None, format!("{words}, and {gaps}")),
        }
    }

    fn mailbox(&mut self, name: &str) -> &Mailbox<'f> {
        let (fold, recorded, from, to) = (self.fold, &self.recorded, self.from, self.to);
        self.mailboxes.entry(name.to_owned()).or_insert_with(|| {
            let blind = recorded.blind(name, from, to);
            let days = [fold.presence.get(name), Some(&fold.everywhere)].into_iter().flatten().flatten();
            let mut visits: Vec<(i64, Cover, &Seen)> = days.filter_map(|(day, seen)| Some((*day, blind.why(*day)?, seen))).collect();
            visits.sort_by_key(|(day, _, _)| *day);
            Mailbox { blind, visits }
        })
    }

    /// The intruder was in the mailbox, or an account of it is known to be lost, on a day that was not recorded.
    fn unrecorded(&mut self, name: &str, held: &Held<'_>) -> Option<Exposure> {
        let (fold, begins) = (self.fold, held.begins().map_or(self.from, day_of).max(self.from));
        let mailbox = self.mailbox(name);
        let visits = &mailbox.visits[mailbox.visits.partition_point(|(day, _, _)| *day < begins)..];
        if let [(day, cover, seen), ..] = visits {
            let (by, date) = (&seen.by, Timestamp(day * DAY).date());
            let because = format!(
                "the intruder's {by} was there on {date}, when the mailbox {name} did not record all that was read ({})",
                cover.as_str()
            );
            let mut visited = verdict(held, Exposed::AssumedUnrecorded, Some(seen), because);
            visited.last = visits.last().map(|(_, _, seen)| seen.last);
            return Some(visited);
        }
        let window = fold.intruder.window;
        let lost = fold.intruder.accounts.contains(name) && window.from.is_some();
        let gaps = lost.then(|| mailbox.blind.words(begins)).flatten()?;
        let because = format!("the account of the mailbox {name} was the intruder's in this time, and {gaps}");
        let mut assumed = verdict(held, Exposed::AssumedUnrecorded, None, because);
        (assumed.first, assumed.last) = (window.from.max(held.begins()), window.to);
        Some(assumed)
    }
}

fn verdict(held: &Held<'_>, exposed: Exposed, seen: Option<&Seen>, because: String) -> Exposure {
    Exposure {
        at: held.at.clone(),
        exposed,
        first: seen.map(|s| s.first),
        last: seen.map(|s| s.last),
        because,
        rests_on: seen.map(|s| s.rests_on.clone()).unwrap_or_default(),
    }
}

impl ReadingFold<'_, '_> {
    /// What was done to a message's folder while it was there, and that folder in words.
    fn touched(&self, mailbox: &str, held: &Held<'_>, pick: fn(&Access) -> Option<&Seen>) -> Option<(&Seen, String)> {
        let folders = self.touched.get(mailbox)?;
        let was_there = |seen: &&Seen| held.begins().is_none_or(|begins| begins.0 <= seen.last.0 + SUPPRESSED);
        match held.folder {
            Some(path) => {
                let name = folder(path);
                let seen = folders.get(&name).and_then(pick).filter(was_there)?;
                Some((seen, format!("the folder \"{name}\"")))
            }
            None => {
                let seen = folders.values().filter_map(pick).filter(was_there).min_by_key(|seen| seen.first)?;
                Some((seen, "a folder, and in which one the message lay is not known,".to_owned()))
            }
        }
    }
}

/// A message of which one copy was taken is taken: the surest verdict goes to all copies that have a lesser one.
fn spread(all: &mut [Exposure], held: &[Held<'_>]) {
    let rank = |e: &Exposure| Exposed::ALL.iter().position(|x| *x == e.exposed);
    let mut best: HashMap<&str, usize> = HashMap::new();
    for (n, h) in held.iter().enumerate().filter(|(n, h)| !h.sameness.is_empty() && all[*n].exposed.counts_as_taken()) {
        let known = best.entry(h.sameness).or_insert(n);
        if rank(&all[n]) < rank(&all[*known]) {
            *known = n;
        }
    }
    for (n, h) in held.iter().enumerate() {
        let Some(source) = best.get(h.sameness).map(|source| all[*source].clone()) else { continue };
        if !all[n].exposed.counts_as_taken() {
            all[n] = Exposure { at: h.at.clone(), because: format!("another copy of it: {}", source.because), ..source };
        }
    }
}

#[cfg(test)]
mod tests;
