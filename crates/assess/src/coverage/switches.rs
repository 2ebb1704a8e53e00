//! Who switched recording off, and when it was on again.

use super::{DAY, day_of};
use aftermail_model::{Event, Outcome, Timestamp};

/// What was switched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Scope {
    /// The whole Unified Audit Log.
    Log,
    /// What all mailboxes record.
    Mailboxes,
    /// What one mailbox records, by a name of it in lower case; or, by an audit bypass, what one account does in any mailbox.
    Mailbox(String),
}

/// A time during which recording was off.
#[derive(Debug, Clone)]
pub(super) struct Off {
    pub(super) scope: Scope,
    from: Timestamp,
    until: Option<Timestamp>,
    by: String,
}

impl Off {
    /// Whether any of a day lies in it.
    pub(super) fn holds(&self, day: i64) -> bool {
        day_of(self.from) <= day && self.until.is_none_or(|until| day <= day_of(until))
    }

    pub(super) fn because(&self) -> String {
        let until = self.until.map_or("and never on again".to_owned(), |t| format!("and on again at {t}"));
        format!("recording was switched off at {} by {} {until}", self.from, self.by)
    }

    /// Its days until the last one of interest.
    pub(super) fn days(&self, last: i64) -> std::ops::RangeInclusive<i64> {
        day_of(self.from)..=self.until.map_or(last, day_of).min(last)
    }
}

/// All of them, by the records that tell.
#[derive(Debug, Default)]
pub(super) struct Switches {
    pub(super) offs: Vec<Off>,
}

impl Switches {
    pub(super) fn see(&mut self, e: &Event, time: Timestamp) {
        // The command, the parameter, and what of it means off.
        let (parameter, off, scope) = match e.operation.as_str() {
            "Set-AdminAuditLogConfig" => ("UnifiedAuditLogIngestionEnabled", "false", Scope::Log),
            "Set-OrganizationConfig" => ("AuditDisabled", "true", Scope::Mailboxes),
            "Set-Mailbox" => ("AuditEnabled", "false", Scope::Mailbox(name(e))),
            "Set-MailboxAuditBypassAssociation" => ("AuditBypassEnabled", "true", Scope::Mailbox(name(e))),
            _ => return,
        };
        let Some(value) = e.property(parameter).and_then(|p| p.new.as_deref()).filter(|_| e.outcome != Outcome::Failure) else { return };
        let value = value.trim_start_matches('$').to_lowercase();
        let open = self.offs.iter_mut().find(|o| o.scope == scope && o.until.is_none());
        match open {
            Some(open) if value != off => open.until = Some(time),
            None if value == off => {
                let by = e.actor.clone().unwrap_or_else(|| "an account that the record does not name".to_owned());
                self.offs.push(Off { scope, from: time, until: None, by });
            }
            _ => {}
        }
    }

    /// Whether any of the day the whole log was off.
    pub(super) fn log(&self, day: i64) -> Option<&Off> {
        self.offs.iter().find(|o| o.scope == Scope::Log && o.holds(day))
    }

    /// When the mailbox of this name recorded nothing.
    pub(super) fn of_mailbox<'s>(&'s self, mailbox: &'s str) -> impl Iterator<Item = &'s Off> {
        let local = mailbox.split('@').next().unwrap_or(mailbox);
        self.offs.iter().filter(move |o| match &o.scope {
            Scope::Log => false,
            Scope::Mailboxes => true,
            Scope::Mailbox(name) => name == mailbox || name == local,
        })
    }
}

/// The mailbox that a command names: an address, an alias, or the last step of a path of the directory.
fn name(e: &Event) -> String {
    let text = e.property("Identity").and_then(|p| p.new.as_deref()).or(e.target.as_deref()).unwrap_or_default();
    text.rsplit(['/', '\\']).next().unwrap_or(text).trim().to_lowercase()
}

/// How long a throttled mailbox records nothing.
pub(super) const THROTTLE: i64 = DAY;
