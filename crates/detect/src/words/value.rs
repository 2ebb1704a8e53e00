//! From a cue to the value that it announces: separators, joining words, quotes, and where a value ends.

use std::ops::Range;

/// What stands between a cue and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Between {
    /// `:`, `=`, `->` right after the cue.
    Mark,
    /// The same after words that qualify the cue ("password for the VPN: …").
    FarMark,
    /// A word such as "is".
    Joiner,
    /// White space.
    Blank,
}

/// A value found after a cue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Value {
    /// Its place in the text.
    pub range: Range<usize>,
    pub between: Between,
    /// In quotes, backticks or bold.
    pub quoted: bool,
}

/// Words that join a cue to its value, in the languages of the pack.
const JOINERS: &[&str] = &[
    "is",
    "was",
    "are",
    "will be",
    "should be",
    "becomes",
    "set to",
    "changed to",
    "reset to",
    "now",
    "ist",
    "lautet",
    "lauten",
    "war",
    "sind",
    "jetzt",
    "est",
    "sera",
    "c'est",
    "c’est",
    "sont",
    "devient",
    "es",
    "será",
    "son",
    "era",
    "ahora",
    "é",
    "è",
    "sarà",
    "são",
    "sono",
    "agora",
    "luidt",
    "wordt",
    "är",
    "er",
    "on",
    "to",
    "jest",
    "brzmi",
    "je",
    "zní",
    "znie",
    "glasi",
    "este",
    "e",
    "είναι",
    "هي",
    "هو",
    "היא",
    "הוא",
    "است",
    "là",
    "adalah",
    "ialah",
    "هست",
    "है",
    "হলো",
    "ทคือ",
    "คือ",
    "គឺ",
    "bude",
    "будет",
    "be",
];

/// Joiners of scripts that run together with their neighbours.
const GLUED: &[&str] = &["は", "が", "是", "为", "為", "는", "은", "이", "가", "คือ"];

const OPENERS: &[(char, char)] = &[
    ('"', '"'),
    ('\'', '\''),
    ('`', '`'),
    ('“', '”'),
    ('„', '“'),
    ('«', '»'),
    ('‘', '’'),
    ('*', '*'),
    ('「', '」'),
    ('『', '』'),
    ('”', '”'),
    ('‚', '‘'),
    ('“', '“'),
];

/// Longest stretch of qualifying words between a cue and its mark.
const QUALIFIERS: usize = 70;

/// Reads from `at`, the end of a cue, within `line`.
pub(crate) fn after(body: &str, at: usize, line_end: usize) -> Option<Value> {
    let tail = body.get(at..line_end)?;
    let (offset, between) = separator(tail)?;
    let rest = &tail[offset..];
    let lead = rest.len() - rest.trim_start_matches([' ', '\t', '\u{a0}', '\u{3000}']).len();
    let start = at + offset + lead;
    let (range, quoted) = token(body, start, line_end)?;
    Some(Value { range, between, quoted })
}

/// Bytes from the end of the cue to behind the separator, and which it is.
fn separator(tail: &str) -> Option<(usize, Between)> {
    let skip = tail.len() - tail.trim_start_matches(['"', '\'', '*', '_', '`', ')', ']', '»', '”', '>']).len();
    let skip = if skip <= 6 { skip } else { 0 };
    let rest = &tail[skip..];
    let blank = rest.len() - rest.trim_start_matches([' ', '\u{a0}', '\u{3000}']).len();
    let next = &rest[blank..];
    // <Password>x</Password>
    if tail[..skip].ends_with('>') && blank == 0 && next.contains("</") {
        return Some((skip, Between::Mark));
    }
    if let Some(mark) = mark(next) {
        return Some((skip + blank + mark, Between::Mark));
    }
    if next.starts_with(['\t', '|']) {
        return None;
    }
    if let Some(glued) = GLUED.iter().find(|g| next.starts_with(**g)) {
        return Some((skip + blank + glued.len(), Between::Joiner));
    }
    if let Some(far) = far_mark(next) {
        return Some((skip + blank + far, Between::FarMark));
    }
    if let Some(joiner) = joiner(next) {
        return Some((skip + blank + joiner, Between::Joiner));
    }
    (blank > 0 && !next.is_empty()).then_some((skip + blank, Between::Blank))
}

