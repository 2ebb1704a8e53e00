//! Texts in which nothing was found, by hash, so that they are not searched again: signatures, disclaimers, attachments
//! that go round.
//!
//! Only barren texts are remembered. One that holds a secret is searched every time, so what is found does not depend on
//! what a worker happened to read before.

use aftermail_model::{Layer, Text};
use std::collections::HashSet;
use xxhash_rust::xxh3::Xxh3;

/// A shorter text is searched faster than it is looked up.
const SHORTEST: usize = 256;
/// Hashes of one generation; two are kept.
const GENERATION: usize = 32 << 10;

/// A bounded memory: when the young generation is full, the old one is forgotten.
#[derive(Default)]
pub(crate) struct Seen {
    young: HashSet<u128>,
    old: HashSet<u128>,
}

impl Seen {
    /// The name under which a text is remembered, if it is worth it. Words of the subject can make a secret of what stands in
    /// a body, so a body is remembered together with its subject.
    pub(crate) fn name(text: &Text, subject: Option<&str>) -> Option<u128> {
        if text.body.len() < SHORTEST || text.layer == Layer::Header {
            return None;
        }
        let mut hash = Xxh3::new();
        if text.place == "body" {
            hash.update(subject.map(thread_of).unwrap_or_default().as_bytes());
        } else {
            hash.update(text.place.as_bytes());
        }
        for piece in ["\0", text.media.as_str(), "\0", text.layer.as_str(), "\0", text.body.as_str()] {
            hash.update(piece.as_bytes());
        }
        Some(hash.digest128())
    }

    pub(crate) fn contains(&self, name: u128) -> bool {
        self.young.contains(&name) || self.old.contains(&name)
    }

    pub(crate) fn insert(&mut self, name: u128) {
        if self.young.len() >= GENERATION {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(name);
    }
}

/// The subject without `Re:`, `Fwd:`, `AW:` and the like.
fn thread_of(subject: &str) -> &str {
    let mut rest = subject.trim();
    while let Some((prefix, tail)) = rest.split_once(':') {
        if prefix.is_empty() || prefix.chars().count() > 4 || !prefix.chars().all(char::is_alphanumeric) {
            break;
        }
        rest = tail.trim();
    }
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(place: &str, body: &str) -> Text {
        Text {
            part: 0,
            layer: Layer::Visible,
            place: place.into(),
            media: "text/plain".into(),
            body: body.repeat(100),
            certainty: Vec::new(),
        }
    }

    #[test]
    fn a_reply_is_the_same_text_and_another_subject_is_not() {
        let body = text("body", "hello ");
        assert_eq!(Seen::name(&body, Some("Re: AW: Lunch")), Seen::name(&body, Some("Lunch")));
        assert_ne!(Seen::name(&body, Some("password")), Seen::name(&body, Some("Lunch")));
        assert_eq!(Seen::name(&text("a.txt", "x"), Some("one")), Seen::name(&text("a.txt", "x"), Some("two")));
    }

    #[test]
    fn memory_is_bounded_and_the_newest_stay() {
        let mut seen = Seen::default();
        (0..5 * GENERATION as u128).for_each(|n| seen.insert(n));
        assert!(seen.young.len() + seen.old.len() <= 2 * GENERATION);
        assert!(seen.contains(5 * GENERATION as u128 - 1) && !seen.contains(0));
    }
}
