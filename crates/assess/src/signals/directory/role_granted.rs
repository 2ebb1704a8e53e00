//! Someone was given a role with which others can be taken over.

use super::super::baseline::operation;
use super::{About, CHANGES, Detector, Event, Scene, Seen, concerns, read};
use aftermail_model::LogSource;

const ABOUT: About = About {
    id: "role_granted",
    title: "A privileged role was granted",
    techniques: &["T1098.003"],
    sources: CHANGES,
    logic: "A role of administrators of the directory, Exchange, a subscription, an account or an organisation was granted to anyone, \
            people and applications alike; on Google Cloud also any role to someone outside of the organisation.",
    mistaken_for: "Roles that are granted for a while through an approval; the first days of a new administrator.",
};

/// Roles of Entra and Exchange from which one can reach others, in lower case, old names included.
const ROLES: [&str; 27] = [
    "global administrator",
    "company administrator",
    "privileged role administrator",
    "privileged authentication administrator",
    "authentication administrator",
    "authentication policy administrator",
    "application administrator",
    "cloud application administrator",
    "application developer",
    "exchange administrator",
    "exchange service administrator",
    "exchange recipient administrator",
    "hybrid identity administrator",
    "conditional access administrator",
    "security administrator",
    "security operator",
    "compliance administrator",
    "user administrator",
    "user account administrator",
    "helpdesk administrator",
    "password administrator",
    "domain name administrator",
    "external identity provider administrator",
    "intune administrator",
    "partner tier2 support",
    "directory writers",
    "sharepoint administrator",
];

/// Template ids of the most powerful of them, for exports without names.
const TEMPLATES: [&str; 8] = [
    "62e90394-69f5-4237-9190-012177145e10",
    "e8611ab8-c189-46e8-94e1-60213ab1f814",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "158c047a-c907-4556-b7ef-446551a6b5f7",
    "29232cdf-9323-42fd-ade2-1d097af3e4de",
    "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",
    "194ae4cb-b126-40b2-bd5b-6091b380977d",
];

/// Owner, User Access Administrator, Contributor, Role Based Access Control Administrator of Azure.
const AZURE_ROLES: [&str; 4] = [
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
    "b24988ac-6180-42a0-ab88-20f7382dd24c",
    "f58310d9-a9f6-439a-9e8d-f62e7b41a168",
];

pub(super) struct Granted {
    own: Vec<String>,
}

impl Granted {
    pub(super) fn new(scene: &Scene) -> Granted {
        Granted { own: scene.own_domains.clone() }
    }
}

impl Detector for Granted {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        if !concerns(&ABOUT, event) {
            return;
        }
        let done = operation(event);
        let because = match event.source {
            LogSource::UnifiedAudit | LogSource::EntraAudit => entra(event, &done),
            LogSource::Azure => azure(event, &done),
            LogSource::CloudTrail => aws(event, &done),
            LogSource::GoogleCloud => google(event, &done, &self.own),
            LogSource::GitHub => github(event, &done),
            _ => {
                const GRANTS: [&str; 9] = [
                    "user.account.privilege.grant",
                    "group.privilege.grant",
                    "iam.resourceset.bindings.add",
                    "user.session.impersonation.grant",
                    "user.session.impersonation.initiate",
                    "grant_admin_privilege",
                    "grant_delegated_admin_privileges",
                    "assign_role",
                    "add_privilege",
                ];
                GRANTS.contains(&done.as_str()).then(|| format!("{done} for {}", event.target.as_deref().unwrap_or("someone")))
            }
        };
        out.signals.extend(because.map(|because| ABOUT.of(event, because)));
    }
}

fn entra(event: &Event, done: &str) -> Option<String> {
    let whom = event.target.as_deref().unwrap_or("someone");
    if done.contains("elevated their access to user access administrator") || done == "assigns the caller to user access admin" {
        return Some("the actor may now give itself every right in every subscription".to_owned());
    }
    if ["add-rolegroupmember", "update-rolegroupmember", "add-ediscoverycaseadmin"].contains(&done) && !read::by_the_provider(event) {
        let group = read::new(event, &["Identity", "Name"]).unwrap_or("a role group");
        return Some(format!("{} is in {group} now", read::new(event, &["Member", "Members", "User"]).unwrap_or(whom)));
    }
    // A request is no grant, and an activation is one that was granted before.
    let granted =
        ["add member to role", "add eligible member to role", "add scoped member to role"].iter().any(|start| done.starts_with(start));
    if !granted || done.contains("requested") || done.contains("activation") || read::by_the_provider(event) {
        return None;
    }
    let name = read::new(event, &["Role.DisplayName", "RoleDefinitionName"]);
    let template = read::new(event, &["Role.TemplateId", "TemplateId", "RoleDefinitionOriginId"]).unwrap_or_default().to_lowercase();
    match name {
        Some(name) if ROLES.contains(&name.to_lowercase().as_str()) => Some(format!("{whom} is {name} now")),
        _ if TEMPLATES.contains(&template.as_str()) => Some(format!("{whom} has the role {template} now")),
        Some(_) => None,
        None => Some(format!("{whom} has a role now that the record does not name")),
    }
}

