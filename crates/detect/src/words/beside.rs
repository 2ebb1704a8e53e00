//! A secret that stands right beside its account, without a word that announces it: "maint, bollweevil", "hist_reader (malmberg)",
//! "kiln 3 - supervisor - slipware", "admin with kestrel", "user xray, then molar".

use super::cues::Field;
use super::marks::Mark;
use super::page::Page;
use super::{shape, value};
use crate::link::is_well_known;
use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

/// What makes a word an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Address,
    /// "admin", "root": accounts that systems come with.
    WellKnown,
    /// "user xray".
    Announced,
    /// "hist_reader", "m.ott", "fl6-ship".
    Built,
    /// Any other word.
    Word,
}

/// What stands between an account and its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bond {
    Slash,
    Dash,
    Bar,
    Comma,
    Bracket,
    Colon,
    /// "with", "then".
    Word,
}

/// How a secret stands beside its account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Pairing {
    pub who: Who,
    pub bond: Bond,
    /// Whether the line before or behind has the same bond.
    pub repeated: bool,
    /// Nothing else of the line stands behind the secret.
    pub last: bool,
}

/// A secret beside its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Beside {
    pub range: Range<usize>,
    pub account: Range<usize>,
    pub pairing: Pairing,
}

/// Longest line that is read for pairs, in bytes.
const LINE: usize = 400;
/// Pairs of one line.
const MOST: usize = 12;
/// Longest joiner, in bytes.
const JOINER: usize = 10;
/// Words of a secret up to the end of its cell.
const WORDS: usize = 3;

/// Accounts that are named after what one does with them.
const ROLES: &str = "service maint maintenance installer supervisor sysop oper manager support engineer superadmin netadmin webadmin system \
    backup scanner user test demo student kiosk monitor viewer cisco ubnt ipmiuser gast sys ops mgr invité utilisateur usuario";

/// Words between an account and its secret.
const JOINERS: &str = "with then and takes uses has gets wants by on avec puis et mit dann und con luego y poi e com depois met dan en med og \
    och sen sedan så z i potem s a pak с и потом затем з та ile ve sonra aur phir és majd ja";

/// The secrets beside accounts on one line.
pub(crate) fn read(page: Page<'_>, line: &Range<usize>, marks: &[Mark<'_>]) -> Vec<Beside> {
    let content = page.content(line);
    if content.len() > LINE {
        return Vec::new();
    }
    let mut out: Vec<Beside> = Vec::new();
    for account in words(page.body, &content) {
        let Some((bond, value)) = bond(page.body, &account, &content) else { continue };
        let Some(who) = who(page.body, &account, &content, marks) else { continue };
        let Some(range) = secret(page.body, bond, value, &content).filter(|r| fits(who, bond, &page.body[r.clone()])) else { continue };
        let repeated = is_repeated(page, line, bond);
        let last = page.body[range.end..content.end].chars().all(|c| !c.is_alphanumeric());
        out.push(Beside { range, account, pairing: Pairing { who, bond, repeated, last } });
        if out.len() >= MOST {
            break;
        }
    }
    out
}

/// The words of a line, trimmed; also the halves of "maint/bollweevil".
fn words<'t>(body: &'t str, line: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 't {
    let mut at = line.start;
    body[line.clone()].split_inclusive(|c: char| c.is_whitespace() || matches!(c, '|' | '，' | '、')).filter_map(move |word| {
        let start = at;
        at += word.len();
        let bare = word.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, '|' | '，' | '、'));
        let bare = bare.split_once('/').filter(|(a, b)| !a.is_empty() && !b.is_empty() && !b.contains('/')).map_or(bare, |(a, _)| a);
        let range = value::trimmed(body, start..start + bare.len());
        (!range.is_empty()).then_some(range)
    })
}

fn who(body: &str, word: &Range<usize>, line: &Range<usize>, marks: &[Mark<'_>]) -> Option<Who> {
    let text = &body[word.clone()];
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if letters < 2 || text.len() > 64 {
        return None;
    }
    if shape::is_address(text) {
        return Some(Who::Address);
    }
    let lower = text.to_lowercase();
    if is_well_known(&lower) || is_role(&lower) {
        return Some(Who::WellKnown);
    }
    if text.contains(['@', ':', '=', '(', '"', '\\']) || shape::is_ordinary(text) {
        return None;
    }
    let announced = |m: &Mark<'_>| {
        m.cue.field == Field::User
            && m.at.end <= word.start
            && m.at.start >= line.start
            && body[m.at.end..word.start]
                .chars()
                .all(|c| matches!(c, ' ' | ':' | '=' | '"' | '\'' | '“' | '„' | '«' | '`' | '(' | '\u{a0}'))
    };
    let before = marks.partition_point(|m| m.at.end <= word.start);
    if marks[before.saturating_sub(3)..before].iter().any(announced) {
        return Some(Who::Announced);
    }
    let built = text.contains(['_', '.', '-']) && text.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.' | '-'))
        || letters < text.chars().count() && text.chars().all(char::is_alphanumeric);
    Some(if built && text.starts_with(char::is_alphabetic) { Who::Built } else { Who::Word })
}

