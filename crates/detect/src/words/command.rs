//! Commands that carry a password as an argument: `mysql -pX`, `docker login -u a -p X`, `curl -u a:X`, `net use … X /user:a`.

use super::page::Page;
use super::weigh::Signs;
use super::{Candidate, shape};
use aftermail_model::{Kind, Status};
use std::ops::Range;

/// Where a command has its password.
#[derive(Clone, Copy)]
enum Secret {
    /// Behind one of these options, or right after it.
    Option(&'static [&'static str]),
    /// Right after one of these options, never as a word of its own: that asks for it.
    Glued(&'static [&'static str]),
    /// `-passin pass:X`, as openssl writes it.
    Source,
    /// Behind the account in one argument: `-u anna:X`, `-u anna,X`.
    WithAccount(char),
    /// The argument of this number behind the literal that is no option.
    Argument(usize),
    /// `anna/X@db`.
    Slash,
}
use Secret::{Argument, Glued, Option as Behind, Slash, Source, WithAccount};

const P: Secret = Behind(&["-p", "--password"]);
const UPPER_P: Secret = Behind(&["-P", "--password"]);
const MYSQL: Secret = Glued(&["-p", "--password="]);
const ARCHIVE: Secret = Glued(&["-hp", "-p"]);
const W: Secret = Behind(&["-w"]);

/// The literals by which such commands are found, and where each has its password.
const COMMANDS: &[(&str, Secret)] = &[
    ("docker login", P),
    ("podman login", P),
    ("helm registry login", P),
    ("oc login", P),
    ("az login ", P),
    ("sshpass ", P),
    ("mysql -", MYSQL),
    ("mysqldump -", MYSQL),
    ("mysqladmin -", MYSQL),
    ("mongosh", P),
    ("mongodump ", P),
    ("mongorestore ", P),
    ("redis-cli ", Behind(&["-a", "--pass"])),
    ("sqlcmd ", UPPER_P),
    ("bcp ", UPPER_P),
    ("sqlplus ", Slash),
    ("curl -", WithAccount(':')),
    ("curl https", WithAccount(':')),
    ("lftp -", WithAccount(',')),
    ("wget --", Behind(&["--password", "--http-password", "--ftp-password"])),
    ("smbclient ", WithAccount('%')),
    ("net use ", Argument(2)),
    ("net user ", Argument(1)),
    ("htpasswd -", Argument(2)),
    ("cmdkey ", Behind(&["/pass:"])),
    ("plink ", Behind(&["-pw"])),
    ("pscp ", Behind(&["-pw"])),
    ("psexec ", P),
    ("wmic ", Behind(&["/password:"])),
    ("evil-winrm ", P),
    ("crackmapexec ", P),
    ("ldapsearch ", W),
    ("ldapmodify ", W),
    ("ldapadd ", W),
    ("rdesktop ", P),
    ("xfreerdp ", Behind(&["/p:"])),
    ("ipmitool ", UPPER_P),
    ("snmpwalk ", Behind(&["-c"])),
    ("impacket-", P),
    ("openssl ", Source),
    ("keytool -", Behind(&["-storepass", "-keypass"])),
    ("gpg --", Behind(&["--passphrase"])),
    ("7z ", ARCHIVE),
    ("7za ", ARCHIVE),
    ("rar ", ARCHIVE),
    ("unrar ", ARCHIVE),
    ("zip -", UPPER_P),
    ("unzip -", UPPER_P),
    ("convertto-securestring ", Argument(0)),
];

/// Options whose argument is an account.
const ACCOUNT: &[&str] = &["-u", "--username", "--user", "-U", "/u:", "/user:", "-l", "-D"];
/// Options whose argument is the host.
const HOST: &[&str] = &["-h", "--host", "-S", "/v:", "/add:", "-H"];
/// Signs with which another command begins.
const ENDS: &[&str] = &["|", "||", "&&", ";", ">", ">>", "<", "2>", "&"];

pub(super) fn literals() -> impl Iterator<Item = &'static str> {
    COMMANDS.iter().map(|(literal, _)| *literal)
}

/// A command line in words.
struct Line<'t> {
    body: &'t str,
    words: Vec<Range<usize>>,
}

