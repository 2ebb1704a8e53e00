//! Exports of Google, Amazon, GitHub, Okta and of mail servers at home in every shape, invented, and what must be read from each.
#![allow(missing_docs)]

mod common;

use aftermail_model::{Event, Outcome};
use common::{assert_told, one, told};
use std::io::Write;

#[test]
fn google_workspace_is_read_from_its_api_and_from_what_others_make_of_it() {
    let want = "google_workspace login_failure 2026-01-02T03:04:05Z actor=a@x.example app=login address=198.51.100.7 Failure by User";
    assert_told(&[
        (
            r#"{"kind":"admin#reports#activities","etag":"x","items":[{"kind":"admin#reports#activity","id":{"time":"2026-01-02T03:04:05.678Z","uniqueQualifier":"9","applicationName":"login","customerId":"C"},"actor":{"email":"a@x.example","profileId":"1"},"ipAddress":"198.51.100.7","events":[{"type":"login","name":"login_failure","parameters":[{"name":"login_type","value":"google_password"},{"name":"is_suspicious","boolValue":true}]}]}]}"#,
            want,
        ),
        (
            r#"{"id":{"time":"2026-01-02 03:04:05.678000000","uniqueQualifier":"9","applicationName":"login"},"actor":{"email":"a@x.example"},"ipAddress":"198.51.100.7","name":"login_failure","type":"login","parameters":{"login_type":"google_password"}}"#,
            want,
        ),
        (
            r#"{"time_usec":"1767323045678000","email":"a@x.example","event_type":"login","event_name":"login_failure","record_type":"login","ip_address":"198.51.100.7","unique_identifier":"9"}"#,
            want,
        ),
        (
            "Date,Event,Description,Actor,IP address\n2026-01-02T04:04:05+01:00,Failed login,A failed to sign in,a@x.example,198.51.100.7\n",
            "google_workspace Failed login 2026-01-02T03:04:05Z actor=a@x.example address=198.51.100.7 Failure by User",
        ),
        (
            r#"{"id":{"time":"2026-01-02T03:04:05Z","uniqueQualifier":"9","applicationName":"token"},"actor":{"email":"a@x.example"},"events":[{"type":"auth","name":"authorize","parameters":[{"name":"client_id","value":"c1"},{"name":"scope","multiValue":["https://mail.google.com/"]}]}]}"#,
            "google_workspace authorize 2026-01-02T03:04:05Z actor=a@x.example app=c1 Unknown by User",
        ),
        (
            r#"{"id":{"time":"2026-01-02T03:04:05Z","uniqueQualifier":"9","applicationName":"admin"},"actor":{"email":"a@x.example"},"events":[{"type":"USER_SETTINGS","name":"CHANGE_PASSWORD","parameters":[{"name":"USER_EMAIL","value":"b@x.example"}]}]}"#,
            "google_workspace CHANGE_PASSWORD 2026-01-02T03:04:05Z actor=a@x.example target=b@x.example app=admin Unknown by User",
        ),
    ]);
}

const TRAIL: &str = r#"{"eventVersion":"1.08","userIdentity":{"type":"IAMUser","arn":"arn:aws:iam::1:user/a","accessKeyId":"AKIAINVENTED","userName":"a"},"eventTime":"2026-01-02T03:04:05Z","eventSource":"iam.amazonaws.com","eventName":"DeleteAccessKey","sourceIPAddress":"198.51.100.7","userAgent":"aws-cli","requestParameters":{"userName":"b","accessKeyId":"AKIAOTHER"},"responseElements":null,"eventID":"e1"}"#;

#[test]
fn cloudtrail_is_read_from_its_bucket_its_answers_and_its_console() {
    let want = "cloud_trail DeleteAccessKey 2026-01-02T03:04:05Z actor=arn:aws:iam::1:user/a target=AKIAOTHER app=iam.amazonaws.com credential=aws_access_key:AKIAINVENTED address=198.51.100.7 agent=aws-cli Success by User";
    let text = TRAIL.replace('"', "\\\"");
    let exports = [
        format!("{{\"Records\":[{TRAIL}]}}"),
        format!("{TRAIL}\n"),
        format!(
            "{{\"Events\":[{{\"EventId\":\"e1\",\"EventName\":\"DeleteAccessKey\",\"AccessKeyId\":\"AKIAINVENTED\",\"EventTime\":1767323045.0,\"CloudTrailEvent\":\"{text}\"}}],\"NextToken\":\"x\"}}"
        ),
    ];
    for export in &exports {
        let e = one(export);
        assert_eq!((told(&e).as_str(), e.id.as_str()), (want, "e1"));
    }
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(exports[0].as_bytes()).expect("memory");
    let packed = common::kept(&gzip.finish().expect("memory"));
    assert_eq!(packed.events.iter().map(told).collect::<Vec<_>>(), [want]);
    assert_told(&[(
        "Event name,Event time,User name,Event source,Resource type,Resource name,AWS access key,Source IP address,User agent,Error code,Event ID\nDeleteAccessKey,2026-01-02T03:04:05Z,a,iam.amazonaws.com,,,AKIAINVENTED,198.51.100.7,aws-cli,,e1\n",
        "cloud_trail DeleteAccessKey 2026-01-02T03:04:05Z actor=a app=iam.amazonaws.com credential=aws_access_key:AKIAINVENTED address=198.51.100.7 agent=aws-cli Success by Unknown",
    )]);
}

