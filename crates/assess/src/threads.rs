//! Which messages are one thread.

use aftermail_model::Timestamp;
use std::collections::HashMap;

/// How far apart two messages of one subject and the same parties may be sent when no reference ties them, in seconds:
/// a reply, and a message that is none.
const REPLY_WINDOW: i64 = 30 * 86_400;
const WINDOW: i64 = 2 * 86_400;
/// Reply marks of subjects, in the languages of common mail programs.
const MARKS: &[&str] = &[
    "re", "aw", "antw", "antwort", "sv", "vs", "odp", "ynt", "rif", "r", "res", "resp", "回复", "回覆", "答复", "返信", "fwd", "fw", "wg",
    "tr", "rv", "enc", "i", "vl", "doorst", "转发", "轉寄", "転送",
];

/// What tells the thread of a message.
#[derive(Debug, Clone, Default)]
pub struct Envelope<'m> {
    /// Message-ID with its angle brackets.
    pub message_id: Option<&'m str>,
    /// In-Reply-To and References.
    pub references: &'m [String],
    /// Name of the conversation where the store or the header tells one: the first 22 bytes of the conversation index
    /// ([MS-OXOMSG] 2.2.1.3) in any spelling that is the same for all messages.
    pub conversation: Option<&'m str>,
    /// Decoded subject.
    pub subject: Option<&'m str>,
    /// Sender and recipients, as `Name <addr>` or `addr`; the sender first.
    pub parties: Vec<&'m str>,
    /// When it was sent.
    pub sent: Option<Timestamp>,
}

