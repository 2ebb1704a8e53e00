//! Keys of storage accounts and versions of vault secrets: Azure activity and Key Vault diagnostics.

use crate::proof::deed::{Deed, State, member, target, value};
use crate::usage::{storage_account, was_done};
use aftermail_model::Event;
use std::collections::VecDeque;

/// Requests whose end is still awaited.
const AWAITED: usize = 256;
/// Days in which a deleted secret of a vault can be recovered at most.
const BIN: i64 = 90;

/// Requests by the id of their operation: the first record holds the request, the last its end.
#[derive(Debug, Default)]
pub(super) struct Requests(VecDeque<(String, String)>);

pub(super) fn read(event: &Event, requests: &mut Requests) -> Vec<Deed> {
    let op = event.operation.to_lowercase();
    match op.as_str() {
        "microsoft.storage/storageaccounts/regeneratekey/action" => vec![regenerated(event, requests)],
        "microsoft.storage/storageaccounts/revokeuserdelegationkeys/action" => {
            let account = storage_account(target(event));
            let gone = vec![format!("{account}/delegation")];
            vec![Deed::keys(vec![account], gone, Vec::new(), "signatures that people's sign-ins had made were revoked")]
        }
        "secretset" | "secretupdate" | "secretdelete" | "secretpurge" | "secretrecover" => vault(event, &op),
        _ => Vec::new(),
    }
}

fn regenerated(event: &Event, requests: &mut Requests) -> Deed {
    let account = storage_account(target(event));
    let told = event.properties.iter().filter_map(|p| member(p.new.as_deref()?, "keyName").or_else(|| named(&p.name, p.new.as_deref())));
    let told = told.map(str::to_lowercase).next();
    let operation = value(event, "correlationId").unwrap_or_default();
    let key = told.or_else(|| requests.0.iter().find(|(id, _)| id == operation).map(|(_, key)| key.clone()));
    let Some(key) = key else {
        return Deed::looks([account], "a key of the storage account was regenerated, and no record says which of the two");
    };
    if !was_done(event) && !operation.is_empty() {
        requests.0.push_back((operation.to_owned(), key.clone()));
        if requests.0.len() > AWAITED {
            requests.0.pop_front();
        }
    }
    let gone = vec![format!("{account}/{key}")];
    Deed::keys(vec![account], gone, Vec::new(), format!("{key} of the storage account was regenerated"))
}

/// A member of its own rather than one within the request.
fn named<'e>(name: &str, value: Option<&'e str>) -> Option<&'e str> {
    value.filter(|_| name.eq_ignore_ascii_case("keyName"))
}

/// A secret of a vault, and its version where the address holds one: `vault:host/name`, `vault:host/name/version`.
pub(in crate::proof) fn vault_secret(address: &str) -> (String, Option<String>) {
    let lower = address.to_lowercase();
    let rest = lower.split_once("://").map_or(lower.as_str(), |(_, rest)| rest);
    let mut parts = rest.split(['/', '?', '#']);
    let host = parts.next().unwrap_or_default();
    let mut parts = parts.skip_while(|p| *p == "secrets").filter(|p| !p.is_empty());
    let secret = format!("vault:{host}/{}", parts.next().unwrap_or_default());
    let version = parts.next().map(|v| format!("{secret}/{v}"));
    (secret, version)
}

fn vault(event: &Event, op: &str) -> Vec<Deed> {
    let (secret, version) = vault_secret(target(event));
    let whole = |state, how: &str| vec![Deed::Holder { names: vec![secret.clone()], state, how: how.to_owned() }];
    match op {
        "secretset" => vec![Deed::keys(vec![secret], Vec::new(), version.into_iter().collect(), "another version was stored")],
        "secretpurge" => whole(State::Purged, "the secret was purged from the vault"),
        "secretdelete" => {
            whole(State::Binned { days: BIN }, "the secret was deleted from the vault, and for up to 90 days it can be recovered")
        }
        "secretrecover" => whole(State::Opened, "the secret was recovered"),
        _ => vec![updated(event, secret, version)],
    }
}

/// `SecretUpdate` may disable a version, or only give it another end.
fn updated(event: &Event, secret: String, version: Option<String>) -> Deed {
    let telling =
        event.properties.iter().filter(|p| p.name.to_lowercase().contains("secretproperties") || p.name.eq_ignore_ascii_case("enabled"));
    let enabled =
        telling.filter_map(|p| p.new.as_deref()).find_map(|v| member(v, "enabled").or(Some(v).filter(|v| matches!(*v, "true" | "false"))));
    let version: Vec<String> = version.into_iter().collect();
    match enabled {
        Some("false") => Deed::keys(vec![secret], version, Vec::new(), "the version was disabled in the vault"),
        Some("true") => Deed::back(vec![secret], version, "the version is enabled"),
        _ => Deed::looks([secret], "the secret in the vault was updated, and no version was disabled"),
    }
}
