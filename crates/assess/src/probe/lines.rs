//! Protocols of lines: a greeting, one question what the server can do, a farewell.

use super::{Answer, Protocol, Step};

/// Asks what a server can do.
pub(super) fn question(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Imap => "a CAPABILITY\r\n",
        Protocol::Pop3 => "CAPA\r\n",
        // RFC 2606 keeps this name from being anybody's.
        _ => "EHLO probe.invalid\r\n",
    }
}

/// What to say once an answer is complete; none while it is not. `nth` counts the answers: a greeting, what the server can do, whether
/// TLS may begin.
pub(super) fn reply(protocol: Protocol, nth: usize, tls: bool, heard: &[u8]) -> Option<Step> {
    let text = String::from_utf8_lossy(heard);
    let mut lines = text.split_inclusive('\n').filter(|line| line.ends_with('\n')).map(str::trim_end);
    let (known, complete, secure, ready, farewell) = match protocol {
        Protocol::Imap => {
            (text.starts_with("* ") || nth > 0, ends_imap as fn(&str, usize) -> bool, "b STARTTLS\r\n", "b OK", "c LOGOUT\r\n")
        }
        Protocol::Pop3 => (text.starts_with(['+', '-']), ends_pop3 as fn(&str, usize) -> bool, "STLS\r\n", "+OK", "QUIT\r\n"),
        _ => {
            let known = text.starts_with(|c: char| c.is_ascii_digit());
            (known, ends_smtp as fn(&str, usize) -> bool, "STARTTLS\r\n", "220", "QUIT\r\n")
        }
    };
    let last = lines.find(|line| complete(line, nth))?;
    let refused = text.starts_with("* BYE") || text.starts_with("-ERR") || text.starts_with(['4', '5']);
    Some(match nth {
        _ if !known => Step::Leave(Vec::new()),
        0 if !refused => Step::Send(question(protocol).into()),
        1 if !tls && offers_tls(protocol, heard) => Step::Send(secure.into()),
        2 if last.starts_with(ready) => Step::Secure,
        _ => Step::Leave(farewell.into()),
    })
}

/// Whether TLS may begin after this answer, or must: some refuse EHLO itself before (RFC 3207 §4).
fn offers_tls(protocol: Protocol, can: &[u8]) -> bool {
    let name = if protocol == Protocol::Pop3 { "STLS" } else { "STARTTLS" };
    // SMTP writes a code and a dash before.
    words(can).iter().any(|word| word.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-') == name)
}

fn ends_imap(line: &str, nth: usize) -> bool {
    nth == 0 || line.starts_with(if nth == 1 { "a " } else { "b " })
}

fn ends_pop3(line: &str, nth: usize) -> bool {
    nth != 1 || line == "." || line.starts_with("-ERR")
}

fn ends_smtp(line: &str, _nth: usize) -> bool {
    line.len() <= 3 || line.as_bytes().get(3) != Some(&b'-')
}

/// The words of an answer, in upper case.
fn words(answer: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(answer).to_uppercase();
    text.split(|c: char| c.is_whitespace() || "[]()".contains(c)).filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

/// How one signs in.
enum Door {
    /// Not at all.
    Open(&'static str),
    /// With a password.
    Password,
    /// Not with a plain password, or only with TLS.
    Later,
    /// Not told.
    Unclear(&'static str),
}

/// What a greeting and the list of what a server can do mean.
pub(super) fn judged(protocol: Protocol, port: u16, tls: bool, greeting: &[u8], can: &[u8]) -> (Answer, String) {
    let door = match protocol {
        Protocol::Imap => imap(&words(greeting), &words(can)),
        Protocol::Pop3 => pop3(&words(greeting), &words(can)),
        _ => smtp(greeting, can, port),
    };
    let (answer, what) = match door {
        Door::Open(what) => (Answer::Open, what),
        Door::Password if tls => (Answer::Asks, "asks for a password"),
        Door::Password => (Answer::InClear, "asks for a password, and takes it without encryption"),
        Door::Later if tls => (Answer::Asks, "takes no plain password"),
        Door::Later => (Answer::Asks, "takes no password before encryption"),
        Door::Unclear(what) => (Answer::Unclear, what),
    };
    let encryption = match () {
        _ if tls || can.is_empty() => "",
        _ if offers_tls(protocol, can) => "; offers encryption (STARTTLS)",
        _ => "; offers no encryption",
    };
    (answer, format!("{what}{encryption}"))
}

const TURNED_AWAY: Door = Door::Unclear("turned us away");

fn imap(greeting: &[String], can: &[String]) -> Door {
    let has = |word: &str| can.iter().any(|w| w == word);
    match greeting.get(1).map(String::as_str) {
        Some("PREAUTH") => Door::Open("lets in whoever connects: it greets with PREAUTH"),
        Some("OK") if has("AUTH=ANONYMOUS") => Door::Open("lets in who gives no name (AUTH=ANONYMOUS)"),
        Some("OK") if has("LOGINDISABLED") => Door::Later,
        Some("OK") if has("IMAP4REV1") || has("IMAP4REV2") => Door::Password,
        Some("BYE") => TURNED_AWAY,
        _ => Door::Unclear("answers, but not as IMAP does"),
    }
}

fn pop3(greeting: &[String], can: &[String]) -> Door {
    let has = |word: &str| can.iter().any(|w| w == word);
    match greeting.first().map(String::as_str) {
        Some("+OK") if has("ANONYMOUS") => Door::Open("lets in who gives no name (SASL ANONYMOUS)"),
        Some("+OK") if has("USER") || has("PLAIN") || has("LOGIN") => Door::Password,
        Some("+OK") if has("STLS") || has("SASL") => Door::Later,
        Some("+OK") => Door::Unclear("does not tell what it takes: such servers take passwords"),
        Some("-ERR") => TURNED_AWAY,
        _ => Door::Unclear("answers, but not as POP3 does"),
    }
}

fn smtp(greeting: &[u8], can: &[u8], port: u16) -> Door {
    match greeting {
        [b'2', b'2', b'0', ..] => {}
        [b'4' | b'5', ..] => return TURNED_AWAY,
        _ => return Door::Unclear("answers, but not as SMTP does"),
    }
    let text = String::from_utf8_lossy(can).to_uppercase();
    let can: Vec<&str> = text.lines().filter_map(|line| line.get(4..)).map(str::trim).collect();
    let mechanisms = |line: &&&str| line.starts_with("AUTH ") || line.starts_with("AUTH=");
    let ways: Vec<&str> = can.iter().filter(mechanisms).flat_map(|line| line[5..].split_whitespace()).collect();
    if ways.contains(&"ANONYMOUS") {
        Door::Open("lets in who gives no name (AUTH ANONYMOUS)")
    } else if ways.contains(&"PLAIN") || ways.contains(&"LOGIN") {
        Door::Password
    } else if port == 25 {
        Door::Unclear("takes mail from other servers; whether it sends on what strangers bring was not tried")
    } else if text.contains("STARTTLS") || !ways.is_empty() {
        Door::Later
    } else {
        Door::Unclear("offers no way to sign in: it may take mail from anybody")
    }
}
