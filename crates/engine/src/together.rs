//! The second pass: which messages are read once more, together.
//!
//! The first pass looks at every message alone and leaves marks ([`Leads`]). Messages of one thread that can complete each
//! other become a unit of their own, and so does a message with something locked, beside others whose secrets may open it. What
//! comes back takes the place of what the first pass found.

use crate::units::{Extent, Piece, Unit};
use crate::{EvidenceFile, tables};
use aftermail_assess::{Envelope, threads};
use aftermail_model::{Gap, Leads, Locator, Message, Reason, Timestamp};
use std::collections::{HashMap, HashSet};
use tables::records::Flat;

/// Messages read together at most; a longer thread is cut.
const TOGETHER: usize = 200;
/// Messages whose secrets are tried on what is locked in a thread.
const SOURCES: usize = 40;
/// How far apart a lock and its key among the same correspondents may be sent, in seconds; and without any.
const CORRESPONDENCE: i64 = 30 * 86_400;
const SAME_DAY: i64 = 86_400;
/// Rank of a message that has nothing to do with a lock.
const ELSEWHERE: u8 = 4;

/// Hex digits of a conversation index that all messages of a conversation share ([MS-OXOMSG] 2.2.1.3).
const CONVERSATION: usize = 44;

/// What of a message matters for the second pass.
#[derive(Debug, Clone)]
pub(crate) struct Note {
    pub at: Locator,
    pub locked: bool,
    leads: Leads,
    key: String,
    /// Whether it is a file of its own rather than one of many in a store.
    whole: bool,
    message_id: Option<String>,
    references: Vec<String>,
    conversation: Option<String>,
    subject: Option<String>,
    parties: Vec<String>,
    sent: Option<Timestamp>,
}

/// A message that the first pass left no marks on: what ties it to a thread, which it may yet complete.
#[derive(Debug, Clone)]
pub(crate) struct Quiet {
    at: Locator,
    whole: bool,
    /// Its own name, and all that tie it to others, as numbers.
    own: Option<u64>,
    names: Vec<u64>,
    sent: Option<Timestamp>,
}

impl Quiet {
    pub(crate) fn of(message: &Message) -> Quiet {
        let own = message.message_id.as_deref().map(name);
        let names = own.into_iter().chain(message.references.iter().map(|id| name(id))).chain(conversation(message).map(|c| name(&c)));
        Quiet { at: message.at.clone(), whole: is_whole(message), own, names: names.collect(), sent: message.sent }
    }
}

/// What the first pass left of messages for the second one.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub told: Vec<Note>,
    pub quiet: Vec<Quiet>,
}

impl Notes {
    /// Takes in a batch of records.
    pub(crate) fn add(&mut self, flat: &Flat) -> Result<(), crate::EngineError> {
        let messages = tables::messages::from_batch(&flat.messages)?;
        let gaps = tables::gaps::from_batch(&flat.gaps.0)?;
        for ((message, range), _) in messages.iter().zip(&flat.gaps.1).zip(&flat.present).filter(|(_, present)| **present) {
            match Note::of(message, &gaps[range.clone()]) {
                Some(note) => self.told.push(note),
                None => self.quiet.push(Quiet::of(message)),
            }
        }
        Ok(())
    }
}

fn name(id: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(id.as_bytes())
}

fn conversation(message: &Message) -> Option<String> {
    message.conversation_index.as_deref().and_then(|index| index.get(..CONVERSATION)).map(str::to_owned)
}

/// Whether a message is a file of its own rather than one of many in a store.
fn is_whole(message: &Message) -> bool {
    message.at.offset == 0 && !matches!(message.format.as_str(), "mbox" | "pst" | "graph")
}

impl Note {
    /// None for a message that by itself has no business in the second pass.
    pub(crate) fn of(message: &Message, gaps: &[Gap]) -> Option<Note> {
        let locked = gaps.iter().any(|g| g.reason == Reason::Encrypted);
        if message.leads.is_empty() && !locked {
            return None;
        }
        Some(Note {
            at: message.at.clone(),
            locked,
            leads: message.leads.with(if locked { Leads::LOCKED } else { Leads::default() }),
            key: message.key.clone(),
            whole: is_whole(message),
            message_id: message.message_id.clone(),
            references: message.references.clone(),
            conversation: conversation(message),
            subject: message.subject.clone(),
            parties: message.from.iter().chain(&message.to).cloned().collect(),
            sent: message.sent,
        })
    }

