//! The names that rules have for what stands in an event.
//!
//! Exports of one log name a field differently, and rules follow now this and now that one: `properties.message`, `OperationName` and
//! `ActivityDisplayName` are one thing. Names are compared by letters and digits alone. Bags of name and value are answered by the name
//! (`Parameters.ForwardTo`, `requestParameters.userName`), by their members (`ModifiedProperties.Name`) and as one text.

use super::super::Event;
use aftermail_model::{LogSource, Outcome, Property};
use serde_json::{Value, json};
use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

/// A place of an event.
#[derive(Clone, Copy)]
enum Place {
    Operation,
    Actor,
    Target,
    App,
    Address,
    Agent,
    Session,
    Token,
    Id,
    Result,
    Status,
    Credential,
    Service,
    EventSource,
    SignIn,
    Category,
    Provider,
}

/// Names of places in all logs, without `properties.` and `protoPayload.` before them; letters and digits, in lower case.
const NAMES: &[(Place, &[&str])] = &[
    (
        Place::Operation,
        &[
            "operation",
            "operations",
            "operationname",
            "operationnamevalue",
            "activitydisplayname",
            "activity",
            "activitytype",
            "message",
            "eventname",
            "eventtype",
            "action",
            "methodname",
            "gcp.audit.methodname",
            "name",
            "event.action",
            "metadata.eventname",
            "metadata.event.eventname",
        ],
    ),
    (
        Place::Actor,
        &[
            "userid",
            "userids",
            "userkey",
            "userprincipalname",
            "username",
            "user",
            "upn",
            "caller",
            "actor",
            "actor.alternateid",
            "actor.email",
            "useridentity.arn",
            "initiatedby",
            "initiatedby.user.userprincipalname",
            "initiatedby.app.displayname",
            "initiatedby.app.serviceprincipalid",
            "identity",
            "authenticationinfo.principalemail",
            "gcp.audit.authenticationinfo.principalemail",
            "subjectusername",
            "targetusername",
        ],
    ),
    (
        Place::Target,
        &[
            "objectid",
            "mailboxownerupn",
            "target",
            "target.alternateid",
            "target.displayname",
            "target.id",
            "resourceid",
            "resource",
            "resourcename",
            "resourcedisplayname",
            "targetresources.userprincipalname",
            "targetresources.displayname",
            "targetresources.id",
            "requesturi",
            "repo",
            "repository",
        ],
    ),
    (Place::App, &["appid", "clientappid", "applicationid", "clientid"]),
    (Place::EventSource, &["eventsource", "workload"]),
    (
        Place::Address,
        &[
            "clientip",
            "clientipaddress",
            "actoripaddress",
            "ipaddress",
            "calleripaddress",
            "sourceipaddress",
            "client.ipaddress",
            "actorip",
            "callerip",
            "requestmetadata.callerip",
            "initiatedby.user.ipaddress",
            "srcip",
        ],
    ),
    (
        Place::Agent,
        &["useragent", "clientinfostring", "client.useragent.rawuseragent", "requestmetadata.callersupplieduseragent", "useragentheader"],
    ),
    (Place::Session, &["sessionid", "aadsessionid", "authenticationcontext.externalsessionid"]),
    (Place::Token, &["uniquetokenid", "uniquetokenidentifier", "tokenid", "signinactivityid"]),
    (Place::Id, &["id", "eventid", "uuid", "insertid", "documentid"]),
    (Place::Result, &["errorcode", "errornumber", "logonerror", "outcome.reason", "status.errorcode", "resultcode", "responsestatuscode"]),
    (
        Place::Status,
        &["status", "result", "resulttype", "resultstatus", "outcome.result", "activitystatus", "activitystatusvalue", "outcome"],
    ),
    (Place::Credential, &["useridentity.accesskeyid", "hashedtoken", "serviceprincipalcredentialkeyid"]),
    (Place::Service, &["eventservice", "servicename"]),
    (Place::SignIn, &["activitydetails"]),
    (Place::Category, &["category"]),
    (Place::Provider, &["providername", "sourcename"]),
];

