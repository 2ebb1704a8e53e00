//! Passwords guessed on the organisation's own mail servers: by address, and by account across addresses.

use crate::signals::about::{name, rest_on};
use crate::signals::memory::Memory;
use crate::signals::{About, Detector, Seen};
use aftermail_model::{Event, LogSource, Outcome, Signal, Timestamp};
use std::collections::BTreeSet;

/// Seconds within which guesses belong together: guessers wait for hours.
const WINDOW: i64 = 84 * 3_600;
/// Failures of one address that signed nobody in before.
const BY_ADDRESS: u64 = 3;
/// Failures of one account, and addresses that they come from.
const ON_ACCOUNT: (u64, usize) = (6, 3);
/// Accounts, and addresses, that fail a little each: one list of names against many.
const SPREAD: usize = 5;
/// Failures and seconds within which one person at one address only mistyped.
const MISTYPED: (u64, i64) = (5, 600);

static ABOUT: About = About {
    id: "mail_guessing",
    title: "Passwords were guessed on an own mail server",
    techniques: &["T1110.001", "T1110.003"],
    sources: &[LogSource::Dovecot, LogSource::Postfix, LogSource::ExchangeServer, LogSource::MailServer],
    logic: "Within 84 hours three failures of an address that signed nobody in before, six on one account from three addresses, or five accounts \
            and five addresses that fail a little each; and whether one of them then got in.",
    mistaken_for: "People who mistype and get in within ten minutes, and phones that keep an old password at an address that signed in before.",
};

/// The detector.
pub(super) struct MailGuessing {
    /// Addresses from which somebody signed in without having guessed.
    known: Memory<()>,
    /// Accounts and addresses whose guessed password was told, as `account@address`.
    told: Memory<()>,
    addresses: Memory<Tries>,
    accounts: Memory<Tries>,
    campaign: Campaign,
    without_time: u64,
}

/// Failures of one address or on one account, until it is quiet for a window.
#[derive(Default)]
struct Tries {
    failed: u64,
    last: Option<Timestamp>,
    first: Option<Timestamp>,
    /// The other side: accounts of an address, addresses of an account.
    with: BTreeSet<String>,
    events: Vec<String>,
}

/// All guessing until it is quiet for a window.
#[derive(Default)]
struct Campaign {
    last: Option<Timestamp>,
    failed: u64,
    /// Addresses and accounts that failed less than what makes a guess.
    addresses: BTreeSet<String>,
    accounts: BTreeSet<String>,
    signal: Option<Signal>,
    guesses: u64,
    events: Vec<String>,
}

impl MailGuessing {
    /// The detector.
    pub(super) fn new() -> MailGuessing {
        MailGuessing {
            known: Memory::of(500_000),
            told: Memory::of(100_000),
            addresses: Memory::of(100_000),
            accounts: Memory::of(100_000),
            campaign: Campaign::default(),
            without_time: 0,
        }
    }

    fn failed(&mut self, event: &Event, time: Timestamp, out: &mut Seen) {
        let account = event.actor.as_deref().map(str::to_lowercase);
        let address = event.address.as_deref().unwrap_or_default();
        if self.known.get(address).is_some() {
            return;
        }
        if self.campaign.last.is_some_and(|last| time.0 - last.0 > WINDOW) {
            self.campaign.end(out);
        }
        let tries = self.addresses.entry(address);
        tries.add(event, time, account.as_deref());
        let mut guessed = tries.failed >= BY_ADDRESS;
        if let Some(account) = &account {
            let tries = self.accounts.entry(account);
            tries.add(event, time, event.address.as_deref());
            guessed |= tries.failed >= ON_ACCOUNT.0 && tries.with.len() >= ON_ACCOUNT.1;
        }
        let before = match guessed {
            true => self.addresses.get(address).map(|t| t.events.as_slice()).unwrap_or_default(),
            false => &[],
        };
        self.campaign.add(event, time, account, guessed.then_some(before));
    }

