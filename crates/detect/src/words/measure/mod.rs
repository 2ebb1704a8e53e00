//! A candidate in numbers, for the model: what the value looks like, how it hangs on its cue, what stands around it.
//!
//! No number stands for a particular word or value, so that what the model learns holds for other mail.

mod said;

use super::beside::{Bond, Who};
use super::lexicon::{CLASSES, Lexicon, Told};
use super::marks::Mark;
use super::page::Page;
use super::sentence::Sentences;
use super::value::Between;
use super::weigh::Relation;
use super::{Asked, Candidate, Word, context, heard_words, shape, voices};
use aftermail_model::{Kind, Layer, Message, Text};
use said::{lead, names_things, sounds_final};
use std::collections::HashSet;
use std::ops::Range;

/// What a text is, once for all its candidates.
pub(crate) struct Scene<'t> {
    pub page: Page<'t>,
    pub text: &'t Text,
    pub marks: &'t [Mark<'t>],
    pub sentences: &'t Sentences,
    /// The subject speaks of secrets (2), of access (1) or of neither.
    pub subject: f32,
    /// Names of the people of the message, and the words of its subject, in lower case.
    people: HashSet<String>,
    topics: HashSet<String>,
    /// Share of signs of programs and tables among the characters.
    signs: f32,
    /// Where the candidates that are numbers begin, and those that are not.
    rivals: [Vec<usize>; 2],
    /// The words around the candidates that are measured closely, which say what their sentences are about.
    told: Vec<Told>,
    /// All words around the candidates.
    spoken: Vec<Word>,
}

/// How far before and after a candidate words count.
const TOLD_BEFORE: usize = 240;
const TOLD_AFTER: usize = 160;

impl<'t> Scene<'t> {
    pub(crate) fn new(
        page: Page<'t>,
        text: &'t Text,
        message: &Message,
        marks: &'t [Mark<'t>],
        sentences: &'t Sentences,
        subject: f32,
        candidates: &[Candidate],
    ) -> Scene<'t> {
        let odd =
            page.body.bytes().take(20_000).filter(|b| matches!(b, b'{' | b'}' | b';' | b'=' | b'<' | b'>' | b'|' | b'\\' | b'$')).count();
        let signs = odd as f32 / page.body.len().clamp(1, 20_000) as f32;
        let (letters, numbers): (Vec<_>, Vec<_>) =
            candidates.iter().partition(|c| page.body[c.range.clone()].contains(char::is_alphabetic));
        let spoken = heard_words(page.body, candidates.iter().map(|c| &c.range));
        let rivals = [numbers, letters].map(|all| all.into_iter().map(|c| c.range.start).collect());
        let people = words_of(message.from.iter().chain(&message.to));
        Scene { page, text, marks, sentences, subject, people, topics: words_of(&message.subject), signs, rivals, told: Vec::new(), spoken }
    }

    /// Reads the words around the candidates, which stand in text order; each stretch is read once.
    pub(crate) fn listen<'c>(&mut self, lexicon: &Lexicon, candidates: impl Iterator<Item = &'c Candidate>) {
        self.told = told(self.page.body, lexicon, candidates);
    }
}

fn words_of<'a>(texts: impl IntoIterator<Item = &'a String>) -> HashSet<String> {
    let words = texts.into_iter().flat_map(|t| t.split(|c: char| !c.is_alphanumeric()));
    words.filter(|w| w.chars().count() > 2).map(str::to_lowercase).collect()
}

fn told<'c>(body: &str, lexicon: &Lexicon, candidates: impl Iterator<Item = &'c Candidate>) -> Vec<Told> {
    let mut stretches: Vec<Range<usize>> = Vec::new();
    for Candidate { range, .. } in candidates {
        let start = body.floor_char_boundary(range.start.saturating_sub(TOLD_BEFORE));
        let end = body.ceil_char_boundary((range.end + TOLD_AFTER).min(body.len()));
        match stretches.last_mut() {
            Some(last) if start <= last.end => last.end = last.end.max(end),
            _ => stretches.push(start..end),
        }
    }
    stretches.iter().flat_map(|stretch| lexicon.told(body, stretch)).collect()
}

/// Numbers in a fixed order, with their names.
#[derive(Default)]
struct Row(Vec<f32>);

impl Row {
    fn number(&mut self, n: impl Into<f64>) {
        self.0.push(n.into() as f32);
    }

    fn flag(&mut self, yes: bool) {
        self.0.push(f32::from(u8::from(yes)));
    }

