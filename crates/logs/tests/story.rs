//! The made-up tenant in `examples/harrow-quay`: its files are those that its tool writes, and its logs are read as it tells them.
#![allow(missing_docs)]

mod common;
#[path = "../examples/story/tenant/mod.rs"]
mod tenant;

use std::path::Path;

/// What the example may weigh, in bytes.
const MOST: usize = 600_000;

#[test]
fn the_committed_files_are_those_of_the_seed() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/harrow-quay");
    let files = tenant::files(tenant::SEED);
    for (name, text) in &files {
        let held = std::fs::read_to_string(folder.join(name)).unwrap_or_else(|e| panic!("{name}: {e}"));
        assert!(held == *text, "{name} is not what the tool writes: run it again");
    }
    let held: usize = ["mail", "lists", "logs"].iter().map(|name| common::files_below(&folder.join(name)).len()).sum();
    assert_eq!(held + 1, files.len(), "beside them there is the case file alone");
    assert!(files.values().map(String::len).sum::<usize>() < MOST);
}

#[test]
fn another_seed_tells_the_same_story_with_other_secrets() {
    let (one, other) = (tenant::files(1), tenant::files(2));
    assert!(one.keys().eq(other.keys()) && one != other);
    assert_eq!(one, tenant::files(1));
}

#[test]
fn the_logs_are_read_but_for_the_damaged_row() {
    let mut rejects = Vec::new();
    for (name, text) in tenant::files(tenant::SEED).iter().filter(|(name, _)| name.starts_with("logs/")) {
        let kept = common::kept(text.as_bytes());
        assert!(!kept.events.is_empty() && kept.events.iter().all(|e| e.time.is_some()), "{name}");
        rejects.extend(kept.rejects.iter().map(|_| name.clone()));
    }
    assert_eq!(rejects, ["logs/unified-audit.csv"]);
}