/// Groups messages into threads: by references (also over messages that are not there), by conversation index, and where
/// neither ties a message to another one, by subject, parties and time. Every message is in exactly one thread; a
/// thread is in time order, undated messages last; threads are in the order of their first message.
pub fn threads(messages: &[Envelope<'_>]) -> Vec<Vec<usize>> {
    let mut sets = Sets::new(messages.len());
    by_name(messages, &mut sets);
    by_subject(messages, &mut sets);
    let mut groups: HashMap<usize, Vec<usize>> = HashMap::new();
    for at in 0..messages.len() {
        groups.entry(sets.root(at)).or_default().push(at);
    }
    let mut threads: Vec<Vec<usize>> = groups.into_values().collect();
    for thread in &mut threads {
        thread.sort_by_key(|at| (messages[*at].sent.is_none(), messages[*at].sent, *at));
    }
    threads.sort_by_key(|thread| thread.iter().min().copied());
    threads
}

/// By Message-ID, references and conversation: names that several messages hold.
fn by_name(messages: &[Envelope<'_>], sets: &mut Sets) {
    let mut holders: HashMap<(bool, &str), usize> = HashMap::new();
    for (at, message) in messages.iter().enumerate() {
        let ids = message.references.iter().map(String::as_str).chain(message.message_id).filter(|id| id.len() > 2);
        let names = ids.map(|id| (false, id)).chain(message.conversation.filter(|c| !c.is_empty()).map(|c| (true, c)));
        for name in names {
            let holder = *holders.entry(name).or_insert(at);
            sets.join(holder, at);
        }
    }
}

/// By subject, for messages whose references are missing or lead nowhere.
fn by_subject(messages: &[Envelope<'_>], sets: &mut Sets) {
    let mut of_subject: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, message) in messages.iter().enumerate() {
        let (subject, _) = normalised(message.subject.unwrap_or_default());
        if !subject.is_empty() && message.sent.is_some() {
            of_subject.entry(subject).or_default().push(at);
        }
    }
    for mut same in of_subject.into_values() {
        same.sort_by_key(|at| (messages[*at].sent, *at));
        for pair in same.windows(2) {
            let (earlier, later) = (&messages[pair[0]], &messages[pair[1]]);
            if belong(earlier, later) {
                sets.join(pair[0], pair[1]);
            }
        }
    }
}

fn belong(earlier: &Envelope<'_>, later: &Envelope<'_>) -> bool {
    let (Some(a), Some(b)) = (earlier.sent, later.sent) else { return false };
    let (_, reply) = normalised(later.subject.unwrap_or_default());
    let window = if reply { REPLY_WINDOW } else { WINDOW };
    b.0.saturating_sub(a.0) <= window && share_parties(earlier, later)
}

/// Whether the sender of the later one took part in the earlier one, and another party did in both.
fn share_parties(earlier: &Envelope<'_>, later: &Envelope<'_>) -> bool {
    let before: Vec<String> = earlier.parties.iter().map(|p| address(p)).collect();
    let after: Vec<String> = later.parties.iter().map(|p| address(p)).collect();
    let Some(sender) = after.first() else { return false };
    before.contains(sender) && after[1..].iter().any(|p| p != sender && before.contains(p))
}

pub(crate) fn address(party: &str) -> String {
    let inner = party.rsplit_once('<').map_or(party, |(_, a)| a.trim_end_matches('>'));
    inner.trim().to_lowercase()
}

/// The subject in lower case without reply marks, counters and tags of lists, and whether it had a reply mark.
pub(crate) fn normalised(subject: &str) -> (String, bool) {
    let mut rest = subject.trim();
    let mut reply = false;
    loop {
        // "[list] Re: …", "Re[2]: …", "AW: …"
        let inner = rest.strip_prefix('[').and_then(|r| r.split_once(']')).map(|(_, r)| r.trim()).filter(|r| !r.is_empty());
        if let Some(inner) = inner {
            rest = inner;
            continue;
        }
        let Some((mark, tail)) = rest.split_once([':', '：']) else { break };
        let mark = mark.split('[').next().unwrap_or(mark).trim().to_lowercase();
        if !MARKS.contains(&mark.as_str()) {
            break;
        }
        reply = true;
        rest = tail.trim();
    }
    (rest.to_lowercase().split_whitespace().collect::<Vec<_>>().join(" "), reply)
}

/// Sets that grow together (union-find).
struct Sets(Vec<usize>);

impl Sets {
    fn new(n: usize) -> Sets {
        Sets((0..n).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DAY: i64 = 86_400;

    fn envelope<'m>(id: &'m str, references: &'m [String], subject: &'m str, parties: &[&'m str], day: i64) -> Envelope<'m> {
        Envelope {
            message_id: (!id.is_empty()).then_some(id),
            references,
            conversation: None,
            subject: Some(subject),
            parties: parties.to_vec(),
            sent: Some(Timestamp(day * DAY)),
        }
    }

    #[test]
    fn references_tie_also_over_messages_that_are_gone() {
        let gone = ["<gone@x>".to_owned()];
        let all = [
            envelope("<b@x>", &gone, "Plan", &["a@x", "b@x"], 2),
            envelope("<a@x>", &[], "Other", &["a@x", "c@x"], 1),
            envelope("<c@x>", &gone, "Re: Plan", &["b@x", "a@x"], 1),
        ];
        assert_eq!(threads(&all), [vec![2, 0], vec![1]]);
    }

    #[test]
    fn without_references_subject_parties_and_time_decide() {
        let two = ["Ada <ada@x.example>", "bo@x.example"];
        let back = ["BO@x.example", "ada@x.example"];
        let others = ["cy@x.example", "di@x.example"];
        let all = [
            envelope("", &[], "Access", &two, 0),
            envelope("", &[], "AW: [ext] Access", &back, 5),
            envelope("", &[], "Re: access", &others, 5),
            envelope("", &[], "Re: Access", &back, 90),
            envelope("", &[], "Weekly report", &two, 0),
            envelope("", &[], "Weekly report", &two, 7),
            envelope("", &[], "", &two, 0),
            envelope("", &[], "Re:", &back, 0),
        ];
        assert_eq!(threads(&all), [vec![0, 1], vec![2], vec![3], vec![4], vec![5], vec![6], vec![7]]);
    }

    #[test]
    fn a_conversation_index_ties_where_nothing_else_does() {
        let mut a = envelope("<a@x>", &[], "Access", &["a@x", "b@x"], 0);
        let mut b = envelope("<b@x>", &[], "Something else", &["c@x", "d@x"], 400);
        (a.conversation, b.conversation) = (Some("01da"), Some("01da"));
        assert_eq!(threads(&[a, b]), [vec![0, 1]]);
    }

    proptest! {
        #[test]
        fn every_message_is_in_one_thread(rows in prop::collection::vec((0..6u8, 0..6u8, 0..3u8, 0..3u8, prop::option::of(0..100i64)), 0..30)) {
            let ids: Vec<String> = rows.iter().map(|r| format!("<{}@x>", r.0)).collect();
            let references: Vec<Vec<String>> = rows.iter().map(|r| if r.1 < 4 { vec![format!("<{}@x>", r.1)] } else { vec![] }).collect();
            let all: Vec<Envelope<'_>> = rows.iter().enumerate().map(|(i, r)| Envelope {
                message_id: Some(&ids[i]),
                references: &references[i],
                conversation: None,
                subject: Some(["", "Re: a", "b"][usize::from(r.2)]),
                parties: vec![["a@x", "b@x", "c@x"][usize::from(r.3)], "b@x"],
                sent: r.4.map(|d| Timestamp(d * DAY)),
            }).collect();
            let mut seen: Vec<usize> = threads(&all).into_iter().flatten().collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..rows.len()).collect::<Vec<_>>());
        }
    }
}
