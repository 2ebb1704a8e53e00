//! Azure activity (Event Hub, REST, Log Analytics), storage and Key Vault diagnostics, and Graph activity.

use crate::record::{Record, address, properties, property, set_time};
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome, Property};

pub(super) fn is_graph_activity(r: Record<'_>) -> bool {
    r.loose_text(&["category", "type"]).as_deref() == Some("MicrosoftGraphActivityLogs")
        || r.loose(&["requestUri"]).is_some() && r.loose(&["signInActivityId"]).is_some()
}

pub(super) fn graph_activity(outer: Record<'_>) -> Vec<Event> {
    let r = Record(outer.at("properties").filter(|p| p.is_object()).unwrap_or(outer.0));
    let mut e = Event::new(LogSource::GraphActivity);
    e.id = r.loose_text(&["requestId", "operationId"]).unwrap_or_default();
    set_time(&mut e, r.loose_text(&["timeGenerated", "timestamp"]).or_else(|| outer.loose_text(&["time"])));
    e.operation = r.loose_text(&["requestMethod"]).or_else(|| outer.loose_text(&["operationName"])).unwrap_or_default();
    e.target = r.loose_text(&["requestUri"]);
    let user = r.loose_text(&["userPrincipalObjectID", "userId"]);
    e.actor_kind = if user.is_some() { ActorKind::User } else { ActorKind::Application };
    e.actor = user.or_else(|| r.loose_text(&["servicePrincipalId"]));
    e.app = r.loose_text(&["appId"]);
    e.session = r.loose_text(&["sessionId", "C_Sid"]);
    e.token = r.loose_text(&["signInActivityId"]);
    e.address = address(r.loose_text(&["ipAddress"]).or_else(|| outer.loose_text(&["callerIpAddress"])));
    e.agent = r.loose_text(&["userAgent"]);
    status(&mut e, r.loose_text(&["responseStatusCode"]));
    e.properties = ["roles", "scopes", "C_Idtyp", "C_Iat"].iter().filter_map(|name| property(name, r.loose_text(&[name]))).collect();
    vec![e]
}

pub(super) fn is_storage(r: Record<'_>) -> bool {
    r.loose(&["authenticationHash", "identity.tokenHash"]).is_some()
        || r.loose_text(&["category"]).is_some_and(|c| c.starts_with("Storage"))
}

pub(super) fn storage(r: Record<'_>) -> Vec<Event> {
    let mut e = common(r);
    let hash = r.loose_text(&["authenticationHash", "identity.tokenHash"]);
    e.credential = hash.map(CredentialId::StorageAuthHash);
    e.target = r.loose_text(&["uri", "objectKey", "properties.objectKey", "resourceId"]).map(|uri| without_signature(&uri));
    let kind = r.loose_text(&["authenticationType", "identity.type"]);
    e.properties.extend(kind.map(|kind| Property { name: "authenticationType".to_owned(), old: None, new: Some(kind) }));
    e.agent = r.loose_text(&["userAgentHeader", "properties.userAgentHeader"]);
    e.actor = r.loose_text(&["requesterUpn", "requesterObjectId", "identity.requester.upn", "identity.requester.objectId"]);
    status(&mut e, r.loose_text(&["statusCode"]));
    vec![e]
}

pub(super) fn is(r: Record<'_>) -> bool {
    let named = r.loose(&["operationName"]).is_some() || r.loose(&["operationNameValue"]).is_some();
    named && r.loose(&["resourceId", "callerIpAddress", "category"]).is_some()
}

pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    let mut e = common(r);
    e.properties = properties(r.loose(&["properties"]));
    // The request stands in the first record of an operation, its end in the last: this ties them together.
    e.properties.extend(property("correlationId", r.loose_text(&["correlationId"])));
    vec![e]
}

/// The member `sig` of a shared access signature is a secret.
fn without_signature(uri: &str) -> String {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let open = query.split('&').filter(|member| !member.is_empty() && !member.to_ascii_lowercase().starts_with("sig="));
    let open = open.collect::<Vec<_>>().join("&");
    if open.is_empty() { path.to_owned() } else { format!("{path}?{open}") }
}

/// What activity and diagnostics of all resources share.
fn common(r: Record<'_>) -> Event {
    let mut e = Event::new(LogSource::Azure);
    e.id = r.loose_text(&["eventDataId"]).unwrap_or_default();
    set_time(&mut e, r.loose_text(&["time", "eventTimestamp", "timeGenerated"]));
    e.operation = r.loose_text(&["operationNameValue", "operationName.value", "operationName"]).unwrap_or_default();
    e.target = r.loose_text(&["properties.id", "id_s", "resourceId", "_ResourceId"]);
    e.actor = r.loose_text(&["caller", "identity.claim.upn", "identity.claims.upn", "identity.claims.name"]).or_else(|| upn(r));
    e.app = r.loose_text(&["identity.claims.appid", "identity.claim.appid", "claims.appid", "identity_claim_appid_g"]);
    e.token = r.loose_text(&["identity.claims.uti", "claims.uti"]);
    e.actor_kind = match (&e.actor, &e.app) {
        (Some(actor), _) if actor.contains('@') => ActorKind::User,
        (_, Some(_)) => ActorKind::Application,
        _ => ActorKind::Unknown,
    };
    e.address = address(r.loose_text(&["callerIpAddress", "httpRequest.clientIpAddress", "claims.ipaddr"]));
    e.agent = r.loose_text(&["properties.clientInfo", "clientInfo_s", "userAgent"]);
    status(&mut e, r.loose_text(&["resultType", "status.value", "activityStatusValue", "resultSignature"]));
    e
}

/// Claims of the old style have addresses for names, dots included. Log Analytics makes one column of each claim.
fn upn(r: Record<'_>) -> Option<String> {
    const COLUMN: &str = "identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s";
    if let Some(upn) = r.loose_text(&[COLUMN]) {
        return Some(upn);
    }
    let claims = r.loose(&["identity.claims", "claims", "identity.claim"])?.as_object()?;
    claims.iter().find(|(name, _)| name.ends_with("/claims/upn") || name.ends_with("/claims/name"))?.1.as_str().map(str::to_owned)
}

/// Accepted and started are no success yet.
fn status(e: &mut Event, word: Option<String>) {
    e.outcome = match word.as_deref().map(str::to_ascii_lowercase).as_deref() {
        Some("success" | "succeeded" | "0") => Outcome::Success,
        Some("failure" | "failed") => Outcome::Failure,
        Some(code) if code.len() == 3 && code.starts_with('2') => Outcome::Success,
        Some(code) if code.len() == 3 && code.starts_with(['4', '5']) => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    e.result = word;
}
