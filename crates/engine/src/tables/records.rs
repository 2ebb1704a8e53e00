//! The table that a scan is: one row per message, with its parts, occurrences and gaps as nested lists.
//!
//! One row of one shape for everything keeps the scan an ordinary table (`UNNEST` opens the lists), and the four flat
//! tables come out of it without copying. A row without a message is a whole file that could not be read.

use super::{gaps, messages, occurrences, parts};
use crate::EngineError;
use aftermail_model::{Gap, Message, Occurrence, Part};
use datafusion::arrow::array::{Array, ArrayRef, AsArray, Int64Array, ListArray, RecordBatch, StructArray};
use datafusion::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion::arrow::datatypes::{DataType, Field, Fields, Schema, SchemaRef};
use std::ops::Range;
use std::sync::{Arc, LazyLock};

/// One message with everything about it, before it becomes columns.
#[derive(Debug, Default, Clone)]
pub(crate) struct Record {
    pub message: Option<Message>,
    pub parts: Vec<Part>,
    pub occurrences: Vec<Occurrence>,
    pub gaps: Vec<Gap>,
}

/// Position of the columns.
const MESSAGE: usize = 1;
const PARTS: usize = 2;
const OCCURRENCES: usize = 3;
const GAPS: usize = 4;

/// Meanings travel only in the flat tables; on the wire they would outweigh the rows.
fn bare(schema: SchemaRef) -> Fields {
    schema.fields().iter().map(|f| Field::new(f.name(), f.data_type().clone(), f.is_nullable())).collect()
}

fn list_of(schema: SchemaRef) -> DataType {
    DataType::List(Arc::new(Field::new("item", DataType::Struct(bare(schema)), false)))
}

/// Schema of the scan.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| {
        Arc::new(Schema::new(vec![
            Field::new("unit", DataType::Int64, false),
            Field::new("message", DataType::Struct(bare(messages::schema())), true),
            Field::new("parts", list_of(parts::schema()), false),
            Field::new("occurrences", list_of(occurrences::schema()), false),
            Field::new("gaps", list_of(gaps::schema()), false),
        ]))
    });
    SCHEMA.clone()
}

fn nested(batch: RecordBatch, schema: SchemaRef, lengths: impl Iterator<Item = usize>) -> Result<ArrayRef, EngineError> {
    let fields = bare(schema);
    let rows = StructArray::try_new_with_length(fields.clone(), batch.columns().to_vec(), None, batch.num_rows()).map_err(bug)?;
    let item = Arc::new(Field::new("item", DataType::Struct(fields), false));
    Ok(Arc::new(ListArray::try_new(item, OffsetBuffer::from_lengths(lengths), Arc::new(rows), None).map_err(bug)?))
}

fn bug(e: datafusion::arrow::error::ArrowError) -> EngineError {
    EngineError::Bug(format!("records do not fit their schema: {e}"))
}

/// Rows to columns.
pub(crate) fn to_batch(unit: u64, mut rows: Vec<Record>) -> Result<RecordBatch, EngineError> {
    let n = rows.len();
    let present: NullBuffer = rows.iter().map(|r| r.message.is_some()).collect::<Vec<bool>>().into();
    let flat: Vec<Message> = rows.iter_mut().map(|r| r.message.take().unwrap_or_default()).collect();
    let message = messages::to_batch(&flat)?;
    let message = StructArray::try_new(bare(messages::schema()), message.columns().to_vec(), Some(present)).map_err(bug)?;
    let lengths = |f: fn(&Record) -> usize| rows.iter().map(f).collect::<Vec<usize>>();
    let (np, no, ng) = (lengths(|r| r.parts.len()), lengths(|r| r.occurrences.len()), lengths(|r| r.gaps.len()));
    let (mut all_parts, mut all_occurrences, mut all_gaps) = (Vec::new(), Vec::new(), Vec::new());
    for row in &mut rows {
        all_parts.append(&mut row.parts);
        all_occurrences.append(&mut row.occurrences);
        all_gaps.append(&mut row.gaps);
    }
    let columns: Vec<ArrayRef> = vec![
        Arc::new(Int64Array::from_value(i64::try_from(unit).unwrap_or(i64::MAX), n)),
        Arc::new(message),
        nested(parts::to_batch(&all_parts)?, parts::schema(), np.into_iter())?,
        nested(occurrences::to_batch(&all_occurrences)?, occurrences::schema(), no.into_iter())?,
        nested(gaps::to_batch(&all_gaps)?, gaps::schema(), ng.into_iter())?,
    ];
    RecordBatch::try_new(schema(), columns).map_err(bug)
}

/// The flat tables inside a batch of the scan, and where each row's pieces lie in them.
pub(crate) struct Flat {
    /// Messages; for a row without one, a row of defaults.
    pub messages: RecordBatch,
    /// Whether the row has a message.
    pub present: Vec<bool>,
    pub parts: (RecordBatch, Vec<Range<usize>>),
    pub occurrences: (RecordBatch, Vec<Range<usize>>),
    pub gaps: (RecordBatch, Vec<Range<usize>>),
}

fn unnested(column: &ArrayRef, schema: SchemaRef) -> Result<(RecordBatch, Vec<Range<usize>>), EngineError> {
    let list = column.as_list::<i32>();
    let (first, last) = (list.value_offsets()[0] as usize, list.value_offsets()[list.len()] as usize);
    let values = list.values().slice(first, last - first);
    let rows = RecordBatch::try_new(schema, values.as_struct().columns().to_vec()).map_err(bug)?;
    let ranges = list.value_offsets().windows(2).map(|w| w[0] as usize - first..w[1] as usize - first).collect();
    Ok((rows, ranges))
}

/// Opens the nested columns without copying.
pub(crate) fn flatten(batch: &RecordBatch) -> Result<Flat, EngineError> {
    let message = batch.column(MESSAGE).as_struct();
    Ok(Flat {
        messages: RecordBatch::try_new(messages::schema(), message.columns().to_vec()).map_err(bug)?,
        present: (0..batch.num_rows()).map(|i| message.is_valid(i)).collect(),
        parts: unnested(batch.column(PARTS), parts::schema())?,
        occurrences: unnested(batch.column(OCCURRENCES), occurrences::schema())?,
        gaps: unnested(batch.column(GAPS), gaps::schema())?,
    })
}

/// The number of the unit that a batch belongs to.
pub(crate) fn unit_of(batch: &RecordBatch) -> Option<u64> {
    let units = batch.column(0).as_primitive_opt::<datafusion::arrow::datatypes::Int64Type>()?;
    (!units.is_empty()).then(|| units.value(0)).and_then(|n| u64::try_from(n).ok())
}
