//! Mail reached by a token of whose issue no sign-in log knows: forged, by a stolen signing key.

use super::sign_in::told;
use crate::signals::about::{merged, rest_on};
use crate::signals::baseline::{Baseline, DAY};
use crate::signals::memory::Memory;
use crate::signals::{About, Detector, Scene, Seen};
use aftermail_model::{ActorKind, Event, LogSource, Outcome, Signal, Timestamp};
use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};

/// Seconds for which an issue is remembered: access tokens live 28 hours at most.
const LIFE: i64 = 2 * DAY;
/// Issues that are remembered at once.
const MOST: usize = 4_000_000;

static ABOUT: About = About {
    id: "unissued_token",
    title: "Mail was reached by a token of whose issue no sign-in log knows",
    techniques: &["T1606"],
    sources: &[LogSource::UnifiedAudit, LogSource::GraphActivity, LogSource::EntraSignIn],
    logic: "The id of the token by which mail was reached stands in no sign-in of the two days before, where sign-ins of its kind are covered \
            on both days.",
    mistaken_for: "Sign-in logs with a hole that their coverage does not show; days without full coverage end as \"cannot say\".",
};

/// Kinds of sign-ins, each exported on its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Category {
    Interactive,
    NonInteractive,
    Application,
}

/// The detector.
pub(super) struct UnissuedToken {
    covered: BTreeSet<i64>,
    baseline: Baseline,
    /// Tokens issued lately: a hash of the id, and when.
    issued: HashSet<u64>,
    order: VecDeque<(i64, u64)>,
    forgot: bool,
    /// Accesses whose token was found; without any, both logs may write ids in different ways.
    found: u64,
    /// Accesses that tell no token.
    without: u64,
    /// Days and kinds of which there are sign-ins.
    days: BTreeSet<(i64, Category)>,
    /// Applications that reached mail in the baseline, by account.
    usual: Memory<BTreeSet<String>>,
    /// Uses without an issue, by account and application.
    unissued: Memory<Unissued>,
}

/// Uses of one account by one application, by day.
#[derive(Default)]
struct Unissued {
    days: BTreeMap<i64, (u64, Signal)>,
    /// Kinds of sign-ins that could have issued its tokens.
    kinds: BTreeSet<Category>,
    new_app: bool,
}

impl UnissuedToken {
    /// The detector.
    pub(super) fn new(scene: &Scene) -> UnissuedToken {
        let signs = scene.covered.iter().filter(|(source, _)| *source == LogSource::EntraSignIn);
        UnissuedToken {
            covered: signs.map(|(_, day)| day.0.div_euclid(DAY)).collect(),
            baseline: Baseline::before(scene.since),
            issued: HashSet::new(),
            order: VecDeque::new(),
            forgot: false,
            found: 0,
            without: 0,
            days: BTreeSet::new(),
            usual: Memory::of(100_000),
            unissued: Memory::of(100_000),
        }
    }

    fn issue(&mut self, event: &Event, time: Timestamp) {
        self.days.insert((time.0.div_euclid(DAY), category(event)));
        let Some(token) = event.token.as_deref() else { return };
        while self.order.front().is_some_and(|(t, _)| time.0 - t > LIFE) || self.order.len() >= MOST {
            self.forgot |= self.order.len() >= MOST;
            if let Some((_, old)) = self.order.pop_front() {
                self.issued.remove(&old);
            }
        }
        if self.issued.insert(hash(token)) {
            self.order.push_back((time.0, hash(token)));
        }
    }

    fn used(&mut self, event: &Event, time: Timestamp, token: &str) {
        let account = event.actor.as_deref().unwrap_or_default().to_lowercase();
        let app = event.app.as_deref().unwrap_or_default();
        let usual = self.usual.entry(&account);
        if self.baseline.holds(event) && usual.len() < 256 {
            usual.insert(app.to_owned());
        }
        let new_app = !usual.contains(app);
        if self.issued.contains(&hash(token)) {
            self.found += 1;
            return;
        }
        let unissued = self.unissued.entry(&format!("{account}\n{app}"));
        unissued.kinds.extend(kinds(event));
        unissued.new_app |= new_app;
        let day = unissued.days.entry(time.0.div_euclid(DAY)).or_insert_with(|| (0, ABOUT.of(event, String::new())));
        day.0 += 1;
        rest_on(&mut day.1, event);
    }

    /// Whether every sign-in that could have issued a token of that day is there.
    fn is_covered(&self, day: i64, kinds: &BTreeSet<Category>) -> bool {
        [day - 1, day].iter().all(|d| self.covered.contains(d) && kinds.iter().all(|k| self.days.contains(&(*d, *k))))
    }
}

impl Detector for UnissuedToken {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, _out: &mut Seen) {
        let Some(time) = event.time else { return };
        match event.source {
            LogSource::EntraSignIn => self.issue(event, time),
            LogSource::UnifiedAudit | LogSource::GraphActivity if reaches_mail(event) => match event.token.as_deref() {
                Some(token) => self.used(event, time, token),
                None => self.without += 1,
            },
            _ => {}
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        let mut open = (0_u64, BTreeSet::new());
        for unissued in self.unissued.end("accounts and applications that reach mail", out).into_values() {
            let mut whole: Option<(u64, Signal)> = None;
            for (day, (uses, signal)) in unissued.days {
                if self.forgot || self.found == 0 || !self.is_covered(day, &unissued.kinds) {
                    open.0 += uses;
                    open.1.insert(day);
                    continue;
                }
                whole = Some(match whole {
                    None => (uses, signal),
                    Some((before, first)) => (before + uses, merged(first, signal)),
                });
            }
            let new = if unissued.new_app { " The application never reached the mail of this account before." } else { "" };
            out.signals.extend(whole.map(|(uses, s)| Signal {
                because: format!(
                    "{uses} accesses by tokens that stand in no sign-in of their day and the day before, which are covered.{new}"
                ),
                ..s
            }));
        }
        if open.0 > 0 {
            out.cannot_say.push(cannot_say(open.0, &open.1));
        }
        if self.without > 0 {
            let text =
                "accesses to mail carry no id of a token (records before 2025 have none): whether theirs were issued cannot be said.";
            out.cannot_say.push(format!("unissued_token: {} {text}", self.without));
        }
    }
}

