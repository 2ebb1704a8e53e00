//! Tokens and keys of GitHub.

use crate::proof::deed::{Deed, actor, value};
use crate::usage::key;
use aftermail_model::Event;

/// Operations that end a token or a key.
const ENDS: [&str; 9] = [
    "personal_access_token.access_revoked",
    "personal_access_token.destroy",
    "personal_access_token.destroyed",
    "oauth_access.destroy",
    "oauth_access.revoke",
    "org_credential_authorization.revoke",
    "org_credential_authorization.deauthorize",
    "public_key.delete",
    "deploy_key.destroy",
];
/// Operations that make one.
const MAKES: [&str; 5] = [
    "personal_access_token.access_granted",
    "personal_access_token.create",
    "oauth_access.create",
    "oauth_access.regenerate",
    "public_key.create",
];

pub(super) fn read(event: &Event) -> Vec<Deed> {
    let op = event.operation.as_str();
    if ENDS.contains(&op) {
        return vec![ended(event)];
    }
    if MAKES.contains(&op) {
        return vec![Deed::looks([actor(event).to_owned()], "a new token or key was made: the old one still opens")];
    }
    Vec::new()
}

/// `hashed_token` is the token by which somebody signed in, unless nobody signed in by one: then it is that of which the record speaks.
fn ended(event: &Event) -> Deed {
    let signed_in_by_it = value(event, "programmatic_access_type").is_some();
    let mut gone: Vec<String> = event.token.iter().map(|id| format!("github_token:{id}")).collect();
    gone.extend(event.credential.as_ref().filter(|_| !signed_in_by_it).map(key));
    if gone.is_empty() {
        return Deed::looks([actor(event).to_owned()], "a token was revoked, and the record does not say which");
    }
    let how = match event.operation.as_str() {
        "personal_access_token.access_revoked" | "org_credential_authorization.revoke" | "org_credential_authorization.deauthorize" => {
            "the token may no longer reach the organisation; what its owner holds elsewhere it still opens"
        }
        _ => "the token was deleted",
    };
    Deed::keys(Vec::new(), gone, Vec::new(), how)
}
