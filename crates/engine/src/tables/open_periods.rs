//! The table `open_periods`: when mail was served to whoever asked.

use super::columns::*;
use crate::EngineError;
use aftermail_model::OpenPeriod;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("host", Holds::Text, MAYBE, "The host, as log or configuration name it."),
    Column("service", Holds::Text, ALWAYS, "What it served."),
    Column("from", Holds::Time, MAYBE, "The first proof that it was open; empty for a setting."),
    Column("until", Holds::Time, MAYBE, "The last proof."),
    Column("because", Holds::Text, ALWAYS, "Why, in words."),
    Column("rests_on", Holds::Texts, ALWAYS, "Ids of events, or places of settings (file:line)."),
];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[OpenPeriod]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            maybe_texts(r().map(|p| p.host.as_deref())),
            texts(r().map(|p| p.service.as_str())),
            times(r().map(|p| p.from)),
            times(r().map(|p| p.until)),
            texts(r().map(|p| p.because.as_str())),
            lists(r().map(|p| p.rests_on.as_slice())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<OpenPeriod>, EngineError> {
    let c = Cells(batch);
    let (host, service, from) = (c.texts("host")?, c.texts("service")?, c.times("from")?);
    let (until, because, rests_on) = (c.times("until")?, c.texts("because")?, c.lists("rests_on")?);
    let row = |i| OpenPeriod {
        host: maybe_text_at(host, i),
        service: text_at(service, i),
        from: time_at(from, i),
        until: time_at(until, i),
        because: text_at(because, i),
        rests_on: list_at(rests_on, i),
    };
    Ok((0..batch.num_rows()).map(row).collect())
}
