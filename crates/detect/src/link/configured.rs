//! What a configuration says that its secret goes to: the host in the same element, object, section or block. Only where the text is
//! written in such a grammar; nothing is guessed.

use std::ops::Range;

/// What a block says of the secret in it.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Configured {
    pub system: Option<String>,
    pub account: Option<String>,
}

impl Configured {
    /// Only the names of which that does not hold.
    pub(super) fn without(self, holds: impl Fn(&str) -> bool) -> Configured {
        let kept = |name: Option<String>| name.filter(|name| !holds(name));
        Configured { system: kept(self.system), account: kept(self.account) }
    }
}

/// How far before and behind a secret its block is looked at, in bytes.
const REACH: usize = 2 << 10;
/// Names of settings that say where something is, and whom it signs in.
const HOSTS: &[&str] = &[
    "host",
    "hostname",
    "host_name",
    "server",
    "servername",
    "ipaddr",
    "ipv4addr",
    "ipv6addr",
    "address",
    "endpoint",
    "url",
    "uri",
    "baseurl",
    "base_url",
    "server_url",
];
const USERS: &[&str] = &["user", "username", "user_name", "login", "uid", "account"];
/// Places that mean the machine itself or any.
const NOWHERE: &[&str] = &["0.0.0.0", "127.0.0.1", "localhost", "::", "::1", "*"];

/// What the configuration around a value says.
pub(crate) fn around(body: &str, value: &Range<usize>) -> Option<Configured> {
    let blocks = [prefixed, element, braces, section, indented];
    let block = || blocks.into_iter().find_map(|read| read(body, value).filter(|told| *told != Configured::default()));
    sent_to(body, value).or_else(block)
}

/// Where a token goes, whoever minted it: what a browser recorded, or what a cluster's configuration names.
pub(crate) fn sent_to(body: &str, value: &Range<usize>) -> Option<Configured> {
    recorded(body, value).or_else(|| cluster(body, value))
}

fn before<'t>(body: &'t str, value: &Range<usize>) -> &'t str {
    &body[body.floor_char_boundary(value.start.saturating_sub(REACH))..value.start]
}

fn behind<'t>(body: &'t str, value: &Range<usize>) -> &'t str {
    &body[value.end..body.ceil_char_boundary((value.end + REACH).min(body.len()))]
}

/// Of settings the place and the account.
fn of_settings<'t>(settings: impl Iterator<Item = (&'t str, &'t str)>) -> Configured {
    let mut told = Configured::default();
    for (name, value) in settings {
        let name = name.trim_matches(['"', '\'', ' ', '\t', '-', '\r']).to_lowercase();
        let value = value.trim().trim_end_matches([',', ';']).trim_matches(['"', '\'', ' ']);
        if HOSTS.contains(&name.as_str()) && is_place(value) {
            told.system.get_or_insert_with(|| super::places::plain(value));
        } else if USERS.contains(&name.as_str()) && (1..=64).contains(&value.len()) && !value.contains(char::is_whitespace) {
            told.account.get_or_insert_with(|| value.to_owned());
        }
    }
    told
}

/// One word that says where something is.
fn is_place(value: &str) -> bool {
    let host = value.split_once("://").map_or(value, |(_, rest)| rest);
    (2..=200).contains(&value.len())
        && !value.contains(char::is_whitespace)
        && host.starts_with(char::is_alphanumeric)
        && value.chars().all(|c| c.is_alphanumeric() || "-._:/[]%~".contains(c))
        && !NOWHERE.iter().any(|n| host.split(['/', ':']).next() == Some(n) || host == *n)
}

/// An archive of what a browser sent (HTTP Archive 1.2): the URL of the request.
fn recorded(body: &str, value: &Range<usize>) -> Option<Configured> {
    let archive = body.get(..body.floor_char_boundary(REACH))?.contains("\"log\"") && body.contains("\"entries\"");
    let text = body[..value.start].rfind("\"request\"").filter(|_| archive).map(|at| &body[at..])?;
    let (_, rest) = text.split_once("\"url\"")?;
    let url = rest.trim_start_matches([' ', ':', '\n', '\t']).strip_prefix('"')?.split('"').next()?;
    let host = super::places::host(url)?;
    Some(Configured { system: Some(host.to_owned()), account: None })
}