fn mark(text: &str) -> Option<usize> {
    const MARKS: &[&str] = &[":=", "=>", "->", "==>", "→", "：", ":", "=", "–>", "＝", "»"];
    let found = MARKS.iter().find(|m| text.starts_with(**m))?;
    // A URL's scheme and a comparison are no assignment.
    if *found == ":" && text.starts_with("://") || *found == "=" && text.starts_with("==") {
        return None;
    }
    // "Password::=" and the like.
    Some(found.len())
}

/// A mark after words that say what the secret is for; none of them ends a sentence.
fn far_mark(text: &str) -> Option<usize> {
    let window = &text[..text.floor_char_boundary(QUALIFIERS.min(text.len()))];
    for (at, c) in window.char_indices() {
        match c {
            ':' | '：' | '=' => {
                let inside_word = text[at + c.len_utf8()..].chars().next().is_some_and(|n| !n.is_whitespace())
                    && c == ':'
                    && text[..at].ends_with(|p: char| p.is_ascii_digit() || p == 'p' || p == 's');
                // "pass Heron+marsh=wet": the sign belongs to the value.
                let of_value =
                    c == '=' && text[..at].contains(|p: char| !(p.is_alphanumeric() || p.is_whitespace() || "_-.[]\"'()/".contains(p)));
                return (!inside_word && !of_value && at > 0).then_some(at + c.len_utf8());
            }
            '.' | '!' | '?' | ';' if text[at + c.len_utf8()..].starts_with([' ', '\n', '\t']) => return None,
            '\t' | '|' | '<' | '>' | '{' | '}' => return None,
            _ => {}
        }
    }
    None
}

/// A joining word within the next few words.
fn joiner(text: &str) -> Option<usize> {
    let mut at = 0;
    for _ in 0..8 {
        let rest = &text[at..];
        let hit = JOINERS.iter().filter(|j| starts_word(rest, j)).map(|j| j.len()).max();
        if let Some(length) = hit {
            let more = joiner_directly(&rest[length..]);
            return Some(at + length + more);
        }
        let word = rest.find([' ', '\u{a0}'])?;
        if rest[..word].ends_with(['.', '!', '?', ';', ',']) {
            return None;
        }
        at += word + rest[word..].len() - rest[word..].trim_start_matches([' ', '\u{a0}']).len();
    }
    None
}

/// "is now", "will be", "ist jetzt": a second joining word right after the first.
fn joiner_directly(rest: &str) -> usize {
    let trimmed = rest.trim_start_matches(' ');
    let blank = rest.len() - trimmed.len();
    if let Some(mark) = mark(trimmed) {
        return blank + mark;
    }
    JOINERS.iter().filter(|j| starts_word(trimmed, j)).map(|j| blank + j.len()).max().unwrap_or(0)
}

fn starts_word(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|t| t.eq_ignore_ascii_case(word)) && text[word.len()..].starts_with([' ', ':', '\u{a0}', '=', '\t'])
}

/// The value that begins at `start`: what quotes enclose, or everything up to white space, without the sentence's own signs.
pub(crate) fn token(body: &str, start: usize, line_end: usize) -> Option<(Range<usize>, bool)> {
    let text = body.get(start..line_end)?;
    let first = text.chars().next()?;
    if let Some(tag) = opening_tag(text) {
        return token(body, start + tag, line_end);
    }
    for (open, close) in OPENERS {
        if first == *open {
            let inner = &text[open.len_utf8()..];
            let end = inner.char_indices().take(120).find(|(i, c)| c == close && *i > 0).map(|(i, _)| i);
            // French quotes have blanks inside.
            let spaced = matches!(first, '«' | '“' | '„');
            if let Some(end) = end.filter(|e| spaced || !inner[..*e].starts_with(' ') && !inner[..*e].ends_with(' ')) {
                let (kept, from) = (inner[..end].trim(), start + open.len_utf8());
                let lead = end - inner[..end].trim_start().len();
                return (!kept.is_empty()).then(|| (from + lead..from + lead + kept.len(), true));
            }
        }
    }
    let end = text.char_indices().find(|(i, c)| ends(text, *i, *c)).map_or(text.len(), |(i, _)| i);
    let range = trimmed(body, start..start + end);
    (!range.is_empty()).then_some((range, false))
}

