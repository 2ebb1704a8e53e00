//! Entra sign-ins of people, service principals and managed identities: diagnostic settings, Graph, Log Analytics, portal CSV.
//! Schema: Graph `signIn`; `SignInLogs` and its three siblings of Azure Monitor.

use crate::record::{Record, address, plain, set_time};
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome, Property};
use serde_json::Value;

/// Members that are kept as properties, with the names that exports give them; the first is the property's.
const KEPT: [&[&str]; 13] = [
    &["correlationId"],
    // Beside the id of the key: a certificate has both names.
    &["servicePrincipalCredentialThumbprint", "credentialThumbprint"],
    &["originalRequestId"],
    &["category", "type", "signInEventTypes.0"],
    &["clientAppUsed", "clientApp"],
    &["authenticationProtocol"],
    &["authenticationRequirement"],
    &["autonomousSystemNumber"],
    &["incomingTokenType"],
    &["tokenIssuerType"],
    &["isInteractive"],
    &["resourceId"],
    &["additionalDetails", "status.additionalDetails"],
];

pub(super) fn is(r: Record<'_>) -> bool {
    let category = r.loose_text(&["category", "type"]).unwrap_or_default();
    if ["SignInLogs", "SigninLogs"].iter().any(|s| category.ends_with(s)) {
        return true;
    }
    let r = body(r);
    r.loose(&["createdDateTime", "date (UTC)"]).is_some()
        && r.loose(&["userPrincipalName", "servicePrincipalId", "username", "user"]).is_some()
        || r.loose(&["signInAuditLogId", "uniqueTokenIdentifier"]).is_some() && r.loose(&["timeGenerated", "createdDateTime"]).is_some()
        || r.loose(&["resultType"]).is_some() && r.loose(&["appDisplayName"]).is_some() && r.loose(&["timeGenerated"]).is_some()
}

/// Diagnostic settings put the record into `properties`.
fn body(r: Record<'_>) -> Record<'_> {
    Record(r.at("properties").filter(|p| p.is_object()).unwrap_or(r.0))
}

pub(super) fn read(outer: Record<'_>) -> Vec<Event> {
    let r = body(outer);
    let mut e = Event::new(LogSource::EntraSignIn);
    e.id = r.loose_text(&["id", "requestId"]).or_else(|| outer.text(&["Id"])).unwrap_or_default();
    set_time(&mut e, r.loose_text(&["createdDateTime", "date (UTC)"]).or_else(|| outer.loose_text(&["time", "timeGenerated"])));
    e.operation = "Sign-in activity".to_owned();
    let user = r.loose_text(&["userPrincipalName", "username", "userId"]);
    e.actor_kind = if user.is_some() { ActorKind::User } else { ActorKind::Application };
    e.actor = user.or_else(|| r.loose_text(&["servicePrincipalId", "servicePrincipalName"]));
    e.target = r.loose_text(&["resourceDisplayName", "resource", "resourceId"]);
    e.app = r.loose_text(&["appId", "applicationId"]);
    e.credential = credential(r);
    e.session = r.loose_text(&["sessionId"]);
    e.token = r.loose_text(&["uniqueTokenIdentifier"]);
    e.address = address(r.loose_text(&["ipAddress"]).or_else(|| outer.loose_text(&["callerIpAddress"])));
    e.agent = r.loose_text(&["userAgent"]);
    (e.outcome, e.result) = outcome(r, outer);
    let kept = |names: &&[&str]| {
        let new = r.loose_text(names).or_else(|| outer.loose_text(&names[..1]))?;
        Some(Property { name: names[0].to_owned(), old: None, new: Some(new) })
    };
    e.properties = KEPT.iter().filter_map(kept).collect();
    vec![e]
}

fn credential(r: Record<'_>) -> Option<CredentialId> {
    let key = r.loose_text(&["servicePrincipalCredentialKeyId", "credentialKeyId"]);
    let thumb = r.loose_text(&["servicePrincipalCredentialThumbprint", "credentialThumbprint"]);
    key.map(|k| CredentialId::EntraKey(k.to_ascii_lowercase()))
        .or_else(|| thumb.map(|t| CredentialId::CertThumbprint(t.to_ascii_uppercase())))
}

/// 0 is a success, any other number a failure; the portal writes a word.
fn outcome(r: Record<'_>, outer: Record<'_>) -> (Outcome, Option<String>) {
    let code = r.loose_text(&["status.errorCode", "resultType", "signInErrorCode"]).or_else(|| outer.loose_text(&["resultType"]));
    let word = r.loose(&["status"]).filter(|s| !s.is_object()).and_then(|s: &Value| plain(s));
    let outcome = match (code.as_deref(), word.as_deref()) {
        (_, Some("Success")) | (Some("0"), None) => Outcome::Success,
        (_, Some("Failure" | "Interrupted")) => Outcome::Failure,
        (Some(code), _) if code.bytes().all(|b| b.is_ascii_digit()) => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    (outcome, code.or(word))
}
