//! Changes in the directory: Entra audit log, and the Unified Audit Log's records of it.

use crate::proof::deed::{Deed, State, actor, listed, loose, same_account, target, value};
use crate::signals::baseline::operation;
use crate::usage::is_guid;
use aftermail_model::{Event, Timestamp};

/// Who resets passwords when people do so themselves.
const SELF_SERVICE: &str = "fim_password_service@";
/// Scopes that open no data.
const HARMLESS: [&str; 5] = ["openid", "profile", "email", "offline_access", "user.read"];
/// Days in which what was deleted can be restored.
const BIN: i64 = 30;

pub(super) fn read(event: &Event) -> Vec<Deed> {
    let op = operation(event);
    let whose = || target(event).to_owned();
    match op.as_str() {
        "reset user password" | "reset password (by admin)" | "reset password (self-service)" => vec![reset(event, &op)],
        "change user password" | "change password (self-service)" => vec![changed(event)],
        "set force change user password" => {
            vec![Deed::looks([whose()], "the account was told to change its password at the next sign-in: until then the old one opens")]
        }
        "update stsrefreshtokenvalidfrom timestamp" => vec![Deed::Cut { whose: whose(), from: stamp(event) }],
        "add user" => vec![Deed::Created { whose: whose() }],
        "add application" => same(event).into_iter().collect(),
        "remove service principal" | "delete application" | "delete user" => {
            holder(event, State::Binned { days: BIN }, "deleted, and for 30 days it can be restored")
        }
        "hard delete application" | "hard delete service principal" | "hard delete user" => {
            holder(event, State::Purged, "deleted for good")
        }
        "restore application" | "restore service principal" | "restore user" => holder(event, State::Opened, "restored"),
        "disable account" => holder(event, State::Disabled, "disabled"),
        "enable account" => holder(event, State::Opened, "enabled"),
        "user registered security info" | "admin registered security info" => vec![Deed::Factor { whose: whose(), registered: true }],
        "user deleted security info" | "admin deleted security info" => vec![Deed::Factor { whose: whose(), registered: false }],
        "enable strong authentication" => {
            vec![Deed::looks([whose()], "a second factor is now asked for; that registers none and removes none")]
        }
        "disable strong authentication" => {
            vec![Deed::looks([whose()], "a second factor is no longer asked for: that opens the account further")]
        }
        _ if op.contains("delegated permission grant") || op.contains("oauth2permissiongrant") => grant(event, &op),
        _ if op.contains("app role assignment") && op.contains("service principal") => role(event, &op),
        _ => changes(event, &op),
    }
}

fn reset(event: &Event, op: &str) -> Deed {
    let by_itself =
        actor(event).to_lowercase().starts_with(SELF_SERVICE) || op.contains("self-service") || same_account(actor(event), target(event));
    let how = if by_itself { "reset by self-service" } else { "reset by an administrator" };
    Deed::Password { whose: target(event).to_owned(), how: how.to_owned(), by_itself }
}

fn changed(event: &Event) -> Deed {
    let by_itself = same_account(actor(event), target(event)) || actor(event).is_empty();
    Deed::Password { whose: target(event).to_owned(), how: "changed".to_owned(), by_itself }
}

/// The time from which tokens must be. A stamp that moves by a second, as those written when an account is created or after another
/// update do, cuts nothing that the older one did not.
fn stamp(event: &Event) -> Option<Timestamp> {
    let change = event.property("StsRefreshTokensValidFrom")?;
    let time = |text: &Option<String>| listed(text.as_deref()).first().and_then(|t| Timestamp::parse(t));
    match (time(&change.old), time(&change.new)) {
        (Some(old), Some(new)) if (new.0 - old.0).abs() <= 1 => Some(old),
        (_, new) => new,
    }
}

/// Every id of the target, without the kind in front: object ids, ids of applications, the account's name.
fn names(event: &Event) -> Vec<String> {
    let parts = target(event).split(';').chain(value(event, "Target").unwrap_or_default().lines().flat_map(|l| l.split(';')));
    let mut names = Vec::new();
    for part in parts {
        let lower = part.trim().to_lowercase();
        let bare = lower.rsplit_once('_').map_or(lower.as_str(), |(_, id)| id);
        let name = if is_guid(bare) { bare } else { lower.as_str() };
        let telling = is_guid(name) || name.contains('@');
        if telling && !names.iter().any(|n| n == name) {
            names.push(name.to_owned());
        }
    }
    names
}

fn same(event: &Event) -> Option<Deed> {
    let mut names = names(event);
    let id = listed(value(event, "AppId")).first().map(|id| id.to_lowercase()).filter(|id| is_guid(id))?;
    names.push(id);
    Some(Deed::Same { names })
}

fn holder(event: &Event, state: State, how: &str) -> Vec<Deed> {
    vec![Deed::Holder { names: names(event), state, how: how.to_owned() }]
}

