//! Detectors of directory and mailbox against logs of real tenants.
#![allow(missing_docs)]

#[path = "../../logs/tests/common/mod.rs"]
mod common;

use aftermail_assess::signals::{Detectors, Scene, Seen};
use aftermail_model::{Event, LogSource, Outcome, Property, Signal, Timestamp};
use common::{files_below, kept, logs};
use proptest::prelude::*;
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

/// An event of an invented tenant, so many minutes after its beginning.
fn done(minute: i64, actor: &str, operation: &str, target: &str, properties: &[(&str, &str, &str)]) -> Event {
    let property = |(name, old, new): &(&str, &str, &str)| Property {
        name: (*name).to_owned(),
        old: Some((*old).to_owned()),
        new: Some((*new).to_owned()),
    };
    Event {
        id: format!("{minute}/{operation}"),
        time: Some(Timestamp(1_760_000_000 + minute * 60)),
        actor: Some(actor.to_owned()),
        operation: operation.to_owned(),
        target: Some(target.to_owned()),
        outcome: Outcome::Success,
        properties: properties.iter().map(property).collect(),
        ..Event::new(LogSource::UnifiedAudit)
    }
}

#[test]
fn the_way_of_midnight_blizzard_is_told_step_by_step_and_ordinary_work_is_not() {
    let (admin, eve) = ("admin@hill.example", "helper@hill.example");
    let read = |minute, app: &str, mailbox: &str| Event {
        app: Some(app.to_owned()),
        agent: Some("Client=WebServices;ExchangeWebServices/15.20;".to_owned()),
        ..done(minute, "", "MailItemsAccessed", mailbox, &[])
    };
    let key = |id: &str| format!("[\"[KeyIdentifier={id},KeyType=Password]\"]");
    let week = 7 * 24 * 60;
    let mut events = vec![
        done(0, admin, "Add application.", "Application_1", &[("DisplayName", "[]", "[\"backup\"]")]),
        read(10, "backup", "ann@hill.example"),
        // The theft.
        done(week + 100, "legacy@hill.example", "Add application.", "Application_2", &[("DisplayName", "[]", "[\"mole\"]")]),
        done(week + 110, admin, "Add user.", eve, &[]),
        done(
            week + 120,
            eve,
            "Consent to application.",
            "mole",
            &[("ConsentAction.Permissions", "", "[] => [[ClientId: c, Scope: User.Read]]; ")],
        ),
        done(
            week + 130,
            eve,
            "Update application \u{2013} Certificates and secrets management ",
            "Application_2",
            &[("KeyDescription", "[]", &key("k-1"))],
        ),
        done(week + 140, eve, "Add app role assignment to service principal.", "Exchange", &[("AppRole.Value", "", "full_access_as_app")]),
        read(week + 150, "mole", "ann@hill.example"),
        read(week + 151, "mole", "bob@hill.example"),
        done(week + 160, eve, "Set-AdminAuditLogConfig", "Settings", &[("UnifiedAuditLogIngestionEnabled", "", "False")]),
        // And on goes the work.
        read(week + 200, "backup", "ann@hill.example"),
        done(week + 210, admin, "Add application.", "Application_3", &[("DisplayName", "[]", "[\"wiki\"]")]),
    ];
    let all = seen(events.clone(), None);
    let told: Vec<&str> = all.signals.iter().map(|s| s.detector.as_str()).collect();
    assert_eq!(told, ["new_app", "consent", "app_secret_added", "mail_app_role", "ews_collection", "audit_tampering"]);
    assert!(by(&all, "consent")[0].because.contains("created less than seven days before"));
    assert_eq!(by(&all, "ews_collection")[0].subjects, ["ann@hill.example", "bob@hill.example"]);
    assert!(all.cannot_say.iter().any(|gap| gap.contains("may miss records")));
    events.retain(|e| {
        e.time < Some(Timestamp(1_760_000_000 + (week + 100) * 60)) || e.time >= Some(Timestamp(1_760_000_000 + (week + 200) * 60))
    });
    assert!(seen(events, None).signals.is_empty());
}

proptest! {
    #[test]
    fn no_property_of_a_change_makes_a_detector_fall(
        operation in prop::sample::select(&OPERATIONS[..]),
        name in prop::sample::select(&PROPERTIES[..]),
        old in any::<Option<String>>(),
        new in "(\\[\\{\"=>,:: Scope: KeyIdentifier=|EntitlementId\"|DisabledPlans=\\[|[\\[\\]{}\",=>:.@ a-z\u{2013}\u{fffd}0-9]){0,40}",
        source in prop::sample::select(&LogSource::ALL[..]),
        time in any::<Option<i32>>(),
    ) {
        let event = Event {
            time: time.map(|t| Timestamp(t.into())),
            operation: operation.to_owned(),
            properties: vec![Property { name: name.to_owned(), old, new: Some(new) }],
            ..Event::new(source)
        };
        seen(vec![event], None);
    }
}

const OPERATIONS: [&str; 12] = [
    "Update application \u{2013} Certificates and secrets management ",
    "Update application.",
    "Consent to application.",
    "Remove delegated permission grant.",
    "Update authorization policy.",
    "Update user.",
    "New-InboxRule",
    "Set-Mailbox",
    "PutBucketLifecycle",
    "PutUserPolicy",
    "SetIamPolicy",
    "MailItemsAccessed",
];

const PROPERTIES: [&str; 14] = [
    "KeyDescription",
    "FederatedIdentityCredentials",
    "RequiredResourceAccess",
    "ConsentAction.Permissions",
    "DelegatedPermissionGrant.Scope",
    "PermissionGrantPolicyIdsAssignedToDefaultUserRole",
    "additionalDetails",
    "AssignedLicense",
    "ForwardTo",
    "RuleActions",
    "AuditLogAgeLimit",
    "LifecycleConfiguration",
    "policyDocument",
    "bindingDeltas",
];
