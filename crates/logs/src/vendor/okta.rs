//! Okta system log.

use crate::record::{Record, address, properties, property, set_time};
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome};

/// Members beside the data for debugging that rules of others ask for.
const MEMBERS: [&str; 2] = ["displayMessage", "securityContext.isProxy"];

pub(super) fn is(r: Record<'_>) -> bool {
    r.holds("eventType")
        && (r.holds("published") || r.holds("legacyEventType") || r.holds("displayMessage") || r.holds("actor.alternateId"))
        || r.loose_text(&["p_log_type"]).as_deref() == Some("Okta.SystemLog")
}

pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    let mut e = Event::new(LogSource::Okta);
    e.id = r.loose_text(&["uuid"]).unwrap_or_default();
    set_time(&mut e, r.loose_text(&["published"]));
    e.operation = r.loose_text(&["eventType"]).unwrap_or_default();
    e.actor = r.loose_text(&["actor.alternateId", "actor.id"]);
    e.actor_kind = match r.loose_text(&["actor.type"]).as_deref() {
        Some("User") => ActorKind::User,
        Some("SystemPrincipal") => ActorKind::System,
        Some("PublicClientApp" | "ServicePrincipal") => ActorKind::Application,
        _ => ActorKind::Unknown,
    };
    // What is no account, an API token for one, has only an id.
    e.target = r.loose_text(&["target.0.alternateId"]).filter(|n| n != "unknown").or_else(|| r.loose_text(&["target.0.id"]));
    e.app = r.loose_text(&["client.id"]);
    e.credential = r.loose_text(&["transaction.detail.requestApiTokenId"]).map(CredentialId::OktaToken);
    e.session = r.loose_text(&["authenticationContext.externalSessionId"]);
    e.address = address(r.loose_text(&["client.ipAddress"]));
    e.agent = r.loose_text(&["client.userAgent.rawUserAgent"]);
    e.result = r.loose_text(&["outcome.reason", "outcome.result"]);
    e.outcome = match r.loose_text(&["outcome.result"]).as_deref() {
        Some("SUCCESS" | "ALLOW") => Outcome::Success,
        Some("FAILURE" | "DENY") => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    e.properties = properties(r.loose(&["debugContext.debugData"]));
    e.properties.extend(MEMBERS.iter().flat_map(|name| property(name, r.loose_text(&[name]))));
    vec![e]
}
