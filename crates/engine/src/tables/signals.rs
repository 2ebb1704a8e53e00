//! The table `signals`: what detectors saw in the logs.

use super::columns::*;
use crate::EngineError;
use aftermail_model::Signal;
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("detector", Holds::Text, ALWAYS, "Name of the detector."),
    Column("title", Holds::Text, ALWAYS, "What it saw, in one line."),
    Column("techniques", Holds::Texts, ALWAYS, "ATT&CK techniques."),
    Column("first", Holds::Time, MAYBE, "First event."),
    Column("last", Holds::Time, MAYBE, "Last event."),
    Column("actor", Holds::Text, MAYBE, "Who acted."),
    Column("subjects", Holds::Texts, ALWAYS, "Accounts, mailboxes, applications that it concerns."),
    Column("addresses", Holds::Texts, ALWAYS, "Addresses of the client."),
    Column("sessions", Holds::Texts, ALWAYS, "Sessions."),
    Column("apps", Holds::Texts, ALWAYS, "Applications."),
    Column("exposed_account", Holds::Number, ALWAYS, "1 where an account of a secret in mail is concerned."),
    Column("because", Holds::Text, ALWAYS, "Why, in words."),
    Column("rests_on", Holds::Texts, ALWAYS, "Ids of events, at most a hundred."),
];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns.
pub(crate) fn to_batch(rows: &[Signal]) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    batch(
        schema(),
        vec![
            texts(r().map(|s| s.detector.as_str())),
            texts(r().map(|s| s.title.as_str())),
            lists(r().map(|s| s.techniques.as_slice())),
            times(r().map(|s| s.first)),
            times(r().map(|s| s.last)),
            maybe_texts(r().map(|s| s.actor.as_deref())),
            lists(r().map(|s| s.subjects.as_slice())),
            lists(r().map(|s| s.addresses.as_slice())),
            lists(r().map(|s| s.sessions.as_slice())),
            lists(r().map(|s| s.apps.as_slice())),
            numbers(r().map(|s| u64::from(s.exposed_account))),
            texts(r().map(|s| s.because.as_str())),
            lists(r().map(|s| s.rests_on.as_slice())),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Signal>, EngineError> {
    let c = Cells(batch);
    let (detector, title, techniques) = (c.texts("detector")?, c.texts("title")?, c.lists("techniques")?);
    let (first, last, actor, subjects) = (c.times("first")?, c.times("last")?, c.texts("actor")?, c.lists("subjects")?);
    let (addresses, sessions, apps) = (c.lists("addresses")?, c.lists("sessions")?, c.lists("apps")?);
    let (exposed, because, rests_on) = (c.numbers("exposed_account")?, c.texts("because")?, c.lists("rests_on")?);
    let row = |i| Signal {
        detector: text_at(detector, i),
        title: text_at(title, i),
        techniques: list_at(techniques, i),
        first: time_at(first, i),
        last: time_at(last, i),
        actor: maybe_text_at(actor, i),
        subjects: list_at(subjects, i),
        addresses: list_at(addresses, i),
        sessions: list_at(sessions, i),
        apps: list_at(apps, i),
        exposed_account: number_at(exposed, i) == 1,
        because: text_at(because, i),
        rests_on: list_at(rests_on, i),
    };
    Ok((0..batch.num_rows()).map(row).collect())
}