    fn count(&mut self, n: usize) {
        self.0.push(n.min(500) as f32);
    }
}

/// What costs little of a candidate: what it looks like, how it hangs on its cue, how far the marks are, what is heard. The gate
/// knows this only.
pub(crate) fn glance(scene: &Scene<'_>, candidate: &Candidate) -> Asked {
    let mut row = Row(Vec::with_capacity(160));
    let value = value(scene, candidate);
    look(&mut row, value);
    row.number(candidate.signs.shape);
    row.flag(candidate.undone.is_some());
    relation(&mut row, candidate);
    pairing(&mut row, candidate);
    marks(&mut row, scene, &candidate.range);
    place(&mut row, scene, &candidate.range);
    let around = voices::around(&scene.spoken, &candidate.range, candidate.signs.cue, value);
    Asked { numbers: row.0, heard: [around, voices::letters(value, candidate.kind.as_str())] }
}

/// All numbers of a candidate: those of a glance and, behind them, what stands around it.
pub(crate) fn closely(scene: &Scene<'_>, candidate: &Candidate, glance: Asked) -> Asked {
    let Asked { numbers, heard } = glance;
    let mut row = Row(numbers);
    let written = &scene.page.body[candidate.range.clone()];
    // "oceanview / oceanview": what a device or a service comes with.
    let same = |a: &String| a.eq_ignore_ascii_case(value(scene, candidate));
    row.flag(candidate.account.as_ref().is_some_and(same) || follows_itself(scene.page, &candidate.range));
    around(&mut row, scene, &candidate.range, written);
    about(&mut row, scene, &candidate.range);
    alone(&mut row, scene, &candidate.range);
    Asked { numbers: row.0, heard }
}

fn value<'c>(scene: &'c Scene<'_>, candidate: &'c Candidate) -> &'c str {
    candidate.undone.as_ref().map_or(&scene.page.body[candidate.range.clone()], |u| u.value.as_str())
}

/// What the value looks like.
fn look(row: &mut Row, value: &str) {
    let chars: Vec<char> = value.chars().collect();
    let count = |is: fn(&char) -> bool| chars.iter().filter(|c| is(c)).count();
    let joins = |from: fn(char) -> bool, to: fn(char) -> bool| chars.windows(2).filter(|w| from(w[0]) && to(w[1])).count();
    // Some signs, as Ⅷ, are both.
    let (digits, letters) = (count(|c| c.is_numeric() && !c.is_alphabetic()), count(|c| c.is_alphabetic()));
    let (upper, blanks) = (count(|c| c.is_uppercase()), count(|c| c.is_whitespace()));
    let joints = count(|c| matches!(c, '-' | '.' | '_' | '/'));
    row.count(chars.len());
    row.count(digits);
    row.count(letters);
    row.count(upper);
    row.count(blanks);
    row.count(joints);
    row.count(count(|c| matches!(c, '!' | '#' | '$' | '%' | '&' | '*' | '@' | '?' | '+' | '^' | '~' | '=')));
    row.count(chars.len() - digits - letters - blanks);
    row.count(joins(char::is_lowercase, char::is_uppercase));
    row.count(joins(char::is_alphabetic, |c| c.is_ascii_digit()) + joins(|c| c.is_ascii_digit(), char::is_alphabetic));
    row.count(chars.windows(3).filter(|w| w[0].is_alphabetic() && w[1].is_ascii_digit() && w[2].is_alphabetic()).count());
    row.flag(chars.first().is_some_and(|c| c.is_uppercase()));
    row.flag(chars.first().is_some_and(char::is_ascii_digit));
    row.flag(chars.last().is_some_and(char::is_ascii_digit));
    row.flag(chars.last().is_some_and(|c| !c.is_alphanumeric()));
    row.count(value.split(|c: char| !c.is_alphabetic()).map(|w| w.chars().count()).max().unwrap_or(0));
    row.count(value.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or(0));
    row.flag(has_year(value));
    row.flag(chars.iter().all(char::is_ascii_hexdigit));
    row.number(if letters == 0 {
        0.0
    } else {
        count(|c| "aeiouyAEIOUYäöüéèáíóúаеиоуыя".contains(*c)) as f64 / letters as f64
    });
    row.flag(shape::is_term(value));
    row.flag(shape::is_short_hash(value));
    row.flag(value.contains('/'));
    row.flag(value.contains(['=', '(', ')', '{', '}', '<', '>', ';', '\\', ',']));
    row.flag(value.contains(':'));
    row.flag(value.contains('\'') || value.contains('’'));
    row.flag(letters > 0 && letters == upper);
    row.flag(!value.is_ascii());
}

