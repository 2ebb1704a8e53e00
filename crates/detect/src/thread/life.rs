//! What became of a secret: a later message says that it was changed, revoked or deleted.

use super::own;
use super::phrases::Sense;
use super::{Told, View, date};
use crate::Hit;
use aftermail_model::{Kind, Sensitive, Status};
use std::collections::HashMap;
use std::ops::Range;

/// Words for what was changed, and the kinds that they mean.
const NAMED: &[(&[&str], &[Kind])] = &[
    (&["link", "url", "enlace", "lien"], &[Kind::SasUrl, Kind::SignedUrl]),
    (&["cookie", "session", "signed out", "logged out", "sitzung"], &[Kind::SessionCookie, Kind::Token]),
    (&["token", "jeton"], &[Kind::Token, Kind::ApiKey, Kind::SessionCookie]),
    (&["pin", "door code", "alarm code"], &[Kind::Pin]),
];

/// Sets the status of hits that a later message revokes, and says which one.
pub(super) fn settle(thread: &mut [Told], views: &[View]) {
    let mut revoked: HashMap<Sensitive<String>, String> = HashMap::new();
    for at in 0..thread.len() {
        for sentence in revocations(&thread[at], &views[at]) {
            let text = views[at].text.unwrap_or_default();
            let said = thread[at].texts[text].body[sentence].to_lowercase();
            let why = format!("{} says that it was changed", date(&thread[at]));
            for hit in meant(thread, views, at, &said) {
                revoked.entry(hit.value.clone()).or_insert_with(|| why.clone());
            }
        }
    }
    let hits = thread.iter_mut().flat_map(|t| &mut t.hits);
    for (_, hit) in hits {
        if let Some(why) = revoked.get(&hit.value) {
            hit.status = Status::RevokedInThread;
            hit.because.push(why.clone());
        }
    }
}

/// Sentences in which the sender says that a secret is no longer what it was.
fn revocations(told: &Told, view: &View) -> Vec<Range<usize>> {
    let Some(text) = view.text else { return Vec::new() };
    let body = &told.texts[text].body;
    let mut out: Vec<Range<usize>> = Vec::new();
    for said in view.said.iter().filter(|s| matches!(s.sense, Sense::Dead | Sense::Changed)) {
        let Some(stretch) = view.stretch(said.at.start) else { continue };
        let sentence = own::sentence(body, &stretch, said.at.start);
        let within = |sense| view.said.iter().any(|s| s.sense == sense && sentence.start <= s.at.start && s.at.end <= sentence.end);
        let question = body[sentence.clone()].trim_end().ends_with('?');
        let of_a_secret = said.sense == Sense::Dead || within(Sense::Secret) || within(Sense::Account);
        if of_a_secret && !within(Sense::Never) && !question && out.last() != Some(&sentence) {
            out.push(sentence);
        }
    }
    out
}

/// Hits of earlier messages that the sentence means: those that it names by account, system or kind, else all.
fn meant<'t>(thread: &'t [Told], views: &[View], at: usize, said: &str) -> Vec<&'t Hit> {
    let own_words = |hit: &Hit| views[at].stretch(hit.start).is_some();
    let earlier: Vec<&Hit> = thread[..at].iter().flat_map(|t| &t.hits).map(|(_, h)| h).collect();
    // A value that the message tells itself is the new one.
    let new: Vec<&Sensitive<String>> =
        thread[at].hits.iter().filter(|(t, h)| Some(*t) == views[at].text && own_words(h)).map(|(_, h)| &h.value).collect();
    let earlier: Vec<&Hit> = earlier.into_iter().filter(|h| !new.contains(&&h.value)).collect();
    let named: Vec<&Hit> = earlier.iter().copied().filter(|h| is_named(h, said)).collect();
    if !named.is_empty() {
        return named;
    }
    let kinds: Vec<Kind> =
        NAMED.iter().filter(|(words, _)| words.iter().any(|w| said.contains(w))).flat_map(|(_, k)| k.iter().copied()).collect();
    let of_kind: Vec<&Hit> = earlier.iter().copied().filter(|h| kinds.contains(&h.kind)).collect();
    if of_kind.is_empty() { earlier } else { of_kind }
}

fn is_named(hit: &Hit, said: &str) -> bool {
    let word = |name: &str| {
        let name = name.to_lowercase();
        name.chars().count() >= 3
            && said
                .match_indices(&name)
                .any(|(i, _)| !said[..i].ends_with(char::is_alphanumeric) && !said[i + name.len()..].starts_with(char::is_alphanumeric))
    };
    hit.account.as_deref().is_some_and(word) || hit.system.as_deref().is_some_and(word)
}
