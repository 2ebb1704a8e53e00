//! Detectors of directory and mailbox against records that others labelled, beside what the public Sigma rules see of them.
#![allow(missing_docs)]

mod common;

use aftermail_assess::signals::{Detectors, Scene};
use aftermail_model::{Event, Timestamp};
use common::{kept, logs};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Subjects of the labels that name what one of our detectors names, chosen by their names before any of them was run. Panther's labels
/// speak of Panther's own rules: a record that is labelled "no" for one subject can rightly be a hit for another.
const SUBJECTS: [(&str, &str, &[&str]); 41] = [
    ("aws_cloudtrail", "AWS.IAM.Backdoor.User.Keys", &["key_added"]),
    ("aws_cloudtrail", "AWS.CloudTrail.LoginProfileCreatedOrModified", &["key_added"]),
    ("aws_cloudtrail", "AWS.CloudTrail.RootPasswordChanged", &["key_added"]),
    ("aws_cloudtrail", "AWS.RDS.MasterPasswordUpdated", &["key_added"]),
    ("aws_cloudtrail", "AWS.IAM.CreateUser", &["new_app"]),
    ("aws_cloudtrail", "AWS.IAM.CreateRole", &["new_app"]),
    ("aws_cloudtrail", "AWS.IAM.AttachAdminRolePolicy", &["role_granted"]),
    ("aws_cloudtrail", "AWS.RDS.IAMRoleAdded", &["role_granted"]),
    ("aws_cloudtrail", "AWS.CloudTrail.SecurityConfigurationChange", &["audit_tampering"]),
    ("aws_cloudtrail", "AWS.CloudTrail.DNSLogsDeleted", &["audit_tampering"]),
    ("aws_cloudtrail", "AWS.CloudTrail.ShortLifecycle", &["audit_tampering"]),
    ("aws_cloudtrail", "AWS.RDS.ActivityStreamStopped", &["audit_tampering"]),
    ("azure_activity", "Azure.MonitorActivity.Automation.AccountCreated", &["new_app"]),
    ("azure_activity", "Azure.MonitorActivity.AlertRules.Deleted", &["audit_tampering"]),
    ("azure_activity", "Azure.MonitorActivity.DiagnosticSettings.Deleted", &["audit_tampering"]),
    ("azure_activity", "Azure.MonitorActivity.EventHub.Deleted", &["audit_tampering"]),
    ("azure_activity", "Azure.MonitorActivity.Network.WatcherDeleted", &["audit_tampering"]),
    ("azure_activity", "Azure.MonitorActivity.Security.AlertSuppressionRuleCreated", &["audit_tampering"]),
    ("azure_signin", "Azure.Audit.ServicePrincipalCredentialsAdded", &["app_secret_added"]),
    ("azure_signin", "Azure.Audit.RoleChangedPIM", &["role_granted"]),
    ("azure_signin", "Azure.Audit.ElevateUserAccessAdministrator", &["role_granted"]),
    ("azure_signin", "Azure.Audit.OIDC.Changed", &["trust_added"]),
    ("gcp_audit", "GCP.iam.serviceAccountKeys.create", &["key_added"]),
    ("gcp_audit", "GCP.serviceusage.apiKeys.create.Privilege.Escalation", &["key_added"]),
    ("gcp_audit", "GCP.Service.Account.or.Keys.Created", &["key_added", "new_app"]),
    ("gcp_audit", "GCP.IAM.CorporateEmail", &["role_granted"]),
    ("gcp_audit", "GCP.IAM.CustomRoleChanges", &["role_granted"]),
    ("gcp_audit", "GCP.iam.roles.update.Privilege.Escalation", &["role_granted"]),
    ("gcp_audit", "GCP.Project.ExternalUserOwnershipInvite", &["role_granted"]),
    ("gcp_audit", "GCP.Permissions.Granted.to.Create.or.Manage.Service.Account.Key", &["role_granted"]),
    ("gcp_audit", "GCP.Privileged.Operation", &["role_granted"]),
    ("gcp_audit", "GCP.Logging.Sink.Modified", &["audit_tampering"]),
    ("gcp_audit", "GCP.Workload.Identity.Pool.Created.or.Updated", &["trust_added"]),
    ("gcp_audit", "GCP.Inbound.SSO.Profile.Created", &["trust_added"]),
    ("github", "Github.Organization.App.Integration.Installed", &["new_app"]),
    ("github", "GitHub.Org.Moderators.Add", &["role_granted"]),
    ("github", "GitHub.User.RoleUpdated", &["role_granted"]),
    ("gsuite_activityevent", "GSuite.TwoStepVerification", &["mfa_removed"]),
    ("gsuite_activityevent", "GSuite.AdvancedProtection", &["mfa_removed"]),
    ("gsuite_activityevent", "GSuite.Workspace.GmailDefaultRoutingRuleModified", &["mail_forwarded"]),
    ("microsoft", "Microsoft365.MFA.Disabled", &["mfa_removed"]),
];

