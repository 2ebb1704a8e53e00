//! Which column holds what.

use super::spellings::{column_of, letters};
use super::table::Table;
use super::{Mapped, cells};
use std::collections::BTreeMap;

/// What a column of a list can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Column {
    /// RFC 5322 Message-ID.
    MessageId,
    /// Microsoft's own id of a message on its way.
    NetworkId,
    /// Sender.
    From,
    /// Recipients; several columns may hold some.
    To,
    /// Subject.
    Subject,
    /// When it was sent.
    Sent,
    /// When the mailbox took it in.
    Received,
    /// How large it is.
    Size,
    /// Whose mailbox it was taken from.
    Mailbox,
}

impl Column {
    /// Every variant.
    pub const ALL: [Column; 9] = [
        Column::MessageId,
        Column::NetworkId,
        Column::From,
        Column::To,
        Column::Subject,
        Column::Sent,
        Column::Received,
        Column::Size,
        Column::Mailbox,
    ];

    /// The word used in mappings.
    pub fn as_str(self) -> &'static str {
        match self {
            Column::MessageId => "message_id",
            Column::NetworkId => "network_id",
            Column::From => "from",
            Column::To => "to",
            Column::Subject => "subject",
            Column::Sent => "sent",
            Column::Received => "received",
            Column::Size => "size",
            Column::Mailbox => "mailbox",
        }
    }

    /// The column of that word.
    pub fn parse(word: &str) -> Option<Column> {
        Column::ALL.into_iter().find(|c| c.as_str() == word)
    }
}

/// Where a person says that columns stand: by heading, compared by letters and digits alone, or by number from 1.
pub type Mapping = BTreeMap<Column, String>;

/// How many rows may stand above the headings.
const TITLE_ROWS: usize = 20;
/// How many rows are looked at to tell a column by what stands in it.
const SAMPLE: usize = 50;

/// How a list is to be read.
pub(super) struct Plan {
    /// Which row holds the headings, if one does.
    pub(super) heading_row: Option<usize>,
    /// The first row that can be a message.
    pub(super) first_row: usize,
    /// For each column what it holds.
    pub(super) at: Vec<Option<Column>>,
    pub(super) assumed: Vec<String>,
    headings: Vec<String>,
}

impl Plan {
    pub(super) fn mapped(&self) -> Vec<Mapped> {
        self.headings.iter().zip(&self.at).map(|(heading, column)| Mapped { heading: heading.clone(), column: *column }).collect()
    }
}

/// How many columns a row of headings would tell; a Message-ID counts twice, for it is what lists are made for.
pub(super) fn score<S: AsRef<str>>(row: &[S]) -> usize {
    let told = row.iter().filter_map(|heading| column_of(heading.as_ref()));
    let (ids, others): (Vec<_>, Vec<_>) = told.partition(|(column, _)| *column == Column::MessageId);
    others.len() + 2 * ids.len()
}

pub(super) fn plan(table: &Table, mapping: Option<&Mapping>) -> Plan {
    let rows = &table.rows;
    let heading_row = if table.headings.is_none() { heading_row(rows, mapping) } else { None };
    let first_row = heading_row.map_or(0, |row| row + 1);
    let width = rows.iter().map(|(_, cells)| cells.len()).max().unwrap_or_default();
    let named: &[String] = table.headings.as_deref().unwrap_or(heading_row.map_or(&[], |row| &rows[row].1));
    let headings = (0..width).map(|n| match named.get(n).map(|h| h.trim()).filter(|h| !h.is_empty()) {
        Some(heading) => heading.to_owned(),
        None => format!("column {}", n + 1),
    });
    let mut plan = Plan { heading_row, first_row, at: vec![None; width], assumed: Vec::new(), headings: headings.collect() };
    let has_names = named.iter().any(|name| !name.trim().is_empty());
    by_person(&mut plan, mapping);
    by_heading(&mut plan);
    by_content(&mut plan, rows, has_names);
    plan
}

/// The row among the first that tells most columns: two, or the Message-ID alone.
fn heading_row(rows: &[(u64, Vec<String>)], mapping: Option<&Mapping>) -> Option<usize> {
    let named = |cells: &[String]| {
        let wanted: Vec<String> = mapping.into_iter().flat_map(|m| m.values()).map(|name| letters(name)).collect();
        cells.iter().filter(|c| !c.trim().is_empty() && wanted.contains(&letters(c))).count() * 2
    };
    let scored = rows.iter().take(TITLE_ROWS).enumerate().map(|(n, (_, cells))| (n, score(cells) + named(cells)));
    // Of equal rows the first: values may look like headings too.
    scored.filter(|(_, score)| *score >= 2).max_by_key(|(n, score)| (*score, usize::MAX - n)).map(|(n, _)| n)
}

fn by_person(plan: &mut Plan, mapping: Option<&Mapping>) {
    for (column, name) in mapping.into_iter().flatten() {
        let by_name = plan.headings.iter().position(|h| letters(h) == letters(name));
        let by_number = || name.trim().parse::<usize>().ok().and_then(|n| n.checked_sub(1)).filter(|n| *n < plan.headings.len());
        match by_name.or_else(by_number) {
            Some(n) => plan.at[n] = Some(*column),
            None => plan.assumed.push(format!("no column \"{name}\" for {}: the list has none of that name", column.as_str())),
        }
    }
}

fn by_heading(plan: &mut Plan) {
    let taken: Vec<Column> = plan.at.iter().flatten().copied().collect();
    let mut best: BTreeMap<Column, (usize, usize)> = BTreeMap::new();
    for (n, heading) in plan.headings.iter().enumerate() {
        let Some((column, rank)) = column_of(heading).filter(|(c, _)| plan.at[n].is_none() && !taken.contains(c)) else { continue };
        if column == Column::To {
            plan.at[n] = Some(column);
        } else if best.get(&column).is_none_or(|held| rank < held.0) {
            best.insert(column, (rank, n));
        }
    }
    for (column, (_, n)) in best {
        plan.at[n] = Some(column);
    }
}

/// A Message-ID looks like nothing else. Addresses and times are told too, but only where there are no headings.
fn by_content(plan: &mut Plan, rows: &[(u64, Vec<String>)], has_names: bool) {
    let is = |column: Column, cell: &str| match column {
        Column::MessageId => cells::is_message_id(cell),
        Column::From => cell.contains('@') && !cells::is_message_id(cell),
        _ => cells::time(cell, cells::DateOrder::Unknown).is_some(),
    };
    let sample = &rows[plan.first_row..];
    for column in [Column::MessageId, Column::From, Column::Sent] {
        if plan.at.contains(&Some(column)) || (has_names && column != Column::MessageId) {
            continue;
        }
        let holds = |n: usize| {
            let cells = sample.iter().take(SAMPLE).filter_map(|(_, cells)| cells.get(n)).map(|c| c.trim()).filter(|c| !c.is_empty());
            let (right, all) = cells.fold((0, 0), |(right, all), cell| (right + usize::from(is(column, cell)), all + 1));
            all > 0 && right * 2 > all
        };
        if let Some(n) = (0..plan.at.len()).find(|n| plan.at[*n].is_none() && holds(*n)) {
            plan.at[n] = Some(column);
            plan.assumed.push(format!("\"{}\" is taken for {} by what stands in it", plan.headings[n], column.as_str()));
        }
    }
}
