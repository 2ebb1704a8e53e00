//! A text that was locked is believed sooner than the same text in the open.

use aftermail_detect::{Packs, detect, detect_in_locked, examples};
use aftermail_model::{Layer, Message, Text};

/// Lines that say more or less of their values.
const LINES: [&str; 11] = [
    "The safe in the cellar: 41-63-07",
    "router2Pw=qv-lw-7731",
    "rack_pw=abd-71-lw",
    "gate 5517#",
    "alarm 4471",
    "her phone opens with 290471",
    "store.hmac=6f1b0d2c9a7e4835bb20c1d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60712",
    "user Heron, then Marsh_Reed7",
    "wifi upstairs: reedbank otter",
    "combination 22 40 8",
    "password: Otter-Quay-19",
];

fn text(body: &str) -> Text {
    Text {
        part: 1,
        layer: Layer::Visible,
        place: "a.zip > a.txt".into(),
        media: "text/plain".into(),
        body: body.to_owned(),
        certainty: Vec::new(),
    }
}

#[test]
fn less_has_to_speak_for_a_value_that_was_locked() {
    let (packs, message) = (Packs::built_in(), Message::default());
    let mut more = 0;
    for line in LINES {
        let (open, locked) = (detect(&text(line), &message, &packs), detect_in_locked(&text(line), &message, &packs));
        for hit in &open {
            let same = locked.iter().find(|h| (h.start, h.end) == (hit.start, hit.end)).unwrap_or_else(|| panic!("{line} is lost"));
            assert!(same.confidence > hit.confidence && same.confidence <= 1.0, "{line}: {} {}", same.confidence, hit.confidence);
        }
        for hit in &locked {
            assert!(hit.confidence >= 0.5 && hit.because.iter().any(|b| b.contains("was locked")), "{line}: {hit:?}");
        }
        more += locked.len() - open.len();
        // What hardly anything speaks for is no secret in a locked file either.
        let unlikely = |hit: &aftermail_detect::Hit| {
            let weighed = examples(&text(line), &message, &packs);
            weighed.iter().any(|e| e.place == (hit.start..hit.end) && e.confidence < 0.1)
        };
        assert!(!locked.iter().any(unlikely), "{line}: {locked:?}");
    }
    assert!(more > 0, "the lock told nothing");
}