    fn inside(&mut self, event: &Event, time: Timestamp, out: &mut Seen) {
        let Some(account) = event.actor.as_deref().map(str::to_lowercase) else { return };
        let address = event.address.as_deref().unwrap_or_default();
        let pair = format!("{account}@{address}");
        if self.told.get(&pair).is_some() {
            return;
        }
        if self.known.get(address).is_none() {
            let recent = |t: &&Tries| t.last.is_some_and(|last| time.0 - last.0 <= WINDOW);
            let here = self.addresses.get(address).filter(recent);
            let on = self.accounts.get(&account).filter(recent);
            let because = guessed(here, on, &account, time);
            if let Some(because) = because {
                let mut signal = ABOUT.of(event, because);
                signal.title = "A password was guessed on an own mail server".to_owned();
                signal.subjects = vec![account];
                let events = here.into_iter().chain(on).flat_map(|t| &t.events);
                events.for_each(|id| name(&mut signal.rests_on, Some(id)));
                signal.first = [here, on].into_iter().flatten().filter_map(|t| t.first).min().or(signal.first);
                out.signals.push(signal);
                self.told.entry(&pair);
                return;
            }
            if let Some(tries) = here.filter(|t| t.failed <= MISTYPED.0 && t.with.len() <= 1) {
                self.campaign.forgive(address, tries.failed);
                *self.addresses.entry(address) = Tries::default();
            }
        }
        self.known.entry(address);
    }
}

/// Why a first sign-in of an account from an address is one by a guessed password.
fn guessed(here: Option<&Tries>, on: Option<&Tries>, account: &str, time: Timestamp) -> Option<String> {
    let mistyped =
        |t: &Tries| t.failed <= MISTYPED.0 && t.with.iter().all(|a| a == account) && t.last.is_some_and(|l| time.0 - l.0 <= MISTYPED.1);
    if let Some(tries) = here.filter(|t| t.failed >= BY_ADDRESS && !mistyped(t)) {
        return Some(format!(
            "Its address failed {} times on {} accounts within 84 hours, and then got in.",
            tries.failed,
            tries.with.len().max(1)
        ));
    }
    let tries = on.filter(|t| t.failed >= ON_ACCOUNT.0 && t.with.len() >= ON_ACCOUNT.1)?;
    Some(format!(
        "{} failures from {} addresses within 84 hours, and then a sign-in from an address that signed nobody in before.",
        tries.failed,
        tries.with.len()
    ))
}

impl Tries {
    fn add(&mut self, event: &Event, time: Timestamp, with: Option<&str>) {
        if self.last.is_some_and(|last| time.0 - last.0 > WINDOW) {
            *self = Tries::default();
        }
        self.failed += 1;
        self.first.get_or_insert(time);
        self.last = Some(time);
        self.with.extend(with.filter(|_| self.with.len() < 64).map(str::to_owned));
        if self.events.len() < 16 {
            self.events.push(event.id.clone());
        }
    }
}

impl Campaign {
    /// One more failure, and the events before it of the same guesser where it is one.
    fn add(&mut self, event: &Event, time: Timestamp, account: Option<String>, guess: Option<&[String]>) {
        self.last = Some(time);
        self.failed += 1;
        let address = event.address.clone().unwrap_or_default();
        if self.addresses.len() < 10_000 && self.accounts.len() < 10_000 {
            self.accounts.extend(account.clone());
            self.addresses.insert(address);
        }
        if self.events.len() < 100 {
            self.events.push(event.id.clone());
        }
        if let Some(before) = guess {
            self.guesses += 1;
            let signal = self.signal.get_or_insert_with(|| ABOUT.signal());
            rest_on(signal, event);
            before.iter().for_each(|id| name(&mut signal.rests_on, Some(id)));
            name(&mut signal.subjects, account.as_deref());
        } else if self.signal.is_none() && self.addresses.len() >= SPREAD && self.accounts.len() >= SPREAD {
            self.signal = Some(Signal { rests_on: self.events.clone(), ..ABOUT.signal() });
        }
    }

    /// Takes back failures that turned out to be a person's.
    fn forgive(&mut self, address: &str, failed: u64) {
        self.failed = self.failed.saturating_sub(failed);
        self.addresses.remove(address);
        if let Some(signal) = &mut self.signal {
            signal.addresses.retain(|a| a != address);
        }
    }

    fn end(&mut self, out: &mut Seen) {
        let done = std::mem::take(self);
        let Some(mut signal) = done.signal else { return };
        if done.guesses == 0 {
            done.addresses.iter().for_each(|a| name(&mut signal.addresses, Some(a)));
            done.accounts.iter().for_each(|a| name(&mut signal.subjects, Some(a)));
        }
        if signal.addresses.is_empty() {
            return;
        }
        signal.because = format!(
            "{} failures on {} accounts from {} addresses, with less than 84 hours between them; {} of them by guessers of three failures and more.",
            done.failed,
            done.accounts.len(),
            done.addresses.len(),
            done.guesses
        );
        out.signals.push(signal);
    }
}

