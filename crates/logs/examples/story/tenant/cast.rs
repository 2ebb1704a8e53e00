//! Who and what there is, and when things happen.

use super::dice::Dice;
use super::secrets::Secrets;
use aftermail_model::Timestamp;

pub const DOMAIN: &str = "harrowquay.example";
pub const DAY: i64 = 86_400;

/// Networks: the office, the homes, the machine that builds, the server of the timetable, and where the intruder sits.
pub const OFFICE: &str = "192.0.2.20";
pub const BUILDER: &str = "198.51.100.40";
pub const SERVER: &str = "192.0.2.200";
pub const INTRUDER: &str = "203.0.113.77";
/// A second machine of the intruder.
pub const INTRUDER_TOO: &str = "203.0.113.91";

pub const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36";

/// Somebody who works there.
#[derive(Clone, Copy)]
pub struct Person {
    pub name: &'static str,
    /// Before the `@`.
    pub user: &'static str,
    /// From where the person signs in.
    pub address: &'static str,
}

impl Person {
    pub fn upn(&self) -> String {
        format!("{}@{DOMAIN}", self.user)
    }
}

const fn person(name: &'static str, user: &'static str, address: &'static str) -> Person {
    Person { name, user, address }
}

pub const TOM: Person = person("Tom Ardley", "tom.ardley", OFFICE);
pub const LUCIE: Person = person("Lucie Marchand", "lucie.marchand", "198.51.100.12");
pub const RHEA: Person = person("Rhea Novak", "rhea.novak", "192.0.2.21");
pub const GITA: Person = person("Gita Rao", "gita.rao", "192.0.2.34");
pub const BEN: Person = person("Ben Okafor", "ben.okafor", "192.0.2.35");
pub const CARLO: Person = person("Carlo Dietz", "carlo.dietz", "192.0.2.36");
/// The forgotten test account.
pub const PILOT: Person = person("Pilot Test", "pilot.test", INTRUDER);
pub const STAFF: [Person; 6] = [TOM, LUCIE, RHEA, GITA, BEN, CARLO];
/// The shared mailbox.
pub const SHARED: &str = "office@harrowquay.example";

/// Ids of applications, sessions and machines.
pub struct Tenant {
    pub seed: u64,
    pub id: String,
    pub secrets: Secrets,
    /// The application that fetches the timetable, the one that plans berths, and the intruder's.
    pub timetable: App,
    pub berths: App,
    pub helper: App,
    /// The intruder's session in the test account.
    pub session: String,
    /// The tokens by which the intruder reads mail: of the session, and of the application.
    pub tokens: [String; 2],
}

/// An application of the directory.
pub struct App {
    pub name: &'static str,
    pub app_id: String,
    pub object: String,
    pub principal: String,
    /// Ids of its secrets, in the order in which they were made.
    pub keys: [String; 3],
}

impl Tenant {
    pub fn new(seed: u64) -> Tenant {
        let mut dice = Dice::of(seed, "tenant");
        let mut app = |name| App {
            name,
            app_id: dice.guid(),
            object: dice.guid(),
            principal: dice.guid(),
            keys: [dice.guid(), dice.guid(), dice.guid()],
        };
        let (timetable, berths, helper) = (app("Timetable Sync"), app("Berth Planner"), app("Quay Mail Helper"));
        let mut dice = Dice::of(seed, "sessions");
        Tenant {
            seed,
            id: dice.guid(),
            secrets: Secrets::new(seed),
            timetable,
            berths,
            helper,
            session: dice.guid(),
            tokens: [token(&mut dice), token(&mut dice)],
        }
    }

    /// The object id of an account.
    pub fn object(&self, user: &str) -> String {
        Dice::of(self.seed, user).guid()
    }

    pub fn case(&self) -> String {
        let Tenant { helper, session, .. } = self;
        format!(
            r#"# The mail and the logs of an invented ferry company. Nothing in it is real.
name = "Harrow Quay: what was read, what was used, what is dead"
evidence = ["mail"]
logs = ["logs"]
lists = ["lists"]
own_domains = ["{DOMAIN}"]
compromised_accounts = ["pilot.test@{DOMAIN}"]

[exposure]
from = "2026-09-18"
until = "2026-10-09"

[intruder]
addresses = ["{INTRUDER}", "{INTRUDER_TOO}"]
sessions = ["{session}"]
apps = ["{}"]

[trusted]
accounts = ["rhea.novak@{DOMAIN}"]
"#,
            helper.app_id
        )
    }
}

/// The id of a token, as sign-ins and mailboxes write it.
pub fn token(dice: &mut Dice) -> String {
    dice.letters("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", 22)
}

/// Seconds since 1970 of `2026-09-21 08:30`.
pub fn at(text: &str) -> i64 {
    let (day, clock) = text.split_once(' ').unwrap_or((text, "00:00"));
    let seconds = if clock.len() == 5 { ":00" } else { "" };
    Timestamp::parse(&format!("{day}T{clock}{seconds}Z")).unwrap_or_else(|| panic!("{text} is no time")).0
}

/// `2026-09-21T08:30:00Z`.
pub fn rfc3339(time: i64) -> String {
    Timestamp(time).to_string()
}

/// The first seconds of the working days of which there are logs, Monday to Friday.
pub fn working_days() -> impl Iterator<Item = i64> {
    let (first, last) = (at("2026-08-17"), at("2026-10-30"));
    (0..=(last - first) / DAY).map(move |n| (n, first + n * DAY)).filter(|(n, _)| n % 7 < 5).map(|(_, day)| day)
}
