//! The table `remarks`: sentences that the logs as a whole give rise to.

use super::columns::*;
use crate::EngineError;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("topic", Holds::Text, ALWAYS, "provable, export, cannot_say, missing (listed, and not held) or probable (to be confirmed)."),
    Column("sentence", Holds::Text, ALWAYS, "One sentence, or what names the thing."),
];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[(String, String)]) -> Result<RecordBatch, EngineError> {
    batch(schema(), vec![texts(rows.iter().map(|(topic, _)| topic.as_str())), texts(rows.iter().map(|(_, said)| said.as_str()))])
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<(String, String)>, EngineError> {
    let c = Cells(batch);
    let (topic, sentence) = (c.texts("topic")?, c.texts("sentence")?);
    Ok((0..batch.num_rows()).map(|i| (text_at(topic, i), text_at(sentence, i))).collect())
}
