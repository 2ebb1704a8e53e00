//! A role of Exchange that lets its holder act as any mailbox.

use super::super::baseline::operation;
use super::{About, Event, read};
use aftermail_model::LogSource;

pub(super) const ABOUT: About = About {
    id: "impersonation_role",
    title: "Someone may act as any mailbox (ApplicationImpersonation)",
    techniques: &["T1098.002"],
    sources: &[LogSource::UnifiedAudit],
    logic: "A role assignment or role group of Exchange names ApplicationImpersonation, or one of the application roles that took its \
            place (Application Mail.Read, Application EWS.AccessAsApp …).",
    mistaken_for: "Migration tools and on-prem services; most tenants need none since Microsoft retired the role in 2025.",
};

pub(super) fn why(event: &Event) -> Option<String> {
    const OPERATIONS: [&str; 5] =
        ["new-managementroleassignment", "set-managementroleassignment", "new-rolegroup", "add-managementroleentry", "new-managementrole"];
    if read::by_the_provider(event) || !OPERATIONS.contains(&operation(event).as_str()) {
        return None;
    }
    let roles = read::new(event, &["Role", "Roles", "Parent", "Identity"])?;
    let role = roles.split([',', ';']).map(read::bare).find(|role| opens(role))?;
    let holder = read::new(event, &["User", "App", "Members", "SecurityGroup", "Name"]).unwrap_or("someone");
    Some(format!("{holder} has the role {role} now"))
}

fn opens(role: &str) -> bool {
    let role = role.to_lowercase();
    let of_application =
        ["mail", "ews", "exchange", "imap"].iter().any(|w| role.strip_prefix("application ").is_some_and(|r| r.starts_with(w)));
    role.contains("applicationimpersonation") || of_application
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits};

    const ID: &str = "impersonation_role";

    #[test]
    fn impersonation_is_a_hit_by_both_ways_and_other_roles_are_none() {
        assert!(hits(ID, audit("New-ManagementRoleAssignment", &[("Role", "", "ApplicationImpersonation"), ("User", "", "svc")])));
        assert!(hits(ID, audit("New-RoleGroup", &[("Roles", "", "Mail Recipients;applicationimpersonation")])));
        assert!(hits(ID, audit("New-ManagementRoleAssignment", &[("Role", "", "Application Mail.Read"), ("App", "", "x")])));
        assert!(!hits(ID, audit("New-RoleGroup", &[("Roles", "", "Mail Recipients")])));
        assert!(!hits(ID, audit("Remove-ManagementRoleAssignment", &[("Role", "", "ApplicationImpersonation")])));
    }
}
