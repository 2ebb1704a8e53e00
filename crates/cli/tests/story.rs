//! The made-up tenant in `examples/harrow-quay`: what happened to each of its secrets, by the public commands.

mod common;

use common::{aftermail, run, text};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// Subject of the letter, how it was taken, whether its secret was used, whether that is dead.
const TOLD: [(&str, &str, &str, &str); 10] = [
    ("Timetable sync: new client secret", "read", "used_anew", "old_still_valid"),
    ("Berth planner is ready", "read", "used_as_before", "reexposed"),
    ("Key for the build machine", "read", "used_as_before", "proven"),
    ("Key for the backup job", "read", "used_anew", "contradicted"),
    ("Storage of the tide pictures", "read", "used_as_before", "old_still_valid"),
    ("Token for the departure board", "listed", "not_seen", "proven"),
    ("Microsoft 365: Konto von Gita Rao", "assumed_sync", "used_anew", "proven"),
    ("Microsoft 365 account of Ben", "assumed_sync", "used_as_before", "sessions_alive"),
    ("Cuenta de Microsoft 365 de Carlo", "assumed_sync", "used_as_before", "no_record"),
    ("Accès VPN pour le télétravail", "listed_probable", "unknown", "log_gap"),
];

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").filter_map(Result::ok) {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).expect("a file");
        }
    }
}

/// The case, run in a folder of its own.
struct Story(tempfile::TempDir);

impl Story {
    fn new() -> Story {
        let dir = tempfile::tempdir().expect("a folder");
        let example = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/harrow-quay");
        for part in ["mail", "lists", "logs"] {
            copy(&example.join(part), &dir.path().join(part));
        }
        fs::copy(example.join("case.toml"), dir.path().join("case.toml")).expect("the case file");
        let out = aftermail().arg("run").arg(dir.path()).arg("-q").output().expect("runs");
        assert!(matches!(out.status.code(), Some(0 | 2)), "{}", text(&out.stderr));
        Story(dir)
    }

    /// Rows of a command with `--json`.
    fn rows(&self, command: &str, more: &[&str]) -> Vec<Value> {
        let case = self.0.path().to_str().expect("text");
        let out = run(&[&[command, case, "--json"], more].concat());
        text(&out.stdout).lines().map(|l| serde_json::from_str(l).expect("JSON")).collect()
    }

    /// Sentences of one topic.
    fn remarks(&self, topic: &str) -> Vec<String> {
        let rows = self.rows("sql", &[&format!("select sentence from remarks where topic = '{topic}'")]);
        rows.iter().map(|r| word(r, "sentence").to_owned()).collect()
    }

    /// The subject of each message, by its file and by the finding in it.
    fn subjects(&self) -> (BTreeMap<String, String>, BTreeMap<String, String>) {
        let pairs = |sql: &str, key: &str| {
            self.rows("sql", &[sql]).iter().map(|r| (word(r, key).to_owned(), word(r, "subject").to_owned())).collect()
        };
        let found = "select o.finding, m.subject from occurrences o join messages m on o.evidence = m.evidence";
        (pairs("select evidence, subject from messages", "evidence"), pairs(found, "finding"))
    }
}

fn word<'r>(row: &'r Value, name: &str) -> &'r str {
    row[name].as_str().unwrap_or_default()
}

fn words<'r>(row: &'r Value, name: &str) -> Vec<&'r str> {
    row[name].as_array().into_iter().flatten().filter_map(Value::as_str).collect()
}

#[test]
fn each_secret_has_its_story() {
    let story = Story::new();
    secrets(&story);
    exposures(&story);
    signals(&story);
    coverage(&story);
}