/// The same for Okta.
const OKTA: [(&str, &str, &[&str]); 6] = [
    ("okta", "Okta.Global.MFA.Disabled", &["mfa_removed"]),
    ("okta", "Okta.User.MFA.Factor.Suspend", &["mfa_removed"]),
    ("okta", "Okta.User.MFA.Reset.Single", &["mfa_removed"]),
    ("okta", "Okta.User.MFA.Reset.All", &["mfa_removed"]),
    ("okta", "Okta.Support.Access", &["role_granted"]),
    ("okta", "Okta.Org2org.Creation.Modification", &["trust_added"]),
];

/// What all public Sigma rules hit of all subjects of a source: labelled yes, and labelled no. Measured with the rules as they are and
/// rsigma-eval 0.23, without a pipeline of fields, any hit counted; the full set of labels, of which this one is a part.
const SIGMA: [(&str, [u32; 4]); 8] = [
    ("aws_cloudtrail", [51, 211, 43, 250]),
    ("azure_activity", [26, 146, 12, 68]),
    ("azure_signin", [0, 20, 1, 27]),
    ("microsoft", [0, 12, 0, 0]),
    ("gcp_audit", [0, 82, 0, 0]),
    ("gsuite_activityevent", [0, 63, 0, 0]),
    ("github", [14, 104, 6, 73]),
    ("okta", [7, 61, 4, 39]),
];

/// The theft began before everything: nothing is usual.
fn signals(events: &[Event]) -> BTreeSet<String> {
    let mut detectors = Detectors::new(Scene { since: Some(Timestamp(0)), ..Scene::default() });
    events.iter().for_each(|e| detectors.see(e));
    detectors.finish().signals.into_iter().map(|s| s.detector).collect()
}

#[derive(Default, Clone, Copy)]
struct Score {
    hit: u32,
    missed: u32,
    wrong: u32,
    silent: u32,
}

impl Score {
    fn recall(self) -> f64 {
        f64::from(self.hit) / f64::from((self.hit + self.missed).max(1))
    }
    fn precision(self) -> f64 {
        f64::from(self.hit) / f64::from((self.hit + self.wrong).max(1))
    }
}

/// Half of the subjects were open while the detectors were written.
fn developed_on(subject: &str) -> bool {
    Event::hashed_id(subject.as_bytes(), 0).chars().next().and_then(|c| c.to_digit(16)).is_some_and(|d| d % 2 == 0)
}

#[test]
fn labelled_subjects_are_hit_and_their_counterexamples_are_not() {
    let Some(dir) = logs("panther-labelled-tests") else { return };
    let subjects: BTreeMap<&str, (&str, &[&str])> = SUBJECTS.iter().chain(&OKTA).map(|(set, id, by)| (*id, (*set, *by))).collect();
    let mut scores: BTreeMap<(bool, &str), Score> = BTreeMap::new();
    for set in SIGMA.map(|(set, _)| set) {
        let text = std::fs::read_to_string(dir.join(format!("{set}_rules.jsonl"))).expect("a set");
        for line in text.lines() {
            let test: Value = serde_json::from_str(line).expect("JSON");
            let id = test["rule_id"].as_str().unwrap_or_default();
            // Tests with mocks answer from what the test sets, not from the record.
            let Some((_, by)) = subjects.get(id).filter(|_| test["has_mocks"] != Value::Bool(true)) else { continue };
            let seen = signals(&kept(test["log"].to_string().as_bytes()).events);
            let hit = by.iter().any(|d| seen.contains(*d));
            let score = scores.entry((developed_on(id), set)).or_default();
            let (count, right) = match (test["expected"] == Value::Bool(true), hit) {
                (true, true) => (&mut score.hit, true),
                (true, false) => (&mut score.missed, false),
                (false, true) => (&mut score.wrong, false),
                (false, false) => (&mut score.silent, true),
            };
            *count += 1;
            if !right {
                // The names of the other half stay closed.
                let name = if developed_on(id) { id } else { "held out" };
                eprintln!(
                    "{name}: expected {}, {seen:?}: {}",
                    test["expected"],
                    if developed_on(id) { test["test"].as_str().unwrap_or_default() } else { "" }
                );
            }
        }
    }
    for half in [true, false] {
        let mut all = Score::default();
        println!("{}", if half { "developed on" } else { "held out" });
        for (set, [t, of_t, f, of_f]) in SIGMA {
            let Some(s) = scores.get(&(half, set)) else { continue };
            println!(
                "  {set}: yes {}/{}, no {}/{}; precision {:.2}, recall {:.2} | Sigma, all subjects: yes {t}/{of_t}, no {f}/{of_f}",
                s.hit,
                s.hit + s.missed,
                s.wrong,
                s.wrong + s.silent,
                s.precision(),
                s.recall()
            );
            all = Score { hit: all.hit + s.hit, missed: all.missed + s.missed, wrong: all.wrong + s.wrong, silent: all.silent + s.silent };
        }
        println!(
            "  all: yes {}/{}, no {}/{}; precision {:.3}, recall {:.3}",
            all.hit,
            all.hit + all.missed,
            all.wrong,
            all.wrong + all.silent,
            all.precision(),
            all.recall()
        );
        assert!(all.precision() >= 0.9 && all.recall() >= 0.9);
    }
}
