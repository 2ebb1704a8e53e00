//! Sentences: the value stands somewhere around a word that speaks of secrets or of access.
//!
//! Every word around such a mark that could be a secret is put forward, with the mark that it most likely belongs to; the
//! model decides among them.

use super::assigned::candidate;
use super::beside::{self, Beside, Pairing};
use super::context::Around;
use super::cues::Field;
use super::marks::Mark;
use super::page::Page;
use super::sentence::Sentences;
use super::warm::Warm;
use super::weigh::Relation;
use super::{Candidate, Place, shape, value};
use super::{clauses, runs};
use aftermail_model::Kind;
use std::collections::{HashMap, HashSet};
use std::ops::{Range, RangeInclusive};
use std::rc::Rc;

/// How far before and after a mark a value is looked for.
const BEFORE: usize = 200;
const AFTER: usize = 420;
const CLOSE_BEFORE: usize = 60;
const CLOSE_AFTER: usize = 160;
/// A text shorter than this is read as a whole: "here it is: …".
pub(super) const SHORT: usize = 1200;
/// Candidates that one text may have, as long as it is, and bytes for each; one with more is a table of numbers or a program.
const MOST: RangeInclusive<usize> = 400..=1600;
const EACH: usize = 48;

/// Puts forward what could be a secret around the marks, which stand in text order, and in hot lines, as far as they are to be read.
pub(crate) fn read(page: Page<'_>, marks: &[Mark<'_>], sentences: &Sentences, hot: &Warm, read: &Warm) -> Vec<Candidate> {
    let mut out = Vec::new();
    let zones = within(page.body, zones(page.body, marks, hot), read);
    let most = (page.body.len() / EACH).clamp(*MOST.start(), *MOST.end());
    let mut reader = Reader { page, marks, sentences, lines: HashMap::new() };
    for zone in &zones {
        let words: Vec<Range<usize>> = words(page.body, zone).collect();
        let told = words.iter().map(|r| called(page.body, r.clone())).filter(|r| is_telling(&page.body[r.clone()]));
        let set_off = quoted(page.body, zone).chain(led(page.body, zone)).chain(below(page, zone));
        let set_off = set_off.chain(clauses::read(page.body, zone)).chain(runs::read(page.body, zone));
        let pairs = words.iter().filter_map(|r| pair(page.body, r));
        // What is put forward in several ways is one candidate.
        let mut met = HashSet::new();
        let alone = told.chain(set_off).filter(|r| met.insert((r.start, r.end))).map(|r| (r, None));
        for (range, account) in alone.chain(pairs) {
            out.extend(reader.candidate(range, account, None));
            if out.len() >= most {
                return out;
            }
        }
    }
    for line in lines(page, &zones, marks, read) {
        for Beside { range, account, pairing } in beside::read(page, &line, marks) {
            out.extend(reader.candidate(range, Some(page.body[account].to_owned()), Some(pairing)));
        }
        if out.len() >= most {
            break;
        }
    }
    out
}

/// Makes candidates of what was found.
struct Reader<'a, 't> {
    page: Page<'t>,
    marks: &'a [Mark<'t>],
    sentences: &'a Sentences,
    /// Lines that were read, by their places.
    lines: HashMap<(usize, usize), Line>,
}

/// A line with candidates.
#[derive(Clone)]
struct Line {
    around: Rc<Around>,
    /// The name of what it assigns, as a line of a configuration.
    assigns: Option<Range<usize>>,
}

