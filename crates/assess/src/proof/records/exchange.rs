//! Doors of a mailbox: rights of others, rules, forwarding. Cmdlets of Exchange in the Unified Audit Log.

use crate::proof::deed::{Deed, actor, loose, target};
use crate::signals::baseline::operation;
use aftermail_model::Event;

/// Parameters of a rule that sends mail away or out of sight.
const SENDS_AWAY: [&str; 6] = ["ForwardTo", "ForwardAsAttachmentTo", "RedirectTo", "DeleteMessage", "SoftDeleteMessage", "MoveToFolder"];

pub(super) fn read(event: &Event) -> Vec<Deed> {
    let op = operation(event);
    let what = "a right on the mailbox";
    match op.as_str() {
        "add-mailboxpermission" | "add-recipientpermission" | "add-mailboxfolderpermission" => right(event, what, true),
        "remove-mailboxpermission" | "remove-recipientpermission" | "remove-mailboxfolderpermission" => right(event, what, false),
        "new-inboxrule" | "set-inboxrule" if SENDS_AWAY.iter().any(|p| parameter(event, p).is_some()) => rule(event, true),
        "remove-inboxrule" => rule(event, false),
        "disable-inboxrule" => {
            vec![Deed::looks([owner(event)], "an inbox rule was disabled, not removed: it can be enabled again without the password")]
        }
        "set-mailbox" => forwarding(event),
        _ => Vec::new(),
    }
}

fn parameter<'e>(event: &'e Event, name: &str) -> Option<&'e str> {
    loose(event, name)?.new.as_deref()
}

/// `TENANT/Some/Name` and `name@corp.example` by their last part.
fn last(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).trim().to_lowercase()
}

fn right(event: &Event, what: &'static str, open: bool) -> Vec<Deed> {
    let mailbox = parameter(event, "Identity").map(last).unwrap_or_else(|| last(target(event)));
    let mailbox = mailbox.split(":\\").next().unwrap_or_default().to_owned();
    let user = parameter(event, "User").or_else(|| parameter(event, "Trustee")).map(last).unwrap_or_default();
    vec![Deed::Door { name: format!("{user} on {}", short(&mailbox)), whose: Some(mailbox), what, open }]
}

/// A mailbox by its user, since one record says `anna` and another `anna@corp.example`.
fn short(mailbox: &str) -> &str {
    mailbox.split('@').next().unwrap_or(mailbox)
}

/// Whose rule it is: `mailbox\rule`, the parameter, else the actor.
fn owner(event: &Event) -> String {
    let before = |text: &str| text.rsplit_once('\\').map(|(mailbox, _)| last(mailbox));
    let told = parameter(event, "Mailbox").map(last).or_else(|| parameter(event, "Identity").and_then(before));
    told.or_else(|| before(target(event))).unwrap_or_else(|| actor(event).to_lowercase())
}

fn rule(event: &Event, open: bool) -> Vec<Deed> {
    let named = parameter(event, "Name").filter(|_| open).or_else(|| parameter(event, "Identity")).unwrap_or_else(|| target(event));
    let name = named.rsplit('\\').next().unwrap_or_default().to_lowercase();
    let whose = owner(event);
    vec![Deed::Door { name: format!("“{name}” of {}", short(&whose)), whose: Some(whose), what: "an inbox rule", open }]
}

fn forwarding(event: &Event) -> Vec<Deed> {
    let mailbox = parameter(event, "Identity").map(last).unwrap_or_else(|| last(target(event)));
    let each = ["ForwardingSmtpAddress", "ForwardingAddress"].into_iter().filter_map(|name| {
        let to = loose(event, name)?.new.as_deref().unwrap_or_default();
        let name = format!("{name} of {}", short(&mailbox));
        Some(Deed::Door { whose: Some(mailbox.clone()), what: "forwarding of all mail", name, open: !to.trim().is_empty() })
    });
    each.collect()
}
