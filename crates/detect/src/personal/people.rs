//! The names of people in a text.

use aftermail_model::Message;
use regex::Regex;
use std::ops::Range;
use std::sync::LazyLock;

/// Two to four words with capitals, with particles and initials between.
static NAME: LazyLock<Regex> = LazyLock::new(|| {
    let word = r"\p{Lu}[\p{Ll}’'\u{300}-\u{36f}]+(?:[-’']\p{Lu}?\p{Ll}+)*";
    let link = r"(?:van|von|der|den|de|la|du|da|dos|del|di|bin|al|el|ter|\p{Lu}\.)";
    Regex::new(&format!(r"{word}(?:[ \u{{a0}}\n]{link}){{0,2}}(?:[ \u{{a0}}\n]{word}){{1,3}}")).expect("an expression of this file")
});

/// Words with capitals that are no names, or stand before one.
const NO_NAMES: &[&str] = &[
    "das",
    "der",
    "die",
    "den",
    "ein",
    "eine",
    "le",
    "la",
    "les",
    "el",
    "los",
    "las",
    "un",
    "une",
    "una",
    "il",
    "lo",
    "o",
    "os",
    "as",
    "het",
    "een",
    "er",
    "sie",
    "wir",
    "ich",
    "he",
    "she",
    "we",
    "they",
    "it",
    "il",
    "elle",
    "nous",
    "al",
    "en",
    "ende",
    "anfang",
    "mitte",
    "seit",
    "bis",
    "januar",
    "februar",
    "märz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
    "dear",
    "hello",
    "hi",
    "hey",
    "good",
    "morning",
    "the",
    "this",
    "that",
    "these",
    "mr",
    "mrs",
    "ms",
    "dr",
    "prof",
    "sir",
    "madam",
    "herr",
    "frau",
    "liebe",
    "lieber",
    "sehr",
    "guten",
    "hallo",
    "bonjour",
    "cher",
    "chère",
    "madame",
    "monsieur",
    "hola",
    "estimado",
    "estimada",
    "sr",
    "sra",
    "señor",
    "señora",
    "bom",
    "dia",
    "caro",
    "cara",
    "olá",
    "date",
    "birth",
    "national",
    "insurance",
    "social",
    "security",
    "number",
    "passport",
    "driving",
    "licence",
    "license",
    "driver",
    "account",
    "bank",
    "card",
    "credit",
    "name",
    "employee",
    "salary",
    "urgent",
    "care",
    "medical",
    "health",
    "tax",
    "unit",
    "office",
    "please",
    "for",
    "from",
    "and",
    "my",
    "our",
    "your",
    "his",
    "her",
    "ssgt",
    "sra",
    "msgt",
    "sgt",
    "capt",
    "cw3",
    "chief",
    "airman",
    "captain",
    "sergeant",
    "nombre",
    "fecha",
    "nacimiento",
    "employé",
    "employee",
    "new",
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "elder",
    "aunt",
    "uncle",
    "cliente",
    "kind",
    "regards",
    "best",
    "sincerely",
    "mit",
    "freundlichen",
    "grüßen",
    "cordialement",
    "saludos",
    "id",
    "no",
    "nr",
    "num",
    "if",
    "when",
    "geburtsdatum",
    "steuer",
    "konto",
    "gehalt",
    "photos",
    "claim",
    "iban",
    "visa",
    "mastercard",
    "board",
    "company",
    "department",
    "letter",
    "updated",
    "roster",
    "council",
    "headline",
];

/// A name at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    pub name: String,
    pub at: Range<usize>,
}

/// The people that a text names, in text order: parties of the message, and words that have the form of a name.
pub(super) fn named(text: &str, message: &Message) -> Vec<Person> {
    let mut people: Vec<Person> = Vec::new();
    for party in parties(message) {
        people.extend(text.match_indices(party).map(|(at, _)| Person { name: party.to_owned(), at: at..at + party.len() }));
    }
    for m in NAME.find_iter(text) {
        let at = without_titles(text, m.range());
        let taken = people.iter().any(|p| p.at.start < at.end && at.start < p.at.end);
        if at.len() > 4 && !taken && text[at.clone()].contains([' ', '\n', '\u{a0}']) {
            people.push(Person { name: text[at.clone()].split_whitespace().collect::<Vec<_>>().join(" "), at });
        }
    }
    people.sort_by_key(|p| p.at.start);
    people
}

/// Without the words before that are no part of the name, and up to the first behind it.
fn without_titles(text: &str, at: Range<usize>) -> Range<usize> {
    let mut start = at.start;
    let mut end = at.start;
    let mut begun = false;
    for word in text[at.clone()].split_inclusive([' ', '\n', '\u{a0}']) {
        let bare = word.trim_end().trim_end_matches('.').to_lowercase();
        // "van der" stands inside a name, "Der" before one.
        let none = NO_NAMES.contains(&bare.as_str()) && !(begun && word.starts_with(char::is_lowercase));
        let from = if begun { end } else { start };
        match (none, begun) {
            (true, false) => start = from + word.len(),
            (true, true) => return start..start + text[start..end].trim_end().len(),
            (false, _) => begun = true,
        }
        end = from + word.len();
    }
    start..start + text[start..end.max(start)].trim_end().len()
}

/// Names of sender and recipients as they are displayed, of two words or more.
pub(super) fn parties(message: &Message) -> impl Iterator<Item = &str> {
    let all = message.from.iter().chain(&message.to);
    all.filter_map(|p| p.split_once('<').map(|(n, _)| n.trim().trim_matches('"').trim()))
        .filter(|n| n.contains(' ') && n.chars().count() >= 4)
}

/// Whom a sentence without a name means: the sender of "my …", the recipient whom the message greets.
pub(super) fn implied(text: &str, before: &str, message: &Message) -> Option<String> {
    const MINE: &[&str] = &[
        "my ",
        "mein",
        "meine",
        "mon ",
        "ma ",
        "mi ",
        "meu ",
        "minha",
        "mio ",
        "mia ",
        "mijn",
        "moje",
        "mój",
        "мой",
        "i was born",
        "nací",
    ];
    let sentence = before.rsplit(['.', '\n']).next().unwrap_or(before).to_lowercase();
    if MINE.iter().any(|m| sentence.contains(m)) {
        return message.from.as_deref()?.split_once('<').map(|(n, _)| n.trim().trim_matches('"').to_owned()).filter(|n| !n.is_empty());
    }
    let greeting = text.lines().find(|l| !l.trim().is_empty())?;
    let to = message.to.iter().filter_map(|p| p.split_once('<').map(|(n, _)| n.trim().trim_matches('"').trim()));
    let greeted =
        |name: &&str| name.split_whitespace().next().is_some_and(|first| greeting.contains(first)) && greeting.chars().count() < 60;
    to.into_iter().find(greeted).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_without_titles() {
        let names = |t: &str| named(t, &Message::default()).into_iter().map(|p| p.name).collect::<Vec<_>>();
        assert_eq!(names("Frau Dr. Ada Lind, geb. 1990"), ["Ada Lind"]);
        assert_eq!(names("please sign: Jo van der Berg, SSN"), ["Jo van der Berg"]);
        assert_eq!(names("Dear Petra, the Social Security number"), Vec::<String>::new());
        assert_eq!(names("Zoë K. Ålund-Pérez signed"), ["Zoë K. Ålund-Pérez"]);
    }
}
