//! What a secret opens and whom it signs in, from the row, the lines and the sentence around it.

use crate::words::{CueField, CueWord, TextPage, is_address, is_file, is_host, is_ordinary, value_after};
use aftermail_model::{Message, Text};
use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;

/// Lines before and after a value that may name its account and system.
const BEFORE: usize = 7;
const AFTER: usize = 3;

/// What was found around a value.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Linked {
    pub system: Option<String>,
    pub account: Option<String>,
}

/// Finds accounts and systems around values.
pub(crate) struct Links {
    near: AhoCorasick,
    fields: Vec<CueField>,
}

impl Links {
    pub(crate) fn new(cues: &[CueWord]) -> Links {
        let chosen: Vec<&CueWord> = cues.iter().filter(|c| matches!(c.field, CueField::User | CueField::System)).collect();
        let mut words = Vec::new();
        let mut fields = Vec::new();
        for cue in chosen {
            for spelling in crate::words::spellings(cue.word) {
                words.push(spelling);
                fields.push(cue.field);
            }
        }
        let near = AhoCorasick::builder()
            .ascii_case_insensitive(true)
            .match_kind(MatchKind::LeftmostLongest)
            .build(words)
            .expect("the words of the pack fit an automaton");
        Links { near, fields }
    }

    /// Looks around the value.
    pub(crate) fn around(&self, page: TextPage<'_>, value: &Range<usize>, message: &Message, text: &Text) -> Linked {
        let line = page.line(value.start);
        let mut lines = vec![line.clone()];
        lines.extend(page.preceding(value.start, BEFORE));
        lines.extend(page.following(value.end.min(page.body.len()), AFTER));
        let own = &page.body[value.clone()];
        let account = lines.iter().find_map(|l| self.assigned(page, l, value, CueField::User));
        let account = account.or_else(|| address(page, &lines, own)).or_else(|| named_before(page, value));
        let system = self.system(page, &lines, value, account.as_deref());
        let system = system.or_else(|| subject(message)).or_else(|| attachment(text));
        Linked { system, account }
    }

    /// What a message names in its sender's words, where no value of its own is to be linked.
    pub(crate) fn named(&self, page: TextPage<'_>, own: &[Range<usize>], message: &Message) -> Linked {
        let lines: Vec<Range<usize>> = own.iter().flat_map(|r| lines(page, r)).collect();
        let nowhere = page.body.len()..page.body.len();
        let account = lines.iter().find_map(|l| self.assigned(page, l, &nowhere, CueField::User));
        let account = account.or_else(|| address(page, &lines, ""));
        let system = lines.iter().find_map(|l| {
            let text = page.body.get(l.clone())?;
            let place =
                words(text).filter(|w| Some(*w) != account.as_deref()).find(|w| is_place(w)).map(|w| w.trim_end_matches('/').to_owned());
            place.or_else(|| self.assigned(page, l, &nowhere, CueField::System))
        });
        let told = || lines.iter().find_map(|l| purpose(page.body.get(l.clone())?));
        let system = system.or_else(told).or_else(|| subject(message));
        Linked { system, account }
    }

    /// The value of a user or system word on this line, nearest to the secret.
    fn assigned(&self, page: TextPage<'_>, line: &Range<usize>, value: &Range<usize>, field: CueField) -> Option<String> {
        let text = page.body.get(line.clone())?;
        let mut best: Option<(usize, String)> = None;
        for m in self.near.find_iter(text).filter(|m| self.fields[m.pattern().as_usize()] == field) {
            let at = line.start + m.start()..line.start + m.end();
            if !is_word(page.body, &at) {
                continue;
            }
            let Some(found) = value_after(page.body, at.end, line.end) else { continue };
            let text = page.body.get(found.range.clone())?.trim_matches(['"', '\'', '`', '„', '“', '”', '«', '»']);
            let overlaps = found.range.start < value.end && value.start < found.range.end;
            let marked = matches!(found.between, crate::words::Relates::Mark);
            let told = matches!(found.between, crate::words::Relates::Joiner) && field == CueField::User;
            if overlaps || !is_name(text) || !(marked || told || tells_name(text) || found.quoted) {
                continue;
            }
            let distance = found.range.start.abs_diff(value.start);
            if best.as_ref().is_none_or(|(d, _)| distance < *d) {
                best = Some((distance, text.to_owned()));
            }
        }
        best.map(|(_, name)| name)
    }

