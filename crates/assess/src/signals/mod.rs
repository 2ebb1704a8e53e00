//! Detectors: what thieves of mail are known to do, seen in events.
//!
//! Each detector is a fold over events in the order of their time. It keeps windows and baselines, never the events themselves, so
//! that memory grows with accounts and applications and not with the log.

mod about;
pub(crate) mod baseline;
mod directory;
mod homes;
mod identity;
mod memory;
mod sigma;

pub use about::About;
use aftermail_model::{CredentialId, Event, LogSource, Signal, Timestamp};
pub use sigma::{RuleFile, Sigma};
use std::collections::{BTreeMap, BTreeSet};

/// What a case knows that detectors need.
#[derive(Debug, Clone, Default)]
pub struct Scene {
    /// Domains of the organisation, in lower case.
    pub own_domains: Vec<String>,
    /// Accounts whose secrets stand in mail, in lower case.
    pub exposed_accounts: BTreeSet<String>,
    /// Credentials that stand in mail, with the time of their first exposure where it is known.
    pub exposed_credentials: BTreeMap<CredentialId, Option<Timestamp>>,
    /// When the theft began: what was seen before is the baseline. Without it the first seven days of each log are.
    pub since: Option<Timestamp>,
    /// Words of which a search for secrets in mail is made, in lower case.
    pub secret_words: BTreeSet<String>,
    /// Days (their first second, in UTC) on which the log of a source as a whole is covered.
    pub covered: BTreeSet<(LogSource, Timestamp)>,
}

/// What detectors say.
#[derive(Debug, Default)]
pub struct Seen {
    /// What they saw.
    pub signals: Vec<Signal>,
    /// What they could not tell, and why, in words for a reader.
    pub cannot_say: Vec<String>,
}

/// One detector.
pub trait Detector {
    /// What it is.
    fn about(&self) -> &'static About;
    /// Takes the next event in time. Events without a time come last.
    fn see(&mut self, event: &Event, out: &mut Seen);
    /// The log has ended: what still waits for more.
    fn finish(&mut self, _out: &mut Seen) {}
}

/// All detectors.
pub struct Detectors {
    each: Vec<Box<dyn Detector>>,
    scene: Scene,
    homes: homes::Homes,
    seen: Seen,
}

impl Detectors {
    /// The built-in detectors.
    pub fn new(scene: Scene) -> Detectors {
        let mut each = Vec::new();
        each.extend(identity::all(&scene));
        each.extend(directory::all(&scene));
        Detectors { each, homes: homes::Homes::new(&scene), scene, seen: Seen::default() }
    }

    /// Runs rules of the case beside them.
    pub fn with_rules(mut self, rules: Sigma) -> Detectors {
        self.each.push(Box::new(rules));
        self
    }

    /// What each detector is.
    pub fn abouts(&self) -> impl Iterator<Item = &'static About> {
        self.each.iter().map(|d| d.about())
    }

    /// Takes the next event in time.
    pub fn see(&mut self, event: &Event) {
        self.homes.see(event);
        for detector in &mut self.each {
            detector.see(event, &mut self.seen);
        }
    }

    /// Signals: those that concern an account exposed in mail first, then by time. And what could not be told.
    pub fn finish(mut self) -> Seen {
        for detector in &mut self.each {
            detector.finish(&mut self.seen);
        }
        for signal in &mut self.seen.signals {
            self.homes.leave_out(signal);
            let named = signal.actor.iter().chain(&signal.subjects);
            signal.exposed_account = named.into_iter().any(|n| self.scene.exposed_accounts.contains(&n.to_lowercase()));
        }
        self.seen.signals.sort_by(|a, b| {
            b.exposed_account.cmp(&a.exposed_account).then(a.first.cmp(&b.first)).then_with(|| a.detector.cmp(&b.detector))
        });
        self.seen
    }
}
