//! What the audit log of a real tenant is worth, day by day.
#![allow(missing_docs)]

#[path = "../../logs/tests/common/mod.rs"]
mod common;

use aftermail_assess::coverage::{CoverageFold, Terms, provable, to_export};
use aftermail_model::{Cover, Coverage, Event, LogSource, Timestamp};
use common::{kept, logs};
use std::collections::{BTreeMap, BTreeSet, HashSet};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

#[test]
fn the_log_of_a_real_tenant_is_told_day_by_day_and_mailbox_by_mailbox() {
    let Some(dir) = logs("invictus-o365") else { return };
    let facts: serde_json::Value = serde_json::from_slice(&std::fs::read(dir.join("FACTS.json")).expect("facts")).expect("JSON");
    let mut seen = HashSet::new();
    let mut events: Vec<Event> = kept(&std::fs::read(dir.join("auditrecords.csv")).expect("the export"))
        .events
        .into_iter()
        .filter(|e| seen.insert(e.id.clone()))
        .collect();
    events.sort_by_key(|e| e.time);
    let mut fold = CoverageFold::new(Terms::default(), None);
    events.iter().for_each(|e| fold.see(e));
    let as_of = at("2021-07-25T12:00:00Z");
    let rows = fold.finish(as_of);

    let whole: BTreeMap<String, &Coverage> = rows.iter().filter(|c| c.subject.is_none()).map(|c| (c.day.date(), c)).collect();
    assert_eq!(serde_json::json!(whole.values().map(|c| c.events).sum::<u64>()), facts["distinct_ids"]);
    assert_eq!(whole.first_key_value().map(|(day, _)| day.as_str()), Some("2021-03-23"));
    // A day with records is covered, until the log ends in the morning of its last.
    let with: Vec<_> = whole.values().filter(|c| c.events > 0).collect();
    assert!(with.iter().all(|c| c.cover.is_covered() == (c.day != at("2021-07-20"))));
    // Single silent days in a tenant of a few people are quiet, and say so.
    let silent = whole.values().filter(|c| c.events == 0 && c.day < at("2021-07-20"));
    assert!(silent.clone().count() > 10 && silent.clone().all(|c| c.because.contains("often silent") == c.cover.is_covered()));
    assert_eq!(whole["2021-07-22"].cover, Cover::Gap);
    assert_eq!(whole["2021-07-25"].cover, Cover::Delayed);

    // Each mailbox that recorded reading has rows, with as many records as others counted.
    let mut read: BTreeMap<&str, u64> = BTreeMap::new();
    let mut never: BTreeSet<&str> = BTreeSet::new();
    for row in rows.iter().filter(|c| c.source == LogSource::UnifiedAudit) {
        let Some(mailbox) = row.subject.as_deref().and_then(|s| s.strip_prefix("mailbox:")) else { continue };
        *read.entry(mailbox).or_default() += row.events;
        if row.cover == Cover::Unlicensed {
            never.insert(mailbox);
        }
    }
    let counted = facts["mail_items_accessed"]["by_mailbox"].as_object().expect("counts");
    for (mailbox, count) in counted {
        assert_eq!(serde_json::json!(read[mailbox.as_str()]), *count, "{mailbox}");
    }
    assert!(never.iter().any(|m| !counted.contains_key(*m)), "{never:?}");
    assert!(rows.iter().all(|c| c.cover != Cover::Throttled));

    let export = to_export(&rows, &Terms::default(), as_of);
    assert!(export.iter().any(|e| e.source == LogSource::EntraSignIn && e.is_urgent(as_of)), "{export:?}");
    for sentence in provable(&rows) {
        eprintln!("{sentence}");
    }
    export.iter().for_each(|e| eprintln!("{}", e.sentence));
}
