//! One module per vendor: whether a record is its own, and the events in it.

mod aws;
mod azure;
mod entra_audit;
mod entra_signin;
pub(crate) mod exchange;
mod github;
mod google_cloud;
mod google_workspace;
pub(crate) mod iis;
pub(crate) mod mail;
mod okta;
pub(crate) mod servers;
mod unified_audit;
pub(crate) mod web;
mod windows;
mod windows_message;

use crate::record::Record;
use crate::{Reject, Sink, Why};
use aftermail_model::{Event, RawRef};
use serde_json::Value;
use std::borrow::Cow;

/// Whether a record belongs to a source, and what happened in it.
type Reader = (fn(Record<'_>) -> bool, fn(Record<'_>) -> Vec<Event>);

/// The most telling first.
const READERS: [Reader; 12] = [
    (unified_audit::is, unified_audit::read),
    (aws::is, aws::read),
    (google_cloud::is, google_cloud::read),
    (google_workspace::is, google_workspace::read),
    (okta::is, okta::read),
    (windows::is, windows::read),
    (entra_signin::is, entra_signin::read),
    (entra_audit::is, entra_audit::read),
    (azure::is_graph_activity, azure::graph_activity),
    (azure::is_storage, azure::storage),
    (azure::is, azure::read),
    (github::is, github::read),
];

/// Turns one record into events, or into a reject.
pub(crate) fn record(value: &Value, bytes: &[u8], raw: RawRef, sink: &mut dyn Sink) {
    let inner = inner(value);
    let record = Record(&inner);
    let events = READERS.iter().find(|(is, _)| is(record)).map(|(_, read)| read(record)).unwrap_or_default();
    if events.is_empty() {
        let why = match () {
            () if value.as_object().is_some_and(|m| m.is_empty()) => Why::Empty,
            () if windows::is(record) => Why::Words,
            () => Why::Unknown,
        };
        return sink.reject(Reject { raw, why });
    }
    for (nth, mut event) in (0..).zip(events) {
        if event.id.is_empty() {
            event.id = Event::hashed_id(bytes, nth);
        }
        event.raw = raw;
        sink.event(event);
    }
}

/// Members and columns that carry a record of their own.
pub(crate) const CARRIERS: [&str; 6] = ["AuditData", "auditData", "CloudTrailEvent", "result", "_raw", "_source"];

/// The record that another one carries: the audit record in a row of a query, an event in a re-export of a search engine.
fn inner(value: &Value) -> Cow<'_, Value> {
    let carried = CARRIERS.iter().find_map(|name| match value.get(name)? {
        Value::String(json) if json.starts_with('{') => serde_json::from_str(json).ok().map(Cow::Owned),
        Value::Object(members) if members.is_empty() => None,
        object @ Value::Object(_) => Some(Cow::Borrowed(object)),
        _ => None,
    });
    carried.or_else(|| opened(value)).unwrap_or(Cow::Borrowed(value))
}

/// A row of Log Analytics with its dynamic columns, which are JSON in text, as what they hold.
fn opened(value: &Value) -> Option<Cow<'_, Value>> {
    let is_json = |v: &Value| v.as_str().is_some_and(|s| s.starts_with(['{', '[']));
    let row = value.as_object().filter(|m| m.contains_key("TimeGenerated") && m.values().any(is_json))?;
    let open = |v: &Value| v.as_str().filter(|_| is_json(v)).and_then(|s| serde_json::from_str(s).ok()).unwrap_or_else(|| v.clone());
    Some(Cow::Owned(Value::Object(row.iter().map(|(name, v)| (name.clone(), open(v))).collect())))
}
