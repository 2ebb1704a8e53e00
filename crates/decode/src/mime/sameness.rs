//! Tells the same message again in whatever format it is kept: by its Message-ID, its subject and the words of its body.
//!
//! Formats differ in line ends, wrapping, markup and what they keep beside a message; letters and digits stay. Where there are an
//! HTML body and a text one, the HTML counts, for Outlook writes the text one anew.

use super::hex;
use aftermail_model::{Layer, Message};
use xxhash_rust::xxh3::Xxh3;

/// Gathers the words of a message while it is walked.
#[derive(Default)]
pub(super) struct Sameness {
    html: Option<Box<Xxh3>>,
    plain: Option<Box<Xxh3>>,
}

impl Sameness {
    /// Takes note of a text, if it belongs to the body.
    pub(super) fn text(&mut self, layer: Layer, place: &str, media: &str, body: &str) {
        if place == "body" && layer == Layer::Visible {
            let face = if media == "text/html" { &mut self.html } else { &mut self.plain };
            words(body, face.get_or_insert_default());
        }
    }

    /// The value of [`Message::sameness`]: of a message without a Message-ID its key.
    pub(super) fn of(self, message: &Message) -> String {
        let id = message.message_id.as_deref().unwrap_or_default().trim_matches(|c: char| c == '<' || c == '>' || c.is_whitespace());
        if id.is_empty() {
            return message.key.clone();
        }
        let mut hash = Xxh3::new();
        hash.update(id.as_bytes());
        hash.update(&[0]);
        words(message.subject.as_deref().unwrap_or_default(), &mut hash);
        hash.update(&self.html.or(self.plain).map_or(0, |face| face.digest128()).to_le_bytes());
        hex(hash.digest128())
    }
}

/// Adds letters and digits, those of ASCII in lower case.
fn words(text: &str, hash: &mut Xxh3) {
    let mut buffer = Vec::with_capacity(1024);
    // A space that does not break is a space; formats differ in which they keep.
    for piece in text.split('\u{a0}') {
        for byte in piece.bytes().filter(|b| b.is_ascii_alphanumeric() || !b.is_ascii()) {
            if buffer.len() == buffer.capacity() {
                hash.update(&buffer);
                buffer.clear();
            }
            buffer.push(byte.to_ascii_lowercase());
        }
    }
    hash.update(&buffer);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(id: Option<&str>, subject: &str, bodies: &[(&str, &str)]) -> String {
        let mut sameness = Sameness::default();
        bodies.iter().for_each(|(media, body)| sameness.text(Layer::Visible, "body", media, body));
        let message = Message { message_id: id.map(str::to_owned), subject: Some(subject.into()), key: "own".into(), ..Message::default() };
        sameness.of(&message)
    }

    #[test]
    fn wrapping_and_markup_do_not_count_and_words_do() {
        let one = of(Some("<1@a.example>"), "Keys", &[("text/plain", "The door\r\ncode is  4711.")]);
        assert_eq!(one, of(Some("1@a.example"), "keys", &[("text/plain", "The door code\u{a0}is 4711.\n")]));
        assert_eq!(one, of(Some("<1@a.example>"), "Keys", &[("text/plain", "another face"), ("text/html", "The door code is 4711.")]));
        assert_ne!(one, of(Some("<1@a.example>"), "Keys", &[("text/plain", "The door code is 4712.")]));
        assert_ne!(one, of(Some("<2@a.example>"), "Keys", &[("text/plain", "The door code is 4711.")]));
        assert_eq!(of(None, "Keys", &[]), "own");
    }
}
