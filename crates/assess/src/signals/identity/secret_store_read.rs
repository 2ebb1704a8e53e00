//! Secrets fetched from the vault of a cloud by someone who never did: what a stolen key is good for next.

use super::network::Network;
use crate::signals::about::{name, rest_on};
use crate::signals::baseline::Baseline;
use crate::signals::memory::Memory;
use crate::signals::{About, Detector, Scene, Seen};
use aftermail_model::{Event, LogSource, Outcome, Signal};

static ABOUT: About = About {
    id: "secret_store_read",
    title: "Secrets were fetched from a vault by someone new to it",
    techniques: &["T1555.006"],
    sources: &[LogSource::Azure, LogSource::CloudTrail, LogSource::GoogleCloud],
    logic: "A secret is read from Key Vault, AWS Secrets Manager or Parameter Store, or Google Secret Manager by an account that did not read \
            from this vault in the baseline, or from a network from which it did not; or all secrets of a vault are fetched at once, by whoever \
            never did that.",
    mistaken_for: "A new release of an application; an administrator at work; a tool that backs up or moves secrets.",
};

/// The detector.
pub(super) struct SecretStoreRead {
    baseline: Baseline,
    readers: Memory<Reader>,
}

/// One account at one vault.
#[derive(Default)]
struct Reader {
    networks: Vec<Network>,
    usual: bool,
    reads: u64,
    refused: u64,
    signal: Option<Signal>,
}

impl SecretStoreRead {
    /// The detector.
    pub(super) fn new(scene: &Scene) -> SecretStoreRead {
        SecretStoreRead { baseline: Baseline::before(scene.since), readers: Memory::of(50_000) }
    }
}

impl Detector for SecretStoreRead {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, _out: &mut Seen) {
        // Where nobody is named, nobody can be new; but nobody has to be, who takes everything.
        let everything = takes_everything(event);
        if !reads(event) || who(event).is_empty() && !everything {
            return;
        }
        let usual = self.baseline.holds(event);
        // Whoever reads what they know is not used to take all.
        let reader = self.readers.entry(&format!("{}\n{}\n{everything}", who(event), store(event)));
        let network = Network::wherever(event);
        let known = network.as_ref().is_none_or(|n| reader.networks.iter().any(|k| k.may_be(n)));
        if usual {
            reader.usual = true;
            reader.networks.extend(network.filter(|_| !known && reader.networks.len() < 32));
            return;
        }
        if reader.usual && known {
            return;
        }
        match event.outcome {
            Outcome::Failure => reader.refused += 1,
            _ => reader.reads += 1,
        }
        let why = if everything {
            "of all secrets at once, by a batch that names at most what it leaves out"
        } else if reader.usual {
            "from a network from which this account did not read before"
        } else {
            "by an account that did not read from this vault before"
        };
        let signal = reader.signal.get_or_insert_with(|| Signal { because: why.to_owned(), ..ABOUT.of(event, String::new()) });
        rest_on(signal, event);
        name(&mut signal.subjects, event.target.as_deref());
    }

    fn finish(&mut self, out: &mut Seen) {
        for reader in self.readers.end("readers of vaults", out).into_values() {
            let told =
                |s: Signal| Signal { because: format!("{} reads and {} refused tries {}.", reader.reads, reader.refused, s.because), ..s };
            out.signals.extend(reader.signal.map(told));
        }
    }
}

/// Operations of Key Vault (`AuditEvent` and activity), Secrets Manager, Parameter Store and Secret Manager that hand a secret out.
fn reads(event: &Event) -> bool {
    let operation = event.operation.as_str();
    match event.source {
        LogSource::Azure => {
            let operation = operation.to_ascii_lowercase();
            matches!(operation.as_str(), "secretget" | "secretrecover")
                || operation.ends_with("/secrets/getsecret/action")
                || operation.ends_with("/secrets/recover/action")
        }
        LogSource::CloudTrail => {
            let decrypted = || event.property("withDecryption").is_some_and(|p| p.new.as_deref() == Some("true"));
            matches!(operation, "GetSecretValue" | "BatchGetSecretValue")
                || matches!(operation, "GetParameter" | "GetParameters" | "GetParametersByPath") && decrypted()
        }
        LogSource::GoogleCloud => operation.ends_with("SecretManagerService.AccessSecretVersion"),
        _ => false,
    }
}

/// A batch that names no secret and no filter that selects: one with `!` before it leaves out (AWS, `BatchGetSecretValue`).
fn takes_everything(event: &Event) -> bool {
    let given = |name: &str| event.property(name).and_then(|p| p.new.as_deref()).filter(|value| !matches!(*value, "" | "null" | "[]"));
    let leaves_out = |filters: &str| {
        let filters: Vec<serde_json::Value> = serde_json::from_str(filters).unwrap_or_default();
        let mut values = filters.iter().flat_map(|f| f["values"].as_array().into_iter().flatten());
        !filters.is_empty() && values.all(|v| v.as_str().is_some_and(|v| v.starts_with('!')))
    };
    event.source == LogSource::CloudTrail
        && event.operation == "BatchGetSecretValue"
        && given("secretIdList").is_none()
        && given("filters").is_none_or(leaves_out)
}

