//! Things that look like secrets and open nothing.

use super::minted;
use super::values::{capital, chars, digits};
use super::world::World;
use crate::random::Random;

/// Placeholders and examples that everybody uses.
const PLACEHOLDERS: &[&str] = &[
    "<password>",
    "<your-password>",
    "xxxxxxxx",
    "XXXX-XXXX",
    "changeme",
    "your_password_here",
    "$PASSWORD",
    "${DB_PASSWORD}",
    "%PASS%",
    "********",
    "[REDACTED]",
    "{{ vault_password }}",
    "••••••••",
    "<see vault>",
    "N/A",
    "TBD",
    "tbc",
    "***",
    "<hidden>",
    "(blank)",
    "process.env.API_KEY",
    "os.environ[\"TOKEN\"]",
    "@Model.Password",
    "********1234",
    "__________",
    "example123",
    "password123",
    "<PASSWORT>",
    "YOUR_API_KEY",
    "insert-key-here",
    "null",
    "none",
];
const MONTHS: &[&str] =
    &["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];

/// The noise of this name; nothing where the name is of no noise.
pub fn noise(random: &mut Random, world: &World, name: &str) -> Option<String> {
    let two = |random: &mut Random, end: usize| format!("{:02}", 1 + random.below(end));
    Some(match name {
        "placeholder" => (*random.pick(PLACEHOLDERS)).to_owned(),
        "masked" => masked(random),
        "ticket" => ticket(random),
        "order" => format!("{}{}", random.pick(&["45000", "PO-", "2025/", "AB", "#", "R-"]), digits(random, 5)),
        "commit" => {
            let count = *random.pick(&[7, 8, 10, 40]);
            minted::hex(random, count)
        }
        "digest" => minted::hex(random, 64),
        "check" => minted::hex(random, 32),
        "uuid" => minted::uuid(random),
        "track" => format!("{}{}", random.pick(&["1Z999AA1", "JJD0146", "RR", "LX00"]), digits(random, 9)),
        "serial" => chars(random, b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", 10),
        "model" => format!(
            "{}{}-{}{}",
            chars(random, b"ABCDEFGHKLMNPRSTVWX", 2),
            digits(random, 3),
            digits(random, 2),
            random.pick(&["", "B", "X", "E"])
        ),
        "phone" => format!(
            "+{} {} {} {}",
            random.pick(&["44", "49", "33", "1", "91", "34"]),
            digits(random, 3),
            digits(random, 3),
            digits(random, 4)
        ),
        "date" => date(random),
        "isodate" => format!("202{}-{}-{}", 3 + random.below(4), two(random, 12), two(random, 28)),
        "day" => format!("{}.{}.", 1 + random.below(28), 1 + random.below(12)),
        "time" => format!("{}:{}", 7 + random.below(12), random.pick(&["00", "15", "30", "45"])),
        "year" => (2015 + random.below(12)).to_string(),
        "num" => (2 + random.below(97)).to_string(),
        "big" => (100 + random.below(90_000)).to_string(),
        "money" => format!("{}.{}", 20 + random.below(9000), digits(random, 2)),
        "version" => format!("{}.{}.{}", 1 + random.below(12), random.below(20), random.below(30)),
        "licence" => (0..5).map(|_| chars(random, b"BCDFGHJKMPQRTVWXY2346789", 5)).collect::<Vec<_>>().join("-"),
        "meeting" => format!("{} {} {}", digits(random, 3), digits(random, 3), digits(random, 4)),
        "blob" => chars(random, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", 24),
        "room" => format!("{}.{}", random.pick(&["2", "B", "EG", "4", "C1"]), digits(random, 2)),
        "domain" => world.domain.clone(),
        "company" => world.company.clone(),
        _ => return None,
    })
}

fn masked(random: &mut Random) -> String {
    let end = digits(random, 2);
    let start = capital(&chars(random, b"abcdefghkmnprst", 2));
    match random.below(5) {
        0 => format!("{start}******{end}"),
        1 => format!("*******{end}"),
        2 => format!("{start}••••••"),
        3 => format!("xxxx-xxxx-{end}{end}"),
        _ => "*".repeat(8 + random.below(4)),
    }
}

fn ticket(random: &mut Random) -> String {
    match random.below(5) {
        0 => format!("INC{}", digits(random, 7)),
        1 => format!("#{}", digits(random, 5)),
        2 => format!("{}-{}", random.pick(&["OPS", "HELP", "NET", "SUP", "IT"]), digits(random, 4)),
        3 => format!("REQ-{}", digits(random, 6)),
        _ => digits(random, 6),
    }
}

fn date(random: &mut Random) -> String {
    let (day, month, year) = (1 + random.below(28), random.below(12), 2022 + random.below(6));
    match random.below(4) {
        0 => format!("{day:02}/{:02}/{year}", month + 1),
        1 => format!("{day}.{}.{year}", month + 1),
        2 => format!("{year}-{:02}-{day:02}", month + 1),
        // Only where the month is a number do all languages agree; one in four is English all the same, as dates of programs are.
        _ => format!("{day} {} {year}", MONTHS[month]),
    }
}
