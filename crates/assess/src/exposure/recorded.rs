//! On which days a mailbox recorded what was read in it.

use crate::coverage::{DAY, day_of};
use aftermail_model::{Cover, Coverage, LogSource, Timestamp};
use std::collections::{BTreeMap, HashMap};

/// Coverage, by mailbox.
pub(super) struct Recorded {
    whole: BTreeMap<i64, Cover>,
    mailboxes: HashMap<String, BTreeMap<i64, Cover>>,
    /// Mailboxes by the part of their name before the `@`; none where several share it.
    locals: HashMap<String, Option<String>>,
}

/// The days on which one mailbox did not record, in order, within the days of interest.
pub(super) struct Blind {
    days: Vec<(i64, Cover)>,
}

impl Recorded {
    pub(super) fn new(coverage: &[Coverage]) -> Recorded {
        let mut recorded = Recorded { whole: BTreeMap::new(), mailboxes: HashMap::new(), locals: HashMap::new() };
        for row in coverage.iter().filter(|c| c.source == LogSource::UnifiedAudit) {
            let day = day_of(row.day);
            match row.subject.as_deref().map(|s| s.strip_prefix("mailbox:")) {
                None => drop(recorded.whole.insert(day, row.cover)),
                Some(Some(mailbox)) => drop(recorded.mailboxes.entry(mailbox.to_owned()).or_default().insert(day, row.cover)),
                Some(None) => {}
            }
        }
        for mailbox in recorded.mailboxes.keys() {
            let local = mailbox.split('@').next().unwrap_or(mailbox).to_owned();
            recorded.locals.entry(local).and_modify(|known| *known = None).or_insert_with(|| Some(mailbox.clone()));
        }
        recorded
    }

    /// Whether there is any log to say something by.
    pub(super) fn is_empty(&self) -> bool {
        self.whole.is_empty()
    }

    /// The mailbox that a custodian means: an address in it, or what stands before the `@` of one mailbox alone.
    pub(super) fn mailbox(&self, custodian: &str) -> Option<String> {
        let text = custodian.to_lowercase();
        let mut words = text.split(|c: char| c.is_whitespace() || "<>()\"',;".contains(c)).filter(|w| !w.is_empty());
        if let Some(address) = words.clone().find(|w| w.contains('@')) {
            return Some(address.to_owned());
        }
        let joined = text.split_whitespace().collect::<Vec<_>>().join(".");
        self.locals.get(&joined).cloned().flatten().or_else(|| words.find_map(|w| self.locals.get(w).cloned().flatten()))
    }

    /// What a day is worth for a mailbox. Before the first day on which it recorded nothing shows that it did.
    fn cover(&self, rows: Option<&BTreeMap<i64, Cover>>, day: i64) -> Cover {
        let whole = self.whole.get(&day).copied().unwrap_or(Cover::Gap);
        let Some(rows) = rows else { return Cover::Unlicensed };
        let begins = rows.iter().find(|(_, cover)| **cover != Cover::Unlicensed).map(|(day, _)| *day);
        match rows.get(&day) {
            Some(cover) => *cover,
            None if begins.is_none_or(|begins| day < begins) => Cover::Unlicensed,
            None => whole,
        }
    }

    /// The blind days of a mailbox from one time to another.
    pub(super) fn blind(&self, mailbox: &str, from: i64, to: i64) -> Blind {
        let rows = self.mailboxes.get(mailbox);
        let days = (from..=to).map(|day| (day, self.cover(rows, day))).filter(|(_, cover)| !cover.is_covered());
        Blind { days: days.collect() }
    }

    /// The first day of the log.
    pub(super) fn first_day(&self) -> Option<i64> {
        self.whole.keys().next().copied()
    }
}

impl Blind {
    /// The blind days from one day on.
    fn since(&self, day: i64) -> &[(i64, Cover)] {
        &self.days[self.days.partition_point(|(d, _)| *d < day)..]
    }

    /// Why a day is blind; none where it is not.
    pub(super) fn why(&self, day: i64) -> Option<Cover> {
        self.since(day).first().filter(|(d, _)| *d == day).map(|(_, cover)| *cover)
    }

    /// The first blind day and how many there are, from one day on, in words.
    pub(super) fn words(&self, day: i64) -> Option<String> {
        let days = self.since(day);
        let (first, cover) = days.first()?;
        let date = Timestamp(first * DAY).date();
        Some(match days.len() {
            1 => format!("{date} is not covered ({})", cover.as_str()),
            n => format!("{n} days are not covered, the first {date} ({})", cover.as_str()),
        })
    }
}
