//! The table `exposures`: which messages were taken, by what is known.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{Exposed, Exposure, Locator};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("evidence", Holds::Text, ALWAYS, "Id of the evidence file."),
    Column("offset", Holds::Number, ALWAYS, "First byte of the message in the evidence."),
    Column("length", Holds::Number, ALWAYS, "Length of the message in bytes."),
    Column("exposed", Holds::Text, ALWAYS, "listed, read, assumed_sync … or not_read_covered, not_read_uncovered."),
    Column("first", Holds::Time, MAYBE, "When it was first taken, where known."),
    Column("last", Holds::Time, MAYBE, "When it was last taken, where known."),
    Column("because", Holds::Text, ALWAYS, "Why, in words."),
    Column("rests_on", Holds::Texts, ALWAYS, "Ids of events, or rows of lists."),
];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Exposure]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|e| e.at.evidence.as_str())),
            numbers(r().map(|e| e.at.offset)),
            numbers(r().map(|e| e.at.length)),
            texts(r().map(|e| e.exposed.as_str())),
            times(r().map(|e| e.first)),
            times(r().map(|e| e.last)),
            texts(r().map(|e| e.because.as_str())),
            lists(r().map(|e| e.rests_on.as_slice())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Exposure>, EngineError> {
    let c = Cells(batch);
    let (evidence, offset, length) = (c.texts("evidence")?, c.numbers("offset")?, c.numbers("length")?);
    let (exposed, first, last) = (c.texts("exposed")?, c.times("first")?, c.times("last")?);
    let (because, rests_on) = (c.texts("because")?, c.lists("rests_on")?);
    let row = |i| {
        Ok(Exposure {
            at: Locator { evidence: text_at(evidence, i), offset: number_at(offset, i), length: number_at(length, i) },
            exposed: word(&Exposed::ALL, Exposed::as_str, exposed.value(i))?,
            first: time_at(first, i),
            last: time_at(last, i),
            because: text_at(because, i),
            rests_on: list_at(rests_on, i),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}
