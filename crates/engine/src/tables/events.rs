//! The table `events`: one row per thing that a log says happened, in the order of time.

use super::columns::*;
use crate::EngineError;
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome, RawRef};
use datafusion::arrow::array::RecordBatch;
use datafusion::arrow::datatypes::SchemaRef;
use std::sync::LazyLock;

const COLUMNS: &[Column] = &[
    Column("time", Holds::Time, MAYBE, "When, in UTC; empty where the source does not tell."),
    Column("source", Holds::Text, ALWAYS, "Which log."),
    Column("id", Holds::Text, ALWAYS, "The source's own record id, else a hash of the record."),
    Column("operation", Holds::Text, ALWAYS, "What was done, as the source writes it."),
    Column("actor", Holds::Text, MAYBE, "Who, as the source writes it."),
    Column("actor_kind", Holds::Text, ALWAYS, "user, application, system or unknown."),
    Column("target", Holds::Text, MAYBE, "What it was done to."),
    Column("app", Holds::Text, MAYBE, "Id of the application through which it was done."),
    Column("credential", Holds::Text, MAYBE, "Name of the credential that was used, with its scheme before a colon."),
    Column("session", Holds::Text, MAYBE, "Id of the session."),
    Column("token", Holds::Text, MAYBE, "Id of the token."),
    Column("address", Holds::Text, MAYBE, "Address of the client, without port."),
    Column("agent", Holds::Text, MAYBE, "Program of the client."),
    Column("outcome", Holds::Text, ALWAYS, "success, failure or unknown."),
    Column("result", Holds::Text, MAYBE, "The source's own code or word for how it ended."),
    Column("properties", Holds::Text, ALWAYS, "Parameters and changes: JSON list of name, old and new."),
    Column("messages", Holds::Texts, ALWAYS, "Message-IDs of the mail that was touched."),
    Column("time_text", Holds::Text, ALWAYS, "When, as the source writes it."),
    Column("evidence", Holds::Text, ALWAYS, "Id of the log file."),
    Column("offset", Holds::Number, ALWAYS, "First byte of the record in the file's text, unpacked and in UTF-8."),
    Column("length", Holds::Number, ALWAYS, "Length of the record in bytes."),
];

const ACTORS: [ActorKind; 4] = [ActorKind::User, ActorKind::Application, ActorKind::System, ActorKind::Unknown];
const OUTCOMES: [Outcome; 3] = [Outcome::Success, Outcome::Failure, Outcome::Unknown];

/// Schema of the table.
pub(crate) fn schema() -> SchemaRef {
    static SCHEMA: LazyLock<SchemaRef> = LazyLock::new(|| schema_of(COLUMNS));
    SCHEMA.clone()
}

/// Rows to columns. All events are of one log file.
pub(crate) fn to_batch(rows: &[Event], evidence: &str) -> Result<RecordBatch, EngineError> {
    let r = || rows.iter();
    let credentials: Vec<Option<String>> = r().map(|e| e.credential.as_ref().map(CredentialId::to_string)).collect();
    let properties: Result<Vec<String>, _> = r().map(|e| serde_json::to_string(&e.properties)).collect();
    let properties = properties.map_err(|e| EngineError::Bug(format!("properties of an event could not be written: {e}")))?;
    batch(
        schema(),
        vec![
            times(r().map(|e| e.time)),
            texts(r().map(|e| e.source.as_str())),
            texts(r().map(|e| e.id.as_str())),
            texts(r().map(|e| e.operation.as_str())),
            maybe_texts(r().map(|e| e.actor.as_deref())),
            texts(r().map(|e| e.actor_kind.as_str())),
            maybe_texts(r().map(|e| e.target.as_deref())),
            maybe_texts(r().map(|e| e.app.as_deref())),
            maybe_texts(credentials.iter().map(Option::as_deref)),
            maybe_texts(r().map(|e| e.session.as_deref())),
            maybe_texts(r().map(|e| e.token.as_deref())),
            maybe_texts(r().map(|e| e.address.as_deref())),
            maybe_texts(r().map(|e| e.agent.as_deref())),
            texts(r().map(|e| e.outcome.as_str())),
            maybe_texts(r().map(|e| e.result.as_deref())),
            texts(properties.iter().map(String::as_str)),
            lists(r().map(|e| e.messages.as_slice())),
            texts(r().map(|e| e.time_text.as_str())),
            texts(r().map(|_| evidence)),
            numbers(r().map(|e| e.raw.offset)),
            numbers(r().map(|e| e.raw.length)),
        ],
    )
}

/// Columns to rows.
pub(crate) fn from_batch(batch: &RecordBatch) -> Result<Vec<Event>, EngineError> {
    let c = Cells(batch);
    let (time, source, id, operation) = (c.times("time")?, c.texts("source")?, c.texts("id")?, c.texts("operation")?);
    let (actor, actor_kind, target, app) = (c.texts("actor")?, c.texts("actor_kind")?, c.texts("target")?, c.texts("app")?);
    let (credential, session, token) = (c.texts("credential")?, c.texts("session")?, c.texts("token")?);
    let (address, agent, outcome, result) = (c.texts("address")?, c.texts("agent")?, c.texts("outcome")?, c.texts("result")?);
    let (properties, messages, time_text) = (c.texts("properties")?, c.lists("messages")?, c.texts("time_text")?);
    let (offset, length) = (c.numbers("offset")?, c.numbers("length")?);
    let row = |i| {
        Ok(Event {
            id: text_at(id, i),
            source: word(&LogSource::ALL, LogSource::as_str, source.value(i))?,
            time: time_at(time, i),
            time_text: text_at(time_text, i),
            actor: maybe_text_at(actor, i),
            actor_kind: word(&ACTORS, ActorKind::as_str, actor_kind.value(i))?,
            operation: text_at(operation, i),
            target: maybe_text_at(target, i),
            app: maybe_text_at(app, i),
            credential: maybe_text_at(credential, i).and_then(|name| CredentialId::parse(&name)),
            session: maybe_text_at(session, i),
            token: maybe_text_at(token, i),
            address: maybe_text_at(address, i),
            agent: maybe_text_at(agent, i),
            outcome: word(&OUTCOMES, Outcome::as_str, outcome.value(i))?,
            result: maybe_text_at(result, i),
            properties: serde_json::from_str(properties.value(i)).unwrap_or_default(),
            messages: list_at(messages, i),
            raw: RawRef { offset: number_at(offset, i), length: number_at(length, i) },
        })
    };
    (0..batch.num_rows()).map(row).collect()
}
