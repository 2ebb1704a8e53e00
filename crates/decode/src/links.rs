//! Links that a mail gateway wrapped, given back as their sender wrote them.

use std::borrow::Cow;

/// The true URL behind SafeLinks (Microsoft), URL Defense (Proofpoint, versions 1 to 3) and Link Protect (Barracuda); any
/// other link as it is.
pub(crate) fn unwrap(url: &str) -> Cow<'_, str> {
    let host = url.split("://").nth(1).and_then(|r| r.split(['/', '?']).next()).unwrap_or("");
    let inner = if host.ends_with("safelinks.protection.outlook.com") {
        parameter(url, "url").map(|v| percent_decoded(&v))
    } else if host.ends_with("urldefense.com") || host.ends_with("urldefense.proofpoint.com") {
        defended(url)
    } else if host.ends_with("linkprotect.cudasvc.com") {
        parameter(url, "a").map(|v| percent_decoded(&v))
    } else {
        None
    };
    match inner {
        Some(inner) if inner.contains("://") => Cow::Owned(inner),
        _ => Cow::Borrowed(url),
    }
}

fn defended(url: &str) -> Option<String> {
    if let Some((_, rest)) = url.split_once("/v3/__") {
        return rest.split_once("__;").map(|(inner, _)| inner.to_owned());
    }
    let value = parameter(url, "u")?;
    if url.contains("/v2/") { Some(percent_decoded(&value.replace('-', "%").replace('_', "/"))) } else { Some(percent_decoded(&value)) }
}

fn parameter(url: &str, name: &str) -> Option<String> {
    let query = url.split_once('?')?.1;
    query.split(['&', ';']).find_map(|p| p.strip_prefix(name)?.strip_prefix('=')).map(str::to_owned)
}

/// RFC 3986 §2.1; a stray `%` stays.
pub(crate) fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let pair = bytes.get(at + 1..at + 3).and_then(|p| std::str::from_utf8(p).ok()).and_then(|p| u8::from_str_radix(p, 16).ok());
        match (bytes[at], pair) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 3;
            }
            (byte, _) => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wrapped_links_come_out() {
        for (wrapped, plain) in [
            ("https://eur02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fa.example%2Fr%3Ft%3D1&data=05", "https://a.example/r?t=1"),
            ("https://urldefense.com/v3/__https://a.example/x?y=1__;!!AbC!d$", "https://a.example/x?y=1"),
            ("https://urldefense.proofpoint.com/v2/url?u=https-3A__a.example_x&d=DwMF", "https://a.example/x"),
            ("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fa.example&c=E", "https://a.example"),
            ("https://a.example/?url=https%3A%2F%2Fb", "https://a.example/?url=https%3A%2F%2Fb"),
        ] {
            assert_eq!(unwrap(wrapped), plain);
        }
    }

    #[test]
    fn a_stray_percent_stays() {
        assert_eq!(percent_decoded("50%, %zz, %"), "50%, %zz, %");
    }
}
