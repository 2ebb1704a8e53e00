//! What only several messages of a thread say together.
//!
//! [`leads`] marks in the first pass which messages may complete or revoke what another one tells. [`join`] gets the messages of
//! such a thread in time order and adds what follows: a password that the mail before promised ([`promise`]), a secret told in
//! pieces ([`pieces`]), in parts that a model weighs ([`completed`]) or as a change of another one ([`altered`]) or broken over lines ([`wrapped`]), names of account and system that stand elsewhere in the thread ([`names`]), and that a secret was
//! changed since ([`life`]).

mod altered;
mod completed;
mod life;
mod measured;
mod names;
pub(crate) mod own;
mod paired;
mod parts;
mod phrases;
mod pieces;
mod promise;
pub(crate) mod value;
mod wrapped;

use crate::{Hit, Packs};
use aftermail_model::{Kind, Layer, Leads, Message, RevealPermit, Sensitive, Text};
use phrases::{Said, Sense};
use std::ops::Range;

pub use completed::PartExample;
pub(crate) use phrases::Phrases;

/// Messages of a thread that are joined; what is older than the last so many is left as the first pass found it.
const MOST_MESSAGES: usize = 500;
/// Words of a message that may be nothing but a secret.
const MOST_WORDS: usize = 60;
/// Lines of a text that are looked at one by one.
const MOST_LINES: usize = 2000;

/// A message and what was found in it alone.
#[derive(Debug, Clone)]
pub struct Told {
    /// The message.
    pub message: Message,
    /// Its texts, in the order in which they were decoded.
    pub texts: Vec<Text>,
    /// Hits, each with the index of its text.
    pub hits: Vec<(usize, Hit)>,
    /// Places of its parts that need a password (`scans.zip`, `a.zip > plan.pdf`).
    pub locked: Vec<String>,
}

/// Whether a text of a message may complete or revoke what another message of its thread tells, or be completed by it.
/// `hits` are those that [`crate::detect`] found in the text. Costs one pass over the first bytes that the sender wrote.
pub fn leads(text: &Text, hits: &[Hit], packs: &Packs) -> Leads {
    let found = if hits.is_empty() { Leads::default() } else { Leads::SECRET };
    if text.place != "body" || text.layer != Layer::Visible {
        return found;
    }
    let ranges = own::ranges(&text.body);
    let head = 0..text.body.floor_char_boundary(own::MOST.min(text.body.len()));
    let all = packs.phrases.said(&text.body, head.clone());
    let broken = wrapped::suspect(text, head.end, &all, hits, packs);
    let said: Vec<Said> = all.into_iter().filter(|s| ranges.iter().any(|r| r.contains(&s.at.start))).collect();
    let has = |sense| said.iter().any(|s| s.sense == sense);
    let secret = has(Sense::Secret) || has(Sense::Account) || !hits.is_empty();
    let alters = [Sense::Instead, Sense::Not, Sense::Append, Sense::Small, Sense::Capital].into_iter().any(has);
    let marks = [
        (has(Sense::Account) && hits.is_empty(), Leads::ACCOUNT),
        (!pieces::announced(&text.body, &ranges, &said).is_empty() || pieces::asks(&text.body, &ranges, &said), Leads::PIECE),
        (tells_part(text, hits, &ranges, &said, packs), Leads::PIECE),
        // What is broken over lines is joined also where no other message has a piece.
        (broken, Leads::PIECE.with(Leads::BARE)),
        (has(Sense::Promise) && (secret || has(Sense::Piece)), Leads::PROMISE),
        (has(Sense::Ask) && secret, Leads::ASKED),
        (has(Sense::Dead) || has(Sense::Changed) || alters, Leads::CHANGED),
        (secret && names::file_in(&text.body, &ranges).is_some(), Leads::LOCKED),
        (hits.iter().all(Hit::is_bare) && value::bare(&text.body, &ranges).is_some(), Leads::BARE),
        (pieces::begins_with_piece(&text.body, &ranges), Leads::BARE),
        (crate::keys::tells(&text.body, &ranges), Leads::TELLS),
    ];
    marks.into_iter().filter(|(holds, _)| *holds).fold(found, |all, (_, lead)| all.with(lead))
}

/// Whether a text by itself tells what is likely a part of a secret.
fn tells_part(text: &Text, hits: &[Hit], own: &[Range<usize>], said: &[Said], packs: &Packs) -> bool {
    let hits = hits.iter().map(|h| (0, h.clone())).collect();
    let told = Told { message: Message::default(), texts: vec![text.clone()], hits, locked: Vec::new() };
    let view = View { text: Some(0), own: own.to_vec(), said: said.to_vec(), sender: String::new() };
    completed::tells(&told, view, packs)
}

/// The words of a thread in time order that may be parts of a secret, for the training of the model that tells which are.
pub fn part_examples(thread: &mut [Told], packs: &Packs) -> Vec<PartExample> {
    thread.iter_mut().for_each(|told| wrapped::join(told, packs));
    let views: Vec<View> = thread.iter().map(|told| View::of(told, packs)).collect();
    completed::examples(thread, &views)
}

