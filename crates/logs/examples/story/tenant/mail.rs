//! The mail that is held: three mailboxes, with the letters of the story among ordinary ones; and the provider's list of what was
//! stolen.

use super::cast::{BEN, CARLO, DAY, DOMAIN, GITA, LUCIE, Person, RHEA, SHARED, TOM, Tenant, at, rfc3339, working_days};
use super::dice::Dice;
use super::words;
use jiff::tz::TimeZone;

/// One message in one mailbox.
pub struct Mail {
    /// Its file, below the folder of the case.
    pub file: String,
    pub mailbox: String,
    /// Its folder within the mailbox.
    pub folder: &'static str,
    /// Message-ID with its brackets.
    pub id: String,
    pub from: String,
    pub to: String,
    pub time: i64,
    pub subject: String,
    body: String,
    /// How the provider's list names it.
    pub listed: Listed,
}

/// How the provider's list names a message.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Listed {
    No,
    ById,
    /// By subject, sender and time alone.
    ByLooks,
}

impl Mail {
    /// RFC 5322.
    pub fn text(&self) -> String {
        let date = jiff::Timestamp::from_second(self.time).expect("a time").to_zoned(TimeZone::UTC);
        format!(
            "From: {}\nTo: {}\nSubject: {}\nDate: {}\nMessage-ID: {}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\
             Content-Transfer-Encoding: 8bit\n\n{}\n",
            self.from,
            self.to,
            self.subject,
            date.strftime("%a, %d %b %Y %H:%M:%S +0000"),
            self.id,
            self.body.trim_end()
        )
    }
}

fn addressed(person: &Person) -> String {
    format!("{} <{}>", person.name, person.upn())
}

/// All messages. File names count within their folder.
pub fn all(tenant: &Tenant) -> Vec<Mail> {
    let mut all = told(tenant);
    all.extend(ordinary(tenant));
    all.sort_by(|a, b| (&a.mailbox, a.folder, a.time).cmp(&(&b.mailbox, b.folder, b.time)));
    let mut dice = Dice::of(tenant.seed, "message ids");
    let mut number = 0;
    for n in 0..all.len() {
        number = if n > 0 && (&all[n - 1].mailbox, all[n - 1].folder) == (&all[n].mailbox, all[n].folder) { number + 1 } else { 1 };
        let domain = all[n].from.rsplit('@').next().unwrap_or(DOMAIN).trim_end_matches('>').to_owned();
        let mail = &mut all[n];
        mail.id = format!("<{}@{domain}>", dice.letters("0123456789abcdef", 24));
        mail.file = format!("mail/{}/{}/{number:02}.eml", mail.mailbox, mail.folder);
    }
    all
}

