//! Trust in another issuer of tokens: whoever holds its key signs in as anybody.

use crate::signals::baseline::operation;
use crate::signals::{About, Detector, Seen};
use aftermail_model::{Event, LogSource, Outcome, Property};

static ABOUT: About = About {
    id: "federation_changed",
    title: "A domain trusts another issuer of tokens",
    techniques: &["T1484.002", "T1606.002"],
    sources: &[LogSource::EntraAudit, LogSource::UnifiedAudit, LogSource::GoogleCloud],
    logic: "The federation of a domain or an inbound SSO profile of Google is made or changed; its removal does not count.",
    mistaken_for: "The planned move to another identity provider, and the yearly change of its signing certificate.",
};

/// The detector.
#[derive(Default)]
pub(super) struct FederationChanged;

impl Detector for FederationChanged {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        if event.outcome == Outcome::Failure || !changes_trust(event) {
            return;
        }
        let changed: Vec<&str> = changes(event).map(|p| p.name.as_str()).take(12).collect();
        let because = match changed.is_empty() {
            true => format!("{}; the record does not say what was changed.", event.operation.trim()),
            false => format!("{}: {}.", event.operation.trim(), changed.join(", ")),
        };
        out.signals.push(ABOUT.of(event, because));
    }
}

fn changes_trust(event: &Event) -> bool {
    match event.source {
        LogSource::EntraAudit | LogSource::UnifiedAudit => match operation(event).as_str() {
            "set federation settings on domain" => true,
            // This operation also sets what has nothing to do with trust.
            "set domain authentication" => changes(event).next().is_none() || changes(event).any(|p| is_trust(&p.name)),
            _ => false,
        },
        LogSource::GoogleCloud => {
            let operation = event.operation.to_lowercase();
            operation.contains("inboundssoprofile") && !operation.contains("delete")
        }
        _ => false,
    }
}

/// Properties that a change is made of; the rest tells of the request.
fn changes(event: &Event) -> impl Iterator<Item = &Property> {
    event.properties.iter().filter(|p| p.old != p.new && !["correlationId", "User-Agent", "AppId", "Workload"].contains(&p.name.as_str()))
}

/// Names of what makes a domain federated.
fn is_trust(name: &str) -> bool {
    let name: String = name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    ["livetype", "federat", "issuer", "signingcert", "logonuri", "authenticationtype", "authenticationprotocol", "metadataexchange"]
        .iter()
        .any(|part| name.contains(part))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{event, run, with};

    fn seen(event: Event) -> usize {
        run(FederationChanged, vec![event]).signals.len()
    }

    #[test]
    fn a_domain_that_becomes_federated_is_seen_in_both_logs() {
        let set = |source, operation| event(0, source, operation, "admin@x.example");
        assert_eq!(seen(with(set(LogSource::UnifiedAudit, "Set domain authentication."), "LiveType", "[\"Federated\"]")), 1);
        assert_eq!(seen(set(LogSource::EntraAudit, "Set federation settings on domain")), 1);
    }

    #[test]
    fn other_settings_of_a_domain_and_refused_changes_are_none() {
        let set = event(0, LogSource::EntraAudit, "Set domain authentication", "admin@x.example");
        assert_eq!(seen(with(set.clone(), "SomeOtherProperty", "1")), 0);
        assert_eq!(seen(Event { outcome: Outcome::Failure, ..set }), 0);
        assert_eq!(seen(event(0, LogSource::EntraAudit, "Verify domain", "admin@x.example")), 0);
        assert_eq!(seen(event(0, LogSource::GoogleCloud, "AdminService.inboundSsoProfileDeleted", "admin@x.example")), 0);
    }
}
