//! A secret told in pieces: "the first half is …" here, "and the rest: …" there.

use super::phrases::{Said, Sense};
use super::{Told, View, date, kind_spoken_of, names, value};
use crate::link::{Linked, Wanted};
use crate::{Hit, Packs};
use aftermail_model::{Kind, Sensitive, Status};
use std::ops::Range;

/// How far behind its announcement a piece stands.
const FAR: usize = 120;
/// Longest joined secret.
const LONGEST: usize = 512;
/// Shortest one: of a number that one types, and of anything else.
const SHORTEST: [usize; 2] = [4, 6];
/// Words of a message that tells a piece, at most: in a longer one beginnings and ends are those of anything.
const TOLD_IN: usize = 150;
/// Words for the subject of a mail, where a piece may stand.
pub(super) const SUBJECT: &[&str] =
    &["subject", "betreff", "objet", "sujet", "asunto", "assunto", "oggetto", "onderwerp", "ämne", "emne", "temat", "тем"];

/// A piece of a secret at its place.
#[derive(Debug, Clone)]
pub(super) struct Piece {
    pub message: usize,
    pub text: usize,
    pub range: Range<usize>,
    pub sense: Sense,
    /// The piece and the sign that joins it to the one before, where the mail spells that out.
    pub value: String,
}

/// Joins the pieces of a thread to one secret; says whether there was one.
pub(super) fn join(thread: &mut [Told], views: &[View], packs: &Packs) -> bool {
    let mut all: Vec<Piece> = (0..thread.len()).flat_map(|at| pieces(&thread[at], &views[at], at)).collect();
    all.extend((1..thread.len()).filter_map(|at| answered(thread, views, at)));
    if let [only] = all.as_slice()
        && let Some(rest) = follows(thread, views, only)
    {
        all.push(rest);
    }
    let Some(whole) = ordered(all) else { return false };
    let found = || {
        whole
            .iter()
            .flat_map(|p| thread[p.message].hits.iter().filter(|(t, h)| *t == p.text && h.start < p.range.end && p.range.start < h.end))
    };
    let spoken = kind_spoken_of(thread, views, thread.len() - 1, packs).or_else(|| found().next().map(|(_, h)| h.kind));
    let texts: Vec<&str> = whole.iter().map(|p| p.value.as_str()).collect();
    let sign = views.iter().zip(thread.iter()).find_map(|(view, told)| sign_between(told, view, packs)).or_else(|| joint(&texts));
    let value = texts.join(sign.map(String::from).as_deref().unwrap_or_default());
    let [number, any] = SHORTEST;
    let least = if value.bytes().all(|b| b.is_ascii_digit()) { number } else { any };
    if !(least..=LONGEST).contains(&value.chars().count()) || spoken.is_none() && !views.iter().any(|v| v.says(Sense::Join)) {
        return false;
    }
    let confidence = confidence(&whole, &value, views);
    if confidence < crate::words::REPORT_FROM {
        return false;
    }
    put(thread, views, &whole, &value, spoken.unwrap_or(Kind::Password), confidence, packs);
    true
}

/// Puts a secret in the place of each of its pieces.
pub(super) fn put(thread: &mut [Told], views: &[View], whole: &[Piece], value: &str, kind: Kind, confidence: f32, packs: &Packs) {
    let named = named(thread, views, whole, kind, packs);
    for (n, piece) in whole.iter().enumerate() {
        let others = |p: &&Piece| p.message != piece.message;
        let elsewhere: Vec<String> = whole.iter().filter(others).map(|p| date(&thread[p.message])).collect();
        let mut because = vec![format!("piece {} of {} of one secret", n + 1, whole.len())];
        because.extend(elsewhere.first().map(|d| format!("joined with what {d} tells")));
        let hit = Hit {
            start: piece.range.start,
            end: piece.range.end,
            value: Sensitive::new(value.to_owned()),
            rule: "pieces".to_owned(),
            kind,
            system: named.system.clone(),
            account: named.account.clone(),
            expires: None,
            status: Status::Live,
            confidence,
            because,
            language: None,
        };
        let told = &mut thread[piece.message];
        // What the first pass took for a secret of its own is a piece of this one.
        told.hits.retain(|(t, h)| *t != piece.text || h.end <= piece.range.start || piece.range.end <= h.start);
        told.hits.push((piece.text, hit));
    }
}

