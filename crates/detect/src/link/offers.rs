//! Names that may say what a secret opens: every host, file, cell, label, heading, noun and subject near it, each with how it was come
//! by. Which of them it is, [`super::choose`] decides.

use super::{Links, names, places, purpose, tidied};
use crate::words::{TextPage, is_file, is_ordinary, is_user, meant};
use aftermail_model::{Kind, Message, Text};
use std::collections::HashSet;
use std::ops::Range;

/// How a name was come by; one may be come by in several ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Source {
    /// What fixed rules would have chosen.
    Rules,
    /// The reader of a table took this cell for it.
    Cell,
    /// The product whose format the secret has.
    Product,
    Url,
    Host,
    File,
    Share,
    Dialled,
    Machine,
    /// The value of a word such as "server".
    Assigned,
    FirstCell,
    OtherCell,
    /// Before the first colon of the line.
    Label,
    /// "the password for the …"
    OfCue,
    /// "the badge printer password"
    BeforeCue,
    /// "contraseña …"
    AfterCue,
    Section,
    Heading,
    /// What a configuration says it is of.
    Document,
    Subject,
    SubjectPart,
    /// Words with capitals or digits.
    Capitals,
    /// Words behind "for", "on", "to".
    Led,
    Quoted,
    /// A thing that secrets open, with the words about it.
    Thing,
    /// What wants, takes or opens: "the kiln wants …".
    Actor,
    /// Characters of a script without blanks.
    Run,
    Attachment,
}

/// Number of sources.
pub(super) const SOURCES: usize = Source::Attachment as usize + 1;

/// A name that was put forward.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub name: String,
    /// One bit for each [`Source`].
    pub sources: u32,
    /// Lines from the value's: 0 its own, below 0 before it; [`ELSEWHERE`] where it stands in no line near it.
    pub line: i32,
    /// Where it stands in the text.
    pub at: Option<Range<usize>>,
}

impl Offer {
    pub(super) fn is(&self, source: Source) -> bool {
        self.sources & (1 << source as u32) != 0
    }

    /// Whether its name says exactly what a secret opens, and is not only what a line or a message is about.
    pub(super) fn is_exact(&self) -> bool {
        use Source::{Assigned, Dialled, Document, File, Host, Machine, Section, Share, Url};
        [Assigned, Dialled, Document, File, Host, Machine, Section, Share, Url].into_iter().any(|s| self.is(s))
    }
}

/// The line of what stands in the subject or in a name.
pub(super) const ELSEWHERE: i32 = 99;
/// Lines before and after a value.
const BEFORE: usize = 10;
const AFTER: usize = 4;
/// Lines whose words are put forward, and not only their places.
const NEAR: i32 = 4;
/// Most offers of one value.
const MOST: usize = 160;
/// Words of a name.
const WORDS: usize = 6;

/// What is known before anything is put forward.
pub(super) struct Known<'a> {
    pub page: TextPage<'a>,
    pub value: &'a Range<usize>,
    pub message: &'a Message,
    pub text: &'a Text,
    pub kind: Kind,
    /// The account, where it can be nothing else.
    pub account: Option<&'a str>,
    /// Other secrets of the text.
    pub others: &'a [&'a str],
}

impl Known<'_> {
    /// Whether a name is, or holds, another secret of the text.
    pub(super) fn is_other(&self, name: &str) -> bool {
        self.others.iter().map(|other| tidied::bare(other)).any(|other| other == name || other.len() >= 5 && name.contains(other))
    }

    /// Whether what stands there is cut out of a secret, as "Heron" of "Heron.2031": names are shown in clear.
    pub(super) fn is_cut(&self, at: &Range<usize>) -> bool {
        let body = self.page.body;
        let own = at.start < self.value.end && self.value.start < at.end;
        own || self.others.iter().any(|other| {
            // A secret of several fields names its host and account in clear.
            let whole = !other.contains(['=', ';', ' ']) && !other.contains("://");
            let from = body.ceil_char_boundary((at.start + 1).saturating_sub(other.len()));
            let to = body.floor_char_boundary((at.end + other.len()).saturating_sub(1).min(body.len()));
            whole && other.len() > 1 && body.get(from..to).is_some_and(|around| around.contains(other))
        })
    }
}