    fn system(&self, page: TextPage<'_>, lines: &[Range<usize>], value: &Range<usize>, account: Option<&str>) -> Option<String> {
        let own = &page.body[value.clone()];
        for (n, line) in lines.iter().enumerate() {
            let text = page.body.get(line.clone())?;
            if let Some(host) = dialled(text) {
                return Some(host.to_owned());
            }
            if let Some(host) = words(text).filter(|w| *w != own && !own.contains(*w) && Some(*w) != account).find(|w| is_place(w)) {
                return Some(host.trim_end_matches('/').to_owned());
            }
            if let Some(named) = self.assigned(page, line, value, CueField::System) {
                return Some(named);
            }
            if n == 0 {
                let before = text.get(..value.start.saturating_sub(line.start)).unwrap_or(text);
                if let Some(named) = purpose(before).or_else(|| self.label(before)) {
                    return Some(named);
                }
            }
        }
        None
    }
}

impl Links {
    /// "Franking machine: PIN 4711": what a line is about stands before its first colon, unless that is a field's name.
    fn label(&self, line: &str) -> Option<String> {
        let line =
            line.trim_start_matches(|c: char| c.is_whitespace() || c.is_ascii_digit() || matches!(c, '-' | '*' | '•' | '>' | '.' | ')'));
        let (label, rest) = line.split_once(':')?;
        let label = label.trim();
        let fits = (3..=40).contains(&label.chars().count()) && label.split_whitespace().count() <= 5 && !label.contains(['.', ',', '=']);
        // The cue itself stands behind it.
        (fits && !rest.trim().is_empty() && self.near.find(label).is_none_or(|m| m.len() < label.len())).then(|| label.to_owned())
    }
}

/// A token on its way to a host: in the user part of a URL (RFC 3986 §3.2.1), or in a line of `.npmrc`.
pub(crate) fn carried(body: &str, value: &Range<usize>) -> Option<(String, Option<String>)> {
    let floor = body.floor_char_boundary(value.start.saturating_sub(160));
    let before = body.get(floor..value.start)?;
    let before = before.rsplit(char::is_whitespace).next()?;
    if let Some(rest) = body.get(value.end..)?.strip_prefix('@') {
        let (_, user) = before.rsplit_once("://")?;
        let host: &str = rest.split(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '>' | ')')).next()?;
        let account = user.strip_suffix(':').filter(|u| !u.is_empty()).map(str::to_owned);
        return is_host(host).then(|| (host.to_owned(), account));
    }
    let registry = before.strip_suffix(":_authToken=")?.strip_prefix("//")?;
    let host = registry.split('/').next()?;
    is_host(host).then(|| (host.to_owned(), None))
}

/// "clerk.temp1, and the password is …": a name that no ordinary word is, in the words before.
fn named_before(page: TextPage<'_>, value: &Range<usize>) -> Option<String> {
    let floor = page.body.floor_char_boundary(value.start.saturating_sub(120));
    let before = page.body.get(floor..value.start)?;
    let name = |w: &&str| {
        let plain = w.len() <= 40
            && w.starts_with(|c: char| c.is_ascii_lowercase())
            && w.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'));
        let telling = w.contains('_') || w.contains('.') && w.bytes().any(|b| b.is_ascii_digit());
        plain
            && telling
            && !is_host(w)
            && !is_file(w)
            && !before.contains(&format!("{w}="))
            && !w.contains("pass")
            && !w.contains("key")
            && !w.contains("secret")
            && !w.contains("token")
    };
    words(before).filter(name).last().map(str::to_owned)
}

/// "ssh anna@a.example": what stands after the sign is a host.
fn dialled(line: &str) -> Option<&str> {
    if let Some((_, rest)) = line.split_once("docker login ") {
        return rest.split_whitespace().find(|w| is_host(w));
    }
    let mut words = line.split_whitespace();
    words.find(|w| matches!(*w, "ssh" | "sftp" | "scp" | "rsync" | "telnet"))?;
    let host = words.find_map(|w| w.split_once('@'))?.1.split(':').next()?;
    is_host(host).then_some(host)
}

/// The lines of a stretch of text.
fn lines<'t>(page: TextPage<'t>, within: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let mut at = within.start;
    page.body[within.clone()].split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        start..start + line.trim_end().len()
    })
}

