//! A provider's list of stolen messages read.

use super::find::{Finder, Origin};
use crate::wire::Reply;
use aftermail_logs::list::{self, Column, List, Mapping};
use aftermail_model::Locator;
use std::path::Path;

/// A list larger than this is none that a provider sent.
const LARGEST: u64 = 256 << 20;

/// Rows of the list, and what a person must know of its reading.
pub(crate) fn read(path: &Path, columns: &[(String, String)], finder: &mut Finder) -> Reply {
    let mapping: Mapping = columns.iter().filter_map(|(word, at)| Some((Column::parse(word)?, at.clone()))).collect();
    let mapping = Some(&mapping).filter(|m| !m.is_empty());
    let bytes = match std::fs::metadata(path).map(|m| m.len()) {
        Ok(size) if size > LARGEST => return Reply::List { rows: Vec::new(), said: vec!["it is too large for a list".into()] },
        _ => std::fs::read(path),
    };
    match bytes {
        Err(e) => Reply::List { rows: Vec::new(), said: vec![format!("it could not be read: {}", e.kind())] },
        Ok(bytes) => {
            let list = if bytes.starts_with(b"PK") { sheet(&bytes, path, mapping, finder) } else { list::read(&bytes, mapping) };
            let said = said(&list);
            Reply::List { rows: list.rows, said }
        }
    }
}

/// The rows of a spreadsheet: the decoder gives a row as a line and sets tabs between its cells.
fn sheet(bytes: &[u8], path: &Path, mapping: Option<&Mapping>, finder: &mut Finder) -> List {
    let read = finder.lone_file(bytes, Locator::default(), "file", path, &Origin::default());
    let lines = read.told.texts.iter().flat_map(|text| text.body.lines());
    list::from_rows(lines.map(|line| line.split('\t').map(str::to_owned).collect()).collect(), mapping)
}

fn said(list: &List) -> Vec<String> {
    let mut said = list.assumed.clone();
    let mut why = std::collections::BTreeMap::new();
    list.rejects.iter().for_each(|reject| *why.entry(reject.why.as_str()).or_insert(0) += 1);
    said.extend(why.into_iter().map(|(why, number)| format!("{number} of its rows are no message, for each {why}")));
    said.extend(list.unread.iter().map(|(column, number)| format!("{number} cells of its column {} could not be read", column.as_str())));
    said
}
