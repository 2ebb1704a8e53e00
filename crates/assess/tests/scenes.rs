//! Whole stories through all detectors, and events that make no sense.
#![allow(missing_docs)]

use aftermail_assess::signals::{Detectors, Scene, Seen};
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome, Property, Timestamp};
use proptest::prelude::*;

const START: i64 = 1_767_225_600;

fn event(second: i64, source: LogSource, operation: &str, actor: &str) -> Event {
    Event {
        id: format!("{second}/{operation}/{actor}"),
        time: Some(Timestamp(START + second)),
        operation: operation.to_owned(),
        actor: Some(actor.to_owned()),
        actor_kind: ActorKind::User,
        outcome: Outcome::Success,
        ..Event::new(source)
    }
}

fn tried(second: i64, actor: &str, code: &str, address: String) -> Event {
    Event {
        outcome: if code == "0" { Outcome::Success } else { Outcome::Failure },
        result: Some(code.to_owned()),
        agent: Some("tool/1".to_owned()),
        address: Some(address),
        ..event(second, LogSource::EntraSignIn, "Sign-in activity", actor)
    }
}

fn seen(scene: Scene, events: &[Event]) -> Seen {
    let mut detectors = Detectors::new(scene);
    events.iter().for_each(|e| detectors.see(e));
    detectors.finish()
}

#[test]
fn a_spray_a_device_and_the_use_of_a_secret_tell_one_story_with_exposed_accounts_first() {
    let mut events: Vec<Event> = (0..8).map(|n| tried(n * 3_600, &format!("u{n}@x.example"), "50126", format!("203.0.{n}.9"))).collect();
    events.push(tried(40_000, "test@x.example", "0", "203.0.99.9".to_owned()));
    let device = event(41_000, LogSource::UnifiedAudit, "Add registered owner to device.", "ServicePrincipal_1");
    events.push(Event { target: Some("Test@x.example".to_owned()), ..device });
    let key = CredentialId::AwsAccessKey("AKIAEXAMPLE".to_owned());
    let call = event(50_000, LogSource::CloudTrail, "GetObject", "arn:aws:iam::1:user/ci");
    events.push(Event { credential: Some(key.clone()), ..call });
    let scene = Scene {
        exposed_accounts: ["test@x.example".to_owned()].into(),
        exposed_credentials: [(key, Some(Timestamp(START)))].into(),
        ..Scene::default()
    };
    let seen = seen(scene, &events);
    let told: Vec<_> = seen.signals.iter().map(|s| (s.detector.as_str(), s.exposed_account)).collect();
    assert_eq!(told, [("spray", true), ("device_registered", true), ("exposed_key_used", false)], "{seen:?}");
}

/// A month of an ordinary organisation: people sign in at the office and at home, mistype and try again, take their phones along, answer a
/// second factor late; machines use keys and vaults; strangers knock at the mail server now and then.
fn ordinary_month() -> Vec<Event> {
    let mut state = 7_u64;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let agents =
        ["Mozilla/5.0 (Windows NT 10.0) Chrome/120.0", "Mozilla/5.0 (Macintosh; Mac OS X) Safari/17", "Outlook-Android/4", "Teams/1"];
    let mut events = Vec::new();
    for day in 0..30 {
        for user in 0..200 {
            let name = format!("u{user}@x.example");
            let second = day * 86_400 + 28_800 + random(7_200) as i64;
            let home = format!("203.{}.{user}.9", user % 40);
            let at = if random(3) == 0 { home.clone() } else { "198.51.100.7".to_owned() };
            let agent = agents[(user % 3) as usize];
            let session = format!("s{user}/{day}");
            let sign = |second, code: &str, at: &str, agent: &str| Event {
                agent: Some(agent.to_owned()),
                target: Some("Exchange".to_owned()),
                session: Some(session.clone()),
                ..tried(second, &name, code, at.to_owned())
            };
            if random(20) == 0 {
                events.extend((0..=random(3) as i64).map(|n| sign(second - 60 + n * 9, "50126", &at, agent)));
            }
            if random(50) == 0 {
                events.push(sign(second - 20, "500121", &at, agent));
            }
            events.push(sign(second, "0", &at, agent));
            // The phone goes home: another network, the same program.
            events.push(sign(second + 36_000, "0", &home, agent));
            let read = Event { actor_kind: ActorKind::User, ..event(second + 600, LogSource::UnifiedAudit, "MailItemsAccessed", &name) };
            events.push(Event { session: Some(session.clone()), address: Some(at.clone()), agent: Some("Client=OWA".to_owned()), ..read });
            if random(300) == 0 {
                let search = event(second + 700, LogSource::UnifiedAudit, "SearchQueryInitiatedExchange", &name);
                let query = Property { name: "QueryText".to_owned(), old: None, new: Some("minutes of the meeting".to_owned()) };
                events.push(Event { properties: vec![query], ..search });
            }
        }
        let get = event(day * 86_400 + 3_600, LogSource::Azure, "SecretGet", "app");
        events.push(Event {
            target: Some("https://v.vault.example/secrets/a/1".to_owned()),
            address: Some("192.0.2.50".to_owned()),
            ..get
        });
        for user in 0..30 {
            let second = day * 86_400 + 30_000 + random(20_000) as i64;
            let login = |second, outcome| Event {
                address: Some(format!("203.1.{user}.9")),
                outcome,
                ..event(second, LogSource::Dovecot, "imap-login", &format!("u{user}"))
            };
            if random(15) == 0 {
                events.push(login(second, Outcome::Failure));
            }
            events.push(login(second + 30, Outcome::Success));
        }
    }
    events.sort_by_key(|e| e.time);
    events
}

