//! What the targets that read whole files share.

use aftermail_decode::{Sink, Tools, file};
use aftermail_model::{Gap, Locator, Part, Sensitive, Text};

struct Nothing;

impl Sink for Nothing {
    fn text(&mut self, _: Text) {}
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, _: Gap) {}
}

/// Reads a file as a lone one, with a password at hand and little time to try it: every byte of it is accounted for.
pub fn read(bytes: &[u8]) {
    let passwords = [Sensitive::new("Obviously-Fake-77".to_owned())];
    let mut tools = Tools { passwords: &passwords, ..Tools::default() };
    tools.limits.lock_millis = 100;
    let message = file(bytes, "a", Locator::default(), "file", &tools, &mut Nothing);
    assert_eq!(message.expected_bytes, message.decoded_bytes + message.unread_bytes);
}
