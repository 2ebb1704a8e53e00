//! Outlook stores as files: read at any place, and what there is to say of a store as a whole and of how its items were come by.

use aftermail_mapi::ReadAt;
use aftermail_mapi::pst::{About, Cipher, Reached};
use aftermail_model::Reason;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;

/// A file that is read where it lies, so that memory does not grow with it.
pub(super) struct OnDisk<'f> {
    file: &'f File,
    size: u64,
}

impl OnDisk<'_> {
    pub(super) fn new(file: &File) -> io::Result<OnDisk<'_>> {
        Ok(OnDisk { file, size: file.metadata()?.len() })
    }
}

impl ReadAt for OnDisk<'_> {
    fn size(&self) -> u64 {
        self.size
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<usize> {
        let mut filled = 0;
        while filled < buffer.len() {
            match FileExt::read_at(self.file, &mut buffer[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(n) => filled += n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) => return Err(e),
            }
        }
        Ok(filled)
    }
}

/// The word of [`aftermail_model::Message::reached`].
pub(super) fn reached(reached: Reached) -> Option<&'static str> {
    match reached {
        Reached::Folder => None,
        Reached::Associated => Some("associated"),
        Reached::Orphan => Some("orphan"),
        Reached::Recovered => Some("recovered"),
        Reached::Missing => Some("missing"),
    }
}

/// Gaps of the store: reason, what it means, and bytes.
pub(super) fn faults(about: &About) -> Vec<(Reason, String, u64)> {
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
