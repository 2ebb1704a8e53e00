//! IIS in W3C format: columns by `#Fields`, `-` for nothing, `+` for a blank.

use crate::record::{address, property, set_time};
use crate::vendor::web;
use aftermail_model::{ActorKind, Event, LogSource};

pub(crate) fn read(line: &str, fields: &[String]) -> Option<Event> {
    let cells: Vec<&str> = line.split(' ').collect();
    if cells.len() != fields.len() {
        return None;
    }
    let get = |name: &str| {
        let at = fields.iter().position(|f| f == name)?;
        Some(cells[at]).filter(|c| *c != "-").map(str::to_owned)
    };
    let mut e = Event::new(LogSource::Iis);
    set_time(&mut e, Some(format!("{} {}", get("date")?, get("time")?)));
    e.operation = get("cs-method").unwrap_or_default();
    e.target = get("cs-uri-stem");
    e.actor = get("cs-username");
    e.actor_kind = if e.actor.is_some() { ActorKind::User } else { ActorKind::Unknown };
    // Behind a proxy the client stands in a field that the administrator added.
    e.address = address(get("X-Forwarded-For").or_else(|| get("c-ip")));
    e.agent = get("cs(User-Agent)").map(|a| a.replace('+', " "));
    e.result = get("sc-status");
    e.outcome = web::outcome(e.result.as_deref());
    e.properties.extend(property("server", get("s-computername").or_else(|| get("s-ip"))));
    Some(e)
}
