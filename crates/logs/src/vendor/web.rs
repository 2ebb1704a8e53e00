//! Access logs of nginx and Apache in the combined and the common format, with or without the server's name before them:
//! `198.51.100.7 - user [10/Oct/2026:13:55:36 +0000] "GET /path HTTP/1.1" 200 2326 "referer" "agent"`.

use crate::record::{address, property};
use aftermail_model::{ActorKind, Event, LogSource, Outcome, Timestamp};

pub(crate) fn read(line: &str) -> Option<Event> {
    let (before, rest) = line.split_once(" [")?;
    let (time, rest) = rest.split_once("] \"")?;
    let mut before = before.rsplitn(4, ' ');
    let (user, _, client, server) = (before.next()?, before.next()?, before.next()?, before.next());
    let (request, rest) = quoted(rest)?;
    let mut words = rest.split_ascii_whitespace();
    let status = words.next().filter(|s| s.len() == 3 && s.bytes().all(|b| b.is_ascii_digit()))?;
    let mut e = Event::new(LogSource::WebAccess);
    e.time = jiff::Timestamp::strptime("%d/%b/%Y:%H:%M:%S %z", time).ok().map(|t| Timestamp(t.as_second()));
    e.time_text = time.to_owned();
    let mut words = request.split(' ');
    e.operation = words.next().unwrap_or_default().to_owned();
    // What follows the question mark may be a secret.
    e.target = words.next().and_then(|path| path.split(['?', '#']).next()).map(str::to_owned);
    e.actor = Some(user).filter(|u| !matches!(*u, "-" | "\"\"" | "")).map(str::to_owned);
    e.actor_kind = if e.actor.is_some() { ActorKind::User } else { ActorKind::Unknown };
    e.address = address(Some(client.to_owned()));
    e.agent = rest.rsplit('"').nth(1).filter(|a| !matches!(*a, "-" | " ")).map(str::to_owned);
    e.result = Some(status.to_owned());
    e.outcome = outcome(Some(status));
    e.properties.extend(property("server", server.map(|s| s.split(':').next().unwrap_or(s).to_owned())));
    Some(e)
}

/// The text up to the quote that ends it, and what follows.
fn quoted(text: &str) -> Option<(&str, &str)> {
    let end = text.match_indices('"').find(|(at, _)| !text[..*at].ends_with('\\'))?.0;
    Some((&text[..end], &text[end + 1..]))
}

/// What a status of HTTP says.
pub(crate) fn outcome(status: Option<&str>) -> Outcome {
    match status.and_then(|s| s.as_bytes().first()) {
        Some(b'2' | b'3') => Outcome::Success,
        Some(b'4' | b'5') => Outcome::Failure,
        _ => Outcome::Unknown,
    }
}
