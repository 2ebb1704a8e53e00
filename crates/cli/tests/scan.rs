//! `aftermail scan` as a newcomer runs it.

mod common;

use common::{SECRETS, aftermail, mailbox, run, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;

fn lines(out: &[u8]) -> Vec<Value> {
    text(out).lines().map(|l| serde_json::from_str(l).expect("a JSON line")).collect()
}

#[test]
fn every_secret_of_a_mixed_mailbox_is_found_and_redacted() {
    let dir = tempfile::tempdir().expect("a folder");
    mailbox(dir.path());
    let path = dir.path().to_str().expect("text");
    let out = run(&["scan", path]);
    let shown = text(&out.stdout);
    assert_eq!(out.status.code(), Some(2), "{shown}{}", text(&out.stderr));
    assert!(shown.contains("Read: 23 messages") && shown.contains("Found: 4 secrets"), "{shown}");
    assert!(shown.contains("damaged"), "{shown}");
    SECRETS.iter().for_each(|s| assert!(!shown.contains(s), "{s} stands in the output"));
    assert!(shown.contains("db1.corp.example") && shown.contains("reporting"), "{shown}");
}

#[test]
fn json_lines_keep_the_contract() {
    let dir = tempfile::tempdir().expect("a folder");
    mailbox(dir.path());
    let summary = dir.path().join("summary.json");
    let out = aftermail().arg("scan").arg(dir.path()).args(["--json", "-q", "--summary"]).arg(&summary).output().expect("runs");
    let rows = lines(&out.stdout);
    let wanted = [
        "message_id",
        "evidence",
        "folder",
        "where",
        "kind",
        "shape",
        "finding",
        "system",
        "account",
        "expires",
        "status",
        "confidence",
        "because",
        "language",
        "sent",
        "from",
        "to",
        "subject",
    ];
    for row in &rows {
        wanted.iter().for_each(|name| assert!(row.get(name).is_some(), "{name} is missing in {row}"));
        assert!(row.get("value").is_none(), "a value without --reveal");
    }
    // The quoted copy is an occurrence, not a new secret.
    let findings: BTreeSet<_> = rows.iter().map(|r| r["finding"].to_string()).collect();
    assert_eq!((rows.len(), findings.len()), (5, 4));
    let subject = rows.iter().find(|r| r["where"] == "subject").expect("the one in the subject");
    assert_eq!(subject["folder"], "Archive", "{subject}");
    assert!(!subject["subject"].to_string().contains(SECRETS[2]));
    let numbers: Value = serde_json::from_str(&fs::read_to_string(summary).expect("a summary")).expect("JSON");
    assert_eq!((numbers["messages"].as_u64(), numbers["findings"].as_u64(), numbers["files"].as_u64()), (Some(23), Some(4), Some(5)));
    assert_eq!(numbers["gaps"]["damaged"]["count"], 2);
}

#[test]
fn values_come_only_when_asked_for() {
    let dir = tempfile::tempdir().expect("a folder");
    mailbox(dir.path());
    let path = dir.path().to_str().expect("text");
    let values: BTreeSet<String> = lines(&run(&["scan", path, "--json", "-q", "--reveal"]).stdout)
        .iter()
        .map(|r| r["value"].as_str().unwrap_or("").to_owned())
        .collect();
    assert_eq!(values, SECRETS.iter().map(|s| (*s).to_owned()).collect());
    let refused = run(&["scan", path, "--reveal"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("hint") || text(&refused.stderr).contains("--json"));
}

#[test]
fn other_formats_hold_shapes_only() {
    let dir = tempfile::tempdir().expect("a folder");
    mailbox(dir.path());
    let path = dir.path().to_str().expect("text");
    let sarif: Value = serde_json::from_slice(&run(&["scan", path, "--sarif", "-q"]).stdout).expect("JSON");
    assert_eq!((sarif["version"].as_str(), sarif["runs"][0]["results"].as_array().map(Vec::len)), (Some("2.1.0"), Some(4)));
    let csv = text(&run(&["scan", path, "--csv", "-q"]).stdout);
    assert_eq!(csv.lines().count(), 6, "{csv}");
    SECRETS.iter().for_each(|s| assert!(!csv.contains(s) && !sarif.to_string().contains(s)));
}

#[test]
fn faults_say_what_to_do() {
    for (args, code) in [
        (&["scan", "no/such/file"][..], 1),
        (&["scan"][..], 1),
        (&["run", "no/such/case"][..], 1),
        (&["nonsense"][..], 1),
        (&["--help"][..], 0),
        (&["packs", "check"][..], 0),
    ] {
        let out = run(args);
        assert_eq!(out.status.code(), Some(code), "{args:?}: {}", text(&out.stderr));
    }
    for shell in ["bash", "zsh", "fish"] {
        assert!(run(&["completions", shell]).status.success());
    }
    assert!(text(&run(&["man"]).stdout).contains(".TH"));
}

#[test]
fn hostile_files_are_gaps_and_never_the_end() {
    let dir = tempfile::tempdir().expect("a folder");
    let deep: String = (0..3000).map(|n| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n")).collect();
    fs::write(dir.path().join("deep.eml"), format!("From: a@b.example\n{deep}password: Blue-Heron7!\n")).expect("a file");
    let nested: String = (0..500).map(|_| "Subject: x\nContent-Type: message/rfc822\n\n".to_owned()).collect();
    fs::write(dir.path().join("nested.eml"), nested).expect("a file");
    fs::write(dir.path().join("noise.bin"), (0..100_000u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>())
        .expect("a file");
    fs::write(dir.path().join("cue.eml"), format!("From: a@b.example\n\n{}", "password: ".repeat(200_000))).expect("a file");
    fs::write(dir.path().join("tabs.eml"), format!("From: a@b.example\n\npassword{}", "\t".repeat(1_000_000))).expect("a file");
    let out = aftermail().arg("scan").arg(dir.path()).args(["-q", "--json", "--summary"]).arg(dir.path().join("s")).output().expect("runs");
    assert_eq!(out.status.code(), Some(2), "{}", text(&out.stderr));
    let numbers: Value = serde_json::from_str(&fs::read_to_string(dir.path().join("s")).expect("a summary")).expect("JSON");
    assert_eq!(numbers["files"], 5);
    assert!(numbers["gaps"].get("crashed").is_none() && numbers["gaps"].get("timed out").is_none(), "{numbers}");
}
