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

/// "MPD-DOCK02", "FINAPP02", "SRV-SQL01\ZEIT": the name of a machine in its domain (NetBIOS, at most 15 bytes), in capitals and digits.
pub(super) fn is_machine(word: &str) -> bool {
    let host = word.split('\\').next().unwrap_or(word);
    let capitals = host.bytes().filter(u8::is_ascii_uppercase).count();
    let digits = host.bytes().rev().take_while(u8::is_ascii_digit).count();
    let standard = [
        "SHA", "AES", "RSA", "UTF", "ISO", "RFC", "TLS", "SSL", "USB", "CVE", "KB", "MD", "PKCS", "IEC", "DIN", "EN", "INC", "REQ", "CHG",
        "AKIA", "RS", "FY", "Q", "V", "KW",
    ];
    let letters: String = host.chars().take_while(char::is_ascii_uppercase).collect();
    (5..=15).contains(&host.len())
        && capitals >= 3
        && (1..=4).contains(&digits)
        && host.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-')
        && host.starts_with(|c: char| c.is_ascii_uppercase())
        && !standard.contains(&letters.as_str())
}
