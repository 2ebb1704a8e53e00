//! Protocols of lines: a greeting, one question what the server can do, a farewell.

use super::{Answer, Protocol, Step};

/// What to say once an answer is complete; none while it is not. `nth` counts the answers.
pub(super) fn reply(protocol: Protocol, nth: usize, heard: &[u8]) -> Option<Step> {
    let text = String::from_utf8_lossy(heard);
    let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(str::trim_end);
    let (known, complete, question, farewell) = match protocol {
        Protocol::Imap => (text.starts_with("* "), ends_imap as fn(&str, usize) -> bool, "a CAPABILITY\r\n", "b LOGOUT\r\n"),
        Protocol::Pop3 => (text.starts_with(['+', '-']), ends_pop3 as fn(&str, usize) -> bool, "CAPA\r\n", "QUIT\r\n"),
        // RFC 2606 keeps this name from being anybody's.
        _ => (text.starts_with(|c: char| c.is_ascii_digit()), ends_smtp as fn(&str, usize) -> bool, "EHLO probe.invalid\r\n", "QUIT\r\n"),
    };
    if !lines.any(|line| complete(line, nth)) {
        return None;
    }
    let refused = nth == 0 && (text.starts_with("* BYE") || text.starts_with("-ERR") || text.starts_with(['4', '5']));
    Some(match nth {
        _ if !known => Step::Leave(Vec::new()),
        0 if !refused => Step::Send(question.into()),
        _ => Step::Leave(farewell.into()),
    })
}

fn ends_imap(line: &str, nth: usize) -> bool {
    nth == 0 || line.starts_with("a ")
}

fn ends_pop3(line: &str, nth: usize) -> bool {
    nth == 0 || line == "." || line.starts_with("-ERR")
}

fn ends_smtp(line: &str, _nth: usize) -> bool {
    line.len() <= 3 || line.as_bytes().get(3) != Some(&b'-')
}

/// The words of an answer, in upper case.
fn words(answers: &[Vec<u8>], nth: usize) -> Vec<String> {
    let text = answers.get(nth).map(|a| String::from_utf8_lossy(a).to_uppercase()).unwrap_or_default();
    text.split(|c: char| c.is_whitespace() || "[]()".contains(c)).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn encryption(offered: bool) -> &'static str {
    if offered { "offers encryption (STARTTLS)" } else { "offers no encryption" }
}

pub(super) fn imap(answers: &[Vec<u8>]) -> (Answer, String) {
    let (greeting, can) = (words(answers, 0), words(answers, 1));
    let has = |word: &str| can.iter().any(|w| w == word);
    let encryption = encryption(has("STARTTLS"));
    match greeting.get(1).map(String::as_str) {
        Some("PREAUTH") => (Answer::Open, "lets in whoever connects: it greets with PREAUTH".to_owned()),
        Some("OK") if has("AUTH=ANONYMOUS") => (Answer::Open, format!("lets in who gives no name (AUTH=ANONYMOUS); {encryption}")),
        Some("OK") if has("LOGINDISABLED") => (Answer::Asks, format!("takes no password before encryption; {encryption}")),
        Some("OK") if has("IMAP4REV1") || has("IMAP4REV2") => {
            (Answer::InClear, format!("asks for a password, and takes it without encryption; {encryption}"))
        }
        Some("BYE") => (Answer::Unclear, "turned us away".to_owned()),
        _ => (Answer::Unclear, "answers, but not as IMAP does".to_owned()),
    }
}

pub(super) fn pop3(answers: &[Vec<u8>]) -> (Answer, String) {
    let (greeting, can) = (words(answers, 0), words(answers, 1));
    let has = |word: &str| can.iter().any(|w| w == word);
    let encryption = encryption(has("STLS"));
    match greeting.first().map(String::as_str) {
        Some("+OK") if has("ANONYMOUS") => (Answer::Open, format!("lets in who gives no name (SASL ANONYMOUS); {encryption}")),
        Some("+OK") if has("USER") || has("PLAIN") || has("LOGIN") => {
            (Answer::InClear, format!("asks for a password, and takes it without encryption; {encryption}"))
        }
        Some("+OK") if has("STLS") => (Answer::Asks, format!("takes no password before encryption; {encryption}")),
        Some("+OK") => (Answer::Unclear, "does not tell what it takes: such servers take passwords without encryption".to_owned()),
        Some("-ERR") => (Answer::Unclear, "turned us away".to_owned()),
        _ => (Answer::Unclear, "answers, but not as POP3 does".to_owned()),
    }
}

pub(super) fn smtp(answers: &[Vec<u8>], port: u16) -> (Answer, String) {
    let greeting = answers.first().map(|a| String::from_utf8_lossy(a).into_owned()).unwrap_or_default();
    if !greeting.starts_with("220") {
        let refused = greeting.starts_with(['4', '5']);
        return (Answer::Unclear, if refused { "turned us away" } else { "answers, but not as SMTP does" }.to_owned());
    }
    let text = answers.get(1).map(|a| String::from_utf8_lossy(a).to_uppercase()).unwrap_or_default();
    let can: Vec<&str> = text.lines().filter_map(|line| line.get(4..)).map(str::trim).collect();
    let mechanisms = |line: &&&str| line.starts_with("AUTH ") || line.starts_with("AUTH=");
    let ways: Vec<&str> = can.iter().filter(mechanisms).flat_map(|line| line[5..].split_whitespace()).collect();
    let encryption = encryption(can.contains(&"STARTTLS"));
    if ways.contains(&"ANONYMOUS") {
        (Answer::Open, format!("lets in who gives no name (AUTH ANONYMOUS); {encryption}"))
    } else if ways.contains(&"PLAIN") || ways.contains(&"LOGIN") {
        (Answer::InClear, format!("asks for a password, and takes it without encryption; {encryption}"))
    } else if port == 25 {
        (Answer::Unclear, format!("takes mail from other servers; whether it sends on what strangers bring was not tried; {encryption}"))
    } else if can.contains(&"STARTTLS") || !ways.is_empty() {
        (Answer::Asks, format!("takes no password before encryption; {encryption}"))
    } else {
        (Answer::Unclear, format!("offers no way to sign in: it may take mail from anybody; {encryption}"))
    }
}
