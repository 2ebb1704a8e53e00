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
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

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
