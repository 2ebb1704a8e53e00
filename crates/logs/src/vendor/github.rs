//! GitHub audit log of an organisation or an enterprise, JSON and CSV.

use crate::record::{Record, address, properties, set_time};
use aftermail_model::{ActorKind, CredentialId, Event, LogSource};

/// Members that an event has a place for.
const KNOWN: [&str; 9] = ["_document_id", "@timestamp", "created_at", "action", "actor", "actor_ip", "hashed_token", "user_agent", "data"];

pub(super) fn is(r: Record<'_>) -> bool {
    let github = ["org", "repo", "business", "hashed_token", "_document_id", "actor_location", "user"].iter().any(|n| r.has(n));
    let named = r.text(&["action"]).is_some_and(|a| a.contains('.'));
    (named || r.has("hashed_token")) && github || r.text(&["p_log_type"]).as_deref() == Some("GitHub.Audit")
}

pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    let mut e = Event::new(LogSource::GitHub);
    e.id = r.text(&["_document_id"]).unwrap_or_default();
    set_time(&mut e, r.text(&["@timestamp", "created_at"]));
    e.operation = r.text(&["action"]).unwrap_or_default();
    e.actor = r.text(&["actor", "user", "deploy_key_fingerprint"]);
    e.actor_kind = match r.text(&["actor_is_bot"]).as_deref() {
        Some("true") => ActorKind::Application,
        _ if r.has("actor") => ActorKind::User,
        _ => ActorKind::Unknown,
    };
    e.target = r.text(&["repo", "repository", "user", "org"]);
    e.app = r.text(&["oauth_application_id", "programmatic_access_type"]);
    e.credential = r.text(&["hashed_token"]).map(CredentialId::GithubHashedToken);
    e.token = r.text(&["token_id"]);
    e.address = address(r.text(&["actor_ip"]));
    e.agent = r.text(&["user_agent"]);
    e.properties = properties(r.at("data"));
    e.properties.extend(properties(Some(r.0)).into_iter().filter(|p| !KNOWN.contains(&p.name.as_str()) && !p.name.starts_with("p_")));
    vec![e]
}
