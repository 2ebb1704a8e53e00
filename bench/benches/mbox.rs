//! Splitting an mbox into messages and into ranges: `cargo bench -p bench --bench mbox`.

use aftermail_decode::mbox::{Mbox, ranges};
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// Four megabytes of plain messages.
fn store() -> Vec<u8> {
    let body = "The quarterly figures are attached; the meeting is on Thursday.\n>From here on nothing changes.\n".repeat(30);
    let message = format!("From anna@corp.example Mon Jan  1 10:00:00 2024\nFrom: anna@corp.example\nSubject: figures\n\n{body}\n");
    message.repeat((4 << 20) / message.len()).into_bytes()
}

#[divan::bench]
fn messages(bencher: Bencher<'_, '_>) {
    let store = store();
    bencher.counter(BytesCount::of_slice(&store)).bench(|| {
        let (mut mbox, mut count) = (Mbox::new(store.as_slice(), 0, 64 << 20), 0);
        while let Ok(Some(entry)) = mbox.next_entry() {
            count += entry.raw.len();
        }
        count
    });
}

#[divan::bench]
fn cuts(bencher: Bencher<'_, '_>) {
    let store = store();
    bencher.counter(BytesCount::of_slice(&store)).bench(|| {
        let mut count = 0;
        let _ = ranges(store.as_slice(), 1 << 20, |_, _| count += 1);
        count
    });
}
