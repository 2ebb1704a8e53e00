//! Decisions about gaps, as lines of the journal and back.

use crate::Entry;
use aftermail_model::Decision;
use std::collections::BTreeMap;

const GAP: &str = "gap ";
const ASSIGNED: &str = " assigned to ";
const ACCEPTED: &str = " accepted";

pub(crate) fn assigned(gap: &str, owner: &str) -> String {
    let owner: String = owner.chars().filter(|c| !c.is_control()).collect();
    format!("{GAP}{gap}{ASSIGNED}{owner}")
}

pub(crate) fn accepted(gap: &str) -> String {
    format!("{GAP}{gap}{ACCEPTED}")
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
}