impl<'t> Line<'t> {
    fn text(&self, word: &Range<usize>) -> &'t str {
        &self.body[word.clone()]
    }

    fn texts(&self) -> impl Iterator<Item = &'t str> + '_ {
        self.words.iter().map(|w| self.text(w))
    }

    /// The argument of one of these options: `-p value`, `-pvalue`, `--password=value`, `/p:value`.
    fn option(&self, names: &[&str]) -> Option<Range<usize>> {
        self.words.iter().enumerate().find_map(|(n, word)| {
            let text = self.text(word);
            let option = names.iter().filter(|o| text.starts_with(**o)).max_by_key(|o| o.len())?;
            let behind = &text[option.len()..];
            let rest = behind.trim_start_matches('=');
            if rest.is_empty() {
                return self.words.get(n + 1).cloned();
            }
            // The longer names of options take no value without a sign between, nor do those that others begin with ("-list").
            let glued =
                matches!(*option, "-u" | "-U" | "-p" | "-P" | "-a" | "-w" | "-c") || behind.starts_with('=') || option.ends_with(':');
            glued.then(|| word.end - rest.len()..word.end)
        })
    }

    /// What follows one of these beginnings of a word.
    fn behind(&self, begins: &[&str]) -> Option<Range<usize>> {
        let rest = |w: &Range<usize>| begins.iter().find_map(|b| self.text(w).strip_prefix(b)).filter(|rest| !rest.is_empty());
        self.words.iter().find_map(|w| Some(w.end - rest(w)?.len()..w.end))
    }

    /// The words that are no options; `/etc/x` is none, `/add` is.
    fn arguments(&self) -> impl Iterator<Item = &Range<usize>> {
        let option = |text: &str| text.starts_with('-') || text.strip_prefix('/').is_some_and(|rest| !rest.contains('/'));
        self.words.iter().filter(move |w| !option(self.text(w)))
    }
}

/// Reads the command line from the literal on.
pub(crate) fn read(page: Page<'_>, at: &Range<usize>) -> Option<Candidate> {
    let body = page.body;
    let literal = body.get(at.clone())?.to_lowercase();
    let (_, secret) = COMMANDS.iter().find(|(command, _)| *command == literal)?;
    if body[..at.start].ends_with(|c: char| c.is_alphanumeric() || matches!(c, '-' | '_')) {
        return None;
    }
    // What the literal ends with may be the beginning of an option.
    let from = at.start + literal.trim_end_matches('-').trim_end().len();
    let line = Line { body, words: words(body, from..page.line(at.start).end) };
    let mut account = line.option(ACCOUNT).map(|r| line.text(&r));
    let range = match *secret {
        Behind(options) => line.option(options)?,
        Glued(options) => line.behind(options)?,
        Source => line.behind(&["pass:"])?,
        WithAccount(sign) => {
            let both = line.option(ACCOUNT)?;
            let (user, _) = line.text(&both).split_once(sign)?;
            account = Some(user);
            both.start + user.len() + sign.len_utf8()..both.end
        }
        Argument(number) => line.arguments().nth(number).cloned()?,
        Slash => {
            let login = line.arguments().next()?;
            let (user, rest) = line.text(login).split_once('/')?;
            account = Some(user);
            let start = login.start + user.len() + 1;
            start..start + rest.split('@').next()?.len()
        }
    };
    if literal == "net user " || literal == "htpasswd -" {
        account = line.arguments().take_while(|w| w.start < range.start).last().map(|w| line.text(w));
    }
    // Without an option before it a word of a sentence could be one: "net user accounts expire".
    let led = page.body[page.line(at.start).start..at.start].trim_end();
    let typed = led.is_empty() || led.ends_with(['>', '$', '#', ':', '`']);
    if matches!(secret, Argument(_) | Slash) && !typed && shape::of(body.get(range.clone())?).score < 1.0 {
        return None;
    }
    let (host, user) = (system(&line, &range), logs_in(&line));
    candidate(body, range, account.or(user).map(str::to_owned), host)
}

/// `root` of `root@10.0.0.4`.
fn logs_in<'t>(line: &Line<'t>) -> Option<&'t str> {
    line.texts()
        .filter(|w| !w.contains("://"))
        .find_map(|w| Some(w.split_once('@')?.0))
        .filter(|user| !user.is_empty() && !user.contains('/'))
}

/// What the command goes to: a host, an address or a share, else the file that it opens.
fn system(line: &Line<'_>, secret: &Range<usize>) -> Option<String> {
    let own = line.body.get(secret.clone());
    let words = || line.texts().filter(|w| Some(*w) != own);
    let host = line.option(HOST).map(|r| line.text(&r)).filter(|host| host.len() > 2 && !host.starts_with('-'));
    let place = || words().find(|w| shape::is_host(w) || w.contains("://") || w.starts_with("\\\\"));
    let dialled = || words().find_map(|w| w.split_once('@')?.1.split(':').next()).filter(|host| shape::is_host(host));
    let file = || words().find(|w| shape::is_file(w));
    host.or_else(place).or_else(dialled).or_else(file).map(str::to_owned)
}