#[test]
fn google_cloud_is_read_from_its_logs_and_from_bigquery() {
    let want = "google_cloud google.iam.admin.v1.DeleteServiceAccountKey 2026-01-02T03:04:05Z actor=s@p.iam.gserviceaccount.com target=projects/p/serviceAccounts/1/keys/k2 app=iam.googleapis.com credential=gcp_key:k1 address=198.51.100.7 agent=gcloud Success by Application";
    let payload = r#"{"methodName":"google.iam.admin.v1.DeleteServiceAccountKey","serviceName":"iam.googleapis.com","resourceName":"projects/-/serviceAccounts/1/keys/k2","request":{"name":"projects/p/serviceAccounts/1/keys/k2"},"authenticationInfo":{"principalEmail":"s@p.iam.gserviceaccount.com","serviceAccountKeyName":"//iam.googleapis.com/projects/p/serviceAccounts/s/keys/k1"},"requestMetadata":{"callerIp":"198.51.100.7","callerSuppliedUserAgent":"gcloud"},"status":{}}"#;
    for name in ["protoPayload", "protopayload_auditlog"] {
        let text = format!(r#"[{{"insertId":"i1","logName":"l","timestamp":"2026-01-02T03:04:05.1Z","{name}":{payload}}}]"#);
        assert_told(&[(&text, want)]);
    }
}

#[test]
fn github_is_read_from_json_and_csv() {
    let want = "github repo.download_zip 2026-01-02T03:04:05Z actor=a target=o/r app=Personal access token (classic) credential=github_hashed_token:aGFzaA= token=7 address=198.51.100.7 agent=curl Unknown by User";
    let json = r#"[{"@timestamp":1767323045000,"created_at":1767323045000,"action":"repo.download_zip","actor":"a","org":"o","repo":"o/r","hashed_token":"aGFzaA=","token_id":7,"programmatic_access_type":"Personal access token (classic)","actor_ip":"198.51.100.7","user_agent":"curl","_document_id":"1"}]"#;
    let csv = "action,actor,actor_ip,created_at,org,repo,hashed_token,token_id,programmatic_access_type,user_agent,_document_id\nrepo.download_zip,a,198.51.100.7,1767323045000,o,o/r,aGFzaA=,7,Personal access token (classic),curl,1\n";
    assert_told(&[(json, want), (csv, want)]);
}

#[test]
fn okta_is_read_from_json_and_csv() {
    let want = "okta user.session.start 2026-01-02T03:04:05Z actor=a@x.example session=s1 address=198.51.100.7 agent=Mozilla/5.0 result=INVALID_CREDENTIALS Failure by User";
    let json = r#"[{"uuid":"u1","published":"2026-01-02T03:04:05.123Z","eventType":"user.session.start","actor":{"id":"00u1","type":"User","alternateId":"a@x.example"},"client":{"ipAddress":"198.51.100.7","userAgent":{"rawUserAgent":"Mozilla/5.0"}},"authenticationContext":{"externalSessionId":"s1"},"outcome":{"result":"FAILURE","reason":"INVALID_CREDENTIALS"}}]"#;
    let csv = "uuid,published,event_type,actor.id,actor.type,actor.alternate_id,client.ip_address,client.user_agent.raw_user_agent,authentication_context.external_session_id,outcome.result,outcome.reason,display_message\nu1,2026-01-02T03:04:05.123Z,user.session.start,00u1,User,a@x.example,198.51.100.7,Mozilla/5.0,s1,FAILURE,INVALID_CREDENTIALS,User login to Okta\n";
    assert_told(&[(json, want), (csv, want)]);
}

#[test]
fn servers_at_home_are_read_with_and_without_their_headers() {
    let imap = "exchange_server login 2026-01-02T03:04:05Z actor=a@x.example session=S1 address=198.51.100.7 result=R=ok Success by User";
    let smtp = "exchange_server > 2026-01-02T03:04:05Z target=MX\\Client Proxy session=S1 address=198.51.100.7 result=535 5.7.3 Authentication unsuccessful Failure by Unknown";
    assert_told(&[
        (
            "#Software: Microsoft Exchange Server\n#Log-type: IMAP4 Log\n#Fields: dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context,puid\n2026-01-02T03:04:05.678Z,S1,1,192.0.2.1:143,198.51.100.7:5000,a@x.example,1,2,3,login,a@x.example *****,R=ok,\n",
            imap,
        ),
        ("2026-01-02T03:04:05.678Z,S1,1,192.0.2.1:143,198.51.100.7:5000,a@x.example,1,2,3,login,a@x.example *****,R=ok,\n", imap),
        (
            "#Fields: date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context\n2026-01-02T03:04:05.678Z,MX\\Client Proxy,S1,9,192.0.2.1:587,198.51.100.7:5000,>,535 5.7.3 Authentication unsuccessful,\n",
            smtp,
        ),
        ("2026-01-02T03:04:05.678Z,MX\\Client Proxy,S1,9,192.0.2.1:587,198.51.100.7:5000,>,535 5.7.3 Authentication unsuccessful,\n", smtp),
        (
            "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status sc-substatus\n2026-01-02 03:04:05 192.0.2.1 POST /EWS/Exchange.asmx - 443 X\\a 198.51.100.7 Mozilla/5.0+(X) 401 1\n",
            "iis POST 2026-01-02T03:04:05Z actor=X\\a target=/EWS/Exchange.asmx address=198.51.100.7 agent=Mozilla/5.0 (X) result=401 Failure by User",
        ),
        (
            "198.51.100.7 - - [02/Jan/2026:04:04:05 +0100] \"GET /mail/_search?q=x HTTP/1.1\" 200 512 \"-\" \"curl/8\"\n",
            "web_access GET 2026-01-02T03:04:05Z target=/mail/_search address=198.51.100.7 agent=curl/8 result=200 Success by Unknown",
        ),
        (
            "mail.x.example:443 198.51.100.7 - a [02/Jan/2026:03:04:05 +0000] \"POST /x\\\"y HTTP/2.0\" 401 0\n",
            "web_access POST 2026-01-02T03:04:05Z actor=a target=/x\\\"y address=198.51.100.7 result=401 Failure by User",
        ),
        (
            "2026-01-02T03:04:05.678+00:00 mx dovecot: imap-login: Login: user=<a@x.example>, method=PLAIN, rip=198.51.100.7, lip=192.0.2.1, mpid=1, TLS, session=<s1>\n",
            "dovecot imap-login 2026-01-02T03:04:05Z actor=a@x.example session=s1 address=198.51.100.7 Success by User",
        ),
        (
            "2026-01-02T03:04:05+00:00 mx postfix/smtpd[1]: warning: unknown[198.51.100.7]: SASL LOGIN authentication failed: x, sasl_username=a@x.example\n",
            "postfix sasl 2026-01-02T03:04:05Z actor=a@x.example address=198.51.100.7 Failure by User",
        ),
        (
            "2026-01-02T03:04:05+00:00 mx postfix/submission/smtpd[1]: 4A1: client=h.example[198.51.100.7], sasl_method=PLAIN, sasl_username=a@x.example\n",
            "postfix sasl 2026-01-02T03:04:05Z actor=a@x.example address=198.51.100.7 Success by User",
        ),
        (
            r##"{"Event":{"System":{"EventID":4624,"Computer":"dc1","EventRecordID":5,"TimeCreated":{"#attributes":{"SystemTime":"2026-01-02T03:04:05.1Z"}}},"EventData":{"TargetUserName":"a","TargetLogonId":"0x1","IpAddress":"::ffff:198.51.100.7","LogonProcessName":"x"}}}"##,
            "windows_security 4624 2026-01-02T03:04:05Z actor=a target=dc1 app=x session=0x1 address=198.51.100.7 Success by User",
        ),
        (
            "TimeGenerated,Computer,EventID,TargetUserName,IpAddress,Status,Type\n2026-01-02T03:04:05Z,dc1,4625,a,198.51.100.7,0xc000006d,SecurityEvent\n",
            "windows_security 4625 2026-01-02T03:04:05Z actor=a target=dc1 address=198.51.100.7 result=0xc000006d Failure by User",
        ),
    ]);
}

#[test]
fn windows_events_are_read_from_their_words_where_there_is_nothing_else() {
    let reset = "An attempt was made to reset an account's password.\r\n\r\nSubject:\r\n\tSecurity ID:\t\tS-1-5-21-1-500\r\n\tAccount Name:\t\tadmin\r\n\tAccount Domain:\t\tHILL\r\n\tLogon ID:\t\t0x49458\r\n\r\nTarget Account:\r\n\tSecurity ID:\t\tS-1-5-21-1-1105\r\n\tAccount Name:\t\tbo\r\n\tAccount Domain:\t\tHILL\r\n";
    let failed = "An account failed to log on.\n\nSubject:\n\tSecurity ID:\t\tS-1-0-0\n\tAccount Name:\t\t-\n\tLogon ID:\t\t0x0\n\nLogon Type:\t\t\t3\n\nAccount For Which Logon Failed:\n\tAccount Name:\t\tbo\n\tAccount Domain:\t\tHILL\n\nFailure Information:\n\tStatus:\t\t\t0xC000006D\n\nNetwork Information:\n\tSource Network Address:\t198.51.100.7\n\tSource Port:\t\t50123\n";
    let words = serde_json::to_string(reset).expect("JSON");
    let json = |keywords: &str| {
        format!(
            r#"[{{"Id":4724,"RecordId":7,"MachineName":"dc1","TimeCreated":"\/Date(1767323045000)\/",{keywords}"Properties":[{{"Value":"bo"}}],"Message":{words}}}]"#
        )
    };
    let want = "windows_security 4724 2026-01-02T03:04:05Z actor=admin target=bo session=0x49458 Success by User";
    assert_told(&[
        (&json(r#""Keywords":-9214364837600034816,"#), want),
        (&json(r#""KeywordsDisplayNames":["Audit Success"],"#), want),
        (&json(r#""Keywords":-9218868437227405312,"#), &want.replace("Success", "Failure")),
        (&json(""), &want.replace("Success", "Unknown")),
        (
            &format!("Message,Id,MachineName,TimeCreated,RecordId\n\"{reset}\",4724,dc1,2026-01-02T03:04:05Z,7\n"),
            &want.replace("Success", "Unknown"),
        ),
        (
            r#"{"@timestamp":"2026-01-02T03:04:05.123Z","event":{"code":"4724","outcome":"success"},"winlog":{"event_id":4724,"computer_name":"dc1","event_data":{"TargetUserName":"bo","SubjectUserName":"admin","SubjectLogonId":"0x49458"}}}"#,
            want,
        ),
        (
            &format!(
                "Keywords,Date and Time,Source,Event ID,Task Category\nAudit Failure,1/2/2026 3:04:05 AM,Microsoft-Windows-Security-Auditing,4625,Logon,\"{failed}\"\n"
            ),
            "windows_security 4625 2026-01-02T03:04:05Z actor=bo session=0x0 address=198.51.100.7 result=0xC000006D Failure by User",
        ),
    ]);
}

#[test]
fn refusals_are_failures_and_what_rules_ask_for_is_kept() {
    let kept = |e: &Event, name: &str| e.property(name).and_then(|p| p.new.clone()).unwrap_or_default();
    let google = |granted: &str| {
        let info = format!(r#"[{{"permission":"iam.roles.update","resource":"r"{granted}}}]"#);
        let delta = r#"{"policyDelta":{"bindingDeltas":[{"action":"ADD","role":"roles/owner"}]}}"#;
        one(&format!(
            r#"{{"insertId":"i","logName":"l","timestamp":"2026-01-02T03:04:05Z","protoPayload":{{"methodName":"SetIamPolicy","authorizationInfo":{info},"serviceData":{delta}}}}}"#
        ))
    };
    let (yes, no) = (google(r#","granted":true"#), google(""));
    assert_eq!((yes.outcome, no.outcome), (Outcome::Success, Outcome::Failure));
    assert_eq!(kept(&yes, "permission"), "iam.roles.update");
    assert!(kept(&yes, "bindingDeltas").contains("roles/owner"));

    let root = |end: &str| {
        one(&format!(
            r#"{{"eventID":"e","eventTime":"2026-01-02T03:04:05Z","eventName":"PasswordUpdated","eventSource":"signin.amazonaws.com","eventType":"AwsConsoleSignIn","userIdentity":{{"type":"Root","arn":"arn:aws:iam::1:root"}},"responseElements":{{"PasswordUpdated":"{end}"}}}}"#
        ))
    };
    assert_eq!((root("Success").outcome, root("Failure").outcome), (Outcome::Success, Outcome::Failure));
    assert_eq!(
        (kept(&root("Success"), "userIdentity.type"), kept(&root("Success"), "eventType")),
        ("Root".into(), "AwsConsoleSignIn".into())
    );

    let github = one(r#"{"action":"org.update_member","actor":"a","user":"b","org":"o","permission":"admin","created_at":1700000000000}"#);
    assert_eq!(kept(&github, "permission"), "admin");
}
