//! Keys, passwords and kept secrets of AWS: CloudTrail of IAM, Secrets Manager and RDS.

use crate::proof::deed::{Deed, State, actor, target, value};
use crate::usage::key;
use aftermail_model::{CredentialId, Event};

/// Days in which a deleted secret can be restored at most.
const BIN: i64 = 30;

pub(super) fn read(event: &Event) -> Vec<Deed> {
    let user = || vec![user(event)];
    let id = value(event, "accessKeyId").map(|k| key(&CredentialId::AwsAccessKey(k.to_owned())));
    match (event.operation.as_str(), id) {
        ("DeleteAccessKey", Some(id)) => vec![Deed::keys(user(), vec![id], Vec::new(), "the key was deleted")],
        ("UpdateAccessKey", Some(id)) => vec![status(event, id)],
        ("CreateAccessKey", _) => {
            let new = value(event, "mintedAccessKeyId").map(|k| key(&CredentialId::AwsAccessKey(k.to_owned())));
            vec![Deed::keys(user(), Vec::new(), new.into_iter().collect(), "a key was made")]
        }
        ("PutUserPolicy" | "AttachUserPolicy", _) if quarantine(event) => {
            vec![Deed::looks(user(), "the quarantine policy of AWS was put on the user: a brake, the key still opens")]
        }
        ("DeleteUser", _) => vec![Deed::Holder { names: user(), state: State::Purged, how: "the user was deleted".to_owned() }],
        ("UpdateLoginProfile", _) if value(event, "password").is_some() || value(event, "passwordResetRequired") != Some("true") => {
            vec![password(event, "set by an administrator", false)]
        }
        ("UpdateLoginProfile", _) => {
            vec![Deed::looks(user(), "the user was told to change the password at the next sign-in: until then the old one opens")]
        }
        ("DeleteLoginProfile", _) => vec![password(event, "sign-in to the console was taken from the user", false)],
        ("ChangePassword", _) => vec![password(event, "changed", true)],
        _ => kept(event),
    }
}

/// Secrets Manager and RDS.
fn kept(event: &Event) -> Vec<Deed> {
    let secret = || vec![secret_name(target(event))];
    match event.operation.as_str() {
        "RotateSecret" | "RotationStarted" => {
            vec![Deed::looks(secret(), "a rotation was started; whether it ended well is told by another record")]
        }
        "RotationSucceeded" => vec![Deed::keys(secret(), secret(), Vec::new(), "the rotation ended well")],
        "PutSecretValue" | "UpdateSecret" => vec![Deed::keys(secret(), Vec::new(), vec![String::new()], "another value was stored")],
        "DeleteSecret" => {
            let how = "the kept copy was deleted, and can be restored for up to 30 days".to_owned();
            vec![Deed::Holder { names: secret(), state: State::Binned { days: BIN }, how }]
        }
        "RestoreSecret" => vec![Deed::Holder { names: secret(), state: State::Opened, how: "restored".to_owned() }],
        "ModifyDBInstance" | "ModifyDBCluster" if value(event, "masterUserPassword").is_some() => {
            let names = vec![format!("db:{}", target(event).to_lowercase())];
            vec![Deed::keys(names.clone(), names, Vec::new(), "the master password of the database was set anew")]
        }
        _ => Vec::new(),
    }
}

fn status(event: &Event, id: String) -> Deed {
    let holder = vec![user(event)];
    match value(event, "status") {
        Some("Inactive") => Deed::keys(holder, vec![id], Vec::new(), "the key was made inactive"),
        Some("Active") => Deed::back(holder, vec![id], "the key was made active"),
        _ => Deed::looks([id], "the key was updated, and the record does not say to what"),
    }
}

fn password(event: &Event, how: &str, by_itself: bool) -> Deed {
    Deed::Password { whose: user(event), how: how.to_owned(), by_itself }
}

/// The user whom the request names, else the one who asks.
fn user(event: &Event) -> String {
    value(event, "userName").unwrap_or_else(|| actor(event).rsplit('/').next().unwrap_or_default()).to_lowercase()
}

fn quarantine(event: &Event) -> bool {
    ["policyName", "policyArn"].iter().any(|p| value(event, p).is_some_and(|v| v.contains("AWSCompromisedKeyQuarantine")))
}

/// A secret by its name: an ARN ends with a dash and six random letters.
pub(in crate::proof) fn secret_name(id: &str) -> String {
    let name = match id.rsplit_once(":secret:") {
        Some((_, name)) => name.len().checked_sub(7).and_then(|at| name.get(..at)).unwrap_or(name),
        None => id,
    };
    format!("kept:{}", name.to_lowercase())
}
