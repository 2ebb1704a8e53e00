//! Who and what an organisation has, by exports of its directories: names become one name, and systems get an owner.

use crate::names::normalised;
use std::collections::BTreeMap;

/// Headings under which exports name an account, a person, a system and whoever runs it; in lower case without blanks and signs.
const ACCOUNT: [&str; 13] = [
    "userprincipalname",
    "upn",
    "mail",
    "email",
    "emailaddress",
    "primarysmtpaddress",
    "samaccountname",
    "sam",
    "account",
    "accountname",
    "username",
    "login",
    "proxyaddresses",
];
const PERSON: [&str; 4] = ["displayname", "fullname", "person", "cn"];
const SYSTEM: [&str; 12] =
    ["fqdn", "host", "hostname", "dnshostname", "server", "system", "systemname", "asset", "url", "application", "alias", "aliases"];
const OWNER: [&str; 9] =
    ["owner", "managedby", "responsible", "administrator", "contact", "systemowner", "serviceowner", "owneremail", "team"];

/// What exports of directories say. The first name of a row that is a mail address or a host is the one that others become.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Directory {
    /// Canonical account by each of its names, in lower case; empty where two accounts share the name.
    accounts: BTreeMap<String, String>,
    /// Canonical system by each of its names, in lower case; empty where two share it.
    systems: BTreeMap<String, String>,
    /// Who runs a system, by its canonical name.
    owners: BTreeMap<String, String>,
    /// Domains of the organisation, in lower case.
    own_domains: Vec<String>,
}

/// What a column of an export holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Account,
    Person,
    System,
    Owner,
}

impl Directory {
    /// A directory that knows no more than the domains of the organisation.
    pub fn of_domains(domains: &[String]) -> Directory {
        Directory { own_domains: domains.iter().map(|d| d.trim().to_lowercase()).collect(), ..Directory::default() }
    }

    /// Adds an export: rows of cells, the first with the headings. Says in words what was not understood.
    pub fn add(&mut self, name: &str, rows: &[Vec<String>]) -> Option<String> {
        let Some((head, rows)) = rows.split_first() else { return Some(format!("{name}: the export is empty")) };
        let columns: Vec<Option<Column>> = head.iter().map(|cell| column(cell)).collect();
        let has = |column| columns.contains(&Some(column));
        if !has(Column::Account) && !has(Column::System) {
            return Some(format!("{name}: no column is one of accounts or systems; its headings are {}", head.join(", ")));
        }
        for row in rows {
            let of = |wanted: Column| {
                let cells = row.iter().zip(&columns).filter(move |(_, column)| **column == Some(wanted));
                cells.flat_map(|(cell, _)| values(cell)).collect::<Vec<_>>()
            };
            let system = insert(&mut self.systems, &of(Column::System), &[]);
            if let (Some(system), Some(owner)) = (&system, of(Column::Owner).first()) {
                self.owners.insert(system.to_lowercase(), owner.clone());
            }
            if system.is_none() {
                insert(&mut self.accounts, &of(Column::Account), &of(Column::Person));
            }
        }
        None
    }

    /// The one name of an account.
    pub(crate) fn account(&self, name: &str) -> Option<&str> {
        let bare = name.rsplit(['\\', '/']).next().unwrap_or(name);
        [name, bare].iter().find_map(|n| self.accounts.get(&n.to_lowercase())).map(String::as_str).filter(|n| !n.is_empty())
    }

    /// The one name of a system.
    pub(crate) fn system(&self, name: &str) -> Option<&str> {
        let name = name.to_lowercase();
        let host = host_of(&name);
        let label = host.split('.').next().unwrap_or(host);
        let known = [name.as_str(), host].into_iter().chain(host.contains('.').then_some(label).filter(|_| self.is_own(host)));
        known.into_iter().find_map(|n| self.systems.get(n)).map(String::as_str).filter(|n| !n.is_empty())
    }

    /// Who runs a system, and why that is so: the directory says it, or its domain is another organisation's.
    pub(crate) fn owner(&self, system: &str) -> Option<(String, String)> {
        if let Some(owner) = self.system(system).and_then(|known| self.owners.get(&known.to_lowercase())) {
            return Some((owner.clone(), format!("runs {system}, by the directory")));
        }
        let name = system.to_lowercase();
        let host = host_of(&name);
        let foreign = !self.own_domains.is_empty() && is_domain(host) && !self.is_own(host);
        foreign.then(|| (organisation(host), format!("{host} is in none of the organisation's own domains")))
    }

    fn is_own(&self, host: &str) -> bool {
        self.own_domains.iter().any(|own| host == own || host.strip_suffix(own.as_str()).is_some_and(|rest| rest.ends_with('.')))
    }
}

