//! Detectors: what thieves of mail are known to do, seen in events.
//!
//! Each detector is a fold over events in the order of their time. It keeps windows and baselines, never the events themselves, so
//! that memory grows with accounts and applications and not with the log.

use aftermail_model::{Event, Signal, Timestamp};
use std::collections::BTreeSet;

/// What a case knows that detectors need.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// Domains of the organisation, in lower case.
    pub own_domains: Vec<String>,
    /// Accounts whose secrets stand in mail, in lower case.
    pub exposed_accounts: BTreeSet<String>,
    /// When the theft began: what was seen before is the baseline. Without it the first seven days of each log are.
    pub since: Option<Timestamp>,
    /// Words of which a search for secrets in mail is made, in lower case.
    pub secret_words: BTreeSet<String>,
}

/// One detector.
pub trait Detector {
    /// Takes the next event in time. Events without a time come last.
    fn see(&mut self, event: &Event, out: &mut Vec<Signal>);
    /// The log has ended: what still waits for more.
    fn finish(&mut self, out: &mut Vec<Signal>);
}

/// All detectors.
pub struct Detectors {
    each: Vec<Box<dyn Detector>>,
    scene: Scene,
    signals: Vec<Signal>,
}

impl Detectors {
    /// The built-in detectors.
    pub fn new(scene: Scene) -> Detectors {
        Detectors { each: Vec::new(), scene, signals: Vec::new() }
    }

    /// Takes the next event in time.
    pub fn see(&mut self, event: &Event) {
        for detector in &mut self.each {
            detector.see(event, &mut self.signals);
        }
    }

    /// Signals: those that concern an account exposed in mail first, then by time.
    pub fn finish(mut self) -> Vec<Signal> {
        for detector in &mut self.each {
            detector.finish(&mut self.signals);
        }
        for signal in &mut self.signals {
            let named = signal.actor.iter().chain(&signal.subjects);
            signal.exposed_account = named.into_iter().any(|n| self.scene.exposed_accounts.contains(&n.to_lowercase()));
        }
        self.signals.sort_by(|a, b| {
            b.exposed_account.cmp(&a.exposed_account).then(a.first.cmp(&b.first)).then_with(|| a.detector.cmp(&b.detector))
        });
        self.signals
    }
}
