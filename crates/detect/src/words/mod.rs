//! What people and configurations write: assigned values, table cells, pairs, sentences.
//!
//! Each cue that the one pass finds is read in several ways, from the most explicit to the least; what is read is weighed
//! in one place ([`weigh`]). [`crate::link`] then says what it opens and whom it signs in.

mod asides;
mod assigned;
mod beside;
mod candidate;
mod clauses;
mod command;
mod context;
mod cues;
mod device;
mod disguise;
mod flow;
mod judge;
mod lexicon;
mod login;
mod marks;
mod measure;
mod page;
mod prose;
mod readings;
mod runs;
mod senses;
mod sentence;
mod setting;
mod shape;
mod spoken;
mod stock;
mod table;
mod trees;
mod value;
mod voices;
mod warm;
mod weigh;
mod written;

use crate::{Hit, link};
use aftermail_model::{Kind, Layer, Message, Sensitive, Text};
use candidate::{likeliest, wholes};
use cues::{Cue, Field};
use marks::Mark;
use measure::Scene;
use page::Page;
use sentence::Sentences;
use spoken::Call;
use std::ops::Range;
use std::rc::Rc;
use warm::Warm;
use weigh::Relation;

pub use crate::link::Model as LinkModel;
pub(crate) use candidate::{Candidate, Effort, Weighed};
pub use cues::secret_words;
pub(crate) use cues::{Cue as CueWord, Field as CueField, is_user, runs_together, spellings};
pub(crate) use disguise::base64_bytes;
pub(crate) use flow::{Told, joined};
pub(crate) use judge::texts_of;
pub use judge::{Asked, Judge};
pub(crate) use page::{Page as TextPage, word_before};
pub(crate) use senses::{is_deed, is_tie, meant};
pub(crate) use shape::{is_address, is_file, is_host, is_ordinary, of as shape_of};
pub use trees::{Node, Trees};
pub(crate) use value::{Between as Relates, after as value_after, token, trimmed};
pub use voices::{SLOTS, Voices};
pub(crate) use voices::{Word, around as heard_around, between as heard_between, letters as heard_letters, words as heard_words};
pub use warm::{Listened, listened};

/// The model as it lies in the repository; `bench train` makes it.
const MODEL: [&str; 3] = judge::texts_of!("finder", "finder");
/// A smaller model over fewer numbers, which turns away what is hardly a secret before that costs more.
const GATE: [&str; 3] = judge::texts_of!("finder", "gate");
/// What tells parts of secrets.
const PARTS: [&str; 3] = judge::texts_of!("parts", "parts");
/// What tells the last of them.
const ENDS: [&str; 3] = judge::texts_of!("ends", "ends");
/// What tells whether parts make a secret together.
const PAIRS: &str = include_str!("../../../../packs/model/pairs.txt");
/// What tells warm lines.
const WARM: &str = include_str!("../../../../packs/model/warm.words.txt");
/// What the gate turns away: below this confidence of its.
const TURNED_AWAY: f32 = 0.006;
/// A shape that no secret has.
const IMPOSSIBLE: f32 = -8.0;
/// Confidence from which a hit is reported.
pub(crate) const REPORT_FROM: f32 = 0.5;
/// ISO 639-2 code of a cue that is no word: undetermined.
pub(crate) const NO_LANGUAGE: &str = "und";
/// Cues read closely in one text; a text with more is a word list or an attack.
const MOST_CUES: usize = 20_000;

/// Cue words and how to read what stands around them.
pub struct Words {
    cues: Vec<Cue>,
    /// What the one pass looks for, and how to read it.
    literals: Vec<(String, Reading)>,
    links: link::Links,
    model: Model,
    spoken: spoken::Spoken,
    lexicon: lexicon::Lexicon,
}

/// What decides among candidates; `bench train` makes it.
#[derive(Debug, Clone, Default)]
pub struct Model {
    /// Asked first, about the numbers of a glance and what is heard.
    pub gate: Judge,
    /// Asked about what the gate lets through, about everything.
    pub finder: Judge,
    /// Asked about the names around what was found.
    pub links: link::Model,
    /// Asked about the words of a thread that may be parts of a secret.
    pub parts: Judge,
    /// Asked about such parts, whether they end it rather than begin it.
    pub ends: Judge,
    /// Asked about what parts make together, about numbers alone.
    pub pairs: Judge,
    /// Told what is heard in and around a line: from 0 on it is read closely ([`listened`]).
    pub warm: Voices,
}

