//! What a log says happened, in one form for all sources.

use crate::{CredentialId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// The log that a record comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogSource {
    /// Microsoft 365 Unified Audit Log, and what Sentinel makes of it (OfficeActivity).
    UnifiedAudit,
    /// Entra sign-ins of users and of applications.
    EntraSignIn,
    /// Entra directory changes.
    EntraAudit,
    /// Requests to Microsoft Graph.
    GraphActivity,
    /// Azure activity and diagnostics of its resources (storage, Key Vault).
    Azure,
    /// Google Workspace reports.
    GoogleWorkspace,
    /// AWS CloudTrail.
    CloudTrail,
    /// Google Cloud audit logs.
    GoogleCloud,
    /// GitHub audit log.
    #[serde(rename = "github")]
    GitHub,
    /// Okta system log.
    Okta,
    /// Windows Security events.
    WindowsSecurity,
    /// Dovecot.
    Dovecot,
    /// Postfix.
    Postfix,
    /// Protocol logs of Exchange Server (IMAP, POP, SMTP).
    ExchangeServer,
    /// IIS in W3C format.
    Iis,
    /// Access logs of nginx and Apache.
    WebAccess,
    /// Other mail servers and webmail: Exim, Cyrus, Courier, Sendmail, Zimbra, Roundcube and others.
    MailServer,
}

impl LogSource {
    /// Every source.
    pub const ALL: [LogSource; 17] = [
        LogSource::UnifiedAudit,
        LogSource::EntraSignIn,
        LogSource::EntraAudit,
        LogSource::GraphActivity,
        LogSource::Azure,
        LogSource::GoogleWorkspace,
        LogSource::CloudTrail,
        LogSource::GoogleCloud,
        LogSource::GitHub,
        LogSource::Okta,
        LogSource::WindowsSecurity,
        LogSource::Dovecot,
        LogSource::Postfix,
        LogSource::ExchangeServer,
        LogSource::Iis,
        LogSource::WebAccess,
        LogSource::MailServer,
    ];

    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            LogSource::UnifiedAudit => "unified_audit",
            LogSource::EntraSignIn => "entra_sign_in",
            LogSource::EntraAudit => "entra_audit",
            LogSource::GraphActivity => "graph_activity",
            LogSource::Azure => "azure",
            LogSource::GoogleWorkspace => "google_workspace",
            LogSource::CloudTrail => "cloud_trail",
            LogSource::GoogleCloud => "google_cloud",
            LogSource::GitHub => "github",
            LogSource::Okta => "okta",
            LogSource::WindowsSecurity => "windows_security",
            LogSource::Dovecot => "dovecot",
            LogSource::Postfix => "postfix",
            LogSource::ExchangeServer => "exchange_server",
            LogSource::Iis => "iis",
            LogSource::WebAccess => "web_access",
            LogSource::MailServer => "mail_server",
        }
    }

    /// The log as people call it.
    pub fn title(self) -> &'static str {
        match self {
            LogSource::UnifiedAudit => "Microsoft 365 audit log",
            LogSource::EntraSignIn => "Entra sign-in log",
            LogSource::EntraAudit => "Entra audit log",
            LogSource::GraphActivity => "Graph activity log",
            LogSource::Azure => "Azure logs",
            LogSource::GoogleWorkspace => "Google Workspace log",
            LogSource::CloudTrail => "AWS CloudTrail log",
            LogSource::GoogleCloud => "Google Cloud audit log",
            LogSource::GitHub => "GitHub audit log",
            LogSource::Okta => "Okta system log",
            LogSource::WindowsSecurity => "Windows security log",
            LogSource::Dovecot => "Dovecot log",
            LogSource::Postfix => "Postfix log",
            LogSource::ExchangeServer => "Exchange protocol log",
            LogSource::Iis => "IIS log",
            LogSource::WebAccess => "log of the web server",
            LogSource::MailServer => "log of the mail server",
        }
    }

    /// The source of that word.
    pub fn parse(word: &str) -> Option<LogSource> {
        LogSource::ALL.into_iter().find(|s| s.as_str() == word)
    }
}