fn cannot_say(uses: u64, days: &BTreeSet<i64>) -> String {
    let date = |day: Option<&i64>| day.map(|d| Timestamp(d * DAY).date()).unwrap_or_default();
    format!(
        "unissued_token: whether the tokens of {uses} accesses to mail from {} to {} were ever issued cannot be said, since interactive, \
         non-interactive and application sign-ins do not cover all {} days and the day before each; export them before they expire.",
        date(days.first()),
        date(days.last()),
        days.len()
    )
}

/// Mail that was read, searched or sent; a request to Graph for messages.
fn reaches_mail(event: &Event) -> bool {
    let mail = ["MailItemsAccessed", "Send", "SearchQueryInitiatedExchange"].contains(&event.operation.as_str());
    let graph = || event.target.as_deref().is_some_and(|t| t.contains("/messages") || t.contains("/mailFolders"));
    event.outcome != Outcome::Failure && if event.source == LogSource::GraphActivity { graph() } else { mail }
}

/// Sign-ins that could have issued the token by which this event came: those of people where it has a session.
fn kinds(event: &Event) -> &'static [Category] {
    match (event.actor_kind, &event.session) {
        (ActorKind::Application, _) => &[Category::Application],
        (_, Some(_)) => &[Category::Interactive, Category::NonInteractive],
        _ => &[Category::Interactive, Category::NonInteractive, Category::Application],
    }
}

fn category(event: &Event) -> Category {
    let text = told(event, "category").unwrap_or_default().to_lowercase();
    match () {
        () if text.contains("noninteractive") => Category::NonInteractive,
        () if text.contains("serviceprincipal") || text.contains("managedidentity") => Category::Application,
        () if event.actor_kind == ActorKind::Application => Category::Application,
        () => Category::Interactive,
    }
}

/// FNV-1a: ids of tokens are random, and a hash of them is a tenth of their size.
fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{START, event, run, tried, with};

    fn scene(days: std::ops::Range<i64>) -> Scene {
        Scene { covered: days.map(|d| (LogSource::EntraSignIn, Timestamp(START + d * DAY))).collect(), ..Scene::default() }
    }

    /// A sign-in of each kind on each day, and the token `t1` on the second.
    fn signs() -> Vec<Event> {
        let on = |day: i64, kind: &str| with(tried(day * DAY, "b@x.example", "0", "agent", "198.51.100.7"), "category", kind);
        let mut all: Vec<Event> = (0..4).flat_map(|d| ["SignInLogs", "NonInteractiveUserSignInLogs"].map(|k| on(d, k))).collect();
        all.push(Event { token: Some("t1".to_owned()), ..on(1, "NonInteractiveUserSignInLogs") });
        all
    }

    fn read(day: i64, token: &str) -> Event {
        Event {
            token: Some(token.to_owned()),
            session: Some("s".to_owned()),
            app: Some("app".to_owned()),
            ..event(day * DAY + 60, LogSource::UnifiedAudit, "MailItemsAccessed", "a@x.example")
        }
    }

    #[test]
    fn a_token_without_an_issue_is_seen_where_the_days_are_covered() {
        let events = [signs(), vec![read(1, "t1"), read(2, "t9"), read(3, "t9")]].concat();
        let out = run(UnissuedToken::new(&scene(0..4)), events);
        assert_eq!((out.signals.len(), out.signals[0].rests_on.len()), (1, 2), "{out:?}");
        assert!(out.cannot_say.is_empty());
    }

    #[test]
    fn without_coverage_it_cannot_be_said() {
        for covered in [0..0, 2..4] {
            let out = run(UnissuedToken::new(&scene(covered)), [signs(), vec![read(1, "t1"), read(2, "t9")]].concat());
            assert!(out.signals.is_empty() && out.cannot_say.len() == 1, "{out:?}");
        }
        let interactive_only = signs().into_iter().filter(|e| told(e, "category") == Some("SignInLogs")).chain([read(2, "t9")]).collect();
        let out = run(UnissuedToken::new(&scene(0..4)), interactive_only);
        assert!(out.signals.is_empty() && out.cannot_say[0].contains("1 accesses"), "{out:?}");
    }

    #[test]
    fn where_no_token_joins_at_all_the_ids_may_be_written_in_two_ways() {
        let out = run(UnissuedToken::new(&scene(0..4)), [signs(), vec![read(2, "t9")]].concat());
        assert!(out.signals.is_empty() && out.cannot_say.len() == 1, "{out:?}");
    }

    #[test]
    fn issued_tokens_and_records_without_a_token_are_none() {
        let mut without = read(2, "t9");
        without.token = None;
        let out = run(UnissuedToken::new(&scene(0..4)), [signs(), vec![read(1, "t1"), read(2, "t1"), without]].concat());
        assert!(out.signals.is_empty(), "{out:?}");
        assert_eq!(out.cannot_say.len(), 1, "the one without is told");
    }
}
