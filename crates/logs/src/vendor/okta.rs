//! Okta system log.

use crate::record::{Record, address, properties, set_time};
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome};

pub(super) fn is(r: Record<'_>) -> bool {
    r.has("eventType") && (r.has("published") || r.has("legacyEventType") || r.has("displayMessage") || r.has("actor.alternateId"))
        || r.text(&["p_log_type"]).as_deref() == Some("Okta.SystemLog")
}

pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    let mut e = Event::new(LogSource::Okta);
    e.id = r.text(&["uuid"]).unwrap_or_default();
    set_time(&mut e, r.text(&["published"]));
    e.operation = r.text(&["eventType"]).unwrap_or_default();
    e.actor = r.text(&["actor.alternateId", "actor.id"]);
    e.actor_kind = match r.text(&["actor.type"]).as_deref() {
        Some("User") => ActorKind::User,
        Some("SystemPrincipal") => ActorKind::System,
        Some("PublicClientApp" | "ServicePrincipal") => ActorKind::Application,
        _ => ActorKind::Unknown,
    };
    e.target = r.text(&["target.0.alternateId", "target.0.id"]);
    e.app = r.text(&["client.id"]);
    e.credential = r.text(&["transaction.detail.requestApiTokenId"]).map(CredentialId::OktaToken);
    e.session = r.text(&["authenticationContext.externalSessionId"]);
    e.address = address(r.text(&["client.ipAddress"]));
    e.agent = r.text(&["client.userAgent.rawUserAgent"]);
    e.result = r.text(&["outcome.reason", "outcome.result"]);
    e.outcome = match r.text(&["outcome.result"]).as_deref() {
        Some("SUCCESS" | "ALLOW") => Outcome::Success,
        Some("FAILURE" | "DENY") => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    e.properties = properties(r.at("debugContext.debugData"));
    vec![e]
}
