use super::*;
use crate::coverage::{CoverageFold, Terms};
use crate::exposure::Window;
use aftermail_model::{Locator, LogSource, Message, Property};

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).expect("a time")
}

fn message(n: u64, folder: Option<&str>, custodian: Option<&str>, received: &str) -> Message {
    Message {
        at: Locator { evidence: "pst".to_owned(), offset: n, length: 1 },
        sameness: format!("s{n}"),
        message_id: Some(format!("<{n}@contoso.example>")),
        folder: folder.map(str::to_owned),
        custodian: custodian.map(str::to_owned),
        received: Some(at(received)),
        ..Message::default()
    }
}

/// Reading of a mailbox from an address.
fn access(mailbox: &str, time: &str, kind: &str, address: &str, messages: &[u64], folder: &str) -> Event {
    let property = |name: &str, new: &str| Property { name: name.to_owned(), old: None, new: Some(new.to_owned()) };
    Event {
        id: format!("{kind}-{time}"),
        time: Some(at(time)),
        operation: "MailItemsAccessed".to_owned(),
        actor: Some(mailbox.to_owned()),
        target: Some(mailbox.to_owned()),
        address: Some(address.to_owned()),
        outcome: Outcome::Success,
        properties: vec![property("MailAccessType", kind), property("Folder", folder)],
        messages: messages.iter().map(|n| format!("<{n}@CONTOSO.example>")).collect(),
        ..Event::new(LogSource::UnifiedAudit)
    }
}

const JANE: &str = "jane@contoso.example";
const HOME: &str = "198.51.100.1";
const THIEF: &str = "203.0.113.9";

/// Jane and Bob read their mail at home on each day of January and February.
fn usual_days() -> Vec<Event> {
    let mut events = Vec::new();
    for mailbox in ["Jane@contoso.example", "bob@contoso.example"] {
        for day in 0..60 {
            let time = Timestamp(at("2024-01-01T23:30:00Z").0 + day * DAY).to_string();
            events.push(access(mailbox, &time, "Bind", HOME, &[99], "\\Inbox"));
        }
    }
    events
}

fn intruder() -> Intruder {
    let window = Window { from: Some(at("2024-02-01")), to: Some(at("2024-02-20")) };
    Intruder { addresses: [THIEF.to_owned()].into(), window, ..Intruder::default() }
}

fn verdicts(messages: &[Message], mut events: Vec<Event>, intruder: Intruder) -> Vec<Exposure> {
    events.sort_by_key(|e| e.time);
    let held: Vec<Held<'_>> = messages.iter().map(Held::from).collect();
    let mut coverage = CoverageFold::new(Terms::default(), None);
    let mut reading = ReadingFold::new(&held, intruder);
    for e in &events {
        coverage.see(e);
        reading.see(e);
    }
    let as_of = at("2024-03-20");
    reading.finish(&coverage.finish(as_of), as_of)
}

fn words(all: &[Exposure]) -> Vec<Exposed> {
    all.iter().map(|e| e.exposed).collect()
}

#[test]
fn each_message_gets_the_verdict_that_its_records_bear() {
    let mailboxes = [
        message(1, Some("Inbox"), Some("Jane <jane@contoso.example>"), "2023-05-01"),
        message(2, Some("Posteingang"), Some("bob"), "2023-05-01"),
        message(3, Some("Projects"), Some("bob"), "2023-05-01"),
        message(4, Some("Inbox"), Some(JANE), "2023-05-01"),
        message(5, Some("Inbox"), Some(JANE), "2023-05-01"),
        message(6, Some("Inbox"), Some("carol@contoso.example"), "2023-05-01"),
        message(7, Some("Inbox"), None, "2023-05-01"),
    ];
    let mut events = usual_days();
    events.push(access(JANE, "2024-02-03T10:00:00Z", "Bind", THIEF, &[1], "\\Inbox"));
    events.push(access(JANE, "2024-02-04T10:00:00Z", "Bind", THIEF, &[1], "\\Inbox"));
    events.push(access("bob@contoso.example", "2024-02-05T10:00:00Z", "Sync", THIEF, &[], "Inbox"));
    events.push(access(JANE, "2024-02-06T10:00:00Z", "Bind", "192.0.2.77", &[4], "\\Inbox"));
    events.push(access(JANE, "2024-02-07T10:00:00Z", "Bind", HOME, &[5], "\\Inbox"));
    let all = verdicts(&mailboxes, events, intruder());
    assert_eq!(
        words(&all),
        [
            Exposed::Read,
            Exposed::AssumedSync,
            Exposed::NotReadCovered,
            Exposed::ReadByUnknown,
            Exposed::NotReadCovered,
            Exposed::NotReadUncovered,
            Exposed::NotReadUncovered,
        ],
        "{all:#?}"
    );
    assert_eq!((all[0].first, all[0].last), (Some(at("2024-02-03T10:00:00Z")), Some(at("2024-02-04T10:00:00Z"))));
    assert_eq!(all[0].rests_on, ["Bind-2024-02-03T10:00:00Z", "Bind-2024-02-04T10:00:00Z"]);
    assert!(all[0].because.contains(THIEF) && all[4].because.contains("before the theft"), "{all:#?}");
}

