//! Addresses of clients, in one form.

use core::net::{IpAddr, SocketAddr};

/// The address without port, brackets and IPv4 mapping; none for what stands for nothing. What is no IP address (a host, a
/// service of the provider) stays as it is.
pub fn normal_address(text: &str) -> Option<String> {
    let text = text.trim();
    if matches!(text, "" | "<null>" | "null" | "-" | "::" | "0.0.0.0") {
        return None;
    }
    let bare = text.strip_prefix('[').and_then(|t| t.strip_suffix(']')).unwrap_or(text);
    let ip = bare.parse::<IpAddr>().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|s| s.ip()));
    match ip {
        Some(ip) => Some(ip.to_canonical().to_string()),
        None => Some(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_ports_brackets_and_mapping() {
        let cases = [
            ("198.51.100.4:52378", "198.51.100.4"),
            ("[2001:db8::1]:443", "2001:db8::1"),
            ("[2001:DB8::1]", "2001:db8::1"),
            ("::ffff:198.51.100.4", "198.51.100.4"),
            ("[::ffff:198.51.100.4]:25", "198.51.100.4"),
            ("health.amazonaws.com", "health.amazonaws.com"),
        ];
        for (text, want) in cases {
            assert_eq!(normal_address(text).as_deref(), Some(want), "{text}");
        }
        assert_eq!(normal_address("<null>"), None);
        assert_eq!(normal_address(" "), None);
    }
}
