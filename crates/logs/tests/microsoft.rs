//! Exports of Microsoft 365, Entra and Azure in every shape in which people have them, invented, and what must be read from each.
#![allow(missing_docs)]

mod common;

use common::{assert_told, kept, one, told};

/// What all shapes of one audit record tell.
const BIND: &str = "unified_audit MailItemsAccessed 2026-01-24T06:54:24Z actor=a@x.example target=b@x.example app=c1 session=s1 token=t1 address=198.51.100.7 agent=Client=REST result=Succeeded Success by User";
const AUDIT: &str = r#"{"Id":"r1","CreationTime":"2026-01-24T06:54:24","Operation":"MailItemsAccessed","RecordType":50,"ResultStatus":"Succeeded","UserId":"a@x.example","UserKey":"k1","UserType":0,"Workload":"Exchange","ClientIPAddress":"198.51.100.7","ClientInfoString":"Client=REST","ClientAppId":"c1","MailboxOwnerUPN":"b@x.example","AppAccessContext":{"AADSessionId":"s1","UniqueTokenId":"t1"},"OperationProperties":[{"Name":"MailAccessType","Value":"Bind"}],"Folders":[{"Path":"\\Inbox","FolderItems":[{"InternetMessageId":"<m@x.example>"}]}]}"#;

fn cell(json: &str) -> String {
    format!("\"{}\"", json.replace('"', "\"\""))
}

