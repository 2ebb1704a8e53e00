//! The table `logs`: one row per export of logs.

use super::columns::*;
use crate::EngineError;
use aftermail_model::LogFile;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("evidence", Holds::Text, ALWAYS, "Id of the log file."),
    Column("sources", Holds::Texts, ALWAYS, "Logs that it holds records of."),
    Column("events", Holds::Number, ALWAYS, "Records that became events."),
    Column("duplicates", Holds::Number, ALWAYS, "Of these, records that another record of the case repeats; they count once."),
    Column("rejects", Holds::Number, ALWAYS, "Records that are no events."),
    Column("undated", Holds::Number, ALWAYS, "Events without a time."),
    Column("first", Holds::Time, MAYBE, "First event."),
    Column("last", Holds::Time, MAYBE, "Last event."),
];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[LogFile]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|l| l.evidence.as_str())),
            lists(r().map(|l| l.sources.as_slice())),
            numbers(r().map(|l| l.events)),
            numbers(r().map(|l| l.duplicates)),
            numbers(r().map(|l| l.rejects)),
            numbers(r().map(|l| l.undated)),
            times(r().map(|l| l.first)),
            times(r().map(|l| l.last)),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<LogFile>, EngineError> {
    let c = Cells(batch);
    let (evidence, sources, events) = (c.texts("evidence")?, c.lists("sources")?, c.numbers("events")?);
    let (duplicates, rejects, undated) = (c.numbers("duplicates")?, c.numbers("rejects")?, c.numbers("undated")?);
    let (first, last) = (c.times("first")?, c.times("last")?);
    let row = |i| LogFile {
        evidence: text_at(evidence, i),
        sources: list_at(sources, i),
        events: number_at(events, i),
        duplicates: number_at(duplicates, i),
        rejects: number_at(rejects, i),
        undated: number_at(undated, i),
        first: time_at(first, i),
        last: time_at(last, i),
    };
    Ok((0..batch.num_rows()).map(row).collect())
}
