//! Zips of messages and stores, as mailboxes are exported: each file in them is read like a file beside them.

use super::find::Origin;
use super::outlook::{self, MISSING};
use super::read::{Reading, gap, unreadable, whole};
use crate::tables::records::Record;
use crate::wire::WirePiece;
use aftermail_decode::export::{Export, Member, Refusal};
use aftermail_decode::graph::{self, Objects};
use aftermail_decode::mbox::Mbox;
use aftermail_decode::{Store, sniff};
use aftermail_mapi::pst;
use aftermail_model::{Locator, Reason, Stage};
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::Path;

/// Numbers that each member has for what is in it: the first member's begin here.
pub(super) const MEMBER: u64 = 1 << 40;
/// Bytes of a list that are read.
const LIST: u64 = 256 << 20;
/// Numbers of all items of all members.
pub(super) const ALL: u64 = 1 << 62;

/// Ranges of the numbers of an export's items that hold about so many bytes each: start, length, and share of the bytes.
pub(super) fn ranges(export: &Export<File>, size: u64, unit: u64) -> Vec<(u64, u64, u64)> {
    let mut ranges: Vec<(u64, u64, u64)> = Vec::new();
    let mut left = size;
    for member in &export.members {
        let share = member.packed.min(left);
        left -= share;
        match ranges.last_mut() {
            Some((start, length, bytes)) if *bytes < unit => (*length, *bytes) = (base(member) + MEMBER - *start, *bytes + share),
            _ => ranges.push((base(member), MEMBER, share)),
        }
    }
    if let Some((start, length, bytes)) = ranges.first_mut() {
        (*start, *length, *bytes) = (0, *length + *start, *bytes + left);
    }
    ranges
}

fn base(member: &Member) -> u64 {
    (member.number as u64 + 1) * MEMBER
}

/// Item and custodian of the rows of a list that lies beside an export; nothing where it is another file.
pub(super) fn list(path: &Path) -> Vec<(String, String)> {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|file| file.take(LIST).read_to_end(&mut bytes));
    read.map_or(Vec::new(), |_| aftermail_decode::export::owners(&bytes))
}

