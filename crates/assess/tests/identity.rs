//! Detectors of accounts and credentials over logs that nobody of us wrote.
#![allow(missing_docs)]

#[path = "../../logs/tests/common/mod.rs"]
mod common;

use aftermail_assess::signals::{Detectors, Scene, Seen};
use aftermail_model::Event;
use common::{kept, logs};
use std::collections::BTreeSet;
use std::path::Path;

/// What all detectors say of the events of a file, each once and in the order of their time.
fn seen(file: &Path, scene: Scene) -> Seen {
    let mut ids = BTreeSet::new();
    let mut events: Vec<Event> = kept(&std::fs::read(file).expect("a file")).events;
    events.retain(|e| ids.insert(e.id.clone()));
    events.sort_by_key(|e| (e.time.is_none(), e.time));
    let mut detectors = Detectors::new(scene);
    events.iter().for_each(|e| detectors.see(e));
    detectors.finish()
}

#[test]
fn sprays_of_six_tools_are_seen_and_the_one_without_success_is_told_apart() {
    let Some(dir) = logs("det-eng-samples") else { return };
    let mut opened = 0;
    for file in common::files_below(&dir.join("dataset")) {
        let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let seen = seen(&file, Scene::default());
        let sprays: Vec<_> = seen.signals.iter().filter(|s| s.detector == "spray").collect();
        eprintln!("{name}: {:?}", seen.signals.iter().map(|s| (&s.detector, &s.because)).collect::<Vec<_>>());
        assert_eq!(sprays.len(), usize::from(name.starts_with("t1110.003")), "{name}: {sprays:?}");
        opened += sprays.iter().filter(|s| s.title.contains("was right")).count();
    }
    assert_eq!(opened, 5);
}

#[test]
fn addresses_from_which_researchers_also_sign_in_raise_no_spray() {
    let Some(dir) = logs("invictus-o365") else { return };
    let seen = seen(&dir.join("auditrecords.csv"), Scene::default());
    for s in &seen.signals {
        eprintln!("{} {} {:?} {:?}: {}", s.detector, s.title, s.subjects, s.addresses, s.because);
    }
    assert!(seen.signals.iter().all(|s| s.detector != "spray"));
}

/// Addresses for which the scenario of a test of CrowdSec's hub raises an alert; those without a scenario raise none.
fn alerted(dir: &Path) -> BTreeSet<String> {
    let text = std::fs::read_to_string(dir.join("scenario.assert")).unwrap_or_default();
    text.split('"').filter(|t| t.parse::<std::net::IpAddr>().is_ok()).map(str::to_owned).collect()
}

#[test]
fn guessing_on_mail_servers_is_seen_where_crowdsec_sees_it() {
    let Some(dir) = logs("crowdsec-hub-tests") else { return };
    let (mut scenarios, mut silent) = (0, 0);
    for test in std::fs::read_dir(dir.join("tests")).expect("tests").flatten() {
        let name = test.file_name().to_string_lossy().into_owned();
        if !["dovecot", "postfix", "exchange", "exim", "zimbra"].iter().any(|p| name.starts_with(p)) {
            continue;
        }
        let seen = seen(&test.path().join(format!("{name}.log")), Scene::default());
        let got: BTreeSet<String> =
            seen.signals.iter().filter(|s| s.detector == "mail_guessing").flat_map(|s| s.addresses.clone()).collect();
        let want = alerted(&test.path());
        eprintln!("{name}: {want:?}, {got:?}");
        match name.as_str() {
            // A test of the parser, whose lines are guesses all the same.
            "dovecot-logs" => assert_eq!((want.len(), got.len()), (0, 2)),
            _ => assert_eq!(got, want, "{name}"),
        }
        if want.is_empty() { silent += 1 } else { scenarios += 1 }
    }
    assert_eq!((scenarios, silent), (12, 7));
}

/// Subjects of Panther's labels that name what a detector here names.
const SUBJECTS: [(&str, &str, &str); 9] = [
    ("azure_signin", "Azure.Audit.DomainSettingsModified", "federation_changed"),
    ("azure_signin", "Azure.Audit.ROPCLoginNoMFA", "dormant_sign_in"),
    ("azure_signin", "Azure.Audit.GraphSessionMultipleIPs", "token_replay"),
    ("azure_activity", "Azure.MonitorActivity.KeyVault.SecretAccessedOrRecovered", "secret_store_read"),
    ("aws_cloudtrail", "AWS.SSM.DecryptSSMParams", "secret_store_read"),
    ("aws_cloudtrail", "AWS.SecretsManager.RetrieveSecrets", "secret_store_read"),
    ("aws_cloudtrail", "AWS.SecretsManager.BatchRetrieveSecretsCatchAll", "secret_store_read"),
    ("aws_cloudtrail", "AWS.SecretsManager.RetrieveSecretsMultiRegion", "secret_store_read"),
    ("gcp_audit", "GCP.Inbound.SSO.Profile.Created", "federation_changed"),
];

#[test]
fn labelled_subjects_are_hit_where_one_record_can_tell_them() {
    let Some(dir) = logs("panther-labelled-tests") else { return };
    let (mut hit, mut missed, mut wrong, mut silent) = (0, 0, 0, 0);
    for (set, subject, detector) in SUBJECTS {
        let text = std::fs::read_to_string(dir.join(format!("{set}_rules.jsonl"))).expect("a set");
        let tests = text.lines().map(|l| serde_json::from_str::<serde_json::Value>(l).expect("JSON"));
        for test in tests.filter(|t| t["rule_id"] == subject) {
            let mut detectors = Detectors::new(Scene { since: Some(aftermail_model::Timestamp(0)), ..Scene::default() });
            kept(test["log"].to_string().as_bytes()).events.iter().for_each(|e| detectors.see(e));
            let seen = detectors.finish().signals.iter().any(|s| s.detector == detector);
            *match (test["expected"] == true, seen) {
                (true, true) => &mut hit,
                (true, false) => &mut missed,
                (false, true) => &mut wrong,
                (false, false) => &mut silent,
            } += 1;
        }
    }
    // Missed is a session of which the record shows one end only.
    assert_eq!((hit, missed, wrong, silent), (13, 1, 0, 10));
}
