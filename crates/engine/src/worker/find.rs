//! One item read: what it holds, and what was found in it.

use super::Probe;
use super::keys::{self, Lent};
use super::record::{self, Found};
use super::seen::Seen;
use aftermail_decode::{Key, Limits, Memory, Sink, Tools};
use aftermail_detect::personal::{self, Personal};
use aftermail_detect::thread::{self, Told};
use aftermail_detect::{Hit, Packs};
use aftermail_eyes::Eyes;
use aftermail_model::{CaseKey, Gap, Locator, Message, Part, Reason, Sensitive, Stage, Text};
use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;

/// Texts of one message that wait for its header to be known. What goes beyond is searched at once and without that
/// context, so that a huge attachment is never held in memory next to others.
const WAITING_BYTES: usize = 8 << 20;
/// Texts of one message that are kept to be read together with its thread, and for what may open its locks.
const KEPT_BYTES: usize = 2 << 20;

/// Decodes and searches items.
pub(crate) struct Finder {
    pub(super) packs: Packs,
    eyes: Rc<Eyes>,
    memory: Rc<Memory>,
    key: CaseKey,
    reveal: bool,
    probe: Probe,
    /// Whether personal data are looked for.
    pub(super) personal: bool,
    /// What other messages lend to open what is locked.
    pub(super) lent: Lent,
    /// Whether every text is searched, also one that was seen before, for what several items say together.
    pub(super) together: bool,
    seen: Seen,
    /// Texts that were not searched again.
    pub(crate) repeated: u64,
}

/// Where an item comes from, as far as the place of its bytes tells.
#[derive(Debug, Clone, Default)]
pub(crate) struct Origin {
    pub folder: Option<String>,
    pub reached: Option<String>,
    pub store: Option<String>,
    pub custodian: Option<String>,
    pub flags: Vec<String>,
}

impl Origin {
    /// What an item says of itself goes first.
    fn tell(&self, message: &mut Message) {
        let flags = self.flags.iter().filter(|flag| !message.flags.contains(flag)).cloned().collect::<Vec<_>>();
        message.flags.extend(flags);
        for (own, told) in [
            (&mut message.folder, &self.folder),
            (&mut message.reached, &self.reached),
            (&mut message.store, &self.store),
            (&mut message.custodian, &self.custodian),
        ] {
            if own.is_none() {
                own.clone_from(told);
            }
        }
    }
}

/// An item as it was read, before it becomes a record.
pub(crate) struct Read {
    pub told: Told,
    pub parts: Vec<Part>,
    pub gaps: Vec<Gap>,
    /// Personal data, each with the index of its text.
    pub personal: Vec<(usize, Personal)>,
    /// What this item proves of others, by their places: values there that opened its locks.
    pub strays: Vec<(Locator, Text, Hit)>,
    /// What opened its locks, each with the place of what was locked.
    pub keys: Vec<(String, Sensitive<String>)>,
}

impl Read {
    /// Whether something in it needs a password that was not found.
    pub(super) fn is_locked(&self) -> bool {
        self.gaps.iter().any(|g| g.reason == Reason::Encrypted)
    }

    /// The values found in it.
    pub(super) fn values(&self) -> impl Iterator<Item = &Sensitive<String>> {
        self.told.hits.iter().map(|(_, hit)| &hit.value)
    }
}

/// What the decoder pushed, and what was found in it.
struct Collected<'a> {
    finder: &'a mut Finder,
    waiting: Vec<Text>,
    waiting_bytes: usize,
    kept_bytes: usize,
    read: Read,
    opened: Vec<(u32, String, Key)>,
}

impl Finder {
    pub(crate) fn new(packs: Packs, eyes: Eyes, key: CaseKey, reveal: bool, probe: Probe) -> Finder {
        let (eyes, memory, lent, seen) = (Rc::new(eyes), Rc::default(), Lent::default(), Seen::default());
        Finder { packs, eyes, memory, key, reveal, probe, personal: false, lent, together: false, seen, repeated: 0 }
    }

    /// One message as it stands in the evidence. Never panics: a panic on the way becomes a gap, and what was read before it
    /// stays.
    pub(crate) fn message(&mut self, raw: &[u8], at: Locator, format: &str, origin: &Origin) -> Read {
        let probe = self.probe;
        let mut read = self.collect(at.clone(), format, raw.len() as u64, |tools, sink| {
            probe(raw);
            aftermail_decode::message(raw, at.clone(), format, tools, sink)
        });
        origin.tell(&mut read.told.message);
        read
    }

    /// One item of an Outlook store, or of what speaks of mail in the same terms.
    pub(crate) fn outlook(&mut self, item: &aftermail_mapi::Item, at: Locator, format: &str, origin: &Origin) -> Read {
        let probe = self.probe;
        let mut read = self.collect(at.clone(), format, 0, |tools, sink| {
            probe(item.text().unwrap_or_default().as_bytes());
            aftermail_decode::outlook(item, at.clone(), format, tools, sink)
        });
        origin.tell(&mut read.told.message);
        read
    }

    /// A file that is no message: a document, an archive, a text. Its place is its name.
    pub(crate) fn lone_file(&mut self, raw: &[u8], at: Locator, format: &str, path: &Path, origin: &Origin) -> Read {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut read = self.collect(at.clone(), format, raw.len() as u64, |tools, sink| {
            aftermail_decode::file(raw, &name, at.clone(), format, tools, sink)
        });
        origin.tell(&mut read.told.message);
        read
    }

    /// The id of the finding that a value makes.
    pub(super) fn names(&self, value: &Sensitive<String>) -> String {
        value.fingerprint(&self.key).as_str().to_owned()
    }

