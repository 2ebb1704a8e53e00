//! What may open a locked file though nothing weighs enough to be called a secret: what people tell in passing, and what they
//! say a password is made of.
//!
//! A guess is never reported for itself. It is tried on a lock, and what opens one is proven by that.

mod made;
mod numbers;
mod phrases;

use crate::thread::own;
use aftermail_model::{Layer, RevealPermit, Sensitive, Text};
pub use made::{composed, is_made_of, of_name};
pub(crate) use phrases::tells;
use std::collections::HashSet;
use std::ops::Range;

/// Most guesses of one message: each try at a lock costs up to 25 ms.
pub const MOST_GUESSES: usize = 240;
/// Characters of a guess. Shorter ones are what every lock would have to be tried with; a longer one is a sentence.
const LENGTHS: std::ops::RangeInclusive<usize> = 4..=64;
/// Words of a message in which any word may be the key.
const SHORT: usize = 60;

/// Something that may open a lock.
#[derive(Debug, Clone)]
pub struct Guess {
    /// Index of its text.
    pub text: usize,
    /// Byte range of what stands there.
    pub place: Range<usize>,
    /// What is tried: what stands there, or a form of it.
    pub value: Sensitive<String>,
}

/// How likely a guess is, the likeliest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Likely {
    /// Behind a colon, in quotes.
    Told,
    /// A word with digits, signs or capitals inside.
    Odd,
    /// Alone on its line.
    Alone,
    /// A number without the signs between its digits, a code without its blanks, the end of one.
    Number,
    /// A word of a short message.
    Word,
    /// The last words of a sentence of a short message.
    Ending,
    /// Several words told, run together.
    Joined,
}

/// What may be a key in the texts of one message, the likeliest first, each value once, at most [`MOST_GUESSES`].
pub fn guesses(texts: &[Text]) -> Vec<Guess> {
    let mut found = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        of_text(text, &mut |likely, place, value: String| {
            if LENGTHS.contains(&value.chars().count()) {
                found.push((likely, Guess { text: index, place, value: Sensitive::new(value) }));
            }
        });
    }
    found.sort_by_key(|(likely, _)| *likely);
    let permit = RevealPermit::recorded();
    let mut seen = HashSet::new();
    found.retain(|(_, guess)| seen.insert(guess.value.reveal(&permit).clone()));
    found.truncate(MOST_GUESSES);
    found.into_iter().map(|(_, guess)| guess).collect()
}

/// Takes a guess: how likely, where, what.
type Take<'a> = &'a mut dyn FnMut(Likely, Range<usize>, String);

fn of_text(text: &Text, take: Take<'_>) {
    if !matches!(text.layer, Layer::Visible | Layer::Ocr) {
        return;
    }
    let body = text.body.as_str();
    let own = own::ranges(body);
    let short = own.iter().map(|r| body[r.clone()].split_whitespace().take(SHORT + 1).count()).sum::<usize>() <= SHORT;
    // An attachment is searched for what its words call a secret; what it tells in passing is told to few.
    if !short && !matches!(text.place.as_str(), "body" | "subject") {
        return;
    }
    for range in &own {
        phrases::told(body, range, short, take);
        phrases::words(body, range, short, take);
        if short {
            phrases::endings(body, range, take);
        }
    }
    // Below the signature too: telephone numbers, postcodes.
    numbers::read(&body[..body.floor_char_boundary(own::MOST.min(body.len()))], take);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(body: &str) -> Vec<String> {
        let text = Text {
            part: 1,
            layer: Layer::Visible,
            place: "body".into(),
            media: "text/plain".into(),
            body: body.into(),
            certainty: Vec::new(),
        };
        let permit = RevealPermit::recorded();
        guesses(&[text]).iter().map(|g| g.value.reveal(&permit).clone()).collect()
    }

    #[test]
    fn what_is_told_in_few_words_is_a_guess() {
        for (body, value) in [
            ("Hello Bo,\nwith blanks and all: three grey herons\n\nAda", "three grey herons"),
            ("It opens with \u{201c}Heron Lake\u{201d} this time.", "Heron Lake"),
            ("Hi,\n\nheron under the bridge\n\nAda", "heron under the bridge"),
            ("You need what we call the boat, marsh hen.", "marsh hen"),
            ("The colour of my door: grey heron (no blank)", "greyheron"),
            ("It is the name of the dog, Bramble.", "Bramble"),
            ("Our postcode.\n\n-- \nAda\nReed Lane 4, ZX9 4QP", "ZX94QP"),
            ("My mobile number, as always.\n-- \nAda, +49 (171) 555-0142", "01715550142"),
            ("You know when I was born (14.03.1971).", "14031971"),
        ] {
            assert!(values(body).iter().any(|v| v == value), "{body:?}: {:?}", values(body));
        }
    }

    #[test]
    fn the_likeliest_comes_first_and_all_are_few() {
        let found = values("The gate needs it.\nHere you are: Reed-Otter-5\nSee you on Monday");
        assert_eq!(found[0], "Reed-Otter-5");
        let long: String = (0..3000).map(|n| format!("Word{n} ")).collect();
        assert_eq!(values(&long).len(), MOST_GUESSES);
    }
}
