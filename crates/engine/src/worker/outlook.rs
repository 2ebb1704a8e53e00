//! Outlook stores: read at any place of their file, item by item, and what there is to say of a store as a whole and of how its
//! items were come by.

use super::find::Origin;
use super::read::{Reading, gap, unreadable, whole};
use crate::tables::records::Record;
use crate::wire::WirePiece;
use aftermail_decode::export::Export;
use aftermail_mapi::ReadAt;
use aftermail_mapi::pst::{About, Cipher, Entry, Layout, Limits, NoStore, Reached, Store};
use aftermail_model::{Locator, Reason, Stage};
use std::cell::RefCell;
use std::fs::File;
use std::io;
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// Items that folders list and that are not there have numbers from here on: this plus their ids.
pub(super) const MISSING: u64 = 1 << 32;
/// Numbers of all items.
pub(super) const ALL: u64 = 1 << 33;

/// A file that is read where it lies, so that memory does not grow with it.
pub(super) struct OnDisk {
    file: File,
    size: u64,
}

impl ReadAt for OnDisk {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.file.read_at(&mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(filled)
    }
}

type Opened = Result<Rc<Store<OnDisk>>, NoStore>;
type Zipped = Option<Rc<RefCell<Export<File>>>>;

/// What was opened last: its next unit as a rule comes to the same worker.
#[derive(Default)]
pub(crate) struct Shelf {
    store: Option<(PathBuf, Opened)>,
    export: Option<(PathBuf, Zipped)>,
}

impl Shelf {
    /// Opens a store, of which items of at most so many bytes are read.
    pub(super) fn open(&mut self, path: &Path, item_bytes: u64) -> io::Result<Opened> {
        if let Some((_, store)) = self.store.as_ref().filter(|(known, _)| known == path) {
            return Ok(store.clone());
        }
        let file = File::open(path)?;
        let source = OnDisk { size: file.metadata()?.len(), file };
        let limits = Limits { bytes: item_bytes, ..Limits::default() };
        let store = Store::with_limits(source, limits).map(Rc::new);
        self.store = Some((path.to_owned(), store.clone()));
        Ok(store)
    }

    /// Opens a zip of mail; none where it is another zip.
    pub(super) fn export(&mut self, path: &Path, item_bytes: u64) -> io::Result<Zipped> {
        if let Some((_, export)) = self.export.as_ref().filter(|(known, _)| known == path) {
            return Ok(export.clone());
        }
        let export = Export::open(File::open(path)?, item_bytes).map(|export| Rc::new(RefCell::new(export)));
        self.export = Some((path.to_owned(), export.clone()));
        Ok(export)
    }
}

/// Ranges of the numbers of a store's items that hold about so many bytes each: start, length, and share of the store's bytes.
pub(super) fn ranges(store: &Store<OnDisk>, size: u64, unit: u64) -> Vec<(u64, u64, u64)> {
    let units = (size / unit).max(1);
    let mut ranges = store.ranges((store.about().items / units).max(1));
    if store.about().missing > 0 {
        ranges.push(MISSING..ALL);
    }
    let count = ranges.len() as u64;
    let share = |n: u64| size / count + if n == 0 { size % count } else { 0 };
    ranges.into_iter().zip(0..).map(|(ids, n)| (ids.start, ids.end - ids.start, share(n))).collect()
}

