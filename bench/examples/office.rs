//! How much of what others read in Office documents is read here too: the script says who.
//!
//! `python3 bench/compare/office.py DIR… | cargo run --release -p bench --example office`
#![allow(missing_docs)]

use aftermail_decode::{Sink, Tools, file};
use aftermail_model::{Gap, Locator, Part, Text};
use serde_json::Value;
use std::collections::BTreeMap;

/// Files of which less is found are listed.
const LISTED: f64 = 0.99;

#[derive(Default)]
struct Kept(String);

impl Sink for Kept {
    fn text(&mut self, text: Text) {
        self.0.push_str(&text.body);
        self.0.push('\n');
    }
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, _: Gap) {}
}

/// Characters of the reference's words, of those that stand here less often (headers and footers that LibreOffice repeats on every
/// page), and of those that stand here nowhere, with their names. A word that is part of another one is found.
fn missing(reference: &str, found: &str) -> (usize, usize, usize, Vec<String>) {
    let flat: String = found.split_whitespace().collect();
    let mut words: BTreeMap<&str, usize> = BTreeMap::new();
    reference.split_whitespace().for_each(|w| *words.entry(w).or_default() += 1);
    let (mut all, mut fewer, mut lost, mut named) = (0, 0, 0, Vec::new());
    for (word, times) in words {
        let length = word.chars().count();
        all += length * times;
        match flat.matches(word).count() {
            0 => {
                lost += length * times;
                named.push(word.to_owned());
            }
            n => fewer += length * times.saturating_sub(n),
        }
    }
    (all, fewer, lost, named)
}

fn main() {
    let mut kinds: BTreeMap<String, [usize; 4]> = BTreeMap::new();
    for line in std::io::stdin().lines() {
        let row: Value = serde_json::from_str(&line.expect("text")).expect("a JSON line");
        let (path, reference) = (row["path"].as_str().expect("a path"), row["text"].as_str().expect("a text"));
        let bytes = std::fs::read(path).expect("a file");
        let mut kept = Kept::default();
        file(&bytes, "file", Locator::default(), "file", &Tools::default(), &mut kept);
        // Soft hyphens and marks of byte order are no letters.
        let clean = |text: &str| text.replace(['\u{ad}', '\u{feff}'], "");
        let (all, fewer, lost, words) = missing(&clean(reference), &clean(&kept.0));
        let kind = path.rsplit('.').next().unwrap_or_default().to_lowercase();
        let sum = kinds.entry(kind).or_default();
        [1, all, fewer, lost].into_iter().zip(sum).for_each(|(n, sum)| *sum += n);
        if (lost as f64) > (1.0 - LISTED) * all as f64 {
            println!("{lost} of {all} characters missing in {path}: {:?}", &words[..words.len().min(6)]);
        }
    }
    println!("{:<6}{:>7}{:>12}{:>9}{:>9}{:>9}", "kind", "files", "characters", "fewer", "missing", "recall");
    let whole = kinds.values().fold([0; 4], |all, kind| std::array::from_fn(|n| all[n] + kind[n]));
    for (kind, [files, all, fewer, lost]) in kinds.into_iter().chain([("all".to_owned(), whole)]) {
        println!("{kind:<6}{files:>7}{all:>12}{fewer:>9}{lost:>9}{:>9.4}", 1.0 - lost as f64 / all.max(1) as f64);
    }
}
