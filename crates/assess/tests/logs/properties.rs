//! Events without sense: nothing breaks, and what is proven rests on a record that can prove.

use super::common::*;
use aftermail_assess::proof::{Hands, ProofFold};
use aftermail_model::{ActorKind, CredentialId, Event, ExposedSecret, Kind, LogSource, Outcome, ProofVerdict, Property, Timestamp};
use proptest::prelude::*;

const FIRST: i64 = 1_768_003_200;
const LAST: i64 = FIRST + 86_400;
const OLD: &str = "11111111-1111-4111-8111-111111111111";
const ANNA: &str = "anna@corp.example";

/// Every operation that says something, and some that do not.
const OPERATIONS: [(LogSource, &str); 30] = [
    (LogSource::UnifiedAudit, "Reset user password."),
    (LogSource::UnifiedAudit, "Change user password."),
    (LogSource::UnifiedAudit, "Set force change user password."),
    (LogSource::UnifiedAudit, "Update StsRefreshTokenValidFrom Timestamp."),
    (LogSource::UnifiedAudit, "Update application – Certificates and secrets management "),
    (LogSource::UnifiedAudit, "Delete application."),
    (LogSource::UnifiedAudit, "Hard Delete application."),
    (LogSource::UnifiedAudit, "Remove delegated permission grant."),
    (LogSource::UnifiedAudit, "Add user."),
    (LogSource::UnifiedAudit, "UserLoggedIn"),
    (LogSource::UnifiedAudit, "New-InboxRule"),
    (LogSource::UnifiedAudit, "Remove-InboxRule"),
    (LogSource::EntraAudit, "Disable account"),
    (LogSource::EntraAudit, "Update service principal"),
    (LogSource::EntraAudit, "User deleted security info"),
    (LogSource::EntraSignIn, "Sign-in activity"),
    (LogSource::CloudTrail, "DeleteAccessKey"),
    (LogSource::CloudTrail, "UpdateAccessKey"),
    (LogSource::CloudTrail, "GetSessionToken"),
    (LogSource::Azure, "Microsoft.Storage/storageAccounts/regenerateKey/action"),
    (LogSource::Azure, "SecretUpdate"),
    (LogSource::GitHub, "oauth_access.destroy"),
    (LogSource::Okta, "system.api_token.revoke"),
    (LogSource::GoogleCloud, "google.iam.admin.v1.DeleteServiceAccountKey"),
    (LogSource::GoogleWorkspace, "CHANGE_PASSWORD"),
    (LogSource::WindowsSecurity, "4724"),
    (LogSource::WindowsSecurity, "4738"),
    (LogSource::Dovecot, "Login"),
    (LogSource::Iis, "GET"),
    (LogSource::UnifiedAudit, ""),
];

fn secrets() -> Vec<ExposedSecret> {
    let exposed = ["2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z"];
    vec![
        secret(Kind::Password, None, ANNA, "", exposed),
        secret(Kind::SessionCookie, None, ANNA, "Office 365", exposed),
        secret(Kind::OtpSeed, None, ANNA, "Office 365", exposed),
        secret(Kind::ClientSecret, Some(CredentialId::EntraKey(OLD.into())), OLD, "Azure", exposed),
        secret(Kind::ClientSecret, None, OLD, "Azure", exposed),
        secret(Kind::ApiKey, Some(CredentialId::AwsAccessKey("AKIAINVENTED".into())), "anna", "AWS", exposed),
        secret(Kind::SasUrl, None, "ships", "https://ships.blob.core.windows.net", exposed),
        secret(Kind::Password, None, "", "https://safe.vault.azure.net/secrets/db", exposed),
        secret(Kind::Token, Some(CredentialId::GithubHashedToken("aGFzaA=".into())), "anna", "GitHub", exposed),
        secret(Kind::Password, None, "CORP\\anna", "", exposed),
        secret(Kind::Pin, None, "", "front door", exposed),
    ]
}

fn name() -> impl Strategy<Value = Option<String>> {
    let known = [ANNA, "admin@corp.example", "CORP\\anna", OLD, "AKIAINVENTED", "00T1", "", "a\\b@c/d:secret:é", "/storageAccounts/ships"];
    prop::option::of(prop::sample::select(known.to_vec()).prop_map(str::to_owned))
}

fn property() -> impl Strategy<Value = Property> {
    let names = [
        "KeyDescription",
        "AccountEnabled",
        "StsRefreshTokensValidFrom",
        "DelegatedPermissionGrant.Scope",
        "accessKeyId",
        "status",
        "keyName",
    ];
    let values = [
        "",
        "[]",
        "[true]",
        "[false]",
        "Inactive",
        "key1",
        " Mail.Read",
        "[KeyIdentifier=11111111-1111-4111-8111-111111111111,x]",
        "\"enabled\":",
        "é\u{0}",
    ];
    let value = || prop::option::of(prop::sample::select(values.to_vec()).prop_map(str::to_owned));
    (prop::sample::select(names.to_vec()), value(), value()).prop_map(|(name, old, new)| Property { name: name.to_owned(), old, new })
}

