//! Postfix: `main.cf` (`name = value`, continued by lines that begin with a blank) and the `-o name=value` of `master.cf`.

use super::{Says, Setting, lines};
use std::collections::BTreeMap;

const SERVICE: &str = "smtp";

pub(super) fn read(text: &str) -> Vec<Setting> {
    let main = main(text);
    let mut out: Vec<Setting> = main.iter().filter_map(|(name, (line, value))| setting(*line, name, value)).collect();
    let relay = main.get("smtpd_relay_restrictions");
    let recipient = main.get("smtpd_recipient_restrictions");
    out.extend(relay.and_then(|(line, relay)| open_relay(*line, relay, recipient.map(|(_, value)| value.as_str()))));
    for (line, name, value) in overrides(text) {
        out.extend(setting(line, &name, &value));
        if name == "smtpd_relay_restrictions" {
            out.extend(open_relay(line, &value, recipient.map(|(_, value)| value.as_str())));
        }
    }
    let host = main.get("myhostname").map(|(_, name)| name.clone()).filter(|name| !name.contains('$'));
    out.iter_mut().for_each(|setting| setting.host.clone_from(&host));
    out
}

/// Names, with the line in which they stand and their whole value. The last one counts.
fn main(text: &str) -> BTreeMap<String, (usize, String)> {
    let mut out: BTreeMap<String, (usize, String)> = BTreeMap::new();
    let mut last: Option<String> = None;
    for (number, line) in lines(text) {
        if line.starts_with([' ', '\t']) {
            if let Some((_, value)) = last.as_ref().and_then(|name| out.get_mut(name)) {
                value.push(' ');
                value.push_str(line.trim());
            }
        } else if let Some((name, value)) = line.split_once('=')
            && name.trim().bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        {
            last = Some(name.trim().to_owned());
            out.insert(name.trim().to_owned(), (number, value.trim().to_owned()));
        } else if !line.trim().is_empty() {
            last = None;
        }
    }
    out
}

fn overrides(text: &str) -> impl Iterator<Item = (usize, String, String)> {
    lines(text).flat_map(|(number, line)| {
        let mut options = line.split("-o ").skip(1).filter_map(|option| option.split_whitespace().next()?.split_once('='));
        let found: Vec<_> = options.by_ref().map(|(name, value)| (number, name.to_owned(), value.to_owned())).collect();
        found
    })
}

fn setting(line: usize, name: &str, value: &str) -> Option<Setting> {
    let words: Vec<&str> = value.split([' ', ',', '\t']).filter(|w| !w.is_empty()).collect();
    match name {
        "mynetworks" if words.iter().any(|net| net.ends_with("/0")) => {
            Some(Setting::new(line, SERVICE, Says::Open, "mynetworks holds the whole internet: anybody may send mail through this host"))
        }
        "smtpd_sasl_security_options" if !words.iter().any(|w| w.eq_ignore_ascii_case("noanonymous")) => Some(Setting::new(
            line,
            SERVICE,
            Says::Open,
            "smtpd_sasl_security_options lacks noanonymous: who gives no name may send mail through this host",
        )),
        "smtpd_tls_auth_only" if value == "no" => {
            Some(Setting::new(line, SERVICE, Says::InClear, "smtpd_tls_auth_only = no: passwords are taken without encryption"))
        }
        _ => None,
    }
}

/// Since Postfix 2.10 both lists are asked about relaying; one that refuses is enough.
fn open_relay(line: usize, relay: &str, recipient: Option<&str>) -> Option<Setting> {
    let open = !refuses(relay) && !recipient.is_some_and(refuses);
    open.then(|| Setting::new(line, SERVICE, Says::Open, "smtpd_relay_restrictions refuse nobody: anybody may send mail through this host"))
}

/// Whether a list refuses strangers before it lets everybody in. What no word decides is let in.
fn refuses(list: &str) -> bool {
    const REFUSALS: [&str; 4] = ["reject_unauth_destination", "defer_unauth_destination", "reject", "defer"];
    let decisive = list.split([' ', ',', '\t']).find(|word| *word == "permit" || REFUSALS.contains(word) || word.starts_with('$'));
    // What a variable holds is not known.
    decisive.is_some_and(|word| word != "permit")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(usize, Says)> {
        read(text).into_iter().map(|s| (s.line, s.says)).collect()
    }

    #[test]
    fn lists_that_refuse_nobody_make_an_open_relay() {
        assert_eq!(said("smtpd_relay_restrictions = permit_mynetworks,\n  permit\n"), [(1, Says::Open)]);
        assert_eq!(said("smtpd_relay_restrictions =\n"), [(1, Says::Open)]);
        assert_eq!(said("smtpd_relay_restrictions =\nsmtpd_recipient_restrictions = permit_mynetworks reject_unauth_destination\n"), []);
        assert_eq!(said("smtpd_relay_restrictions = permit_mynetworks,\n  permit_sasl_authenticated,\n  defer_unauth_destination\n"), []);
        assert_eq!(said("smtpd_relay_restrictions = $mua_relay_restrictions\n"), []);
        assert_eq!(said("submission inet n - y - - smtpd\n  -o smtpd_relay_restrictions=permit\n"), [(2, Says::Open)]);
        assert_eq!(
            said("  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject -o smtpd_tls_auth_only=no\n"),
            [(1, Says::InClear)]
        );
    }

    #[test]
    fn networks_and_anonymous_names_are_told_with_the_host() {
        let all = read("myhostname = mx.x.example\nmynetworks = 127.0.0.0/8, 0.0.0.0/0\nsmtpd_sasl_security_options = noplaintext\n");
        assert_eq!(
            all.iter().map(|s| (s.line, s.says, s.host.as_deref())).collect::<Vec<_>>(),
            [(2, Says::Open, Some("mx.x.example")), (3, Says::Open, Some("mx.x.example"))]
        );
        assert_eq!(said("mynetworks = 127.0.0.0/8 10.0.0.0/8\nsmtpd_sasl_security_options = noanonymous\n"), []);
    }
}
