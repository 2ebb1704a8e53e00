//! A secret broken over lines by quote marks, mail programs and chats.

use super::phrases::{Said, Sense};
use super::{MOST_LINES, Told};
use crate::link::Wanted;
use crate::words::{TextPage, shape_of};
use crate::{Hit, Packs};
use aftermail_model::{Kind, Layer, Sensitive, Status, Text};
use std::ops::Range;

/// How much of a text is looked at.
const MOST: usize = 64 << 10;
/// How far from its lines the mail says that they belong together.
const NEAR: usize = 240;
/// More lines of single words are a list or a block of data.
const LONGEST_RUN: usize = 6;

/// Joins what is broken over lines in the texts of one message.
pub(super) fn join(told: &mut Told, packs: &Packs) {
    for at in 0..told.texts.len() {
        if told.texts[at].layer == Layer::Visible && told.texts[at].body.len() <= MOST {
            let own: Vec<Hit> = told.hits.iter().filter(|(t, _)| *t == at).map(|(_, h)| h.clone()).collect();
            let whole = rejoined(&told.texts[at], &own, told, packs);
            for hit in whole {
                told.hits.retain(|(t, h)| *t != at || h.end <= hit.start || hit.end <= h.start);
                told.hits.push((at, hit));
            }
        }
    }
}

/// Whether the head of a text may hold a secret broken over lines: a hit that its line ends, lines of single words of which the mail
/// says that they belong together, or which a provider's format spans.
pub(super) fn suspect(text: &Text, head: usize, said: &[Said], hits: &[Hit], packs: &Packs) -> bool {
    let body = &text.body[..head];
    let cut = |h: &Hit| body.get(h.start..h.end).is_some_and(ends_open) && body[h.end..].trim_start_matches([' ', '\r']).starts_with('\n');
    let joins = said.iter().any(|s| s.sense == Sense::Join);
    hits.iter().any(|h| joins || cut(h)) || runs(body, 6).iter().any(|lines| joins || spanning(text, lines, packs).is_some())
}

/// What a provider's format finds in lines only when they are joined.
fn spanning(text: &Text, lines: &[Range<usize>], packs: &Packs) -> Option<Hit> {
    let value = joined(&text.body, lines);
    let found = packs.anchors.find(&value).formats;
    if found.is_empty() {
        return None;
    }
    let joined = Text { body: value, place: text.place.clone(), media: text.media.clone(), certainty: Vec::new(), ..*text };
    let minted = packs.formats.confirm(&joined, &found);
    minted.into_iter().find(|h| h.start < lines[0].len() && h.end > lines[0].len())
}

/// "Monsoon-Magic-": a value that goes on.
fn ends_open(value: &str) -> bool {
    value.ends_with(['-', '_'])
}

fn rejoined(text: &Text, hits: &[Hit], told: &Told, packs: &Packs) -> Vec<Hit> {
    let body = text.body.as_str();
    let said = packs.phrases.said(body, 0..body.len());
    let joins: Vec<&Said> = said.iter().filter(|s| s.sense == Sense::Join).collect();
    let near = |at: &Range<usize>| joins.iter().any(|s| s.at.start < at.end + NEAR && at.start < s.at.end + NEAR);
    let mut out: Vec<Hit> = Vec::new();
    let mut hits: Vec<&Hit> = hits.iter().collect();
    hits.sort_by_key(|h| h.start);
    for hit in hits {
        if out.iter().any(|h| h.start < hit.end && hit.start < h.end) {
            continue;
        }
        let open = ends_open(&body[hit.start..hit.end]);
        if hit.rule.starts_with("format:") && !open {
            continue;
        }
        let joined = near(&(hit.start..hit.end));
        if (open || joined)
            && let Some(lines) = continued(body, hit, joined)
        {
            out.push(Hit { rule: "wrapped".to_owned(), ..made(body, &lines, hit.kind, hit.confidence, hit) });
        }
    }
    for lines in runs(body, 6) {
        let range = lines[0].start..lines[lines.len() - 1].end;
        if out.iter().any(|h| h.start < range.end && range.start < h.end) {
            continue;
        }
        out.extend(whole(text, &lines, near(&range), &said, told, packs));
    }
    out
}

