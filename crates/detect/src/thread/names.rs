//! Accounts and systems that stand in another message of the thread than the secret.

use super::{Told, View, address};
use crate::link::Linked;
use crate::words::is_file;
use crate::{Hit, Packs};
use std::ops::Range;

/// Endings of files that are locked with a password.
const LOCKABLE: &[&str] =
    &["zip", "7z", "rar", "pdf", "docx", "xlsx", "pptx", "doc", "xls", "pfx", "p12", "kdbx", "gpg", "pgp", "aes", "enc", "jks", "ovpn"];

/// The first file in the sender's words that may be locked with a password.
pub(super) fn file_in(body: &str, own: &[Range<usize>]) -> Option<String> {
    let words = own.iter().flat_map(|r| body[r.clone()].split_whitespace());
    let edges = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    words.map(edges).find(|w| is_file(w) && w.rsplit('.').next().is_some_and(|e| LOCKABLE.contains(&e.to_ascii_lowercase().as_str())))
}

/// Account and system that a message without a secret names.
pub(super) fn of_message(told: &Told, view: &View, packs: &Packs) -> Linked {
    let Some(text) = view.text else { return Linked::default() };
    let text = &told.texts[text];
    let mut linked = packs.words.link_message(text, &told.message, &view.own);
    if linked.account.is_none() && says_address_is_account(&text.body, &view.own) {
        linked.account = told.message.to.first().map(|to| address(to));
    }
    linked
}

/// "Your user name is your email address."
fn says_address_is_account(body: &str, own: &[Range<usize>]) -> bool {
    const SAID: &[&str] = &[
        "is your email address",
        "is your e-mail address",
        "is your mail address",
        "your email as user",
        "your email is your user",
        "ist ihre e-mail",
        "ist ihre mailadresse",
        "ist deine e-mail",
        "est votre adresse",
        "est ton adresse",
        "es tu correo",
        "es su correo",
        "é o seu e-mail",
        "é o seu email",
        "è il tuo indirizzo",
        "è la tua email",
        "is je e-mail",
        "is uw e-mail",
    ];
    own.iter().any(|r| {
        let words = body[r.clone()].to_lowercase().split_whitespace().collect::<Vec<_>>().join(" ");
        SAID.iter().any(|s| words.contains(s))
    })
}

/// Fills in what the messages before (and then after) a hit name, where its own message names nothing.
pub(super) fn fill(thread: &mut [Told], views: &[View], packs: &Packs) {
    let named: Vec<Linked> = thread.iter().zip(views).map(|(told, view)| of_message(told, view, packs)).collect();
    for (at, told) in thread.iter_mut().enumerate() {
        for (_, hit) in &mut told.hits {
            from_thread(hit, at, &named);
        }
    }
}

fn from_thread(hit: &mut Hit, at: usize, named: &[Linked]) {
    let order = (0..at).rev().chain(at + 1..named.len());
    for other in order {
        if hit.account.is_none() {
            hit.account = named[other].account.clone();
        }
        if hit.system.is_none() {
            hit.system = named[other].system.clone();
        }
    }
}
