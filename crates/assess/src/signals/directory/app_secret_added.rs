//! A secret or certificate was added to an application or service principal of Entra.

use super::super::baseline::operation;
use super::{About, ENTRA, Event, read};

pub(super) const ABOUT: About = About {
    id: "app_secret_added",
    title: "A secret or certificate was added to an application",
    techniques: &["T1098.001"],
    sources: ENTRA,
    logic: "The set of key ids after a change holds one that the set before it did not hold; the name of the operation is no evidence.",
    mistaken_for: "Rotation by its owner: a new key, then the removal of an old one, by someone who did so before. Managed identities \
                   get new keys from the provider itself.",
};

pub(super) fn why(event: &Event) -> Option<String> {
    let change = event.property("KeyDescription")?;
    let added = read::gained(change, read::key_ids);
    if !added.is_empty() {
        let ids = added.into_iter().collect::<Vec<_>>().join(", ");
        return Some(format!("key {ids} stands there now and did not before"));
    }
    // Some exports carry the name of the key alone.
    let nameless = change.new.as_deref().is_some_and(|new| read::key_ids(new).is_empty() && !read::bare(new).is_empty());
    let credentials = operation(event) == "add service principal credentials";
    (credentials && nameless && change.old != change.new).then(|| "the record says so and names no key id".to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, hits, of, signals, theft};
    use aftermail_model::LogSource;

    const ID: &str = "app_secret_added";
    const UPDATE: &str = "Update application \u{2013} Certificates and secrets management ";

    fn keys(ids: &[&str]) -> String {
        let one = |id: &&str| format!("\"[KeyIdentifier={id},KeyType=Password,KeyUsage=Verify,DisplayName=]\"");
        format!("[\r\n  {}\r\n]", ids.iter().map(one).collect::<Vec<_>>().join(",\r\n"))
    }

    #[test]
    fn a_key_more_is_a_hit_and_a_key_less_is_none() {
        assert!(hits(ID, audit(UPDATE, &[("KeyDescription", &keys(&["aa-1"]), &keys(&["aa-1", "bb-2"]))])));
        assert!(hits(ID, audit(UPDATE, &[("KeyDescription", &keys(&["aa-1"]), &keys(&["bb-2"]))])));
        assert!(!hits(ID, audit(UPDATE, &[("KeyDescription", &keys(&["aa-1"]), "[]")])));
        assert!(!hits(ID, audit("Create application \u{2013} Certificates and secrets management ", &[("KeyDescription", "[]", "[]")])));
        assert!(!hits(ID, audit(UPDATE, &[("KeyDescription", &keys(&["aa-1"]), &keys(&["AA-1"]))])));
    }

    #[test]
    fn the_application_is_named_as_sign_ins_name_it() {
        const APP: &str = "AAAA1111-0000-4000-8000-000000000001";
        let change = ("KeyDescription", "[]", keys(&["aa-1"]));
        let subjects = |event| signals(ID, &theft(), &[event]).remove(0).subjects;
        let entra = of(LogSource::EntraAudit, UPDATE, &[(change.0, change.1, &change.2), ("AppId", "", APP)]);
        assert_eq!(subjects(entra), [APP.to_lowercase()]);
        let details = format!("{{\"User-Agent\":\"x\",\"AppId\":\"{APP}\"}}");
        let properties =
            [(change.0, change.1, change.2.as_str()), ("additionalDetails", "", &details), ("Workload", "", "AzureActiveDirectory")];
        assert_eq!(subjects(audit(UPDATE, &properties)), [APP.to_lowercase()]);
        assert!(subjects(audit(UPDATE, &properties[..2])).is_empty(), "elsewhere it names the interface that was called");
    }

    #[test]
    fn credentials_of_a_service_principal_count_without_ids() {
        assert!(hits(ID, audit("Add service principal credentials", &[("KeyDescription", "", "\"for the job\"")])));
        assert!(!hits(ID, audit("Remove service principal credentials.", &[("KeyDescription", &keys(&["aa-1"]), "[]")])));
    }
}
