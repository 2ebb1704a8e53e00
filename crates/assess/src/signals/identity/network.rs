//! From which network, and by which program.

use super::sign_in::told;
use aftermail_model::Event;
use std::net::IpAddr;

/// The client's network: its AS where the log tells it, else the first half of an IPv4 address and the first two groups of an IPv6 one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Network {
    system: Option<String>,
    prefix: String,
}

impl Network {
    /// Of an address of the internet that is not the provider's own: servers call one another in the name of a session.
    pub(super) fn of(event: &Event) -> Option<Network> {
        let address: IpAddr = event.address.as_deref()?.parse().ok()?;
        let inner = match address {
            IpAddr::V4(v4) => v4.is_private() || v4.is_loopback() || v4.is_link_local(),
            IpAddr::V6(v6) => v6.is_loopback() || v6.is_unique_local() || is_microsoft(v6.segments()),
        };
        Network::wherever(event).filter(|n| !inner && n.system.as_deref() != Some("8075"))
    }

    /// Of any address: thieves rent servers of the provider too.
    pub(super) fn wherever(event: &Event) -> Option<Network> {
        let prefix = match event.address.as_deref()?.parse().ok()? {
            IpAddr::V4(v4) => format!("{}.{}", v4.octets()[0], v4.octets()[1]),
            IpAddr::V6(v6) => format!("{:x}:{:x}", v6.segments()[0], v6.segments()[1]),
        };
        Some(Network { system: told(event, "autonomousSystemNumber").map(str::to_owned), prefix })
    }

    /// Whether both may be one: networks that move between prefixes keep their AS.
    pub(super) fn may_be(&self, other: &Network) -> bool {
        self.prefix == other.prefix || self.system.is_some() && self.system == other.system
    }

    /// For a reader.
    pub(super) fn text(&self) -> String {
        match &self.system {
            Some(system) => format!("AS{system}"),
            None => format!("{}…", self.prefix),
        }
    }
}

/// 2603:1000::/24 and 2a01:111::/32, from which Exchange and its siblings call one another.
fn is_microsoft(groups: [u16; 8]) -> bool {
    groups[0] == 0x2603 && groups[1] >> 8 == 0x10 || groups[..2] == [0x2a01, 0x0111]
}

/// The program of an agent and what it runs on, without versions: they change within a session. None where the agent names none.
pub(super) fn program(agent: &str) -> Option<String> {
    const BROWSERS: [&str; 6] = ["Firefox", "Edg", "OPR", "Chrome", "Safari", "Trident"];
    const ON: [&str; 5] = ["Windows", "Android", "iPhone", "Mac OS", "Linux"];
    let find = |names: &[&'static str]| names.iter().copied().find(|n| agent.contains(n));
    if let Some(browser) = find(&BROWSERS) {
        return Some(find(&ON).map_or_else(|| browser.to_owned(), |on| format!("{browser} on {on}")));
    }
    let name = agent.split(['/', ' ', ';']).next().unwrap_or_default().trim();
    // `Client=OWA;Action=ViaProxy` names the way, not the program.
    (!name.is_empty() && !name.starts_with("Client=") && name != "Mozilla").then(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{tried, with};

    fn at(address: &str) -> Option<Network> {
        Network::of(&tried(0, "a", "0", "", address))
    }

    #[test]
    fn servers_of_the_provider_and_inner_addresses_are_no_network() {
        assert!(at("198.51.100.7").is_some() && at("2001:db8::1").is_some());
        for none in ["10.0.0.1", "::1", "2603:10a6:20b::5", "no address"] {
            assert_eq!(at(none), None, "{none}");
        }
        assert_eq!(Network::of(&with(tried(0, "a", "0", "", "198.51.100.7"), "autonomousSystemNumber", "8075")), None);
    }

    #[test]
    fn one_operator_is_one_network() {
        let of = |address: &str, system: &str| {
            Network::of(&with(tried(0, "a", "0", "", address), "autonomousSystemNumber", system)).expect("one")
        };
        assert!(of("198.51.100.7", "64496").may_be(&of("203.0.113.7", "64496")));
        assert!(!of("198.51.100.7", "64496").may_be(&of("203.0.113.7", "64497")));
        assert!(at("198.51.100.7").expect("one").may_be(&at("198.51.7.7").expect("one")));
    }

    #[test]
    fn versions_do_not_tell_programs_apart() {
        let a = program("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/89.0 Safari/537.36");
        let b = program("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/91.0 Safari/537.36");
        assert_eq!((a.as_deref(), a == b), (Some("Chrome on Windows"), true));
        assert_eq!(program("python-requests/2.28.1").as_deref(), Some("python-requests"));
        assert_eq!(program("Client=OWA;Action=ViaProxy"), None);
    }
}
