//! Tar of all flavours (POSIX.1-1988 ustar, pax, GNU, the seventh edition's).

use super::super::{Budget, Contents, Loss};
use super::{CUT_OFF, Unpacking, names};
use crate::sniff::is_tar_header;
use aftermail_model::Reason;
use std::io::Cursor;

const BLOCK: usize = 512;

/// Reads member by member; behind a damaged one it goes on at the next header.
pub(super) fn open(bytes: &[u8], budget: &mut Budget) -> Contents {
    let mut out = Unpacking::new("application/x-tar", budget);
    let mut at = 0;
    while let Some(stopped) = walk(bytes, at, &mut out) {
        let next = (stopped / BLOCK * BLOCK + BLOCK..bytes.len()).step_by(BLOCK).find(|n| is_tar_header(&bytes[*n..]));
        let lost = next.unwrap_or(bytes.len()).saturating_sub(stopped);
        out.lost(Loss::new(Reason::Damaged, CUT_OFF, lost as u64));
        match next {
            Some(next) => at = next,
            None => break,
        }
    }
    out.done()
}

/// Reads from a header on. Returns where it had to stop, unless that is the end.
fn walk(bytes: &[u8], from: usize, out: &mut Unpacking<'_>) -> Option<usize> {
    let mut archive = tar::Archive::new(Cursor::new(&bytes[from..]));
    let mut at = from;
    for entry in archive.entries().ok()? {
        let Ok(entry) = entry else { return Some(at) };
        at = from + usize::try_from(entry.raw_file_position()).ok()?;
        let kind = entry.header().entry_type();
        if kind.is_file() || kind.is_gnu_sparse() || kind.is_contiguous() {
            let name = names::guessed(&entry.path_bytes());
            let (packed, size) = (entry.header().entry_size().unwrap_or(0), entry.size());
            out.file(name, packed, (size > 0).then_some(size), entry);
        }
    }
    None
}