    /// What ties it to others, as numbers.
    fn names(&self) -> impl Iterator<Item = u64> {
        let ids = self.message_id.iter().chain(&self.references).chain(&self.conversation);
        ids.map(|id| name(id))
    }

    fn envelope(&self) -> Envelope<'_> {
        Envelope {
            message_id: self.message_id.as_deref(),
            references: &self.references,
            conversation: self.conversation.as_deref(),
            subject: self.subject.as_deref(),
            parties: self.parties.iter().map(String::as_str).collect(),
            sent: self.sent,
        }
    }
}

/// The units of the second pass, in a fixed order. `given` says that a person gave passwords, so that every lock is tried.
pub(crate) fn plan(notes: &Notes, files: &[EvidenceFile], given: bool) -> Vec<Unit> {
    let files: HashMap<&str, usize> = files.iter().enumerate().map(|(i, f)| (f.id.as_str(), i)).collect();
    let piece = |at: &Locator, whole: bool| {
        let file = *files.get(at.evidence.as_str())?;
        let (Locator { offset, length, .. }, extent) = (at, if whole { Extent::Whole } else { Extent::Items });
        Some(Piece { file, offset: *offset, length: *length, extent, bytes: *length })
    };
    let told = &notes.told;
    let envelopes: Vec<Envelope<'_>> = told.iter().map(Note::envelope).collect();
    let threads: Vec<Vec<usize>> = threads(&envelopes).iter().flat_map(|thread| apart(thread, told)).collect();
    let mut units = Vec::new();
    for (thread, quiet) in threads.iter().zip(companions(&threads, notes)) {
        let leads = thread.iter().map(|at| told[*at].leads).chain(quiet.iter().map(|_| Leads::default()));
        let locked = thread.iter().any(|at| told[*at].locked);
        let sources = if locked { sources(thread, told) } else { Vec::new() };
        if !(Leads::worth_joining(&leads.collect::<Vec<_>>()) || locked && (given || !sources.is_empty())) {
            continue;
        }
        let of_thread = thread.iter().map(|at| (told[*at].sent, &told[*at].at, told[*at].whole));
        let mut messages: Vec<_> = of_thread.chain(quiet.into_iter().map(|q| (q.sent, &q.at, q.whole))).collect();
        messages.sort_by_key(|(sent, ..)| (sent.is_none(), *sent));
        let pieces: Vec<Piece> = messages.into_iter().filter_map(|(_, at, whole)| piece(at, whole)).collect();
        let together = Some(sources.into_iter().filter_map(|at| piece(&told[at].at, told[at].whole)).collect());
        units.push(Unit { pieces, together });
    }
    units
}

/// Messages without marks that belong to threads in which a secret, or a piece of one, was told.
fn companions<'n>(threads: &[Vec<usize>], notes: &'n Notes) -> Vec<Vec<&'n Quiet>> {
    let mut found: Vec<Vec<&Quiet>> = vec![Vec::new(); threads.len()];
    let mut names: HashMap<u64, usize> = HashMap::new();
    let tells = |thread: &[usize]| thread.iter().any(|at| notes.told[*at].leads.any(TELLING));
    for (nth, thread) in threads.iter().enumerate().filter(|(_, thread)| tells(thread)) {
        for name in thread.iter().flat_map(|at| notes.told[*at].names()) {
            names.entry(name).or_insert(nth);
        }
    }
    for quiet in &notes.quiet {
        let Some(nth) = quiet.names.iter().find_map(|name| names.get(name)) else { continue };
        // A copy of one that is there adds nothing.
        let own = |note: &usize| notes.told[*note].message_id.as_deref().map(name);
        let again =
            threads[*nth].iter().map(own).chain(found[*nth].iter().map(|q| q.own)).any(|known| known.is_some() && known == quiet.own);
        if !again && threads[*nth].len() + found[*nth].len() < TOGETHER {
            found[*nth].push(quiet);
        }
    }
    found
}

