//! Hosts, URLs, files and addresses in a line.

use crate::words::{TextPage, is_address, is_file, is_host};
use std::ops::Range;

/// A token on its way to a host: in the user part of a URL (RFC 3986 §3.2.1), or in a line of `.npmrc`.
pub(crate) fn carried(body: &str, value: &Range<usize>) -> Option<(String, Option<String>)> {
    let floor = body.floor_char_boundary(value.start.saturating_sub(160));
    let before = body.get(floor..value.start)?;
    let before = before.rsplit(char::is_whitespace).next()?;
    if let Some(rest) = body.get(value.end..)?.strip_prefix('@') {
        let (_, user) = before.rsplit_once("://")?;
        let host: &str = rest.split(|c: char| c.is_whitespace() || matches!(c, '/' | '"' | '\'' | '>' | ')')).next()?;
        let account = user.strip_suffix(':').filter(|u| !u.is_empty()).map(str::to_owned);
        return is_host(host).then(|| (host.to_owned(), account));
    }
    let registry = before.strip_suffix(":_authToken=")?.strip_prefix("//")?;
    let host = registry.split('/').next()?;
    is_host(host).then(|| (host.to_owned(), None))
}

/// "ssh anna@a.example": what stands after the sign is a host.
pub(super) fn dialled(line: &str) -> Option<&str> {
    if let Some((_, rest)) = line.split_once("docker login ") {
        return rest.split_whitespace().find(|w| is_host(w));
    }
    let mut words = line.split_whitespace();
    words.find(|w| matches!(*w, "ssh" | "sftp" | "scp" | "rsync" | "telnet"))?;
    let host = words.find_map(|w| w.split_once('@'))?.1.split(':').next()?;
    is_host(host).then_some(host)
}

/// The words of a line without the signs of its sentence; of `HOST=a.example` and `href="https://…` what is assigned.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let edges = ['(', ')', '[', ']', '<', '>', ',', ';', '"', '\'', '`', '.', ':', '“', '”', '„', '«', '»', '!', '?', '*'];
    let parted = text.split(|c: char| c.is_whitespace() || matches!(c, '|' | '、' | '。' | '：' | '，'));
    let assigned = parted.map(|w| match w.find("://") {
        Some(at) => &w[w[..at].trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '+').len()..],
        None => w.rsplit('=').next().unwrap_or(w),
    });
    assigned.map(move |w| w.trim_matches(edges)).filter(|w| w.len() > 3)
}

/// Whether a word says where something is: a URL, a host, a file, a share.
pub(super) fn is_place(word: &str) -> bool {
    let local = word.starts_with("./") || word.ends_with(".exe") || word.ends_with(".sh");
    word.contains("://") && !word.contains("://www.w3.org") && !signs_in(word)
        || is_host(word) && !local && !is_setting(word)
        || is_file(word) && !word.ends_with(".txt") && !local
        || word.starts_with("\\\\") && word.len() > 4
}

/// A place as it is named: without what a URL asks for, which may be a secret of its own.
pub(super) fn plain(word: &str) -> String {
    let place = if word.contains("://") { word.split(['?', '#']).next().unwrap_or(word) } else { word };
    place.trim_end_matches('/').to_owned()
}

/// The host of a URL.
pub(super) fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    rest.split(['/', '?', '#']).next().filter(|host| is_host(host))
}

/// A URL with a login in it is a secret of its own.
fn signs_in(url: &str) -> bool {
    let host = url.split_once("://").map_or("", |(_, rest)| rest.split('/').next().unwrap_or(rest));
    host.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'))
}

/// "logging.level.root", "spring.datasource.url": a name of a setting, not of a host.
fn is_setting(word: &str) -> bool {
    const LAST: &[&str] =
        &["root", "url", "name", "user", "username", "password", "level", "port", "host", "enabled", "key", "secret", "path"];
    word.rsplit('.').next().is_some_and(|last| LAST.contains(&last))
}

/// The first mail address on the lines nearest to a value.
pub(super) fn address(page: TextPage<'_>, lines: &[Range<usize>], own: &str) -> Option<String> {
    lines.iter().take(4).filter_map(|l| page.body.get(l.clone())).flat_map(words).find(|w| is_address(w) && *w != own).map(str::to_owned)
}
