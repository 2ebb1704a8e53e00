//! An application may read all mail, or give itself that right.

use super::super::baseline::operation;
use super::consent::opens_mail;
use super::{About, ENTRA, Event, read};
use std::collections::BTreeSet;

pub(super) const ABOUT: About = About {
    id: "mail_app_role",
    title: "An application was given, or asks for, the right to all mailboxes",
    techniques: &["T1098.002", "T1098.003"],
    sources: ENTRA,
    logic: "An app role that opens mail (full_access_as_app, Mail.Read …), or with which an application can give itself any role, was \
            assigned, or came into the permissions that it asks for; compared by name and by id.",
    mistaken_for: "A product for archiving, backup or signatures at the time of its introduction.",
};

/// App roles by which requests name them: id, name. Source: Microsoft Graph permissions reference; Office 365 Exchange Online.
const ROLES: [(&str, &str); 12] = [
    ("dc890d15-9560-4a4c-9b7f-a736ec74ec40", "full_access_as_app"),
    ("810c84a8-4a9e-49e6-bf7d-12d183f40d01", "Mail.Read"),
    ("e2a3a72e-5f79-4c64-b1b1-878b674786c9", "Mail.ReadWrite"),
    ("b633e1c5-b582-4048-a93e-9f11b44c7e96", "Mail.Send"),
    ("693c5e45-0940-467d-9b8a-1022fb9d42ef", "Mail.ReadBasic.All"),
    ("6be147d2-ea4f-4b5a-a3fa-3eab6f3c140a", "Mail.ReadBasic"),
    ("6931bccd-447a-43d1-b442-00a195474933", "MailboxSettings.ReadWrite"),
    ("40f97065-369a-49f4-947c-6a255697ae91", "MailboxSettings.Read"),
    ("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "RoleManagement.ReadWrite.Directory"),
    ("06b708a9-e830-4db3-a914-8e69da51d44f", "AppRoleAssignment.ReadWrite.All"),
    ("1bfefb4e-e0b5-418b-a88f-73c46d2cc8e9", "Application.ReadWrite.All"),
    ("19dbc75e-c2e2-444c-a770-ec69d8559fc7", "Directory.ReadWrite.All"),
];

pub(super) fn why(event: &Event) -> Option<String> {
    match operation(event).as_str() {
        "add app role assignment to service principal" => {
            let id = read::new(event, &["AppRole.Id"]).unwrap_or_default().to_lowercase();
            let role = read::new(event, &["AppRole.Value"]).or_else(|| named(&id))?;
            let to = read::new(event, &["ServicePrincipal.DisplayName", "ServicePrincipal.AppId"]).unwrap_or("an application");
            (opens_mail(role) || ROLES.iter().any(|(_, name)| *name == role)).then(|| format!("{to} has the role {role} now"))
        }
        "update application" | "add application" => {
            let asked = read::gained(event.property("RequiredResourceAccess")?, read::entitlements);
            let roles: BTreeSet<&str> = asked.iter().filter_map(|id| named(id)).collect();
            let list = roles.into_iter().collect::<Vec<_>>().join(", ");
            (!list.is_empty()).then(|| format!("it asks for {list}; whether that was granted is another record"))
        }
        _ => None,
    }
}

fn named(id: &str) -> Option<&'static str> {
    ROLES.iter().find(|(known, _)| *known == id).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits};

    const ID: &str = "mail_app_role";

    #[test]
    fn roles_that_open_mail_are_hits_and_others_are_none() {
        let assigned = |role| audit("Add app role assignment to service principal.", &[("AppRole.Value", "", role)]);
        assert!(hits(ID, assigned("full_access_as_app")) && hits(ID, assigned("\"Mail.ReadWrite\"")));
        assert!(hits(ID, assigned("RoleManagement.ReadWrite.Directory")) && hits(ID, assigned("IMAP.AccessAsApp")));
        assert!(!hits(ID, assigned("ActivityFeed.Read")) && !hits(ID, assigned("Calendars.Read")));
        let removed = audit("Remove app role assignment from service principal.", &[("AppRole.Value", "", "Mail.Read")]);
        assert!(!hits(ID, removed));
    }

    #[test]
    fn asking_for_them_is_a_hit_and_having_asked_is_none() {
        let list = |ids: &[&str]| {
            ids.iter().map(|id| format!("{{\"RequiredAppPermissions\": [{{\"EntitlementId\": \"{id}\"}}]}}")).collect::<String>()
        };
        let mail = "810c84a8-4a9e-49e6-bf7d-12d183f40d01";
        let profile = "e1fe6dd8-ba31-4d61-89e7-88639da4683d";
        let asks = |old: &[&str], new: &[&str]| audit("Update application.", &[("RequiredResourceAccess", &list(old), &list(new))]);
        assert!(hits(ID, asks(&[profile], &[profile, mail])));
        assert!(!hits(ID, asks(&[mail], &[profile, mail])) && !hits(ID, asks(&[], &[profile])));
    }
}
