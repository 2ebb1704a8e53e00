//! The table `messages`: one row per message in one place of the evidence.

use super::columns::*;
use crate::EngineError;
use crate::scan::Tally;
use aftermail_model::{Leads, Locator, Message, Timestamp};
use datafusion::arrow::array::{Array, RecordBatch};
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("evidence", Holds::Text, ALWAYS, "Id of the evidence file."),
    Column("offset", Holds::Number, ALWAYS, "First byte of the message in the evidence."),
    Column("length", Holds::Number, ALWAYS, "Length of the message in bytes."),
    Column("key", Holds::Text, ALWAYS, "XXH3-128 of the message's bytes in hex: equal for the same bytes."),
    Column(
        "sameness",
        Holds::Text,
        ALWAYS,
        "Equal for the same message in whatever store and format: Message-ID, subject and words of the body.",
    ),
    Column("format", Holds::Text, ALWAYS, "mbox, eml, emlx, maildir, pst, msg, graph, text or file."),
    Column("store", Holds::Text, MAYBE, "Kind and version of the Outlook store that holds it, and whether a password is set on it."),
    Column("custodian", Holds::Text, MAYBE, "Whose mailbox it is from, by the store, its name or the list of the export."),
    Column("message_id", Holds::Text, MAYBE, "Message-ID with its angle brackets."),
    Column("references", Holds::Texts, ALWAYS, "Message-IDs of In-Reply-To and References, oldest first."),
    Column("folder", Holds::Text, MAYBE, "Folder that held the message."),
    Column(
        "reached",
        Holds::Text,
        MAYBE,
        "How an item was come by that its folder does not list: associated, deleted, orphan, recovered, missing.",
    ),
    Column("flags", Holds::Texts, ALWAYS, "How it was handled: read, draft, sent, flagged, replied, forwarded, has attachments."),
    Column("from", Holds::Text, MAYBE, "Sender."),
    Column("to", Holds::Texts, ALWAYS, "Recipients of To and Cc."),
    Column("subject", Holds::Text, MAYBE, "Decoded subject, secrets redacted."),
    Column("sent", Holds::Time, MAYBE, "Date header, or time of submission, in UTC."),
    Column("received", Holds::Time, MAYBE, "When the mailbox took it in, in UTC."),
    Column("modified", Holds::Time, MAYBE, "When the store last changed it, in UTC."),
    Column(
        "conversation_index",
        Holds::Text,
        MAYBE,
        "Outlook's conversation index in hex: 22 bytes for the thread, 5 more for each reply.",
    ),
    Column("expected_bytes", Holds::Number, ALWAYS, "Bytes that should become text or a listed attachment."),
    Column("decoded_bytes", Holds::Number, ALWAYS, "Of these, bytes that were decoded."),
    Column("unread_bytes", Holds::Number, ALWAYS, "Of these, bytes that were not read; see gaps."),
    Column("residue_bytes", Holds::Number, ALWAYS, "Bytes that belong to no part and were searched raw."),
    Column("parts", Holds::Number, ALWAYS, "Number of parts."),
    Column(
        "leads",
        Holds::Number,
        ALWAYS,
        "Marks of what only makes sense beside other messages, a set of bits: secret, account, piece, promise, asked, changed, locked, bare.",
    ),
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
            texts(r().map(|m| m.sameness.as_str())),
            texts(r().map(|m| m.format.as_str())),
            maybe_texts(r().map(|m| m.store.as_deref())),
            maybe_texts(r().map(|m| m.custodian.as_deref())),
            maybe_texts(r().map(|m| m.message_id.as_deref())),
            lists(r().map(|m| m.references.as_slice())),
            maybe_texts(r().map(|m| m.folder.as_deref())),
            maybe_texts(r().map(|m| m.reached.as_deref())),
            lists(r().map(|m| m.flags.as_slice())),
            maybe_texts(r().map(|m| m.from.as_deref())),
            lists(r().map(|m| m.to.as_slice())),
            maybe_texts(r().map(|m| m.subject.as_deref())),
            times(r().map(|m| m.sent)),
            times(r().map(|m| m.received)),
            times(r().map(|m| m.modified)),
            maybe_texts(r().map(|m| m.conversation_index.as_deref())),
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
    let (key, sameness, format, message_id) = (c.texts("key")?, c.texts("sameness")?, c.texts("format")?, c.texts("message_id")?);
    let (store, custodian, flags) = (c.texts("store")?, c.texts("custodian")?, c.lists("flags")?);
    let (references, folder, reached, from) = (c.lists("references")?, c.texts("folder")?, c.texts("reached")?, c.texts("from")?);
    let (to, subject, conversation_index) = (c.lists("to")?, c.texts("subject")?, c.texts("conversation_index")?);
    let (sent, received, modified) = (c.times("sent")?, c.times("received")?, c.times("modified")?);
    let (expected, decoded) = (c.numbers("expected_bytes")?, c.numbers("decoded_bytes")?);
    let (unread, residue, parts) = (c.numbers("unread_bytes")?, c.numbers("residue_bytes")?, c.numbers("parts")?);
    let leads = c.numbers("leads")?;
    let row = |i| Message {
        at: Locator { evidence: text_at(evidence, i), offset: number_at(offset, i), length: number_at(length, i) },
        key: text_at(key, i),
        sameness: text_at(sameness, i),
        format: text_at(format, i),
        store: maybe_text_at(store, i),
        custodian: maybe_text_at(custodian, i),
        message_id: maybe_text_at(message_id, i),
        references: list_at(references, i),
        folder: maybe_text_at(folder, i),
        reached: maybe_text_at(reached, i),
        flags: list_at(flags, i),
        from: maybe_text_at(from, i),
        to: list_at(to, i),
        subject: maybe_text_at(subject, i),
        sent: time_at(sent, i),
        received: time_at(received, i),
        modified: time_at(modified, i),
        conversation_index: maybe_text_at(conversation_index, i),
        expected_bytes: number_at(expected, i),
        decoded_bytes: number_at(decoded, i),
        unread_bytes: number_at(unread, i),
        residue_bytes: number_at(residue, i),
        parts: small_at(parts, i),
        leads: Leads::from_bits(u16::try_from(small_at(leads, i)).unwrap_or_default()),
    };
    Ok((0..batch.num_rows()).map(row).collect())
}