fn azure(event: &Event, done: &str) -> Option<String> {
    if done == "microsoft.authorization/elevateaccess/action" {
        return Some("the actor may now give itself every right in every subscription".to_owned());
    }
    let request = read::new(event, &["requestbody", "requestBody"]).unwrap_or_default().to_lowercase();
    let role = AZURE_ROLES.iter().find(|id| request.contains(**id))?;
    (done == "microsoft.authorization/roleassignments/write")
        .then(|| format!("the role {role} was given on {}", event.target.as_deref().unwrap_or("a scope")))
}

fn aws(event: &Event, done: &str) -> Option<String> {
    let whom = read::new(event, &["userName", "roleName", "groupName"]).unwrap_or("someone");
    match done {
        "attachuserpolicy" | "attachrolepolicy" | "attachgrouppolicy" => {
            let policy = read::new(event, &["policyArn"])?.rsplit('/').next()?;
            let strong = ["AdministratorAccess", "PowerUserAccess", "IAMFullAccess"].iter().any(|p| policy.contains(p));
            strong.then(|| format!("{whom} has the policy {policy} now"))
        }
        "putuserpolicy" | "putrolepolicy" | "putgrouppolicy" | "createpolicyversion" => {
            let document = read::new(event, &["policyDocument"])?.replace(char::is_whitespace, "");
            let all = ["\"Action\":\"*\"", "\"Action\":[\"*\"]", "\"Action\":\"iam:*\"", "\"Action\":[\"iam:*\"]"];
            let allows = document.contains("\"Effect\":\"Allow\"") && all.iter().any(|a| document.contains(a));
            allows.then(|| format!("{whom} may do everything, or grant itself everything"))
        }
        "addusertogroup" => {
            let group = read::new(event, &["groupName"])?;
            let whom = read::new(event, &["userName"]).unwrap_or("someone");
            group.to_lowercase().contains("admin").then(|| format!("{whom} is in the group {group} now"))
        }
        "addroletodbcluster" | "addroletodbinstance" => Some("a database may act as another role now".to_owned()),
        _ => None,
    }
}

fn google(event: &Event, done: &str, own: &[String]) -> Option<String> {
    let permission = read::new(event, &["permission"]).unwrap_or_default().to_lowercase();
    let custom = ["createrole", "updaterole"].iter().any(|d| done.ends_with(d));
    if custom || ["iam.roles.update", "iam.roles.create"].iter().any(|p| permission.split(' ').any(|one| one == *p)) {
        return Some("a role of its own making was created or changed, and all who have it".to_owned());
    }
    if done.contains("insertprojectownershipinvite") {
        let invited = read::new(event, &["member"]).map(read::addresses).unwrap_or_default();
        let own = !invited.is_empty() && invited.iter().all(|who| read::domain(who).is_some_and(|d| read::is_own(&d, own, event)));
        let project = event.target.as_deref().unwrap_or("a project");
        return (!own).then(|| format!("someone from outside was invited to own {project}"));
    }
    if !done.ends_with("setiampolicy") && !done.ends_with("setiampermissions") {
        return None;
    }
    let Some(deltas) = read::new(event, &["bindingDeltas"]) else {
        let Some(policy) = read::new(event, &["policy"]) else {
            return event.properties.iter().all(|p| p.name == "permission").then(|| "the record does not say which role".to_owned());
        };
        // Without the change the policy tells only who has a role, not since when; those of service accounts are short.
        let role = strong(policy).filter(|_| done.starts_with("google.iam.admin"))?;
        return Some(format!("the policy of {} holds {role}", event.target.as_deref().unwrap_or("an account")));
    };
    deltas.split('}').filter(|d| d.contains("\"ADD\"")).find_map(|delta| {
        let outside = read::addresses(delta)
            .into_iter()
            .find(|member| read::domain(member).is_some_and(|d| !d.ends_with("gserviceaccount.com") && !read::is_own(&d, own, event)));
        let role = strong(delta).map(|role| format!("{role} was given"));
        role.or_else(|| outside.map(|who| format!("{who}, who is no one of the organisation, was given a role")))
    })
}

/// Roles of Google Cloud with which one reaches others.
fn strong(text: &str) -> Option<&'static str> {
    const STRONG: [&str; 9] = [
        "roles/owner",
        "roles/editor",
        "roles/iam.serviceAccountTokenCreator",
        "roles/iam.serviceAccountKeyAdmin",
        "roles/iam.serviceAccountUser",
        "roles/iam.serviceAccountAdmin",
        "roles/iam.workloadIdentityUser",
        "roles/iam.securityAdmin",
        "roles/resourcemanager.organizationAdmin",
    ];
    STRONG.into_iter().find(|role| text.contains(role))
}

