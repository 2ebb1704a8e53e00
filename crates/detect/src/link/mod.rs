//! What a secret opens and whom it signs in, from the row, the lines and the sentence around it.
//!
//! Names that say exactly what a secret opens (a host, a URL, a file) go before those that describe it (the first cell of its row,
//! what its line is about, what its cue is of), and these before what the message is about ([`purpose`]).

mod accounts;
mod choose;
mod configured;
mod credential;
mod names;
mod neighbours;
mod offers;
mod places;
mod products;
mod purpose;
mod things;
mod tidied;

use crate::words::{Asked, CueField, CueWord, Judge, Relates, TextPage, is_address, is_ordinary, texts_of, value_after};
use aftermail_model::{Kind, Message, Text};
use aho_corasick::{AhoCorasick, MatchKind};
use offers::{Known, Source};
use std::collections::HashSet;
use std::ops::Range;

pub(crate) use configured::sent_to;
pub use credential::credential;
pub(crate) use names::is_well_known;
pub(crate) use places::carried;
pub(crate) use purpose::subject;

/// The trees that weigh the names around a value.
const SYSTEMS: [&str; 3] = texts_of!("links", "links");
/// The trees that weigh the words that may name its account.
const ACCOUNTS: [&str; 3] = texts_of!("accounts", "accounts");
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
    /// The system is a host, a file, or named as one; not what a line or a message is about.
    pub exact: bool,
}

impl Linked {
    /// A file or a host signs nobody in.
    fn distinct(self) -> Linked {
        let account = self.account.filter(|account| Some(account) != self.system.as_ref() || !places::is_place(account));
        Linked { account, ..self }
    }
}

/// Finds accounts and systems around values.
pub(crate) struct Links {
    near: AhoCorasick,
    fields: Vec<CueField>,
    /// Words that announce a secret: they name nothing.
    secrets: HashSet<&'static str>,
    cues: AhoCorasick,
    things: things::Things,
    products: products::Products,
    model: Model,
}

/// What chooses among the names around a value.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// Asked about each name of a system.
    pub systems: Judge,
    /// Asked about each name of an account.
    pub accounts: Judge,
}

/// What names the system and the account of a value, each with what the model is asked about it.
pub(crate) type Offered = [Vec<(String, Asked)>; 2];

/// A value whose system is looked for, and what is known of it already.
pub(crate) struct Wanted<'a> {
    pub value: &'a Range<usize>,
    pub kind: Kind,
    /// A cell that the reader of a table took for the system.
    pub cell: Option<String>,
    /// The product whose format the value has.
    pub product: Option<String>,
    pub account: Option<String>,
    /// Other secrets of the text: they name nothing.
    pub others: &'a [&'a str],
}

impl Wanted<'_> {
    /// The account that the row of a table has a column for: it is nothing else.
    fn account_of_row(&self) -> Option<&str> {
        self.account.as_deref().filter(|_| self.cell.is_some())
    }

    /// The cell of a table that a name is only a word of: "Camera wall" for "Camera".
    fn whole_cell<'n>(&'n self, name: &'n str) -> &'n str {
        let holds = |cell: &&str| cell.split_whitespace().any(|word| word == name);
        self.cell.as_deref().filter(holds).unwrap_or(name)
    }

    /// Whether a name holds the value or another secret of the text: names are shown in clear.
    fn is_secret(&self, body: &str, name: &str) -> bool {
        let own = tidied::bare(&body[self.value.clone()]);
        let holds = |secret: &str| secret == name || secret.len() >= 5 && name.contains(secret);
        !own.is_empty() && name.contains(own) || self.others.iter().any(|other| holds(tidied::bare(other)))
    }
}

