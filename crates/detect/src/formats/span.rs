//! Values whose extent is found by walking, not by an expression: URLs, PEM blocks, URLs with a login.

use super::Claim;
use std::ops::Range;

/// Longest URL that is read, to each side of the anchor.
const URL: usize = 2048;
/// Longest key block.
const BLOCK: usize = 64 * 1024;

fn ends_url(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'<' | b'>' | b'"' | b'\'' | b'`' | b'|' | b'\\' | 0x7f)
}

/// The URL or query string around the anchor.
pub(super) fn url(body: &str, at: &Range<usize>) -> Range<usize> {
    let bytes = body.as_bytes();
    let floor = at.start.saturating_sub(URL);
    let mut start = at.start;
    while start > floor && !ends_url(bytes[start - 1]) {
        start -= 1;
    }
    let mut end = at.end + bytes[at.end..].iter().take(URL).take_while(|b| !ends_url(**b)).count();
    // "(https://…)" or "url=https://…": the URL begins at its scheme.
    let start = body.ceil_char_boundary(start).min(at.start);
    end = body.floor_char_boundary(end).max(at.end);
    let start = match body.get(start..end).and_then(|s| s.find("https://").or_else(|| s.find("http://"))) {
        Some(scheme) if start + scheme <= at.start => start + scheme,
        _ => start + body.get(start..at.start).map_or(0, |s| s.len() - s.trim_start_matches(['(', '[', '?', ':', ';', ',']).len()),
    };
    while end > at.end && matches!(bytes[end - 1], b'.' | b',' | b';' | b')' | b']' | b'!') {
        end -= 1;
    }
    start..end
}

/// A private key block from its BEGIN line. A certificate that stands directly beside it belongs to it.
pub(super) fn pem(body: &str, at: usize) -> Option<Claim> {
    let limit = body.floor_char_boundary(at.saturating_add(BLOCK));
    let window = body.get(at..limit)?;
    let title_end = window.get(11..)?.find('-')? + 11;
    let title = window.get(..title_end)?.split("BEGIN ").nth(1)?.trim();
    if title.len() > 40 || !title.contains("PRIVATE") && !title.contains("OpenVPN Static key") {
        return None;
    }
    let dashes = if window.starts_with("---- ") { "---- " } else { "-----" };
    let mut after = title_end + window.get(title_end..)?.find(dashes.trim())? + dashes.trim().len();
    let body_start = after;
    after += window.get(after..)?.find(dashes)?;
    let tail = window.get(after..)?;
    if !tail.trim_start_matches(['-', ' ']).starts_with("END ") {
        return None;
    }
    let stop = tail.get(5..)?.find(dashes.trim())? + 5 + dashes.trim().len();
    let key = window.get(body_start..after)?;
    if key.bytes().filter(u8::is_ascii_alphanumeric).count() < 40 || key.contains("...") || key.contains('…') || key.contains("****") {
        return None;
    }
    let mut range = at..at + after + stop;
    // The certificate is public: the value is the key, its place is both.
    let value = clean(body.get(range.clone())?);
    if let Some(wider) = beside(body, &range) {
        range = wider;
    }
    Some(Claim { range, value, account: None, system: None })
}

/// The key's range with the certificate blocks directly before or behind it.
fn beside(body: &str, key: &Range<usize>) -> Option<Range<usize>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let mut range = key.clone();
    let gap = |s: &str| s.len() <= 64 && s.chars().all(|c| c.is_whitespace() || c == '>' || c == '\\' || c == 'n');
    let limit = body.floor_char_boundary(range.end.saturating_add(BLOCK));
    if let Some(rest) = body.get(range.end..limit)
        && let Some(begin) = rest.find(BEGIN)
        && rest.get(..begin).is_some_and(gap)
        && let Some(end) = rest.find(END)
    {
        range.end += end + END.len();
    }
    let floor = body.floor_char_boundary(range.start.saturating_sub(BLOCK));
    if let Some(front) = body.get(floor..range.start)
        && let Some(end) = front.rfind(END)
        && front.get(end + END.len()..).is_some_and(gap)
        && let Some(begin) = front.get(..end)?.rfind(BEGIN)
    {
        range.start = floor + begin;
    }
    (range != *key).then_some(range)
}

