//! Proofs for what people sign in with: what counts, and what only looks like it.

use super::common::*;
use super::table::*;
use aftermail_assess::proof::Hands;
use aftermail_model::Kind;
use aftermail_model::ProofVerdict::{Contradicted, LogGap, NoRecord, OldStillValid, Proven, Reexposed, SessionsAlive};

#[test]
fn passwords_of_the_directory() {
    let familiar = || sign_in("2026-01-02T08:00:00Z", ANNA, "192.0.2.20", 0);
    let own = |more: &str| ual("2026-01-20T08:00:00", "Change user password.", ANNA, ANNA, more);
    let self_service = || reset("2026-01-20T08:00:00", "fim_password_service@support.onmicrosoft.com");
    check(vec![
        ("reset by an administrator, sessions cut", password(), after_reset(vec![]), Proven, "reset by an administrator"),
        (
            "the stamp comes first in the same second",
            password(),
            vec![stamp("2026-01-20T08:00:00"), reset("2026-01-20T08:00:00", ADMIN)],
            Proven,
            "temporary",
        ),
        (
            "reset, sessions cut, and then the owner chooses another",
            password(),
            vec![
                familiar(),
                reset("2026-01-20T08:00:00", ADMIN),
                stamp("2026-01-20T08:00:00"),
                sign_in("2026-01-20T08:50:00Z", ANNA, "192.0.2.20", 0),
                ual("2026-01-20T09:00:00", "Change user password.", ANNA, ANNA, ""),
            ],
            Proven,
            "reset by an administrator",
        ),
        ("no record", password(), vec![], NoRecord, "no record changes it"),
        ("sessions not cut", password(), vec![reset("2026-01-20T08:00:00", ADMIN)], SessionsAlive, "no record cuts the sessions"),
        (
            "before the last exposure",
            password(),
            vec![reset("2026-01-11T08:00:00", ADMIN), stamp("2026-01-11T08:00:00")],
            Reexposed,
            "exposed again",
        ),
        ("before any exposure", password(), vec![reset("2026-01-09T08:00:00", ADMIN)], NoRecord, ""),
        (
            "another account",
            password(),
            vec![ual("2026-01-20T08:00:00", "Reset user password.", ADMIN, "bert@corp.example", "")],
            NoRecord,
            "",
        ),
        ("failed", password(), vec![reset("2026-01-20T08:00:00", ADMIN).replace("Success", "Failure")], NoRecord, "failed"),
        (
            "told to change at the next sign-in",
            password(),
            vec![ual("2026-01-20T08:00:00", "Set force change user password.", ADMIN, ANNA, "")],
            NoRecord,
            "until then the old one opens",
        ),
        ("sessions cut alone", password(), vec![stamp("2026-01-20T08:00:00")], NoRecord, "the password was not changed"),
        (
            "by the intruder's account",
            password(),
            vec![reset("2026-01-20T08:00:00", "mallory@corp.example"), stamp("2026-01-20T08:00:00")],
            NoRecord,
            "intruder's own",
        ),
        (
            "by the intruder's address",
            password(),
            vec![own(r#","ClientIP":"203.0.113.66""#), stamp("2026-01-20T08:00:00")],
            NoRecord,
            "intruder's own",
        ),
        (
            "by the intruder's session",
            password(),
            vec![own(r#","SessionId":"evil-session""#), stamp("2026-01-20T08:00:00")],
            NoRecord,
            "intruder's own",
        ),
        ("by whoever passed for the owner", password(), vec![own(""), stamp("2026-01-20T08:00:00")], LogGap, "whoever passed for it"),
        (
            "from an address never seen",
            password(),
            vec![familiar(), own(r#","ClientIP":"198.51.100.4""#), stamp("2026-01-20T08:00:00")],
            LogGap,
            "198.51.100.4",
        ),
        (
            "by the owner, from a known place",
            password(),
            vec![familiar(), own(r#","ClientIP":"192.0.2.21""#), stamp("2026-01-20T08:00:00")],
            Proven,
            "was changed",
        ),
        (
            "self-service while only the owner is there",
            password(),
            vec![familiar(), sign_in("2026-01-20T07:55:00Z", ANNA, "192.0.2.22", 50126), self_service(), stamp("2026-01-20T08:00:00")],
            Proven,
            "self-service",
        ),
        (
            "self-service while somebody else is there",
            password(),
            vec![familiar(), sign_in("2026-01-20T07:55:00Z", ANNA, "198.51.100.4", 50126), self_service(), stamp("2026-01-20T08:00:00")],
            LogGap,
            "whoever passed for it",
        ),
        (
            "self-service, and the intruder signs in at once",
            password(),
            vec![
                familiar(),
                sign_in("2026-01-20T07:55:00Z", ANNA, "192.0.2.22", 50126),
                self_service(),
                stamp("2026-01-20T08:00:00"),
                sign_in("2026-01-20T08:00:30Z", ANNA, "203.0.113.66", 0),
            ],
            NoRecord,
            "its own doing",
        ),
        (
            "the intruder signs in again",
            password(),
            after_reset(vec![sign_in("2026-01-21T08:00:00Z", ANNA, "203.0.113.66", 0)]),
            Contradicted,
            "used after that",
        ),
        ("the intruder fails", password(), after_reset(vec![sign_in("2026-01-21T08:00:00Z", ANNA, "203.0.113.66", 50126)]), Proven, ""),
        (
            "the intruder's session lives on",
            password(),
            after_reset(vec![ual("2026-01-21T08:00:00", "MailItemsAccessed", ANNA, ANNA, r#","SessionId":"evil-session""#)]),
            SessionsAlive,
            "a session that it had opened",
        ),
        (
            "the account was created, and its stamp with it",
            password(),
            vec![
                ual(
                    "2026-01-13T08:00:00",
                    "Add user.",
                    ADMIN,
                    ANNA,
                    &changed("StsRefreshTokensValidFrom", "[]", r#"[\"2026-01-13T07:59:59Z\"]"#),
                ),
                ual(
                    "2026-01-13T08:00:01",
                    "Update StsRefreshTokenValidFrom Timestamp.",
                    ADMIN,
                    ANNA,
                    &changed("StsRefreshTokensValidFrom", r#"[\"2026-01-13T08:00:00Z\"]"#, r#"[\"2026-01-13T08:00:01Z\"]"#),
                ),
            ],
            NoRecord,
            "when the account was created",
        ),
        (
            "disabled",
            password(),
            vec![ual("2026-01-20T08:00:00", "Disable account.", ADMIN, ANNA, ""), stamp("2026-01-20T08:00:00")],
            Proven,
            "disabled",
        ),
        (
            "disabled and enabled again",
            password(),
            vec![
                ual("2026-01-20T08:00:00", "Disable account.", ADMIN, ANNA, ""),
                stamp("2026-01-20T08:00:00"),
                ual("2026-01-25T08:00:00", "Enable account.", ADMIN, ANNA, ""),
            ],
            Reexposed,
            "enabled",
        ),
    ]);
}

#[test]
fn several_accounts_and_systems() {
    let both = || {
        let mut shared = password();
        shared.accounts = ["anna", "bert@corp.example", ANNA].map(str::to_owned).to_vec();
        shared
    };
    let beside = || {
        let mut named = password();
        named.accounts.push("the print server".to_owned());
        named
    };
    let vpn = || secret(Kind::Password, None, ANNA, "Company VPN", EXPOSED);
    let bert = |record: String| record.replace("anna@", "bert@");
    let second = |time: &str| vec![bert(reset(time, ADMIN)), bert(stamp(time))];
    check(vec![
        ("one of two accounts", both(), after_reset(vec![]), OldStillValid, "opens bert@corp.example, too"),
        ("both accounts", both(), after_reset(second("2026-01-21T08:00:00")), Proven, "on 2026-01-21"),
        ("an account, and a name that is no address", beside(), after_reset(vec![]), Proven, ""),
        (
            "both accounts, the sessions of one",
            both(),
            after_reset(vec![bert(reset("2026-01-21T08:00:00", ADMIN))]),
            SessionsAlive,
            "no record cuts the sessions",
        ),
        (
            "the account of the directory, and the secret of another system",
            vpn(),
            after_reset(vec![]),
            LogGap,
            "another system than the one that the mail names",
        ),
    ]);
}

#[test]
fn records_of_the_entra_audit_log() {
    let audit = |time: &str, activity: &str, who: &str, more: &str| {
        format!(
            r#"{{"id":"{time}/{activity}","category":"UserManagement","activityDateTime":"{time}","activityDisplayName":"{activity}","result":"success","initiatedBy":{{"user":{{"userPrincipalName":"{who}"{more}}}}},"targetResources":[{{"id":"u1","userPrincipalName":"{ANNA}","modifiedProperties":[]}}]}}"#
        )
    };
    let by_admin = || audit("2026-01-20T08:00:00Z", "Reset password (by admin)", ADMIN, "");
    let own = |from: &str| audit("2026-01-20T08:00:00Z", "Change password (self-service)", ANNA, &format!(r#","ipAddress":"{from}""#));
    let cut = || audit("2026-01-20T08:00:01Z", "Update StsRefreshTokenValidFrom Timestamp", ADMIN, "");
    let familiar = || sign_in("2026-01-02T08:00:00Z", ANNA, "192.0.2.20", 0);
    check(vec![
        ("by an administrator", password(), vec![by_admin(), cut()], Proven, "reset by an administrator"),
        ("by an administrator, failed", password(), vec![by_admin().replace("success", "failure"), cut()], NoRecord, "failed"),
        ("by the owner", password(), vec![familiar(), own("192.0.2.20"), cut()], Proven, "was changed"),
        ("by somebody", password(), vec![familiar(), own("198.51.100.4"), cut()], LogGap, "whoever passed for it"),
    ]);
}

#[test]
fn a_change_without_an_address_is_told_by_its_sign_in() {
    let correlated = |time: &str, address: &str| {
        let record = sign_in(time, ANNA, address, 0);
        record.replace(r#""status""#, r#""correlationId":"c-1","status""#)
    };
    let own = || ual("2026-01-20T08:00:00", "Change user password.", ANNA, ANNA, r#","InterSystemsId":"c-1""#);
    let familiar = || sign_in("2026-01-02T08:00:00Z", ANNA, "192.0.2.20", 0);
    let other = |address: &str| sign_in("2026-01-20T07:58:00Z", ANNA, address, 50126);
    let records = |own_address: &str, others: &str| {
        vec![familiar(), correlated("2026-01-20T07:57:00Z", own_address), other(others), own(), stamp("2026-01-20T08:00:00")]
    };
    check(vec![
        ("the owner's, while somebody else tries", password(), records("192.0.2.21", "198.51.100.4"), Proven, ""),
        ("somebody else's, while the owner tries", password(), records("198.51.100.4", "192.0.2.21"), LogGap, "whoever passed for it"),
    ]);
}

#[test]
fn sessions_and_second_factors() {
    let cookie = || secret(Kind::SessionCookie, None, ANNA, "Office 365", EXPOSED);
    let seed = || secret(Kind::OtpSeed, None, ANNA, "Microsoft 365", EXPOSED);
    let factor = |time: &str, what: &str| ual(time, what, "responder@corp.example", ANNA, "");
    check(vec![
        ("a session, cut", cookie(), vec![stamp("2026-01-20T08:00:00")], Proven, "the sessions were cut"),
        (
            "a session, and only the password changed",
            cookie(),
            vec![reset("2026-01-20T08:00:00", ADMIN)],
            NoRecord,
            "what ends this secret",
        ),
        (
            "removed after the password was changed, and registered anew",
            seed(),
            after_reset(vec![
                factor("2026-01-20T09:00:00", "User deleted security info"),
                factor("2026-01-20T09:10:00", "User registered security info"),
            ]),
            Proven,
            "another registered",
        ),
        (
            "removed before the password was changed",
            seed(),
            before_reset(vec![
                factor("2026-01-19T09:00:00", "User deleted security info"),
                factor("2026-01-19T09:10:00", "User registered security info"),
            ]),
            NoRecord,
            "whoever held both",
        ),
        (
            "another registered, the old one kept",
            seed(),
            after_reset(vec![factor("2026-01-20T09:10:00", "User registered security info")]),
            NoRecord,
            "not removed",
        ),
        (
            "only asked for",
            seed(),
            after_reset(vec![factor("2026-01-20T09:10:00", "Enable Strong Authentication.")]),
            NoRecord,
            "registers none",
        ),
        (
            "registered by the intruder",
            seed(),
            after_reset(vec![
                factor("2026-01-20T09:00:00", "User deleted security info"),
                ual("2026-01-20T09:10:00", "User registered security info", "mallory@corp.example", ANNA, ""),
            ]),
            NoRecord,
            "intruder's own",
        ),
    ]);
}

#[test]
fn passwords_of_a_windows_domain() {
    let user = || secret(Kind::Password, None, "CORP\\anna", "", EXPOSED);
    let root = || secret(Kind::KerberosOrHash, None, "CORP\\krbtgt", "", EXPOSED);
    let event = |time: &str, id: u32, who: &str, target: &str, keywords: &str, more: &str| {
        format!(
            r#"{{"@timestamp":"{time}","winlog":{{"event_id":{id},"computer_name":"DC1","record_id":"{time}/{id}","keywords":["{keywords}"],"event_data":{{"SubjectUserName":"{who}","TargetUserName":"{target}","TargetDomainName":"CORP"{more}}}}}}}"#
        )
    };
    let reset = |time: &str, target: &str| event(time, 4724, "admin", target, "Audit Success", "");
    check(vec![
        ("reset", user(), vec![reset("2026-01-20T08:00:00Z", "anna")], Proven, "reset by an administrator"),
        ("reset failed", user(), vec![event("2026-01-20T08:00:00Z", 4724, "admin", "anna", "Audit Failure", "")], NoRecord, "failed"),
        ("an attempt, its end unknown", user(), vec![event("2026-01-20T08:00:00Z", 4724, "admin", "anna", "", "")], NoRecord, "attempt"),
        (
            "an attempt, and the account tells",
            user(),
            vec![
                event("2026-01-20T08:00:00Z", 4724, "admin", "anna", "", ""),
                event("2026-01-20T08:00:00Z", 4738, "admin", "anna", "Audit Success", r#","PasswordLastSet":"1/20/2026 8:00:00 AM""#),
            ],
            Proven,
            "set anew",
        ),
        (
            "another change of the account",
            user(),
            vec![event("2026-01-20T08:00:00Z", 4738, "admin", "anna", "Audit Success", r#","PasswordLastSet":"-""#)],
            NoRecord,
            "not its password",
        ),
        (
            "told to change at the next logon",
            user(),
            vec![event("2026-01-20T08:00:00Z", 4738, "admin", "anna", "Audit Success", r#","PasswordLastSet":"%%1794""#)],
            NoRecord,
            "until then the old one opens",
        ),
        (
            "changed by whoever knows it",
            user(),
            vec![event("2026-01-20T08:00:00Z", 4723, "anna", "anna", "Audit Success", "")],
            LogGap,
            "whoever passed for it",
        ),
        ("the account of another domain", user(), vec![reset("2026-01-20T08:00:00Z", "anna").replace("\"CORP\"", "\"LAB\"")], NoRecord, ""),
        ("krbtgt once", root(), vec![reset("2026-01-20T08:00:00Z", "krbtgt")], NoRecord, "until the second reset"),
        ("krbtgt twice", root(), vec![reset("2026-01-20T08:00:00Z", "krbtgt"), reset("2026-01-20T22:00:00Z", "krbtgt")], Proven, ""),
    ]);
}

#[test]
fn the_window_and_the_logs() {
    let secret = password();
    let records = invented(&[
        sign_in("2026-01-11T08:00:00Z", ANNA, "198.51.100.4", 0),
        sign_in("2026-01-13T08:00:00Z", ANNA, "198.51.100.4", 50074),
        sign_in("2026-01-14T08:00:00Z", ANNA, "198.51.100.4", 50126),
        reset("2026-01-20T08:00:00", ADMIN),
        stamp("2026-01-20T08:00:00"),
    ]);
    let coverage = covered("2025-12-01", "2026-02-25");
    let ask = |as_of: &str, coverage: &[aftermail_model::Coverage]| {
        proofs(std::slice::from_ref(&secret), Hands::default(), &records, coverage, as_of).remove(0)
    };
    let proof = ask(AS_OF, &coverage);
    assert_eq!((proof.verdict, proof.uses_while_open, proof.open_seconds), (Proven, 2, Some(10 * 86_400 + 8 * 3_600)));
    assert_eq!(proof.rests_on.len(), 2);
    assert!(proof.because.iter().any(|b| b.contains("never seen before, 2 uses, by account:anna")), "{:?}", proof.because);
    // Tokens that were handed out before live another hour.
    let soon = ask("2026-01-20T08:30:00Z", &coverage);
    assert_eq!(soon.verdict, SessionsAlive);
    assert!(soon.because[0].contains("may live until 2026-01-20T09:00:00Z"));
    // A log always ends before it is looked at: the proof holds until there, and says so.
    let short = ask(AS_OF, &covered("2025-12-01", "2026-02-10"));
    assert_eq!((short.verdict, short.missing.len()), (Proven, 0));
    assert!(short.because.iter().any(|b| b.starts_with("told until 2026-02-10")), "{:?}", short.because);
    // Where it ends on the day of the reset, nothing tells what came then.
    let ends = ask(AS_OF, &covered("2025-12-01", "2026-01-20"));
    assert_eq!(ends.verdict, LogGap);
    assert!(ends.missing[0].contains("2026-01-21 to 2026-02-20 (31 days)"), "{:?}", ends.missing);
    let hole: Vec<_> = coverage.iter().filter(|c| c.day != at("2026-02-03")).cloned().collect();
    assert!(ask(AS_OF, &hole).missing[0].contains("2026-02-03"));
}
