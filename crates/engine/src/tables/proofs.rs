//! The table `proofs`: whether secrets are dead.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{FindingId, Proof, ProofVerdict};
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("finding", Holds::Text, ALWAYS, "Keyed fingerprint of the value."),
    Column("verdict", Holds::Text, ALWAYS, "proven, old_still_valid, sessions_alive, no_record, log_gap, contradicted or reexposed."),
    Column("reset", Holds::Time, MAYBE, "When it was reset."),
    Column("open_seconds", Holds::Number, MAYBE, "Seconds from first exposure to reset."),
    Column("uses_while_open", Holds::Number, ALWAYS, "Successful uses within that time."),
    Column("because", Holds::Texts, ALWAYS, "Why, in words."),
    Column("rests_on", Holds::Texts, ALWAYS, "Ids of events."),
    Column("missing", Holds::Texts, ALWAYS, "Logs and days that were missing."),
];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Proof]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|p| p.finding.as_str())),
            texts(r().map(|p| p.verdict.as_str())),
            times(r().map(|p| p.reset)),
            maybe_numbers(r().map(|p| p.open_seconds.map(|s| u64::try_from(s).unwrap_or(0)))),
            numbers(r().map(|p| p.uses_while_open)),
            lists(r().map(|p| p.because.as_slice())),
            lists(r().map(|p| p.rests_on.as_slice())),
            lists(r().map(|p| p.missing.as_slice())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Proof>, EngineError> {
    let c = Cells(batch);
    let (finding, verdict, reset, open) = (c.texts("finding")?, c.texts("verdict")?, c.times("reset")?, c.numbers("open_seconds")?);
    let (uses, because, rests_on) = (c.numbers("uses_while_open")?, c.lists("because")?, c.lists("rests_on")?);
    let missing = c.lists("missing")?;
    let row = |i| {
        Ok(Proof {
            finding: FindingId::from_text(finding.value(i)),
            verdict: word(&ProofVerdict::ALL, ProofVerdict::as_str, verdict.value(i))?,
            reset: time_at(reset, i),
            open_seconds: open.is_valid(i).then(|| open.value(i)),
            uses_while_open: number_at(uses, i),
            because: list_at(because, i),
            rests_on: list_at(rests_on, i),
            missing: list_at(missing, i),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}
