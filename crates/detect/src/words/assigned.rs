//! Values assigned to a cue: on its line, on the next, as a pair, as a list.

use super::page::Page;
use super::value::{self, Between};
use super::weigh::{Relation, STATED, Signs};
use super::{Candidate, Place, context, disguise, setting, shape};
use aftermail_model::{Kind, Status};
use std::ops::Range;

/// Accounts that stand before a slash and their password, as people write them.
pub(crate) const PAIRS: &[&str] = &["admin / ", "root / ", "administrator / ", "guest / ", "sysadmin / ", "admin/", "root/"];

/// Kinds whose values may be several words.
fn may_be_words(kind: Kind) -> bool {
    matches!(kind, Kind::Passphrase)
}

/// Reads what is assigned to the cue.
pub(crate) fn read(place: &Place<'_>, visible: bool) -> Vec<Candidate> {
    let body = place.page.body;
    if place.cue.weak && context::is_other_before(&body[place.line.start..place.at.start]) {
        return Vec::new();
    }
    if let Some(value) = setting::attribute(place) {
        return vec![stated(place, value)];
    }
    if is_markup(body, &place.at) || place.cue.weak && context::is_other_code(&body[place.at.end..place.line.end]) {
        return Vec::new();
    }
    if visible && place.kind == Kind::RecoveryCode {
        let below = list_below(place);
        if below.len() >= 2 {
            return below;
        }
    }
    match value::after(body, place.at.end, place.line.end).map(|found| within_query(place, found)) {
        Some(found) if place.cue.weak && place.kind == Kind::SharedKey => bare_key(place, found).into_iter().collect(),
        Some(found) => {
            let marked = matches!(found.between, Between::Mark);
            if !(visible || marked && shape::of(&body[found.range.clone()]).score >= 1.0) {
                return Vec::new();
            }
            if place.cue.weak && in_tag(body, place) && shape::of(&body[found.range.clone()]).score < 1.4 {
                return Vec::new();
            }
            if let Some(list) = list_on(place, &found.range, marked) {
                return list;
            }
            if let Some(pair) = slash_pair(place, &found.range, found.between) {
                return vec![pair];
            }
            let text = &body[found.range.clone()];
            if place.cue.weak && place.kind == Kind::Pin && !text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'#' | b'*')) {
                return bare_key(place, found).into_iter().collect();
            }
            vec![single(place, found)]
        }
        None if visible => next_line(place),
        None => Vec::new(),
    }
}

/// A value in the query of a URL ends where the next one begins (RFC 3986 §3.4).
fn within_query(place: &Place<'_>, mut found: value::Value) -> value::Value {
    let body = place.page.body;
    if body[..place.at.start].ends_with(['&', '?']) {
        let end = body[found.range.clone()].find(['&', '#']).filter(|at| *at > 0);
        found.range.end = end.map_or(found.range.end, |at| found.range.start + at);
    }
    found
}

/// `type="password"`, `name=password`, `<password>`: the cue is itself a value or a tag.
fn is_markup(body: &str, at: &Range<usize>) -> bool {
    let before = body[..at.start].trim_end_matches(['"', '\'']);
    let assigned = before.ends_with('=') && before.len() > 1 && before[..before.len() - 1].ends_with(|c: char| c.is_ascii_alphabetic());
    let after = body[at.end..].trim_start_matches(['"', '\'']);
    assigned && (after.starts_with([' ', '/', '>', '&', '\n', '\r']) || after.is_empty()) && !before.ends_with("-p=")
}

/// "key" and "code" alone: of a variable (`SHOP_KEY=…`), or of a network that the lines before speak of.
fn bare_key(place: &Place<'_>, found: value::Value) -> Option<Candidate> {
    let Place { page, cue, ref at, ref line, ref around, .. } = *place;
    let of = |kind| Place { page, cue, kind, at: at.clone(), line: line.clone(), around: around.clone() };
    if page.body[..at.start].ends_with('_') && place.kind == Kind::SharedKey {
        let value = &page.body[found.range.clone()];
        let minted = value.len() >= 12 && value.bytes().any(|b| b.is_ascii_digit());
        return (found.between == Between::Mark && minted).then(|| single(&of(Kind::ApiKey), found));
    }
    let value = &page.body[found.range.clone()];
    let told = shape::of(value).score >= 1.0 && value.chars().any(char::is_lowercase);
    if !told || !context::speaks_of_networks(page, at, line) {
        return None;
    }
    let mut told = single(&of(Kind::SharedKey), found);
    told.signs.weak = false;
    Some(told)
}

