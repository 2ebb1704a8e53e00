//! One invented record of each source and shape, and what must be read from it.
#![allow(missing_docs)]

mod common;

use aftermail_logs::Why;
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome};
use common::{kept, one};
use std::io::Write;

fn when(e: &Event) -> String {
    e.time.map(|t| t.to_string()).unwrap_or_default()
}

#[test]
fn a_sign_in_of_an_application_tells_its_key_in_every_shape() {
    let diagnostic = r#"{"records":[{"time":"2026-01-02T03:04:05Z","category":"ServicePrincipalSignInLogs","resultType":"0","callerIpAddress":"198.51.100.7","properties":{"id":"r1","createdDateTime":"2026-01-02T03:04:05.1234567Z","servicePrincipalId":"sp1","appId":"a1","ipAddress":"198.51.100.7","servicePrincipalCredentialKeyId":"k1","uniqueTokenIdentifier":"t1","status":{"errorCode":0},"resourceDisplayName":"Graph"}}]}"#;
    let graph = r#"{"@odata.context":"x","value":[{"id":"r1","createdDateTime":"2026-01-02T03:04:05Z","servicePrincipalId":"sp1","appId":"a1","ipAddress":"198.51.100.7","servicePrincipalCredentialKeyId":"k1","uniqueTokenIdentifier":"t1","status":{"errorCode":0},"resourceDisplayName":"Graph"}],"@odata.nextLink":"y"}"#;
    let analytics = "TimeGenerated,Id,ServicePrincipalId,AppId,IPAddress,ServicePrincipalCredentialKeyId,UniqueTokenIdentifier,ResultType,ResourceDisplayName,Type\n2026-01-02T03:04:05Z,r1,sp1,a1,198.51.100.7,k1,t1,0,Graph,AADServicePrincipalSignInLogs\n";
    let portal = "Date (UTC),Request ID,Service principal ID,Application ID ,IP address,Credential key ID,Unique token identifier,Status,Resource\n2026-01-02T03:04:05Z,r1,sp1,a1,198.51.100.7,k1,t1,Success,Graph\n";
    for text in [diagnostic, graph, analytics, portal] {
        let e = one(text);
        assert_eq!(
            (e.source, e.id.as_str(), e.outcome, e.actor_kind),
            (LogSource::EntraSignIn, "r1", Outcome::Success, ActorKind::Application),
            "{text}"
        );
        assert_eq!(when(&e), "2026-01-02T03:04:05Z");
        assert_eq!(e.credential, Some(CredentialId::EntraKey("k1".into())));
        assert_eq!([e.actor, e.app, e.address, e.token, e.target].map(Option::unwrap), ["sp1", "a1", "198.51.100.7", "t1", "Graph"]);
    }
}

#[test]
fn what_detectors_ask_for_is_kept_and_what_opens_is_not() {
    let sign_in = r#"{"time":"2026-01-02T03:04:05Z","category":"NonInteractiveUserSignInLogs","properties":{"id":"r","createdDateTime":"2026-01-02T03:04:05Z","userPrincipalName":"a@x.example","autonomousSystemNumber":64496,"authenticationProtocol":"ropc","status":{"errorCode":0},"servicePrincipalCredentialThumbprint":"abCD"}}"#;
    let told = |e: &Event, name: &str| e.property(name).and_then(|p| p.new.clone()).unwrap_or_default();
    let e = one(sign_in);
    let names = ["category", "autonomousSystemNumber", "authenticationProtocol"];
    assert_eq!(names.map(|n| told(&e, n)), ["NonInteractiveUserSignInLogs", "64496", "ropc"]);
    assert_eq!(e.credential, Some(CredentialId::CertThumbprint("ABCD".into())));
    let blob = r#"{"time":"2026-01-02T03:04:05Z","category":"StorageRead","operationName":"GetBlob","uri":"https://s.blob.example/a?sv=1&sig=Zm9v","identity":{"type":"SAS"}}"#;
    let e = one(blob);
    assert_eq!((e.target.as_deref(), told(&e, "authenticationType").as_str()), (Some("https://s.blob.example/a?sv=1"), "SAS"));
    let minted = r#"{"eventID":"c","eventTime":"2026-01-02T03:04:05Z","eventName":"AssumeRole","eventSource":"sts.amazonaws.com","userIdentity":{"accessKeyId":"AKIAEXAMPLE"},"responseElements":{"credentials":{"accessKeyId":"ASIAEXAMPLE"}}}"#;
    assert_eq!(told(&one(minted), "mintedAccessKeyId"), "ASIAEXAMPLE");
    let search = r#"{"Id":"s","CreationTime":"2026-01-02T03:04:05","Operation":"SearchQueryInitiatedExchange","RecordType":109,"UserId":"a@x.example","QueryText":"vpn password"}"#;
    assert_eq!(told(&one(search), "QueryText"), "vpn password");
}

