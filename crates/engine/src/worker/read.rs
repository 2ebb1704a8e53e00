//! Reads evidence, item by item, in bounded memory.

use super::find::{Finder, Read};
use super::record::Found;
use super::out::Out;
use super::outlook::{self, OnDisk};
use crate::tables::records::{self, Record};
use crate::wire::{Place, Reply, WirePiece};
use aftermail_decode::mbox::{self, Mbox};
use aftermail_decode::{Store, sniff};
use aftermail_mapi::pst;
use aftermail_model::{Gap, Locator, Reason, Stage};
use datafusion::arrow::ipc::writer::StreamWriter;
use std::fs::File;
use std::io::{self, Read as _, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// Bytes by which the kind of a file is told.
const HEAD: u64 = 64 << 10;
/// Rows after which records are sent though the unit goes on.
const ROWS: usize = 32 << 10;

/// Tells what a large file is and cuts an mbox into ranges.
pub(crate) fn index(path: &Path, from: u64, window: u64, unit: u64) -> Reply {
    cut(path, from, window, unit).unwrap_or(Reply::Indexed { ranges: Vec::new(), next: None, whole: from == 0 })
}

fn cut(path: &Path, from: u64, window: u64, unit: u64) -> io::Result<Reply> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    if from == 0 && !matches!(sniff(&head(&mut file)?), Store::Mbox) {
        return Ok(Reply::Indexed { ranges: Vec::new(), next: None, whole: true });
    }
    file.seek(SeekFrom::Start(from))?;
    let mut ranges = Vec::new();
    mbox::ranges((&file).take(window), unit, |offset, length| ranges.push((from + offset, length)))?;
    ranges.retain(|(_, length)| *length > 0);
    if from.saturating_add(window) >= size {
        return Ok(Reply::Indexed { ranges, next: None, whole: false });
    }
    // The last range ends where the window does, maybe inside a message: it is cut again, from its start.
    let next = ranges.pop().map_or(from, |(offset, _)| offset);
    Ok(Reply::Indexed { ranges, next: Some(next), whole: false })
}

fn head(file: &mut File) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    file.by_ref().take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

/// How a unit is to be read.
pub(crate) struct Task {
    pub unit: u64,
    pub resume: Place,
    pub careful: bool,
    pub skip: Vec<Place>,
    pub item_bytes: u64,
}

