//! Whom a secret signs in: every word near it that can be the name of an account, weighed by a small model.

use super::names;
use super::offers::Known;
use super::{Links, neighbours, places};
use crate::words::{Asked, CueField, heard_letters, is_address, is_deed, is_file, is_host, is_ordinary};
use std::collections::HashSet;
use std::ops::Range;

/// Bytes before and after a value where its account is looked for.
const BEFORE: usize = 240;
const AFTER: usize = 160;
/// Bytes of an account.
const LENGTH: std::ops::RangeInclusive<usize> = 2..=64;
/// Most words that are weighed.
const MOST: usize = 64;

/// Words that lead in an account.
const LED_BY: &[&str] = &[
    "as",
    "user",
    "under",
    "for",
    "with",
    "login",
    "logon",
    "account",
    "username",
    "als",
    "unter",
    "mit",
    "benutzer",
    "konto",
    "comme",
    "avec",
    "sous",
    "compte",
    "utilisateur",
    "session",
    "como",
    "con",
    "usuario",
    "cuenta",
    "come",
    "utente",
    "com",
    "conta",
    "usuário",
    "utilizador",
    "als",
    "onder",
    "met",
    "gebruiker",
    "som",
    "med",
    "under",
    "jako",
    "pod",
    "użytkownik",
    "konto",
    "z",
    "как",
    "под",
    "пользователь",
    "логин",
    "учётка",
    "pid",
    "користувач",
    "olarak",
    "ile",
    "kullanıcı",
    "ως",
    "με",
    "χρήστης",
    "باسم",
    "المستخدم",
    "בתור",
    "משתמש",
    "と",
    "sebagai",
    "pakai",
    "tên",
];

/// A word that may name the account, and what the model is asked about it.
pub(super) struct Account {
    pub name: String,
    pub asked: Asked,
}

/// What may name the account of a value; `given` is what fixed rules and the reader of the value found.
pub(super) fn offers(links: &Links, known: &Known<'_>, rules: Option<&str>, given: Option<&str>) -> Vec<Account> {
    let body = known.page.body;
    let value = known.value;
    let assigned: HashSet<String> = lines(known).filter_map(|line| links.assigned(known.page, &line, value, CueField::User)).collect();
    let people = people(known);
    let scene = Scene {
        links,
        known,
        rules,
        given,
        assigned,
        people,
        around: super::choose::surroundings(known),
        others: neighbours::places(known),
    };
    let mut found: Vec<(usize, Account)> = Vec::new();
    let from = body.floor_char_boundary(value.start.saturating_sub(BEFORE));
    let to = body.ceil_char_boundary((value.end + AFTER).min(body.len()));
    let near = words(body, from..value.start)
        .chain(words(body, value.end..to))
        .filter(|r| may_name(&body[r.clone()], &body[value.clone()]) && !known.others.contains(&&body[r.clone()]) && !known.is_cut(r))
        .filter(|r| !is_key(&body[r.clone()], &body[r.end..]));
    for at in near {
        let asked = scene.asked(&body[at.clone()], Some(&at));
        let apart = if at.end <= value.start { value.start - at.end } else { at.start - value.end };
        found.push((apart, Account { name: body[at].to_owned(), asked }));
    }
    // A name that comes twice is weighed where it stands nearest.
    found.sort_by_key(|(apart, _)| *apart);
    let mut seen = HashSet::new();
    found.retain(|(_, account)| seen.insert(account.name.clone()));
    found.truncate(MOST);
    let mut all: Vec<Account> = found.into_iter().map(|(_, account)| account).collect();
    for name in rules.into_iter().chain(given) {
        if !all.iter().any(|a| a.name == name) {
            all.push(Account { name: name.to_owned(), asked: scene.asked(name, None) });
        }
    }
    all
}

/// The value's line, the lines before and the line behind.
fn lines<'a>(known: &'a Known<'a>) -> impl Iterator<Item = Range<usize>> + 'a {
    let page = known.page;
    let around = page.preceding(known.value.start, 4).into_iter().chain(page.following(known.value.end.min(page.body.len()), 2));
    std::iter::once(page.line(known.value.start)).chain(around)
}

/// Names of sender and recipients, and the parts of their addresses.
fn people(known: &Known<'_>) -> HashSet<String> {
    let all = known.message.from.iter().chain(&known.message.to);
    let parts = all.flat_map(|p| p.split(['<', '>', '@', ' ', '"', ',']));
    parts.filter(|n| n.chars().count() > 1).map(str::to_lowercase).collect()
}

