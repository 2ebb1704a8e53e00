//! The table `messages`: one row per message in one place of the evidence.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{Leads, Locator, Message, Timestamp};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("evidence", Holds::Text, ALWAYS, "Id of the evidence file."),
    Column("offset", Holds::Number, ALWAYS, "First byte of the message in the evidence."),
    Column("length", Holds::Number, ALWAYS, "Length of the message in bytes."),
    Column("key", Holds::Text, ALWAYS, "XXH3-128 of the message's bytes in hex: equal for the same message in two stores."),
    Column("format", Holds::Text, ALWAYS, "mbox, eml, emlx, maildir, pst or text."),
    Column("message_id", Holds::Text, MAYBE, "Message-ID with its angle brackets."),
    Column("references", Holds::Texts, ALWAYS, "Message-IDs of In-Reply-To and References, oldest first."),
    Column("folder", Holds::Text, MAYBE, "Folder that held the message."),
    Column("reached", Holds::Text, MAYBE, "How an item was come by that its folder does not list: associated, orphan, recovered, missing."),
    Column("from", Holds::Text, MAYBE, "Sender."),
    Column("to", Holds::Texts, ALWAYS, "Recipients of To and Cc."),
    Column("subject", Holds::Text, MAYBE, "Decoded subject, secrets redacted."),
    Column("sent", Holds::Time, MAYBE, "Date header in UTC."),
    Column("expected_bytes", Holds::Number, ALWAYS, "Bytes that should become text or a listed attachment."),
    Column("decoded_bytes", Holds::Number, ALWAYS, "Of these, bytes that were decoded."),
    Column("unread_bytes", Holds::Number, ALWAYS, "Of these, bytes that were not read; see gaps."),
    Column("residue_bytes", Holds::Number, ALWAYS, "Bytes that belong to no part and were searched raw."),
    Column("parts", Holds::Number, ALWAYS, "Number of parts."),
    Column("leads", Holds::Number, ALWAYS, "Marks of what only makes sense beside other messages, a set of bits: secret, account, piece, promise, asked, changed, locked, bare."),
];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Message]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|m| m.at.evidence.as_str())),
            numbers(r().map(|m| m.at.offset)),
            numbers(r().map(|m| m.at.length)),
            texts(r().map(|m| m.key.as_str())),
            texts(r().map(|m| m.format.as_str())),
            maybe_texts(r().map(|m| m.message_id.as_deref())),
            lists(r().map(|m| m.references.as_slice())),
            maybe_texts(r().map(|m| m.folder.as_deref())),
            maybe_texts(r().map(|m| m.reached.as_deref())),
            maybe_texts(r().map(|m| m.from.as_deref())),
            lists(r().map(|m| m.to.as_slice())),
            maybe_texts(r().map(|m| m.subject.as_deref())),
            times(r().map(|m| m.sent)),
            numbers(r().map(|m| m.expected_bytes)),
            numbers(r().map(|m| m.decoded_bytes)),
            numbers(r().map(|m| m.unread_bytes)),
            numbers(r().map(|m| m.residue_bytes)),
            numbers(r().map(|m| u64::from(m.parts))),
            numbers(r().map(|m| u64::from(m.leads.bits()))),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Message>, EngineError> {
    let c = Cells(batch);
    let (evidence, offset, length) = (c.texts("evidence")?, c.numbers("offset")?, c.numbers("length")?);
    let (key, format, message_id) = (c.texts("key")?, c.texts("format")?, c.texts("message_id")?);
    let (references, folder, reached, from) = (c.lists("references")?, c.texts("folder")?, c.texts("reached")?, c.texts("from")?);
    let (to, subject, sent) = (c.lists("to")?, c.texts("subject")?, c.times("sent")?);
    let (expected, decoded) = (c.numbers("expected_bytes")?, c.numbers("decoded_bytes")?);
    let (unread, residue, parts) = (c.numbers("unread_bytes")?, c.numbers("residue_bytes")?, c.numbers("parts")?);
    let leads = c.numbers("leads")?;
    let row = |i| Message {
        at: Locator { evidence: text_at(evidence, i), offset: number_at(offset, i), length: number_at(length, i) },
        key: text_at(key, i),
        format: text_at(format, i),
        message_id: maybe_text_at(message_id, i),
        references: list_at(references, i),
        folder: maybe_text_at(folder, i),
        reached: maybe_text_at(reached, i),
        from: maybe_text_at(from, i),
        to: list_at(to, i),
        subject: maybe_text_at(subject, i),
        sent: time_at(sent, i),
        expected_bytes: number_at(expected, i),
        decoded_bytes: number_at(decoded, i),
        unread_bytes: number_at(unread, i),
        residue_bytes: number_at(residue, i),
        parts: small_at(parts, i),
        leads: Leads::from_bits(u8::try_from(small_at(leads, i)).unwrap_or_default()),
    };
    Ok((0..batch.num_rows()).map(row).collect())
}

/// When each message was sent.
pub(crate) fn sent(batch: &RecordBatch) -> Result<Vec<Option<Timestamp>>, EngineError> {
    let sent = Cells(batch).times("sent")?;
    Ok((0..batch.num_rows()).map(|i| time_at(sent, i)).collect())
}

/// Where each message lies: evidence and offset.
pub(crate) fn places(batch: &RecordBatch) -> Result<Vec<(String, u64)>, EngineError> {
    let cells = Cells(batch);
    let (evidence, offset) = (cells.texts("evidence")?, cells.numbers("offset")?);
    Ok((0..batch.num_rows()).map(|i| (text_at(evidence, i), number_at(offset, i))).collect())
}