/// A kubeconfig with one cluster: the server of it.
fn cluster(body: &str, value: &Range<usize>) -> Option<Configured> {
    memchr::memmem::find(body.as_bytes(), b"kind: Config")?;
    let servers = || body.lines().filter_map(|line| line.trim_start().trim_start_matches("- ").strip_prefix("server:"));
    let server = servers().next().filter(|_| servers().count() == 1)?.trim().trim_matches('"');
    let user = body[..value.start].rfind("\n- name:").map(|at| body[at + "\n- name:".len()..].lines().next().unwrap_or("").trim());
    let user = user.filter(|_| body[..value.start].contains("\nusers:"));
    is_place(server).then(|| Configured { system: Some(server.to_owned()), account: user.map(str::to_owned) })
}

/// Settings whose names begin like the secret's: `DB_HOST=…` beside `DB_PASSWORD=…`, `<add key="SmtpUser" value="…">`.
fn prefixed(body: &str, value: &Range<usize>) -> Option<Configured> {
    const LAST: &[&str] = &["password", "passwd", "passwort", "pass", "pwd", "pw", "secret", "token", "key", "hmac"];
    let own = before(body, value).rsplit('\n').next()?;
    let (name, _) = setting(own)?;
    let lower = name.to_ascii_lowercase();
    let prefix = LAST.iter().find_map(|last| lower.strip_suffix(last)).filter(|prefix| prefix.len() > 1)?;
    let lines = before(body, value).lines().rev().skip(1).chain(behind(body, value).lines().skip(1));
    let alike = lines.take(60).filter_map(setting).filter_map(|(name, value)| {
        let rest = name.get(..prefix.len()).filter(|begin| begin.eq_ignore_ascii_case(prefix)).map(|_| &name[prefix.len()..])?;
        Some((rest.trim_start_matches(['_', '.', '-']), value))
    });
    Some(of_settings(alike))
}

/// The name and the value of a setting that has its line: `NAME=value`, `name: value`, `key="name" value="value"`.
fn setting(line: &str) -> Option<(&str, &str)> {
    let name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
    if let Some((before, behind)) = ["\" value=\"", "\" Value=\""].iter().find_map(|v| line.split_once(v)) {
        return Some((before.rsplit('"').next()?, behind.split('"').next()?));
    }
    let line = line.trim_start().trim_start_matches("export ").trim_start_matches("- ");
    let at = line.find(['=', ':'])?;
    let key = line[..at].trim_end().trim_matches('"');
    (!key.is_empty() && key.chars().all(name)).then(|| (key, &line[at + 1..]))
}

/// Elements beside the secret's: `<Host>…</Host>`.
fn element(body: &str, value: &Range<usize>) -> Option<Configured> {
    let (before, behind) = (before(body, value), behind(body, value));
    // The value stands right behind its own tag.
    let own = before.rfind('<').filter(|_| before.ends_with('>') && behind.starts_with("</"))?;
    let mut settings: Vec<(&str, &str)> = Vec::new();
    let mut depth = 0_i32;
    for (at, _) in before[..own].rmatch_indices('<') {
        let tag = &before[at + 1..own];
        let name = tag.split(['>', ' ', '/']).next().unwrap_or("");
        let empty = tag.split('>').next().is_some_and(|tag| tag.ends_with(['/', '?', '-']));
        match tag.strip_prefix('/') {
            _ if empty => {}
            Some(_) => depth += 1,
            None if depth == 0 => break,
            None => {
                depth -= 1;
                let text = tag.split_once('>').map_or("", |(_, text)| text.split('<').next().unwrap_or(""));
                settings.extend((depth == 0).then_some((name, text)));
            }
        }
    }
    let mut rest = behind.split_once('>')?.1;
    // Elements behind it without elements of their own, up to the end of the one that holds them all.
    while let Some((name, (text, next))) = rest.trim_start().strip_prefix('<').and_then(|tag| {
        let (name, rest) = tag.split_once('>')?;
        Some((name, rest.split_once("</")?))
    }) {
        if name.starts_with('/') || text.contains('<') {
            break;
        }
        settings.push((name, text));
        rest = next.split_once('>').map_or("", |(_, rest)| rest);
    }
    Some(of_settings(settings.into_iter()))
}

