//! aftermail and other secret scanners side by side: on mail as it is, and on the text that aftermail's decoder makes of it.
//!
//! Every program is judged in the same, lenient way: a secret is found where any reported string of its conversation contains the
//! value (compared without white space); a reported string that neither contains nor is a piece of a labelled value is a
//! false alarm, counted once per conversation and string.

mod texts;
mod tools;

use crate::score::{share, squash, text};
use crate::threads::Threads;
use anyhow::{Context, Result};
use clap::Args as ClapArgs;
use serde_json::Value;
use std::collections::{BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use tools::{Report, Tool};

/// What to measure.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Labelled sets: folders with truth.jsonl, ignore.jsonl and messages/
    #[arg(required = true)]
    sets: Vec<PathBuf>,
    /// The aftermail to run; the one beside this program unless given
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
    /// Kingfisher
    #[arg(long, value_name = "FILE")]
    kingfisher: Option<PathBuf>,
    /// betterleaks 2
    #[arg(long, value_name = "FILE")]
    betterleaks: Option<PathBuf>,
    /// gitleaks 8
    #[arg(long, value_name = "FILE")]
    gitleaks: Option<PathBuf>,
    /// CredSweeper
    #[arg(long, value_name = "FILE")]
    credsweeper: Option<PathBuf>,
    /// detect-secrets
    #[arg(long, value_name = "FILE")]
    detect_secrets: Option<PathBuf>,
}

/// Labels by conversation.
struct Known {
    /// Values of the same secret, one entry per row.
    secrets: Vec<(String, BTreeSet<String>)>,
    /// What is no false alarm.
    values: HashMap<String, BTreeSet<String>>,
    threads: Threads,
}

/// What a program found.
#[derive(Debug, PartialEq, Eq)]
struct Outcome {
    found: usize,
    rows: usize,
    false_alarms: usize,
}

/// Runs the command.
///
/// # Errors
/// Where a set cannot be read or a program cannot be run.
pub fn run(args: &Args) -> Result<()> {
    let tools = tools(args)?;
    for set in &args.sets {
        // Programs tell whole paths.
        let set = &set.canonicalize().with_context(|| format!("could not find {}", set.display()))?;
        let mut known = Known::load(set)?;
        let decoded = tempfile::tempdir().context("no folder for the decoded text")?;
        texts::write(&set.join("messages"), decoded.path())?;
        println!("\n{}: {} secrets", set.display(), known.secrets.len());
        println!(
            "{:<16} {:<8} {:>9} {:>7} {:>7} {:>9} {:>8} {:>8}",
            "program", "input", "found", "recall", "alarms", "precision", "wall s", "peak MB"
        );
        for (input, dir) in [("mail", set.join("messages").as_path()), ("text", decoded.path())] {
            let ids = texts::ids(&set.join("messages"), dir)?;
            for tool in &tools {
                let (run, reports) = tool.run(dir)?;
                let o = known.judge(&reports, &ids);
                let (recall, precision) = (share(o.found, o.rows), share(o.found, o.found + o.false_alarms));
                println!(
                    "{:<16} {input:<8} {:>9} {recall:>7.3} {:>7} {precision:>9.3} {:>8.1} {:>8.0}",
                    tool.name,
                    format!("{}/{}", o.found, o.rows),
                    o.false_alarms,
                    run.wall.as_secs_f64(),
                    run.together as f64 / 1e6,
                );
            }
        }
    }
    Ok(())
}

fn tools(args: &Args) -> Result<Vec<Tool>> {
    let aftermail = crate::aftermail(args.bin.as_deref())?;
    let given = [
        (tools::KINGFISHER, &args.kingfisher),
        (tools::BETTERLEAKS, &args.betterleaks),
        (tools::GITLEAKS, &args.gitleaks),
        (tools::CREDSWEEPER, &args.credsweeper),
        (tools::DETECT_SECRETS, &args.detect_secrets),
    ];
    let others = given.into_iter().filter_map(|(kind, bin)| Some(kind.at(bin.clone()?)));
    Ok(std::iter::once(tools::AFTERMAIL.at(aftermail)).chain(others).collect())
}

impl Known {
    fn load(set: &Path) -> Result<Known> {
        let mut known = Known { secrets: Vec::new(), values: HashMap::new(), threads: Threads::load(&set.join("messages"))? };
        for row in crate::mailsecrets::rows(&set.join("truth.jsonl"), true)? {
            known.add(&row, true);
        }
        for row in crate::mailsecrets::rows(&set.join("ignore.jsonl"), false)? {
            known.add(&row, false);
        }
        Ok(known)
    }

    fn add(&mut self, row: &Value, secret: bool) {
        let root = self.threads.root(text(row, "message_id"));
        let list = |field: &str| row.get(field).and_then(Value::as_array).cloned().unwrap_or_default();
        let accepted = list("accept").into_iter().filter_map(|v| v.as_str().map(squash));
        let own: BTreeSet<String> = accepted.chain([squash(text(row, "value"))]).collect();
        let pieces = list("parts").iter().map(|p| squash(text(p, "value"))).collect::<Vec<_>>();
        let values = self.values.entry(root.clone()).or_default();
        values.extend(own.iter().cloned().chain(pieces).chain([squash(text(row, "written"))]).filter(|v| !v.is_empty()));
        if secret {
            self.secrets.push((root, own));
        }
    }

    fn judge(&mut self, reports: &[Report], ids: &HashMap<PathBuf, String>) -> Outcome {
        let mut by_thread: HashMap<String, BTreeSet<String>> = HashMap::new();
        for report in reports {
            let id = ids.get(&report.file).map(String::as_str).unwrap_or_default();
            by_thread.entry(self.threads.root(id)).or_default().insert(squash(&report.text));
        }
        let holds = |root: &String, own: &BTreeSet<String>| {
            by_thread.get(root).is_some_and(|said| said.iter().any(|s| own.iter().any(|v| s.contains(v.as_str()))))
        };
        let found = self.secrets.iter().filter(|(root, own)| holds(root, own)).count();
        let belongs = |root: &String, said: &String| {
            self.values.get(root).is_some_and(|known| {
                known.iter().any(|v| said.contains(v.as_str()) || (said.chars().count() >= 6 && v.contains(said.as_str())))
            })
        };
        let false_alarms =
            by_thread.iter().flat_map(|(root, said)| said.iter().map(move |s| (root, s))).filter(|(r, s)| !belongs(r, s)).count();
        Outcome { found, rows: self.secrets.len(), false_alarms }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_longer_string_counts_and_a_stranger_is_an_alarm() {
        let mut known = Known { secrets: Vec::new(), values: HashMap::new(), threads: Threads::default() };
        known.add(&json!({"message_id": "<a>", "value": "Blue Door 7", "parts": [{"value": "Blue"}]}), true);
        known.add(&json!({"message_id": "<a>", "value": "never-found"}), true);
        known.add(&json!({"message_id": "<a>", "value": "either-way"}), false);
        let ids = HashMap::from([(PathBuf::from("a.eml"), "<a>".to_owned()), (PathBuf::from("b.eml"), "<b>".to_owned())]);
        let report = |file: &str, text: &str| Report { file: file.into(), text: text.to_owned() };
        let reports = [
            report("a.eml", "password=Blue Door 7"),
            report("a.eml", "Door 7"),
            report("a.eml", "either-way"),
            report("a.eml", "strange"),
            report("b.eml", "Blue Door 7"),
        ];
        // "Door 7" without its blank has five characters: too short to be a piece.
        assert_eq!(known.judge(&reports, &ids), Outcome { found: 1, rows: 2, false_alarms: 3 });
    }
}