/// Counts messages, copies among them and stores.
pub(crate) fn tally(batch: &RecordBatch, tally: &mut Tally) -> Result<(), EngineError> {
    let c = Cells(batch);
    let (evidence, sameness, store) = (c.texts("evidence")?, c.texts("sameness")?, c.texts("store")?);
    (0..batch.num_rows()).for_each(|i| tally.message(evidence.value(i), sameness.value(i), store.is_valid(i).then(|| store.value(i))));
    Ok(())
}

/// When each message was sent.
pub(crate) fn sent(batch: &RecordBatch) -> Result<Vec<Option<Timestamp>>, EngineError> {
    let sent = Cells(batch).times("sent")?;
    Ok((0..batch.num_rows()).map(|i| time_at(sent, i)).collect())
}

/// Who sent each message.
pub(crate) fn senders(batch: &RecordBatch) -> Result<Vec<Option<String>>, EngineError> {
    let from = Cells(batch).texts("from")?;
    Ok((0..batch.num_rows()).map(|i| maybe_text_at(from, i)).collect())
}

/// Where each message lies: evidence and offset.
pub(crate) fn places(batch: &RecordBatch) -> Result<Vec<(String, u64)>, EngineError> {
    let cells = Cells(batch);
    let (evidence, offset) = (cells.texts("evidence")?, cells.numbers("offset")?);
    Ok((0..batch.num_rows()).map(|i| (text_at(evidence, i), number_at(offset, i))).collect())
}