/// The lines of a run as one secret: where a provider's format fits only the whole, or where the mail says that they are one.
fn whole(text: &Text, lines: &[Range<usize>], near: bool, said: &[Said], told: &Told, packs: &Packs) -> Option<Hit> {
    let body = text.body.as_str();
    let range = lines[0].start..lines[lines.len() - 1].end;
    let value = joined(body, lines);
    let spans = spanning(text, lines, packs);
    let before = said.iter().rev().find(|s| s.sense == Sense::Secret && s.at.end <= range.start);
    let kind = before.and_then(|s| packs.words.kind_of_cue(&body[s.at.clone()])).unwrap_or(Kind::Password);
    let looks = shape_of(&value).score;
    let (kind, confidence, like) = match spans {
        Some(hit) => (hit.kind, hit.confidence, Some(hit)),
        None if near && looks > -1.5 && value.len() >= 10 => (kind, 1.0 / (1.0 + (-(0.9 + looks)).exp()), None),
        None => return None,
    };
    let linked =
        packs.words.link(text, &told.message, &Wanted { value: &range, kind, cell: None, product: None, account: None, others: &[] });
    let like = like.unwrap_or(Hit {
        start: range.start,
        end: range.end,
        value: Sensitive::new(value),
        rule: "wrapped".to_owned(),
        kind,
        system: None,
        account: None,
        expires: None,
        status: Status::Live,
        confidence,
        because: vec!["the mail says that these lines are one word".to_owned()],
        language: None,
    });
    let hit = made(body, lines, kind, confidence, &like);
    (confidence >= crate::words::REPORT_FROM).then_some(Hit {
        system: hit.system.or(linked.system),
        account: hit.account.or(linked.account),
        ..hit
    })
}

/// The lines as one, without blanks between groups and without the sign by which a mail program goes on in the next line (RFC 2045 §6.7).
fn joined(body: &str, lines: &[Range<usize>]) -> String {
    let open = |l: &Range<usize>| body[l.clone()].ends_with('=');
    let Some((last, before)) = lines.split_last() else { return String::new() };
    let soft = !open(last) && before.iter().all(open);
    let line = |l: &Range<usize>| {
        let text = &body[l.clone()];
        let text = if soft && l != last { text.trim_end_matches('=') } else { text };
        if is_groups(text) { text.replace(' ', "") } else { text.to_owned() }
    };
    lines.iter().map(line).collect()
}

/// The hit over all its lines.
fn made(body: &str, lines: &[Range<usize>], kind: Kind, confidence: f32, like: &Hit) -> Hit {
    let value = joined(body, lines);
    let mut hit = like.clone();
    (hit.start, hit.end) = (lines[0].start, lines[lines.len() - 1].end);
    (hit.value, hit.kind, hit.confidence) = (Sensitive::new(value), kind, confidence);
    hit.because.push(format!("broken over {} lines, joined", lines.len()));
    hit
}

/// The lines of a hit that ends with its line and goes on in the next ones; where the mail says that they belong together (`joined`), as
/// long as they are single words that tell.
fn continued(body: &str, hit: &Hit, joined: bool) -> Option<Vec<Range<usize>>> {
    let page = TextPage { body };
    let line = page.content(&page.line(hit.start));
    if hit.end != line.end {
        return None;
    }
    let mut lines: Vec<Range<usize>> = std::iter::once(hit.start..hit.end).collect();
    for next in page.following(hit.end, LONGEST_RUN) {
        let between = &body[lines[lines.len() - 1].end..next.start];
        if between.matches('\n').count() > 1 {
            break;
        }
        let token = super::value::tokens(body, &next).next()?;
        let alone = token.end == next.end;
        if token.start != next.start || token.len() < 3 || body[token.clone()].ends_with(':') {
            break;
        }
        let open = ends_open(&body[token.clone()]) || joined && super::pieces::is_telling_piece(&body[token.clone()]);
        if lines.len() > 1 && joined && !open {
            break;
        }
        lines.push(token);
        if !alone || !open {
            break;
        }
    }
    (lines.len() > 1).then_some(lines)
}