impl Reading<'_> {
    /// The items of an Outlook store whose numbers lie in a range.
    pub(super) fn outlook(&mut self, index: u32, piece: &WirePiece, numbers: Range<u64>) -> io::Result<()> {
        let store = match self.shelf.open(&piece.path.path(), self.task.item_bytes) {
            Ok(Ok(store)) => store,
            Ok(Err(why)) => {
                let detail = format!("The Outlook store cannot be opened: {why}.");
                return self.note(index, whole(piece, Stage::Intake, reason(&why), detail));
            }
            Err(e) => return self.note(index, whole(piece, Stage::Intake, Reason::Unreadable, unreadable(&e))),
        };
        let at = Locator { evidence: piece.evidence.clone(), offset: 0, length: piece.length };
        let origin = Origin { custodian: piece.custodian.clone(), ..Origin::default() };
        self.store(index, &store, &at, 0, numbers, &origin)
    }

    /// The items of an open store whose numbers, counted from `base`, lie in a range.
    pub(super) fn store<S: ReadAt>(
        &mut self,
        index: u32,
        store: &Store<S>,
        at: &Locator,
        base: u64,
        numbers: Range<u64>,
        origin: &Origin,
    ) -> io::Result<()> {
        if numbers.start == base {
            let gaps = faults(store.about()).into_iter().map(|(why, detail, bytes)| gap(at.clone(), Stage::Split, why, detail, bytes));
            // Also where there is nothing to say: a store without items was read, too.
            self.keep(Record { gaps: gaps.collect(), ..Record::default() }, (index, base))?;
        }
        let owner = || store.about().owner.clone().filter(|name| is_somebody(name));
        let origin = Origin { store: Some(kind(store.about())), custodian: origin.custodian.clone().or_else(owner), ..origin.clone() };
        let ids = numbers.start - base..numbers.end.saturating_sub(base);
        for entry in store.items(ids.start..ids.end.min(MISSING)) {
            self.entry(index, at, store, &entry, base + u64::from(entry.id), &origin)?;
        }
        if ids.end > MISSING {
            let number = |entry: &Entry| MISSING + u64::from(entry.id);
            for entry in store.missing().filter(|e| ids.contains(&number(e))) {
                self.entry(index, at, store, &entry, base + number(&entry), &origin)?;
            }
        }
        Ok(())
    }

    fn entry<S: ReadAt>(
        &mut self,
        index: u32,
        at: &Locator,
        store: &Store<S>,
        entry: &Entry,
        number: u64,
        origin: &Origin,
    ) -> io::Result<()> {
        let at = Locator { evidence: at.evidence.clone(), offset: number, length: 1 };
        let folders = origin.folder.iter().chain(entry.folder.iter());
        let folder = folders.map(String::as_str).collect::<Vec<_>>().join("/");
        let reached = reached(entry.reached).map(str::to_owned);
        let origin = Origin { folder: Some(folder).filter(|f| !f.is_empty()), reached, ..origin.clone() };
        self.item(index, at, 0, |finder, at| finder.outlook(&store.item(entry), at, "pst", &origin))
    }
}

/// Why a store is not opened, as the reason of a gap.
pub(super) fn reason(why: &NoStore) -> Reason {
    if matches!(why, NoStore::Version(37)) { Reason::Encrypted } else { Reason::Damaged }
}

/// The word of [`aftermail_model::Message::reached`].
fn reached(reached: Reached) -> Option<&'static str> {
    match reached {
        Reached::Folder => None,
        Reached::Associated => Some("associated"),
        Reached::Deleted => Some("deleted"),
        Reached::Orphan => Some("orphan"),
        Reached::Recovered => Some("recovered"),
        Reached::Missing => Some("missing"),
    }
}

/// The words of [`aftermail_model::Message::store`].
fn kind(about: &About) -> String {
    let layout = match about.layout {
        Layout::Ansi => "ANSI",
        Layout::Unicode => "Unicode",
        Layout::Large => "4k pages",
    };
    let password = if about.password { ", a password is set" } else { "" };
    format!("{} ({layout}){password}", if about.cache { "OST" } else { "PST" })
}

/// Whether the name of a store names a person, rather than being what Outlook calls every store.
fn is_somebody(name: &str) -> bool {
    const ANYBODY: [&str; 5] = ["personal folders", "outlook data file", "outlook", "archive", "archive folders"];
    name.contains('@') || !ANYBODY.contains(&name.trim().to_lowercase().as_str())
}

/// Gaps of the store: reason, what it means, and bytes.
fn faults(about: &About) -> Vec<(Reason, String, u64)> {
    let mut out = Vec::new();
    if about.cipher == Cipher::Wip {
        out.push((
            Reason::Encrypted,
            "The store is protected by Windows Information Protection; export it again on its own machine.".to_owned(),
            0,
        ));
    }
    let found = format!("a search of the whole file brought back {} items and {} blocks", about.recovered_nodes, about.recovered_blocks);
    if about.missing_bytes > 0 {
        out.push((
            Reason::Damaged,
            format!("The store is cut off; {found}. What stood in the rest is lost: ask for the export again."),
            about.missing_bytes,
        ));
    } else if about.header_damaged || about.broken_pages > 0 {
        let header = if about.header_damaged { "its header fails its checksum, " } else { "" };
        out.push((
            Reason::Damaged,
            format!("The store is damaged: {header}{} pages of its index cannot be read; {found}.", about.broken_pages),
            0,
        ));
    }
    out
}
