//! Entra directory changes: diagnostic settings, Graph `directoryAudit`, Log Analytics, portal CSV.

use crate::record::{Record, address, properties, property, set_time};
use aftermail_model::{ActorKind, Event, LogSource, Outcome, Property};
use serde_json::Value;

/// Changes and details that the portal's CSV has columns for.
const COLUMNS: u8 = 20;

pub(super) fn is(r: Record<'_>) -> bool {
    r.text(&["category"]).as_deref() == Some("AuditLogs")
        || body(r).loose(&["activityDisplayName", "activity"]).is_some()
            && body(r).loose(&["targetResources", "initiatedBy", "target1DisplayName", "loggedByService"]).is_some()
        || r.loose_text(&["type"]).as_deref() == Some("AuditLogs")
        || r.loose(&["initiatedBy"]).is_some() && r.loose(&["operationName"]).is_some()
}

fn body(r: Record<'_>) -> Record<'_> {
    Record(r.at("properties").filter(|p| p.is_object()).unwrap_or(r.0))
}

pub(super) fn read(outer: Record<'_>) -> Vec<Event> {
    let r = body(outer);
    let mut e = Event::new(LogSource::EntraAudit);
    e.id = r.loose_text(&["id"]).unwrap_or_default();
    set_time(&mut e, r.loose_text(&["activityDateTime", "date (UTC)"]).or_else(|| outer.loose_text(&["time", "timeGenerated"])));
    e.operation = r
        .loose_text(&["activityDisplayName", "activity", "operationName"])
        .or_else(|| outer.loose_text(&["operationName"]))
        .unwrap_or_default();
    initiator(r, &mut e);
    e.address = e.address.take().or_else(|| address(outer.loose_text(&["callerIpAddress", "ipAddress"])));
    let text = r.loose(&["targetResources"]).and_then(Value::as_str).and_then(|json| serde_json::from_str::<Value>(json).ok());
    let targets = text.as_ref().or_else(|| r.loose(&["targetResources"])).and_then(Value::as_array);
    for target in targets.into_iter().flatten() {
        let t = Record(target);
        e.target = e.target.take().or_else(|| t.loose_text(&["userPrincipalName", "id", "displayName"]));
        e.properties.extend(properties(t.loose(&["modifiedProperties"])));
    }
    e.target = e.target.take().or_else(|| r.loose_text(&["target1UserPrincipalName", "target1ObjectId", "target1DisplayName"]));
    e.properties.extend(properties(r.loose(&["additionalDetails"])));
    e.properties.extend(columns(r));
    for name in ["category", "loggedByService"] {
        e.properties.extend(property(name, r.loose_text(&[name])));
    }
    e.properties.extend(property("correlationId", r.loose_text(&["correlationId"]).or_else(|| outer.loose_text(&["correlationId"]))));
    e.agent = e.property("User-Agent").and_then(|p| p.new.clone());
    e.result = r.loose_text(&["result"]).or_else(|| outer.loose_text(&["resultType", "resultSignature"]));
    e.outcome = match e.result.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("success") => Outcome::Success,
        Some("failure" | "timeout") => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    vec![e]
}

/// The portal's CSV has columns for the changes and details of each record, numbered from 1.
fn columns(r: Record<'_>) -> impl Iterator<Item = Property> {
    let text = move |name: String| r.loose_text(&[&name]);
    (1..=COLUMNS).flat_map(move |n| {
        let change = |part: &str| text(format!("Target1ModifiedProperty{n}{part}"));
        let detail = |part: &str| text(format!("AdditionalDetail{n}{part}"));
        let changed = change("Name").map(|name| Property { name, old: change("OldValue"), new: change("NewValue") });
        let detailed = detail("Key").map(|name| Property { name, old: None, new: detail("Value") });
        changed.into_iter().chain(detailed)
    })
}

fn initiator(r: Record<'_>, e: &mut Event) {
    let text = r.loose(&["initiatedBy"]).and_then(Value::as_str).and_then(|json| serde_json::from_str::<Value>(json).ok());
    let by = Record(text.as_ref().or_else(|| r.loose(&["initiatedBy"])).unwrap_or(&Value::Null));
    let user =
        by.loose_text(&["user.userPrincipalName", "user.id", "user.displayName"]).or_else(|| r.loose_text(&["actorUserPrincipalName"]));
    let app =
        by.loose_text(&["app.servicePrincipalId", "app.displayName", "app.appId"]).or_else(|| r.loose_text(&["actorServicePrincipalId"]));
    e.actor_kind = match (&user, &app) {
        (Some(_), _) => ActorKind::User,
        (None, Some(_)) => ActorKind::Application,
        _ => ActorKind::Unknown,
    };
    e.actor = user.or(app);
    e.app = by.loose_text(&["app.appId"]);
    e.address = address(by.loose_text(&["user.ipAddress", "app.ipAddress"]).or_else(|| r.loose_text(&["ipAddress"])));
}
