//! Logins as protocols and tools write them: SASL PLAIN (RFC 4616), the `auth` entry of a container registry,
//! elements of XML, links that sign in, lines of `.pgpass`.

use super::disguise::{self, Undone};
use super::page::Page;
use super::weigh::Signs;
use super::{Candidate, shape};
use aftermail_model::{Kind, Status};
use std::ops::Range;

/// How what follows a literal is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// `account:password` in base64.
    Basic,
    /// Authority, account and password between zero bytes, in base64.
    Plain,
    /// An element of XML whose attribute says how its content is written: `enc="b64"`, `encoding="base64"`, `enc="plain"`.
    Element,
    /// A parameter of a URL beside one that names an account: `?u=anna&p=…`.
    Query,
    /// `host:port:database:account:password` (PostgreSQL documentation, "The Password File").
    Pgpass,
}

/// The literals by which such logins are found.
pub(crate) const LITERALS: &[(&str, Scheme)] = &[
    ("\"auth\":", Scheme::Basic),
    ("auth plain", Scheme::Plain),
    ("authenticate plain", Scheme::Plain),
    ("enc=\"", Scheme::Element),
    ("encoding=\"base64\"", Scheme::Element),
    ("encoding=\"plain", Scheme::Element),
    ("=\"plain\"", Scheme::Element),
    ("=\"plaintext\"", Scheme::Element),
    ("=\"cleartext\"", Scheme::Element),
    ("&p=", Scheme::Query),
    ("&pw=", Scheme::Query),
    ("&kw=", Scheme::Query),
    ("&mdp=", Scheme::Query),
    ("&passe=", Scheme::Query),
    ("&pass=", Scheme::Query),
    ("&passwort=", Scheme::Query),
    ("&kennwort=", Scheme::Query),
    ("&clave=", Scheme::Query),
    ("&senha=", Scheme::Query),
    ("&haslo=", Scheme::Query),
    ("&heslo=", Scheme::Query),
    ("&losen=", Scheme::Query),
    ("&wachtwoord=", Scheme::Query),
    (":5432:", Scheme::Pgpass),
    (":*:", Scheme::Pgpass),
];

/// Parameters that name an account beside one of [`Scheme::Query`].
const ACCOUNTS: &[&str] = &[
    "u",
    "user",
    "usr",
    "username",
    "login",
    "email",
    "mail",
    "id",
    "uid",
    "account",
    "client",
    "kunde",
    "benutzer",
    "konto",
    "compte",
    "utilisateur",
    "identifiant",
    "usuario",
    "cuenta",
    "utente",
    "conta",
    "gebruiker",
    "uzytkownik",
    "uzivatel",
    "anv",
    "anvandare",
    "bruger",
];

/// Lines behind the literal in which the login may stand.
const ANSWERS: usize = 3;
/// Longest encoded login that is read.
const LONGEST: usize = 600;

/// Reads the login behind the literal.
pub(crate) fn read(page: Page<'_>, scheme: Scheme, at: &Range<usize>) -> Option<Candidate> {
    match scheme {
        Scheme::Pgpass => return pgpass(page, at),
        Scheme::Element => return element(page, at),
        Scheme::Query => return query(page, at),
        Scheme::Basic | Scheme::Plain => {}
    }
    // A client may wait for the server's "+" or "334" before it answers.
    let answers = page.following(at.end, ANSWERS).into_iter().filter_map(|line| {
        let text = &page.body[line.clone()];
        Some(line.end - text.rsplit(' ').next()?.len())
    });
    let begins = std::iter::once(at.end).chain(answers.filter(|_| scheme == Scheme::Plain));
    let login = |range: Range<usize>| {
        let plain = disguise::base64_text(&page.body[range.clone()])?;
        let told = if scheme == Scheme::Basic { plain.split_once(':') } else { plain.split_once('\0')?.1.split_once('\0') };
        let (account, value) = told?;
        Some((range, account.to_owned(), value.to_owned()))
    };
    let (range, account, value) = begins.filter_map(|at| login(encoded(page.body, at)?)).next()?;
    let undone = Undone { value: value.clone(), because: "decoded from a login in base64" };
    (value.len() >= 3).then(|| candidate(range, Some(account), None, Some(undone)))
}

/// The content of the element, where it is a word and its name or attributes speak of a login.
fn element(page: Page<'_>, at: &Range<usize>) -> Option<Candidate> {
    let line = page.line(at.start);
    let open = line.start + page.body[line.start..at.start].rfind('<')?;
    let tag_end = at.start + page.body[at.start..line.end].find('>')?;
    let tag = &page.body[open..tag_end];
    let content = &page.body[tag_end + 1..line.end];
    let end = content.find("</")?;
    let (text, lower) = (content[..end].trim(), tag.to_lowercase());
    let about = ["pass", "pwd", "user", "login", "secret", "account", "credential", "key", "pin"].iter().any(|w| lower.contains(w));
    let closed = lower.contains("encrypt") || lower.contains("=\"aes") || lower.contains("hash");
    if !about || closed || !(4..=200).contains(&text.len()) || text.contains(char::is_whitespace) {
        return None;
    }
    let start = tag_end + 1 + content[..end].find(text)?;
    let undone = disguise::undo(text, "");
    let value = undone.as_ref().map_or(text, |u| u.value.as_str());
    let says_base64 = lower.contains("b64") || lower.contains("base64");
    if says_base64 && undone.is_none() || shape::of(value).score <= -2.0 {
        return None;
    }
    let account = ["user=\"", "username=\"", "login=\"", "name=\""].iter().find_map(|a| {
        let from = tag.find(a)? + a.len();
        tag[from..].split('"').next().map(str::to_owned)
    });
    Some(candidate(start..start + text.len(), account, None, undone))
}