impl Reader<'_, '_> {
    fn candidate(&mut self, range: Range<usize>, account: Option<String>, pairing: Option<Pairing>) -> Option<Candidate> {
        let Reader { page, marks, sentences, .. } = *self;
        if is_assignment(page.body, marks, &range) {
            return None;
        }
        let (mark, kind) = belongs(marks, &range, sentences)?;
        let mut before = marks[..marks.partition_point(|m| m.at.end <= range.start)].iter().rev();
        if before.find(|mark| mark.kind().is_some()).is_some_and(|mark| is_masked(&page.body[mark.at.end..range.start])) {
            return None;
        }
        let kind = fits(kind, &page.body[range.clone()])?;
        let line = page.line(range.start);
        let read = || Line { around: Rc::new(Around::new(page, &line)), assigns: assigned(page, &page.content(&line)) };
        let Line { around, assigns } = self.lines.entry((line.start, line.end)).or_insert_with(read).clone();
        if assigns.is_some_and(|name| is_setting(page, &line, name, &range, marks)) {
            return None;
        }
        let place = Place { page, cue: mark.cue, kind, at: mark.at.clone(), line, around };
        let relation = match &account {
            Some(_) => Relation::Pair,
            None if is_led(&page.body[place.line.start..range.start]) => Relation::Led,
            None => Relation::Sentence,
        };
        Some(Candidate { account, pairing, ..candidate(&place, range, relation, false, false) })
    }
}

/// The lines around the marks, and those that name an account.
fn lines(page: Page<'_>, zones: &[Range<usize>], marks: &[Mark<'_>], warm: &Warm) -> Vec<Range<usize>> {
    let mut places = zones.to_vec();
    let users = marks.iter().filter(|m| m.cue.field == Field::User && warm.holds(&m.at));
    places.extend(users.map(|m| m.at.clone()));
    places.sort_by_key(|place| (place.start, place.end));
    let mut lines: Vec<Range<usize>> = Vec::new();
    for place in places {
        let mut at = lines.last().map_or(place.start, |last| place.start.max(last.end + 1));
        while at <= place.end && at < page.body.len() {
            let line = page.line(at);
            at = line.end + 1;
            lines.push(line);
        }
    }
    lines
}

/// How far before a warm line its sentence may begin, in bytes.
const LEAD: usize = 160;

/// What is warm of zones, with what leads up to it.
fn within(body: &str, zones: Vec<Range<usize>>, warm: &Warm) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for zone in zones {
        for stretch in warm.near(&zone, 0, 0) {
            let start = zone.start.max(word_start(body, stretch.start.saturating_sub(LEAD)));
            let end = zone.end.min(stretch.end);
            match out.last_mut() {
                Some(last) if last.end >= start => last.end = last.end.max(end),
                _ if start < end => out.push(start..end),
                _ => {}
            }
        }
    }
    out
}

/// The stretches of text around the marks, and the hot ones.
fn zones(body: &str, marks: &[Mark<'_>], hot: &Warm) -> Vec<Range<usize>> {
    if marks.is_empty() {
        return Vec::new();
    }
    if body.len() <= SHORT {
        return std::iter::once(0..body.len()).collect();
    }
    // In a long text an account or a system alone announces nothing, and an access only what stands close to it.
    let around = marks.iter().filter_map(|mark| {
        let (before, after) = match mark.cue.field {
            Field::Secret(_) => (BEFORE, AFTER),
            Field::Access => (CLOSE_BEFORE, CLOSE_AFTER),
            Field::User | Field::System => return None,
        };
        let start = word_start(body, mark.at.start.saturating_sub(before));
        Some(start..word_start(body, (mark.at.end + after).min(body.len())))
    });
    let mut all: Vec<Range<usize>> = around.chain(hot.near(&(0..body.len()), 0, 0).iter().cloned()).collect();
    all.sort_by_key(|zone| zone.start);
    let mut zones: Vec<Range<usize>> = Vec::new();
    for zone in all {
        match zones.last_mut() {
            Some(last) if last.end >= zone.start => last.end = last.end.max(zone.end),
            _ => zones.push(zone),
        }
    }
    zones
}

/// The end of the word that the place cuts, so that no word is cut.
fn word_start(body: &str, at: usize) -> usize {
    let at = body.floor_char_boundary(at);
    if at == 0 {
        return 0;
    }
    body[at..].find(char::is_whitespace).map_or(body.len(), |n| at + n)
}

fn words<'t>(body: &'t str, zone: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let mut at = zone.start;
    let parts = |c: char| c.is_whitespace() || matches!(c, '|' | '、' | '。' | '，' | '：' | '（' | '）' | '「' | '」' | '『' | '』');
    body[zone.clone()].split_inclusive(parts).filter_map(move |word| {
        let start = at;
        at += word.len();
        // Most words of mail are nothing but letters: they end here.
        if is_plain(word) {
            return None;
        }
        let range = value::trimmed(body, start..start + word.trim_end_matches(parts).len());
        (!range.is_empty()).then(|| value::trimmed(body, without_grammar(body, range)))
    })
}

