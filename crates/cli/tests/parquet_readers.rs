//! The tables of a case open in the tools that analysts have: DuckDB, pandas and Polars read the same rows as `aftermail sql`.
//!
//! Where Python or one of its modules is absent the test says so and passes.

mod common;

use common::{aftermail, case, text};
use std::process::Command;

const COUNT: &str = r#"
import sys
reader, derived = sys.argv[1], sys.argv[2]
try:
    module = __import__(reader)
except ImportError:
    sys.exit(42)
for table in ["messages", "parts", "occurrences", "findings", "links", "gaps"]:
    path = f"{derived}/{table}.parquet"
    if reader == "duckdb":
        # Counting every column reads every column.
        rows = range(module.sql(f"select count(*), count(columns(*)) from '{path}'").fetchall()[0][0])
    elif reader == "pandas":
        rows = module.read_parquet(path)
    else:
        rows = module.read_parquet(path).rows()
    print(table, len(rows))
"#;

fn own_count(folder: &std::path::Path) -> String {
    let mut out = String::new();
    for table in ["messages", "parts", "occurrences", "findings", "links", "gaps"] {
        let answer =
            aftermail().args(["sql", "--json"]).arg(folder).arg(format!("select count(*) as n from {table}")).output().expect("runs");
        let row: serde_json::Value = serde_json::from_slice(&answer.stdout).expect("JSON");
        out += &format!("{table} {}\n", row["n"]);
    }
    out
}

#[test]
fn other_readers_see_the_same_rows() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = case(dir.path());
    let out = aftermail().args(["run", "-q"]).arg(&case).output().expect("runs");
    assert!(matches!(out.status.code(), Some(0 | 2)), "{}", text(&out.stderr));
    let ours = own_count(dir.path());
    assert!(ours.starts_with("messages 2"), "{ours}");
    for reader in ["duckdb", "pandas", "polars"] {
        let derived = dir.path().join("derived");
        match Command::new("python3").args(["-c", COUNT, reader]).arg(&derived).output() {
            Ok(out) if out.status.code() == Some(42) => eprintln!("NOTICE: {reader} is absent; it was not tried"),
            Ok(out) => assert_eq!(text(&out.stdout), ours, "{reader}: {}", text(&out.stderr)),
            Err(_) => eprintln!("NOTICE: python3 is absent; {reader} was not tried"),
        }
    }
}
