//! Tables of rows: contents and hierarchy of folders, recipients, attachments ([MS-PST] 2.3.4).

use super::Limits;
use super::block::Blocks;
use super::heap::{Heap, is_heap_id};
use super::properties;
use crate::le::{u16_at, u32_at};
use crate::value::{self, Props};
use crate::{Fault, ReadAt};
use std::cell::RefCell;

/// A row: its id, which is that of a node as a rule, and its cells.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub id: u32,
    pub cells: Props,
}

struct Column {
    id: u16,
    kind: u16,
    at: usize,
    size: usize,
    bit: usize,
}

/// The ids of a table's rows. They stand in its index, so that the rows themselves need not be read.
pub(super) fn ids<S: ReadAt + ?Sized>(blocks: &Blocks<'_, S>, heap: &Heap, limits: &Limits, faults: &RefCell<Vec<Fault>>) -> Vec<u32> {
    let indexed = || {
        let info = heap.get(heap.root).filter(|_| heap.client == 0x7C)?;
        let (_, records) = heap.tree(u32_at(info, 10)?).filter(|(key, _)| *key == 4)?;
        Some(records.iter().filter_map(|r| u32_at(r, 0)).collect())
    };
    indexed().unwrap_or_else(|| read(blocks, heap, limits, faults).into_iter().map(|row| row.id).collect())
}

/// Reads a table.
pub(super) fn read<S: ReadAt + ?Sized>(blocks: &Blocks<'_, S>, heap: &Heap, limits: &Limits, faults: &RefCell<Vec<Fault>>) -> Vec<Row> {
    rows(blocks, heap, limits, faults).unwrap_or_else(|| {
        faults.borrow_mut().push(Fault { what: "a table is broken".to_owned() });
        Vec::new()
    })
}

fn rows<S: ReadAt + ?Sized>(blocks: &Blocks<'_, S>, heap: &Heap, limits: &Limits, faults: &RefCell<Vec<Fault>>) -> Option<Vec<Row>> {
    let info = heap.get(heap.root).filter(|i| heap.client == 0x7C && i.first() == Some(&0x7C))?;
    let count = usize::from(*info.get(1)?);
    // Where the bits begin that say which cells are there, and the length of a row.
    let (bits_at, length) = (usize::from(u16_at(info, 6)?), usize::from(u16_at(info, 8)?));
    let (index, matrix) = (u32_at(info, 10)?, u32_at(info, 14)?);
    if length < 4 {
        return None;
    }
    let columns: Vec<Column> = (0..count).filter_map(|n| column(info.get(22 + 8 * n..30 + 8 * n)?)).collect();
    if matrix == 0 {
        return Some(Vec::new());
    }
    // A block holds whole rows; what is left at its end is padding.
    let owned;
    let pieces: Vec<&[u8]> = if is_heap_id(matrix) {
        vec![heap.get(matrix)?]
    } else {
        owned = blocks.data(heap.subnodes.get(&matrix)?.data, limits.bytes, faults);
        owned.blocks.iter().map(Vec::as_slice).collect()
    };
    let all: Vec<&[u8]> = pieces.iter().flat_map(|p| p.chunks_exact(length)).collect();
    // The index says which rows are alive; a deleted row may still stand in the matrix.
    let alive: Option<Vec<usize>> = heap.tree(index).map(|(key, records)| {
        let place = |r: &&[u8]| if r.len() - key >= 4 { u32_at(r, key).map(|n| n as usize) } else { u16_at(r, key).map(usize::from) };
        records.iter().filter_map(place).collect()
    });
    let order = alive.unwrap_or_else(|| (0..all.len()).collect());
    let mut out = Vec::with_capacity(order.len().min(all.len()));
    for row in order.into_iter().filter_map(|n| all.get(n)) {
        let Some(id) = u32_at(row, 0) else { continue };
        out.push(Row { id, cells: cells(blocks, heap, row, &columns, bits_at, limits, faults) });
    }
    Some(out)
}

fn column(bytes: &[u8]) -> Option<Column> {
    Some(Column {
        kind: u16_at(bytes, 0)?,
        id: u16_at(bytes, 2)?,
        at: usize::from(u16_at(bytes, 4)?),
        size: usize::from(bytes[6]),
        bit: usize::from(bytes[7]),
    })
}

fn cells<S: ReadAt + ?Sized>(
    blocks: &Blocks<'_, S>,
    heap: &Heap,
    row: &[u8],
    columns: &[Column],
    bits_at: usize,
    limits: &Limits,
    faults: &RefCell<Vec<Fault>>,
) -> Props {
    let mut cells = Props::default();
    for column in columns {
        let there = row.get(bits_at + column.bit / 8).is_some_and(|bits| bits >> (7 - column.bit % 8) & 1 == 1);
        let Some(cell) = row.get(column.at..column.at + column.size).filter(|_| there) else { continue };
        let value = match value::fixed_size(column.kind) {
            // A boolean takes one byte here.
            Some(_) if column.kind == 0x000B => value::parse(0x000B, cell),
            Some(size) if size <= 8 && column.size == size => value::parse(column.kind, cell),
            _ => u32_at(cell, 0)
                .and_then(|hnid| properties::bytes(blocks, heap, hnid, limits, faults))
                .and_then(|b| value::parse(column.kind, &b)),
        };
        if let Some(value) = value {
            cells.put(column.id, value);
        }
    }
    cells
}
