//! Someone else may open a mailbox, or send as it.

use super::super::baseline::operation;
use super::{About, Event, read};
use aftermail_model::LogSource;

pub(super) const ABOUT: About = About {
    id: "mailbox_rights",
    title: "Someone else may open a mailbox or send as it",
    techniques: &["T1098.002"],
    sources: &[LogSource::UnifiedAudit],
    logic: "Rights on a mailbox or on a folder were given by anyone but Exchange itself, whose name is compared without case; \
            calendars and free/busy times are left out.",
    mistaken_for: "Assistants, shared mailboxes, and administrators who help out.",
};

pub(super) fn why(event: &Event) -> Option<String> {
    const OPERATIONS: [&str; 9] = [
        "add-mailboxpermission",
        "add-recipientpermission",
        "add-mailboxfolderpermission",
        "set-mailboxfolderpermission",
        "addfolderpermissions",
        "modifyfolderpermissions",
        "updatefolderpermissions",
        "set-mailbox",
        "updatedelegates",
    ];
    let done = operation(event);
    if !OPERATIONS.contains(&done.as_str()) || read::by_the_provider(event) {
        return None;
    }
    let rights = if done == "set-mailbox" {
        read::new(event, &["GrantSendOnBehalfTo"]).map(|_| "SendOnBehalf")?
    } else {
        read::new(event, &["AccessRights", "MemberRights"]).unwrap_or("rights that the record does not name")
    };
    let place = read::new(event, &["Folder", "Identity"]).or(event.target.as_deref()).unwrap_or("a mailbox");
    let lower = (rights.to_lowercase(), place.to_lowercase());
    let harmless = ["none", "availabilityonly", "limiteddetails", "freebusysimple", "freebusydetailed"];
    if lower.1.contains("calendar") || lower.0.split([',', ' ', ';']).filter(|r| !r.is_empty()).all(|r| harmless.contains(&r)) {
        return None;
    }
    let holder = read::new(event, &["User", "Trustee", "MemberUpn", "GrantSendOnBehalfTo"]).unwrap_or("someone");
    Some(format!("{holder} has {rights} on {place} now"))
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits};
    use super::*;
    use aftermail_model::ActorKind;

    const ID: &str = "mailbox_rights";

    fn full_access() -> Event {
        audit("Add-MailboxPermission", &[("Identity", "", "bob"), ("User", "", "eve"), ("AccessRights", "", "FullAccess")])
    }

    #[test]
    fn rights_given_by_people_are_hits_and_those_of_exchange_are_none() {
        assert!(hits(ID, full_access()));
        for actor in ["NT AUTHORITY\\SYSTEM (Microsoft.Exchange.ServiceHost)", "nt authority\\system (Microsoft.Exchange.Servicehost)"] {
            assert!(!hits(ID, Event { actor: Some(actor.into()), actor_kind: ActorKind::Unknown, ..full_access() }));
        }
        assert!(!hits(ID, Event { actor: Some("S-1-5-18".into()), ..audit("ModifyFolderPermissions", &[]) }));
    }

    #[test]
    fn calendars_and_removals_are_none() {
        let folder = |path| audit("AddFolderPermissions", &[("Folder", "", path), ("MemberRights", "", "ReadAny"), ("MemberUpn", "", "e")]);
        assert!(hits(ID, folder("\\Inbox")) && !hits(ID, folder("\\Calendar")));
        assert!(!hits(ID, audit("Remove-MailboxPermission", &[("AccessRights", "", "FullAccess")])));
        assert!(!hits(ID, audit("Set-Mailbox", &[("Identity", "", "bob")])));
        assert!(hits(ID, audit("Set-Mailbox", &[("GrantSendOnBehalfTo", "", "eve")])));
        assert!(!hits(ID, audit("Set-MailboxFolderPermission", &[("AccessRights", "", "AvailabilityOnly"), ("User", "", "Default")])));
    }
}
