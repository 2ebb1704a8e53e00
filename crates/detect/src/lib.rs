//! Text in, secrets found in it out. Pure: no IO, no clock, no globals.
//!
//! One pass over the text finds every anchor: the fixed beginnings of provider formats and the cue
//! words of many languages. Only the windows around anchors are looked at closely: by [`formats`] for what providers
//! mint, by [`words`] for what people and configurations write. [`merge`] settles overlapping claims. What only several messages
//! say together is for [`thread`].

mod anchors;
mod blobs;
mod escaped;
pub mod formats;
pub mod keys;
mod link;
mod merge;
pub mod personal;
mod picture;
pub mod thread;
pub mod words;
mod wrapped;

pub use link::credential;

use aftermail_model::{Kind, Message, RevealPermit, Sensitive, Status, Text, Timestamp};

/// A secret at one place of a text.
#[derive(Debug, Clone)]
pub struct Hit {
    /// Byte range of the value in the text; for a disguised value, of what stands there.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// The value itself, undisguised.
    pub value: Sensitive<String>,
    /// Name of the rule (`format:github-pat`, `assigned`, `prose`, `table`, …).
    pub rule: String,
    /// What sort of secret.
    pub kind: Kind,
    /// What it opens, as the text names it.
    pub system: Option<String>,
    /// Whom it signs in.
    pub account: Option<String>,
    /// When it ends, where the secret or the text says so.
    pub expires: Option<Timestamp>,
    /// What the text says of its life.
    pub status: Status,
    /// 0 to 1.
    pub confidence: f32,
    /// Reasons in words, strongest first. They never hold the value.
    pub because: Vec<String>,
    /// ISO 639-1 language of the cue.
    pub language: Option<String>,
}

impl Hit {
    /// Whether no word spoke for it: found by what it looks like in a mail that says little else.
    pub(crate) fn is_bare(&self) -> bool {
        self.language.as_deref() == Some(words::NO_LANGUAGE)
    }
}

/// Everything that tells the finder what to look for: formats, cue words, and rules of the user. Built once, shared by
/// all texts, never changed.
pub struct Packs {
    anchors: anchors::Anchors,
    formats: formats::Formats,
    words: words::Words,
    phrases: thread::Phrases,
    /// Built when personal data are first asked for.
    personal: std::sync::OnceLock<personal::Cues>,
}

impl Packs {
    /// The packs that come with aftermail.
    pub fn built_in() -> Packs {
        Packs::with(formats::Formats::built_in())
    }

    /// The built-in packs and the user's rule files in gitleaks TOML.
    ///
    /// # Errors
    /// One sentence that names the file, the rule and what is wrong with it.
    pub fn with_rules<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Packs, String> {
        let mut formats = formats::Formats::built_in();
        for (name, toml) in files {
            formats.add_gitleaks(name, toml)?;
        }
        Ok(Packs::with(formats))
    }

    fn with(formats: formats::Formats) -> Packs {
        let words = words::Words::built_in();
        let anchors = anchors::Anchors::new(&formats, &words);
        let phrases = words.phrases();
        Packs { anchors, formats, words, phrases, personal: std::sync::OnceLock::new() }
    }

    fn personal(&self) -> &personal::Cues {
        self.personal.get_or_init(personal::Cues::built_in)
    }

    /// The packs with another model, as training makes them.
    pub fn model(mut self, model: words::Model) -> Packs {
        self.words.set_model(model);
        self
    }

    /// The model that they decide by.
    pub fn shipped(&self) -> &words::Model {
        self.words.model()
    }

    fn subject(&self, message: &Message) -> Vec<words::Anchor> {
        message.subject.as_deref().map_or(Vec::new(), |s| self.anchors.find(s).cues)
    }

    /// What the texts of one message hold that is too unsure to be reported but may open a lock that stands beside it: best first,
    /// each value once, at most [`MOST_CANDIDATES`].
    pub fn candidates(&self, message: &Message, texts: &[Text]) -> Vec<Candidate> {
        let permit = RevealPermit::recorded();
        let of_text = |(text, body): (usize, &Text)| {
            let all = weighed(body, message, self, words::Effort::WherePromising).into_iter();
            let unsure = all.filter(|e| (CANDIDATE_FROM..words::REPORT_FROM).contains(&e.confidence));
            unsure.map(move |e| Candidate { text, place: e.place, value: e.value, confidence: e.confidence }).collect::<Vec<_>>()
        };
        let mut all: Vec<Candidate> = texts.iter().enumerate().flat_map(of_text).collect();
        all.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
        let mut seen = std::collections::HashSet::new();
        all.retain(|c| seen.insert(c.value.reveal(&permit).clone()));
        all.truncate(MOST_CANDIDATES);
        all
    }

