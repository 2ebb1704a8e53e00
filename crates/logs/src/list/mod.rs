//! Lists of messages that a provider hands over: which mail was taken.
//!
//! No two lists look alike, so columns are told by their names in many spellings and languages, by what stands in them where no
//! name helps, or by a mapping that a person gives. Every row ends as a message or as a reject.

mod cells;
mod columns;
mod spellings;
mod table;

use crate::Limits;
use aftermail_model::ListedMessage;
use std::collections::BTreeMap;

pub use columns::{Column, Mapping};
use table::Table;

/// Bytes that a compressed list may become.
const TEXT_BYTES: u64 = 1 << 30;

/// Why a row is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NoMessage {
    /// Nothing stands in it.
    Empty,
    /// It stands above the headings.
    AboveHeadings,
    /// Neither JSON nor a whole row.
    Damaged,
    /// It and all rows behind it are more than are read.
    Beyond,
    /// No Message-ID, and too little else to look for a message.
    TooLittle,
}

impl NoMessage {
    /// The words that a reader sees.
    pub fn as_str(self) -> &'static str {
        match self {
            NoMessage::Empty => "is empty",
            NoMessage::AboveHeadings => "stands above the headings",
            NoMessage::Damaged => "is damaged",
            NoMessage::Beyond => "and all rows behind it are more than are read",
            NoMessage::TooLittle => "says too little to find a message by",
        }
    }
}

/// A row that is no message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rejected {
    /// Which row, counted as in [`ListedMessage::row`].
    pub row: u64,
    /// Why.
    pub why: NoMessage,
}

/// One heading and what was made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The heading as the list has it; `column 3` where it has none.
    pub heading: String,
    /// What it holds; none where nothing was made of it.
    pub column: Option<Column>,
}

/// A list as read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct List {
    /// Messages, in the order of their rows.
    pub rows: Vec<ListedMessage>,
    /// All columns, from the left.
    pub columns: Vec<Mapped>,
    /// Rows that are no message.
    pub rejects: Vec<Rejected>,
    /// Cells with something in them that is none of what the column holds: an unreadable time, a Message-ID without `@`.
    pub unread: BTreeMap<Column, u64>,
    /// What had to be assumed, in words: the order of day and month, a column told by what stands in it.
    pub assumed: Vec<String>,
}

/// Reads a list: CSV with any of the usual delimiters, an array of JSON objects, an envelope around one, or one object after
/// another; gzip and UTF-16 too. A mapping goes before what headings say.
pub fn read(bytes: &[u8], mapping: Option<&Mapping>) -> List {
    let text = crate::text(bytes, &Limits { text_bytes: TEXT_BYTES, ..Limits::default() });
    list(table::read(&text), mapping)
}

/// The cells of a table of any kind, headings first, for those who read something else than a list of messages.
pub fn cells(bytes: &[u8]) -> Vec<Vec<String>> {
    let table = table::read(&crate::text(bytes, &Limits::default()));
    table.headings.into_iter().chain(table.rows.into_iter().map(|(_, cells)| cells)).collect()
}

/// Reads a list whose cells someone else took out of a spreadsheet.
pub fn from_rows(rows: Vec<Vec<String>>, mapping: Option<&Mapping>) -> List {
    list(Table { rows: (1..).zip(rows).collect(), ..Table::default() }, mapping)
}

fn list(table: Table, mapping: Option<&Mapping>) -> List {
    let plan = columns::plan(&table, mapping);
    let mut list = List { columns: plan.mapped(), assumed: plan.assumed.clone(), ..List::default() };
    let order = cells::order(&table.rows[plan.first_row..], &plan.at);
    list.assumed.extend(order.assumed());
    let reject = |row, why| Rejected { row, why };
    list.rejects.extend(table.damaged.into_iter().map(|row| reject(row, NoMessage::Damaged)));
    list.rejects.extend(table.beyond.map(|row| reject(row, NoMessage::Beyond)));
    for (nth, (row, cells)) in table.rows.into_iter().enumerate() {
        if Some(nth) == plan.heading_row {
            continue;
        }
        let why = if cells.iter().all(|c| c.trim().is_empty()) {
            NoMessage::Empty
        } else if nth < plan.first_row {
            NoMessage::AboveHeadings
        } else {
            let message = cells::message(row, &cells, &plan.at, order, &mut list.unread);
            if message.names_a_message() {
                list.rows.push(message);
                continue;
            }
            NoMessage::TooLittle
        };
        list.rejects.push(reject(row, why));
    }
    list.rejects.sort_by_key(|r| r.row);
    list
}

#[cfg(test)]
mod tests;
