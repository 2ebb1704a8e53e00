//! Pages and indexes over HTTP/1.1 (RFC 9112).

use super::Answer;

/// Names of the indexes, nothing of what is in them.
pub(super) const INDEXES: &str = "/_cat/indices?h=index";

pub(super) fn request(host: &str, path: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: aftermail-probe\r\nAccept: */*\r\nConnection: close\r\n\r\n").into_bytes()
}

/// Whether an answer is that of TLS to one that speaks none: an alert (RFC 8446 §6), or a page that says so.
pub(super) fn is_tls(answer: &[u8]) -> bool {
    let says_so = || String::from_utf8_lossy(answer).to_lowercase();
    answer.starts_with(&[0x15, 0x03]) || (status(answer) == Some(400) && says_so().contains("https"))
}

pub(super) fn is_search(answer: &[u8]) -> bool {
    status(answer) == Some(200) && body(answer).contains("\"cluster_name\"")
}

fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|&b| b == b'\n').next()?;
    let line = core::str::from_utf8(line).ok().filter(|line| line.starts_with("HTTP/"))?;
    line.split(' ').nth(1)?.trim().parse().ok()
}

fn body(answer: &[u8]) -> String {
    let text = String::from_utf8_lossy(answer);
    text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
}

fn header(answer: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(answer);
    let head = text.split("\r\n\r\n").next()?;
    let mut members = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    members.find(|(member, _)| member.trim().eq_ignore_ascii_case(name)).map(|(_, value)| value.trim().to_owned())
}

/// Pages that show mail or an index to whoever opens them, by words in them.
const OPEN_PAGES: [(&str, &str); 6] = [
    ("<title>mailhog", "MailHog shows the mail that it caught to anybody"),
    ("<title>mailpit", "Mailpit shows the mail that it caught to anybody"),
    ("<title>mailcatcher", "MailCatcher shows the mail that it caught to anybody"),
    ("<title>solr admin", "the administration of Solr is open to anybody"),
    ("<title>index of /", "lists its files to anybody"),
    ("\"cluster_name\"", "an index answers whoever asks"),
];

/// What the first page means, and what an index answered when it was asked for its names.
pub(super) fn judged(first: &[u8], indexes: &[u8]) -> (Answer, String) {
    match status(first) {
        None => (Answer::Unclear, "answers, but not as HTTP does".to_owned()),
        Some(401 | 407) => (Answer::Asks, "asks for a password".to_owned()),
        Some(403) => (Answer::Asks, "shows strangers nothing".to_owned()),
        Some(200) if is_search(first) => search(indexes),
        Some(200) => page(&body(first).to_lowercase()),
        Some(300..=399) if header(first, "location").is_some_and(|to| to.starts_with("https:")) => {
            (Answer::NotLooked, "sends browsers on to a page with TLS: see what the ports of https answer".to_owned())
        }
        Some(code) => (Answer::Unclear, format!("answers with {code}: look with a browser")),
    }
}

fn page(body: &str) -> (Answer, String) {
    let spaced = body.split_whitespace().collect::<Vec<_>>().join(" ").replace("<title> ", "<title>");
    let open = OPEN_PAGES.iter().find(|(mark, _)| spaced.contains(mark));
    let password = ["type=\"password\"", "type='password'", "type=password"].iter().any(|mark| spaced.contains(mark));
    match open {
        Some((_, words)) => (Answer::Open, (*words).to_owned()),
        None if password => (Answer::Asks, "shows a page to sign in".to_owned()),
        None => (Answer::Unclear, "shows a page to anybody: look with a browser what is on it".to_owned()),
    }
}

fn search(indexes: &[u8]) -> (Answer, String) {
    if status(indexes) != Some(200) {
        return (Answer::Unclear, "an index greets whoever asks, but does not name what is in it".to_owned());
    }
    let body = body(indexes);
    let names: Vec<&str> = body.lines().map(str::trim).filter(|name| !name.is_empty() && !name.starts_with('.')).collect();
    let mail = names.iter().filter(|name| name.to_lowercase().contains("mail") || name.contains("message")).count();
    let many = names.len();
    (Answer::Open, format!("an index answers whoever asks: {many} indexes, {mail} of them with mail in their names"))
}
