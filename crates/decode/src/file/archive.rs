//! Files that hold files: zip, tar and gzip. Office documents are zips too.

use super::{Budget, Contents, Loss, MEMBERS, Member, odf, ooxml};
use crate::sniff;
use aftermail_model::Reason;
use std::io::Cursor;
use zip::ZipArchive;

const CUT_OFF: &str = "The archive is cut off or damaged; what stands behind is lost.";

fn contents(media: &'static str, members: Vec<Member>) -> Contents {
    Contents { media, members, ..Contents::default() }
}

fn member(name: String, content: Result<Vec<u8>, Loss>) -> Member {
    Member { name, content, opened_by: None }
}

/// A zip archive, or the document that it is.
pub(super) fn zip(bytes: &[u8], budget: &mut Budget) -> Option<Contents> {
    let found = whole_zip(bytes, budget).or_else(|| cut_off_zip(bytes, budget))?;
    let Contents { members, mut losses, .. } = found;
    match ooxml::open(members).or_else(odf::open) {
        Ok(mut document) => {
            document.losses.append(&mut losses);
            Some(document)
        }
        Err(members) => Some(Contents { losses, ..contents("application/zip", members) }),
    }
}

fn whole_zip(bytes: &[u8], budget: &mut Budget) -> Option<Contents> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).ok()?;
    let mut members = Vec::new();
    for index in 0..archive.len().min(MEMBERS) {
        let Ok(raw) = archive.by_index_raw(index) else { continue };
        let (name, locked, size, folder) = (clean(&raw.name().unwrap_or_default()), raw.encrypted(), raw.compressed_size(), raw.is_dir());
        drop(raw);
        if folder {
            continue;
        }
        let content = if locked {
            Err(Loss::new(Reason::Encrypted, "The archive is locked: it needs a password.", size))
        } else {
            match archive.by_index(index) {
                Ok(file) => budget.read(file),
                Err(_) => Err(Loss::new(Reason::Unsupported, "Its compression is not known to this version, or it is damaged.", size)),
            }
        };
        members.push(member(name, content));
    }
    Some(contents("application/zip", members))
}

/// Without its directory an archive is read from its beginning, as far as it goes.
fn cut_off_zip(bytes: &[u8], budget: &mut Budget) -> Option<Contents> {
    let mut rest = Cursor::new(bytes);
    let mut members = Vec::new();
    while let Ok(Some(file)) = zip::read::read_zipfile_from_stream(&mut rest) {
        let name = clean(&file.name().unwrap_or_default());
        members.push(member(name, budget.read(file)));
        if members.len() >= MEMBERS {
            break;
        }
    }
    let losses = vec![Loss::new(Reason::Damaged, CUT_OFF, 0)];
    (!members.is_empty()).then(|| Contents { losses, ..contents("application/zip", members) })
}

pub(super) fn tar(bytes: &[u8], budget: &mut Budget) -> Contents {
    let mut archive = tar::Archive::new(Cursor::new(bytes));
    let mut found = contents("application/x-tar", Vec::new());
    let Ok(entries) = archive.entries() else { return found };
    for entry in entries.take(MEMBERS) {
        let Ok(entry) = entry else {
            found.losses.push(Loss::new(Reason::Damaged, CUT_OFF, 0));
            break;
        };
        if entry.header().entry_type().is_file() {
            let name = clean(&String::from_utf8_lossy(&entry.path_bytes()));
            found.members.push(member(name, budget.read(entry)));
        }
    }
    found
}

pub(super) fn gzip(bytes: &[u8], name: Option<&str>, budget: &mut Budget) -> Option<Contents> {
    let content = budget.read(flate2::read::MultiGzDecoder::new(bytes));
    let lower = name.unwrap_or("").to_lowercase();
    let own = match lower.strip_suffix(".tgz") {
        Some(stem) => format!("{stem}.tar"),
        None => lower.strip_suffix(".gz").unwrap_or("content").to_owned(),
    };
    // A tar inside is not a file of its own for people.
    match content {
        Ok(inner) if sniff::magic(&inner) == Some("application/x-tar") => Some(tar(&inner, budget)),
        content => Some(contents("application/gzip", vec![member(own, content)])),
    }
}

/// A member's name without what a terminal or report could take for something else.
fn clean(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(255).collect()
}
