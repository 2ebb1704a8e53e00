//! Apple Mail's partial messages, whose attachments lie beside them in files of their own.

use aftermail_decode::emlx;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

/// End of the name of a message without its attachments.
const PARTIAL: &str = ".partial.emlx";
/// End of the name of an attachment.
const PART: &str = ".emlxpart";

/// The message of which the file is a part, if it is one and the message is there: it is read with it.
pub(super) fn belongs_to_another(path: &Path) -> bool {
    let message = || {
        let number = path.file_name()?.to_str()?.strip_suffix(PART)?.split('.').next()?;
        Some(path.with_file_name(format!("{number}{PARTIAL}")))
    };
    message().is_some_and(|message| File::open(message).is_ok())
}

/// The message with the parts that lie beside it, at most so many bytes; and for each part that is missing what it is and its
/// bytes.
pub(super) fn whole(raw: Vec<u8>, path: &Path, most: u64) -> (Vec<u8>, Vec<(String, u64)>) {
    let Some(number) = path.file_name().and_then(|n| n.to_str()).and_then(|n| n.strip_suffix(PARTIAL)) else { return (raw, Vec::new()) };
    let (mut bodies, mut missing) = (Vec::new(), Vec::new());
    let mut left = most.saturating_sub(raw.len() as u64);
    for absent in emlx::absent(&raw) {
        let name = format!("{number}.{}{PART}", absent.section);
        match read(&path.with_file_name(&name), left) {
            Some(body) => {
                left -= body.len() as u64;
                bodies.push((absent, body));
            }
            None => missing.push((format!("Apple Mail keeps part {} in \"{name}\", which is not there.", absent.section), absent.bytes)),
        }
    }
    (if bodies.is_empty() { raw } else { emlx::whole(&raw, &bodies) }, missing)
}

fn read(path: &PathBuf, most: u64) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    File::open(path).ok()?.take(most + 1).read_to_end(&mut body).ok()?;
    (body.len() as u64 <= most).then_some(body)
}