/// Members that hold other members.
const BAGS: &[&str] = &[
    "parameters",
    "modifiedproperties",
    "extendedproperties",
    "operationproperties",
    "targetresources.modifiedproperties",
    "targetresources",
    "requestparameters",
    "responseelements",
    "additionaldetails",
    "additionaleventdata",
    "debugcontext.debugdata",
    "data",
    "request",
];

/// What stands before the name of a field in some exports.
const PREFIXES: &[&str] =
    &["properties.", "data.protopayload.", "protopayload.", "jsonpayload.", "azure.auditlogs.", "azure.activitylogs.", "event."];

/// The fields that rules ask for, each taken apart once: there are some dozens of them, and each event is asked for all.
#[derive(Default)]
pub(super) struct Fields(HashMap<String, Field>);

impl Fields {
    pub(super) fn of<'r>(paths: impl Iterator<Item = &'r str>) -> Fields {
        Fields(paths.map(|path| (path.to_owned(), Field::of(path))).collect())
    }

    /// Whether a name stands for all properties as one text.
    pub(super) fn is_whole(&self, path: &str) -> bool {
        self.0.get(path).is_some_and(|field| matches!(field.bag, Some(Bag::Whole)))
    }

    /// What an event holds under the name that a rule uses; more than one value where any of them may match.
    pub(super) fn values<'e>(&self, event: &'e Event, path: &str) -> Vec<Cow<'e, str>> {
        let Some(field) = self.0.get(path) else { return Field::of(path).values(event) };
        let found = field.values(event);
        field.asked.store(true, Ordering::Relaxed);
        if !found.is_empty() {
            field.held.store(true, Ordering::Relaxed);
        }
        found
    }

    /// Whether a rule came as far as to ask for this and no event held it. Members of bags, and what events have a place for, are
    /// rightly absent at times.
    pub(super) fn is_missing(&self, path: &str) -> bool {
        let unknown = |field: &Field| field.bag.is_none() && field.place.is_none();
        let vain = |field: &Field| field.asked.load(Ordering::Relaxed) && !field.held.load(Ordering::Relaxed);
        self.0.get(path).is_some_and(|field| unknown(field) && vain(field))
    }
}

/// The name of a field, taken apart.
struct Field {
    letters: String,
    bag: Option<Bag>,
    place: Option<Place>,
    asked: AtomicBool,
    held: AtomicBool,
}

/// What is asked of a bag of names and values.
enum Bag {
    Whole,
    Names,
    New,
    Old,
    Member(String),
}

impl Field {
    fn of(path: &str) -> Field {
        let mut path = letters(path);
        for prefix in PREFIXES {
            if let Some(rest) = path.strip_prefix(prefix) {
                path = rest.to_owned();
            }
        }
        let inside = |bag: &&str| path.strip_prefix(*bag).filter(|rest| rest.is_empty() || rest.starts_with('.'));
        let bag = BAGS.iter().find_map(inside).map(|rest| match rest.trim_start_matches('.') {
            "" => Bag::Whole,
            "name" | "displayname" | "key" => Bag::Names,
            "newvalue" | "value" => Bag::New,
            "oldvalue" => Bag::Old,
            member => Bag::Member(member.to_owned()),
        });
        let place = NAMES.iter().find(|(_, names)| names.contains(&path.as_str())).map(|(place, _)| *place);
        Field { letters: path, bag, place, asked: AtomicBool::new(false), held: AtomicBool::new(false) }
    }

