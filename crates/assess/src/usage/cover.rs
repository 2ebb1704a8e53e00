//! Which days are missing for a verdict, in words.

use aftermail_model::{Cover, Coverage, LogSource, Timestamp};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};

const DAY: i64 = 86_400;
/// Lines of missing days; the last says how many more there are.
const LINES: usize = 10;

/// Any of these logs, from one day to another.
type Question = (Vec<LogSource>, i64, i64);

/// Coverage by source and day.
pub(crate) struct Days {
    whole: BTreeMap<LogSource, BTreeMap<i64, Cover>>,
    /// What is missing of one account alone.
    of: BTreeMap<(LogSource, String), BTreeMap<i64, Cover>>,
    /// Answers for the log as a whole: many secrets are exposed on one day.
    told: RefCell<HashMap<Question, Vec<String>>>,
}

impl Days {
    pub(crate) fn new(coverage: &[Coverage]) -> Days {
        let mut days = Days { whole: BTreeMap::new(), of: BTreeMap::new(), told: RefCell::default() };
        for row in coverage {
            let day = row.day.0.div_euclid(DAY);
            match &row.subject {
                None => drop(days.whole.entry(row.source).or_default().insert(day, row.cover)),
                // What a mailbox records of itself says nothing of its account.
                Some(s) if !row.cover.is_covered() && !s.starts_with("mailbox:") => {
                    days.of.entry((row.source, s.to_lowercase())).or_default().insert(day, row.cover);
                }
                Some(_) => (),
            }
        }
        days
    }

    /// What is missing from one time to another so that the absence of a record would say something; any of the sources is enough
    /// for a day. Empty where nothing is.
    pub(crate) fn missing(&self, any_of: &[LogSource], subjects: &[String], from: Option<Timestamp>, to: Timestamp) -> Vec<String> {
        if any_of.is_empty() {
            return vec!["no log that can be read here shows it: ask for the log of the system itself".to_owned()];
        }
        let Some(from) = from else { return vec!["it is not known when the secret was exposed".to_owned()] };
        if !any_of.iter().any(|s| self.whole.contains_key(s)) {
            return vec![format!("{}: none was handed over", named(any_of))];
        }
        let (first, last) = (from.0.div_euclid(DAY), to.0.div_euclid(DAY));
        if !self.of.is_empty() {
            let subjects: Vec<String> = subjects.iter().map(|s| s.to_lowercase()).collect();
            return self.gaps(any_of, &subjects, first, last);
        }
        let mut told = self.told.borrow_mut();
        told.entry((any_of.to_vec(), first, last)).or_insert_with(|| self.gaps(any_of, &[], first, last)).clone()
    }

    /// Until when the logs tell: the end of the last day that any of them covers. A log always ends before it is looked at; what it
    /// does not reach takes nothing from what it tells. Where it does not reach past the day of `from` it tells nothing, and the end is `to`.
    pub(crate) fn reach(&self, any_of: &[LogSource], subjects: &[String], from: Option<Timestamp>, to: Timestamp) -> Timestamp {
        let Some(first) = from.map(|from| from.0.div_euclid(DAY)) else { return to };
        let subjects: Vec<String> = subjects.iter().map(|s| s.to_lowercase()).collect();
        let known = any_of.iter().filter_map(|s| self.whole.get(s)?.last_key_value()).map(|(day, _)| *day);
        let last = known.max().unwrap_or(first).min(to.0.div_euclid(DAY));
        let covered = (first.saturating_add(1)..=last).rev().find(|day| self.gap(any_of, &subjects, *day).is_none());
        covered.map_or(to, |day| to.min(Timestamp((day + 1) * DAY - 1)))
    }

    fn gaps(&self, any_of: &[LogSource], subjects: &[String], first: i64, last: i64) -> Vec<String> {
        let names = named(any_of);
        let mut lines = Vec::new();
        let mut day = first;
        while day <= last {
            let Some(why) = self.gap(any_of, subjects, day) else {
                day += 1;
                continue;
            };
            let end = self.end_of_gap(any_of, subjects, day, last, why);
            lines.push(line(&names, day, end, why));
            day = end + 1;
        }
        let more = lines.len().saturating_sub(LINES);
        lines.truncate(LINES);
        if more > 0 {
            lines.push(format!("{names}: {more} more gaps"));
        }
        lines
    }

    /// Why a day is missing; none where one of the sources covers it.
    fn gap(&self, any_of: &[LogSource], subjects: &[String], day: i64) -> Option<Cover> {
        let mut why = None;
        for source in any_of {
            let own = subjects.iter().find_map(|s| self.of.get(&(*source, s.clone()))?.get(&day));
            let cover = own.or_else(|| self.whole.get(source)?.get(&day)).copied().unwrap_or(Cover::Gap);
            if cover.is_covered() {
                return None;
            }
            // The reason of a log that was handed over says more than the absence of another.
            if why.is_none() || cover != Cover::Gap {
                why = Some(cover);
            }
        }
        why
    }

    /// The last day of the same reason. Beyond all that was handed over, nothing changes any more.
    fn end_of_gap(&self, any_of: &[LogSource], subjects: &[String], start: i64, last: i64, why: Cover) -> i64 {
        let known = any_of.iter().filter_map(|s| self.whole.get(s));
        let next_known = known.filter_map(|days| days.range(start + 1..).next()).map(|(day, _)| *day).min();
        let mut end = match next_known {
            Some(next) => (next - 1).min(last),
            None => return last,
        };
        while end < last && self.gap(any_of, subjects, end + 1) == Some(why) {
            end += 1;
        }
        end
    }
}

