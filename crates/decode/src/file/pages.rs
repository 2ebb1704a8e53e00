//! Gathers what a document says, within a bound.

use super::{Contents, Loss, Member, Passage};
use crate::Key;
use aftermail_model::{Layer, Reason};

/// Text of one document; more than a long book, and little enough for a worker.
pub(super) const MOST_TEXT: usize = 48 << 20;

/// The contents of a document as they come.
pub(super) struct Pages {
    contents: Contents,
    left: usize,
}

impl Pages {
    pub(super) fn new(media: &'static str) -> Pages {
        Pages { contents: Contents { media, ..Contents::default() }, left: MOST_TEXT }
    }

    /// A passage; blank ones say nothing, and those over the bound are a loss.
    pub(super) fn say(&mut self, layer: Layer, own: impl Into<String>, body: impl Into<String>) {
        let body = body.into();
        if body.trim_ascii().is_empty() {
            return;
        }
        if body.len() > self.left {
            return self.lose(Reason::TooLarge, "The document holds more text than the limit.", body.len());
        }
        self.left -= body.len();
        self.contents.passages.push(Passage { layer, own: own.into(), body });
    }

    /// Something that was not read.
    pub(super) fn lose(&mut self, reason: Reason, detail: impl Into<String>, bytes: usize) {
        self.contents.losses.push(Loss::new(reason, detail, bytes as u64));
    }

    /// A part whose XML breaks off at this byte: the rest is searched as it stands.
    pub(super) fn broken(&mut self, part: &str, xml: &str, whole: Result<(), usize>) {
        if let Err(at) = whole {
            let rest = xml.get(at..).unwrap_or("");
            self.say(Layer::Raw, part, rest);
            self.lose(Reason::Damaged, format!("\"{part}\" within the document is damaged; its rest was searched undecoded."), rest.len());
        }
    }

    /// A file within the document.
    pub(super) fn hold(&mut self, name: impl Into<String>, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            self.contents.members.push(Member { name: name.into(), content: Ok(bytes), lost: None, opened_by: None });
        }
    }

    /// A file within the document as it came, read or not.
    pub(super) fn pass(&mut self, member: Member) {
        self.contents.members.push(member);
    }

    /// What opened the document, where it was locked.
    pub(super) fn opened(&mut self, by: Option<Key>) {
        self.contents.opened_by = self.contents.opened_by.or(by);
    }

    pub(super) fn done(self) -> Contents {
        self.contents
    }
}