    fn values<'e>(&self, event: &'e Event) -> Vec<Cow<'e, str>> {
        let mut found = property(event, &self.letters);
        if found.is_empty() {
            let all = event.properties.iter();
            found = match &self.bag {
                None => Vec::new(),
                // Places of the target have names within its bag.
                Some(Bag::Names) if self.place.is_some() => Vec::new(),
                Some(Bag::Whole) => return vec![Cow::Owned(whole(event))],
                Some(Bag::Names) => return all.map(|p| plain(&p.name)).collect(),
                Some(Bag::New) => return all.filter_map(|p| p.new.as_deref()).map(plain).collect(),
                Some(Bag::Old) => return all.filter_map(|p| p.old.as_deref()).map(plain).collect(),
                Some(Bag::Member(member)) => property(event, member),
            };
        }
        // What was asked for and what was answered have the same names.
        if let (true, Some(Bag::Member(member))) = (found.is_empty(), &self.bag)
            && let Some((_, last)) = member.rsplit_once('.')
        {
            found = property(event, last);
        }
        match self.place {
            Some(place) if found.is_empty() => at(event, place),
            _ => found,
        }
    }
}

/// A path by letters and digits of its steps, in lower case, without indices.
fn letters(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    let mut index = false;
    for c in path.chars() {
        match c {
            '[' => index = true,
            ']' => index = false,
            _ if index => {}
            '.' => out.push('.'),
            c if c.is_alphanumeric() => out.extend(c.to_lowercase()),
            _ => {}
        }
    }
    out
}

fn same(name: &str, path: &str) -> bool {
    fn letters(s: &str) -> impl Iterator<Item = char> {
        s.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase)
    }
    letters(name).eq(letters(path))
}

/// The property of this name, or what stands within it.
fn property<'e>(event: &'e Event, path: &str) -> Vec<Cow<'e, str>> {
    let mut found = Vec::new();
    for p in event.properties.iter().filter(|p| same(&p.name, path)) {
        found.extend(p.new.as_deref().or(p.old.as_deref()).map(unwrapped).unwrap_or_default());
    }
    if found.is_empty()
        && let Some((first, rest)) = path.split_once('.')
    {
        let holds = |p: &&Property| p.new.as_deref().is_some_and(|v| v.starts_with(['{', '['])) && same(&p.name, first);
        for p in event.properties.iter().filter(holds) {
            let json = serde_json::from_str(p.new.as_deref().unwrap_or_default()).unwrap_or(Value::Null);
            within(&json, rest, &mut found);
        }
    }
    found
}

/// A value, or the values in it: the directory writes `"word"` and lists of words as JSON.
fn unwrapped(text: &str) -> Vec<Cow<'_, str>> {
    let mut found = Vec::new();
    if text.starts_with(['[', '"'])
        && let Ok(json) = serde_json::from_str(text)
    {
        within(&json, "", &mut found);
    }
    if found.is_empty() { vec![plain(text)] } else { found }
}

/// Texts at a path within JSON, through every member of lists.
fn within(json: &Value, path: &str, out: &mut Vec<Cow<'_, str>>) {
    match json {
        Value::Array(list) => list.iter().for_each(|one| within(one, path, out)),
        Value::Object(map) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            map.iter().filter(|(name, _)| same(name, first)).for_each(|(_, value)| within(value, rest, out));
        }
        _ if !path.is_empty() => {}
        Value::String(text) => out.push(Cow::Owned(plain(text).into_owned())),
        Value::Null => {}
        other => out.push(Cow::Owned(other.to_string())),
    }
}

/// All properties as one text, as exports write them, and the target, which stands among them there.
pub(super) fn whole(event: &Event) -> String {
    let one = |p: &Property| match &p.old {
        Some(old) => json!({ "Name": p.name, "OldValue": old, "NewValue": p.new }),
        None => json!({ "Name": p.name, "Value": p.new }),
    };
    let list: Vec<Value> = event.properties.iter().map(one).collect();
    let text = format!("{} {}", event.target.as_deref().unwrap_or_default(), Value::Array(list));
    plain(&text).into_owned()
}

