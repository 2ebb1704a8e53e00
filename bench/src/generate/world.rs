//! One invented organisation: its people, machines and networks.

use super::language::Language;
use super::values::{capital, digits, plain};
use crate::random::Random;

/// Somebody who writes or reads.
#[derive(Debug, Clone)]
pub struct Person {
    /// First name.
    pub first: String,
    /// Family name.
    pub last: String,
    /// Mail address.
    pub mail: String,
}

/// An organisation.
#[derive(Debug)]
pub struct World {
    /// Short name, fit for a file or a password.
    pub name: String,
    /// As in signatures.
    pub company: String,
    /// Domain of its mail and hosts.
    pub domain: String,
    /// People inside, then two outside.
    pub people: Vec<Person>,
    /// Base of its addresses, from the documentation ranges.
    pub network: &'static str,
}

const STARTS: &[&str] = &[
    "Al", "Bor", "Cal", "Dor", "El", "Fen", "Gar", "Hal", "Is", "Kel", "Lor", "Mer", "Nor", "Or", "Pel", "Quil", "Ros", "Sil", "Tar", "Ul",
    "Vel", "Wes", "Yar", "Zan",
];
const MIDDLES: &[&str] = &["a", "e", "i", "o", "an", "en", "or", "il", "ar", "um", "ec", "os"];
const ENDS: &[&str] =
    &["dale", "tech", "vik", "stone", "mont", "field", "ra", "nova", "lux", "port", "gate", "berg", "line", "tec", "mar", "wood", "col"];
const NETWORKS: &[&str] = &["192.0.2.", "198.51.100.", "203.0.113."];

impl World {
    /// An organisation that speaks the language.
    pub fn new(random: &mut Random, language: &Language) -> World {
        let name = format!("{}{}{}", random.pick(STARTS), random.pick(MIDDLES), random.pick(ENDS));
        let domain = format!("{}{}.example", name.to_lowercase(), random.pick(&["", "-group", "", "-it", "", "works", "", "online"]));
        let company = match language.list("sector").is_empty() {
            true => name.clone(),
            false => format!("{name} {}", random.pick(language.list("sector"))),
        };
        let mut people: Vec<Person> = (0..9).map(|_| person(random, language, &domain)).collect();
        for _ in 0..2 {
            let other = format!("{}{}.example", random.pick(STARTS).to_lowercase(), random.pick(ENDS));
            people.push(person(random, language, &other));
        }
        World { name, company, domain, people, network: random.pick::<&str>(NETWORKS) }
    }

    /// A host of the organisation.
    pub fn host(&self, random: &mut Random) -> String {
        const NAMES: &[&str] = &[
            "vpn", "mail", "sftp", "files", "intranet", "wiki", "crm", "erp", "git", "jira", "backup", "nas", "monitor", "portal", "shop",
            "db1", "db2", "app3", "print", "cam", "voip", "hr", "test", "staging", "dev", "proxy", "time", "fw1", "lager", "pos", "build",
            "ldap",
        ];
        format!("{}{}.{}", random.pick(NAMES), random.pick(&["", "", "2", "-old", "-int", "01"]), self.domain)
    }

    /// An address in its network.
    pub fn ip(&self, random: &mut Random) -> String {
        format!("{}{}", self.network, 2 + random.below(250))
    }
}

fn person(random: &mut Random, language: &Language, domain: &str) -> Person {
    let pick = |random: &mut Random, list: &str, other: &str| match language.list(list) {
        [] => other.to_owned(),
        words => random.pick(words).clone(),
    };
    let (first, last) = (pick(random, "first", "Sam"), pick(random, "last", "Moreau"));
    let ascii = |text: &str| plain(&text.to_lowercase()).chars().filter(char::is_ascii_alphanumeric).collect::<String>();
    let (mut f, mut l) = (ascii(&first), ascii(&last));
    if f.is_empty() || l.is_empty() {
        (f, l) = (random.pick(STARTS).to_lowercase(), format!("{}{}", random.pick(ENDS), digits(random, 1)));
    }
    let local = match random.below(3) {
        0 => format!("{f}.{l}"),
        1 => format!("{}{l}", &f[..1]),
        _ => f.clone(),
    };
    Person { first, last, mail: format!("{local}@{domain}") }
}

impl Person {
    /// Both names.
    pub fn name(&self) -> String {
        format!("{} {}", self.first, self.last)
    }

    /// What somebody signs in with.
    pub fn login(&self, random: &mut Random) -> String {
        let local = self.mail.split('@').next().unwrap_or_default();
        match random.below(4) {
            0 => local.replace('.', "_"),
            1 => format!("{}{}", local.replace('.', ""), digits(random, 2)),
            2 => capital(local),
            _ => local.to_owned(),
        }
    }
}
