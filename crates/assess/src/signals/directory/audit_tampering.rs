//! A log was switched off, emptied, or cut short.

use super::super::baseline::operation;
use super::{About, CHANGES, Detector, Event, Seen, concerns, read};
use aftermail_model::LogSource;

const ABOUT: About = About {
    id: "audit_tampering",
    title: "A log was switched off, emptied or cut short",
    techniques: &["T1562.008"],
    sources: CHANGES,
    logic: "An operation that stops, deletes, redirects or shortens a log, exempts an account from it, or takes the licence on which \
            it rests. What happened afterwards may be missing, and that is said too.",
    mistaken_for: "The end of a subscription or a project whose logs go with it; a log that moves to another place.",
};

pub(super) struct Tampering;

impl Detector for Tampering {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        if !concerns(&ABOUT, event) {
            return;
        }
        let Some(what) = tampered(event, &operation(event)) else { return };
        let source = event.source.as_str();
        let gap = format!("from {} on, the log {source} may miss records: {what} ({})", event.time_text, event.operation);
        if out.cannot_say.len() < MOST {
            out.cannot_say.push(gap);
        }
        out.signals.push(ABOUT.of(event, what));
    }
}

/// So many gaps are told in words; the signals tell of all.
const MOST: usize = 100;

/// What became of which log.
fn tampered(event: &Event, done: &str) -> Option<String> {
    match event.source {
        LogSource::UnifiedAudit => exchange(event, done).or_else(|| licence(event, done)),
        LogSource::EntraAudit => licence(event, done),
        LogSource::CloudTrail => aws(event, done),
        source => {
            let (_, list) = DELETIONS.iter().find(|(s, _)| *s == source)?;
            let hit = list.iter().any(|(start, end)| done.starts_with(start) && done.ends_with(end));
            hit.then(|| format!("{done} on {}", event.target.as_deref().unwrap_or("a log")))
        }
    }
}

/// Operations by how they begin and end, in lower case.
type Operations = &'static [(&'static str, &'static str)];

const DELETIONS: [(LogSource, Operations); 5] = [
    (
        LogSource::Azure,
        &[
            ("microsoft.insights/diagnosticsettings/", "delete"),
            ("microsoft.insights/alertrules/", "delete"),
            ("microsoft.insights/metricalerts/", "delete"),
            ("microsoft.insights/activitylogalerts/", "delete"),
            ("microsoft.insights/logprofiles/", "delete"),
            ("microsoft.insights/datacollectionrules/", "delete"),
            ("microsoft.aadiam/diagnosticsettings/", "delete"),
            ("microsoft.eventhub/namespaces/", "delete"),
            ("microsoft.operationalinsights/workspaces/", "delete"),
            ("microsoft.securityinsights/", "delete"),
            ("microsoft.security/alertssuppressionrules/", "write"),
            ("microsoft.network/networkwatchers/", "delete"),
        ],
    ),
    (
        LogSource::GoogleCloud,
        &[
            ("google.logging.v2.configservicev2.deletesink", ""),
            ("google.logging.v2.configservicev2.updatesink", ""),
            ("google.logging.v2.configservicev2.deletebucket", ""),
            ("google.logging.v2.configservicev2.updatebucket", ""),
            ("google.logging.v2.configservicev2.createexclusion", ""),
            ("google.logging.v2.configservicev2.updateexclusion", ""),
            ("google.logging.v2.loggingservicev2.deletelog", ""),
        ],
    ),
    (
        LogSource::GitHub,
        &[
            ("audit_log_streaming.destroy", ""),
            ("audit_log_streaming.update", ""),
            ("business.audit_log_export_disabled", ""),
            ("org.audit_log_git_event_export_disabled", ""),
        ],
    ),
    (
        LogSource::Okta,
        &[("system.log_stream.lifecycle.", "deactivate"), ("system.log_stream.lifecycle.", "delete"), ("event_hook.", "deactivated")],
    ),
    (LogSource::GoogleWorkspace, &[("disable_bigquery_export", ""), ("toggle_audit_log_export", "")]),
];

