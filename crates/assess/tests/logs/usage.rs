//! Uses of secrets: the exact join where a log knows the secret, the account where none does.

use super::common::*;
use super::table::{ANNA, AS_OF, EXPOSED};
use aftermail_model::UsageVerdict::{NotSeen, Unknown, UsedAnew, UsedAsBefore};
use aftermail_model::{Cover, CredentialId, ExposedSecret, Kind, LogSource, Usage};

const KEY: &str = "11111111-1111-4111-8111-111111111111";
const APP: &str = "33333333-3333-4333-8333-333333333333";
const THUMBPRINT: &str = "A9993E364706816ABA3E25717850C26C9CD0D89D";

fn ask(secret: &ExposedSecret, records: &[String]) -> Usage {
    let coverage = covered("2025-12-01", "2026-02-25");
    let mut all = usages(std::slice::from_ref(secret), &invented(records), &coverage, AS_OF);
    assert_eq!(all.len(), 1, "{all:?}");
    all.remove(0)
}

fn exact(kind: Kind, id: CredentialId) -> ExposedSecret {
    secret(kind, Some(id), "", "", EXPOSED)
}

#[test]
fn every_source_knows_its_own_secrets() {
    let sas = "key1(ab12),SasSignature(cd34)";
    let storage = r#"{"time":"2026-01-13T08:00:00Z","category":"StorageRead","operationName":"GetBlob","statusCode":200,"callerIpAddress":"192.0.2.9:1","uri":"https://ships.blob.core.windows.net/a/b","identity":{"type":"SAS","tokenHash":"key1(AB12),SasSignature(CD34)"}}"#;
    let google = r#"{"insertId":"1","logName":"l","timestamp":"2026-01-13T08:00:00Z","protoPayload":{"methodName":"m","authenticationInfo":{"principalEmail":"r@s.iam.gserviceaccount.com","serviceAccountKeyName":"//iam/keys/0123ABCD"}}}"#;
    let github =
        r#"{"@timestamp":"2026-01-13T08:00:00Z","action":"git.clone","actor":"a","org":"o","hashed_token":"aGFzaA=","_document_id":"1"}"#;
    let okta = r#"{"uuid":"1","published":"2026-01-13T08:00:00Z","eventType":"user.lifecycle.create","transaction":{"detail":{"requestApiTokenId":"00T1"}},"outcome":{"result":"SUCCESS"}}"#;
    let thumb = app_sign_in("2026-01-13T08:00:00Z", APP, "", "192.0.2.9").replace(
        r#""servicePrincipalCredentialKeyId":"""#,
        &format!(r#""servicePrincipalCredentialThumbprint":"{}""#, THUMBPRINT.to_lowercase()),
    );
    let both = app_sign_in("2026-01-13T08:00:00Z", APP, KEY, "192.0.2.9")
        .replace(r#""status""#, &format!(r#""servicePrincipalCredentialThumbprint":"{THUMBPRINT}","status""#));
    let token = ual("2026-01-13T08:00:00", "MailItemsAccessed", ANNA, ANNA, r#","AppAccessContext":{"UniqueTokenId":"uti-1"}"#);
    let cases = [
        (Kind::ClientSecret, CredentialId::EntraKey(KEY.to_uppercase()), app_sign_in("2026-01-13T08:00:00Z", APP, KEY, "192.0.2.9")),
        (Kind::CertificateWithKey, CredentialId::CertThumbprint(THUMBPRINT.into()), thumb),
        // `customKeyIdentifier` of Graph is the base64 of the hash; the record holds the id of the key, too.
        (Kind::CertificateWithKey, CredentialId::CertThumbprint("qZk+NkcGgWq6PiVxeFDCbJzQ2J0=".into()), both),
        (Kind::SasUrl, CredentialId::StorageAuthHash(sas.into()), storage.to_owned()),
        (Kind::SharedKey, CredentialId::StorageAuthHash("key1(AB12)".into()), storage.to_owned()),
        (Kind::KeyFile, CredentialId::GcpKey("0123abcd".into()), google.to_owned()),
        (Kind::Token, CredentialId::GithubHashedToken("aGFzaA=".into()), github.to_owned()),
        (Kind::ApiKey, CredentialId::OktaToken("00T1".into()), okta.to_owned()),
        (
            Kind::ApiKey,
            CredentialId::AwsAccessKey("AKIAINVENTED".into()),
            aws("2026-01-13T08:00:00Z", "GetObject", "AKIAINVENTED", "{}", ""),
        ),
        (Kind::Token, CredentialId::JwtId("uti-1".into()), token),
    ];
    for (kind, id, record) in cases {
        let used = ask(&exact(kind, id.clone()), &[record]);
        assert_eq!((used.verdict, used.exact, used.after, used.rests_on.len()), (UsedAnew, true, 1, 1), "{id}: {used:?}");
        assert_eq!(used.joined_by, id.to_string());
    }
}

#[test]
fn uses_are_compared_with_those_from_before_the_exposure() {
    let secret = exact(Kind::ClientSecret, CredentialId::EntraKey(KEY.into()));
    let usual = |day: &str| app_sign_in(&format!("{day}T08:00:00Z"), APP, KEY, "192.0.2.9");
    let as_before = ask(&secret, &[usual("2026-01-02"), usual("2026-01-13")]);
    assert_eq!((as_before.verdict, as_before.before, as_before.after, as_before.anew), (UsedAsBefore, 1, 1, 0), "{as_before:?}");
    let strange = app_sign_in("2026-01-14T08:00:00Z", APP, KEY, "203.0.113.66");
    let anew = ask(&secret, &[usual("2026-01-02"), usual("2026-01-13"), strange]);
    assert_eq!((anew.verdict, anew.after, anew.anew), (UsedAnew, 2, 1));
    assert!(anew.because.iter().any(|b| b.contains("networks never seen before the exposure: 203.0.113.0/24")), "{anew:?}");
    assert!(anew.rests_on[0].contains("2026-01-14"), "what is new comes first: {anew:?}");
    assert_eq!((anew.first, anew.last), (Some(at("2026-01-13T08:00:00Z")), Some(at("2026-01-14T08:00:00Z"))));
    let first_ever = ask(&secret, &[usual("2026-01-13")]);
    assert!(first_ever.because.iter().any(|b| b.contains("nothing to compare with")), "{first_ever:?}");
}

#[test]
fn a_session_that_a_key_opened_is_a_use_of_it() {
    let secret = exact(Kind::ApiKey, CredentialId::AwsAccessKey("AKIAINVENTED".into()));
    let opens = |time: &str, name: &str, by: &str, session: &str| {
        aws(time, name, by, "{}", &format!(r#","responseElements":{{"credentials":{{"accessKeyId":"{session}"}}}}"#))
    };
    let chain = ask(
        &secret,
        &[
            opens("2026-01-13T08:00:00Z", "GetSessionToken", "AKIAINVENTED", "ASIAONE"),
            opens("2026-01-13T08:01:00Z", "AssumeRole", "ASIAONE", "ASIATWO"),
            aws("2026-01-13T08:02:00Z", "GetObject", "ASIATWO", "{}", ""),
            aws("2026-01-13T08:03:00Z", "GetObject", "ASIAOTHER", "{}", ""),
            aws("2026-01-13T08:04:00Z", "PutObject", "AKIAINVENTED", "{}", r#","errorCode":"AccessDenied""#),
            aws("2026-01-13T08:05:00Z", "PutObject", "AKIAINVENTED", "{}", r#","errorCode":"NoSuchBucket""#),
        ],
    );
    assert_eq!(chain.after, 4, "{chain:?}");
    assert!(chain.because.iter().any(|b| b.contains("2 of them through sessions")), "{chain:?}");
    assert!(chain.because.iter().any(|b| b.contains("in 1 of them the secret was right")), "{chain:?}");
}

#[test]
fn a_password_is_joined_by_its_account_and_said_so() {
    let secret = |account: &str| secret(Kind::Password, None, account, "", EXPOSED);
    let signed_in = |code| sign_in("2026-01-13T08:00:00Z", ANNA, "192.0.2.9", code);
    let used = ask(&secret("Anna@Corp.example"), &[signed_in(0)]);
    assert_eq!((used.verdict, used.exact, used.joined_by.as_str()), (UsedAnew, false, "account:Anna@Corp.example"));
    assert!(used.because[0].contains("only the account"), "{used:?}");
    let inferred = ask(&secret("CORP\\anna"), &[signed_in(0)]);
    assert_eq!(inferred.after, 1);
    assert!(inferred.because.iter().any(|b| b.contains("likely the same one")), "{inferred:?}");
    assert_eq!(ask(&secret("anna@other.example"), &[signed_in(0)]).after, 0);
    // Wrong passwords are no uses; right ones that something else stopped are.
    assert_eq!(ask(&secret(ANNA), &[signed_in(50126)]).verdict, NotSeen);
    let stopped = ask(&secret(ANNA), &[signed_in(50074)]);
    assert_eq!(stopped.after, 1);
    assert!(stopped.because.iter().any(|b| b.contains("something else stopped")), "{stopped:?}");
}

#[test]
fn personal_data_have_no_use_and_no_proof() {
    let all = [secret(Kind::Iban, None, ANNA, "", EXPOSED), secret(Kind::Password, None, ANNA, "", EXPOSED)];
    let coverage = covered("2026-01-10", "2026-02-20");
    assert_eq!(usages(&all, &[], &coverage, AS_OF).len(), 1);
    assert_eq!(proofs(&all, aftermail_assess::proof::Hands::default(), &[], &coverage, AS_OF).len(), 1);
}

#[test]
fn a_key_of_storage_is_known_by_its_account_where_nothing_tells_its_hash() {
    let record = |time: &str, host: &str| {
        format!(
            r#"{{"time":"{time}","category":"StorageRead","operationName":"GetBlob","statusCode":200,"callerIpAddress":"192.0.2.9:1","uri":"https://{host}.blob.core.windows.net:443/a/b","identity":{{"type":"AccountKey","tokenHash":"key1(AB12)"}}}}"#
        )
    };
    let key = secret(Kind::ConnectionString, None, "ships", "ships.blob.core.windows.net", EXPOSED);
    let used = ask(&key, &[record("2026-01-02T08:00:00Z", "ships"), record("2026-01-13T08:00:00Z", "ships")]);
    assert_eq!((used.verdict, used.exact, used.before, used.after), (UsedAsBefore, false, 1, 1), "{used:?}");
    let boats = ask(&key, &[record("2026-01-13T08:00:00Z", "boats")]);
    assert!(
        boats.verdict == Unknown && boats.missing[0].contains("no record of storage ships"),
        "each account has a log of its own: {boats:?}"
    );
    // Whoever signs in by name leaves a record, too: the log of the account is there, and shows no key.
    let by_name = |day: &str| {
        record(&format!("{day}T08:00:00Z"), "ships").replace(r#""type":"AccountKey","tokenHash":"key1(AB12)""#, r#""type":"OAuth""#)
    };
    assert_eq!(ask(&key, &[by_name("2026-01-13"), by_name("2026-02-03")]).verdict, NotSeen);
}

#[test]
fn the_end_of_a_token_is_no_use_of_it() {
    let record = |more: &str| {
        format!(
            r#"{{"@timestamp":"2026-01-13T08:00:00Z","action":"personal_access_token.destroy","actor":"a","org":"o","hashed_token":"aGFzaA=","_document_id":"1"{more}}}"#
        )
    };
    let token = exact(Kind::Token, CredentialId::GithubHashedToken("aGFzaA=".into()));
    assert_eq!(ask(&token, &[record("")]).verdict, NotSeen);
    let by_it = record(r#","programmatic_access_type":"Personal access token (classic)""#);
    assert_eq!(ask(&token, &[by_it]).verdict, UsedAnew);
}

#[test]
fn not_seen_is_said_only_where_everything_is_covered() {
    let password = secret(Kind::Password, None, ANNA, "", EXPOSED);
    let key = exact(Kind::ClientSecret, CredentialId::EntraKey(KEY.into()));
    let elsewhere = secret(Kind::Password, None, ANNA, "Company VPN", EXPOSED);
    let nameless = secret(Kind::ApiKey, None, "", "", EXPOSED);
    let all = [password, key, elsewhere, nameless];
    let days = ["2026-01-06", "2026-01-12", "2026-01-18", "2026-01-24", "2026-01-30", "2026-02-05", "2026-02-11", "2026-02-17"];
    let others = days.map(|d| app_sign_in(&format!("{d}T08:00:00Z"), "55555555-5555-4555-8555-555555555555", "k2", "192.0.2.9"));
    let told = |coverage: &[_], records: &[String]| {
        let all = usages(&all, &invented(records), coverage, AS_OF);
        all.iter().map(|u| (u.verdict, u.missing.join("; "))).collect::<Vec<_>>()
    };
    let full = told(&covered("2026-01-10", "2026-02-20"), &others);
    assert_eq!([full[0].0, full[1].0, full[2].0, full[3].0], [NotSeen, NotSeen, Unknown, Unknown], "{full:?}");
    assert!(full[2].1.contains("ask for the log of the system itself") && full[3].1.contains("a name by which a log knows it"), "{full:?}");
    let no_apps = told(&covered("2026-01-10", "2026-02-20"), &[]);
    assert!(no_apps[1].0 == Unknown && no_apps[1].1.contains("ServicePrincipalSignInLogs"), "{no_apps:?}");
    let short = told(&covered("2026-01-12", "2026-02-18"), &others);
    assert_eq!([short[0].0, short[1].0], [Unknown, Unknown]);
    assert!(short[0].1.contains("2026-01-10 to 2026-01-11 (2 days)") && !short[0].1.contains("2026-02-19"), "{short:?}");
    let mut young = covered("2026-01-10", "2026-02-20");
    young.iter_mut().filter(|c| c.day == at(AS_OF) && c.source != LogSource::UnifiedAudit).for_each(|c| c.cover = Cover::Delayed);
    let young = told(&young, &others);
    assert_eq!([young[0].0, young[1].0], [NotSeen, NotSeen], "told until the day before: {young:?}");
}
