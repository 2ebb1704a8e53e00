//! Values that do not stand there as they are: encoded or reversed.

mod encoded;
pub(crate) mod said;

pub(crate) use encoded::{base64_bytes, base64_text};

/// What a disguised value is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Undone {
    pub value: String,
    /// The disguise in words.
    pub because: &'static str,
}

fn undone(value: String, because: &'static str) -> Option<Undone> {
    Some(Undone { value, because })
}

/// What `text` stands for, where its form or the words of the lines around it (in lower case) say that it is disguised.
pub(crate) fn undo(text: &str, around: &str) -> Option<Undone> {
    if let Some(value) = encoded::base64_text(text) {
        return undone(value, "decoded from base64");
    }
    if let Some(value) = encoded::hex_text(text) {
        return undone(value, "decoded from hexadecimal");
    }
    if let Some(value) = encoded::registry(text) {
        return undone(value, "decoded from the bytes of a registry");
    }
    if text.contains("\\u")
        && let Some(value) = encoded::json(text)
    {
        return undone(value, "escapes of JSON undone");
    }
    if says(around, &["rot13", "rot 13", "rot-13", "tr 'a-za-z' 'n-za-mn-za-m'", "caesar"]) {
        return undone(encoded::rot13(text), "decoded from rot13");
    }
    if encoded::is_reversed(text) && says(around, BACKWARDS) {
        return undone(text.chars().rev().collect(), "read backwards, as the text says");
    }
    if around.contains('<')
        && let Some(value) = encoded::entities(text)
    {
        return undone(value, "markup undone");
    }
    None
}

/// Words that say that something is to be read from its end.
const BACKWARDS: &[&str] = &[
    "backward",
    "reversed",
    "in reverse",
    "right to left",
    "from the end",
    "mirrored",
    "rückwärts",
    "von hinten",
    "von rechts nach links",
    "umgekehrt",
    "à l'envers",
    "à l’envers",
    "de droite à gauche",
    "al revés",
    "al reves",
    "de derecha a izquierda",
    "ao contrário",
    "de trás para",
    "da direita para",
    "al contrario",
    "da destra a sinistra",
    "achterstevoren",
    "omgekeerd",
    "wspak",
    "od tyłu",
    "od końca",
    "baklänges",
    "baglæns",
    "väärinpäin",
    "takaperin",
    "pozpátku",
    "наоборот",
    "задом наперёд",
    "задом наперед",
    "справа налево",
    "tersten",
    "ulta",
    "逆",
    "倒",
    "거꾸로",
];

fn says(around: &str, words: &[&str]) -> bool {
    words.iter().any(|w| around.contains(w))
}

/// A value in the query of a URL without its percent signs (RFC 3986 §2.1).
pub(crate) fn percent(text: &str) -> Option<Undone> {
    undone(encoded::percent(text)?, "decoded from the URL")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str, around: &str) -> Option<String> {
        undo(text, around).map(|u| u.value)
    }

    #[test]
    fn disguises_are_undone_and_plain_values_left_alone() {
        for (text, around, want) in [
            ("Qmx1ZTctaGVyb24h", "", Some("Blue7-heron!")),
            ("426c7565372d6865726f6e21", "", Some("Blue7-heron!")),
            ("Oyhr7-urgrba", "rot13 of it", Some("Blue7-heteon")),
            ("7noreH-eulB", "read it from right to left", Some("Blue-Heron7")),
            ("Blue-Heron7", "the name backwards, so", None),
            ("Blue&amp;Heron7", "<password>", Some("Blue&Heron7")),
            ("hex:48,00,65,00,72,00,6f,00,6e,00,39,00", "", Some("Heron9")),
            ("Heron\\u005cmarsh\\u002b9", "", Some("Heron\\marsh+9")),
            ("Blue7heron", "password", None),
            ("passwordpassword", "password", None),
            ("c0ffee00deadbeefc0ffee00deadbeef", "md5", None),
        ] {
            assert_eq!(value(text, around).as_deref(), want, "{text}");
        }
        assert_eq!(percent("Blue%26Heron%207").map(|u| u.value).as_deref(), Some("Blue&Heron 7"));
        assert_eq!(percent("100%"), None);
    }
}