fn exchange(event: &Event, done: &str) -> Option<String> {
    let whose = read::new(event, &["Identity"]).or(event.target.as_deref()).unwrap_or("the tenant");
    match done {
        "set-adminauditlogconfig" => {
            let off = ["UnifiedAuditLogIngestionEnabled", "AdminAuditLogEnabled"].into_iter().find(|name| read::no(event, name));
            off.map(|name| format!("the audit log of the whole tenant was switched off ({name})"))
        }
        "set-organizationconfig" => read::yes(event, "AuditDisabled").then(|| "mailboxes of the tenant are no longer recorded".to_owned()),
        "set-mailboxauditbypassassociation" => {
            read::yes(event, "AuditBypassEnabled").then(|| format!("what {whose} does in mailboxes is no longer recorded"))
        }
        "set-mailbox" if read::no(event, "AuditEnabled") => Some(format!("the mailbox of {whose} is no longer recorded")),
        "set-mailbox" => {
            let age = read::new(event, &["AuditLogAgeLimit"]).and_then(|age| Some((age, days(age)?)));
            let short = age.filter(|(_, days)| *days < USUAL_DAYS).map(|(age, _)| format!("records of {whose} are kept for {age} only"));
            short.or_else(|| {
                let taken = |name: &&str| read::new(event, &[name]).is_some_and(|v| v.contains("Remove") || v.eq_ignore_ascii_case("none"));
                let list = ["AuditOwner", "AuditDelegate", "AuditAdmin"].into_iter().find(taken)?;
                Some(format!("fewer actions in the mailbox of {whose} are recorded ({list})"))
            })
        }
        "remove-unifiedauditlogretentionpolicy" => Some("a rule that keeps the audit log longer was removed".to_owned()),
        _ => None,
    }
}

/// `AuditLogAgeLimit` unless it was changed.
const USUAL_DAYS: u32 = 90;

/// Days of a time span of .NET: `90.00:00:00`, `00:00:00`, or a number of days.
fn days(span: &str) -> Option<u32> {
    match span.split_once('.') {
        Some((days, _)) => days.parse().ok(),
        None if span.contains(':') => Some(0),
        None => span.parse().ok(),
    }
}

/// The plan without which Microsoft records less, and for a shorter time.
const PLAN: &str = "M365_ADVANCED_AUDITING";

/// A licence that no longer holds the plan. Long changes stand as JSON within JSON in `additionalDetails`.
fn licence(event: &Event, done: &str) -> Option<String> {
    if !matches!(done, "update user" | "change user license") {
        return None;
    }
    let direct = event.property("AssignedLicense").map(|p| (p.old.clone().unwrap_or_default(), p.new.clone().unwrap_or_default()));
    let nested = || {
        let text = event.property("additionalDetails")?.new.as_deref()?.replace('\\', "");
        let change = text.split("\"AssignedLicense\"").nth(1)?.split("\"Name\"").next()?;
        let (old, new) = change.split_once("\"NewValue\"")?;
        Some((old.to_owned(), new.to_owned()))
    };
    let (old, new) = direct.or_else(nested)?;
    let disabled = |text: &str| text.split("DisabledPlans=[").skip(1).any(|rest| rest.split(']').next().unwrap_or_default().contains(PLAN));
    let whose = event.target.as_deref().unwrap_or("someone");
    (disabled(&new) && !disabled(&old)).then(|| format!("the licence of {whose} no longer holds the plan {PLAN}"))
}

fn aws(event: &Event, done: &str) -> Option<String> {
    const OFF: [&str; 22] = [
        "stoplogging",
        "deletetrail",
        "updatetrail",
        "puteventselectors",
        "deleteeventdatastore",
        "stopeventdatastoreingestion",
        "deleteflowlogs",
        "deleteloggroup",
        "deletelogstream",
        "stopconfigurationrecorder",
        "deleteconfigurationrecorder",
        "deletedeliverychannel",
        "deletedetector",
        "updatedetector",
        "disassociatemembers",
        "disablesecurityhub",
        "deleteresolverquerylogconfig",
        "disassociateresolverquerylogconfig",
        "stopactivitystream",
        "deletemembers",
        "deletepublishingdestination",
        "createfilter",
    ];
    const SERVICES: [&str; 9] = ["cloudtrail", "ec2", "logs", "config", "guardduty", "securityhub", "route53resolver", "rds", "macie2"];
    let service = event.app.as_deref().unwrap_or_default().trim_end_matches(".amazonaws.com");
    if OFF.contains(&done) && (service.is_empty() || SERVICES.contains(&service)) {
        return Some(format!("{} on {}", event.operation, read::new(event, &["name", "trailName", "logGroupName"]).unwrap_or("a log")));
    }
    expiry(event, done)
}

/// Objects of a bucket of logs that expire within days.
fn expiry(event: &Event, done: &str) -> Option<String> {
    if !matches!(done, "putbucketlifecycle" | "putbucketlifecycleconfiguration") {
        return None;
    }
    let bucket = event.target.as_deref().or_else(|| read::new(event, &["bucketName"])).unwrap_or_default().to_lowercase();
    let logs = ["trail", "log", "audit"].iter().any(|word| bucket.contains(word));
    let rule = read::new(event, &["LifecycleConfiguration"])?;
    let on = rule.contains("\"Enabled\"");
    let after = rule.split("\"Expiration\"").nth(1)?.split("\"Days\"").nth(1)?;
    let number: String = after.chars().skip_while(|c| !c.is_ascii_digit()).take_while(char::is_ascii_digit).collect();
    let days: u32 = number.parse().ok()?;
    (logs && on && days < SHORT_DAYS).then(|| format!("what stands in {bucket} is deleted after {days} days"))
}

