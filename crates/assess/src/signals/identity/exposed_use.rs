//! Credentials that stood in exposed mail, used since: told by the id under which the log knows exactly this credential.

use super::network::{Network, program};
use super::sign_in::told;
use crate::signals::about::{name, rest_barely_on, rest_on};
use crate::signals::{About, Detector, Scene, Seen};
use crate::usage::is_about_token;
use aftermail_model::{CredentialId, Event, LogSource, Outcome, Signal, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Links of all chains, and ways of one credential, that are remembered.
const MOST: usize = 10_000;

static APP_SECRET: About = About {
    id: "exposed_app_secret_used",
    title: "An application signed in by a secret that stood in exposed mail",
    techniques: &["T1078.004", "T1552.001"],
    sources: &[LogSource::EntraSignIn],
    logic: "A sign-in of an application whose key id or certificate is one that stood in mail, at or after the mail's first exposure; compared \
            with the networks, programs and resources from before.",
    mistaken_for: "The application's own work goes on until the secret is changed: only what is new about a use tells a thief from it.",
};

static KEY: About = About {
    id: "exposed_key_used",
    title: "A key or token that stood in exposed mail was used",
    techniques: &["T1078.004", "T1552.001"],
    sources: &[LogSource::CloudTrail, LogSource::Azure, LogSource::GoogleCloud, LogSource::GitHub, LogSource::Okta, LogSource::EntraSignIn],
    logic: "A call by an AWS access key (or a session minted by it), storage key or signature, Google Cloud key, GitHub token, Okta token or JWT \
            that stood in mail, at or after the mail's first exposure; compared with the networks, programs and targets from before.",
    mistaken_for: "The owner's own use goes on until the key is changed: only what is new about a use tells a thief from it.",
};

/// The detector.
pub(super) struct ExposedUse {
    about: &'static About,
    uses: BTreeMap<CredentialId, Use>,
    /// Session keys of AWS, and the exposed key from which they come.
    minted: BTreeMap<CredentialId, CredentialId>,
}

/// What was done with one credential.
#[derive(Default)]
struct Use {
    since: Option<Timestamp>,
    before: u64,
    ways: Ways,
    after: u64,
    anew: u64,
    refused: u64,
    /// A few addresses since.
    from: BTreeSet<String>,
    signal: Option<Signal>,
}

/// How a credential was used before its exposure.
#[derive(Default)]
struct Ways {
    networks: Vec<Network>,
    names: BTreeSet<String>,
}

impl ExposedUse {
    /// Secrets and certificates of applications.
    pub(super) fn of_apps(scene: &Scene) -> ExposedUse {
        ExposedUse::of(&APP_SECRET, scene, |c| matches!(c, CredentialId::EntraKey(_) | CredentialId::CertThumbprint(_)))
    }

    /// All other keys and tokens.
    pub(super) fn of_keys(scene: &Scene) -> ExposedUse {
        ExposedUse::of(&KEY, scene, |c| !matches!(c, CredentialId::EntraKey(_) | CredentialId::CertThumbprint(_)))
    }

    fn of(about: &'static About, scene: &Scene, kind: fn(&CredentialId) -> bool) -> ExposedUse {
        let exposed = scene.exposed_credentials.iter().filter(|(c, _)| kind(c));
        let uses = exposed.map(|(c, since)| (c.clone(), Use { since: *since, ..Use::default() })).collect();
        ExposedUse { about, uses, minted: BTreeMap::new() }
    }

    /// The exposed credential that this event rests on.
    fn exposed(&self, event: &Event) -> Option<CredentialId> {
        let token = || event.token.clone().map(CredentialId::JwtId).filter(|t| self.uses.contains_key(t));
        let direct = event.credential.as_ref().filter(|c| self.uses.contains_key(c)).cloned();
        direct.or_else(|| self.minted.get(event.credential.as_ref()?).cloned()).or_else(token)
    }
}

impl Detector for ExposedUse {
    fn about(&self) -> &'static About {
        self.about
    }

    fn see(&mut self, event: &Event, _out: &mut Seen) {
        if self.uses.is_empty() || event.credential.is_none() && event.token.is_none() || is_about_token(event) {
            return;
        }
        let Some(credential) = self.exposed(event) else { return };
        if let Some(key) = told(event, "mintedAccessKeyId").filter(|_| self.minted.len() < MOST) {
            self.minted.insert(CredentialId::AwsAccessKey(key.to_owned()), credential.clone());
        }
        if let Some(used) = self.uses.get_mut(&credential) {
            used.add(event, self.about);
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        for (credential, used) in std::mem::take(&mut self.uses) {
            out.signals.extend(used.told(&credential));
        }
    }
}

impl Use {
    fn add(&mut self, event: &Event, about: &About) {
        if self.since.is_some_and(|since| event.time.is_some_and(|t| t < since)) {
            if event.outcome != Outcome::Failure {
                self.before += 1;
                self.ways.learn(event);
            }
            return;
        }
        let signal = self.signal.get_or_insert_with(|| about.signal());
        // Its owner may still use it: only what is new about a use tells addresses of a thief.
        match self.before > 0 && self.ways.is_new(event) {
            true => rest_on(signal, event),
            false => rest_barely_on(signal, event),
        }
        if self.from.len() < 8 {
            self.from.extend(event.address.clone());
        }
        signal.actor = signal.actor.take().or_else(|| event.actor.clone());
        name(&mut signal.subjects, event.target.as_deref());
        match opens(event) {
            true => {
                self.after += 1;
                self.anew += u64::from(self.ways.is_new(event));
            }
            false => self.refused += 1,
        }
    }

    fn told(self, credential: &CredentialId) -> Option<Signal> {
        let mut signal = self.signal?;
        if self.after == 0 {
            signal.title = "A credential that stood in exposed mail was tried, and refused".to_owned();
        }
        let since =
            self.since.map_or_else(|| "at any time (the exposure has no time)".to_owned(), |t| format!("since {t}, when it was exposed"));
        signal.because = match self.before {
            0 => format!(
                "{credential}: {} uses {since}, among others from {}; {} were refused. No use before is in the logs, so nothing tells the owner's \
                 from a thief's.",
                self.after,
                self.from.into_iter().collect::<Vec<_>>().join(", "),
                self.refused
            ),
            n => format!(
                "{credential}: {} uses {since}, {} of them from a network, by a program or on a target that its {n} uses before never had; {} were refused.",
                self.after, self.anew, self.refused
            ),
        };
        Some(signal)
    }
}

impl Ways {
    fn learn(&mut self, event: &Event) {
        if let Some(network) = Network::wherever(event).filter(|n| self.networks.len() < MOST && !self.networks.contains(n)) {
            self.networks.push(network);
        }
        if self.names.len() < MOST {
            self.names.extend(names(event));
        }
    }

    fn is_new(&self, event: &Event) -> bool {
        let elsewhere = Network::wherever(event).is_some_and(|n| !self.networks.iter().any(|known| known.may_be(&n)));
        elsewhere || names(event).any(|n| !self.names.contains(&n))
    }
}

/// Program and target.
fn names(event: &Event) -> impl Iterator<Item = String> {
    let program = event.agent.as_deref().and_then(program).map(|p| format!("by {p}"));
    let target = event.target.as_deref().map(|t| format!("on {}", t.split('?').next().unwrap_or(t)));
    program.into_iter().chain(target)
}

/// Whether the credential was still good: AWS tells of a good key without the right to this call as of a failure.
fn opens(event: &Event) -> bool {
    const GOOD: [&str; 4] = ["AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "Client.UnauthorizedOperation"];
    event.outcome != Outcome::Failure || event.source == LogSource::CloudTrail && event.result.as_deref().is_some_and(|r| GOOD.contains(&r))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{START, event, run, with};

    fn scene(credential: CredentialId) -> Scene {
        Scene { exposed_credentials: [(credential, Some(Timestamp(START + 1_000)))].into(), ..Scene::default() }
    }

    fn call(second: i64, key: &str, address: &str) -> Event {
        let mut e = event(second, LogSource::CloudTrail, "GetObject", "arn:aws:iam::1:user/ci");
        (e.credential, e.address) = (Some(CredentialId::AwsAccessKey(key.to_owned())), Some(address.to_owned()));
        e
    }

    fn key(name: &str) -> CredentialId {
        CredentialId::AwsAccessKey(name.to_owned())
    }

    #[test]
    fn uses_since_the_exposure_are_told_with_what_is_new_about_them() {
        let events = vec![
            call(0, "K", "198.51.100.7"),
            call(2_000, "K", "198.51.100.8"),
            call(3_000, "K", "203.0.113.9"),
            call(3_000, "other", "203.0.113.9"),
        ];
        let out = run(ExposedUse::of_keys(&scene(key("K"))), events);
        assert_eq!(out.signals.len(), 1);
        assert!(out.signals[0].because.contains("2 uses") && out.signals[0].because.contains("1 of them"), "{:?}", out.signals);
        assert_eq!((out.signals[0].rests_on.len(), out.signals[0].addresses.as_slice()), (2, ["203.0.113.9".to_owned()].as_slice()));
    }

    #[test]
    fn the_provider_s_own_addresses_are_new_too() {
        let azure = |second: i64, at: &str, system: &str| with(call(second, "K", at), "autonomousSystemNumber", system);
        let events = vec![azure(0, "198.51.100.7", "64496"), azure(2_000, "20.1.1.1", "8075")];
        assert!(run(ExposedUse::of_keys(&scene(key("K"))), events).signals[0].because.contains("1 of them"));
    }

    #[test]
    fn the_chain_of_sessions_is_followed() {
        let assumed = with(call(2_000, "K", "203.0.113.9"), "mintedAccessKeyId", "S1");
        let again = with(call(2_100, "S1", "203.0.113.9"), "mintedAccessKeyId", "S2");
        let out = run(
            ExposedUse::of_keys(&scene(key("K"))),
            vec![assumed, again, call(2_200, "S2", "203.0.113.9"), call(2_300, "S3", "203.0.113.9")],
        );
        assert_eq!(out.signals[0].rests_on.len(), 3);
    }

    #[test]
    fn uses_before_the_exposure_and_of_other_kinds_are_none() {
        assert!(run(ExposedUse::of_keys(&scene(key("K"))), vec![call(0, "K", "203.0.113.9")]).signals.is_empty());
        assert!(run(ExposedUse::of_apps(&scene(key("K"))), vec![call(2_000, "K", "203.0.113.9")]).signals.is_empty());
    }

    #[test]
    fn a_secret_of_an_application_is_told_by_its_key_id_and_a_refused_one_as_refused() {
        let secret = CredentialId::EntraKey("k1".to_owned());
        let mut e = event(2_000, LogSource::EntraSignIn, "Sign-in activity", "sp1");
        (e.credential, e.outcome, e.result) = (Some(secret.clone()), Outcome::Failure, Some("7000222".to_owned()));
        let out = run(ExposedUse::of_apps(&scene(secret.clone())), vec![e.clone()]);
        assert!(out.signals[0].title.contains("refused"), "{:?}", out.signals);
        e.outcome = Outcome::Success;
        assert_eq!(run(ExposedUse::of_apps(&scene(secret)), vec![e]).signals[0].title, APP_SECRET.title);
    }

    #[test]
    fn a_call_that_a_good_key_may_not_make_is_a_use() {
        let mut e = call(2_000, "K", "203.0.113.9");
        (e.outcome, e.result) = (Outcome::Failure, Some("AccessDenied".to_owned()));
        assert!(run(ExposedUse::of_keys(&scene(key("K"))), vec![e]).signals[0].because.contains("1 uses"));
    }
}
