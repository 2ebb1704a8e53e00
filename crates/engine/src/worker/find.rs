//! One message in; its record out, with every string redacted.

use super::Probe;
use super::seen::Seen;
use crate::tables::records::Record;
use aftermail_decode::{Key, Sink, Tools};
use aftermail_detect::{Hit, Packs};
use aftermail_eyes::Eyes;
use aftermail_model::{CaseKey, Gap, Locator, Message, Occurrence, Part, Reason, Redactor, RevealPermit, Sensitive, Stage, Text};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::rc::Rc;

/// Texts of one message that wait for its header to be known. What goes beyond is searched at once and without that
/// context, so that a huge attachment is never held in memory next to others.
const WAITING_BYTES: usize = 8 << 20;

/// Decodes and searches messages.
pub(crate) struct Finder {
    packs: Packs,
    eyes: Rc<Eyes>,
    key: CaseKey,
    reveal: bool,
    probe: Probe,
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

/// A record and the values of its occurrences, in their order; empty unless asked for.
pub(crate) struct Found {
    pub record: Record,
    pub values: Vec<String>,
}

/// A record that was not redacted yet.
struct Raw {
    record: Record,
    found: Vec<(Occurrence, Sensitive<String>)>,
}

/// What the decoder pushed, and what was found in it.
struct Collected<'a> {
    finder: &'a mut Finder,
    at: Locator,
    waiting: Vec<Text>,
    waiting_bytes: usize,
    parts: Vec<Part>,
    gaps: Vec<Gap>,
    found: Vec<(Occurrence, Sensitive<String>)>,
    opened: Vec<(String, Key)>,
}

impl Finder {
    pub(crate) fn new(packs: Packs, eyes: Eyes, key: CaseKey, reveal: bool, probe: Probe) -> Finder {
        Finder { packs, eyes: Rc::new(eyes), key, reveal, probe, seen: Seen::default(), repeated: 0 }
    }

    /// One message as it stands in the evidence.
    pub(crate) fn message(&mut self, raw: &[u8], at: Locator, format: &str, origin: &Origin) -> Found {
        let record = self.decode(raw, at, format, origin);
        self.finish(record)
    }

    /// One item of an Outlook store, or of what speaks of mail in the same terms.
    pub(crate) fn outlook(&mut self, item: &aftermail_mapi::Item, at: Locator, format: &str, origin: &Origin) -> Found {
        let probe = self.probe;
        let mut record = self.collect(at.clone(), format, 0, |tools, sink| {
            probe(item.text().unwrap_or_default().as_bytes());
            aftermail_decode::outlook(item, at.clone(), format, tools, sink)
        });
        record.record.message.iter_mut().for_each(|message| origin.tell(message));
        self.finish(record)
    }

    /// Never panics: a panic on the way becomes a gap, and what was read before it stays.
    fn decode(&mut self, raw: &[u8], at: Locator, format: &str, origin: &Origin) -> Raw {
        let probe = self.probe;
        let mut record = self.collect(at.clone(), format, raw.len() as u64, |tools, sink| {
            probe(raw);
            aftermail_decode::message(raw, at.clone(), format, tools, sink)
        });
        record.record.message.iter_mut().for_each(|message| origin.tell(message));
        record
    }

