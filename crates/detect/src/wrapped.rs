//! Values that a mail program or a printer broke over two lines, where the text says that they belong together.

use crate::Hit;
use aftermail_model::Text;
use std::ops::Range;

/// How much text around the words that say so is read as one.
const AROUND: usize = 900;
/// How far from these words a break is mended.
const NEAR: usize = 420;
/// Most places of one text.
const MOST: usize = 8;

/// A stretch of a text with its breaks mended.
struct Mended {
    body: String,
    /// Where the stretch begins in the text.
    start: usize,
    /// Where something was taken out, in the mended stretch, and how many bytes.
    seams: Vec<(usize, usize)>,
}

/// What is found across breaks that are mended around the given places. `find` finds hits in a text.
pub(crate) fn read(text: &Text, said: &[Range<usize>], find: impl Fn(&Text) -> Vec<Hit>) -> Vec<Hit> {
    let mut out: Vec<Hit> = Vec::new();
    let mut read_to = 0;
    for place in said.iter().filter(|p| !p.is_empty()).take(MOST) {
        if place.start < read_to {
            continue;
        }
        let mended = Mended::around(&text.body, place);
        read_to = (place.end + NEAR / 2).min(text.body.len());
        if mended.seams.is_empty() {
            continue;
        }
        let found = find(&Text { body: mended.body.clone(), ..text.clone() });
        out.extend(found.into_iter().filter_map(|hit| mended.back(hit)));
    }
    out
}

impl Mended {
    fn around(body: &str, place: &Range<usize>) -> Mended {
        let start = body.floor_char_boundary(place.start.saturating_sub(AROUND));
        let end = body.ceil_char_boundary((place.end + AROUND).min(body.len()));
        let near = body.floor_char_boundary(place.start.saturating_sub(NEAR))..place.end + NEAR;
        let mut mended = Mended { body: String::new(), start, seams: Vec::new() };
        let mut at = start;
        while let Some(broken) = body[at..end].find('\n').map(|n| at + n) {
            let next = broken + 1 + quoted(&body[broken + 1..end]);
            let kept = body[at..broken].trim_end().len() + at;
            if near.contains(&broken) && belongs(&body[start..broken], &body[next..end]) {
                mended.body.push_str(&body[at..kept]);
                mended.seams.push((mended.body.len(), next - kept));
                at = next;
            } else {
                mended.body.push_str(&body[at..=broken]);
                at = broken + 1;
            }
        }
        mended.body.push_str(&body[at..end]);
        mended
    }

    /// The hit at its place in the text; `None` where it crosses no seam.
    fn back(&self, mut hit: Hit) -> Option<Hit> {
        let crosses = self.seams.iter().any(|(at, _)| hit.start < *at && *at < hit.end);
        let place = |at: usize, last: bool| {
            let taken: usize = self.seams.iter().filter(|(seam, _)| if last { *seam < at } else { *seam <= at }).map(|(_, n)| n).sum();
            self.start + at + taken
        };
        (hit.start, hit.end) = (place(hit.start, false), place(hit.end, true));
        hit.because.push("broken over two lines, which the text says belong together".to_owned());
        crosses.then_some(hit)
    }
}

/// Length of the marks of a quote at the beginning of a line.
fn quoted(line: &str) -> usize {
    line.len() - line.trim_start_matches(['>', '|', ' ', '\t', '\u{a0}']).len()
}

/// Whether the last word before a break goes on after it.
fn belongs(before: &str, after: &str) -> bool {
    let line = before.rsplit('\n').next().unwrap_or("");
    let line = line[quoted(line)..].trim_end();
    let last = line.rsplit(char::is_whitespace).next().unwrap_or("");
    let next_line = after.split('\n').next().unwrap_or("").trim_end();
    let first = next_line.split(char::is_whitespace).next().unwrap_or("");
    if last.len() < 4 || first.is_empty() || first.ends_with(':') {
        return false;
    }
    let joint = last.ends_with(['-', '_', '/', '+', '=', '.']) && !last.ends_with("--") && last.chars().any(char::is_alphanumeric);
    let joint = joint && (!last.ends_with('.') || last.chars().any(|c| c.is_ascii_digit()));
    let alone = last == line && first == next_line;
    let odd = |w: &str| w.chars().any(|c| c.is_ascii_digit()) || w.chars().skip(1).any(char::is_uppercase) || w.contains(['-', '_']);
    joint || alone && last.len() >= 8 && (odd(last) || odd(first))
}
