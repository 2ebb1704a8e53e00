//! Exports as they come: a zip of messages and stores, and the list (CSV) that says whose each of them is.
//!
//! Microsoft Purview exports PST files, or zips of MSG and EML files, each with a CSV whose columns changed names over the years
//! (learn.microsoft.com/purview/ediscovery-export-search-results, …/ediscovery-document-metadata-fields).

use crate::charset;
use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{Read, Seek};
use zip::ZipArchive;

/// Columns that say where an item lies in the export, the best first.
const ITEM: [&str; 10] = [
    "exportnativepath",
    "nativepath",
    "targetpath",
    "exportedpath",
    "exportpath",
    "filepath",
    "documentpath",
    "itempath",
    "compoundpath",
    "path",
];
/// Columns that say whose it is, the best first.
const CUSTODIAN: [&str; 7] = ["custodian", "custodianname", "mailbox", "mailboxname", "locationname", "location", "owner"];
/// Rows of one list.
const ROWS: usize = 2_000_000;

/// Whose the items of an export are.
#[derive(Debug, Default, Clone)]
pub struct Owners {
    /// Path components, lower case, and custodian; by the last component.
    by_name: HashMap<String, Vec<(Vec<String>, String)>>,
}

fn components(path: &str) -> Vec<String> {
    path.split(['/', '\\']).filter(|c| !c.is_empty() && *c != ".").map(str::to_lowercase).collect()
}

/// Item and custodian of every row of a list; none where the file has no such columns.
pub fn owners(csv: &[u8]) -> Vec<(String, String)> {
    let text = charset::text(Cow::Borrowed(csv), None).0;
    let mut rows = csv::ReaderBuilder::new().flexible(true).has_headers(true).from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let Ok(names) = rows.headers().cloned() else { return Vec::new() };
    let plain = |name: &str| name.chars().filter(|c| c.is_alphanumeric()).collect::<String>().to_lowercase();
    let column = |wanted: &[&str]| wanted.iter().find_map(|w| names.iter().position(|name| plain(name) == *w));
    let (Some(item), Some(custodian)) = (column(&ITEM), column(&CUSTODIAN)) else { return Vec::new() };
    let cell = |row: &csv::StringRecord, at: usize| row.get(at).map(str::trim).filter(|c| !c.is_empty()).map(str::to_owned);
    rows.records().take(ROWS).filter_map(|row| row.ok()).filter_map(|row| Some((cell(&row, item)?, cell(&row, custodian)?))).collect()
}

impl Owners {
    /// Takes in the rows of a list.
    pub fn add(&mut self, rows: Vec<(String, String)>) {
        for (path, custodian) in rows {
            let path = components(&path);
            if let Some(name) = path.last().cloned() {
                self.by_name.entry(name).or_default().push((path, custodian));
            }
        }
    }

    /// Whose the file at a path is: of the rows that name a file like it, that whose path agrees for the longest. Rows that agree
    /// equally long and name different people say nothing.
    pub fn of(&self, path: &str) -> Option<&str> {
        let path = components(path);
        let rows = self.by_name.get(path.last()?)?;
        let agreement = |row: &[String]| row.iter().rev().zip(path.iter().rev()).take_while(|(a, b)| a == b).count();
        let longest = rows.iter().map(|(row, _)| agreement(row)).max()?;
        let mut best = rows.iter().filter(|(row, _)| agreement(row) == longest).map(|(_, custodian)| custodian);
        let first = best.next()?;
        best.all(|other| other == first).then_some(first)
    }

    /// Whether it knows nobody.
    pub fn is_empty(&self) -> bool {
        self.by_name.is_empty()
    }
}

/// A file in a zip.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// Its place in the zip's directory.
    pub number: usize,
    /// Its path.
    pub name: String,
    /// Its size as it lies there.
    pub packed: u64,
    /// Its size.
    pub size: u64,
}

/// A zip of messages, stores and lists.
pub struct Export<R> {
    archive: ZipArchive<R>,
    /// Its files, in the order of the directory.
    pub members: Vec<Member>,
    /// Whose they are.
    pub owners: Owners,
}

/// What kinds of zip there are for those who look for mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Mail,
    /// An archive of Outlook for Mac.
    Olm,
    Other,
}

