//! What people of one language write: sentences, words, names, from `bench/data/mail/LANG.txt`.
//!
//! A file is sections (`@name`) of one sentence a line. `= ` before a sentence: a labelled value rather than prose. ` >> ` parts
//! the messages of a thread.

use super::template::{Piece, parse};
use crate::random::Random;
use anyhow::{Context, Result};
use std::collections::HashMap;

/// A sentence, or the messages of a thread.
#[derive(Debug, Clone)]
pub struct Frame {
    /// One per message.
    pub messages: Vec<Vec<Piece>>,
    /// The value stands behind a label.
    pub assigned: bool,
}

/// Sections of one language.
#[derive(Debug)]
pub struct Language {
    /// As in the labelled sets: "de", "hi-en".
    pub code: &'static str,
    /// How often it is taken.
    pub weight: usize,
    frames: HashMap<String, Vec<Frame>>,
    lists: HashMap<String, Vec<String>>,
    labels: HashMap<String, Vec<String>>,
}

/// Sections whose lines are words or names, not sentences.
const LISTS: &[&str] = &["words", "latin", "first", "last", "sector"];

impl Language {
    /// Reads the text of a file.
    ///
    /// # Errors
    /// Where a sentence does not parse.
    pub fn parse(code: &'static str, weight: usize, text: &str) -> Result<Language> {
        let mut language = Language { code, weight, frames: HashMap::new(), lists: HashMap::new(), labels: HashMap::new() };
        let mut section = String::new();
        for (at, line) in text.lines().enumerate().filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#')) {
            match line.strip_prefix('@') {
                Some(name) => section = name.trim().to_owned(),
                None => language.line(&section, line).with_context(|| format!("{code}, line {}", at + 1))?,
            }
        }
        Ok(language)
    }

    fn line(&mut self, section: &str, line: &str) -> Result<()> {
        if LISTS.contains(&section) {
            let words = line.split_whitespace().map(|w| w.replace('_', " "));
            self.lists.entry(section.to_owned()).or_default().extend(words);
        } else if section == "labels" {
            let (name, words) = line.split_once('=').context("a label is NAME = WORD | WORD")?;
            self.labels.insert(name.trim().to_owned(), words.split(" | ").map(|w| w.trim().to_owned()).collect());
        } else {
            let (assigned, text) = line.strip_prefix("= ").map_or((false, line), |text| (true, text));
            let messages = text.split(" >> ").map(parse).collect::<Result<_>>()?;
            self.frames.entry(section.to_owned()).or_default().push(Frame { messages, assigned });
        }
        Ok(())
    }

    /// Sentences of a section.
    pub fn frames(&self, section: &str) -> &[Frame] {
        self.frames.get(section).map_or(&[], Vec::as_slice)
    }

    /// All sentences.
    #[cfg(test)]
    pub fn sections(&self) -> impl Iterator<Item = &Vec<Frame>> {
        self.frames.values()
    }

    /// Words of a list.
    pub fn list(&self, name: &str) -> &[String] {
        self.lists.get(name).map_or(&[], Vec::as_slice)
    }

    /// Words that passwords are made of: in other scripts mostly the ones in Latin letters.
    pub fn secret_words(&self, random: &mut Random) -> &[String] {
        let latin = self.list("latin");
        if latin.is_empty() || random.chance(12) { self.list("words") } else { latin }
    }

    /// One of them.
    pub fn secret_word(&self, random: &mut Random) -> String {
        let words = self.secret_words(random);
        random.pick(words).clone()
    }

    /// A label such as "password" or "user" in the language; the name itself where the language has none.
    pub fn label(&self, name: &str, random: &mut Random) -> String {
        self.labels.get(name).map_or_else(|| name.to_owned(), |words| random.pick(words).clone())
    }
}

macro_rules! files {
    ($($code:literal $weight:literal),* $(,)?) => {
        /// Code, weight, text.
        const FILES: &[(&str, usize, &str)] = &[$(($code, $weight, include_str!(concat!("../../data/mail/", $code, ".txt")))),*];
    };
}

files! {
    "en" 30, "de" 9, "es" 9, "fr" 9, "hi-en" 6, "it" 5, "nl" 5, "pl" 5, "pt" 6, "ru" 5, "ja" 5, "ar" 3, "bg" 2, "ca" 2, "cs" 3,
    "da" 3, "el" 3, "fa" 2, "fi" 3, "he" 3, "hr" 2, "hu" 3, "id" 3, "ko" 3, "no" 3, "ro" 3, "sk" 2, "sv" 3, "th" 2, "tr" 3, "uk" 3,
    "vi" 3, "zh" 5,
}

/// Every language.
///
/// # Errors
/// Where a file has a sentence that does not parse.
pub fn all() -> Result<Vec<Language>> {
    FILES.iter().map(|(code, weight, text)| Language::parse(code, *weight, text)).collect()
}

/// Sentences of no language: notices, configurations, shells.
///
/// # Errors
/// Where a sentence does not parse.
pub fn common() -> Result<Language> {
    Language::parse("en", 0, include_str!("../../data/mail/common.txt"))
}
