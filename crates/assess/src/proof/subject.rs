//! Under which names records may speak of one secret: its own, its account's, its holder's.

use super::deed::{Deed, same_account};
use super::records::{secret_name, vault_secret};
use crate::usage::{Account, Place, key, signs_in_people, storage_account};
use aftermail_model::{CredentialId, Event, ExposedSecret, Kind};
use std::collections::BTreeSet;

/// Names that are kept for one secret.
const NAMES: usize = 64;

/// Names of one secret. Some are learned on the way.
#[derive(Debug)]
pub(super) struct Subject {
    /// Where it opens something.
    pub(super) place: Place,
    /// What sort of secret.
    pub(super) kind: Kind,
    /// Accounts, as the mail names them.
    pub(super) accounts: Vec<String>,
    /// Accounts that are not the same one by another name.
    pub(super) people: Vec<String>,
    /// The secret itself.
    pub(super) keys: BTreeSet<String>,
    /// What holds it: an application, a user, a storage account, a secret of a vault.
    pub(super) holders: BTreeSet<String>,
    /// Keys that must all be changed, where nothing tells which of them the secret is.
    pub(super) need: BTreeSet<String>,
}

impl Subject {
    pub(super) fn new(secret: &ExposedSecret) -> Subject {
        let place = Place::of(secret);
        let mut subject = Subject {
            place,
            kind: secret.kind,
            accounts: secret.accounts.iter().map(|a| a.to_lowercase()).collect(),
            people: people(&secret.accounts, place),
            keys: secret.credentials.iter().map(key).collect(),
            holders: BTreeSet::new(),
            need: BTreeSet::new(),
        };
        let holders = match place {
            Place::EntraApp | Place::Aws | Place::GoogleCloud => subject.accounts.iter().filter_map(|a| user_of(a)).collect(),
            _ => Vec::new(),
        };
        subject.holders.extend(holders);
        for system in &secret.systems {
            subject.system(system);
        }
        if place == Place::Storage {
            subject.storage(secret);
        }
        if secret.kind == Kind::Token {
            subject.keys.extend(secret.accounts.iter().map(|a| format!("tokens of {}", a.to_lowercase())));
        }
        subject
    }

    fn system(&mut self, system: &str) {
        match self.place {
            Place::Storage => drop(self.holders.insert(storage_account(system))),
            Place::Vault => {
                let (secret, version) = vault_secret(system);
                self.holders.insert(secret);
                self.keys.extend(version);
            }
            Place::AwsKept => {
                let host = system.split_once("://").map_or(system, |(_, rest)| rest);
                let name = match host.contains(".rds.amazonaws") {
                    true => format!("db:{}", host.split('.').next().unwrap_or_default().to_lowercase()),
                    false => secret_name(system),
                };
                self.holders.insert(name.clone());
                self.keys.insert(name);
            }
            _ => (),
        }
    }

    /// A storage account has two keys, and signatures may be made by a person's sign-in instead.
    fn storage(&mut self, secret: &ExposedSecret) {
        let named: Vec<String> = self.accounts.iter().filter(|a| !a.contains(['@', '\\'])).map(|a| storage_account(a)).collect();
        self.holders.extend(named);
        let Some(account) = self.holders.first().cloned() else { return };
        let signs: &[&str] = if secret.kind == Kind::SasUrl { &["key1", "key2", "delegation"] } else { &["key1", "key2"] };
        self.need = signs.iter().map(|k| format!("{account}/{k}")).collect();
        for id in &secret.credentials {
            if let CredentialId::StorageAuthHash(hash) = id {
                self.signed_by(hash);
            }
        }
    }

    /// `key1(…)` tells which key it is.
    fn signed_by(&mut self, hash: &str) {
        let Some((name, _)) = hash.split_once('(') else { return };
        let exact: BTreeSet<String> =
            self.need.iter().filter(|n| n.ends_with(&format!("/{}", name.trim().to_lowercase()))).cloned().collect();
        if !exact.is_empty() {
            self.need = exact;
        }
    }

    /// Whether the name is one of its accounts.
    pub(super) fn is_account(&self, name: &str) -> bool {
        self.accounts.iter().any(|a| same_account(a, name))
    }