/// Whether the line before assigns the very same word: "user: heron", "password: heron".
fn follows_itself(page: Page<'_>, range: &Range<usize>) -> bool {
    let own = &page.body[range.clone()];
    let above = page.preceding(range.start, 2).into_iter().next();
    above.is_some_and(|l| page.body[l].trim_end().rsplit([':', '=', ' ', '\t']).next().is_some_and(|w| w.eq_ignore_ascii_case(own)))
}

fn has_year(value: &str) -> bool {
    value.split(|c: char| !c.is_ascii_digit()).any(|n| n.len() == 4 && (n.starts_with("19") || n.starts_with("20")))
}

/// How it hangs on its cue.
fn relation(row: &mut Row, candidate: &Candidate) {
    let signs = &candidate.signs;
    for relation in [
        Relation::After(Between::Mark),
        Relation::After(Between::FarMark),
        Relation::After(Between::Joiner),
        Relation::After(Between::Blank),
        Relation::NextLine,
        Relation::Cell,
        Relation::Pair,
        Relation::List,
        Relation::Led,
        Relation::Sentence,
    ] {
        row.flag(signs.relation == relation);
    }
    row.flag(signs.weak);
    row.flag(signs.quoted);
    row.flag(signs.talk);
    row.flag(signs.runs_on);
    row.flag(candidate.account.is_some());
    row.flag(candidate.kind == Kind::Pin);
    row.flag(candidate.kind == Kind::Password);
    row.flag(candidate.kind == Kind::Passphrase);
    row.flag(matches!(candidate.kind, Kind::SharedKey | Kind::CommunityString));
    row.flag(candidate.kind == Kind::RecoveryCode);
    row.flag(matches!(candidate.kind, Kind::ApiKey | Kind::Token | Kind::ClientSecret | Kind::OtpSeed | Kind::EncryptionKey));
}

/// How it stands beside its account.
fn pairing(row: &mut Row, candidate: &Candidate) {
    use Bond::{Bar, Bracket, Colon, Comma, Dash, Slash, Word};
    let pairing = candidate.pairing.as_ref();
    for who in [Who::Address, Who::WellKnown, Who::Announced, Who::Built, Who::Word] {
        row.flag(pairing.is_some_and(|p| p.who == who));
    }
    for bond in [Slash, Dash, Bar, Comma, Bracket, Colon, Word] {
        row.flag(pairing.is_some_and(|p| p.bond == bond));
    }
    row.flag(pairing.is_some_and(|p| p.repeated));
    row.flag(pairing.is_some_and(|p| p.last));
}

/// The characters and words next to it, and its line.
fn around(row: &mut Row, scene: &Scene<'_>, range: &Range<usize>, written: &str) {
    let body = scene.page.body;
    let line = scene.page.line(range.start);
    let before = body[line.start.min(range.start)..range.start].trim_end_matches([' ', '\u{a0}']);
    let after = &body[range.end..line.end.max(range.end)];
    let touches = before.len() == range.start - line.start.min(range.start);
    let sign = before.chars().next_back().unwrap_or('\n');
    row.flag(matches!(sign, ':' | '：'));
    row.flag(sign == '=');
    row.flag(matches!(sign, '>' | '→' | '–' | '—') || before.ends_with(" -"));
    row.flag(sign == ',');
    row.flag(sign == '(');
    row.flag(matches!(sign, '"' | '\'' | '`' | '“' | '«' | '„' | '‘' | '*'));
    row.flag(sign == '/');
    row.flag(matches!(sign, '.' | '!' | '?' | ';'));
    row.flag(sign == '\n' || before.trim_matches(['>', ' ', '-', '*', '•', '\t']).is_empty());
    row.flag(touches && !before.is_empty());
    let word = super::page::word_before(before);
    row.number(lead(&word));
    row.flag(names_things(&word) || sign == '#');
    let previous = before.trim_end_matches(|c: char| !c.is_whitespace()).trim_end();
    row.flag(names_things(&super::page::word_before(previous)));
    let next = after.chars().next().unwrap_or('\n');
    row.flag(next == '\n' || next == '\r');
    row.flag(matches!(next, '.' | '!' | '?'));
    row.flag(matches!(next, ',' | ';' | ')'));
    row.flag(next.is_alphanumeric() || matches!(next, '/' | '@' | '=' | '(' | '_'));
    row.count(after.split_whitespace().filter(|w| w.chars().any(char::is_alphabetic)).take(12).count());
    let whole = &body[line.clone()];
    row.count(whole.split_whitespace().take(40).count());
    let odd = whole.chars().filter(|c| matches!(c, '{' | '}' | ';' | '=' | '<' | '>' | '|' | '\\' | '$' | '[' | ']' | '+' | '_')).count();
    row.number(odd as f64 / whole.len().max(1) as f64);
    row.count(whole.split(|c: char| !c.is_ascii_digit()).filter(|n| n.len() >= 3).take(20).count());
    row.flag(whole.trim_start().starts_with('>'));
    row.flag(whole.contains("://") || whole.contains(".example") || whole.split_whitespace().any(shape::is_host));
    row.flag(whole.contains('@'));
    let around = body.floor_char_boundary(range.start.saturating_sub(AGAIN))..body.ceil_char_boundary((range.end + AGAIN).min(body.len()));
    // What is quoted again below says it a second time, and no more than once.
    let depth = quoted(scene.page, range.start);
    let again = body[around.clone()].match_indices(written).map(|(at, _)| around.start + at);
    row.count(again.filter(|at| quoted(scene.page, *at) == depth).take(4).count());
    let near = near(body, range);
    row.flag(context::is_talk(&near));
    row.flag(sounds_final(&near));
}

