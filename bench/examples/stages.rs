//! Where the time of one core goes: `cargo run --release -p bench --example stages -- FILE.mbox`.

use aftermail_decode::mbox::{Mbox, ranges};
use aftermail_decode::{Sink, Tools};
use aftermail_detect::thread::leads;
use aftermail_detect::{Packs, detect};
use aftermail_model::{Gap, Locator, Message, Part, Text};
use std::time::Instant;

#[derive(Default)]
struct Texts(Vec<Text>);

impl Sink for Texts {
    fn text(&mut self, text: Text) {
        self.0.push(text);
    }
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, _: Gap) {}
}

/// Runs a stage and prints bytes of the file per second.
fn stage(name: &str, bytes: usize, work: impl FnOnce() -> usize) {
    let started = Instant::now();
    let count = work();
    println!("{name:<14} {count:>9}  {:>7.0} MB/s", bytes as f64 / 1e6 / started.elapsed().as_secs_f64());
}

fn each(store: &[u8], mut with: impl FnMut(Message, Vec<Text>)) {
    let mut mbox = Mbox::new(store, 0, 256 << 20);
    while let Ok(Some(entry)) = mbox.next_entry() {
        let at = Locator { evidence: String::new(), offset: entry.offset, length: entry.length };
        let mut sink = Texts::default();
        let message = aftermail_decode::message(entry.raw, at, "mbox", &Tools::default(), &mut sink);
        with(message, sink.0);
    }
}

fn main() {
    let Some(path) = std::env::args().nth(1) else { return eprintln!("usage: stages FILE.mbox") };
    let Ok(store) = std::fs::read(&path) else { return eprintln!("cannot read {path}") };
    let started = Instant::now();
    let packs = Packs::built_in();
    println!("packs built in {:.0} ms", started.elapsed().as_secs_f64() * 1e3);
    stage("ranges", store.len(), || {
        let mut count = 0;
        let _ = ranges(store.as_slice(), 4 << 20, |_, _| count += 1);
        count
    });
    stage("split", store.len(), || {
        let (mut mbox, mut count) = (Mbox::new(store.as_slice(), 0, 256 << 20), 0);
        while let Ok(Some(_)) = mbox.next_entry() {
            count += 1;
        }
        count
    });
    let mut texts = 0;
    stage("split + decode", store.len(), || {
        each(&store, |_, t| texts += t.iter().map(|t| t.body.len()).sum::<usize>());
        texts
    });
    stage("and find", store.len(), || {
        let mut found = 0;
        each(&store, |message, texts| found += texts.iter().map(|t| detect(t, &message, &packs).len()).sum::<usize>());
        found
    });
    stage("and lead", store.len(), || {
        let mut lead = 0;
        each(&store, |message, texts| {
            lead += texts.iter().filter(|t| !leads(t, &detect(t, &message, &packs), &packs).is_empty()).count();
        });
        lead
    });
}
