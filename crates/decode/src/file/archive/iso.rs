//! Images of CDs (ECMA-119), with the long names of Joliet or Rock Ridge.

use super::super::{Budget, Contents, Loss};
use super::read::u32_at;
use super::{CUT_OFF, Unpacking, names};
use aftermail_model::Reason;
use encoding_rs::UTF_16BE;
use std::collections::HashSet;

const SECTOR: usize = 2048;
/// Folders within folders.
const DEPTH: usize = 32;
/// Records of folders that are looked at.
const RECORDS: usize = 100_000;

struct Image<'a> {
    bytes: &'a [u8],
    wide: bool,
    /// Folders that were listed, so that a loop ends.
    seen: HashSet<usize>,
    records: usize,
}

/// None where it has no volume descriptor. One with another file system (UDF) beside gives what ISO 9660 lists.
pub(super) fn open(bytes: &[u8], budget: &mut Budget) -> Option<Contents> {
    let descriptors =
        || (16..80).map_while(|n| bytes.get(n * SECTOR..(n + 1) * SECTOR)).take_while(|d| d[1..6] == *b"CD001" && d[0] != 255);
    // Joliet is a supplementary descriptor with an escape sequence for UCS-2.
    let joliet = descriptors().find(|d| d[0] == 2 && d[88..90] == *b"%/" && matches!(d[90], b'@' | b'C' | b'E'));
    let descriptor = joliet.or_else(|| descriptors().find(|d| d[0] == 1))?;
    let mut out = Unpacking::new("application/x-iso9660-image", budget);
    let mut image = Image { bytes, wide: joliet.is_some(), seen: HashSet::new(), records: 0 };
    image.folder(&descriptor[156..190], "", 0, &mut out);
    if image.records >= RECORDS {
        out.lost(Loss::new(Reason::TooLarge, "The image lists more files than the limit.", 0));
    }
    let udf = (16..80)
        .filter_map(|n| bytes.get(n * SECTOR..))
        .any(|d| d.len() > 6 && d[1..6] == *b"NSR02" || d.len() > 6 && d[1..6] == *b"NSR03");
    if udf && out.contents.members.is_empty() {
        out.lost(Loss::new(Reason::Unsupported, "The image has a file system (UDF) that this version does not read.", bytes.len() as u64));
    }
    Some(out.done())
}

impl Image<'_> {
    /// The files of a folder, whose own record this is (ECMA-119 9.1).
    fn folder(&mut self, record: &[u8], path: &str, depth: usize, out: &mut Unpacking<'_>) {
        let (start, length) = extent(record);
        if depth > DEPTH || !self.seen.insert(start) {
            return;
        }
        let bytes = self.bytes;
        let data = bytes.get(start..start.saturating_add(length).min(bytes.len())).unwrap_or_default();
        if data.len() < length {
            out.lost(Loss::new(Reason::Damaged, CUT_OFF, (length - data.len()) as u64));
        }
        // A record does not cross sectors.
        for sector in data.chunks(SECTOR) {
            let mut at = 0;
            while let Some(size) = sector.get(at).map(|n| usize::from(*n)).filter(|n| *n > 33)
                && let Some(record) = sector.get(at..at + size)
                && self.records < RECORDS
            {
                at += size;
                self.records += 1;
                self.record(record, path, depth, out);
            }
        }
    }

    fn record(&mut self, record: &[u8], path: &str, depth: usize, out: &mut Unpacking<'_>) {
        let length = usize::from(record[32]);
        let own = record.get(33..33 + length).unwrap_or_default();
        // The folder itself and the one around it.
        if matches!(own, [0] | [1]) {
            return;
        }
        let name = self.name(own, &record[(33 + length).next_multiple_of(2).min(record.len())..]);
        let path = if path.is_empty() { name } else { format!("{path}/{name}") };
        if record[25] & 2 != 0 {
            return self.folder(record, &path, depth + 1, out);
        }
        let (start, length) = extent(record);
        let data = self.bytes.get(start..start.saturating_add(length).min(self.bytes.len())).unwrap_or_default();
        out.file(path, length as u64, Some(length as u64), data);
    }

    /// A name without its version; the one of Rock Ridge (entry NM) where there is one.
    fn name(&self, own: &[u8], mut system: &[u8]) -> String {
        let mut long = Vec::new();
        while !self.wide
            && let [a, b, length, ..] = system
            && let Some(entry) = system.get(..usize::from(*length)).filter(|e| e.len() >= 4)
        {
            if (*a, *b) == (b'N', b'M') {
                long.extend_from_slice(entry.get(5..).unwrap_or_default());
            }
            system = &system[entry.len()..];
        }
        if !long.is_empty() {
            return names::guessed(&long);
        }
        let text =
            if self.wide { UTF_16BE.decode_without_bom_handling(own).0.into_owned() } else { String::from_utf8_lossy(own).into_owned() };
        let text = text.rsplit_once(';').map_or(text.as_str(), |(name, _)| name);
        names::clean(text.strip_suffix('.').unwrap_or(text))
    }
}

/// Where a file or folder lies, and its length, in bytes.
fn extent(record: &[u8]) -> (usize, usize) {
    ((u32_at(record, 2) as usize).saturating_mul(SECTOR), u32_at(record, 10) as usize)
}
