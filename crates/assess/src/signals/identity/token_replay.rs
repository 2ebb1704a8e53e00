//! One session that goes on in another network and another program: its token was taken along.

use super::network::{Network, program};
use crate::signals::about::name;
use crate::signals::baseline::Baseline;
use crate::signals::memory::Memory;
use crate::signals::{About, Detector, Scene, Seen};
use aftermail_model::{ActorKind, Event, LogSource, Outcome};

static ABOUT: About = About {
    id: "token_replay",
    title: "One session was used from two networks by two programs",
    techniques: &["T1550.001"],
    sources: &[LogSource::EntraSignIn, LogSource::UnifiedAudit, LogSource::GraphActivity, LogSource::Okta],
    logic: "An event of a session comes from a network and by a program that are both new to the session, and not all networks of the session \
            were usual for the account; servers of the provider do not count.",
    mistaken_for: "A phone that changes from one network to another keeps its program; a laptop that travels keeps its own too; a session \
                   that a browser shares with a desktop program while a VPN goes up looks alike.",
};

/// The detector.
pub(super) struct TokenReplay {
    sessions: Memory<Session>,
    baseline: Baseline,
    /// Networks of an account in the baseline.
    usual: Memory<Vec<Network>>,
}

#[derive(Default)]
struct Session {
    networks: Vec<Network>,
    programs: Vec<String>,
    first_event: String,
    told: bool,
}

impl TokenReplay {
    /// The detector.
    pub(super) fn new(scene: &Scene) -> TokenReplay {
        TokenReplay { sessions: Memory::of(200_000), baseline: Baseline::before(scene.since), usual: Memory::of(200_000) }
    }

    /// Whether the account used all of these networks in the baseline; learns the last one while it lasts.
    fn are_usual(&mut self, event: &Event, before: &[Network], now: &Network) -> bool {
        let known = self.usual.entry(&event.actor.as_deref().unwrap_or_default().to_lowercase());
        let usual = before.iter().chain([now]).all(|n| known.iter().any(|k| k.may_be(n)));
        if self.baseline.holds(event) && known.len() < 16 && !known.contains(now) {
            known.push(now.clone());
        }
        usual
    }
}

impl Detector for TokenReplay {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        if !ABOUT.sources.contains(&event.source) || event.outcome == Outcome::Failure || event.actor_kind == ActorKind::System {
            return;
        }
        let (Some(id), Some(network)) = (event.session.as_deref(), Network::of(event)) else { return };
        let program = event.agent.as_deref().and_then(program);
        let before = self.sessions.get(id).map(|s| s.networks.clone()).unwrap_or_default();
        let usual = self.are_usual(event, &before, &network);
        let session = self.sessions.entry(id);
        if session.first_event.is_empty() {
            session.first_event.clone_from(&event.id);
        }
        let moved = !session.networks.is_empty() && !session.networks.iter().any(|n| n.may_be(&network));
        let changed = !session.programs.is_empty() && program.as_ref().is_some_and(|p| !session.programs.contains(p));
        if moved && changed && !usual && !session.told {
            session.told = true;
            let because = format!(
                "The session began in {} by {}, and went on in {} by {}.",
                session.networks[0].text(),
                session.programs.join(", "),
                network.text(),
                program.as_deref().unwrap_or_default()
            );
            let mut signal = ABOUT.of(event, because);
            name(&mut signal.rests_on, Some(&session.first_event));
            out.signals.push(signal);
        }
        if session.networks.len() < 8 && !session.networks.contains(&network) {
            session.networks.push(network);
        }
        if let Some(program) = program.filter(|p| session.programs.len() < 8 && !session.programs.contains(p)) {
            session.programs.push(program);
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        self.sessions.end("sessions", out);
        self.usual.end("accounts with sessions", out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{run, tried, with};

    fn detector() -> TokenReplay {
        TokenReplay::new(&Scene::default())
    }

    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36";

    fn of(second: i64, agent: &str, address: &str) -> Event {
        Event { session: Some("s1".to_owned()), ..tried(second, "a@x.example", "0", agent, address) }
    }

    #[test]
    fn a_session_that_goes_on_elsewhere_by_another_program_is_seen_once() {
        let events = vec![of(0, CHROME, "198.51.100.7"), of(60, "python-requests/2.28", "203.0.113.9"), of(70, "curl/8", "192.0.2.9")];
        let out = run(detector(), events);
        assert_eq!(out.signals.len(), 1);
        assert_eq!((out.signals[0].rests_on.len(), out.signals[0].sessions.as_slice()), (2, ["s1".to_owned()].as_slice()));
    }

    #[test]
    fn a_new_network_alone_or_a_new_program_alone_is_none() {
        assert!(run(detector(), vec![of(0, CHROME, "198.51.100.7"), of(60, CHROME, "203.0.113.9")]).signals.is_empty());
        assert!(run(detector(), vec![of(0, CHROME, "198.51.100.7"), of(60, "Outlook/16", "198.51.100.7")]).signals.is_empty());
    }

    #[test]
    fn networks_that_the_account_always_used_are_its_owner_s() {
        let other = |second: i64, agent: &str, address: &str| Event { session: Some(format!("s{second}")), ..of(second, agent, address) };
        let learnt = vec![other(0, CHROME, "198.51.100.7"), other(1, CHROME, "203.0.113.9")];
        let later = 30 * 86_400;
        let own = [learnt.clone(), vec![of(later, CHROME, "198.51.100.7"), of(later + 9, "Teams/1", "203.0.113.9")]].concat();
        assert!(run(detector(), own).signals.is_empty());
        let strange = [learnt, vec![of(later, CHROME, "198.51.100.7"), of(later + 9, "Teams/1", "192.0.2.9")]].concat();
        assert_eq!(run(detector(), strange).signals.len(), 1);
    }

    #[test]
    fn servers_of_the_provider_and_one_operator_are_no_other_network() {
        let server = with(of(60, "Exchange/15", "40.99.1.1"), "autonomousSystemNumber", "8075");
        assert!(run(detector(), vec![of(0, CHROME, "198.51.100.7"), server]).signals.is_empty());
        let one = |e: Event| with(e, "autonomousSystemNumber", "64496");
        let events = vec![one(of(0, CHROME, "198.51.100.7")), one(of(60, "Outlook/16", "203.0.113.9"))];
        assert!(run(detector(), events).signals.is_empty());
    }
}
