//! The words of labelled threads that may be parts of a secret, and which of them are.

use super::examples::{self, Case, Letter};
use super::{findings, grow, hear, threads};
use crate::threads::Threads;
use crate::{mailsecrets, score};
use aftermail_detect::Packs;
use aftermail_detect::thread;
use aftermail_detect::words::{Judge, Model};
use aftermail_model::RevealPermit;
use anyhow::Result;
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Parts of a cross-validation.
const FOLDS: u64 = 5;
/// From so many characters on a word that a secret holds is a part of it, whatever the labels say.
const LONG: usize = 6;

/// The threads of labelled sets.
pub struct Parts {
    sets: Vec<(PathBuf, Vec<Letter>)>,
    /// Words that may be parts.
    cases: Vec<Case>,
    /// Parts that begin or end a secret; those that end it count as the secrets.
    ends: Vec<Case>,
}

impl Parts {
    /// Reads them; `ham` is a folder of mail without secrets in parts.
    ///
    /// # Errors
    /// Where a set cannot be read.
    pub fn of(sets: &[PathBuf], ham: Option<&Path>, packs: &Packs) -> Result<Parts> {
        let mut parts = Parts { sets: Vec::new(), cases: Vec::new(), ends: Vec::new() };
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
            for example in thread::part_examples(&mut told, packs) {
                let value = score::squash(example.value.reveal(&RevealPermit::recorded()));
                let Some(secret) = labels.is_part(name, &value) else { continue };
                let ends = labels.ends(name, &value).filter(|_| secret);
                let case = Case {
                    glance: example.asked.numbers.len(),
                    asked: example.asked,
                    speaks: true,
                    secret,
                    weight: 1.0,
                    fold: None,
                    thread: name.to_owned(),
                    value,
                    confidence: 0.0,
                    rule: "part",
                    group: 0,
                };
                self.ends.extend(ends.map(|secret| Case { secret, ..case.clone() }));
                self.cases.push(case);
            }
        }
    }

    /// What tells the parts, and the last of them, learnt from all threads that are wanted.
    pub fn learn(&self, wanted: impl Fn(&str) -> bool) -> [Judge; 2] {
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

/// The packs with other models for parts and for the last of them.
pub fn with([parts, ends]: [Judge; 2]) -> Packs {
    let packs = Packs::built_in();
    let model = Model { parts, ends, ..packs.shipped().clone() };
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