fn any_event() -> impl Strategy<Value = Event> {
    let outcome = prop::sample::select(vec![Outcome::Success, Outcome::Failure, Outcome::Unknown]);
    let kind = prop::sample::select(vec![ActorKind::User, ActorKind::Application]);
    let address = prop::option::of(prop::sample::select(vec!["192.0.2.1", "198.51.100.9", "::1", "odd"]));
    let names = (name(), name(), name());
    (0..OPERATIONS.len(), prop::option::of(-400_000i64..900_000), names, outcome, kind, address, prop::collection::vec(property(), 0..4))
        .prop_map(|(operation, second, (actor, target, app), outcome, actor_kind, address, properties)| {
            let (source, operation) = OPERATIONS[operation];
            let credential = app.as_ref().map(|a| CredentialId::EntraKey(a.to_lowercase()));
            Event {
                time: second.map(|s| Timestamp(FIRST + s)),
                operation: operation.to_owned(),
                address: address.map(str::to_owned),
                actor,
                target,
                app,
                outcome,
                actor_kind,
                properties,
                credential,
                ..Event::new(source)
            }
        })
}

/// In the order of time, each with an id of its own.
fn story(mut events: Vec<Event>) -> Vec<Event> {
    events.sort_by_key(|e| e.time.map_or(i64::MAX, |t| t.0));
    events.iter_mut().enumerate().for_each(|(nth, e)| e.id = nth.to_string());
    events
}

proptest! {
    #[test]
    fn what_is_proven_rests_on_a_record_that_can_prove(events in prop::collection::vec(any_event(), 0..60).prop_map(story)) {
        let proofs = proofs(&secrets(), Hands::default(), &events, &covered("2026-01-01", "2026-02-10"), "2026-02-10T00:00:00Z");
        for proof in proofs.iter().filter(|p| p.verdict == ProofVerdict::Proven) {
            let reset = proof.reset.expect("a time");
            prop_assert!(reset.0 > LAST && proof.missing.is_empty(), "{:?}", proof);
            let first = events.iter().find(|e| proof.rests_on.first() == Some(&e.id)).expect("the record");
            prop_assert!(first.time == Some(reset) && first.outcome != Outcome::Failure, "{:?} {:?}", proof, first);
        }
    }

    #[test]
    fn what_failed_proves_nothing(events in prop::collection::vec(any_event(), 0..60)) {
        let failed = events.into_iter().map(|e| Event { outcome: Outcome::Failure, ..e }).collect();
        let proofs = proofs(&secrets(), Hands::default(), &story(failed), &covered("2026-01-01", "2026-02-10"), "2026-02-10T00:00:00Z");
        prop_assert!(proofs.iter().all(|p| p.reset.is_none()), "{:?}", proofs);
    }

    #[test]
    fn one_secret_is_judged_alike_alone_and_among_others(events in prop::collection::vec(any_event(), 0..40).prop_map(story), nth in 0..11usize) {
        let coverage = covered("2026-01-01", "2026-02-10");
        let judge = |secrets: &[ExposedSecret]| proofs(secrets, Hands::default(), &events, &coverage, "2026-02-10T00:00:00Z");
        let all = secrets();
        prop_assert_eq!(&judge(&all[nth..=nth])[0], &judge(&all)[nth]);
    }
}

#[test]
fn memory_does_not_grow_with_events() {
    let all = secrets();
    let size = |count: i64| {
        let mut fold = ProofFold::new(&all, Hands::default());
        for n in 0..count {
            let (source, operation) = OPERATIONS[(n % 30) as usize];
            let changed = Property { name: "KeyDescription".into(), old: None, new: Some(format!("[KeyIdentifier={OLD},{n}]")) };
            fold.see(&Event {
                id: n.to_string(),
                time: Some(Timestamp(LAST + n)),
                operation: operation.to_owned(),
                actor: Some(ANNA.to_owned()),
                target: Some(format!("thing-{n}")),
                address: Some(format!("198.{}.{}.1", n / 256 % 256, n % 256)),
                outcome: Outcome::Success,
                properties: vec![changed],
                ..Event::new(source)
            });
        }
        format!("{fold:?}").len()
    };
    let (some, many) = (size(30_000), size(60_000));
    assert!(many < some + some / 50, "{some} bytes in words after 30,000 events, {many} after 60,000");
}
