//! "The same, but with 25 at the end in place of the 24", "sorry, it's a 7, not a 1": a secret that is told as a change of another one.
//!
//! What is changed must stand in a value that was found before, in this or an earlier message; so a sentence alone makes nothing up.

use super::own;
use super::phrases::{Said, Sense};
use super::pieces::{is_telling_piece, only_word};
use super::{Told, View, date, kind_spoken_of};
use crate::{Hit, Packs};
use aftermail_model::{Kind, RevealPermit, Sensitive, Status};
use std::ops::Range;

/// Words on either side of the joining word among which the old and the new part stand.
const NEAR: usize = 4;
/// Words of a message that changes a single letter or figure, at most.
const SHORT: usize = 70;
/// Changes of one message.
const MOST: usize = 4;
/// How far a change is to be trusted, as a confidence.
const CONFIDENCE: f32 = 0.8;

/// Words of one letter, which name no letter.
const ARTICLES: &[&str] = &["a", "à", "o", "e", "y", "i", "и", "в", "с", "w", "z", "é", "è", "u", "k", "s"];
/// Messages back to which a change may refer.
const BACK: usize = 12;
/// Letters of a value that somebody alters by words; what machines mint is longer.
const LONGEST: usize = 32;

/// Whether people choose secrets of this kind themselves.
fn is_chosen(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::Password | Kind::Passphrase | Kind::Pin | Kind::SharedKey | Kind::CommunityString | Kind::RecoveryCode | Kind::EncryptionKey
    )
}

/// A value that another one is made from.
struct Base {
    value: String,
    message: usize,
    /// Where it ends in its text.
    end: usize,
    hit: Option<Hit>,
}

/// A word of a sentence at its place, and what it stands for: itself, a sign or figure that it names.
#[derive(Debug, Clone)]
struct Word {
    at: Range<usize>,
    text: String,
    /// It is a piece of a secret by its looks: quoted, a figure, a single letter, a sign by its name.
    told: bool,
}

/// Adds the secrets that messages tell as a change of another one, which stays as it is: a sentence that was misread must not make a live
/// secret look dead.
pub(super) fn join(thread: &mut [Told], views: &[View], packs: &Packs) {
    for at in 0..thread.len() {
        for (text, hit) in changes(thread, views, at, packs) {
            if thread.iter().flat_map(|t| &t.hits).any(|(_, h)| h.value == hit.value) {
                continue;
            }
            // What the first pass made of the words of the change.
            thread[at].hits.retain(|(t, h)| *t != text || h.rule.starts_with("format:") || h.end <= hit.start || hit.end <= h.start);
            thread[at].hits.push((text, hit));
        }
    }
}

fn changes(thread: &[Told], views: &[View], at: usize, packs: &Packs) -> Vec<(usize, Hit)> {
    let view = &views[at];
    let Some(text) = view.text else { return Vec::new() };
    let body = &thread[at].texts[text].body;
    let marks = view.said.iter().filter(|s| matches!(s.sense, Sense::Instead | Sense::Not | Sense::Append | Sense::Small | Sense::Capital));
    let short = view.words(body) <= SHORT;
    let bases = bases(thread, views, at, packs);
    let mut out = Vec::new();
    if bases.is_empty() {
        return out;
    }
    for said in marks {
        let Some(stretch) = view.stretch(said.at.start) else { continue };
        let sentence = own::sentence(body, &stretch, said.at.start);
        if out.len() >= MOST || body[sentence.clone()].trim_end().ends_with('?') {
            continue;
        }
        let same = view.said.iter().any(|s| s.sense == Sense::Same && s.at.start + 160 >= sentence.start && s.at.end <= sentence.end);
        let spoken = same || view.said.iter().any(|s| s.sense == Sense::Secret && sentence.start <= s.at.start && s.at.end <= sentence.end);
        let (before, behind) = (words(body, sentence.start..said.at.start, packs), words(body, said.at.end..sentence.end, packs));
        let told = |base: &&Base| base.message < at || base.end <= sentence.start;
        let change = bases.iter().filter(told).find_map(|base| {
            let made = match said.sense {
                Sense::Instead | Sense::Not => replaced(&base.value, &before, &behind, said, short, &body[sentence.clone()]),
                Sense::Append if spoken => appended(&base.value, &before, &behind),
                Sense::Small | Sense::Capital if short => cased(&base.value, &before, &behind, said.sense),
                _ => None,
            }?;
            (made.1 != base.value).then_some((base, made))
        });
        let Some((base, (range, value))) = change else { continue };
        let kind = base.hit.as_ref().map(|h| h.kind).or_else(|| kind_spoken_of(thread, views, at, packs)).unwrap_or(Kind::Password);
        // The same for something else has names of its own.
        let named = base.hit.as_ref().filter(|_| !same);
        let hit = Hit {
            start: range.start,
            end: range.end,
            value: Sensitive::new(value),
            rule: "altered".to_owned(),
            kind,
            system: named.and_then(|h| h.system.clone()),
            account: named.and_then(|h| h.account.clone()),
            expires: None,
            status: Status::Live,
            confidence: CONFIDENCE,
            because: vec![format!("made from what {} tells, with what this sentence changes in it", date(&thread[base.message]))],
            language: None,
        };
        out.push((text, hit));
    }
    out
}

