//! Google Cloud audit logs: `LogEntry` with a `protoPayload` of type AuditLog.

use crate::record::{Record, address, properties, set_time};
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome, Property};
use serde_json::Value;

pub(super) fn is(r: Record<'_>) -> bool {
    r.holds("protoPayload") || r.holds("protopayload_auditlog") || r.holds("insertId") && r.holds("logName")
}

pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    // BigQuery's sink has a name of its own for the payload.
    let p = Record(r.loose(&["protoPayload", "protopayload_auditlog"]).unwrap_or(r.0));
    let mut e = Event::new(LogSource::GoogleCloud);
    e.id = r.loose_text(&["insertId"]).unwrap_or_default();
    set_time(&mut e, r.loose_text(&["timestamp", "receiveTimestamp"]));
    e.operation = p.loose_text(&["methodName"]).or_else(|| r.loose_text(&["logName"])).unwrap_or_default();
    e.actor = p.loose_text(&["authenticationInfo.principalEmail", "authenticationInfo.principalSubject"]);
    e.actor_kind = match e.actor.as_deref() {
        Some(a) if a.ends_with("gserviceaccount.com") => ActorKind::Application,
        Some(_) => ActorKind::User,
        None => ActorKind::Unknown,
    };
    e.target = p.loose_text(&["request.name", "resourceName"]).or_else(|| r.loose_text(&["logName"]));
    e.app = p.loose_text(&["serviceName"]);
    e.credential = p
        .loose_text(&["authenticationInfo.serviceAccountKeyName"])
        .map(|name| CredentialId::GcpKey(name.rsplit('/').next().unwrap_or_default().to_lowercase()));
    e.address = address(p.loose_text(&["requestMetadata.callerIp", "requestMetadata.callerIP"]));
    e.agent = p.loose_text(&["requestMetadata.callerSuppliedUserAgent"]);
    // An audit log tells an end only where one went wrong (google.rpc.Status); 0 and empty are OK.
    e.result = p.loose_text(&["status.code"]);
    let (asked, granted) = permissions(p);
    e.outcome = match e.result.as_deref() {
        None | Some("0") if granted.is_empty() && !asked.is_empty() => Outcome::Failure,
        None | Some("0") => Outcome::Success,
        Some(_) => Outcome::Failure,
    };
    e.properties = properties(p.loose(&["request"]));
    let one = |name: &str, new: String| Property { name: name.to_owned(), old: None, new: Some(new) };
    if !asked.is_empty() {
        e.properties.push(one("permission", asked.join(" ")));
    }
    // What a new policy gives and takes; the request holds the whole policy.
    let deltas = ["serviceData.policyDelta.bindingDeltas", "metadata.policyDelta.bindingDeltas"];
    e.properties.extend(p.loose(&deltas).map(|v| one("bindingDeltas", v.to_string())));
    vec![e]
}

/// Permissions that were needed, and those of them that were there.
fn permissions(p: Record<'_>) -> (Vec<String>, Vec<String>) {
    let (mut asked, mut granted) = (Vec::new(), Vec::new());
    for one in p.loose(&["authorizationInfo"]).and_then(Value::as_array).into_iter().flatten() {
        let Some(name) = Record(one).text(&["permission"]).filter(|name| !asked.contains(name)) else { continue };
        if one.get("granted").and_then(Value::as_bool) == Some(true) {
            granted.push(name.clone());
        }
        asked.push(name);
    }
    (asked, granted)
}
