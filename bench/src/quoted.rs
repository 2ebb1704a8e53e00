//! Invented mail as it looks in a mailbox: with another mail quoted below it, or quoted itself below another one.

use crate::mbox;
use crate::random::Random;
use anyhow::{Context, Result, ensure};
use clap::ValueEnum;
use mail_parser::MessageParser;
use std::path::Path;

/// Where the other mail stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Place {
    /// The mail answers the other one, which is quoted below it.
    Below,
    /// The other mail answers it: it is quoted below that.
    Above,
}

/// Bytes of the other mail.
const LENGTH: std::ops::Range<usize> = 800..6000;
const WROTE: &str = "On Mon, 3 Feb 2025 at 10:12, Someone wrote:\n";

/// Texts of mail without secrets.
pub struct Others {
    texts: Vec<String>,
    random: Random,
}

impl Others {
    /// The texts of the `.eml` files below a folder.
    ///
    /// # Errors
    /// Where a file cannot be read, or none has such a text.
    pub fn load(folder: &Path) -> Result<Others> {
        let mut files = Vec::new();
        mbox::walk(folder, &mut files)?;
        files.sort();
        let with_secrets = crate::ham::files_with_secrets();
        let mut texts = Vec::new();
        for file in files.iter().filter(|f| !with_secrets.contains(f.file_name().unwrap_or_default().to_string_lossy().as_ref())) {
            let raw = std::fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
            let text = MessageParser::default().parse(&raw).and_then(|m| m.body_text(0).map(|t| t.into_owned()));
            texts.extend(text.filter(|t| LENGTH.contains(&t.len())));
        }
        ensure!(!texts.is_empty(), "no text of {} to {} bytes below {}", LENGTH.start, LENGTH.end, folder.display());
        Ok(Others { texts, random: Random::new(1) })
    }

    /// A body with another one.
    pub fn with(&mut self, body: &str, place: Place) -> String {
        let other = self.random.pick(&self.texts);
        let [answer, asked] = if place == Place::Below { [body, other] } else { [other, body] };
        let quoted: String = asked.lines().map(|line| format!("> {line}\n")).collect();
        format!("{}\n\n{WROTE}{quoted}", answer.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_stands_above_what_it_answers() {
        let mut others = Others { texts: vec!["other\nmail".to_owned()], random: Random::new(1) };
        assert_eq!(others.with("own\n", Place::Below), format!("own\n\n{WROTE}> other\n> mail\n"));
        assert_eq!(others.with("own\n", Place::Above), format!("other\nmail\n\n{WROTE}> own\n"));
    }
}
