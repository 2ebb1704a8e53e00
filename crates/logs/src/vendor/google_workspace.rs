//! Google Workspace: activities of the Reports API, one event for each of their `events`, and flattened ones.

use crate::record::{Record, address, properties, property, set_time};
use aftermail_model::{ActorKind, Event, LogSource, Outcome};
use serde_json::Value;

pub(super) fn is(r: Record<'_>) -> bool {
    r.has("id.applicationName") || is_query(r) || is_report(r)
}

/// A row of the table `activity` that BigQuery receives.
fn is_query(r: Record<'_>) -> bool {
    r.has("time_usec") && r.has("event_name")
}

/// A row of what the admin console exports.
fn is_report(r: Record<'_>) -> bool {
    r.has("Date") && (r.holds("Event") || r.holds("Event name")) && (r.has("Actor") || r.has("User")) && !r.has("EventID")
}

/// A row of few columns: what, who, when, from where.
fn row(r: Record<'_>) -> Event {
    let mut e = Event::new(LogSource::GoogleWorkspace);
    e.id = r.text(&["unique_identifier"]).map(|id| format!("{id}/{}", r.text(&["time_usec"]).unwrap_or_default())).unwrap_or_default();
    set_time(&mut e, r.text(&["time_usec", "Date"]));
    e.operation = r.loose_text(&["event_name", "Event"]).unwrap_or_default();
    e.actor = r.text(&["email", "Actor", "User"]);
    e.actor_kind = if e.actor.is_some() { ActorKind::User } else { ActorKind::Unknown };
    e.address = address(r.loose_text(&["ip_address"]));
    e.app = r.text(&["record_type"]);
    e.properties = ["Event description", "Description", "event_type"].iter().filter_map(|n| property(n, r.text(&[n]))).collect();
    e.outcome = outcome(&e.operation);
    e
}

pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    if is_query(r) || is_report(r) {
        return vec![row(r)];
    }
    match r.at("events").and_then(Value::as_array) {
        Some(list) if list.len() > 1 => list.iter().enumerate().map(|(n, one)| event(r, Record(one), Some(n))).collect(),
        Some(list) if list.len() == 1 => vec![event(r, Record(&list[0]), None)],
        _ => vec![event(r, r, None)],
    }
}

fn event(r: Record<'_>, one: Record<'_>, nth: Option<usize>) -> Event {
    let mut e = Event::new(LogSource::GoogleWorkspace);
    // The qualifier is unique only together with the time and the application.
    let id = r.text(&["id.uniqueQualifier"]).unwrap_or_default();
    set_time(&mut e, r.text(&["id.time"]));
    let app = r.text(&["id.applicationName"]);
    e.id = match (id.is_empty(), nth) {
        (true, _) => String::new(),
        (false, None) => format!("{id}/{}/{}", e.time_text, app.as_deref().unwrap_or_default()),
        (false, Some(n)) => format!("{id}/{}/{}/{n}", e.time_text, app.as_deref().unwrap_or_default()),
    };
    e.operation = one.text(&["name"]).unwrap_or_default();
    e.actor = r.text(&["actor.email", "actor.key", "actor.profileId"]);
    e.actor_kind = match r.text(&["actor.callerType"]).as_deref() {
        Some("KEY") => ActorKind::System,
        Some("APPLICATION") => ActorKind::Application,
        _ if r.has("actor.email") => ActorKind::User,
        _ => ActorKind::Unknown,
    };
    e.address = address(r.text(&["ipAddress"]));
    e.properties = properties(one.at("parameters"));
    let parameter = |names: &[&str]| names.iter().find_map(|n| e.property(n)?.new.clone());
    let target = parameter(&["USER_EMAIL", "doc_id", "target_user", "GROUP_EMAIL", "affected_email_address"]);
    let client = parameter(&["client_id", "app_name", "OAUTH2_APP_ID"]);
    (e.target, e.app) = (target, client.or(app));
    e.outcome = outcome(&e.operation);
    e
}

fn outcome(operation: &str) -> Outcome {
    match operation {
        "login_success" | "Successful login" => Outcome::Success,
        "login_failure" | "Failed login" => Outcome::Failure,
        _ => Outcome::Unknown,
    }
}