/// Marks of messages whose threads are worth reading as a whole.
const TELLING: Leads = Leads::SECRET.with(Leads::PIECE).with(Leads::BARE);

/// Copies of a message, as several stores hold them, go to threads of their own; and a long thread is cut.
fn apart(thread: &[usize], notes: &[Note]) -> Vec<Vec<usize>> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut copies: Vec<Vec<usize>> = Vec::new();
    for at in thread {
        let note = &notes[*at];
        let nth = seen.entry(note.message_id.as_deref().unwrap_or(&note.key)).or_default();
        if copies.len() <= *nth {
            copies.resize_with(*nth + 1, Vec::new);
        }
        copies[*nth].push(*at);
        *nth += 1;
    }
    copies.iter().flat_map(|copy| copy.chunks(TOGETHER)).map(<[usize]>::to_vec).collect()
}

/// Messages outside of the thread whose secrets may open its locks: first those among the same correspondents (of the same day before
/// others), then of the same day, then of the same store or folder; of these first what surely holds a secret, then the nearest in time.
fn sources(thread: &[usize], notes: &[Note]) -> Vec<usize> {
    let inside: HashSet<usize> = thread.iter().copied().collect();
    let locks: Vec<&Note> = thread.iter().map(|at| &notes[*at]).filter(|n| n.locked).collect();
    let rank = |note: &Note| {
        let each = locks.iter().map(|lock| {
            let apart = match (lock.sent, note.sent) {
                (Some(a), Some(b)) => a.0.abs_diff(b.0).try_into().unwrap_or(i64::MAX),
                _ => i64::MAX,
            };
            let among_the_same = apart <= CORRESPONDENCE && share_two(lock, note);
            let tie = match apart <= SAME_DAY {
                true if among_the_same => 0,
                false if among_the_same => 1,
                true => 2,
                false if lock.at.evidence == note.at.evidence || lock.whole && note.whole => 3,
                false => ELSEWHERE,
            };
            (tie, u8::from(!note.leads.any(Leads::SECRET)), apart)
        });
        each.min().unwrap_or((ELSEWHERE, 1, i64::MAX))
    };
    let outside = (0..notes.len()).filter(|at| !inside.contains(at) && notes[*at].leads.any(KEYS));
    let mut ranked: Vec<_> = outside.map(|at| (rank(&notes[at]), at)).filter(|((tie, _, _), _)| *tie < ELSEWHERE).collect();
    ranked.sort_unstable();
    ranked.truncate(SOURCES);
    ranked.into_iter().map(|(_, at)| at).collect()
}

/// Whether two of the parties of one message are parties of the other too.
fn share_two(a: &Note, b: &Note) -> bool {
    let of_a: HashSet<String> = a.parties.iter().map(|p| address(p)).collect();
    let shared: HashSet<String> = b.parties.iter().map(|p| address(p)).filter(|p| of_a.contains(p)).collect();
    shared.len() >= 2
}

fn address(party: &str) -> String {
    party.rsplit_once('<').map_or(party, |(_, a)| a.trim_end_matches('>')).trim().to_lowercase()
}

/// Marks of messages that may hold the key to a lock, surely or not.
const KEYS: Leads = Leads::SECRET.with(Leads::PIECE).with(Leads::BARE).with(Leads::TELLS);

#[cfg(test)]
mod tests {
    use super::*;

    fn note(n: u64, leads: Leads, locked: bool, parties: &[&str], day: i64) -> Note {
        let message = Message {
            at: Locator { evidence: format!("{n}.eml"), offset: 0, length: 10 },
            key: n.to_string(),
            format: "eml".into(),
            message_id: Some(format!("<{n}@x.example>")),
            subject: Some(format!("subject {n}")),
            from: parties.first().map(|p| (*p).to_owned()),
            to: parties[1..].iter().map(|p| (*p).to_owned()).collect(),
            sent: Some(Timestamp(day * 86_400)),
            leads,
            ..Message::default()
        };
        let gap = Gap {
            at: message.at.clone(),
            part: None,
            place: "a.zip".into(),
            media: String::new(),
            stage: aftermail_model::Stage::Decode,
            reason: Reason::Encrypted,
            detail: String::new(),
            bytes: 1,
        };
        Note::of(&message, if locked { std::slice::from_ref(&gap) } else { &[] }).expect("a note")
    }

