//! Exports of Exchange Server's management shell: `Get-ReceiveConnector`, `Get-ADPermission`, `Get-ImapSettings` and
//! `Get-PopSettings`, as a list (`| Format-List`), as CSV or as JSON.

use super::{Says, Setting};
use serde_json::Value;
use std::collections::BTreeMap;

/// Members that are looked at, in lower case.
const MEMBERS: [&str; 8] =
    ["identity", "permissiongroups", "authmechanism", "bindings", "remoteipranges", "extendedrights", "user", "logintype"];
/// `AnonymousUsers` of the enumeration PermissionGroups, as JSON writes it.
const ANONYMOUS: u64 = 1;

/// One object: its members with their lines.
type Object = BTreeMap<String, (usize, String)>;

pub(super) fn read(text: &str) -> Vec<Setting> {
    if !MEMBERS[1..].iter().any(|name| text.to_ascii_lowercase().contains(name)) {
        return Vec::new();
    }
    let objects = match serde_json::from_str::<Value>(text) {
        Ok(value) => json(text, &value),
        Err(_) if text.lines().next().is_some_and(|line| line.contains(',')) => csv(text),
        Err(_) => list(text),
    };
    objects.iter().flat_map(judged).collect()
}

/// `Name : value`, objects parted by blank lines.
fn list(text: &str) -> Vec<Object> {
    let mut out = vec![Object::new()];
    for (number, line) in (1..).zip(text.lines()) {
        let last = out.len() - 1;
        match line.split_once(':') {
            _ if line.trim().is_empty() && !out[last].is_empty() => out.push(Object::new()),
            Some((name, value)) => insert(&mut out[last], name, number, value),
            None => {}
        }
    }
    out
}

fn csv(text: &str) -> Vec<Object> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let names = reader.headers().cloned().unwrap_or_default();
    let rows = reader.records().flatten();
    rows.map(|row| {
        let mut object = Object::new();
        let line = row.position().map_or(1, |p| usize::try_from(p.line()).unwrap_or(usize::MAX));
        names.iter().zip(&row).for_each(|(name, cell)| insert(&mut object, name, line, cell));
        object
    })
    .collect()
}

fn json(text: &str, value: &Value) -> Vec<Object> {
    let one = std::slice::from_ref(value);
    let mut lines = (1..).zip(text.lines()).filter(|(_, line)| line.contains("\"Identity\"")).map(|(number, _)| number);
    let objects = value.as_array().map_or(one, Vec::as_slice).iter().filter_map(Value::as_object);
    objects
        .map(|members| {
            let line = if members.contains_key("Identity") { lines.next().unwrap_or(1) } else { 1 };
            let mut object = Object::new();
            for (name, value) in members {
                let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
                let flags = value.as_u64().filter(|_| name == "PermissionGroups");
                let text = flags.map_or(text, |flags| if flags & ANONYMOUS != 0 { "AnonymousUsers".to_owned() } else { String::new() });
                insert(&mut object, name, line, &text);
            }
            object
        })
        .collect()
}

fn insert(object: &mut Object, name: &str, line: usize, value: &str) {
    let name = name.trim().to_ascii_lowercase();
    if MEMBERS.contains(&name.as_str()) {
        object.insert(name, (line, value.trim().to_owned()));
    }
}

fn judged(object: &Object) -> Vec<Setting> {
    let has = |name: &str, word: &str| object.get(name).is_some_and(|(_, value)| value.to_lowercase().contains(&word.to_lowercase()));
    let line = |name: &str| object.get(name).map_or(1, |(line, _)| *line);
    let mut out = Vec::new();
    let whole = has("remoteipranges", "0.0.0.0-255.255.255.255") || has("remoteipranges", "0.0.0.0/0");
    if has("authmechanism", "ExternalAuthoritative") && whole {
        let words = "ExternalAuthoritative from any address: whoever comes is taken for a server of our own, and may send mail to anybody";
        out.push(Setting::new(line("authmechanism"), "smtp", Says::Open, words));
    }
    if has("permissiongroups", "AnonymousUsers") && has("bindings", ":587") {
        let words = "AnonymousUsers on the port for clients: mail is taken without signing in";
        out.push(Setting::new(line("permissiongroups"), "smtp", Says::Open, words));
    } else if has("permissiongroups", "AnonymousUsers") {
        let words =
            "AnonymousUsers: mail is taken from anybody, as it must be from the internet; whether it is sent on, Get-ADPermission tells";
        out.push(Setting::new(line("permissiongroups"), "smtp", Says::Unclear, words));
    }
    if has("extendedrights", "Ms-Exch-SMTP-Accept-Any-Recipient") && has("user", "ANONYMOUS LOGON") {
        let words = "Ms-Exch-SMTP-Accept-Any-Recipient for anonymous clients: anybody may send mail to anybody through this host";
        out.push(Setting::new(line("extendedrights"), "smtp", Says::Open, words));
    }
    if has("logintype", "PlainTextLogin") {
        let words = "LoginType PlainTextLogin: passwords are taken without encryption";
        out.push(Setting::new(line("logintype"), "imap and pop3", Says::InClear, words));
    }
    // `SERVER\Default Frontend SERVER`
    let host = object.get("identity").and_then(|(_, name)| Some(name.split_once('\\')?.0.to_owned()));
    out.iter_mut().for_each(|setting| setting.host.clone_from(&host));
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(usize, Says, Option<String>)> {
        read(text).into_iter().map(|s| (s.line, s.says, s.host)).collect()
    }

    #[test]
    fn connectors_are_judged_in_every_export() {
        let host = || Some("MX1".to_owned());
        let list = "\nIdentity         : MX1\\Client\nPermissionGroups : AnonymousUsers, ExchangeUsers\nBindings         : {0.0.0.0:587}\n\nIdentity         : MX1\\Default\nPermissionGroups : AnonymousUsers\nBindings         : {[::]:25}\n\nIdentity : MX1\\Own\nPermissionGroups : ExchangeServers\nAuthMechanism : Tls, ExternalAuthoritative\nRemoteIPRanges : {0.0.0.0-255.255.255.255}\n";
        assert_eq!(said(list), [(3, Says::Open, host()), (7, Says::Unclear, host()), (12, Says::Open, host())]);
        let csv = "\"Identity\",\"PermissionGroups\",\"Bindings\"\n\"MX1\\Client\",\"AnonymousUsers, ExchangeUsers\",\"0.0.0.0:587\"\n";
        assert_eq!(said(csv), [(2, Says::Open, host())]);
        let json = "[\n{\"Identity\":\"MX1\\\\A\",\"PermissionGroups\":2,\"Bindings\":[\"0.0.0.0:587\"]},\n{\"Identity\":\"MX1\\\\B\",\"PermissionGroups\":3,\"Bindings\":[\"0.0.0.0:587\"]}\n]";
        assert_eq!(said(json), [(3, Says::Open, host())]);
    }

    #[test]
    fn rights_of_strangers_and_clear_logins_are_told() {
        assert_eq!(
            said("Identity : MX1\\Relay\nUser : NT AUTHORITY\\ANONYMOUS LOGON\nExtendedRights : {ms-Exch-SMTP-Accept-Any-Recipient}\n"),
            [(3, Says::Open, Some("MX1".to_owned()))]
        );
        assert_eq!(said("Server : MX1\nLoginType : PlainTextLogin\n"), [(2, Says::InClear, None)]);
        assert_eq!(said("Identity : MX1\\A\nPermissionGroups : ExchangeUsers\nBindings : {0.0.0.0:587}\nLoginType : SecureLogin\n"), []);
    }
}
