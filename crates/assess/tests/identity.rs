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
