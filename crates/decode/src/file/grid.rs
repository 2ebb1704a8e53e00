//! A sheet as text: rows are lines, cells are separated by tabs and keep their columns, what is hidden stands apart.

use super::pages::MOST_TEXT;
use std::ops::RangeInclusive;

/// Columns that keep their place. A row is wider only to break readers; what stands further right follows without gaps.
const COLUMNS: usize = 1000;

/// Takes the cells of a sheet row by row.
#[derive(Default)]
pub(super) struct Grid {
    hidden_columns: Vec<RangeInclusive<usize>>,
    /// The row as it is seen, and all of it where columns are hidden.
    row: Row,
    whole: Row,
    /// The row has a cell in a hidden column.
    conceals: bool,
    seen: String,
    hidden: String,
    /// The first row that says something: headers, which what is hidden needs too.
    head: String,
    full: bool,
}

#[derive(Default)]
struct Row {
    text: String,
    column: usize,
}

impl Row {
    fn put(&mut self, column: usize, value: &str) {
        let gap = column.min(COLUMNS).saturating_sub(self.column);
        self.text.extend(std::iter::repeat_n('\t', if column >= COLUMNS { 1 } else { gap }));
        self.column = self.column.max(column.min(COLUMNS));
        if value.contains(['\t', '\n', '\r']) {
            self.text.extend(value.trim_end().chars().map(|c| if matches!(c, '\t' | '\n' | '\r') { ' ' } else { c }));
        } else {
            self.text.push_str(value);
        }
    }

    fn clear(&mut self) {
        self.text.clear();
        self.column = 0;
    }
}

impl Grid {
    pub(super) fn hide_columns(&mut self, columns: RangeInclusive<usize>) {
        self.hidden_columns.push(columns);
    }

    /// A cell of the current row; columns count from 0.
    pub(super) fn cell(&mut self, column: usize, value: &str) {
        if value.is_empty() || self.full {
            return;
        }
        if self.row.text.len() + self.seen.len() + self.hidden.len() + value.len() > MOST_TEXT {
            self.full = true;
            return;
        }
        if self.hidden_columns.is_empty() {
            return self.row.put(column, value);
        }
        self.whole.put(column, value);
        if self.hidden_columns.iter().any(|h| h.contains(&column)) {
            self.conceals = true;
        } else {
            self.row.put(column, value);
        }
    }

    /// Ends the current row.
    pub(super) fn end_row(&mut self, hidden: bool) {
        let whole = if self.hidden_columns.is_empty() { &self.row.text } else { &self.whole.text };
        if self.head.is_empty() {
            self.head.push_str(whole);
        }
        if (hidden || self.conceals) && !whole.trim().is_empty() {
            if self.hidden.is_empty() && self.head != *whole {
                self.hidden.push_str(&self.head);
                self.hidden.push('\n');
            }
            self.hidden.push_str(whole);
            self.hidden.push('\n');
        }
        if !hidden && !self.row.text.is_empty() {
            self.seen.push_str(&self.row.text);
            self.seen.push('\n');
        }
        self.row.clear();
        self.whole.clear();
        self.conceals = false;
    }

    /// What is seen, what is hidden, and whether all of it had room.
    pub(super) fn finish(mut self) -> (String, String, bool) {
        self.end_row(false);
        (self.seen, self.hidden, !self.full)
    }
}

/// Column of a cell's name, counted from 0: "C7" is 2.
pub(super) fn column_of(name: &str) -> Option<usize> {
    let letters = name.bytes().filter(|b| *b != b'$').take_while(u8::is_ascii_alphabetic).take(4);
    letters.fold(0_usize, |n, b| n * 26 + usize::from(b.to_ascii_uppercase() - b'A') + 1).checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_keep_their_columns() {
        let mut grid = Grid::default();
        for (column, value) in [(0, "Host"), (2, "Pass\nword")] {
            grid.cell(column, value);
        }
        grid.end_row(false);
        grid.cell(2, "x");
        grid.cell(16_000, "far");
        assert_eq!(grid.finish(), ("Host\t\tPass word\n\t\tx\tfar\n".into(), String::new(), true));
    }

    #[test]
    fn hidden_rows_and_columns_keep_their_headers() {
        let mut grid = Grid::default();
        grid.hide_columns(1..=1);
        for (row, hidden) in [(["User", "Key"], false), (["amy", "k1"], false), (["bob", ""], true), (["cy", ""], false)] {
            row.iter().enumerate().for_each(|(n, v)| grid.cell(n, v));
            grid.end_row(hidden);
        }
        assert_eq!(grid.finish(), ("User\namy\ncy\n".into(), "User\tKey\namy\tk1\nbob\n".into(), true));
    }

    #[test]
    fn columns_are_told_by_letters() {
        assert_eq!(["A1", "C7", "$AA$3", "7"].map(column_of), [Some(0), Some(2), Some(26), None]);
    }
}
