//! Archives that nobody of us wrote, compared member by member: number and bytes agree with what 7-Zip 25.01 and unar 1.10 list,
//! or the reason stands in the table.

mod common;

use common::lone;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// File, number of members, their bytes, reasons of gaps, separated by tabs.
const EXPECTED: &str = include_str!("archive_corpus.tsv");

#[test]
fn members_of_every_archive_are_what_others_list() {
    let Some(set) = common::corpus("archives") else { return };
    let files = common::files_below(&set);
    let found: BTreeMap<String, String> = files.iter().filter(|f| !f.ends_with("MANIFEST.md")).map(|f| line(f)).collect();
    let expected: BTreeMap<_, _> = EXPECTED.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t')).collect();
    let differs = |(name, line): &(&String, &String)| expected.get(name.as_str()) != Some(&line.as_str());
    let wrong: Vec<String> = found.iter().filter(differs).map(|(name, line)| format!("{name}\t{line}")).collect();
    assert!(wrong.is_empty(), "these differ from the table:\n{}\n", wrong.join("\n"));
    assert_eq!(found.len(), expected.len());
}

/// Name of an archive; number of its members, their bytes, and the reasons of gaps that are the archive's own.
fn line(path: &Path) -> (String, String) {
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let kept = lone(&std::fs::read(path).expect("a file"), &name, &["helloworld", "sevenz-rust", "unrar", "ApacheTika", "Tika"]);
    let members = kept.members();
    let bytes: u64 = members.iter().map(|(_, size)| size).sum();
    let own = kept.gaps.iter().filter(|g| g.place.matches(" > ").count() < 2 && !g.detail.contains("is not read by this version"));
    let reasons: BTreeSet<&str> = own.map(|g| g.reason.as_str()).collect();
    let reasons: Vec<&str> = reasons.into_iter().collect();
    (name, format!("{}\t{bytes}\t{}", members.len(), reasons.join(", ")))
}