impl Model {
    /// Whether the gate lets a candidate through.
    pub fn lets_through(&self, glance: &Asked) -> bool {
        self.gate.confidence(glance) >= TURNED_AWAY
    }
}

/// How a literal is read.
#[derive(Debug, Clone, Copy)]
enum Reading {
    /// The cue of this index.
    Cue(usize),
    /// "admin / x".
    Pair,
    /// A command line.
    Command,
    /// A configuration line of a network device.
    Device,
    /// A login as a program writes it.
    Login(login::Scheme),
    /// A secret spelled out.
    Spoken(Call),
    /// Words that name a disguise.
    Disguise(disguise::said::Disguise),
}

/// A cue at its place in a text, with everything that readers need.
pub(crate) struct Place<'t> {
    pub page: Page<'t>,
    pub cue: &'t Cue,
    pub kind: Kind,
    pub at: Range<usize>,
    pub line: Range<usize>,
    pub around: Rc<context::Around>,
}

/// A literal of the one pass and where it stands.
pub(crate) type Anchor = (usize, Range<usize>);

impl Words {
    pub(crate) fn set_model(&mut self, model: Model) {
        self.links.set_model(model.links.clone());
        self.model = model;
    }

    pub(crate) fn model(&self) -> &Model {
        &self.model
    }

    /// The cue words that come with aftermail.
    pub fn built_in() -> Words {
        let cues = cues::all();
        let marks = |c: &Cue| !matches!(c.field, Field::System);
        let literals =
            cues.iter().enumerate().filter(|(_, c)| marks(c)).flat_map(|(i, c)| spellings(c.word).into_iter().map(move |s| (s, i)));
        let literals = literals.map(|(s, i)| (s, Reading::Cue(i)));
        let pairs = assigned::PAIRS.iter().map(|p| ((*p).to_owned(), Reading::Pair));
        let commands = command::literals().map(|c| (c.to_owned(), Reading::Command));
        let devices = device::literals().map(|l| (l.to_owned(), Reading::Device));
        let logins = login::LITERALS.iter().map(|(l, scheme)| ((*l).to_owned(), Reading::Login(*scheme)));
        let spoken = spoken::Spoken::built_in();
        let spelled = spoken.literals().map(|(l, call)| (l.to_owned(), Reading::Spoken(call)));
        let disguises = disguise::said::literals().map(|(l, disguise)| (l.to_owned(), Reading::Disguise(disguise)));
        let literals: Vec<(String, Reading)> =
            literals.chain(pairs).chain(commands).chain(devices).chain(logins).chain(spelled).chain(disguises).collect();
        let links = link::Links::new(&cues);
        let [gate, finder, parts, ends] = [GATE, MODEL, PARTS, ENDS].map(|texts| Judge::parse(texts).unwrap_or_default());
        let warm = Voices::parse(WARM).unwrap_or_default();
        let pairs = Judge { trees: Trees::parse(PAIRS).unwrap_or_default(), ..Judge::default() };
        let model = Model { gate, finder, links: links.model().clone(), parts, ends, pairs, warm };
        Words { cues, literals, links, model, spoken, lexicon: lexicon::Lexicon::built_in() }
    }

    /// The literals that the one pass looks for, in a fixed order.
    pub(crate) fn literals(&self) -> impl Iterator<Item = &str> {
        self.literals.iter().map(|(s, _)| s.as_str())
    }

