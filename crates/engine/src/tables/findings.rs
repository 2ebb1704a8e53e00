//! The table `findings`: one row per distinct secret.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{Finding, FindingId, Kind, Status};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("finding", Holds::Text, ALWAYS, "Keyed fingerprint of the value."),
    Column("kind", Holds::Text, ALWAYS, "Kind of its most confident occurrence."),
    Column("shape", Holds::Text, ALWAYS, "Redacted form of the value."),
    Column("system", Holds::Text, MAYBE, "Best system; links has all."),
    Column("account", Holds::Text, MAYBE, "Best account; links has all."),
    Column("expires", Holds::Time, MAYBE, "When it ends, where known."),
    Column("status", Holds::Text, ALWAYS, "Status of the latest occurrence that says anything."),
    Column("confidence", Holds::Fraction, ALWAYS, "Highest confidence of any occurrence, 0 to 1."),
    Column("because", Holds::Texts, ALWAYS, "Reasons of the most confident occurrence."),
    Column("first_sent", Holds::Time, MAYBE, "Earliest message that holds it."),
    Column("last_sent", Holds::Time, MAYBE, "Latest message that holds it."),
    Column("messages", Holds::Number, ALWAYS, "In how many messages it stands."),
    Column("occurrences", Holds::Number, ALWAYS, "In how many places."),
    Column("priority", Holds::Number, ALWAYS, "1 (reset today) to 4 (look at it when the rest is done)."),
    Column("priority_because", Holds::Text, ALWAYS, "Why that priority."),
    Column("ignored", Holds::Text, MAYBE, "Why it is not to be worked off, where the case says so."),
];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Finding]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|f| f.id.as_str())),
            texts(r().map(|f| f.kind.as_str())),
            texts(r().map(|f| f.shape.as_str())),
            maybe_texts(r().map(|f| f.system.as_deref())),
            maybe_texts(r().map(|f| f.account.as_deref())),
            times(r().map(|f| f.expires)),
            texts(r().map(|f| f.status.as_str())),
            fractions(r().map(|f| f.confidence)),
            lists(r().map(|f| f.because.as_slice())),
            times(r().map(|f| f.first_sent)),
            times(r().map(|f| f.last_sent)),
            numbers(r().map(|f| f.messages)),
            numbers(r().map(|f| f.occurrences)),
            numbers(r().map(|f| u64::from(f.priority))),
            texts(r().map(|f| f.priority_because.as_str())),
            maybe_texts(r().map(|f| f.ignored.as_deref())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Finding>, EngineError> {
    let c = Cells(batch);
    let (id, kind, shape) = (c.texts("finding")?, c.texts("kind")?, c.texts("shape")?);
    let (system, account, expires) = (c.texts("system")?, c.texts("account")?, c.times("expires")?);
    let (status, confidence, because) = (c.texts("status")?, c.fractions("confidence")?, c.lists("because")?);
    let (first, last) = (c.times("first_sent")?, c.times("last_sent")?);
    let (messages, occurrences) = (c.numbers("messages")?, c.numbers("occurrences")?);
    let (priority, why, ignored) = (c.numbers("priority")?, c.texts("priority_because")?, c.texts("ignored")?);
    let row = |i| {
        Ok(Finding {
            id: FindingId::from_text(id.value(i)),
            kind: word(Kind::ALL, Kind::as_str, kind.value(i))?,
            shape: text_at(shape, i),
            system: maybe_text_at(system, i),
            account: maybe_text_at(account, i),
            expires: time_at(expires, i),
            status: word(Status::ALL, Status::as_str, status.value(i))?,
            confidence: confidence.value(i),
            because: list_at(because, i),
            first_sent: time_at(first, i),
            last_sent: time_at(last, i),
            messages: number_at(messages, i),
            occurrences: number_at(occurrences, i),
            priority: u8::try_from(priority.value(i)).unwrap_or(u8::MAX),
            priority_because: text_at(why, i),
            ignored: maybe_text_at(ignored, i),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}