/// ASCII letters with at most the first of them a capital, and signs of a sentence behind that belong to no value.
fn is_plain(word: &str) -> bool {
    let letters = word.trim_ascii_end().trim_end_matches(['.', ',', ';', ':', ')']).as_bytes();
    letters.iter().skip(1).all(u8::is_ascii_lowercase) && letters.first().is_none_or(u8::is_ascii_alphabetic)
}

/// A word without what the grammar of its language hangs on it: letters of a script without blanks around ASCII ("は4711です"), a
/// prefix of Hebrew or Arabic, an ending behind an apostrophe or a colon, or behind a number and a hyphen ("4711'i", "4711:llä",
/// "4711-et").
fn without_grammar(body: &str, range: Range<usize>) -> Range<usize> {
    let text = &body[range.clone()];
    let foreign = |c: char| matches!(c as u32, 0x0590..=0x06FF | 0x0900..=0x0E7F | 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xAC00..=0xD7AF);
    if text.contains(foreign) && text.contains(|c: char| c.is_ascii_alphanumeric()) {
        let pieces = text.split(foreign).filter(|p| !p.is_empty());
        let piece = pieces.max_by_key(|p| p.bytes().filter(u8::is_ascii_alphanumeric).count()).unwrap_or(text);
        let kept = piece.trim_start_matches(['-', '־', '،', ',']);
        let start = range.start + text.find(kept).unwrap_or(0);
        return start..start + kept.len();
    }
    let ending = |tail: &str, most: usize| (1..=most).contains(&tail.chars().count()) && tail.chars().all(char::is_lowercase);
    let number = |head: &str| head.len() >= 3 && head.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'#' | b'*'));
    let head = text
        .rsplit_once(['\'', '’', ':'])
        .filter(|(head, tail)| ending(tail, 5) && head.ends_with(|c: char| c.is_alphanumeric()) && head.len() >= 3)
        .or_else(|| text.split_once('-').filter(|(head, tail)| number(head) && ending(tail, 4)));
    head.map_or(range.clone(), |(head, _)| range.start..range.start + head.len())
}

/// A number without the sign that calls it out: "it was 1948!!"
fn called(body: &str, range: Range<usize>) -> Range<usize> {
    let number = body[range.clone()].trim_end_matches(['!', '?']);
    if is_number(number) { range.start..range.start + number.len() } else { range }
}

/// What stands in quotes and is no sentence: up to six words.
fn quoted<'t>(body: &'t str, zone: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    const PAIRS: &[(char, char)] =
        &[('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('\'', '\''), ('‘', '’'), ('`', '`'), ('*', '*')];
    let (zone, mut at) = (zone.clone(), zone.start);
    std::iter::from_fn(move || {
        loop {
            let rest = body.get(at..zone.end)?;
            let may = |b: &u8| matches!(b, b'"' | b'\'' | b'`' | b'*' | 0xC2 | 0xE2 | 0xE3);
            let near = rest.bytes().position(|b| may(&b))?;
            let (offset, open) = rest[near..].char_indices().find(|(_, c)| PAIRS.iter().any(|(open, _)| open == c))?;
            let offset = near + offset;
            let start = at + offset + open.len_utf8();
            at = start;
            let inside = body[..start - open.len_utf8()].ends_with(char::is_alphanumeric);
            let closes = |c: char| PAIRS.iter().any(|(o, close)| *o == open && *close == c);
            let Some(length) = body[start..zone.end].char_indices().take(48).find(|(_, c)| closes(*c)).map(|(n, _)| n) else { continue };
            let text = &body[start..start + length];
            let fits = !inside && text.trim() == text && is_phrase(text);
            if fits {
                at = start + length;
                return Some(start..start + length);
            }
        }
    })
}

