//! What to say first: what must be exported before it is gone, and what can still be proved.

use super::{DAY, Terms, day_of};
use aftermail_model::{Cover, Coverage, LogSource, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Days of a log that were not handed over and can still be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToExport {
    /// Which log.
    pub source: LogSource,
    /// First day.
    pub from: Timestamp,
    /// Last day.
    pub to: Timestamp,
    /// When the first of these days is gone; none where the provider sets no term.
    pub gone: Option<Timestamp>,
    /// What to do, in one sentence.
    pub sentence: String,
}

impl ToExport {
    /// Whether a part of it is gone within a week.
    pub fn is_urgent(&self, as_of: Timestamp) -> bool {
        self.gone.is_some_and(|gone| gone.0 <= as_of.0 + 7 * DAY)
    }
}

/// A tenant of Microsoft 365 has these logs, whether they were handed over or not.
const OF_TENANT: [LogSource; 3] = [LogSource::UnifiedAudit, LogSource::EntraSignIn, LogSource::EntraAudit];

/// What must be exported, the most urgent first.
pub fn to_export(coverage: &[Coverage], terms: &Terms, as_of: Timestamp) -> Vec<ToExport> {
    let whole = whole(coverage);
    let mut all = Vec::new();
    for (source, days) in &whole {
        let wanted = days.iter().filter(|c| matches!(c.cover, Cover::Gap | Cover::Delayed)).map(|c| day_of(c.day));
        all.extend(runs(wanted).into_iter().map(|(from, to)| item(*source, from, to, terms, as_of)));
    }
    if OF_TENANT.iter().any(|s| whole.contains_key(s)) {
        for source in OF_TENANT.into_iter().filter(|s| !whole.contains_key(s)) {
            let today = day_of(as_of);
            let mut item = item(source, today - terms.kept(source).unwrap_or_default(), today, terms, as_of);
            item.sentence = format!("Export the {}: none was handed over, and each day that passes loses its oldest day.", source.title());
            all.push(item);
        }
    }
    all.sort_by_key(|e| (e.gone.is_none(), e.gone, e.source));
    all
}

fn item(source: LogSource, from: i64, to: i64, terms: &Terms, as_of: Timestamp) -> ToExport {
    let gone = terms.kept(source).map(|kept| Timestamp((from + kept + 1) * DAY));
    let days = match to - from {
        0 => format!("of {}", Timestamp(from * DAY).date()),
        _ => format!("of {} to {}", Timestamp(from * DAY).date(), Timestamp(to * DAY).date()),
    };
    let when = match gone {
        Some(gone) if gone.0 <= as_of.0 + DAY => " today: its first day is gone tomorrow".to_owned(),
        Some(gone) => format!(" before {}, when its first day is gone", gone.date()),
        None => ": it is kept as long as its operator keeps it".to_owned(),
    };
    ToExport {
        source,
        from: Timestamp(from * DAY),
        to: Timestamp(to * DAY),
        gone,
        sentence: format!("Export the {} {days}{when}.", source.title()),
    }
}

/// What the logs at hand can still prove, and what nothing can prove any more: one sentence for each log, then for the mailboxes.
pub fn provable(coverage: &[Coverage]) -> Vec<String> {
    let mut sentences: Vec<String> = whole(coverage).into_iter().map(|(source, days)| of_log(source, &days)).collect();
    sentences.extend(of_mailboxes(coverage));
    sentences
}

fn of_log(source: LogSource, days: &[&Coverage]) -> String {
    let of = |cover: Cover| runs(days.iter().filter(|c| c.cover == cover).map(|c| day_of(c.day)));
    let covered = of(Cover::Covered);
    let mut text = match (covered.first(), covered.last()) {
        (Some((from, _)), Some((_, to))) => {
            let days: i64 = covered.iter().map(|(from, to)| to - from + 1).sum();
            format!(
                "By the {} it can be proved what happened, and what did not, on {days} days from {} to {}.",
                source.title(),
                date(*from),
                date(*to)
            )
        }
        _ => format!("By the {} nothing can be proved but what it records: no day of it is whole.", source.title()),
    };
    for (cover, words) in [
        (Cover::Expired, "gone for good"),
        (Cover::Unlicensed, "never recorded"),
        (Cover::Gap, "missing, and to be exported"),
        (Cover::Delayed, "not all come yet"),
    ] {
        let runs = of(cover);
        if let Some(list) = list(&runs) {
            text.push_str(&format!(" {}: {list}.", capital(words)));
        }
    }
    text
}

fn of_mailboxes(coverage: &[Coverage]) -> Vec<String> {
    let mut covers: BTreeMap<&str, BTreeSet<Cover>> = BTreeMap::new();
    for row in coverage {
        if let Some(mailbox) = row.subject.as_deref().and_then(|s| s.strip_prefix("mailbox:")) {
            covers.entry(mailbox).or_default().insert(row.cover);
        }
    }
    let count = |is: &dyn Fn(&BTreeSet<Cover>) -> bool| covers.values().filter(|c| is(c)).count();
    let recorded = count(&|c| c.contains(&Cover::Covered) || c.contains(&Cover::Throttled));
    let never = covers.len() - recorded;
    let throttled = count(&|c| c.contains(&Cover::Throttled));
    let sentence = |n: usize, words: &str| match n {
        0 => None,
        1 => Some(format!("1 mailbox {words}")),
        n => Some(format!("{n} mailboxes {words}")),
    };
    let all = [
        sentence(recorded, "recorded what was read there, so that it can be told message by message."),
        sentence(never, "never recorded what was read there: that no record exists proves nothing, so all mail there counts as readable."),
        sentence(throttled, "stopped recording for a time because too much was read: assume that all mail there was."),
    ];
    all.into_iter().flatten().collect()
}

/// The rows of logs as a whole.
fn whole(coverage: &[Coverage]) -> BTreeMap<LogSource, Vec<&Coverage>> {
    let mut whole: BTreeMap<LogSource, Vec<&Coverage>> = BTreeMap::new();
    for row in coverage.iter().filter(|c| c.subject.is_none()) {
        whole.entry(row.source).or_default().push(row);
    }
    whole
}

/// Days that follow on each other, as first and last.
fn runs(days: impl Iterator<Item = i64>) -> Vec<(i64, i64)> {
    let mut runs: Vec<(i64, i64)> = Vec::new();
    for day in days {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == day => *last = day,
            _ => runs.push((day, day)),
        }
    }
    runs
}

/// At most three runs in words, then how many more days there are.
fn list(runs: &[(i64, i64)]) -> Option<String> {
    const SHOWN: usize = 3;
    let words = |(from, to): &(i64, i64)| if from == to { date(*from) } else { format!("{} to {}", date(*from), date(*to)) };
    let mut text: Vec<String> = runs.iter().take(SHOWN).map(words).collect();
    let more: i64 = runs.iter().skip(SHOWN).map(|(from, to)| to - from + 1).sum();
    if more > 0 {
        text.push(format!("and {more} days more"));
    }
    (!runs.is_empty()).then(|| text.join(", "))
}

fn date(day: i64) -> String {
    Timestamp(day * DAY).date()
}

fn capital(words: &str) -> String {
    let mut chars = words.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