/// The offers for one value. `given` are names that others found, `signs_in` whom fixed rules take for its account.
pub(super) fn offers(
    links: &Links,
    known: &Known<'_>,
    given: impl IntoIterator<Item = (Source, String)>,
    signs_in: Option<&str>,
) -> Vec<Offer> {
    let page = known.page;
    let mut all = Collected { links, own: tidied::bare(&page.body[known.value.clone()]), account: known.account, offers: Vec::new() };
    for (source, name) in given {
        all.add(source, ELSEWHERE, None, &name);
    }
    let own = page.content(&page.line(known.value.start));
    let before = page.preceding(known.value.start, BEFORE);
    let after = page.following(known.value.end.min(page.body.len()), AFTER);
    let lines = std::iter::once((0, own.clone()));
    let lines = lines.chain(before.into_iter().zip(1..).map(|(l, n)| (-n, l))).chain(after.into_iter().zip(1..).map(|(l, n)| (n, l)));
    for (number, line) in lines {
        of_line(links, known, number, &line, &mut all);
    }
    if let Some(name) = super::hostname(page).or_else(|| super::document(page)) {
        all.add(Source::Document, ELSEWHERE, None, &name);
    }
    of_subject(links, known.message, &mut all);
    if let Some(name) = super::attachment(known.text) {
        all.add(Source::Attachment, ELSEWHERE, None, name.rsplit(" > ").next().unwrap_or(&name));
    }
    let people = people(known, signs_in);
    all.offers.retain(|offer| {
        !links.only_announces(&offer.name)
            && !is_user(&offer.name.to_lowercase())
            && !is_setting(&offer.name)
            && !is_assigned(known, offer)
            && !known.is_other(&offer.name)
            && !offer.at.as_ref().is_some_and(|at| known.is_cut(at))
            && !is_person(&offer.name, &people)
    });
    all.offers
}

/// The names of people in the addresses of a message and in that of whom the value signs in, in lower case: an address of several words is most often a
/// person's.
fn people(known: &Known<'_>, signs_in: Option<&str>) -> HashSet<String> {
    let all = known.message.from.iter().chain(&known.message.to).map(String::as_str).chain(signs_in);
    let addresses = all.filter_map(|address| address.split_once('@'));
    let own = addresses.map(|(own, _)| own.rsplit(['<', ' ', '"']).next().unwrap_or(own)).filter(|own| own.contains(['.', '_']));
    own.flat_map(|own| own.split(['.', '_'])).map(str::to_lowercase).collect()
}

/// "Carlo", "Carlo Dietz".
fn is_person(name: &str, people: &HashSet<String>) -> bool {
    !people.is_empty() && name.split_whitespace().all(|word| people.contains(&word.to_lowercase()))
}

/// `newName="…"`, `session=…`: a name of what is assigned there, which is not the value itself.
fn is_assigned(known: &Known<'_>, offer: &Offer) -> bool {
    let Some(at) = offer.at.as_ref().filter(|_| !offer.is_exact()) else { return false };
    let Some(behind) = known.page.body.get(at.end..) else { return false };
    let assigned = behind.len() - behind.trim_start_matches(['=', '"', '\'']).len();
    behind.starts_with('=') && at.end + assigned != known.value.start
}

/// "AWS_SECRET", "DESCRIPTION:Room 4", "snmp-server": a name of a setting or a field, not of a thing.
fn is_setting(name: &str) -> bool {
    let variable = name.contains('_') && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
    let field = name.split_once(':').is_some_and(|(field, rest)| {
        field.len() > 2 && field.bytes().all(|b| b.is_ascii_uppercase() || b == b'-') && !rest.starts_with([' ', '/'])
    });
    variable || field || name.starts_with("snmp-server") || ends_with_cue(name) || FIELDS.split(' ').any(|f| name.eq_ignore_ascii_case(f))
}

/// Titles of columns and settings that name no thing themselves.
const FIELDS: &str = "port ports protocol proto ip name type id path version date note notes comment remark status temp tmp value field row \
    line text remote export import config default enabled monday tuesday wednesday thursday friday saturday sunday";

/// "PrivateKey", "Cleartext-Password", "private_key": one word for a secret of something.
fn ends_with_cue(name: &str) -> bool {
    let parts = name.rfind(|c: char| c.is_uppercase() || matches!(c, '-' | '_'));
    let last = parts.map(|at| name[at..].trim_start_matches(['-', '_']).to_lowercase());
    !name.contains([' ', '.']) && parts != Some(0) && last.is_some_and(|last| purpose::is_cue(&last))
}

