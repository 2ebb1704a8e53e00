//! Text of several lines that stands in a text as one string of JSON, with `\n` for the ends of its lines, or in one cell of a table of
//! comma-separated values, with its quotes doubled: chats, tickets and mail as programs export them (RFC 8259 §7, RFC 4180 §2).

use crate::Hit;
use aftermail_model::Text;
use memchr::memmem;
use std::ops::Range;

/// Longest such string, in bytes.
const LONGEST: usize = 64 << 10;
/// Most strings of one text.
const MOST: usize = 4000;

/// What is found in the strings of a text, each at its place. `find` finds hits in a text.
pub(crate) fn read(text: &Text, find: impl Fn(&Text) -> Vec<Hit>) -> Vec<Hit> {
    let mut out = Vec::new();
    let [strings, cells] =
        [strings(&text.body).take(MOST).collect(), if text.media == "text/csv" { cells(&text.body) } else { Vec::new() }];
    let strings = strings.into_iter().map(|r| (r.clone(), unescaped(&text.body[r])));
    let cells = cells.into_iter().map(|r| (r.clone(), undoubled(&text.body[r])));
    for (range, (body, places)) in strings.chain(cells) {
        let place = |at: usize| range.start + places.get(at).copied().unwrap_or(range.len());
        // Whatever holds it, it is what people wrote.
        out.extend(find(&Text { body, media: "text/plain".to_owned(), place: "body".to_owned(), ..text.clone() }).into_iter().map(
            |mut hit| {
                (hit.start, hit.end) = (place(hit.start), place(hit.end));
                hit
            },
        ));
    }
    out
}

/// The insides of quoted strings of several lines.
fn strings(body: &str) -> impl Iterator<Item = Range<usize>> + '_ {
    let bytes = body.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let escape = at + memmem::find(&bytes[at..], b"\\n")?;
            let floor = at.max(escape.saturating_sub(LONGEST));
            let start = memchr::memrchr_iter(b'"', &bytes[floor..escape]).map(|n| floor + n).find(|n| !is_escaped(bytes, *n));
            let ceiling = bytes.len().min(escape + LONGEST);
            let end = memchr::memchr_iter(b'"', &bytes[escape..ceiling]).map(|n| escape + n).find(|n| !is_escaped(bytes, *n));
            at = end.map_or(escape + 2, |end| end + 1);
            let inside = start.zip(end).map(|(start, end)| start + 1..end);
            if let Some(inside) = inside.filter(|r| body.get(r.clone()).is_some_and(|text| !text.contains('\n'))) {
                return Some(inside);
            }
        }
    })
}

fn is_escaped(bytes: &[u8], at: usize) -> bool {
    bytes[..at].iter().rev().take_while(|b| **b == b'\\').count() % 2 == 1
}

/// The insides of quoted cells of several lines, at most [`MOST`].
fn cells(body: &str) -> Vec<Range<usize>> {
    let bytes = body.as_bytes();
    let (mut out, mut at) = (Vec::new(), 0);
    while let Some(start) = memchr::memchr(b'"', &bytes[at..]).map(|n| at + n + 1).filter(|_| out.len() < MOST) {
        at = start;
        let begins = start < 2 || matches!(bytes[start - 2], b',' | b';' | b'\t' | b'\n' | b'\r');
        if !begins {
            continue;
        }
        // Two quotes are one of the text; a single one ends the cell.
        let mut end = start;
        while let Some(quote) = memchr::memchr(b'"', &bytes[end..]).map(|n| end + n) {
            end = quote + 1;
            if bytes.get(end) == Some(&b'"') {
                end += 1;
                continue;
            }
            if memchr::memchr(b'\n', &bytes[start..quote]).is_some() {
                out.push(start..quote);
            }
            break;
        }
        at = end.max(start);
    }
    out
}

/// A cell without its doubled quotes, and where each byte of it comes from.
fn undoubled(cell: &str) -> (String, Vec<usize>) {
    let (mut out, mut places) = (String::with_capacity(cell.len()), Vec::with_capacity(cell.len()));
    let mut quoted = false;
    for (at, c) in cell.char_indices() {
        quoted = c == '"' && !quoted;
        if c == '"' && !quoted {
            continue;
        }
        out.push(c);
        places.resize(out.len(), at);
    }
    (out, places)
}

/// A string without its escapes, and where each byte of it comes from.
fn unescaped(string: &str) -> (String, Vec<usize>) {
    let (mut out, mut places) = (String::with_capacity(string.len()), Vec::with_capacity(string.len()));
    let mut at = 0;
    while let Some(c) = string[at..].chars().next() {
        let (meant, length) = if c == '\\' { escape(&string[at..]).unwrap_or((c, 1)) } else { (c, c.len_utf8()) };
        out.push(meant);
        places.resize(out.len(), at);
        at += length;
    }
    (out, places)
}

/// What an escape means, and its length.
fn escape(text: &str) -> Option<(char, usize)> {
    let unit = |at: usize| text.get(at..at + 6)?.strip_prefix("\\u").and_then(|hex| u16::from_str_radix(hex, 16).ok());
    match *text.as_bytes().get(1)? {
        b'n' => Some(('\n', 2)),
        b't' => Some(('\t', 2)),
        b'r' => Some(('\r', 2)),
        c @ (b'"' | b'/' | b'\\') => Some((char::from(c), 2)),
        b'u' => {
            let units = unit(0).into_iter().chain(unit(6));
            let c = char::decode_utf16(units).next()?.ok()?;
            Some((c, 6 * c.len_utf16()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_string_of_several_lines_is_read_as_text() {
        let body = r#"{"id": "a\/b", "text": "say \"heron\"\nand caf\u00e9 \ud83d\udd11\n", "path": "C:\\new", "n": 1}"#;
        let told: Vec<_> = strings(body).map(|r| (r.start, unescaped(&body[r]))).collect();
        assert_eq!(told[0].1.0, "say \"heron\"\nand café 🔑\n");
        let (start, (text, places)) = &told[0];
        let at = text.find("café").unwrap_or_default();
        assert!(body[start + places[at]..].starts_with("caf\\u00e9"));
        // A path only looks like it, and says so little that nothing is lost by reading it.
        assert!(told.len() <= 2);
    }

    #[test]
    fn a_cell_of_several_lines_is_read_as_text() {
        let body = "id,body\n1,\"one line\"\n2,\"say \"\"heron\"\"\nand more\"\n3,5\" pipe,\"never\nclosed";
        let told: Vec<_> = cells(body).into_iter().map(|r| undoubled(&body[r]).0).collect();
        assert_eq!(told, ["say \"heron\"\nand more"]);
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_read_without_harm(body in ".{0,200}", escapes in "(\\\\[nu\"0-9a-f]|,?\"|\n){0,40}") {
            let all = format!("{body}{escapes}{body}");
            for range in strings(&all) {
                let (text, places) = unescaped(&all[range]);
                proptest::prop_assert_eq!(text.len(), places.len());
            }
            for range in cells(&all) {
                let (text, places) = undoubled(&all[range]);
                proptest::prop_assert_eq!(text.len(), places.len());
            }
        }
    }
}
