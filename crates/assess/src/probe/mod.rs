//! Whether a mail host lets in whoever asks: what to say to it, and what its answers mean. Pure: the caller owns the sockets.
//!
//! No name, no password and no token is ever sent, and no mail is asked for: a greeting, the list of what a server can do
//! (IMAP CAPABILITY, RFC 9051 §6.1.1; POP3 CAPA, RFC 2449; SMTP EHLO, RFC 5321 §4.1.1.1), the first page, the names of indexes.

mod lines;
mod page;

/// What is spoken on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// IMAP.
    Imap,
    /// POP3.
    Pop3,
    /// SMTP.
    Smtp,
    /// HTTP: webmail.
    Page,
    /// HTTP: an index of mail (Elasticsearch, OpenSearch).
    Search,
}

/// A port on which mail may be served.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// The port.
    pub port: u16,
    /// As people call it.
    pub name: &'static str,
    /// What is spoken there.
    pub protocol: Protocol,
    /// Whether TLS is spoken from the first byte.
    pub tls: bool,
}

const fn service(port: u16, name: &'static str, protocol: Protocol, tls: bool) -> Service {
    Service { port, name, protocol, tls }
}

/// The ports that are tried.
pub const SERVICES: [Service; 16] = [
    service(25, "smtp", Protocol::Smtp, false),
    service(465, "smtps", Protocol::Smtp, true),
    service(587, "submission", Protocol::Smtp, false),
    service(110, "pop3", Protocol::Pop3, false),
    service(995, "pop3s", Protocol::Pop3, true),
    service(143, "imap", Protocol::Imap, false),
    service(993, "imaps", Protocol::Imap, true),
    service(80, "http", Protocol::Page, false),
    service(443, "https", Protocol::Page, true),
    service(8443, "https", Protocol::Page, true),
    service(8080, "http", Protocol::Page, false),
    service(8025, "mail catcher", Protocol::Page, false),
    service(9200, "search", Protocol::Search, false),
    service(9243, "search", Protocol::Search, true),
    service(5601, "dashboards", Protocol::Page, false),
    service(8983, "solr", Protocol::Page, false),
];

/// What an answer means. The worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Lets in whoever asks.
    Open,
    /// Asks, but takes passwords that everybody on the way can read.
    InClear,
    /// Answers; a person must look.
    Unclear,
    /// Speaks TLS in a way that could not be agreed on, or sends on to where that is spoken.
    NotLooked,
    /// Takes the connection and says nothing that is known.
    Silent,
    /// Asks who is there.
    Asks,
    /// Takes no connection.
    Closed,
}

impl Answer {
    /// The word used in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Open => "open",
            Answer::InClear => "in_clear",
            Answer::Unclear => "unclear",
            Answer::NotLooked => "not_looked",
            Answer::Silent => "silent",
            Answer::Asks => "asks",
            Answer::Closed => "closed",
        }
    }
}

/// What one port answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probed {
    /// The port.
    pub service: Service,
    /// What its answer means.
    pub answer: Answer,
    /// Why, in words.
    pub words: String,
}

/// What the caller does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// Opens a connection (anew), with TLS from its first byte or without, then tells [`Talk::connected`] or [`Talk::failed`].
    Connect {
        /// Whether with TLS.
        tls: bool,
    },
    /// Agrees on TLS over the connection that is open, then tells the same.
    Secure,
    /// Waits for more bytes.
    Listen,
    /// Sends these bytes, then listens.
    Send(Vec<u8>),
    /// Sends these bytes (a farewell, or none) and closes the connection.
    Leave(Vec<u8>),
}

/// Why there is no connection, or none with TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trouble {
    /// Nobody takes the connection.
    Closed,
    /// What answers speaks no TLS.
    NotTls,
    /// TLS could not be agreed on, in words that follow on "TLS could not be agreed on:".
    Tls(String),
}

/// Bytes of an answer that are listened to.
const HEARD: usize = 64 << 10;

/// The talk with one port.
#[derive(Debug)]
pub struct Talk {
    service: Service,
    host: String,
    /// Whether the connection speaks TLS, or is to.
    tls: bool,
    /// Whether TLS was tried after all, or left: neither is done twice.
    turned: bool,
    /// Whether TLS was agreed on, with a certificate that nobody looked at.
    agreed: bool,
    trouble: Option<Trouble>,
    /// What came since the last word of ours.
    heard: Vec<u8>,
    /// What came before, each time.
    answers: Vec<Vec<u8>>,
    /// What was answered before STARTTLS.
    clear: Vec<Vec<u8>>,
}

impl Talk {
    /// A talk with a port of a host that was [`allowed`], and the first step.
    pub fn new(service: Service, host: &str) -> (Talk, Step) {
        let tls = service.tls;
        let (heard, answers, clear) = (Vec::new(), Vec::new(), Vec::new());
        let talk = Talk { service, host: host.to_owned(), tls, turned: false, agreed: false, trouble: None, heard, answers, clear };
        (talk, Step::Connect { tls })
    }

    /// There is the connection that was asked for, or TLS over it.
    pub fn connected(&mut self) -> Step {
        self.agreed |= self.tls;
        match self.service.protocol {
            Protocol::Page | Protocol::Search if self.answers.is_empty() => Step::Send(page::request(&self.host, "/")),
            Protocol::Page | Protocol::Search => Step::Send(page::request(&self.host, page::INDEXES)),
            // Nobody greets twice.
            protocol if !self.clear.is_empty() => Step::Send(lines::question(protocol).into()),
            _ => Step::Listen,
        }
    }