/// Stretches of two or more lines in a row that are a single word each, of at least so many bytes.
fn runs(body: &str, least: usize) -> Vec<Vec<Range<usize>>> {
    let page = TextPage { body };
    let mut out: Vec<Vec<Range<usize>>> = Vec::new();
    let mut run: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for line in body.split_inclusive('\n').take(MOST_LINES) {
        let content = bare(body, page.content(&(at..at + line.trim_end_matches('\n').len())));
        at += line.len();
        let text = &body[content.clone()];
        let assigned = if run.is_empty() { text.len() - assigned(text).len() } else { 0 };
        if (least..=120).contains(&text.len()) && may_be_piece(text) {
            run.push(content.start + assigned..content.end);
        } else {
            keep(&mut out, std::mem::take(&mut run));
        }
    }
    keep(&mut out, run);
    out
}

/// A line without the quotes around it, and without what a chat sets before it: "[10:42] Ada: ".
fn bare(body: &str, mut line: Range<usize>) -> Range<usize> {
    let text = &body[line.clone()];
    let stamp = text.strip_prefix('[').and_then(|t| t.split_once("] ")).filter(|(time, _)| {
        time.contains(':')
            && time.len() <= 20
            && time.chars().all(|c| c.is_ascii_digit() || matches!(c, ':' | '.' | '/' | '-' | ' ' | ',' | 'A' | 'P' | 'M'))
    });
    if let Some((_, said)) = stamp {
        let said = said.split_once(": ").filter(|(who, what)| who.len() <= 30 && !what.contains(": ")).map_or(said, |(_, what)| what);
        line.start = line.end - said.len();
    }
    let text = &body[line.clone()];
    let inner = text.trim_matches(['"', '“', '”', '„', '«', '»', '`']);
    let start = line.start + (text.len() - text.trim_start_matches(['"', '“', '”', '„', '«', '»', '`']).len());
    if inner.is_empty() { line } else { start..start + inner.len() }
}

/// A row of groups of the same length: "DTRO G6YY SKPQ J4FF".
fn is_groups(text: &str) -> bool {
    let groups: Vec<&str> = text.split(' ').collect();
    let alike = |g: &&str| g.len() == groups[0].len() && g.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    groups.len() >= 3 && (3..=8).contains(&groups[0].len()) && groups.iter().all(alike) && text.contains(|c: char| c.is_ascii_digit())
}

/// A word that may be a line of a secret: no address of a page or a person, no tag, no rule across the page.
fn may_be_piece(text: &str) -> bool {
    let page = text.contains("://") && !text.contains('=') || text.starts_with("www.");
    let letters = text.bytes().filter(|b| b.is_ascii_alphanumeric() || *b >= 0x80).count();
    (!text.contains(char::is_whitespace) || is_groups(text))
        && !text.ends_with([':', ',', '.', ';', '>'])
        && !page
        && !crate::words::is_address(text)
        && letters * 2 > text.len()
}

/// What the line of a configuration assigns ("KEY=…"); any other line as it is.
fn assigned(text: &str) -> &str {
    let name = |n: &str| {
        n.starts_with(|c: char| c.is_ascii_alphabetic()) && n.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
    };
    match text.split_once('=') {
        Some((before, value)) if name(before) && value.len() >= 6 && !value.starts_with('=') => value.trim_start_matches(['"', '\'']),
        _ => text,
    }
}

fn keep(out: &mut Vec<Vec<Range<usize>>>, run: Vec<Range<usize>>) {
    if (2..=LONGEST_RUN).contains(&run.len()) {
        out.push(run);
    }
}