#[test]
fn an_audit_record_is_the_same_in_every_export() {
    let dated = AUDIT.replace("2026-01-24T06:54:24", "/Date(1769237664000)/").replace('/', "\\/");
    let office = "TimeGenerated,OfficeId,Operation,OfficeWorkload,RecordType,ResultStatus,UserId,UserType,Client_IPAddress,ClientInfoString,ClientAppId,MailboxOwnerUPN,AppAccessContext,OperationProperties,Folders,Logon_Type,Type\n";
    let context = r#"{"AADSessionId":"s1","UniqueTokenId":"t1"}"#;
    let (properties, folders) =
        (r#"[{"Name":"MailAccessType","Value":"Bind"}]"#, r#"[{"FolderItems":[{"InternetMessageId":"<m@x.example>"}]}]"#);
    let text = |json: &str| json.replace('"', "\\\"");
    let exports = [
        // PowerShell's CSV: the type of the record is a name, the date that of its country.
        format!(
            "\"RecordType\",\"CreationDate\",\"UserIds\",\"Operations\",\"AuditData\",\"ResultIndex\",\"ResultCount\",\"Identity\",\"IsValid\",\"ObjectState\"\r\n\"ExchangeItemAggregated\",\"1/24/2026 6:54:24 AM\",\"a@x.example\",\"MailItemsAccessed\",{},\"1\",\"5000\",\"r1\",\"True\",\"Unchanged\"\r\n",
            cell(AUDIT)
        ),
        // Purview's CSV.
        format!(
            "\u{feff}RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\r\nr1,2026-01-24T06:54:24.0000000Z ,50,MailItemsAccessed,a@x.example,{},,\r\n",
            cell(AUDIT)
        ),
        // Audit records alone: an array (also a content blob of the Management Activity API), one after another.
        format!("[{AUDIT}]"),
        format!("{AUDIT}\n"),
        // `ConvertTo-Json` of PowerShell: of one row no array, blanks before it, `AuditData` as text or as object.
        format!(
            "\u{feff}   {{\r\n  \"RecordType\": \"ExchangeItemAggregated\",\r\n  \"CreationDate\": \"\\/Date(1769237664000)\\/\",\r\n  \"AuditData\": {dated}\r\n}}\r\n"
        ),
        format!("[{{\"RecordType\":50,\"AuditData\":\"{}\"}}]", AUDIT.replace('\\', "\\\\").replace('"', "\\\"")),
        // Graph's `auditLogQuery`.
        format!(
            "{{\"@odata.context\":\"x\",\"value\":[{{\"id\":\"q1\",\"createdDateTime\":\"2026-01-24T06:54:24+00:00\",\"auditLogRecordType\":\"exchangeItemAggregated\",\"operation\":\"MailItemsAccessed\",\"auditData\":{AUDIT}}}]}}"
        ),
        // Re-exported by a search engine.
        format!("_time,AuditData,_raw,host\n2026-01-24T06:54:24.000+0000,{},\"2026-01-24\nsecond line\",h\n", cell(AUDIT)),
        // Sentinel's table, whose dynamic columns are text.
        format!(
            "{office}2026-01-24T06:54:24Z,r1,MailItemsAccessed,Exchange,ExchangeItemAggregated,Succeeded,a@x.example,Regular,198.51.100.7,Client=REST,c1,b@x.example,{},{},{},Owner,OfficeActivity\n",
            cell(context),
            cell(properties),
            cell(folders)
        ),
        format!(
            "[{{\"TimeGenerated\":\"2026-01-24T06:54:24Z\",\"OfficeId\":\"r1\",\"Operation\":\"MailItemsAccessed\",\"OfficeWorkload\":\"Exchange\",\"ResultStatus\":\"Succeeded\",\"UserId\":\"a@x.example\",\"UserType\":\"Regular\",\"Client_IPAddress\":\"198.51.100.7\",\"ClientInfoString\":\"Client=REST\",\"ClientAppId\":\"c1\",\"MailboxOwnerUPN\":\"b@x.example\",\"AppAccessContext\":\"{}\",\"OperationProperties\":\"{}\",\"Folders\":\"{}\"}}]",
            text(context),
            text(properties),
            text(folders)
        ),
    ];
    for export in exports {
        let e = one(&export);
        assert_eq!((told(&e).as_str(), e.id.as_str()), (BIND, "r1"), "{export}");
        assert_eq!(e.messages, ["<m@x.example>"], "{export}");
        assert_eq!(e.property("MailAccessType").and_then(|p| p.new.as_deref()), Some("Bind"), "{export}");
    }
}

#[test]
fn a_query_without_its_audit_data_tells_what_its_envelope_says() {
    assert_told(&[(
        r#"{"value":[{"id":"q1","createdDateTime":"2026-01-24T06:54:24+00:00","auditLogRecordType":"exchangeItem","operation":"Send","userType":"regular","userPrincipalName":"a@x.example","service":"Exchange","objectId":"o","clientIp":"[2001:db8::1]:443","auditData":{}}]}"#,
        "unified_audit Send 2026-01-24T06:54:24Z actor=a@x.example target=o address=2001:db8::1 Unknown by User",
    )]);
}

#[test]
fn sign_ins_of_people_are_the_same_in_every_export() {
    let want = "entra_sign_in Sign-in activity 2026-01-02T03:04:05Z actor=a@x.example target=Office 365 Exchange Online app=a1 session=s1 token=t1 address=198.51.100.7 agent=Mozilla/5.0 result=50126 Failure by User";
    let body = r#""id":"r1","createdDateTime":"2026-01-02T03:04:05.1234567Z","userPrincipalName":"a@x.example","userId":"u1","appId":"a1","resourceDisplayName":"Office 365 Exchange Online","ipAddress":"198.51.100.7","userAgent":"Mozilla/5.0","correlationId":"c1","uniqueTokenIdentifier":"t1","sessionId":"s1","status":{"errorCode":50126,"failureReason":"x"},"incomingTokenType":"none""#;
    let portal = "Date (UTC),Request ID,User agent,Correlation ID,User ID,User,Username,User type,Incoming token type,Unique token identifier,Application,Application ID ,Resource,Resource ID ,IP address,Location,Status,Sign-in error code,Failure reason,Session ID,IP address (seen by resource),Autonomous system  number,Incoming token type,Latency\n\
                  2026-01-02T03:04:05Z,r1,Mozilla/5.0,c1,u1,A,a@x.example,Member,none,t1,Outlook,a1,Office 365 Exchange Online,res1,198.51.100.7,X,Failure,50126,x,s1,192.0.2.1,64500,Primary refresh token,9\n";
    let mut exports = vec![
        format!("{{\"value\":[{{{body}}}]}}"),
        "TimeGenerated,Id,CreatedDateTime,UserPrincipalName,UserId,AppId,AppDisplayName,ResourceDisplayName,IPAddress,UserAgent,CorrelationId,UniqueTokenIdentifier,SessionId,ResultType,Status,Type\n2026-01-02T03:09:00Z,r1,2026-01-02T03:04:05.1234567Z,a@x.example,u1,a1,Outlook,Office 365 Exchange Online,198.51.100.7,Mozilla/5.0,c1,t1,s1,50126,\"{\"\"errorCode\"\":50126}\",SigninLogs\n".to_owned(),
        portal.to_owned(),
        // An older export, of a country that writes the day first.
        "Id,CreatedDateTime,UserPrincipalName,AppId,ResourceDisplayName,IpAddress,UserAgent,CorrelationId,UniqueTokenIdentifier,SessionId,ResultType\nr1,2/01/2026 3:04:05 am,a@x.example,a1,Office 365 Exchange Online,198.51.100.7,Mozilla/5.0,c1,t1,s1,50126\nr2,31/01/2026 3:04:05 am,b@x.example,a1,,,,,,,0\n".to_owned(),
    ];
    for category in ["SignInLogs", "NonInteractiveUserSignInLogs"] {
        let one = format!(
            "{{\"time\":\"2026-01-02T03:09:00Z\",\"category\":\"{category}\",\"resultType\":\"50126\",\"callerIpAddress\":\"198.51.100.7\",\"properties\":{{{body}}}}}"
        );
        exports.extend([format!("{one}\n"), format!("{{\"records\":[{one}]}}")]);
    }
    for export in exports {
        let all = kept(export.as_bytes());
        let e = all.events.first().unwrap_or_else(|| panic!("{export}: {all:?}"));
        assert_eq!((told(e).as_str(), e.id.as_str()), (want, "r1"), "{export}");
        assert_eq!(e.property("correlationId").and_then(|p| p.new.as_deref()), Some("c1"), "{export}");
    }
}

#[test]
fn sign_ins_of_machines_tell_their_credential() {
    let want = "entra_sign_in Sign-in activity 2026-01-02T03:04:05Z actor=sp1 target=Graph app=a1 credential=cert_thumbprint:AB12 address=198.51.100.7 result=0 Success by Application";
    for category in ["ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs"] {
        let text = format!(
            r#"{{"time":"2026-01-02T03:04:05Z","category":"{category}","properties":{{"id":"r1","createdDateTime":"2026-01-02T03:04:05Z","servicePrincipalId":"sp1","appId":"a1","ipAddress":"198.51.100.7","servicePrincipalCredentialThumbprint":"ab12","status":{{"errorCode":0}},"resourceDisplayName":"Graph"}}}}"#
        );
        assert_eq!(told(&one(&text)), want);
    }
}

#[test]
fn changes_of_the_directory_are_the_same_in_every_export() {
    let body = r#""id":"d1","activityDateTime":"2026-01-02T03:04:05.1Z","activityDisplayName":"Reset user password","correlationId":"c1","result":"success","initiatedBy":{"user":{"userPrincipalName":"a@x.example","ipAddress":"198.51.100.7"}},"targetResources":[{"userPrincipalName":"b@x.example","id":"u1","modifiedProperties":[{"displayName":"P","oldValue":"1","newValue":"2"}]}],"additionalDetails":[{"key":"User-Agent","value":"Mozilla/5.0"}]"#;
    let analytics = r#"[{"TimeGenerated":"2026-01-02T03:04:05.1Z","Id":"d1","OperationName":"Reset user password","CorrelationId":"c1","Result":"success","InitiatedBy":"{\"user\":{\"userPrincipalName\":\"a@x.example\",\"ipAddress\":\"198.51.100.7\"}}","TargetResources":"[{\"userPrincipalName\":\"b@x.example\",\"modifiedProperties\":[{\"displayName\":\"P\",\"oldValue\":\"1\",\"newValue\":\"2\"}]}]","AdditionalDetails":"[{\"key\":\"User-Agent\",\"value\":\"Mozilla/5.0\"}]","Type":"AuditLogs"}]"#;
    let portal = "Date (UTC),CorrelationId,Service,Category,Activity,Result,ResultReason,ActorType,ActorDisplayName,ActorObjectId,ActorUserPrincipalName,IPAddress,ActorServicePrincipalName,ActorServicePrincipalId,Target1Type,Target1DisplayName,Target1ObjectId,Target1UserPrincipalName,Target1ModifiedProperty1Name,Target1ModifiedProperty1OldValue,Target1ModifiedProperty1NewValue,AdditionalDetail1Key,AdditionalDetail1Value\n2026-01-02T03:04:05Z,c1,Core Directory,UserManagement,Reset user password,success,,User,,,a@x.example,198.51.100.7,,,User,B,u1,b@x.example,P,1,2,User-Agent,Mozilla/5.0\n";
    let exports = [
        format!("{{\"value\":[{{{body}}}]}}"),
        format!(
            "{{\"time\":\"2026-01-02T03:04:05Z\",\"category\":\"AuditLogs\",\"operationName\":\"Reset user password\",\"properties\":{{{body}}}}}"
        ),
        analytics.to_owned(),
        portal.to_owned(),
    ];
    for export in exports {
        let e = one(&export);
        assert_eq!(
            told(&e),
            "entra_audit Reset user password 2026-01-02T03:04:05Z actor=a@x.example target=b@x.example address=198.51.100.7 agent=Mozilla/5.0 result=success Success by User",
            "{export}"
        );
        let changed = e.property("P").map(|p| (p.old.as_deref(), p.new.as_deref()));
        assert_eq!(changed, Some((Some("1"), Some("2"))), "{export}");
        assert_eq!(e.property("correlationId").and_then(|p| p.new.as_deref()), Some("c1"), "{export}");
    }
}

#[test]
fn requests_to_graph_are_read_from_diagnostics_and_analytics() {
    let want = "graph_activity GET 2026-01-02T03:04:05Z actor=sp1 target=https://graph.microsoft.com/v1.0/users/u/messages app=a1 session=s1 token=t1 address=198.51.100.7 agent=python result=200 Success by Application";
    let diagnostic = r#"{"time":"2026-01-02T03:04:05Z","category":"MicrosoftGraphActivityLogs","operationName":"Microsoft Graph Activity","callerIpAddress":"198.51.100.7","properties":{"timeGenerated":"2026-01-02T03:04:05Z","requestId":"1","requestMethod":"GET","requestUri":"https://graph.microsoft.com/v1.0/users/u/messages","responseStatusCode":200,"appId":"a1","servicePrincipalId":"sp1","C_Sid":"s1","signInActivityId":"t1","ipAddress":"198.51.100.7","userAgent":"python","roles":"Mail.Read","C_Idtyp":"app","C_Iat":"1767323045"}}"#;
    let analytics = "TimeGenerated,RequestId,RequestMethod,RequestUri,ResponseStatusCode,AppId,ServicePrincipalId,SessionId,SignInActivityId,IPAddress,UserAgent,Roles,Type\n2026-01-02T03:04:05Z,1,GET,https://graph.microsoft.com/v1.0/users/u/messages,200,a1,sp1,s1,t1,198.51.100.7,python,Mail.Read,MicrosoftGraphActivityLogs\n";
    assert_told(&[(diagnostic, want), (analytics, want)]);
    assert_eq!(one(diagnostic).property("roles").and_then(|p| p.new.clone()).as_deref(), Some("Mail.Read"));
    assert_eq!(one(diagnostic).property("C_Idtyp").and_then(|p| p.new.clone()).as_deref(), Some("app"));
}

#[test]
fn activity_and_diagnostics_of_azure_are_read_in_every_shape() {
    assert_told(&[
        (
            r#"{"records":[{"time":"2026-01-02T03:04:05.1Z","resourceId":"/SUBSCRIPTIONS/S/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/A","operationName":"MICROSOFT.STORAGE/STORAGEACCOUNTS/REGENERATEKEY/ACTION","category":"Administrative","resultType":"Success","resultSignature":"Succeeded.","callerIpAddress":"198.51.100.7","correlationId":"c1","identity":{"claims":{"appid":"a1","uti":"t1","http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn":"a@x.example"}},"properties":{"requestbody":"{\"keyName\":\"key1\"}"}}]}"#,
            "azure MICROSOFT.STORAGE/STORAGEACCOUNTS/REGENERATEKEY/ACTION 2026-01-02T03:04:05Z actor=a@x.example target=/SUBSCRIPTIONS/S/PROVIDERS/MICROSOFT.STORAGE/STORAGEACCOUNTS/A app=a1 token=t1 address=198.51.100.7 result=Success Success by User",
        ),
        (
            r#"{"value":[{"eventDataId":"1","eventTimestamp":"2026-01-02T03:04:05.1Z","caller":"a@x.example","claims":{"appid":"a1","uti":"t1"},"httpRequest":{"clientIpAddress":"198.51.100.7"},"operationName":{"value":"Microsoft.Storage/storageAccounts/regenerateKey/action","localizedValue":"Regenerate"},"resourceId":"/s","status":{"value":"Accepted"}}]}"#,
            "azure Microsoft.Storage/storageAccounts/regenerateKey/action 2026-01-02T03:04:05Z actor=a@x.example target=/s app=a1 token=t1 address=198.51.100.7 result=Accepted Unknown by User",
        ),
        (
            "TimeGenerated,EventDataId,OperationNameValue,ActivityStatusValue,Caller,CallerIpAddress,Claims,_ResourceId,CorrelationId,Type\n2026-01-02T03:04:05Z,1,MICROSOFT.STORAGE/STORAGEACCOUNTS/REGENERATEKEY/ACTION,Success,a@x.example,198.51.100.7,\"{\"\"appid\"\":\"\"a1\"\",\"\"uti\"\":\"\"t1\"\"}\",/s,c1,AzureActivity\n",
            "azure MICROSOFT.STORAGE/STORAGEACCOUNTS/REGENERATEKEY/ACTION 2026-01-02T03:04:05Z actor=a@x.example target=/s app=a1 token=t1 address=198.51.100.7 result=Success Success by User",
        ),
        (
            "TimeGenerated,AccountName,OperationName,AuthenticationType,AuthenticationHash,StatusCode,StatusText,CallerIpAddress,Uri,UserAgentHeader,Category,CorrelationId,Type\n2026-01-02T03:04:05Z,acc,GetBlob,AccountKey,key1(AB),200,Success,198.51.100.7:5000,https://acc.example/c/b?sig=x,azcopy,StorageRead,c1,StorageBlobLogs\n",
            "azure GetBlob 2026-01-02T03:04:05Z target=https://acc.example/c/b credential=storage_auth_hash:key1(AB) address=198.51.100.7 agent=azcopy result=200 Success by Unknown",
        ),
        (
            r#"{"time":"2026-01-02T03:04:05Z","resourceId":"/V","category":"AuditEvent","operationName":"SecretGet","resultType":"Success","resultSignature":"OK","callerIPAddress":"198.51.100.7","identity":{"claim":{"appid":"a1","oid":"o1"}},"properties":{"id":"https://v.example/secrets/s/1","clientInfo":"python","httpStatusCode":200}}"#,
            "azure SecretGet 2026-01-02T03:04:05Z target=https://v.example/secrets/s/1 app=a1 address=198.51.100.7 agent=python result=Success Success by Application",
        ),
        (
            "TimeGenerated,ResourceId,Category,OperationName,ResultType,CallerIPAddress,identity_claim_appid_g,identity_claim_http_schemas_xmlsoap_org_ws_2005_05_identity_claims_upn_s,id_s,clientInfo_s,Type\n2026-01-02T03:04:05Z,/V,AuditEvent,SecretGet,Success,198.51.100.7,a1,a@x.example,https://v.example/secrets/s/1,python,AzureDiagnostics\n",
            "azure SecretGet 2026-01-02T03:04:05Z actor=a@x.example target=https://v.example/secrets/s/1 app=a1 address=198.51.100.7 agent=python result=Success Success by User",
        ),
    ]);
}