/// The bond behind an account, and what stands behind it. Most words of mail have none and end here.
fn bond<'t>(body: &'t str, account: &Range<usize>, line: &Range<usize>) -> Option<(Bond, &'t str)> {
    let rest = body.get(account.end..line.end)?;
    let rest = rest.trim_start_matches(['"', '\'', '”', '»', '`', '“', '’']);
    let wide = rest.starts_with('\t') || rest.starts_with("   ");
    let text = rest.trim_start();
    let sign = text.chars().next()?;
    let blank = text.len() < rest.len();
    let bond = match sign {
        '/' => Bond::Slash,
        '–' | '—' => Bond::Dash,
        '-' if blank && text[1..].starts_with(' ') => Bond::Dash,
        '|' => Bond::Bar,
        '.' if text.starts_with("...") => Bond::Bar,
        ',' | '，' | '、' if !blank => Bond::Comma,
        '(' if blank => Bond::Bracket,
        ':' if !blank => Bond::Colon,
        _ if wide => return Some((Bond::Bar, text)),
        _ => {
            let (joiners, behind) = without_joiners(text);
            return (joiners > 0).then_some((Bond::Word, behind));
        }
    };
    let behind = text[sign.len_utf8()..].trim_start_matches('.').trim_start();
    Some((bond, if bond == Bond::Comma { without_joiners(behind).1 } else { behind }))
}

/// The secret at the beginning of what stands behind a bond, up to the end of a line.
fn secret(body: &str, bond: Bond, behind: &str, line: &Range<usize>) -> Option<Range<usize>> {
    let start = line.end - behind.len();
    let cell = cell(behind, bond);
    let words = cell.split_whitespace().count();
    let end = match bond {
        Bond::Dash | Bond::Bar | Bond::Bracket if (1..=WORDS).contains(&words) => start + cell.len(),
        _ => value::token(body, start, line.end)?.0.end,
    };
    let range = value::trimmed(body, start..end);
    (!range.is_empty()).then_some(range)
}

/// Whether it is a word between an account and its secret.
fn is_joiner(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| JOINERS.split_whitespace().collect());
    word.len() <= JOINER && (WORDS.contains(word) || word.starts_with(char::is_uppercase) && WORDS.contains(word.to_lowercase().as_str()))
}

/// Whether it is an account that is named after what one does with it; in lower case.
fn is_role(word: &str) -> bool {
    static WORDS: LazyLock<HashSet<&'static str>> = LazyLock::new(|| ROLES.split_whitespace().collect());
    WORDS.contains(word)
}

/// How many words lead in what follows, and what follows.
fn without_joiners(text: &str) -> (usize, &str) {
    let (mut count, mut rest) = (0, text);
    while let Some((_, behind)) = rest.split_once(' ').filter(|(word, _)| count < 2 && is_joiner(word)) {
        (count, rest) = (count + 1, behind.trim_start());
    }
    (count, rest)
}

/// Up to where the cell of a bond ends.
fn cell(text: &str, bond: Bond) -> &str {
    let end = match bond {
        Bond::Bracket => text.find(')'),
        Bond::Bar => text.find(['|', '\t']).into_iter().chain(text.find("   ")).min(),
        _ => [" - ", " – ", " — ", ", ", "; ", " (", ". "].into_iter().filter_map(|s| text.find(s)).min(),
    };
    text[..end.unwrap_or(text.len())].trim_end()
}

/// Whether it can be the secret of such a pair.
fn fits(who: Who, bond: Bond, text: &str) -> bool {
    let characters = text.chars().count();
    let written = text.chars().any(char::is_alphanumeric) && (3..=64).contains(&characters);
    if !written {
        return false;
    }
    let strong = match who {
        Who::Address | Who::WellKnown | Who::Announced => true,
        Who::Built => bond != Bond::Word || super::prose::is_telling(text),
        Who::Word => bond == Bond::Slash || matches!(bond, Bond::Dash | Bond::Bar | Bond::Bracket) && super::prose::is_telling(text),
    };
    written
        && strong
        && !text.split_whitespace().any(shape::is_ordinary)
        && !text.contains("://")
        && !shape::is_address(text)
        && !shape::is_host(text)
}

/// Whether a line beside this one has the same bond.
fn is_repeated(page: Page<'_>, line: &Range<usize>, bond: Bond) -> bool {
    let sign: &[&str] = match bond {
        Bond::Slash => &["/"],
        Bond::Dash => &[" - ", " – ", " — "],
        Bond::Bar => &["|", "\t", "   "],
        Bond::Comma => &[", "],
        Bond::Bracket => &[" ("],
        Bond::Colon => &[": "],
        Bond::Word => return false,
    };
    let mut beside = page.preceding(line.start, 1).into_iter().chain(page.following(line.end, 1));
    beside.any(|l| sign.iter().any(|s| page.body[l.clone()].contains(s)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<(&str, &str)> {
        let page = Page { body: line };
        read(page, &(0..line.len()), &[]).into_iter().map(|b| (&line[b.account], &line[b.range])).collect()
    }

    #[test]
    fn a_secret_stands_beside_its_account() {
        for (line, account, secret) in [
            ("sign on with admin, bollweevil", "admin", "bollweevil"),
            ("reports use hist_reader (malmberg).", "hist_reader", "malmberg"),
            ("kiln 3 - root - bone china", "root", "bone china"),
            ("both take admin with kestrel and", "admin", "kestrel"),
            ("guests: Strandgaest / havfrue (cards)", "Strandgaest", "havfrue"),
            ("shop: deb@hartnoll.example / vQ7-plum", "deb@hartnoll.example", "vQ7-plum"),
            ("| vps-13 | root   | suyaspot  | port 22", "root", "suyaspot"),
        ] {
            assert!(found(line).contains(&(account, secret)), "{line}: {:?}", found(line));
        }
        for line in ["we met and went on", "see the admin page with care", "either/or is fine"] {
            assert!(found(line).iter().all(|(_, s)| !matches!(*s, "went" | "page" | "care")), "{line}: {:?}", found(line));
        }
    }
}
