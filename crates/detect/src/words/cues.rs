//! The cue words: which words stand beside secrets, in which language, and how much they say.

use aftermail_model::Kind;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// The pack as it lies in the repository.
const PACK: &str = include_str!("../../../../packs/cues/words.tsv");

/// What a cue word announces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Field {
    /// A secret of this kind.
    Secret(Kind),
    /// Whom it signs in.
    User,
    /// What it opens.
    System,
    /// Something that one gets into, or the getting in.
    Access,
}

/// A cue word.
#[derive(Debug, Clone)]
pub(crate) struct Cue {
    pub field: Field,
    pub language: &'static str,
    /// An ordinary word too: needs a separator or a telling value.
    pub weak: bool,
    /// Announces secrets only as the title of a column.
    pub title: bool,
    /// In lower case.
    pub word: &'static str,
}

/// All cues of the pack. A line that is not understood is left out; a test asserts that there is none.
pub(crate) fn all() -> Vec<Cue> {
    PACK.lines().filter(|l| !l.starts_with('#') && !l.is_empty()).filter_map(row).flatten().collect()
}

/// Words that announce secrets and nothing else, in all languages: what a thief searches mail for.
pub fn secret_words() -> Vec<String> {
    all().into_iter().filter(|cue| matches!(cue.field, Field::Secret(_)) && !cue.weak).map(|cue| cue.word.to_owned()).collect()
}

/// Whether a word in lower case announces an account.
pub(crate) fn is_user(word: &str) -> bool {
    static USERS: LazyLock<HashSet<&'static str>> =
        LazyLock::new(|| all().into_iter().filter(|c| c.field == Field::User).map(|c| c.word).collect());
    USERS.contains(word)
}

fn row(line: &'static str) -> Option<impl Iterator<Item = Cue>> {
    let mut columns = line.split('\t');
    let (field, language, strength, words) = (columns.next()?, columns.next()?, columns.next()?, columns.next()?);
    let field = match field {
        "user" => Field::User,
        "system" => Field::System,
        "access" => Field::Access,
        kind => Field::Secret(Kind::parse(kind)?),
    };
    let (weak, title) = (strength != "plain", strength == "title");
    Some(words.split('|').map(move |word| Cue { field, language, weak, title, word }))
}

/// The spellings under which the one pass looks for a word. It folds ASCII letters itself; others come in three cases.
pub(crate) fn spellings(word: &str) -> Vec<String> {
    if word.is_ascii() {
        return vec![word.to_owned()];
    }
    let upper = word.to_uppercase();
    let mut title = String::new();
    let mut chars = word.chars();
    if let Some(first) = chars.next() {
        title.extend(first.to_uppercase());
        title.push_str(chars.as_str());
    }
    let mut all = vec![word.to_owned(), title, upper];
    all.dedup();
    all
}

/// Whether words of this script stand without spaces between them.
pub(crate) fn runs_together(word: &str) -> bool {
    word.chars().any(
        |c| matches!(c as u32, 0x0E00..=0x0E7F | 0x1780..=0x17FF | 0x3040..=0x30FF | 0x3400..=0x9FFF | 0xAC00..=0xD7AF | 0xFF66..=0xFF9F),
    )
}

/// Takes a word apart where scripts without blanks and others meet; `each` is told whether a piece is of the former.
pub(super) fn scripts(word: &str, mut each: impl FnMut(Range<usize>, bool)) {
    let mut start = 0;
    let mut before = None;
    for (at, c) in word.char_indices() {
        let now = runs_together(c.encode_utf8(&mut [0; 4]));
        if before.is_some_and(|b| b != now) {
            each(start..at, !now);
            start = at;
        }
        before = Some(now);
    }
    each(start..word.len(), before.unwrap_or(false));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_pack_is_understood() {
        let lines = PACK.lines().filter(|l| !l.starts_with('#') && !l.is_empty());
        for line in lines {
            assert!(row(line).is_some() && !line.ends_with('|') && !line.contains("||"), "{line}");
        }
        let languages: std::collections::HashSet<_> =
            all().into_iter().filter(|c| matches!(c.field, Field::Secret(_))).map(|c| c.language).collect();
        assert!(languages.len() >= 30, "{} languages", languages.len());
        assert!(all().iter().all(|c| c.word == c.word.to_lowercase()), "words stand in lower case");
    }
}
