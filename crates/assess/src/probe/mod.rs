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
pub const SERVICES: [Service; 14] = [
    service(25, "smtp", Protocol::Smtp, false),
    service(465, "smtps", Protocol::Smtp, true),
    service(587, "submission", Protocol::Smtp, false),
    service(110, "pop3", Protocol::Pop3, false),
    service(995, "pop3s", Protocol::Pop3, true),
    service(143, "imap", Protocol::Imap, false),
    service(993, "imaps", Protocol::Imap, true),
    service(80, "http", Protocol::Page, false),
    service(443, "https", Protocol::Page, true),
    service(8080, "http", Protocol::Page, false),
    service(8025, "mail catcher", Protocol::Page, false),
    service(9200, "search", Protocol::Search, false),
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
    /// Speaks TLS, which is not spoken here.
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
    /// Waits for more bytes.
    Listen,
    /// Sends these bytes, then listens.
    Send(Vec<u8>),
    /// Opens the connection anew, then as [`Step::Send`].
    Reconnect(Vec<u8>),
    /// Sends these bytes (a farewell, or none) and closes the connection.
    Leave(Vec<u8>),
}

/// Bytes of an answer that are listened to.
const HEARD: usize = 64 << 10;

/// The talk with one port.
#[derive(Debug)]
pub struct Talk {
    service: Service,
    host: String,
    /// What came since the last word of ours.
    heard: Vec<u8>,
    /// What came before, each time.
    before: Vec<Vec<u8>>,
}

impl Talk {
    /// A talk with a port of a host that was [`allowed`], and the first step.
    pub fn new(service: Service, host: &str) -> (Talk, Step) {
        let talk = Talk { service, host: host.to_owned(), heard: Vec::new(), before: Vec::new() };
        let step = match service.protocol {
            Protocol::Page | Protocol::Search => Step::Send(page::request(host, "/")),
            Protocol::Imap | Protocol::Pop3 | Protocol::Smtp => Step::Listen,
        };
        (talk, step)
    }

    /// Takes what came.
    pub fn hear(&mut self, bytes: &[u8]) -> Step {
        let room = HEARD.saturating_sub(self.heard.len());
        self.heard.extend_from_slice(&bytes[..bytes.len().min(room)]);
        let full = self.heard.len() >= HEARD;
        let step = match self.service.protocol {
            Protocol::Page | Protocol::Search => None,
            protocol => lines::reply(protocol, self.before.len(), &self.heard),
        };
        match step {
            Some(step) => self.said(step),
            None if full => self.ended(),
            None => Step::Listen,
        }
    }

    /// The other side closed the connection, or said nothing for long.
    pub fn ended(&mut self) -> Step {
        let again = self.service.protocol == Protocol::Search && self.before.is_empty() && page::is_search(&self.heard);
        let step = if again { Step::Reconnect(page::request(&self.host, page::INDEXES)) } else { Step::Leave(Vec::new()) };
        self.said(step)
    }

    fn said(&mut self, step: Step) -> Step {
        self.before.push(std::mem::take(&mut self.heard));
        step
    }

    /// What the answers mean.
    pub fn judged(mut self) -> Probed {
        self.before.push(self.heard);
        let (service, answers) = (self.service, self.before);
        let nothing = answers.iter().all(Vec::is_empty);
        let (answer, words) = match service.protocol {
            _ if service.tls && (nothing || page::is_tls(&answers[0])) => (Answer::NotLooked, NOT_LOOKED.to_owned()),
            _ if nothing => (Answer::Silent, "takes the connection and says nothing".to_owned()),
            Protocol::Imap => lines::imap(&answers),
            Protocol::Pop3 => lines::pop3(&answers),
            Protocol::Smtp => lines::smtp(&answers, service.port),
            Protocol::Page | Protocol::Search => page::judged(&answers),
        };
        Probed { service, answer, words }
    }
}

const NOT_LOOKED: &str = "speaks TLS from the first byte, which is not spoken here: look with a mail program or a browser";

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
