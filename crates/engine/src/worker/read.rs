//! Reads evidence, item by item, in bounded memory.

use super::apple;
use super::export;
use super::find::{Finder, Origin, Read};
use super::out::Out;
use super::outlook::{self, Shelf};
use super::record::Found;
use crate::tables::records::{self, Record};
use crate::units::Extent;
use crate::wire::{Place, Reply, WirePiece};
use aftermail_decode::graph::Objects;
use aftermail_decode::mbox::{self, Mbox};
use aftermail_decode::{Store, sniff};
use aftermail_model::{Gap, Locator, Reason, Stage};
use datafusion::arrow::ipc::writer::StreamWriter;
use std::fs::File;
use std::io::{self, Read as _, Seek, SeekFrom};
use std::ops::Range;
use std::path::Path;

/// Bytes by which the kind of a file is told.
const HEAD: u64 = 64 << 10;
const ZIP: Store = Store::Unknown("application/zip");
/// Rows after which records are sent though the unit goes on.
const ROWS: usize = 32 << 10;

/// Tells what a large file is and cuts an mbox or an Outlook store into ranges.
pub(crate) fn index(path: &Path, from: u64, window: u64, unit: u64, shelf: &mut Shelf, item_bytes: u64) -> Reply {
    let whole = if from == 0 { Reply::Whole } else { Reply::Indexed { ranges: Vec::new(), next: None } };
    cut(path, from, window, unit, shelf, item_bytes).unwrap_or(whole)
}

fn cut(path: &Path, from: u64, window: u64, unit: u64, shelf: &mut Shelf, item_bytes: u64) -> io::Result<Reply> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    if from == 0 {
        match sniff(&head(&mut file)?) {
            Store::Mbox => {}
            Store::Outlook => {
                let ranges = shelf.open(path, item_bytes)?.map_or(Vec::new(), |store| outlook::ranges(&store, size, unit));
                return Ok(if ranges.is_empty() { Reply::Whole } else { Reply::Divided(ranges) });
            }
            ZIP => {
                let ranges = shelf.export(path, item_bytes)?.map_or(Vec::new(), |zip| export::ranges(&zip.borrow(), size, unit));
                return Ok(if ranges.is_empty() { Reply::Whole } else { Reply::Divided(ranges) });
            }
            _ => return Ok(Reply::Whole),
        }
    }
    file.seek(SeekFrom::Start(from))?;
    let mut ranges = Vec::new();
    mbox::ranges((&file).take(window), unit, |offset, length| ranges.push((from + offset, length)))?;
    ranges.retain(|(_, length)| *length > 0);
    if from.saturating_add(window) >= size {
        return Ok(Reply::Indexed { ranges, next: None });
    }
    // The last range ends where the window does, maybe inside a message: it is cut again, from its start.
    let next = ranges.pop().map_or(from, |(offset, _)| offset);
    Ok(Reply::Indexed { ranges, next: Some(next) })
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
    pub(super) shelf: &'a mut Shelf,
    pub(super) task: Task,
    /// Where items go that are read to be looked at together.
    gathered: Option<Vec<Read>>,
    rows: Vec<Record>,
    values: Vec<String>,
    weight: usize,
}

