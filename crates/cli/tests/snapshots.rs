//! What people see of the example case, word for word: the terminal, the gaps, one explained secret and the report.
//!
//! A change of wording shows as a difference to be read: `cargo insta review`.

mod common;

use common::{aftermail, text};
use regex::Regex;
use std::path::{Path, PathBuf};

fn copied(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() && name != "derived" {
            copied(&path, &to.join(name));
        } else if path.is_file() && !name.to_string_lossy().starts_with("case.db") && name != "report.html" {
            std::fs::copy(&path, to.join(name)).expect("a copy");
        }
    }
}

/// The example with a key of its own, so that ids are the same everywhere, and what a run of it printed.
fn example() -> (tempfile::TempDir, PathBuf, String) {
    let dir = tempfile::tempdir().expect("a folder");
    copied(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/marlin-port"), dir.path());
    std::fs::write(dir.path().join("case.key"), "5a".repeat(32)).expect("a key");
    let out = aftermail().args(["run", "-q"]).arg(dir.path()).output().expect("runs");
    assert_eq!(out.status.code(), Some(2), "{}", text(&out.stderr));
    let path = dir.path().to_owned();
    (dir, path, text(&out.stdout))
}

/// Without what differs from run to run: times of the run, who ran it, where, and what the kernel enforces.
fn settled(output: &str, folder: &Path) -> String {
    let folder = folder.canonicalize().expect("a folder");
    let mut out = output.replace(&*folder.to_string_lossy(), "CASE");
    for (pattern, with) in [
        (r"20(?:2[4-9]|[3-9]\d)-\d\d-\d\dT\d\d:\d\d:\d\dZ", "TIME"),
        (r" in \d+(\.\d+)? s\b", ""),
        (r"tester@\S+", "OPERATOR"),
        (r"(?m)^Sandbox: .*$", "Sandbox: …"),
        (r"aftermail \d+\.\d+\.\d+", "aftermail VERSION"),
    ] {
        out = Regex::new(pattern).expect("a pattern").replace_all(&out, with).into_owned();
    }
    out
}

#[test]
fn the_terminal() {
    let (_dir, folder, printed) = example();
    insta::assert_snapshot!("run", settled(&printed, &folder));
    let out = aftermail().arg("gaps").arg(&folder).output().expect("runs");
    insta::assert_snapshot!("gaps", settled(&text(&out.stdout), &folder));
    let query = "select finding from findings where kind = 'token' order by finding limit 1";
    let out = aftermail().args(["sql", "--json"]).arg(&folder).arg(query).output().expect("runs");
    let row: serde_json::Value = serde_json::from_str(text(&out.stdout).trim()).expect("a row");
    let out = aftermail().arg("explain").arg(&folder).arg(row["finding"].as_str().expect("an id")).output().expect("runs");
    insta::assert_snapshot!("explain", settled(&text(&out.stdout), &folder));
}

#[test]
fn the_report() {
    let (_dir, folder, _) = example();
    let html = std::fs::read_to_string(folder.join("report.html")).expect("a report");
    assert!(!html.contains("<script") && !html.contains("http://") && !html.contains("src=\"http"), "the report asks the network");
    // Its words; the style is looked at in a browser.
    let body = html.split_once("</style>").map_or(html.as_str(), |(_, body)| body);
    let body = Regex::new("<svg.*?</svg>").expect("a pattern").replace_all(body, "<svg/>");
    let words = Regex::new("<[^>]*>").expect("a pattern").replace_all(&body, "\n");
    let lines: Vec<&str> = words.lines().map(str::trim).filter(|l| !l.is_empty()).collect();
    insta::assert_snapshot!("report", settled(&lines.join("\n"), &folder));
}
