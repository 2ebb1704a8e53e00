//! What leaves a worker: the record of an item, with every string of it redacted.

use super::find::Read;
use crate::tables::records::Record;
use aftermail_detect::Hit;
use aftermail_detect::personal::Personal;
use aftermail_model::{CaseKey, Kind, Locator, Occurrence, Redactor, RevealPermit, Sensitive, Status, Text};
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A record and the values of its occurrences, in their order; empty unless asked for.
pub(crate) struct Found {
    pub record: Record,
    pub values: Vec<String>,
}

/// The record of an item. `others` are values found in other items that strings of this one may quote.
pub(super) fn finish(read: Read, others: &[String], key: &CaseKey, reveal: bool) -> Found {
    let permit = RevealPermit::recorded();
    let Read { told, parts, gaps, strays, personal, keys: _ } = read;
    let at = told.message.at.clone();
    let found: Vec<_> = told.hits.into_iter().map(|(text, hit)| occurrence(hit, &told.texts[text], &at, key)).collect();
    let people: Vec<_> = personal.into_iter().map(|(text, element)| of_person(element, &told.texts[text], &at, key)).collect();
    let mut values: Vec<String> = found.iter().map(|(_, value)| value.reveal(&permit).clone()).collect();
    values.extend_from_slice(others);
    let (mut occurrences, mut kept) = one_per_place(found);
    for (element, value) in people {
        // Names stay: they are those of senders and recipients.
        if element.kind != Kind::Name {
            values.push(value.reveal(&permit).clone());
        }
        occurrences.push(element);
        kept.push(value);
    }
    for (at, text, hit) in strays {
        let (occurrence, value) = occurrence(hit, &text, &at, key);
        values.push(value.reveal(&permit).clone());
        occurrences.push(occurrence);
        kept.push(value);
    }
    let mut record = Record { message: Some(told.message), parts, occurrences, gaps };
    if !values.is_empty() {
        redact(&mut record, values);
    }
    let values = if reveal { kept.iter().map(|v| v.reveal(&permit).clone()).collect() } else { Vec::new() };
    Found { record, values }
}

fn occurrence(hit: Hit, text: &Text, at: &Locator, key: &CaseKey) -> (Occurrence, Sensitive<String>) {
    let credential = aftermail_detect::credential(text, &hit);
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
        credential,
        person: None,
        expires: hit.expires,
        status: hit.status,
        confidence: hit.confidence,
        because: hit.because,
        language: hit.language,
    };
    (occurrence, hit.value)
}

/// An element of personal data is an occurrence of its own kind.
fn of_person(element: Personal, text: &Text, at: &Locator, key: &CaseKey) -> (Occurrence, Sensitive<String>) {
    let occurrence = Occurrence {
        at: at.clone(),
        part: text.part,
        place: text.place.clone(),
        layer: text.layer,
        start: element.start as u64,
        end: element.end as u64,
        rule: "personal".into(),
        kind: element.kind,
        shape: element.value.shape(),
        finding: element.value.fingerprint(key),
        system: None,
        account: None,
        credential: None,
        person: element.person,
        expires: None,
        status: Status::Live,
        confidence: element.confidence,
        because: element.because,
        language: element.language,
    };
    (occurrence, element.value)
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
                old.credential = old.credential.take().or(new.credential);
                old.expires = old.expires.or(new.expires);
            }
        }
    }
    (occurrences, values)
}

/// The choke point: nothing leaves the worker but through here.
fn redact(record: &mut Record, values: Vec<String>) {
    // One pass over all values first, for most strings hold none and a message may hold thousands of secrets.
    let redactor = Redactor::new(values);
    let any = aho_corasick::AhoCorasick::new(redactor.values()).ok();
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
    use crate::worker::find::crashed;
    use aftermail_model::{Gap, Kind, Layer, Message, Part, Stage, Status};

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
            opened_by: None,
        };
        let gap = Gap { place: text(), media: text(), detail: text(), ..crashed(&Locator::default(), "", Stage::Decode, 0) };
        let mut record = Record { message: Some(message), parts: vec![part], occurrences: vec![o], gaps: vec![gap] };
        redact(&mut record, vec![value.to_owned()]);
        let shown = format!("{record:?}");
        assert!(!shown.contains("Fake"), "{shown}");
        assert!(shown.contains("17 chars"), "{shown}");
    }
}