/// How deep a line is quoted.
fn quoted(page: Page<'_>, at: usize) -> usize {
    let line = page.line(at);
    let marks = page.content(&line).start - line.start;
    page.body[line.start..line.start + marks].bytes().filter(|b| *b == b'>').count()
}

/// How far before and behind a value it is looked for again.
const AGAIN: usize = 4_000;

/// The sentence around, roughly.
fn near(body: &str, range: &Range<usize>) -> String {
    let start = body.floor_char_boundary(range.start.saturating_sub(160));
    let end = body.ceil_char_boundary((range.end + 100).min(body.len()));
    format!("{} {}", &body[start..range.start], &body[range.end..end])
}

/// Marks on one side of a candidate that are looked at.
const MARKS: usize = 30;
/// How far around it they are counted.
const COUNTED: usize = 400;

/// The nearest mark of each sort on one side: how far it is, and whether a sentence ends between.
#[derive(Default)]
struct Nearest {
    strong: Option<(usize, bool)>,
    weak: Option<(usize, bool)>,
    access: Option<(usize, bool)>,
    pin: Option<(usize, bool)>,
}

impl Nearest {
    fn of<'m>(marks: impl Iterator<Item = &'m Mark<'m>>, apart: impl Fn(&Mark<'_>) -> (usize, bool)) -> Nearest {
        let mut nearest = Nearest::default();
        for mark in marks.take(MARKS) {
            let kind = mark.kind();
            let sort = match kind {
                Some(_) if mark.cue.weak => &mut nearest.weak,
                Some(_) => &mut nearest.strong,
                None => &mut nearest.access,
            };
            sort.get_or_insert_with(|| apart(mark));
            if kind == Some(Kind::Pin) {
                nearest.pin.get_or_insert_with(|| apart(mark));
            }
        }
        nearest
    }
}

/// How far the nearest marks are.
fn marks(row: &mut Row, scene: &Scene<'_>, range: &Range<usize>) {
    let far = |mark: Option<(usize, bool)>| mark.map_or(9.5, |(apart, _)| ((apart.min(700) + 1) as f64).log2());
    let broken = |mark: Option<(usize, bool)>| mark.is_none_or(|(_, broken)| broken);
    let all = scene.marks;
    let (end, start) = (all.partition_point(|m| m.at.end <= range.start), all.partition_point(|m| m.at.start < range.end));
    let over = scene.sentences.over_behind(range.end);
    let before = Nearest::of(all[..end].iter().rev(), |m| m.before(range));
    let behind = Nearest::of(all[start..].iter(), |m| m.behind(range, over));
    row.flag(broken(before.strong));
    row.flag(broken(behind.strong));
    row.number(far(before.strong));
    row.number(far(behind.strong));
    row.flag(broken(before.weak));
    row.flag(broken(before.access));
    row.number(far(before.weak));
    row.number(far(before.access));
    row.number(far(behind.weak));
    row.number(far(behind.access));
    row.number(far(before.pin));
    row.number(far(behind.pin));
    let window = range.start.saturating_sub(COUNTED)..range.end + COUNTED;
    let within = || all[all.partition_point(|m| m.at.start < window.start)..].iter().take_while(|m| m.at.end <= window.end);
    row.count(within().filter(|m| m.kind().is_some() && !m.cue.weak).take(9).count());
    row.count(within().filter(|m| m.kind().is_none()).take(9).count());
}

