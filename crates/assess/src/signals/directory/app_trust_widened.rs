//! More may act as an application than before: an issuer of tokens, an owner, other tenants.

use super::super::baseline::operation;
use super::{About, Detector, ENTRA, Event, Seen, concerns, read};
use aftermail_model::{Signal, Timestamp};

const ABOUT: About = About {
    id: "app_trust_widened",
    title: "More may act as an application than before",
    techniques: &["T1098.001", "T1098.003"],
    sources: ENTRA,
    logic: "A federated credential or an owner was added, or an application opened to other tenants; who creates an application \
            becomes its owner at once, and that is silent.",
    mistaken_for: "Pipelines that move from secrets to federated credentials; a new colleague who becomes an owner.",
};

/// Within these seconds of its creation the creator becomes the owner by itself.
const AT_ONCE: i64 = 60;

#[derive(Default)]
pub(super) struct TrustWidened {
    /// The last creation of an application, by actor and time.
    created: Vec<(String, Timestamp)>,
    /// Owners that added themselves; the record of the creation can come after it.
    waiting: Vec<(String, Timestamp, Signal)>,
}

impl Detector for TrustWidened {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        if !concerns(&ABOUT, event) || read::by_the_provider(event) {
            return;
        }
        match operation(event).as_str() {
            "add application" => self.creation(event),
            "update application" | "add federated identity credential" => {
                out.signals.extend(widened(event).map(|because| ABOUT.of(event, because)));
            }
            "add owner to application" | "add owner to service principal" => self.owner(event, out),
            _ => {}
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        out.signals.extend(self.waiting.drain(..).map(|(_, _, signal)| signal));
    }
}

impl TrustWidened {
    fn creation(&mut self, event: &Event) {
        let (Some(actor), Some(time)) = (actor(event), event.time) else { return };
        self.waiting.retain(|(who, when, _)| *who != actor || time.0 - when.0 > AT_ONCE);
        self.created.retain(|(who, when)| *who != actor && time.0 - when.0 <= AT_ONCE);
        self.created.push((actor, time));
    }

    fn owner(&mut self, event: &Event, out: &mut Seen) {
        let app = read::new(event, &["Application.DisplayName", "ServicePrincipal.DisplayName", "Application.ObjectID"]);
        let owner = event.target.as_deref().unwrap_or("someone");
        let mut signal = ABOUT.of(event, format!("{owner} owns the application {} now", app.unwrap_or("that the record does not name")));
        signal.apps.extend(read::new(event, &["Application.AppId", "ServicePrincipal.AppId"]).map(str::to_owned));
        let (Some(actor), Some(time)) = (actor(event), event.time) else { return out.signals.push(signal) };
        out.signals.extend(self.waiting.extract_if(.., |(_, when, _)| time.0 - when.0 > AT_ONCE).map(|(_, _, signal)| signal));
        let itself = owner.to_lowercase() == actor;
        if itself && self.created.iter().any(|(who, when)| *who == actor && time.0 - when.0 <= AT_ONCE) {
            return;
        }
        if itself { self.waiting.push((actor, time, signal)) } else { out.signals.push(signal) }
    }
}

fn actor(event: &Event) -> Option<String> {
    event.actor.as_deref().map(str::to_lowercase)
}

fn widened(event: &Event) -> Option<String> {
    if let Some(change) = ["FederatedIdentityCredentials", "FederatedIdentityCredential"].iter().find_map(|n| event.property(n)) {
        let (old, new) = (change.old.as_deref().map_or("", read::bare), change.new.as_deref().map_or("", read::bare));
        if old != new && new.len() > old.len() {
            return Some("tokens of another issuer are taken for its own now (federated credential)".to_owned());
        }
    }
    let tenants = event.property("AvailableToOtherTenants")?;
    let is = |text: &Option<String>, word| text.as_deref().is_some_and(|t| read::bare(t).eq_ignore_ascii_case(word));
    (is(&tenants.new, "true") && !is(&tenants.old, "true")).then(|| "accounts of other tenants may use it now".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits, signals, theft};
    use aftermail_model::{Event, Timestamp};

    const ID: &str = "app_trust_widened";

    fn owner(name: &str, seconds: i64) -> Event {
        let time = Some(Timestamp(1_700_000_000 + seconds));
        Event { target: Some(name.into()), time, ..audit("Add owner to application.", &[("Application.DisplayName", "", "mill")]) }
    }

    #[test]
    fn a_federated_credential_and_other_tenants_are_hits() {
        let name = "FederatedIdentityCredentials";
        assert!(hits(ID, audit("Update application.", &[(name, "[]", "[{\"Issuer\":\"https://tokens.drop.example\"}]")])));
        assert!(!hits(ID, audit("Update application.", &[(name, "[{\"Issuer\":\"https://a.example\"}]", "[]")])));
        assert!(hits(ID, audit("Update application", &[("AvailableToOtherTenants", "[false]", "[true]")])));
        assert!(!hits(ID, audit("Update application.", &[("AvailableToOtherTenants", "[true]", "[false]")])));
        assert!(!hits(ID, audit("Update application.", &[("DisplayName", "\"a\"", "\"b\"")])));
    }

    #[test]
    fn another_owner_is_a_hit_and_its_creator_is_none() {
        assert!(hits(ID, owner("bob@hill.example", 0)));
        assert!(hits(ID, owner("ann@hill.example", 0)), "who adds itself to an older application");
        let created = audit("Add application.", &[]);
        assert!(signals(ID, &theft(), &[created.clone(), owner("Ann@hill.example", 1)]).is_empty());
        assert!(signals(ID, &theft(), &[owner("ann@hill.example", 0), created.clone()]).is_empty(), "in whatever order they are written");
        assert_eq!(signals(ID, &theft(), &[created, owner("ann@hill.example", 3_600)]).len(), 1);
    }
}