    fn files(n: usize) -> Vec<EvidenceFile> {
        (0..n)
            .map(|i| EvidenceFile { id: format!("{i}.eml"), path: format!("{i}.eml").into(), size: 10, folder: None, custodian: None })
            .collect()
    }

    fn told(told: Vec<Note>) -> Notes {
        Notes { told, quiet: Vec::new() }
    }

    #[test]
    fn messages_without_marks_are_read_with_the_thread_that_they_belong_to() {
        let message = |n: u64, answers: &str, day: i64| Message {
            at: Locator { evidence: format!("{n}.eml"), offset: 0, length: 10 },
            format: "eml".into(),
            message_id: Some(format!("<{n}@x.example>")),
            references: vec![answers.to_owned()],
            sent: Some(Timestamp(day * 86_400)),
            ..Message::default()
        };
        let quiet = [message(1, "<0@x.example>", 5), message(2, "<9@x.example>", 1), message(3, "<0@x.example>", 2)];
        let mut notes = told(vec![note(0, Leads::PIECE, false, &["a@x.example"], 3)]);
        notes.quiet = quiet.iter().map(Quiet::of).collect();
        let of = |unit: &Unit| unit.pieces.iter().map(|p| p.file).collect::<Vec<_>>();
        // In the order of time; the second one answers something else.
        assert_eq!(plan(&notes, &files(4), false).iter().map(of).collect::<Vec<_>>(), [[3, 0, 1]]);
        notes.told[0].leads = Leads::CHANGED;
        assert!(plan(&notes, &files(4), false).is_empty());
    }

    #[test]
    fn a_lock_is_tried_with_secrets_of_the_same_correspondents_first() {
        let ours = ["a@x.example", "b@y.example"];
        let notes = [
            note(0, Leads::default(), true, &ours, 10),
            note(1, Leads::SECRET, false, &["c@x.example", "d@x.example"], 10),
            note(2, Leads::SECRET, false, &["b@y.example", "A <A@x.example>"], 20),
            note(3, Leads::SECRET, false, &ours, 400),
        ];
        let units = plan(&told(notes.to_vec()), &files(4), false);
        assert_eq!(units.len(), 1);
        let of = |pieces: &[Piece]| pieces.iter().map(|p| p.file).collect::<Vec<_>>();
        assert_eq!(of(&units[0].pieces), [0]);
        assert_eq!(of(units[0].together.as_deref().unwrap_or_default()), [2, 1, 3]);
    }

    #[test]
    fn a_secret_alone_and_a_lock_without_keys_are_not_read_again() {
        assert!(plan(&told(vec![note(0, Leads::SECRET, false, &["a@x.example"], 1)]), &files(1), false).is_empty());
        let lock = told(vec![note(0, Leads::default(), true, &["a@x.example"], 1)]);
        assert!(plan(&lock, &files(1), false).is_empty());
        assert_eq!(plan(&lock, &files(1), true).len(), 1);
    }

    #[test]
    fn copies_of_a_message_are_joined_apart() {
        let mut notes: Vec<Note> = (0..4).map(|n| note(n, Leads::SECRET, false, &["a@x.example", "b@x.example"], 1)).collect();
        for (n, note) in notes.iter_mut().enumerate() {
            note.message_id = Some(format!("<{}@x.example>", n % 2));
            note.references = vec!["<0@x.example>".into()];
        }
        let units = plan(&told(notes), &files(4), false);
        let of = |unit: &Unit| unit.pieces.iter().map(|p| p.file).collect::<Vec<_>>();
        assert_eq!(units.iter().map(of).collect::<Vec<_>>(), [[0, 1], [2, 3]]);
    }
}