/// Longest line behind a colon that may be a phrase as a whole.
const LED: usize = 200;

/// What a colon leads in up to the end of its line or sentence, where it is several plain words or one: "open it with: seven herons".
fn led<'t>(body: &'t str, zone: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let (zone, mut at) = (zone.clone(), zone.start);
    std::iter::from_fn(move || {
        loop {
            let rest = body.get(at..zone.end)?;
            let colon = memchr::memmem::find(rest.as_bytes(), b": ").map(|n| at + n + 2)?;
            at = colon;
            let line = body[colon..body.ceil_char_boundary((colon + LED).min(body.len()))].split('\n').next().unwrap_or("");
            let sentence = line.split(". ").next().unwrap_or(line).trim_end();
            let range = value::trimmed(body, colon..colon + sentence.len());
            if !range.is_empty() && range.end <= body.len() && is_phrase(&body[range.clone()]) && !is_written(&body[range.clone()]) {
                return Some(range);
            }
        }
    })
}

/// A word that has its line to itself below a line that ends with a colon or a question.
fn below<'t>(page: Page<'t>, zone: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let (zone, mut at) = (zone.clone(), zone.start);
    std::iter::from_fn(move || {
        loop {
            let start = memchr::memchr(b'\n', page.body.get(at..zone.end)?.as_bytes()).map(|n| at + n + 1)?;
            at = start;
            let line = page.content(&page.line(start));
            let text = page.body[line.clone()].trim_start();
            let range = line.end - text.len()..line.end;
            let alone = !text.is_empty() && text.len() <= 64 && !text.contains(char::is_whitespace) && is_phrase(text);
            let led =
                || page.preceding(start, 2).first().is_some_and(|l| page.body[l.clone()].trim_end().ends_with([':', '：', '?', '？']));
            if alone && led() {
                return Some(value::trimmed(page.body, range));
            }
        }
    })
}

/// "heron/heron", "anna/Blue7heron": an account and its password, which is the same or tells.
fn pair(body: &str, range: &Range<usize>) -> Option<(Range<usize>, Option<String>)> {
    let (account, secret) = body[range.clone()].split_once('/')?;
    let name = |t: &str| t.chars().count() >= 3 && t.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_'));
    let fits = name(account) && account.chars().any(char::is_alphabetic) && !secret.contains('/');
    let same = name(secret) && account.eq_ignore_ascii_case(secret);
    (fits && (same || tells(secret) && shape::of(secret).score >= 1.4))
        .then(|| (range.end - secret.len()..range.end, Some(account.to_owned())))
}

/// One to six words that are no sentence.
fn is_phrase(text: &str) -> bool {
    let words = text.split_whitespace().count();
    (1..=6).contains(&words)
        && (4..=64).contains(&text.len())
        && !text.contains(['\n', '\t', '|', '=', '<', '>', '{', '}', '/', '@', '(', ')', ';'])
        && !text.contains("://")
        && !text.split_whitespace().all(shape::is_ordinary)
        && text.chars().filter(|c| c.is_alphabetic()).count() >= 3
}

/// The name of what a line of a configuration assigns: "port" of "port = 5432".
fn assigned(page: Page<'_>, line: &Range<usize>) -> Option<Range<usize>> {
    let (name, _) = page.body[line.clone()].split_once('=')?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    (!name.trim().is_empty() && name.trim().chars().all(plain)).then(|| line.start..line.start + name.len())
}

