//! Rows of tables of verdicts, and how they are checked.

use super::common::*;
use aftermail_assess::exposure::Intruder;
use aftermail_assess::proof::Hands;
use aftermail_model::{ExposedSecret, Kind, Proof, ProofVerdict};

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

pub fn prove(secret: &ExposedSecret, records: &[String]) -> Proof {
    let coverage = covered("2025-12-01", "2026-02-25");
    proofs(std::slice::from_ref(secret), intruder(), &invented(records), &coverage, AS_OF).remove(0)
}

pub fn check(rows: Vec<Row>) {
    let mut wrong = Vec::new();
    for (name, secret, records, verdict, says) in rows {
        let proof = prove(&secret, &records);
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