    /// How many provider formats are known, for `packs check` and the report.
    pub fn format_count(&self) -> usize {
        self.formats.len()
    }
}

/// Confidence from which a value that is not reported is worth a try at a lock.
const CANDIDATE_FROM: f32 = 0.03;
/// Most such values of one message: each try at a lock costs up to 25 ms.
pub const MOST_CANDIDATES: usize = 48;

/// A value that may be a secret, though not surely enough to be reported.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// Index of its text.
    pub text: usize,
    /// Byte range of what stands there.
    pub place: std::ops::Range<usize>,
    /// The value itself, undisguised.
    pub value: Sensitive<String>,
    /// 0 to 1, below what is reported.
    pub confidence: f32,
}

/// Finds the secrets in one text. The message gives context (sender, subject, date); hits come in text order and do not
/// overlap, save a piece inside a larger secret that is worth naming on its own.
pub fn detect(text: &Text, message: &Message, packs: &Packs) -> Vec<Hit> {
    find(text, message, packs, words::REPORT_FROM)
}

/// The same for a text in a file that was locked. People lock what others must not see, so less has to speak for a value in it.
pub fn detect_in_locked(text: &Text, message: &Message, packs: &Packs) -> Vec<Hit> {
    let mut hits = find(text, message, packs, odds(words::REPORT_FROM, -LOCKED));
    for hit in &mut hits {
        hit.confidence = odds(hit.confidence, LOCKED);
        hit.because.push("it stands in a file that was locked".to_owned());
    }
    hits
}

/// What a lock around a value says for it, in logits: about five times as likely as elsewhere.
const LOCKED: f32 = 1.6;

/// A probability with so many logits more.
fn odds(confidence: f32, more: f32) -> f32 {
    let confidence = confidence.clamp(0.000_1, 0.999_9);
    1.0 / (1.0 + (1.0 - confidence) / confidence * (-more).exp())
}

fn find(text: &Text, message: &Message, packs: &Packs, from: f32) -> Vec<Hit> {
    let found = packs.anchors.find(&text.body);
    let joins = packs.words.joins(&found.cues);
    let read = |text: &Text| once(text, message, packs, packs.anchors.find(&text.body), from);
    let mut hits = once(text, message, packs, found, from);
    for surer in [wrapped::read(text, &joins, read), blobs::read(text, read), escaped::read(text, read)] {
        hits.retain(|h| !surer.iter().any(|s| h.start < s.end && s.start < h.end));
        hits.extend(surer);
    }
    let mut hits = without_names(merge::settle(hits), text);
    if !text.certainty.is_empty() {
        hits.iter_mut().for_each(|hit| picture::temper(hit, text));
    }
    hits
}

/// From here on a secret is surer than what stands beside it.
const SURE: f32 = 0.9;

/// Leaves out what is nothing but the system or the account of a surer secret.
fn without_names(mut hits: Vec<Hit>, text: &Text) -> Vec<Hit> {
    let sure = hits.iter().filter(|h| h.confidence >= SURE);
    let names: Vec<String> = sure.flat_map(|h| h.system.iter().chain(&h.account)).cloned().collect();
    let is_name = |h: &Hit| text.body.get(h.start..h.end).is_some_and(|value| names.iter().any(|name| name == value));
    hits.retain(|h| h.confidence >= SURE || !is_name(h));
    hits
}

/// What is found in a text as its lines stand, save that what its margin broke runs on for what people write.
fn once(text: &Text, message: &Message, packs: &Packs, found: anchors::Found, from: f32) -> Vec<Hit> {
    let told = words::Told::of(text);
    let mut hits = minted(text, message, packs, &found);
    let subject = packs.subject(message);
    let mut read = packs.words.read(&told, message, &told.kept(found.cues), &subject, &hits, from);
    for hit in read.iter_mut().filter(|h| text.body[h.start..h.end].contains('\n')) {
        hit.value = Sensitive::new(words::joined(hit.value.reveal(&RevealPermit::recorded())));
    }
    hits.extend(read);
    merge::settle(hits)
}

/// Something in a text that the model weighs, for its training.
#[derive(Debug, Clone)]
pub struct Example {
    /// Byte range of what stands in the text.
    pub place: std::ops::Range<usize>,
    /// The value itself, undisguised.
    pub value: Sensitive<String>,
    /// What the model is asked about; nothing where it is not asked.
    pub asked: words::Asked,
    /// How many of the numbers, the first ones, the gate of the model is asked about.
    pub glance: usize,
    /// What the model of the packs says.
    pub confidence: f32,
    /// Name of the rule that put it forward.
    pub rule: &'static str,
}

