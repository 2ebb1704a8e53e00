//! nginx: `name word word;` and blocks. What a block asks of its clients, the blocks within inherit, unless they say otherwise.

use super::{Says, Setting};
use std::collections::BTreeMap;

/// Ports on which programs that hold mail, or an index of it, answer without asking unless they were told to: Elasticsearch and
/// OpenSearch before they ask by default, their dashboards, Solr, and MailHog and Mailpit, which catch mail.
const OPEN_PORTS: [(&str, &str); 5] =
    [("9200", "search"), ("9201", "search"), ("5601", "search"), ("8983", "search"), ("8025", "mail catcher")];
/// Blocks within blocks, and characters of a name, that are looked at.
const DEPTH: usize = 64;
const NAME: usize = 200;
/// Words in a location, a host or an upstream that tell of a page for mail.
const MAIL_WORDS: [&str; 12] =
    ["mail", "roundcube", "rainloop", "snappy", "sogo", "owa", "ews", "zimbra", "horde", "autodiscover", "activesync", "mapi"];

pub(super) fn read(text: &str) -> Vec<Setting> {
    let mut file = File::default();
    let mut scopes = vec![Scope::default()];
    let mut words: Vec<(usize, String)> = Vec::new();
    let mut deeper = 0_usize;
    for (line, token) in Tokens::new(text) {
        match token.as_str() {
            ";" => file.directive(&mut scopes, &std::mem::take(&mut words)),
            "{" if scopes.len() >= DEPTH => deeper += 1,
            "}" if deeper > 0 => deeper -= 1,
            "{" => scopes.push(Scope::within(scopes.last(), &std::mem::take(&mut words))),
            "}" => {
                words.clear();
                if scopes.len() > 1 {
                    file.close(scopes.pop().unwrap_or_default());
                }
            }
            _ => words.push((line, token.chars().take(NAME).collect())),
        }
    }
    file.finish()
}

/// A block.
#[derive(Default, Clone)]
struct Scope {
    name: String,
    /// The path of a location, the name of an upstream.
    argument: String,
    host: Option<String>,
    asks: bool,
    /// Where it says `auth_basic off`.
    off: Option<usize>,
    /// Where it hands requests on, and to what.
    pass: Option<(usize, String)>,
}

impl Scope {
    fn within(outer: Option<&Scope>, words: &[(usize, String)]) -> Scope {
        let word = |n: usize| words.get(n).map(|(_, word)| word.clone()).unwrap_or_default();
        let outer = outer.cloned().unwrap_or_default();
        let argument = words.last().filter(|_| words.len() > 1).map_or(outer.argument.clone(), |(_, word)| word.clone());
        Scope { name: word(0), argument, pass: None, off: None, ..outer }
    }

    fn tells_of_mail(&self, target: &str) -> bool {
        let names = [self.argument.as_str(), self.host.as_deref().unwrap_or_default(), target].map(str::to_lowercase);
        MAIL_WORDS.iter().any(|word| names.iter().any(|name| name.contains(word)))
    }
}

/// What a file says, as far as it is read.
#[derive(Default)]
struct File {
    settings: Vec<Setting>,
    /// Blocks that hand requests on and ask nothing: judged at the end, when all upstreams are known.
    passes: Vec<Scope>,
    upstreams: BTreeMap<String, String>,
}

impl File {
    fn directive(&mut self, scopes: &mut [Scope], words: &[(usize, String)]) {
        let (Some(scope), Some((line, name))) = (scopes.last_mut(), words.first()) else { return };
        let value = words.get(1).map(|(_, word)| word.as_str()).unwrap_or_default();
        match name.as_str() {
            "auth_basic" => {
                scope.asks = value != "off";
                scope.off = (value == "off").then_some(*line);
            }
            "auth_request" => scope.asks = value != "off",
            "auth_jwt" | "auth_digest" => scope.asks = value != "off",
            "ssl_verify_client" => scope.asks |= value == "on",
            "deny" => scope.asks |= value == "all",
            "server_name" => scope.host = Some(value.to_owned()).filter(|name| name != "_"),
            "proxy_pass" | "fastcgi_pass" | "uwsgi_pass" => scope.pass = Some((*line, without_user(value))),
            "server" if scope.name == "upstream" => {
                self.upstreams.entry(scope.argument.clone()).or_insert_with(|| without_user(value));
            }
            "smtp_auth" if words.iter().any(|(_, word)| word == "none") => {
                let words = "smtp_auth none: clients may send mail without signing in";
                self.settings.push(Setting { host: scope.host.clone(), ..Setting::new(*line, "smtp", Says::Open, words) });
            }
            _ => {}
        }
    }

    fn close(&mut self, scope: Scope) {
        if let Some(line) = scope.off {
            let words = format!("auth_basic off for {}: no password is asked here", scope.argument);
            self.settings.push(Setting { host: scope.host.clone(), ..Setting::new(line, "http", Says::Unclear, words) });
        }
        if !scope.asks && scope.pass.is_some() {
            self.passes.push(scope);
        }
    }