    /// Looks closely at the cues. `formats` are the hits that the formats already claim, `subject` what the pass found in the
    /// subject.
    pub(crate) fn read(
        &self,
        told: &Told<'_>,
        message: &Message,
        found: &[Anchor],
        subject: &[Anchor],
        formats: &[Hit],
        from: f32,
    ) -> Vec<Hit> {
        let text = told.text.as_ref();
        let mut kept = self.weighed(told, message, found, subject, formats, Effort::WherePromising);
        kept.retain(|w| w.confidence >= from);
        // Words that tell how a value is made tell of what it is made, too: that is not the value.
        let made: Vec<Range<usize>> = kept.iter().filter(|w| w.candidate.undone.is_some()).map(|w| w.candidate.range.clone()).collect();
        let within = |r: &Range<usize>| made.iter().any(|m| m.start <= r.start && r.end <= m.end && m.len() > r.len());
        kept.retain(|w| !within(&w.candidate.range));
        let kept = wholes(kept);
        let of_formats = formats.iter().map(|hit| hit.start..hit.end);
        let secrets: Vec<Range<usize>> = kept.iter().map(|w| w.candidate.range.clone()).chain(of_formats).collect();
        kept.into_iter().filter_map(|w| self.hit(w, text, message, &secrets)).collect()
    }

    /// The candidates with their numbers and what the model makes of them.
    pub(crate) fn weighed(
        &self,
        told: &Told<'_>,
        message: &Message,
        found: &[Anchor],
        subject: &[Anchor],
        formats: &[Hit],
        effort: Effort,
    ) -> Vec<Weighed> {
        let text = told.text.as_ref();
        if text.layer == Layer::Header {
            return Vec::new();
        }
        let page = Page { body: &text.body };
        let stands = |found: &&Anchor| self.stands(page, found.0, &found.1);
        let anchors: Vec<Anchor> = longest(found.iter().filter(stands)).into_iter().take(MOST_CUES).collect();
        let theme = self.theme(message, subject);
        let of_body = theme.filter(|_| written::is_written(text)).map(|cue| (cue, 0..0));
        let cues = anchors.iter().filter_map(|(literal, at)| Some((self.cue_of(*literal)?, at.clone())));
        let mut cues: Vec<(&Cue, Range<usize>)> = of_body.into_iter().chain(cues).collect();
        if cues.is_empty() && written::is_written(text) {
            // A warm line may need no such word.
            cues.push((&marks::BREVITY, 0..0));
        }
        if anchors.is_empty() && cues.is_empty() {
            return Vec::new();
        }
        // Only what is shown has lines that people wrote.
        let [warm, hot] = if written::is_shown(text) {
            Warm::of(page.body, message.subject.as_deref().unwrap_or_default(), &self.model.warm)
        } else {
            [Warm::throughout(page.body), Warm::default()]
        };
        let read = if effort == Effort::WherePromising { &warm } else { &Warm::throughout(page.body) };
        let anchors: Vec<Anchor> = anchors.into_iter().filter(|a| self.is_worth_reading(page, a, read)).collect();
        if anchors.is_empty() && read.is_nowhere() {
            return Vec::new();
        }
        let sentences = Sentences::new(page.body);
        let marks: Vec<Mark<'_>> = cues.into_iter().map(|(cue, at)| Mark::new(cue, at, &sentences)).collect();
        let mut candidates = self.candidates(told, &anchors, &marks, &sentences, [&hot, read]);
        candidates.retain(|c| c.is_sure() || c.signs.is_assigned() || read.holds(&c.range));
        candidates.retain(|c| c.signs.shape > IMPOSSIBLE && !formats.iter().any(|f| f.start < c.range.end && c.range.start < f.end));
        let spoken = theme.map_or(0.0, |cue| if matches!(cue.field, Field::Secret(_)) { 2.0 } else { 1.0 });
        let candidates = likeliest(candidates);
        let mut scene = Scene::new(page, text, message, &marks, &sentences, spoken, &candidates);
        let glances = candidates.into_iter().filter_map(|candidate| {
            let glance = measure::glance(&scene, &candidate);
            let promising = effort == Effort::Everywhere || candidate.is_sure() || self.model.lets_through(&glance);
            promising.then_some((candidate, glance))
        });
        let glances: Vec<(Candidate, Asked)> = glances.collect();
        scene.listen(&self.lexicon, glances.iter().map(|(c, _)| c));
        glances.into_iter().map(|(candidate, glance)| self.weigh(&scene, candidate, glance)).collect()
    }

