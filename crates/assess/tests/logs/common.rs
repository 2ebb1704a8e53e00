//! What the tests share: records as sources write them, secrets, coverage.
pub use super::shared::logs;
use super::shared::{Kept, kept};
use aftermail_assess::proof::{Hands, ProofFold};
use aftermail_assess::usage::UsageFold;
use aftermail_model::{CaseKey, Cover, Coverage, CredentialId, Event, ExposedSecret, Kind, LogSource, Proof, Timestamp, Usage};

/// Events of a file, in the order of their time, each once.
pub fn events(bytes: &[u8]) -> Vec<Event> {
    let mut events = kept(bytes).events;
    let mut seen = std::collections::HashSet::new();
    events.retain(|e| seen.insert(e.id.clone()));
    events.sort_by_key(|e| e.time);
    events
}

/// Events of invented records; none may be lost.
pub fn invented(records: &[String]) -> Vec<Event> {
    let kept: Vec<Kept> = records.iter().map(|r| kept(r.as_bytes())).collect();
    assert!(kept.iter().all(|k| k.events.len() == 1 && k.rejects.is_empty()), "{records:?}");
    kept.into_iter().flat_map(|k| k.events).collect()
}

pub fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap_or_else(|| panic!("{text} is a time"))
}

/// A secret that was taken on these days.
pub fn secret(kind: Kind, credential: Option<CredentialId>, account: &str, system: &str, exposed: [&str; 2]) -> ExposedSecret {
    let listed = |name: &str| Some(name.to_owned()).filter(|n| !n.is_empty()).into_iter().collect();
    ExposedSecret {
        finding: CaseKey::new([7; 32]).fingerprint(&format!("{kind:?}{credential:?}{account}{system}")),
        kind,
        credentials: credential.into_iter().collect(),
        accounts: listed(account),
        systems: listed(system),
        first_exposed: Some(at(exposed[0])),
        last_exposed: Some(at(exposed[1])),
        expires: None,
    }
}

/// Every log, covered from one day to another.
pub fn covered(from: &str, to: &str) -> Vec<Coverage> {
    let mut all = Vec::new();
    for source in LogSource::ALL {
        let mut day = at(from);
        while day <= at(to) {
            all.push(Coverage { source, subject: None, day, cover: Cover::Covered, events: 1, because: String::new() });
            day = Timestamp(day.0 + 86_400);
        }
    }
    all
}

pub fn usages(secrets: &[ExposedSecret], events: &[Event], coverage: &[Coverage], as_of: &str) -> Vec<Usage> {
    let mut fold = UsageFold::new(secrets);
    events.iter().for_each(|e| fold.see(e));
    fold.finish(coverage, at(as_of))
}

pub fn proofs(secrets: &[ExposedSecret], hands: Hands, events: &[Event], coverage: &[Coverage], as_of: &str) -> Vec<Proof> {
    let usages = usages(secrets, events, coverage, as_of);
    let mut fold = ProofFold::new(secrets, hands);
    events.iter().for_each(|e| fold.see(e));
    fold.finish(coverage, &usages, at(as_of))
}

/// A record of the Unified Audit Log. `more` are further members, each with a comma in front.
pub fn ual(time: &str, operation: &str, who: &str, target: &str, more: &str) -> String {
    format!(
        r#"{{"Id":"{time}/{operation}/{target}","CreationTime":"{time}","Operation":"{operation}","UserId":"{who}","ObjectId":"{target}","UserType":0,"ResultStatus":"Success"{more}}}"#
    )
}

/// One changed property, as `more` of [`ual`].
pub fn changed(name: &str, old: &str, new: &str) -> String {
    format!(r#","ModifiedProperties":[{{"Name":"{name}","OldValue":"{old}","NewValue":"{new}"}}]"#)
}

/// Parameters of a cmdlet, as `more` of [`ual`].
pub fn parameters(pairs: &[(&str, &str)]) -> String {
    let each: Vec<String> = pairs.iter().map(|(n, v)| format!(r#"{{"Name":"{n}","Value":"{v}"}}"#)).collect();
    format!(r#","Parameters":[{}]"#, each.join(","))
}

/// A list of keys, as `KeyDescription` writes it.
pub fn keys(ids: &[&str]) -> String {
    let each: Vec<String> =
        ids.iter().map(|id| format!(r#"\"[KeyIdentifier={id},KeyType=Password,KeyUsage=Verify,DisplayName=x]\""#)).collect();
    format!(r"[\r\n  {}\r\n]", each.join(","))
}

/// A sign-in of a person.
pub fn sign_in(time: &str, who: &str, address: &str, code: u32) -> String {
    format!(
        r#"{{"category":"SignInLogs","time":"{time}","properties":{{"id":"{time}/{who}/{address}/{code}","createdDateTime":"{time}","userPrincipalName":"{who}","appId":"a1","ipAddress":"{address}","userAgent":"Mozilla/5.0 Chrome/120.0","status":{{"errorCode":{code}}},"resourceDisplayName":"Mail"}}}}"#
    )
}

/// A sign-in of an application with a key.
pub fn app_sign_in(time: &str, app: &str, key: &str, address: &str) -> String {
    format!(
        r#"{{"category":"ServicePrincipalSignInLogs","time":"{time}","properties":{{"id":"{time}/{app}/{key}","createdDateTime":"{time}","servicePrincipalId":"sp-{app}","appId":"{app}","ipAddress":"{address}","servicePrincipalCredentialKeyId":"{key}","status":{{"errorCode":0}},"resourceDisplayName":"Graph"}}}}"#
    )
}

/// A record of CloudTrail. `more` are further members, each with a comma in front.
pub fn aws(time: &str, name: &str, key: &str, request: &str, more: &str) -> String {
    format!(
        r#"{{"eventVersion":"1.08","eventID":"{time}/{name}","eventName":"{name}","eventSource":"iam.amazonaws.com","eventTime":"{time}","sourceIPAddress":"192.0.2.10","userAgent":"aws-cli/2","userIdentity":{{"type":"IAMUser","arn":"arn:aws:iam::123456789012:user/deploy","accessKeyId":"{key}"}},"requestParameters":{request}{more}}}"#
    )
}

/// A record of Azure. `more` are further members, each with a comma in front.
pub fn azure(time: &str, operation: &str, resource: &str, status: &str, more: &str) -> String {
    format!(
        r#"{{"time":"{time}","operationName":"{operation}","resourceId":"{resource}","resultType":"{status}","callerIpAddress":"192.0.2.10","eventDataId":"{time}/{operation}/{status}"{more}}}"#
    )
}
