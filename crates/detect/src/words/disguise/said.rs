//! Secrets whose disguise the text names: "run it through rot13", "it is in base64", "read it from the right", "take the spaces out".

use super::super::page::Page;
use super::super::{prose, shape, value};
use super::{Undone, encoded, undone};
use std::ops::Range;

const PACK: &str = include_str!("../../../../../packs/cues/disguises.tsv");
/// How far from the words the secret is looked for, in bytes.
const NEAR: usize = 400;

/// How much nearer it counts where it has its line to itself.
const ALONE: usize = 200;

/// A way in which a secret is disguised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disguise {
    Base64,
    Rot13,
    Hex,
    Percent,
    Entities,
    Printable,
    Backslash,
    Backwards,
    Blanks,
    Dashes,
    /// Numbers of characters.
    Codes,
    /// Letters moved by one, a for b.
    Next,
    /// The alphabet mirrored, a for z.
    Mirror,
}

/// The words that name a disguise.
pub(crate) fn literals() -> impl Iterator<Item = (&'static str, Disguise)> {
    let lines = PACK.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t'));
    lines.flat_map(|(name, words)| parse(name).into_iter().flat_map(move |d| words.split('|').map(move |w| (w, d))))
}

fn parse(name: &str) -> Option<Disguise> {
    Some(match name {
        "base64" => Disguise::Base64,
        "rot13" => Disguise::Rot13,
        "hex" => Disguise::Hex,
        "percent" => Disguise::Percent,
        "entities" => Disguise::Entities,
        "printable" => Disguise::Printable,
        "backslash" => Disguise::Backslash,
        "backwards" => Disguise::Backwards,
        "blanks" => Disguise::Blanks,
        "dashes" => Disguise::Dashes,
        "codes" => Disguise::Codes,
        "next" => Disguise::Next,
        "mirror" => Disguise::Mirror,
        _ => return None,
    })
}

/// What is disguised as the words at a place say, the nearest to them, and what it is.
pub(crate) fn read(page: Page<'_>, at: &Range<usize>, disguise: Disguise) -> Option<(Range<usize>, Undone)> {
    let start = page.body.ceil_char_boundary(at.start.saturating_sub(NEAR));
    let end = page.body.floor_char_boundary((at.end + NEAR).min(page.body.len()));
    let places: Vec<Range<usize>> = match disguise {
        Disguise::Blanks | Disguise::Dashes => grouped(page.body, start..end),
        Disguise::Hex => tokens(page.body, start..end).map(|r| assigned(page.body, r)).chain(pairs(page.body, start..end)).collect(),
        Disguise::Base64 | Disguise::Percent => tokens(page.body, start..end).map(|r| assigned(page.body, r)).collect(),
        Disguise::Codes => codes(page.body, start..end),
        _ => tokens(page.body, start..end).collect(),
    };
    // A semicolon that ends a reference belongs to it.
    let whole =
        |r: Range<usize>| if disguise == Disguise::Entities && page.body[r.end..].starts_with(';') { r.start..r.end + 1 } else { r };
    // What has its line to itself is set off as a secret is.
    let alone = |r: &Range<usize>| page.content(&page.line(r.start)) == *r;
    let apart = |r: &Range<usize>| if r.end <= at.start { at.start - r.end } else { r.start.saturating_sub(at.end) };
    let distance = |r: &Range<usize>| apart(r).saturating_sub(if alone(r) { ALONE } else { 0 });
    let places = places.into_iter().filter(|r| r.end <= at.start || r.start >= at.end);
    let told = places.map(whole).filter_map(|r| Some((undo(&page.body[r.clone()], disguise)?, r)));
    told.min_by_key(|(_, r)| distance(r)).map(|(undone, range)| (range, undone))
}

