//! What the mailboxes of a real tenant recorded of their being read, against messages made of it.
#![allow(missing_docs)]

#[path = "../../logs/tests/common/mod.rs"]
mod common;

use aftermail_assess::coverage::{CoverageFold, Terms};
use aftermail_assess::exposure::{Held, Intruder, ProviderList, ReadingFold, Rule, Window, reconcile};
use aftermail_logs::list;
use aftermail_model::{Event, Exposed, Exposure, Locator, Message, Timestamp};
use common::{kept, logs};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;
use std::sync::OnceLock;

/// Events of the export, each once, in the order of time.
fn events(dir: &Path) -> &'static [Event] {
    static EVENTS: OnceLock<Vec<Event>> = OnceLock::new();
    EVENTS.get_or_init(|| {
        let mut seen = HashSet::new();
        let all = kept(&std::fs::read(dir.join("auditrecords.csv")).expect("the export")).events;
        let mut events: Vec<Event> = all.into_iter().filter(|e| seen.insert(e.id.clone())).collect();
        events.sort_by_key(|e| e.time);
        events
    })
}

fn message(n: usize, id: &str, mailbox: &str, folder: &str, received: &str) -> Message {
    Message {
        at: Locator { evidence: "made".to_owned(), offset: n as u64, length: 1 },
        sameness: format!("s{n}"),
        message_id: Some(id.to_owned()),
        custodian: Some(mailbox.to_owned()),
        folder: Some(folder.to_owned()),
        received: Timestamp::parse(received),
        ..Message::default()
    }
}

/// One message for each mailbox and id that the log names.
fn read_messages(events: &[Event]) -> Vec<Message> {
    let read = events.iter().filter(|e| e.operation == "MailItemsAccessed");
    let pairs: BTreeSet<(&str, &str)> =
        read.flat_map(|e| e.messages.iter().map(|m| (e.target.as_deref().unwrap_or_default(), m.as_str()))).collect();
    pairs.into_iter().enumerate().map(|(n, (mailbox, id))| message(n, id, mailbox, "Inbox", "2021-01-01")).collect()
}

fn verdicts(messages: &[Message], events: &[Event], intruder: Intruder) -> Vec<Exposure> {
    let held: Vec<Held<'_>> = messages.iter().map(Held::from).collect();
    let mut coverage = CoverageFold::new(Terms::default(), None);
    let mut reading = ReadingFold::new(&held, intruder);
    for e in events {
        coverage.see(e);
        reading.see(e);
    }
    let as_of = Timestamp::parse("2021-07-25").expect("a day");
    reading.finish(&coverage.finish(as_of), as_of)
}

fn counted(all: &[Exposure]) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    all.iter().for_each(|e| *counts.entry(e.exposed.as_str()).or_default() += 1);
    counts
}

#[test]
fn every_recorded_read_is_found_and_told_by_its_context() {
    let Some(dir) = logs("invictus-o365") else { return };
    let facts: Value = serde_json::from_slice(&std::fs::read(dir.join("FACTS.json")).expect("facts")).expect("JSON");
    let events = events(&dir);
    let messages = read_messages(events);
    let mail = &facts["mail_items_accessed"];
    assert_eq!(json!(messages.len()), mail["distinct_mailbox_message_pairs"]);

    // Nobody is accused where no intruder is known.
    let unknown = verdicts(&messages, events, Intruder::default());
    assert_eq!(counted(&unknown), BTreeMap::from([("read_by_unknown", messages.len())]));
    let rests_on: BTreeSet<&str> = unknown.iter().flat_map(|e| e.rests_on.iter().map(String::as_str)).collect();
    let binds = mail["bind"].as_u64().expect("a count") as usize;
    assert!((binds * 9 / 10..=binds).contains(&rests_on.len()), "{} of {binds}", rests_on.len());

    // By its address, the intruder read what the log says of that address, and no more.
    for address in ["80.114.221.214", "34.99.77.20", "62.149.20.10"] {
        let intruder = Intruder { addresses: [address.to_owned()].into(), ..Intruder::default() };
        let own = events.iter().filter(|e| e.operation == "MailItemsAccessed" && e.address.as_deref() == Some(address));
        let ids: BTreeSet<&str> = own.flat_map(|e| e.messages.iter().map(String::as_str)).collect();
        let all = verdicts(&messages, events, intruder);
        let read = all.iter().zip(&messages).filter(|(e, _)| e.exposed == Exposed::Read);
        let read: BTreeSet<&str> = read.filter_map(|(_, m)| m.message_id.as_deref()).collect();
        assert_eq!(read, ids, "{address}");
        assert!(!read.is_empty(), "{address}");
    }
}

