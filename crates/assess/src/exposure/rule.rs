//! Mail that counts as taken by rule: what was written to and from compromised accounts.

use super::{Held, Window};
use aftermail_model::{Exposed, Exposure};
use std::collections::BTreeSet;

/// Correspondence with compromised accounts, as directives have it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rule {
    /// Addresses, in lower case.
    pub accounts: BTreeSet<String>,
    /// Domains all of whose addresses count, in lower case; with those below them.
    pub domains: BTreeSet<String>,
    /// When the mail was sent.
    pub window: Window,
}

impl Rule {
    /// The party for which a message falls under the rule.
    pub(super) fn party(&self, held: &Held<'_>) -> Option<String> {
        if !self.window.holds(held.sent.or(held.received)) {
            return None;
        }
        held.parties().find(|party| self.accounts.contains(party) || self.holds_domain(party))
    }

    fn holds_domain(&self, party: &str) -> bool {
        let Some((_, mut domain)) = party.rsplit_once('@') else { return false };
        loop {
            if self.domains.contains(domain) {
                return true;
            }
            match domain.split_once('.') {
                Some((_, parent)) => domain = parent,
                None => return false,
            }
        }
    }

    /// The messages that fall under the rule.
    pub fn apply(&self, held: &[Held<'_>]) -> Vec<Exposure> {
        let exposure = |held: &Held<'_>| {
            Some(Exposure {
                at: held.at.clone(),
                exposed: Exposed::AssumedByRule,
                first: None,
                last: None,
                because: format!("correspondence with {}, a compromised account", self.party(held)?),
                rests_on: Vec::new(),
            })
        };
        held.iter().filter_map(exposure).collect()
    }
}
