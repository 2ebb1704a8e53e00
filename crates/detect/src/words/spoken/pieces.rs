//! Pieces of a secret, and what is done to them: capitals, replaced letters, an order, signs between.

use super::super::lexicon;
use super::steps::{Atom, Case};
use std::ops::Range;

#[derive(Debug, Clone, Default)]
pub(super) struct Part {
    pub text: String,
    /// Spelled out letter by letter: whose case is told, and in which sentence.
    pub spelled: Vec<(bool, usize)>,
    /// A word or a piece as it stands.
    pub word: bool,
    pub clause: usize,
    pub place: Place,
    /// Which piece it is, where the text numbers them; 0 is the last.
    pub nth: Option<usize>,
}

/// Where a piece stands in the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) enum Place {
    Begin,
    #[default]
    Told,
    Middle,
    End,
}

/// What is done to the pieces, with how many stood before.
pub(super) struct Deed<'s> {
    pub atom: &'s Atom,
    pub at: usize,
    pub clause: usize,
    pub sentence: usize,
}

/// Does something to the pieces; `None` where it fits none.
pub(super) fn done_to(parts: &mut Vec<Part>, atom: &Atom, at: usize) -> Option<()> {
    match atom {
        Atom::Capitals { each: true } => parts.iter_mut().filter(|p| p.word).for_each(|p| p.text = capitalised(&p.text)),
        Atom::Capitals { each: false } => {
            let at = at.min(parts.len());
            let (before, after) = parts.split_at_mut(at);
            let word = before.iter_mut().rev().find(|p| p.word).or_else(|| after.iter_mut().find(|p| p.word))?;
            word.text = capitalised(&word.text);
        }
        Atom::Remove(letter) => {
            let part = parts.iter_mut().rev().find(|p| p.text.matches(*letter).count() >= 2)?;
            part.text = part.text.replace(*letter, "");
        }
        Atom::Plain => parts.iter_mut().for_each(|p| p.text = plain(&p.text)),
        Atom::Back => {
            let last = parts.get_mut(at.checked_sub(1)?)?;
            last.text = last.text.chars().rev().collect();
        }
        Atom::Recase(letter, case) => recase(parts, *letter, *case, at)?,
        Atom::Replace { old, new, which } => replace(parts, old, new, *which, at),
        _ => {}
    }
    Some(())
}

/// Of words and of letters, unless others follow that it is said of. Where several such things are said, each is of its sentence's
/// letters and of the word of its clause or the one before.
pub(super) fn all(parts: &mut [Part], case: Case, rest: bool, deed: &Deed<'_>, local: bool) {
    let follows = parts.iter().skip(deed.at).any(|p| !p.spelled.is_empty());
    let own = parts.iter().rposition(|p| p.word && p.clause <= deed.clause && p.clause + 2 > deed.clause);
    let own = parts.iter().position(|p| p.word && p.clause == deed.clause).or(own);
    for (n, part) in parts.iter_mut().enumerate() {
        if part.word && (!local || own == Some(n)) {
            // What is told of the rest leaves the first letter as it is.
            let kept = if rest { part.text.chars().next().map_or(0, char::len_utf8) } else { 0 };
            part.text = part.text[..kept].to_owned() + &cased(&part.text[kept..], case);
        }
        if !part.spelled.is_empty() && (local || !follows) {
            let told = |n: usize| part.spelled.get(n).is_none_or(|(told, sentence)| *told || local && *sentence != deed.sentence);
            part.text =
                part.text.chars().enumerate().map(|(n, c)| if told(n) { c.to_string() } else { cased(&c.to_string(), case) }).collect();
        }
    }
}