/// What a text is without its disguise; `None` where it has none.
fn undo(text: &str, disguise: Disguise) -> Option<Undone> {
    match disguise {
        Disguise::Base64 => {
            let coded = text.len() >= 8 && (text.ends_with('=') || shape::of(text).score >= 1.0);
            let value = String::from_utf8(encoded::base64_bytes(text).filter(|_| coded)?).ok()?;
            // Some encode it twice.
            let value = encoded::base64_text(value.trim()).filter(|v| v.is_ascii()).unwrap_or(value);
            // "Username:" is what a server asks with, an address whom it signs in.
            undone(
                plausible(value.trim_end().to_owned()).filter(|v| !v.ends_with(':') && !shape::is_address(v))?,
                "decoded from base64, as the text says",
            )
        }
        Disguise::Rot13 => undone(plausible(encoded::rot13(text)).filter(|_| is_turned(text))?, "decoded from rot13, as the text says"),
        Disguise::Next => undone(
            plausible(encoded::moved(text, 25)).filter(|_| is_turned(text))?,
            "each letter moved back by one in the alphabet, as the text says",
        ),
        Disguise::Mirror => {
            undone(plausible(encoded::mirrored(text)).filter(|_| is_turned(text))?, "the alphabet mirrored, as the text says")
        }
        Disguise::Codes => {
            let numbers: Option<Vec<u8>> =
                text.split(|c: char| !c.is_ascii_digit()).filter(|n| !n.is_empty()).map(|n| n.parse().ok()).collect();
            let value = String::from_utf8(numbers?).ok()?;
            undone(plausible(value)?, "decoded from the numbers of its characters, as the text says")
        }
        Disguise::Hex => {
            let digits: String = text.chars().filter(|c| !c.is_whitespace() && *c != ',').collect();
            let bytes = (digits.len() >= 8).then(|| encoded::hex_bytes(&digits))??;
            undone(plausible(String::from_utf8(bytes).ok()?)?, "decoded from hexadecimal, as the text says")
        }
        Disguise::Percent => {
            let value = encoded::percent(text).filter(|_| !text.contains("://"))?;
            undone(plausible(value)?, "percent signs undone, as the text says")
        }
        Disguise::Entities => {
            let value = plausible(encoded::entities(text)?)?;
            let told = value.is_ascii() && !value.contains(['"', '\'']) && shape::of(&value).score >= 1.0;
            undone(value, "markup undone, as the text says").filter(|_| told)
        }
        Disguise::Printable => undone(plausible(encoded::printable(text)?)?, "quoted-printable undone, as the text says"),
        Disguise::Backslash => {
            let value = text.replace('\\', "");
            let escaped =
                text.contains('\\') && !text.contains("\\u") && !text.contains(":\\") && !text.starts_with('\\') && value.len() >= 5;
            undone(plausible(value).filter(|v| escaped && shape::of(v).score >= 1.0)?, "backslashes left out, as the text says")
        }
        Disguise::Backwards => {
            let number = (4..=8).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
            let told = number || prose::is_telling(text) && encoded::is_reversed(text);
            undone(text.chars().rev().collect(), "read backwards, as the text says").filter(|_| told && text.len() >= 4)
        }
        Disguise::Blanks => undone(text.split_whitespace().collect(), "without the blanks, as the text says"),
        Disguise::Dashes => undone(text.split_whitespace().collect::<Vec<_>>().join("-"), "with dashes for the blanks, as the text says"),
    }
}

/// Whether it may be a secret whose letters were moved: no word of a program, with something else than letters inside.
fn is_turned(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let code = text.contains(['=', '(', ')', '{', '}', '<', '>', '|', '/']) || text.to_ascii_lowercase().contains("rot13");
    let core = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    !code && prose::is_telling(text) && core.contains(|c: char| !c.is_ascii_alphabetic()) && letters >= 4
}

/// A value as people type it: of four characters and more, in one piece, with letters in it.
fn plausible(value: String) -> Option<String> {
    let shown = value.chars().all(|c| !c.is_control() && !c.is_whitespace());
    let letters = value.chars().filter(|c| c.is_alphanumeric()).count();
    (shown && (4..=64).contains(&value.chars().count()) && letters * 2 >= value.chars().count()).then_some(value)
}