/// The parameter, where another one names an account and the value looks like a password.
fn query(page: Page<'_>, at: &Range<usize>) -> Option<Candidate> {
    let line = page.line(at.start);
    let before = page.body[line.start..at.start].rsplit(char::is_whitespace).next()?;
    let (address, parameters) = before.split_once('?')?;
    let named = |p: &str| {
        let (name, value) = p.split_once('=')?;
        ACCOUNTS.contains(&name).then(|| value.to_owned())
    };
    let account = parameters.split('&').find_map(named).filter(|a| !a.is_empty())?;
    let rest = &page.body[at.end..line.end];
    let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '&' | '#' | '"' | '<' | '>')).unwrap_or(rest.len());
    let text = &rest[..end];
    let undone = disguise::percent(text);
    let value = undone.as_ref().map_or(text, |u| u.value.as_str());
    let system = address.contains("://").then(|| address.to_owned());
    (shape::of(value).score >= 1.0).then(|| candidate(at.end..at.end + end, Some(account), system, undone))
}

/// The run of base64 behind the literal, quotes set aside.
fn encoded(body: &str, at: usize) -> Option<Range<usize>> {
    let rest = &body[at..body.floor_char_boundary((at + LONGEST).min(body.len()))];
    let start = at + rest.len() - rest.trim_start_matches([' ', '"', '\'', '=']).len();
    let run = body[start..].bytes().take(LONGEST).take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'=')).count();
    (run >= 8).then_some(start..start + run)
}

/// A line of five fields; a backslash keeps a colon inside one.
fn pgpass(page: Page<'_>, at: &Range<usize>) -> Option<Candidate> {
    let line = page.content(&page.line(at.start));
    let text = page.body.get(line.clone())?;
    let mut fields = Vec::new();
    let (mut from, mut escaped) = (0, false);
    for (n, b) in text.bytes().enumerate() {
        match b {
            b':' if !escaped && fields.len() < 4 => {
                fields.push(from..n);
                from = n + 1;
            }
            _ => escaped = b == b'\\' && !escaped,
        }
    }
    let field = |n: usize| fields.get(n).map(|r: &Range<usize>| &text[r.clone()]);
    let (host, port, account) = (field(0)?, field(1)?, field(3)?);
    let value = &text[from..];
    let plain = |t: &str| !t.is_empty() && !t.contains(char::is_whitespace);
    let port_fits = port == "*" || port.bytes().all(|b| b.is_ascii_digit()) && !port.is_empty();
    if !port_fits || ![host, account, value, field(2)?].into_iter().all(plain) {
        return None;
    }
    let undone = value.contains('\\').then(|| Undone { value: value.replace("\\:", ":").replace("\\\\", "\\"), because: "escapes undone" });
    let system = (host != "*").then(|| if port == "*" { host.to_owned() } else { format!("{host}:{port}") });
    Some(candidate(line.start + from..line.end, Some(account.to_owned()), system, undone))
}

fn candidate(range: Range<usize>, account: Option<String>, system: Option<String>, undone: Option<Undone>) -> Candidate {
    Candidate {
        range,
        signs: Signs::stated("login of a program", shape::Shape { score: 2.0, because: "where such a login has its password" }),
        rule: "login",
        account: account.filter(|a| !a.is_empty()),
        system,
        kind: Kind::Password,
        status: Status::Live,
        undone,
        pairing: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Option<(String, Option<String>)> {
        let lower = line.to_lowercase();
        let (literal, scheme) = LITERALS.iter().find(|(l, _)| lower.contains(l))?;
        let at = lower.find(literal)?;
        let c = read(Page { body: line }, *scheme, &(at..at + literal.len()))?;
        let value = c.undone.map_or_else(|| line[c.range].to_owned(), |u| u.value);
        Some((value, c.account))
    }

    #[test]
    fn logins_of_programs_are_read() {
        for (line, value, account) in [
            ("\"auth\": \"YW5uYTpCbHVlN2hlcm9u\"", "Blue7heron", Some("anna")),
            ("AUTH PLAIN\r\n334\r\nAGFubmEAQmx1ZTdoZXJvbg==\r\n", "Blue7heron", Some("anna")),
            ("a2 AUTHENTICATE PLAIN\n> + \n> C: AGFubmEAQmx1ZTdoZXJvbg==\nok", "Blue7heron", Some("anna")),
            ("AUTH PLAIN AGFubmEAQmx1ZTdoZXJvbg==", "Blue7heron", Some("anna")),
            ("https://in.corp.example/logga-in?anv=skog&losen=%C3%85ska%26Ljung%2055", "Åska&Ljung 55", Some("skog")),
            ("http://app.corp.example/x?compte=anna&passe=Blue7%21heron&vue=stock", "Blue7!heron", Some("anna")),
            ("db1.corp.example:5432:shop:anna:Blue7\\:heron", "Blue7:heron", Some("anna")),
        ] {
            assert_eq!(found(line), Some((value.to_owned(), account.map(str::to_owned))), "{line}");
        }
        for no in ["\"auth\": \"c2hvcnQ=\"", "at 10:5432: see", "a:*:b", "(::*:*:)"] {
            assert!(found(no).is_none(), "{no}");
        }
    }
}
