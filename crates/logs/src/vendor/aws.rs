//! AWS CloudTrail records.

use crate::record::{Record, address, properties, property, set_time};
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome, Property};

/// Members beside the parameters of a request that rules of others ask for.
const MEMBERS: [&str; 7] = [
    "eventType",
    "errorMessage",
    "userIdentity.type",
    "userIdentity.sessionContext.sessionIssuer.type",
    "additionalEventData.MFAUsed",
    "responseElements.publiclyAccessible",
    "responseElements.command.status",
];

pub(super) fn is(r: Record<'_>) -> bool {
    r.holds("eventName") && (r.holds("eventSource") || r.holds("userIdentity"))
}

pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    let mut e = Event::new(LogSource::CloudTrail);
    e.id = r.loose_text(&["eventID"]).unwrap_or_default();
    set_time(&mut e, r.loose_text(&["eventTime"]));
    e.operation = r.loose_text(&["eventName"]).unwrap_or_default();
    e.actor =
        r.loose_text(&["userIdentity.arn", "userIdentity.userName", "userIdentity.principalId", "userIdentity.invokedBy", "userName"]);
    e.actor_kind = match r.loose_text(&["userIdentity.type"]).as_deref() {
        Some("IAMUser" | "Root" | "SAMLUser" | "IdentityCenterUser") => ActorKind::User,
        Some("AssumedRole" | "Role" | "FederatedUser" | "WebIdentityUser") => ActorKind::Application,
        Some("AWSService" | "AWSAccount") => ActorKind::System,
        _ => ActorKind::Unknown,
    };
    e.target = r.loose_text(&[
        "requestParameters.accessKeyId",
        "requestParameters.secretId",
        "additionalEventData.SecretId",
        "requestParameters.dBInstanceIdentifier",
        "requestParameters.roleArn",
        "requestParameters.userName",
        "requestParameters.bucketName",
        "resources.0.ARN",
        "resources.0.arn",
    ]);
    e.app = r.loose_text(&["eventSource"]);
    e.credential = r.loose_text(&["userIdentity.accessKeyId", "AWS access key"]).map(CredentialId::AwsAccessKey);
    e.address = address(r.loose_text(&["sourceIPAddress"]));
    e.agent = r.loose_text(&["userAgent"]);
    // Signing in and changing the password of root answer with the name of the event.
    e.result = r.loose_text(&["errorCode", &format!("responseElements.{}", e.operation)]);
    e.outcome = match e.result.as_deref() {
        None | Some("Success") => Outcome::Success,
        Some(_) => Outcome::Failure,
    };
    e.properties = properties(r.loose(&["requestParameters"]));
    // The key that this call minted: the next link of a chain of sessions.
    let minted = r.loose_text(&["responseElements.credentials.accessKeyId", "responseElements.accessKey.accessKeyId"]);
    e.properties.extend(MEMBERS.iter().flat_map(|name| property(name, r.loose_text(&[name]))));
    e.properties.extend(minted.map(|key| Property { name: "mintedAccessKeyId".to_owned(), old: None, new: Some(key) }));
    vec![e]
}
