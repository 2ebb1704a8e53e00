//! The table `usage`: whether secrets were used after they were exposed.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{FindingId, Usage, UsageVerdict};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("finding", Holds::Text, ALWAYS, "Keyed fingerprint of the value."),
    Column("verdict", Holds::Text, ALWAYS, "used_anew, used_as_before, not_seen or unknown."),
    Column("joined_by", Holds::Text, ALWAYS, "What mail and log were joined by: the name of the credential, or account:NAME."),
    Column("exact", Holds::Number, ALWAYS, "1 where that is the very secret, 0 where only its account."),
    Column("before", Holds::Number, ALWAYS, "Successful uses before the first exposure."),
    Column("after", Holds::Number, ALWAYS, "Successful uses since."),
    Column("anew", Holds::Number, ALWAYS, "Of these, uses in a way never seen before."),
    Column("first", Holds::Time, MAYBE, "First use since the exposure."),
    Column("last", Holds::Time, MAYBE, "Last use since the exposure."),
    Column("because", Holds::Texts, ALWAYS, "Why, in words."),
    Column("rests_on", Holds::Texts, ALWAYS, "Ids of events, at most a hundred."),
    Column("missing", Holds::Texts, ALWAYS, "Logs and days that were missing."),
];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Usage]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|u| u.finding.as_str())),
            texts(r().map(|u| u.verdict.as_str())),
            texts(r().map(|u| u.joined_by.as_str())),
            numbers(r().map(|u| u64::from(u.exact))),
            numbers(r().map(|u| u.before)),
            numbers(r().map(|u| u.after)),
            numbers(r().map(|u| u.anew)),
            times(r().map(|u| u.first)),
            times(r().map(|u| u.last)),
            lists(r().map(|u| u.because.as_slice())),
            lists(r().map(|u| u.rests_on.as_slice())),
            lists(r().map(|u| u.missing.as_slice())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Usage>, EngineError> {
    let c = Cells(batch);
    let (finding, verdict, joined_by, exact) = (c.texts("finding")?, c.texts("verdict")?, c.texts("joined_by")?, c.numbers("exact")?);
    let (before, after, anew) = (c.numbers("before")?, c.numbers("after")?, c.numbers("anew")?);
    let (first, last) = (c.times("first")?, c.times("last")?);
    let (because, rests_on, missing) = (c.lists("because")?, c.lists("rests_on")?, c.lists("missing")?);
    let row = |i| {
        Ok(Usage {
            finding: FindingId::from_text(finding.value(i)),
            verdict: word(&UsageVerdict::ALL, UsageVerdict::as_str, verdict.value(i))?,
            joined_by: text_at(joined_by, i),
            exact: number_at(exact, i) == 1,
            before: number_at(before, i),
            after: number_at(after, i),
            anew: number_at(anew, i),
            first: time_at(first, i),
            last: time_at(last, i),
            because: list_at(because, i),
            rests_on: list_at(rests_on, i),
            missing: list_at(missing, i),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}
