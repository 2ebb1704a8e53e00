//! A first cut of sentences: the value stands somewhere around the cue.

use super::assigned::candidate;
use super::value;
use super::weigh::Relation;
use super::{Candidate, Place, shape};
use aftermail_model::Kind;
use std::ops::Range;

/// How far after the cue, and before it, a value is looked for.
const AFTER: usize = 240;
const BEFORE: usize = 80;

/// Words that lead in a value.
const LEADS: &[&str] = &[
    "is",
    "so",
    "ie",
    "i.e",
    "i.e.",
    "also",
    "namely",
    "hence",
    "use",
    "used",
    "using",
    "with",
    "enter",
    "type",
    "try",
    "now",
    "to",
    "est",
    "soit",
    "donc",
    "avec",
    "ist",
    "lautet",
    "nämlich",
    "mit",
    "das",
    "es",
    "sea",
    "con",
    "usa",
    "use",
    "é",
    "ou",
    "seja",
    "com",
    "è",
    "cioè",
    "är",
    "er",
    "jest",
    "to",
    "je",
    "это",
    "тогда",
    "as",
    "becomes",
    "gives",
    "makes",
    "zijnde",
    "dus",
    "met",
    "är",
    "alltså",
];

/// Reads the sentence around the cue.
pub(crate) fn read(place: &Place<'_>) -> Option<Candidate> {
    after(place).or_else(|| before(place))
}

fn after(place: &Place<'_>) -> Option<Candidate> {
    let body = place.page.body;
    let window = until_next(body, window(body, place.at.end), place.cue.word);
    let mut lead = String::new();
    let mut best: Option<Candidate> = None;
    for range in words(body, &window) {
        let (text, end) = (&body[range.clone()], range.end);
        if tells(place.kind, text) {
            let marked = body[window.start..range.start].trim_end().ends_with([':', '=', '→']);
            let led = marked || LEADS.contains(&lead.as_str());
            let c = candidate(place, range, if led { Relation::Led } else { Relation::Sentence }, false, false);
            if best.as_ref().is_none_or(|b| c.signs.confidence() > b.signs.confidence()) {
                best = Some(c);
            }
        }
        lead = text.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        // What its own sentence tells goes before what a later one might.
        let ends = body[end..].starts_with(['.', '!', '?']);
        if ends && best.as_ref().is_some_and(|b| b.signs.confidence() >= super::REPORT_FROM) {
            break;
        }
    }
    best
}

/// "Use Blue-Heron7 as the password", "Blue-Heron7 is the password".
fn before(place: &Place<'_>) -> Option<Candidate> {
    let body = place.page.body;
    let floor = body.floor_char_boundary(place.at.start.saturating_sub(BEFORE)).max(place.line.start);
    let window = floor..place.at.start;
    let lower = body[window.clone()].to_lowercase();
    let asked = [
        "use ",
        " as ",
        " is the ",
        " is your ",
        "enter ",
        "with ",
        "nutze ",
        " als ",
        "ist das ",
        "utilise",
        " comme ",
        " est le ",
        " como ",
        " es la ",
        "usa ",
    ]
    .iter()
    .any(|w| lower.contains(w));
    if !asked || lower.contains(['?', ';']) {
        return None;
    }
    let range = words(body, &window).filter(|r| tells(place.kind, &body[r.clone()])).last()?;
    Some(candidate(place, range, Relation::Led, false, false))
}

/// Up to where the cue stands again: what follows there belongs to that one.
fn until_next(body: &str, window: Range<usize>, cue: &str) -> Range<usize> {
    let text = &body.as_bytes()[window.clone()];
    let next = text.windows(cue.len()).position(|w| w.eq_ignore_ascii_case(cue.as_bytes()));
    window.start..next.map_or(window.end, |at| window.start + at)
}

/// Up to the end of the paragraph, or so many characters.
fn window(body: &str, start: usize) -> Range<usize> {
    let end = body.floor_char_boundary((start + AFTER).min(body.len()));
    let text = &body[start..end.max(start)];
    let stop = ["\n\n", "\n\r\n", "\n> \n", "\n>\n"].iter().filter_map(|m| text.find(m)).min().unwrap_or(text.len());
    start..start + stop
}

fn words<'t>(body: &'t str, window: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let mut at = window.start;
    body[window.clone()].split_inclusive(char::is_whitespace).filter_map(move |word| {
        let range = value::trimmed(body, at..at + word.trim_end().len());
        at += word.len();
        (!range.is_empty()).then_some(range)
    })
}

/// Whether a word of a sentence can hardly be anything but a secret.
fn tells(kind: Kind, text: &str) -> bool {
    // What machines mint is assigned, not told.
    if !matches!(kind, Kind::Password | Kind::Passphrase | Kind::Pin | Kind::SharedKey | Kind::CommunityString) {
        return false;
    }
    if kind == Kind::Pin {
        return (4..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit()) && !is_year(text);
    }
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if text.len() < 6 || digits == 0 || letters < 2 || text.starts_with(['>', '$', '{', '%', '(', '<', '+', '=']) || is_term(text) {
        return false;
    }
    !shape::is_short_hash(text) && shape::of(text).score >= 1.4
}

fn is_year(text: &str) -> bool {
    text.len() == 4 && text.parse::<u32>().is_ok_and(|y| (1900..2050).contains(&y))
}

/// Names of standards, products and versions: capitals and a number, or a number with a unit.
fn is_term(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let capitals = text.bytes().take_while(u8::is_ascii_uppercase).count();
    let rest = &text[letters.min(text.len())..];
    let number = !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'/'));
    let counted = text.starts_with(|c: char| c.is_ascii_digit())
        && text.trim_start_matches(|c: char| c.is_ascii_digit() || matches!(c, '.' | ',')).len() <= 3;
    let device = text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-') && text.contains('-');
    let jointed = text.split_once('-').is_some_and(|(n, w)| n.bytes().all(|b| b.is_ascii_digit()) && w.chars().all(char::is_lowercase));
    // Call signs and models in capitals; "debug1", "ssh-userauth2".
    let model = text.len() < 10 && !text.chars().any(char::is_lowercase) && text.chars().all(|c| c.is_alphanumeric() || c == '/');
    let numbered = text.strip_suffix(|c: char| c.is_ascii_digit()).is_some_and(|w| w.chars().all(|c| c.is_lowercase() || c == '-'));
    device
        || model
        || numbered
        || jointed
        || letters > 0 && letters == capitals && number
        || counted
        || text.contains('@') && text.contains('.') && !text.contains(['!', '#', '$', '%'])
        || text.contains("'s")
        || text.contains("n't")
        || text.starts_with('#')
}