/// Length of a tag such as `<Value>` that stands before a value.
fn opening_tag(text: &str) -> Option<usize> {
    let end = text.strip_prefix('<')?.find('>')? + 2;
    let name = &text[1..end - 1];
    let plain = name.len() <= 40
        && name.chars().next().is_some_and(char::is_alphabetic)
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, ' ' | '=' | '"' | '-' | ':' | '_'));
    // A placeholder is a tag with nothing behind it.
    (plain && text[end..].contains("</")).then_some(end)
}

fn ends(text: &str, at: usize, c: char) -> bool {
    let next = || text[at + c.len_utf8()..].chars().next();
    c.is_whitespace()
        || matches!(c, '\u{3000}' | '。' | '、' | '，' | '」' | '』' | '）' | '｡' | '؛' | '،')
        || matches!(c, '|' | '"') && at > 0
        || matches!(c, ',' | ';') && next().is_none_or(|n| n.is_whitespace() || n == '"')
        || c == '<' && next().is_some_and(|n| n == '/' || n.is_alphabetic()) && text[at..].contains('>')
}

/// Without the signs that belong to the sentence around.
pub(crate) fn trimmed(body: &str, range: Range<usize>) -> Range<usize> {
    let mut text = &body[range.clone()];
    let mut start = range.start;
    while let Some(rest) = text.strip_prefix(['(', '[', '"', '\'', '`', '“', '«', '„', '‘']) {
        // A bracket that closes inside belongs to the value.
        if text.starts_with('(') && rest.contains(')') && !rest.ends_with(')')
            || text.starts_with('[') && rest.contains(']') && !rest.ends_with(']')
        {
            break;
        }
        start += text.len() - rest.len();
        text = rest;
    }
    while let Some(last) = text.chars().next_back() {
        let belongs = match last {
            '.' | ',' | ';' | ':' | '"' | '\'' | '`' | '”' | '’' | '»' | '“' | '…' => false,
            ')' => text.contains('('),
            ']' => text.contains('['),
            '}' => text.contains('{'),
            '>' => text.contains('<'),
            '*' | '_' => !(text.starts_with(last) && text.len() > 2) && last != '_',
            _ => true,
        };
        if belongs {
            break;
        }
        text = &text[..text.len() - last.len_utf8()];
    }
    // *bold*
    if text.len() > 2 && text.starts_with('*') && text.ends_with('*') {
        return start + 1..start + text.len() - 1;
    }
    start..start + text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, cue: &str) -> Option<(String, Between)> {
        let at = text.find(cue)? + cue.len();
        let value = after(text, at, text.len())?;
        Some((text[value.range].to_owned(), value.between))
    }

    #[test]
    fn marks_joiners_and_quotes() {
        for (text, cue, value, between) in [
            ("Password: Blue7heron", "Password", "Blue7heron", Between::Mark),
            ("password = \"blue heron\";", "password", "blue heron", Between::Mark),
            ("\"password\": \"a{b}c\",", "password", "a{b}c", Between::Mark),
            ("the password for the VPN is Winter2024!", "password", "Winter2024!", Between::Joiner),
            ("Password for the build server: Blue7heron.", "Password", "Blue7heron", Between::FarMark),
            ("Das Kennwort lautet Blau7reiher, bitte", "Kennwort", "Blau7reiher", Between::Joiner),
            ("パスワード：Aoi-Sagi7", "パスワード", "Aoi-Sagi7", Between::Mark),
            ("暗証番号は 4711 です。", "暗証番号", "4711", Between::Joiner),
            ("mot de passe : « Héron bleu 7 »", "mot de passe", "Héron bleu 7", Between::Mark),
            ("password is now *Blue7heron*.", "password", "Blue7heron", Between::Joiner),
            ("enable secret 5Heron!x", "enable secret", "5Heron!x", Between::Blank),
        ] {
            let got = read(text, cue);
            let ok = got.as_ref().is_some_and(|(v, b)| v == value && *b == between);
            assert!(ok, "{text}: {got:?}");
        }
    }

    #[test]
    fn signs_of_the_sentence_stay_outside() {
        for (text, value) in [("Blue7!).", "Blue7!"), ("(Blue7)", "Blue7"), ("a(b)c", "a(b)c"), ("Blue7,", "Blue7"), ("Blue7'", "Blue7")] {
            let range = trimmed(text, 0..text.len());
            assert_eq!(&text[range], value);
        }
    }
}
