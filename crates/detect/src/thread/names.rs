//! Accounts and systems that stand in another message of the thread than the secret.

use super::phrases::Sense;
use super::{Told, View, address};
use crate::link::{Linked, Wanted, subject};
use crate::words::is_file;
use crate::{Hit, Packs};
use aftermail_model::{Kind, RevealPermit, Text};
use std::ops::Range;

/// Endings of files that are locked with a password.
const LOCKABLE: &[&str] =
    &["zip", "7z", "rar", "pdf", "docx", "xlsx", "pptx", "doc", "xls", "pfx", "p12", "kdbx", "gpg", "pgp", "aes", "enc", "jks", "ovpn"];

/// From this confidence on what a sentence tells is a secret and no name.
const LOOSE: f32 = 0.9;

/// The first file in the sender's words that may be locked with a password.
pub(super) fn file_in(body: &str, own: &[Range<usize>]) -> Option<String> {
    let words = own.iter().flat_map(|r| body[r.clone()].split_whitespace());
    let edges = |w: &str| w.trim_matches(|c: char| !c.is_alphanumeric()).to_owned();
    let lockable =
        |w: &String| w.rsplit_once('.').is_some_and(|(stem, e)| !stem.is_empty() && LOCKABLE.contains(&e.to_ascii_lowercase().as_str()));
    words.map(edges).find(lockable)
}

