//! How long providers keep their logs, and how late records may come.

use aftermail_model::LogSource;
use std::collections::BTreeMap;

/// What is known of one log.
struct Term {
    source: LogSource,
    /// Days for which the provider keeps it under the commonest licence; none where nobody but the operator does.
    kept: Option<i64>,
    /// Hours until records have come, as far as the provider says.
    late: i64,
}

const fn term(source: LogSource, kept: Option<i64>, late: i64) -> Term {
    Term { source, kept, late }
}

/// A log that is not here is kept as long as its operator keeps it. The Unified Audit Log under Audit Standard is what Microsoft
/// documents; the others are as commonly told and not checked against a tenant (`docs/exposure.md` says which). Under other licences
/// a case says its own number of days ([`Terms::keep`]).
const TERMS: [Term; 11] = [
    term(LogSource::UnifiedAudit, Some(180), 24),
    term(LogSource::EntraSignIn, Some(30), 2),
    term(LogSource::EntraAudit, Some(30), 2),
    term(LogSource::GraphActivity, None, 2),
    term(LogSource::Azure, Some(90), 2),
    term(LogSource::GoogleWorkspace, Some(180), 24),
    term(LogSource::CloudTrail, Some(90), 1),
    term(LogSource::GoogleCloud, Some(400), 1),
    term(LogSource::GitHub, Some(180), 1),
    term(LogSource::Okta, Some(90), 1),
    term(LogSource::ExchangeServer, Some(30), 0),
];

/// A licence under which logs are kept for another time than usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Licence {
    /// Microsoft Purview Audit (Premium), as with E5.
    AuditPremium,
    /// Its ten-year retention.
    AuditTenYears,
    /// Microsoft Entra ID Free.
    EntraFree,
}

impl Licence {
    /// Every variant.
    pub const ALL: [Licence; 3] = [Licence::AuditPremium, Licence::AuditTenYears, Licence::EntraFree];

    /// The word used in a case.
    pub fn as_str(self) -> &'static str {
        match self {
            Licence::AuditPremium => "audit_premium",
            Licence::AuditTenYears => "audit_ten_years",
            Licence::EntraFree => "entra_free",
        }
    }

    /// The licence of that word.
    pub fn parse(word: &str) -> Option<Licence> {
        Licence::ALL.into_iter().find(|l| l.as_str() == word)
    }
}

/// What these keep, in days.
const LICENCES: [(Licence, LogSource, i64); 4] = [
    (Licence::AuditPremium, LogSource::UnifiedAudit, 365),
    (Licence::AuditTenYears, LogSource::UnifiedAudit, 3_652),
    (Licence::EntraFree, LogSource::EntraSignIn, 7),
    (Licence::EntraFree, LogSource::EntraAudit, 7),
];

/// How long the logs of a case are kept.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    own: BTreeMap<LogSource, i64>,
}

impl Terms {
    /// The terms of a licence of the case.
    pub fn licensed(self, licence: Licence) -> Terms {
        let of_licence = LICENCES.iter().filter(|(own, _, _)| *own == licence);
        of_licence.fold(self, |terms, (_, source, days)| terms.keep(*source, *days))
    }

    /// Says for how many days a log is kept in this case.
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