struct Collected<'a> {
    links: &'a Links,
    own: &'a str,
    account: Option<&'a str>,
    offers: Vec<Offer>,
}

impl Collected<'_> {
    /// Adds a name; one that is there already was come by in one more way.
    fn add(&mut self, source: Source, line: i32, at: Option<usize>, name: &str) {
        let (given, name) = (name, tidied::name(name));
        let at = at.map(|at| at + (name.as_ptr() as usize).saturating_sub(given.as_ptr() as usize));
        let joined = tidied::with_port(name);
        let name = joined.as_deref().unwrap_or(name);
        let fits = (2..=120).contains(&name.chars().count()) && name.contains(|c: char| c.is_alphabetic() || ".:".contains(c));
        if !fits
            || tidied::is_code(name)
            || self.links.only_announces(given.trim())
            || name.contains(self.own)
            || self.own.contains(name)
            || Some(name) == self.account
            || name.contains("***")
        {
            return;
        }
        let at = at.map(|start| start..start + name.len());
        let lower = name.to_lowercase();
        match self.offers.iter().position(|o| o.name.to_lowercase() == lower) {
            Some(same) => {
                let offer = &mut self.offers[same];
                offer.sources |= 1 << source as u32;
                if line.abs() < offer.line.abs() {
                    (offer.line, offer.at) = (line, at);
                }
            }
            None if self.offers.len() < MOST => {
                self.offers.push(Offer { name: name.to_owned(), sources: 1 << source as u32, line, at });
            }
            None => {}
        }
    }

    /// Adds a name that stands in a text, `from` on.
    fn found(&mut self, source: Source, line: i32, text: &str, from: usize, name: &str) {
        let at = (name.as_ptr() as usize).checked_sub(text.as_ptr() as usize).filter(|at| *at <= text.len());
        self.add(source, line, at.map(|at| from + at), name);
    }
}

fn of_line(links: &Links, known: &Known<'_>, number: i32, line: &Range<usize>, all: &mut Collected<'_>) {
    let page = known.page;
    let Some(text) = page.body.get(line.clone()) else { return };
    if let Some(host) = places::dialled(text) {
        all.found(Source::Dialled, number, text, line.start, host);
    }
    for word in places::words(text) {
        if places::is_place(word) {
            let source = match word {
                w if w.contains("://") => Source::Url,
                w if w.starts_with("\\\\") => Source::Share,
                w if is_file(w) => Source::File,
                _ => Source::Host,
            };
            let at = (word.as_ptr() as usize) - (text.as_ptr() as usize);
            all.add(source, number, Some(line.start + at), &places::plain(word));
        } else if names::is_machine(word) {
            all.found(Source::Machine, number, text, line.start, word);
        }
    }
    if let Some(name) = links.assigned(page, line, known.value, crate::words::CueField::System) {
        all.add(Source::Assigned, number, Some(line.start), &name);
    }
    if let Some(name) = purpose::section(text).filter(|_| number != 0) {
        all.add(Source::Section, number, Some(line.start), &name);
    }
    if number.abs() > NEAR {
        return;
    }
    if number < 0 && is_heading(text) {
        all.found(Source::Heading, number, text, line.start, text.trim().trim_end_matches(':'));
    }
    if let Some(name) = purpose::label(text) {
        all.found(Source::Label, number, text, line.start, name);
    }
    for (at, cell) in cells(text).into_iter().enumerate() {
        let source = if at == 0 { Source::FirstCell } else { Source::OtherCell };
        all.found(source, number, text, line.start, cell);
    }
    for (source, name) in links.told(text) {
        all.found(source, number, text, line.start, name);
    }
}

/// A line that says what the lines below are of.
fn is_heading(line: &str) -> bool {
    let line = line.trim();
    let words = line.split_whitespace().count();
    (1..=WORDS).contains(&words) && !line.ends_with(['.', ',', '!', '?']) && (line.ends_with(':') || !line.contains([':', '=', '@']))
}

/// The cells of a row that is set apart by tabs, bars or blanks.
fn cells(line: &str) -> Vec<&str> {
    let parted: Vec<&str> = if line.contains(['\t', '|']) { line.split(['\t', '|']).collect() } else { line.split("   ").collect() };
    let cells: Vec<&str> = parted.into_iter().map(str::trim).filter(|c| !c.is_empty()).collect();
    if cells.len() < 2 { Vec::new() } else { cells.into_iter().filter(|c| c.split_whitespace().count() <= WORDS).collect() }
}

