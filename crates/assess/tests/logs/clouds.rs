//! Proofs for keys and tokens of AWS, GitHub, Okta and Google.

use super::common::*;
use super::table::*;
use aftermail_model::ProofVerdict::{Contradicted, NoRecord, OldStillValid, Proven, Reexposed, SessionsAlive};
use aftermail_model::{CredentialId, Kind};

const AKIA: &str = "AKIAIOSFODNNINVENTED";

#[test]
fn keys_of_aws() {
    let key = || secret(Kind::ApiKey, Some(CredentialId::AwsAccessKey(AKIA.into())), "deploy", "AWS", EXPOSED);
    let kept = || secret(Kind::Password, None, "", "arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf", EXPOSED);
    let database = || secret(Kind::Password, None, "app", "ships.abc.eu-west-1.rds.amazonaws.com", EXPOSED);
    let admin = "AKIAADMININVENTED000";
    let about = format!(r#"{{"userName":"deploy","accessKeyId":"{AKIA}"}}"#);
    let status = |time: &str, to: &str| {
        aws(time, "UpdateAccessKey", admin, &format!(r#"{{"userName":"deploy","accessKeyId":"{AKIA}","status":"{to}"}}"#), "")
    };
    let delete = || aws("2026-01-20T08:00:00Z", "DeleteAccessKey", admin, &about, "");
    let session = "ASIAIOSFODNNINVENTED";
    let minted = || {
        aws(
            "2026-01-19T08:00:00Z",
            "GetSessionToken",
            AKIA,
            "{}",
            &format!(r#","responseElements":{{"credentials":{{"accessKeyId":"{session}"}}}}"#),
        )
    };
    let arn = r#"{"secretId":"arn:aws:secretsmanager:eu-west-1:123456789012:secret:db-AbCdEf"}"#;
    check(vec![
        ("deleted", key(), vec![delete()], Proven, "the key was deleted"),
        ("made inactive", key(), vec![status("2026-01-20T08:00:00Z", "Inactive")], Proven, "inactive"),
        (
            "made inactive, then active",
            key(),
            vec![status("2026-01-20T08:00:00Z", "Inactive"), status("2026-01-22T08:00:00Z", "Active")],
            Reexposed,
            "active",
        ),
        ("another key deleted", key(), vec![delete().replace(AKIA, "AKIAOTHERINVENTED000")], NoRecord, "another key"),
        (
            "deletion refused",
            key(),
            vec![aws("2026-01-20T08:00:00Z", "DeleteAccessKey", admin, &about, r#","errorCode":"AccessDenied""#)],
            NoRecord,
            "failed",
        ),
        (
            "a new key alone",
            key(),
            vec![aws(
                "2026-01-20T08:00:00Z",
                "CreateAccessKey",
                admin,
                r#"{"userName":"deploy"}"#,
                r#","responseElements":{"accessKey":{"accessKeyId":"AKIANEWINVENTED00000"}}"#,
            )],
            OldStillValid,
            "a new one was made",
        ),
        (
            "the quarantine policy alone",
            key(),
            vec![aws(
                "2026-01-20T08:00:00Z",
                "PutUserPolicy",
                admin,
                r#"{"userName":"deploy","policyName":"AWSCompromisedKeyQuarantineV2"}"#,
                "",
            )],
            NoRecord,
            "a brake",
        ),
        ("deleted, and used afterwards", key(), vec![delete(), aws("2026-01-22T08:00:00Z", "GetObject", AKIA, "{}", "")], Contradicted, ""),
        (
            "deleted, and used without leave",
            key(),
            vec![delete(), aws("2026-01-22T08:00:00Z", "GetObject", AKIA, "{}", r#","errorCode":"AccessDenied""#)],
            Contradicted,
            "",
        ),
        (
            "its session goes on",
            key(),
            vec![minted(), delete(), aws("2026-01-20T20:00:00Z", "GetObject", session, "{}", "")],
            SessionsAlive,
            "a session that it had opened",
        ),
        (
            "the user deleted",
            key(),
            vec![aws("2026-01-20T08:00:00Z", "DeleteUser", admin, r#"{"userName":"deploy"}"#, "")],
            Proven,
            "the user was deleted",
        ),
        (
            "a rotation started",
            kept(),
            vec![aws("2026-01-20T08:00:00Z", "RotateSecret", admin, arn, "")],
            NoRecord,
            "a rotation was started",
        ),
        (
            "a rotation ended well",
            kept(),
            vec![aws(
                "2026-01-20T08:00:00Z",
                "RotationSucceeded",
                admin,
                "null",
                &format!(r#","additionalEventData":{}"#, arn.replace("secretId", "SecretId")),
            )],
            Proven,
            "ended well",
        ),
        ("another value stored", kept(), vec![aws("2026-01-20T08:00:00Z", "PutSecretValue", admin, arn, "")], OldStillValid, ""),
        (
            "the master password of the database",
            database(),
            vec![aws(
                "2026-01-20T08:00:00Z",
                "ModifyDBInstance",
                admin,
                r#"{"dBInstanceIdentifier":"ships","masterUserPassword":"****"}"#,
                "",
            )],
            Proven,
            "master password",
        ),
        (
            "another change of the database",
            database(),
            vec![aws("2026-01-20T08:00:00Z", "ModifyDBInstance", admin, r#"{"dBInstanceIdentifier":"ships","allocatedStorage":20}"#, "")],
            NoRecord,
            "",
        ),
    ]);
}

#[test]
fn tokens_of_github_and_okta() {
    let hash = "aW52ZW50ZWQgaGFzaCBvZiBhIHRva2Vu";
    let token = || secret(Kind::Token, Some(CredentialId::GithubHashedToken(hash.into())), "octo", "github.com", EXPOSED);
    let github = |time: &str, action: &str, more: &str| {
        format!(r#"{{"_document_id":"{time}/{action}","@timestamp":"{time}","action":"{action}","actor":"octo","org":"corp"{more}}}"#)
    };
    let clone = |time: &str| {
        github(
            time,
            "git.clone",
            &format!(r#","hashed_token":"{hash}","token_id":77,"programmatic_access_type":"Personal access token (classic)""#),
        )
    };
    let okta_token = || secret(Kind::ApiKey, Some(CredentialId::OktaToken("00Tinvented".into())), "", "corp.okta.com", EXPOSED);
    let okta_user = || secret(Kind::Password, None, ANNA, "Okta", EXPOSED);
    let okta = |time: &str, event: &str, target: &str, result: &str| {
        format!(
            r#"{{"uuid":"{time}/{event}","published":"{time}","eventType":"{event}","actor":{{"type":"User","alternateId":"{ADMIN}"}},"outcome":{{"result":"{result}"}},"target":[{target}]}}"#
        )
    };
    let of_token = r#"{"id":"00Tinvented","type":"Token","alternateId":"unknown"}"#;
    let of_user = r#"{"id":"00u1","type":"User","alternateId":"anna@corp.example"}"#;
    check(vec![
        (
            "revoked, known by its id from a use",
            token(),
            vec![clone("2026-01-11T08:00:00Z"), github("2026-01-20T08:00:00Z", "oauth_access.destroy", r#","token_id":77"#)],
            Proven,
            "deleted",
        ),
        (
            "revoked, known by its hash",
            token(),
            vec![github("2026-01-20T08:00:00Z", "oauth_access.revoke", &format!(r#","hashed_token":"{hash}""#))],
            Proven,
            "",
        ),
        (
            "another one revoked, by this one",
            token(),
            vec![github(
                "2026-01-20T08:00:00Z",
                "oauth_access.destroy",
                &format!(r#","hashed_token":"{hash}","token_id":78,"programmatic_access_type":"Personal access token (classic)""#),
            )],
            NoRecord,
            "",
        ),
        (
            "a new one alone",
            token(),
            vec![github("2026-01-20T08:00:00Z", "personal_access_token.access_granted", r#","token_id":78"#)],
            NoRecord,
            "the old one still opens",
        ),
        (
            "revoked, and used afterwards",
            token(),
            vec![
                clone("2026-01-11T08:00:00Z"),
                github("2026-01-20T08:00:00Z", "oauth_access.destroy", r#","token_id":77"#),
                clone("2026-01-21T08:00:00Z"),
            ],
            Contradicted,
            "",
        ),
        (
            "a token of Okta",
            okta_token(),
            vec![okta("2026-01-20T08:00:00Z", "system.api_token.revoke", of_token, "SUCCESS")],
            Proven,
            "revoked",
        ),
        (
            "another token of Okta",
            okta_token(),
            vec![okta("2026-01-20T08:00:00Z", "system.api_token.revoke", &of_token.replace("invented", "other"), "SUCCESS")],
            NoRecord,
            "",
        ),
        (
            "a token of Okta, refused",
            okta_token(),
            vec![okta("2026-01-20T08:00:00Z", "system.api_token.revoke", of_token, "FAILURE")],
            NoRecord,
            "failed",
        ),
        (
            "a password of Okta, sessions cleared",
            okta_user(),
            vec![
                okta("2026-01-20T08:00:00Z", "user.account.reset_password", of_user, "SUCCESS"),
                okta("2026-01-20T08:00:01Z", "user.session.clear", of_user, "SUCCESS"),
            ],
            Proven,
            "",
        ),
        (
            "a password of Okta, sessions alive",
            okta_user(),
            vec![okta("2026-01-20T08:00:00Z", "user.account.reset_password", of_user, "SUCCESS")],
            SessionsAlive,
            "",
        ),
    ]);
}

#[test]
fn keys_and_passwords_of_google() {
    let id = "0123456789abcdef0123456789abcdef01234567";
    let robot = "robot@ships.iam.gserviceaccount.com";
    let key = || secret(Kind::KeyFile, Some(CredentialId::GcpKey(id.into())), robot, "", EXPOSED);
    let cloud = |time: &str, method: &str, key: &str, more: &str| {
        format!(
            r#"{{"insertId":"{time}/{method}","logName":"l","timestamp":"{time}","protoPayload":{{"methodName":"google.iam.admin.v1.{method}","authenticationInfo":{{"principalEmail":"{ADMIN}"}},"request":{{"name":"projects/-/serviceAccounts/{robot}{key}"}}{more}}}}}"#
        )
    };
    let this = format!("/keys/{id}");
    let user = || secret(Kind::Password, None, ANNA, "Google Workspace", EXPOSED);
    let workspace = |time: &str, name: &str| {
        format!(
            r#"{{"id":{{"time":"{time}","uniqueQualifier":"1","applicationName":"admin"}},"actor":{{"email":"{ADMIN}"}},"events":[{{"name":"{name}","parameters":[{{"name":"USER_EMAIL","value":"{ANNA}"}}]}}]}}"#
        )
    };
    let refresh = || secret(Kind::Token, None, ANNA, "Google Workspace", EXPOSED);
    check(vec![
        ("deleted", key(), vec![cloud("2026-01-20T08:00:00Z", "DeleteServiceAccountKey", &this, "")], Proven, "deleted"),
        ("disabled", key(), vec![cloud("2026-01-20T08:00:00Z", "DisableServiceAccountKey", &this, "")], Proven, "disabled"),
        (
            "disabled and enabled",
            key(),
            vec![
                cloud("2026-01-20T08:00:00Z", "DisableServiceAccountKey", &this, ""),
                cloud("2026-01-21T08:00:00Z", "EnableServiceAccountKey", &this, ""),
            ],
            Reexposed,
            "enabled",
        ),
        (
            "another key deleted",
            key(),
            vec![cloud("2026-01-20T08:00:00Z", "DeleteServiceAccountKey", "/keys/ffff", "")],
            NoRecord,
            "another key",
        ),
        (
            "refused",
            key(),
            vec![cloud("2026-01-20T08:00:00Z", "DeleteServiceAccountKey", &this, r#","status":{"code":7}"#)],
            NoRecord,
            "failed",
        ),
        ("a new key alone", key(), vec![cloud("2026-01-20T08:00:00Z", "CreateServiceAccountKey", "", "")], OldStillValid, ""),
        (
            "a password, cookies reset",
            user(),
            vec![workspace("2026-01-20T08:00:00Z", "CHANGE_PASSWORD"), workspace("2026-01-20T08:01:00Z", "RESET_SIGNIN_COOKIES")],
            Proven,
            "",
        ),
        ("a password, cookies alive", user(), vec![workspace("2026-01-20T08:00:00Z", "CHANGE_PASSWORD")], SessionsAlive, ""),
        (
            "told to change at the next sign-in",
            user(),
            vec![workspace("2026-01-20T08:00:00Z", "CHANGE_PASSWORD_ON_NEXT_LOGIN")],
            NoRecord,
            "until then the old one opens",
        ),
        ("a token, revoked", refresh(), vec![workspace("2026-01-20T08:00:00Z", "REVOKE_3LO_TOKEN")], Proven, "revoked"),
    ]);
}
