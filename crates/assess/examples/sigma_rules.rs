//! What a folder of Sigma rules does with folders of logs: `cargo run --release -p aftermail-assess --example sigma_rules -- RULES LOGS…`.
//! Says which rules are used and why not the others, and which of them match what. Lines of Panther's labelled tests are taken apart: the
//! record is read as a log, and the hits are counted by label, beside those of the bare engine on the bare record.
#![allow(missing_docs)]

use aftermail_assess::signals::{Detectors, RuleFile, Scene, Sigma};
use aftermail_logs::{Hint, Reject, Sink, read};
use aftermail_model::Event;
use rsigma_eval::{Engine, JsonEvent};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

#[derive(Default)]
struct Kept(Vec<Event>);

impl Sink for Kept {
    fn event(&mut self, event: Event) {
        self.0.push(event);
    }
    fn reject(&mut self, _: Reject) {}
}

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
    out.sort();
}

fn events(bytes: &[u8]) -> Vec<Event> {
    let mut kept = Kept::default();
    read(bytes, &Hint { year: Some(2024), ..Hint::default() }, &mut kept);
    kept.0
}

/// Titles of the rules that match, with how many events each.
fn matches(rules: &[RuleFile<'_>], events: &[Event]) -> BTreeMap<String, usize> {
    let mut hits = BTreeMap::new();
    let mut detectors = Detectors::new(Scene::default()).with_rules(Sigma::read(rules).0);
    events.iter().for_each(|e| detectors.see(e));
    for signal in detectors.finish().signals.into_iter().filter(|s| s.detector.starts_with("sigma:")) {
        *hits.entry(signal.title).or_default() += signal.rests_on.len();
    }
    hits
}

/// The rules without fields of ours, each by itself: one that is wrong must not stop the others.
fn bare(rules: &[RuleFile<'_>]) -> Engine {
    let mut engine = Engine::new();
    for rule in rules.iter().filter_map(|file| rsigma_parser::parse_sigma_yaml(file.text).ok()).flat_map(|all| all.rules) {
        let _ = engine.add_rule(&rule);
    }
    engine
}

fn main() {
    let mut arguments = std::env::args().skip(1).map(PathBuf::from);
    let mut paths = Vec::new();
    files(&arguments.next().expect("a folder of rules"), &mut paths);
    let texts: Vec<(String, String)> = paths
        .iter()
        .map(|p| (p.file_name().unwrap_or_default().to_string_lossy().into_owned(), std::fs::read_to_string(p).expect("a rule")))
        .collect();
    let rules: Vec<RuleFile<'_>> = texts.iter().map(|(name, text)| RuleFile { name, text }).collect();
    let (sigma, problems) = Sigma::read(&rules);
    println!("{} files, {} rules in use, {} problems", rules.len(), sigma.rules(), problems.len());
    problems.iter().for_each(|p| println!("  {p}"));

    let bare = bare(&rules);
    let mut ever: BTreeMap<String, usize> = BTreeMap::new();
    for logs in arguments {
        let mut paths = Vec::new();
        files(&logs, &mut paths);
        for path in paths {
            let bytes = std::fs::read(&path).expect("a log");
            let mut hits: BTreeMap<String, usize> = BTreeMap::new();
            let labelled: Vec<Value> = String::from_utf8_lossy(&bytes).lines().map_while(|l| serde_json::from_str(l).ok()).collect();
            let labelled: Vec<&Value> = labelled.iter().filter(|v| v["rule_id"].is_string() && v["log"].is_object()).collect();
            let mut told = String::new();
            if labelled.is_empty() {
                hits = matches(&rules, &events(&bytes));
            } else {
                let (mut counts, mut both, mut missed_ones) = ([[0; 2]; 2], 0, BTreeMap::<String, usize>::new());
                for test in labelled {
                    let (own, expected) = (matches(&rules, &events(test["log"].to_string().as_bytes())), test["expected"] == true);
                    counts[usize::from(expected)][usize::from(!own.is_empty())] += 1;
                    let plain = bare.evaluate(&JsonEvent::borrow(&test["log"]));
                    let plain: BTreeSet<String> = plain.into_iter().map(|hit| hit.header.rule_title.clone()).collect();
                    both += plain.iter().filter(|title| own.contains_key(*title)).count();
                    plain
                        .into_iter()
                        .filter(|title| !own.contains_key(title))
                        .for_each(|title| *missed_ones.entry(title).or_default() += 1);
                    for (title, count) in own {
                        *hits.entry(title).or_default() += count;
                    }
                }
                let [[silent, wrong], [missed, hit]] = counts;
                told = format!(
                    ": labelled yes {hit}/{}, no {wrong}/{}; the bare engine's hits: {both} found, not {missed_ones:?}",
                    hit + missed,
                    wrong + silent
                );
            }
            if !hits.is_empty() || !told.is_empty() {
                println!("{}{told}: {hits:?}", path.strip_prefix(&logs).unwrap_or(&path).display());
            }
            hits.into_iter().for_each(|(title, count)| *ever.entry(title).or_default() += count);
        }
    }
    println!("{} rules match something", ever.len());
}
