//! A rule hides mail from the person who should read it.

use super::super::baseline::operation;
use super::{About, Detector, Event, Scene, Seen, concerns, read};
use aftermail_model::LogSource;

const ABOUT: About = About {
    id: "mail_hidden",
    title: "A rule hides mail from the person who should read it",
    techniques: &["T1564.008"],
    sources: &[LogSource::UnifiedAudit],
    logic: "A rule deletes mail, or moves it to a folder where nobody looks, either for all mail, for words in it, or for senders of \
            the own organisation; deleting the mail of one stranger is ordinary.",
    mistaken_for: "People who sort away reports and alarms of machines by their subject.",
};

/// Conditions on what mail says.
const WORDS: [&str; 6] = [
    "SubjectContainsWords",
    "BodyContainsWords",
    "SubjectOrBodyContainsWords",
    "HeaderContainsWords",
    "FromAddressContainsWords",
    "SubjectMatchesPatterns",
];

/// Conditions on whom it comes from or goes to.
const PEOPLE: [&str; 6] = ["From", "SentTo", "FromAddressMatchesPatterns", "RecipientAddressContainsWords", "SentToMemberOf", "FromScope"];

/// Folders where nobody looks, in lower case.
const FOLDERS: [&str; 9] =
    ["rss", "conversation history", "archive", "deleted items", "junk", "sync issues", "notes", "trash", "recoverable items"];

pub(super) struct Hidden {
    own: Vec<String>,
}

impl Hidden {
    pub(super) fn new(scene: &Scene) -> Hidden {
        Hidden { own: scene.own_domains.clone() }
    }

    /// What of all mail a rule hides.
    fn reach(&self, event: &Event) -> Option<String> {
        if let Some(words) = read::new(event, &WORDS) {
            return Some(format!("mail that says {words}"));
        }
        let conditions = read::new(event, &["RuleCondition", "Conditions"]);
        let Some(people) = read::new(event, &PEOPLE).or(conditions) else { return Some("all mail".to_owned()) };
        let own = read::addresses(people).iter().filter_map(|a| read::domain(a)).any(|d| read::is_own(&d, &self.own, event));
        own.then(|| format!("mail of {people}"))
    }
}

impl Detector for Hidden {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        const OPERATIONS: [&str; 5] = ["new-inboxrule", "set-inboxrule", "updateinboxrules", "new-transportrule", "set-transportrule"];
        if !concerns(&ABOUT, event) || !OPERATIONS.contains(&operation(event).as_str()) {
            return;
        }
        let Some(how) = hides(event) else { return };
        let Some(what) = self.reach(event) else { return };
        let name = read::new(event, &["Name"]).unwrap_or_default();
        let nameless = if name.chars().any(char::is_alphanumeric) { "" } else { "; the rule has no name to speak of" };
        out.signals.push(ABOUT.of(event, format!("{what} is {how}{nameless}")));
    }
}

/// How a rule takes mail out of sight.
fn hides(event: &Event) -> Option<String> {
    let actions = read::new(event, &["RuleActions"]).unwrap_or_default();
    if ["DeleteMessage", "SoftDeleteMessage", "Quarantine"].iter().any(|name| read::yes(event, name)) || actions.contains("Delete") {
        return Some("deleted".to_owned());
    }
    let folder = read::new(event, &["MoveToFolder"]).or(Some(actions).filter(|a| a.contains("Move")))?;
    let lower = folder.to_lowercase();
    FOLDERS.iter().any(|f| lower.contains(f)).then(|| format!("moved to {folder}"))
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits};

    const ID: &str = "mail_hidden";

    #[test]
    fn hiding_by_words_or_everything_is_a_hit() {
        assert!(hits(ID, audit("New-InboxRule", &[("Name", "", "."), ("DeleteMessage", "", "True")])));
        assert!(hits(ID, audit("New-InboxRule", &[("SubjectContainsWords", "", "invoice"), ("MoveToFolder", "", "RSS Feeds")])));
        assert!(hits(ID, audit("Set-InboxRule", &[("From", "", "it@hill.example"), ("DeleteMessage", "", "True")])));
        assert!(hits(ID, audit("UpdateInboxRules", &[("RuleActions", "", "[{\"ActionType\":\"Delete\"}]")])));
    }

    #[test]
    fn tidying_up_is_none() {
        assert!(!hits(ID, audit("New-InboxRule", &[("From", "", "news@shop.example"), ("DeleteMessage", "", "True")])));
        assert!(!hits(ID, audit("New-InboxRule", &[("SubjectContainsWords", "", "invoice"), ("MoveToFolder", "", "Invoices")])));
        assert!(!hits(ID, audit("New-InboxRule", &[("MarkAsRead", "", "True"), ("From", "", "news@shop.example")])));
        assert!(!hits(ID, audit("Remove-InboxRule", &[("DeleteMessage", "", "True")])));
        assert!(!hits(ID, audit("New-InboxRule", &[("DeleteMessage", "", "False"), ("MoveToFolder", "", "Bills")])));
    }
}