fn secrets(story: &Story) {
    let (_, findings) = story.subjects();
    assert_eq!(findings.len(), TOLD.len(), "{findings:?}");
    let rows = story.rows("proof", &[]);
    let of = |subject: &str, is_usage: bool| {
        let own = |r: &&Value| findings.get(word(r, "finding")).is_some_and(|s| s == subject) && r.get("joined_by").is_some() == is_usage;
        rows.iter().find(own).unwrap_or_else(|| panic!("nothing is told of “{subject}”"))
    };
    for (subject, _, used, dead) in TOLD {
        let (usage, proof) = (of(subject, true), of(subject, false));
        assert_eq!((word(usage, "verdict"), word(proof, "verdict")), (used, dead), "{subject}: {usage} {proof}");
        assert!(dead != "proven" || words(proof, "missing").is_empty() && !words(proof, "rests_on").is_empty(), "{proof}");
    }
    let because = |subject: &str, is_usage: bool| words(of(subject, is_usage), "because").join("\n");
    assert!(because("Timetable sync: new client secret", true).contains("203.0.113.0/24"));
    assert!(because("Timetable sync: new client secret", false).contains("a new one was made on 2026-10-01"));
    assert!(because("Storage of the tide pictures", false).contains("still to be changed are key1"));
    assert!(because("Berth planner is ready", false).contains("2026-10-08"));
    assert!(because("Key for the backup job", false).contains("used after that all the same"));
    assert!(because("Token for the departure board", false).contains("told until 2026-10-29"));
    assert!(because("Microsoft 365 account of Ben", false).contains("no record cuts the sessions"));
    let vpn = of("Accès VPN pour le télétravail", false);
    assert!(words(vpn, "missing")[0].contains("ask for the log of the system itself"), "{vpn}");
}

fn exposures(story: &Story) {
    let (files, _) = story.subjects();
    let rows = story.rows("exposure", &[]);
    for (subject, taken, ..) in TOLD {
        let own = rows.iter().filter(|r| files.get(word(r, "evidence")).is_some_and(|s| s == subject));
        let ways: Vec<&str> = own.map(|r| word(r, "exposed")).collect();
        assert!(ways.contains(&taken), "{subject}: {ways:?}");
    }
    let taken = ["read", "listed", "listed_probable", "assumed_sync"];
    let others = rows.iter().filter(|r| !taken.contains(&word(r, "exposed"))).map(|r| word(r, "exposed"));
    assert_eq!(others.collect::<BTreeSet<_>>(), BTreeSet::from(["not_read_covered"]), "the other mail lay still");
    let (probable, missing) = (story.remarks("probable"), story.remarks("missing"));
    assert!(probable.len() == 1 && probable[0].contains("Accès VPN"), "{probable:?}");
    assert!(missing.len() == 1 && missing[0].contains("Pilot of the mail helper"), "{missing:?}");
}

fn signals(story: &Story) {
    let rows = story.rows("signals", &[]);
    let seen: BTreeSet<&str> = rows.iter().map(|r| word(r, "detector")).collect();
    for detector in [
        "spray",
        "dormant_sign_in",
        "consent",
        "mail_app_role",
        "secret_search",
        "graph_collection",
        "app_secret_added",
        "exposed_app_secret_used",
    ] {
        assert!(seen.contains(detector), "{detector}: {seen:?}");
    }
    // A new secret by its owner looks like one by a thief, and an exposed one is told by whomever it was used.
    let by_owners = |r: &Value| word(r, "detector").starts_with("exposed_") || word(r, "actor").starts_with("tom.ardley@");
    let theirs = |r: &Value| words(r, "addresses").iter().any(|a| a.starts_with("203.0.113.") || a.starts_with("2001:db8:"));
    let ordinary: Vec<&Value> = rows.iter().filter(|r| !by_owners(r) && !theirs(r)).collect();
    assert!(ordinary.is_empty(), "ordinary life raises nothing: {ordinary:?}");
}

fn coverage(story: &Story) {
    let rows = story.rows("logs", &[]);
    let within = |r: &&Value| r["subject"].is_null() && ("2026-09-18".."2026-10-30").contains(&word(r, "day"));
    let holes = rows.iter().filter(within).filter(|r| word(r, "cover") != "covered");
    let holes: Vec<(&str, &str)> = holes.map(|r| (word(r, "source"), word(r, "day"))).collect();
    assert_eq!(holes, [("entra_sign_in", "2026-10-14T00:00:00Z")]);
    let files = story.rows("sql", &["select sum(duplicates) as twice, sum(rejects) as damaged from logs"]);
    assert_eq!((&files[0]["twice"], &files[0]["damaged"]), (&Value::from(12), &Value::from(1)), "{files:?}");
    let unsaid = story.remarks("cannot_say");
    assert!(unsaid.iter().any(|s| s.contains("2026-10-14")), "{unsaid:?}");
}