/// Changes that are known by what they changed: keys, whether it is enabled, methods of the second factor.
fn changes(event: &Event, op: &str) -> Vec<Deed> {
    let mut deeds: Vec<Deed> = keys(event, op).into_iter().chain(factors(event)).collect();
    let enabled = loose(event, "AccountEnabled").map(|p| (listed(p.old.as_deref()), listed(p.new.as_deref())));
    match enabled {
        Some((old, new)) if old == ["true"] && new == ["false"] => deeds.extend(holder(event, State::Disabled, "disabled")),
        Some((old, new)) if old == ["false"] && new == ["true"] => deeds.extend(holder(event, State::Opened, "enabled")),
        _ => (),
    }
    deeds
}

/// The difference of the two lists of keys; the name of the operation says nothing.
fn keys(event: &Event, op: &str) -> Option<Deed> {
    let change = loose(event, "KeyDescription")?;
    let (old, new) = (key_ids(change.old.as_deref()), key_ids(change.new.as_deref()));
    let minus = |a: &[String], b: &[String]| a.iter().filter(|k| !b.contains(k)).cloned().collect::<Vec<_>>();
    let (gone, added) = (minus(&old, &new), minus(&new, &old));
    if gone.is_empty() && added.is_empty() {
        return Some(Deed::looks(names(event), format!("“{op}” changed no key: the list is the same before and after")));
    }
    let kept = Some(old.into_iter().filter(|k| new.contains(k)).collect());
    Some(Deed::Keys { holder: names(event), gone, new: added, back: Vec::new(), kept, how: "the key was removed".to_owned() })
}

fn key_ids(text: Option<&str>) -> Vec<String> {
    let parts = text.unwrap_or_default().split("KeyIdentifier=").skip(1);
    let id = |part: &str| part.split([',', ']']).next().unwrap_or_default().trim().to_lowercase();
    parts.map(id).filter(|id| is_guid(id)).map(|id| format!("entra_key:{id}")).collect()
}

/// Methods of the second factor, in a change of the user.
fn factors(event: &Event) -> Option<Deed> {
    const LISTS: [&str; 2] = ["StrongAuthenticationMethod", "StrongAuthenticationPhoneAppDetail"];
    let change = LISTS.iter().find_map(|name| loose(event, name))?;
    let none = |text: &Option<String>| listed(text.as_deref()).is_empty();
    let registered = match (none(&change.old), none(&change.new)) {
        (true, false) => true,
        (false, true) => false,
        _ => return None,
    };
    Some(Deed::Factor { whose: target(event).to_owned(), registered })
}

/// Scopes that were given and taken. "Remove delegated permission grant." is also written when a grant is widened.
fn grant(event: &Event, op: &str) -> Vec<Deed> {
    let Some(change) = event.property("DelegatedPermissionGrant.Scope") else { return Vec::new() };
    let scopes = |text: &Option<String>| -> Vec<String> {
        listed(text.as_deref()).iter().map(|s| s.to_lowercase()).filter(|s| !HARMLESS.contains(&s.as_str())).collect()
    };
    let (old, new) = (scopes(&change.old), scopes(&change.new));
    let client = value(event, "ServicePrincipal.ObjectID").unwrap_or_default().to_lowercase();
    let door = |scope: &String, open| Deed::Door {
        whose: Some(actor(event).to_owned()),
        what: "a consent",
        name: format!("{scope} for application {client}"),
        open,
    };
    let given: Vec<&String> = new.iter().filter(|s| !old.contains(s)).collect();
    let taken: Vec<&String> = old.iter().filter(|s| !new.contains(s)).collect();
    let mut deeds: Vec<Deed> = given.iter().map(|s| door(s, true)).chain(taken.iter().map(|s| door(s, false))).collect();
    if op.starts_with("remove") && taken.is_empty() {
        let given: Vec<&str> = given.iter().map(|s| s.as_str()).collect();
        let why = match given.is_empty() {
            true => "a consent is logged as removed, and its scopes are the same before and after".to_owned(),
            false => format!("a consent is logged as removed, and was in truth widened by {}", given.join(", ")),
        };
        deeds.push(Deed::looks([actor(event).to_owned(), client.clone()], why));
    }
    deeds
}

/// A permission of an application, without a person.
fn role(event: &Event, op: &str) -> Vec<Deed> {
    let told = |name: &str| event.property(name).and_then(|p| p.new.as_deref().or(p.old.as_deref())).filter(|v| !v.is_empty());
    let Some(role) = told("AppRole.Value").or_else(|| told("AppRole.Id")) else { return Vec::new() };
    let client = told("ServicePrincipal.ObjectID").unwrap_or_default().to_lowercase();
    let name = format!("{} for application {client}", role.to_lowercase());
    vec![Deed::Door { whose: Some(actor(event).to_owned()), what: "an application permission", name, open: !op.starts_with("remove") }]
}
