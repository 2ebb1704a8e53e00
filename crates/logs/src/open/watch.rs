//! Periods in which logs show that mail was served to clients that named no account.

use crate::vendor::exchange::PERMISSIONS;
use aftermail_model::{Event, LogSource, OpenPeriod, Outcome, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// Proof that lies further apart than this, in seconds, is no proof of the time between.
const SILENCE: i64 = 30 * 86_400;
/// Events that a period names, and addresses that are told apart.
const NAMED: usize = 100;
/// Hosts and services that are watched at once: names are what clients and servers write.
const WATCHED: usize = 10_000;

/// Commands of IMAP and POP3 that hand out mail or its list, as Exchange writes them down.
const READING: [&str; 10] = ["select", "examine", "fetch", "uid", "search", "list", "lsub", "retr", "top", "uidl"];
/// Parts of paths below which Exchange serves mailboxes.
const MAILBOXES: [&str; 5] = ["/ews/", "/mapi/", "/rpc/", "/microsoft-server-activesync", "/oab/"];
/// Parts of paths by which indexes answer (Elasticsearch, OpenSearch, Solr).
const INDEXES: [&str; 5] = ["/_search", "/_msearch", "/_cat/", "/_mapping", "/solr/"];
/// Below it dashboards hand searches on, for users that they know by their own.
const DASHBOARD: &str = "/elasticsearch/";

/// Looks on while events pass by in the order of their time.
#[derive(Debug, Default)]
pub struct Watch {
    open: BTreeMap<(Option<String>, &'static str), Open>,
    ended: Vec<OpenPeriod>,
}

#[derive(Debug, Default)]
struct Open {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
    events: u64,
    ids: Vec<String>,
    addresses: BTreeSet<String>,
}

/// What one event shows.
enum Shows {
    Served(&'static str),
    Asked(&'static str),
}

impl Watch {
    /// Takes the next event in time.
    pub fn see(&mut self, event: &Event) {
        let Some(shows) = shows(event) else { return };
        let host = event.property("server").and_then(|p| p.new.clone());
        match shows {
            Shows::Asked(service) => self.end((host, service)),
            Shows::Served(service) => self.served((host, service), event),
        }
    }

    /// The periods, by host and service, then by time.
    pub fn finish(mut self) -> Vec<OpenPeriod> {
        while let Some((key, open)) = self.open.pop_first() {
            self.ended.push(open.period(key));
        }
        self.ended.sort_by(|a, b| (&a.host, &a.service, a.from).cmp(&(&b.host, &b.service, b.from)));
        self.ended
    }

    fn end(&mut self, key: (Option<String>, &'static str)) {
        if let Some(open) = self.open.remove(&key) {
            self.ended.push(open.period(key));
        }
    }

    fn served(&mut self, key: (Option<String>, &'static str), event: &Event) {
        let far = |open: &Open| open.until.zip(event.time).is_some_and(|(until, now)| now.0.saturating_sub(until.0) > SILENCE);
        if self.open.get(&key).is_some_and(far) {
            self.end(key.clone());
        }
        if self.open.len() >= WATCHED && !self.open.contains_key(&key) {
            return;
        }
        self.open.entry(key).or_default().take(event);
    }
}

impl Open {
    fn take(&mut self, event: &Event) {
        self.from = [self.from, event.time].into_iter().flatten().min();
        self.until = self.until.max(event.time);
        self.events += 1;
        if self.ids.len() < NAMED {
            self.ids.push(event.id.clone());
        }
        if self.addresses.len() < NAMED {
            self.addresses.extend(event.address.clone());
        }
    }

    fn period(self, (host, service): (Option<String>, &'static str)) -> OpenPeriod {
        let many = if self.addresses.len() >= NAMED { " or more" } else { "" };
        let because = format!(
            "{} requests from {}{many} addresses were served without an account; it may have been open longer than they show",
            self.events,
            self.addresses.len()
        );
        let because = if service == "search" { format!("{because}; whether mail is in the index, its names tell") } else { because };
        OpenPeriod { host, service: service.to_owned(), from: self.from, until: self.until, because, rests_on: self.ids }
    }
}

fn shows(event: &Event) -> Option<Shows> {
    let ip: Option<core::net::IpAddr> = event.address.as_ref().and_then(|a| a.parse().ok());
    if ip.is_some_and(|ip| ip.is_loopback()) {
        return None;
    }
    match event.source {
        LogSource::Dovecot => dovecot(event),
        LogSource::ExchangeServer => exchange(event),
        LogSource::Iis | LogSource::WebAccess => web(event),
        _ => None,
    }
}

fn dovecot(event: &Event) -> Option<Shows> {
    let anonymous = event.property("method").is_some_and(|p| p.new.as_deref().is_some_and(|m| m.eq_ignore_ascii_case("anonymous")));
    let service = if event.operation.starts_with("pop3") { "pop3" } else { "imap" };
    (anonymous && event.outcome == Outcome::Success).then_some(Shows::Served(service))
}

fn exchange(event: &Event) -> Option<Shows> {
    if event.property(PERMISSIONS).is_some_and(|p| p.new.as_deref().is_some_and(|p| p.contains("SMTPAcceptAnyRecipient"))) {
        return Some(Shows::Served("smtp"));
    }
    let read = event.target.is_none() && READING.contains(&event.operation.to_ascii_lowercase().as_str());
    let pop = ["retr", "top", "uidl"].contains(&event.operation.to_ascii_lowercase().as_str());
    let served = read && event.actor.is_none() && event.outcome == Outcome::Success;
    served.then_some(Shows::Served(if pop { "pop3" } else { "imap" }))
}

/// IIS writes down whom it let in, so a mailbox served to nobody was open. A proxy does so only for passwords of its own: there only
/// those programs count that ask nobody by their own.
fn web(event: &Event) -> Option<Shows> {
    let path = event.target.as_deref()?.to_ascii_lowercase();
    let service = match event.source {
        LogSource::Iis if path.contains("healthcheck") => return None,
        LogSource::Iis => MAILBOXES.iter().any(|part| path.starts_with(part)).then_some("exchange web services")?,
        _ if path.starts_with(DASHBOARD) => return None,
        _ => INDEXES.iter().any(|part| path.contains(part)).then_some("search")?,
    };
    match event.result.as_deref() {
        Some("401" | "403") => Some(Shows::Asked(service)),
        Some("200") if event.actor.is_none() && matches!(event.operation.as_str(), "GET" | "POST") => Some(Shows::Served(service)),
        _ => None,
    }
}
