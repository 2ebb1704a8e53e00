//! Windows Security events as JSON or CSV: Winlogbeat, converters of EVTX, NXLog, Log Analytics (SecurityEvent), `Get-WinEvent`, the
//! event viewer.

use super::windows_message;
use crate::record::{Record, address, properties, set_time};
use aftermail_model::{ActorKind, Event, LogSource, Outcome};
use serde_json::Value;

/// Where the data of an event stand.
const FORMS: [&str; 3] = ["winlog.event_data", "Event.EventData", "EventData"];

pub(super) fn is(r: Record<'_>) -> bool {
    r.has("winlog.event_id")
        || r.has("Event.System.EventID")
        || r.has("EventID") && !r.has("Operation")
        || r.has("TimeCreated") && r.has("Id")
        || r.has("Event ID") && r.has("Date and Time")
}

/// None where the words of the event are all that there is, and tell nothing that is understood.
pub(super) fn read(r: Record<'_>) -> Vec<Event> {
    let mut e = Event::new(LogSource::WindowsSecurity);
    let held = FORMS.iter().find_map(|data| r.at(data)).filter(|v| v.is_object());
    e.operation = r
        .text(&["winlog.event_id", "Event.System.EventID", "Event.System.EventID.#text", "EventID", "EventId", "Id", "Event ID"])
        .unwrap_or_default();
    // Without data, the message tells them.
    let message = held.is_none().then(|| r.text(&["Message", "message"])).flatten().filter(|m| !m.trim().is_empty());
    let told = message.as_ref().map(|m| windows_message::data(&e.operation, m)).filter(|told| !told.is_empty()).map(Value::Object);
    let named = r.has("TargetUserName") || r.has("SubjectUserName");
    if message.is_some() && told.is_none() && !named && windows_message::is_known(&e.operation) {
        return Vec::new();
    }
    let data = held.or(told.as_ref()).unwrap_or(r.0);
    let d = Record(data);
    set_time(&mut e, time(r));
    let computer = r.text(&["Computer", "winlog.computer_name", "Event.System.Computer", "MachineName"]);
    let number = r.text(&["winlog.record_id", "Event.System.EventRecordID", "EventRecordID", "RecordId"]);
    // Each computer counts its own events, and begins again when its log is cleared.
    e.id = computer.as_ref().zip(number).map(|(c, n)| format!("{c}/{n}/{}", e.time_text)).unwrap_or_default();
    let (subject, target) = (d.text(&["SubjectUserName"]), d.text(&["TargetUserName", "TargetAccount", "Account"]));
    // A logon is the act of the one who logs on; a change is the act of its subject.
    let logon = matches!(e.operation.as_str(), "4624" | "4625" | "4634" | "4768" | "4769" | "4771" | "4776");
    (e.actor, e.target) = if logon { (target, computer) } else { (subject, target) };
    e.actor_kind = if e.actor.is_some() { ActorKind::User } else { ActorKind::Unknown };
    e.session = d.text(&["TargetLogonId", "SubjectLogonId"]);
    e.address = address(d.text(&["IpAddress"]));
    e.app = d.text(&["ProcessName", "ServiceName", "LogonProcessName"]);
    e.result = d.text(&["Status", "FailureCode"]);
    let keywords = r.text(&["winlog.keywords.0", "Event.System.Keywords", "KeywordsDisplayNames.0", "Keywords", "event.outcome"]);
    e.outcome = outcome(&e.operation, e.result.as_deref(), keywords.as_deref());
    e.properties = properties(Some(data));
    vec![e]
}

fn time(r: Record<'_>) -> Option<String> {
    r.text(&["@timestamp", "TimeCreated", "TimeGenerated", "EventTime", "timestamp", "Date and Time"])
        .or_else(|| Some(r.at("Event.System.TimeCreated.#attributes.SystemTime")?.as_str()?.to_owned()))
}

/// Keywords tell the end of every audited event: [MS-EVEN6] audit success `0x8020000000000000`, audit failure `0x8010000000000000`;
/// PowerShell writes them as signed numbers, the Elastic Common Schema in words of its own.
fn outcome(number: &str, status: Option<&str>, keywords: Option<&str>) -> Outcome {
    match keywords.unwrap_or_default() {
        "Audit Failure" | "0x8010000000000000" | "-9218868437227405312" | "failure" => return Outcome::Failure,
        "Audit Success" | "0x8020000000000000" | "-9214364837600034816" | "success" => return Outcome::Success,
        _ => (),
    }
    match (number, status) {
        ("4625" | "4771", _) => Outcome::Failure,
        ("4768" | "4769" | "4776", Some(s)) if s != "0x0" => Outcome::Failure,
        ("4624" | "4634" | "4768" | "4769" | "4776" | "4738", _) => Outcome::Success,
        _ => Outcome::Unknown,
    }
}