    /// There is not.
    pub fn failed(&mut self, trouble: Trouble) -> Step {
        // Some speak in clear where everybody expects TLS.
        if trouble == Trouble::NotTls && self.answers.is_empty() && self.clear.is_empty() && !self.turned {
            return self.turn();
        }
        self.trouble = Some(trouble);
        Step::Leave(Vec::new())
    }

    fn turn(&mut self) -> Step {
        (self.turned, self.tls) = (true, !self.tls);
        self.heard.clear();
        Step::Connect { tls: self.tls }
    }

    /// Takes what came.
    pub fn hear(&mut self, bytes: &[u8]) -> Step {
        let room = HEARD.saturating_sub(self.heard.len());
        self.heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
        let full = self.heard.len() >= HEARD;
        let step = match self.service.protocol {
            Protocol::Page | Protocol::Search => None,
            protocol => lines::reply(protocol, self.answers.len() + self.clear.len().min(1), self.tls, &self.heard),
        };
        match step {
            Some(step) => self.said(step),
            None if full => self.ended(),
            None => Step::Listen,
        }
    }

    /// The other side closed the connection, or said nothing for long.
    pub fn ended(&mut self) -> Step {
        let http = matches!(self.service.protocol, Protocol::Page | Protocol::Search);
        if http && self.answers.is_empty() && !self.tls && !self.turned && page::is_tls(&self.heard) {
            return self.turn();
        }
        let again = self.service.protocol == Protocol::Search && self.answers.is_empty() && page::is_search(&self.heard);
        self.said(if again { Step::Connect { tls: self.tls } } else { Step::Leave(Vec::new()) })
    }

    fn said(&mut self, step: Step) -> Step {
        self.answers.push(std::mem::take(&mut self.heard));
        if step == Step::Secure {
            self.clear = std::mem::take(&mut self.answers);
            self.tls = true;
        }
        step
    }

    /// What the answers mean.
    pub fn judged(mut self) -> Probed {
        self.answers.push(std::mem::take(&mut self.heard));
        let service = self.service;
        let (before, after) = (self.meaning(&self.clear, false), self.meaning(&self.answers, self.tls));
        let why = match &self.trouble {
            Some(Trouble::Closed) if before.is_none() && after.is_none() => return closed(service),
            Some(Trouble::Tls(why)) => Some(why.as_str()),
            Some(Trouble::NotTls) => Some("what answers is no TLS"),
            Some(Trouble::Closed) | None => None,
        };
        let (answer, mut words) = match (before, after, why) {
            (None, None, Some(why)) => {
                (Answer::NotLooked, format!("TLS could not be agreed on: {why}; look with a mail program or a browser"))
            }
            (None, None, None) => (Answer::Silent, "takes the connection and says nothing".to_owned()),
            (None, Some(only), _) => only,
            (Some((answer, words)), None, Some(why)) => {
                (answer.min(Answer::NotLooked), format!("{words}, but TLS could not be agreed on: {why}"))
            }
            (Some((answer, words)), None, None) => (answer.min(Answer::Silent), format!("{words}; with TLS it says nothing")),
            (Some((answer, words)), Some((then, what)), _) => (answer.min(then), format!("{words}; with TLS it {what}")),
        };
        if self.agreed {
            words += "; its certificate was not checked";
        }
        Probed { service, answer, words }
    }

    /// What the answers of one connection mean; none where there are none.
    fn meaning(&self, answers: &[Vec<u8>], tls: bool) -> Option<(Answer, String)> {
        if answers.iter().all(Vec::is_empty) {
            return None;
        }
        let nth = |nth: usize| answers.get(nth).map(Vec::as_slice).unwrap_or_default();
        let protocol = self.service.protocol;
        if matches!(protocol, Protocol::Page | Protocol::Search) {
            return Some(page::judged(nth(0), nth(1)));
        }
        let (greeting, can) = match self.clear.first() {
            Some(greeting) if tls => (greeting.as_slice(), nth(0)),
            _ => (nth(0), nth(1)),
        };
        let (answer, words) = lines::judged(protocol, self.service.port, tls, greeting, can);
        // Were it granted, TLS would have begun.
        let refused = !tls && self.clear.is_empty() && !nth(2).is_empty();
        Some((answer, words + if refused { ", and refuses it when asked" } else { "" }))
    }
}

/// What is said of a port that takes no connection.
pub fn closed(service: Service) -> Probed {
    Probed { service, answer: Answer::Closed, words: "takes no connection".to_owned() }
}

/// The host in lower case, if it is one of the case's own or lies below one; else why it is not asked anything.
pub fn allowed(host: &str, own_domains: &[String]) -> Result<String, String> {
    let name = host.trim().trim_end_matches('.').to_ascii_lowercase();
    let labels_are_plain = name
        .split('.')
        .all(|label| (1..=63).contains(&label.len()) && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_'));
    if !labels_are_plain || name.len() > 253 || name.parse::<core::net::IpAddr>().is_ok() {
        return Err("this is no name of a host".to_owned());
    }
    let own = own_domains.iter().map(|d| d.trim().trim_matches('.').to_ascii_lowercase()).filter(|d| d.contains('.'));
    let below = |domain: &String| name == *domain || name.strip_suffix(domain.as_str()).is_some_and(|rest| rest.ends_with('.'));
    if own.into_iter().any(|domain| below(&domain)) {
        return Ok(name);
    }
    Err(format!("{name} lies below none of the case's own domains; only your own hosts may be asked"))
}

#[cfg(test)]
mod tests;