fn of_subject(links: &Links, message: &Message, all: &mut Collected<'_>) {
    let Some(subject) = purpose::subject(message) else { return };
    all.add(Source::Subject, ELSEWHERE, None, &subject);
    for part in subject.split([':', ',', '(', ')', '/', '|', '–', '—', '?', '!', ';', '：', '、']).flat_map(|p| p.split(" - ")) {
        all.add(Source::SubjectPart, ELSEWHERE, None, part);
    }
    for (_, name) in links.told(&subject) {
        all.add(Source::SubjectPart, ELSEWHERE, None, name);
    }
}

impl Links {
    /// What the words of a line put forward.
    fn told<'t>(&self, line: &'t str) -> Vec<(Source, &'t str)> {
        let mut found = Vec::new();
        capitals(line, &mut found);
        quoted(line, &mut found);
        runs(line, &mut found);
        for thing in self.things.places(line) {
            found.extend(about(line, thing).into_iter().map(|name| (Source::Thing, name)));
        }
        for (word, opened, acts) in meant(line) {
            if opened {
                found.extend(about(line, word.clone()).into_iter().map(|name| (Source::Thing, name)));
            }
            if acts {
                found.extend(before_cue(&line[..word.start]).map(|name| (Source::Actor, name)));
            }
        }
        let cues: Vec<Range<usize>> = self.cues.find_iter(line).map(|m| m.range()).filter(|at| super::is_word(line, at)).collect();
        // "mot de passe" is of nothing yet.
        for at in words(line).filter(|at| !cues.iter().any(|cue| cue.start < *at && *at < cue.end)) {
            found.extend(purpose::led(&line[at..]).map(|name| (Source::Led, name)));
        }
        for cue in cues {
            found.extend(before_cue(&line[..cue.start]).map(|name| (Source::BeforeCue, name)));
            let rest = line[cue.end..].trim_start();
            match purpose::led(rest) {
                Some(name) => found.push((Source::OfCue, name)),
                None => found.extend(after_cue(rest).into_iter().map(|name| (Source::AfterCue, name))),
            }
        }
        found
    }
}

/// A thing alone, with the words before it ("evidence room keypad"), with the names and numbers behind it ("router 3"), with both, and with what it is
/// of ("boîte vocale d'astreinte").
fn about(line: &str, thing: Range<usize>) -> Vec<&str> {
    let letter = |c: char| c.is_alphanumeric() || c == '-' || c == '_';
    let start = line[..thing.start].trim_end_matches(letter).len();
    let end = line.len() - line[thing.end..].trim_start_matches(letter).len();
    let alone = &line[start..end];
    let before = match before_cue(&line[..start]).filter(|_| line[..start].ends_with([' ', '\u{a0}'])) {
        Some(words) => span(line, words, alone),
        None => alone,
    };
    let mut behind = end;
    for word in line[end..].split_inclusive(' ').skip_while(|w| *w == " ").take(3) {
        let bare = word.trim();
        let name = bare.starts_with(|c: char| c.is_uppercase() || c.is_ascii_digit()) && !is_ordinary(bare);
        if !name || !line[behind..].starts_with(' ') {
            break;
        }
        behind = (bare.as_ptr() as usize) - (line.as_ptr() as usize) + bare.len();
        if !bare.ends_with(char::is_alphanumeric) {
            break;
        }
    }
    let mut found = vec![alone, before];
    if behind > end {
        found.push(&line[start..behind]);
        found.push(&line[(before.as_ptr() as usize) - (line.as_ptr() as usize)..behind]);
    }
    if let Some(of) = purpose::led(line[end..].trim_start()).filter(|of| of.split_whitespace().count() <= 4) {
        found.push(span(line, alone, of));
    }
    found
}

/// Where words begin.
fn words(line: &str) -> impl Iterator<Item = usize> + '_ {
    let begins = |(at, c): (usize, char)| (c.is_alphanumeric() && !line[..at].ends_with(char::is_alphanumeric)).then_some(at);
    line.char_indices().filter_map(begins)
}