    /// Which of its people it is.
    pub(super) fn person(&self, name: &str) -> Option<usize> {
        self.people.iter().position(|p| same_account(p, name))
    }

    /// Whether a change names the very secret.
    pub(super) fn is_named(&self, deed: &Deed) -> bool {
        let Deed::Keys { gone, new, back, kept, .. } = deed else { return false };
        [gone, new, back].into_iter().flatten().chain(kept.as_deref().unwrap_or_default()).any(|k| self.keys.contains(k))
    }

    /// Whether one of the names is its holder, or its account.
    pub(super) fn is_held_by(&self, names: &[String]) -> bool {
        names.iter().any(|n| self.holders.contains(n) || self.is_account(n))
    }

    /// Names under which records may speak of it.
    pub(super) fn names(&self) -> impl Iterator<Item = &String> {
        self.accounts.iter().chain(&self.keys).chain(&self.holders).chain(&self.need)
    }

    /// More names of its holder.
    pub(super) fn learn_holders(&mut self, names: &[String]) -> Vec<String> {
        let new: Vec<String> = names.iter().filter(|n| !n.is_empty() && !self.holders.contains(*n)).take(NAMES).cloned().collect();
        if self.holders.len() + new.len() > NAMES {
            return Vec::new();
        }
        self.holders.extend(new.clone());
        new
    }

    /// What a use of the very secret tells of it.
    pub(super) fn learn_use(&mut self, event: &Event) -> Vec<String> {
        let actor = event.actor.as_deref().and_then(user_of);
        let app = event.app.as_ref().map(|a| a.to_lowercase());
        let mut keys = Vec::new();
        let holders: Vec<String> = match self.place {
            Place::EntraApp => {
                // A certificate known by its hash has an id, too.
                keys.extend(event.credential.as_ref().map(key));
                [app, actor].into_iter().flatten().collect()
            }
            Place::Aws | Place::GoogleCloud => actor.into_iter().collect(),
            Place::GitHub => {
                keys.extend(event.token.as_ref().map(|id| format!("github_token:{id}")));
                Vec::new()
            }
            Place::Storage => {
                if let Some(CredentialId::StorageAuthHash(hash)) = &event.credential {
                    self.signed_by(hash);
                }
                Vec::new()
            }
            _ => Vec::new(),
        };
        keys.retain(|k| self.keys.len() < NAMES && self.keys.insert(k.clone()));
        keys.extend(self.learn_holders(&holders));
        keys
    }

    /// Whether what it opens are sessions, so that cutting these ends it.
    pub(super) fn is_session(&self) -> bool {
        let by_person = matches!(self.place, Place::Entra | Place::Workspace | Place::Okta);
        by_person && matches!(self.kind, Kind::Token | Kind::SessionCookie)
    }

    /// Whether it is the second factor.
    pub(super) fn is_factor(&self) -> bool {
        matches!(self.kind, Kind::OtpSeed | Kind::RecoveryCode)
    }

    /// Whether whoever holds it can set another one.
    pub(super) fn signs_in(&self) -> bool {
        signs_in_people(self.kind)
    }
}

/// One name for each account, the longest. Where people sign in by addresses, a name that is none is one only if there is no address:
/// it is more likely that of something else beside.
fn people(accounts: &[String], place: Place) -> Vec<String> {
    let by_address = matches!(place, Place::Entra | Place::Workspace | Place::Okta) && accounts.iter().any(|a| a.contains('@'));
    let mut names: Vec<&String> = accounts.iter().filter(|a| !by_address || a.contains('@')).collect();
    names.sort_by_key(|n| std::cmp::Reverse(n.len()));
    let mut people: Vec<String> = Vec::new();
    for name in names {
        if !people.iter().any(|p| same_account(p, name)) {
            people.push(name.to_lowercase());
        }
    }
    people
}

fn user_of(name: &str) -> Option<String> {
    // A service account of Google is known by its whole address.
    if name.ends_with("gserviceaccount.com") {
        return Some(name.to_lowercase());
    }
    Account::parse(name).map(|a| a.user)
}