/// "with dashes between the parts": the sign that the sender wants between the pieces.
pub(super) fn sign_between(told: &Told, view: &View, packs: &Packs) -> Option<char> {
    let body = &told.texts[view.text?].body;
    let joins = view.said.iter().filter(|s| s.sense == Sense::Join);
    joins
        .filter_map(|s| Some(super::own::sentence(body, &view.stretch(s.at.start)?, s.at.start)))
        .find_map(|r| packs.words.sign_between(&body[r]))
}

/// "And the last two?" of the message before, and the first word of this one.
fn answered(thread: &[Told], views: &[View], at: usize) -> Option<Piece> {
    let (before, view) = (&views[at - 1], &views[at]);
    let asked = &thread[at - 1].texts[before.text?].body;
    let asks = |s: &&Said| {
        matches!(s.sense, Sense::First | Sense::Last)
            && before.stretch(s.at.start).is_some_and(|r| asked[super::own::sentence(asked, &r, s.at.start)].trim_end().ends_with('?'))
    };
    let said = before.said.iter().find(asks).filter(|_| before.sender != view.sender)?;
    let text = view.text?;
    let body = &thread[at].texts[text].body;
    let range = value::tokens(body, &first_line(body, &view.own)?).next()?;
    let word = &body[range.clone()];
    is_telling_piece(word).then(|| Piece { message: at, text, range: range.clone(), sense: said.sense, value: word.to_owned() })
}

/// What a later mail of the same sender begins with, alone on its line, where the mail with the first piece says that the rest follows.
fn follows(thread: &[Told], views: &[View], only: &Piece) -> Option<Piece> {
    let view = &views[only.message];
    if only.sense == Sense::Last || !(view.says(Sense::Promise) || view.says(Sense::Last) || only.sense == Sense::Piece) {
        return None;
    }
    let later = (only.message + 1..thread.len()).filter(|at| views[*at].sender == view.sender);
    later.filter_map(|at| only_word(&thread[at], &views[at]).map(|found| (at, found))).next().map(|(message, (text, range))| {
        let value = thread[message].texts[text].body[range.clone()].to_owned();
        Piece { message, text, range, sense: Sense::Last, value }
    })
}

/// The first line of what a sender wrote, without blank ones.
fn first_line(body: &str, own: &[Range<usize>]) -> Option<Range<usize>> {
    value::lines(body, own.first()?).find(|l| !l.is_empty())
}

/// The first line of a message where it is one word that tells.
pub(super) fn only_word(told: &Told, view: &View) -> Option<(usize, Range<usize>)> {
    let text = view.text?;
    let body = &told.texts[text].body;
    first_line(body, &view.own).filter(|line| is_telling_piece(&body[line.clone()])).map(|line| (text, line))
}

/// Whether a short message begins with a word that tells, as an answer or the rest of a secret does.
pub(super) fn begins_with_piece(body: &str, own: &[Range<usize>]) -> bool {
    let words: usize = own.iter().map(|r| body[r.clone()].split_whitespace().take(super::MOST_WORDS + 1).count()).sum();
    let first = first_line(body, own).and_then(|l| value::tokens(body, &l).next());
    words <= super::MOST_WORDS && first.is_some_and(|r| is_telling_piece(&body[r]))
}

/// Whether a question asks for a piece: "And the last two?"
pub(super) fn asks(body: &str, own: &[Range<usize>], said: &[Said]) -> bool {
    let question =
        |at: usize| own.iter().find(|r| r.contains(&at)).is_some_and(|r| body[super::own::sentence(body, r, at)].trim_end().ends_with('?'));
    said.iter().any(|s| matches!(s.sense, Sense::First | Sense::Last) && question(s.at.start))
}