/// Whether it is what a line of a configuration assigns to something else than a secret, among other such lines; `own` is its name.
fn is_setting(page: Page<'_>, line: &Range<usize>, own: Range<usize>, range: &Range<usize>, marks: &[Mark<'_>]) -> bool {
    let assigns = own.end < range.start && page.body[own.end..range.start].trim_matches([' ', '=', '"', '\'']).is_empty();
    let spoken = || marks.iter().any(|m| own.start <= m.at.start && m.at.end <= own.end);
    let mut beside = page.preceding(line.start, 1).into_iter().chain(page.following(line.start, 1));
    assigns && !spoken() && beside.any(|l| assigned(page, &l).is_some())
}

/// The mark that a value at this place most likely belongs to, and the kind of secret that it announces.
fn belongs<'m, 'w>(marks: &'m [Mark<'w>], range: &Range<usize>, sentences: &Sentences) -> Option<(&'m Mark<'w>, Option<Kind>)> {
    let after = marks.partition_point(|m| m.at.end <= range.start);
    let near = marks[after.saturating_sub(12)..].iter().take(24);
    let over = sentences.over_behind(range.end);
    let cost = |mark: &Mark<'_>| {
        let before = mark.at.end <= range.start;
        if !before && mark.at.start < range.end {
            return None;
        }
        let (apart, broken) = if before { mark.before(range) } else { mark.behind(range, over) };
        let access = mark.kind().is_none();
        Some(apart + 150 * usize::from(broken) + 40 * usize::from(!before) + 60 * usize::from(mark.cue.weak) + 120 * usize::from(access))
    };
    let (_, mark) = near.filter_map(|m| Some((cost(m)?, m))).min_by_key(|(cost, _)| *cost)?;
    Some((mark, mark.kind()))
}

