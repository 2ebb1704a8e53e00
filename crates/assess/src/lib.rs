//! Occurrences in; findings, links and priorities out; which messages are one thread; and what logs say of secrets: whether they
//! were used, and whether they are dead. Pure: no IO, no clock, no globals.

pub mod coverage;
mod directory;
pub mod exposure;
mod ignore;
mod names;
mod priority;
pub mod probe;
pub mod proof;
pub mod signals;
mod threads;
pub mod usage;

use aftermail_model::{Finding, FindingId, Kind, Link, LinkTarget, Locator, Occurrence, Status, Timestamp};
use std::collections::{BTreeMap, HashSet};

pub use directory::Directory;
pub use ignore::Ignore;
pub use priority::priority_of;
pub use threads::{Envelope, threads};

/// Folds occurrences into findings, one per distinct secret. The order of arrival does not matter.
#[derive(Default)]
pub struct Ledger {
    secrets: BTreeMap<FindingId, Secret>,
    directory: Directory,
    ignores: Vec<Ignore>,
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
    /// Who sent the first message that holds it, and when.
    sender: Option<(Option<Timestamp>, String)>,
    /// Why it is ignored, as long as every occurrence is.
    ignored: Option<String>,
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
    /// A ledger that knows the organisation, and what is not to be worked off.
    pub fn new(directory: Directory, ignores: Vec<Ignore>) -> Ledger {
        Ledger { secrets: BTreeMap::new(), directory, ignores }
    }

    /// Takes one occurrence, the time at which its message was sent, and its sender.
    pub fn add(&mut self, occurrence: &Occurrence, sent: Option<Timestamp>, from: Option<&str>) {
        let why = self.ignores.iter().find(|rule| rule.matches(occurrence, from)).map(|rule| rule.reason.clone());
        let new = || Secret { ignored: why.clone(), ..Secret::new(occurrence) };
        let secret = self.secrets.entry(occurrence.finding.clone()).or_insert_with(new);
        if why.is_none() {
            secret.ignored = None;
        }
        secret.add(occurrence, sent, from, &self.directory);
    }

    /// Findings by priority, then by confidence, then by id; links by finding, target and name.
    pub fn finish(self) -> (Vec<Finding>, Vec<Link>) {
        let mut findings = Vec::with_capacity(self.secrets.len());
        let mut links = Vec::new();
        for (id, secret) in self.secrets {
            links.extend(secret.links(&id, &self.directory));
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
            sender: None,
            ignored: None,
        }
    }

    fn add(&mut self, o: &Occurrence, sent: Option<Timestamp>, from: Option<&str>, directory: &Directory) {
        if rank(o) < rank(&self.best) {
            self.best = o.clone();
        }
        for (target, name) in [(LinkTarget::System, &o.system), (LinkTarget::Account, &o.account)] {
            let Some(name) = name.as_deref().map(names::normalised).filter(|n| !n.is_empty()) else { continue };
            let known = if target == LinkTarget::System { directory.system(&name) } else { directory.account(&name) };
            let name = known.map_or(name.clone(), str::to_owned);
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
        if let Some(from) = from {
            let new = (sent, from.to_owned());
            // A message without a date comes after all that have one.
            let rank = |(sent, from): &(Option<Timestamp>, String)| (sent.is_none(), *sent, from.clone());
            self.sender = Some(self.sender.take().into_iter().chain([new]).min_by_key(rank).unwrap_or_default());
        }
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

    fn links(&self, id: &FindingId, directory: &Directory) -> Vec<Link> {
        let link = |((target, _), vote): (&(LinkTarget, String), &Vote)| Link {
            finding: id.clone(),
            target: *target,
            name: vote.shown.clone(),
            occurrences: vote.occurrences,
            because: match vote.occurrences {
                _ if *target == LinkTarget::Credential => "its name in logs, from its value or what stands beside it".to_owned(),
                1 => "named beside the secret in one place".to_owned(),
                n => format!("named beside the secret in {n} places"),
            },
        };
        self.votes.iter().map(link).chain(self.owners(id, directory)).collect()
    }

    /// Who may reset it, the likeliest first: who runs the system, whose account it is, who sent it.
    fn owners(&self, id: &FindingId, directory: &Directory) -> Vec<Link> {
        let system = self.winner(LinkTarget::System).and_then(|system| directory.owner(&system));
        let account = self.winner(LinkTarget::Account).and_then(|account| {
            Some((directory.account(&account)?.to_owned(), "it is the account of that person, by the directory".to_owned()))
        });
        let sender = self.sender.as_ref().map(|(_, from)| (from.clone(), "sent the first message that holds it".to_owned()));
        let mut owners: Vec<Link> = Vec::new();
        for (name, because) in [system, account, sender].into_iter().flatten() {
            if !owners.iter().any(|o| o.name == name) {
                owners.push(Link { finding: id.clone(), target: LinkTarget::Owner, name, occurrences: self.occurrences, because });
            }
        }
        owners
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
            ignored: self.ignored,
        }
    }
}

/// The order in which occurrences may speak for their finding; the least one does.
fn rank(o: &Occurrence) -> (i64, Kind, &Locator, u32, &str, u64) {
    (-(f64::from(o.confidence) * 1e6) as i64, o.kind, &o.at, o.part, o.place.as_str(), o.start)
}

#[cfg(test)]
mod tests;