/// That the logs end before the time that is asked about.
pub(crate) fn told_until(until: Timestamp, to: Timestamp) -> Option<String> {
    let short = until.0.div_euclid(DAY) < to.0.div_euclid(DAY);
    short.then(|| format!("told until {}, the last day that the logs at hand cover: export the days since, and run again", until.date()))
}

fn named(any_of: &[LogSource]) -> String {
    any_of.iter().map(|s| s.title()).collect::<Vec<_>>().join(" or ")
}

fn line(names: &str, first: i64, last: i64, why: Cover) -> String {
    let why = match why {
        Cover::Covered | Cover::Gap => "no records were handed over",
        Cover::Throttled => "the provider stopped recording, there was too much",
        Cover::Expired => "too old, the provider keeps it no longer",
        Cover::Unlicensed => "the licence or the audit setting did not record it",
        Cover::Delayed => "records may still arrive: export again later",
    };
    let date = |day: i64| Timestamp(day * DAY).date();
    match last - first + 1 {
        1 => format!("{names}: {}: {why}", date(first)),
        days => format!("{names}: {} to {} ({days} days): {why}", date(first), date(last)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(source: LogSource, day: &str, cover: Cover, subject: Option<&str>) -> Coverage {
        let day = Timestamp::parse(day).expect("a day");
        Coverage { source, subject: subject.map(str::to_owned), day, cover, events: 1, because: String::new() }
    }

    #[test]
    fn any_of_the_sources_covers_a_day_and_gaps_are_told_in_words() {
        let days = Days::new(&[
            row(LogSource::EntraSignIn, "2026-01-01", Cover::Covered, None),
            row(LogSource::EntraSignIn, "2026-01-02", Cover::Expired, None),
            row(LogSource::UnifiedAudit, "2026-01-02", Cover::Covered, None),
            row(LogSource::EntraSignIn, "2026-01-06", Cover::Covered, None),
            row(LogSource::UnifiedAudit, "2026-01-01", Cover::Throttled, Some("anna@corp.example")),
        ]);
        let both = [LogSource::EntraSignIn, LogSource::UnifiedAudit];
        let ask = |from: &str, to: &str| {
            days.missing(&both, &["Anna@corp.example".into()], Timestamp::parse(from), Timestamp::parse(to).expect("a day"))
        };
        assert_eq!(ask("2026-01-01", "2026-01-02"), [""; 0]);
        assert_eq!(
            ask("2026-01-01", "2026-01-06"),
            ["Entra sign-in log or Microsoft 365 audit log: 2026-01-03 to 2026-01-05 (3 days): no records were handed over"]
        );
        assert_eq!(ask("2026-01-06", "2026-01-07").len(), 1);
        let one = days.missing(&[LogSource::UnifiedAudit], &["anna@corp.example".into()], Timestamp::parse("2026-01-01"), Timestamp(0));
        assert!(one.is_empty(), "a time that ends before it begins asks for nothing");
        let okta = days.missing(&[LogSource::Okta], &[], Timestamp::parse("2026-01-01"), Timestamp(i64::MAX / 2));
        assert_eq!(okta, ["Okta system log: none was handed over"]);
    }

    #[test]
    fn logs_reach_to_their_last_covered_day() {
        let days = Days::new(&[
            row(LogSource::GitHub, "2026-01-01", Cover::Covered, None),
            row(LogSource::GitHub, "2026-01-03", Cover::Covered, None),
            row(LogSource::GitHub, "2026-01-04", Cover::Delayed, None),
        ]);
        let to = Timestamp::parse("2026-01-09T12:00:00Z").expect("a time");
        let reach = |from: &str| days.reach(&[LogSource::GitHub], &[], Timestamp::parse(from), to);
        assert_eq!(reach("2026-01-01T23:00:00Z").to_string(), "2026-01-03T23:59:59Z");
        assert!(told_until(reach("2026-01-01"), to).is_some_and(|words| words.starts_with("told until 2026-01-03")));
        assert_eq!(days.missing(&[LogSource::GitHub], &[], Timestamp::parse("2026-01-01"), reach("2026-01-01")).len(), 1, "the hole stays");
        assert_eq!((reach("2026-01-03"), told_until(to, to)), (to, None), "no day after it is covered");
        assert_eq!(days.reach(&[LogSource::Okta], &[], Timestamp::parse("2026-01-01"), to), to);
    }

    #[test]
    fn a_throttled_mailbox_is_missing_where_the_log_is_not() {
        let days = Days::new(&[
            row(LogSource::UnifiedAudit, "2026-01-01", Cover::Covered, None),
            row(LogSource::UnifiedAudit, "2026-01-01", Cover::Throttled, Some("anna@corp.example")),
        ]);
        let day = Timestamp::parse("2026-01-01");
        let ask = |who: &str| days.missing(&[LogSource::UnifiedAudit], &[who.into()], day, day.expect("a day")).len();
        assert_eq!((ask("anna@corp.example"), ask("bert@corp.example")), (1, 0));
    }
}