/// Whether the cue is an attribute of a tag that opens on its line.
fn in_tag(body: &str, place: &Place<'_>) -> bool {
    let before = &body[place.line.start..place.at.start];
    before.rfind('<').is_some_and(|open| !before[open..].contains('>'))
}

fn single(place: &Place<'_>, found: value::Value) -> Candidate {
    let body = place.page.body;
    let mut range = found.range;
    if may_be_words(place.kind) && !found.quoted && matches!(found.between, Between::Mark | Between::FarMark) {
        range = whole_rest(body, &range, place.line.end);
    }
    let login = is_login(place, &range);
    let between = match found.between {
        // A word of the sentence between cue and mark may belong to another clause.
        Between::FarMark if place.cue.weak => Between::Joiner,
        Between::Blank if login => Between::Mark,
        other => other,
    };
    let runs_on = body[range.end..place.line.end].split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).take(3).count() >= 2;
    let set = setting::is_value(place, &range);
    if set {
        return stated(place, range);
    }
    let mut candidate = candidate(place, range, Relation::After(between), found.quoted, runs_on);
    candidate.signs.weak &= !login;
    candidate
}

/// What a program has for a secret, whatever it looks like.
fn stated(place: &Place<'_>, range: Range<usize>) -> Candidate {
    let mut candidate = candidate(place, range, Relation::Statement, false, false);
    candidate.signs.weak = false;
    candidate.signs.shape = candidate.signs.shape.max(STATED);
    candidate.signs.talk = false;
    candidate
}

/// "user heron", and on the line before or behind it "pass marsh": nothing else stands on either.
fn is_login(place: &Place<'_>, value: &Range<usize>) -> bool {
    let Place { page, ref at, ref line, .. } = *place;
    let content = page.content(line);
    if content.start != at.start || content.end != value.end {
        return false;
    }
    let user = |line: Range<usize>| {
        let mut words = page.body[line].split_whitespace();
        let (cue, name, end) = (words.next(), words.next(), words.next());
        end.is_none() && name.is_some() && cue.is_some_and(|c| super::cues::is_user(&c.trim_end_matches([':', '=']).to_lowercase()))
    };
    page.preceding(at.start, 1).into_iter().chain(page.following(value.end, 1)).any(user)
}

/// The rest of the line, where it is a phrase rather than a sentence.
fn whole_rest(body: &str, first: &Range<usize>, line_end: usize) -> Range<usize> {
    let rest = body[first.start..line_end].trim_end();
    let words = rest.split_whitespace().count();
    if (2..=10).contains(&words) && rest.len() <= 100 && !rest.contains(['.', ',', '(', ';']) {
        first.start..first.start + rest.len()
    } else {
        first.clone()
    }
}

/// A candidate with its signs; the kind settles how digits count.
pub(crate) fn candidate(place: &Place<'_>, range: Range<usize>, relation: Relation, quoted: bool, runs_on: bool) -> Candidate {
    let body = place.page.body;
    let undone = undone(place, &range);
    let text = undone.as_ref().map_or(&body[range.clone()], |u| u.value.as_str());
    let looks = shape::of(text);
    let (shape, because) = adjusted(place.kind, text, looks, relation);
    Candidate {
        signs: Signs {
            cue: place.cue.word,
            language: place.cue.language,
            weak: place.cue.weak,
            relation,
            shape,
            shape_because: because,
            quoted,
            talk: place.around.talk,
            runs_on,
        },
        rule: match relation {
            Relation::Cell => "table",
            Relation::Led | Relation::Sentence => "prose",
            Relation::After(Between::Joiner) => "prose",
            _ => "assigned",
        },
        account: None,
        system: None,
        kind: kind_of(place.kind, text),
        status: place.around.status,
        undone,
        pairing: None,
        range,
    }
}

