//! The table `links`: one row per finding and thing that it opens or account that it signs in.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{FindingId, Link, LinkTarget};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("finding", Holds::Text, ALWAYS, "Keyed fingerprint of the value."),
    Column("target", Holds::Text, ALWAYS, "system, account, owner (a candidate, the likeliest first) or credential."),
    Column("name", Holds::Text, ALWAYS, "Its name, normalised."),
    Column("occurrences", Holds::Number, ALWAYS, "In how many occurrences the text says so."),
    Column("because", Holds::Text, ALWAYS, "Why, in words."),
];

const TARGETS: [LinkTarget; 4] = [LinkTarget::System, LinkTarget::Account, LinkTarget::Owner, LinkTarget::Credential];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Link]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|l| l.finding.as_str())),
            texts(r().map(|l| l.target.as_str())),
            texts(r().map(|l| l.name.as_str())),
            numbers(r().map(|l| l.occurrences)),
            texts(r().map(|l| l.because.as_str())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Link>, EngineError> {
    let c = Cells(batch);
    let (finding, target, name) = (c.texts("finding")?, c.texts("target")?, c.texts("name")?);
    let (occurrences, because) = (c.numbers("occurrences")?, c.texts("because")?);
    let row = |i| {
        Ok(Link {
            finding: FindingId::from_text(finding.value(i)),
            target: word(&TARGETS, LinkTarget::as_str, target.value(i))?,
            name: text_at(name, i),
            occurrences: number_at(occurrences, i),
            because: text_at(because, i),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}
