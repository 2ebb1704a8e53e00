//! Real logs: chains that are known, and records that look like proofs and are none.

use super::common::*;
use aftermail_assess::exposure::Intruder;
use aftermail_assess::proof::Hands;
use aftermail_model::{CredentialId, Event, ExposedSecret, Kind, Proof, ProofVerdict};
use std::sync::LazyLock;

/// The day after the last record of the tenant.
const END: &str = "2021-07-21T00:00:00Z";
const EXPOSED: &str = "2021-03-01T00:00:00Z";

/// Read once for all tests: it is 38 MB.
static TENANT: LazyLock<Option<Vec<Event>>> = LazyLock::new(|| {
    let path = logs("invictus-o365")?.join("auditrecords.csv");
    Some(events(&std::fs::read(path).expect("a file of the set")))
});

fn tenant() -> Option<&'static [Event]> {
    TENANT.as_deref()
}

fn user(name: &str, exposed: &str) -> ExposedSecret {
    let account = format!("{name}@dutchmasterz.onmicrosoft.com");
    secret(Kind::Password, None, &account, "", [exposed, exposed])
}

fn key(id: &str, exposed: &str) -> ExposedSecret {
    secret(Kind::ClientSecret, Some(CredentialId::EntraKey(id.into())), "", "", [exposed, exposed])
}

fn prove(secret: ExposedSecret, hands: Hands, events: &[Event], as_of: &str) -> Proof {
    proofs(&[secret], hands, events, &covered("2021-02-20", "2021-07-21"), as_of).remove(0)
}

fn ids(events: &[Event], operation: &str) -> Vec<String> {
    let wanted = events.iter().filter(|e| e.operation.starts_with(operation));
    wanted.map(|e| e.id.clone()).collect()
}

#[test]
fn known_resets_of_a_real_tenant_are_told_correctly() {
    let Some(events) = tenant() else { return };
    let reset = prove(user("PradeepG", EXPOSED), Hands::default(), events, END);
    assert_eq!((reset.verdict, reset.reset), (ProofVerdict::Proven, Some(at("2021-03-26T08:43:14Z"))), "{reset:?}");
    assert!(reset.because.iter().any(|b| b.contains("temporary")), "{reset:?}");
    // Exposed in the second of the reset: the stamps that follow cut sessions, and change no password.
    let stamps = prove(user("PradeepG", "2021-03-26T08:43:14Z"), Hands::default(), events, END);
    assert_eq!((stamps.verdict, stamps.reset.is_some()), (ProofVerdict::Reexposed, true), "{stamps:?}");
    let later = prove(user("PradeepG", "2021-03-26T08:43:15Z"), Hands::default(), events, END);
    assert_eq!((later.verdict, later.reset), (ProofVerdict::NoRecord, None), "{later:?}");
}

#[test]
fn a_reset_that_the_intruder_drove_is_no_proof() {
    let Some(events) = tenant() else { return };
    // Nobody says who the intruder is: self-service, and sign-ins from an address never seen with the account, are no proof.
    let alone = prove(user("GradyA", "2021-07-08T00:00:00Z"), Hands::default(), events, END);
    assert_eq!((alone.verdict, alone.reset), (ProofVerdict::LogGap, None), "{alone:?}");
    let words = &alone.because[0];
    assert!(words.contains("whoever passed for it") && words.contains("178.85.138.0/24 was at the account"), "{words}");
    let intruder = Intruder { addresses: ["178.85.138.132".to_owned()].into(), ..Intruder::default() };
    let hands = Hands { intruder, ..Hands::default() };
    let known = prove(user("GradyA", "2021-07-08T00:00:00Z"), hands, events, END);
    assert_eq!((known.verdict, known.reset), (ProofVerdict::NoRecord, None), "{known:?}");
    assert!(known.because.iter().any(|b| b.contains("while the intruder was at the account")), "{known:?}");
}

#[test]
fn a_key_that_is_removed_is_dead_until_another_is_added() {
    let Some(events) = tenant() else { return };
    let removed = "3e089072-26a5-4fb7-a8a6-3573a1f651d7";
    let before: Vec<Event> = events.iter().filter(|e| e.time < Some(at("2021-04-16T00:00:00Z"))).cloned().collect();
    // The tenant exported no sign-ins of applications: whether the key was used afterwards cannot be said.
    let gone = prove(key(removed, "2021-03-25T13:00:00Z"), Hands::default(), &before, "2021-04-15T00:00:00Z");
    assert_eq!((gone.verdict, gone.reset), (ProofVerdict::LogGap, Some(at("2021-03-26T09:22:43Z"))), "{gone:?}");
    assert!(gone.missing.iter().any(|m| m.contains("ServicePrincipalSignInLogs")), "{gone:?}");
    let again = prove(key(removed, "2021-03-25T13:00:00Z"), Hands::default(), events, END);
    assert_eq!(again.verdict, ProofVerdict::Reexposed, "{again:?}");
    assert!(again.because[0].contains("2021-04-16T07:29:20Z"), "{again:?}");
    let kept = prove(key("01a11da6-5197-4e52-a69a-271e48d8cb5d", "2021-04-17T00:00:00Z"), Hands::default(), events, END);
    assert_eq!(kept.verdict, ProofVerdict::NoRecord, "{kept:?}");
}