#[test]
fn a_change_of_an_application_tells_what_changed_in_every_shape() {
    let graph = r#"{"value":[{"id":"d1","category":"ApplicationManagement","activityDateTime":"2026-01-02T03:04:05Z","activityDisplayName":"Update application – Certificates and secrets management ","result":"success","initiatedBy":{"user":{"userPrincipalName":"a@x.example","ipAddress":"198.51.100.7:44"},"app":null},"targetResources":[{"id":"app1","modifiedProperties":[{"displayName":"KeyDescription","oldValue":"[]","newValue":"[k]"}]}]}]}"#;
    let analytics = "TimeGenerated,Id,OperationName,Result,InitiatedBy,TargetResources,Type\n2026-01-02T03:04:05Z,d1,Update application – Certificates and secrets management ,success,\"{\"\"user\"\":{\"\"userPrincipalName\"\":\"\"a@x.example\"\",\"\"ipAddress\"\":\"\"198.51.100.7\"\"}}\",\"[{\"\"id\"\":\"\"app1\"\",\"\"modifiedProperties\"\":[{\"\"displayName\"\":\"\"KeyDescription\"\",\"\"oldValue\"\":\"\"[]\"\",\"\"newValue\"\":\"\"[k]\"\"}]}]\",AuditLogs\n";
    for text in [graph, analytics] {
        let e = one(text);
        assert_eq!((e.source, e.id.as_str(), e.outcome), (LogSource::EntraAudit, "d1", Outcome::Success));
        assert!(e.operation.contains('–'));
        assert_eq!([&e.actor, &e.target, &e.address].map(|v| v.as_deref().unwrap_or_default()), ["a@x.example", "app1", "198.51.100.7"]);
        let change = e.property("KeyDescription").expect("a change");
        assert_eq!((change.old.as_deref(), change.new.as_deref()), (Some("[]"), Some("[k]")));
    }
}

#[test]
fn ids_of_credentials_are_read_from_every_cloud() {
    let cases = [
        (
            r#"{"eventVersion":"1","eventID":"1","eventName":"GetObject","eventSource":"s3.amazonaws.com","eventTime":"2026-01-02T03:04:05Z","userIdentity":{"type":"IAMUser","accessKeyId":"AKIAINVENTED"}}"#,
            CredentialId::AwsAccessKey("AKIAINVENTED".into()),
        ),
        (
            r#"{"insertId":"1","logName":"l","timestamp":"2026-01-02T03:04:05Z","protoPayload":{"methodName":"m","authenticationInfo":{"principalEmail":"s@p.iam.gserviceaccount.com","serviceAccountKeyName":"//iam/keys/1"}}}"#,
            CredentialId::GcpKey("1".into()),
        ),
        (
            r#"{"@timestamp":1767323045000,"action":"git.clone","actor":"a","org":"o","hashed_token":"aGFzaA=","_document_id":"1"}"#,
            CredentialId::GithubHashedToken("aGFzaA=".into()),
        ),
        (
            r#"{"uuid":"1","published":"2026-01-02T03:04:05.000Z","eventType":"user.session.start","transaction":{"detail":{"requestApiTokenId":"00T1"}},"outcome":{"result":"SUCCESS"}}"#,
            CredentialId::OktaToken("00T1".into()),
        ),
        (
            r#"{"time":"2026-01-02T03:04:05Z","category":"StorageRead","operationName":"GetBlob","statusCode":200,"callerIpAddress":"198.51.100.7:1","identity":{"type":"SAS","tokenHash":"h1"}}"#,
            CredentialId::StorageAuthHash("h1".into()),
        ),
    ];
    for (text, id) in cases {
        let e = one(text);
        assert_eq!(e.credential, Some(id));
        assert_eq!(when(&e), "2026-01-02T03:04:05Z", "{text}");
    }
}

