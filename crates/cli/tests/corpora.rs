//! Real and hostile files that nobody of us wrote: every file is accounted for, nothing crashes, and messages are counted
//! as Python's `mailbox` and `email` count them.
//!
//! The files lie beside the repository in `../shared/corpora`; where they are absent the tests say so and pass.

mod common;

use common::{aftermail, text};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Set by `.ci/run` where the corpora lie, so that they are not left out by mistake.
const REQUIRED: &str = "AFTERMAIL_CORPORA_REQUIRED";

fn corpora() -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os(REQUIRED).is_none(), "{REQUIRED} is set and the corpora are absent");
    eprintln!("NOTICE: ../shared/corpora is absent; the corpus tests did not run");
    None
}

/// The summary of a scan.
fn summary(path: &Path) -> Value {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("summary.json");
    let out = aftermail().arg("scan").arg(path).args(["--json", "-q", "--summary"]).arg(&file).output().expect("runs");
    assert!(matches!(out.status.code(), Some(0 | 2)), "{}: {}", path.display(), text(&out.stderr));
    serde_json::from_str(&std::fs::read_to_string(file).expect("a summary")).expect("JSON")
}

fn files(dir: &Path) -> usize {
    common::files_below(dir).len()
}

#[test]
fn every_file_of_every_set_is_accounted_for() {
    let Some(corpora) = corpora() else { return };
    for set in std::fs::read_dir(&corpora).expect("sets").filter_map(Result::ok).map(|e| e.path()).filter(|p| p.is_dir()) {
        let summary = summary(&set);
        let name = set.file_name().unwrap_or_default().to_string_lossy().into_owned();
        assert_eq!(summary["files"].as_u64(), Some(files(&set) as u64), "{name}");
        for fault in ["crashed", "timed_out", "timed out", "too much memory"] {
            assert!(summary["gaps"].get(fault).is_none(), "{name}: {}", summary["gaps"]);
        }
        // A file that gives no message gives a gap.
        let (messages, gaps) = (summary["messages"].as_u64().unwrap_or(0), summary["gap_count"].as_u64().unwrap_or(0));
        assert!(messages + gaps >= files(&set) as u64, "{name}: {messages} messages and {gaps} gaps");
    }
}

/// Counts of Python's `mailbox.mbox` for the files of a manifest that begin with an envelope: evidence id to path and count.
const COUNT: &str = r#"
import json, mailbox, os, sqlite3, sys
folder = sys.argv[1]
out = {}
for name, path in sqlite3.connect(os.path.join(folder, "case.db")).execute("select id, path from manifest"):
    path = os.path.join(folder, path)
    with open(path, "rb") as f:
        if f.read(5) == b"From ":
            out[name] = [path, len(mailbox.mbox(path, create=False))]
print(json.dumps(out))
"#;

/// Where we count otherwise than Python, and why.
const OTHERWISE: [(&str, u64, u64, &str); 2] = [
    ("t/data/spam/008", 2, 1, "a header line that begins with \"From \" and names no date is no envelope; Python splits at it"),
    ("maildir/mac/rhost-cox-01.eml", 1, 2, "line ends are CR alone: Python sees one line, we see the second envelope"),
];

#[test]
fn messages_are_counted_as_python_counts_them() {
    let Some(corpora) = corpora() else { return };
    let dir = tempfile::tempdir().expect("a folder");
    let sets = ["eml_odd", "eml_bounce", "spamassassin"].map(|s| corpora.join(s).canonicalize().expect("a set"));
    std::fs::write(dir.path().join("case.toml"), format!("name = \"Corpora\"\nevidence = {sets:?}\n")).expect("a file");
    let out = aftermail().args(["run", "-q"]).arg(dir.path()).output().expect("runs");
    assert!(matches!(out.status.code(), Some(0 | 2)), "{}", text(&out.stderr));
    let query = "select evidence, count(*) as messages from messages group by evidence";
    let out = aftermail().args(["sql", "--json"]).arg(dir.path()).arg(query).output().expect("runs");
    let count = |line: &str| {
        let row: Value = serde_json::from_str(line).expect("JSON");
        (row["evidence"].as_str().unwrap_or_default().to_owned(), row["messages"].as_u64().unwrap_or(0))
    };
    let ours: BTreeMap<String, u64> = text(&out.stdout).lines().map(count).collect();

    let Ok(out) = Command::new("python3").arg("-c").arg(COUNT).arg(dir.path()).output() else {
        assert!(std::env::var_os(REQUIRED).is_none(), "python3 is absent");
        return eprintln!("NOTICE: python3 is absent; the counts were not compared");
    };
    let python: BTreeMap<String, (PathBuf, u64)> = serde_json::from_slice(&out.stdout).expect("counts");
    assert!(python.len() > 20, "{} files begin with an envelope", python.len());
    for (evidence, (path, theirs)) in python {
        let ours = ours.get(&evidence).copied().unwrap_or(0);
        match OTHERWISE.iter().find(|(end, ..)| path.ends_with(end)) {
            Some((_, python, we, why)) => assert_eq!((theirs, ours), (*python, *we), "{}: {why}", path.display()),
            None => assert_eq!(theirs, ours, "{}", path.display()),
        }
    }
}

/// Python's `email` makes one message of any bytes, so a folder of single messages has as many as files.
#[test]
fn single_messages_are_one_each() {
    let Some(corpora) = corpora() else { return };
    let set = corpora.join("spamassassin");
    let found = summary(&set);
    assert_eq!(found["messages"].as_u64(), Some(files(&set) as u64), "the note beside the messages is a text file, read as one");
    assert!(found["parts"].as_u64() >= found["messages"].as_u64());
}