/// Account and system that a message without a secret names.
pub(super) fn of_message(told: &Told, view: &View, packs: &Packs) -> Linked {
    let Some(text) = view.text else { return Linked::default() };
    let text = &told.texts[text];
    let mut linked = packs.words.link_message(text, &told.message, &view.own);
    // Where it speaks of the secret stands for the secret itself.
    if let Some(spoken) = view.said.iter().find(|s| s.sense == Sense::Secret) {
        let wanted = Wanted { value: &spoken.at, kind: Kind::Password, cell: None, product: None, account: None, others: &[] };
        let around = packs.words.link(text, &told.message, &wanted);
        linked.account = linked.account.or(around.account);
        if !linked.exact {
            linked.system = around.system.or(linked.system);
        }
    }
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

/// Fills in what the messages before (and then after) a hit name, where its own message names nothing but its subject, and ties
/// the passwords of files to them.
pub(super) fn fill(thread: &mut [Told], views: &[View], packs: &Packs) {
    let permit = RevealPermit::recorded();
    let sure = thread.iter().flat_map(|t| &t.hits).filter(|(_, h)| !is_loose(h));
    let values: Vec<String> = sure.map(|(_, h)| h.value.reveal(&permit).clone()).collect();
    let secret = |name: &String| values.iter().any(|v| v.chars().count() >= 4 && name.contains(v.as_str()));
    // A secret of the thread names nothing, neither its own message nor another one.
    let innocent =
        |named: Linked| Linked { system: named.system.filter(|n| !secret(n)), account: named.account.filter(|n| !secret(n)), ..named };
    let named: Vec<Linked> = thread.iter().zip(views).map(|(told, view)| innocent(of_message(told, view, packs))).collect();
    let subjects: Vec<Option<String>> = thread.iter().map(|told| subject(&told.message)).collect();
    let locked: Vec<Vec<String>> = thread.iter().map(|told| told.locked.clone()).collect();
    for at in 0..thread.len() {
        let opens = thread[at]
            .hits
            .iter()
            .map(|(text, hit)| opened_file(&thread[at].texts[*text], hit, &views[at], &locked, at))
            .collect::<Vec<_>>();
        let Told { texts, hits, .. } = &mut thread[at];
        for ((text, hit), file) in hits.iter_mut().zip(opens) {
            if let Some(file) = file {
                hit.because.push("the mail says that it opens the file".to_owned());
                hit.system = Some(file);
            } else if hit.system.is_none() || hit.system == subjects[at] || packs.formats.is_product_name(hit) {
                // Its own message first where the value is attached or came out of the thread.
                let own = texts[*text].place != "body" || matches!(hit.rule.as_str(), "thread" | "pieces" | "wrapped");
                let order = own.then_some(at).into_iter().chain((0..at).rev()).chain(at + 1..named.len());
                let exact = order.filter(|o| named[*o].exact).find_map(|o| named[o].system.clone());
                hit.system = exact.or(hit.system.take()).or_else(|| subjects[at].clone());
            }
            if hit.account.is_none() && !hit.system.as_deref().is_some_and(is_file) {
                let order = std::iter::once(at).chain((0..at).rev()).chain(at + 1..named.len());
                hit.account = order.into_iter().find_map(|o| named[o].account.clone());
            }
        }
    }
}

/// Whether it was only told in a sentence, and not surely.
fn is_loose(hit: &Hit) -> bool {
    hit.rule == "prose" && hit.confidence < LOOSE
}

/// Leaves out what is nothing but the account of a surer secret of the thread: "you are shift-3b, the password comes apart".
pub(super) fn without_accounts(thread: &mut [Told]) {
    let permit = RevealPermit::recorded();
    let sure = thread.iter().flat_map(|t| &t.hits).filter(|(_, h)| !is_loose(h));
    let accounts: Vec<String> = sure.filter_map(|(_, h)| h.account.clone()).collect();
    let named = |value: &String| value.contains(char::is_lowercase) && accounts.contains(value);
    for told in thread {
        told.hits.retain(|(_, h)| !is_loose(h) || !named(h.value.reveal(&permit)));
    }
}

/// Words for a file, and endings of files that they may mean; no endings mean any.
const FILE_WORDS: &[(&[&str], &[&str])] = &[
    (&["certificate", "zertifikat", "certificat", "certificado", ".p12", ".pfx", "keystore", "pkcs"], &["p12", "pfx", "jks"]),
    (&["zip", "archive", "archiv", "archivo comprimido", ".7z", ".rar", "comprimido", "lzh"], &["zip", "7z", "rar", "tar", "gz"]),
    (&["pdf"], &["pdf"]),
    (&["spreadsheet", "excel", "tabelle", "tableur", "hoja de cálculo", "planilha", "workbook", "sheet"], &["xlsx", "xls", "xlsm"]),
    (&["kdbx", "keepass", "vault file", "tresor"], &["kdbx", "kdb"]),
    (
        &[
            "attachment",
            "attached",
            "the file",
            "this file",
            "document",
            "anhang",
            "anlage",
            "datei",
            "pièce jointe",
            "fichier",
            "ci-joint",
            "adjunto",
            "archivo",
            "anexo",
            "ficheiro",
            "allegato",
            "bijlage",
            "bestand",
            "załącznik",
            "plik",
            "příloh",
            "вложени",
            "файл",
            "添付",
            "附件",
            "첨부",
        ],
        &[],
    ),
];

/// The file that a password opens: one that is locked in its message or the nearest one of the thread, where the sentence speaks of
/// such a file; else a lockable file that the sender names.
fn opened_file(text: &Text, hit: &Hit, view: &View, locked: &[Vec<String>], at: usize) -> Option<String> {
    let fits = matches!(hit.kind, Kind::Password | Kind::Passphrase | Kind::EncryptionKey | Kind::Pin);
    if !fits || text.place != "body" || hit.rule.starts_with("format:") {
        return None;
    }
    let floor = text.body.floor_char_boundary(hit.start.saturating_sub(300));
    let ceiling = text.body.ceil_char_boundary((hit.end + 160).min(text.body.len()));
    let around = text.body.get(floor..ceiling)?.to_lowercase();
    let spoken: Vec<&[&str]> = FILE_WORDS.iter().filter(|(words, _)| words.iter().any(|w| around.contains(w))).map(|(_, e)| *e).collect();
    let order = std::iter::once(at).chain((0..at).rev()).chain(at + 1..locked.len());
    let ending = |file: &str| file.rsplit('.').next().unwrap_or_default().to_lowercase();
    let meant = |file: &&String| spoken.iter().any(|e| e.is_empty() || e.contains(&ending(file).as_str()));
    if let Some(file) = order.flat_map(|o| &locked[o]).find(meant) {
        return Some(file.rsplit(" > ").next().unwrap_or(file).to_owned());
    }
    // The other face of a body, HTML beside text, may be shorter or break elsewhere.
    let said = text.body.get(view.stretch(hit.start)?)?;
    let unlinked = hit.system.as_deref().is_none_or(|s| s.contains(' '));
    unlinked.then(|| file_in(said, std::slice::from_ref(&(0..said.len())))).flatten()
}
