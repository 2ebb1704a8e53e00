//! One spelling for one system or account.

/// A name as it stands in links: URLs without query, user part and trailing slash, hosts and mail addresses in lower case,
/// white space single.
pub(crate) fn normalised(name: &str) -> String {
    let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((scheme, rest)) = name.split_once("://") {
        let rest = rest.split(['?', '#']).next().unwrap_or(rest);
        let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let host = host.rsplit('@').next().unwrap_or(host);
        return format!("{}://{}{}", scheme.to_lowercase(), host.to_lowercase(), path.trim_end_matches('/'));
    }
    let bare = !name.contains(' ')
        && name.contains('.')
        && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '@' | ':' | '+'));
    if bare { name.to_lowercase() } else { name }
}

#[cfg(test)]
mod tests {
    use super::normalised;

    #[test]
    fn urls_hosts_and_addresses_have_one_spelling() {
        assert_eq!(normalised("https://User:pw@VPN.Example/login/?t=1#x"), "https://vpn.example/login");
        assert_eq!(normalised("DB1.Corp.Example:5432"), "db1.corp.example:5432");
        assert_eq!(normalised("Anna.Berg@Corp.Example"), "anna.berg@corp.example");
        assert_eq!(normalised("  the  Print Server "), "the Print Server");
    }
}