#[test]
fn other_sources_are_known_by_their_content() {
    let cases = [
        (
            r#"{"time":"2026-01-02T03:04:05Z","category":"MicrosoftGraphActivityLogs","properties":{"requestId":"1","requestUri":"https://graph/messages","appId":"a","C_Sid":"s"}}"#,
            LogSource::GraphActivity,
        ),
        (
            r#"{"time":"2026-01-02T03:04:05Z","category":"AuditEvent","operationName":"SecretGet","resourceId":"/V","resultType":"Success","properties":{"id":"https://v/secrets/s"}}"#,
            LogSource::Azure,
        ),
        (
            r#"{"operationName":{"value":"Microsoft.Storage/storageAccounts/regenerateKey/action","localizedValue":"x"},"eventTimestamp":"2026-01-02T03:04:05Z","resourceId":"/r","status":{"value":"Accepted"}}"#,
            LogSource::Azure,
        ),
        (
            r#"{"id":{"time":"2026-01-02T03:04:05Z","uniqueQualifier":"1","applicationName":"login"},"actor":{"email":"a@x.example"},"events":[{"name":"login_success"}]}"#,
            LogSource::GoogleWorkspace,
        ),
        (
            r#"{"@timestamp":"2026-01-02T03:04:05Z","winlog":{"event_id":4625,"event_data":{"TargetUserName":"a","IpAddress":"198.51.100.7"}}}"#,
            LogSource::WindowsSecurity,
        ),
        (
            "TimeGenerated,Operation,OfficeId,OfficeWorkload,UserId,RecordType\n2026-01-02T03:04:05Z,Send,1,Exchange,a@x.example,ExchangeItem\n",
            LogSource::UnifiedAudit,
        ),
        ("#Fields: date time c-ip cs-method cs-uri-stem sc-status\n2026-01-02 03:04:05 198.51.100.7 GET /owa 200\n", LogSource::Iis),
        (
            "#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,command,context\n2026-01-02T03:04:05.1Z,1,1,192.0.2.1:143,198.51.100.7:5,a,login,R=ok\n",
            LogSource::ExchangeServer,
        ),
        ("2026-01-02T03:04:05+00:00 mx dovecot: imap-login: Login: user=<a>, rip=198.51.100.7, session=<s>\n", LogSource::Dovecot),
    ];
    for (text, source) in cases {
        let e = one(text);
        assert_eq!(e.source, source, "{text}");
        assert_eq!(when(&e), "2026-01-02T03:04:05Z", "{text}");
    }
}

#[test]
fn a_key_whose_change_is_only_accepted_is_not_yet_changed() {
    let e = one(
        r#"{"operationName":"MICROSOFT.STORAGE/STORAGEACCOUNTS/REGENERATEKEY/ACTION","time":"2026-01-02T03:04:05Z","resourceId":"/r","resultType":"Accept"}"#,
    );
    assert_eq!(e.outcome, Outcome::Unknown);
}

