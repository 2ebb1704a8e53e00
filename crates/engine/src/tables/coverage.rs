//! The table `coverage`: what the logs of each day are worth.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{Cover, Coverage, LogSource, Timestamp};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("source", Holds::Text, ALWAYS, "Which log."),
    Column("subject", Holds::Text, MAYBE, "Mailbox or account; empty for the log as a whole."),
    Column("day", Holds::Time, ALWAYS, "First moment of the day, in UTC."),
    Column("cover", Holds::Text, ALWAYS, "covered, gap, throttled, expired, unlicensed or delayed."),
    Column("events", Holds::Number, ALWAYS, "Records of that day."),
    Column("because", Holds::Text, ALWAYS, "Why, in words."),
];

const COVERS: [Cover; 6] = [Cover::Covered, Cover::Gap, Cover::Throttled, Cover::Expired, Cover::Unlicensed, Cover::Delayed];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Coverage]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|c| c.source.as_str())),
            maybe_texts(r().map(|c| c.subject.as_deref())),
            times(r().map(|c| Some(c.day))),
            texts(r().map(|c| c.cover.as_str())),
            numbers(r().map(|c| c.events)),
            texts(r().map(|c| c.because.as_str())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Coverage>, EngineError> {
    let c = Cells(batch);
    let (source, subject, day) = (c.texts("source")?, c.texts("subject")?, c.times("day")?);
    let (cover, events, because) = (c.texts("cover")?, c.numbers("events")?, c.texts("because")?);
    let row = |i| {
        Ok(Coverage {
            source: word(&LogSource::ALL, LogSource::as_str, source.value(i))?,
            subject: maybe_text_at(subject, i),
            day: time_at(day, i).unwrap_or(Timestamp(0)),
            cover: word(&COVERS, Cover::as_str, cover.value(i))?,
            events: number_at(events, i),
            because: text_at(because, i),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}
