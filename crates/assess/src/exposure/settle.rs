//! What people decided about rows of lists whose message is probably held.

use super::{Missing, Reconciled};
use aftermail_model::{Exposed, Exposure, ListDecision};

impl Reconciled {
    /// Takes decisions for what they are: a confirmed message is listed, a row that means none of the messages held is missing mail.
    /// Rows about which nobody decided stay to be confirmed.
    pub fn settle(mut self, decisions: &[ListDecision]) -> Reconciled {
        for probable in std::mem::take(&mut self.probable) {
            let own: Vec<&ListDecision> = decisions.iter().filter(|d| probable.rests_on.contains(&d.row)).collect();
            if own.is_empty() {
                self.probable.push(probable);
                continue;
            }
            self.exposures.retain(|e| e.exposed != Exposed::ListedProbable || e.rests_on != probable.rests_on);
            let meant = probable.candidates.iter().filter_map(|c| {
                let decision = own.iter().find(|d| d.means.as_ref().is_some_and(|m| *m == (c.at.evidence.clone(), c.at.offset)))?;
                let because = format!("{}: {} of 100, confirmed by {}: {}", c.because, c.score, decision.who, decision.why);
                let rests_on = probable.rests_on.clone();
                Some(Exposure { at: c.at.clone(), exposed: Exposed::Listed, first: None, last: None, because, rests_on })
            });
            let meant: Vec<Exposure> = meant.collect();
            if meant.is_empty() {
                self.missing.push(Missing { rests_on: probable.rests_on, listed: probable.listed });
            }
            self.exposures.extend(meant);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Candidate, Probable};
    use super::*;
    use aftermail_model::{ListedMessage, Locator};

    fn at(evidence: &str) -> Locator {
        Locator { evidence: evidence.into(), ..Locator::default() }
    }

    /// Row 7 of a list, which means one of two messages.
    fn open() -> Reconciled {
        let rests_on = vec!["a.csv:7".to_owned()];
        let candidate = |name: &str| Candidate { at: at(name), score: 70, because: "same subject".into() };
        let exposure = |name: &str| Exposure {
            at: at(name),
            exposed: Exposed::ListedProbable,
            first: None,
            last: None,
            because: String::new(),
            rests_on: rests_on.clone(),
        };
        Reconciled {
            exposures: vec![exposure("0a"), exposure("0b")],
            probable: vec![Probable {
                rests_on: rests_on.clone(),
                listed: ListedMessage::default(),
                candidates: vec![candidate("0a"), candidate("0b")],
            }],
            ..Reconciled::default()
        }
    }

    fn decision(row: &str, means: Option<&str>) -> ListDecision {
        ListDecision { row: row.into(), means: means.map(|m| (m.into(), 0)), who: "ann".into(), why: "looked at both".into() }
    }

    #[test]
    fn a_confirmed_message_is_listed_and_the_other_candidate_is_none() {
        let settled = open().settle(&[decision("a.csv:7", Some("0b"))]);
        assert_eq!(settled.exposures.len(), 1);
        assert!(settled.exposures[0].exposed == Exposed::Listed && settled.exposures[0].at == at("0b"));
        assert!(settled.exposures[0].because.contains("confirmed by ann: looked at both"));
        assert!(settled.probable.is_empty() && settled.missing.is_empty());
    }

    #[test]
    fn a_row_that_means_none_of_them_is_missing_and_others_wait() {
        let settled = open().settle(&[decision("a.csv:7", None)]);
        assert!(settled.exposures.is_empty() && settled.probable.is_empty() && settled.missing.len() == 1);
        // What was confirmed and is not held any more is no proof of anything.
        assert_eq!(open().settle(&[decision("a.csv:7", Some("0c"))]).missing.len(), 1);
        assert_eq!(open().settle(&[decision("a.csv:8", None)]), open());
    }
}
