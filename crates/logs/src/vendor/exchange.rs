//! Protocol logs of Exchange Server: IMAP4 and POP3, SMTP receive and send. Their header is often lost on the way.

use crate::parse_time;
use crate::record::{address, property, set_time};
use aftermail_model::{ActorKind, Event, LogSource, Outcome};

/// Columns of IMAP4 and POP3 logs.
const STORE: &str = "dateTime,sessionId,seqNumber,sIp,cIp,user,duration,rqsize,rpsize,command,parameters,context";
/// Columns of SMTP logs.
const SMTP: &str = "date-time,connector-id,session-id,sequence-number,local-endpoint,remote-endpoint,event,data,context";

pub(crate) fn read(line: &str, fields: &[String]) -> Option<Event> {
    let (first, _) = line.split_once(',')?;
    parse_time(first)?;
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).buffer_capacity(1 << 10).from_reader(line.as_bytes());
    let row = reader.records().next()?.ok()?;
    let usual: Vec<&str> = match row.len() {
        9 => SMTP.split(',').collect(),
        12.. => STORE.split(',').collect(),
        _ => Vec::new(),
    };
    let named: Vec<&str> = if fields.is_empty() { usual } else { fields.iter().map(String::as_str).collect() };
    let get = |names: &[&str]| {
        let at = named.iter().position(|f| names.contains(f))?;
        row.get(at).map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned)
    };
    let mut e = Event::new(LogSource::ExchangeServer);
    e.address = address(get(&["cIp", "remote-endpoint"]));
    e.operation = get(&["command", "event"])?;
    set_time(&mut e, get(&["dateTime", "date-time"]));
    e.actor = get(&["user"]);
    e.actor_kind = if e.actor.is_some() { ActorKind::User } else { ActorKind::Unknown };
    e.session = get(&["sessionId", "session-id"]);
    e.target = get(&["connector-id"]);
    e.properties.extend(property("server", address(get(&["sIp", "local-endpoint"]))));
    e.properties.extend(property(PERMISSIONS, get(&["data"]).filter(|_| e.operation == "*" && at_connection(get(&["sequence-number"])))));
    // `parameters` may hold what the client sent to sign in: it is not taken over.
    let answer = get(&["context"]).filter(|_| e.target.is_none()).or_else(|| get(&["data"])).unwrap_or_default();
    e.outcome = outcome(&answer, e.operation == ">");
    e.result = Some(answer).filter(|_| e.outcome != Outcome::Unknown);
    Some(e)
}

/// What a client may do before it has signed in. The server writes it down before its greeting.
pub(crate) const PERMISSIONS: &str = "permissions at connection";

fn at_connection(number: Option<String>) -> bool {
    number.is_some_and(|n| matches!(n.as_str(), "0" | "1"))
}

fn outcome(answer: &str, sent: bool) -> Outcome {
    let failed = ["AuthFailed", "-ERR", " NO ", "LogonDenied"].iter().any(|w| answer.contains(w)) || sent && answer.starts_with("535");
    let done = answer.contains("R=ok") || answer.contains("R=\"+OK") || sent && answer.starts_with("235");
    match (failed, done) {
        (true, _) => Outcome::Failure,
        (false, true) => Outcome::Success,
        _ => Outcome::Unknown,
    }
}
