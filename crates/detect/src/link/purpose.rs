//! What a secret is for, in words: "the password for the VPN", the first cell of its row, what its line or its message is about.

use crate::words::{is_host, is_ordinary};
use aftermail_model::Message;

/// Words that a purpose follows.
const LEADS: &[&str] = &[
    "for the",
    "for our",
    "for",
    "to the",
    "on the",
    "of the",
    "into the",
    "für das",
    "für den",
    "für die",
    "für unser",
    "für",
    "zum",
    "zur",
    "vom",
    "pour le",
    "pour la",
    "pour l'",
    "pour",
    "du",
    "de la",
    "de l'",
    "para el",
    "para la",
    "para",
    "del",
    "de",
    "do",
    "da",
    "dla",
    "per il",
    "per la",
    "per",
    "voor de",
    "voor het",
    "voor",
    "van de",
    "van het",
    "van",
    "för",
    "til",
    "для",
    "к",
    "от",
    "na",
];

/// Where a purpose ends.
const ENDS: &[&str] = &[
    " is ", " are ", ": ", ":", " = ", "=", ", ", ". ", " ist ", " lautet ", " est ", " es ", " é ", " è ", " (", " will ", " has ",
    " was ", " and ", "?", " c'est", " и ", " ma ", " jest ", " to ", " hai", " – ", " - ", "; ", "\t", " und ", " et ", " y ", " which ",
    " that ", " en ", " at ", " à ", " i ", " teraz ", " a ", " now", " by ",
];

/// Words for secrets that may have a purpose right behind them, in lower case.
const CUES: &[&str] = &[
    "password",
    "seed",
    "totp",
    "2fa",
    "passwords",
    "passwort",
    "kennwort",
    "passphrase",
    "passcode",
    "code",
    "pin",
    "key",
    "secret",
    "token",
    "login",
    "logins",
    "credentials",
    "creds",
    "access",
    "account",
    "zugang",
    "zugangsdaten",
    "schlüssel",
    "konto",
    "mot de passe",
    "mdp",
    "clé",
    "clef",
    "clé partagée",
    "accès",
    "compte",
    "nip",
    "contraseña",
    "clave",
    "llave",
    "acceso",
    "cuenta",
    "senha",
    "palavra-passe",
    "acesso",
    "conta",
    "chave",
    "wachtwoord",
    "toegang",
    "hasło",
    "kod",
    "konto",
    "dostęp",
    "пароль",
    "доступ",
    "ключ",
    "lösenord",
    "adgangskode",
    "passord",
    "salasana",
    "heslo",
    "parola",
    "şifre",
    "panelu",
    "systemu",
];

/// What a word for a secret is of, on a line up to the value: "the password for the badge printer", "clé partagée du tunnel".
pub(super) fn of_cue(line: &str) -> Option<String> {
    let lower = line.to_lowercase();
    if lower.len() != line.len() {
        // Lower case moved the places of the letters.
        return None;
    }
    let found = CUES.iter().flat_map(|cue| lower.match_indices(cue).map(move |(at, _)| (at, at + cue.len())));
    let mut best: Option<(usize, String)> = None;
    for (start, end) in found {
        let bounded = !lower[..start].ends_with(char::is_alphanumeric) && lower[end..].starts_with(' ');
        if let Some(name) =
            bounded.then(|| lead(&line[end..], &lower[end..])).flatten().filter(|_| best.as_ref().is_none_or(|(at, _)| start >= *at))
        {
            best = Some((start, name));
        }
    }
    best.map(|(_, name)| name)
}

fn lead(rest: &str, lower: &str) -> Option<String> {
    let words = lower.trim_start();
    let blank = lower.len() - words.len();
    let length =
        LEADS.iter().filter(|l| words.strip_prefix(**l).is_some_and(|r| r.starts_with(' ') || l.ends_with('\''))).map(|l| l.len()).max()?;
    let after = &rest[blank + length..];
    let end = ENDS.iter().filter_map(|e| after.find(e)).min().unwrap_or(after.len());
    let name = after[..end].trim().trim_matches(['"', '\'', '*', '.', ',', '«', '»', '“', '”', '„']).trim();
    (name.chars().count() >= 3 && name.split_whitespace().count() <= 6 && !name.split_whitespace().all(is_ordinary))
        .then(|| name.to_owned())
}

/// What is said behind a word such as "for", where the text begins with one.
pub(super) fn led(text: &str) -> Option<&str> {
    let mut words = text.char_indices().filter(|(_, c)| *c == ' ' || *c == '\'');
    // The longest of the leads has two words.
    let short = &text[..text.ceil_char_boundary(24.min(text.len()))];
    let lower = short.to_lowercase();
    if lower.len() != short.len() || words.next().is_none() {
        return None;
    }
    let leads = LEADS.iter().filter(|l| lower.strip_prefix(**l).is_some_and(|r| r.starts_with(' ') || l.ends_with('\'')));
    let after = text[leads.map(|l| l.len()).max()?..].trim_start();
    let end = ENDS.iter().filter_map(|e| after.find(e)).min().unwrap_or(after.len());
    let name = after[..end].trim();
    let fits = name.chars().count() >= 2 && name.split_whitespace().count() <= 6 && !name.split_whitespace().all(is_ordinary);
    fits.then_some(name)
}

/// "Library-Things    for printers - key is …": the first cell of a row that is set apart by blanks or tabs.
pub(super) fn row(before: &str) -> Option<String> {
    let text = before.trim_start_matches(['>', ' ', '\t', '|', '•', '*', '-']);
    let cell = text.split(['\t', '|']).next().unwrap_or(text);
    let cell = cell.split("   ").next().unwrap_or(cell).trim();
    let telling = cell.contains('-') || cell.bytes().any(|b| b.is_ascii_digit());
    let apart = cell.len() + 3 <= text.len();
    (apart && telling && (4..=40).contains(&cell.len()) && !cell.contains([' ', ':', '=', ',', '"', '(', ')', ';', '$', '{', '}']))
        .then(|| cell.to_owned())
}

