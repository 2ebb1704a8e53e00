//! Lines of other mail servers and webmail: Exim, Cyrus, Courier, Sendmail, UW IMAP, solid-pop3d, Kerio, Zimbra, SOGo, Roundcube, Horde and
//! Group-Office. What a client calls itself stands in these lines, so each sentence says where its server puts the address.

use super::mail;
use crate::record::{address, property};
use crate::{Hint, parse_time};
use aftermail_model::{ActorKind, Event, LogSource, Outcome, Timestamp};
use core::net::IpAddr;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

/// Where the address stands in a sentence.
#[derive(Clone, Copy)]
enum At {
    /// In the last brackets, those of the server's own interface aside.
    LastBrackets,
    /// Behind the first of these words.
    After(&'static str),
    /// Behind the last of these words.
    AfterLast(&'static str),
}

/// A sentence of a server.
struct Sentence {
    program: &'static str,
    /// All of these stand in it.
    has: &'static [&'static str],
    end: Outcome,
    /// Whether it tells of a try to sign in.
    login: bool,
    /// From here on a client may have written what it likes.
    until: &'static str,
    at: At,
    /// What stands before and behind the account.
    account: Option<(&'static str, &'static [char])>,
}

const fn login(program: &'static str, has: &'static [&'static str], end: Outcome, at: At) -> Sentence {
    Sentence { program, has, end, login: true, until: "\n", at, account: None }
}

const fn refused(has: &'static [&'static str]) -> Sentence {
    Sentence { login: false, ..login("exim", has, Outcome::Failure, At::LastBrackets) }
}

impl Sentence {
    const fn of(self, before: &'static str, behind: &'static [char]) -> Sentence {
        Sentence { account: Some((before, behind)), ..self }
    }

