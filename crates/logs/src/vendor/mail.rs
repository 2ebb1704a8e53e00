//! Lines of Dovecot and Postfix, behind the time of syslog, RFC 3339 or TAI64N.

use crate::record::{address, property};
use crate::{Hint, parse_time, time};
use aftermail_model::{ActorKind, Event, LogSource, Outcome, Timestamp};

/// Programs of Dovecot that speak of signing in.
const DOVECOT: [&str; 6] = ["dovecot", "imap-login", "pop3-login", "managesieve-login", "submission-login", "auth-worker"];

pub(crate) fn read(line: &str, hint: &Hint) -> Option<Event> {
    let head = head(line, hint)?;
    let rest = head.rest.trim_start();
    let mut e = if rest.contains("postfix") {
        postfix(rest)
    } else if rest.starts_with("auth") || DOVECOT.iter().any(|p| rest.contains(p)) {
        dovecot(rest)
    } else {
        return None;
    };
    (e.time_text, e.time) = (head.text.to_owned(), head.time);
    e.properties.extend(property("year", head.year));
    e.properties.extend(property("server", server(rest)));
    e.actor_kind = if e.actor.is_some() { ActorKind::User } else { ActorKind::Unknown };
    Some(e)
}

/// The host stands before its program, and the program ends with a colon.
fn server(rest: &str) -> Option<String> {
    let mut words = rest.split_ascii_whitespace();
    let (host, program) = (words.next()?, words.next()?);
    let named = !host.ends_with(':') && program.ends_with(':') && (program.contains("postfix") || program.contains("dovecot"));
    named.then(|| host.to_owned())
}

/// The time at the beginning of a line, and what follows.
pub(super) struct Head<'a> {
    pub(super) text: &'a str,
    pub(super) time: Option<Timestamp>,
    /// Where the line does not tell it: which one was taken, and why.
    pub(super) year: Option<String>,
    rest: &'a str,
}

pub(super) fn head<'a>(line: &'a str, hint: &Hint) -> Option<Head<'a>> {
    let (first, rest) = line.split_once(' ')?;
    if let Some(label) = first.strip_prefix('@') {
        // TAI64: seconds since 1970 and 2^62, ten of them before any leap second.
        let seconds = i64::from_str_radix(label.get(..16)?, 16).ok()?.checked_sub((1 << 62) + 10)?;
        return Some(Head { text: first, time: Some(Timestamp(seconds)), year: None, rest });
    }
    if time::MONTHS.contains(&first) {
        let clock = line.find(':')?;
        let (text, rest) = line.split_at_checked(clock + 6)?;
        let (time, year) = time::syslog(text, hint).unzip();
        return Some(Head { text, time, year, rest });
    }
    if let Some(time) = parse_time(first).filter(|_| first.len() > 10) {
        return Some(Head { text: first, time: Some(time), year: None, rest });
    }
    let (clock, rest) = rest.split_once(' ')?;
    let text = &line[..first.len() + 1 + clock.len()];
    Some(Head { text, time: Some(parse_time(text)?), year: None, rest })
}

fn dovecot(rest: &str) -> Event {
    let mut e = Event::new(LogSource::Dovecot);
    e.operation = DOVECOT[1..].iter().find(|p| rest.contains(**p)).map_or("auth", |p| p).to_owned();
    e.actor = within(rest, "user=<", ">").or_else(|| word(rest, " user=")).or_else(|| word(rest, "ruser="));
    e.address = address(word(rest, "rip=").or_else(|| last_word(rest, "rhost=")));
    e.session = within(rest, "session=<", ">");
    e.properties.extend(property("method", word(rest, "method=")));
    if e.address.is_none() {
        database(rest, &mut e);
    }
    // Who never tried to sign in did not fail to, whatever else failed.
    e.outcome = if rest.contains("(no auth attempts") {
        Outcome::Unknown
    } else if ["failed", "failure", "unknown user", "invalid credentials", "ismatch", "Aborted", "aborted", "disallowed"]
        .iter()
        .any(|w| rest.contains(w))
    {
        Outcome::Failure
    } else if rest.contains("Login: ") || rest.contains("Logged in") {
        Outcome::Success
    } else {
        Outcome::Unknown
    };
    e
}

/// `sql(user,198.51.100.7,<session>): …`
fn database(rest: &str, e: &mut Event) {
    for (open, _) in rest.match_indices('(') {
        let inside = rest[open + 1..].split(')').next().unwrap_or_default();
        let mut parts = inside.split(',');
        let (Some(user), Some(ip)) = (parts.next(), parts.next()) else { continue };
        if ip.parse::<core::net::IpAddr>().is_ok() {
            e.actor = Some(user.to_owned()).filter(|u| !u.is_empty());
            e.address = address(Some(ip.to_owned()));
            let third = parts.next().and_then(|s| s.strip_prefix('<')?.strip_suffix('>')).map(str::to_owned);
            e.session = third.or_else(|| within(rest, ")<", ">"));
            return;
        }
    }
}

fn postfix(rest: &str) -> Event {
    let mut e = Event::new(LogSource::Postfix);
    e.address = rest.match_indices('[').find_map(|(open, _)| {
        let inside = rest[open + 1..].split(']').next()?;
        inside.parse::<core::net::IpAddr>().ok().map(|ip| ip.to_canonical().to_string())
    });
    e.address = e.address.take().or_else(|| word(rest, " address ").and_then(|a| address(Some(a.trim_end_matches(':').to_owned()))));
    e.actor = word(rest, "sasl_username=");
    // Then the server could not check the password, or the client asked for a way that it does not offer.
    let unchecked = ["Connection lost to authentication server", "Invalid authentication mechanism"].iter().any(|w| rest.contains(w));
    let (operation, outcome) = if rest.contains("SASL ") && rest.contains("authentication fail") && !unchecked {
        ("sasl", Outcome::Failure)
    } else if rest.contains("sasl_username=") && !rest.contains("reject") {
        ("sasl", Outcome::Success)
    } else if rest.contains("reject") {
        ("reject", Outcome::Failure)
    } else {
        ("smtp", Outcome::Unknown)
    };
    (e.operation, e.outcome) = (operation.to_owned(), outcome);
    e
}

fn within(text: &str, open: &str, close: &str) -> Option<String> {
    let (_, rest) = text.split_once(open)?;
    let (inside, _) = rest.split_once(close)?;
    Some(inside.to_owned()).filter(|s| !s.is_empty())
}

fn word(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.split_once(name)?;
    value(rest)
}

/// What a client names itself may hold the name of a member: the last one is the program's own.
fn last_word(text: &str, name: &str) -> Option<String> {
    let (_, rest) = text.rsplit_once(name)?;
    value(rest)
}

fn value(rest: &str) -> Option<String> {
    let end = rest.find([',', ' ']).unwrap_or(rest.len());
    Some(rest[..end].trim_matches(['<', '>']).to_owned()).filter(|s| !s.is_empty())
}
