//! The table `rejects`: one row per record of a log that is no event.

use super::columns::*;
use crate::EngineError;
use aftermail_model::Rejected;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("evidence", Holds::Text, ALWAYS, "Id of the log file."),
    Column("offset", Holds::Number, ALWAYS, "First byte of the record in the file's text, unpacked and in UTF-8."),
    Column("length", Holds::Number, ALWAYS, "Length of the record in bytes."),
    Column("why", Holds::Text, ALWAYS, "Why it is no event."),
];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Rejected]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|x| x.evidence.as_str())),
            numbers(r().map(|x| x.offset)),
            numbers(r().map(|x| x.length)),
            texts(r().map(|x| x.why.as_str())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Rejected>, EngineError> {
    let c = Cells(batch);
    let (evidence, offset, length, why) = (c.texts("evidence")?, c.numbers("offset")?, c.numbers("length")?, c.texts("why")?);
    let row =
        |i| Rejected { evidence: text_at(evidence, i), offset: number_at(offset, i), length: number_at(length, i), why: text_at(why, i) };
    Ok((0..batch.num_rows()).map(row).collect())
}