fn column(heading: &str) -> Option<Column> {
    let word: String = heading.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let lists: [(&[&str], Column); 4] =
        [(&ACCOUNT, Column::Account), (&PERSON, Column::Person), (&SYSTEM, Column::System), (&OWNER, Column::Owner)];
    lists.into_iter().find(|(words, _)| words.contains(&word.as_str())).map(|(_, column)| column)
}

/// The names in a cell: several are separated by semicolons or bars, and proxy addresses begin with `smtp:`.
fn values(cell: &str) -> Vec<String> {
    let strip = |value: &str| {
        let value = value.trim();
        let address = value.get(..5).filter(|p| p.eq_ignore_ascii_case("smtp:")).map_or(value, |_| &value[5..]);
        normalised(address)
    };
    cell.split([';', '|']).map(strip).filter(|v| !v.is_empty()).collect()
}

/// Makes all names lead to the best of them: a mail address or a host with its domain, else the first.
fn insert(known: &mut BTreeMap<String, String>, names: &[String], also: &[String]) -> Option<String> {
    let canonical = names.iter().find(|n| n.contains('@') || is_domain(host_of(n))).or_else(|| names.first())?.clone();
    for name in names.iter().chain(also) {
        let key = name.to_lowercase();
        let shared = known.get(&key).is_some_and(|other| *other != canonical);
        known.insert(key, if shared { String::new() } else { canonical.clone() });
    }
    Some(canonical)
}

/// The host in a URL, `host:port` or `tcp:host,port`.
fn host_of(name: &str) -> &str {
    let rest = name.split_once("://").map_or(name, |(_, rest)| rest);
    let rest = rest.strip_prefix("tcp:").unwrap_or(rest);
    rest.split(['/', ':', ',', '?']).next().unwrap_or(rest)
}

fn is_domain(host: &str) -> bool {
    let labels: Vec<&str> = host.split('.').collect();
    labels.len() > 1
        && labels.iter().all(|l| !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-'))
        && labels.last().is_some_and(|l| l.chars().any(char::is_alphabetic))
}

/// The last two labels of a host, by which an organisation is known; three where the last two are a registry's (`co.uk`).
fn organisation(host: &str) -> String {
    let labels: Vec<&str> = host.split('.').collect();
    let short = labels.len() > 2 && labels[labels.len() - 2].len() <= 3 && labels[labels.len() - 1].len() == 2;
    labels[labels.len().saturating_sub(if short { 3 } else { 2 })..].join(".")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<Vec<String>> {
        text.lines().map(|l| l.split(',').map(str::to_owned).collect()).collect()
    }

    #[test]
    fn names_of_an_account_become_one_and_shared_names_none() {
        let mut directory = Directory::default();
        let export = "SamAccountName,DisplayName,UserPrincipalName,ProxyAddresses\nabergc,Anna Berg,anna.berg@corp.example,smtp:a.berg@corp.example;SMTP:anna@corp.example\nabergd,Anna Berg,anna.berg2@corp.example,\n";
        assert_eq!(directory.add("users.csv", &rows(export)), None);
        assert_eq!(directory.account("CORP\\abergc"), Some("anna.berg@corp.example"));
        assert_eq!(directory.account("a.berg@corp.example"), Some("anna.berg@corp.example"));
        assert_eq!(directory.account("Anna Berg"), None, "two people have that name");
        assert_eq!(directory.account("nobody"), None);
    }

    #[test]
    fn systems_have_owners_and_other_organisations_theirs() {
        let mut directory = Directory::of_domains(&["corp.example".into()]);
        let export = "Host,Alias,Managed By\ndb1.corp.example,payroll database|PAYDB,Ines Aguiar\n";
        assert_eq!(directory.add("systems.csv", &rows(export)), None);
        assert_eq!(directory.system("Payroll Database"), Some("db1.corp.example"));
        assert_eq!(directory.system("tcp:db1.corp.example,1433"), Some("db1.corp.example"));
        assert_eq!(directory.owner("https://db1.corp.example/login").map(|o| o.0).as_deref(), Some("Ines Aguiar"));
        assert_eq!(directory.owner("portal.vendor.co.uk").map(|o| o.0).as_deref(), Some("vendor.co.uk"));
        assert_eq!(directory.owner("mail.corp.example"), None);
        assert_eq!(directory.owner("the canteen till"), None);
    }

    #[test]
    fn an_export_that_is_none_is_said() {
        let mut directory = Directory::default();
        assert!(directory.add("x.csv", &rows("colour,size\nred,4\n")).is_some_and(|said| said.contains("colour")));
        assert!(directory.add("x.csv", &[]).is_some());
    }
}
