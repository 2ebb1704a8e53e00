//! What mailboxes record of their being read: `MailItemsAccessed`.

use super::silence::{Daily, Habits};
use super::switches::{Switches, THROTTLE};
use super::{DAY, day_of};
use aftermail_model::{Cover, Coverage, Event, LogSource, Timestamp};
use std::collections::{BTreeMap, VecDeque};

/// So many records of bound items within 24 hours make a mailbox stop to record them for 24 hours. Records of 2025 do not say so
/// any more, so that a silence after that many is taken for it.
const MOST_BINDS: usize = 1_000;
/// How long nothing must come after these, in seconds.
const SILENT: i64 = 20 * 3_600;
/// The record of reading.
pub(crate) const ACCESSED: &str = "MailItemsAccessed";
/// Other things that a mailbox records of itself: who has these and never `MailItemsAccessed` does not record it.
const OTHERS: [&str; 18] = [
    "Send",
    "SendAs",
    "SendOnBehalf",
    "Create",
    "Update",
    "Move",
    "MoveToDeletedItems",
    "SoftDelete",
    "HardDelete",
    "Copy",
    "FolderBind",
    "MessageBind",
    "MailboxLogin",
    "UpdateInboxRules",
    "UpdateFolderPermissions",
    "UpdateCalendarDelegation",
    "AddFolderPermissions",
    "ModifyFolderPermissions",
];

/// Whether a mailbox itself made the record, so that its target is the mailbox.
pub(crate) fn is_of_mailbox(operation: &str) -> bool {
    operation == ACCESSED || OTHERS.contains(&operation)
}

#[derive(Debug, Default)]
struct Mailbox {
    accessed: Daily,
    others: Daily,
    /// Times of bound items within the last 24 hours.
    binds: VecDeque<i64>,
    /// When the last of too many came.
    full: Option<i64>,
    throttled: BTreeMap<i64, String>,
}

impl Mailbox {
    fn accessed(&mut self, e: &Event, time: i64) {
        *self.accessed.entry(time.div_euclid(DAY)).or_default() += 1;
        let says = |name: &str, word: &str| e.property(name).and_then(|p| p.new.as_deref()).is_some_and(|v| v.eq_ignore_ascii_case(word));
        if says("IsThrottled", "true") {
            self.throttle(time, "the mailbox itself says that it stopped recording (IsThrottled)");
        }
        if says("MailAccessType", "sync") {
            return;
        }
        self.silent_until(time);
        self.binds.push_back(time);
        while self.binds.front().is_some_and(|first| time - first > DAY) {
            self.binds.pop_front();
        }
        if self.binds.len() >= MOST_BINDS {
            self.full = Some(time);
            self.binds.drain(..self.binds.len() - MOST_BINDS);
        }
    }

    /// A silence that ends now may have been the throttle.
    fn silent_until(&mut self, time: i64) {
        if let Some(full) = self.full.filter(|full| time - full >= SILENT) {
            self.full = None;
            self.throttle(
                full,
                "1,000 records of read items within 24 hours and then none: the mailbox is taken to have stopped recording",
            );
        }
    }

    fn throttle(&mut self, time: i64, because: &str) {
        for day in time.div_euclid(DAY)..=(time + THROTTLE - 1).div_euclid(DAY) {
            self.throttled.entry(day).or_insert_with(|| because.to_owned());
        }
    }
}

/// All mailboxes, by name in lower case.
#[derive(Debug, Default)]
pub(super) struct Mailboxes {
    all: BTreeMap<String, Mailbox>,
}

impl Mailboxes {
    pub(super) fn see(&mut self, e: &Event, time: Timestamp) {
        if !is_of_mailbox(&e.operation) {
            return;
        }
        let Some(name) = e.target.as_deref().filter(|t| t.contains('@')).map(str::to_lowercase) else { return };
        let mailbox = self.all.entry(name).or_default();
        if e.operation == ACCESSED { mailbox.accessed(e, time.0) } else { *mailbox.others.entry(day_of(time)).or_default() += 1 }
    }

    /// Rows of each mailbox: the days on which it recorded, and those on which it is worth less than the log as a whole, whose
    /// rows are given. Before its first row nothing shows that it recorded anything.
    pub(super) fn rows(mut self, whole: &BTreeMap<i64, Cover>, switches: &Switches, ends: Timestamp, out: &mut Vec<Coverage>) {
        let last = day_of(ends);
        for (name, mailbox) in &mut self.all {
            mailbox.silent_until(ends.0);
            let mut days = days(mailbox, whole, last);
            for off in switches.of_mailbox(name) {
                // A day with records was recorded, whatever the setting says.
                let silent = off.days(last).filter(|day| !mailbox.accessed.contains_key(day));
                days.extend(silent.map(|day| (day, (Cover::Unlicensed, off.because()))));
            }
            out.extend(days.into_iter().map(|(day, (cover, because))| Coverage {
                source: LogSource::UnifiedAudit,
                subject: Some(Coverage::mailbox(name)),
                day: Timestamp(day * DAY),
                cover,
                events: mailbox.accessed.get(&day).copied().unwrap_or_default(),
                because,
            }));
        }
    }
}

fn days(mailbox: &Mailbox, whole: &BTreeMap<i64, Cover>, last: i64) -> BTreeMap<i64, (Cover, String)> {
    let mut days = BTreeMap::new();
    let begins = mailbox.accessed.first_key_value().map(|(day, _)| *day);
    let before = mailbox.others.keys().filter(|day| begins.is_none_or(|begins| **day < begins));
    let because = match begins {
        None => {
            "the mailbox has other records and never MailItemsAccessed: nothing shows that reading is recorded, so that none is proves nothing"
        }
        Some(_) => "the mailbox has other records and not yet MailItemsAccessed: nothing shows that reading was recorded",
    };
    days.extend(before.map(|day| (*day, (Cover::Unlicensed, because.to_owned()))));
    for (day, count) in &mailbox.accessed {
        let cover = whole.get(day).copied().unwrap_or(Cover::Covered);
        days.insert(*day, (cover, format!("{count} records of reading")));
    }
    let ends = mailbox.accessed.last_key_value().map_or(last, |(day, _)| *day);
    if ends < last {
        let tail = Habits::of(&mailbox.accessed).judge(ends + 1, last, false);
        if tail.is_hole {
            let because = "no record of reading any more, which is not usual for this mailbox: nothing shows that it still recorded";
            days.extend((tail.first..=tail.last).map(|day| (day, (Cover::Gap, because.to_owned()))));
        }
    }
    days.extend(mailbox.throttled.iter().map(|(day, because)| (*day, (Cover::Throttled, because.clone()))));
    days
}
