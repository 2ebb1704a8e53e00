//! The table of formats as data, and its own check.

use super::{Formats, checks::Checksum, facts::Facts};
use aftermail_model::{Kind, Layer, RevealPermit, Text};
use serde::Deserialize;
use std::collections::HashSet;

/// The files of the pack with their contents.
const FILES: &[(&str, &str)] = &[
    ("microsoft.toml", include_str!("../../../../packs/formats/microsoft.toml")),
    ("cloud.toml", include_str!("../../../../packs/formats/cloud.toml")),
    ("code.toml", include_str!("../../../../packs/formats/code.toml")),
    ("saas.toml", include_str!("../../../../packs/formats/saas.toml")),
    ("access.toml", include_str!("../../../../packs/formats/access.toml")),
    ("generic.toml", include_str!("../../../../packs/formats/generic.toml")),
];

/// Stands inside the examples, so that no scanner takes them for live keys; taken out when they are tried.
const SPLIT: char = '¦';

/// How the value is taken from around the anchor.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Reader {
    /// The expression begins at the anchor.
    #[default]
    Here,
    /// The anchor lies inside the expression's match.
    Around,
    /// The whole URL or query string around the anchor.
    Url,
    /// A PEM-like block.
    Pem,
    /// A URL with user and password.
    Userinfo,
}

/// One row of the table.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// Name of the format, unique.
    pub id: String,
    /// Provider and thing, for people.
    pub name: String,
    /// Word of [`Kind`].
    pub kind: String,
    /// What the one pass over the text looks for.
    pub literals: Vec<String>,
    /// Expression with one group `secret`, and perhaps `account` and `system`.
    #[serde(default)]
    pub regex: String,
    /// How to read.
    #[serde(default)]
    pub reader: Reader,
    /// Literals fit in any case.
    #[serde(default)]
    pub fold: bool,
    /// The literal may follow a letter or digit.
    #[serde(default)]
    pub inside: bool,
    /// A letter or digit may follow the value.
    #[serde(default)]
    pub open: bool,
    /// Bytes of token alphabet that must follow the literal.
    #[serde(default)]
    pub run: usize,
    /// Window before the anchor, in bytes.
    #[serde(default)]
    pub before: usize,
    /// Window from the anchor on, in bytes.
    #[serde(default = "default_within")]
    pub within: usize,
    /// Lower-case words of which one must stand near the value.
    #[serde(default)]
    pub near: Vec<String>,
    /// Named checksum.
    #[serde(default)]
    pub checksum: Option<Checksum>,
    /// A wrong checksum drops the claim.
    #[serde(default)]
    pub strict: bool,
    /// Lowest Shannon entropy in bits per character.
    #[serde(default)]
    pub entropy: Option<f32>,
    /// What it opens.
    #[serde(default)]
    pub system: Option<String>,
    /// How to read facts from the value.
    #[serde(default)]
    pub facts: Facts,
    /// 0 to 1.
    pub confidence: f32,
    /// The provider's page on the format.
    pub docs: String,
    /// Texts in which the rule must find something.
    pub examples: Vec<String>,
    /// Texts in which it must not.
    pub counter_examples: Vec<String>,
}

fn default_within() -> usize {
    1024
}

impl Entry {
    /// The expression, tied to the window's start where the reader begins at the anchor.
    pub(super) fn expression(&self) -> String {
        match self.reader {
            Reader::Here | Reader::Url => format!("^(?:{})", self.regex),
            _ => self.regex.clone(),
        }
    }
}

#[derive(Deserialize)]
struct File {
    format: Vec<Entry>,
}

/// All rows of the built-in files; a file that does not parse is reported by [`check_packs`].
pub(super) fn built_in() -> Vec<Entry> {
    FILES.iter().filter_map(|(_, toml)| toml::from_str::<File>(toml).ok()).flat_map(|f| f.format).collect()
}

/// What is wrong with the built-in table: one sentence each, none if all is well.
pub fn check_packs() -> Vec<String> {
    let mut problems: Vec<String> =
        FILES.iter().filter_map(|(name, toml)| toml::from_str::<File>(toml).err().map(|e| format!("{name}: {}", e.message()))).collect();
    let formats = Formats::built_in();
    let entries = built_in();
    if formats.len() != entries.len() {
        problems.push("a format has a kind that does not exist".to_owned());
    }
    let mut seen = HashSet::new();
    for entry in &entries {
        let mut say = |what: String| problems.push(format!("{}: {what}", entry.id));
        if !seen.insert(entry.id.clone()) {
            say("the id stands twice".to_owned());
        }
        if Kind::parse(&entry.kind).is_none() {
            say(format!("unknown kind {}", entry.kind));
        }
        if entry.literals.is_empty() || entry.literals.iter().any(|l| l.len() < 3) {
            say("needs literals of three bytes or more".to_owned());
        }
        if entry.docs.is_empty() {
            say("names no source".to_owned());
        }
        if let Err(error) = regex::Regex::new(&entry.expression()) {
            say(format!("expression: {error}"));
        }
        if entry.examples.is_empty() || entry.counter_examples.is_empty() {
            say("needs an example and a counter-example".to_owned());
        }
        for (number, example) in entry.examples.iter().enumerate() {
            if !fires(&formats, entry, example) {
                say(format!("example {} is not found", number + 1));
            }
        }
        for (number, example) in entry.counter_examples.iter().enumerate() {
            if fires(&formats, entry, example) {
                say(format!("counter-example {} is found", number + 1));
            }
        }
    }
    problems
}

/// Whether this rule, alone, finds something in the example, at the place where the range says.
fn fires(formats: &Formats, entry: &Entry, example: &str) -> bool {
    let body = example.replace(SPLIT, "");
    let lower = body.to_ascii_lowercase();
    let Some(rule) = formats.rules.iter().find(|r| r.entry.id == entry.id) else { return false };
    let text = Text { part: 0, layer: Layer::Visible, place: "body".into(), media: "text/plain".into(), body, certainty: Vec::new() };
    entry.literals.iter().any(|literal| {
        lower.match_indices(&literal.to_ascii_lowercase()).any(|(start, found)| {
            let hit = rule.at(&text.body, literal, &(start..start + found.len()));
            hit.is_some_and(|(hit, _)| !hit.value.reveal(&RevealPermit::recorded()).is_empty())
        })
    })
}