/// What was found in a message and the few before it, the latest first; and, where the thread speaks of a secret, what was a message's
/// only word.
fn bases(thread: &[Told], views: &[View], at: usize, packs: &Packs) -> Vec<Base> {
    let permit = RevealPermit::recorded();
    let spoken = kind_spoken_of(&thread[..=at], views, at, packs).is_some();
    let mut out: Vec<Base> = Vec::new();
    for message in (at.saturating_sub(BACK)..=at).rev() {
        let told = &thread[message];
        // Of this message what its own body tells, of those before it everything.
        let mut hits: Vec<&(usize, Hit)> = told.hits.iter().filter(|(t, _)| message < at || Some(*t) == views[at].text).collect();
        hits.sort_by_key(|(_, h)| usize::MAX - h.start);
        for (_, hit) in hits.into_iter().filter(|(_, h)| is_chosen(h.kind)) {
            let value = hit.value.reveal(&permit);
            let fits = !value.contains(['\n', ' ']) && !value.contains("://") && (3..=LONGEST).contains(&value.chars().count());
            if fits && !out.iter().any(|b| b.value == *value) {
                out.push(Base { value: value.clone(), message, end: hit.end, hit: Some(hit.clone()) });
            }
        }
        if message < at
            && spoken
            && let Some((text, range)) = only_word(told, &views[message])
            && let word = &told.texts[text].body[range.clone()]
            && !out.iter().any(|b| b.value == word)
        {
            out.push(Base { value: word.to_owned(), message, end: range.end, hit: None });
        }
    }
    out
}

/// The words of a stretch, with signs and figures that they name.
fn words(body: &str, within: Range<usize>, packs: &Packs) -> Vec<Word> {
    let mut tokens: Vec<(Range<usize>, bool)> = Vec::new();
    let mut at = within.start;
    for word in body[within].split_inclusive(char::is_whitespace) {
        let start = at + word.len() - word.trim_start().len();
        at += word.len();
        let token = body[start..at].trim_end();
        let quoted = token.starts_with(['"', '“', '„', '«', '\'', '‘', '`', '*']);
        let inner = token.trim_matches(['"', '“', '”', '„', '«', '»', '\'', '‘', '’', '`', '(', ')', ',', ';', ':']);
        let lone = inner.trim_end_matches(['.', '!', '?']);
        let kept = if lone.is_empty() { inner } else { lone };
        if let Some(offset) = token.find(kept).filter(|_| !kept.is_empty()) {
            tokens.push((start + offset..start + offset + kept.len(), quoted));
        }
    }
    let mut out = Vec::new();
    let mut n = 0;
    while n < tokens.len() {
        let texts: Vec<&str> = tokens[n..].iter().take(4).map(|(r, _)| &body[r.clone()]).collect();
        if let Some((length, named)) = packs.words.named(&texts).filter(|_| !tokens[n].1) {
            let at = tokens[n].0.start..tokens[n + length - 1].0.end;
            let last: Option<&mut Word> = out.last_mut();
            // "two question marks"
            match last
                .filter(|w| w.told && !named.is_ascii_digit() && w.text.len() == 1 && w.text.bytes().all(|b| (b'1'..=b'9').contains(&b)))
            {
                Some(count) => {
                    count.text = named.to_string().repeat(count.text.parse().unwrap_or(1));
                    count.at.end = at.end;
                }
                None => out.push(Word { at, text: named.to_string(), told: true }),
            }
            n += length;
            continue;
        }
        let (range, quoted) = tokens[n].clone();
        let text = body[range.clone()].to_owned();
        let told = quoted
            || text.chars().count() == 1 && !ARTICLES.contains(&text.as_str())
            || is_telling_piece(&text)
            || text.chars().all(|c| c.is_ascii_digit());
        out.push(Word { at: range, text, told });
        n += 1;
    }
    out
}

/// The value with a part replaced by another one, and where the new part stands.
fn replaced(base: &str, before: &[Word], behind: &[Word], said: &Said, short: bool, sentence: &str) -> Option<(Range<usize>, String)> {
    let left: Vec<&Word> = before.iter().rev().take(NEAR).collect();
    let right: Vec<&Word> = behind.iter().take(NEAR).collect();
    // "7 instead of 1", "not 1 but 7", "instead of the 1 a 7".
    let orders: &[(&[&Word], &[&Word])] = &[(&left, &right), (&right, &right), (&right, &left)];
    orders.iter().enumerate().find_map(|(order, (news, olds))| {
        news.iter().enumerate().find_map(|(n, new)| {
            // Of two words on one side the old one comes first.
            let olds: Vec<&&Word> = if order == 1 { olds.iter().take(n).collect() } else { olds.iter().collect() };
            let old = olds.into_iter().filter(|old| fits(base, new, old, short)).max_by_key(|old| likeness(new, old))?;
            let value = exchanged(base, &old.text, &new.text, sentence)?;
            (said.sense == Sense::Instead || order != 2).then(|| (new.at.clone(), value))
        })
    })
}

