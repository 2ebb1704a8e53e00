//! Answers of mail hosts, cut anywhere.
#![no_main]

use aftermail_assess::probe::{SERVICES, Step, Talk};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, bytes)) = bytes.split_first() else { return };
    let service = SERVICES[usize::from(first) % SERVICES.len()];
    let (mut talk, mut step) = Talk::new(service, "mail.x.example");
    for chunk in bytes.chunks(1 + usize::from(first) / SERVICES.len()) {
        if matches!(step, Step::Leave(_)) {
            break;
        }
        step = talk.hear(chunk);
    }
    for _ in 0..3 {
        if !matches!(step, Step::Leave(_)) {
            step = talk.ended();
        }
    }
    assert!(matches!(step, Step::Leave(_)), "{step:?}");
    assert!(!talk.judged().words.is_empty());
});
