//! Lines of flowing text. A line that hides or changes something is told twice: as it is seen, and with what is hidden and was
//! deleted in its place, so that the words around it stay with it.

/// How a run of text stands in its line.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Shown {
    #[default]
    Yes,
    /// Not seen, or deleted by a change that is tracked.
    Hidden,
    /// Inserted by a change that is tracked.
    Added,
}

/// Lines as they come.
#[derive(Default)]
pub(super) struct Lines {
    pub(super) seen: String,
    /// The lines that differ from what is seen.
    pub(super) hidden: String,
    line: String,
    before: String,
    differs: bool,
}

impl Lines {
    pub(super) fn put(&mut self, text: &str, shown: Shown) {
        if shown != Shown::Hidden {
            self.line.push_str(text);
        }
        if shown != Shown::Added {
            self.before.push_str(text);
        }
        self.differs |= shown == Shown::Hidden && !text.trim().is_empty();
    }

    /// Ends a cell of the row that is the current line.
    pub(super) fn end_cell(&mut self) {
        for line in [&mut self.line, &mut self.before] {
            line.truncate(line.trim_end_matches(' ').len());
            line.push('\t');
        }
    }

    pub(super) fn end_line(&mut self) {
        let line = self.line.trim_end_matches(['\t', ' ']);
        if !line.is_empty() {
            self.seen.extend([line, "\n"]);
        }
        if self.differs {
            self.hidden.extend([self.before.trim_end_matches(['\t', ' ']), "\n"]);
        }
        self.line.clear();
        self.before.clear();
        self.differs = false;
    }

    /// Lines that follow the current one as they are.
    pub(super) fn append(&mut self, lines: &str) {
        self.seen.push_str(lines);
    }

    /// Bytes that are seen by now.
    pub(super) fn spoken(&self) -> usize {
        self.seen.len() + self.line.len()
    }
}