fn kind(members: &[Member]) -> Kind {
    let ends = |name: &str, ends: &[&str]| ends.iter().any(|e| name.to_ascii_lowercase().ends_with(e));
    let stores = members.iter().filter(|m| ends(&m.name, &[".pst", ".ost", ".mbox"])).count();
    let messages = members.iter().filter(|m| ends(&m.name, &[".eml", ".msg", ".emlx"])).count();
    if members.iter().any(|m| m.name.contains("com.microsoft.__Messages/") && ends(&m.name, &[".xml"])) {
        Kind::Olm
    } else if stores > 0 || messages > 0 && 2 * messages >= members.len() {
        Kind::Mail
    } else {
        Kind::Other
    }
}

/// Why a member does not come out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It needs a password.
    Locked,
    /// It is larger than the limit.
    TooLarge,
    /// Its compression is unknown, or it is damaged.
    Damaged,
}

impl<R: Read + Seek> Export<R> {
    /// Opens a zip that holds mail rather than documents; none where it is another one. Lists of at most so many bytes are read.
    pub fn open(reader: R, most: u64) -> Option<Export<R>> {
        let mut archive = ZipArchive::new(reader).ok()?;
        let member = |(number, archive): (usize, &mut ZipArchive<R>)| {
            let file = archive.by_index_raw(number).ok()?;
            let name: String = file.name().ok()?.chars().filter(|c| !c.is_control()).collect();
            (!file.is_dir()).then(|| Member { number, name, packed: file.compressed_size(), size: file.size() })
        };
        let members: Vec<Member> = (0..archive.len()).filter_map(|number| member((number, &mut archive))).collect();
        if kind(&members) == Kind::Other {
            return None;
        }
        let mut export = Export { archive, members, owners: Owners::default() };
        let lists: Vec<usize> = export.members.iter().filter(|m| m.name.to_ascii_lowercase().ends_with(".csv")).map(|m| m.number).collect();
        for number in lists {
            let rows = export.read(number, most).map_or(Vec::new(), |bytes| owners(&bytes));
            export.owners.add(rows);
        }
        Some(export)
    }

    /// Whether it is an archive of Outlook for Mac, whose XML this version searches as text.
    pub fn is_olm(&self) -> bool {
        kind(&self.members) == Kind::Olm
    }

    /// A file's content, of at most so many bytes.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn read(&mut self, number: usize, most: u64) -> Result<Vec<u8>, Refusal> {
        if self.archive.by_index_raw(number).is_ok_and(|raw| raw.encrypted()) {
            return Err(Refusal::Locked);
        }
        let file = self.archive.by_index(number).map_err(|_| Refusal::Damaged)?;
        let mut out = Vec::new();
        let read = file.take(most.saturating_add(1)).read_to_end(&mut out);
        match read {
            _ if out.len() as u64 > most => Err(Refusal::TooLarge),
            Err(_) if out.is_empty() => Err(Refusal::Damaged),
            // What came out before the damage is read.
            _ => Ok(out),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_several_years_say_whose_an_item_is() {
        let new = "\u{feff}Row number,Item class,Custodian,Export native path\r\n1,IPM.Note,ann@corp.example,\"Exchange\\1\\a, b.msg\"\r\n";
        assert_eq!(owners(new.as_bytes()), [("Exchange\\1\\a, b.msg".to_owned(), "ann@corp.example".to_owned())]);
        let old: Vec<u8> = "Item Identity,Location Name,Target Path\r\n7,bob@corp.example,Bob/Inbox/b.eml\r\n"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        let old = [&[0xFF, 0xFE], old.as_slice()].concat();
        assert_eq!(owners(&old), [("Bob/Inbox/b.eml".to_owned(), "bob@corp.example".to_owned())]);
        assert!(owners(b"a,b\n1,2\n").is_empty());
    }

    #[test]
    fn the_longest_agreement_wins() {
        let mut owners = Owners::default();
        let row = |path: &str, who: &str| (path.to_owned(), who.to_owned());
        owners.add(vec![row("Export\\Ann\\Inbox\\1.eml", "ann"), row("Export\\Bob\\Inbox\\1.eml", "bob"), row("2.eml", "cid")]);
        assert_eq!(owners.of("cases/x/bob/inbox/1.EML"), Some("bob"));
        assert_eq!(owners.of("inbox/1.eml"), None);
        assert_eq!(owners.of("deep/down/2.eml"), Some("cid"));
        assert_eq!(owners.of("3.eml"), None);
    }
}
