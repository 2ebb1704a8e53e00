//! Quotes in HTML, as mail without HTML marks them.

/// An edge of a quote: of a mail that is answered.
pub(super) struct Quote {
    /// Where it stands in the visible text.
    pub at: usize,
    pub begins: bool,
}

/// A text with `>` before the lines of quotes, as in mail without HTML.
pub(super) fn marked(text: Vec<u8>, quotes: &[Quote]) -> Vec<u8> {
    if quotes.is_empty() {
        return text;
    }
    let mut out = Vec::with_capacity(text.len() + text.len() / 8);
    let (mut at, mut depth, mut quotes) = (0, 0usize, quotes.iter().peekable());
    for line in text.split_inclusive(|b| *b == b'\n') {
        while let Some(quote) = quotes.next_if(|q| q.at <= at) {
            depth = if quote.begins { depth + 1 } else { depth.saturating_sub(1) };
        }
        (0..depth.min(DEEPEST)).for_each(|_| out.extend_from_slice(b"> "));
        out.extend_from_slice(line);
        at += line.len();
    }
    out
}

/// Quotes within quotes that are marked as such.
const DEEPEST: usize = 16;
