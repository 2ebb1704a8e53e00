//! "The password follows": the account stands in one message and the secret, with nothing that says so, in a later one.

use super::phrases::Sense;
use super::value::{self, Bare};
use super::{Told, View, date, kind_spoken_of, names};
use crate::{Hit, Packs};
use aftermail_model::{Kind, Sensitive, Status};

/// How long a promise or a question stays open, in seconds.
const OPEN_FOR: i64 = 21 * 86_400;
/// Messages after it that may answer.
const MOST_ANSWERS: usize = 6;

/// How a message opens a wait for a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Opens {
    /// Its sender will tell.
    Promise,
    /// Its recipient shall.
    Question,
}

/// Finds the answers to promises and questions.
pub(super) fn join(thread: &mut [Told], views: &[View], packs: &Packs) {
    for asked in 0..thread.len() {
        let Some(opens) = opened(&views[asked]) else { continue };
        if opens == Opens::Promise && !thread[asked].hits.iter().all(|(t, _)| Some(*t) != views[asked].text) {
            // It tells the secret itself.
            continue;
        }
        answer(thread, views, asked, opens, packs);
    }
}

fn opened(view: &View) -> Option<Opens> {
    let secret = view.says(Sense::Secret) || view.says(Sense::Account);
    if view.says(Sense::Promise) && (secret || view.says(Sense::Piece)) {
        return Some(Opens::Promise);
    }
    (view.says(Sense::Ask) && view.says(Sense::Secret)).then_some(Opens::Question)
}

fn answer(thread: &mut [Told], views: &[View], asked: usize, opens: Opens, packs: &Packs) {
    let last = thread.len().min(asked + 1 + MOST_ANSWERS);
    for at in asked + 1..last {
        let same = views[at].sender == views[asked].sender;
        let in_time = match (thread[asked].message.sent, thread[at].message.sent) {
            (Some(a), Some(b)) => b.0 - a.0 <= OPEN_FOR,
            _ => true,
        };
        if !in_time || opens == Opens::Question && same {
            continue;
        }
        if told_in_own_words(&thread[at], &views[at]) {
            complete(thread, views, asked, at, opens, packs);
            return;
        }
        if let Some((text, bare)) = told(&thread[at], &views[at]) {
            let hit = made(thread, views, asked, at, opens, text, &bare, packs);
            if hit.confidence >= crate::words::REPORT_FROM {
                thread[at].hits.push((text, hit));
                return;
            }
        }
    }
}

/// Whether a hit stands in what the sender wrote.
fn told_in_own_words(told: &Told, view: &View) -> bool {
    told.hits.iter().any(|(t, hit)| Some(*t) == view.text && view.stretch(hit.start).is_some())
}

/// What was found in a short mail without any word for it belongs to what the promise or the question names.
fn complete(thread: &mut [Told], views: &[View], asked: usize, at: usize, opens: Opens, packs: &Packs) {
    let named = names::of_message(&thread[asked], &views[asked], packs);
    let (_, why) = said_by(opens, views[at].sender == views[asked].sender);
    let why = format!("{} {why}", date(&thread[asked]));
    let bare = |hit: &&mut (usize, Hit)| Some(hit.0) == views[at].text && hit.1.is_bare() && views[at].stretch(hit.1.start).is_some();
    for (_, hit) in thread[at].hits.iter_mut().filter(bare) {
        hit.account = hit.account.take().or_else(|| named.account.clone());
        hit.system = named.system.clone().or_else(|| hit.system.take());
        hit.because.insert(0, why.clone());
    }
}

/// What a promise or a question says for its answer, in logits and in words.
fn said_by(opens: Opens, same_sender: bool) -> (f32, &'static str) {
    match (opens, same_sender) {
        (Opens::Promise, true) => (-1.0, "says that it follows; this one comes from the same sender"),
        (Opens::Promise, false) => (-2.2, "says that it follows by another way"),
        (Opens::Question, _) => (-1.8, "asks for it; this one answers"),
    }
}

fn told(told: &Told, view: &View) -> Option<(usize, Bare)> {
    let text = view.text?;
    value::bare(&told.texts[text].body, &view.own).map(|bare| (text, bare))
}

#[allow(clippy::too_many_arguments)]
fn made(thread: &[Told], views: &[View], asked: usize, at: usize, opens: Opens, text: usize, bare: &Bare, packs: &Packs) -> Hit {
    let body = &thread[at].texts[text].body;
    let same = views[at].sender == views[asked].sender;
    let (thread_says, why) = said_by(opens, same);
    // A long message says other things too.
    let long = if views[at].words(body) > 25 { -0.8 } else { 0.0 };
    let logit = thread_says + bare.weight + long;
    let named = names::of_message(&thread[asked], &views[asked], packs);
    Hit {
        start: bare.range.start,
        end: bare.range.end,
        value: Sensitive::new(body[bare.range.clone()].to_owned()),
        rule: "thread".to_owned(),
        kind: kind_spoken_of(thread, views, asked, packs).unwrap_or(Kind::Password),
        system: named.system,
        account: named.account,
        expires: None,
        status: Status::Live,
        confidence: 1.0 / (1.0 + (-logit).exp()),
        because: vec![format!("{} {why}", date(&thread[asked])), bare.because.to_owned()],
        language: None,
    }
}
