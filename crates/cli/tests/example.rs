//! The example case that lies in the repository, against its truth.

mod common;

use common::{aftermail, run, text};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/marlin-port")
}

fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|l| serde_json::from_str(l).expect("JSON")).collect()
}

fn place(row: &Value) -> (String, String) {
    (row["message_id"].as_str().unwrap_or("").to_owned(), row["value"].as_str().unwrap_or("").to_owned())
}

#[test]
fn the_example_gives_what_its_truth_says_and_nothing_else() {
    let truth = lines(&std::fs::read_to_string(example().join("truth.jsonl")).expect("the truth"));
    let out = aftermail().arg("scan").arg(example().join("mail")).args(["--json", "--reveal", "-q"]).output().expect("runs");
    let found = lines(&text(&out.stdout));
    let known = |found: bool| truth.iter().filter(move |t| t["found"] == found).map(place).collect::<BTreeSet<_>>();
    assert_eq!(found.iter().map(place).collect::<BTreeSet<_>>(), known(true));
    assert_eq!(known(false).len(), 0, "what is not found is said in the truth");
    let names = |row: &Value, field: &str| row[field].as_str().unwrap_or("").to_lowercase();
    let (mut linked, mut to_link) = (0, 0);
    for (t, f) in truth.iter().filter_map(|t| Some((t, found.iter().find(|f| place(f) == place(t))?))) {
        assert_eq!(t["kind"], f["kind"], "{t}");
        for field in ["system", "account"].iter().filter(|field| !t[**field].is_null()) {
            to_link += 1;
            linked += usize::from(names(f, field).contains(&names(t, field)));
        }
    }
    assert!(linked * 100 >= to_link * 95, "{linked} of {to_link} systems and accounts are linked");
}

#[test]
fn the_example_makes_a_case() {
    let dir = tempfile::tempdir().expect("a folder");
    let mail = example().join("mail");
    std::fs::write(dir.path().join("case.toml"), format!("name = \"Example\"\nevidence = [{:?}]\n", mail.to_string_lossy()))
        .expect("a case");
    let case = dir.path().join("case.toml");
    let out = aftermail().arg("run").arg(&case).arg("-q").output().expect("runs");
    assert_eq!(out.status.code(), Some(2), "{}", text(&out.stderr));
    let count = |sql: &str| {
        let out = run(&["sql", case.to_str().expect("text"), sql, "--json"]);
        lines(&text(&out.stdout))[0]["n"].as_u64().expect("a number")
    };
    assert!(count("select count(*) as n from messages") >= 60);
    assert!(count("select count(distinct finding) as n from occurrences") >= 40);
    // The locked archive, the empty file, the file of which the transfer encoding is broken.
    assert!(count("select count(*) as n from gaps") >= 3);
}
