//! Mail searched for secrets: by its owner's account, or across mailboxes by eDiscovery.

use super::sign_in::told;
use crate::signals::about::{name, rest_on};
use crate::signals::baseline::{Baseline, DAY};
use crate::signals::memory::Memory;
use crate::signals::{About, Detector, Scene, Seen};
use aftermail_model::{Event, LogSource, Outcome, Signal};
use std::collections::BTreeSet;

/// Words that are searched for whatever the case says.
const WORDS: [&str; 15] = [
    "password",
    "passwd",
    "passphrase",
    "passwort",
    "credential",
    "secret",
    "api key",
    "apikey",
    "private key",
    "access key",
    "token",
    "vpn",
    "kdbx",
    "2fa",
    "mfa",
];

static ABOUT: About = About {
    id: "secret_search",
    title: "Mail was searched for secrets",
    techniques: &["T1114.002", "T1552"],
    sources: &[LogSource::UnifiedAudit],
    logic: "A search in mail or files whose words are those by which people name secrets; or a search by eDiscovery by someone who made none in \
            the baseline, or for such words.",
    mistaken_for: "People look for their own passwords too: the account, session and address tell whose search it was.",
};

/// The detector.
pub(super) struct SecretSearch {
    words: BTreeSet<String>,
    baseline: Baseline,
    /// Who made searches by eDiscovery in the baseline.
    usual: BTreeSet<String>,
    /// Searches of one account in one session on one day.
    searches: Memory<Search>,
}

#[derive(Default)]
struct Search {
    words: BTreeSet<String>,
    signal: Option<Signal>,
}

impl SecretSearch {
    /// The detector.
    pub(super) fn new(scene: &Scene) -> SecretSearch {
        let words = scene.secret_words.iter().cloned().chain(WORDS.map(str::to_owned)).collect();
        SecretSearch { words, baseline: Baseline::before(scene.since), usual: BTreeSet::new(), searches: Memory::of(10_000) }
    }

    /// Words of this search that name secrets.
    fn hits(&self, query: &str) -> BTreeSet<String> {
        let query = query.to_lowercase();
        let parts: Vec<&str> = query.split(|c: char| !c.is_alphanumeric()).filter(|p| !p.is_empty()).collect();
        let spaced = format!(" {} ", parts.join(" "));
        let hit = |w: &&String| spaced.split(&format!(" {w}")).skip(1).any(|rest| ends(w, rest));
        self.words.iter().filter(hit).cloned().collect()
    }
}

impl Detector for SecretSearch {
    fn about(&self) -> &'static About {
        &ABOUT
    }

    fn see(&mut self, event: &Event, _out: &mut Seen) {
        if event.source != LogSource::UnifiedAudit || event.outcome == Outcome::Failure {
            return;
        }
        let Some(across) = across_mailboxes(&event.operation) else { return };
        let usual = self.baseline.holds(event);
        let actor = event.actor.as_deref().unwrap_or_default().to_lowercase();
        if across && usual && self.usual.len() < 10_000 {
            self.usual.insert(actor.clone());
        }
        let words = query(event).map(|q| self.hits(q)).unwrap_or_default();
        if words.is_empty() && (!across || self.usual.contains(&actor)) {
            return;
        }
        let day = event.time.map_or(0, |t| t.0.div_euclid(DAY));
        let search = self.searches.entry(&format!("{actor}\n{}\n{day}", event.session.as_deref().unwrap_or_default()));
        search.words.extend(words);
        let signal = search.signal.get_or_insert_with(|| ABOUT.of(event, String::new()));
        rest_on(signal, event);
        name(&mut signal.subjects, event.target.as_deref());
        if across {
            signal.title = "Mailboxes were searched by eDiscovery".to_owned();
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        for search in self.searches.end("searches", out).into_values() {
            let words: Vec<String> = search.words.into_iter().collect();
            let because = match words.is_empty() {
                true => "A search across mailboxes by an account that made none in the baseline.".to_owned(),
                false => format!("Searched for: {}.", words.join(", ")),
            };
            out.signals.extend(search.signal.map(|s| Signal { because, ..s }));
        }
    }
}

/// Whether a word ends where it was found: a long one may begin a compound, a middling one its plural, a short one stands alone.
fn ends(word: &str, rest: &str) -> bool {
    let more = rest.chars().take_while(|c| *c != ' ').count();
    match word.chars().count() {
        0..=4 => more == 0,
        5..=7 => more <= 2,
        _ => true,
    }
}

/// Whether the operation is a search, and whether it goes across mailboxes.
fn across_mailboxes(operation: &str) -> Option<bool> {
    match operation {
        "SearchQueryInitiatedExchange" | "SearchQueryInitiatedSharePoint" | "SearchQueryPerformed" => Some(false),
        "New-ComplianceSearch"
        | "Set-ComplianceSearch"
        | "Start-ComplianceSearch"
        | "New-ComplianceSearchAction"
        | "New-MailboxSearch"
        | "Search-Mailbox"
        | "SearchCreated"
        | "SearchUpdated"
        | "SearchStarted"
        | "SearchExported"
        | "SearchExportDownloaded"
        | "SearchPreviewed"
        | "SearchResultsPurged"
        | "ViewedSearchPreviewed"
        | "ViewedSearchExported" => Some(true),
        _ => None,
    }
}

/// What was searched for.
fn query(event: &Event) -> Option<&str> {
    ["QueryText", "Query", "ContentMatchQuery", "SearchQuery", "SearchQueryText", "Parameters"].iter().find_map(|n| told(event, n))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signals::identity::testing::{START, event, run, with};
    use aftermail_model::Timestamp;

    fn detector() -> SecretSearch {
        let secret_words = ["heslo".to_owned()].into();
        SecretSearch::new(&Scene { since: Some(Timestamp(START + 10 * DAY)), secret_words, ..Scene::default() })
    }

    fn search(day: i64, operation: &str, query: &str) -> Event {
        with(event(day * DAY, LogSource::UnifiedAudit, operation, "a@x.example"), "QueryText", query)
    }

    #[test]
    fn words_for_secrets_are_seen_once_a_day_in_any_of_the_case_s_languages() {
        let own = "SearchQueryInitiatedExchange";
        let out =
            run(detector(), vec![search(20, own, "VPN Passwords"), search(20, own, "heslo k bance"), search(21, own, "from:it token")]);
        assert_eq!(out.signals.len(), 2, "{:?}", out.signals);
        assert_eq!(out.signals[0].because, "Searched for: heslo, password, vpn.");
    }

    #[test]
    fn other_words_are_none() {
        for query in ["holiday plans", "secretary of state", "mfarm", ""] {
            assert!(run(detector(), vec![search(20, "SearchQueryInitiatedExchange", query)]).signals.is_empty(), "{query}");
        }
        assert!(run(detector(), vec![search(20, "MailItemsAccessed", "password")]).signals.is_empty());
    }

    #[test]
    fn discovery_by_someone_new_to_it_is_seen_and_that_of_those_who_always_do_it_is_not() {
        assert_eq!(run(detector(), vec![search(20, "SearchCreated", "budget")]).signals.len(), 1);
        assert!(run(detector(), vec![search(0, "SearchCreated", "case 1"), search(20, "SearchCreated", "case 2")]).signals.is_empty());
    }
}
