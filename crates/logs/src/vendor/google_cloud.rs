//! Google Cloud audit logs: `LogEntry` with a `protoPayload` of type AuditLog.

use crate::record::{Record, address, properties, set_time};
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome};

pub(super) fn is(r: Record<'_>) -> bool {
    r.has("protoPayload") || r.has("protopayload_auditlog") || r.has("insertId") && r.has("logName")
}

pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    // BigQuery's sink has a name of its own for the payload.
    let p = Record(r.at("protoPayload").or_else(|| r.at("protopayload_auditlog")).unwrap_or(r.0));
    let mut e = Event::new(LogSource::GoogleCloud);
    e.id = r.text(&["insertId"]).unwrap_or_default();
    set_time(&mut e, r.text(&["timestamp", "receiveTimestamp"]));
    e.operation = p.text(&["methodName"]).or_else(|| r.text(&["logName"])).unwrap_or_default();
    e.actor = p.text(&["authenticationInfo.principalEmail", "authenticationInfo.principalSubject"]);
    e.actor_kind = match e.actor.as_deref() {
        Some(a) if a.ends_with("gserviceaccount.com") => ActorKind::Application,
        Some(_) => ActorKind::User,
        None => ActorKind::Unknown,
    };
    e.target = p.text(&["request.name", "resourceName"]).or_else(|| r.text(&["logName"]));
    e.app = p.text(&["serviceName"]);
    e.credential = p.text(&["authenticationInfo.serviceAccountKeyName"]).map(CredentialId::GcpKey);
    e.address = address(p.text(&["requestMetadata.callerIp", "requestMetadata.callerIP"]));
    e.agent = p.text(&["requestMetadata.callerSuppliedUserAgent"]);
    // An audit log tells an end only where one went wrong (google.rpc.Status); 0 and empty are OK.
    e.result = p.text(&["status.code"]);
    e.outcome = match e.result.as_deref() {
        None | Some("0") => Outcome::Success,
        Some(_) => Outcome::Failure,
    };
    e.properties = properties(p.at("request"));
    vec![e]
}
