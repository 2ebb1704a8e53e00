//! Files that hold files: zip, tar and gzip. Each member becomes a leaf of its own; Office documents are zips too.

use super::leaf::{Leaf, Outcome};
use super::{Walk, joined};
use crate::office;
use aftermail_model::{Layer, Reason};
use mail_parser::{Encoding, PartType};
use std::borrow::Cow;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// Members of one archive that are looked at.
const MEMBERS: usize = 20_000;
/// Bytes of one member, unpacked: a bomb among them must not use up what the others need.
const MEMBER_BYTES: u64 = 64 << 20;

/// A member that was unpacked, or why it was not.
pub(crate) struct Member {
    pub name: String,
    pub content: Result<Vec<u8>, (Reason, String, u64)>,
}

impl Walk<'_> {
    /// Reads an archive or document; gives the leaf back where it is neither.
    pub(super) fn archive<'m>(&mut self, leaf: Leaf<'m>, bytes: &[u8], media: &str, depth: u32, content: &str) -> Option<Leaf<'m>> {
        let members = match media {
            "application/zip" => self.zip(bytes),
            "application/x-tar" => Some(self.tar(bytes)),
            "application/gzip" => self.gzip(bytes, leaf.name.as_deref()),
            _ => None,
        };
        let Some(members) = members else { return Some(leaf) };
        if depth >= self.limits.depth {
            self.note(&leaf, Reason::TooDeep, "Archives are nested deeper than the limit.".into(), leaf.encoded.len() as u64);
            self.finish(leaf, Outcome::Not("application/zip"), content.to_owned());
            return None;
        }
        let place = leaf.place.clone();
        if let Some(document) = office::read(&members) {
            self.document(leaf, document, members, depth, content);
        } else {
            self.finish(leaf, Outcome::Container, content.to_owned());
            for member in members {
                self.member(member, &place, depth);
            }
        }
        None
    }

    /// The text of an Office document, and the files within it.
    fn document(&mut self, leaf: Leaf<'_>, document: office::Document, members: Vec<Member>, depth: u32, content: &str) {
        let (index, place) = (leaf.index, leaf.place.clone());
        let mut chars = 0;
        for (layer, own, text) in [(Layer::Visible, "", document.text), (Layer::Hidden, "properties", document.hidden)] {
            chars += text.len() as u64;
            let place = if own.is_empty() { place.clone() } else { joined(&place, own) };
            self.push_text(index, layer, &place, document.media, text);
        }
        let decoded = leaf.encoded.len() as u64;
        self.finish(leaf, Outcome::Text { chars, decoded, charset: None, found: document.media.to_owned() }, content.to_owned());
        for member in members.into_iter().filter(|m| office::is_embedded(&m.name) || m.content.is_err()) {
            self.member(member, &place, depth);
        }
    }

    fn member(&mut self, member: Member, place: &str, depth: u32) {
        let index = self.index();
        let bytes = member.content.as_deref().unwrap_or_default();
        let leaf = Leaf {
            index,
            place: joined(place, &member.name),
            name: Some(member.name.clone()),
            declared: "application/octet-stream".into(),
            charset: None,
            encoding: Encoding::None,
            encoded: bytes,
            broken: false,
        };
        match &member.content {
            Ok(_) => self.decode(leaf, &PartType::Binary(Cow::Borrowed(bytes)), depth + 1),
            Err((reason, detail, size)) => {
                self.note(&leaf, *reason, detail.clone(), *size);
                self.finish(leaf, Outcome::Not("application/octet-stream"), String::new());
                self.ledger.unread += size;
            }
        }
    }

    /// Reads on until the end, or until the member or the message is larger than its limit.
    fn unpacked(&mut self, reader: impl Read) -> Result<Vec<u8>, (Reason, String, u64)> {
        let left = self.limits.text_bytes.saturating_sub(self.unpacked_bytes).min(MEMBER_BYTES);
        let mut out = Vec::new();
        let read = reader.take(left + 1).read_to_end(&mut out);
        self.unpacked_bytes += out.len() as u64;
        match read {
            _ if out.len() as u64 > left => Err((Reason::TooLarge, "Unpacked, it is larger than the limit.".into(), out.len() as u64)),
            Err(_) if out.is_empty() => Err((Reason::Damaged, "It cannot be unpacked.".into(), 0)),
            // What came out before the damage is searched.
            _ => Ok(out),
        }
    }

    fn zip(&mut self, bytes: &[u8]) -> Option<Vec<Member>> {
        let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return self.cut_off_zip(bytes) };
        let mut members = Vec::new();
        for index in 0..archive.len().min(MEMBERS) {
            let Ok(raw) = archive.by_index_raw(index) else { continue };
            let (name, locked, size, folder) =
                (clean(&raw.name().unwrap_or_default()), raw.encrypted(), raw.compressed_size(), raw.is_dir());
            drop(raw);
            if folder {
                continue;
            }
            let content = if locked {
                Err((Reason::Encrypted, "The archive is locked: it needs a password.".into(), size))
            } else {
                match archive.by_index(index) {
                    Ok(file) => self.unpacked(file),
                    Err(_) => Err((Reason::Unsupported, "Its compression is not known to this version, or it is damaged.".into(), size)),
                }
            };
            members.push(Member { name, content });
        }
        Some(members)
    }

    /// Without its directory an archive is read from its beginning, as far as it goes.
    fn cut_off_zip(&mut self, bytes: &[u8]) -> Option<Vec<Member>> {
        let mut rest = Cursor::new(bytes);
        let mut members = Vec::new();
        while let Ok(Some(file)) = zip::read::read_zipfile_from_stream(&mut rest) {
            let name = clean(&file.name().unwrap_or_default());
            let content = self.unpacked(file);
            members.push(Member { name, content });
            if members.len() >= MEMBERS {
                break;
            }
        }
        (!members.is_empty()).then(|| {
            let detail = "The archive is cut off or damaged; what stands behind is lost.".to_owned();
            members.push(Member { name: "rest of the archive".into(), content: Err((Reason::Damaged, detail, 0)) });
            members
        })
    }

    fn tar(&mut self, bytes: &[u8]) -> Vec<Member> {
        let mut archive = tar::Archive::new(Cursor::new(bytes));
        let mut members = Vec::new();
        let Ok(entries) = archive.entries() else { return members };
        for entry in entries.take(MEMBERS) {
            let Ok(entry) = entry else {
                let detail = "The archive is cut off or damaged; what stands behind is lost.".to_owned();
                members.push(Member { name: "rest of the archive".into(), content: Err((Reason::Damaged, detail, 0)) });
                break;
            };
            if entry.header().entry_type().is_file() {
                let name = clean(&String::from_utf8_lossy(&entry.path_bytes()));
                let content = self.unpacked(entry);
                members.push(Member { name, content });
            }
        }
        members
    }

    fn gzip(&mut self, bytes: &[u8], name: Option<&str>) -> Option<Vec<Member>> {
        let content = self.unpacked(flate2::read::MultiGzDecoder::new(bytes));
        let lower = name.unwrap_or("").to_lowercase();
        let own = match lower.strip_suffix(".tgz") {
            Some(stem) => format!("{stem}.tar"),
            None => lower.strip_suffix(".gz").unwrap_or("content").to_owned(),
        };
        // A tar inside is not a file of its own for people.
        match content {
            Ok(inner) if crate::sniff::magic(&inner) == Some("application/x-tar") => Some(self.tar(&inner)),
            content => Some(vec![Member { name: own, content }]),
        }
    }
}

/// A member's name without what a terminal or report could take for something else.
fn clean(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).take(255).collect()
}
