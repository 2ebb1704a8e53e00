//! How fast files of a folder are decoded by one core, by the end of their names; those that are locked apart, for they cost what the
//! passwords cost that are tried: `cargo run --release -p aftermail-decode --example speed -- DIR…`.
#![allow(missing_docs)]

use aftermail_decode::{Key, Sink, Tools, file};
use aftermail_model::{Gap, Locator, Part, Reason, Text};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

#[derive(Default)]
struct Count {
    text: usize,
    locked: bool,
}

impl Sink for Count {
    fn text(&mut self, text: Text) {
        self.text += text.body.len();
    }
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, gap: Gap) {
        self.locked |= gap.reason == Reason::Encrypted;
    }
    fn opened(&mut self, _: u32, _: &str, _: Key) {
        self.locked = true;
    }
}

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).unwrap_or_else(|e| panic!("{}: {e}", dir.display())).flatten() {
        let path = entry.path();
        if path.is_dir() { files(&path, out) } else { out.push(path) }
    }
}

fn main() {
    let mut all = Vec::new();
    std::env::args().skip(1).for_each(|dir| files(Path::new(&dir), &mut all));
    // Bytes, text, and the best of five rounds.
    let mut kinds: BTreeMap<String, (usize, usize, usize, Duration)> = BTreeMap::new();
    for path in all {
        let bytes = std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let mut best = Duration::MAX;
        let mut count = Count::default();
        for _ in 0..5 {
            count = Count::default();
            let start = Instant::now();
            file(&bytes, "file", Locator::default(), "file", &Tools::default(), &mut count);
            best = best.min(start.elapsed());
        }
        let ending = path.extension().map_or_else(String::new, |e| e.to_string_lossy().to_lowercase());
        let sum = kinds.entry(if count.locked { "locked".to_owned() } else { ending }).or_default();
        *sum = (sum.0 + 1, sum.1 + bytes.len(), sum.2 + count.text, sum.3 + best);
    }
    let whole = kinds
        .iter()
        .filter(|(kind, _)| *kind != "locked")
        .map(|(_, sum)| sum)
        .fold((0, 0, 0, Duration::ZERO), |a, b| (a.0 + b.0, a.1 + b.1, a.2 + b.2, a.3 + b.3));
    kinds.insert("all".to_owned(), whole);
    println!("{:<8}{:>8}{:>10}{:>10}{:>10}{:>10}", "kind", "files", "MB", "text MB", "ms", "MB/s");
    for (kind, (files, bytes, text, time)) in kinds {
        let (mb, text) = (bytes as f64 / 1e6, text as f64 / 1e6);
        let rate = mb / time.as_secs_f64();
        println!("{kind:<8}{files:>8}{mb:>10.2}{text:>10.2}{:>10.1}{rate:>10.1}", time.as_secs_f64() * 1000.0);
    }
}
