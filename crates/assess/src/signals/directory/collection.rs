//! Mail collected by an application that was never seen at that mailbox: through EWS, and through Graph.

use super::super::about::{name, rest_on};
use super::super::baseline::{Baseline, operation};
use super::super::memory::Memory;
use super::{About, Detector, Event, Scene, Seen, concerns, read};
use aftermail_model::{LogSource, Signal};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

const EWS: About = About {
    id: "ews_collection",
    title: "An application that was never seen there reads mailboxes through EWS",
    techniques: &["T1114.002"],
    sources: &[LogSource::UnifiedAudit],
    logic: "MailItemsAccessed by Exchange Web Services, where this application was not seen at this mailbox before the theft; \
            mailboxes within ten minutes are counted.",
    mistaken_for: "A new product for backup, archiving or meeting rooms. Before 2024 the records exist with E5 licences only.",
};

const GRAPH: About = About {
    id: "graph_collection",
    title: "An application that was never seen there reads mailboxes through Microsoft Graph",
    techniques: &["T1114.002"],
    sources: &[LogSource::UnifiedAudit, LogSource::GraphActivity],
    logic: "MailItemsAccessed through Graph or its older REST face, or a request of Graph for messages, where this application was \
            not seen at this mailbox before the theft; mailboxes within ten minutes are counted.",
    mistaken_for: "A new mail client or assistant of the person itself; a new product for the whole tenant.",
};

/// Graph as an API in the Unified Audit Log.
const GRAPH_API: &str = "00000003-0000-0000-c000-000000000000";
const MINUTES: i64 = 600;
/// Applications that are told apart, and mailboxes of each that are counted.
const MOST: usize = 10_000;

/// Which application reads which mailbox, where an event tells of it.
type Reads = fn(&Event) -> Option<(String, String)>;

pub(super) struct Collection {
    about: &'static About,
    reads: Reads,
    baseline: Baseline,
    /// Pairs of application and mailbox.
    usual: Memory<()>,
    hauls: BTreeMap<String, Haul>,
    dropped: u64,
}

/// What one application collects.
struct Haul {
    signal: Signal,
    mailboxes: BTreeSet<String>,
    recent: VecDeque<(i64, String)>,
    most: usize,
}

pub(super) fn ews(scene: &Scene) -> Collection {
    Collection::new(&EWS, by_ews, scene)
}

pub(super) fn graph(scene: &Scene) -> Collection {
    Collection::new(&GRAPH, by_graph, scene)
}

impl Collection {
    fn new(about: &'static About, reads: Reads, scene: &Scene) -> Collection {
        let baseline = Baseline::before(scene.since);
        Collection { about, reads, baseline, usual: Memory::of(500_000), hauls: BTreeMap::new(), dropped: 0 }
    }
}

impl Detector for Collection {
    fn about(&self) -> &'static About {
        self.about
    }

    fn see(&mut self, event: &Event, _out: &mut Seen) {
        let usual = self.baseline.holds(event);
        if !concerns(self.about, event) {
            return;
        }
        let Some((app, mailbox)) = (self.reads)(event) else { return };
        let mailbox = mailbox.to_lowercase();
        let pair = format!("{app} {mailbox}");
        if usual {
            self.usual.entry(&pair);
        } else if self.usual.get(&pair).is_none() {
            if self.hauls.len() >= MOST && !self.hauls.contains_key(&app) {
                self.dropped += 1;
                return;
            }
            self.hauls.entry(app).or_insert_with(|| Haul::of(self.about)).add(event, mailbox);
        }
    }

    fn finish(&mut self, out: &mut Seen) {
        for (app, Haul { mut signal, mailboxes, most, .. }) in std::mem::take(&mut self.hauls) {
            let fast = if most > 1 { format!(", up to {most} within ten minutes") } else { String::new() };
            signal.because = format!("{app} read {} in which it was not seen before{fast}", mailboxes_of(mailboxes.len()));
            out.signals.push(signal);
        }
        self.usual.end("applications at mailboxes before the theft", out);
        if self.dropped > 0 {
            out.cannot_say.push(format!("{}: {} records of more than {MOST} applications are not told", self.about.id, self.dropped));
        }
    }
}

impl Haul {
    fn of(about: &About) -> Haul {
        Haul { signal: about.signal(), mailboxes: BTreeSet::new(), recent: VecDeque::new(), most: 0 }
    }

    fn add(&mut self, event: &Event, mailbox: String) {
        rest_on(&mut self.signal, event);
        name(&mut self.signal.subjects, Some(&mailbox));
        if self.mailboxes.len() < MOST {
            self.mailboxes.insert(mailbox.clone());
        }
        let Some(time) = event.time else { return };
        while self.recent.front().is_some_and(|(first, _)| time.0 - first > MINUTES) {
            self.recent.pop_front();
        }
        if !self.recent.iter().any(|(_, m)| *m == mailbox) {
            self.recent.push_back((time.0, mailbox));
        }
        self.most = self.most.max(self.recent.len());
    }
}

