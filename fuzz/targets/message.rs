//! Any bytes are a message, and every byte is accounted for.
#![no_main]

use aftermail_decode::{Limits, Sink, Tools, message, sniff};
use aftermail_model::{Gap, Locator, Part, Text};
use libfuzzer_sys::fuzz_target;

struct Count(u64);

impl Sink for Count {
    fn text(&mut self, text: Text) {
        self.0 += text.body.len() as u64;
    }
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, _: Gap) {}
}

fuzz_target!(|raw: &[u8]| {
    let _ = sniff(raw);
    let at = Locator { evidence: "e".into(), offset: 0, length: raw.len() as u64 };
    for format in ["eml", "emlx"] {
        let tools = Tools { limits: Limits { depth: 8, ..Limits::default() }, ..Tools::default() };
        let found = message(raw, at.clone(), format, &tools, &mut Count(0));
        assert_eq!(found.decoded_bytes + found.unread_bytes, found.expected_bytes);
    }
});
