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
