//! Detectors of what is changed in directories and mailboxes so that a thief can stay, and of the collection of mail by applications.

mod app_secret_added;
mod app_trust_widened;
mod audit_tampering;
mod collection;
mod consent;
mod impersonation_role;
mod key_added;
mod mail_app_role;
mod mail_forwarded;
mod mail_hidden;
mod mailbox_rights;
mod mfa_removed;
mod new_app;
mod read;
mod role_granted;
mod trust_added;

use super::about::name;
use super::{About, Detector, Event, Scene, Seen};
use aftermail_model::{LogSource, Outcome};

/// Logs of a Microsoft tenant that tell of changes of its directory.
const ENTRA: &[LogSource] = &[LogSource::UnifiedAudit, LogSource::EntraAudit];

/// Logs that tell of changes of rights and credentials.
const CHANGES: &[LogSource] = &[
    LogSource::UnifiedAudit,
    LogSource::EntraAudit,
    LogSource::Azure,
    LogSource::CloudTrail,
    LogSource::GoogleCloud,
    LogSource::GoogleWorkspace,
    LogSource::GitHub,
    LogSource::Okta,
];

/// All of them.
pub(super) fn all(scene: &Scene) -> Vec<Box<dyn Detector>> {
    let single = |about, why| Box::new(Single { about, why }) as Box<dyn Detector>;
    vec![
        single(&app_secret_added::ABOUT, app_secret_added::why),
        Box::new(app_trust_widened::TrustWidened::default()),
        Box::new(audit_tampering::Tampering),
        Box::new(collection::ews(scene)),
        Box::new(collection::graph(scene)),
        Box::new(consent::Consent::default()),
        single(&impersonation_role::ABOUT, impersonation_role::why),
        single(&key_added::ABOUT, key_added::why),
        single(&mail_app_role::ABOUT, mail_app_role::why),
        Box::new(mail_forwarded::Forwarded::new(scene)),
        Box::new(mail_hidden::Hidden::new(scene)),
        single(&mailbox_rights::ABOUT, mailbox_rights::why),
        single(&mfa_removed::ABOUT, mfa_removed::why),
        Box::new(new_app::NewApp::new(scene)),
        Box::new(role_granted::Granted::new(scene)),
        single(&trust_added::ABOUT, trust_added::why),
    ]
}

/// Whether an event may concern a detector: of its logs, and not refused.
fn concerns(about: &About, event: &Event) -> bool {
    event.outcome != Outcome::Failure && about.sources.contains(&event.source)
}

/// A detector that looks at each event by itself.
struct Single {
    about: &'static About,
    /// Why an event is a hit, in words.
    why: fn(&Event) -> Option<String>,
}

impl Detector for Single {
    fn about(&self) -> &'static About {
        self.about
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        if concerns(self.about, event)
            && let Some(because) = (self.why)(event)
        {
            let mut signal = self.about.of(event, because);
            read::app_ids(event).into_iter().for_each(|id| name(&mut signal.subjects, Some(&id)));
            out.signals.push(signal);
        }
    }
}

#[cfg(test)]
mod made;
