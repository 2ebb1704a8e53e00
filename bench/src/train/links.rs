//! The names around the secrets of a labelled set, and which of them the labels give for its system and its account.

use super::examples::{Case, Letter};
use super::{grow, hear};
use crate::{mailsecrets, score, threads::Threads};
use aftermail_detect::Packs;
use aftermail_detect::words::Asked;
use aftermail_model::RevealPermit;
use anyhow::Result;
use std::collections::HashMap;
use std::path::Path;

/// Parts of a cross-validation.
const PARTS: u64 = 8;
/// From here on a name counts as chosen.
const BELIEVED: f32 = 0.3;
/// Least share of the longer of two names that the shorter has, where one holds the other.
const ALIKE: f64 = 0.35;

/// A case for each name around each secret.
#[derive(Default)]
pub struct Names {
    pub systems: Vec<Case>,
    pub accounts: Vec<Case>,
    /// How many secrets there are, each with the names around it.
    groups: usize,
}

impl Names {
    /// The names of a labelled set.
    ///
    /// # Errors
    /// Where the labels cannot be read.
    pub fn of(set: &Path, letters: &[Letter], packs: &Packs) -> Result<Names> {
        let labels = labels(set)?;
        let permit = RevealPermit::recorded();
        let mut names = Names::default();
        for letter in letters {
            let labelled = |value: &str| labels.get(&(letter.thread.clone(), score::squash(value)));
            for text in &letter.texts {
                for named in aftermail_detect::named(text, &letter.message, packs, |value| labelled(value).is_some()) {
                    let Some(labels) = labelled(named.value.reveal(&permit)) else { continue };
                    names.groups += 1;
                    let group = names.groups;
                    let cases = |offers: Vec<(String, Asked)>, fits: &dyn Fn(&str) -> bool| -> Vec<Case> {
                        offers.into_iter().map(|(name, asked)| case(letter, group, fits(&name), name, asked)).collect()
                    };
                    if labels.iter().any(|l| !l.system.is_empty()) {
                        names.systems.extend(cases(named.systems, &|name| labels.iter().any(|l| fits(&l.system, name))));
                    }
                    names.accounts.extend(cases(named.accounts, &|name| labels.iter().any(|l| fits(&l.account, name))));
                }
            }
        }
        Ok(names)
    }

    /// Says for how many secrets the name that the labels give is among those around it.
    pub fn report(&self) {
        for (what, cases) in [("system", &self.systems), ("account", &self.accounts)] {
            let mut named: HashMap<usize, bool> = HashMap::new();
            for case in cases {
                *named.entry(case.group).or_default() |= case.secret;
            }
            let right = named.values().filter(|right| **right).count();
            println!("the {what} of {right} of {} secrets is among the names around them", named.len());
        }
    }

    /// How often the names are right that a model chooses which learnt from other conversations.
    pub fn cross_validate(&self) {
        for (what, cases) in [("system", &self.systems), ("account", &self.accounts)] {
            let part = |case: &Case| xxhash_rust::xxh3::xxh3_64(case.thread.as_bytes()) % PARTS;
            let (mut right, mut named, mut wrong) = (0, 0, 0);
            for fold in 0..PARTS {
                let (here, others): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|c| part(c) == fold);
                let model = hear::judge(&others, &grow::LINKS);
                let mut groups: HashMap<usize, Vec<&Case>> = HashMap::new();
                here.into_iter().for_each(|c| groups.entry(c.group).or_default().push(c));
                for group in groups.values() {
                    let weighed = model.confidences(group.iter().map(|c| &c.asked)).into_iter().zip(group);
                    let best = weighed.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(confidence, _)| *confidence >= BELIEVED);
                    named += usize::from(group.iter().any(|c| c.secret));
                    right += usize::from(best.is_some_and(|(_, c)| c.secret));
                    wrong += usize::from(best.is_some_and(|(_, c)| !c.secret));
                }
            }
            println!("{what}: chosen rightly {right} times of {named} where it stands there, wrongly {wrong} times");
        }
    }

    /// Adds names that every model learns from.
    pub fn add(&mut self, more: Names) {
        let always = |c: Case| Case { fold: None, group: c.group + self.groups, ..c };
        self.systems.extend(more.systems.into_iter().map(always));
        self.accounts.extend(more.accounts.into_iter().map(always));
        self.groups += more.groups;
    }
}

/// What the labels say of a secret; nothing where they name none.
struct Label {
    system: String,
    account: String,
}

/// By conversation and value.
fn labels(set: &Path) -> Result<HashMap<(String, String), Vec<Label>>> {
    let mut threads = Threads::load(&set.join("messages"))?;
    let mut labels: HashMap<_, Vec<Label>> = HashMap::new();
    for row in mailsecrets::rows(&set.join("truth.jsonl"), true)? {
        let root = threads.root(score::text(&row, "message_id"));
        let told = |field| score::text(&row, field).to_owned();
        for value in score::values(&row) {
            labels.entry((root.clone(), value)).or_default().push(Label { system: told("system"), account: told("identity") });
        }
    }
    Ok(labels)
}

fn case(letter: &Letter, group: usize, secret: bool, value: String, asked: Asked) -> Case {
    let (fold, thread) = (letter.fold, letter.thread.clone());
    Case {
        glance: asked.numbers.len(),
        asked,
        speaks: true,
        secret,
        weight: 1.0,
        fold,
        thread,
        value,
        confidence: 0.0,
        rule: "link",
        group,
    }
}

/// Whether a name is the one that the labels give, or nearly so.
fn fits(label: &str, name: &str) -> bool {
    let mut lengths = [label, name].map(|n| score::squash(n).chars().count());
    lengths.sort_unstable();
    score::same(label, name) && lengths[0] as f64 >= ALIKE * lengths[1] as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_fits_where_it_says_as_much() {
        assert!(fits("Badge printer", "badge printer 2") && fits("vpn.a.example", "https://vpn.a.example"));
        assert!(!fits("Badge printer", "the printer") && !fits("vpn", "everything about the vpn and more") && !fits("", "vpn"));
    }
}
