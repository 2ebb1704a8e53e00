//! Exports of logs, whatever they claim to be.
#![no_main]

use aftermail_logs::{Hint, Limits, Reject, Sink, read, text};
use aftermail_model::{Event, RawRef};
use libfuzzer_sys::fuzz_target;

struct Places(u64);

impl Places {
    fn check(&self, raw: RawRef) {
        assert!(raw.offset + raw.length <= self.0);
    }
}

impl Sink for Places {
    fn event(&mut self, event: Event) {
        assert!(!event.id.is_empty());
        self.check(event.raw);
    }
    fn reject(&mut self, reject: Reject) {
        self.check(reject.raw);
    }
}

fuzz_target!(|bytes: &[u8]| {
    let limits = Limits { text_bytes: 1 << 20, record_bytes: 1 << 16 };
    let length = text(bytes, &limits).len() as u64;
    read(bytes, &Hint { year: Some(2024), limits }, &mut Places(length));
});
