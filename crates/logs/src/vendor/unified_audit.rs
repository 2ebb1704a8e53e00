//! Microsoft 365 Unified Audit Log, and Sentinel's OfficeActivity. Schema: Office 365 Management Activity API.

use crate::record::{Record, address, properties, property, set_time};
use aftermail_model::{ActorKind, Event, LogSource, Outcome, Property};
use serde_json::Value;

/// Members whose content is named values.
const BAGS: [&str; 4] = ["Parameters", "ModifiedProperties", "ExtendedProperties", "OperationProperties"];

/// Members outside of them that tell who was given what: rights on a folder, and the API behind an application; what was searched for;
/// and when a token was issued.
const MEMBERS: [(&str, &str); 12] = [
    // The sign-in that a change of the directory belongs to: such records often tell no address of their own.
    ("correlationId", "InterSystemsId"),
    // What stays when an account is renamed.
    ("UserKey", "UserKey"),
    ("TokenObjectId", "TokenObjectId"),
    ("AppId", "AppId"),
    ("Workload", "Workload"),
    ("Folder", "Item.ParentFolder.Path"),
    ("MemberUpn", "Item.ParentFolder.MemberUpn"),
    ("MemberRights", "Item.ParentFolder.MemberRights"),
    ("QueryText", "QueryText"),
    ("Query", "Query"),
    ("Parameters", "Parameters"),
    ("IssuedAtTime", "AppAccessContext.IssuedAtTime"),
];

pub(super) fn is(r: Record<'_>) -> bool {
    is_query(r) || r.has("Operation") && (r.has("CreationTime") || r.has("OfficeWorkload") || (r.has("RecordType") && r.has("UserId")))
}

/// A record of Graph's `auditLogQuery` whose `auditData` is empty.
fn is_query(r: Record<'_>) -> bool {
    r.has("auditLogRecordType") && r.has("operation")
}

fn query(r: Record<'_>) -> Event {
    let mut e = Event::new(LogSource::UnifiedAudit);
    e.id = r.text(&["id"]).unwrap_or_default();
    set_time(&mut e, r.text(&["createdDateTime"]));
    e.operation = r.text(&["operation"]).unwrap_or_default();
    e.actor = r.text(&["userPrincipalName", "userId"]);
    e.actor_kind = actor_kind(r.text(&["userType"]).as_deref());
    e.target = r.text(&["objectId"]);
    e.address = address(r.text(&["clientIp"]));
    e.properties.extend(property("Workload", r.text(&["service"])));
    e
}

pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    if is_query(r) {
        return vec![query(r)];
    }
    let mut e = Event::new(LogSource::UnifiedAudit);
    e.id = r.text(&["Id", "OfficeId"]).unwrap_or_default();
    set_time(&mut e, r.text(&["CreationTime", "TimeGenerated"]));
    e.operation = r.text(&["Operation"]).unwrap_or_default();
    e.actor = r.text(&["UserId", "UserKey"]);
    e.actor_kind = actor_kind(r.text(&["UserType"]).as_deref());
    e.target = target(r);
    e.app = r.text(&["ClientAppId", "AppAccessContext.ClientAppId", "ApplicationId", "AppId"]);
    e.session = r.text(&["AppAccessContext.AADSessionId", "SessionId"]);
    e.token = r.text(&["AppAccessContext.UniqueTokenId"]);
    // `ClientIPAddress` is the mailbox's own member; a record of the directory often has none at all.
    e.address = ["ClientIPAddress", "ClientIP", "ActorIpAddress", "Client_IPAddress"].iter().find_map(|n| address(r.text(&[n])));
    e.properties = BAGS.iter().flat_map(|bag| properties(r.at(bag))).collect();
    let more =
        MEMBERS.iter().filter_map(|(name, path)| Some(Property { name: (*name).to_owned(), old: None, new: Some(r.text(&[path])?) }));
    e.properties.extend(more);
    e.properties.extend(targets(r));
    let extended = |name: &str| e.property(name).and_then(|p| p.new.clone());
    let agent = r.text(&["UserAgent", "ClientInfoString"]).or_else(|| extended("UserAgent"));
    e.session = e.session.take().or_else(|| device(r, "SessionId"));
    e.agent = agent;
    (e.outcome, e.result) = outcome(r, &e.operation);
    e.messages = messages(r);
    e.properties.extend(folders(r));
    // Of reading: how many items, which may be more than the record names.
    let count = r.text(&["OperationCount"]);
    e.properties.extend(count.map(|n| Property { name: "OperationCount".to_owned(), old: None, new: Some(n) }));
    vec![e]
}

