//! Messages as candidates with their labels.

use crate::threads::Threads;
use crate::{mailsecrets, mbox, score};
use aftermail_decode::{Sink, Tools};
use aftermail_detect::words::Asked;
use aftermail_detect::{Example, Packs};
use aftermail_model::{Gap, Locator, Message, Part, Reason, RevealPermit, Text};
use anyhow::{Context, Result};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// A message, decoded, with what is known of it.
pub struct Letter {
    pub id: String,
    pub message: Message,
    pub texts: Vec<Text>,
    pub thread: String,
    /// The world that it belongs to.
    pub fold: Option<u64>,
    /// Parts that need a password.
    pub locked: Vec<String>,
    labels: std::rc::Rc<Labels>,
}

impl Letter {
    /// The secrets of its conversation, as they are compared.
    pub fn secrets(&self) -> impl Iterator<Item = &str> {
        self.labels.secrets.get(&self.thread).into_iter().flatten().map(String::as_str)
    }

    /// Whether the labels call a value a secret.
    pub fn is_secret(&self, value: &str) -> bool {
        self.labels.of(&self.thread, &score::squash(value)) == Some(true)
    }
}

/// A candidate and what it is.
#[derive(Clone)]
pub struct Case {
    pub asked: Asked,
    /// How many of its numbers, the first ones, the gate knows.
    pub glance: usize,
    /// Whether words are learnt from it: it was written by people.
    pub speaks: bool,
    pub secret: bool,
    /// How much it counts.
    pub weight: f32,
    /// The world that it belongs to; `None` where it is always learnt from.
    pub fold: Option<u64>,
    pub thread: String,
    pub value: String,
    /// What the packs say of it.
    pub confidence: f32,
    pub rule: &'static str,
    /// Cases of which at most one is right: the names around one secret.
    pub group: usize,
}

impl Case {
    /// What the gate knows.
    pub fn at_a_glance(&self) -> Asked {
        Asked { numbers: self.asked.numbers[..self.glance].to_vec(), heard: self.asked.heard.clone() }
    }
}

/// Values of each conversation: secrets, and those that count neither way.
#[derive(Default)]
struct Labels {
    secrets: HashMap<String, HashSet<String>>,
    neither: HashMap<String, Vec<String>>,
}

#[derive(Default)]
struct Texts {
    texts: Vec<Text>,
    locked: Vec<String>,
}

impl Sink for Texts {
    fn text(&mut self, text: Text) {
        self.texts.push(text);
    }
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, gap: Gap) {
        if gap.reason == Reason::Encrypted {
            self.locked.push(gap.place);
        }
    }
}

/// The messages of a labelled set. Conversations that share an organisation are one world.
///
/// # Errors
/// Where the set cannot be read.
pub fn labelled(set: &Path) -> Result<Vec<Letter>> {
    let folder = set.join("messages");
    let mut threads = Threads::load(&folder)?;
    let labels = std::rc::Rc::new(Labels::load(set, &mut threads)?);
    let mut letters = read(&folder)?;
    let mut worlds = Threads::default();
    for letter in &mut letters {
        letter.thread = threads.root(&letter.id);
        letter.labels = labels.clone();
        for domain in domains(&letter.message) {
            worlds.join(&letter.thread, &domain);
        }
    }
    for letter in &mut letters {
        letter.fold = Some(hash(&worlds.root(&letter.thread)));
    }
    Ok(letters)
}

/// Messages with almost no secrets, each a world of its own.
///
/// # Errors
/// Where the folder cannot be read.
pub fn ham(folder: &Path) -> Result<Vec<Letter>> {
    let mut letters = read(folder)?;
    for letter in &mut letters {
        letter.fold = Some(hash(&letter.id));
        letter.thread.clone_from(&letter.id);
    }
    Ok(letters)
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

/// Organisations of the sender and the recipients; hosts of free mail are none.
fn domains(message: &Message) -> Vec<String> {
    let people = message.from.iter().chain(&message.to);
    let hosts = people.filter_map(|p| p.rsplit_once('@')).map(|(_, host)| host.trim_end_matches('>').to_lowercase());
    hosts.filter(|h| !h.contains("mail.") && !h.starts_with("postbox.")).collect()
}

fn read(folder: &Path) -> Result<Vec<Letter>> {
    let mut files: Vec<PathBuf> = Vec::new();
    mbox::walk(folder, &mut files)?;
    files.sort();
    let mut letters = Vec::new();
    for file in files {
        let raw = std::fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
        let mut sink = Texts::default();
        let name = file.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let at = Locator { evidence: name, ..Locator::default() };
        let message = aftermail_decode::message(&raw, at, "eml", &Tools::default(), &mut sink);
        let id = message.message_id.clone().unwrap_or_else(|| file.display().to_string());
        letters.push(Letter {
            id,
            message,
            texts: sink.texts,
            locked: sink.locked,
            thread: String::new(),
            fold: None,
            labels: Default::default(),
        });
    }
    Ok(letters)
}

impl Labels {
    fn load(set: &Path, threads: &mut Threads) -> Result<Labels> {
        let mut labels = Labels::default();
        for row in mailsecrets::rows(&set.join("truth.jsonl"), true)? {
            let root = threads.root(score::text(&row, "message_id"));
            for value in score::values(&row) {
                labels.neither.entry(root.clone()).or_default().push(value.clone());
                labels.secrets.entry(root.clone()).or_default().insert(value);
            }
            labels.neither.entry(root).or_default().extend(score::pieces(&row));
        }
        for row in mailsecrets::rows(&set.join("ignore.jsonl"), false)? {
            let root = threads.root(score::text(&row, "message_id"));
            labels.neither.entry(root).or_default().push(score::squash(score::text(&row, "value")));
        }
        Ok(labels)
    }

    /// Whether it is a secret; `None` where it counts neither way, as a piece of one does.
    fn of(&self, thread: &str, value: &str) -> Option<bool> {
        if self.secrets.get(thread).is_some_and(|all| all.contains(value)) {
            return Some(true);
        }
        let part = |whole: &String| whole == value || value.chars().count() >= 6 && whole.contains(value);
        let neither = self.neither.get(thread).is_some_and(|all| all.iter().any(part));
        (!neither).then_some(false)
    }
}

/// The candidates of the messages.
pub fn cases<'l>(letters: impl IntoIterator<Item = &'l Letter>, packs: &Packs) -> Vec<Case> {
    let permit = RevealPermit::recorded();
    let mut cases = Vec::new();
    for letter in letters {
        for text in &letter.texts {
            for example in aftermail_detect::examples(text, &letter.message, packs) {
                let value = score::squash(example.value.reveal(&permit));
                let Some(secret) = letter.labels.of(&letter.thread, &value) else { continue };
                let Example { asked, glance, confidence, rule, .. } = example;
                cases.push(Case {
                    asked,
                    glance,
                    speaks: true,
                    secret,
                    weight: 1.0,
                    fold: letter.fold,
                    thread: letter.thread.clone(),
                    value,
                    confidence,
                    rule,
                    group: 0,
                });
            }
        }
    }
    cases
}