/// What the parts of a thread in time order may make, for the training of the model that tells whether it is a secret.
pub fn made_of_parts(thread: &mut [Told], packs: &Packs) -> Vec<PartExample> {
    thread.iter_mut().for_each(|told| wrapped::join(told, packs));
    let views: Vec<View> = thread.iter().map(|told| View::of(told, packs)).collect();
    completed::made(thread, &views, packs)
}

/// Adds to a thread what its messages say together: more hits, accounts and systems, and what became of a secret.
///
/// The messages stand in time order. Hits that are pieces of a longer secret give way to it. Messages beyond the last
/// five hundred are left as they are.
pub fn join(thread: &mut [Told], packs: &Packs) {
    let first = thread.len().saturating_sub(MOST_MESSAGES);
    let thread = &mut thread[first..];
    thread.iter_mut().for_each(|told| wrapped::join(told, packs));
    let views: Vec<View> = thread.iter().map(|told| View::of(told, packs)).collect();
    if !pieces::join(thread, &views, packs) {
        completed::join(thread, &views, packs);
    }
    quoted_pieces(thread);
    promise::join(thread, &views, packs);
    altered::join(thread, &views, packs);
    names::fill(thread, &views, packs);
    names::without_accounts(thread);
    life::settle(thread, &views);
}

/// Shortest piece of a joined secret that is known again where a mail quotes it.
const KNOWN_AGAIN: usize = 6;

/// What was found in other messages and is a piece of a secret that was joined stands for the whole, once in each text.
fn quoted_pieces(thread: &mut [Told]) {
    let joined = |h: &Hit| matches!(h.rule.as_str(), "wrapped" | "pieces");
    let permit = RevealPermit::recorded();
    let wholes: Vec<(String, Hit)> =
        thread.iter().flat_map(|t| &t.hits).filter(|(_, h)| joined(h)).map(|(_, h)| (h.value.reveal(&permit).clone(), h.clone())).collect();
    if wholes.is_empty() {
        return;
    }
    for told in thread {
        let mut met: Vec<(usize, Sensitive<String>)> = Vec::new();
        for (text, hit) in told.hits.iter_mut().filter(|(_, h)| !joined(h) && !h.rule.starts_with("format:")) {
            let value = hit.value.reveal(&permit).clone();
            let whole =
                wholes.iter().find(|(w, _)| w.len() > value.len() && value.chars().count() >= KNOWN_AGAIN && w.contains(value.as_str()));
            if let Some((_, whole)) = whole {
                (hit.value, hit.kind, hit.rule) = (whole.value.clone(), whole.kind, "pieces".to_owned());
                hit.because.push("a piece of a secret that the thread tells in pieces".to_owned());
                met.push((*text, whole.value.clone()));
            }
        }
        let mut kept: Vec<(usize, Sensitive<String>)> = Vec::new();
        told.hits.retain(|(text, hit)| {
            let key = (*text, hit.value.clone());
            let again = met.contains(&key) && kept.contains(&key);
            kept.push(key);
            !again
        });
    }
}

/// What a message says itself, and which of it matters here.
pub(crate) struct View {
    /// Index of its body among the texts, where it has one.
    pub text: Option<usize>,
    /// What its sender wrote.
    pub own: Vec<Range<usize>>,
    /// Phrases in that.
    pub said: Vec<Said>,
    /// The sender's address in lower case.
    pub sender: String,
}

impl View {
    fn of(told: &Told, packs: &Packs) -> View {
        let text = told.texts.iter().position(|t| t.place == "body" && t.layer == Layer::Visible && !t.body.trim().is_empty());
        let body = text.map_or("", |t| told.texts[t].body.as_str());
        let own = own::ranges(body);
        let said = own.iter().flat_map(|r| packs.phrases.said(body, r.clone())).collect();
        View { text, own, said, sender: address(told.message.from.as_deref().unwrap_or_default()) }
    }

    /// Whether the sender says it.
    pub fn says(&self, sense: Sense) -> bool {
        self.said.iter().any(|s| s.sense == sense)
    }

    /// What the sender wrote around a place: the whole lines without quotes.
    pub fn stretch(&self, at: usize) -> Option<Range<usize>> {
        self.own.iter().find(|r| r.contains(&at)).cloned()
    }

    /// How many words the sender wrote.
    pub fn words(&self, body: &str) -> usize {
        self.own.iter().map(|r| body[r.clone()].split_whitespace().count()).sum()
    }
}

/// The address of `Name <address>`, in lower case.
pub(crate) fn address(party: &str) -> String {
    let inner = party.rsplit_once('<').map_or(party, |(_, a)| a.trim_end_matches('>'));
    inner.trim().to_lowercase()
}

/// The kind of secret that the thread speaks of up to a message: that of the nearest word for one.
pub(crate) fn kind_spoken_of(thread: &[Told], views: &[View], upto: usize, packs: &Packs) -> Option<Kind> {
    (0..=upto).rev().find_map(|i| {
        let body = views[i].text.map(|t| thread[i].texts[t].body.as_str())?;
        let said = views[i].said.iter().filter(|s| s.sense == Sense::Secret);
        said.filter_map(|s| packs.words.kind_of_cue(&body[s.at.clone()])).next()
    })
}

/// `2024-02-12` of a message, for reasons.
pub(crate) fn date(told: &Told) -> String {
    told.message.sent.map_or_else(|| "an undated message".to_owned(), |t| format!("the message of {}", t.date()))
}

#[cfg(test)]
mod tests;