/// The words of a stretch, without the signs of its sentence.
fn words(body: &str, within: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let parts = |c: char| c.is_whitespace() || matches!(c, '/' | '|' | ',' | ';' | ':' | '=' | '(' | ')' | '、' | '，' | '。' | '：' | '→');
    let mut at = within.start;
    body[within].split_inclusive(parts).filter_map(move |word| {
        let start = at;
        at += word.len();
        let bare = word.trim_end_matches(parts);
        let kept = bare.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '.' | '\\'));
        let start = start + (bare.len() - kept.len());
        let kept = kept.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '_' | '$'));
        (!kept.is_empty()).then_some(start..start + kept.len())
    })
}

/// Whether a word can name an account at all.
fn may_name(word: &str, own: &str) -> bool {
    let written = word.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-' | '@' | '\\' | '+' | '$'));
    LENGTH.contains(&word.len())
        && written
        && !own.contains(word)
        && !word.contains(own)
        && word.chars().any(char::is_alphabetic)
        && !is_ordinary(word)
        && !is_deed(word)
        && !super::purpose::is_cue(word)
}

/// "app.secret" of `app.secret=…`: the name of a secret.
fn is_key(word: &str, behind: &str) -> bool {
    behind.trim_start().starts_with(['=', ':'])
        && word.rsplit(['.', '_', '-']).next().is_some_and(|last| super::purpose::is_cue(&last.to_lowercase()))
}

struct Scene<'a> {
    links: &'a Links,
    known: &'a Known<'a>,
    rules: Option<&'a str>,
    given: Option<&'a str>,
    assigned: HashSet<String>,
    people: HashSet<String>,
    /// The text around the value, where a name that comes again is looked for.
    around: &'a str,
    /// Where other secrets of the text stand.
    others: Vec<Range<usize>>,
}

impl Scene<'_> {
    fn asked(&self, name: &str, at: Option<&Range<usize>>) -> Asked {
        let around = at.map_or(Vec::new(), |at| super::choose::heard_beside(self.known, at, name));
        Asked { numbers: self.row(name, at), heard: [around, heard_letters(name, self.known.kind.as_str())] }
    }

    fn row(&self, name: &str, at: Option<&Range<usize>>) -> Vec<f32> {
        let body = self.known.page.body;
        let value = self.known.value;
        let lower = name.to_lowercase();
        let before = at.is_some_and(|at| at.end <= value.start);
        let between = at.map_or("", |at| if before { &body[at.end..value.start] } else { &body[value.end..at.start] });
        let last = crate::words::word_before(between);
        let mut row = vec![
            flag(self.rules == Some(name)),
            flag(self.given == Some(name)),
            flag(self.assigned.contains(name)),
            flag(at.is_some()),
            flag(before),
            between.len() as f32,
            between.split_whitespace().count() as f32,
            between.matches('\n').count() as f32,
            self.links.cues_in(between) as f32,
            flag(at.is_some_and(|at| is_led(&body[..at.start]))),
            flag(LED_BY.contains(&last.as_str())),
            flag(at.is_some_and(|at| body[..at.start].ends_with([':', '=']) || body[..at.start].trim_end().ends_with([':', '=']))),
        ];
        row.extend(['/', '–', '-', ',', ':', '|', '\t', '.', '(', '=', '"'].map(|c| flag(between.contains(c))));
        row.extend([
            name.chars().count() as f32,
            flag(name.bytes().any(|b| b.is_ascii_digit())),
            flag(name.contains('.')),
            flag(name.contains('_')),
            flag(name.contains('-')),
            flag(name.contains('\\')),
            flag(is_address(name)),
            flag(name.is_ascii()),
            flag(lower == name),
            flag(name.starts_with(char::is_uppercase)),
            flag(name.chars().filter(|c| c.is_uppercase()).count() > 1),
            flag(names::is_well_known(&lower)),
            flag(names::tells(name)),
            flag(is_host(name)),
            flag(is_file(name) || places::is_place(name)),
            flag(names::is_machine(name)),
            flag(self.people.contains(&lower)),
            flag(at.is_some_and(|at| at.start > 0 && starts_sentence(&body[..at.start]))),
            self.around.matches(name).take(4).count() as f32,
            flag(self.links.is_cue_or_field(&lower)),
            self.links.things.sorts(&lower).iter().sum(),
        ]);
        row.extend(super::choose::kinds(self.known.kind));
        row.extend(neighbours::told(at, value, &self.others));
        row
    }
}

/// Whether the word that a text ends with leads in an account.
pub(super) fn is_led(before: &str) -> bool {
    LED_BY.contains(&crate::words::word_before(&before[before.floor_char_boundary(before.len().saturating_sub(32))..]).as_str())
}

fn starts_sentence(before: &str) -> bool {
    before.ends_with('\n') || before.trim_end_matches([' ', '"']).ends_with(['.', '!', '?', '\n'])
}

fn flag(yes: bool) -> f32 {
    f32::from(u8::from(yes))
}