fn github(event: &Event, done: &str) -> Option<String> {
    let whom = read::new(event, &["user", "team"]).or(event.target.as_deref()).unwrap_or("someone");
    match done {
        "org.update_member" | "repo.update_member" => {
            let now = read::new(event, &["permission"]).unwrap_or("another role");
            (now != "read" && now != "pull").then(|| format!("{whom} has {now} now"))
        }
        "business.add_admin" | "organization_moderators.add_user" | "organization_moderators.add_team" | "team.promote_maintainer" => {
            Some(format!("{done} for {whom}"))
        }
        "org.add_member" => (read::new(event, &["permission"]) == Some("admin")).then(|| format!("{whom} came in as admin")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits, of, signals};
    use super::*;

    const ID: &str = "role_granted";

    #[test]
    fn roles_of_administrators_are_hits_and_readers_are_none() {
        let role = |done: &str, name: &str| audit(done, &[("Role.DisplayName", "", name)]);
        assert!(hits(ID, role("Add member to role.", "Global Administrator")));
        assert!(hits(ID, role("Add eligible member to role", "\"Exchange Administrator\"")));
        assert!(!hits(ID, role("Add member to role.", "Directory Readers")));
        assert!(!hits(ID, role("Remove member from role.", "Global Administrator")));
        assert!(!hits(ID, role("Add member to role in PIM requested (permanent)", "Global Administrator")));
        assert!(hits(ID, audit("Add member to role.", &[("Role.TemplateId", "", TEMPLATES[0])])));
        assert!(hits(ID, audit("Add-RoleGroupMember", &[("Identity", "", "Organization Management"), ("Member", "", "eve")])));
    }

    #[test]
    fn subscriptions_and_accounts_have_roles_too() {
        let write = "Microsoft.Authorization/roleAssignments/write";
        let assigned = |id: &str| of(LogSource::Azure, write, &[("requestbody", "", &format!("{{\"RoleDefinitionId\":\"/x/{id}\"}}"))]);
        assert!(hits(ID, assigned(AZURE_ROLES[0])) && !hits(ID, assigned("acdd72a7-3385-48ef-bd42-f606fba81ae7")));
        let policy = |arn| of(LogSource::CloudTrail, "AttachUserPolicy", &[("policyArn", "", arn), ("userName", "", "eve")]);
        assert!(hits(ID, policy("arn:aws:iam::aws:policy/AdministratorAccess")));
        assert!(!hits(ID, policy("arn:aws:iam::aws:policy/ReadOnlyAccess")));
        let put = |effect: &str| {
            let json = format!("{{\"Statement\": [{{\"Effect\": \"{effect}\", \"Action\": [\"*\"]}}]}}");
            of(LogSource::CloudTrail, "PutUserPolicy", &[("policyDocument", "", &json)])
        };
        assert!(hits(ID, put("Allow")) && !hits(ID, put("Deny")));
    }

    #[test]
    fn google_cloud_tells_strong_roles_and_strangers() {
        let delta = |action: &str, role: &str, who: &str| {
            let json = format!("[{{\"action\":\"{action}\",\"role\":\"{role}\",\"member\":\"user:{who}\"}}]");
            of(LogSource::GoogleCloud, "SetIamPolicy", &[("bindingDeltas", "", &json)])
        };
        assert!(hits(ID, delta("ADD", "roles/owner", "bob@hill.example")));
        assert!(!hits(ID, delta("REMOVE", "roles/owner", "bob@hill.example")));
        assert!(hits(ID, delta("ADD", "roles/viewer", "eve@drop.example")));
        assert!(!hits(ID, delta("ADD", "roles/viewer", "bob@hill.example")));
        assert!(!hits(ID, delta("ADD", "roles/viewer", "x@y.iam.gserviceaccount.com")));
        assert!(hits(ID, of(LogSource::GoogleCloud, "google.iam.admin.v1.UpdateRole", &[])));
        let invite = |who: &str| of(LogSource::GoogleCloud, "InsertProjectOwnershipInvite", &[("member", "", who)]);
        assert!(hits(ID, invite("user:eve@drop.example")) && !hits(ID, invite("user:bob@hill.example")));
        assert!(signals(ID, &Scene::default(), &[delta("ADD", "roles/viewer", "bob@hill.example")]).is_empty());
    }

    #[test]
    fn other_services_grant_too() {
        assert!(hits(ID, of(LogSource::GitHub, "business.add_admin", &[("user", "", "eve")])));
        assert!(!hits(ID, of(LogSource::GitHub, "org.update_member", &[("permission", "", "read")])));
        assert!(hits(ID, of(LogSource::Okta, "user.account.privilege.grant", &[])));
        assert!(!hits(ID, of(LogSource::Okta, "user.account.privilege.revoke", &[])));
        assert!(hits(ID, of(LogSource::GoogleWorkspace, "ASSIGN_ROLE", &[])));
        assert!(!hits(ID, of(LogSource::GoogleWorkspace, "UNASSIGN_ROLE", &[])));
    }
}