/// A unit being read.
pub(crate) struct Reading<'a> {
    pub(super) out: &'a Out,
    pub(super) finder: &'a mut Finder,
    task: Task,
    /// Where items go that are read to be looked at together.
    gathered: Option<Vec<Read>>,
    rows: Vec<Record>,
    values: Vec<String>,
    weight: usize,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(out: &'a Out, finder: &'a mut Finder, task: Task) -> Reading<'a> {
        finder.repeated = 0;
        Reading { out, finder, task, gathered: None, rows: Vec::new(), values: Vec::new(), weight: 0 }
    }

    /// Reads everything and sends it. Returns how many texts were known already.
    pub(crate) fn unit(&mut self, pieces: &[WirePiece]) -> io::Result<u64> {
        let (first, offset) = self.task.resume;
        for (index, piece) in pieces.iter().enumerate().skip(first as usize) {
            let index = u32::try_from(index).unwrap_or(u32::MAX);
            let from = if index == first { offset.max(piece.offset) } else { piece.offset };
            self.piece(index, piece, from)?;
        }
        self.flush((u32::try_from(pieces.len()).unwrap_or(u32::MAX), 0))?;
        Ok(self.finder.repeated)
    }

    /// The messages of a piece, with their texts, instead of their records.
    pub(super) fn gather(&mut self, index: usize, piece: &WirePiece) -> io::Result<Vec<Read>> {
        self.gathered = Some(Vec::new());
        self.finder.together = true;
        let done = self.piece(u32::try_from(index).unwrap_or(u32::MAX), piece, piece.offset);
        self.finder.together = false;
        let gathered = self.gathered.take().unwrap_or_default();
        done.map(|()| gathered)
    }

    fn piece(&mut self, index: u32, piece: &WirePiece, from: u64) -> io::Result<()> {
        let mut file = match File::open(piece.path.path()) {
            Ok(file) => file,
            Err(e) => return self.note(index, whole(piece, Stage::Intake, Reason::Unreadable, unreadable(&e))),
        };
        if piece.cut && head(&mut file).is_ok_and(|h| sniff(&h) == Store::Outlook) {
            return self.outlook(index, piece, &file, from..piece.offset + piece.length);
        }
        let read = if piece.cut {
            let rest = (piece.offset + piece.length).saturating_sub(from);
            file.seek(SeekFrom::Start(from)).map(|_| rest)
        } else {
            return self.file(index, piece, file, from);
        };
        match read {
            Ok(rest) => self.mbox(index, piece, file.take(rest), from),
            Err(e) => self.note(index, whole(piece, Stage::Intake, Reason::Unreadable, unreadable(&e))),
        }
    }

    fn file(&mut self, index: u32, piece: &WirePiece, mut file: File, from: u64) -> io::Result<()> {
        let (head, size) = match head(&mut file).and_then(|h| Ok((h, file.metadata()?.len()))) {
            Ok(read) => read,
            Err(e) => return self.note(index, whole(piece, Stage::Intake, Reason::Unreadable, unreadable(&e))),
        };
        let path = piece.path.path();
        match sniff(&head) {
            Store::Mbox => match file.seek(SeekFrom::Start(from)) {
                Ok(_) => self.mbox(index, piece, file, from),
                Err(e) => self.note(index, whole(piece, Stage::Intake, Reason::Unreadable, unreadable(&e))),
            },
            Store::Outlook => self.outlook(index, piece, &file, from..u64::MAX),
            _ if from > piece.offset => Ok(()),
            Store::Empty => self.note(index, whole(piece, Stage::Intake, Reason::Damaged, "The file has 0 bytes.".into())),
            Store::Message => self.single(index, piece, head, file, size, if in_maildir(&path) { "maildir" } else { "eml" }),
            Store::Emlx => self.single(index, piece, head, file, size, "emlx"),
            Store::Unknown("application/x-ole-storage" | "application/vnd.ms-tnef") => self.single(index, piece, head, file, size, "msg"),
            Store::Unknown(media) if media.starts_with("text/") => self.single(index, piece, head, file, size, "text"),
            Store::Unknown(_) => self.single(index, piece, head, file, size, "file"),
        }
    }

    /// A file that is one message, or a document, an archive or a text.
    fn single(&mut self, index: u32, piece: &WirePiece, head: Vec<u8>, file: File, size: u64, format: &str) -> io::Result<()> {
        let most = self.task.item_bytes;
        let mut raw = head;
        if let Err(e) = file.take(most.saturating_sub(raw.len() as u64)).read_to_end(&mut raw) {
            return self.note(index, whole(piece, Stage::Intake, Reason::Unreadable, unreadable(&e)));
        }
        raw.truncate(usize::try_from(most).unwrap_or(usize::MAX));
        let format = if format == "msg" && !aftermail_decode::is_outlook_message(&raw) { "file" } else { format };
        let at = Locator { evidence: piece.evidence.clone(), offset: 0, length: size };
        let unread = size.saturating_sub(raw.len() as u64);
        self.item(index, at, unread, |finder, at| match format {
            "text" | "file" => finder.lone_file(&raw, at, format, &piece.path.path(), piece.folder.as_deref()),
            _ => finder.message(&raw, at, format, piece.folder.as_deref()),
        })
    }

    fn mbox(&mut self, index: u32, piece: &WirePiece, file: impl io::Read, from: u64) -> io::Result<()> {
        let mut entries = Mbox::new(file, from, usize::try_from(self.task.item_bytes).unwrap_or(usize::MAX));
        let mut end = from;
        loop {
            let entry = match entries.next_entry() {
                Ok(Some(entry)) => entry,
                Ok(None) => return Ok(()),
                Err(e) => {
                    let mut record = whole(piece, Stage::Split, Reason::Unreadable, unreadable(&e));
                    let rest = (piece.offset + piece.length).saturating_sub(end);
                    record.gaps.iter_mut().for_each(|g| (g.at.offset, g.at.length, g.bytes) = (end, rest, rest));
                    return self.note(index, record);
                }
            };
            end = entry.offset + entry.length;
            let at = Locator { evidence: piece.evidence.clone(), offset: entry.offset, length: entry.length };
            let cut_off = entry.cut_off;
            self.item(index, at, entry.skipped, |finder, at| {
                let mut read = finder.message(entry.raw, at.clone(), "mbox", piece.folder.as_deref());
                if cut_off {
                    let detail = "The file ends inside this message.".to_owned();
                    read.gaps.push(gap(at, Stage::Split, Reason::Damaged, detail, 0));
                }
                read
            })?;
        }
    }

    /// The items of an Outlook store whose ids lie in a range.
    fn outlook(&mut self, index: u32, piece: &WirePiece, file: &File, ids: Range<u64>) -> io::Result<()> {
        let limits = pst::Limits { bytes: self.task.item_bytes, ..pst::Limits::default() };
        let source = match OnDisk::new(file) {
            Ok(source) => source,
            Err(e) => return self.note(index, whole(piece, Stage::Intake, Reason::Unreadable, unreadable(&e))),
        };
        let store = match pst::Store::with_limits(source, limits) {
            Ok(store) => store,
            Err(why) => {
                let detail = format!("The Outlook store cannot be opened: {why}.");
                return self.note(index, whole(piece, Stage::Intake, Reason::Damaged, detail));
            }
        };
        if ids.start == 0 && self.gathered.is_none() {
            for (reason, detail, bytes) in outlook::faults(store.about()) {
                let at = Locator { evidence: piece.evidence.clone(), offset: 0, length: piece.length };
                let record = Record { gaps: vec![gap(at, Stage::Split, reason, detail, bytes)], ..Record::default() };
                self.keep(record, (index, 0))?;
            }
        }
        for entry in store.entries().into_iter().filter(|e| ids.contains(&u64::from(e.id))) {
            let at = Locator { evidence: piece.evidence.clone(), offset: u64::from(entry.id), length: 1 };
            self.item(index, at, 0, |finder, at| {
                let folder = (!entry.folder.is_empty()).then(|| entry.folder.join("/"));
                finder.outlook(&store.item(&entry), at, folder, outlook::reached(entry.reached))
            })?;
        }
        Ok(())
    }

    /// One item: announced, read, kept. `unread` bytes of it were beyond the limit.
    fn item(&mut self, index: u32, at: Locator, unread: u64, read: impl FnOnce(&mut Finder, Locator) -> Read) -> io::Result<()> {
        let place = (index, at.offset);
        let (length, next) = (at.length, (index, at.offset + at.length.max(1)));
        if self.task.skip.contains(&place) {
            return Ok(());
        }
        if self.task.careful {
            self.out.send(&Reply::At { place, length, millis: 0 })?;
        }
        let finder = &mut *self.finder;
        let mut read = self.out.during(place, length, || read(finder, at.clone()));
        if unread > 0 {
            let detail = format!("Only the first {} bytes of it are read.", self.task.item_bytes);
            read.gaps.push(gap(at, Stage::Split, Reason::TooLarge, detail, unread));
        }
        match &mut self.gathered {
            Some(gathered) => gathered.push(read),
            None => self.add(self.finder.finish(read, &[]), next)?,
        }
        Ok(())
    }

    pub(super) fn add(&mut self, mut found: Found, next: Place) -> io::Result<()> {
        self.values.append(&mut found.values);
        self.keep(found.record, next)
    }

    /// A gap that is no message.
    fn note(&mut self, index: u32, record: Record) -> io::Result<()> {
        if self.gathered.is_some() {
            // The first pass said so.
            return Ok(());
        }
        self.keep(record, (index + 1, 0))
    }

    pub(super) fn keep(&mut self, record: Record, next: Place) -> io::Result<()> {
        self.weight += 1 + record.parts.len() + record.occurrences.len() + record.gaps.len();
        self.rows.push(record);
        if self.task.careful || self.weight > ROWS { self.flush(next) } else { Ok(()) }
    }

    pub(super) fn flush(&mut self, next: Place) -> io::Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        self.weight = 0;
        let batch = records::to_batch(self.task.unit, std::mem::take(&mut self.rows)).map_err(io::Error::other)?;
        let mut ipc = Vec::new();
        let mut writer = StreamWriter::try_new(&mut ipc, &batch.schema()).map_err(io::Error::other)?;
        writer.write(&batch).and_then(|()| writer.finish()).map_err(io::Error::other)?;
        drop(writer);
        self.out.send(&Reply::Records { ipc, values: std::mem::take(&mut self.values), next })
    }
}

fn in_maildir(path: &Path) -> bool {
    path.parent().and_then(Path::file_name).is_some_and(|folder| folder == "cur" || folder == "new")
}

fn unreadable(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::NotFound => "The file is gone.".into(),
        io::ErrorKind::PermissionDenied => "The system does not let us read the file.".into(),
        kind => format!("The file cannot be read: {kind}."),
    }
}

fn gap(at: Locator, stage: Stage, reason: Reason, detail: String, bytes: u64) -> Gap {
    Gap { at, part: None, place: String::new(), media: String::new(), stage, reason, detail, bytes }
}

/// A record that only says that a piece was not read.
fn whole(piece: &WirePiece, stage: Stage, reason: Reason, detail: String) -> Record {
    let at = Locator { evidence: piece.evidence.clone(), offset: piece.offset, length: piece.length };
    Record { gaps: vec![gap(at, stage, reason, detail, piece.length)], ..Record::default() }
}
