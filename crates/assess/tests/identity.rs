//! Detectors of accounts and credentials over logs that nobody of us wrote.
#![allow(missing_docs)]

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
