//! How many events a second the two folds take: `cargo run --release -p aftermail-assess --example proof_speed -- LOG`.

use aftermail_assess::proof::{Hands, ProofFold};
use aftermail_assess::usage::UsageFold;
use aftermail_logs::{Hint, Reject, Sink, read};
use aftermail_model::{CaseKey, Event, ExposedSecret, Kind, Timestamp};
use std::time::Instant;

/// How often the log is seen.
const ROUNDS: usize = 20;
/// Exposed passwords, one in a hundred of them of each account that the log names first.
const SECRETS: usize = 2_000;

#[derive(Default)]
struct Events(Vec<Event>);

impl Sink for Events {
    fn event(&mut self, event: Event) {
        self.0.push(event);
    }
    fn reject(&mut self, _: Reject) {}
}

fn secrets(events: &[Event]) -> Vec<ExposedSecret> {
    let actors: Vec<&String> = events.iter().filter_map(|e| e.actor.as_ref()).take(1_000).collect();
    let account = |n: usize| if n % 100 < 3 { actors[n % actors.len()].clone() } else { format!("user{n}@corp.example") };
    let begin = events.iter().find_map(|e| e.time);
    let key = CaseKey::new([1; 32]);
    let secret = |n: usize| ExposedSecret {
        finding: key.fingerprint(&n.to_string()),
        kind: Kind::Password,
        credentials: Vec::new(),
        accounts: vec![account(n)],
        systems: Vec::new(),
        first_exposed: begin,
        last_exposed: begin,
        expires: None,
    };
    (0..SECRETS).map(secret).collect()
}

fn timed(name: &str, events: &[Event], mut see: impl FnMut(&Event)) {
    let begin = Instant::now();
    (0..ROUNDS).for_each(|_| events.iter().for_each(&mut see));
    let seconds = begin.elapsed().as_secs_f64();
    println!("{name}: {:.0} events a second", (events.len() * ROUNDS) as f64 / seconds);
}

fn main() -> std::io::Result<()> {
    let path = std::env::args().nth(1).ok_or_else(|| std::io::Error::other("name a log"))?;
    let mut events = Events::default();
    read(&std::fs::read(path)?, &Hint::default(), &mut events);
    events.0.sort_by_key(|e| e.time.unwrap_or(Timestamp(i64::MAX)));
    let secrets = secrets(&events.0);
    let mut usage = UsageFold::new(&secrets);
    timed("usage", &events.0, |e| usage.see(e));
    let mut proof = ProofFold::new(&secrets, Hands::default());
    timed("proof", &events.0, |e| proof.see(e));
    Ok(())
}