    const fn until(self, until: &'static str) -> Sentence {
        Sentence { until, ..self }
    }
}

const BLANK: &[char] = &[' ', ',', ';'];
const FROM: At = At::AfterLast(" from ");

/// The first that fits counts.
const SENTENCES: [Sentence; 39] = [
    login("exim", &[" authenticator failed for "], Outcome::Failure, At::LastBrackets).of("(set_id=", &[')']).until(": 535"),
    login("exim", &[" <= ", " A="], Outcome::Success, At::LastBrackets).of(" A=", BLANK).until(" S="),
    refused(&["rejected RCPT"]),
    refused(&["SMTP protocol error in "]),
    refused(&["SMTP protocol synchronization error"]),
    refused(&["SMTP call from ", "dropped"]),
    refused(&["SMTP connection from ", "closed by DROP"]),
    refused(&["no MAIL in SMTP connection from "]),
    refused(&["sender verify fail for "]),
    refused(&["rejected connection in "]),
    refused(&["dropped by '", " ACL"]),
    Sentence { end: Outcome::Unknown, ..refused(&["no IP address found for host ", "SMTP connection from "]) },
    Sentence { end: Outcome::Unknown, at: At::After("IP address "), ..refused(&["no host name found for IP address "]) },
    login("cyrus", &["badlogin: ", "SASL("], Outcome::Failure, At::LastBrackets).of("] plaintext ", BLANK).until("SASL("),
    login("cyrus", &["login: ", " User logged in"], Outcome::Success, At::LastBrackets).of("] ", BLANK),
    login("courier", &["LOGIN FAILED, ", "ip=["], Outcome::Failure, At::AfterLast("ip=[")).of("user=", &[',']),
    login("courier", &["LOGIN, user=", "ip=["], Outcome::Success, At::AfterLast("ip=[")).of("user=", &[',']),
    login("courier", &["courieresmtpd", "error,relay=", "535 Authentication failed"], Outcome::Failure, At::After("relay=")),
    Sentence { login: false, ..login("courier", &["courieresmtpd", "error,relay="], Outcome::Failure, At::After("relay=")) },
    login("sendmail", &[": AUTH failure (", "relay="], Outcome::Failure, At::LastBrackets).of(", user=", &[',']),
    login("sendmail", &["possible SMTP attack: command=AUTH"], Outcome::Failure, At::LastBrackets),
    login("sendmail", &["AUTH=server, relay=", "authid="], Outcome::Success, At::LastBrackets).of("authid=", &[',']),
    login("uw", &["Login failed user=", "host="], Outcome::Failure, At::LastBrackets).of("user=", BLANK),
    login("uw", &["Login excessive login failures user="], Outcome::Failure, At::LastBrackets).of("user=", BLANK),
    login("uw", &["Login disabled user=", "host="], Outcome::Failure, At::LastBrackets).of("user=", BLANK),
    login("uw", &["Failed ", " override of user=", "host="], Outcome::Failure, At::LastBrackets).of("user=", BLANK),
    login("uw", &[": Login user=", "host="], Outcome::Success, At::LastBrackets).of("user=", BLANK),
    login("solid-pop3d", &["solid-pop3d", "authentication failed"], Outcome::Failure, At::AfterLast(" - ")).of("user ", BLANK),
    login("solid-pop3d", &["solid-pop3d", "APOP secret"], Outcome::Failure, At::AfterLast(" - ")).of("user ", BLANK),
    login("solid-pop3d", &["solid-pop3d", "login not allowed"], Outcome::Failure, At::AfterLast(" - ")),
    login("kerio", &["Failed ", " login from ", "SASL method"], Outcome::Failure, FROM),
    login("kerio", &["login into ", " from ", " failed: "], Outcome::Failure, FROM),
    login("zimbra", &["oip=", "authentication failed for ["], Outcome::Failure, At::After("oip=")).of("failed for [", &[']']),
    Sentence { login: false, ..login("zimbra", &["oip=", "SoapEngine"], Outcome::Unknown, At::After("oip=")) },
    login("sogo", &["Login from '", "might not have worked"], Outcome::Failure, At::After("from '")).of("for user '", &['\'']),
    login("sogo", &["successful login from '"], Outcome::Success, At::After("from '")).of("for user '", &['\'']),
    login("horde", &["FAILED LOGIN for ", "] to "], Outcome::Failure, At::LastBrackets).of("LOGIN for ", BLANK).until("] to "),
    login("groupoffice", &["LOGIN ", " for user: \"", "from IP: "], Outcome::Failure, At::AfterLast("from IP: ")).of("user: \"", &['"']),
    login("roundcube", &["ogin f", " from "], Outcome::Failure, FROM).of("for ", BLANK).until(". AUTHENTICATE "),
];

pub(crate) fn read(line: &str, hint: &Hint) -> Option<Event> {
    let sentence = SENTENCES.iter().find(|s| s.has.iter().all(|part| line.contains(part)) && s.is_meant(line))?;
    let told = line.split(sentence.until).next().unwrap_or(line);
    let mut e = Event::new(LogSource::MailServer);
    e.address = address(Some(sentence.at.find(told)?));
    e.operation = if sentence.login { "login" } else { "smtp" }.to_owned();
    e.outcome = sentence.end;
    e.actor = sentence.account(line);
    e.actor_kind = if e.actor.is_some() { ActorKind::User } else { ActorKind::Unknown };
    e.properties.extend(property("program", Some(sentence.program.to_owned())));
    let year = time(line, hint, &mut e)?;
    e.properties.extend(property("year", year));
    Some(e)
}

impl Sentence {
    /// Words of everyday use count only with their server's own spelling.
    fn is_meant(&self, line: &str) -> bool {
        match self.program {
            "roundcube" => ["Login failed for ", "Failed login for ", "FAILED login for "].iter().any(|w| line.contains(w)),
            "groupoffice" => line.contains("]LOGIN FAILED"),
            _ => true,
        }
    }

    fn account(&self, line: &str) -> Option<String> {
        let (before, behind) = self.account?;
        let (_, rest) = line.split_once(before)?;
        let name = rest.split(behind).next()?;
        // Exim writes the authenticator before the account, and SASL's codes are none.
        let name = if self.program == "exim" { name.rsplit(':').next()? } else { name };
        Some(name.to_owned()).filter(|n| !n.is_empty() && !n.starts_with("SASL"))
    }
}

impl At {
    fn find(self, told: &str) -> Option<String> {
        let rest = match self {
            At::LastBrackets => {
                let mut open = told.rmatch_indices('[').filter(|(at, _)| !told[..*at].ends_with("I="));
                return open.find_map(|(at, _)| ip(&told[at + 1..]));
            }
            At::After(word) => told.split_once(word)?.1,
            At::AfterLast(word) => told.rsplit_once(word)?.1,
        };
        ip(rest)
    }
}

/// The address with which a text begins.
fn ip(text: &str) -> Option<String> {
    let end = text.find(|c: char| !(c.is_ascii_hexdigit() || ".:".contains(c))).unwrap_or(text.len());
    let word = text[..end].trim_end_matches(['.', ':']);
    word.parse::<IpAddr>().ok().map(|ip| ip.to_canonical().to_string())
}

/// Sets the time; answers which year was taken where the line tells none.
fn time(line: &str, hint: &Hint, e: &mut Event) -> Option<Option<String>> {
    if let Some((text, _)) = line.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        e.time_text = text.to_owned();
        e.time = bracketed(text);
        return e.time.map(|_| None);
    }
    // The journal puts the host and program before a line that has a time of its own.
    let own = line.split_once("exim[").and_then(|(_, rest)| rest.split_once("]: ")).map(|(_, rest)| rest);
    let head = mail::head(line, hint).or_else(|| mail::head(own?, hint))?;
    (e.time_text, e.time) = (head.text.to_owned(), head.time);
    Some(head.year)
}

