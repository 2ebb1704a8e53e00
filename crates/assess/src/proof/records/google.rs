//! Keys of Google Cloud, passwords and tokens of Google Workspace.

use crate::proof::deed::{Deed, State, actor, target};
use crate::usage::key;
use aftermail_model::{CredentialId, Event};

pub(super) fn cloud(event: &Event) -> Vec<Deed> {
    let method = event.operation.rsplit('.').next().unwrap_or_default();
    let (account, id) = service_account(target(event));
    let holder = vec![account];
    let whole = |state, how: &str| vec![Deed::Holder { names: holder.clone(), state, how: how.to_owned() }];
    let id: Vec<String> = id.into_iter().collect();
    match method {
        "DeleteServiceAccountKey" => vec![Deed::keys(holder, id, Vec::new(), "the key was deleted")],
        "DisableServiceAccountKey" => vec![Deed::keys(holder, id, Vec::new(), "the key was disabled")],
        "EnableServiceAccountKey" => vec![Deed::back(holder, id, "the key was enabled")],
        "CreateServiceAccountKey" | "UploadServiceAccountKey" => {
            vec![Deed::keys(holder, Vec::new(), vec![String::new()], "a key was made")]
        }
        "DeleteServiceAccount" => whole(State::Binned { days: 30 }, "the service account was deleted, and for 30 days it can be restored"),
        "DisableServiceAccount" => whole(State::Disabled, "the service account was disabled"),
        "EnableServiceAccount" | "UndeleteServiceAccount" => whole(State::Opened, "the service account was enabled"),
        _ => Vec::new(),
    }
}

/// `projects/P/serviceAccounts/A/keys/K`: the account and the key.
fn service_account(resource: &str) -> (String, Option<String>) {
    let after = |word: &str| resource.split_once(word).map(|(_, rest)| rest.split('/').next().unwrap_or_default().to_lowercase());
    let id = after("/keys/").map(|k| key(&CredentialId::GcpKey(k)));
    (after("/serviceAccounts/").unwrap_or_default(), id)
}

pub(super) fn workspace(event: &Event) -> Vec<Deed> {
    let whose = || event.target.clone().unwrap_or_else(|| actor(event).to_owned());
    let account = |state, how: &str| vec![Deed::Holder { names: vec![whose()], state, how: how.to_owned() }];
    match event.operation.as_str() {
        "CHANGE_PASSWORD" => vec![Deed::Password { whose: whose(), how: "reset by an administrator".to_owned(), by_itself: false }],
        "password_edit" => vec![Deed::Password { whose: actor(event).to_owned(), how: "changed".to_owned(), by_itself: true }],
        "CHANGE_PASSWORD_ON_NEXT_LOGIN" => {
            vec![Deed::looks([whose()], "the account was told to change its password at the next sign-in: until then the old one opens")]
        }
        "RESET_SIGNIN_COOKIES" => vec![Deed::Cut { whose: whose(), from: None }],
        "REVOKE_3LO_TOKEN" => {
            let key = format!("tokens of {}", whose().to_lowercase());
            vec![Deed::keys(vec![whose()], vec![key], Vec::new(), "a token of an application was revoked for the account")]
        }
        "SUSPEND_USER" => account(State::Disabled, "the account was suspended"),
        "UNSUSPEND_USER" => account(State::Opened, "the account was opened again"),
        _ => Vec::new(),
    }
}