#[test]
fn an_ordinary_month_raises_nothing() {
    let seen = seen(Scene::default(), &ordinary_month());
    assert!(seen.signals.is_empty(), "{:#?}", seen.signals);
}

#[test]
fn a_slow_spray_hidden_in_that_month_by_everybody_s_program_is_all_that_is_seen() {
    let mut events = ordinary_month();
    let by_all = |second: i64, user: i64, code: &str, at: i64| Event {
        agent: Some("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0".to_owned()),
        target: Some("Exchange".to_owned()),
        ..tried(second, &format!("u{user}@x.example"), code, format!("192.{at}.2.9"))
    };
    events.extend((0..30).map(|n| by_all(8 * 86_400 + n * 14_400, n * 5 + 1, "50126", 100 + n % 10)));
    events.push(by_all(13 * 86_400 + 9, 199, "50076", 103));
    events.sort_by_key(|e| e.time);
    let seen = seen(Scene::default(), &events);
    let told: Vec<_> = seen.signals.iter().map(|s| (s.detector.as_str(), s.subjects.as_slice(), s.addresses.len())).collect();
    assert_eq!(told, [("spray", ["u199@x.example".to_owned()].as_slice(), 10)], "{seen:#?}");
}

/// Few names, so that they meet.
fn any_event() -> impl Strategy<Value = Event> {
    let operation = prop_oneof![
        Just("UserLoggedIn"),
        Just("UserLoginFailed"),
        Just("MailItemsAccessed"),
        Just("SearchCreated"),
        Just("Add device."),
        Just("SecretGet"),
        Just("1200"),
        Just("sasl"),
        Just("Set domain authentication"),
        Just("\u{2013}")
    ];
    let source = (0..LogSource::ALL.len()).prop_map(|n| LogSource::ALL[n]);
    // The farthest times that readers of logs give.
    let time = prop_oneof![Just(None), (0..40_000_000_i64).prop_map(Some), Just(Some(1 << 40)), Just(Some(-(1 << 40)))];
    let name = || prop_oneof![Just(None), "[a-c@é:/]{0,4}".prop_map(Some)];
    let address = prop_oneof![Just(None), "203\\.0\\.[0-9]\\.[0-9]".prop_map(Some), Just(Some("::1".to_owned())), ".{0,6}".prop_map(Some)];
    let result = prop_oneof![Just(None), Just(Some("50126")), Just(Some("500121")), Just(Some("50074"))];
    let outcome = prop_oneof![Just(Outcome::Success), Just(Outcome::Failure), Just(Outcome::Unknown)];
    (operation, source, time, [name(), name(), name(), name(), name()], address, result, outcome).prop_map(
        |(operation, source, time, [actor, target, session, token, agent], address, result, outcome)| Event {
            id: "id".to_owned(),
            time: time.map(Timestamp),
            operation: operation.to_owned(),
            actor_kind: ActorKind::User,
            properties: vec![Property { name: "QueryText".to_owned(), old: None, new: agent.clone() }],
            result: result.map(str::to_owned),
            actor,
            target,
            session,
            token,
            agent,
            address,
            outcome,
            ..Event::new(source)
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_event_stops_a_detector_and_no_signal_grows_without_bound(events in proptest::collection::vec(any_event(), 0..200)) {
        let seen = seen(Scene::default(), &events);
        for signal in &seen.signals {
            let lists = [&signal.subjects, &signal.addresses, &signal.sessions, &signal.apps, &signal.rests_on];
            prop_assert!(lists.iter().all(|l| l.len() <= 100));
            prop_assert!(!signal.because.is_empty() && !signal.title.is_empty());
        }
    }
}
