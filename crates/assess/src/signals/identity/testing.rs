//! Invented events.

use crate::signals::{Detector, Seen};
use aftermail_model::{ActorKind, Event, LogSource, Outcome, Property, Timestamp};

/// 2026-01-01T00:00:00Z.
pub(in crate::signals) const START: i64 = 1_767_225_600;

/// An event so many seconds after the start, with an id of its own.
pub(in crate::signals) fn event(second: i64, source: LogSource, operation: &str, actor: &str) -> Event {
    Event {
        id: format!("{operation}/{actor}/{second}"),
        time: Some(Timestamp(START + second)),
        operation: operation.to_owned(),
        actor: Some(actor.to_owned()),
        actor_kind: ActorKind::User,
        outcome: Outcome::Success,
        ..Event::new(source)
    }
}

/// A try to sign in to Entra.
pub(in crate::signals) fn tried(second: i64, actor: &str, code: &str, agent: &str, address: &str) -> Event {
    Event {
        outcome: if code == "0" { Outcome::Success } else { Outcome::Failure },
        result: Some(code.to_owned()),
        agent: Some(agent.to_owned()),
        address: Some(address.to_owned()),
        target: Some("Exchange".to_owned()),
        app: Some("app".to_owned()),
        ..event(second, LogSource::EntraSignIn, "Sign-in activity", actor)
    }
}

/// The event with one more property.
pub(in crate::signals) fn with(mut event: Event, name: &str, value: &str) -> Event {
    event.properties.push(Property { name: name.to_owned(), old: None, new: Some(value.to_owned()) });
    event
}

/// What a detector says of these events.
pub(in crate::signals) fn run(mut detector: impl Detector, mut events: Vec<Event>) -> Seen {
    events.sort_by_key(|e| e.time);
    let mut out = Seen::default();
    for event in &events {
        detector.see(event, &mut out);
    }
    detector.finish(&mut out);
    out
}
