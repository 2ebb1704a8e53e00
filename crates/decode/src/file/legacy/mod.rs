//! Compound files that are no messages ([MS-CFB]): Office 97–2003 documents, locked documents of any version, and objects.

mod biff;
mod blips;
mod doc;
mod formatting;
mod ppt;
mod properties;
mod shapes;
mod strings;
mod vba;
mod xls;

use super::lock::Opener;
use super::pages::Pages;
use super::{Budget, Contents, Loss, lock};
use crate::{Key, Tools, residue};
use aftermail_mapi::compound::Compound;
use aftermail_model::{Layer, Reason};
use std::path::{Path, PathBuf};
pub(super) use strings::packaged;

const WORD: &str = "application/msword";
const EXCEL: &str = "application/vnd.ms-excel";
const POWERPOINT: &str = "application/vnd.ms-powerpoint";
const OLE: &str = "application/x-ole-storage";

/// Storages within storages that are read.
const DEPTH: u32 = 8;

/// Reads a compound file; what is none is searched as it stands.
pub(super) fn open(bytes: &[u8], name: Option<&str>, tools: &Tools<'_>, budget: &mut Budget) -> Contents {
    let Some(mut file) = Compound::open(bytes) else {
        let mut pages = Pages::new(OLE);
        pages.say(Layer::Raw, "", residue::strings(bytes));
        pages.lose(Reason::Damaged, "It begins as an Office 97–2003 document but is damaged; it was searched undecoded.", bytes.len());
        return pages.done();
    };
    if let Some(contents) = locked(&mut file, name, tools, budget) {
        return contents;
    }
    let media = media(&file);
    let mut storage = Storage { file, opener: Opener::new(tools, budget), pages: Pages::new(media) };
    if storage.file.is_cut_off() {
        storage.pages.lose(Reason::Damaged, "The file is cut off: it is shorter than its own table of sectors.", 0);
    }
    storage.read(Path::new("/"), DEPTH);
    storage.pages.done()
}

/// Reads a workbook that is no compound file, as before Excel 5.
pub(super) fn workbook(bytes: &[u8], tools: &Tools<'_>, budget: &mut Budget) -> Contents {
    let mut pages = Pages::new(EXCEL);
    match xls::read(bytes.to_vec(), &mut Opener::new(tools, budget), &mut pages) {
        Ok(opened_by) => pages.opened(opened_by),
        Err(loss) => pages.lose(loss.reason, loss.detail, bytes.len()),
    }
    pages.done()
}

/// Reads a document of Word 2, which is no compound file.
pub(super) fn word_2(bytes: &[u8]) -> Contents {
    let mut pages = Pages::new(WORD);
    doc::word_2(bytes, &mut pages);
    pages.done()
}

/// A whole document of a later version behind a lock.
fn locked(file: &mut Compound<'_>, name: Option<&str>, tools: &Tools<'_>, budget: &mut Budget) -> Option<Contents> {
    let child = |file: &Compound<'_>, name: &str| {
        file.children(Path::new("/")).into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, path)| path)
    };
    let package = child(file, "EncryptedPackage").and_then(|path| file.stream(&path));
    let info = child(file, "EncryptionInfo").and_then(|path| file.stream(&path));
    let rights = file.has_stream(Path::new("/\u{9}DRMContent"))
        || file.has_storage(Path::new("/\u{6}DataSpaces/TransformInfo/DRMEncryptedTransform"));
    let lose = |reason, detail: &str, bytes: usize| {
        let mut pages = Pages::new(OLE);
        pages.lose(reason, detail, bytes);
        Some(pages.done())
    };
    if rights {
        let detail = "The document is locked by rights management: only the server that issued the licence opens it.";
        let all = file.children(Path::new("/"));
        return lose(Reason::Encrypted, detail, package.map_or_else(|| held(file, &all), |p| p.len()));
    }
    let (package, info) = (package?, info.unwrap_or_default());
    match lock::package(&info, &package, &mut Opener::new(tools, budget)) {
        Ok((plain, key)) => match super::open(&plain, name, tools, budget) {
            Some(contents) => Some(Contents { opened_by: Some(key), ..contents }),
            None => lose(Reason::Damaged, "The document was unlocked, but what came out is no document.", plain.len()),
        },
        Err(Loss { reason, detail, .. }) => lose(reason, &detail, package.len()),
    }
}

