//! New applications and accounts that act by themselves, by someone who never made any, or many at once.

use super::super::about::{name, rest_on};
use super::super::baseline::{Baseline, operation};
use super::super::memory::Memory;
use super::{About, CHANGES, Detector, Event, Scene, Seen, concerns, read};
use aftermail_model::{LogSource, Signal, Timestamp};
use std::collections::{BTreeMap, VecDeque};

const ABOUT: About = About {
    id: "new_app",
    title: "Applications or accounts were created by someone unusual, or many at once",
    techniques: &["T1136.003"],
    sources: CHANGES,
    logic: "The actor created none before the theft, or more than three within ten minutes; what one actor creates within an hour is \
            one signal. Service principals that the provider adds for its own services are silent.",
    mistaken_for: "A new administrator; the first rollout of a product; a person whose sign-in adds the service principal of an \
                   application that is new to the tenant.",
};

/// More than these within [`BURST_SECONDS`] are many.
const BURST: usize = 3;
const BURST_SECONDS: i64 = 600;
/// What follows within this time belongs together.
const TOGETHER: i64 = 3_600;

pub(super) struct NewApp {
    baseline: Baseline,
    usual: Memory<()>,
    open: BTreeMap<String, Making>,
}

/// What one actor creates at one time.
struct Making {
    signal: Signal,
    names: Vec<String>,
    count: usize,
    most: usize,
    recent: BTreeMap<String, VecDeque<i64>>,
}

impl NewApp {
    pub(super) fn new(scene: &Scene) -> NewApp {
        NewApp { baseline: Baseline::before(scene.since), usual: Memory::of(100_000), open: BTreeMap::new() }
    }

    /// Closes what is too old to go on.
    fn close(&mut self, now: Timestamp, out: &mut Seen) {
        let over = |m: &Making| now.0.saturating_sub(m.signal.last.map_or(0, |last| last.0)) > TOGETHER;
        for (actor, making) in self.open.extract_if(.., |_, m| over(m)) {
            let Making { mut signal, names, count, most, .. } = making;
            let mut why = Vec::new();
            if self.usual.get(&actor).is_none() {
                why.push("the actor created none before".to_owned());
            }
            if most > BURST {
                why.push(format!("{most} within ten minutes"));
            }
            if !why.is_empty() {
                signal.because = format!("{count} created ({}): {}", names.join(", "), why.join(", "));
                out.signals.push(signal);
            }
        }
    }
}

impl Detector for NewApp {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        let usual = self.baseline.holds(event);
        if !concerns(&ABOUT, event) || !creates(event) {
            return;
        }
        if let Some(now) = event.time {
            self.close(now, out);
        }
        let actor = event.actor.as_deref().unwrap_or("someone").to_lowercase();
        if usual {
            self.usual.entry(&actor);
            return;
        }
        let making = self.open.entry(actor).or_insert_with(|| Making::of(event));
        making.add(event);
    }

    fn finish(&mut self, out: &mut Seen) {
        self.close(Timestamp(i64::MAX), out);
        self.usual.end("who creates applications", out);
    }
}

impl Making {
    fn of(event: &Event) -> Making {
        let mut signal = ABOUT.signal();
        signal.actor.clone_from(&event.actor);
        Making { signal, names: Vec::new(), count: 0, most: 0, recent: BTreeMap::new() }
    }

    fn add(&mut self, event: &Event) {
        rest_on(&mut self.signal, event);
        let what = read::new(event, &["DisplayName", "userName", "roleName", "account_id", "name"]).or(event.target.as_deref());
        name(&mut self.signal.subjects, what);
        if self.names.len() < 5 {
            name(&mut self.names, what);
        }
        self.count += 1;
        let Some(time) = event.time else { return };
        // A portal writes an application and its service principal: two kinds, counted apart.
        let recent = self.recent.entry(operation(event)).or_default();
        recent.push_back(time.0);
        while recent.front().is_some_and(|first| time.0 - first > BURST_SECONDS) {
            recent.pop_front();
        }
        self.most = self.most.max(recent.len());
    }
}

/// Whether an event creates an application, or an account for something that is no person.
fn creates(event: &Event) -> bool {
    match (event.source, operation(event).as_str()) {
        (LogSource::UnifiedAudit | LogSource::EntraAudit, "add application") => true,
        // The provider adds those of its own services, and applications on behalf of people who sign in to them.
        (LogSource::UnifiedAudit | LogSource::EntraAudit, "add service principal") => {
            event.actor.as_deref().is_some_and(|a| a.contains('@')) && !read::by_the_provider(event)
        }
        (LogSource::CloudTrail, "createuser" | "createrole") => true,
        (LogSource::GoogleCloud, "google.iam.admin.v1.createserviceaccount") => true,
        (LogSource::GitHub, "integration_installation.create" | "integration.create" | "oauth_application.create") => true,
        (LogSource::Okta, "application.lifecycle.create" | "app.oauth2.client.lifecycle.create" | "app.oauth2.client.create") => true,
        (LogSource::Azure, "microsoft.automation/automationaccounts/write") => true,
        (LogSource::Azure, "microsoft.managedidentity/userassignedidentities/write") => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits, of, signals, theft};
    use super::*;
    use aftermail_model::ActorKind;

    const ID: &str = "new_app";

    fn made(name: &str, day: i64, second: i64) -> Event {
        Event { time: Some(Timestamp(day * 86_400 + second)), ..audit("Add application.", &[("DisplayName", "[]", name)]) }
    }

    #[test]
    fn an_application_by_someone_who_never_made_any_is_one_signal() {
        let seen = signals(ID, &theft(), &[made("mill", 100, 0), made("mole", 100, 30)]);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].subjects, ["mill", "mole"]);
        assert!(hits(ID, of(LogSource::CloudTrail, "CreateUser", &[("userName", "", "svc")])));
        assert!(!hits(ID, of(LogSource::CloudTrail, "DeleteUser", &[("userName", "", "svc")])));
    }

    #[test]
    fn who_always_makes_some_is_silent_unless_they_are_many_at_once() {
        let usual = made("old", 100, 0);
        let one = [usual.clone(), made("new", 120, 0)];
        assert!(signals(ID, &Scene::default(), &one).is_empty());
        let mut many = vec![usual];
        many.extend((0..4).map(|n| made(&format!("app {n}"), 120, n * 60)));
        assert_eq!(signals(ID, &Scene::default(), &many).len(), 1);
    }

    #[test]
    fn service_principals_of_the_provider_are_silent() {
        let system = |actor: &str| Event {
            actor: Some(actor.into()),
            actor_kind: ActorKind::System,
            ..audit("Add service principal.", &[("DisplayName", "[]", "Reporting")])
        };
        assert!(!hits(ID, system("Certificate")) && !hits(ID, system("ServicePrincipal_0a")));
        assert!(hits(ID, audit("Add service principal.", &[("DisplayName", "[]", "mill")])));
    }
}
