//! A text as lines, with quote marks and list marks set aside.

use std::ops::Range;

/// A text and its lines, found as they are asked for.
#[derive(Clone, Copy)]
pub(crate) struct Page<'t> {
    pub body: &'t str,
}

/// Longest line that is looked at as one; a longer one is cut around the place asked for.
const LINE: usize = 1500;

impl<'t> Page<'t> {
    /// The line around a place, without its end.
    pub(crate) fn line(&self, at: usize) -> Range<usize> {
        let floor = self.body.floor_char_boundary(at.saturating_sub(LINE));
        let start = memchr::memrchr(b'\n', &self.body.as_bytes()[floor..at]).map_or(floor, |n| floor + n + 1);
        let ceiling = self.body.ceil_char_boundary((at + LINE).min(self.body.len()));
        let end = memchr::memchr(b'\n', &self.body.as_bytes()[at..ceiling]).map_or(ceiling, |n| at + n);
        start..end
    }

    /// The line without quote marks (`> > `), list marks and white space at both ends.
    pub(crate) fn content(&self, line: &Range<usize>) -> Range<usize> {
        let text = &self.body[line.clone()];
        let kept = text.trim_start_matches(['>', '|', ' ', '\u{a0}', '\r']);
        let start = line.end - kept.len();
        start..start + kept.trim_end().len()
    }

    /// The lines after a place, without quote marks, that are not empty; at most so many, over at most one empty line each.
    pub(crate) fn following(&self, at: usize, most: usize) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let mut line = self.line(at);
        let mut empty = 0;
        while out.len() < most && line.end < self.body.len() && empty < 2 {
            line = self.line(line.end + 1);
            let content = self.content(&line);
            if content.is_empty() {
                empty += 1;
            } else {
                empty = 0;
                out.push(content);
            }
        }
        out
    }

    /// The lines before a place, nearest first; at most so many, empty ones left out.
    pub(crate) fn preceding(&self, at: usize, most: usize) -> Vec<Range<usize>> {
        let mut out = Vec::new();
        let mut line = self.line(at);
        let mut seen = 0;
        while seen < most && line.start > 0 {
            line = self.line(line.start - 1);
            seen += 1;
            let content = self.content(&line);
            if !content.is_empty() {
                out.push(content);
            }
        }
        out
    }
}

/// The word before a place, in lower case.
pub(crate) fn word_before(text: &str) -> String {
    text.trim_end_matches([' ', '\u{a0}'])
        .rsplit(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .next()
        .unwrap_or("")
        .to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quote_marks_are_set_aside() {
        let page = Page { body: "> > Password: a\n> \n>\tnext\n\nlast" };
        let line = page.line(5);
        assert_eq!(&page.body[page.content(&line)], "Password: a");
        let next: Vec<&str> = page.following(5, 2).iter().map(|r| page.body[r.clone()].trim()).collect();
        assert_eq!(next, ["next", "last"]);
        assert_eq!(page.preceding(page.body.len(), 3).len(), 1);
    }
}
