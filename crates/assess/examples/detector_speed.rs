//! How fast all detectors take events: `cargo run --release -p aftermail-assess --example detector_speed -- EXPORT.csv [EVENTS]`. The export's
//! events are repeated with new ids, times and accounts until there are as many as asked for (700,000: a gigabyte of audit log).
#![allow(missing_docs)]

use aftermail_assess::signals::{Detectors, Scene};
use aftermail_logs::{Hint, Reject, Sink, read};
use aftermail_model::{Event, Timestamp};
use std::time::{Duration, Instant};

#[derive(Default)]
struct Kept(Vec<Event>);

impl Sink for Kept {
    fn event(&mut self, event: Event) {
        self.0.push(event);
    }
    fn reject(&mut self, _: Reject) {}
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let export = arguments.next().expect("the path of an export");
    let want: usize = arguments.next().map_or(700_000, |n| n.parse().expect("a number of events"));
    let mut kept = Kept::default();
    read(&std::fs::read(&export).expect("the export"), &Hint::default(), &mut kept);
    kept.0.sort_by_key(|e| e.time);
    let mut detectors = Detectors::new(Scene::default());
    let mut taken = Duration::ZERO;
    for (n, template) in kept.0.iter().cycle().take(want).enumerate() {
        let round = n / kept.0.len();
        let mut event = template.clone();
        event.id = format!("{n:032x}");
        event.time = Some(Timestamp(1_700_000_000 + n as i64 * 20));
        // Each round has accounts and sessions of its own for a while.
        event.actor = event.actor.map(|a| format!("{}{a}", round % 50));
        event.session = event.session.map(|s| format!("{round}{s}"));
        let start = Instant::now();
        detectors.see(&event);
        taken += start.elapsed();
    }
    let start = Instant::now();
    let seen = detectors.finish();
    taken += start.elapsed();
    println!(
        "{want} events in {:.1} s: {:.0} a second; {} signals",
        taken.as_secs_f64(),
        want as f64 / taken.as_secs_f64(),
        seen.signals.len()
    );
    for text in &seen.cannot_say {
        println!("cannot say: {text}");
    }
}