    /// Reads the item; and once more with the passwords found in it, where it holds something locked.
    fn collect(&mut self, at: Locator, format: &str, bytes: u64, read: impl Fn(&Tools<'_>, &mut dyn Sink) -> Message) -> Raw {
        let first = self.round(&at, format, bytes, &[], &read);
        let locked = first.record.gaps.iter().any(|g| g.reason == Reason::Encrypted);
        if !locked || first.found.is_empty() {
            return first;
        }
        let passwords: Vec<Sensitive<String>> = first.found.iter().map(|(_, value)| value.clone()).collect();
        self.round(&at, format, bytes, &passwords, &read)
    }

    fn round(
        &mut self,
        at: &Locator,
        format: &str,
        bytes: u64,
        passwords: &[Sensitive<String>],
        read: &impl Fn(&Tools<'_>, &mut dyn Sink) -> Message,
    ) -> Raw {
        let eyes = self.eyes.clone();
        let tools = Tools { passwords, eyes: Some(&eyes), ..Tools::default() };
        let mut collected = Collected {
            finder: self,
            at: at.clone(),
            waiting: Vec::new(),
            waiting_bytes: 0,
            parts: Vec::new(),
            gaps: Vec::new(),
            found: Vec::new(),
            opened: Vec::new(),
        };
        let decoded = catch_unwind(AssertUnwindSafe(|| read(&tools, &mut collected)));
        let message = decoded.unwrap_or_else(|_| {
            collected.gaps.push(crashed(at, "", Stage::Decode, at.length));
            Message { at: at.clone(), format: format.to_owned(), expected_bytes: bytes, unread_bytes: bytes, ..Message::default() }
        });
        for text in std::mem::take(&mut collected.waiting) {
            collected.search(&text, &message);
        }
        let Collected { parts, gaps, mut found, opened, .. } = collected;
        for (place, key) in opened {
            let Key::Given(index) = key else { continue };
            let key = passwords[index].fingerprint(&self.key);
            for (occurrence, _) in found.iter_mut().filter(|(o, _)| o.finding == key) {
                occurrence.system = Some(place.clone());
                occurrence.because.push(format!("it opened {place}"));
            }
        }
        Raw { record: Record { message: Some(message), parts, occurrences: Vec::new(), gaps }, found }
    }

    /// A file that is no message: a document, an archive, a text. Its place is its name.
    pub(crate) fn lone_file(&mut self, raw: &[u8], at: Locator, format: &str, path: &Path, origin: &Origin) -> Found {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut record = self.collect(at.clone(), format, raw.len() as u64, |tools, sink| {
            aftermail_decode::file(raw, &name, at.clone(), format, tools, sink)
        });
        if let Some(message) = &mut record.record.message {
            origin.tell(message);
        }
        self.finish(record)
    }

    fn finish(&self, Raw { mut record, found }: Raw) -> Found {
        let permit = RevealPermit::recorded();
        let values: Vec<String> = found.iter().map(|(_, value)| value.reveal(&permit).clone()).collect();
        let (occurrences, kept) = one_per_place(found);
        record.occurrences = occurrences;
        if !values.is_empty() {
            redact(&mut record, values);
        }
        let values = if self.reveal { kept.iter().map(|v| v.reveal(&permit).clone()).collect() } else { Vec::new() };
        Found { record, values }
    }
}

impl Collected<'_> {
    fn search(&mut self, text: &Text, message: &Message) {
        let name = Seen::name(text, message.subject.as_deref());
        if name.is_some_and(|n| self.finder.seen.contains(n)) {
            self.finder.repeated += 1;
            return;
        }
        let packs = &self.finder.packs;
        match catch_unwind(AssertUnwindSafe(|| aftermail_detect::detect(text, message, packs))) {
            Ok(hits) if hits.is_empty() => name.into_iter().for_each(|n| self.finder.seen.insert(n)),
            Ok(hits) => {
                let key = &self.finder.key;
                self.found.extend(hits.into_iter().map(|hit| occurrence(hit, text, &self.at, key)));
            }
            Err(_) => {
                self.gaps.push(Gap { part: Some(text.part), ..crashed(&self.at, &text.place, Stage::Detect, text.body.len() as u64) })
            }
        }
    }
}

impl Sink for Collected<'_> {
    fn text(&mut self, text: Text) {
        if self.waiting_bytes + text.body.len() > WAITING_BYTES {
            let unknown = Message { at: self.at.clone(), ..Message::default() };
            self.search(&text, &unknown);
        } else {
            self.waiting_bytes += text.body.len();
            self.waiting.push(text);
        }
    }

    fn part(&mut self, part: Part) {
        self.parts.push(part);
    }

    fn gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }

    fn opened(&mut self, _: u32, place: &str, key: Key) {
        self.opened.push((place.to_owned(), key));
    }
}