impl<'a> Reading<'a> {
    pub(crate) fn new(out: &'a Out, finder: &'a mut Finder, shelf: &'a mut Shelf, task: Task) -> Reading<'a> {
        finder.repeated = 0;
        Reading { out, finder, shelf, task, gathered: None, rows: Vec::new(), values: Vec::new(), weight: 0 }
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
        if piece.extent == Extent::Whole {
            return self.file(index, piece, file, from);
        }
        let range = from..piece.offset + piece.length;
        match head(&mut file).map(|head| sniff(&head)) {
            Ok(Store::Outlook) => self.outlook(index, piece, range),
            Ok(ZIP) => self.export(index, piece, range),
            Ok(Store::Graph) => self.graph(index, piece, file, range),
            Ok(_) => match file.seek(SeekFrom::Start(from)) {
                Ok(_) => self.mbox(index, piece, file.take(range.end.saturating_sub(from)), from),
                Err(e) => self.note(index, whole(piece, Stage::Intake, Reason::Unreadable, unreadable(&e))),
            },
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
            Store::Outlook => self.outlook(index, piece, from..outlook::ALL),
            Store::Graph => self.graph(index, piece, file, from..u64::MAX),
            ZIP if matches!(self.shelf.export(&path, self.task.item_bytes), Ok(Some(_))) => self.export(index, piece, from..export::ALL),
            _ if from > piece.offset => Ok(()),
            _ if apple::belongs_to_another(&path) => self.keep(Record::default(), (index + 1, 0)),
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
        let (mut origin, mut missing) = (origin(piece), Vec::new());
        if format == "maildir" {
            origin.flags = maildir_flags(&piece.path.path());
        }
        if format == "emlx" {
            (raw, missing) = apple::whole(raw, &piece.path.path(), most);
        }
        self.item(index, at, unread, |finder, at| match format {
            "text" | "file" => finder.lone_file(&raw, at, format, &piece.path.path(), &origin),
            _ => {
                let mut read = finder.message(&raw, at.clone(), format, &origin);
                let absent = |(detail, bytes)| gap(at.clone(), Stage::Intake, Reason::Unreadable, detail, bytes);
                read.gaps.extend(missing.into_iter().map(absent));
                read
            }
        })
    }

    /// The messages of a JSON export that begin in a range of its bytes.
    fn graph(&mut self, index: u32, piece: &WirePiece, mut file: File, range: Range<u64>) -> io::Result<()> {
        let most = usize::try_from(self.task.item_bytes).unwrap_or(usize::MAX);
        if let Err(e) = file.seek(SeekFrom::Start(0)) {
            return self.note(index, whole(piece, Stage::Intake, Reason::Unreadable, unreadable(&e)));
        }
        let mut objects = Objects::new(file, most);
        while let Some(object) = objects.next_object()? {
            if range.contains(&object.offset) {
                let at = Locator { evidence: piece.evidence.clone(), offset: object.offset, length: object.length };
                self.graph_message(index, at, &object, &origin(piece))?;
            }
        }
        Ok(())
    }

    fn mbox(&mut self, index: u32, piece: &WirePiece, file: impl io::Read, from: u64) -> io::Result<()> {
        let mut entries = Mbox::new(file, from, usize::try_from(self.task.item_bytes).unwrap_or(usize::MAX));
        let (mut end, origin) = (from, origin(piece));
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
                let mut read = finder.message(entry.raw, at.clone(), "mbox", &origin);
                if cut_off {
                    let detail = "The file ends inside this message.".to_owned();
                    read.gaps.push(gap(at, Stage::Split, Reason::Damaged, detail, 0));
                }
                read
            })?;
        }
    }

    /// One item: announced, read, kept. `unread` bytes of it were beyond the limit.
    pub(super) fn item(&mut self, index: u32, at: Locator, unread: u64, read: impl FnOnce(&mut Finder, Locator) -> Read) -> io::Result<()> {
        let next = (index, at.offset + at.length.max(1));
        if !self.begins(index, &at)? {
            return Ok(());
        }
        let finder = &mut *self.finder;
        let mut read = self.out.during((index, at.offset), at.length, || read(finder, at.clone()));
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

    /// Work on an item before it is read, under the same watch; nothing for an item that is to be skipped.
    pub(super) fn announced<T>(&mut self, index: u32, at: &Locator, work: impl FnOnce() -> T) -> io::Result<Option<T>> {
        let begins = self.begins(index, at)?;
        Ok(begins.then(|| self.out.during((index, at.offset), at.length, work)))
    }

    /// Whether the item is to be read; says that it is being read, where one of them kills.
    fn begins(&self, index: u32, at: &Locator) -> io::Result<bool> {
        let place = (index, at.offset);
        if self.task.skip.contains(&place) {
            return Ok(false);
        }
        if self.task.careful {
            self.out.send(&Reply::At { place, length: at.length, millis: 0 })?;
        }
        Ok(true)
    }

    /// A gap that is no message.
    pub(super) fn note(&mut self, index: u32, record: Record) -> io::Result<()> {
        self.keep(record, (index + 1, 0))
    }

    pub(super) fn keep(&mut self, record: Record, next: Place) -> io::Result<()> {
        if self.gathered.is_some() {
            // The first pass said so.
            return Ok(());
        }
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

fn origin(piece: &WirePiece) -> Origin {
    Origin { folder: piece.folder.clone(), custodian: piece.custodian.clone(), ..Origin::default() }
}

/// The letters at the end of a file's name in a Maildir (cr.yp.to/proto/maildir.html).
fn maildir_flags(path: &Path) -> Vec<String> {
    const LETTERS: [(char, &str); 6] =
        [('P', "forwarded"), ('R', "replied"), ('S', "read"), ('T', "deleted"), ('D', "draft"), ('F', "flagged")];
    let name = path.file_name().and_then(|n| n.to_str()).unwrap_or_default();
    let letters = name.rsplit_once(":2,").map_or("", |(_, letters)| letters);
    LETTERS.iter().filter(|(letter, _)| letters.contains(*letter)).map(|(_, word)| (*word).to_owned()).collect()
}

fn in_maildir(path: &Path) -> bool {
    path.parent().and_then(Path::file_name).is_some_and(|folder| folder == "cur" || folder == "new")
}

pub(super) fn unreadable(e: &io::Error) -> String {
    match e.kind() {
        io::ErrorKind::NotFound => "The file is gone.".into(),
        io::ErrorKind::PermissionDenied => "The system does not let us read the file.".into(),
        kind => format!("The file cannot be read: {kind}."),
    }
}

pub(super) fn gap(at: Locator, stage: Stage, reason: Reason, detail: String, bytes: u64) -> Gap {
    Gap { at, part: None, place: String::new(), media: String::new(), stage, reason, detail, bytes }
}

/// A record that only says that a piece was not read.
pub(super) fn whole(piece: &WirePiece, stage: Stage, reason: Reason, detail: String) -> Record {
    let at = Locator { evidence: piece.evidence.clone(), offset: piece.offset, length: piece.length };
    Record { gaps: vec![gap(at, stage, reason, detail, piece.bytes)], ..Record::default() }
}