/// [MS] UserType of the Management Activity API.
fn actor_kind(user_type: Option<&str>) -> ActorKind {
    match user_type {
        Some("0" | "2" | "Regular" | "regular" | "Admin" | "admin") => ActorKind::User,
        Some("1" | "3" | "4" | "DcAdmin" | "dcAdmin" | "System" | "system") => ActorKind::System,
        Some("5" | "6" | "Application" | "application" | "ServicePrincipal" | "servicePrincipal") => ActorKind::Application,
        _ => ActorKind::Unknown,
    }
}

fn target(r: Record<'_>) -> Option<String> {
    // The directory names its target by several ids; `ObjectId` is the one that tells users by name.
    r.text(&["MailboxOwnerUPN", "ObjectId", "OfficeObjectId", "Target.0.ID"])
}

/// All ids of the directory's target, one per line.
fn targets(r: Record<'_>) -> Option<Property> {
    let ids: Vec<&str> = r.at("Target")?.as_array()?.iter().filter_map(|t| t.get("ID")?.as_str()).collect();
    Some(Property { name: "Target".to_owned(), old: None, new: Some(ids.join("\n")) })
}

fn device(r: Record<'_>, name: &str) -> Option<String> {
    properties(r.at("DeviceProperties")).into_iter().find(|p| p.name == name)?.new.filter(|v| !v.is_empty())
}

/// A failed sign-in says `ResultStatus` "Success" as often as not: its name and error number decide.
fn outcome(r: Record<'_>, operation: &str) -> (Outcome, Option<String>) {
    let code = r.text(&["ErrorNumber"]).filter(|n| n != "0");
    let status = r.text(&["ResultStatus", "ResultReasonType"]);
    let outcome = match status.as_deref() {
        _ if operation == "UserLoginFailed" || (operation == "UserLoggedIn" && code.is_some()) => Outcome::Failure,
        Some("Success" | "Succeeded" | "True" | "PartiallySucceeded") => Outcome::Success,
        Some("Failed" | "Failure" | "False" | "fail") => Outcome::Failure,
        _ => Outcome::Unknown,
    };
    (outcome, code.or_else(|| r.text(&["LogonError"])).or(status))
}

fn list(r: Record<'_>, path: &str) -> Vec<Value> {
    match r.at(path) {
        Some(Value::Array(list)) => list.clone(),
        // OfficeActivity keeps lists as text.
        Some(Value::String(json)) if json.starts_with('[') => serde_json::from_str(json).unwrap_or_default(),
        _ => Vec::new(),
    }
}

/// Folders of a mailbox that a record names, as properties `Folder`: paths with backslashes, or where the record knows no path, names.
fn folders(r: Record<'_>) -> Vec<Property> {
    let named = |folder: &Value| {
        let text = |name: &str| folder.get(name)?.as_str().map(str::trim).filter(|s| !matches!(*s, "" | "Not Available"));
        text("Path").or_else(|| text("Name")).map(str::to_owned)
    };
    let touched = list(r, "Folders").iter().filter_map(named).collect::<Vec<_>>();
    let parent = r.at("Item.ParentFolder").and_then(named);
    touched.into_iter().chain(parent).map(|name| Property { name: "Folder".to_owned(), old: None, new: Some(name) }).collect()
}

/// Message-IDs of `MailItemsAccessed` (bound items), `Send` and the moves and deletions.
fn messages(r: Record<'_>) -> Vec<String> {
    let id = |item: &Value| item.get("InternetMessageId")?.as_str().map(|s| s.trim().to_owned()).filter(|s| !s.is_empty());
    let mut out: Vec<String> =
        list(r, "Folders").iter().filter_map(|f| f.get("FolderItems")?.as_array()).flatten().filter_map(id).collect();
    out.extend(list(r, "AffectedItems").iter().filter_map(id));
    out.extend(r.at("Item").and_then(id));
    out
}