fn mail(place: (&str, &'static str), from: String, to: String, time: &str, subject: &str, body: String) -> Mail {
    Mail {
        file: String::new(),
        mailbox: place.0.to_owned(),
        folder: place.1,
        id: String::new(),
        from,
        to,
        time: at(time),
        subject: subject.to_owned(),
        body,
        listed: Listed::No,
    }
}

/// The letters that hold secrets.
fn told(tenant: &Tenant) -> Vec<Mail> {
    let mut all = told_to_tom(tenant);
    all.extend(told_to_others(tenant));
    all
}

fn told_to_tom(tenant: &Tenant) -> Vec<Mail> {
    let s = &tenant.secrets;
    let inbox = (&*TOM.upn(), "Inbox");
    let tom = || addressed(&TOM);
    let vendor = || "Tidewise Integrations <integrations@tidewise.example>".to_owned();
    vec![
        mail(
            inbox,
            addressed(&RHEA),
            tom(),
            "2026-08-26 09:12:40",
            "Key for the build machine",
            words::aws("quay-deploy", &s.builder.id, &s.builder.secret),
        ),
        mail(
            inbox,
            addressed(&RHEA),
            tom(),
            "2026-08-28 14:03:11",
            "Key for the backup job",
            words::aws("berth-backup", &s.backup.id, &s.backup.secret),
        ),
        mail(
            inbox,
            vendor(),
            tom(),
            "2026-08-31 08:20:05",
            "Berth planner is ready",
            words::client_secret("berth planner", &tenant.berths.app_id, &s.berths, &tenant.berths.keys[0]),
        ),
        mail(
            inbox,
            vendor(),
            tom(),
            "2026-09-02 10:45:30",
            "Timetable sync: new client secret",
            words::client_secret("timetable sync", &tenant.timetable.app_id, &s.timetable, &tenant.timetable.keys[0]),
        ),
        mail(inbox, addressed(&RHEA), tom(), "2026-09-07 15:31:09", "Storage of the tide pictures", words::storage(&s.storage)),
        Mail {
            listed: Listed::ById,
            ..mail(
                (&*TOM.upn(), "Sent Items"),
                tom(),
                "Maja Lind <maja@northmole.example>".to_owned(),
                "2026-09-04 11:18:52",
                "Token for the departure board",
                words::github(&s.github),
            )
        },
    ]
}

fn told_to_others(tenant: &Tenant) -> Vec<Mail> {
    let s = &tenant.secrets;
    let shared = (SHARED, "Zugang");
    let office = || format!("Office <{SHARED}>");
    vec![
        mail(
            shared,
            addressed(&RHEA),
            office(),
            "2026-09-01 07:55:20",
            "Microsoft 365: Konto von Gita Rao",
            words::german(&GITA.upn(), &s.gita),
        ),
        mail(shared, addressed(&RHEA), office(), "2026-09-03 08:40:00", "Microsoft 365 account of Ben", words::english(&BEN.upn(), &s.ben)),
        mail(
            shared,
            addressed(&CARLO),
            office(),
            "2026-09-09 16:22:47",
            "Cuenta de Microsoft 365 de Carlo",
            words::spanish(&CARLO.upn(), &s.carlo),
        ),
        Mail {
            listed: Listed::ByLooks,
            ..mail(
                (&*LUCIE.upn(), "Inbox"),
                addressed(&TOM),
                addressed(&LUCIE),
                "2026-09-08 09:05:33",
                "Accès VPN pour le télétravail",
                words::french(&s.vpn),
            )
        },
    ]
}

/// What else people write, some of it stolen too.
fn ordinary(tenant: &Tenant) -> Vec<Mail> {
    let mut dice = Dice::of(tenant.seed, "ordinary mail");
    let days: Vec<i64> = working_days().collect();
    let each = words::ORDINARY.iter().enumerate().map(|(n, (mailbox, from, subject, body))| {
        let place = match *mailbox {
            "tom" => (TOM.upn(), "Inbox", addressed(&TOM)),
            "lucie" => (LUCIE.upn(), "Inbox", addressed(&LUCIE)),
            _ => (SHARED.to_owned(), "Inbox", format!("Office <{SHARED}>")),
        };
        let day = days[(n * 7 + dice.below(5)) % days.len()];
        let time = rfc3339(day + 7 * 3_600 + dice.below(9 * 3_600) as i64);
        let time = time.replace('T', " ").replace('Z', "");
        let stolen = day < at("2026-09-18") && n % 9 == 0;
        let listed = if stolen { Listed::ById } else { Listed::No };
        Mail { listed, ..mail((&place.0, place.1), (*from).to_owned(), place.2, &time, subject, (*body).to_owned()) }
    });
    each.collect()
}

/// The provider's list, with one message that nobody holds any more.
pub fn provider_list(mail: &[Mail]) -> String {
    let mut out = csv::Writer::from_writer(Vec::new());
    let mut row = |cells: [&str; 6]| out.write_record(cells).expect("a row");
    row(["InternetMessageId", "SenderAddress", "RecipientAddress", "Subject", "DateTimeSent", "Mailbox"]);
    let bare = |name: &str| name.rsplit('<').next().unwrap_or(name).trim_end_matches('>').to_owned();
    let mut listed: Vec<&Mail> = mail.iter().filter(|m| m.listed != Listed::No).collect();
    listed.sort_by_key(|m| m.time);
    for m in listed {
        let id = if m.listed == Listed::ById { m.id.as_str() } else { "" };
        row([id, &bare(&m.from), &bare(&m.to), &m.subject, &rfc3339(m.time), &m.mailbox]);
    }
    let lost = rfc3339(at("2026-08-20") + DAY / 2);
    row(["<7c1d09aa53e2@tidewise.example>", "integrations@tidewise.example", &TOM.upn(), "Pilot of the mail helper", &lost, &TOM.upn()]);
    String::from_utf8(out.into_inner().expect("rows")).expect("text")
}
