//! What secrets opened: a file that was locked in one message tells what a value in another message is the password of.

use aftermail_model::{Occurrence, Part};
use std::collections::HashMap;

/// The files that were opened with a secret, by its finding.
#[derive(Debug, Default)]
pub(crate) struct Opened(HashMap<String, String>);

impl Opened {
    /// Notes what was opened; of several files the first.
    pub(crate) fn note(&mut self, parts: &[Part]) {
        for part in parts {
            if let Some(finding) = &part.opened_by {
                self.0.entry(finding.clone()).or_insert_with(|| lock(part).to_owned());
            }
        }
    }

    /// Tells an occurrence what its value opened, where nothing near it did. Whether it has changed.
    pub(crate) fn tell(&self, occurrence: &mut Occurrence) -> bool {
        let Some(place) = self.0.get(occurrence.finding.as_str()) else { return false };
        if occurrence.because.iter().any(|b| b.starts_with(BECAUSE)) {
            return false;
        }
        occurrence.because.push(format!("{BECAUSE}{place}"));
        occurrence.system = Some(place.clone());
        occurrence.confidence = occurrence.confidence.max(PROVEN);
        true
    }
}

/// What was locked where a part was opened: its archive where the part could not be locked itself, as a text in a zip.
pub(crate) fn lock(part: &Part) -> &str {
    let itself = !["text/", "image/"].iter().any(|kind| part.found.starts_with(kind));
    let archive = part.path.rsplit_once(" > ").map(|(archive, _)| archive).filter(|_| !itself);
    archive.unwrap_or(&part.path)
}

/// How the reason begins.
pub(crate) const BECAUSE: &str = "it opened ";
/// Confidence of a value that opened a lock.
pub(crate) const PROVEN: f32 = 0.99;

#[cfg(test)]
mod tests {
    use super::*;
    use aftermail_model::{FindingId, Kind, Layer, Locator, PartState, Status};

    #[test]
    fn a_value_is_told_what_it_opened_once() {
        let part = Part {
            at: Locator::default(),
            index: 2,
            path: "plans.zip > north.txt".into(),
            name: None,
            declared: String::new(),
            found: "text/plain".into(),
            charset: None,
            bytes: 0,
            decoded_bytes: 0,
            text_chars: 0,
            state: PartState::Decoded,
            content: String::new(),
            opened_by: Some("f1".into()),
        };
        let mut opened = Opened::default();
        opened.note(&[part]);
        let mut occurrence = Occurrence {
            at: Locator::default(),
            part: 0,
            place: "body".into(),
            layer: Layer::Visible,
            start: 0,
            end: 4,
            rule: "prose".into(),
            kind: Kind::Password,
            shape: String::new(),
            finding: FindingId::from_text("f1"),
            system: Some("the plans".into()),
            account: None,
            credential: None,
            person: None,
            expires: None,
            status: Status::Live,
            confidence: 0.6,
            because: Vec::new(),
            language: None,
        };
        assert!(opened.tell(&mut occurrence) && !opened.tell(&mut occurrence));
        assert_eq!((occurrence.system.as_deref(), occurrence.because.len()), (Some("plans.zip"), 1));
        occurrence.finding = FindingId::from_text("f2");
        assert!(!opened.tell(&mut occurrence));
    }
}