    fn weigh(&self, scene: &Scene<'_>, candidate: Candidate, glance: Asked) -> Weighed {
        if candidate.signs.relation == Relation::Statement {
            let confidence = candidate.signs.confidence();
            return Weighed { confidence, asked: Asked::default(), glance: 0, candidate };
        }
        let known = glance.numbers.len();
        let asked = measure::closely(scene, &candidate, glance);
        let plain = if candidate.signs.is_plain() { candidate.signs.confidence() } else { 0.0 };
        Weighed { confidence: self.model.finder.confidence(&asked).max(plain), asked, glance: known, candidate }
    }

    /// Where the text says that broken lines belong together.
    pub(crate) fn joins(&self, found: &[Anchor]) -> Vec<Range<usize>> {
        let says = |a: &&Anchor| matches!(self.literals.get(a.0), Some((_, Reading::Spoken(Call::Join))));
        found.iter().filter(says).map(|a| a.1.clone()).collect()
    }

    /// The sign or the figure that words name at their beginning, and how many of them.
    pub(crate) fn named(&self, words: &[&str]) -> Option<(usize, char)> {
        self.spoken.named(words)
    }

    /// "with dashes between": the sign that a sentence wants between pieces.
    pub(crate) fn sign_between(&self, sentence: &str) -> Option<char> {
        self.spoken.sign_between(sentence)
    }

    /// The word of the subject that speaks of secrets, else of access.
    fn theme(&self, message: &Message, subject: &[Anchor]) -> Option<&Cue> {
        let body = message.subject.as_deref()?;
        let cues = subject.iter().filter(|a| self.stands(Page { body }, a.0, &a.1)).filter_map(|a| self.cue_of(a.0));
        cues.min_by_key(|c| (!matches!(c.field, Field::Secret(_)), c.weak))
    }

    fn cue_of(&self, literal: usize) -> Option<&Cue> {
        match self.literals.get(literal) {
            Some((_, Reading::Cue(index))) => self.cues.get(*index),
            _ => None,
        }
    }

    /// Whether the literal stands as a word, so that "db_pass" inside "db_password" does not hide "password".
    fn stands(&self, page: Page<'_>, literal: usize, at: &Range<usize>) -> bool {
        match self.literals.get(literal) {
            Some((_, Reading::Cue(index))) => bounded(page.body, at, &self.cues[*index]).is_some(),
            other => other.is_some(),
        }
    }

    /// What a value opens and whom it signs in, as the text around it says.
    pub(crate) fn link(&self, text: &Text, message: &Message, wanted: &link::Wanted<'_>) -> link::Linked {
        self.links.around(Page { body: &text.body }, wanted, message, text)
    }

    /// The names around a value, with what the model is asked about each.
    pub(crate) fn offered(&self, text: &Text, message: &Message, wanted: &link::Wanted<'_>) -> link::Offered {
        self.links.offered(Page { body: &text.body }, wanted, message, text)
    }

    /// What a message names that holds no secret itself.
    pub(crate) fn link_message(&self, text: &Text, message: &Message, own: &[Range<usize>]) -> link::Linked {
        self.links.named(Page { body: &text.body }, own, message)
    }

    /// The phrases of threads, beside the words of this pack.
    pub(crate) fn phrases(&self) -> crate::thread::Phrases {
        let words = |wanted: fn(&Field) -> bool| self.cues.iter().filter(move |c| wanted(&c.field) && !c.title).map(|c| c.word);
        crate::thread::Phrases::new(words(|f| *f == Field::User), words(|f| matches!(f, Field::Secret(_))))
    }

    /// The kind of secret that a word announces.
    pub(crate) fn kind_of_cue(&self, word: &str) -> Option<Kind> {
        // It may be broken over two lines.
        let word = word.to_lowercase().replace('\n', " ");
        self.cues.iter().find_map(|c| match c.field {
            Field::Secret(kind) if c.word == word => Some(kind),
            _ => None,
        })
    }

