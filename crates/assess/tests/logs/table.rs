//! Rows of tables of verdicts, and how they are checked.

use super::common::*;
use aftermail_assess::exposure::Intruder;
use aftermail_assess::proof::Hands;
use aftermail_model::{Event, ExposedSecret, Kind, Proof, ProofVerdict, Timestamp};

pub const EXPOSED: [&str; 2] = ["2026-01-10T00:00:00Z", "2026-01-12T00:00:00Z"];
pub const AS_OF: &str = "2026-02-20T00:00:00Z";
pub const ANNA: &str = "anna@corp.example";
pub const ADMIN: &str = "admin@corp.example";

/// A name, the secret, the records, the verdict, and words that must stand in it.
pub type Row = (&'static str, ExposedSecret, Vec<String>, ProofVerdict, &'static str);

pub fn intruder() -> Hands {
    let set = |name: &str| [name.to_owned()].into();
    let intruder = Intruder {
        sessions: set("evil-session"),
        addresses: set("203.0.113.66"),
        accounts: set("mallory@corp.example"),
        ..Intruder::default()
    };
    Hands { intruder, trusted_actors: set("responder@corp.example"), ..Hands::default() }
}

/// What goes on in every tenant, every third day: another application signs in, and somebody reads from the storage account.
fn ordinary() -> Vec<Event> {
    let day = |n: i64| Timestamp(at("2025-12-01T06:00:00Z").0 + n * 3 * 86_400).to_string();
    let read = |time: &str| {
        format!(
            r#"{{"time":"{time}","category":"StorageRead","operationName":"GetBlob","statusCode":200,"callerIpAddress":"192.0.2.9:1","uri":"https://ships.blob.core.windows.net/a/b","identity":{{"type":"AccountKey","tokenHash":"key2(EF56)"}}}}"#
        )
    };
    let records = (0..29).map(day).flat_map(|d| [app_sign_in(&d, "77777777-7777-4777-8777-777777777777", "k7", "192.0.2.77"), read(&d)]);
    invented(&records.collect::<Vec<_>>())
}

/// The verdict on one secret, by these records among what is ordinary, or by these alone.
pub fn prove(secret: &ExposedSecret, records: &[String], ordinary: &[Event]) -> Proof {
    let coverage = covered("2025-12-01", "2026-02-25");
    let mut events = [invented(records), ordinary.to_vec()].concat();
    events.sort_by_key(|e| e.time);
    proofs(std::slice::from_ref(secret), intruder(), &events, &coverage, AS_OF).remove(0)
}

pub fn check(rows: Vec<Row>) {
    check_among(rows, &ordinary());
}

/// As [`check`], in a tenant whose other records were not handed over.
pub fn check_alone(rows: Vec<Row>) {
    check_among(rows, &[]);
}

fn check_among(rows: Vec<Row>, ordinary: &[Event]) {
    let mut wrong = Vec::new();
    for (name, secret, records, verdict, says) in rows {
        let proof = prove(&secret, &records, ordinary);
        let words = format!("{:?} {:?}", proof.because, proof.missing);
        if proof.verdict != verdict || !words.contains(says) {
            wrong.push(format!("{name}: {} instead of {}, “{says}” in {words}", proof.verdict.as_str(), verdict.as_str()));
        }
        assert_eq!(proof.reset.is_some(), proof.open_seconds.is_some(), "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

pub fn password() -> ExposedSecret {
    secret(Kind::Password, None, ANNA, "", EXPOSED)
}

pub fn reset(time: &str, who: &str) -> String {
    ual(time, "Reset user password.", who, ANNA, "")
}

pub fn stamp(time: &str) -> String {
    ual(time, "Update StsRefreshTokenValidFrom Timestamp.", ADMIN, ANNA, "")
}

/// A reset as it should be, and more.
pub fn after_reset(more: Vec<String>) -> Vec<String> {
    let mut all = vec![reset("2026-01-20T08:00:00", ADMIN), stamp("2026-01-20T08:00:00")];
    all.extend(more);
    all
}

/// More, and then a reset as it should be.
pub fn before_reset(mut more: Vec<String>) -> Vec<String> {
    more.extend(after_reset(Vec::new()));
    more
}
