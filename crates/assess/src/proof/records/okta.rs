//! Tokens, passwords and factors of Okta.

use crate::proof::deed::{Deed, State, actor, same_account, target};
use crate::usage::key;
use aftermail_model::{CredentialId, Event};

pub(super) fn read(event: &Event) -> Vec<Deed> {
    let whose = || target(event).to_owned();
    let account = |state, how: &str| vec![Deed::Holder { names: vec![whose()], state, how: how.to_owned() }];
    match event.operation.as_str() {
        "system.api_token.revoke" => {
            let gone = vec![key(&CredentialId::OktaToken(whose()))];
            vec![Deed::keys(Vec::new(), gone, Vec::new(), "the token was revoked")]
        }
        "system.api_token.create" => {
            vec![Deed::looks([actor(event).to_owned()], "a new token was made: the old one still opens")]
        }
        "user.account.reset_password" | "user.account.update_password" => {
            let by_itself = same_account(actor(event), target(event));
            let how = if by_itself { "changed" } else { "reset by an administrator" };
            vec![Deed::Password { whose: whose(), how: how.to_owned(), by_itself }]
        }
        "user.account.expire_password" => {
            vec![Deed::looks([whose()], "the account was told to change its password at the next sign-in: until then the old one opens")]
        }
        "user.session.clear" => vec![Deed::Cut { whose: whose(), from: None }],
        "user.mfa.factor.deactivate" | "user.mfa.factor.reset_all" => vec![Deed::Factor { whose: whose(), registered: false }],
        "user.mfa.factor.activate" => vec![Deed::Factor { whose: whose(), registered: true }],
        "user.mfa.factor.suspend" => vec![Deed::looks([whose()], "a second factor was suspended, not removed")],
        "user.lifecycle.suspend" | "user.lifecycle.deactivate" => account(State::Disabled, "the account was closed"),
        "user.lifecycle.unsuspend" | "user.lifecycle.activate" | "user.lifecycle.reactivate" => {
            account(State::Opened, "the account was opened again")
        }
        _ => Vec::new(),
    }
}
