//! Proofs for secrets of applications, storage accounts and vaults.

use super::common::*;
use super::table::*;
use aftermail_model::ProofVerdict::{Contradicted, LogGap, NoRecord, OldStillValid, Proven, Reexposed};
use aftermail_model::{CredentialId, ExposedSecret, Kind};

const OLD: &str = "11111111-1111-4111-8111-111111111111";
const NEW: &str = "22222222-2222-4222-8222-222222222222";
const APP: &str = "33333333-3333-4333-8333-333333333333";
const OBJECT: &str = "44444444-4444-4444-8444-444444444444";
const KEYS: &str = "Update application – Certificates and secrets management ";
const SHIPS: &str = "/SUBSCRIPTIONS/S/RESOURCEGROUPS/G/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/SHIPS";
const REGENERATE: &str = "MICROSOFT.STORAGE/STORAGEACCOUNTS/REGENERATEKEY/ACTION";

#[test]
fn secrets_of_applications() {
    let app = || secret(Kind::ClientSecret, Some(CredentialId::EntraKey(OLD.into())), APP, "Azure", EXPOSED);
    let object = format!("Application_{OBJECT}");
    let target = format!(r#","Target":[{{"ID":"{object}","Type":2}},{{"ID":"{OBJECT}","Type":2}}]"#);
    let change = |time: &str, op: &str, old: &[&str], new: &[&str]| {
        ual(time, op, ADMIN, &object, &format!("{}{target}", changed("KeyDescription", &keys(old), &keys(new))))
    };
    let created = || {
        ual(
            "2025-12-02T08:00:00",
            "Add application.",
            ADMIN,
            &object,
            &format!("{}{target}", changed("AppId", "[]", &format!(r#"[\"{APP}\"]"#))),
        )
    };
    let used = |time: &str, key: &str| app_sign_in(time, APP, key, "192.0.2.30");
    let enabled = |time: &str, old: &str, new: &str| {
        ual(
            time,
            "Update service principal.",
            ADMIN,
            APP,
            &changed("AccountEnabled", &format!(r"[\r\n  {old}\r\n]"), &format!(r"[\r\n  {new}\r\n]")),
        )
    };
    check(vec![
        (
            "a new one added, then the exposed one removed",
            app(),
            vec![
                used("2026-01-02T08:00:00Z", OLD),
                change("2026-01-20T08:00:00", KEYS, &[OLD], &[OLD, NEW]),
                change("2026-01-20T09:00:00", KEYS, &[OLD, NEW], &[NEW]),
                used("2026-01-21T08:00:00Z", NEW),
            ],
            Proven,
            "signs in with another key",
        ),
        (
            "a new one added, the old one kept, and the application known by its key alone",
            secret(Kind::ClientSecret, Some(CredentialId::EntraKey(OLD.into())), "", "Azure", EXPOSED),
            vec![change("2026-01-20T08:00:00", KEYS, &[OLD], &[OLD, NEW])],
            OldStillValid,
            "a new one was made",
        ),
        (
            "a new one added, the old one kept",
            app(),
            vec![created(), change("2026-01-20T08:00:00", KEYS, &[OLD], &[OLD, NEW])],
            OldStillValid,
            "a new one was made",
        ),
        (
            "another one removed",
            app(),
            vec![created(), change("2026-01-20T08:00:00", KEYS, &[OLD, NEW], &[OLD])],
            NoRecord,
            "another key than the exposed one",
        ),
        (
            "nothing to nothing",
            app(),
            vec![created(), change("2026-01-20T08:00:00", "Create application – Certificates and secrets management ", &[], &[])],
            NoRecord,
            "changed no key",
        ),
        (
            "on the service principal",
            app(),
            vec![
                used("2026-01-02T08:00:00Z", OLD),
                ual(
                    "2026-01-20T08:00:00",
                    "Remove service principal credentials.",
                    ADMIN,
                    APP,
                    &changed("KeyDescription", &keys(&[OLD]), &keys(&[])),
                ),
            ],
            Proven,
            "the key was removed",
        ),
        (
            "removed, and added again on the service principal",
            app(),
            vec![
                used("2026-01-02T08:00:00Z", OLD),
                change("2026-01-20T08:00:00", KEYS, &[OLD], &[]),
                ual(
                    "2026-01-25T08:00:00",
                    "Add service principal credentials.",
                    ADMIN,
                    APP,
                    &changed("KeyDescription", &keys(&[]), &keys(&[OLD])),
                ),
            ],
            Reexposed,
            "on 2026-01-25",
        ),
        (
            "removed, and used afterwards",
            app(),
            vec![change("2026-01-20T08:00:00", KEYS, &[OLD], &[]), used("2026-01-21T08:00:00Z", OLD)],
            Contradicted,
            "used after that all the same",
        ),
        (
            "used while the change spreads",
            app(),
            vec![change("2026-01-20T08:00:00", KEYS, &[OLD], &[]), used("2026-01-20T08:03:00Z", OLD)],
            Proven,
            "",
        ),
        (
            "removed, and a new one weeks later",
            app(),
            vec![
                created(),
                used("2026-01-02T08:00:00Z", OLD),
                change("2026-01-20T08:00:00", KEYS, &[OLD], &[]),
                change("2026-02-10T08:00:00", KEYS, &[], &[NEW]),
            ],
            Reexposed,
            "a new secret was added",
        ),
        ("disabled", app(), vec![used("2026-01-02T08:00:00Z", OLD), enabled("2026-01-20T08:00:00", "true", "false")], Proven, "disabled"),
        (
            "disabled and enabled again",
            app(),
            vec![
                used("2026-01-02T08:00:00Z", OLD),
                enabled("2026-01-20T08:00:00", "true", "false"),
                enabled("2026-01-22T08:00:00", "false", "true"),
            ],
            Reexposed,
            "enabled",
        ),
        (
            "enabled from nothing, as when it is made",
            app(),
            vec![used("2026-01-02T08:00:00Z", OLD), enabled("2026-01-20T08:00:00", "", "true")],
            NoRecord,
            "",
        ),
        (
            "deleted, and still in the bin",
            app(),
            vec![created(), used("2026-01-02T08:00:00Z", OLD), ual("2026-02-01T08:00:00", "Delete application.", ADMIN, &object, &target)],
            OldStillValid,
            "it can be restored",
        ),
        (
            "deleted for good",
            app(),
            vec![
                created(),
                used("2026-01-02T08:00:00Z", OLD),
                ual("2026-02-01T08:00:00", "Delete application.", ADMIN, &object, &target),
                ual("2026-02-02T08:00:00", "Hard Delete application.", ADMIN, &object, &target),
            ],
            Proven,
            "deleted for good",
        ),
        (
            "deleted, and the bin is emptied by time",
            app(),
            vec![created(), used("2026-01-02T08:00:00Z", OLD), ual("2026-01-15T08:00:00", "Remove service principal.", ADMIN, APP, "")],
            Proven,
            "30 days are over",
        ),
        (
            "deleted and restored",
            app(),
            vec![
                created(),
                used("2026-01-02T08:00:00Z", OLD),
                ual("2026-01-15T08:00:00", "Delete application.", ADMIN, &object, &target),
                ual("2026-01-16T08:00:00", "Restore application.", ADMIN, &object, &target),
            ],
            NoRecord,
            "",
        ),
    ]);
}

#[test]
fn secrets_of_applications_whose_key_is_not_known() {
    let app = || secret(Kind::ClientSecret, None, APP, "Azure", EXPOSED);
    let change = |time: &str, old: &[&str], new: &[&str]| ual(time, KEYS, ADMIN, APP, &changed("KeyDescription", &keys(old), &keys(new)));
    let used = || app_sign_in("2026-01-02T08:00:00Z", APP, OLD, "192.0.2.30");
    let third = "66666666-6666-4666-8666-666666666666";
    check(vec![
        (
            "one of two removed",
            app(),
            vec![used(), change("2026-01-20T08:00:00", &[OLD, third], &[third])],
            NoRecord,
            "1 from before are still there",
        ),
        (
            "a new one added, all from before removed",
            app(),
            vec![
                used(),
                change("2026-01-20T08:00:00", &[OLD, third], &[OLD, third, NEW]),
                change("2026-01-20T08:10:00", &[OLD, third, NEW], &[third, NEW]),
                change("2026-01-20T08:20:00", &[third, NEW], &[NEW]),
            ],
            Proven,
            "every key from before",
        ),
    ]);
}

#[test]
fn keys_of_storage_accounts_and_secrets_of_vaults() {
    let system = "https://ships.blob.core.windows.net";
    let both = || secret(Kind::SharedKey, None, "ships", system, EXPOSED);
    let first = || secret(Kind::SharedKey, Some(CredentialId::StorageAuthHash("key1(AB12)".into())), "ships", system, EXPOSED);
    let sas = || secret(Kind::SasUrl, None, "", system, EXPOSED);
    let regenerate = |time: &str, key: &str, status: &str| {
        azure(
            time,
            REGENERATE,
            SHIPS,
            status,
            &format!(r#","correlationId":"c-{key}","properties":{{"requestbody":"{{\"keyName\":\"{key}\"}}"}}"#),
        )
    };
    // The first record holds the request, the last one its end.
    let ended = |time: &str, key: &str| azure(time, REGENERATE, SHIPS, "Success", &format!(r#","correlationId":"c-{key}""#));
    let read = || {
        r#"{"time":"2026-01-02T08:00:00Z","category":"StorageRead","operationName":"GetBlob","statusCode":200,"callerIpAddress":"192.0.2.9:1","uri":"https://ships.blob.core.windows.net/a/b","identity":{"type":"AccountKey","tokenHash":"key1(AB12)"}}"#.to_owned()
    };
    let ends = |secret: ExposedSecret, end: &str| ExposedSecret { expires: Some(at(end)), ..secret };
    let signed = || secret(Kind::SasUrl, Some(CredentialId::StorageAuthHash("key1(AB12)".into())), "", system, EXPOSED);
    let late = || read().replace("2026-01-02", "2026-01-16");
    let vault = || secret(Kind::Password, None, "", "https://safe.vault.azure.net/secrets/db", EXPOSED);
    let kept = |time: &str, op: &str, version: &str, more: &str| {
        azure(
            time,
            op,
            "/V",
            "Success",
            &format!(r#","category":"AuditEvent","properties":{{"id":"https://safe.vault.azure.net/secrets/db/{version}"{more}}}"#),
        )
    };
    check(vec![
        (
            "the right key",
            first(),
            vec![read(), regenerate("2026-01-20T08:00:00Z", "key1", "Succeeded")],
            Proven,
            "key1 of the storage account",
        ),
        (
            "the wrong key",
            first(),
            vec![read(), regenerate("2026-01-20T08:00:00Z", "key2", "Succeeded")],
            OldStillValid,
            "the exposed one is key1",
        ),
        ("only accepted", first(), vec![read(), regenerate("2026-01-20T08:00:00Z", "key1", "Accepted")], NoRecord, "only accepted"),
        ("failed", first(), vec![read(), regenerate("2026-01-20T08:00:00Z", "key1", "Failed")], NoRecord, "failed"),
        (
            "accepted, and ended well in another record",
            first(),
            vec![read(), regenerate("2026-01-20T08:00:00Z", "key1", "Accepted"), ended("2026-01-20T08:00:02Z", "key1")],
            Proven,
            "",
        ),
        (
            "ended well, and nothing says which key",
            first(),
            vec![read(), ended("2026-01-20T08:00:02Z", "key1")],
            NoRecord,
            "which of the two",
        ),
        (
            "another account",
            first(),
            vec![read(), regenerate("2026-01-20T08:00:00Z", "key1", "Succeeded").replace("SHIPS", "DOCKS")],
            NoRecord,
            "",
        ),
        (
            "which key is not known, one changed",
            both(),
            vec![read(), regenerate("2026-01-20T08:00:00Z", "key1", "Succeeded")],
            OldStillValid,
            "still to be changed are key2",
        ),
        (
            "which key is not known, both changed",
            both(),
            vec![read(), regenerate("2026-01-20T08:00:00Z", "key1", "Succeeded"), regenerate("2026-01-20T08:10:00Z", "key2", "Succeeded")],
            Proven,
            "",
        ),
        (
            "a signature, and delegation not revoked",
            sas(),
            vec![read(), regenerate("2026-01-20T08:00:00Z", "key1", "Succeeded"), regenerate("2026-01-20T08:10:00Z", "key2", "Succeeded")],
            OldStillValid,
            "the keys of delegation",
        ),
        (
            "a signature, and all that can have made it",
            sas(),
            vec![
                read(),
                regenerate("2026-01-20T08:00:00Z", "key1", "Succeeded"),
                regenerate("2026-01-20T08:10:00Z", "key2", "Succeeded"),
                azure("2026-01-20T08:20:00Z", "Microsoft.Storage/storageAccounts/revokeUserDelegationKeys/action", SHIPS, "Succeeded", ""),
            ],
            Proven,
            "",
        ),
        ("a signature, over by itself", ends(sas(), "2026-01-15T00:00:00Z"), vec![], Proven, "ended by itself"),
        ("a signature, not over yet", ends(sas(), "2027-01-15T00:00:00Z"), vec![read()], NoRecord, ""),
        ("a signature, used after its end", ends(signed(), "2026-01-15T00:00:00Z"), vec![late()], Contradicted, "used after that"),
        ("a new version", vault(), vec![kept("2026-01-20T08:00:00Z", "SecretSet", "v2", "")], OldStillValid, ""),
        (
            "a new version, the old one disabled",
            vault(),
            vec![
                kept("2026-01-20T08:00:00Z", "SecretSet", "v2", ""),
                kept("2026-01-20T08:10:00Z", "SecretUpdate", "v1", r#","secretProperties":{"attributes":{"enabled":false}}"#),
            ],
            Proven,
            "check at the system itself",
        ),
        (
            "the new version disabled",
            vault(),
            vec![
                kept("2026-01-20T08:00:00Z", "SecretSet", "v2", ""),
                kept("2026-01-20T08:10:00Z", "SecretUpdate", "v2", r#","secretProperties":{"attributes":{"enabled":false}}"#),
            ],
            OldStillValid,
            "another version",
        ),
        (
            "only another end",
            vault(),
            vec![kept("2026-01-20T08:10:00Z", "SecretUpdate", "v1", r#","secretProperties":{"attributes":{"exp":1}}"#)],
            NoRecord,
            "no version was disabled",
        ),
        ("deleted, recoverable", vault(), vec![kept("2026-01-20T08:10:00Z", "SecretDelete", "", "")], OldStillValid, "can be restored"),
        (
            "purged",
            vault(),
            vec![kept("2026-01-20T08:10:00Z", "SecretDelete", "", ""), kept("2026-01-20T08:20:00Z", "SecretPurge", "", "")],
            Proven,
            "purged",
        ),
    ]);
}

#[test]
fn what_was_not_handed_over_cannot_be_proven() {
    let app = secret(Kind::ClientSecret, Some(CredentialId::EntraKey(OLD.into())), APP, "Azure", EXPOSED);
    let storage = secret(
        Kind::SharedKey,
        Some(CredentialId::StorageAuthHash("key1(AB12)".into())),
        "ships",
        "https://ships.blob.core.windows.net",
        EXPOSED,
    );
    let removed = ual("2026-01-20T08:00:00", KEYS, ADMIN, APP, &changed("KeyDescription", &keys(&[OLD]), &keys(&[])));
    let used = |day: &str| app_sign_in(&format!("{day}T08:00:00Z"), APP, NEW, "192.0.2.30");
    let regenerated =
        azure("2026-01-20T08:00:00Z", REGENERATE, SHIPS, "Succeeded", r#","properties":{"requestbody":"{\"keyName\":\"key1\"}"}"#);
    check_alone(vec![
        (
            "no sign-ins of applications",
            app.clone(),
            vec![removed.clone()],
            LogGap,
            "ServicePrincipalSignInLogs) from 2026-01-20 to 2026-02-20",
        ),
        (
            "they end early",
            app,
            vec![removed, used("2026-01-21"), used("2026-01-24")],
            LogGap,
            "ServicePrincipalSignInLogs) from 2026-01-25 to 2026-02-20",
        ),
        ("no records of storage", storage, vec![regenerated], LogGap, "no record of storage ships"),
    ]);
}
