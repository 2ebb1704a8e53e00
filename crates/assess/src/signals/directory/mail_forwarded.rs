//! Mail is forwarded out of the organisation.

use super::super::baseline::operation;
use super::{About, Detector, Event, Scene, Seen, concerns, read};
use aftermail_model::LogSource;

const ABOUT: About = About {
    id: "mail_forwarded",
    title: "Mail is forwarded out of the organisation",
    techniques: &["T1114.003"],
    sources: &[LogSource::UnifiedAudit, LogSource::GoogleWorkspace],
    logic: "An inbox rule, a mailbox or a transport rule sends mail, or copies of it, to an address outside of the organisation's \
            domains (where the case names none: outside of the domain of actor and mailbox); routing rules of Gmail and settings that \
            let mail be forwarded at all count too.",
    mistaken_for: "People who forward to a private address, ticket systems, and merged companies.",
};

/// Members of rules and mailboxes that name a recipient.
const RECIPIENTS: [&str; 10] = [
    "ForwardTo",
    "ForwardAsAttachmentTo",
    "RedirectTo",
    "ForwardingSmtpAddress",
    "ForwardingAddress",
    "BlindCopyTo",
    "CopyTo",
    "RedirectMessageTo",
    "AddToRecipients",
    "email_forwarding_destination_address",
];

pub(super) struct Forwarded {
    own: Vec<String>,
}

impl Forwarded {
    pub(super) fn new(scene: &Scene) -> Forwarded {
        Forwarded { own: scene.own_domains.clone() }
    }
}

impl Detector for Forwarded {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        if !concerns(&ABOUT, event) {
            return;
        }
        let done = operation(event);
        let because = outside(event, &done, &self.own).or_else(|| allowed(event, &done));
        if let Some(because) = because {
            let mut signal = ABOUT.of(event, because);
            super::super::about::name(&mut signal.subjects, read::new(event, &["Identity"]));
            out.signals.push(signal);
        }
    }
}

/// An address outside to which mail goes now.
fn outside(event: &Event, done: &str, own: &[String]) -> Option<String> {
    const OPERATIONS: [&str; 9] = [
        "new-inboxrule",
        "set-inboxrule",
        "enable-inboxrule",
        "updateinboxrules",
        "set-mailbox",
        "new-transportrule",
        "set-transportrule",
        "enable-transportrule",
        "email_forwarding_out_of_domain",
    ];
    if !OPERATIONS.contains(&done) {
        return None;
    }
    let named = RECIPIENTS.iter().filter_map(|name| read::new(event, &[name]));
    let actions = read::new(event, &["RuleActions"]).filter(|a| a.contains("Forward") || a.contains("Redirect"));
    let addresses: Vec<String> = named.chain(actions).flat_map(read::addresses).collect();
    let out: Vec<&str> =
        addresses.iter().filter(|a| read::domain(a).is_some_and(|d| !read::is_own(&d, own, event))).map(String::as_str).collect();
    let words = read::new(event, &["SubjectOrBodyContainsWords", "BodyContainsWords", "SubjectContainsWords"]);
    let with = words.map(|w| format!(", where it says {w}")).unwrap_or_default();
    (!out.is_empty()).then(|| format!("{} sends mail to {}{with}", event.operation, out.join(", ")))
}

/// A setting that lets mail out.
fn allowed(event: &Event, done: &str) -> Option<String> {
    let setting = read::new(event, &["SETTING_NAME"]).unwrap_or_default();
    let hit = match done {
        "set-hostedoutboundspamfilterpolicy" => read::new(event, &["AutoForwardingMode"]) == Some("On"),
        "set-remotedomain" | "new-remotedomain" => read::yes(event, "AutoForwardEnabled"),
        "create_gmail_setting" | "change_gmail_setting" | "delete_gmail_setting" => {
            ["MESSAGE_SECURITY_RULE", "ROUTING", "FORWARD"].iter().any(|word| setting.contains(word))
        }
        "change_email_setting" => setting == "EMAIL_ROUTE" || setting.contains("FORWARD"),
        _ => false,
    };
    hit.then(|| format!("{} changes where mail may go {setting}", event.operation).trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits, of, signals};
    use super::*;

    const ID: &str = "mail_forwarded";

    #[test]
    fn an_address_outside_is_a_hit_and_one_inside_is_none() {
        assert!(hits(ID, audit("New-InboxRule", &[("ForwardTo", "", "\"d\" [SMTP:d@drop.example]")])));
        assert!(!hits(ID, audit("New-InboxRule", &[("ForwardTo", "", "bob@hill.example")])));
        assert!(!hits(ID, audit("New-InboxRule", &[("MoveToFolder", "", "Bills of d@drop.example")])));
        assert!(hits(ID, audit("Set-Mailbox", &[("ForwardingSmtpAddress", "", "smtp:d@drop.example")])));
        assert!(!hits(ID, audit("Set-Mailbox", &[("ForwardingSmtpAddress", "", "")])), "forwarding was removed");
        assert!(hits(ID, audit("New-TransportRule", &[("BlindCopyTo", "", "d@drop.example")])));
        let action = "[{\"ActionType\":\"Forward\",\"Recipients\":[\"d@drop.example\"]}]";
        assert!(hits(ID, audit("UpdateInboxRules", &[("RuleActions", "", action)])));
        assert!(!hits(ID, audit("Remove-InboxRule", &[("Identity", "", "d@drop.example")])));
    }

    #[test]
    fn without_domains_the_mailbox_says_what_is_inside() {
        let rule = |to: &str| [audit("New-InboxRule", &[("RedirectTo", "", to)])];
        assert!(signals(ID, &Scene::default(), &rule("bob@hill.example")).is_empty());
        assert_eq!(signals(ID, &Scene::default(), &rule("bob@dale.example")).len(), 1);
    }

    #[test]
    fn gmail_routes_are_hits_and_calendars_are_none() {
        let setting = |done, name| of(LogSource::GoogleWorkspace, done, &[("SETTING_NAME", "", name)]);
        assert!(hits(ID, setting("CREATE_GMAIL_SETTING", "MESSAGE_SECURITY_RULE")));
        assert!(!hits(ID, setting("CHANGE_CALENDAR_SETTING", "SHARING_OUTSIDE_DOMAIN")));
        let forward = of(LogSource::GoogleWorkspace, "email_forwarding_out_of_domain", &[(RECIPIENTS[9], "", "d@drop.example")]);
        assert!(hits(ID, forward));
    }
}
