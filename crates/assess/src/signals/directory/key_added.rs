//! A key, token or password was made in another cloud than Entra.

use super::super::baseline::operation;
use super::{About, Event, read};
use aftermail_model::LogSource;

pub(super) const ABOUT: About = About {
    id: "key_added",
    title: "A key, token or password was made with which someone can come back",
    techniques: &["T1098.001", "T1098"],
    sources: &[LogSource::CloudTrail, LogSource::GoogleCloud, LogSource::GitHub, LogSource::Okta],
    logic: "AWS: a key or password for another user than the actor, for root, or for a database. Google Cloud: a key of a service \
            account or an API key. GitHub: deploy keys, SSH keys, access tokens that were let in. Okta: API tokens.",
    mistaken_for: "Rotation by automation, and a colleague's first day.",
};

pub(super) fn why(event: &Event) -> Option<String> {
    let done = operation(event);
    match event.source {
        LogSource::CloudTrail => aws(event, &done),
        LogSource::GoogleCloud => google(event, &done),
        LogSource::GitHub => {
            const MADE: [&str; 8] = [
                "deploy_key.create",
                "public_key.create",
                "ssh_certificate_authority.create",
                "personal_access_token.access_granted",
                "org_credential_authorization.grant",
                "oauth_access.create",
                "integration.generate_client_secret",
                "integration.generate_private_key",
            ];
            MADE.contains(&done.as_str()).then(|| format!("{done} for {}", event.target.as_deref().unwrap_or("the organisation")))
        }
        LogSource::Okta => {
            let made = ["system.api_token.create", "app.oauth2.client.credentials.create", "app.oauth2.client.lifecycle.secret.create"];
            made.contains(&done.as_str()).then(|| format!("{done} by {}", event.actor.as_deref().unwrap_or("someone")))
        }
        _ => None,
    }
}

fn aws(event: &Event, done: &str) -> Option<String> {
    let actor = event.actor.as_deref().unwrap_or_default();
    let root = actor.ends_with(":root");
    const MADE: [&str; 7] = [
        "createaccesskey",
        "createloginprofile",
        "updateloginprofile",
        "createservicespecificcredential",
        "resetservicespecificcredential",
        "uploadsshpublickey",
        "uploadsigningcertificate",
    ];
    if MADE.contains(&done) {
        let own = actor.rsplit(['/', ':']).next().unwrap_or_default();
        let user = read::new(event, &["userName"]).unwrap_or(own);
        return (root || user != own).then(|| format!("{} for {user} by {own}", event.operation));
    }
    if done == "passwordupdated" && root {
        return Some("the password of the root account was changed".to_owned());
    }
    let database = ["modifydbinstance", "modifydbcluster"].contains(&done) && event.property("masterUserPassword").is_some();
    database.then(|| "the master password of a database was set anew".to_owned())
}

fn google(event: &Event, done: &str) -> Option<String> {
    let key = done.ends_with("createserviceaccountkey") || done.ends_with("uploadserviceaccountkey");
    let api = done.contains("apikeys") && done.ends_with("createkey");
    let permission = read::new(event, &["permission"]).unwrap_or_default().to_lowercase();
    const PERMISSIONS: [&str; 3] = ["iam.serviceaccountkeys.create", "serviceusage.apikeys.create", "apikeys.keys.create"];
    let asked = PERMISSIONS.iter().find(|p| permission.split(' ').any(|one| one == **p));
    (key || api || asked.is_some()).then(|| format!("a key was made on {}", event.target.as_deref().unwrap_or("a project")))
}

#[cfg(test)]
mod tests {
    use super::super::made::{hits, of};
    use super::*;

    const ID: &str = "key_added";

    fn aws(actor: &str, done: &str, user: &str) -> Event {
        Event { actor: Some(actor.into()), ..of(LogSource::CloudTrail, done, &[("userName", "", user)]) }
    }

    #[test]
    fn a_key_for_another_is_a_hit_and_ones_own_is_none() {
        assert!(hits(ID, aws("arn:aws:iam::1:user/ann", "CreateAccessKey", "bob")));
        assert!(!hits(ID, aws("arn:aws:iam::1:user/ann", "CreateAccessKey", "ann")));
        assert!(hits(ID, aws("arn:aws:iam::1:root", "CreateAccessKey", "")));
        assert!(hits(ID, aws("arn:aws:sts::1:assumed-role/admin/ann", "UpdateLoginProfile", "bob")));
        assert!(!hits(ID, aws("arn:aws:iam::1:user/ann", "DeleteAccessKey", "bob")));
        assert!(hits(ID, of(LogSource::CloudTrail, "ModifyDBInstance", &[("masterUserPassword", "", "****")])));
        assert!(!hits(ID, of(LogSource::CloudTrail, "ModifyDBInstance", &[("allocatedStorage", "", "22")])));
    }

    #[test]
    fn other_clouds_make_keys_too() {
        assert!(hits(ID, of(LogSource::GoogleCloud, "google.iam.admin.v1.CreateServiceAccountKey", &[])));
        assert!(hits(ID, of(LogSource::GoogleCloud, "", &[("permission", "", "serviceusage.apiKeys.create")])));
        assert!(!hits(ID, of(LogSource::GoogleCloud, "google.iam.admin.v1.DeleteServiceAccountKey", &[])));
        assert!(hits(ID, of(LogSource::GitHub, "deploy_key.create", &[])) && !hits(ID, of(LogSource::GitHub, "deploy_key.destroy", &[])));
        assert!(hits(ID, of(LogSource::Okta, "system.api_token.create", &[])));
        assert!(!hits(ID, of(LogSource::Okta, "system.api_token.revoke", &[])));
    }
}
