//! One session that goes on in another network and another program: its token was taken along.

use super::network::{Network, program};
use crate::signals::about::name;
use crate::signals::memory::Memory;
use crate::signals::{About, Detector, Seen};
use aftermail_model::{ActorKind, Event, LogSource, Outcome};

static ABOUT: About = About {
    id: "token_replay",
    title: "One session was used from two networks by two programs",
    techniques: &["T1550.001"],
    sources: &[LogSource::EntraSignIn, LogSource::UnifiedAudit, LogSource::GraphActivity, LogSource::Okta],
    logic: "An event of a session comes from a network and by a program that are both new to the session; servers of the provider do not \
            count.",
    mistaken_for: "A phone that changes from one network to another keeps its program; a laptop that travels keeps its own too; a session \
                   that a browser shares with a desktop program while a VPN goes up looks alike.",
};

/// The detector.
pub(super) struct TokenReplay {
    sessions: Memory<Session>,
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
    pub(super) fn new() -> TokenReplay {
        TokenReplay { sessions: Memory::of(200_000) }
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
        let session = self.sessions.entry(id);
        if session.first_event.is_empty() {
            session.first_event.clone_from(&event.id);
        }
        let moved = !session.networks.is_empty() && !session.networks.iter().any(|n| n.may_be(&network));
        let changed = !session.programs.is_empty() && program.as_ref().is_some_and(|p| !session.programs.contains(p));
        if moved && changed && !session.told {
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{run, tried, with};

    const CHROME: &str = "Mozilla/5.0 (Windows NT 10.0) Chrome/120.0 Safari/537.36";

    fn of(second: i64, agent: &str, address: &str) -> Event {
        Event { session: Some("s1".to_owned()), ..tried(second, "a@x.example", "0", agent, address) }
    }

    #[test]
    fn a_session_that_goes_on_elsewhere_by_another_program_is_seen_once() {
        let events = vec![of(0, CHROME, "198.51.100.7"), of(60, "python-requests/2.28", "203.0.113.9"), of(70, "curl/8", "192.0.2.9")];
        let out = run(TokenReplay::new(), events);
        assert_eq!(out.signals.len(), 1);
        assert_eq!((out.signals[0].rests_on.len(), out.signals[0].sessions.as_slice()), (2, ["s1".to_owned()].as_slice()));
    }

    #[test]
    fn a_new_network_alone_or_a_new_program_alone_is_none() {
        assert!(run(TokenReplay::new(), vec![of(0, CHROME, "198.51.100.7"), of(60, CHROME, "203.0.113.9")]).signals.is_empty());
        assert!(run(TokenReplay::new(), vec![of(0, CHROME, "198.51.100.7"), of(60, "Outlook/16", "198.51.100.7")]).signals.is_empty());
    }

    #[test]
    fn servers_of_the_provider_and_one_operator_are_no_other_network() {
        let server = with(of(60, "Exchange/15", "40.99.1.1"), "autonomousSystemNumber", "8075");
        assert!(run(TokenReplay::new(), vec![of(0, CHROME, "198.51.100.7"), server]).signals.is_empty());
        let one = |e: Event| with(e, "autonomousSystemNumber", "64496");
        let events = vec![one(of(0, CHROME, "198.51.100.7")), one(of(60, "Outlook/16", "203.0.113.9"))];
        assert!(run(TokenReplay::new(), events).signals.is_empty());
    }
}
