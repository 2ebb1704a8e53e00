//! Answers of mail hosts, cut anywhere; connections come about or fail.
#![no_main]

use aftermail_assess::probe::{SERVICES, Step, Talk, Trouble};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let [first, second, bytes @ ..] = bytes else { return };
    let service = SERVICES[usize::from(*first) % SERVICES.len()];
    let (mut talk, mut step) = Talk::new(service, "mail.x.example");
    let mut chunks = bytes.chunks(1 + usize::from(*first) / SERVICES.len());
    let mut connections = 0;
    while !matches!(step, Step::Leave(_)) {
        step = match step {
            Step::Connect { .. } | Step::Secure => {
                connections += 1;
                assert!(connections < 5);
                match second >> (2 * (connections - 1)) & 3 {
                    0 => talk.failed(Trouble::NotTls),
                    1 => talk.failed(Trouble::Tls("it closed the connection".to_owned())),
                    _ => talk.connected(),
                }
            }
            Step::Send(_) | Step::Listen => match chunks.next() {
                Some(chunk) => talk.hear(chunk),
                None => talk.ended(),
            },
            Step::Leave(_) => unreachable!("the loop has ended"),
        };
    }
    assert!(!talk.judged().words.is_empty());
});