fn tokens(body: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> + '_ {
    let mut at = range.start;
    body[range].split_inclusive(char::is_whitespace).filter_map(move |word| {
        let start = at;
        at += word.len();
        let range = value::trimmed(body, start..start + word.trim_end().len());
        (range.len() >= 4).then_some(range)
    })
}

/// What a line of a configuration assigns or a tag holds: "pass_b64=…", `<mdp enc="base64">…</mdp>`.
fn assigned(body: &str, range: Range<usize>) -> Range<usize> {
    let text = &body[range.clone()];
    let name = |n: &str| {
        n.len() >= 3
            && n.starts_with(|c: char| c.is_ascii_alphabetic())
            && n.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b'(' | b')'))
    };
    if let Some((head, rest)) = text.split_once('>').filter(|(head, rest)| head.contains(['"', '<']) && rest.contains("</")) {
        let start = range.start + head.len() + 1;
        return start..start + rest.find("</").unwrap_or(rest.len());
    }
    let value = text
        .split_once('=')
        .filter(|(n, value)| name(n) && value.len() >= 6 && !value.starts_with('=') && !value.chars().all(|c| c == '='));
    value.map_or(range.clone(), |(n, _)| range.start + n.len() + 1..range.end)
}

/// Numbers of characters, four and more in a row.
fn codes(body: &str, range: Range<usize>) -> Vec<Range<usize>> {
    rows(body, range, |word| word.len() <= 3 && word.parse().is_ok_and(|n: u8| (33..127).contains(&n)))
}

/// Pairs of hexadecimal digits, four and more in a row.
fn pairs(body: &str, range: Range<usize>) -> Vec<Range<usize>> {
    rows(body, range, |word| word.len() == 2 && word.bytes().all(|b| b.is_ascii_hexdigit()))
}

/// Words of a sort with blanks or commas between, four and more; over lines too.
fn rows(body: &str, range: Range<usize>, is: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    let mut run: Option<(Range<usize>, usize)> = None;
    let mut at = range.start;
    for word in body[range].split_inclusive(|c: char| c.is_whitespace() || c == ',') {
        let bare = word.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ',' | '.'));
        if is(bare) {
            let (start, count) = run.as_ref().map_or((at, 0), |(r, n)| (r.start, *n));
            run = Some((start..at + bare.len(), count + 1));
        } else if !bare.is_empty() {
            out.extend(run.take().filter(|(_, n)| *n >= 4).map(|(r, _)| r));
        }
        at += word.len();
    }
    out.extend(run.filter(|(_, n)| *n >= 4).map(|(r, _)| r));
    out
}

/// Most characters of a group, and fewest and most groups.
const GROUP: usize = 12;
const GROUPS: Range<usize> = 2..12;

/// Groups of characters with blanks between: a line of its own, or within one where each group tells.
fn grouped(body: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = range.start;
    for line in body[range].split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        let own = line.trim();
        at += line.len();
        let words: Vec<&str> = own.split_whitespace().collect();
        let place = |word: &str| start + (word.as_ptr() as usize - own.as_ptr() as usize);
        let plain = words.iter().filter(|w| w.len() >= 2 && w.trim_end_matches('.').bytes().all(|b| b.is_ascii_alphabetic())).count();
        if GROUPS.contains(&words.len()) && words.iter().all(|w| is_group(w)) && plain * 2 < words.len() && is_mixed(own) {
            out.push(start..start + own.len());
            continue;
        }
        let mut from = 0;
        while from < words.len() {
            let telling = |w: &&&str| is_group(w) && is_code(w);
            let length = words[from..].iter().take_while(telling).count();
            if length >= 2 {
                let run = place(words[from])..place(words[from + length - 1]) + words[from + length - 1].len();
                let run = value::trimmed(body, run);
                out.extend(is_mixed(&body[run.clone()]).then_some(run));
            }
            from += length.max(1);
        }
    }
    out
}