/// `user=heron`: a word for a secret, an account or a system, and what it assigns.
fn is_assignment(body: &str, marks: &[Mark<'_>], range: &Range<usize>) -> bool {
    let first = marks.partition_point(|m| m.at.start < range.start);
    marks[first..].iter().take_while(|m| m.at.end < range.end).any(|m| body[m.at.end..].starts_with('='))
}

/// Whether a value stands there that somebody hid: what follows is then another thing, as the number of its ticket.
fn is_masked(between: &str) -> bool {
    ["•••", "●●●", "*****"].iter().any(|mask| between.contains(mask))
}

/// The kind that the value may be of; `None` where it can be none.
fn fits(kind: Option<Kind>, text: &str) -> Option<Kind> {
    let number = is_number(text);
    match kind {
        Some(Kind::Pin | Kind::RecoveryCode) => kind,
        // What machines mint is assigned, not told.
        Some(Kind::Password | Kind::Passphrase | Kind::SharedKey | Kind::CommunityString | Kind::EncryptionKey) => {
            Some(if number && text.len() < 9 { Kind::Pin } else { kind? })
        }
        Some(_) => (!number && text.len() >= 12).then_some(kind?),
        None => Some(if number { Kind::Pin } else { Kind::Password }),
    }
}

/// A number as one types it into a door, a telephone or a safe.
fn is_number(text: &str) -> bool {
    let digits = text.chars().filter(|c| c.is_numeric()).count();
    (3..=12).contains(&digits) && text.chars().all(|c| c.is_numeric() || matches!(c, '#' | '*' | '-' | ' ')) && !text.starts_with('-')
}

/// Whether it is a number as one types it, or a word that no plain word is.
pub(super) fn is_telling(text: &str) -> bool {
    is_number(text) || tells(text)
}

/// Whether a word has anything about it that plain words lack: digits among letters, capitals inside, signs inside.
fn tells(text: &str) -> bool {
    // Most words of mail end here, so that the model is asked about few.
    !text.contains(['<', '>', '"']) && !text.contains("=3D") && !is_worded(text) && is_written(text)
}

/// Letters with something else in them.
fn is_written(text: &str) -> bool {
    let (mut digits, mut letters, mut signs, mut inner, mut before) = (0, 0, 0, false, ' ');
    for c in text.chars() {
        if c.is_ascii_digit() {
            digits += 1;
        } else if c.is_alphabetic() {
            letters += 1;
            inner |= c.is_uppercase() && before.is_lowercase();
        } else {
            signs += 1;
        }
        before = c;
    }
    let written = letters >= 2 && text.len() >= 5 || letters == 1 && digits >= 3;
    text.len() <= 100 && written && (digits > 0 || signs > 0 || inner) && shape::of(text).score > -2.0
}

/// Letters alone, with signs that words have between or behind them: "well-known", "Corp.'s", "and/or".
fn is_worded(text: &str) -> bool {
    let sign = |c: char| matches!(c, '-' | '\'' | '’' | '.' | ',' | ':' | ';' | '/' | '(' | ')' | '[' | ']' | '—' | '–' | '…' | '=');
    let mut parts = 0;
    for part in text.split(sign).filter(|p| !p.is_empty()) {
        parts += 1;
        let mut inner = part.chars().skip(1);
        if !part.chars().all(char::is_alphabetic) || inner.any(char::is_uppercase) && !part.chars().all(char::is_uppercase) {
            return false;
        }
    }
    // Three words and more tied together may be a passphrase.
    parts <= 2 || !text.contains('-')
}

/// Words that lead in a value.
const LEADS: &str = "is so ie i.e also namely hence thus use used using with enter type try now to est soit donc avec ist lautet nämlich mit \
    das es sea con usa é ou seja com è cioè är er jest je это тогда as becomes gives makes zijnde dus met alltså czyli takže \
    tedy то есть yani hai yeh yaani matlab it's that's c'est";

/// Whether what stands before leads in a value.
fn is_led(before: &str) -> bool {
    let before = before.trim_end_matches([' ', '"', '\'', '“', '«', '„', '\u{a0}']);
    let word = before.rsplit(char::is_whitespace).next().unwrap_or("").trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    before.ends_with([':', '=', '→', '>', '–', '—']) || before.ends_with(" -") || LEADS.split(' ').any(|lead| lead == word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(body: &str, found: impl Iterator<Item = Range<usize>>) -> Vec<&str> {
        found.map(|r| &body[r]).collect()
    }

    #[test]
    fn what_grammar_hangs_on_a_value_is_no_part_of_it() {
        for (word, value) in [
            ("は4711です", "4711"),
            ("ל-4711", "4711"),
            ("4711'i", "4711"),
            ("4711:llä", "4711"),
            ("4711-et", "4711"),
            ("Heron77'dir", "Heron77"),
            ("tram-91-fig", "tram-91-fig"),
            ("Heron'sMarsh", "Heron'sMarsh"),
        ] {
            assert_eq!(&word[without_grammar(word, 0..word.len())], value, "{word}");
        }
    }

    #[test]
    fn quotes_and_colons_set_phrases_off() {
        let body = "He said \"grey heron wading\" and it's \"x\". Open it with: seven grey herons. Then: go/stop";
        assert_eq!(texts(body, quoted(body, &(0..body.len()))), ["grey heron wading"]);
        assert_eq!(texts(body, led(body, &(0..body.len()))), ["seven grey herons"]);
        let long = format!("a: {}", "b: ".repeat(100_000));
        assert!(led(&long, &(0..long.len())).count() <= long.len());
    }

    #[test]
    fn a_lone_word_below_a_colon_or_a_question_is_put_forward() {
        let body = "Here is it, as requested:\n    heronmarsh\nbye\nWhat opens it?\nheron\n";
        assert_eq!(texts(body, below(Page { body }, &(0..body.len()))), ["heronmarsh", "heron"]);
    }

    #[test]
    fn a_pair_is_the_same_word_twice_or_tells() {
        for (word, value) in [("heron/heron", Some("heron")), ("anna/Blue7!heron", Some("Blue7!heron")), ("and/or", None), ("a/b/c", None)]
        {
            assert_eq!(pair(word, &(0..word.len())).map(|(r, _)| &word[r]), value, "{word}");
        }
    }
}