impl Detector for MailGuessing {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, out: &mut Seen) {
        if !ABOUT.sources.contains(&event.source) || !signs_in(event) {
            return;
        }
        match (event.time, event.outcome) {
            (Some(time), Outcome::Failure) => self.failed(event, time, out),
            (Some(time), Outcome::Success) => self.inside(event, time, out),
            (None, _) => self.without_time += 1,
            _ => {}
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        self.campaign.end(out);
        self.addresses.end("addresses that fail to sign in to mail", out);
        self.accounts.end("accounts on which signing in to mail fails", out);
        self.told.end("guessed passwords of mail", out);
        self.known.end("addresses that sign in to mail", out);
        if self.without_time > 0 {
            let text = "tries to sign in to mail have no time, since their lines tell no year: give it, or nothing can be said of them.";
            out.cannot_say.push(format!("mail_guessing: {} {text}", self.without_time));
        }
    }
}

/// Whether the line tells of a try to sign in. Postfix and Exchange log all else of SMTP too.
fn signs_in(event: &Event) -> bool {
    match event.source {
        LogSource::Postfix => event.operation == "sasl",
        LogSource::MailServer => event.operation == "login",
        LogSource::ExchangeServer => {
            let command = event.operation.to_ascii_lowercase();
            matches!(command.as_str(), "authenticate" | "auth" | "login" | "pass" | ">")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{event, run};

    const HOUR: i64 = 3_600;

    fn login(second: i64, user: &str, address: &str, outcome: Outcome) -> Event {
        let login = event(second, LogSource::Dovecot, "imap-login", user);
        Event { address: Some(address.to_owned()), outcome, id: format!("{second}/{user}/{address}"), ..login }
    }

    fn bad(second: i64, user: &str, address: &str) -> Event {
        login(second, user, address, Outcome::Failure)
    }

    fn good(second: i64, user: &str, address: &str) -> Event {
        login(second, user, address, Outcome::Success)
    }

    #[test]
    fn an_address_that_guesses_for_hours_is_seen() {
        let out = run(MailGuessing::new(), (0..4).map(|n| bad(n * 20 * HOUR, &format!("u{n}"), "203.0.113.9")).collect());
        assert_eq!((out.signals.len(), out.signals[0].rests_on.len()), (1, 4), "{out:?}");
    }

    #[test]
    fn guesses_on_one_account_from_many_addresses_are_seen_and_the_success_apart() {
        let mut events: Vec<_> = (0..8).map(|n| bad(n * 10 * HOUR, "boss", &format!("203.0.{n}.9"))).collect();
        events.extend([good(75 * HOUR, "boss", "203.0.99.9"), good(76 * HOUR, "boss", "203.0.99.9")]);
        let out = run(MailGuessing::new(), events);
        assert_eq!(out.signals.len(), 2, "{out:?}");
        let got_in = out.signals.iter().find(|s| s.title.contains("was guessed")).expect("the success");
        assert_eq!((got_in.subjects.as_slice(), got_in.rests_on.len()), (["boss".to_owned()].as_slice(), 9));
    }

    #[test]
    fn many_accounts_from_many_addresses_once_each_are_seen() {
        let out = run(MailGuessing::new(), (0..6).map(|n| bad(n * 60, &format!("u{n}"), &format!("203.0.{n}.9"))).collect());
        assert_eq!((out.signals.len(), out.signals[0].addresses.len(), out.signals[0].rests_on.len()), (1, 6, 5), "{out:?}");
    }

    #[test]
    fn people_who_mistype_and_phones_with_old_passwords_are_none() {
        let mistyped =
            vec![bad(0, "a", "198.51.100.7"), bad(5, "a", "198.51.100.7"), bad(9, "a", "198.51.100.7"), good(30, "a", "198.51.100.7")];
        assert!(run(MailGuessing::new(), mistyped).signals.is_empty());
        let phone = [vec![good(0, "a", "198.51.100.7")], (1..40).map(|n| bad(n * 60, "a", "198.51.100.7")).collect()].concat();
        assert!(run(MailGuessing::new(), phone).signals.is_empty());
        let office = [
            vec![good(0, "a", "198.51.100.7")],
            (1..9).map(|n| bad(n * 60, "b", "198.51.100.7")).collect(),
            vec![good(5_000, "b", "198.51.100.7")],
        ];
        assert!(run(MailGuessing::new(), office.concat()).signals.is_empty());
        assert!(
            run(
                MailGuessing::new(),
                vec![bad(0, "a", "203.0.113.9"), bad(100 * HOUR, "a", "203.0.113.9"), bad(200 * HOUR, "a", "203.0.113.9")]
            )
            .signals
            .is_empty()
        );
    }

    #[test]
    fn lines_without_a_year_are_told() {
        let out = run(MailGuessing::new(), vec![Event { time: None, ..bad(0, "a", "203.0.113.9") }]);
        assert_eq!((out.signals.len(), out.cannot_say.len()), (0, 1));
    }
}