    fn finish(mut self) -> Vec<Setting> {
        for scope in &self.passes {
            let Some((line, target)) = &scope.pass else { continue };
            let host = target.split_once("://").map_or(target.as_str(), |(_, rest)| rest).split('/').next().unwrap_or_default();
            let behind = self.upstreams.get(host).map_or(host, String::as_str);
            let port = behind.rsplit_once(':').map(|(_, port)| port);
            let open = OPEN_PORTS.iter().find(|(number, _)| port == Some(number));
            let (service, says, words) = match open {
                Some((_, service)) => {
                    (*service, Says::Open, "asks nobody, and what listens on this port asks nobody unless it was told to")
                }
                None if scope.tells_of_mail(behind) => {
                    ("webmail", Says::Unclear, "asks nobody; whether the program behind does, it tells itself")
                }
                None => continue,
            };
            let words = format!("{} is handed on to {behind}: nginx {words}", scope.argument);
            self.settings.push(Setting { host: scope.host.clone(), ..Setting::new(*line, service, says, words) });
        }
        self.settings
    }
}

/// An address without a name and password in it.
fn without_user(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").map_or(("", url), |(scheme, rest)| (scheme, rest));
    let (authority, path) = rest.split_once('/').map_or((rest, ""), |(authority, path)| (authority, path));
    let host = authority.rsplit('@').next().unwrap_or_default();
    [scheme, if scheme.is_empty() { "" } else { "://" }, host, if path.is_empty() { "" } else { "/" }, path].concat()
}

/// Words, `;`, `{` and `}` with their lines; comments are left out, quotes taken off.
struct Tokens<'a> {
    text: &'a str,
    line: usize,
}

impl<'a> Tokens<'a> {
    fn new(text: &'a str) -> Tokens<'a> {
        Tokens { text, line: 1 }
    }

    fn take(&mut self, bytes: usize) -> &'a str {
        let (taken, rest) = self.text.split_at(bytes);
        self.text = rest;
        self.line += taken.matches('\n').count();
        taken
    }
}

impl Iterator for Tokens<'_> {
    type Item = (usize, String);

    fn next(&mut self) -> Option<(usize, String)> {
        loop {
            let blank = self.text.len() - self.text.trim_start().len();
            self.take(blank);
            if !self.text.starts_with('#') {
                break;
            }
            let comment = self.text.find('\n').unwrap_or(self.text.len());
            self.take(comment);
        }
        let (line, first) = (self.line, self.text.chars().next()?);
        let word = match first {
            ';' | '{' | '}' => self.take(1),
            '"' | '\'' => {
                let end = self.text[1..].find(first).map_or(self.text.len(), |end| end + 2);
                self.take(end).trim_matches(first)
            }
            _ => {
                // `${name}` is part of a word.
                let end = self.text.find(|c: char| c.is_whitespace() || c == ';' || c == '{').unwrap_or(self.text.len());
                self.take(end.max(first.len_utf8()))
            }
        };
        Some((line, word.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(text: &str) -> Vec<(usize, &'static str, Says)> {
        read(text).into_iter().map(|s| (s.line, s.service, s.says)).collect()
    }

    #[test]
    fn what_is_handed_on_without_a_question_is_told() {
        let text = "upstream index { server 192.0.2.1:9200; }\nserver {\n  server_name search.x.example; # auth_basic x;\n  location /find/ {\n    proxy_pass http://a:pw@index/;\n  }\n  location /safe/ {\n    auth_basic \"who {are} you\";\n    proxy_pass http://index;\n  }\n}\n";
        let all = read(text);
        assert_eq!(said(text), [(5, "search", Says::Open)]);
        assert_eq!(all[0].host.as_deref(), Some("search.x.example"));
        assert_eq!(
            all[0].words,
            "/find/ is handed on to 192.0.2.1:9200: nginx asks nobody, and what listens on this port asks nobody unless it was told to"
        );
        assert!(all[0].period().is_some_and(|period| period.service == "search" && period.from.is_none()));
    }

    #[test]
    fn blocks_inherit_what_is_asked_and_may_turn_it_off() {
        let server = |inside: &str| format!("http {{ auth_basic x; server {{\n{inside}\n}} }}");
        let pass = "proxy_pass http://127.0.0.1:9200;";
        assert!(said(&server(&format!("location / {{ {pass} }}"))).is_empty());
        assert_eq!(
            said(&server(&format!("location / {{ auth_basic off; {pass} }}"))),
            [(2, "http", Says::Unclear), (2, "search", Says::Open)]
        );
        assert!(said("location / { allow 10.0.0.0/8; deny all; proxy_pass http://127.0.0.1:9200; }").is_empty());
        assert_eq!(said("location /webmail { fastcgi_pass unix:/run/php.sock; }"), [(1, "webmail", Says::Unclear)]);
        assert!(said("location /shop { proxy_pass http://127.0.0.1:8080; }").is_empty());
        assert_eq!(said("mail { server { protocol smtp; smtp_auth none; } }"), [(1, "smtp", Says::Open)]);
    }
}
