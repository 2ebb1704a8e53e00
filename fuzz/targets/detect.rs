//! What is found stands where the finder says.
#![no_main]

use aftermail_detect::{Packs, detect};
use aftermail_model::{Layer, Message, Text};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static PACKS: LazyLock<Packs> = LazyLock::new(Packs::built_in);

fuzz_target!(|body: &str| {
    let text = Text {
        part: 0,
        layer: Layer::Visible,
        place: "body".into(),
        media: "text/plain".into(),
        body: body.to_owned(),
        certainty: Vec::new(),
    };
    for hit in detect(&text, &Message::default(), &PACKS) {
        assert!(body.get(hit.start..hit.end).is_some_and(|s| !s.is_empty()));
    }
});
