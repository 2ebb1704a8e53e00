//! The one choke point that redacts: every string of a message that goes to a table, a terminal or a report
//! passes through a [`Redactor`] that knows the values found in that message.

use crate::shape;

/// Replaces known secret values in text by their shape.
#[derive(Default)]
pub struct Redactor {
    /// Longest first, so that a password inside a connection string does not break up the longer value.
    values: Vec<String>,
}

/// A value shorter than this stands in too many innocent words to be replaced inside them.
const SHORTEST_INSIDE_A_WORD: usize = 6;
/// What is left of a value without the signs around it is replaced too from this length on, in bytes.
const SHORTEST_WITHOUT_SIGNS: usize = 4;

impl Redactor {
    /// A redactor for the values found in one message.
    pub fn new<I: IntoIterator<Item = String>>(values: I) -> Redactor {
        let mut values: Vec<String> = values.into_iter().filter(|v| !v.is_empty()).collect();
        // A string may quote a value without the sign that it ends with.
        let bare: Vec<String> = values.iter().map(|v| v.trim_matches(|c: char| !c.is_alphanumeric()).to_owned()).collect();
        values.extend(bare.into_iter().filter(|bare| bare.len() >= SHORTEST_WITHOUT_SIGNS));
        values.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        values.dedup();
        Redactor { values }
    }

    /// What is replaced: the values, also without the signs around them.
    pub fn values(&self) -> impl Iterator<Item = &str> {
        self.values.iter().map(String::as_str)
    }

    /// The text with every known value replaced. Values of fewer than six bytes are replaced where they stand alone.
    pub fn apply(&self, text: &str) -> String {
        let mut out = text.to_owned();
        for value in &self.values {
            if !out.contains(value.as_str()) {
                continue;
            }
            out = if value.len() >= SHORTEST_INSIDE_A_WORD {
                out.replace(value.as_str(), &format!("[{}]", shape(value)))
            } else {
                replace_whole_words(&out, value)
            };
        }
        out
    }

    /// [`Redactor::apply`] in place, leaving untouched text as it is.
    pub fn apply_to(&self, text: &mut String) {
        if self.values.iter().any(|v| text.contains(v.as_str())) {
            *text = self.apply(text);
        }
    }
}

fn replace_whole_words(text: &str, value: &str) -> String {
    let replacement = format!("[{}]", shape(value));
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(value) {
        let before = rest[..at].chars().next_back().is_some_and(char::is_alphanumeric);
        let after = rest[at + value.len()..].chars().next().is_some_and(char::is_alphanumeric);
        out.push_str(&rest[..at]);
        out.push_str(if before || after { value } else { &replacement });
        rest = &rest[at + value.len()..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longer_value_goes_first() {
        let redactor = Redactor::new(["Stech.Uhr_0700".to_owned(), "Server=db;Password=Stech.Uhr_0700".to_owned()]);
        let out = redactor.apply("see Server=db;Password=Stech.Uhr_0700 now, or Stech.Uhr_0700");
        assert!(!out.contains("Stech.Uhr"), "{out}");
        assert_eq!(out.matches("chars]").count(), 2, "{out}");
    }

    #[test]
    fn a_short_value_is_replaced_only_where_it_stands_alone() {
        let redactor = Redactor::new(["4093".to_owned()]);
        assert_eq!(redactor.apply("PIN 4093, order 140930"), "PIN [•••••, 4 digits], order 140930");
    }

    #[test]
    fn a_value_is_replaced_without_the_sign_it_ends_with() {
        let redactor = Redactor::new(["Stech.Uhr_0700!".to_owned(), "a!".to_owned()]);
        assert_eq!(redactor.apply("a clock: Stech.Uhr_0700"), "a clock: [St•••••00, 14 chars]");
    }
}
