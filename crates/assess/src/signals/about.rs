//! What a detector says of itself, and the signals it makes.

use super::Event;
use aftermail_model::{LogSource, Signal};

/// How many of a kind a signal names: ids of events, addresses, subjects …
const MOST: usize = 100;

/// What a detector is. Its page `docs/detectors/ID.md` says the same at more length.
#[derive(Debug, PartialEq, Eq)]
pub struct About {
    /// Its name in tables, stable.
    pub id: &'static str,
    /// What it sees, in one line.
    pub title: &'static str,
    /// ATT&CK techniques.
    pub techniques: &'static [&'static str],
    /// Logs that it needs: with none of them it is blind.
    pub sources: &'static [LogSource],
    /// How it decides, in one sentence.
    pub logic: &'static str,
    /// What looks like it and is none.
    pub mistaken_for: &'static str,
}

impl About {
    /// A signal that rests on nothing yet.
    pub(crate) fn signal(&self) -> Signal {
        Signal {
            detector: self.id.to_owned(),
            title: self.title.to_owned(),
            techniques: self.techniques.iter().map(|&t| t.to_owned()).collect(),
            first: None,
            last: None,
            actor: None,
            subjects: Vec::new(),
            addresses: Vec::new(),
            sessions: Vec::new(),
            apps: Vec::new(),
            exposed_account: false,
            because: String::new(),
            rests_on: Vec::new(),
        }
    }

    /// A signal that rests on one event: its actor, and its target as subject.
    pub(crate) fn of(&self, event: &Event, because: String) -> Signal {
        let mut signal = self.signal();
        signal.actor.clone_from(&event.actor);
        signal.because = because;
        rest_on(&mut signal, event);
        name(&mut signal.subjects, event.target.as_deref());
        signal
    }
}

/// Lets a signal rest on one more event by its time and id alone: its context may be that of an owner at work.
pub(crate) fn rest_barely_on(signal: &mut Signal, event: &Event) {
    signal.first = [signal.first, event.time].into_iter().flatten().min();
    signal.last = signal.last.max(event.time);
    name(&mut signal.rests_on, Some(&event.id));
}

/// Lets a signal rest on one more event: its time, id, address, session and application.
pub(crate) fn rest_on(signal: &mut Signal, event: &Event) {
    rest_barely_on(signal, event);
    name(&mut signal.addresses, event.address.as_deref());
    name(&mut signal.sessions, event.session.as_deref());
    name(&mut signal.apps, event.app.as_deref());
}

/// One signal of two of the same detector: the first, with what the second rests on.
pub(crate) fn merged(mut signal: Signal, more: Signal) -> Signal {
    signal.first = [signal.first, more.first].into_iter().flatten().min();
    signal.last = signal.last.max(more.last);
    let lists = [
        (&mut signal.rests_on, &more.rests_on),
        (&mut signal.subjects, &more.subjects),
        (&mut signal.addresses, &more.addresses),
        (&mut signal.sessions, &more.sessions),
        (&mut signal.apps, &more.apps),
    ];
    for (list, names) in lists {
        names.iter().for_each(|n| name(list, Some(n)));
    }
    signal
}

/// Adds a name to a list of a signal, once, and at most a hundred.
pub(crate) fn name(list: &mut Vec<String>, name: Option<&str>) {
    if let Some(name) = name.filter(|n| list.len() < MOST && !list.iter().any(|l| l == n)) {
        list.push(name.to_owned());
    }
}