/// The system that the words around the pieces name, else one that the messages up to the last of them do; the account the other way
/// round.
fn named(thread: &[Told], views: &[View], whole: &[Piece], kind: Kind, packs: &Packs) -> Linked {
    let last = whole.iter().map(|p| p.message).max().unwrap_or_default();
    let of_messages: Vec<Linked> = (0..=last).rev().map(|at| names::of_message(&thread[at], &views[at], packs)).collect();
    let others: Vec<&str> = whole.iter().map(|p| p.value.as_str()).collect();
    let of_piece = |piece: &Piece| {
        let told = &thread[piece.message];
        let wanted = Wanted { value: &piece.range, kind, cell: None, product: None, account: None, others: &others };
        packs.words.link(&told.texts[piece.text], &told.message, &wanted)
    };
    let of_pieces: Vec<Linked> = whole.iter().map(of_piece).collect();
    // "Commencement : …": what calls the pieces such is no system.
    let calls = |name: &String| {
        let lower = name.to_lowercase();
        views.iter().zip(thread).any(|(view, told)| {
            let body = view.text.map_or("", |text| told.texts[text].body.as_str());
            let pieces = view.said.iter().filter(|s| matches!(s.sense, Sense::First | Sense::Last | Sense::Piece));
            pieces.into_iter().any(|s| body[s.at.clone()].trim_end_matches([':', ' ']).to_lowercase() == lower)
        })
    };
    let system = of_pieces.iter().chain(&of_messages).find_map(|l| l.system.clone().filter(|name| !calls(name)));
    let account = of_messages.iter().chain(&of_pieces).find_map(|l| l.account.clone());
    Linked { system, account, exact: false }
}

/// What speaks for it: two pieces that say which they are, from one thread that speaks of joining them.
fn confidence(whole: &[Piece], value: &str, views: &[View]) -> f32 {
    let both = whole.iter().any(|p| p.sense != Sense::Last) && whole.iter().any(|p| p.sense == Sense::Last);
    let told = if both { 0.8 } else { 0.0 };
    let joined = if views.iter().any(|v| v.says(Sense::Join)) { 0.9 } else { 0.0 };
    // A number looks like nothing, but is what a door or a card wants.
    let figures = value.bytes().all(|b| b.is_ascii_digit());
    let shape = if figures { 0.6 } else { crate::words::shape_of(value).score.clamp(-2.0, 2.5) };
    1.0 / (1.0 + (-(told + joined + shape - 0.8)).exp())
}

/// The pieces in their order, where they make a whole: two or more, told in different places.
fn ordered(all: Vec<Piece>) -> Option<Vec<Piece>> {
    let mut whole: Vec<Piece> = Vec::new();
    for piece in all {
        let again = whole.iter().any(|p| p.value == piece.value);
        // With the last piece told, what another message says of an end is about something else.
        let ended =
            whole.len() > 1 && whole.iter().any(|p| p.sense == Sense::Last && p.message < piece.message && piece.sense == Sense::Last);
        if !again && !ended {
            whole.push(piece);
        }
    }
    let kinds = |sense| whole.iter().filter(|p| p.sense == sense).count();
    let places = whole.windows(2).filter(|w| w[0].message != w[1].message || w[0].sense != w[1].sense).count();
    if whole.len() < 2 || places == 0 || kinds(Sense::First) + kinds(Sense::Last) == 0 || whole.len() > 6 {
        return None;
    }
    let rank = |p: &Piece| match p.sense {
        Sense::First => 0,
        Sense::Last => 2,
        _ => 1,
    };
    // Stable: pieces of one rank stay in time order.
    whole.sort_by_key(rank);
    Some(whole)
}

/// The pieces that a message announces in its sender's words.
fn pieces(told: &Told, view: &View, message: usize) -> Vec<Piece> {
    let Some(text) = view.text else { return Vec::new() };
    let body = &told.texts[text].body;
    let piece = |(range, sense, sign): (Range<usize>, Sense, &str)| {
        let range = without_mask(body, range);
        let value = format!("{sign}{}", &body[range.clone()]);
        Piece { message, text, range, sense, value }
    };
    let mut all: Vec<Piece> = announced(body, &view.own, &view.said).into_iter().map(piece).collect();
    // "The first part stands in the subject."
    let lower = body.to_lowercase();
    let subject = told.message.subject.as_deref().filter(|_| !all.is_empty() && SUBJECT.iter().any(|w| lower.contains(w)));
    if let Some(word) = subject.and_then(|s| s.split_whitespace().last()).filter(|w| is_telling_piece(w) || w.ends_with(['.', '!']))
        && let [only] = all.as_slice()
    {
        let sense = if only.sense == Sense::First { Sense::Last } else { Sense::First };
        let only = Piece { sense: if sense == Sense::First { Sense::Last } else { only.sense }, ..only.clone() };
        all = vec![Piece { sense, value: word.to_owned(), ..only.clone() }, only];
    }
    all
}

