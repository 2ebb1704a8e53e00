//! Configuration lines of network devices, where a bare word follows a keyword: `username ops privilege 15 secret X`,
//! `crypto isakmp key X address …`, `snmp-server user … auth sha X priv aes 128 Y` (Cisco IOS command references; Juniper
//! and Aruba speak alike).

mod statements;

use super::disguise;
use super::page::Page;
use super::weigh::Signs;
use super::{Candidate, shape, value};
use aftermail_model::{Kind, Status};
use statements::{BEGINNINGS, BETWEEN, STATEMENTS, Statement, Trust};
use std::ops::Range;

/// Lines of a block.
const BLOCK: usize = 8;
/// Words of a line of a block.
const SHORT: usize = 4;
/// Lines on each side that may show that a line is one of a configuration, and how many must.
const AROUND: usize = 6;
const SHOWN: usize = 2;

/// The literals by which such lines are found.
pub(crate) fn literals() -> impl Iterator<Item = &'static str> {
    STATEMENTS.iter().map(|s| s.literal)
}

/// Reads the statement whose literal stands at the place.
pub(crate) fn read(page: Page<'_>, at: &Range<usize>) -> Vec<Candidate> {
    let literal = page.body.get(at.clone()).unwrap_or("").to_lowercase();
    let Some(statement) = STATEMENTS.iter().find(|s| s.literal == literal) else { return Vec::new() };
    let line = page.content(&page.line(at.start));
    // Some words tell enough wherever they stand; the others are words of sentences too.
    let anywhere = statement.trust == Trust::Always || literal.starts_with("auth ");
    let starts = anywhere || page.body[line.start.min(at.start)..at.start].split_whitespace().count() <= 3;
    let config = || is_config(page, at.start);
    if !starts || line.start > at.start || statement.trust == Trust::Config && !config() {
        return Vec::new();
    }
    let trusted = statement.trust != Trust::Telling || config();
    if statement.block {
        return below(page, at, statement);
    }
    if literal.ends_with('=') {
        let told = value::token(page.body, at.end, line.end);
        return told.and_then(|(range, _)| candidate(page, range, statement, statement.kind, &[], trusted)).into_iter().collect();
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
        out.extend(candidate(page, range, statement, kind, &words, trusted));
    }
    out
}

/// The secrets in the lines below that belong to the statement.
fn below(page: Page<'_>, at: &Range<usize>, statement: &Statement) -> Vec<Candidate> {
    let lines = page.following(at.end, BLOCK);
    let inside = lines.iter().take_while(|l| !page.body[(*l).clone()].starts_with(['!', '#']));
    let secret = |line: &Range<usize>| {
        let words = words(page.body, line.clone());
        let first = page.body[words.first()?.clone()].to_lowercase();
        let value = words.iter().skip(1).find(|w| !BETWEEN.contains(&&page.body[(*w).clone()]))?;
        let fits = words.len() <= SHORT && statement.keywords.contains(&first.as_str());
        fits.then(|| candidate(page, value::trimmed(page.body, value.clone()), statement, statement.kind, &[], true))?
    };
    inside.filter_map(secret).collect()
}

/// Whether the lines around are those of a configuration.
fn is_config(page: Page<'_>, at: usize) -> bool {
    let lines = page.preceding(at, AROUND).into_iter().chain(page.following(at, AROUND));
    let begins = |line: &Range<usize>| {
        let mut words = page.body[line.clone()].split_whitespace();
        let first = words.next().unwrap_or("").trim_start_matches('/');
        words.count() <= 12 && BEGINNINGS.split_whitespace().any(|b| b == first)
    };
    lines.filter(begins).take(SHOWN).count() == SHOWN
}

fn candidate(
    page: Page<'_>,
    range: Range<usize>,
    statement: &Statement,
    kind: Kind,
    words: &[Range<usize>],
    trusted: bool,
) -> Option<Candidate> {
    let written = page.body.get(range.clone())?;
    let undone = disguise::undo(written, "");
    let value = undone.as_ref().map_or(written, |u| u.value.as_str());
    let looks = shape::of(value);
    // A word of a sentence is no value; a word of a configuration is one.
    let bare = trusted && value.chars().count() >= 4;
    if looks.score <= -2.0 || looks.score < 0.5 && !bare {
        return None;
    }
    let account = (statement.literal == "username ").then(|| words.get(1).map(|w| page.body[w.clone()].to_owned())).flatten();
    let system = words.iter().map(|w| &page.body[w.clone()]).find(|w| shape::is_host(w)).map(str::to_owned);
    Some(Candidate {
        range,
        signs: Signs::stated("configuration of a network device", looks),
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
            ("crypto isakmp key Skua!Tern address 203.0.113.1", vec!["Skua!Tern"]),
            ("ppp pap sent-username edge@isp.example password 0 Puffin.Dial8", vec!["Puffin.Dial8"]),
            ("set wpa2-pre-shared-key=\"avocet-lagoon\" mode=x", vec!["avocet-lagoon"]),
            ("set security ike policy P pre-shared-key ascii-text \"Dunlin.Stint3\"", vec!["Dunlin.Stint3"]),
            (" standby 1 authentication md5 key-string otterwade", vec!["otterwade"]),
            ("hostname a\n!\nline vty 0 4\n password cormorant\n login\n!", vec!["cormorant"]),
            ("radius server N\n address ipv4 192.0.2.1\n key 0 bitternreed\n!\nip x\n", vec!["bitternreed"]),
            ("config system admin\nedit \"ops\"\nset password shearwater\nnext\nend", vec!["shearwater"]),
            ("Then we set password rules for all.\nIt was line con artists drew.\n", vec![]),
            ("username and password are required", vec![]),
            ("My neighbor forgot the password again", vec![]),
        ] {
            assert_eq!(values(line), want, "{line}");
        }
    }
}
