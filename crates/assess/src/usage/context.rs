//! From where, by what and on what a secret was used, and whether that was ever so before.

use aftermail_model::Event;
use core::net::IpAddr;
use std::collections::{BTreeSet, HashSet};

/// Different values of one sort that are remembered for one secret.
const REMEMBERED: usize = 4_096;
/// Values that are told in words.
const TOLD: usize = 5;

/// The sorts of circumstances, in the order in which they are told.
const SORTS: [&str; 4] = ["from networks", "by programs", "through applications", "on resources"];

/// The circumstances of one use, in the order of [`SORTS`].
fn of(event: &Event) -> [Option<String>; 4] {
    let text = |value: &Option<String>| value.clone().filter(|v| !v.is_empty());
    [
        event.address.as_deref().map(network),
        event.agent.as_deref().map(program),
        text(&event.app).map(|a| a.to_lowercase()),
        event.target.as_deref().map(resource),
    ]
}

/// What was seen with one secret before its exposure, and what came anew since.
#[derive(Debug, Default)]
pub(crate) struct Contexts {
    before: [HashSet<String>; 4],
    addresses: HashSet<String>,
    anew: [BTreeSet<String>; 4],
    anew_count: [usize; 4],
    /// Addresses that are new, within networks that are not.
    near: BTreeSet<String>,
    full: bool,
}

impl Contexts {
    /// A use before the exposure.
    pub(crate) fn learn(&mut self, event: &Event) {
        for (known, value) in self.before.iter_mut().zip(of(event)) {
            let Some(value) = value else { continue };
            if known.len() < REMEMBERED {
                known.insert(value);
            } else {
                self.full |= !known.contains(&value);
            }
        }
        if let Some(address) = event.address.as_ref().filter(|_| self.addresses.len() < REMEMBERED) {
            self.addresses.insert(address.clone());
        }
    }

    /// A use since: whether anything of it was never seen before.
    pub(crate) fn compare(&mut self, event: &Event) -> bool {
        let mut new = false;
        for (sort, value) in of(event).into_iter().enumerate() {
            let Some(value) = value.filter(|v| !self.before[sort].contains(v)) else { continue };
            new = true;
            if self.anew[sort].len() < TOLD || self.anew[sort].contains(&value) {
                self.anew[sort].insert(value);
            }
            self.anew_count[sort] += 1;
        }
        let same_network = event.address.as_ref().is_some_and(|a| self.before[0].contains(&network(a)) && !self.addresses.contains(a));
        if let Some(address) = event.address.as_ref().filter(|_| same_network && self.near.len() < TOLD) {
            self.near.insert(address.clone());
        }
        new
    }

    /// What is new, in words.
    pub(crate) fn because(&self) -> Vec<String> {
        let told = |values: &BTreeSet<String>| values.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        let mut lines = Vec::new();
        for (sort, values) in self.anew.iter().enumerate().filter(|(_, v)| !v.is_empty()) {
            let uses = counted(self.anew_count[sort] as u64);
            lines.push(format!("{uses} {} never seen before the exposure: {}", SORTS[sort], told(values)));
        }
        if !self.near.is_empty() {
            lines.push(format!("addresses that are new, within networks that are not: {}", told(&self.near)));
        }
        if self.full {
            lines.push(format!("more than {REMEMBERED} circumstances were seen before: some that count as new may not be"));
        }
        lines
    }
}

/// `1 use`, `3 uses`.
pub(crate) fn counted(uses: u64) -> String {
    if uses == 1 { "1 use".to_owned() } else { format!("{uses} uses") }
}

/// The /24 of an IPv4 address, the /48 of an IPv6 one; what is neither stays.
pub(crate) fn network(address: &str) -> String {
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(v4)) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        Ok(IpAddr::V6(v6)) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
        Err(_) => address.to_lowercase(),
    }
}

/// A program without its versions, which change every week.
fn program(agent: &str) -> String {
    let bare: String = agent.chars().filter(|c| !c.is_ascii_digit() && !matches!(c, '.' | '_')).collect();
    bare.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// A resource without its last part: an account and its container, a host and the first part of the path.
fn resource(target: &str) -> String {
    let lower = target.to_lowercase();
    let Some((_, rest)) = lower.split_once("://") else { return lower };
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    rest.split('/').take(2).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftermail_model::LogSource;

    fn event(address: &str, agent: &str) -> Event {
        let mut e = Event::new(LogSource::EntraSignIn);
        (e.address, e.agent) = (Some(address.into()), Some(agent.into()));
        e
    }

    #[test]
    fn a_neighbour_or_a_newer_version_is_not_new() {
        let mut seen = Contexts::default();
        seen.learn(&event("198.51.100.7", "Browser/101.0"));
        assert!(!seen.compare(&event("198.51.100.9", "Browser/102.0")));
        assert!(seen.because()[0].contains("198.51.100.9"));
        assert!(seen.compare(&event("203.0.113.5", "Browser/102.0")));
        assert!(seen.compare(&event("198.51.100.7", "python-requests/2.1")));
        let words = seen.because().join("\n");
        assert!(words.contains("1 use from networks") && words.contains("203.0.113.0/24") && words.contains("python-requests"), "{words}");
    }

    #[test]
    fn networks_are_24_and_48_bits_wide() {
        assert_eq!(network("198.51.100.7"), "198.51.100.0/24");
        assert_eq!(network("2001:db8:1:2::5"), "2001:db8:1::/48");
        assert_eq!(network("Health.AmazonAWS.com"), "health.amazonaws.com");
    }
}