/// What the value is, where its form, its URL or the words of its line and the two before say that it is disguised.
fn undone(place: &Place<'_>, range: &Range<usize>) -> Option<disguise::Undone> {
    let body = place.page.body;
    let text = &body[range.clone()];
    if body[..place.at.start].ends_with(['&', '?']) {
        return disguise::percent(text);
    }
    disguise::undo(text, &place.around.lines)
}

/// What a value may look like depends on its kind.
fn adjusted(kind: Kind, text: &str, looks: shape::Shape, relation: Relation) -> (f32, &'static str) {
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    let pin_like = (3..=10).contains(&digits) && text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'#' | b'*' | b'-'));
    let explicit = !matches!(relation, Relation::After(Between::Blank));
    match kind {
        Kind::Pin if pin_like => (if explicit { 1.1 } else { 0.5 }, "a short number"),
        Kind::Pin if looks.score > 0.0 && explicit => (looks.score - 1.0, looks.because),
        Kind::Pin => (looks.score.min(-2.0), looks.because),
        Kind::RecoveryCode if pin_like => (0.4, "a number"),
        // What machines mint has digits and length; a word after "token" is no token.
        Kind::ApiKey | Kind::Token | Kind::ClientSecret | Kind::EncryptionKey | Kind::OtpSeed | Kind::RecoveryCode
            if matches!(relation, Relation::After(Between::Blank)) =>
        {
            (looks.score.min(-1.0), looks.because)
        }
        Kind::RecoveryCode if !text.bytes().all(|b| b.is_ascii_digit() || b == b'-') && digits < 3 => {
            (looks.score.min(-1.5), looks.because)
        }
        Kind::ApiKey | Kind::Token | Kind::ClientSecret | Kind::EncryptionKey | Kind::OtpSeed if looks.score > -3.0 => {
            let minted = text.len() >= 12 && digits > 0;
            (if minted { looks.score.max(1.5) } else { looks.score - 1.2 }, looks.because)
        }
        // "Passphrases: a gentle reminder" is a heading.
        Kind::Passphrase if text.split(' ').next_back().is_some_and(shape::is_ordinary) => (looks.score.min(-1.5), looks.because),
        Kind::Passphrase if text.contains(' ') && explicit && looks.score > -3.0 => (0.9, "several words"),
        _ => (looks.score, looks.because),
    }
}

/// A number after "password" is a PIN in all but name.
fn kind_of(kind: Kind, text: &str) -> Kind {
    if kind == Kind::Passphrase && !text.contains(' ') { Kind::Passphrase } else { kind }
}

/// "creds: anna / Blue7heron", "user/password: anna/Blue7heron".
fn slash_pair(place: &Place<'_>, first: &Range<usize>, between: Between) -> Option<Candidate> {
    let body = place.page.body;
    let before = body[place.line.start..place.at.start].to_lowercase();
    let both = before.ends_with('/') || place.cue.weak && place.cue.word != "pass" && place.kind == Kind::Password;
    if !both || between == Between::Blank {
        return None;
    }
    let text = &body[first.clone()];
    let (account, secret) = match text.split_once('/').filter(|(a, s)| !a.is_empty() && s.len() >= 3) {
        Some((a, _)) => (a.to_owned(), first.start + a.len() + 1..first.end),
        None => {
            let rest = &body[first.end..place.line.end];
            let lead = rest.len() - rest.trim_start_matches([' ', '/', '|', '\u{a0}', ',', ':']).len();
            if !rest[..lead].contains(['/', '|', ',', ':']) {
                return None;
            }
            (text.to_owned(), value::token(body, first.end + lead, place.line.end)?.0)
        }
    };
    let mut c = candidate(place, secret, Relation::Pair, false, false);
    c.signs.weak = false;
    c.account = Some(account.trim_matches(['"', '\'', '`']).to_owned());
    Some(c)
}

