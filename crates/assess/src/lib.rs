//! Occurrences in; findings, links and priorities out; which messages are one thread; and what logs say of secrets: whether they
//! were used, and whether they are dead. Pure: no IO, no clock, no globals.

pub mod coverage;
pub mod exposure;
mod names;
mod priority;
pub mod probe;
pub mod proof;
pub mod signals;
mod threads;
pub mod usage;

use aftermail_model::{Finding, FindingId, Kind, Link, LinkTarget, Locator, Occurrence, Status, Timestamp};
use std::collections::{BTreeMap, HashSet};

pub use priority::priority_of;
pub use threads::{Envelope, threads};

/// Folds occurrences into findings, one per distinct secret. The order of arrival does not matter.
#[derive(Default)]
pub struct Ledger {
    secrets: BTreeMap<FindingId, Secret>,
}

/// A secret as far as it is known.
struct Secret {
    /// The occurrence that speaks for it: the most confident, then the first by place.
    best: Occurrence,
    votes: BTreeMap<(LinkTarget, String), Vote>,
    expires: Option<Timestamp>,
    /// The latest occurrence that says anything of the secret's life: when, and what.
    status: Option<(Option<Timestamp>, Status)>,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    messages: HashSet<Locator>,
    occurrences: u64,
}

/// How much speaks for a name.
#[derive(Default)]
struct Vote {
    /// Confidences in thousandths, so that the sum does not depend on the order.
    weight: u64,
    occurrences: u64,
    /// As it was written, first by spelling.
    shown: String,
}

impl Ledger {
    /// Takes one occurrence and the time at which its message was sent.
    pub fn add(&mut self, occurrence: &Occurrence, sent: Option<Timestamp>) {
        let secret = self.secrets.entry(occurrence.finding.clone()).or_insert_with(|| Secret::new(occurrence));
        secret.add(occurrence, sent);
    }

    /// Findings by priority, then by confidence, then by id; links by finding, target and name.
    pub fn finish(self) -> (Vec<Finding>, Vec<Link>) {
        let mut findings = Vec::with_capacity(self.secrets.len());
        let mut links = Vec::new();
        for (id, secret) in self.secrets {
            links.extend(secret.links(&id));
            findings.push(secret.finding(id));
        }
        findings.sort_by(|a, b| a.priority.cmp(&b.priority).then(b.confidence.total_cmp(&a.confidence)).then(a.id.cmp(&b.id)));
        (findings, links)
    }
}

impl Secret {
    fn new(occurrence: &Occurrence) -> Secret {
        Secret {
            best: occurrence.clone(),
            votes: BTreeMap::new(),
            expires: None,
            status: None,
            first: None,
            last: None,
            messages: HashSet::new(),
            occurrences: 0,
        }
    }

    fn add(&mut self, o: &Occurrence, sent: Option<Timestamp>) {
        if rank(o) < rank(&self.best) {
            self.best = o.clone();
        }
        for (target, name) in [(LinkTarget::System, &o.system), (LinkTarget::Account, &o.account)] {
            let Some(name) = name.as_deref().map(names::normalised).filter(|n| !n.is_empty()) else { continue };
            let key = name.to_lowercase();
            self.vote(target, key, name, o.confidence);
        }
        // Names of credentials are exact: letters of another case are another name.
        if let Some(name) = o.credential.as_ref().map(ToString::to_string) {
            self.vote(LinkTarget::Credential, name.clone(), name, o.confidence);
        }
        self.expires = self.expires.max(o.expires);
        if o.status != Status::Live {
            self.status = self.status.max(Some((sent, o.status)));
        }
        self.first = [self.first, sent].into_iter().flatten().min();
        self.last = self.last.max(sent);
        self.messages.insert(o.at.clone());
        self.occurrences += 1;
    }

    fn vote(&mut self, target: LinkTarget, key: String, name: String, confidence: f32) {
        let vote = self.votes.entry((target, key)).or_default();
        vote.weight += (f64::from(confidence) * 1000.0) as u64;
        vote.occurrences += 1;
        if vote.shown.is_empty() || name < vote.shown {
            vote.shown = name;
        }
    }

    fn winner(&self, target: LinkTarget) -> Option<String> {
        let candidates = self.votes.iter().filter(|((t, _), _)| *t == target);
        // More weight wins, then the longer and thus more exact name, then the spelling.
        let best = candidates.max_by(|((_, a), x), ((_, b), y)| (x.weight, a.len(), b).cmp(&(y.weight, b.len(), a)));
        best.map(|(_, vote)| vote.shown.clone())
    }

    fn links<'a>(&'a self, id: &'a FindingId) -> impl Iterator<Item = Link> + 'a {
        self.votes.iter().map(|((target, _), vote)| Link {
            finding: id.clone(),
            target: *target,
            name: vote.shown.clone(),
            occurrences: vote.occurrences,
            because: match vote.occurrences {
                _ if *target == LinkTarget::Credential => "its name in logs, from its value or what stands beside it".to_owned(),
                1 => "named beside the secret in one place".to_owned(),
                n => format!("named beside the secret in {n} places"),
            },
        })
    }

    fn finding(self, id: FindingId) -> Finding {
        let (system, account) = (self.winner(LinkTarget::System), self.winner(LinkTarget::Account));
        let status = self.status.map_or(Status::Live, |(_, s)| s);
        let best = self.best;
        let (priority, priority_because) = priority_of(best.kind, best.confidence, status, system.as_deref(), account.as_deref());
        Finding {
            id,
            kind: best.kind,
            shape: best.shape,
            system,
            account,
            expires: self.expires,
            status,
            confidence: best.confidence,
            because: best.because,
            first_sent: self.first,
            last_sent: self.last,
            messages: self.messages.len() as u64,
            occurrences: self.occurrences,
            priority,
            priority_because,
        }
    }
}

/// The order in which occurrences may speak for their finding; the least one does.
fn rank(o: &Occurrence) -> (i64, Kind, &Locator, u32, &str, u64) {
    (-(f64::from(o.confidence) * 1e6) as i64, o.kind, &o.at, o.part, o.place.as_str(), o.start)
}

#[cfg(test)]
mod tests;
