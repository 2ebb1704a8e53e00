//! What is usual: what was seen before the theft.

use super::Event;
use aftermail_model::{LogSource, Timestamp};
use std::collections::BTreeMap;

/// Seconds of a day.
pub(crate) const DAY: i64 = 86_400;

/// Tells whether an event is still of the time that counts as usual.
#[derive(Debug, Default)]
pub(crate) struct Baseline {
    since: Option<Timestamp>,
    first: BTreeMap<LogSource, Timestamp>,
}

impl Baseline {
    /// Before this time, else in the first seven days of each log.
    pub(crate) fn before(since: Option<Timestamp>) -> Baseline {
        Baseline { since, first: BTreeMap::new() }
    }

    /// Whether this event is of the baseline. One without a time is none.
    pub(crate) fn holds(&mut self, event: &Event) -> bool {
        let Some(time) = event.time else { return false };
        let first = *self.first.entry(event.source).or_insert(time);
        match self.since {
            Some(since) => time < since,
            None => time.0 < first.0 + 7 * DAY,
        }
    }
}

/// An operation as all exports of it compare: dashes alike, no blanks around, no full stop at its end, lower case. The Unified Audit
/// Log writes `Reset user password.`, Entra `Reset user password`; `Update application – Certificates and secrets management ` has
/// a long dash and a blank at its end.
pub(crate) fn operation(event: &Event) -> String {
    let dashes = |c: char| if ('\u{2010}'..='\u{2015}').contains(&c) || c == '\u{2212}' { '-' } else { c };
    let text: String = event.operation.chars().map(dashes).collect();
    text.trim().trim_end_matches('.').trim_end().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(day: i64) -> Event {
        Event { time: Some(Timestamp(day * DAY)), ..Event::new(LogSource::EntraSignIn) }
    }

    #[test]
    fn the_first_week_of_a_log_is_usual_unless_the_case_says_when_it_began() {
        let mut week = Baseline::before(None);
        assert!(week.holds(&at(100)) && week.holds(&at(106)) && !week.holds(&at(107)));
        let mut since = Baseline::before(Some(Timestamp(110 * DAY)));
        assert!(since.holds(&at(100)) && since.holds(&at(109)) && !since.holds(&at(110)));
        assert!(!since.holds(&Event::new(LogSource::EntraSignIn)));
    }

    #[test]
    fn spellings_of_an_operation_are_one() {
        let named = |o: &str| operation(&Event { operation: o.to_owned(), ..Event::new(LogSource::EntraAudit) });
        assert_eq!(named("Reset user password."), named("Reset user password"));
        assert_eq!(
            named("Update application \u{2013} Certificates and secrets management "),
            "update application - certificates and secrets management"
        );
    }
}
