//! The provider's lists against the mail held.

use super::held::{Ids, bare_id};
use super::likeness::{PROBABLE, likeness, squeezed};
use super::{Held, Rule};
use crate::threads::address;
use aftermail_model::{Exposed, Exposure, ListedMessage, Locator};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// So many candidates of a row are shown to the person who decides, and so many messages are compared with it in each way.
const CANDIDATES: usize = 10;
const COMPARED: usize = 64;
/// Candidates so many points behind the best are none.
const BEHIND: u8 = 15;
/// How far apart times may lie for a message to be compared with a row: a day, and the widest zone.
const NEAR: i64 = 86_400 + 14 * 3_600;

/// One list that a provider handed over.
#[derive(Debug, Clone, Copy)]
pub struct ProviderList<'l> {
    /// Its name: with the number of a row the provenance of whatever rests on it.
    pub name: &'l str,
    /// Its rows.
    pub rows: &'l [ListedMessage],
}

/// A message that a row may mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidate {
    /// The message.
    pub at: Locator,
    /// How alike they are, of a hundred.
    pub score: u8,
    /// In what, in words.
    pub because: String,
}

/// A row whose message is probably held: a person must confirm.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probable {
    /// The rows that name the message, as `list:row`.
    pub rests_on: Vec<String>,
    /// What the first of them says.
    pub listed: ListedMessage,
    /// The likeliest first.
    pub candidates: Vec<Candidate>,
}

/// A message that is listed and not held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// The rows that name it, as `list:row`.
    pub rests_on: Vec<String>,
    /// What the first of them says.
    pub listed: ListedMessage,
}

/// A message that is held, falls under the rule, and is on no list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Extra {
    /// The message.
    pub at: Locator,
    /// The compromised account.
    pub party: String,
}

/// What lists and mail say of each other.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reconciled {
    /// Messages that are listed, surely or probably; every copy that is held.
    pub exposures: Vec<Exposure>,
    /// Rows to confirm.
    pub probable: Vec<Probable>,
    /// Rows whose mail must be asked for.
    pub missing: Vec<Missing>,
    /// Messages of the compromised correspondence that no list names.
    pub extra: Vec<Extra>,
}

/// All rows of all lists that name one message.
struct Wanted<'l> {
    listed: &'l ListedMessage,
    rests_on: Vec<String>,
}

/// Matches lists with the mail held: by Message-ID, then, for rows that found nothing, by likeness.
pub fn reconcile(lists: &[ProviderList<'_>], held: &[Held<'_>], rule: &Rule) -> Reconciled {
    let ids = Ids::of(held);
    let mut out = Reconciled::default();
    let mut open = Vec::new();
    let mut named: BTreeSet<usize> = BTreeSet::new();
    for wanted in merged(lists) {
        let holders = wanted.listed.message_id.as_deref().map(|id| ids.holders(held, id)).unwrap_or_default();
        if holders.is_empty() {
            open.push(wanted);
            continue;
        }
        for n in holders {
            named.insert(n);
            out.exposures.push(exposure(&held[n], Exposed::Listed, by_id(&wanted, &held[n]), &wanted.rests_on));
        }
    }
    let near = Near::of(held, &open);
    for (wanted, candidates) in open.into_iter().zip(near) {
        let Wanted { listed, rests_on } = wanted;
        if candidates.is_empty() {
            out.missing.push(Missing { rests_on, listed: listed.clone() });
            continue;
        }
        for (n, score, because) in &candidates {
            let because = format!("{because}: {score} of 100, to be confirmed");
            named.insert(*n);
            out.exposures.push(exposure(&held[*n], Exposed::ListedProbable, because, &rests_on));
        }
        let candidates = candidates.into_iter().map(|(n, score, because)| Candidate { at: held[n].at.clone(), score, because }).collect();
        out.probable.push(Probable { rests_on, listed: listed.clone(), candidates });
    }
    if !lists.is_empty() {
        let unnamed = held.iter().enumerate().filter(|(n, _)| !named.contains(n));
        out.extra = unnamed.filter_map(|(_, h)| Some(Extra { at: h.at.clone(), party: rule.party(h)? })).collect();
    }
    out
}

/// Rows of one Message-ID are one message, in whatever list they stand.
fn merged<'l>(lists: &[ProviderList<'l>]) -> Vec<Wanted<'l>> {
    let mut of_id: HashMap<&str, usize> = HashMap::new();
    let mut all: Vec<Wanted<'l>> = Vec::new();
    for list in lists {
        for listed in list.rows {
            let row = format!("{}:{}", list.name, listed.row);
            let known = listed.message_id.as_deref().map(|id| *of_id.entry(bare_id(id)).or_insert(all.len()));
            match known.filter(|n| *n < all.len()) {
                Some(n) => all[n].rests_on.push(row),
                None => all.push(Wanted { listed, rests_on: vec![row] }),
            }
        }
    }
    all
}

