//! Cuts evidence into units: pieces of work small enough to be lost, large enough to be worth a message to a worker.

use crate::wire::WirePiece;
use crate::{EvidenceFile, Options};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64};

/// Bytes of a unit, more or less.
pub(crate) const UNIT_BYTES: u64 = 4 << 20;
/// Whole files in one unit at most.
const UNIT_FILES: usize = 256;
/// One of so many files closes its unit whatever the size, see [`of_small_files`].
const CLOSES: u64 = 128;
/// Bytes that are indexed at one go, so that reading follows close behind and finds the pages still in memory.
pub(crate) const WINDOW: u64 = 256 << 20;

/// What a piece is of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Extent {
    /// All of it.
    Whole,
    /// A range of its bytes: the file is an mbox.
    Bytes,
    /// A range of the numbers of its items: the file is an Outlook store.
    Items,
}

/// A range of one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Piece {
    /// Index in the list of files.
    pub file: usize,
    pub offset: u64,
    pub length: u64,
    pub extent: Extent,
    /// Its share of the file's bytes.
    pub bytes: u64,
}

/// Pieces as a worker is told of them.
pub(crate) fn wire(pieces: &[Piece], files: &[EvidenceFile]) -> Vec<WirePiece> {
    let piece = |p: &Piece| {
        let file = &files[p.file];
        WirePiece {
            evidence: file.id.clone(),
            path: file.path.as_path().into(),
            folder: file.folder.clone(),
            custodian: file.custodian.clone(),
            offset: p.offset,
            length: p.length,
            extent: p.extent,
            bytes: p.bytes,
        }
    };
    pieces.iter().map(piece).collect()
}

/// What a worker reads at one go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Unit {
    pub pieces: Vec<Piece>,
    /// For messages that are read together, one a piece: others whose secrets may open what is locked in them.
    pub together: Option<Vec<Piece>>,
}

impl Unit {
    /// A whole file.
    pub(crate) fn whole(file: usize, length: u64) -> Unit {
        Unit { pieces: vec![Piece { file, offset: 0, length, extent: Extent::Whole, bytes: length }], together: None }
    }

    /// A range of an mbox.
    pub(crate) fn range(file: usize, offset: u64, length: u64) -> Unit {
        Unit { pieces: vec![Piece { file, offset, length, extent: Extent::Bytes, bytes: length }], together: None }
    }

    /// A range of an Outlook store's items, and their share of its bytes.
    pub(crate) fn items(file: usize, offset: u64, length: u64, bytes: u64) -> Unit {
        Unit { pieces: vec![Piece { file, offset, length, extent: Extent::Items, bytes }], together: None }
    }

    /// Bytes of evidence in it.
    pub(crate) fn bytes(&self) -> u64 {
        self.pieces.iter().map(|p| p.bytes).sum()
    }

    /// A name derived from everything that the records of the unit depend on.
    pub(crate) fn id(&self, files: &[EvidenceFile], version: &str) -> String {
        let mut hash = Xxh3::new();
        let mut add = |bytes: &[u8]| {
            hash.update(&(bytes.len() as u64).to_le_bytes());
            hash.update(bytes);
        };
        add(version.as_bytes());
        add(&[u8::from(self.together.is_some())]);
        for piece in self.pieces.iter().chain(self.together.iter().flatten()) {
            let file = &files[piece.file];
            add(file.id.as_bytes());
            add(file.folder.as_deref().unwrap_or("\0").as_bytes());
            add(file.custodian.as_deref().unwrap_or("\0").as_bytes());
            for number in [file.size, piece.offset, piece.length, piece.extent as u64, piece.bytes] {
                add(&number.to_le_bytes());
            }
        }
        format!("{:032x}", hash.digest128())
    }
}

/// Names the state of decoder, packs, rules, key and limits: units read under another one are read again.
pub(crate) fn version(options: &Options) -> String {
    let mut hash = Xxh3::new();
    hash.update(env!("AFTERMAIL_BUILD").as_bytes());
    hash.update(options.key.fingerprint("version of units").as_str().as_bytes());
    for (name, text) in &options.rules {
        for piece in [name, text] {
            hash.update(&(piece.len() as u64).to_le_bytes());
            hash.update(piece.as_bytes());
        }
    }
    hash.update(&options.item_bytes.to_le_bytes());
    hash.update(&[u8::from(options.personal)]);
    // With models pictures become text, and with others another text.
    let models = options.models.iter().flat_map(|_| [aftermail_eyes::FIND, aftermail_eyes::READ]);
    models.for_each(|m| hash.update(m.sha256.as_bytes()));
    format!("{:032x}", hash.digest128())
}

/// Whether the file is worth cutting; a smaller one is read whole, whatever it is.
pub(crate) fn large(file: &EvidenceFile) -> bool {
    file.size > UNIT_BYTES
}

/// Groups the small files into units, in their order. Besides by size, a unit ends after a file whose id says so: a file
/// that is added or taken away then changes its own unit and leaves the others as they are.
pub(crate) fn of_small_files(files: &[EvidenceFile]) -> Vec<Unit> {
    let mut units = Vec::new();
    let mut open = Unit { pieces: Vec::new(), together: None };
    for (index, file) in files.iter().enumerate() {
        if large(file) {
            close(&mut open, &mut units);
            continue;
        }
        if open.bytes() + file.size > UNIT_BYTES {
            close(&mut open, &mut units);
        }
        open.pieces.push(Piece { file: index, offset: 0, length: file.size, extent: Extent::Whole, bytes: file.size });
        if open.pieces.len() >= UNIT_FILES || xxh3_64(file.id.as_bytes()).is_multiple_of(CLOSES) {
            close(&mut open, &mut units);
        }
    }
    close(&mut open, &mut units);
    units
}

fn close(open: &mut Unit, units: &mut Vec<Unit>) {
    if !open.pieces.is_empty() {
        units.push(Unit { pieces: std::mem::take(&mut open.pieces), together: None });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(n: usize) -> Vec<EvidenceFile> {
        (0..n)
            .map(|i| EvidenceFile {
                id: format!("{i}.eml"),
                path: format!("{i}.eml").into(),
                size: 1000 + i as u64,
                folder: None,
                custodian: None,
            })
            .collect()
    }

    #[test]
    fn every_file_is_in_one_unit() {
        let files = files(3000);
        let units = of_small_files(&files);
        let mut seen: Vec<usize> = units.iter().flat_map(|u| u.pieces.iter().map(|p| p.file)).collect();
        seen.sort_unstable();
        assert_eq!(seen, (0..3000).collect::<Vec<_>>());
        assert!(units.iter().all(|u| u.pieces.len() <= UNIT_FILES && u.bytes() <= UNIT_BYTES));
    }

    #[test]
    fn a_file_more_leaves_most_units_as_they_are() {
        let before = files(3000);
        let mut after = before.clone();
        after.insert(1234, EvidenceFile { id: "new".into(), path: "new".into(), size: 9, folder: None, custodian: None });
        let ids = |files: &[EvidenceFile]| of_small_files(files).iter().map(|u| u.id(files, "v")).collect::<std::collections::HashSet<_>>();
        let (a, b) = (ids(&before), ids(&after));
        assert!(a.difference(&b).count() <= 2, "{} of {} units changed", a.difference(&b).count(), a.len());
    }
}
