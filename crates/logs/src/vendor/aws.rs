//! AWS CloudTrail records.

use crate::record::{Record, address, properties, set_time};
use aftermail_model::{ActorKind, CredentialId, Event, LogSource, Outcome};

pub(super) fn is(r: Record<'_>) -> bool {
    r.has("eventName") && (r.has("eventSource") || r.has("userIdentity"))
}

pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    let mut e = Event::new(LogSource::CloudTrail);
    e.id = r.text(&["eventID"]).unwrap_or_default();
    set_time(&mut e, r.text(&["eventTime"]));
    e.operation = r.text(&["eventName"]).unwrap_or_default();
    e.actor = r.text(&["userIdentity.arn", "userIdentity.userName", "userIdentity.principalId", "userIdentity.invokedBy"]);
    e.actor_kind = match r.text(&["userIdentity.type"]).as_deref() {
        Some("IAMUser" | "Root" | "SAMLUser" | "IdentityCenterUser") => ActorKind::User,
        Some("AssumedRole" | "Role" | "FederatedUser" | "WebIdentityUser") => ActorKind::Application,
        Some("AWSService" | "AWSAccount") => ActorKind::System,
        _ => ActorKind::Unknown,
    };
    e.target = r.text(&[
        "requestParameters.accessKeyId",
        "requestParameters.secretId",
        "requestParameters.roleArn",
        "requestParameters.userName",
        "requestParameters.bucketName",
        "resources.0.ARN",
        "resources.0.arn",
    ]);
    e.app = r.text(&["eventSource"]);
    e.credential = r.text(&["userIdentity.accessKeyId"]).map(CredentialId::AwsAccessKey);
    e.session = r.text(&["userIdentity.sessionContext.attributes.creationDate"]);
    e.address = address(r.text(&["sourceIPAddress"]));
    e.agent = r.text(&["userAgent"]);
    e.result = r.text(&["errorCode", "responseElements.ConsoleLogin"]);
    e.outcome = match e.result.as_deref() {
        None | Some("Success") => Outcome::Success,
        Some(_) => Outcome::Failure,
    };
    e.properties = properties(r.at("requestParameters"));
    vec![e]
}