fn at(event: &Event, place: Place) -> Vec<Cow<'_, str>> {
    match place {
        Place::Operation => operations(event),
        Place::Actor => text(&event.actor),
        Place::Target => text(&event.target),
        Place::App => text(&event.app),
        Place::Address => text(&event.address),
        Place::Agent => text(&event.agent),
        Place::Session => text(&event.session),
        Place::Token => text(&event.token),
        // Windows calls the kind of an event its id.
        Place::Id if event.source == LogSource::WindowsSecurity => vec![plain(&event.operation)],
        Place::Id => vec![Cow::Borrowed(event.id.as_str())],
        Place::Result => text(&event.result),
        Place::Status => {
            let words: &[&str] = match event.outcome {
                Outcome::Success => &["Success", "Succeeded", "True"],
                Outcome::Failure => &["Failure", "Failed", "False"],
                Outcome::Unknown => &[],
            };
            let mut all = text(&event.result);
            all.extend(words.iter().map(|w| Cow::Borrowed(*w)));
            // The audit log has a word where the log of sign-ins has a number.
            if event.source == LogSource::UnifiedAudit && event.outcome == Outcome::Success {
                all.push(Cow::Borrowed("0"));
            }
            all
        }
        Place::Credential => event.credential.as_ref().map(|c| Cow::Borrowed(c.name())).into_iter().collect(),
        Place::Service if event.source == LogSource::GoogleWorkspace => {
            event.app.iter().map(|app| Cow::Owned(format!("{app}.googleapis.com"))).collect()
        }
        // Rules for Microsoft 365 ask for the service, those for AWS for its host.
        Place::EventSource if event.source == LogSource::UnifiedAudit => property(event, "workload"),
        Place::EventSource => text(&event.app),
        Place::Service => text(&event.app),
        Place::Category => category(event),
        Place::Provider if event.source == LogSource::WindowsSecurity => {
            let cleared = event.operation == "1102";
            vec![Cow::Borrowed(if cleared { "Microsoft-Windows-Eventlog" } else { "Microsoft-Windows-Security-Auditing" })]
        }
        Place::SignIn if event.source == LogSource::EntraSignIn => vec![Cow::Borrowed("Sign-ins")],
        Place::SignIn | Place::Provider => Vec::new(),
    }
}

fn text(text: &Option<String>) -> Vec<Cow<'_, str>> {
    text.as_deref().map(plain).into_iter().collect()
}

/// Entra's category of a record of the directory, which the Unified Audit Log calls by its first word.
fn category(event: &Event) -> Vec<Cow<'_, str>> {
    let words = property(event, "extendedauditeventcategory");
    words.into_iter().map(|word| Cow::Owned(format!("{}Management", word.replace("ServicePrincipal", "Application")))).collect()
}

/// The operation as it stands there, with and without the full stop that only some exports write; of a sign-in its protocol too, which
/// rules ask for in the words of Microsoft's guide.
fn operations(event: &Event) -> Vec<Cow<'_, str>> {
    let name = plain(&event.operation);
    if event.source == LogSource::EntraSignIn {
        let protocol = property(event, "authenticationprotocol").into_iter();
        let spelled = protocol.map(|p| if p.eq_ignore_ascii_case("deviceCode") { Cow::Borrowed("Device Code") } else { p });
        return [name].into_iter().chain(spelled).collect();
    }
    if !matches!(event.source, LogSource::UnifiedAudit | LogSource::EntraAudit) {
        return vec![name];
    }
    let bare = name.trim_end_matches('.').trim_end();
    vec![Cow::Owned(format!("{bare}.")), Cow::Owned(bare.to_owned())]
}

/// Dashes that look alike are alike.
pub(super) fn is_dash(c: char) -> bool {
    ('\u{2010}'..='\u{2015}').contains(&c) || c == '\u{2212}'
}

/// A value without blanks around it and with one kind of dash.
fn plain(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    if text.chars().any(is_dash) {
        return Cow::Owned(text.chars().map(|c| if is_dash(c) { '-' } else { c }).collect());
    }
    Cow::Borrowed(text)
}