#[test]
fn a_synchronised_folder_counts_as_taken_up_to_then() {
    let Some(dir) = logs("invictus-o365") else { return };
    let events = events(&dir);
    let joey = "joey@dutchmasterz.onmicrosoft.com";
    let messages = [
        message(1, "<1@made.example>", joey, "Top of Personal Folders/A TRAITER", "2020-01-01"),
        message(2, "<2@made.example>", joey, "Top of Personal Folders/Boîte de réception", "2020-01-01"),
        message(3, "<3@made.example>", joey, "Top of Personal Folders/A TRAITER", "2021-07-01"),
        message(4, "<4@made.example>", joey, "Top of Personal Folders/Elsewhere", "2020-01-01"),
        message(5, "<5@made.example>", "AdeleV@dutchmasterz.onmicrosoft.com", "Top of Personal Folders/A TRAITER", "2020-01-01"),
    ];
    let session = "22af9fa5-8cde-4e78-a41e-e34758490cf3";
    let window = Window { from: Timestamp::parse("2021-05-10"), to: Timestamp::parse("2021-07-10") };
    let intruder = Intruder { sessions: [session.to_owned()].into(), window, ..Intruder::default() };
    let all = verdicts(&messages, events, intruder);
    let words: Vec<Exposed> = all.iter().map(|e| e.exposed).collect();
    assert_eq!(words[..2], [Exposed::AssumedSync; 2], "{all:#?}");
    assert!(words[2..].iter().all(|e| !e.counts_as_taken()), "{all:#?}");
    assert_eq!(all[0].first, Timestamp::parse("2021-05-16T18:00:30Z"));
    assert!(all[0].because.contains(session), "{all:#?}");
}

#[test]
fn a_list_of_what_was_read_finds_every_copy() {
    let Some(dir) = logs("invictus-o365") else { return };
    let facts: Value = serde_json::from_slice(&std::fs::read(dir.join("FACTS.json")).expect("facts")).expect("JSON");
    let messages = read_messages(events(&dir));
    let ids: BTreeSet<&str> = messages.iter().filter_map(|m| m.message_id.as_deref()).collect();
    let csv: String = ids.iter().map(|id| format!("\"{}\",2021-05-01\n", id.replace('"', "\"\""))).collect();
    let list = list::read(format!("Internet Message ID,Date (UTC)\n{csv}<not@held.example>,2021-05-01\n").as_bytes(), None);
    assert_eq!(json!(list.rows.len() - 1), facts["mail_items_accessed"]["distinct_message_ids"]);
    assert!(list.rejects.is_empty(), "{:?}", list.rejects);
    let held: Vec<Held<'_>> = messages.iter().map(Held::from).collect();
    let out = reconcile(&[ProviderList { name: "list.csv", rows: &list.rows }], &held, &Rule::default());
    assert_eq!(json!(out.exposures.len()), facts["mail_items_accessed"]["distinct_mailbox_message_pairs"]);
    assert!(out.exposures.iter().all(|e| e.exposed == Exposed::Listed));
    assert_eq!((out.missing.len(), out.probable.len()), (1, 0));
}
