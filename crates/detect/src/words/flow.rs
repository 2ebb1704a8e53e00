//! Lines as their writer thought of them: what a mail program broke at its margin runs on, and what programs wrote is left out ([`super::asides`]).

use super::{Anchor, Page, asides, stock};
use aftermail_model::Text;
use std::borrow::Cow;
use std::ops::Range;

/// Lines that reach no further than this were not broken at a margin, those that reach further than [`WIDEST`] are not broken at all.
/// In characters.
const NARROWEST: usize = 38;
const WIDEST: usize = 100;
/// A word that ends with a colon this early names what its line says.
const LABEL: usize = 24;

/// A line without its quote marks.
pub(super) struct Line<'t> {
    /// Where its content begins.
    pub at: usize,
    pub content: &'t str,
    /// How deep it is quoted.
    pub depth: usize,
    /// Whether blanks stand before it.
    pub set_in: bool,
}

/// A text as it was sent, and as people told it: every place is the same in both.
pub(crate) struct Told<'t> {
    /// Configurations, commands and protocols are read line by line.
    pub sent: Page<'t>,
    pub text: Cow<'t, Text>,
}

impl<'t> Told<'t> {
    pub(crate) fn of(text: &'t Text) -> Told<'t> {
        let told = match unbroken(&text.body) {
            Cow::Borrowed(_) => Cow::Borrowed(text),
            Cow::Owned(body) => Cow::Owned(Text { body, ..text.clone() }),
        };
        Told { sent: Page { body: &text.body }, text: told }
    }

    /// Of what was found in the text as it was sent, what people wrote.
    pub(crate) fn kept(&self, mut found: Vec<Anchor>) -> Vec<Anchor> {
        if let Cow::Owned(text) = &self.text {
            found.retain(|(_, at)| text.body.as_bytes()[at.start] == self.sent.body.as_bytes()[at.start]);
        }
        found
    }
}

/// The text without what programs wrote in it, and with a blank for each line's end that only the margin made and for each quote mark
/// behind one: as long as before.
pub(super) fn unbroken(body: &str) -> Cow<'_, str> {
    let told = without_asides(body);
    let lines = lines(&told);
    let widths = widths(&lines);
    let breaks = lines.windows(2).filter_map(|pair| {
        let [line, next] = pair else { return None };
        let width = widths.get(line.depth).copied().filter(|w| (NARROWEST..=WIDEST).contains(w))?;
        let broken = line.depth == next.depth && is_broken(line.content, next.content, width);
        broken.then(|| line.at + line.content.len()..next.at)
    });
    let breaks: Vec<Range<usize>> = breaks.collect();
    if breaks.is_empty() { told } else { Cow::Owned(blanked(&told, &breaks)) }
}

fn without_asides(body: &str) -> Cow<'_, str> {
    let mut asides = asides::of(body);
    asides.extend(stock::sentences(body));
    if asides.is_empty() { Cow::Borrowed(body) } else { Cow::Owned(blanked(body, &asides)) }
}

/// The text with blanks at some places, which hold whole characters.
fn blanked(body: &str, places: &[Range<usize>]) -> String {
    let mut bytes = body.as_bytes().to_vec();
    places.iter().for_each(|place| bytes[place.clone()].fill(b' '));
    String::from_utf8(bytes).unwrap_or_else(|_| body.to_owned())
}

/// A value that ran over a line's end, with one blank there.
pub(crate) fn joined(value: &str) -> String {
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Quotes within quotes that are told apart.
const DEEPEST: usize = 6;

pub(super) fn lines(body: &str) -> Vec<Line<'_>> {
    let mut at = 0;
    let line = |line: &str| {
        let start = at;
        at += line.len();
        let text = line.trim_end();
        let content = text.trim_start_matches(['>', ' ', '\u{a0}']);
        let marks = &text[..text.len() - content.len()];
        let depth = marks.bytes().filter(|b| *b == b'>').count().min(DEEPEST);
        (start + marks.len(), content.len(), depth, marks.ends_with("  ") || marks == " " || content.starts_with('\t'))
    };
    let places: Vec<_> = body.split_inclusive('\n').map(line).collect();
    places.into_iter().map(|(at, length, depth, set_in)| Line { at, content: &body[at..at + length], depth, set_in }).collect()
}

/// How far the lines of each depth reach, those that tell something.
fn widths(lines: &[Line<'_>]) -> Vec<usize> {
    let mut widths = vec![0; DEEPEST + 1];
    for line in lines.iter().filter(|l| l.content.split_whitespace().nth(2).is_some()) {
        let width = &mut widths[line.depth];
        *width = (*width).max(line.content.chars().count());
    }
    widths
}

/// Whether the first word of the next line had no room in this one, and begins nothing of its own.
fn is_broken(line: &str, next: &str, width: usize) -> bool {
    let Some(word) = next.split_whitespace().next() else { return false };
    let full = line.chars().count() + 1 + word.chars().count() > width;
    let written = |text: &str| text.split_whitespace().nth(2).is_some();
    let apart = ['\t', '|', '{', '}', ';'];
    full && written(line)
        && !line.ends_with([':', '='])
        && !line.contains(apart)
        && !next.contains(apart)
        && !line.contains("   ")
        && !next.contains("   ")
        && next.starts_with(|c: char| c.is_alphanumeric() || matches!(c, '(' | '"' | '\'' | '“' | '„' | '«' | '‘'))
        && !is_item(word)
        && !is_labelled(next)
        && !is_labelled(line)
}

/// "1.", "2)", "a)": begins one of a list.
fn is_item(word: &str) -> bool {
    let bare = word.trim_end_matches(['.', ')']);
    bare.len() < word.len() && (bare.chars().count() == 1 || bare.len() <= 2 && bare.bytes().all(|b| b.is_ascii_digit()))
}

/// "Password: …", "user = …".
fn is_labelled(line: &str) -> bool {
    let head = line.char_indices().nth(LABEL).map_or(line, |(at, _)| &line[..at]);
    head.find([':', '=']).is_some_and(|at| head[..at].split_whitespace().count() <= 3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_runs_on_where_only_the_margin_broke_it() {
        let told = "We moved the kiosk to the new hall and it wants blue heron\nunder glass when you start it, nothing else has changed so far.\n\nAda\n";
        assert_eq!(unbroken(told).len(), told.len());
        assert!(unbroken(told).contains("blue heron under glass"));
        let quoted: String = told.lines().map(|l| format!("> {l}\n")).collect();
        assert!(unbroken(&quoted).contains("blue heron   under glass"));
        assert_eq!(joined("blue heron   under"), "blue heron under");
    }

    #[test]
    fn what_is_set_in_lines_stays_so() {
        for kept in [
            "Kiosk is in and working, mind the paint\nPassword: heron-77-x\n",
            "Here is what we spoke about on the phone:\nheron under glass and more of it\n",
            "- the kiosk of the new hall is up again\n- the door of the old hall is not yet\n",
            "a short line\nanother short line\nand a third one\n",
            "name\tuser\tpassword of the kiosk there\nhall\tada\theron\n",
        ] {
            assert_eq!(unbroken(kept), kept);
        }
    }
}
