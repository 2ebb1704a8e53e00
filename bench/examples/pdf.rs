//! How much of what pdftotext (poppler-utils) reads in PDFs is read here too, and how fast.
//!
//! `cargo run --release -p bench --example pdf -- DIR…`
#![allow(missing_docs)]

use aftermail_decode::{Sink, Tools, message};
use aftermail_model::{Gap, Locator, Part, Text};
use base64::Engine as _;
use std::collections::BTreeMap;
use std::hash::Hash;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

/// Files that differ this much are listed.
const LISTED: f64 = 0.98;

#[derive(Default)]
struct Kept(String);

impl Sink for Kept {
    fn text(&mut self, text: Text) {
        self.0.push_str(&text.body);
        self.0.push('\n');
    }
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, _: Gap) {}
}

fn pdfs(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(dir).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            pdfs(&path, out);
        } else if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("pdf")) {
            out.push(path);
        }
    }
}

/// All that decoding says of a file that is attached to a mail.
fn ours(bytes: &[u8]) -> (String, Duration) {
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let head = "Subject: s\nContent-Type: application/pdf; name=a.pdf\nContent-Transfer-Encoding: base64\n\n";
    let mut kept = Kept::default();
    let raw = format!("{head}{encoded}\n");
    let start = Instant::now();
    message(raw.as_bytes(), Locator::default(), "eml", &Tools::default(), &mut kept);
    (kept.0, start.elapsed())
}

/// How many of the one side's items the other has too, and how many there are.
fn shared<T: Eq + Hash + Ord>(reference: impl Iterator<Item = T>, found: impl Iterator<Item = T>) -> (usize, usize) {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    found.for_each(|item| *counts.entry(item).or_default() += 1);
    let (mut hit, mut all) = (0, 0);
    for item in reference {
        all += 1;
        if let Some(n) = counts.get_mut(&item).filter(|n| **n > 0) {
            *n -= 1;
            hit += 1;
        }
    }
    (hit, all)
}

fn main() {
    let mut files = Vec::new();
    std::env::args().skip(1).for_each(|dir| pdfs(Path::new(&dir), &mut files));
    files.sort();
    let (mut letters, mut words, mut bytes) = ((0, 0), (0, 0), 0);
    let (mut mine, mut theirs) = (Duration::ZERO, Duration::ZERO);
    for path in &files {
        let Ok(content) = std::fs::read(path) else { continue };
        let start = Instant::now();
        let output = Command::new("pdftotext").arg("-q").arg(path).arg("-").output().expect("pdftotext is installed (poppler-utils)");
        theirs += start.elapsed();
        let reference = String::from_utf8_lossy(&output.stdout);
        let (text, taken) = ours(&content);
        mine += taken;
        bytes += content.len();
        let visible = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<Vec<char>>();
        let one = shared(visible(&reference).into_iter(), visible(&text).into_iter());
        let two = shared(reference.split_whitespace(), text.split_whitespace());
        letters = (letters.0 + one.0, letters.1 + one.1);
        words = (words.0 + two.0, words.1 + two.1);
        let part = |(hit, all): (usize, usize)| if all == 0 { 1.0 } else { hit as f64 / all as f64 };
        if part(two) < LISTED {
            println!("{:.3} of {} characters, {:.3} of {} words: {}", part(one), one.1, part(two), two.1, path.display());
        }
    }
    println!("{} files, {bytes} bytes", files.len());
    println!("characters of pdftotext that are read: {:.4} of {}", letters.0 as f64 / letters.1.max(1) as f64, letters.1);
    println!("words: {:.4} of {}", words.0 as f64 / words.1.max(1) as f64, words.1);
    println!("time: {:.2} s here, {:.2} s pdftotext", mine.as_secs_f64(), theirs.as_secs_f64());
}
