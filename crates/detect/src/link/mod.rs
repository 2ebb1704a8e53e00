//! What a secret opens and whom it signs in, from the row, the lines and the sentence around it.
//!
//! Names that say exactly what a secret opens (a host, a URL, a file) go before those that describe it (the first cell of its row,
//! what its line is about, what its cue is of), and these before what the message is about ([`purpose`]).

mod names;
mod places;
mod purpose;

use crate::words::{CueField, CueWord, Relates, TextPage, is_address, is_ordinary, value_after};
use aftermail_model::{Message, Text};
use aho_corasick::{AhoCorasick, MatchKind};
use std::ops::Range;

pub(crate) use places::carried;
pub(crate) use purpose::subject;

/// Lines before and after a value that may name its account and system.
const BEFORE: usize = 7;
const AFTER: usize = 3;
/// How much of a text may name what all of it is about: `hostname`, `server:` of a configuration.
const DOCUMENT: usize = 16 << 10;

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
        let account = self.account(page, &lines, value, own);
        let system = self.system(page, &lines, value, account.as_deref());
        let system = system.or_else(|| self.document(page)).or_else(|| subject(message)).or_else(|| attachment(text));
        Linked { system, account }
    }

    /// What a message names in its sender's words, where no value of its own is to be linked.
    pub(crate) fn named(&self, page: TextPage<'_>, own: &[Range<usize>], message: &Message) -> Linked {
        let lines: Vec<Range<usize>> = own.iter().flat_map(|r| lines(page, r)).collect();
        let nowhere = page.body.len()..page.body.len();
        let account = lines.iter().find_map(|l| self.assigned(page, l, &nowhere, CueField::User));
        let account = account.or_else(|| places::address(page, &lines, ""));
        let system = lines.iter().find_map(|l| {
            let text = page.body.get(l.clone())?;
            let place = places::words(text).filter(|w| Some(*w) != account.as_deref()).find(|w| places::is_place(w));
            place.map(|w| w.trim_end_matches('/').to_owned()).or_else(|| self.assigned(page, l, &nowhere, CueField::System))
        });
        let told = || lines.iter().find_map(|l| purpose::of_cue(page.body.get(l.clone())?));
        let system = system.or_else(told).or_else(|| subject(message));
        Linked { system, account }
    }

    fn account(&self, page: TextPage<'_>, lines: &[Range<usize>], value: &Range<usize>, own: &str) -> Option<String> {
        let assigned = lines.iter().find_map(|l| self.assigned(page, l, value, CueField::User));
        assigned
            .or_else(|| places::address(page, lines, own))
            .or_else(|| names::named_before(page, value))
            .or_else(|| names::well_known(page.body.get(lines.first()?.start..value.start)?))
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
            let overlaps = found.range.start < value.end && value.start < found.range.end;
            let alone = page.body[line.start..at.start].trim().is_empty() && found.range.end >= line.start + text.trim_end().len();
            let edges = ['"', '\'', '`', '„', '“', '”', '«', '»'];
            let name = page.body.get(found.range.clone())?.trim_matches(edges);
            let told = match (field, found.between) {
                (_, Relates::Mark) => true,
                (CueField::User, Relates::Joiner) => !is_ordinary(name),
                (CueField::User, Relates::Blank) => alone || names::may_be_account(name),
                _ => false,
            };
            if overlaps || !names::is_name(name) || !(told || names::tells(name) || found.quoted) {
                continue;
            }
            let distance = found.range.start.abs_diff(value.start);
            if best.as_ref().is_none_or(|(d, _)| distance < *d) {
                best = Some((distance, name.to_owned()));
            }
        }
        best.map(|(_, name)| name)
    }

    fn system(&self, page: TextPage<'_>, lines: &[Range<usize>], value: &Range<usize>, account: Option<&str>) -> Option<String> {
        let own = &page.body[value.clone()];
        for (n, line) in lines.iter().enumerate() {
            let text = page.body.get(line.clone())?;
            if let Some(host) = places::dialled(text) {
                return Some(host.to_owned());
            }
            let words = || places::words(text).filter(|w| *w != own && !own.contains(*w) && Some(*w) != account);
            if let Some(host) = words().find(|w| places::is_place(w)) {
                return Some(host.trim_end_matches('/').to_owned());
            }
            if let Some(named) = self.assigned(page, line, value, CueField::System) {
                return Some(named);
            }
            if n == 0 {
                let before = text.get(..value.start.saturating_sub(line.start)).unwrap_or(text);
                let named = purpose::row(before).or_else(|| purpose::of_cue(before)).or_else(|| self.label(before, account));
                if named.is_some() {
                    return named;
                }
            }
            if let Some(machine) = words().find(|w| names::is_machine(w)) {
                return Some(machine.to_owned());
            }
            if let Some(section) = purpose::section(text).filter(|_| n > 0) {
                return Some(section);
            }
        }
        None
    }

    /// "Franking machine: PIN 4711": what a line is about stands before its first colon, unless that is a field's name.
    fn label(&self, line: &str, account: Option<&str>) -> Option<String> {
        let label = purpose::label(line).filter(|l| Some(*l) != account)?;
        // The cue itself stands behind it.
        self.near.find(label).is_none_or(|m| m.len() < label.len()).then(|| label.to_owned())
    }

    /// What a configuration as a whole is of: its `hostname`, its first `server: …`.
    fn document(&self, page: TextPage<'_>) -> Option<String> {
        let head = &page.body[..page.body.floor_char_boundary(DOCUMENT.min(page.body.len()))];
        head.lines().find_map(purpose::of_document)
    }
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

fn attachment(text: &Text) -> Option<String> {
    (!matches!(text.place.as_str(), "body" | "subject")).then(|| text.place.clone())
}

#[cfg(test)]
mod tests;