/// Words that follow each other, each with a capital or a digit; ordinary words at either end fall off.
fn capitals<'t>(line: &'t str, found: &mut Vec<(Source, &'t str)>) {
    let mut run: Vec<&'t str> = Vec::new();
    let end = |run: &mut Vec<&'t str>, found: &mut Vec<(Source, &'t str)>| {
        let first = run.iter().position(|w| !is_ordinary(w)).unwrap_or(run.len());
        let last = run.iter().rposition(|w| !is_ordinary(w)).map_or(first, |at| at + 1);
        if let Some(words) = run.get(first..last.min(first + WORDS)).filter(|w| !w.is_empty()) {
            found.push((Source::Capitals, span(line, words[0], words[words.len() - 1])));
        }
        run.clear();
    };
    for word in line.split([' ', '\t', '\u{a0}']) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
        let opens = word.starts_with(|c: char| !c.is_alphanumeric() && !c.is_whitespace());
        let telling =
            bare.chars().any(char::is_uppercase) || bare.chars().any(|c| c.is_ascii_digit()) && bare.chars().any(char::is_alphabetic);
        let number = !run.is_empty() && !bare.is_empty() && bare.len() <= 3 && bare.bytes().all(|b| b.is_ascii_digit());
        if opens {
            end(&mut run, found);
        }
        if bare.is_empty() || !(telling || number) {
            end(&mut run, found);
            continue;
        }
        run.push(bare);
        if !word.ends_with(char::is_alphanumeric) {
            end(&mut run, found);
        }
    }
    end(&mut run, found);
}

/// From the start of one piece of a text to the end of another.
fn span<'t>(text: &'t str, first: &str, last: &str) -> &'t str {
    let at = |piece: &str| (piece.as_ptr() as usize).saturating_sub(text.as_ptr() as usize);
    text.get(at(first)..at(last) + last.len()).unwrap_or_default()
}

fn quoted<'t>(line: &'t str, found: &mut Vec<(Source, &'t str)>) {
    for (open, close) in [('"', '"'), ('“', '”'), ('„', '“'), ('«', '»'), ('「', '」'), ('\'', '\'')] {
        let mut rest = line;
        while let Some(start) = rest.find(open) {
            let inner = &rest[start + open.len_utf8()..];
            let Some(end) = inner.find(close) else { break };
            if inner[..end].split_whitespace().count() <= WORDS {
                found.push((Source::Quoted, &inner[..end]));
            }
            rest = &inner[end + close.len_utf8()..];
        }
    }
}

/// Stretches of Han, Katakana and Latin letters between particles: scripts that set no blanks.
fn runs<'t>(line: &'t str, found: &mut Vec<(Source, &'t str)>) {
    let east = |c: char| matches!(c, '\u{30a0}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
    if !line.contains(east) {
        return;
    }
    let parts = line.split(|c: char| !(east(c) || c.is_ascii_alphanumeric() || c == '-') || c == '的');
    found.extend(parts.filter(|p| p.contains(east) && (2..=12).contains(&p.chars().count())).map(|p| (Source::Run, p)));
}

/// "the badge printer password": the words before a cue, up to an ordinary one or a sign.
fn before_cue(line: &str) -> Option<&str> {
    let line = line.trim_end_matches([' ', '-', '\u{a0}', '_']);
    let mut start = line.len();
    for word in line.rsplit(' ').take(3) {
        if word.is_empty() || is_ordinary(word) || word.ends_with([',', '.', ':', ';', '(', '!', '?']) && start < line.len() {
            break;
        }
        start = (word.as_ptr() as usize) - (line.as_ptr() as usize);
        if word.starts_with(|c: char| !c.is_alphanumeric()) {
            break;
        }
    }
    Some(&line[start..]).filter(|name| name.chars().count() >= 2)
}

/// The one and the two words behind a cue, where a sentence goes on with them.
fn after_cue(rest: &str) -> Vec<&str> {
    let ends = rest.find([',', '.', ':', ';', '=', '(', '!', '?', '\n']).unwrap_or(rest.len());
    let words: Vec<&str> = rest[..ends].split_whitespace().take(2).collect();
    let mut found: Vec<&str> = words.first().copied().into_iter().collect();
    if let [first, second] = words[..] {
        found.push(span(rest, first, second));
    }
    found.retain(|name| name.chars().count() >= 2 && !name.split_whitespace().all(is_ordinary));
    found
}
