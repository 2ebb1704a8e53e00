//! The table `gaps`: one row per thing that was not read.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{Gap, Locator, Reason, Stage};
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("evidence", Holds::Text, ALWAYS, "Id of the evidence file."),
    Column("offset", Holds::Number, ALWAYS, "First byte of the message in the evidence; 0 for a whole file."),
    Column("length", Holds::Number, ALWAYS, "Length of the message or file in bytes."),
    Column("part", Holds::Number, MAYBE, "Position of the part, where the gap is one part."),
    Column("place", Holds::Text, ALWAYS, "body, the attachment path joined by ' > ', or empty for the whole item."),
    Column("media", Holds::Text, ALWAYS, "Media type of what was not read, where known."),
    Column("stage", Holds::Text, ALWAYS, "intake, split, decode or detect: where the reading fell short."),
    Column("reason", Holds::Text, ALWAYS, "encrypted, damaged, too deep, too large, unsupported, crashed, timed out or unreadable."),
    Column("detail", Holds::Text, ALWAYS, "One plain sentence."),
    Column("bytes", Holds::Number, ALWAYS, "Bytes that were not read."),
];

const STAGES: [Stage; 4] = [Stage::Intake, Stage::Split, Stage::Decode, Stage::Detect];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Gap]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|g| g.at.evidence.as_str())),
            numbers(r().map(|g| g.at.offset)),
            numbers(r().map(|g| g.at.length)),
            maybe_numbers(r().map(|g| g.part.map(u64::from))),
            texts(r().map(|g| g.place.as_str())),
            texts(r().map(|g| g.media.as_str())),
            texts(r().map(|g| g.stage.as_str())),
            texts(r().map(|g| g.reason.as_str())),
            texts(r().map(|g| g.detail.as_str())),
            numbers(r().map(|g| g.bytes)),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Gap>, EngineError> {
    let c = Cells(batch);
    let (evidence, offset, length) = (c.texts("evidence")?, c.numbers("offset")?, c.numbers("length")?);
    let (part, place, media) = (c.numbers("part")?, c.texts("place")?, c.texts("media")?);
    let (stage, reason) = (c.texts("stage")?, c.texts("reason")?);
    let (detail, bytes) = (c.texts("detail")?, c.numbers("bytes")?);
    let row = |i| {
        Ok(Gap {
            at: Locator { evidence: text_at(evidence, i), offset: number_at(offset, i), length: number_at(length, i) },
            part: part.is_valid(i).then(|| small_at(part, i)),
            place: text_at(place, i),
            media: text_at(media, i),
            stage: word(&STAGES, Stage::as_str, stage.value(i))?,
            reason: word(&Reason::ALL, Reason::as_str, reason.value(i))?,
            detail: text_at(detail, i),
            bytes: number_at(bytes, i),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}
