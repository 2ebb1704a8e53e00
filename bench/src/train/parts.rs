//! The words of labelled threads that may be parts of a secret, and which of them are.

use super::examples::{self, Case, Letter};
use super::{findings, grow, hear, leads, threads};
use crate::threads::Threads;
use crate::{mailsecrets, score};
use aftermail_detect::Packs;
use aftermail_detect::thread::{self, Told};
use aftermail_detect::words::{Judge, Model};
use aftermail_model::{Leads, RevealPermit};
use anyhow::Result;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Parts of a cross-validation.
const FOLDS: u64 = 5;
/// Parts of what is learnt from, in each of which what parts make is weighed by what learnt from the others.
const INNER: u64 = 3;
/// From so many characters on a word that a secret holds is a part of it, whatever the labels say.
const LONG: usize = 6;

/// The threads of labelled sets.
pub struct Parts {
    sets: Vec<(PathBuf, Vec<Letter>)>,
    /// Words that may be parts.
    cases: Vec<Case>,
    /// Parts that begin or end a secret; those that end it count as the secrets.
    ends: Vec<Case>,
    /// Threads that the program joins.
    joined: Vec<Thread>,
}

/// A thread and the secrets in it.
struct Thread {
    name: String,
    told: Vec<Told>,
    secrets: Vec<String>,
}

/// What tells parts, and whether they make a secret.
pub struct Learnt {
    pub parts: Judge,
    pub ends: Judge,
    pub pairs: Judge,
}

impl Parts {
    /// Reads them; `ham` is a folder of mail without secrets in parts.
    ///
    /// # Errors
    /// Where a set cannot be read.
    pub fn of(sets: &[PathBuf], ham: Option<&Path>, packs: &Packs) -> Result<Parts> {
        let mut parts = Parts { sets: Vec::new(), cases: Vec::new(), ends: Vec::new(), joined: Vec::new() };
        for set in sets {
            let letters = examples::labelled(set)?;
            parts.add(&letters, &Labels::of(set)?, packs);
            parts.sets.push((set.clone(), letters));
        }
        if let Some(folder) = ham {
            let mut letters = examples::ham(folder)?;
            let mut threads = Threads::load(folder)?;
            letters.iter_mut().for_each(|l| l.thread = threads.root(&l.id));
            parts.add(&letters, &Labels::default(), packs);
        }
        println!("{} words of threads, {} of them parts", parts.cases.len(), parts.cases.iter().filter(|c| c.secret).count());
        Ok(parts)
    }

    fn add(&mut self, letters: &[Letter], labels: &Labels, packs: &Packs) {
        for (name, mut told) in threads(&letters.iter().collect::<Vec<_>>(), packs) {
            if Leads::worth_joining(&told.iter().map(|t| leads(t, packs)).collect::<Vec<_>>()) {
                let secrets = labels.secrets.get(name).cloned().unwrap_or_default();
                self.joined.push(Thread { name: name.to_owned(), told: told.clone(), secrets });
            }
            for example in thread::part_examples(&mut told, packs) {
                let value = score::squash(example.value.reveal(&RevealPermit::recorded()));
                let Some(secret) = labels.is_part(name, &value) else { continue };
                let ends = labels.ends(name, &value).filter(|_| secret);
                let case = case(name, example, value, secret);
                self.ends.extend(ends.map(|secret| Case { secret, ..case.clone() }));
                self.cases.push(case);
            }
        }
    }

    /// What tells the parts, the last of them and what they make, learnt from all threads that are wanted.
    pub fn learn(&self, wanted: impl Fn(&str) -> bool) -> Learnt {
        let inner = |thread: &str| xxhash_rust::xxh3::xxh3_64_with_seed(thread.as_bytes(), 1) % INNER;
        let mut made = Vec::new();
        for here in 0..INNER {
            let [parts, ends] = self.judges(|thread| wanted(thread) && inner(thread) != here);
            let packs = with(Learnt { parts, ends, pairs: Judge::default() });
            let threads = self.joined.iter().filter(|t| wanted(&t.name) && inner(&t.name) == here);
            made.extend(threads.flat_map(|thread| wholes(thread, &packs)));
        }
        let width = made.first().map_or(0, |c| c.asked.numbers.len());
        let trees = grow::grow(&made.iter().collect::<Vec<_>>(), width, &grow::PAIRS);
        let [parts, ends] = self.judges(wanted);
        Learnt { parts, ends, pairs: Judge { trees, ..Judge::default() } }
    }

    fn judges(&self, wanted: impl Fn(&str) -> bool) -> [Judge; 2] {
        [&self.cases, &self.ends].map(|all| hear::judge(&all.iter().filter(|c| wanted(&c.thread)).collect::<Vec<_>>(), &grow::PARTS))
    }