pub(super) fn cased(text: &str, case: Case) -> String {
    match case {
        Case::Small => text.to_lowercase(),
        Case::Capital => text.to_uppercase(),
    }
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

/// Without accents, in the case that it has.
fn plain(text: &str) -> String {
    let letter = |c: char| {
        let plain: String = lexicon::fold(c).collect();
        if c.is_uppercase() { plain.to_uppercase() } else { plain }
    };
    text.chars().map(letter).collect()
}

fn same(a: char, b: char) -> bool {
    a == b || lexicon::fold(a).eq(lexicon::fold(b))
}

/// The pieces that may be meant by what is said at a place: words first, the last one before it, then those behind.
fn meant(parts: &[Part], letter: char, at: usize) -> Option<usize> {
    let holds = |n: &usize| parts[*n].text.chars().any(|c| same(c, letter));
    let words = |n: &usize| parts[*n].word;
    let before = || (0..at.min(parts.len())).rev();
    let after = || at.min(parts.len())..parts.len();
    before().filter(words).find(holds).or_else(|| after().filter(words).find(holds)).or_else(|| before().find(holds))
}

fn recase(parts: &mut [Part], letter: char, case: Case, at: usize) -> Option<()> {
    let part = &mut parts[meant(parts, letter, at)?];
    // The first letter is meant rather than one inside.
    let first = part.text.char_indices().find(|(_, c)| c.is_alphabetic()).filter(|(_, c)| same(*c, letter));
    let other = || part.text.char_indices().find(|(_, c)| same(*c, letter) && cased(&c.to_string(), case) != c.to_string());
    if let Some((place, c)) = first.or_else(other) {
        part.text.replace_range(place..place + c.len_utf8(), &cased(&c.to_string(), case));
    }
    Some(())
}

/// Where no piece has the letter, the new one is a piece itself.
fn replace(parts: &mut Vec<Part>, old: &str, new: &str, which: Option<usize>, at: usize) {
    let Some(first) = old.chars().next() else {
        // "the last letter is a zero"
        let Some(part) = parts.iter_mut().rev().find(|p| p.word || !p.spelled.is_empty()) else { return };
        let count = part.text.chars().count();
        let nth = which.map_or(0, |n| if n == 0 { count } else { n });
        if let Some((at, c)) = part.text.char_indices().nth(nth.wrapping_sub(1)) {
            part.text.replace_range(at..at + c.len_utf8(), new);
        }
        return;
    };
    // "capital S, one for the i, …": told where it belongs.
    let spelling =
        at.checked_sub(1).and_then(|n| parts.get(n)).is_some_and(|p| !p.spelled.is_empty() && !p.text.chars().any(|c| same(c, first)));
    let Some(part) = meant(parts, first, at).filter(|_| !spelling) else {
        parts.insert(at.min(parts.len()), Part { text: new.to_owned(), ..Part::default() });
        return;
    };
    let text = &parts[part].text;
    let exact = text.contains(old);
    // Places of what is replaced, in bytes.
    let places: Vec<Range<usize>> = if exact {
        text.match_indices(old).map(|(n, m)| n..n + m.len()).collect()
    } else {
        text.char_indices().filter(|(_, c)| same(*c, first) && old.chars().count() == 1).map(|(n, c)| n..n + c.len_utf8()).collect()
    };
    let chosen: Vec<Range<usize>> = match which {
        Some(0) => places.last().cloned().into_iter().collect(),
        Some(n) => places.get(n - 1).cloned().into_iter().collect(),
        None => places,
    };
    for place in chosen.into_iter().rev() {
        parts[part].text.replace_range(place, new);
    }
}

pub(super) fn put_together(mut parts: Vec<Part>, joined: Option<(char, usize)>, grouped: Option<usize>) -> String {
    let Some((sign, at)) = joined else {
        parts.sort_by_key(|p| p.place);
        return parts.into_iter().map(|p| p.text).collect();
    };
    let glue = sign.to_string();
    if let Some(size) = grouped {
        let all: Vec<char> = parts.iter().flat_map(|p| p.text.chars()).filter(|c| c.is_alphanumeric()).collect();
        return all.chunks(size).map(|c| c.iter().collect::<String>()).collect::<Vec<_>>().join(&glue);
    }
    let words = |parts: &[Part]| -> Vec<String> {
        let mut ordered: Vec<&Part> = parts.iter().collect();
        ordered.sort_by_key(|p| p.place);
        ordered.iter().flat_map(|p| p.text.split_whitespace()).map(str::to_owned).collect()
    };
    let (before, after) = parts.split_at(at.min(parts.len()));
    let first = words(before);
    let sign_next = after.first().is_some_and(|p| p.text.chars().all(|c| !c.is_alphanumeric()));
    match &first[..] {
        [word] if inner_capital(word).is_some() => {
            let (head, tail) = word.split_at(inner_capital(word).unwrap_or(0));
            format!("{head}{glue}{tail}{}", words(after).concat())
        }
        [_, _, ..] if sign_next => first.join(&glue) + &words(after).concat(),
        _ => words(&parts).join(&glue),
    }
}

/// Cyrillic letters that look like Latin ones as these, where the rest is Latin.
pub(super) fn in_one_script(value: String) -> String {
    const ALIKE: &[(char, char)] = &[
        ('А', 'A'),
        ('В', 'B'),
        ('Е', 'E'),
        ('К', 'K'),
        ('М', 'M'),
        ('Н', 'H'),
        ('О', 'O'),
        ('Р', 'P'),
        ('С', 'C'),
        ('Т', 'T'),
        ('Х', 'X'),
        ('а', 'a'),
        ('е', 'e'),
        ('о', 'o'),
        ('р', 'p'),
        ('с', 'c'),
        ('у', 'y'),
        ('х', 'x'),
    ];
    if !value.contains(|c: char| c.is_ascii_alphabetic()) {
        return value;
    }
    value.chars().map(|c| ALIKE.iter().find(|(cyrillic, _)| *cyrillic == c).map_or(c, |(_, latin)| *latin)).collect()
}

pub(super) fn inner_capital(word: &str) -> Option<usize> {
    word.char_indices().skip(1).find(|(_, c)| c.is_uppercase()).map(|(n, _)| n)
}
