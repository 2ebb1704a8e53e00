//! Another issuer of identities is trusted.

use super::super::baseline::operation;
use super::{About, Event};
use aftermail_model::LogSource;

pub(super) const ABOUT: About = About {
    id: "trust_added",
    title: "Another issuer of identities is trusted",
    techniques: &["T1484.002", "T1098.003", "T1556"],
    sources: &[LogSource::EntraAudit, LogSource::CloudTrail, LogSource::GoogleCloud, LogSource::GoogleWorkspace, LogSource::Okta],
    logic: "An identity provider, a workload identity pool or a single sign-on profile was created or changed, a role may be taken by \
            others than before, or the discovery address of the methods to sign in was replaced.",
    mistaken_for: "The rollout of single sign-on or of pipelines without keys.",
};

pub(super) fn why(event: &Event) -> Option<String> {
    let done = operation(event);
    let whom = || event.target.as_deref().unwrap_or("a place that the record does not name").to_owned();
    let hit = match event.source {
        LogSource::EntraAudit => return discovery(event, &done),
        LogSource::CloudTrail => {
            const MADE: [&str; 5] =
                ["createsamlprovider", "updatesamlprovider", "createopenidconnectprovider", "updateassumerolepolicy", "enablefederation"];
            MADE.contains(&done.as_str())
        }
        LogSource::GoogleCloud => {
            let last = done.rsplit('.').next().unwrap_or_default();
            const KINDS: [&str; 6] = [
                "workloadidentitypool",
                "workforcepool",
                "inboundsamlssoprofile",
                "inboundoidcssoprofile",
                "inboundssoprofile",
                "inboundssoassignment",
            ];
            // Cloud says what is done to it first, what comes from Workspace says it last.
            let verb =
                ["create", "update"].iter().any(|verb| last.starts_with(verb)) || last.ends_with("created") || last.ends_with("updated");
            verb && KINDS.iter().any(|kind| last.contains(kind))
        }
        LogSource::GoogleWorkspace => {
            const MADE: [&str; 4] =
                ["change_sso_settings", "toggle_sso_enabled", "create_inbound_sso_profile", "update_inbound_sso_profile"];
            MADE.contains(&done.as_str())
        }
        LogSource::Okta => {
            let provider = ["system.idp.lifecycle.create", "system.idp.lifecycle.update", "system.idp.lifecycle.activate"];
            let app = done.starts_with("application.lifecycle.") && whom().to_lowercase().contains("org2org");
            provider.contains(&done.as_str()) || app && !done.ends_with("delete")
        }
        _ => false,
    };
    hit.then(|| format!("{} on {}", event.operation, whom()))
}

/// Where tokens of people are checked against the keys of another issuer.
fn discovery(event: &Event, done: &str) -> Option<String> {
    let change = event.property("OpenIdConnectConfiguration").filter(|_| done.contains("policy"))?;
    let address = |text: &Option<String>| text.as_deref().and_then(|t| t.split("discoveryUrl").nth(1)).map(str::to_owned);
    let (old, new) = (address(&change.old), address(&change.new));
    (new.is_some() && old != new).then(|| "the address from which keys of an issuer are fetched was replaced".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::made::{hits, of};
    use super::*;

    const ID: &str = "trust_added";

    #[test]
    fn a_new_issuer_is_a_hit_in_each_cloud_and_its_removal_is_none() {
        assert!(hits(ID, of(LogSource::CloudTrail, "CreateOpenIDConnectProvider", &[])));
        assert!(!hits(ID, of(LogSource::CloudTrail, "DeleteSAMLProvider", &[])));
        assert!(hits(ID, of(LogSource::GoogleCloud, "google.iam.v1.WorkloadIdentityPools.CreateWorkloadIdentityPoolProvider", &[])));
        assert!(!hits(ID, of(LogSource::GoogleCloud, "google.iam.v1.WorkloadIdentityPools.GetWorkloadIdentityPool", &[])));
        assert!(hits(ID, of(LogSource::GoogleCloud, "google.admin.AdminService.inboundSsoProfileCreated", &[])));
        assert!(!hits(ID, of(LogSource::GoogleCloud, "google.admin.AdminService.inboundSsoProfileDeleted", &[])));
        assert!(hits(ID, of(LogSource::Okta, "system.idp.lifecycle.create", &[])));
        let app = |name: &str| Event { target: Some(name.into()), ..of(LogSource::Okta, "application.lifecycle.update", &[]) };
        assert!(hits(ID, app("Okta Org2Org")) && !hits(ID, app("Wiki")));
    }

    #[test]
    fn another_address_for_keys_is_a_hit_and_the_same_one_is_none() {
        let policy = |old: &str, new: &str| {
            let json = |host: &str| format!("{{\"discoveryUrl\":\"https://{host}/.well-known/openid-configuration\"}}");
            of(LogSource::EntraAudit, "Update authentication methods policy", &[("OpenIdConnectConfiguration", &json(old), &json(new))])
        };
        assert!(hits(ID, policy("login.hill.example", "login.drop.example")));
        assert!(!hits(ID, policy("login.hill.example", "login.hill.example")));
    }
}
