//! Commands that carry a password as an argument: `mysql -pX`, `docker login -u a -p X`, `curl -u a:X`, `net use … X /user:a`.

use super::page::Page;
use super::weigh::Signs;
use super::{Candidate, shape};
use aftermail_model::{Kind, Status};
use std::ops::Range;

/// The literals by which such commands are found.
pub(crate) const COMMANDS: &[&str] = &[
    "docker login",
    "podman login",
    "helm registry login",
    "oc login",
    "sshpass ",
    "mysql -",
    "mysqldump -",
    "mongosh",
    "sqlcmd ",
    "curl -",
    "curl https",
    "wget --",
    "smbclient ",
    "net use ",
    "plink ",
    "pscp ",
    "ldapsearch ",
    "rdesktop ",
    "xfreerdp ",
    "az login ",
    "ipmitool ",
    "snmpwalk ",
    "impacket-",
];

/// Options whose argument is a password, and those whose argument is `account:password`.
const SECRET: &[&str] = &["-p", "-P", "--password", "--passwd", "/p:", "-w", "-pw", "/password:", "-c"];
const ACCOUNT: &[&str] = &["-u", "--username", "--user", "-U", "/u:", "/user:", "-l", "-D"];

/// Reads the command line from the literal on.
pub(crate) fn read(page: Page<'_>, at: &Range<usize>) -> Option<Candidate> {
    let line = page.line(at.start);
    let words = words(page.body, at.start..line.end);
    let name = page.body.get(at.clone())?.trim().split([' ', '-']).next()?.to_lowercase();
    let option = |names: &[&str]| {
        words.iter().enumerate().find_map(|(n, w)| {
            let text = &page.body[w.clone()];
            let option = names.iter().find(|o| text.starts_with(**o))?;
            let rest = text[option.len()..].trim_start_matches('=');
            // `-p value` or `-pvalue`; the longer option names take no value without a sign between.
            if rest.is_empty() {
                words.get(n + 1).cloned()
            } else {
                (option.len() == 2 || text[option.len()..].starts_with('=') || option.ends_with(':')).then(|| w.end - rest.len()..w.end)
            }
        })
    };
    let account = option(ACCOUNT).map(|r| page.body[r].to_owned());
    if let Some((user, _)) = account.as_deref().and_then(|a| a.split_once(':')).filter(|_| name == "curl") {
        let range = option(ACCOUNT)?;
        return candidate(page, range.start + user.len() + 1..range.end, Some(user.to_owned()), &words);
    }
    let range = match name.as_str() {
        "net" => words.get(4..).and_then(|w| w.iter().find(|r| !page.body[(*r).clone()].starts_with('/'))).cloned()?,
        "curl" | "wget" if !page.body[line.clone()].contains("--password") => return None,
        "snmpwalk" => option(&["-c"])?,
        _ => option(SECRET)?,
    };
    candidate(page, range, account, &words)
}

fn candidate(page: Page<'_>, range: Range<usize>, account: Option<String>, words: &[Range<usize>]) -> Option<Candidate> {
    let looks = shape::of(page.body.get(range.clone())?);
    if looks.score <= -2.0 || page.body[range.clone()].starts_with('-') {
        return None;
    }
    let system = words
        .iter()
        .map(|w| &page.body[w.clone()])
        .find(|w| shape::is_host(w) || w.contains("://") || w.starts_with("\\\\"))
        .map(str::to_owned);
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

/// Words of a command line, without their quotes.
fn words(body: &str, range: Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = range.start;
    for word in body[range].split_inclusive(char::is_whitespace).take(40) {
        let text = word.trim_end();
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
        for (line, command, secret, account) in [
            ("docker login reg.corp.example -u anna -p Blue7!heron", "docker login", "Blue7!heron", Some("anna")),
            ("mysql -h db.corp.example -uapp -pBlue7heron shop", "mysql -", "Blue7heron", Some("app")),
            ("curl -u anna:Blue7heron https://a.example/", "curl -", "Blue7heron", Some("anna")),
            ("net use Z: \\\\nas1\\share Blue7heron /user:CORP\\anna", "net use ", "Blue7heron", Some("CORP\\anna")),
            ("sshpass -p 'Blue7heron' ssh a@b", "sshpass ", "Blue7heron", None),
        ] {
            let at = line.find(command).map(|a| a..a + command.len()).expect("the command");
            let found = read(Page { body: line }, &at).unwrap_or_else(|| panic!("{line}"));
            assert_eq!((&line[found.range], found.account.as_deref()), (secret, account));
        }
        assert!(read(Page { body: "docker login -u anna --password-stdin" }, &(0..12)).is_none());
    }
}