#[test]
fn what_came_after_the_synchronisation_was_not_in_it() {
    let messages = [message(1, Some("Inbox"), Some(JANE), "2024-02-10"), message(2, None, Some(JANE), "2024-02-01")];
    let mut events = usual_days();
    events.push(access(JANE, "2024-02-05T10:00:00Z", "Sync", THIEF, &[], "Inbox"));
    let all = verdicts(&messages, events, intruder());
    assert_eq!(words(&all), [Exposed::NotReadCovered, Exposed::AssumedSync], "{all:#?}");
    assert!(all[1].because.contains("which one the message lay is not known"), "{all:#?}");
}

#[test]
fn a_record_that_names_fewer_than_it_counts_takes_its_folder() {
    let messages = [message(1, Some("Inbox"), Some(JANE), "2023-05-01"), message(2, Some("Inbox"), Some(JANE), "2023-05-01")];
    let of_count = |count: &str| {
        let mut events = usual_days();
        let mut bind = access(JANE, "2024-02-05T10:00:00Z", "Bind", THIEF, &[1], "\\Inbox");
        bind.properties.push(Property { name: "OperationCount".to_owned(), old: None, new: Some(count.to_owned()) });
        events.push(bind);
        words(&verdicts(&messages, events, intruder()))
    };
    assert_eq!(of_count("1"), [Exposed::Read, Exposed::NotReadCovered]);
    assert_eq!(of_count("5"), [Exposed::Read, Exposed::AssumedSync]);
}

#[test]
fn while_recording_was_throttled_everything_counts_as_read() {
    let messages = [message(1, Some("Inbox"), Some(JANE), "2023-05-01"), message(2, Some("Inbox"), Some(JANE), "2024-02-19")];
    let mut events = usual_days();
    let mut throttled = access(JANE, "2024-02-05T10:00:00Z", "Bind", THIEF, &[77], "\\Inbox");
    throttled.properties.push(Property { name: "IsThrottled".to_owned(), old: None, new: Some("True".to_owned()) });
    events.push(throttled);
    let all = verdicts(&messages, events, intruder());
    assert_eq!(words(&all), [Exposed::AssumedUnrecorded, Exposed::NotReadCovered], "{all:#?}");
    assert_eq!(all[0].first, Some(at("2024-02-05T10:00:00Z")));
}

#[test]
fn in_a_mailbox_that_records_nothing_a_sign_in_is_enough() {
    let messages = [message(1, Some("Inbox"), Some("carol@contoso.example"), "2023-05-01")];
    let sign_in = |actor: &str, kind| Event {
        time: Some(at("2024-02-05T10:00:00Z")),
        operation: "Sign-in activity".to_owned(),
        actor: Some(actor.to_owned()),
        actor_kind: kind,
        address: Some(THIEF.to_owned()),
        outcome: Outcome::Success,
        ..Event::new(LogSource::EntraSignIn)
    };
    for (actor, kind) in [("Carol@contoso.example", aftermail_model::ActorKind::User), ("app", aftermail_model::ActorKind::Application)] {
        let mut events = usual_days();
        events.push(sign_in(actor, kind));
        assert_eq!(words(&verdicts(&messages, events.clone(), intruder())), [Exposed::AssumedUnrecorded], "{actor}");
        events.last_mut().expect("one").outcome = Outcome::Failure;
        assert_eq!(words(&verdicts(&messages, events, intruder())), [Exposed::NotReadUncovered], "{actor}");
    }
    let lost = Intruder { accounts: ["carol@contoso.example".to_owned()].into(), ..intruder() };
    assert_eq!(words(&verdicts(&messages, usual_days(), lost)), [Exposed::AssumedUnrecorded]);
}

#[test]
fn what_the_intruder_does_elsewhere_opens_no_mailbox() {
    let messages = [message(1, Some("Inbox"), Some("carol@contoso.example"), "2023-05-01")];
    let event = |source, operation: &str, target: Option<&str>| Event {
        time: Some(at("2024-02-05T10:00:00Z")),
        operation: operation.to_owned(),
        actor: Some("admin@contoso.example".to_owned()),
        target: target.map(str::to_owned),
        address: Some(THIEF.to_owned()),
        outcome: Outcome::Success,
        ..Event::new(source)
    };
    for elsewhere in [
        event(LogSource::CloudTrail, "GetObject", None),
        event(LogSource::UnifiedAudit, "Reset user password.", Some("carol@contoso.example")),
        event(LogSource::EntraSignIn, "Sign-in activity", None),
    ] {
        let mut events = usual_days();
        events.push(elsewhere);
        assert_eq!(words(&verdicts(&messages, events, intruder())), [Exposed::NotReadUncovered]);
    }
}

#[test]
fn copies_share_the_fate_of_the_one_that_was_taken() {
    let mut copy = message(2, Some("Archive"), Some("bob"), "2023-05-01");
    copy.sameness = "s1".to_owned();
    copy.message_id = None;
    let messages = [message(1, Some("Inbox"), Some(JANE), "2023-05-01"), copy];
    let mut events = usual_days();
    events.push(access(JANE, "2024-02-03T10:00:00Z", "Bind", THIEF, &[1], "\\Inbox"));
    let all = verdicts(&messages, events, intruder());
    assert_eq!(words(&all), [Exposed::Read, Exposed::Read]);
    assert!(all[1].because.starts_with("another copy"), "{all:#?}");
}

#[test]
fn without_an_intruder_nobody_is_accused_and_without_a_log_nothing_is_said() {
    let messages = [message(99, Some("Inbox"), Some(JANE), "2023-05-01")];
    assert_eq!(words(&verdicts(&messages, usual_days(), Intruder::default())), [Exposed::ReadByUnknown]);
    assert!(verdicts(&messages, Vec::new(), intruder()).is_empty());
}