#[test]
fn an_application_in_the_bin_is_dead_only_when_it_is_purged() {
    let Some(events) = tenant() else { return };
    // Its key was added a quarter of an hour before the application was deleted.
    let key = || key("bf0bc63d-243a-461a-a7d8-9fbd26c9b17d", "2021-06-15T14:45:00Z");
    let added = ids(events, "Update application – Certificates");
    assert_eq!(added.len(), 12);
    let id = key_of(events, "9cb8c87d-30db-43e7-993d-be7095f1c90c");
    let key = || ExposedSecret { credentials: vec![CredentialId::EntraKey(id.clone())], ..key() };
    let before: Vec<Event> = events.iter().filter(|e| e.time < Some(at("2021-07-01T00:00:00Z"))).cloned().collect();
    let binned = prove(key(), Hands::default(), &before, "2021-07-01T00:00:00Z");
    assert_eq!(binned.verdict, ProofVerdict::OldStillValid, "{binned:?}");
    let purged = prove(key(), Hands::default(), events, END);
    assert_eq!(purged.reset, Some(at("2021-07-16T17:25:26Z")), "{purged:?}");
}

/// The key that an application was given.
fn key_of(events: &[Event], application: &str) -> String {
    let target = format!("Application_{application}");
    let change = events.iter().filter(|e| e.target.as_deref() == Some(&target)).find_map(|e| e.property("KeyDescription")?.new.clone());
    let list = change.expect("a change of keys");
    list.split("KeyIdentifier=").nth(1).and_then(|k| k.split(',').next()).expect("a key").to_owned()
}

#[test]
fn no_record_that_only_looks_like_a_proof_proves_anything() {
    let Some(events) = tenant() else { return };
    let fakes = ids(events, "Remove delegated permission grant.");
    assert_eq!(fakes.len(), 8);
    // Everybody and every application of the tenant, exposed on the first day; only what was truly reset may be told as reset.
    let mut secrets: Vec<ExposedSecret> = Vec::new();
    let mut names: Vec<String> = events.iter().flat_map(|e| [e.actor.clone(), e.target.clone()]).flatten().collect();
    names.sort();
    names.dedup();
    for name in names.iter().filter(|n| n.contains('@') && !n.contains([' ', '\\', '/'])) {
        secrets.push(secret(Kind::Password, None, name, "", [EXPOSED, EXPOSED]));
    }
    let accounts = secrets.len();
    assert!(accounts > 20, "{accounts}");
    let lists = events.iter().filter_map(|e| e.property("KeyDescription"));
    let lists = lists.flat_map(|p| [p.old.clone(), p.new.clone()]).flatten().collect::<String>();
    let mut keys: Vec<&str> = lists.split("KeyIdentifier=").skip(1).filter_map(|k| k.split(',').next()).collect();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 11);
    secrets.extend(keys.iter().map(|id| key(id, EXPOSED)));
    let proofs = proofs(&secrets, Hands::default(), events, &covered("2021-02-20", "2021-07-21"), END);
    let reset: Vec<&str> =
        secrets.iter().zip(&proofs).filter(|(_, p)| p.reset.is_some()).flat_map(|(s, _)| s.accounts.first()).map(String::as_str).collect();
    assert_eq!(reset, ["PattiF@dutchmasterz.onmicrosoft.com", "PradeepG@dutchmasterz.onmicrosoft.com"]);
    for proof in &proofs {
        assert!(proof.rests_on.iter().all(|id| !fakes.contains(id)) || proof.verdict != ProofVerdict::Proven, "{proof:?}");
    }
    let widened = proofs.iter().flat_map(|p| &p.because).filter(|b| b.contains("in truth widened")).count();
    assert!(widened >= 6, "the false removals are named: {widened}");
}

#[test]
fn keys_deleted_in_a_real_account_of_aws_are_dead() {
    let Some(set) = logs("invictus-aws") else { return };
    let mut all = Vec::new();
    for entry in std::fs::read_dir(set.join("CloudTrail")).expect("a folder").filter_map(Result::ok) {
        all.extend(events(&std::fs::read(entry.path()).expect("a file")));
    }
    all.sort_by_key(|e| e.time);
    let exposed = ["2023-07-10T12:25:00Z"; 2];
    let prove = |id: &str, as_of: &str| {
        let secret = secret(Kind::ApiKey, Some(CredentialId::AwsAccessKey(id.into())), "", "", exposed);
        proofs(&[secret], Hands::default(), &all, &covered("2023-07-01", "2023-07-20"), as_of).remove(0)
    };
    for id in ["AKIATFQR7NSCQLA2F4OD", "AKIATFQR7NSC3ZO6PKAZ"] {
        let dead = prove(id, "2023-07-13T00:00:00Z");
        assert_eq!((dead.verdict, dead.reset), (ProofVerdict::Proven, Some(at("2023-07-10T12:28:24Z"))), "{dead:?}");
        assert_eq!(prove(id, "2023-07-10T13:00:00Z").verdict, ProofVerdict::SessionsAlive);
    }
    let live = prove("AKIATFQR7NSC8Q4X20BJ", "2023-07-13T00:00:00Z");
    assert_eq!((live.verdict, live.reset), (ProofVerdict::NoRecord, None), "{live:?}");
    assert!(live.uses_while_open > 100, "{live:?}");
}