/// Real line ends, no quotation marks of replies, no indentation.
fn clean(block: &str) -> String {
    let block = block.replace("\\r\\n", "\n").replace("\\n", "\n");
    let lines: Vec<&str> = block.lines().map(|l| l.trim_start_matches(['>', ' ', '\t']).trim_end()).collect();
    lines.join("\n")
}

/// `scheme://user:password@host…` from the place of its `://`.
pub(super) fn userinfo(body: &str, at: usize) -> Option<Claim> {
    let bytes = body.as_bytes();
    let login = at + 3;
    let mut colon = None;
    let mut sign = None;
    for (i, byte) in bytes.iter().enumerate().skip(login).take(256) {
        match byte {
            b':' if colon.is_none() => colon = Some(i),
            b'@' if colon.is_some() => sign = Some(i),
            b'@' | b'?' | b'#' if sign.is_none() && (*byte == b'@' || colon.is_none()) => return None,
            b'/' if colon.is_none() || sign.is_some() => break,
            b if ends_url(*b) => break,
            // host:port/path without a login: after the colon only digits
            b'/' if bytes[colon? + 1..i].iter().all(u8::is_ascii_digit) => return None,
            _ => {}
        }
    }
    let (colon, sign) = (colon?, sign?);
    let password = body.get(colon + 1..sign)?;
    let user = body.get(login..colon)?;
    if password.is_empty() || is_dummy(password) || user.len() > 80 {
        return None;
    }
    let back = bytes[..at].iter().rev().take(24).take_while(|b| b.is_ascii_alphanumeric() || b"+-.:".contains(b)).count();
    let scheme_start = at - back;
    let scheme = body.get(scheme_start..at)?;
    let scheme_start = scheme_start + (scheme.len() - scheme.trim_start_matches(|c: char| !c.is_ascii_alphabetic()).len());
    let scheme = body.get(scheme_start..at)?.to_ascii_lowercase();
    if scheme.is_empty() || matches!(scheme.as_str(), "mailto" | "cid" | "mid" | "tel" | "sip" | "data" | "callto") {
        return None;
    }
    let mut end = sign + 1 + bytes[sign + 1..].iter().take(URL).take_while(|b| !ends_url(**b)).count();
    while end > sign + 1 && matches!(bytes[end - 1], b'.' | b',' | b';' | b')' | b']' | b'!' | b'?') {
        end -= 1;
    }
    end = body.floor_char_boundary(end);
    let host = body.get(sign + 1..end)?.split(['/', '?', '#', ';']).next()?;
    if host.is_empty() || !host.chars().next()?.is_alphanumeric() && !host.starts_with('[') {
        return None;
    }
    let account = Some(super::facts::unpercent(user)).filter(|u| !u.is_empty());
    Some(Claim { range: scheme_start..end, value: body.get(scheme_start..end)?.to_owned(), account, system: Some(host.to_owned()) })
}

/// Words that tutorials put where the password goes.
fn is_dummy(password: &str) -> bool {
    let lower = password.to_ascii_lowercase();
    let bare = lower.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    matches!(
        bare,
        "" | "password"
            | "pass"
            | "passwd"
            | "pwd"
            | "pw"
            | "user"
            | "yourpassword"
            | "your_password"
            | "your-password"
            | "secret"
            | "token"
            | "xxx"
    ) || password.starts_with(['<', '$', '{', '[', '%']) && password.ends_with(['>', '}', ']', '%'])
        || password.starts_with('$') && password[1..].bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
        || super::checks::is_placeholder(password)
        || bare.len() > 2 && bare.bytes().all(|b| b == b'x' || b == b'*')
}
