//! Bytes of an mbox decoded per second on one core: `cargo run --release -p aftermail-decode --example throughput -- FILE`.

use aftermail_decode::{Limits, Sink, mbox::Mbox};
use aftermail_model::{Gap, Locator, Part, Text};
use std::time::Instant;

#[derive(Default)]
struct Count {
    texts: u64,
    parts: u64,
    gaps: u64,
}

impl Sink for Count {
    fn text(&mut self, text: Text) {
        self.texts += text.body.len() as u64;
    }
    fn part(&mut self, _: Part) {
        self.parts += 1;
    }
    fn gap(&mut self, _: Gap) {
        self.gaps += 1;
    }
}

fn main() {
    let Some(path) = std::env::args().nth(1) else {
        eprintln!("usage: throughput FILE.mbox");
        return;
    };
    let Ok(bytes) = std::fs::read(&path) else { return eprintln!("cannot read {path}") };
    let started = Instant::now();
    let mut ranges = 0;
    let _ = aftermail_decode::mbox::ranges(bytes.as_slice(), 4 << 20, |_, _| ranges += 1);
    println!("ranges   {ranges:>9}  {:>7.0} MB/s", bytes.len() as f64 / 1e6 / started.elapsed().as_secs_f64());
    let started = Instant::now();
    let mut mbox = Mbox::new(bytes.as_slice(), 0, 256 << 20);
    let (mut messages, mut count) = (0, Count::default());
    while let Ok(Some(entry)) = mbox.next_entry() {
        messages += 1;
        let at = Locator { evidence: String::new(), offset: entry.offset, length: entry.length };
        aftermail_decode::message(entry.raw, at, "mbox", &Limits::default(), &mut count);
    }
    println!("messages {messages:>9}  {:>7.0} MB/s", bytes.len() as f64 / 1e6 / started.elapsed().as_secs_f64());
    println!("parts {} gaps {} text bytes {}", count.parts, count.gaps, count.texts);
}
