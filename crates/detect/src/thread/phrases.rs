//! What people say of a secret that stands in another message: data in `packs/cues/threads.tsv`, found in one pass.

use crate::anchors::Literals;
use std::ops::Range;

/// The pack as it lies in the repository.
const PACK: &str = include_str!("../../../../packs/cues/threads.tsv");

/// What a phrase says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sense {
    /// The secret comes by another way.
    Promise,
    /// The first piece of a secret stands here.
    First,
    /// The last one does.
    Last,
    /// A piece does; which one, the other message tells.
    Piece,
    /// How pieces are put together.
    Join,
    /// Asks for a secret.
    Ask,
    /// Something was changed: a secret, if the sentence says so.
    Changed,
    /// A secret opens nothing any more.
    Dead,
    /// What its sentence says did not happen yet, or not at all.
    Never,
    /// A part stands for another one: "24 instead of 23".
    Instead,
    /// "7, not 1", where both stand beside it.
    Not,
    /// Something is put behind: "plus an exclamation mark".
    Append,
    /// A letter is small.
    Small,
    /// A letter is a capital.
    Capital,
    /// Made like another secret: "the same as for the till".
    Same,
    /// Something else that has halves and numbers: an order, a file.
    Other,
    /// Announces the name of an account.
    Account,
    /// Announces a secret.
    Secret,
}

impl Sense {
    fn parse(word: &str) -> Option<Sense> {
        Some(match word {
            "promise" => Sense::Promise,
            "first" => Sense::First,
            "last" => Sense::Last,
            "piece" => Sense::Piece,
            "join" => Sense::Join,
            "ask" => Sense::Ask,
            "changed" => Sense::Changed,
            "dead" => Sense::Dead,
            "never" => Sense::Never,
            "instead" => Sense::Instead,
            "not" => Sense::Not,
            "append" => Sense::Append,
            "small" => Sense::Small,
            "capital" => Sense::Capital,
            "same" => Sense::Same,
            "other" => Sense::Other,
            _ => return None,
        })
    }
}

/// A phrase at its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Said {
    pub sense: Sense,
    pub at: Range<usize>,
}

/// All phrases.
pub(crate) struct Phrases {
    literals: Literals,
    senses: Vec<(Sense, bool)>,
}

impl Phrases {
    /// The phrases of the pack, and the words that announce accounts and secrets.
    pub(crate) fn new(accounts: impl Iterator<Item = &'static str>, secrets: impl Iterator<Item = &'static str>) -> Phrases {
        let cues = accounts.map(|w| (Sense::Account, w)).chain(secrets.map(|w| (Sense::Secret, w)));
        let mut words = Vec::new();
        let mut senses = Vec::new();
        for (sense, word) in rows().chain(cues) {
            for spelling in crate::words::spellings(word) {
                words.push(spelling);
                senses.push((sense, crate::words::runs_together(word)));
            }
        }
        Phrases { literals: Literals::new(words.iter().map(String::as_str)), senses }
    }

    /// Every phrase that stands as words in the text, in order; places are those of the whole text.
    pub(crate) fn said(&self, body: &str, within: Range<usize>) -> Vec<Said> {
        let Some(text) = body.get(within.clone()) else { return Vec::new() };
        // A phrase may be broken over two lines.
        let text = &unbroken(text);
        let found = self.literals.find(text).into_iter().filter_map(|(literal, at)| {
            let (sense, glued) = self.senses[literal];
            (glued || is_bounded(text, at.start, at.end)).then(|| Said { sense, at: within.start + at.start..within.start + at.end })
        });
        let mut found: Vec<Said> = found.collect();
        found.sort_by_key(|s| (s.at.start, s.at.end));
        found
    }
}

/// The text with a blank for each end of a line within a paragraph; every byte keeps its place.
fn unbroken(text: &str) -> String {
    let mut before = '\n';
    let mut chars = text.chars().peekable();
    let mut out = String::with_capacity(text.len());
    while let Some(c) = chars.next() {
        let inside = c == '\n' && before != '\n' && chars.peek().is_some_and(|next| *next != '\n');
        out.push(if inside { ' ' } else { c });
        before = c;
    }
    out
}

/// Whether the place is no part of a longer word. A short ending of inflection counts as part of it.
fn is_bounded(text: &str, start: usize, end: usize) -> bool {
    let letter = |c: char| c.is_alphanumeric();
    let open = text[start..end].ends_with(|c: char| !letter(c));
    let ending = text[end..].chars().take_while(|c| letter(*c)).take(4).count();
    let inflected = ending <= 2 && end - start >= 6;
    !text[..start].ends_with(letter) && (open || ending == 0 || inflected)
}

fn rows() -> impl Iterator<Item = (Sense, &'static str)> {
    PACK.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).filter_map(row).flatten()
}

fn row(line: &'static str) -> Option<impl Iterator<Item = (Sense, &'static str)>> {
    let mut columns = line.split('\t');
    let (sense, _language, words) = (Sense::parse(columns.next()?)?, columns.next()?, columns.next()?);
    Some(words.split('|').map(move |word| (sense, word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_pack_is_understood() {
        for line in PACK.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
            assert!(row(line).is_some() && !line.contains("||") && !line.ends_with('|'), "{line}");
        }
        assert!(rows().all(|(_, w)| w == w.to_lowercase() && !w.is_empty()), "phrases stand in lower case");
    }

    #[test]
    fn phrases_are_words() {
        let phrases = Phrases::new(["user"].into_iter(), ["password"].into_iter());
        let senses = |text: &str| phrases.said(text, 0..text.len()).into_iter().map(|s| s.sense).collect::<Vec<_>>();
        assert_eq!(senses("The password follows separately."), [Sense::Secret, Sense::Promise]);
        assert!(senses("It comes in a separate\nmail").contains(&Sense::Promise));
        assert_eq!(senses("enrolled passwordless users"), []);
    }
}