/// The places that the sender's phrases announce as pieces, what is said of each, and the sign that joins it to the one before.
pub(super) fn announced(body: &str, own: &[Range<usize>], phrases: &[Said]) -> Vec<(Range<usize>, Sense, &'static str)> {
    let mut out: Vec<(Range<usize>, Sense, &'static str)> = Vec::new();
    if own.iter().map(|r| body[r.clone()].split_whitespace().take(TOLD_IN + 1).count()).sum::<usize>() > TOLD_IN {
        return out;
    }
    // The nearest announcement before a piece is the one that it belongs to.
    for said in phrases.iter().rev().filter(|s| matches!(s.sense, Sense::First | Sense::Last | Sense::Piece)) {
        let Some(stretch) = own.iter().find(|r| r.contains(&said.at.start)).cloned() else { continue };
        // "User first: …"
        if phrases.iter().any(|s| s.sense == Sense::Account && s.at.end <= said.at.start && said.at.start <= s.at.end + 1) {
            continue;
        }
        let sentence = super::own::sentence(body, &stretch, said.at.start);
        let window = said.at.end
            ..sentence.end.max(next_line(body, &stretch, said.at.end)).min(body.floor_char_boundary((said.at.end + FAR).min(body.len())));
        let quoted = quoted(body, &window);
        let named = |r: &Range<usize>| {
            phrases.iter().any(|s| s.sense == Sense::Account && s.at.end <= r.start && body[s.at.end..r.start].trim().len() <= 1)
        };
        let quoted: Vec<Range<usize>> = quoted.into_iter().filter(|r| !named(r)).collect();
        let marked = || {
            let told = marked(body, &said.at, &window).or_else(|| led(body, &said.at, &window));
            told.or_else(|| below(body, &stretch, said.at.end)).into_iter().collect()
        };
        let found = if quoted.is_empty() { marked() } else { quoted };
        for range in found {
            if !out.iter().any(|(r, ..)| r.start < range.end && range.start < r.end) {
                let sign = spelt_sign(&body[said.at.start..range.start]).unwrap_or_default();
                out.push((range, said.sense, sign));
            }
        }
    }
    out.sort_by_key(|(r, ..)| r.start);
    out
}

/// "tsk-RNh5[...]": without the sign that more follows.
pub(super) fn without_mask(body: &str, range: Range<usize>) -> Range<usize> {
    let text = &body[range.clone()];
    let kept = text.strip_suffix("[...]").or_else(|| text.strip_suffix("(...)")).or_else(|| text.strip_suffix("[…]")).unwrap_or(text);
    let kept = kept.trim_end_matches(['•', '*', '…']);
    range.start..range.start + kept.len()
}

/// The sign between the groups of the pieces, which stands between the pieces, too: "heron-marsh-reed" and "otter-vole-newt", "HX4D-9TRM" and
/// "2VKE".
pub(super) fn joint(texts: &[&str]) -> Option<char> {
    let of = |sign: char| {
        let groups: Vec<Vec<&str>> = texts.iter().map(|text| text.split(sign).collect()).collect();
        let all = || groups.iter().flatten();
        let length = groups[0][0].len();
        let words = all().all(|g| g.len() >= 3 && g.chars().all(char::is_lowercase)) && groups.iter().all(|g| g.len() >= 2);
        let alike = length >= 3 && all().all(|g| g.len() == length && g.bytes().all(|b| b.is_ascii_alphanumeric()));
        groups.iter().any(|g| g.len() >= 2) && (words || alike)
    };
    ['-', '.', '_'].into_iter().find(|sign| of(*sign))
}

/// End of the line after the one of a place that ends with a colon.
fn next_line(body: &str, stretch: &Range<usize>, at: usize) -> usize {
    let rest = &body[at..stretch.end];
    let Some(end) = rest.find('\n').filter(|e| rest[..*e].trim_end().ends_with(':')) else { return at };
    let after = &rest[end..];
    let lead = after.len() - after.trim_start().len();
    at + end + after[lead..].find('\n').map_or(after.len(), |n| lead + n)
}

/// What stands in quotes.
fn quoted(body: &str, window: &Range<usize>) -> Vec<Range<usize>> {
    const MARKS: &[(char, char)] = &[('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('`', '`'), ('「', '」')];
    let mut out = Vec::new();
    let mut at = window.start;
    while at < window.end {
        let rest = &body[at..window.end];
        let Some((i, open)) = rest.char_indices().find(|(_, c)| MARKS.iter().any(|(o, _)| o == c)) else { break };
        let close = MARKS.iter().find(|(o, _)| *o == open).map_or(open, |(_, c)| *c);
        let from = at + i + open.len_utf8();
        let Some(length) = body[from..window.end].find(close) else { break };
        let inner = body[from..from + length].trim();
        let lead = body[from..from + length].find(inner).unwrap_or_default();
        if (2..=80).contains(&inner.chars().count()) && !inner.contains(char::is_whitespace) {
            out.push(from + lead..from + lead + inner.len());
        }
        at = from + length + close.len_utf8();
    }
    out
}

/// What stands after a colon, or right after the announcement, and looks like no word of a sentence.
fn marked(body: &str, said: &Range<usize>, window: &Range<usize>) -> Option<Range<usize>> {
    let text = &body[window.clone()];
    // The colon of a time or of a path leads in nothing.
    let mark = |(i, c): &(usize, char)| {
        matches!(c, '：' | '=')
            || *c == ':' && (*i == 0 || text[i + 1..].starts_with(|c: char| c.is_whitespace() || matches!(c, '"' | '*')))
    };
    let colon = body[said.clone()].ends_with(':').then_some(0).or_else(|| text.char_indices().find(mark).map(|(i, c)| i + c.len_utf8()));
    let start = window.start + colon?;
    let start = start + body[start..window.end].len()
        - body[start..window.end].trim_start_matches(['：', ' ', '\n', '\r', '\t', '\u{a0}', '>']).len();
    let token = body[start..window.end].split(char::is_whitespace).next()?;
    let kept = without_sentence(body, start, token);
    let fits = kept.chars().count() >= 3 && crate::words::shape_of(kept).score > -3.0 && !value::is_said(kept) && !kept.contains('\\');
    // "Third and last: GO"
    let capitals = start <= window.start + 2 && kept.chars().count() >= 2 && kept.chars().all(char::is_uppercase);
    (fits || capitals || is_telling_piece(kept)).then(|| start..start + kept.len())
}

/// The word without the signs of its sentence. "!" and "?" belong to it where its line ends with it and it tells.
fn without_sentence<'t>(body: &str, start: usize, token: &'t str) -> &'t str {
    let kept = token.trim_end_matches(['.', ',', ';', ')', '"', '\'']);
    let bare = kept.trim_end_matches(['!', '?', '.', ',', ';', ')', '"', '\'']);
    let ends = body[start + token.len()..].trim_start_matches([' ', '\r', '\t']).chars().next().is_none_or(|c| c == '\n');
    if ends && kept.len() == token.len() && is_telling_piece(bare) { kept } else { bare }
}

/// Whether a piece can hardly be a word of the sentence: figures, signs or capitals inside.
pub(super) fn is_telling_piece(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    let digits = word.chars().filter(char::is_ascii_digit).count();
    let signs = word.chars().filter(|c| !c.is_alphanumeric()).count();
    let humps = word.chars().skip(1).any(char::is_uppercase) && word.chars().any(char::is_lowercase);
    let edge = word.starts_with(['-', '_', '+', '*', '#', '!', '@', '.', '$', '&', '=', '%', '^', '~'])
        || word.ends_with(['_', '-', '+', '#', '*', '=']);
    let counted = word.starts_with(|c: char| c.is_ascii_digit()) && (1..=2).contains(&letters) && signs == 0 && word.len() <= 5;
    let figures = digits == word.len() && digits >= 2;
    let mixed = letters > 0 && digits > 0 && !counted || humps || edge && letters + digits > 0;
    word.chars().count() >= 2
        && word.len() <= 100
        && !word.contains(char::is_whitespace)
        && !word.contains("://")
        && !word.contains('\\')
        && !crate::words::is_file(word)
        && !crate::words::is_address(word)
        && !word.starts_with(['(', '[', '<', '"'])
        && (figures || mixed && !word.ends_with(':'))
}

/// "the end is kQ8!", "the first two digits are 40": the first word behind the announcement, up to its comma, that tells.
fn led(body: &str, said: &Range<usize>, window: &Range<usize>) -> Option<Range<usize>> {
    const WORDS: usize = 6;
    const COUNTED: &[&str] = &[
        "digit",
        "number",
        "figure",
        "ziffer",
        "zahl",
        "stelle",
        "chiffre",
        "cifra",
        "cifre",
        "número",
        "numero",
        "dígito",
        "digito",
        "algarismo",
        "cijfer",
        "siffr",
        "tal",
        "cyfr",
        "číslic",
        "цифр",
        "rakam",
        "hane",
        "do",
        "teen",
        "two",
        "three",
        "four",
        "zwei",
        "drei",
        "vier",
        "deux",
        "trois",
        "quatre",
        "dos",
        "tres",
        "cuatro",
        "due",
        "tre",
        "quattro",
        "twee",
        "drie",
        "två",
        "fyra",
    ];
    let mut at = said.end;
    let mut counted = COUNTED.iter().any(|w| body[said.clone()].to_lowercase().contains(w));
    for (n, word) in body[said.end..window.end].split_inclusive(char::is_whitespace).take(WORDS + 1).enumerate() {
        let start = at + word.len() - word.trim_start().len();
        at += word.len();
        let token = word.trim();
        let kept = without_sentence(body, start, token);
        counted |= COUNTED.iter().any(|w| token.to_lowercase().starts_with(w));
        // A number is one of a sentence unless it stands right there or is called so.
        let figures = kept.bytes().all(|b| b.is_ascii_digit());
        if is_telling_piece(kept) && (!figures || counted || n <= 2) {
            return Some(start..start + kept.len());
        }
        if token.ends_with([',', ';', '.', '?', '!']) || word.contains("\n\n") {
            return None;
        }
    }
    None
}

/// A word that has the next line to itself, below a line that ends soon behind the announcement.
fn below(body: &str, stretch: &Range<usize>, at: usize) -> Option<Range<usize>> {
    let rest = &body[at..stretch.end];
    let end = rest.find('\n').filter(|end| *end <= 40)?;
    let line = value::lines(body, &(at + end + 1..stretch.end)).find(|l| !body[l.clone()].trim().is_empty())?;
    let text = body[line.clone()].trim();
    let start = line.start + body[line].find(text)?;
    let alone = !text.contains(char::is_whitespace) && (3..=120).contains(&text.len()) && !text.ends_with([',', ':']);
    (alone && is_telling_piece(text)).then(|| start..start + text.len())
}

/// "a dash and": a sign that the mail spells out before a piece.
fn spelt_sign(between: &str) -> Option<&'static str> {
    const SIGNS: &[(&str, &str)] = &[
        ("dash", "-"),
        ("hyphen", "-"),
        ("underscore", "_"),
        ("slash", "/"),
        ("bindestrich", "-"),
        ("unterstrich", "_"),
        ("schrägstrich", "/"),
        ("tiret", "-"),
        ("guion bajo", "_"),
        ("guión bajo", "_"),
        ("guion", "-"),
        ("guión", "-"),
        ("hífen", "-"),
        ("trattino", "-"),
    ];
    let words = between.to_lowercase();
    SIGNS.iter().find(|(name, _)| words.split(|c: char| !c.is_alphanumeric() && c != ' ').any(|w| w.contains(name))).map(|(_, sign)| *sign)
}