fn mailboxes_of(count: usize) -> String {
    if count == 1 { "one mailbox".to_owned() } else { format!("{count} mailboxes") }
}

fn by_ews(event: &Event) -> Option<(String, String)> {
    let program = event.agent.as_deref()?;
    let ews = program.starts_with("Client=WebServices")
        || program.contains("ExchangeWebServices")
        || program.starts_with("ExchangeServicesClient");
    if !ews || operation(event) != "mailitemsaccessed" {
        return None;
    }
    let app = event.app.clone().unwrap_or_else(|| "an application without an id".to_owned());
    Some((app, event.target.clone().or_else(|| event.actor.clone())?))
}

fn by_graph(event: &Event) -> Option<(String, String)> {
    if event.source == LogSource::GraphActivity {
        return by_request(event);
    }
    if operation(event) != "mailitemsaccessed" {
        return None;
    }
    let program = event.agent.as_deref().unwrap_or_default();
    // `RESTSystem` is Exchange itself: indexing, notifications, features of its own clients.
    let rest = program.starts_with("Client=REST") && !program.contains("RESTSystem") || program.starts_with("Client=Graph");
    if !rest && read::new(event, &["AppId"]) != Some(GRAPH_API) {
        return None;
    }
    let app = event.app.clone().unwrap_or_else(|| "an application without an id".to_owned());
    Some((app, event.target.clone().or_else(|| event.actor.clone())?))
}

/// A request for messages: of `/me`, or of `/users/NAME`.
fn by_request(event: &Event) -> Option<(String, String)> {
    let request = event.target.as_deref()?.to_lowercase();
    let path = request.split('?').next().unwrap_or_default();
    let mut steps = path.split('/').skip_while(|s| *s != "me" && *s != "users");
    let mailbox = match steps.next()? {
        "me" => event.actor.clone()?,
        _ => steps.next()?.to_owned(),
    };
    let mail = steps.any(|s| ["messages", "mailfolders"].iter().any(|m| s.starts_with(m)));
    mail.then_some((event.app.clone()?, mailbox))
}

#[cfg(test)]
mod tests {
    use super::super::made::{audit, of, signals};
    use super::*;
    use aftermail_model::Timestamp;

    fn read_by(program: &str, app: &str, mailbox: &str, day: i64, second: i64) -> Event {
        Event {
            agent: Some(program.into()),
            app: Some(app.into()),
            target: Some(mailbox.into()),
            time: Some(Timestamp(day * 86_400 + second)),
            ..audit("MailItemsAccessed", &[])
        }
    }

    #[test]
    fn an_application_never_seen_at_the_mailbox_is_one_signal_with_all_mailboxes() {
        let ews = "Client=WebServices;ExchangeWebServices/15.1;";
        let mut events = vec![read_by(ews, "old", "a@hill.example", 100, 0)];
        events.push(read_by(ews, "old", "A@hill.example", 120, 0));
        assert!(signals("ews_collection", &Scene::default(), &events).is_empty());
        events.extend((0..6).map(|n| read_by(ews, "new", &format!("{n}@hill.example"), 120, n * 60)));
        let seen = signals("ews_collection", &Scene::default(), &events);
        assert_eq!(seen.len(), 1);
        assert_eq!(seen[0].subjects.len(), 6);
        assert!(seen[0].because.contains("6 mailboxes") && seen[0].because.contains("up to 6 within"));
        assert!(signals("graph_collection", &Scene::default(), &events).is_empty(), "EWS is not Graph");
    }

    #[test]
    fn graph_is_seen_in_mailboxes_and_in_its_own_requests_and_exchange_itself_is_silent() {
        let usual = read_by("Client=OWA", "x", "a@hill.example", 100, 0);
        let one = |event: Event| signals("graph_collection", &Scene::default(), &[usual.clone(), event]).len();
        assert_eq!(one(read_by("Client=REST;;", "new", "a@hill.example", 120, 0)), 1);
        assert_eq!(one(read_by("Client=REST;Client=RESTSystem;;", "new", "a@hill.example", 120, 0)), 0);
        let request = |uri: &str| Event { target: Some(uri.into()), app: Some("new".into()), ..of(LogSource::GraphActivity, "GET", &[]) };
        let asked =
            |uri: &str| signals("graph_collection", &Scene { since: Some(Timestamp(0)), ..Scene::default() }, &[request(uri)]).len();
        assert_eq!(asked("https://graph.microsoft.com/v1.0/users/a@hill.example/messages?$top=999"), 1);
        assert_eq!(asked("https://graph.microsoft.com/v1.0/me/mailFolders/inbox/messages"), 1);
        assert_eq!(asked("https://graph.microsoft.com/v1.0/users/a@hill.example/calendar"), 0);
        assert_eq!(asked("https://graph.microsoft.com/v1.0/teams/1/channels/2/messages"), 0);
    }
}