/// Words beside a cue that say nothing of what it opens.
const PLAIN: &[&str] = &[
    "secret",
    "api",
    "client",
    "access",
    "new",
    "old",
    "initial",
    "temporary",
    "temp",
    "admin",
    "user",
    "my",
    "your",
    "the",
    "our",
    "his",
    "her",
    "root",
    "master",
    "private",
    "shared",
    "pre-shared",
    "login",
    "web",
    "first",
    "current",
    "neues",
    "neue",
    "altes",
    "ihr",
    "dein",
    "nouveau",
    "votre",
    "ton",
    "nueva",
    "tu",
    "su",
    "nova",
    "sua",
    "nuova",
    "nowe",
    "новый",
    "default",
    "personal",
    "license",
    "licence",
    "one-time",
    "signing",
    "webhook",
    "public",
    "bearer",
    "auth",
    "app",
];

/// Whether a word only announces a secret.
pub(super) fn is_cue(word: &str) -> bool {
    CUES.contains(&word.to_lowercase().as_str())
}

/// How far behind a label the value may stand.
const LABELLED: usize = 60;

/// What stands before the first colon of a line up to the value, where that can be what the line is about: "Franking machine: PIN …",
/// "Root on the label server: …", "Badge printer password: …".
pub(super) fn label(line: &str) -> Option<&str> {
    let line = line.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_digit() || matches!(c, '-' | '*' | '•' | '>' | '.' | ')'));
    let (label, rest) = line.split_once([':', '：'])?;
    let foreign = ['.', ',', '=', '"', '<', '>', '{', '[', '\\', '$', '/', ';'];
    // "PS C:\", "svc:1147:" are no labels: what is said of it stands behind a blank.
    if !rest.starts_with([' ', '\t', '\u{a0}']) || rest.len() > LABELLED || label.contains(foreign) || label.trim().starts_with('\'') {
        return None;
    }
    let mut label = label.trim();
    while let Some((head, _)) = label.rsplit_once(' ').filter(|(_, last)| is_cue(last)) {
        label = head.trim_end();
    }
    // Prose that goes on from the line before, or a cue with words about it.
    let continued = label.starts_with(char::is_lowercase) && label.contains(' ');
    if continued || label.split_whitespace().any(is_cue) || label.contains(" '") {
        return None;
    }
    let said = label.split_whitespace().any(|w| !is_cue(w) && !PLAIN.contains(&w.to_lowercase().as_str()) && !is_ordinary(w));
    let fits = (3..=40).contains(&label.chars().count()) && label.split_whitespace().count() <= 5;
    (fits && said).then_some(label)
}

/// `[marlow-gis]`: the section of a configuration.
pub(super) fn section(line: &str) -> Option<String> {
    let name = line.trim().strip_prefix('[')?.strip_suffix(']')?;
    let plain = name.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | ' '));
    const GENERAL: &[&str] = &[
        "default",
        "interface",
        "peer",
        "global",
        "general",
        "settings",
        "main",
        "common",
        "server",
        "client",
        "mysqld",
        "database",
        "user",
        "credentials",
        "remote",
        "core",
        "auth",
        "security",
        "network",
        "service",
        "unit",
        "install",
        "connection",
        "options",
        "config",
        "secrets",
        "profile",
    ];
    ((3..=40).contains(&name.len()) && plain && !is_ordinary(name) && !GENERAL.contains(&name.to_lowercase().as_str()))
        .then(|| name.to_owned())
}

/// A line that names what a whole configuration is of: `hostname sw1`, `server: https://…`, `remote vpn.a.example 1194`.
pub(super) fn of_document(line: &str) -> Option<String> {
    const FIELDS: &[&str] = &[
        "hostname ",
        "server: ",
        "remote ",
        "server=",
        "host: ",
        "host=",
        "base_url=",
        "baseurl: ",
        "endpoint: ",
        "endpoint = ",
        "url: ",
        "remotehost=",
    ];
    let line = line.trim().trim_start_matches('"');
    let lower = line.to_ascii_lowercase();
    let field = FIELDS.iter().find(|f| lower.starts_with(**f))?;
    let name = line[field.len()..].split_whitespace().next()?.trim_matches(['"', '\'', ',', ';']);
    let hostname = field.starts_with("hostname") && name.len() >= 3;
    (hostname || name.contains("://") || is_host(name)).then(|| name.trim_end_matches('/').to_owned())
}

/// What programs write where a message has no subject.
const NO_SUBJECT: [&str; 14] = [
    "no subject",
    "kein betreff",
    "ohne betreff",
    "sans objet",
    "aucun objet",
    "sin asunto",
    "senza oggetto",
    "nessun oggetto",
    "sem assunto",
    "geen onderwerp",
    "brak tematu",
    "без темы",
    "無題",
    "无主题",
];

/// The subject without its reply marks, as a last resort.
pub(crate) fn subject(message: &Message) -> Option<String> {
    let mut rest = message.subject.as_deref()?.trim();
    while let Some((mark, tail)) = rest.split_once(':') {
        if mark.is_empty() || mark.chars().count() > 4 || !mark.chars().all(char::is_alphanumeric) {
            break;
        }
        rest = tail.trim();
    }
    let bare = rest.trim_matches(['(', ')', '[', ']', '<', '>']).to_lowercase();
    let none = NO_SUBJECT.contains(&bare.as_str());
    (rest.len() >= 2 && !none && !rest.split_whitespace().all(is_cue)).then(|| rest.chars().take(80).collect())
}