/// How alike the old and the new part are: both figures, both letters, of one length.
fn likeness(new: &Word, old: &Word) -> usize {
    let sort = |w: &Word| (w.text.chars().all(|c| c.is_ascii_digit()), w.text.chars().all(char::is_alphabetic));
    2 * usize::from(sort(new) == sort(old)) + usize::from(new.text.chars().count() == old.text.chars().count()) + 4 * usize::from(old.told)
}

/// Whether the old part stands in the value, and both look like parts.
fn fits(base: &str, new: &Word, old: &Word, short: bool) -> bool {
    let single = old.text.chars().count() <= 2;
    let plain = |w: &Word| !w.told && w.text.chars().count() >= 3 && w.text.chars().all(char::is_alphanumeric);
    let alike = if single { short && new.told && new.text.chars().count() <= 2 && old.told } else { new.told || plain(new) && plain(old) };
    // A longer part that stands there already is not what comes in.
    let new_to_it = new.text.chars().count() <= 2 || !base.contains(new.text.as_str());
    alike && new.text != old.text && new_to_it && stands(base, &old.text)
}

/// Whether a part stands in a value: a word from one of its edges on, anything else anywhere.
fn stands(base: &str, part: &str) -> bool {
    let word = part.chars().all(char::is_alphabetic) && part.chars().count() > 1;
    base.match_indices(part)
        .any(|(at, _)| !word || !base[..at].ends_with(char::is_lowercase) || !base[at + part.len()..].starts_with(char::is_lowercase))
        && base != part
}

/// The value with one part in place of another: of several equal ones the one that the sentence means, the last where it says nothing.
fn exchanged(base: &str, old: &str, new: &str, sentence: &str) -> Option<String> {
    const EACH: &[&str] = &[
        "every", "each", "all ", "both", "alle", "jedes", "chaque", "tous", "toutes", "todos", "todas", "cada", "tutti", "tutte", "ogni",
        "elke", "każd", "wszystk", "кажд", "все ",
    ];
    const FIRST: &[&str] = &[
        "first",
        "erste",
        "anfang",
        "vorne",
        "premier",
        "première",
        "début",
        "primer",
        "inicio",
        "primeir",
        "prim",
        "inizio",
        "eerste",
        "pierwsz",
        "перв",
        "start",
        "beginning",
        "front",
    ];
    const SECOND: &[&str] = &["second", "zweite", "deuxième", "segund", "second", "tweede", "drug", "втор"];
    let lower = sentence.to_lowercase();
    let says = |words: &[&str]| words.iter().any(|w| lower.contains(w));
    let places: Vec<usize> = base.match_indices(old).map(|(at, _)| at).collect();
    if says(EACH) {
        return Some(base.replace(old, new));
    }
    let at = match (places.as_slice(), says(FIRST), says(SECOND)) {
        ([], ..) => return None,
        ([first, ..], true, _) => *first,
        ([_, second, ..], _, true) => *second,
        ([.., last], ..) => *last,
    };
    Some(format!("{}{new}{}", &base[..at], &base[at + old.len()..]))
}

/// "plus an exclamation mark", "with 77 on the end".
fn appended(base: &str, before: &[Word], behind: &[Word]) -> Option<(Range<usize>, String)> {
    let tells =
        |w: &&Word| w.told && w.text.chars().count() <= 12 && !w.text.chars().all(char::is_alphabetic) && !base.contains(w.text.as_str());
    let part = behind.iter().take(NEAR).find(tells).or_else(|| before.iter().rev().take(NEAR).find(tells))?;
    Some((part.at.clone(), format!("{base}{}", part.text)))
}

/// "Small g!": a letter in the other case.
fn cased(base: &str, before: &[Word], behind: &[Word], sense: Sense) -> Option<(Range<usize>, String)> {
    let single = |w: &&Word| w.text.chars().count() == 1 && w.text.chars().all(char::is_alphabetic);
    let word =
        behind.iter().take(1).find(single).or_else(|| before.last().filter(|w| single(w) && !ARTICLES.contains(&w.text.as_str())))?;
    let letter = word.text.chars().next()?;
    let (wrong, right): (String, String) = if sense == Sense::Small {
        (letter.to_uppercase().collect(), letter.to_lowercase().collect())
    } else {
        (letter.to_lowercase().collect(), letter.to_uppercase().collect())
    };
    let once = base.matches(wrong.as_str()).count() == 1 && !base.contains(right.as_str());
    once.then(|| (word.at.clone(), base.replace(&wrong, &right)))
}