fn crashed(at: &Locator, place: &str, stage: Stage, bytes: u64) -> Gap {
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

fn occurrence(hit: Hit, text: &Text, at: &Locator, key: &CaseKey) -> (Occurrence, Sensitive<String>) {
    let occurrence = Occurrence {
        at: at.clone(),
        part: text.part,
        place: text.place.clone(),
        layer: text.layer,
        start: hit.start as u64,
        end: hit.end as u64,
        rule: hit.rule,
        kind: hit.kind,
        shape: hit.value.shape(),
        finding: hit.value.fingerprint(key),
        system: hit.system,
        account: hit.account,
        expires: hit.expires,
        status: hit.status,
        confidence: hit.confidence,
        because: hit.because,
        language: hit.language,
    };
    (occurrence, hit.value)
}

/// The text and HTML faces of one body, a link's text and its address, say the same thing: one occurrence, the more
/// confident, with what only the other one knew.
fn one_per_place(found: Vec<(Occurrence, Sensitive<String>)>) -> (Vec<Occurrence>, Vec<Sensitive<String>>) {
    let mut places = HashMap::new();
    let (mut occurrences, mut values): (Vec<Occurrence>, Vec<_>) = (Vec::new(), Vec::new());
    for (mut new, value) in found {
        match places.entry((new.finding.clone(), new.place.clone())) {
            Entry::Vacant(place) => {
                place.insert(occurrences.len());
                occurrences.push(new);
                values.push(value);
            }
            Entry::Occupied(place) => {
                let old = &mut occurrences[*place.get()];
                if new.confidence > old.confidence {
                    std::mem::swap(old, &mut new);
                }
                old.system = old.system.take().or(new.system);
                old.account = old.account.take().or(new.account);
                old.expires = old.expires.or(new.expires);
            }
        }
    }
    (occurrences, values)
}

/// The choke point: nothing leaves the worker but through here.
fn redact(record: &mut Record, values: Vec<String>) {
    // One pass over all values first, for most strings hold none and a message may hold thousands of secrets.
    let any = aho_corasick::AhoCorasick::new(values.iter().filter(|v| !v.is_empty())).ok();
    let redactor = Redactor::new(values);
    let clean = |text: &mut String| {
        if any.as_ref().is_none_or(|any| any.is_match(text.as_str())) {
            redactor.apply_to(text);
        }
    };
    if let Some(m) = &mut record.message {
        m.references.iter_mut().chain(&mut m.to).for_each(clean);
        [&mut m.message_id, &mut m.folder, &mut m.custodian, &mut m.from, &mut m.subject].into_iter().flatten().for_each(clean);
    }
    for part in &mut record.parts {
        part.name.iter_mut().chain(&mut part.charset).for_each(clean);
        [&mut part.path, &mut part.declared, &mut part.found].into_iter().for_each(clean);
    }
    for o in &mut record.occurrences {
        clean(&mut o.place);
        o.because.iter_mut().chain(&mut o.system).chain(&mut o.account).for_each(clean);
    }
    for gap in &mut record.gaps {
        [&mut gap.place, &mut gap.media, &mut gap.detail].into_iter().for_each(clean);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aftermail_model::{Kind, Layer, Status};

    fn found(place: &str, part: u32, confidence: f32, system: Option<&str>) -> (Occurrence, Sensitive<String>) {
        let text = Text {
            part,
            layer: Layer::Visible,
            place: place.into(),
            media: "text/plain".into(),
            body: String::new(),
            certainty: Vec::new(),
        };
        let hit = Hit {
            start: 0,
            end: 1,
            value: Sensitive::new("Obviously-Fake-77".into()),
            rule: "assigned".into(),
            kind: Kind::Password,
            system: system.map(str::to_owned),
            account: None,
            expires: None,
            status: Status::Live,
            confidence,
            because: vec!["stands after Obviously-Fake-77".into()],
            language: None,
        };
        occurrence(hit, &text, &Locator::default(), &CaseKey::new([7; 32]))
    }

    #[test]
    fn two_faces_of_a_body_are_one_occurrence() {
        let (occurrences, values) =
            one_per_place(vec![found("body", 1, 0.6, Some("VPN")), found("body", 2, 0.9, None), found("a.txt", 3, 0.5, None)]);
        assert_eq!((occurrences.len(), values.len()), (2, 2));
        assert_eq!((occurrences[0].part, occurrences[0].system.as_deref()), (2, Some("VPN")));
    }

    #[test]
    fn every_string_of_a_record_passes_the_redactor() {
        let value = "Obviously-Fake-77";
        let text = || format!("see {value}!");
        let (mut o, _) = found(&text(), 0, 0.9, Some(&text()));
        o.account = Some(text());
        let message = Message {
            message_id: Some(text()),
            references: vec![text()],
            folder: Some(text()),
            custodian: Some(text()),
            from: Some(text()),
            to: vec![text()],
            subject: Some(format!("password: {value}")),
            ..Message::default()
        };
        let part = Part {
            at: Locator::default(),
            index: 0,
            path: text(),
            name: Some(format!("{value}.zip")),
            declared: text(),
            found: text(),
            charset: Some(text()),
            bytes: 0,
            decoded_bytes: 0,
            text_chars: 0,
            state: aftermail_model::PartState::Decoded,
            content: String::new(),
        };
        let gap = Gap { place: text(), media: text(), detail: text(), ..crashed(&Locator::default(), "", Stage::Decode, 0) };
        let mut record = Record { message: Some(message), parts: vec![part], occurrences: vec![o], gaps: vec![gap] };
        redact(&mut record, vec![value.to_owned()]);
        let shown = format!("{record:?}");
        assert!(!shown.contains("Fake"), "{shown}");
        assert!(shown.contains("17 chars"), "{shown}");
    }
}