/// `22-Jan-2013 22:28:21 +0200` of Roundcube, `18/Jan/2014 06:41:25` of Kerio, and plain times.
fn bracketed(text: &str) -> Option<Timestamp> {
    let zoned = jiff::Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text).ok();
    let plain = || DateTime::strptime("%d/%b/%Y %H:%M:%S", text).ok()?.to_zoned(TimeZone::UTC).ok().map(|z| z.timestamp());
    zoned.or_else(plain).map(|t| Timestamp(t.as_second())).or_else(|| parse_time(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(line: &str) -> Event {
        read(line, &Hint { year: Some(2024), ..Hint::default() }).unwrap_or_else(|| panic!("{line}"))
    }

    #[test]
    fn sentences_of_each_server_tell_who_from_where_and_how_it_ended() {
        let lines = [
            (
                "2024-01-02 03:04:05 login authenticator failed for h ([192.0.2.1]) [198.51.100.7]:5: 535 Incorrect (set_id=[1.1.1.1])",
                "[1.1.1.1]",
                Outcome::Failure,
            ),
            (
                "2024-01-02 03:04:05 1abc-0 <= a@x.example H=h [198.51.100.7]:5 I=[192.0.2.1]:25 P=esmtpsa A=login:a S=9 T=\"[1.1.1.1]\"",
                "a",
                Outcome::Success,
            ),
            ("Jan 2 03:04:05 h cyrus/imap[5]: badlogin: h [198.51.100.7] plaintext a SASL(-13): failed [1.1.1.1]", "a", Outcome::Failure),
            ("Jan 2 03:04:05 h imapd: LOGIN FAILED, user=a, ip=[::ffff:198.51.100.7]", "a", Outcome::Failure),
            (
                "Jan 2 03:04:05 h sendmail[5]: x: AUTH failure (LOGIN): failed, user=a, relay=[1.1.1.1], relay=[198.51.100.7] (may be forged)",
                "a",
                Outcome::Failure,
            ),
            ("Jan 2 03:04:05 h imapd[5]: Login user=a auth=a host=h [198.51.100.7]", "a", Outcome::Success),
            (
                "2024-01-02 03:04:05,762 INFO [x] [oip=198.51.100.7;oport=5;] SoapEngine - authentication failed for [a], account not found",
                "a",
                Outcome::Failure,
            ),
            (
                "Jan 2 03:04:05 sogod [5]: SOGoRootPage Login from '198.51.100.7, 10.0.0.1' for user 'a' might not have worked",
                "a",
                Outcome::Failure,
            ),
            (
                "[02-Jan-2024 05:04:05 +0200]: <s> IMAP Error: Login failed for a from 1.1.1.1 from 198.51.100.7. AUTHENTICATE PLAIN: a from 1.1.1.1",
                "a",
                Outcome::Failure,
            ),
        ];
        for (line, account, end) in lines {
            let e = one(line);
            assert_eq!((e.address.as_deref(), e.actor.as_deref(), e.outcome), (Some("198.51.100.7"), Some(account), end), "{line}");
            assert_eq!(e.time.map(|t| t.to_string()).as_deref(), Some("2024-01-02T03:04:05Z"), "{line}");
        }
    }

    #[test]
    fn other_lines_are_none() {
        for line in
            ["Jan 2 03:04:05 h cron[5]: run", "2024-01-02 03:04:05 Start queue run", "", "login from", "Login failed for a from nowhere"]
        {
            assert!(read(line, &Hint::default()).is_none(), "{line}");
        }
    }
}