/// The secrets of a text that are another one than the one at this place.
pub(crate) fn others<'t>(body: &'t str, own: &Range<usize>, secrets: impl Iterator<Item = Range<usize>>) -> Vec<&'t str> {
    let texts = secrets.filter_map(|range| body.get(range));
    let mut others: Vec<&str> = texts.filter(|other| Some(*other) != body.get(own.clone())).collect();
    others.sort_unstable();
    others.dedup();
    others
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
        let secrets: HashSet<&'static str> = cues.iter().filter(|c| matches!(c.field, CueField::Secret(_))).map(|c| c.word).collect();
        let mut sorted: Vec<&str> = secrets.iter().copied().collect();
        sorted.sort_unstable();
        let told = AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).build(sorted);
        let [systems, accounts] = [SYSTEMS, ACCOUNTS].map(|text| Judge::parse(text).unwrap_or_default());
        let cues = told.expect("the words of the pack fit an automaton");
        let (things, products) = (things::Things::built_in(), products::Products::built_in());
        Links { near, fields, secrets, cues, things, products, model: Model { systems, accounts } }
    }

    /// How many words in a text announce a secret.
    fn cues_in(&self, text: &str) -> usize {
        self.cues.find_iter(text).filter(|m| is_word(text, &m.range())).count()
    }

    pub(crate) fn set_model(&mut self, model: Model) {
        self.model = model;
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// Whether a name is nothing but words that announce a secret.
    fn only_announces(&self, name: &str) -> bool {
        let lower = name.to_lowercase();
        self.secrets.contains(lower.as_str()) || lower.split_whitespace().all(|w| purpose::is_cue(w) || self.secrets.contains(w))
    }

    /// Whether a word announces a secret, an account or a system.
    fn is_cue_or_field(&self, word: &str) -> bool {
        self.secrets.contains(word) || self.near.find(word).is_some_and(|m| m.len() == word.len())
    }

    /// Whom a value signs in and what it opens.
    pub(crate) fn around(&self, page: TextPage<'_>, wanted: &Wanted<'_>, message: &Message, text: &Text) -> Linked {
        let mut linked = self.by_rules(page, wanted.value, message, text);
        // A product's name is told by its key already; the URL beside that may be of what uses it.
        let read = if wanted.product.is_some() { configured::sent_to } else { configured::around };
        let configured = read(page.body, wanted.value).map(|told| told.without(|name| wanted.is_secret(page.body, name)));
        let accounts = self.accounts(page, wanted, message, text, linked.account.as_deref());
        let (offers, asked) = self.systems(page, wanted, message, text, &mut linked);
        let believed = choose::accounts(&accounts, &self.model.accounts);
        self.settle(&mut linked, believed.as_ref(), wanted);
        if let Some(configured) = &configured {
            // Whom other blocks sign in says nothing of this one.
            linked.account = configured.account.clone().or_else(|| wanted.account.clone());
        }
        let configured = configured.and_then(|configured| configured.system);
        // A host in the secret's own row of a table is where it opens.
        let in_row = || linked.system.clone().filter(|system| wanted.cell.is_some() && places::is_place(system));
        if let Some(host) = configured.or_else(in_row) {
            return Linked { exact: true, system: Some(host), ..linked }.distinct();
        }
        let best = choose::best(&offers, &asked, &self.model.systems, &believed.unwrap_or_default());
        // A key in a file is known by its file, where no host or machine is named.
        let file = || offers.iter().find(|o| o.is(Source::Attachment) && places::is_place(&o.name));
        let of_file = best.filter(|offer| wanted.kind == Kind::PrivateKey && !offer.is_exact()).and_then(|_| file());
        match of_file.or(best) {
            Some(offer) => Linked { exact: offer.is_exact(), system: Some(wanted.whole_cell(&offer.name).to_owned()), ..linked }.distinct(),
            None => Linked { system: linked.system.filter(|name| !wanted.is_secret(page.body, name)), ..linked },
        }
    }

    /// The names that may say what a value opens and whom it signs in, with what the model is asked about each.
    pub(crate) fn offered(&self, page: TextPage<'_>, wanted: &Wanted<'_>, message: &Message, text: &Text) -> Offered {
        let mut linked = self.by_rules(page, wanted.value, message, text);
        let accounts = self.accounts(page, wanted, message, text, linked.account.as_deref());
        let (offers, asked) = self.systems(page, wanted, message, text, &mut linked);
        let systems = offers.into_iter().map(|o| o.name).zip(asked).collect();
        [systems, accounts.into_iter().map(|a| (a.name, a.asked)).collect()]
    }

    /// The account: what the model believes, else what the reader of the value saw beside it; without a model what the rules say.
    fn settle(&self, linked: &mut Linked, believed: Option<&choose::Accounts>, wanted: &Wanted<'_>) {
        if let Some(account) = wanted.account_of_row() {
            linked.account = Some(account.to_owned());
            return;
        }
        linked.account = match believed {
            Some(believed) => choose::account(believed).cloned().or_else(|| wanted.account.clone()),
            None => wanted.account.clone().or_else(|| linked.account.take()),
        };
    }

    fn accounts(
        &self,
        page: TextPage<'_>,
        wanted: &Wanted<'_>,
        message: &Message,
        text: &Text,
        rules: Option<&str>,
    ) -> Vec<accounts::Account> {
        let known = Known { page, value: wanted.value, message, text, kind: wanted.kind, account: None, others: wanted.others };
        accounts::offers(self, &known, rules, wanted.account.as_deref())
    }

    fn systems(
        &self,
        page: TextPage<'_>,
        wanted: &Wanted<'_>,
        message: &Message,
        text: &Text,
        linked: &mut Linked,
    ) -> (Vec<offers::Offer>, Vec<Asked>) {
        let Wanted { value, kind, cell, product, .. } = wanted;
        let account = wanted.account_of_row();
        if let Some(cell) = self.of_row(page, value, cell.clone(), account) {
            linked.system = Some(cell);
        }
        if let Some(product) = product {
            // The name of a product says less than the section, machine or application that the text names; a host beside it may be
            // another one, save for keys of hosts and networks.
            let key = matches!(kind, Kind::PrivateKey | Kind::SharedKey | Kind::EncryptionKey);
            let better = linked.exact && (key || linked.system.as_deref().is_some_and(|s| !s.contains(['.', '/'])));
            linked.system = linked.system.take().filter(|_| better).or_else(|| Some(product.clone()));
        }
        let known = Known { page, value, message, text, kind: *kind, account, others: wanted.others };
        let given = [(Source::Rules, linked.system.clone()), (Source::Cell, cell.clone()), (Source::Product, product.clone())];
        let given = given.into_iter().filter_map(|(source, name)| Some((source, name?)));
        let offers = offers::offers(self, &known, given, linked.account.as_deref());
        let asked = choose::asked(&offers, &known, self);
        (offers, asked)
    }

    /// What fixed rules say.
    fn by_rules(&self, page: TextPage<'_>, value: &Range<usize>, message: &Message, text: &Text) -> Linked {
        let line = page.line(value.start);
        let mut lines = vec![line.clone()];
        lines.extend(page.preceding(value.start, BEFORE));
        lines.extend(page.following(value.end.min(page.body.len()), AFTER));
        let own = &page.body[value.clone()];
        let account = self.account(page, &lines, value, own);
        let system = self.system(page, &lines, value, account.as_deref());
        let (system, exact) = match system.or_else(|| document(page).map(|d| (d, true))) {
            Some((system, exact)) => (Some(system), exact),
            None => (subject(message).or_else(|| attachment(text)), false),
        };
        // A URL that is the secret as a whole names its host.
        let holds_own = system.as_ref().is_some_and(|name| name.contains(tidied::bare(own)));
        let system = if holds_own { places::host(own).map(str::to_owned) } else { system };
        Linked { system, account, exact }
    }

    /// What the row of a table opens, whose reader took a cell for it: a host or URL of the row goes before, and neither a person nor
    /// the account is a system.
    fn of_row(&self, page: TextPage<'_>, value: &Range<usize>, cell: Option<String>, account: Option<&str>) -> Option<String> {
        let cell = cell?;
        let row = &page.body[page.line(value.start)];
        let own = &page.body[value.clone()];
        let place = places::words(row).filter(|w| *w != own && Some(*w) != account).find(|w| places::is_place(w));
        place.map(places::plain).or_else(|| {
            let person =
                cell.split_once(". ").is_some_and(|(initial, name)| initial.chars().count() == 1 && name.starts_with(char::is_uppercase));
            (!person && Some(cell.as_str()) != account).then_some(cell)
        })
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
            place.map(places::plain).or_else(|| self.assigned(page, l, &nowhere, CueField::System))
        });
        let machine =
            || lines.iter().find_map(|l| places::words(page.body.get(l.clone())?).find(|w| names::is_machine(w)).map(str::to_owned));
        let told = || lines.iter().find_map(|l| purpose::of_cue(page.body.get(l.clone())?));
        let exact = system.or_else(machine);
        Linked { exact: exact.is_some(), system: exact.or_else(told).or_else(|| subject(message)), account }
    }

    fn account(&self, page: TextPage<'_>, lines: &[Range<usize>], value: &Range<usize>, own: &str) -> Option<String> {
        let before = page.body.get(lines.first()?.start..value.start)?;
        let mut assigned = lines.iter().map(|l| self.assigned(page, l, value, CueField::User));
        let own_line = assigned.next().flatten().or_else(|| names::of_device(before));
        own_line
            .or_else(|| assigned.flatten().next())
            .or_else(|| places::address(page, lines, own))
            .or_else(|| names::named_before(page, value))
            .or_else(|| names::well_known(before))
    }

    /// The value of a user or system word on this line, nearest to the secret.
    fn assigned(&self, page: TextPage<'_>, line: &Range<usize>, value: &Range<usize>, field: CueField) -> Option<String> {
        let text = page.body.get(line.clone())?;
        let mut best: Option<(usize, String)> = None;
        for m in self.near.find_iter(text).filter(|m| self.fields[m.pattern().as_usize()] == field) {
            let at = line.start + m.start()..line.start + m.end();
            if !is_word(page.body, &at) && !is_part_of_key(page.body, &at) {
                continue;
            }
            if let Some(name) = names::right_after(&page.body[at.clone()], &page.body[at.end..line.end]).filter(|_| field == CueField::User)
            {
                let distance = at.end.abs_diff(value.start);
                if !page.body[value.clone()].contains(name) && best.as_ref().is_none_or(|(d, _)| distance < *d) {
                    best = Some((distance, name.to_owned()));
                }
                continue;
            }
            let Some(mut found) = value_after(page.body, at.end, line.end) else { continue };
            if names::is_adverb(&page.body[found.range.clone()]) {
                // "SSID is still …"
                let Some((next, quoted)) = crate::words::token(page.body, found.range.end + 1, line.end) else { continue };
                (found.range, found.quoted) = (next, quoted);
            }
            let overlaps = found.range.start < value.end && value.start < found.range.end;
            let alone = page.body[line.start..at.start].trim().is_empty() && found.range.end >= line.start + text.trim_end().len();
            let edges = ['"', '\'', '`', '„', '“', '”', '«', '»'];
            let name = page.body.get(found.range.clone())?.trim_matches(edges);
            let told = match (field, found.between) {
                (_, Relates::Mark) => true,
                (CueField::User, Relates::Joiner) => !is_ordinary(name),
                (CueField::User, _) => alone || names::tells(name),
                _ => names::tells_system(name),
            };
            if overlaps || !names::is_name(name) || !(told || found.quoted) {
                continue;
            }
            let distance = found.range.start.abs_diff(value.start);
            if best.as_ref().is_none_or(|(d, _)| distance < *d) {
                best = Some((distance, name.to_owned()));
            }
        }
        best.map(|(_, name)| name)
    }

    /// The system, and whether its name is exact.
    fn system(&self, page: TextPage<'_>, lines: &[Range<usize>], value: &Range<usize>, account: Option<&str>) -> Option<(String, bool)> {
        let own = &page.body[value.clone()];
        for (n, line) in lines.iter().enumerate() {
            let text = page.body.get(line.clone())?;
            if let Some(host) = places::dialled(text) {
                return Some((host.to_owned(), true));
            }
            let words = || places::words(text).filter(|w| *w != own && !own.contains(*w) && Some(*w) != account);
            if let Some(host) = words().find(|w| places::is_place(w)) {
                return Some((places::plain(host), true));
            }
            if let Some(named) = self.assigned(page, line, value, CueField::System) {
                return Some((named, true));
            }
            if n == 0 {
                let before = text.get(..value.start.saturating_sub(line.start)).unwrap_or(text);
                let named = purpose::row(before).or_else(|| purpose::of_cue(before)).or_else(|| self.label(before, account));
                if let Some(named) = named {
                    return Some((named, false));
                }
                // The lines around speak of other devices too.
                if let Some(hostname) = hostname(page) {
                    return Some((hostname, true));
                }
            }
            if let Some(machine) = words().find(|w| names::is_machine(w)) {
                return Some((machine.to_owned(), true));
            }
            if let Some(section) = purpose::section(text).filter(|_| n > 0) {
                return Some((section, true));
            }
        }
        None
    }

    /// "Franking machine: PIN 4711": what a line is about stands before its first colon, unless that is a field's name.
    fn label(&self, line: &str, account: Option<&str>) -> Option<String> {
        let label = purpose::label(line).filter(|l| Some(*l) != account && !self.secrets.contains(l.to_lowercase().as_str()))?;
        self.near.find(label).is_none_or(|m| m.len() < label.len()).then(|| label.to_owned())
    }
}

