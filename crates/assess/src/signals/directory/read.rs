//! What stands in the properties of an event, whatever export it comes from.

use super::Event;
use crate::usage::is_guid;
use aftermail_model::{ActorKind, LogSource, Property};
use std::collections::BTreeSet;

/// A value without the brackets, quotes and line breaks that the directory puts around a list of one.
pub(super) fn bare(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '[' | ']' | '"'))
}

/// What stands in the first of these properties that holds anything.
pub(super) fn new<'a>(event: &'a Event, names: &[&str]) -> Option<&'a str> {
    let held = |name: &&str| event.property(name)?.new.as_deref().map(bare).filter(|v| !v.is_empty());
    names.iter().find_map(held)
}

/// Whether a property says yes, in any of the ways in which PowerShell writes it.
pub(super) fn yes(event: &Event, name: &str) -> bool {
    new(event, &[name]).is_some_and(|v| v.trim_start_matches('$').eq_ignore_ascii_case("true"))
}

/// Whether a property says no.
pub(super) fn no(event: &Event, name: &str) -> bool {
    new(event, &[name]).is_some_and(|v| v.trim_start_matches('$').eq_ignore_ascii_case("false"))
}

/// What a property holds now and did not hold before.
pub(super) fn gained(property: &Property, parts: fn(&str) -> BTreeSet<String>) -> BTreeSet<String> {
    let of = |text: &Option<String>| text.as_deref().map(parts).unwrap_or_default();
    &of(&property.new) - &of(&property.old)
}

/// Ids of keys in a `KeyDescription`: `[KeyIdentifier=GUID,KeyType=Password,…]`.
pub(super) fn key_ids(text: &str) -> BTreeSet<String> {
    after(text, "KeyIdentifier=")
}

/// Ids of permissions in a `RequiredResourceAccess`: `"EntitlementId": "GUID"`.
pub(super) fn entitlements(text: &str) -> BTreeSet<String> {
    after(text, "EntitlementId\"")
}

/// Scopes of a delegated permission, with blanks between them.
pub(super) fn scopes(text: &str) -> BTreeSet<String> {
    bare(text).split_whitespace().map(str::to_owned).collect()
}

/// The words of letters, digits and dashes that follow on each place of a label, in lower case.
fn after(text: &str, label: &str) -> BTreeSet<String> {
    let word = |rest: &str| -> String {
        let rest = rest.trim_start_matches(|c: char| !c.is_ascii_alphanumeric());
        rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
    };
    text.split(label).skip(1).map(|rest| word(rest).to_lowercase()).filter(|w| !w.is_empty()).collect()
}

/// Ids by which sign-ins name the application that a record of the directory changes; its target is only the id of an object.
pub(super) fn app_ids(event: &Event) -> BTreeSet<String> {
    const NAMES: [&str; 4] = ["Application.AppId", "ServicePrincipal.AppId", "AppId", "additionalDetails"];
    let of_directory = event.source == LogSource::EntraAudit || new(event, &["Workload"]) == Some("AzureActiveDirectory");
    let named = NAMES.iter().filter(|_| of_directory).filter_map(|name| new(event, &[name]));
    // In the Unified Audit Log the details are one text: {"User-Agent":"…","AppId":"…"}.
    named
        .flat_map(|text| if text.starts_with('{') { after(text, "AppId\"") } else { [text.to_lowercase()].into() })
        .filter(|id| is_guid(id))
        .collect()
}

/// Mail addresses in a text, without `smtp:` and what else stands around them, in lower case.
pub(super) fn addresses(text: &str) -> Vec<String> {
    let part = |c: char| c.is_alphanumeric() || "@.+-_=".contains(c);
    let words = text.split(|c: char| !part(c)).map(|w| w.trim_matches(['.', '-']));
    words.filter(|w| w.split_once('@').is_some_and(|(a, d)| !a.is_empty() && d.contains('.'))).map(str::to_lowercase).collect()
}

/// The domain of a mail address, in lower case.
pub(super) fn domain(address: &str) -> Option<String> {
    address.rsplit_once('@').map(|(_, d)| d.to_lowercase())
}

/// Whether the provider itself acted. Exchange writes its name in more than one case; the Unified Audit Log counts applications as
/// the system too (`ServicePrincipal_GUID`), and they are not the provider.
pub(super) fn by_the_provider(event: &Event) -> bool {
    let actor = event.actor.as_deref().unwrap_or_default().to_lowercase();
    event.actor_kind == ActorKind::System && !actor.starts_with("serviceprincipal_")
        || ["nt authority\\", "nt service\\", "s-1-5-18"].iter().any(|p| actor.starts_with(p))
        || actor.contains("microsoft.exchange")
}

/// Whether a domain belongs to the organisation. Where the case names none, the domains of actor and target are its own.
pub(super) fn is_own(domain: &str, own: &[String], event: &Event) -> bool {
    let under = |own: &str| domain == own || domain.strip_suffix(own).is_some_and(|rest| rest.ends_with('.'));
    if !own.is_empty() {
        return own.iter().any(|own| under(own));
    }
    let names = [event.actor.as_deref(), event.target.as_deref(), new(event, &["Identity"])];
    names.into_iter().flatten().filter_map(self::domain).any(|own| under(&own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_addresses_and_domains_are_found_in_their_wrappings() {
        let key = "[\r\n  \"[KeyIdentifier=0A1B2C3D-0000-4000-8000-000000000001,KeyType=Password,KeyUsage=Verify,DisplayName=x]\"\r\n]";
        assert_eq!(key_ids(key).into_iter().collect::<Vec<_>>(), ["0a1b2c3d-0000-4000-8000-000000000001"]);
        assert_eq!(addresses("\"A\" [SMTP:A.b@Drop.Example];c@x.example;/o=ExchangeLabs/cn=d"), ["a.b@drop.example", "c@x.example"]);
        let event = Event { actor: Some("a@hill.example".into()), ..Event::new(LogSource::UnifiedAudit) };
        assert!(is_own("hill.example", &[], &event) && is_own("sub.hill.example", &[], &event));
        let system = |actor: &str| Event { actor: Some(actor.into()), actor_kind: ActorKind::System, ..event.clone() };
        assert!(by_the_provider(&system("Certificate")) && !by_the_provider(&system("ServicePrincipal_0a")));
        assert!(!is_own("downhill.example", &[], &event) && !is_own("hill.example", &["dale.example".into()], &event));
    }
}