/// Length from which a text is long, in bytes. Mail that was invented to learn from is short, mail without secrets is long: how much
/// longer a text is must not speak against a secret in it.
const LONG: usize = 700;

/// Where in the message it stands.
fn place(row: &mut Row, scene: &Scene<'_>, range: &Range<usize>) {
    let (text, body) = (scene.text, scene.page.body);
    row.flag(text.layer == Layer::Visible);
    row.flag(text.layer == Layer::Attribute);
    row.flag(super::written::is_written(text));
    row.flag(text.place == "subject");
    row.number(scene.subject);
    row.number((body.trim().len().min(LONG) as f64 + 1.0).log2());
    row.number((range.start.min(LONG) as f64 + 1.0).log2());
    row.number(scene.signs);
}

/// What the words before and behind are about: how near the nearest of each class is, a sentence's end counting as a distance.
fn about(row: &mut Row, scene: &Scene<'_>, range: &Range<usize>) {
    const NONE: f64 = 9.5;
    let mut nearest = [[NONE; 2]; CLASSES.len()];
    let from = scene.told.partition_point(|t| t.at.start + TOLD_BEFORE < range.start);
    for told in scene.told[from..].iter().take_while(|t| t.at.start < range.end + TOLD_AFTER) {
        let (between, side) = if told.at.end <= range.start {
            (told.at.end..range.start, 0)
        } else if told.at.start >= range.end {
            (range.end..told.at.start, 1)
        } else {
            continue;
        };
        let broken = scene.sentences.end_within(&between);
        let cost = ((between.len() + 1 + 150 * usize::from(broken)) as f64).log2();
        let told_of = nearest.iter_mut().enumerate().filter(|(class, _)| told.classes >> class & 1 == 1);
        told_of.for_each(|(_, sides)| sides[side] = sides[side].min(cost));
    }
    nearest.iter().flatten().for_each(|cost| row.number(*cost));
}

/// How far other candidates stand that are its rivals.
const NEAR: usize = 300;

/// How it stands among the other candidates, and how it is set off from its sentence.
fn alone(row: &mut Row, scene: &Scene<'_>, range: &Range<usize>) {
    let body = scene.page.body;
    let letters = body[range.clone()].contains(char::is_alphabetic);
    // What stands far off, as in a signature or a mail that is quoted, is no rival.
    let near = |all: &Vec<usize>| all.partition_point(|at| *at < range.end + NEAR) - all.partition_point(|at| at + NEAR < range.start);
    let [numbers, words] = scene.rivals.each_ref().map(near);
    row.count(numbers.min(30));
    row.count(words.min(30));
    row.count(if letters { words } else { numbers }.min(30));
    let line = scene.page.line(range.start);
    let content = scene.page.content(&line);
    row.flag(content.start >= range.start && content.end <= range.end);
    let before = body[line.start.min(range.start)..range.start].trim_end();
    let above = scene.page.preceding(range.start, 3).into_iter().next().map_or("", |l| body[l].trim_end());
    row.flag(before.trim_start_matches(['>', ' ']).is_empty() && above.ends_with('?'));
    row.flag(before.trim_start_matches(['>', ' ']).is_empty() && above.ends_with([':', '：']));
    let behind = &body[range.end..body.ceil_char_boundary((range.end + 12).min(body.len()))];
    let rest = behind.trim_start_matches(['"', '\'', '”', '»', '*', '`', '’', ')']);
    row.flag(
        rest.trim_start_matches([' ', '\u{a0}']).is_empty()
            || rest.starts_with(['\n', '\r'])
            || rest.starts_with(". ")
            || rest.starts_with(".\n")
            || rest.starts_with("。"),
    );
    let opening =
        body[..range.start].chars().next_back().is_some_and(|c| matches!(c, '"' | '“' | '„' | '«' | '\'' | '‘' | '`' | '*' | '「'));
    row.flag(opening && rest.len() < behind.len());
    let lower = body[range.clone()].to_lowercase();
    row.flag(lower.split(|c: char| !c.is_alphanumeric()).any(|w| scene.people.contains(w)));
    row.flag(scene.topics.contains(&lower));
    let comma = before.ends_with([',', '，', '、']);
    row.flag(comma);
    row.count(
        body[range.clone()].split(|c: char| !c.is_alphanumeric()).filter(|w| w.len() >= 3 && w.chars().all(char::is_alphabetic)).count(),
    );
}
