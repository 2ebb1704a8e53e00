//! Mail within mail: messages, mailboxes and Outlook stores that are attached or come out of an archive.

use super::leaf::{Leaf, Outcome};
use super::{Parsed, Walk, apple, joined, parse};
use crate::mbox::Mbox;
use crate::{Store, residue, sniff};
use aftermail_mapi::pst;
use aftermail_model::{Gap, Layer, Reason, Stage};
use mail_parser::PartType;

/// What is looked at to tell what a file is.
const HEAD: usize = 64 << 10;

impl Walk<'_> {
    /// Reads a file that is mail; gives the leaf back where it is none.
    pub(super) fn mail<'m>(&mut self, leaf: Leaf<'m>, bytes: &[u8], depth: u32, content: &str) -> Option<Leaf<'m>> {
        // A text that is declared as one may show a header without being a message.
        if leaf.name.is_none() || leaf.declared.starts_with("text/") {
            return Some(leaf);
        }
        let kind = sniff(&bytes[..bytes.len().min(HEAD)]);
        let media = match kind {
            Store::Message | Store::Emlx => "message/rfc822",
            Store::Mbox => "application/mbox",
            Store::Outlook => "application/vnd.ms-outlook-pst",
            // An attached JSON is searched as the text that it is.
            Store::Graph | Store::Unknown(_) | Store::Empty => return Some(leaf),
        };
        if depth >= self.tools.limits.depth {
            self.note(&leaf, Reason::TooDeep, "Messages are nested deeper than the limit.".into(), leaf.encoded.len() as u64);
            self.finish(leaf, Outcome::Not(media), content.to_owned());
            return None;
        }
        let (index, place) = (leaf.index, leaf.place.clone());
        if kind == Store::Outlook {
            self.outlook_store(leaf, bytes, depth, content);
            return None;
        }
        self.finish(leaf, Outcome::Container(media), content.to_owned());
        match kind {
            Store::Emlx => self.within(apple(bytes).0, index, &place, depth + 1),
            Store::Mbox => self.mailbox(bytes, index, &place, depth + 1),
            _ => self.within(bytes, index, &place, depth + 1),
        }
        None
    }

    /// A message with bytes of its own.
    pub(super) fn within(&mut self, bytes: &[u8], index: u32, place: &str, depth: u32) {
        match parse(bytes) {
            Parsed::Message(parsed) => self.apart(&parsed, bytes, place, depth),
            fault => {
                if matches!(fault, Parsed::Fault) {
                    self.store_gap(index, place, Reason::Damaged, super::NO_STRUCTURE.into(), bytes.len() as u64);
                }
                self.push_text(index, Layer::Raw, place, "text/plain", residue::text(bytes));
            }
        }
    }

    fn mailbox(&mut self, bytes: &[u8], index: u32, place: &str, depth: u32) {
        let mut entries = Mbox::new(bytes, 0, usize::MAX);
        let mut number = 0;
        while let Ok(Some(entry)) = entries.next_entry() {
            number += 1;
            let from = usize::try_from(entry.offset).unwrap_or(usize::MAX);
            if self.next >= self.tools.limits.parts {
                return self.too_many_messages(index, place, bytes.len().saturating_sub(from) as u64);
            }
            self.within(entry.raw, index, &joined(place, &format!("message {number}")), depth);
        }
    }

    fn outlook_store(&mut self, leaf: Leaf<'_>, bytes: &[u8], depth: u32, content: &str) {
        const MEDIA: &str = "application/vnd.ms-outlook-pst";
        let store = match pst::Store::open(bytes) {
            Ok(store) => store,
            Err(why) => {
                let strings = residue::strings(bytes);
                self.push_text(leaf.index, Layer::Raw, &leaf.place, MEDIA, strings);
                self.note(&leaf, Reason::Damaged, format!("The Outlook store cannot be opened: {why}."), leaf.encoded.len() as u64);
                return self.finish(leaf, Outcome::Not(MEDIA), content.to_owned());
            }
        };
        let (index, place) = (leaf.index, leaf.place.clone());
        self.finish(leaf, Outcome::Container(MEDIA), content.to_owned());
        if store.about().missing_bytes > 0 || store.about().broken_pages > 0 || store.about().header_damaged {
            let detail = "The Outlook store is damaged or cut off; what a search of all its bytes brought back was read.";
            self.store_gap(index, &place, Reason::Damaged, detail.into(), store.about().missing_bytes);
        }
        let items = store.about().items.max(1);
        for (number, entry) in (0..).zip(store.entries()) {
            if self.next >= self.tools.limits.parts {
                let share = items.saturating_sub(number) * bytes.len() as u64 / items;
                return self.too_many_messages(index, &place, share);
            }
            let folder = if entry.folder.is_empty() { "items".to_owned() } else { entry.folder.join("/") };
            let place = joined(&joined(&place, &folder), &format!("message {}", number + 1));
            self.item(&store.item(&entry), &place, depth + 1);
        }
    }

    fn too_many_messages(&mut self, index: u32, place: &str, bytes: u64) {
        self.ledger.unread += bytes;
        let detail = format!(
            "It holds more than {} parts; what comes behind was not read. Give the file to aftermail by itself.",
            self.tools.limits.parts
        );
        self.store_gap(index, place, Reason::TooLarge, detail, bytes);
    }

    fn store_gap(&mut self, index: u32, place: &str, reason: Reason, detail: String, bytes: u64) {
        let (place, media) = (place.to_owned(), String::new());
        self.sink.gap(Gap { at: self.at.clone(), part: Some(index), place, media, stage: Stage::Decode, reason, detail, bytes });
    }

    /// A file that is given by itself.
    pub(super) fn lone(&mut self, bytes: &[u8], name: &str) {
        let index = self.index();
        let leaf = Leaf { name: Some(name.to_owned()), ..Leaf::of_file(index, name.to_owned(), bytes) };
        self.decode(leaf, &PartType::Binary(bytes.into()), 0);
    }
}
