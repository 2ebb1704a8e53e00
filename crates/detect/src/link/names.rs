//! What can be the name of an account or of a machine.

use super::places::words;
use super::{is_address, is_ordinary};
use crate::words::{TextPage, is_file, is_host};
use std::ops::Range;

/// Accounts that systems come with.
const WELL_KNOWN: &[&str] = &[
    "root",
    "admin",
    "administrator",
    "administrador",
    "administrateur",
    "sa",
    "sysadmin",
    "postgres",
    "oracle",
    "guest",
    "operator",
    "superuser",
    "enable",
    "pi",
    "ubuntu",
    "ec2-user",
    "nobody",
    "sysdba",
];

/// Whether systems come with an account of this name.
pub(crate) fn is_well_known(name: &str) -> bool {
    WELL_KNOWN.contains(&name)
}

/// Words that follow "user" and "login" without being the name of one.
const NO_NAMES: &[&str] = &[
    "name",
    "names",
    "account",
    "accounts",
    "group",
    "groups",
    "guide",
    "manual",
    "interface",
    "experience",
    "page",
    "screen",
    "data",
    "list",
    "id",
    "ids",
    "details",
    "info",
    "information",
    "portal",
    "should",
    "needs",
    "who",
    "wants",
    "gets",
    "logs",
    "said",
    "says",
    "reports",
    "asked",
    "called",
    "access",
    "support",
    "story",
    "error",
    "again",
    "typed",
    "count",
    "first",
    "session",
    "hat",
    "haben",
    "kann",
    "muss",
    "peut",
    "doit",
    "puede",
    "debe",
    "pode",
    "deve",
    "può",
    "gaya",
    "raha",
    "wala",
    "hoga",
    "nahi",
    "karo",
    "agent",
    "friendly",
    "defined",
    "facing",
    "ka",
    "ki",
    "ke",
    "ko",
    "hai",
    "mein",
    "aur",
    "se",
    "after",
    "before",
    "into",
    "using",
    "via",
    "until",
    "over",
    "under",
    "about",
    "because",
];

/// Whether it can name something at all.
pub(super) fn is_name(text: &str) -> bool {
    (2..=80).contains(&text.chars().count())
        && !text.contains("://")
        && !text.contains(['<', '>', '{', '}', '=', '$'])
        && text.chars().any(char::is_alphanumeric)
        && !text.contains("***")
        && !is_ordinary(text)
        && !super::purpose::is_cue(text)
}

/// A name that no ordinary word is: with a digit, a dot, an underscore or a backslash, or an address.
pub(super) fn tells(text: &str) -> bool {
    is_address(text)
        || text.contains(['_', '\\', '.', '-', '@'])
        || text.bytes().any(|b| b.is_ascii_digit())
        || WELL_KNOWN.contains(&text.to_lowercase().as_str())
}

/// Whether a word right after "user" can be the name of one: in small letters, and no word that goes on with the sentence.
pub(super) fn may_be_account(text: &str) -> bool {
    text.len() <= 20
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        && !NO_NAMES.contains(&text)
        && !is_ordinary(text)
}

/// What stands right after "user", over at most one word: a name in quotes, or a word that can be one.
pub(super) fn right_after<'t>(cue: &str, rest: &'t str) -> Option<&'t str> {
    const QUOTES: &[(char, char)] = &[('"', '"'), ('«', '»'), ('“', '”'), ('„', '“'), ('„', '”'), ('`', '`'), ('\'', '\'')];
    let blank = rest.starts_with([' ', '\u{a0}', '\n']);
    let text = rest.trim_start_matches([' ', '\u{a0}', ':']);
    let near = &text[..text.floor_char_boundary(16.min(text.len()))];
    let open = near.char_indices().find(|(_, c)| QUOTES.iter().any(|(o, _)| o == c) && *c != '\'');
    if let Some((at, c)) = open.filter(|(at, _)| !text[..*at].contains([',', '.', ';', ':'])) {
        let inner = &text[at + c.len_utf8()..];
        let close = QUOTES.iter().filter(|(o, _)| *o == c).filter_map(|(_, close)| inner.find(*close)).min()?;
        let name = inner[..close].trim();
        return (is_name(name) && !name.contains(' ')).then_some(name);
    }
    let word = text.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | ')')).next()?.trim_end_matches('.');
    // "account" and "mail" go on with other words more often than with a name.
    let user = [
        "user",
        "usager",
        "usuario",
        "usuário",
        "utilis",
        "utiliz",
        "utente",
        "benutzer",
        "gebruiker",
        "login",
        "użytkownik",
        "brugernavn",
    ];
    let user = user.iter().any(|u| cue.to_lowercase().contains(u));
    (user && blank && !rest.trim_start().starts_with(':') && may_be_account(word) && word.len() >= 3).then_some(word)
}

