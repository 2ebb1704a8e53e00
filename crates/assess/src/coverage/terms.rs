//! How long providers keep their logs, and how late records may come.

use aftermail_model::LogSource;
use std::collections::BTreeMap;

/// What is known of one log.
struct Term {
    source: LogSource,
    /// As people call it.
    name: &'static str,
    /// Days for which the provider keeps it under the commonest licence; none where nobody but the operator does.
    kept: Option<i64>,
    /// Hours until records have come, as far as the provider says.
    late: i64,
}

const fn term(source: LogSource, name: &'static str, kept: Option<i64>, late: i64) -> Term {
    Term { source, name, kept, late }
}

/// The Unified Audit Log under Audit Standard is what Microsoft documents; the others are as commonly told and not checked against a
/// tenant (`docs/exposure.md` says which). Under other licences a case says its own number of days ([`Terms::keep`]).
const TERMS: [Term; 17] = [
    term(LogSource::UnifiedAudit, "the Microsoft 365 audit log", Some(180), 24),
    term(LogSource::EntraSignIn, "the Entra sign-in log", Some(30), 2),
    term(LogSource::EntraAudit, "the Entra audit log", Some(30), 2),
    term(LogSource::GraphActivity, "the Graph activity log", None, 2),
    term(LogSource::Azure, "the Azure logs", Some(90), 2),
    term(LogSource::GoogleWorkspace, "the Google Workspace log", Some(180), 24),
    term(LogSource::CloudTrail, "AWS CloudTrail", Some(90), 1),
    term(LogSource::GoogleCloud, "the Google Cloud audit log", Some(400), 1),
    term(LogSource::GitHub, "the GitHub audit log", Some(180), 1),
    term(LogSource::Okta, "the Okta system log", Some(90), 1),
    term(LogSource::WindowsSecurity, "the Windows security log", None, 0),
    term(LogSource::Dovecot, "the Dovecot log", None, 0),
    term(LogSource::Postfix, "the Postfix log", None, 0),
    term(LogSource::ExchangeServer, "the Exchange protocol log", Some(30), 0),
    term(LogSource::Iis, "the IIS log", None, 0),
    term(LogSource::WebAccess, "the web access log", None, 0),
    term(LogSource::MailServer, "the mail server's log", None, 0),
];

/// How long the logs of a case are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    own: BTreeMap<LogSource, i64>,
}

impl Terms {
    /// Says for how many days the case's own licence keeps a log: 365 for Audit Premium, 7 for Entra ID Free.
    pub fn keep(mut self, source: LogSource, days: i64) -> Terms {
        self.own.insert(source, days);
        self
    }

    /// For how many days the provider keeps a log.
    pub fn kept(&self, source: LogSource) -> Option<i64> {
        self.own.get(&source).copied().or_else(|| of(source)?.kept)
    }
}

fn of(source: LogSource) -> Option<&'static Term> {
    TERMS.iter().find(|t| t.source == source)
}

/// How many hours late a record may come.
pub(super) fn late(source: LogSource) -> i64 {
    of(source).map_or(0, |t| t.late)
}

/// The log as people call it.
pub(crate) fn name(source: LogSource) -> &'static str {
    of(source).map_or(source.as_str(), |t| t.name)
}
