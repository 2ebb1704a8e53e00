//! For which days the logs can say anything at all.
//!
//! A log that was handed over is not a log that is whole. Before anything is concluded from the absence of a record, each day of
//! each log gets a word for what it is worth, and why.

mod export;
mod mailboxes;
mod silence;
mod switches;
mod terms;

use aftermail_model::{Cover, Coverage, Event, LogSource, Timestamp};
use mailboxes::Mailboxes;
use silence::{Daily, Habits, Hourly, Rhythm, Silence};
use std::collections::BTreeMap;
use switches::Switches;

pub use export::{ToExport, provable, to_export};
pub(crate) use mailboxes::{ACCESSED, is_of_mailbox};
pub use terms::{Licence, Terms};

pub(crate) const DAY: i64 = 86_400;
/// How many days back a table goes at most: a record with a wrong time must not make it endless.
const LONGEST: i64 = 3_660;
/// A log that goes on until here has the whole day, in seconds of the day.
const END_OF_DAY: i64 = 23 * 3_600;

/// The day of a time, counted from 1970.
pub(crate) fn day_of(time: Timestamp) -> i64 {
    time.0.div_euclid(DAY)
}

/// What one log handed over.
#[derive(Debug, Default)]
struct Log {
    daily: Daily,
    hourly: Hourly,
    last: Option<Timestamp>,
}

/// Folds events, in the order of time, into what the days of their logs are worth.
#[derive(Debug, Default)]
pub struct CoverageFold {
    terms: Terms,
    since: Option<Timestamp>,
    logs: BTreeMap<LogSource, Log>,
    mailboxes: Mailboxes,
    switches: Switches,
}

impl CoverageFold {
    /// `since` is when the logs begin to matter: days before the first record of a log are told from there on.
    pub fn new(terms: Terms, since: Option<Timestamp>) -> CoverageFold {
        CoverageFold { terms, since, ..CoverageFold::default() }
    }

    /// Takes an event. One without a time covers no day.
    pub fn see(&mut self, e: &Event) {
        let Some(time) = e.time else { return };
        let log = self.logs.entry(e.source).or_default();
        *log.daily.entry(day_of(time)).or_default() += 1;
        *log.hourly.entry(day_of(time)).or_default() |= 1 << (time.0.rem_euclid(DAY) / 3_600);
        log.last = log.last.max(Some(time));
        if e.source == LogSource::UnifiedAudit {
            self.switches.see(e, time);
            self.mailboxes.see(e, time);
        }
    }

    /// The table: a row for each log and day from its first record (or from when it matters) until now, then the rows of mailboxes.
    pub fn finish(self, as_of: Timestamp) -> Vec<Coverage> {
        let mut out = Vec::new();
        for (source, log) in &self.logs {
            let days = Days { source: *source, log, fold: &self, as_of };
            out.extend(days.rows());
        }
        let whole: BTreeMap<i64, Cover> =
            out.iter().filter(|c| c.source == LogSource::UnifiedAudit).map(|c| (day_of(c.day), c.cover)).collect();
        let ends = self.logs.get(&LogSource::UnifiedAudit).and_then(|log| log.last);
        if let Some(ends) = ends {
            self.mailboxes.rows(&whole, &self.switches, ends.min(as_of), &mut out);
        }
        out
    }
}

/// One log as a whole.
struct Days<'f> {
    source: LogSource,
    log: &'f Log,
    fold: &'f CoverageFold,
    as_of: Timestamp,
}

impl Days<'_> {
    fn rows(&self) -> Vec<Coverage> {
        let today = day_of(self.as_of);
        let first = self.log.daily.keys().next().copied().unwrap_or(today);
        let begin = self.fold.since.map_or(first, |s| day_of(s).min(first)).clamp(today - LONGEST, today);
        let daily: Daily = self.log.daily.range(begin..).map(|(day, n)| (*day, *n)).collect();
        let mut silences = Habits::of(&daily).silences(&daily).into_iter().peekable();
        let rhythm = Rhythm::of(&self.log.hourly);
        let mut rows = Vec::new();
        for day in begin..=today {
            while silences.peek().is_some_and(|s| s.last < day) {
                silences.next();
            }
            let events = daily.get(&day).copied().unwrap_or_default();
            let silence = silences.peek().filter(|s| s.first <= day);
            let hours = self.log.hourly.get(&day).copied().unwrap_or_default();
            let (mut cover, mut because) = self.judge(day, events, silence);
            if let Some(hole) = rhythm.hole(day, hours).filter(|_| cover.is_covered() && events > 0) {
                (cover, because) = self.missing(day, hole);
            }
            rows.push(Coverage { source: self.source, subject: None, day: Timestamp(day * DAY), cover, events, because });
        }
        rows
    }

    fn judge(&self, day: i64, events: u64, silence: Option<&Silence>) -> (Cover, String) {
        let off = self.fold.switches.log(day).filter(|_| self.source == LogSource::UnifiedAudit);
        if let Some(off) = off {
            return (Cover::Unlicensed, off.because());
        }
        let late = terms::late(self.source);
        if day >= day_of(Timestamp(self.as_of.0 - late * 3_600)) {
            let because = if late > 1 {
                format!("records may come {late} hours late: export this day again")
            } else {
                "the day was not over".to_owned()
            };
            return (Cover::Delayed, because);
        }
        let last = self.log.last.unwrap_or(self.as_of);
        if day == day_of(last) && last.0.rem_euclid(DAY) < END_OF_DAY {
            return self.missing(day, format!("the log ends at {last}, within this day"));
        }
        if events > 0 {
            return (Cover::Covered, format!("{events} records"));
        }
        if let Some(quiet) = silence.filter(|s| !s.is_hole) {
            return (Cover::Covered, quiet.because.clone());
        }
        let why = match silence {
            Some(hole) => hole.because.clone(),
            None if day > day_of(last) => "after the last record".to_owned(),
            None => "before the first record".to_owned(),
        };
        self.missing(day, why)
    }

    /// A day that was not handed over: it can still be had, or not.
    fn missing(&self, day: i64, why: String) -> (Cover, String) {
        match self.fold.terms.kept(self.source) {
            Some(kept) if day < day_of(self.as_of) - kept => (Cover::Expired, format!("{why}; kept for {kept} days, so it is gone")),
            Some(kept) => (Cover::Gap, format!("{why}; can be exported until {}", Timestamp((day + kept) * DAY).date())),
            None => (Cover::Gap, why),
        }
    }
}

#[cfg(test)]
mod tests;
