//! Decisions about gaps and about rows of lists, as lines of the journal and back.

use crate::Entry;
use aftermail_model::{Decision, ListDecision};
use std::collections::BTreeMap;

const GAP: &str = "gap ";
const ASSIGNED: &str = " assigned to ";
const ACCEPTED: &str = " accepted";
const ROW: &str = "list ";
const MEANS: &str = " means ";
const NOBODY: &str = "none of the messages held";

pub(crate) fn assigned(gap: &str, owner: &str) -> String {
    let owner: String = owner.chars().filter(|c| !c.is_control()).collect();
    format!("{GAP}{gap}{ASSIGNED}{owner}")
}

pub(crate) fn accepted(gap: &str) -> String {
    format!("{GAP}{gap}{ACCEPTED}")
}

pub(crate) fn meant(row: &str, message: &(String, u64)) -> String {
    format!("{ROW}{row}{MEANS}{}@{}", message.0, message.1)
}

pub(crate) fn meant_none(row: &str) -> String {
    format!("{ROW}{row}{MEANS}{NOBODY}")
}

/// What rows of lists mean: a row may name several copies; that it means none of the messages held takes back what was said before,
/// and a message confirmed later takes that back.
pub(crate) fn of_lists(journal: &[Entry]) -> Vec<ListDecision> {
    let mut all: Vec<ListDecision> = Vec::new();
    for entry in journal {
        // Rows carry the names of files, in which anything may stand: the last mark counts.
        let Some((row, message)) = entry.what.strip_prefix(ROW).and_then(|rest| rest.rsplit_once(MEANS)) else { continue };
        let means = message.rsplit_once('@').and_then(|(id, offset)| Some((id.to_owned(), offset.parse().ok()?)));
        if means.is_none() && message != NOBODY {
            continue;
        }
        all.retain(|d| d.row != row || means.is_some() && d.means.is_some() && d.means != means);
        all.push(ListDecision { row: row.to_owned(), means, who: entry.who.clone(), why: entry.why.clone() });
    }
    all
}

/// The last word on each gap.
pub(crate) fn folded(journal: &[Entry]) -> BTreeMap<String, Decision> {
    let mut all: BTreeMap<String, Decision> = BTreeMap::new();
    for entry in journal {
        let Some(rest) = entry.what.strip_prefix(GAP) else { continue };
        if let Some((gap, owner)) = rest.split_once(ASSIGNED) {
            all.insert(gap.to_owned(), Decision { owner: Some(owner.to_owned()), accepted: None });
        } else if let Some(gap) = rest.strip_suffix(ACCEPTED) {
            all.entry(gap.to_owned()).or_default().accepted = Some((entry.who.clone(), entry.why.clone()));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(what: String, why: &str) -> Entry {
        let (at, hash) = (String::new(), String::new());
        Entry { number: 1, at, who: "tester@host".into(), what, why: why.into(), hash }
    }

    #[test]
    fn the_last_decision_counts() {
        let mut journal = vec![
            entry("ran: 3 messages".into(), ""),
            entry(assigned("0a", "Anna Berg"), ""),
            entry(accepted("0a"), "a leaflet"),
            entry(accepted("0b"), "a logo"),
        ];
        let before = folded(&journal);
        assert_eq!(before["0a"].words(), "accepted by tester@host: a leaflet");
        assert_eq!(before["0b"].words(), "accepted by tester@host: a logo");
        journal.push(entry(assigned("0a", "Ben Ode"), ""));
        assert_eq!(folded(&journal)["0a"].words(), "assigned to Ben Ode");
    }

    #[test]
    fn rows_of_lists_mean_what_was_said_last() {
        let message = |id: &str| (id.to_owned(), 12);
        let mut journal = vec![
            entry(meant("a means b.csv:7", &message("0a")), "same words"),
            entry(meant("a means b.csv:7", &message("0b")), "a copy"),
            entry(meant_none("a.csv:8"), "another year"),
            entry("list of words means nothing".into(), ""),
        ];
        let told = |journal: &[Entry]| of_lists(journal).into_iter().map(|d| (d.row, d.means)).collect::<Vec<_>>();
        let copies = [("a means b.csv:7".to_owned(), Some(message("0a"))), ("a means b.csv:7".to_owned(), Some(message("0b")))];
        assert_eq!(told(&journal), [copies.as_slice(), &[("a.csv:8".to_owned(), None)]].concat());
        journal.push(entry(meant_none("a means b.csv:7"), "looked again"));
        journal.push(entry(meant("a.csv:8", &message("0c")), "it was that year"));
        assert_eq!(told(&journal), [("a means b.csv:7".to_owned(), None), ("a.csv:8".to_owned(), Some(message("0c")))]);
    }
}