fn media(file: &Compound<'_>) -> &'static str {
    let has = |name: &str| file.has_stream(&Path::new("/").join(name));
    if has("WordDocument") {
        WORD
    } else if has("Workbook") || has("Book") {
        EXCEL
    } else if has("PowerPoint Document") {
        POWERPOINT
    } else if has("VisioDocument") {
        "application/vnd.visio"
    } else {
        OLE
    }
}

/// Bytes of the streams among these children.
fn held(file: &mut Compound<'_>, children: &[(String, PathBuf)]) -> usize {
    children.iter().filter_map(|(_, path)| file.stream(path)).map(|stream| stream.len()).sum()
}

struct Storage<'f, 't, 'b> {
    file: Compound<'f>,
    opener: Opener<'t, 'b>,
    pages: Pages,
}

impl Storage<'_, '_, '_> {
    fn take(&mut self, at: &Path, name: &str) -> Vec<u8> {
        self.file.stream(&at.join(name)).unwrap_or_default()
    }

    /// Reads what a storage holds: a document, an object or macros; then the storages within.
    fn read(&mut self, at: &Path, depth: u32) {
        let children = self.file.children(at);
        let has = |name: &str| children.iter().any(|(n, _)| n.eq_ignore_ascii_case(name));
        let read = if has("WordDocument") {
            self.word(at)
        } else if has("Workbook") || has("Book") {
            self.excel(at, if has("Workbook") { "Workbook" } else { "Book" })
        } else if has("PowerPoint Document") {
            self.power_point(at)
        } else {
            Ok(false)
        };
        let known = match read {
            Ok(read) => read,
            Err(loss) => {
                let bytes = usize::try_from(loss.bytes).unwrap_or(usize::MAX);
                self.pages.lose(loss.reason, loss.detail, if bytes == 0 { held(&mut self.file, &children) } else { bytes });
                true
            }
        };
        let object = self.object(at, &children);
        for (name, path) in &children {
            if name == "\u{5}SummaryInformation" || name == "\u{5}DocumentSummaryInformation" {
                let text = self.file.stream(path).map_or(String::new(), |bytes| properties::read(&bytes));
                self.pages.say(Layer::Hidden, "properties", text);
            } else if name == "VBA" && self.file.has_storage(path) {
                self.macros(path);
            }
        }
        if !known && !object && !has("VBA") {
            self.unknown(at, &children);
        }
        for (name, path) in children.iter().filter(|(name, _)| name != "VBA") {
            if self.file.has_storage(path) {
                if depth == 0 {
                    let detail = format!("\"{}\" within the document is nested deeper than the limit.", printable(name));
                    self.pages.lose(Reason::TooDeep, detail, 0);
                } else {
                    self.read(path, depth - 1);
                }
            }
        }
    }

    fn word(&mut self, at: &Path) -> Result<bool, Loss> {
        let streams = doc::Streams {
            main: self.take(at, "WordDocument"),
            table0: self.take(at, "0Table"),
            table1: self.take(at, "1Table"),
            data: self.take(at, "Data"),
        };
        let (opened_by, data) = doc::read(streams, &mut self.opener, &mut self.pages)?;
        self.pages.opened(opened_by);
        blips::hold(&data, &mut self.pages);
        self.shapes(at, opened_by, &["0Table", "1Table"]);
        Ok(true)
    }

    fn excel(&mut self, at: &Path, name: &str) -> Result<bool, Loss> {
        let stream = self.take(at, name);
        let opened_by = xls::read(stream, &mut self.opener, &mut self.pages)?;
        self.pages.opened(opened_by);
        self.shapes(at, opened_by, &[name]);
        // What a pivot table keeps of its source, and where it came from.
        for (_, path) in self.file.children(&at.join("_SX_DB_CUR")) {
            let cache = self.file.stream(&path).unwrap_or_default();
            self.pages.say(Layer::Hidden, "pivot tables", strings::of_records(&cache));
        }
        Ok(true)
    }

    fn power_point(&mut self, at: &Path) -> Result<bool, Loss> {
        let (user, stream) = (self.take(at, "Current User"), self.take(at, "PowerPoint Document"));
        let opened_by = ppt::read(&user, stream, &mut self.opener, &mut self.pages)?;
        self.pages.opened(opened_by);
        self.shapes(at, opened_by, &["PowerPoint Document"]);
        let pictures = self.take(at, "Pictures");
        if opened_by.is_none() {
            blips::hold(&pictures, &mut self.pages);
        } else if !pictures.is_empty() {
            self.pages.lose(Reason::Unsupported, "The pictures of a locked presentation are not read by this version.", pictures.len());
        }
        Ok(true)
    }

    /// What the shapes in these streams say; of a locked document they are unreadable as they stand.
    fn shapes(&mut self, at: &Path, opened_by: Option<Key>, streams: &[&str]) {
        for name in streams.iter().filter(|_| opened_by.is_none()) {
            let stream = self.take(at, name);
            shapes::say(&stream, &mut self.pages);
        }
    }

    /// A file that was put into the document as an object.
    fn object(&mut self, at: &Path, children: &[(String, PathBuf)]) -> bool {
        let mut found = false;
        for (name, path) in children {
            let wraps = matches!(name.as_str(), "\u{1}Ole10Native" | "Package" | "CONTENTS" | "package_stream" | "EmbeddedOdf");
            if !wraps || !self.file.has_stream(path) {
                continue;
            }
            let bytes = self.file.stream(path).unwrap_or_default();
            let (name, bytes) = match name.as_str() {
                "\u{1}Ole10Native" => strings::ole10_native(&bytes),
                name => (name.to_owned(), bytes),
            };
            // Publisher keeps its text in a stream of that name, too.
            found |= at.file_name().is_none_or(|n| n != "QuillSub");
            self.pages.hold(name, bytes);
        }
        found
    }

    fn macros(&mut self, at: &Path) {
        for (name, path) in self.file.children(at) {
            let bytes = self.file.stream(&path).unwrap_or_default();
            if let Some(source) = vba::source(&bytes) {
                self.pages.say(Layer::Script, format!("macro {}", printable(&name)), source);
            }
        }
    }

    /// Streams of a kind that nobody knows: searched as they stand.
    fn unknown(&mut self, at: &Path, children: &[(String, PathBuf)]) {
        const OF_OLE: [&str; 8] =
            ["\u{1}CompObj", "\u{1}Ole", "\u{3}ObjInfo", "\u{3}LinkInfo", "\u{3}EPRINT", "\u{3}PIC", "\u{3}META", "\u{2}OlePres000"];
        let (mut text, mut bytes) = (String::new(), 0);
        for (name, path) in children {
            if OF_OLE.contains(&name.as_str()) || name.starts_with('\u{5}') || !self.file.has_stream(path) {
                continue;
            }
            let stream = self.file.stream(path).unwrap_or_default();
            bytes += stream.len();
            text.push_str(&residue::strings(&stream));
        }
        let own = at.file_name().map_or(String::new(), |n| printable(&n.to_string_lossy()));
        self.pages.say(Layer::Raw, own, text);
        if bytes > 0 && at == Path::new("/") {
            let detail = format!("{} is not read by this version; it was searched undecoded.", kind(children));
            self.pages.lose(Reason::Unsupported, detail, bytes);
        }
    }
}

/// What a compound file is that holds none of the documents that are read.
fn kind(children: &[(String, PathBuf)]) -> &'static str {
    let has = |name: &str| children.iter().any(|(n, _)| n == name);
    if has("VisioDocument") {
        "A Visio drawing of before 2013"
    } else if has("Quill") {
        "A Publisher document"
    } else if has("   114") || has("   112") || has("   111") {
        "A Project plan"
    } else if has("FileHeader") && has("BodyText") {
        "A Hangul (HWP) document"
    } else if has("MatOST") {
        "A Works document"
    } else {
        "A compound file of a kind that is not known"
    }
}

fn printable(name: &str) -> String {
    name.chars().filter(|c| !c.is_control()).collect()
}