fn is_group(word: &str) -> bool {
    word.chars().count() <= GROUP
        && word.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '"' | '<' | '>' | '|' | ',' | ';' | '(' | ')'))
}

/// Letters and digits together, or capitals alone.
fn is_code(word: &str) -> bool {
    let digit = word.contains(|c: char| c.is_ascii_digit());
    let bare = word.trim_end_matches(['.', ',']);
    digit || bare.len() >= 2 && bare.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_mixed(text: &str) -> bool {
    let letters = text.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = text.bytes().filter(u8::is_ascii_digit).count();
    letters + digits >= 7 && digits >= 1 && (letters >= 1 || digits >= 12) && !text.contains("://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_text_says_is_undone() {
        let read = |body: &str, says: &str, disguise| {
            let at = body.find(says).map_or(0..0, |n| n..n + says.len());
            super::read(Page { body }, &at, disguise).map(|(_, undone)| undone.value)
        };
        for (body, says, disguise, want) in [
            ("in base64 because of the filter:\n\nSGVyb245IQ==\n\nbye", "base64", Disguise::Base64, Some("Heron9!")),
            ("pw is\n\n    Ureba-Znefu-41\n\nthat's rot13'd", "rot13", Disguise::Rot13, Some("Heron-Marsh-41")),
            ("in hex, plain ASCII:\n48 65 72 6f 6e\n2d 34 31\nbye", "in hex", Disguise::Hex, Some("Heron-41")),
            ("the percents in Heron%21marsh%2377 are signs", "percents", Disguise::Percent, Some("Heron!marsh#77")),
            ("HTML soup: Heron&amp;Reed&lt;3", "HTML", Disguise::Entities, Some("Heron&Reed<3")),
            ("every =3D is one: Heron=3D=3Dreed=21", "=3D", Disguise::Printable, Some("Heron==reed!")),
            ("leave the backslashes out of Heron\\_Marsh\\*9", "backslash", Disguise::Backslash, Some("Heron_Marsh*9")),
            ("91noreH-deeR+hsraM, back to front", "back to front", Disguise::Backwards, Some("Marsh+Reed-Heron19")),
            (
                "The key has blanks, take the spaces out:\n\n  9f3c 77ab 01de 5520\n",
                "spaces out",
                Disguise::Blanks,
                Some("9f3c77ab01de5520"),
            ),
            (
                "The printout says KX7P 29QM TT4B with gaps, put dashes in where they are",
                "dashes in where",
                Disguise::Dashes,
                Some("KX7P-29QM-TT4B"),
            ),
            ("in the file:\nlogin=quay\npass_b64=SGVyb245IQ==\nthat is base64 only", "base64", Disguise::Base64, Some("Heron9!")),
            ("<mdp enc=\"base64\">SGVyb245IQ==</mdp>", "base64", Disguise::Base64, Some("Heron9!")),
            ("334 VXNlcm5hbWU6 is base64", "base64", Disguise::Base64, None),
            ("as ASCII numbers, decimal:\n\n72 101 114 111 110 57\n\nbye", "ASCII numbers", Disguise::Codes, Some("Heron9")),
            ("each letter one further on: Ifspo-52", "one further on", Disguise::Next, Some("Heron-52")),
            ("a is z and z is a: Svilm-41", "a is z", Disguise::Mirror, Some("Heron-41")),
            ("no base64 in a sentence like this one", "base64", Disguise::Base64, None),
            ("we spelled the name backwards for Monday", "backwards", Disguise::Backwards, None),
            ("close up at six on Monday, 20 seats 3 tables", "close up", Disguise::Blanks, None),
        ] {
            assert_eq!(read(body, says, disguise).as_deref(), want, "{body}");
        }
    }
}