const RECORD: &str = r#"{"Id":"1","Operation":"Send","CreationTime":"2026-01-02T03:04:05","UserId":"a@x.example"}"#;

#[test]
fn packed_and_wide_files_are_read_like_plain_ones() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(RECORD.as_bytes()).expect("memory");
    let packed = gzip.finish().expect("memory");
    let wide: Vec<u8> = "\u{feff}".encode_utf16().chain(RECORD.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for bytes in [&packed, &wide] {
        let all = kept(bytes);
        assert_eq!((all.events.len(), all.rejects.len()), (1, 0));
    }
    assert_eq!(kept(&packed[..packed.len() - 12]).whys().last(), Some(&Why::CutOff));
}

#[test]
fn what_is_no_event_is_counted_with_its_reason() {
    assert_eq!(kept(b"").whys(), [Why::Empty]);
    assert_eq!(kept(b"[]").whys(), [Why::Empty]);
    assert_eq!(kept(b"nothing of ours\nnor this\n").whys(), [Why::Unknown; 2]);
    let cut = kept(format!("[{RECORD},{}", &RECORD[..40]).as_bytes());
    assert_eq!((cut.events.len(), cut.whys()), (1, vec![Why::CutOff]));
    let mixed = kept(format!("{RECORD}\n{{\"a\":1}}\n{RECORD}{{\"b\" 1}}").as_bytes());
    assert_eq!((mixed.events.len(), mixed.whys()), (2, vec![Why::Unknown, Why::Damaged]));
    let resumed = kept(format!("{{\"broken\":\n{RECORD}\n{RECORD}\n").as_bytes());
    assert_eq!((resumed.events.len(), resumed.whys()), (2, vec![Why::CutOff]));
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(5_000), "]".repeat(5_000));
    assert_eq!(kept(deep.as_bytes()).whys(), [Why::TooLarge]);
    let excel = "CreationDate,AuditData\n1/2/2026 3:04:05 AM,\"{\"\"Id\"\":\"\"1\"\",\"\"Oper\"\n";
    assert_eq!(kept(excel.as_bytes()).whys(), [Why::CutOff]);
}

#[test]
fn a_lost_quote_costs_its_row_alone() {
    let row = "x,\"{\"\"Id\"\":\"\"1\"\",\"\"Operation\"\":\"\"Send\"\",\"\"CreationTime\"\":\"\"2026-01-02T03:04:05\"\"}\"\n";
    let all = kept(format!("CreationDate,AuditData\n{row}x,\"{{\"\"Id\n{row}{row}").as_bytes());
    assert_eq!((all.events.len(), all.whys()), (3, vec![Why::CutOff]));
}

#[test]
fn records_within_answers_of_other_services_are_read() {
    let lookup = r#"{"Events":[{"EventId":"1","EventName":"GetObject","CloudTrailEvent":"{\"eventID\":\"1\",\"eventName\":\"GetObject\",\"eventSource\":\"s3\"}"}]}"#;
    let query =
        r#"{"value":[{"id":"9","operation":"Send","auditData":{"Id":"1","Operation":"Send","CreationTime":"2026-01-02T03:04:05"}}]}"#;
    assert_eq!((one(lookup).source, one(query).source), (LogSource::CloudTrail, LogSource::UnifiedAudit));
    assert_eq!((one(lookup).id, one(query).id), ("1".into(), "1".into()));
}

#[test]
fn equal_lines_are_as_many_events_and_keep_their_ids() {
    let line = "Jan 15 08:00:00 mx postfix/smtpd[1]: warning: unknown[198.51.100.7]: SASL LOGIN authentication failed: x\n";
    let ids = |text: &str| kept(text.as_bytes()).events.into_iter().map(|e| e.id).collect::<Vec<_>>();
    let twice = ids(&line.repeat(2));
    assert_ne!(twice[0], twice[1]);
    assert_eq!(ids(&line.repeat(2)), twice);
}