/// Every candidate of a text that the model weighs; what formats claim is none.
pub fn examples(text: &Text, message: &Message, packs: &Packs) -> Vec<Example> {
    weighed(text, message, packs, words::Effort::Everywhere)
}

fn weighed(text: &Text, message: &Message, packs: &Packs, effort: words::Effort) -> Vec<Example> {
    let told = words::Told::of(text);
    let found = packs.anchors.find(&text.body);
    let hits = minted(text, message, packs, &found);
    let weighed = packs.words.weighed(&told, message, &told.kept(found.cues), &packs.subject(message), &hits, effort);
    weighed.into_iter().map(|w| w.example(&told.text.body)).collect()
}

/// What the links of a minted secret are looked for with.
fn wanted<'r>(hit: &Hit, range: &'r std::ops::Range<usize>, others: &'r [&'r str], packs: &Packs) -> link::Wanted<'r> {
    let product = hit.system.clone().filter(|_| packs.formats.is_product_name(hit));
    link::Wanted { value: range, kind: hit.kind, cell: None, product, account: hit.account.clone(), others }
}

/// The names around a value, for the training of the models that choose among them.
#[derive(Debug, Clone)]
pub struct Named {
    /// The value itself, undisguised.
    pub value: Sensitive<String>,
    /// What may name its system, each with what the model is asked about it.
    pub systems: Vec<(String, words::Asked)>,
    /// What may name its account.
    pub accounts: Vec<(String, words::Asked)>,
}

/// What is named around the values of a text that are wanted.
pub fn named(text: &Text, message: &Message, packs: &Packs, is_wanted: impl Fn(&str) -> bool) -> Vec<Named> {
    let permit = RevealPermit::recorded();
    let told = words::Told::of(text);
    let found = packs.anchors.find(&text.body);
    let hits = packs.formats.confirm(text, &found.formats);
    let weighed = packs.words.weighed(&told, message, &told.kept(found.cues), &packs.subject(message), &hits, words::Effort::Everywhere);
    let text = told.text.as_ref();
    let body = text.body.as_str();
    let minted = hits.iter().filter(|hit| is_wanted(hit.value.reveal(&permit)));
    let told = weighed.iter().filter(|w| is_wanted(&w.value(body)));
    let secrets: Vec<_> = minted.clone().map(|hit| hit.start..hit.end).chain(told.clone().map(|w| w.candidate.range.clone())).collect();
    let mut all = Vec::new();
    let mut name = |value: String, wanted: &link::Wanted<'_>| {
        let [systems, accounts] = packs.words.offered(text, message, wanted);
        all.push(Named { value: Sensitive::new(value), systems, accounts });
    };
    for hit in minted.filter(|h| h.system.is_none() || packs.formats.is_product_name(h)) {
        let range = hit.start..hit.end;
        let others = link::others(body, &range, secrets.iter().cloned());
        name(hit.value.reveal(&permit).clone(), &wanted(hit, &range, &others, packs));
    }
    for candidate in told {
        let others = link::others(body, &candidate.candidate.range, secrets.iter().cloned());
        name(candidate.value(body), &candidate.wanted(&others));
    }
    all
}

/// What providers mint, linked.
fn minted(text: &Text, message: &Message, packs: &Packs, found: &anchors::Found) -> Vec<Hit> {
    let mut hits = packs.formats.confirm(text, &found.formats);
    let secrets: Vec<_> = hits.iter().map(|hit| hit.start..hit.end).collect();
    for hit in &mut hits {
        let range = hit.start..hit.end;
        if let Some((host, account)) = link::carried(&text.body, &range) {
            // The provider's name says less than the host that the token is sent to.
            hit.system = Some(host);
            hit.account = hit.account.take().or(account);
        }
        if let Some(sent) = link::sent_to(&text.body, &range) {
            hit.system = sent.system;
            hit.account = hit.account.take().or(sent.account);
        }
        let product = packs.formats.is_product_name(hit);
        // A connection string names its account itself, or has none.
        let whole = hit.kind == Kind::ConnectionString && hit.system.is_some();
        if product || !whole && (hit.system.is_none() || hit.account.is_none()) {
            let others = link::others(&text.body, &range, secrets.iter().cloned());
            let linked = packs.words.link(text, message, &wanted(hit, &range, &others, packs));
            hit.system = if product { linked.system.or(hit.system.take()) } else { hit.system.take().or(linked.system) };
            hit.account = hit.account.take().or(linked.account);
        }
    }
    hits
}