/// The account; of an assumed role without the name of its session, which changes with each; else the application or the address.
fn who(event: &Event) -> &str {
    // The application of a record of AWS and of Google is the service that was called.
    let app = event.app.as_deref().filter(|_| event.source == LogSource::Azure);
    let actor = event.actor.as_deref().or(app).or(event.address.as_deref()).unwrap_or_default();
    match actor.contains(":assumed-role/") {
        true => actor.rsplit_once('/').map_or(actor, |(role, _)| role),
        false => actor,
    }
}

/// The vault: what stands before the name of the secret.
fn store(event: &Event) -> &str {
    let target = event.target.as_deref().unwrap_or_default();
    target.find("/secrets/").map_or(if event.source == LogSource::Azure { target } else { "" }, |at| &target[..at])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::baseline::DAY;
    use crate::signals::identity::testing::{START, event, run};
    use aftermail_model::{Property, Timestamp};

    fn detector() -> SecretStoreRead {
        SecretStoreRead::new(&Scene { since: Some(Timestamp(START + 10 * DAY)), ..Scene::default() })
    }

    fn get(day: i64, actor: &str, address: &str, secret: &str) -> Event {
        Event {
            target: Some(format!("https://v.vault.example/secrets/{secret}/1")),
            address: Some(address.to_owned()),
            ..event(day * DAY, LogSource::Azure, "SecretGet", actor)
        }
    }

    #[test]
    fn a_new_reader_and_a_known_one_from_a_new_network_are_seen_once_each() {
        let events = vec![
            get(0, "app", "198.51.100.7", "a"),
            get(11, "app", "198.51.100.7", "a"),
            get(12, "thief", "203.0.113.9", "a"),
            get(13, "thief", "203.0.113.9", "b"),
            get(14, "app", "203.0.113.9", "b"),
        ];
        let out = run(detector(), events);
        assert_eq!(out.signals.len(), 2, "{:?}", out.signals);
        assert!(out.signals.iter().any(|s| s.because.starts_with("2 reads and 0 refused tries by an account") && s.subjects.len() == 2));
        assert!(out.signals.iter().any(|s| s.because.starts_with("1 reads and 0 refused tries from a network")));
    }

    #[test]
    fn usual_reads_and_other_operations_are_none_and_refused_tries_are_told_as_such() {
        let mut set = get(12, "thief", "203.0.113.9", "a");
        set.operation = "SecretSet".to_owned();
        let usual = vec![get(0, "app", "198.51.100.7", "a"), get(20, "app", "198.51.7.7", "c")];
        assert!(run(detector(), [usual, vec![set]].concat()).signals.is_empty());
        let refused = Event { outcome: Outcome::Failure, ..get(12, "thief", "203.0.113.9", "a") };
        assert!(run(detector(), vec![refused]).signals[0].because.starts_with("0 reads and 1 refused"));
    }

    #[test]
    fn a_batch_of_all_secrets_is_seen_whoever_asks() {
        let batch = |day: i64, actor: &str, what: (&str, &str)| {
            let property = Property { name: what.0.to_owned(), old: None, new: Some(what.1.to_owned()) };
            let base = event(day * DAY, LogSource::CloudTrail, "BatchGetSecretValue", actor);
            Event {
                properties: vec![property],
                address: Some("198.51.100.7".to_owned()),
                actor: base.actor.filter(|a| !a.is_empty()),
                ..base
            }
        };
        let all = ("filters", r#"[{"key":"tag-key","values":["!nowhere"]}]"#);
        let some = ("filters", r#"[{"key":"tag-key","values":["!nowhere"]},{"key":"name","values":["shop"]}]"#);
        let listed = ("secretIdList", r#"["shop/db"]"#);
        let why = |events: Vec<Event>| run(detector(), events).signals.iter().map(|s| s.because.clone()).collect::<Vec<_>>().concat();
        assert!(why(vec![batch(0, "app", listed), batch(12, "app", all)]).contains("all secrets at once"));
        assert!(why(vec![batch(12, "", all)]).contains("all secrets at once"));
        assert!(why(vec![batch(12, "", ("x", "y"))]).contains("all secrets at once"), "neither a list nor a filter");
        for narrow in [some, listed] {
            assert_eq!(why(vec![batch(0, "app", narrow), batch(12, "app", narrow)]), "");
        }
        assert_eq!(why(vec![batch(0, "backup", all), batch(12, "backup", all)]), "", "it always does");
    }

    #[test]
    fn sessions_of_a_role_are_one_reader() {
        let role = |day: i64, session: &str| {
            let actor = format!("arn:aws:sts::1:assumed-role/app/{session}");
            Event { address: Some("198.51.100.7".to_owned()), ..event(day * DAY, LogSource::CloudTrail, "GetSecretValue", &actor) }
        };
        assert!(run(detector(), vec![role(0, "s1"), role(20, "s2")]).signals.is_empty());
        assert_eq!(run(detector(), vec![role(20, "s2"), role(21, "s3")]).signals.len(), 1);
    }
}
