//! The table of formats holds what it says, and real mail without secrets stays without hits.

use aftermail_detect::{Packs, detect, formats};
use aftermail_model::{Layer, Message, RevealPermit, Text};

fn hits(packs: &Packs, body: &str) -> Vec<(String, String)> {
    let text =
        Text { part: 0, layer: Layer::Visible, place: "body".into(), media: "text/plain".into(), body: body.into(), certainty: Vec::new() };
    let hits = detect(&text, &Message::default(), packs);
    hits.iter()
        .filter(|h| !matches!(h.rule.as_str(), "assigned" | "prose" | "table"))
        .map(|h| (h.rule.clone(), h.value.reveal(&RevealPermit::recorded()).clone()))
        .collect()
}

#[test]
fn every_format_finds_its_examples_and_leaves_its_counter_examples() {
    let problems = formats::check_packs();
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    let count = formats::Formats::built_in().len();
    assert!(count >= 180, "only {count} formats");
}

#[test]
fn a_user_rule_finds_and_allows() {
    let toml =
        "[[rules]]\nid = \"badge\"\nregex = '''badge-([0-9]{6})'''\nkeywords = [\"badge\"]\n[[rules.allowlists]]\nstopwords = [\"777\"]\n";
    let packs = Packs::with_rules([("mine.toml", toml)]).unwrap();
    let found = hits(&packs, "badge-482913 and badge-777123");
    assert_eq!(found, [("format:badge".to_owned(), "482913".to_owned())]);
}

#[test]
fn a_bad_user_rule_is_named() {
    let error = Packs::with_rules([("mine.toml", "[[rules]]\nid = \"odd\"\nregex = '''(a'''\n")]).err().unwrap();
    assert!(error.contains("mine.toml") && error.contains("odd"), "{error}");
}

/// The corpora lie outside the repository; without them there is nothing to measure.
fn corpora() -> std::path::PathBuf {
    let beside = || std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora");
    std::env::var_os("AFTERMAIL_CORPORA").map_or_else(beside, Into::into)
}

#[test]
fn old_public_mail_gives_few_claims() {
    let mut folders = vec![corpora().join("spamassassin")];
    let packs = Packs::built_in();
    let (mut files, mut claims) = (0usize, std::collections::BTreeMap::<String, usize>::new());
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for path in entries.flatten().map(|e| e.path()) {
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(bytes) = std::fs::read(&path) {
                files += 1;
                for (rule, _) in hits(&packs, &String::from_utf8_lossy(&bytes)) {
                    if rule.starts_with("format:") {
                        *claims.entry(rule).or_default() += 1;
                    }
                }
            }
        }
    }
    let total: usize = claims.values().sum();
    println!("{files} files, {claims:?}");
    // One false claim in two thousand messages is the most that a reader bears.
    assert!(total * 2000 <= files.max(2000), "{claims:?} in {files} files");
}
