//! Exports of logs, whatever they claim to be: read whole and in pieces.
#![no_main]

use aftermail_logs::{Hint, Limits, Reject, Sink, pieces, read, read_piece, text};
use aftermail_model::{Event, RawRef};
use libfuzzer_sys::fuzz_target;

#[derive(Default, PartialEq, Debug)]
struct Kept {
    events: Vec<Event>,
    rejects: Vec<Reject>,
}

impl Sink for Kept {
    fn event(&mut self, event: Event) {
        assert!(!event.id.is_empty());
        self.events.push(event);
    }
    fn reject(&mut self, reject: Reject) {
        self.rejects.push(reject);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { text_bytes: 1 << 20, record_bytes: 1 << 16 };
    let hint = Hint { year: Some(2024), limits, ..Hint::default() };
    let text = text(bytes, &hint.limits);
    let (mut whole, mut parts) = (Kept::default(), Kept::default());
    read(bytes, &hint, &mut whole);
    let inside = |raw: RawRef| assert!(raw.offset + raw.length <= text.len() as u64);
    whole.events.iter().map(|e| e.raw).chain(whole.rejects.iter().map(|r| r.raw)).for_each(inside);
    for piece in pieces(&text, 3, &hint) {
        read_piece(&text, piece, &hint, &mut parts);
    }
    assert_eq!(whole.events, parts.events);
});
