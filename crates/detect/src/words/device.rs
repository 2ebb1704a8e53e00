//! Configuration lines of network devices, where a bare word follows a keyword: `username ops privilege 15 secret X`,
//! `crypto isakmp key X address …`, `snmp-server user … auth sha X priv aes 128 Y` (Cisco IOS command references; Juniper
//! and Aruba speak alike).

use super::disguise;
use super::page::Page;
use super::weigh::{Relation, Signs};
use super::{Candidate, shape, value};
use aftermail_model::{Kind, Status};
use std::ops::Range;

/// A statement: the literal it is found by, and the keywords whose next word is a secret. Without keywords it is the word
/// after the literal.
struct Statement {
    literal: &'static str,
    keywords: &'static [&'static str],
    kind: Kind,
}

const STATEMENTS: &[Statement] = &[
    Statement { literal: "username ", keywords: &["secret", "password"], kind: Kind::Password },
    Statement { literal: "isakmp key ", keywords: &[], kind: Kind::SharedKey },
    Statement { literal: "snmp-server community ", keywords: &[], kind: Kind::CommunityString },
    Statement { literal: "tacacs-server ", keywords: &["key"], kind: Kind::SharedKey },
    Statement { literal: "radius-server ", keywords: &["key"], kind: Kind::SharedKey },
    Statement { literal: "neighbor ", keywords: &["password"], kind: Kind::SharedKey },
    Statement { literal: "authentication-key ", keywords: &[], kind: Kind::SharedKey },
    Statement { literal: "message-digest-key ", keywords: &["md5"], kind: Kind::SharedKey },
    Statement { literal: "key-string ", keywords: &[], kind: Kind::SharedKey },
    Statement { literal: "auth sha", keywords: &["sha", "priv", "aes", "des"], kind: Kind::SharedKey },
    Statement { literal: "auth md5", keywords: &["md5", "priv", "aes", "des"], kind: Kind::SharedKey },
];

/// Words between a keyword and its value: how it is stored, how long the key is, which algorithm.
const BETWEEN: &[&str] = &["0", "7", "ascii", "ascii-text", "hex", "des", "3des", "aes", "sha", "md5", "encrypted", "clear"];

/// The literals by which such lines are found.
pub(crate) fn literals() -> impl Iterator<Item = &'static str> {
    STATEMENTS.iter().map(|s| s.literal)
}

/// Reads the statement whose literal stands at the place.
pub(crate) fn read(page: Page<'_>, at: &Range<usize>) -> Vec<Candidate> {
    let literal = page.body.get(at.clone()).unwrap_or("").to_lowercase();
    let Some(statement) = STATEMENTS.iter().find(|s| s.literal == literal) else { return Vec::new() };
    let line = page.content(&page.line(at.start));
    // The two words of SNMPv3 tell enough wherever they stand; the others are words of sentences too.
    let starts = literal.starts_with("auth") || page.body[line.start..at.start].split_whitespace().count() <= 3;
    if !starts || line.start > at.start {
        return Vec::new();
    }
    let words = words(page.body, at.start..line.end);
    let text = |r: &Range<usize>| page.body[r.clone()].trim_matches([',', ':', '(', ')']).to_lowercase();
    let mut places: Vec<(usize, Kind)> = Vec::new();
    if statement.keywords.is_empty() {
        places.push((literal.split_whitespace().count(), statement.kind));
    }
    for (at, word) in words.iter().enumerate() {
        let word = text(word);
        if statement.keywords.contains(&word.as_str()) {
            let privacy = matches!(word.as_str(), "priv" | "aes" | "des");
            places.push((at + 1, if privacy { Kind::EncryptionKey } else { statement.kind }));
        }
    }
    let mut out: Vec<Candidate> = Vec::new();
    for (mut at, kind) in places {
        while words.get(at).is_some_and(|w| {
            let w = text(w);
            BETWEEN.contains(&w.as_str()) || w.len() == 3 && w.bytes().all(|b| b.is_ascii_digit())
        }) {
            at += 1;
        }
        let Some(word) = words.get(at) else { continue };
        let range = value::trimmed(page.body, word.clone());
        if range.is_empty() || out.iter().any(|c| c.range == range) {
            continue;
        }
        out.extend(candidate(page, range, statement, kind, &words));
    }
    out
}

fn candidate(page: Page<'_>, range: Range<usize>, statement: &Statement, kind: Kind, words: &[Range<usize>]) -> Option<Candidate> {
    let written = page.body.get(range.clone())?;
    let undone = disguise::undo(written, "");
    let value = undone.as_ref().map_or(written, |u| u.value.as_str());
    let looks = shape::of(value);
    // A word of a sentence is no value; a word of a configuration may be.
    let plain = value.len() >= 5 && value.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    if looks.score <= -2.0 || looks.score < 0.5 && !(plain && statement.keywords.is_empty()) {
        return None;
    }
    let account = (statement.literal == "username ").then(|| words.get(1).map(|w| page.body[w.clone()].to_owned())).flatten();
    let system = words.iter().map(|w| &page.body[w.clone()]).find(|w| shape::is_host(w)).map(str::to_owned);
    Some(Candidate {
        range,
        signs: Signs {
            cue: "configuration of a network device",
            language: "en",
            weak: false,
            relation: Relation::Statement,
            shape: looks.score.max(0.5),
            shape_because: looks.because,
            quoted: false,
            talk: false,
            runs_on: false,
        },
        rule: "device",
        account,
        system,
        kind,
        status: Status::Live,
        undone,
        pairing: None,
    })
}

fn words(body: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut at = range.start;
    let mut out = Vec::new();
    for word in body[range].split_inclusive(char::is_whitespace) {
        let kept = word.trim_end().len();
        if kept > 0 {
            out.push(at..at + kept);
        }
        at += word.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(line: &str) -> Vec<String> {
        let page = Page { body: line };
        let found = literals().find_map(|l| line.to_lowercase().find(l).map(|at| at..at + l.len()));
        found.map_or(Vec::new(), |at| {
            let told = |c: Candidate| c.undone.map_or_else(|| line[c.range].to_owned(), |u| u.value);
            read(page, &at).into_iter().map(told).collect()
        })
    }

    #[test]
    fn statements_are_read_and_sentences_are_not() {
        for (line, want) in [
            ("username ops privilege 15 secret 0 Rope.Ladder20", vec!["Rope.Ladder20"]),
            (" crypto isakmp key Lock&Quay17 address 192.0.2.9", vec!["Lock&Quay17"]),
            ("snmp-server user mon v3grp v3 auth sha Heron-Wade81 priv aes 128 Bittern-Boom4", vec!["Heron-Wade81", "Bittern-Boom4"]),
            (
                "and for the radar we use version 3: user noc, auth SHA heron.wade.81cm, priv AES bittern-117N",
                vec!["heron.wade.81cm", "bittern-117N"],
            ),
            ("snmp-server community mudflats RO", vec!["mudflats"]),
            ("radius-server host 192.0.2.4 key 0 Rope.Ladder20", vec!["Rope.Ladder20"]),
            ("username and password are required", vec![]),
            ("My neighbor forgot the password again", vec![]),
        ] {
            assert_eq!(values(line), want, "{line}");
        }
    }
}
