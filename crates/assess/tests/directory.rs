//! Detectors of directory and mailbox against logs of real tenants.
#![allow(missing_docs)]

mod common;

use aftermail_assess::signals::{Detectors, Scene, Seen};
use aftermail_model::{Event, Outcome, Signal, Timestamp};
use common::{files_below, kept, logs};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Detectors of directory and mailbox.
const OURS: [&str; 16] = [
    "app_secret_added",
    "app_trust_widened",
    "audit_tampering",
    "consent",
    "ews_collection",
    "graph_collection",
    "impersonation_role",
    "key_added",
    "mail_app_role",
    "mail_forwarded",
    "mail_hidden",
    "mailbox_rights",
    "mfa_removed",
    "new_app",
    "role_granted",
    "trust_added",
];

fn seen(mut events: Vec<Event>, since: Option<Timestamp>) -> Seen {
    let mut ids = BTreeSet::new();
    events.retain(|e| ids.insert(e.id.clone()));
    events.sort_by_key(|e| e.time);
    let mut detectors = Detectors::new(Scene { since, ..Scene::default() });
    events.iter().for_each(|e| detectors.see(e));
    detectors.finish()
}

fn by<'a>(seen: &'a Seen, detector: &str) -> Vec<&'a Signal> {
    seen.signals.iter().filter(|s| s.detector == detector).collect()
}

#[test]
fn a_real_tenant_tells_every_key_and_every_widening_and_none_of_exchange_itself() {
    let Some(dir) = logs("invictus-o365") else { return };
    let facts: Value = serde_json::from_slice(&std::fs::read(dir.join("FACTS.json")).expect("facts")).expect("JSON");
    let events = kept(&std::fs::read(dir.join("auditrecords.csv")).expect("the export")).events;
    let all = seen(events.clone(), Some(Timestamp(0)));
    let changes = facts["app_key_changes"].as_array().expect("a list");
    let added: BTreeSet<&str> = changes.iter().flat_map(|c| c["added"].as_array().expect("a list")).filter_map(Value::as_str).collect();
    let told = by(&all, "app_secret_added");
    assert_eq!((told.len(), added.len()), (11, 11));
    assert!(added.iter().all(|key| told.iter().any(|s| s.because.contains(key))));
    let removals: BTreeMap<&str, Outcome> =
        events.iter().filter(|e| e.operation == "Remove delegated permission grant.").map(|e| (e.id.as_str(), e.outcome)).collect();
    let told: BTreeSet<&str> = by(&all, "consent").iter().flat_map(|s| s.rests_on.iter().map(String::as_str)).collect();
    let (done, failed): (Vec<_>, Vec<_>) = removals.iter().partition(|(_, outcome)| **outcome != Outcome::Failure);
    assert_eq!((done.len(), failed.len()), (6, 2), "all eight widen, and two of them failed");
    assert!(done.iter().all(|(id, _)| told.contains(**id)) && failed.iter().all(|(id, _)| !told.contains(**id)));
    let rights = by(&all, "mailbox_rights");
    let given = events.iter().filter(|e| e.operation == "Add-MailboxPermission" && rights.iter().any(|s| s.rests_on.contains(&e.id)));
    assert_eq!(given.map(|e| &e.id).collect::<BTreeSet<_>>().len(), 4, "47 of 51 are of Exchange itself");
    let ours = |s: &&Signal| OURS.contains(&s.detector.as_str());
    let system =
        all.signals.iter().filter(ours).filter(|s| s.actor.as_deref().is_some_and(|a| a.to_lowercase().starts_with("nt authority")));
    assert_eq!(system.count(), 0);
    assert!(by(&all, "audit_tampering").is_empty(), "47 settings of the audit log are of Exchange itself and switch nothing off");
    let count = |detector: &str| by(&all, detector).len();
    assert_eq!((count("mail_forwarded"), count("mail_hidden"), count("ews_collection"), count("graph_collection")), (3, 2, 1, 4));
    assert_eq!(all.signals.iter().filter(ours).count(), 80, "in 5,373 records of four months, in which researchers played the thief");
}

#[test]
fn simulated_techniques_are_hit_and_other_ones_are_not() {
    let Some(dir) = logs("det-eng-samples") else { return };
    let expected = |name: &str| -> &[&str] {
        match name {
            // Labelled as a technique, and yet Exchange itself gives the search mailbox its rights in each tenant.
            "t1098.002_Mail Account Delegation full access permissions.csv" => &[],
            "t1098.002_ApplicationImpersonation.csv" => &["impersonation_role"],
            n if n.starts_with("t1098.002") => &["mailbox_rights"],
            n if n.starts_with("t1098") => &["role_granted"],
            n if n.starts_with("t1114.003") || n.starts_with("t1114_") => &["mail_forwarded"],
            n if n.starts_with("t1564.008") => &["mail_hidden"],
            n if n.starts_with("t1556") => &["mfa_removed"],
            "t1562.001_Remove-DlpCompliancePolicy.csv" => &[],
            n if n.starts_with("t1562") => &["audit_tampering"],
            n if n.contains("consent_to_grant") => &["consent"],
            n if n.contains("app_registration") => &["new_app"],
            _ => &[],
        }
    };
    let mut hit = 0;
    for file in files_below(&dir.join("dataset")) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let all = seen(kept(&std::fs::read(&file).expect("a file")).events, Some(Timestamp(0)));
        let told: BTreeSet<&str> = all.signals.iter().map(|s| s.detector.as_str()).filter(|d| OURS.contains(d)).collect();
        assert_eq!(told, expected(&name).iter().copied().collect(), "{name}");
        hit += usize::from(!told.is_empty());
    }
    assert_eq!(hit, 25);
}

#[test]
fn a_real_account_of_aws_under_attack_is_told() {
    let Some(dir) = logs("invictus-aws") else { return };
    let files = files_below(&dir.join("CloudTrail"));
    let events: Vec<Event> = files.iter().flat_map(|f| kept(&std::fs::read(f).expect("a file")).events).collect();
    assert_eq!(events.len(), 2_900);
    let all = seen(events, Some(Timestamp(0)));
    let told = |detector: &str| by(&all, detector).len();
    let detectors = ["new_app", "audit_tampering", "key_added", "role_granted", "trust_added"];
    // Each of them rests on what a tool for simulated attacks did.
    assert_eq!(detectors.map(told), [1, 6, 4, 2, 2]);
    assert_eq!(all.signals.iter().filter(|s| OURS.contains(&s.detector.as_str())).count(), 15);
}