    /// What is found in each set by models that learnt from other threads.
    ///
    /// # Errors
    /// Where the labels cannot be read.
    pub fn cross_validate(&self, misses: bool) -> Result<()> {
        let fold = |thread: &str| xxhash_rust::xxh3::xxh3_64(thread.as_bytes()) % FOLDS;
        let mut found: Vec<Vec<serde_json::Value>> = vec![Vec::new(); self.sets.len()];
        for here in 0..FOLDS {
            let packs = with(self.learn(|thread| fold(thread) != here));
            for ((_, letters), found) in self.sets.iter().zip(&mut found) {
                found.extend(findings(&letters.iter().filter(|l| fold(&l.thread) == here).collect::<Vec<_>>(), &packs));
            }
        }
        for ((set, _), found) in self.sets.iter().zip(&found) {
            println!("\n{}", set.display());
            let outcome = mailsecrets::judge(set, found, false)?;
            mailsecrets::print(&outcome);
            if misses {
                mailsecrets::print_misses(&outcome);
            }
        }
        Ok(())
    }
}

/// What the parts of a thread may make, and which of it is a secret.
fn wholes(thread: &Thread, packs: &Packs) -> Vec<Case> {
    let case = |example: thread::PartExample| {
        let value = score::squash(example.value.reveal(&RevealPermit::recorded()));
        let secret = thread.secrets.contains(&value);
        case(&thread.name, example, value, secret)
    };
    thread::made_of_parts(&mut thread.told.clone(), packs).into_iter().map(case).collect()
}

fn case(thread: &str, example: thread::PartExample, value: String, secret: bool) -> Case {
    Case {
        glance: example.asked.numbers.len(),
        asked: example.asked,
        speaks: true,
        secret,
        weight: 1.0,
        fold: None,
        thread: thread.to_owned(),
        value,
        confidence: 0.0,
        rule: "part",
        group: 0,
    }
}

/// The packs with other models for parts.
pub fn with(Learnt { parts, ends, pairs }: Learnt) -> Packs {
    let packs = Packs::built_in();
    let model = Model { parts, ends, pairs, ..packs.shipped().clone() };
    packs.model(model)
}

/// Of each thread: secrets, and what of them stands somewhere as a part.
#[derive(Default)]
struct Labels {
    secrets: HashMap<String, Vec<String>>,
    pieces: BTreeMap<String, Vec<String>>,
}

impl Labels {
    fn of(set: &Path) -> Result<Labels> {
        let mut threads = Threads::load(&set.join("messages"))?;
        let mut labels = Labels { secrets: HashMap::new(), pieces: BTreeMap::new() };
        for row in mailsecrets::rows(&set.join("truth.jsonl"), true)? {
            let root = threads.root(score::text(&row, "message_id"));
            labels.secrets.entry(root.clone()).or_default().extend(score::values(&row));
            labels.pieces.entry(root).or_default().extend(score::pieces(&row));
        }
        for row in mailsecrets::rows(&set.join("ignore.jsonl"), false)? {
            let root = threads.root(score::text(&row, "message_id"));
            labels.pieces.entry(root).or_default().push(score::squash(score::text(&row, "value")));
        }
        Ok(labels)
    }

    /// Whether a part ends a secret of its thread rather than begins it; `None` for one within.
    fn ends(&self, thread: &str, value: &str) -> Option<bool> {
        let of = |is: fn(&str, &str) -> bool| self.secrets.get(thread).is_some_and(|all| all.iter().any(|s| s != value && is(s, value)));
        match (of(|s, v| s.starts_with(v)), of(|s, v| s.ends_with(v))) {
            (true, false) => Some(false),
            (false, true) => Some(true),
            _ => None,
        }
    }

    /// Whether a word is a part of a secret of its thread; `None` where the labels say that it counts neither way.
    fn is_part(&self, thread: &str, value: &str) -> Option<bool> {
        let none = Vec::new();
        let secrets = self.secrets.get(thread).unwrap_or(&none);
        let named = self.pieces.get(thread).is_some_and(|all| all.iter().any(|p| p == value));
        let part = |whole: &String| {
            let edge = value.chars().count() >= 4 && (whole.starts_with(value) || whole.ends_with(value));
            whole != value && whole.contains(value) && (named || edge || value.chars().count() >= LONG)
        };
        match secrets.iter().any(part) {
            true if secrets.iter().any(|s| s == value) => None,
            true => Some(true),
            false if named => None,
            false => Some(false),
        }
    }
}