/// An object or a block: `{ "host": "…", "password": "…" }`, `client x { ipaddr = … secret = … }`.
fn braces(body: &str, value: &Range<usize>) -> Option<Configured> {
    let (before, behind) = (before(body, value), behind(body, value));
    let start = before.rfind('{').filter(|at| !before[*at..].contains('}'))? + 1;
    let end = behind.find('}').filter(|at| !behind[..*at].contains('{'))?;
    let lines = before[start..].split(['\n', ',']).chain(behind[..end].split(['\n', ',']));
    Some(of_settings(lines.filter_map(|line| {
        let at = line.find(['=', ':'])?;
        Some((&line[..at], &line[at + 1..]))
    })))
}

/// A section of an INI file: `[client]`, `host=…`, `password=…`.
fn section(body: &str, value: &Range<usize>) -> Option<Configured> {
    let head = |line: &str| line.trim_end().strip_prefix('[').is_some_and(|rest| rest.ends_with(']') && rest.len() > 2);
    let (before, behind) = (before(body, value), behind(body, value));
    let above: Vec<&str> = before.lines().rev().take_while(|line| !head(line)).collect();
    let own = before.lines().last()?;
    if !before.lines().any(head) || !own.contains('=') {
        return None;
    }
    let settings = above.into_iter().rev().chain(behind.lines().skip(1).take_while(|line| !head(line)));
    Some(of_settings(settings.filter_map(|line| line.split_once('='))))
}