fn head(page: TextPage<'_>) -> &str {
    &page.body[..page.body.floor_char_boundary(DOCUMENT.min(page.body.len()))]
}

/// What a configuration as a whole is of: its first `server: …`.
fn document(page: TextPage<'_>) -> Option<String> {
    head(page).lines().find_map(purpose::of_document)
}

/// The name that a device gives itself in its configuration.
fn hostname(page: TextPage<'_>) -> Option<String> {
    let line = head(page).lines().find(|l| l.starts_with("hostname ") || l.starts_with("set system host-name "))?;
    line.split_whitespace().last().filter(|n| n.len() >= 3).map(|n| n.trim_matches('"').to_owned())
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

/// `DefaultUserName="visitor"`, `db_user=…`: a word inside the name of a setting that is assigned.
fn is_part_of_key(body: &str, at: &Range<usize>) -> bool {
    let joint = body[..at.start].ends_with('_')
        || body[at.clone()].starts_with(char::is_uppercase) && body[..at.start].ends_with(char::is_lowercase);
    joint && body[at.end..].trim_start_matches(['"', '\'', ' ']).starts_with(['=', ':'])
}

fn attachment(text: &Text) -> Option<String> {
    (!matches!(text.place.as_str(), "body" | "subject")).then(|| text.place.clone())
}

#[cfg(test)]
mod tests;