fn by_id(wanted: &Wanted<'_>, held: &Held<'_>) -> String {
    let exact = wanted.listed.message_id.as_deref().map(bare_id) == held.message_id.map(bare_id);
    let case = if exact { "" } else { ", apart from upper and lower case" };
    match wanted.rests_on.len() {
        1 => format!("same Message-ID as a row of the provider's list{case}"),
        n => format!("same Message-ID as {n} rows of the provider's lists{case}"),
    }
}

fn exposure(held: &Held<'_>, exposed: Exposed, because: String, rests_on: &[String]) -> Exposure {
    Exposure { at: held.at.clone(), exposed, first: None, last: None, because, rests_on: rests_on.to_vec() }
}

/// Messages to compare with rows: those of the same subject or sender, the nearest in time first.
struct Near<'h, 'm> {
    held: &'h [Held<'m>],
    /// Times and messages, in order, of each subject and of each sender that some row names.
    subjects: HashMap<String, Vec<(i64, usize)>>,
    senders: HashMap<String, Vec<(i64, usize)>>,
}

impl<'h, 'm> Near<'h, 'm> {
    /// The best candidates of each row, the likeliest first: message, score and words.
    fn of(held: &'h [Held<'m>], open: &[Wanted<'_>]) -> Vec<Vec<(usize, u8, String)>> {
        let mut near = Near { held, subjects: HashMap::new(), senders: HashMap::new() };
        for wanted in open {
            near.subjects.extend(wanted.listed.subject.as_deref().map(|s| (squeezed(s), Vec::new())));
            near.senders.extend(wanted.listed.from.as_deref().map(|s| (address(s), Vec::new())));
        }
        near.fill();
        open.iter().map(|wanted| near.best(wanted.listed)).collect()
    }

    fn fill(&mut self) {
        if self.subjects.is_empty() && self.senders.is_empty() {
            return;
        }
        for (n, held) in self.held.iter().enumerate() {
            let time = held.sent.or(held.received).map_or(i64::MIN, |t| t.0);
            let subject = held.subject.and_then(|s| self.subjects.get_mut(&squeezed(s)));
            let sender = held.from.and_then(|s| self.senders.get_mut(&address(s)));
            subject.into_iter().chain(sender).for_each(|list| list.push((time, n)));
        }
        self.subjects.values_mut().chain(self.senders.values_mut()).for_each(|list| list.sort_unstable());
    }

    fn best(&self, row: &ListedMessage) -> Vec<(usize, u8, String)> {
        let by_subject = row.subject.as_deref().and_then(|s| self.subjects.get(&squeezed(s)));
        let by_sender = row.from.as_deref().and_then(|s| self.senders.get(&address(s)));
        let time = row.sent.or(row.received).map(|t| t.0);
        let mut compared: BTreeMap<usize, (u8, String)> = BTreeMap::new();
        for n in by_subject.into_iter().chain(by_sender).flat_map(|list| nearest(list, time)) {
            // Two different Message-IDs are two messages.
            if row.message_id.is_none() || self.held[n].message_id.is_none() {
                compared.entry(n).or_insert_with(|| likeness(row, &self.held[n]));
            }
        }
        let alike = compared.into_iter().filter(|(_, (score, _))| *score >= PROBABLE).map(|(n, (score, words))| (n, score, words));
        let mut alike: Vec<_> = alike.collect();
        alike.sort_by_key(|(n, score, _)| (u8::MAX - score, *n));
        let best = alike.first().map_or(0, |(_, score, _)| *score);
        // Copies of one message are one candidate and are all kept.
        let mut kept: BTreeSet<&str> = BTreeSet::new();
        alike.retain(|(n, score, _)| {
            let same = self.held[*n].sameness;
            score.saturating_add(BEHIND) > best && (kept.contains(same) || (kept.len() < CANDIDATES && kept.insert(same)))
        });
        alike
    }
}

/// The messages of a list around a time; all of them up to a limit where the time is not known.
fn nearest(list: &[(i64, usize)], time: Option<i64>) -> impl Iterator<Item = usize> {
    let at = time.map_or(0, |t| list.partition_point(|(own, _)| *own < t));
    let mut around: Vec<(i64, usize)> = list[at.saturating_sub(COMPARED)..(at + COMPARED).min(list.len())].to_vec();
    if let Some(time) = time {
        around.retain(|(own, _)| *own == i64::MIN || (*own - time).abs() <= NEAR);
    }
    around.into_iter().map(|(_, n)| n)
}
