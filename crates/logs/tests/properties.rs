//! Whatever the bytes, reading ends, and places lie in the text.
#![allow(missing_docs)]

mod common;

use aftermail_logs::{Limits, text};
use common::kept;
use proptest::prelude::*;

const SEEDS: [&str; 6] = [
    "{\"Records\":[{\"eventName\":\"GetObject\",\"eventSource\":\"s3\",\"eventTime\":\"2024-01-01T00:00:00Z\"}],\"x\":1}",
    "\"CreationDate\",\"AuditData\"\n\"1/2/2024 1:00:00 AM\",\"{\"\"Operation\"\":\"\"Send\"\",\"\"CreationTime\"\":\"\"2024-01-02T01:00:00\"\"}\"\n",
    "[{\"Operation\":\"A\",\"CreationTime\":\"x\"}\n{\"Operation\":\"B\",\"CreationTime\":\"\"}]",
    "Jan 15 08:00:00 mx dovecot: imap-login: Login: user=<a>, rip=198.51.100.1, session=<x>\n",
    "#Fields: date time c-ip cs-method\n2024-01-01 00:00:00 198.51.100.1 GET\n",
    "2022-07-20T21:12:06.270Z,C,1,9,192.0.2.1:25,198.51.100.2:1,>,535 5.7.3 no,\n",
];

fn check(bytes: &[u8]) {
    let all = kept(bytes);
    let length = text(bytes, &Limits::default()).len() as u64;
    let places = all.events.iter().map(|e| e.raw).chain(all.rejects.iter().map(|r| r.raw));
    for raw in places {
        assert!(raw.offset + raw.length <= length);
    }
    assert!(all.events.iter().all(|e| !e.id.is_empty()));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_bytes_are_read_to_their_end(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        check(&bytes);
    }

    #[test]
    fn damaged_exports_are_read_to_their_end(seed in 0..SEEDS.len(), at in any::<prop::sample::Index>(), put in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = SEEDS[seed].as_bytes().to_vec();
        let place = at.index(bytes.len());
        bytes[place] = put;
        check(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        check(&bytes);
    }
}

#[test]
fn every_seed_is_whole() {
    for seed in SEEDS {
        let all = kept(seed.as_bytes());
        assert!(!all.events.is_empty() && all.rejects.is_empty(), "{seed}: {all:?}");
    }
}
