//! Invented events for the tests of detectors.

use super::super::{Detector, Scene, Seen};
use aftermail_model::{Event, LogSource, Property, Signal, Timestamp};

/// An event of the Unified Audit Log by `ann@hill.example`.
pub(super) fn audit(operation: &str, properties: &[(&str, &str, &str)]) -> Event {
    of(LogSource::UnifiedAudit, operation, properties)
}

/// The same of another log. Properties: name, what stood there, what stands there.
pub(super) fn of(source: LogSource, operation: &str, properties: &[(&str, &str, &str)]) -> Event {
    let property = |(name, old, new): &(&str, &str, &str)| Property {
        name: (*name).to_owned(),
        old: Some((*old).to_owned()).filter(|o| !o.is_empty()),
        new: Some((*new).to_owned()),
    };
    Event {
        id: format!("{operation}/{properties:?}"),
        time: Some(Timestamp(1_700_000_000)),
        actor: Some("ann@hill.example".to_owned()),
        operation: operation.to_owned(),
        properties: properties.iter().map(property).collect(),
        ..Event::new(source)
    }
}

/// The theft began before all of these events: nothing is usual.
pub(super) fn theft() -> Scene {
    Scene { since: Some(Timestamp(0)), own_domains: vec!["hill.example".to_owned()], ..Scene::default() }
}

/// What the detector of this name says of events.
pub(super) fn signals(id: &str, scene: &Scene, events: &[Event]) -> Vec<Signal> {
    seen(id, scene, events).signals
}

/// The same, with what it could not tell.
pub(super) fn seen(id: &str, scene: &Scene, events: &[Event]) -> Seen {
    let mut all = super::all(scene);
    let detector: &mut Box<dyn Detector> = all.iter_mut().find(|d| d.about().id == id).expect("a detector of this name");
    let mut seen = Seen::default();
    events.iter().for_each(|e| detector.see(e, &mut seen));
    detector.finish(&mut seen);
    seen
}

/// Whether a detector says anything of one event.
pub(super) fn hits(id: &str, event: Event) -> bool {
    !signals(id, &theft(), &[event]).is_empty()
}
