//! What the tests share.
#![allow(dead_code, missing_docs)]

use aftermail_logs::{Hint, Reject, Sink, Why, read};
use aftermail_model::Event;
use std::path::{Path, PathBuf};

#[derive(Debug, Default)]
pub struct Kept {
    pub events: Vec<Event>,
    pub rejects: Vec<Reject>,
}

impl Sink for Kept {
    fn event(&mut self, event: Event) {
        self.events.push(event);
    }
    fn reject(&mut self, reject: Reject) {
        self.rejects.push(reject);
    }
}

impl Kept {
    pub fn whys(&self) -> Vec<Why> {
        self.rejects.iter().map(|r| r.why).collect()
    }
}

pub fn kept(bytes: &[u8]) -> Kept {
    let mut kept = Kept::default();
    read(bytes, &Hint { year: Some(2024), ..Hint::default() }, &mut kept);
    kept
}

/// A set of real logs, beside the corpora or beside the repository; none where they are absent, unless they must be there.
pub fn logs(set: &str) -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/logs");
    let path = std::env::var_os("AFTERMAIL_CORPORA").map_or(beside, |c| Path::new(&c).with_file_name("logs")).join(set);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("AFTERMAIL_LOGS_REQUIRED").is_none(), "the logs are required and absent");
    eprintln!("NOTICE: the logs are absent; a test did not run");
    None
}

pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() { out.extend(files_below(&path)) } else { out.push(path) }
    }
    out.sort();
    out
}

pub fn one(text: &str) -> Event {
    let mut all = kept(text.as_bytes());
    assert!(all.rejects.is_empty() && all.events.len() == 1, "{text}: {all:?}");
    all.events.remove(0)
}

/// What was read, as `field=value` in the order of the fields; what the record does not say is left out.
pub fn told(e: &Event) -> String {
    let mut out = vec![e.source.as_str().to_owned(), e.operation.clone(), e.time.map(|t| t.to_string()).unwrap_or_default()];
    let credential = e.credential.as_ref().map(ToString::to_string);
    for (name, value) in [
        ("actor", &e.actor),
        ("target", &e.target),
        ("app", &e.app),
        ("credential", &credential),
        ("session", &e.session),
        ("token", &e.token),
        ("address", &e.address),
        ("agent", &e.agent),
        ("result", &e.result),
    ] {
        out.extend(value.as_ref().map(|v| format!("{name}={v}")));
    }
    out.push(format!("{:?} by {:?}", e.outcome, e.actor_kind));
    out.join(" ")
}

/// Each export holds one record, of which this must be told.
pub fn assert_told(cases: &[(&str, &str)]) {
    let wrong = cases.iter().map(|(text, want)| (text, told(&one(text)), *want)).filter(|(_, got, want)| got != want);
    let wrong: Vec<String> = wrong.map(|(text, got, want)| format!("{text}\n   got {got}\n  want {want}")).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
