//! The table `parts`: one row per part of a message.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{Locator, Part, PartState};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("evidence", Holds::Text, ALWAYS, "Id of the evidence file."),
    Column("offset", Holds::Number, ALWAYS, "First byte of the message in the evidence."),
    Column("length", Holds::Number, ALWAYS, "Length of the message in bytes."),
    Column("part", Holds::Number, ALWAYS, "Position of the part in the message; 0 is the message's own header and root."),
    Column("path", Holds::Text, ALWAYS, "body, or the attachment path joined by ' > '."),
    Column("name", Holds::Text, MAYBE, "File name as declared."),
    Column("declared", Holds::Text, ALWAYS, "Media type as declared."),
    Column("found", Holds::Text, ALWAYS, "Media type as found by content."),
    Column("charset", Holds::Text, MAYBE, "Charset used, where the part is text."),
    Column("bytes", Holds::Number, ALWAYS, "Encoded size in bytes."),
    Column("decoded_bytes", Holds::Number, ALWAYS, "Size in bytes after transfer decoding."),
    Column("text_chars", Holds::Number, ALWAYS, "Characters of text that came out of it."),
    Column("state", Holds::Text, ALWAYS, "decoded, partly, not read or container."),
    Column("content", Holds::Text, ALWAYS, "Hash of the decoded content in hex; equal attachments share it."),
    Column("opened_by", Holds::Text, MAYBE, "Finding of the password that opened it where it was locked, or 'well known'."),
];

const STATES: [PartState; 4] = [PartState::Decoded, PartState::Partly, PartState::NotRead, PartState::Container];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Part]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|p| p.at.evidence.as_str())),
            numbers(r().map(|p| p.at.offset)),
            numbers(r().map(|p| p.at.length)),
            numbers(r().map(|p| u64::from(p.index))),
            texts(r().map(|p| p.path.as_str())),
            maybe_texts(r().map(|p| p.name.as_deref())),
            texts(r().map(|p| p.declared.as_str())),
            texts(r().map(|p| p.found.as_str())),
            maybe_texts(r().map(|p| p.charset.as_deref())),
            numbers(r().map(|p| p.bytes)),
            numbers(r().map(|p| p.decoded_bytes)),
            numbers(r().map(|p| p.text_chars)),
            texts(r().map(|p| p.state.as_str())),
            texts(r().map(|p| p.content.as_str())),
            maybe_texts(r().map(|p| p.opened_by.as_deref())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Part>, EngineError> {
    let c = Cells(batch);
    let (evidence, offset, length) = (c.texts("evidence")?, c.numbers("offset")?, c.numbers("length")?);
    let (index, path, name) = (c.numbers("part")?, c.texts("path")?, c.texts("name")?);
    let (declared, found, charset) = (c.texts("declared")?, c.texts("found")?, c.texts("charset")?);
    let (bytes, decoded, chars) = (c.numbers("bytes")?, c.numbers("decoded_bytes")?, c.numbers("text_chars")?);
    let (state, content, opened_by) = (c.texts("state")?, c.texts("content")?, c.texts("opened_by")?);
    let row = |i| {
        Ok(Part {
            at: Locator { evidence: text_at(evidence, i), offset: number_at(offset, i), length: number_at(length, i) },
            index: small_at(index, i),
            path: text_at(path, i),
            name: maybe_text_at(name, i),
            declared: text_at(declared, i),
            found: text_at(found, i),
            charset: maybe_text_at(charset, i),
            bytes: number_at(bytes, i),
            decoded_bytes: number_at(decoded, i),
            text_chars: number_at(chars, i),
            state: word(&STATES, PartState::as_str, state.value(i))?,
            content: text_at(content, i),
            opened_by: maybe_text_at(opened_by, i),
        })
    };
    (0..batch.num_rows()).map(row).collect()
}