    fn hit(&self, weighed: Weighed, text: &Text, message: &Message, secrets: &[Range<usize>]) -> Option<Hit> {
        let Weighed { candidate, confidence, asked, .. } = weighed;
        let page = Page { body: &text.body };
        let written = page.body.get(candidate.range.clone())?.trim();
        let value = candidate.undone.as_ref().map_or(written, |u| u.value.as_str());
        if value.is_empty() {
            return None;
        }
        let others = link::others(&text.body, &candidate.range, secrets.iter().cloned());
        let linked = self.link(text, message, &candidate.wanted(&others));
        let mut because = candidate.signs.because();
        because.extend(candidate.undone.as_ref().map(|u| u.because.to_owned()));
        let told = matches!(candidate.signs.relation, Relation::Led | Relation::Sentence) && self.model.finder.is_told(&asked);
        because.extend(told.then(|| "single words around it mostly stand beside secrets".to_owned()));
        Some(Hit {
            start: candidate.range.start,
            end: candidate.range.end,
            value: Sensitive::new(value.to_owned()),
            rule: candidate.rule.to_owned(),
            kind: candidate.kind,
            system: linked.system,
            account: linked.account,
            expires: None,
            status: candidate.status,
            confidence,
            because,
            language: Some(candidate.signs.language.to_owned()),
        })
    }
}

/// Of cues that overlap only the longest is read.
fn longest<'f>(found: impl Iterator<Item = &'f Anchor>) -> Vec<Anchor> {
    let mut sorted: Vec<_> = found.cloned().collect();
    sorted.sort_by(|a, b| a.1.start.cmp(&b.1.start).then(b.1.end.cmp(&a.1.end)));
    let mut out: Vec<Anchor> = Vec::with_capacity(sorted.len());
    for (literal, at) in sorted {
        if out.last().is_none_or(|(_, last)| at.start >= last.end) {
            out.push((literal, at));
        }
    }
    out
}

/// Where the cue ends as a word, with a short ending of inflection; `None` where it is part of another word.
fn bounded(body: &str, at: &Range<usize>, cue: &Cue) -> Option<usize> {
    if cues::runs_together(cue.word) {
        return Some(at.end);
    }
    let before = body[..at.start].chars().next_back();
    let compound = cue.word.len() >= 6 && !cue.weak && !cue.word.contains(' ');
    // adminPw, router2Pass; a publicKeyToken is none.
    let hump = cue.field == Field::Secret(Kind::Password)
        && before.is_some_and(|c| c.is_lowercase() || c.is_ascii_digit())
        && body[at.clone()].starts_with(char::is_uppercase);
    if before.is_some_and(char::is_alphanumeric) && !compound && !hump {
        return None;
    }
    if is_closing_tag(body, at.start) {
        return None;
    }
    let rest = &body[at.end..];
    let tail: &str = &rest[..rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())];
    let ending =
        tail.chars().count() <= 3 && tail.chars().all(|c| c.is_lowercase() || c.is_ascii_digit() || c == '_') && cue.word.len() >= 4;
    match tail {
        "" => Some(at.end),
        // DB_PASSWORD_PROD=…, passwordProd: an identifier that goes on.
        t if (t.starts_with('_') || t.starts_with(char::is_uppercase))
            && !cue.weak
            && cue.word.len() >= 5
            && t.len() <= 24
            && !describes(t) =>
        {
            Some(at.end + t.len())
        }
        t if ending && !t.starts_with('_') && !(cue.word.is_ascii() && cue.weak) => Some(at.end + t.len()),
        _ => None,
    }
}

/// `</AdminPassword>`: what follows belongs to another element.
fn is_closing_tag(body: &str, at: usize) -> bool {
    let floor = body.floor_char_boundary(at.saturating_sub(64));
    body[floor..at].trim_end_matches(|c: char| c.is_alphanumeric() || matches!(c, '_' | ':' | '-' | '.')).ends_with("</")
}

/// Endings of identifiers that are about a secret rather than one.
fn describes(tail: &str) -> bool {
    let tail = tail.to_lowercase();
    [
        "hash", "policy", "reset", "length", "field", "label", "expir", "min", "max", "file", "path", "url", "id", "name", "type", "count",
        "date", "age", "hint", "manager", "input", "prompt",
    ]
    .iter()
    .any(|w| tail.contains(w))
}