fn is_word(body: &str, at: &Range<usize>) -> bool {
    let before = body[..at.start].chars().next_back().is_some_and(char::is_alphanumeric);
    let after = body[at.end..].chars().next().is_some_and(|c| c.is_alphanumeric() && c.is_ascii());
    !before && !after
}

fn is_name(text: &str) -> bool {
    (2..=80).contains(&text.chars().count())
        && !text.contains("://")
        && !text.contains(['<', '>', '{', '}', '='])
        && text.chars().any(char::is_alphanumeric)
        && !text.contains("***")
        && !is_ordinary(text)
}

/// A name that no ordinary word is: with a digit, a dot, an underscore or a backslash, or an address.
fn tells_name(text: &str) -> bool {
    is_address(text)
        || text.contains(['_', '\\', '.', '-', '@'])
        || text.bytes().any(|b| b.is_ascii_digit())
        || matches!(text, "admin" | "root" | "administrator" | "operator" | "guest" | "sa")
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    let edges = ['(', ')', '[', ']', '<', '>', ',', ';', '"', '\'', '`', '.', ':', '“', '”', '„', '«', '»', '!', '?', '*'];
    let parted = text.split(|c: char| c.is_whitespace() || matches!(c, '|' | '、' | '。' | '：' | '，'));
    // HOST=a.example
    let assigned = parted.map(|w| match w.find("://") {
        // href="https://…
        Some(at) => &w[w[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '+').len()..],
        None => w.rsplit('=').next().unwrap_or(w),
    });
    assigned.map(move |w| w.trim_matches(edges)).filter(|w| w.len() > 3)
}

fn is_place(word: &str) -> bool {
    word.contains("://") && !word.contains("://www.w3.org")
        || is_host(word)
        || is_file(word) && !word.ends_with(".txt")
        || word.starts_with("\\\\") && word.len() > 4
}

fn address(page: TextPage<'_>, lines: &[Range<usize>], own: &str) -> Option<String> {
    lines.iter().take(4).filter_map(|l| page.body.get(l.clone())).flat_map(words).find(|w| is_address(w) && *w != own).map(str::to_owned)
}

/// "the password for the VPN", "mot de passe du portail": what stands between the cue and its value.
fn purpose(line: &str) -> Option<String> {
    const LEADS: &[&str] = &[
        " for the ",
        " for our ",
        " for ",
        " to the ",
        " on the ",
        " für das ",
        " für den ",
        " für die ",
        " für ",
        " zum ",
        " zur ",
        " pour le ",
        " pour la ",
        " pour l'",
        " pour ",
        " du ",
        " de la ",
        " para el ",
        " para la ",
        " para ",
        " del ",
        " de la ",
        " do ",
        " da ",
        " per il ",
        " per ",
        " voor de ",
        " voor het ",
        " voor ",
        " do ",
        " для ",
    ];
    const ENDS: &[&str] = &[
        " is ", " are ", ": ", ":", " = ", "=", ", ", ". ", " ist ", " lautet ", " est ", " es ", " é ", " è ", " (", " will ", " has ",
        " was ", " and ", "?", " c'est", " и ",
    ];
    let start =
        LEADS.iter().filter_map(|l| line.find(l).map(|at| (at + l.len(), l.len()))).min_by_key(|(at, l)| (at - l, usize::MAX - l))?.0;
    let rest = &line[start..];
    let end = ENDS.iter().filter_map(|e| rest.find(e)).min().unwrap_or(rest.len());
    let name = rest[..end].trim().trim_matches(['"', '\'', '*']);
    let count = name.split_whitespace().count();
    (name.len() >= 2 && count <= 5 && !["you", "me", "us", "this", "now", "your", "it"].contains(&name)).then(|| name.to_owned())
}

/// The subject without its reply marks, as a last resort.
fn subject(message: &Message) -> Option<String> {
    let mut rest = message.subject.as_deref()?.trim();
    while let Some((mark, tail)) = rest.split_once(':') {
        if mark.is_empty() || mark.chars().count() > 4 || !mark.chars().all(char::is_alphanumeric) {
            break;
        }
        rest = tail.trim();
    }
    (rest.len() >= 2).then(|| rest.chars().take(80).collect())
}

fn attachment(text: &Text) -> Option<String> {
    (!matches!(text.place.as_str(), "body" | "subject")).then(|| text.place.clone())
}