/// Lines that are set in below the one that begins their block, as network devices write them: `radius server NPS1`,
/// ` address ipv4 192.0.2.21`, ` key …`.
fn indented(body: &str, value: &Range<usize>) -> Option<Configured> {
    const SERVERS: &[&str] = &["radius server ", "tacacs server ", "tunnel-group "];
    let (before, behind) = (before(body, value), behind(body, value));
    let mut above = before.lines().rev();
    above.next().filter(|line| line.starts_with(' '))?;
    let above: Vec<&str> = above.collect();
    let head = above.iter().position(|line| !line.starts_with(' '))?;
    let name = SERVERS.iter().find_map(|s| above[head].strip_prefix(s))?.split_whitespace().next()?;
    let block = above[..head].iter().copied().chain(behind.lines().skip(1).take_while(|line| line.starts_with(' ')));
    let mut words = block.filter_map(|line| line.trim_start().strip_prefix("address ")).flat_map(str::split_whitespace);
    let address = words.find(|word| crate::words::is_host(word)).unwrap_or(name);
    Some(Configured { system: Some(address.to_owned()), account: None })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn told(body: &str, value: &str) -> (Option<String>, Option<String>) {
        let at = body.rfind(value).expect("the value");
        let told = around(body, &(at..at + value.len())).unwrap_or_default();
        (told.system, told.account)
    }

    #[test]
    fn the_host_of_the_same_block_is_told() {
        let sites = "<Servers>\n <Server><Host>ftp.quay.example</Host><Colour/><Port>21</Port><User>mover</User><Pass encoding=\"base64\">aGVyb24=</Pass></Server>\n \
            <Server><Host>web2.quay.example</Host><User>www</User><Pass>bittern</Pass><Name>old</Name></Server>\n</Servers>";
        let cluster = "apiVersion: v1\nkind: Config\nclusters:\n- name: test\n  cluster:\n    server: https://198.51.100.60:6443\nusers:\n- name: anna\n  user:\n    \
            token: heron77\n";
        let switch = "hostname core-01\n!\nradius server NPS1\n address ipv4 192.0.2.21 auth-port 1812\n key heron77\n!\n";
        let env = "export DB_HOST=db3.quay.example\nDB_USER=quay\nDB_PASSWORD=heron77\nSMTP_HOST=mx.quay.example\n";
        let app = "<add key=\"SmtpHost\" value=\"mx.quay.example\" />\n<add key=\"SmtpUser\" value=\"mailer\" />\n<add key=\"SmtpPassword\" value=\"heron77\" />";
        let har = "{\"log\": {\"entries\": [{\"request\": {\"url\": \"https://login.quay.example/\"}}, {\"request\": {\"method\": \"GET\", \"url\": \
            \"https://admin.quay.example/x\", \"cookies\": [{\"name\": \"sid\", \"value\": \"heron77\"}]}}]}}";
        for (body, value, system, account) in [
            (sites, "aGVyb24=", Some("ftp.quay.example"), Some("mover")),
            (sites, "bittern", Some("web2.quay.example"), Some("www")),
            (cluster, "heron77", Some("https://198.51.100.60:6443"), Some("anna")),
            (switch, "heron77", Some("192.0.2.21"), None),
            (env, "heron77", Some("db3.quay.example"), Some("quay")),
            (app, "heron77", Some("mx.quay.example"), Some("mailer")),
            ("spring.datasource.url: jdbc:x\nspring.mail.host: mx\nspring.mail.password: heron77\n", "heron77", Some("mx"), None),
            (har, "heron77", Some("admin.quay.example"), None),
            (
                "client aps {\n  ipaddr = 192.0.2.128/26\n  secret = heron77\n}\nclient x {\n ipaddr = 192.0.2.9\n}\n",
                "heron77",
                Some("192.0.2.128/26"),
                None,
            ),
            (
                "{\"user\": \"quay\", \"host\": \"db1.quay.example\", \"password\": \"heron77\"}",
                "heron77",
                Some("db1.quay.example"),
                Some("quay"),
            ),
            (
                "[mail]\nhost=mx.quay.example\n[client]\npassword=heron77\nuser=backup\nhost=db3\n[x]\nhost=a.example\n",
                "heron77",
                Some("db3"),
                Some("backup"),
            ),
            (
                "tunnel-group 203.0.113.201 ipsec-attributes\n ikev2 remote-authentication pre-shared-key heron77\n",
                "heron77",
                Some("203.0.113.201"),
                None,
            ),
        ] {
            assert_eq!(told(body, value), (system.map(str::to_owned), account.map(str::to_owned)), "{body}");
        }
        for body in [
            "host: come on, the password is heron77",
            "{\"host\": \"127.0.0.1\", \"password\": \"heron77\"}",
            "[note] the host=a.example\n\nuse heron77",
            "<p>The host is <b>a.example</b> and the word is <i>heron77</i></p>",
        ] {
            assert_eq!(told(body, "heron77").0, None, "{body}");
        }
    }

    /// Pieces of every grammar, in any order.
    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            prop::sample::select(vec![
                "<Server>",
                "<Host>",
                "</Host>",
                "</Server>",
                "<x/>",
                "<Pass encoding=\"b\">",
                "</",
                "<",
                ">",
                "{",
                "}",
                "[db]",
                "[",
                "]",
                "host",
                "\"host\": \"",
                "user",
                "DB_",
                "PASSWORD",
                "HOST",
                "=",
                ": ",
                "\"",
                "\n",
                "\n ",
                "\n- name:",
                ",",
                "kind: Config",
                "\nusers:",
                "server:",
                "{\"log\": {\"entries\": [",
                "\"request\"",
                "\"url\": \"https://",
                "radius server ",
                "tunnel-group ",
                "address ",
                "192.0.2.4",
                "a.example",
                "key=\"",
                "\" value=\"",
            ])
            .prop_map(str::to_owned),
            "[a-z0-9.]{1,8}",
            "\\PC{0,4}",
        ];
        prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn whatever_stands_there_a_place_is_one_word(body in text(), from in 0.0..1.0_f64, length in 0usize..20) {
            let start = body.floor_char_boundary((body.len() as f64 * from) as usize);
            let end = body.ceil_char_boundary((start + length).min(body.len()));
            if let Some(told) = around(&body, &(start..end)) {
                prop_assert!(told.system.iter().chain(&told.account).all(|name| !name.is_empty() && !name.contains('\n')), "{told:?}");
            }
        }
    }
}