impl Reading<'_> {
    /// The items of an export whose numbers lie in a range.
    pub(super) fn export(&mut self, index: u32, piece: &WirePiece, numbers: Range<u64>) -> io::Result<()> {
        let export = match self.shelf.export(&piece.path.path(), self.task.item_bytes) {
            Ok(Some(export)) => export,
            Ok(None) => return self.note(index, whole(piece, Stage::Intake, Reason::Damaged, "The zip cannot be opened any more.".into())),
            Err(e) => return self.note(index, whole(piece, Stage::Intake, Reason::Unreadable, unreadable(&e))),
        };
        if numbers.start == 0 && export.borrow().is_olm() {
            let at = Locator { evidence: piece.evidence.clone(), offset: 0, length: piece.length };
            let detail = "An archive of Outlook for Mac (OLM): its files are searched, its messages are not put together.".to_owned();
            let gaps = vec![gap(at, Stage::Intake, Reason::Unsupported, detail, 0)];
            self.keep(Record { gaps, ..Record::default() }, (index, 0))?;
        }
        let members: Vec<Member> = export.borrow().members.clone();
        for member in members.into_iter().filter(|m| base(m) < numbers.end && base(m) + MEMBER > numbers.start) {
            let origin = self.member_origin(piece, &member, export.borrow().owners.of(&member.name));
            let at = Locator { evidence: piece.evidence.clone(), offset: base(&member), length: 1 };
            let most = self.task.item_bytes;
            let Some(content) = self.announced(index, &at, || export.borrow_mut().read(member.number, most))? else { continue };
            let inside = numbers.start.max(base(&member))..numbers.end.min(base(&member) + MEMBER);
            match content {
                Ok(bytes) => self.inside(index, &member, &bytes, at, inside, &origin)?,
                Err(why) => {
                    let (reason, detail) = refusal(why);
                    let gaps = vec![gap(at, Stage::Intake, reason, format!("\"{}\" in the zip: {detail}", member.name), member.packed)];
                    self.keep(Record { gaps, ..Record::default() }, (index, base(&member) + MEMBER))?;
                }
            }
        }
        Ok(())
    }

    fn member_origin(&self, piece: &WirePiece, member: &Member, owner: Option<&str>) -> Origin {
        let parent = Path::new(&member.name).parent().and_then(Path::to_str).filter(|p| !p.is_empty());
        let folder = match (&piece.folder, parent) {
            (Some(outer), Some(inner)) => Some(format!("{outer}/{inner}")),
            (outer, inner) => outer.clone().or(inner.map(str::to_owned)),
        };
        Origin { folder, custodian: owner.map(str::to_owned).or(piece.custodian.clone()), ..Origin::default() }
    }

    /// A member's content, by what it is.
    fn inside(&mut self, index: u32, member: &Member, bytes: &[u8], at: Locator, numbers: Range<u64>, origin: &Origin) -> io::Result<()> {
        let most = usize::try_from(self.task.item_bytes).unwrap_or(usize::MAX);
        let here = |offset: u64| Locator { offset: at.offset + offset, ..at.clone() };
        match sniff(&bytes[..bytes.len().min(64 << 10)]) {
            Store::Mbox => {
                let mut entries = Mbox::new(bytes, 0, most);
                while let Some(entry) = entries.next_entry()? {
                    if numbers.contains(&(at.offset + entry.offset)) {
                        self.item(index, here(entry.offset), entry.skipped, |finder, at| finder.message(entry.raw, at, "mbox", origin))?;
                    }
                }
                Ok(())
            }
            Store::Graph => {
                let mut objects = Objects::new(bytes, most);
                while let Some(object) = objects.next_object()? {
                    if numbers.contains(&(at.offset + object.offset)) {
                        self.graph_message(index, here(object.offset), &object, origin)?;
                    }
                }
                Ok(())
            }
            Store::Outlook => {
                let limits = pst::Limits { bytes: self.task.item_bytes, ..pst::Limits::default() };
                match pst::Store::with_limits(bytes, limits) {
                    Ok(store) => self.store(index, &store, &at, at.offset, numbers, origin),
                    Err(why) => {
                        let detail = format!("The Outlook store \"{}\" in the zip cannot be opened: {why}.", member.name);
                        let gaps = vec![gap(at.clone(), Stage::Intake, outlook::reason(&why), detail, member.packed)];
                        self.keep(Record { gaps, ..Record::default() }, (index, at.offset + MISSING))
                    }
                }
            }
            kind => self.item(index, at, 0, |finder, at| match kind {
                Store::Message => finder.message(bytes, at, "eml", origin),
                Store::Emlx => finder.message(bytes, at, "emlx", origin),
                Store::Unknown("application/x-ole-storage" | "application/vnd.ms-tnef") if aftermail_decode::is_outlook_message(bytes) => {
                    finder.message(bytes, at, "msg", origin)
                }
                Store::Unknown(media) if media.starts_with("text/") => finder.lone_file(bytes, at, "text", Path::new(&member.name), origin),
                _ => finder.lone_file(bytes, at, "file", Path::new(&member.name), origin),
            }),
        }
    }

    /// One message of a JSON export; what is no message there is searched as text.
    pub(super) fn graph_message(&mut self, index: u32, at: Locator, object: &graph::Object, origin: &Origin) -> io::Result<()> {
        let unread = object.length - object.raw.len() as u64;
        self.item(index, at, unread, |finder, at| match graph::item(&object.raw) {
            Some(item) => finder.outlook(&item, at, "graph", origin),
            None => {
                let mut read = finder.lone_file(&object.raw, at.clone(), "text", Path::new("message.json"), origin);
                let detail = "This message of the export is no whole JSON; it was searched as text.".to_owned();
                read.gaps.push(gap(at, Stage::Split, Reason::Damaged, detail, 0));
                read
            }
        })
    }
}

fn refusal(why: Refusal) -> (Reason, &'static str) {
    match why {
        Refusal::Locked => (Reason::Encrypted, "it is locked and needs a password."),
        Refusal::TooLarge => (Reason::TooLarge, "it is larger than the limit for files in a zip; unpack the zip and run again."),
        Refusal::Damaged => (Reason::Damaged, "it cannot be unpacked."),
    }
}