/// What kind of thing acted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActorKind {
    /// A person's account.
    User,
    /// An application, service account or role.
    Application,
    /// The provider itself.
    System,
    /// The record does not say.
    #[default]
    Unknown,
}

impl ActorKind {
    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            ActorKind::User => "user",
            ActorKind::Application => "application",
            ActorKind::System => "system",
            ActorKind::Unknown => "unknown",
        }
    }
}

/// What the record says of its end. It is never read from a name that only sounds like an end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It was done.
    Success,
    /// It was refused or went wrong.
    Failure,
    /// The record does not say.
    #[default]
    Unknown,
}

impl Outcome {
    /// The word used in tables and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Success => "success",
            Outcome::Failure => "failure",
            Outcome::Unknown => "unknown",
        }
    }
}

/// A named thing that a record carries, or a change of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Its name as the source writes it.
    pub name: String,
    /// What stood there before, where the record tells of a change.
    pub old: Option<String>,
    /// What stands there.
    pub new: Option<String>,
}

/// Where a record stands in its source: bytes of the text, after decompression and in UTF-8.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct RawRef {
    /// Its first byte.
    pub offset: u64,
    /// How many bytes.
    pub length: u64,
}

/// One thing that happened. Absent means that the record does not say, never that it was not so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The source's own record id, else a hash of the raw record: equal ids are one event.
    pub id: String,
    /// Which log.
    pub source: LogSource,
    /// When, in UTC; none where the source does not tell the year or the zone cannot be known.
    pub time: Option<Timestamp>,
    /// When, as the source writes it.
    pub time_text: String,
    /// Who: an account's name as the source writes it.
    pub actor: Option<String>,
    /// What kind of thing acted.
    pub actor_kind: ActorKind,
    /// What was done, as the source writes it, spaces and dashes included.
    pub operation: String,
    /// What it was done to: mailbox, account, application, resource.
    pub target: Option<String>,
    /// Id of the application through which it was done.
    pub app: Option<String>,
    /// What was used to authenticate.
    pub credential: Option<CredentialId>,
    /// Id of the session.
    pub session: Option<String>,
    /// Id of the token (`uti` of a JWT).
    pub token: Option<String>,
    /// Address of the client, without port, IPv4 unmapped.
    pub address: Option<String>,
    /// Program of the client.
    pub agent: Option<String>,
    /// How it ended.
    pub outcome: Outcome,
    /// The source's own code or word for how it ended.
    pub result: Option<String>,
    /// Parameters and changes.
    pub properties: Vec<Property>,
    /// Message-IDs of the mail that was touched, angle brackets included.
    pub messages: Vec<String>,
    /// Where the record stands.
    pub raw: RawRef,
}

impl Event {
    /// An event of which nothing but its source is known yet.
    pub fn new(source: LogSource) -> Event {
        Event {
            id: String::new(),
            source,
            time: None,
            time_text: String::new(),
            actor: None,
            actor_kind: ActorKind::Unknown,
            operation: String::new(),
            target: None,
            app: None,
            credential: None,
            session: None,
            token: None,
            address: None,
            agent: None,
            outcome: Outcome::Unknown,
            result: None,
            properties: Vec::new(),
            messages: Vec::new(),
            raw: RawRef::default(),
        }
    }

    /// The id of a record that has none of its own. `repeat` tells equal records apart that follow on each other.
    pub fn hashed_id(record: &[u8], repeat: u64) -> String {
        let hash = Sha256::new().chain_update(repeat.to_le_bytes()).chain_update(record).finalize();
        hash.iter().take(16).map(|b| format!("{b:02x}")).collect()
    }

    /// The property of this name.
    pub fn property(&self, name: &str) -> Option<&Property> {
        self.properties.iter().find(|p| p.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_records_have_equal_ids_and_repeats_have_their_own() {
        assert_eq!(Event::hashed_id(b"a", 0), Event::hashed_id(b"a", 0));
        assert_ne!(Event::hashed_id(b"a", 0), Event::hashed_id(b"a", 1));
        assert_eq!(Event::hashed_id(b"a", 0).len(), 32);
    }
}