fn candidate(body: &str, range: Range<usize>, account: Option<String>, system: Option<String>) -> Option<Candidate> {
    let text = body.get(range.clone())?;
    let looks = shape::of(text);
    if looks.score <= -2.0 || text.trim_start_matches(['"', '\'']).starts_with(['-', '$', '%', '<']) {
        return None;
    }
    Some(Candidate {
        range,
        signs: Signs::stated("command line", looks),
        rule: "command",
        account,
        system,
        kind: Kind::Password,
        status: Status::Live,
        undone: None,
        pairing: None,
    })
}

/// Words of a command line, without their quotes, up to where another command begins.
fn words(body: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = range.start;
    for word in body[range].split_inclusive(char::is_whitespace).take(40) {
        let text = word.trim_end();
        if ENDS.contains(&text) {
            break;
        }
        let inner = text.trim_matches(['"', '\'']);
        let lead = text.len() - text.trim_start_matches(['"', '\'']).len();
        if !inner.is_empty() {
            out.push(at + lead..at + lead + inner.len());
        }
        at += word.len();
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_of_commands_are_read() {
        for (line, command, secret, account, system) in [
            ("docker login reg.corp.example -u anna -p Blue7!heron", "docker login", "Blue7!heron", Some("anna"), Some("reg.corp.example")),
            ("mysql -h db.corp.example -uapp -pBlue7heron shop", "mysql -", "Blue7heron", Some("app"), Some("db.corp.example")),
            ("mysqldump -u backup -pdunlin quay > q.sql", "mysqldump -", "dunlin", Some("backup"), None),
            ("curl -u anna:Blue7heron https://a.example/", "curl -", "Blue7heron", Some("anna"), Some("https://a.example/")),
            (
                "net use Z: \\\\nas1\\share Blue7heron /user:CORP\\anna",
                "net use ",
                "Blue7heron",
                Some("CORP\\anna"),
                Some("\\\\nas1\\share"),
            ),
            ("net user opsadmin Blue7heron /add", "net user ", "Blue7heron", Some("opsadmin"), None),
            ("sshpass -p 'Blue7heron' ssh a@b.example", "sshpass ", "Blue7heron", Some("a"), Some("b.example")),
            ("openssl rsa -in gate.key -passin pass:greenshank -out x", "openssl ", "greenshank", None, Some("gate.key")),
            ("keytool -list -keystore k.jks -storepass bittern99", "keytool -", "bittern99", None, Some("k.jks")),
            ("7z x plans.7z -pgoldcrest", "7z ", "goldcrest", None, Some("plans.7z")),
            ("unzip -P goldcrest plans.zip", "unzip -", "goldcrest", None, Some("plans.zip")),
            ("redis-cli -h cache1.quay.example -a sanderling ping", "redis-cli ", "sanderling", None, Some("cache1.quay.example")),
            ("htpasswd -bc .htpasswd anna whimbrel", "htpasswd -", "whimbrel", Some("anna"), None),
            ("sqlplus scott/turnstone@orcl", "sqlplus ", "turnstone", Some("scott"), None),
            ("lftp -u anna,wheatear sftp://f.example", "lftp -", "wheatear", Some("anna"), Some("sftp://f.example")),
        ] {
            let at = line.find(command).map(|a| a..a + command.len()).expect("the command");
            let found = read(Page { body: line }, &at).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((&line[found.range], found.account.as_deref(), found.system.as_deref()), (secret, account, system), "{line}");
        }
        for (line, command) in [
            ("docker login -u anna --password-stdin", "docker login"),
            ("mysql -u root -p$PASS", "mysql -"),
            ("mysql -u root -p shop", "mysql -"),
            ("zip -r plans.zip plans", "zip -"),
            ("a console-based Internet user  management system, which", "net user "),
            ("the net user accounts expire then", "net user "),
            ("openssl rsa -in gate.key -passin env:KEYPASS", "openssl "),
        ] {
            let at = line.find(command).map(|a| a..a + command.len()).expect("the command");
            assert!(read(Page { body: line }, &at).is_none(), "{line}");
        }
    }
}
