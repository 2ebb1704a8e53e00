//! Evidence for the tests of the engine, written on the spot.
#![allow(dead_code, reason = "each test file uses its own share of this")]

use aftermail_engine::{Cancel, EvidenceFile, Item, Options, Totals};
use aftermail_model::CaseKey;
use std::path::{Path, PathBuf};

/// A value that no detector can miss and nobody owns.
pub const SECRET: &str = "Marmot-Teapot-77!";

pub fn options() -> Options {
    Options {
        key: CaseKey::new([9; 32]),
        rules: Vec::new(),
        reveal: false,
        personal: false,
        directory: Default::default(),
        ignores: Vec::new(),
        sandbox: true,
        workers: 2,
        worker_memory: 1 << 30,
        item_seconds: 20,
        item_bytes: 64 << 20,
        models: None,
        passwords: Vec::new(),
        worker: Some(PathBuf::from(env!("CARGO_BIN_EXE_engine-test-worker"))),
    }
}

pub fn message(n: usize, extra: &str, body: &str) -> String {
    format!(
        "From: Ann <ann@example.com>\nTo: Bob <bob@example.com>\nSubject: number {n}\nDate: Mon, 8 Apr 2024 10:00:00 +0000\n\
         Message-ID: <{n}@example.com>\n{extra}\n{body}\n"
    )
}

/// One `.eml` file per message.
pub fn files(folder: &Path, messages: &[String]) -> Vec<EvidenceFile> {
    let file = |(n, text): (usize, &String)| {
        let path = folder.join(format!("{n:05}.eml"));
        std::fs::write(&path, text).unwrap();
        evidence(&path)
    };
    messages.iter().enumerate().map(file).collect()
}

/// One mbox of all messages.
pub fn mbox(path: &Path, messages: &[String]) -> EvidenceFile {
    let text: String = messages.iter().map(|m| format!("From ann@example.com Mon Apr  8 10:00:00 2024\n{m}\n")).collect();
    std::fs::write(path, text).unwrap();
    evidence(path)
}

pub fn evidence(path: &Path) -> EvidenceFile {
    let name = path.file_name().unwrap().to_string_lossy().into_owned();
    EvidenceFile { id: name, path: path.to_owned(), size: std::fs::metadata(path).map_or(0, |m| m.len()), folder: None, custodian: None }
}

pub fn scan(files: &[EvidenceFile], options: &Options) -> (Totals, Vec<Item>) {
    let mut items = Vec::new();
    let totals = aftermail_engine::scan(files, options, &Cancel::default(), &mut |_| {}, &mut |i| items.push(i)).unwrap();
    items.sort_by(|a, b| a.message.at.cmp(&b.message.at));
    (totals, items)
}

/// Messages of about 3 KB each, every tenth with a password.
pub fn many(n: usize) -> Vec<String> {
    let body = |i: usize| {
        let filler: String = (0..60).map(|line| format!("Line {line} of message {i}: the quarterly report is on its way.\n")).collect();
        if i.is_multiple_of(10) { format!("{filler}\nPassword: Kestrel-{i}-Falcon!\n") } else { filler }
    };
    (0..n).map(|i| message(i, "", &body(i))).collect()
}