    /// The record of an item, see [`record::finish`].
    pub(crate) fn finish(&self, read: Read, others: &[String]) -> Found {
        record::finish(read, others, &self.key, self.reveal)
    }

    /// Reads the item; and again with what may open it, where it holds something locked. What a lock hid may hold the key to another.
    fn collect(&mut self, at: Locator, format: &str, bytes: u64, read: impl Fn(&Tools<'_>, &mut dyn Sink) -> Message) -> Read {
        let mut limits = Limits::default();
        let mut found = self.round(&at, format, bytes, (&[], limits), &read);
        let mut tried = HashSet::new();
        for _ in 0..keys::ROUNDS {
            if !found.is_locked() {
                break;
            }
            let untried = self.untried(&found, &mut tried);
            if untried.is_empty() {
                break;
            }
            let passwords: Vec<_> = found.keys.iter().map(|(_, key)| key.clone()).chain(untried).collect();
            drop(found);
            found = self.round(&at, format, bytes, (&passwords, limits), &read);
            // Each round has fewer to try, and all of them together end well before the limit of an item.
            limits.lock_millis /= 2;
        }
        found
    }

    fn round(
        &mut self,
        at: &Locator,
        format: &str,
        bytes: u64,
        (passwords, limits): (&[Sensitive<String>], Limits),
        read: &impl Fn(&Tools<'_>, &mut dyn Sink) -> Message,
    ) -> Read {
        let eyes = Rc::clone(&self.eyes);
        let memory = Rc::clone(&self.memory);
        let tools = Tools { limits, passwords, eyes: Some(&eyes), memory: Some(&memory) };
        let unknown =
            Message { at: at.clone(), format: format.to_owned(), expected_bytes: bytes, unread_bytes: bytes, ..Message::default() };
        let told = Told { message: unknown, texts: Vec::new(), hits: Vec::new(), locked: Vec::new() };
        let mut collected = Collected {
            finder: self,
            waiting: Vec::new(),
            waiting_bytes: 0,
            kept_bytes: 0,
            read: Read { told, parts: Vec::new(), gaps: Vec::new(), strays: Vec::new(), keys: Vec::new(), personal: Vec::new() },
            opened: Vec::new(),
        };
        let decoded = catch_unwind(AssertUnwindSafe(|| read(&tools, &mut collected)));
        match decoded {
            Ok(message) => collected.read.told.message = message,
            Err(_) => collected.read.gaps.push(crashed(at, "", Stage::Decode, at.length)),
        }
        for text in std::mem::take(&mut collected.waiting) {
            collected.search(text);
        }
        let Collected { mut read, opened, .. } = collected;
        read.told.locked = read.gaps.iter().filter(|g| g.reason == Reason::Encrypted).map(|g| g.place.clone()).collect();
        for (part, place, key) in opened {
            self.note_key(&mut read, part, &place, key, passwords);
        }
        read
    }
}

impl Collected<'_> {
    fn search(&mut self, text: Text) {
        let message = &self.read.told.message;
        let name = Seen::name(&text, message.subject.as_deref()).filter(|_| !self.finder.together);
        if name.is_some_and(|n| self.finder.seen.contains(n)) {
            self.finder.repeated += 1;
            return;
        }
        let packs = &self.finder.packs;
        let locked = self.opened.iter().any(|(_, place, key)| matches!(key, Key::Given(_)) && keys::was_hidden(&text.place, place));
        let found = catch_unwind(AssertUnwindSafe(|| {
            let find = if locked { aftermail_detect::detect_in_locked } else { aftermail_detect::detect };
            let hits = find(&text, message, packs);
            let leads = thread::leads(&text, &hits, packs);
            let people = if self.finder.personal { personal::personal(&text, message, packs) } else { Vec::new() };
            (hits, leads, people)
        }));
        let Ok((hits, leads, people)) = found else {
            let at = message.at.clone();
            self.read.gaps.push(Gap { part: Some(text.part), ..crashed(&at, &text.place, Stage::Detect, text.body.len() as u64) });
            return;
        };
        let told = &mut self.read.told;
        told.message.leads = told.message.leads.with(leads);
        if hits.is_empty() && leads.is_empty() && people.is_empty() {
            name.into_iter().for_each(|n| self.finder.seen.insert(n));
        }
        let keep = self.kept_bytes + text.body.len() <= KEPT_BYTES;
        if keep || !hits.is_empty() || !people.is_empty() {
            self.kept_bytes += text.body.len();
            self.read.personal.extend(people.into_iter().map(|element| (told.texts.len(), element)));
            told.hits.extend(hits.into_iter().map(|hit| (told.texts.len(), hit)));
            // What is too large to be kept is not looked at again: its name and layer are what its hits need.
            told.texts.push(if keep { text } else { Text { body: String::new(), ..text } });
        }
    }
}

impl Sink for Collected<'_> {
    fn text(&mut self, text: Text) {
        if self.waiting_bytes + text.body.len() > WAITING_BYTES {
            self.search(text);
        } else {
            self.waiting_bytes += text.body.len();
            self.waiting.push(text);
        }
    }

    fn part(&mut self, part: Part) {
        self.read.parts.push(part);
    }

    fn gap(&mut self, gap: Gap) {
        self.read.gaps.push(gap);
    }

    fn opened(&mut self, part: u32, place: &str, key: Key) {
        self.opened.push((part, place.to_owned(), key));
    }
}

pub(super) fn crashed(at: &Locator, place: &str, stage: Stage, bytes: u64) -> Gap {
    let what = if stage == Stage::Decode { "decoding it" } else { "searching its text" };
    Gap {
        at: at.clone(),
        part: None,
        place: place.to_owned(),
        media: String::new(),
        stage,
        reason: Reason::Crashed,
        detail: format!("A fault of aftermail while {what}; please report it."),
        bytes,
    }
}
