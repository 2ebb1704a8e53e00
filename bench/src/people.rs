//! Runs the finder of personal data over a labelled set: recall and precision by element, and whether the person is right.

use crate::mailsecrets::{parse, rows};
use crate::score::{share, text};
use crate::threads::Threads;
use anyhow::{Context, Result, bail};
use clap::Args as ClapArgs;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::PathBuf;
use std::process::Command;

/// What to measure.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Folder with people.jsonl and messages/
    set: PathBuf,
    /// Score these findings (JSON lines) instead of running aftermail
    #[arg(long, value_name = "FILE")]
    findings: Option<PathBuf>,
    /// The aftermail to run; the one beside this program unless given
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
    /// List misses and false alarms
    #[arg(long)]
    misses: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the set cannot be read or aftermail cannot be run.
pub fn run(args: &Args) -> Result<()> {
    let truth = rows(&args.set.join("people.jsonl"), true)?;
    let found = match &args.findings {
        Some(file) => rows(file, true)?,
        None => parse(&scan(args)?, "the output of aftermail")?,
    };
    let mut threads = Threads::load(&args.set.join("messages"))?;
    let score = score(&truth, &found, &mut threads);
    print(&score);
    if args.misses {
        score.missed.iter().for_each(|t| println!("MISS  {} {:?} {}", text(t, "element"), text(t, "value"), text(t, "message_id")));
        score.false_alarms.iter().for_each(|f| println!("FALSE {} {:?} {}", text(f, "kind"), text(f, "value"), text(f, "message_id")));
    }
    Ok(())
}

fn scan(args: &Args) -> Result<String> {
    let bin = crate::aftermail(args.bin.as_deref())?;
    let out = Command::new(&bin).arg("scan").arg(args.set.join("messages")).args(["--json", "--reveal", "--quiet", "--personal"]).output();
    let out = out.with_context(|| format!("could not run {}", bin.display()))?;
    // 2: done with gaps.
    if !matches!(out.status.code(), Some(0 | 2)) {
        bail!("{} scan ended with {}: {}", bin.display(), out.status, String::from_utf8_lossy(&out.stderr));
    }
    String::from_utf8(out.stdout).context("the output of aftermail is no UTF-8")
}

/// Found, all, persons right of those found, and false alarms of one element.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Row {
    found: usize,
    all: usize,
    person: usize,
    false_alarms: usize,
}

/// The outcome.
#[derive(Debug, Default)]
struct Score<'a> {
    by: BTreeMap<String, Row>,
    missed: Vec<&'a Value>,
    false_alarms: Vec<&'a Value>,
}

fn plain(value: &str) -> String {
    value.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_lowercase()
}

/// Whether two values say the same: equal without white space, or, for what is written in words, one within the other.
fn same(element: &str, a: &str, b: &str) -> bool {
    let (a, b) = (plain(a), plain(b));
    let words = matches!(element, "health" | "salary" | "name");
    a == b || words && a.len() > 3 && b.len() > 3 && (a.contains(&b) || b.contains(&a))
}

/// Compares by conversation, element and value, for replies quote; a false alarm counts once per conversation.
fn score<'a>(truth: &'a [Value], found: &'a [Value], threads: &mut Threads) -> Score<'a> {
    let mut score = Score::default();
    let personal: Vec<(&Value, &str)> = found.iter().filter_map(|f| Some((f, text(f, "kind").strip_prefix("personal:")?))).collect();
    let roots: HashMap<&str, String> =
        truth.iter().chain(found).map(|row| text(row, "message_id")).map(|id| (id, threads.root(id))).collect();
    let root = |row: &Value| roots.get(text(row, "message_id"));
    let fits = |t: &Value, f: &Value, element: &str| {
        element == text(t, "element") && root(t) == root(f) && same(element, text(t, "value"), text(f, "value"))
    };
    for t in truth {
        let row = score.by.entry(text(t, "element").to_owned()).or_default();
        row.all += 1;
        let matching: Vec<&Value> = personal.iter().filter(|(f, element)| fits(t, f, element)).map(|(f, _)| *f).collect();
        if matching.is_empty() {
            score.missed.push(t);
        } else {
            row.found += 1;
            row.person += usize::from(matching.iter().any(|f| same("name", text(t, "person"), text(f, "person"))));
        }
    }
    let mut seen = HashSet::new();
    for (f, element) in personal {
        let known = truth.iter().any(|t| fits(t, f, element));
        if !known && seen.insert((root(f), element, plain(text(f, "value")))) {
            score.by.entry(element.to_owned()).or_default().false_alarms += 1;
            score.false_alarms.push(f);
        }
    }
    score
}

fn print(score: &Score<'_>) {
    println!("{:<24} {:>9} {:>7} {:>7} {:>10} {:>9}", "element", "found", "recall", "person", "false", "precision");
    let mut all = Row::default();
    for (element, row) in &score.by {
        line(element, row);
        all.found += row.found;
        all.all += row.all;
        all.person += row.person;
        all.false_alarms += row.false_alarms;
    }
    line("all", &all);
}

fn line(name: &str, row: &Row) {
    let found = format!("{}/{}", row.found, row.all);
    let (recall, precision) = (share(row.found, row.all), share(row.found, row.found + row.false_alarms));
    println!("{name:<24} {found:>9} {recall:>7.3} {:>7} {:>10} {precision:>9.3}", row.person, row.false_alarms);
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn elements_count_by_conversation_and_value() {
        let truth = [
            json!({"message_id": "<a>", "element": "ssn", "value": "219-09-9999", "person": "Zoe Lund"}),
            json!({"message_id": "<a>", "element": "health", "value": "a fractured wrist", "person": "Zoe Lund"}),
        ];
        let found = [
            json!({"message_id": "<a>", "kind": "personal:ssn", "value": "219-09-9999", "person": "Jo Dam"}),
            json!({"message_id": "<a>", "kind": "personal:health", "value": "fractured wrist", "person": "Zoe Lund"}),
            json!({"message_id": "<b>", "kind": "personal:ssn", "value": "219-09-9999"}),
            json!({"message_id": "<b>", "kind": "password", "value": "219-09-9999"}),
        ];
        let score = score(&truth, &found, &mut Threads::default());
        assert_eq!(score.by["ssn"], Row { found: 1, all: 1, person: 0, false_alarms: 1 });
        assert_eq!(score.by["health"], Row { found: 1, all: 1, person: 1, false_alarms: 0 });
        assert!(score.missed.is_empty());
    }
}