/// "admin / Blue7heron" without any cue.
pub(crate) fn pair(page: Page<'_>, at: &Range<usize>) -> Option<Candidate> {
    let body = page.body;
    if body[..at.start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_' | ':' | '\\')) {
        return None;
    }
    let line = page.line(at.start);
    let (range, quoted) = value::token(body, at.end, line.end)?;
    let text = &body[range.clone()];
    let looks = shape::of(text);
    if looks.score < 1.0 || text.contains('/') || text.contains("%2") {
        return None;
    }
    let account = body[at.clone()].trim_end_matches([' ', '/']).to_owned();
    Some(Candidate {
        range,
        signs: Signs {
            cue: "account / password",
            language: "en",
            weak: false,
            relation: Relation::Pair,
            shape: looks.score - 0.8,
            shape_because: looks.because,
            quoted,
            talk: false,
            runs_on: false,
        },
        rule: "pair",
        account: Some(account),
        system: None,
        kind: Kind::Password,
        status: Status::Live,
        undone: None,
        pairing: None,
    })
}

/// Recovery codes come in lists, on one line or below.
fn list_on(place: &Place<'_>, first: &Range<usize>, marked: bool) -> Option<Vec<Candidate>> {
    if place.kind != Kind::RecoveryCode || !marked {
        return None;
    }
    let body = place.page.body;
    let same_line = first.start..place.line.end;
    let mut ranges = codes(body, &same_line);
    for line in place.page.following(place.at.end, 12) {
        let more = codes(body, &line);
        if more.is_empty() {
            break;
        }
        ranges.extend(more);
    }
    (!ranges.is_empty()).then(|| ranges.into_iter().map(|r| candidate(place, r, Relation::List, false, false)).collect())
}

/// Lines of codes under the cue, with at most a line of words between.
fn list_below(place: &Place<'_>) -> Vec<Candidate> {
    let lines = place.page.following(place.at.end, 20);
    let skip = lines.iter().take(2).take_while(|l| codes(place.page.body, l).is_empty()).count();
    let found = lines.iter().skip(skip).map(|l| codes(place.page.body, l)).take_while(|c| !c.is_empty()).flatten();
    found.map(|r| candidate(place, r, Relation::List, false, false)).collect()
}

/// Tokens of a line that are codes; none where the line holds other words.
fn codes(body: &str, line: &Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = line.start;
    for word in body[line.clone()].split_inclusive(char::is_whitespace) {
        let range = value::trimmed(body, at..at + word.trim_end().len());
        at += word.len();
        let text = &body[range.clone()];
        let code =
            text.len() >= 6 && text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-');
        if code {
            out.push(range);
        } else if text.chars().filter(|c| c.is_alphabetic()).count() > 2 {
            return Vec::new();
        }
    }
    out
}

/// The value on the next line, after a cue that ends its own.
fn next_line(place: &Place<'_>) -> Vec<Candidate> {
    let body = place.page.body;
    let rest = body[place.at.end..place.line.end].trim();
    let marked =
        rest.ends_with([':', '=', '：']) && rest.len() <= 60 || rest == ">" || rest.is_empty() && place.at.start - place.line.start <= 30;
    if !marked || place.cue.weak && rest.is_empty() {
        return Vec::new();
    }
    let Some(line) = place.page.following(place.at.end, 1).into_iter().next() else { return Vec::new() };
    if place.kind == Kind::RecoveryCode {
        let lines = place.page.following(place.at.end, 16);
        let found: Vec<_> = lines.iter().map(|l| codes(body, l)).take_while(|c| !c.is_empty()).flatten().collect();
        if !found.is_empty() {
            return found.into_iter().map(|r| candidate(place, r, Relation::List, false, false)).collect();
        }
    }
    let words = body[line.clone()].split_whitespace().count();
    if words > 3 {
        return Vec::new();
    }
    let start = line.end - body[line.clone()].trim_start_matches(['-', '*', ' ', '\t', '•']).len();
    let Some((range, quoted)) = value::token(body, start, line.end) else { return Vec::new() };
    vec![candidate(place, range, Relation::NextLine, quoted, words > 1)]
}