/// Words between "is" and what it is.
pub(super) fn is_adverb(word: &str) -> bool {
    ["still", "now", "always", "again", "noch", "weiterhin", "jetzt", "toujours", "encore", "todavía", "ainda", "ancora", "nog", "wie"]
        .contains(&word.to_lowercase().as_str())
}

/// `enable secret …`: the account of a configuration line of a network device.
pub(super) fn of_device(before: &str) -> Option<String> {
    let line = before.trim_start();
    (line.starts_with("enable secret") || line.starts_with("enable password")).then(|| "enable".to_owned())
}

/// "Root on the label server: …": an account that systems come with, named on the line before the value.
pub(super) fn well_known(before: &str) -> Option<String> {
    let word = before
        .split(|c: char| !(c.is_alphanumeric() || matches!(c, '-' | '_')))
        .rev()
        .find(|w| WELL_KNOWN.contains(&w.to_lowercase().as_str()))?;
    (word.len() > 2).then(|| word.to_lowercase())
}

/// "clerk.temp1, and the password is …": a name that no ordinary word is, in the words before.
pub(super) fn named_before(page: TextPage<'_>, value: &Range<usize>) -> Option<String> {
    let floor = page.body.floor_char_boundary(value.start.saturating_sub(120));
    let before = page.body.get(floor..value.start)?;
    let name = |w: &&str| {
        let plain = w.len() <= 40
            && w.starts_with(|c: char| c.is_ascii_lowercase())
            && w.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        let telling = w.contains('_') || w.contains('.') && w.bytes().any(|b| b.is_ascii_digit());
        let speaks = ["pass", "key", "secret", "token"].iter().any(|s| w.contains(s));
        plain && telling && !is_host(w) && !is_file(w) && !before.contains(&format!("{w}=")) && !speaks
    };
    words(before).filter(name).last().map(str::to_owned)
}

/// "MPD-DOCK02", "FINAPP02", "PNQ-LT-0417": the name of a machine in its domain (NetBIOS, at most 15 bytes): capitals, then digits.
pub(super) fn is_machine(word: &str) -> bool {
    const STANDARDS: &[&str] = &[
        "SHA", "AES", "RSA", "UTF", "ISO", "RFC", "TLS", "SSL", "USB", "CVE", "KB", "MD", "PKCS", "IEC", "DIN", "EN", "INC", "REQ", "CHG",
        "RS", "FY", "KW",
    ];
    let host = word.split('\\').next().unwrap_or(word);
    let segment = |s: &str| {
        let rest = s.trim_start_matches(|c: char| c.is_ascii_uppercase());
        !s.is_empty() && rest.bytes().all(|b| b.is_ascii_digit())
    };
    let letters: String = host.chars().take_while(char::is_ascii_uppercase).collect();
    (5..=15).contains(&host.len())
        && letters.len() >= 2
        && host.bytes().filter(u8::is_ascii_uppercase).count() >= 3
        && host.ends_with(|c: char| c.is_ascii_digit())
        && host.split('-').all(segment)
        && !STANDARDS.contains(&letters.as_str())
}

/// Whether a word after "server" can be its name: with a digit or a capital.
pub(super) fn tells_system(text: &str) -> bool {
    tells(text) && text.chars().any(|c| c.is_ascii_digit() || c.is_uppercase())
}