/// Logs that are gone after a week helped nobody yet.
const SHORT_DAYS: u32 = 7;

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits, of, seen, theft};
    use super::*;

    const ID: &str = "audit_tampering";

    #[test]
    fn the_audit_log_of_a_tenant_or_a_mailbox_is_switched_off() {
        assert!(hits(ID, audit("Set-AdminAuditLogConfig", &[("UnifiedAuditLogIngestionEnabled", "", "False")])));
        assert!(!hits(ID, audit("Set-AdminAuditLogConfig", &[("UnifiedAuditLogIngestionEnabled", "", "True")])));
        assert!(!hits(ID, audit("Set-AdminAuditLogConfig", &[("Identity", "", "x"), ("AdminAuditLogEnabled", "", "True")])));
        assert!(hits(ID, audit("Set-MailboxAuditBypassAssociation", &[("AuditBypassEnabled", "", "$true")])));
        assert!(!hits(ID, audit("Set-MailboxAuditBypassAssociation", &[("AuditBypassEnabled", "", "False")])));
        assert!(hits(ID, audit("Set-Mailbox", &[("AuditLogAgeLimit", "", "00:00:00")])));
        assert!(hits(ID, audit("Set-Mailbox", &[("AuditEnabled", "", "False")])));
        assert!(!hits(ID, audit("Set-Mailbox", &[("AuditLogAgeLimit", "", "180.00:00:00"), ("AuditEnabled", "", "True")])));
    }

    #[test]
    fn a_licence_without_the_plan_is_a_hit_in_both_shapes() {
        let plans = |list: &str| format!("[\"[SkuName=E5, SkuId=x, DisabledPlans=[{list}]]\"]");
        let change = |old: &str, new: &str| audit("Update user.", &[("AssignedLicense", &plans(old), &plans(new))]);
        assert!(hits(ID, change("", PLAN)) && !hits(ID, change(PLAN, "")) && !hits(ID, change("", "YAMMER")));
        let nested = format!(
            "{{\"b\":\"[{{\\\"Name\\\":\\\"AssignedLicense\\\",\\\"OldValue\\\":{0},\\\"NewValue\\\":{1}}}]\"}}",
            plans(""),
            plans(PLAN)
        );
        assert!(hits(ID, audit("Update user.", &[("additionalDetails", "", &nested)])));
    }

    #[test]
    fn other_clouds_stop_logs_too_and_say_that_records_may_be_missing() {
        let trail = Event { time_text: "2024-05-01T10:00:00Z".into(), ..of(LogSource::CloudTrail, "StopLogging", &[("name", "", "main")]) };
        let told = seen(ID, &theft(), &[trail]);
        assert_eq!((told.signals.len(), told.cannot_say.len()), (1, 1));
        assert!(told.cannot_say[0].contains("2024-05-01T10:00:00Z"));
        assert!(!hits(ID, of(LogSource::CloudTrail, "DescribeTrails", &[])));
        assert!(hits(ID, of(LogSource::Azure, "MICROSOFT.INSIGHTS/DIAGNOSTICSETTINGS/DELETE", &[])));
        assert!(!hits(ID, of(LogSource::Azure, "microsoft.insights/diagnosticSettings/write", &[])));
        assert!(hits(ID, of(LogSource::GoogleCloud, "google.logging.v2.ConfigServiceV2.DeleteSink", &[])));
        assert!(!hits(ID, of(LogSource::GoogleCloud, "google.logging.v2.ConfigServiceV2.GetSink", &[])));
        assert!(hits(ID, of(LogSource::Okta, "system.log_stream.lifecycle.deactivate", &[])));
    }

    #[test]
    fn logs_that_expire_at_once_are_a_hit() {
        let rule = |days: u32, status: &str| {
            let json = format!("{{\"Rule\":{{\"Expiration\":{{\"Days\":{days}}},\"Status\":\"{status}\"}}}}");
            of(LogSource::CloudTrail, "PutBucketLifecycle", &[("LifecycleConfiguration", "", &json), ("bucketName", "", "trail-logs")])
        };
        assert!(hits(ID, rule(1, "Enabled")) && !hits(ID, rule(365, "Enabled")) && !hits(ID, rule(1, "Disabled")));
    }
}
