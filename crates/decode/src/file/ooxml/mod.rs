//! Office documents that are zips of XML: Word, Excel, PowerPoint and Visio (ECMA-376, ISO/IEC 29500, strict or transitional).
//!
//! What a part is, its root element says: neither the names of parts nor the list of their types are believed. A part whose root is
//! not known is read word by word, so that custom XML, connections and what comes with later versions is searched too.

mod flow;
mod package;
mod sheet;
mod xlsb;

use super::pages::Pages;
use super::{Contents, Member, xml};
use crate::residue;
use aftermail_model::{Layer, Reason};
pub(super) use flow::{Flow, read as flow};
use package::Package;
use sheet::{Book, Sheet};
use std::collections::{BTreeMap, BTreeSet};

const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const POWERPOINT: &str = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
const VISIO: &str = "application/vnd.ms-visio.drawing";
const OTHER: &str = "application/vnd.openxmlformats-package";

/// Parts that say how something looks, or repeat what another part says.
const LOOKS: &[&str] = &[
    "Types",
    "theme",
    "themeOverride",
    "styles",
    "styleSheet",
    "fonts",
    "numbering",
    "webSettings",
    "presentationPr",
    "viewPr",
    "tblStyleLst",
    "calcChain",
    "layoutDef",
    "styleDef",
    "colorsDef",
    "drawing",
    "chartStyle",
    "colorStyle",
    "sst",
    "metadata",
    "clrMap",
    "Windows",
];

/// Reads a document from the members of its zip; gives them back where they are no such document.
pub(super) fn open(members: Vec<Member>) -> Result<Contents, Vec<Member>> {
    if !members.iter().any(|m| m.name.eq_ignore_ascii_case("[Content_Types].xml") || m.name == "_rels/.rels") {
        return Err(members);
    }
    let mut unread = Vec::new();
    let mut parts = BTreeMap::new();
    for member in members {
        match member.content {
            Ok(bytes) => _ = parts.insert(member.name.trim_start_matches('/').replace('\\', "/"), bytes),
            Err(_) => unread.push(member),
        }
    }
    let mut document = Document::new(Package::new(parts));
    document.book();
    document.binary_book();
    document.slides();
    document.rest();
    document.files();
    let mut pages = document.pages;
    unread.into_iter().for_each(|m| pages.pass(m));
    Ok(pages.done())
}

struct Document {
    package: Package,
    /// Root element of each part that is XML.
    roots: BTreeMap<String, String>,
    done: BTreeSet<String>,
    pages: Pages,
}

impl Document {
    fn new(package: Package) -> Document {
        let mut roots = BTreeMap::new();
        for name in package.names() {
            if is_xml(package.bytes(name))
                && let Some(root) = xml::root(&xml::text(&package.bytes(name)[..package.bytes(name).len().min(4096)]))
            {
                roots.insert(name.to_owned(), root.to_owned());
            }
        }
        let has = |root: &str| roots.values().any(|r| r == root);
        let media = if has("document") {
            WORD
        } else if has("workbook") || package.names().any(|n| n.ends_with("workbook.bin")) {
            EXCEL
        } else if has("presentation") {
            POWERPOINT
        } else if has("VisioDocument") {
            VISIO
        } else {
            OTHER
        };
        Document { package, roots, done: BTreeSet::new(), pages: Pages::new(media) }
    }

    /// Parts with this root that were not read yet, `part2` before `part10`.
    fn rooted(&self, root: &str) -> Vec<String> {
        let mut names: Vec<String> =
            self.roots.iter().filter(|(name, r)| *r == root && !self.done.contains(*name)).map(|(n, _)| n.clone()).collect();
        names.sort_by_key(|name| (number_in(name), name.clone()));
        names
    }

    /// The sheets in their order, with what stands around them.
    fn book(&mut self) {
        for workbook in self.rooted("workbook") {
            let book = Book::read(&self.package, &workbook);
            let relations = self.package.relations(&workbook);
            for listed in &book.sheets {
                let target = relations.iter().find(|r| r.id == listed.relation).map(|r| r.target.clone());
                if let Some(part) = target.filter(|t| self.roots.contains_key(t)) {
                    self.sheet(&book, &part, &listed.name, listed.hidden);
                }
            }
            // A sheet that the workbook does not list is there all the same.
            for part in self.rooted("worksheet") {
                self.sheet(&book, &part, file_name(&part), true);
            }
            self.pages.say(Layer::Hidden, "defined names", book.names.as_str());
            for (name, at) in &book.broken {
                self.pages.broken(name, &self.package.xml(name), Err(*at));
            }
            self.done.insert(workbook);
        }
    }

    /// The same where all parts are binary.
    fn binary_book(&mut self) {
        let Some(workbook) = self.package.names().find(|n| n.ends_with("workbook.bin")).map(str::to_owned) else { return };
        let book = xlsb::book(&self.package, &workbook);
        let relations = self.package.relations(&workbook);
        for listed in &book.sheets {
            let Some(part) = relations.iter().find(|r| r.id == listed.relation) else { continue };
            let sheet = xlsb::sheet(&book, self.package.bytes(&part.target));
            self.say_sheet(sheet, &part.target, &listed.name, listed.hidden);
            self.done.insert(part.target.clone());
        }
        let names: Vec<String> = self
            .package
            .names()
            .filter(|n| n.starts_with("xl/") && n.ends_with(".bin") && !n.contains("printerSettings"))
            .map(str::to_owned)
            .collect();
        for part in names.into_iter().filter(|n| !n.contains("embeddings/") && !n.ends_with("vbaProject.bin")) {
            let bytes = self.package.bytes(&part);
            if part.contains("comments") {
                self.pages.say(Layer::Comment, "comments", xlsb::comments(bytes));
            } else if !part.ends_with("sharedStrings.bin") && !part.ends_with("styles.bin") && !self.done.contains(&part) {
                self.pages.say(Layer::Hidden, part.clone(), residue::strings(bytes));
            }
            self.done.insert(part);
        }
    }

    fn sheet(&mut self, book: &Book, part: &str, name: &str, concealed: bool) {
        if !self.done.insert(part.to_owned()) {
            return;
        }
        let xml = self.package.xml(part).into_owned();
        let sheet = book.sheet(&xml);
        self.say_sheet(sheet, part, name, concealed);
    }

    fn say_sheet(&mut self, sheet: Sheet, part: &str, name: &str, concealed: bool) {
        let Sheet { seen, hidden, asides, whole, broken } = sheet;
        let own = format!("sheet {name}");
        self.pages.say(if concealed { Layer::Hidden } else { Layer::Visible }, own.clone(), seen);
        self.pages.say(Layer::Hidden, own.clone(), hidden);
        self.pages.say(Layer::Attribute, own, asides);
        if !whole {
            self.pages.lose(Reason::TooLarge, "A sheet holds more text than the limit.", self.package.bytes(part).len());
        }
        self.pages.broken(part, &self.package.xml(part), broken);
    }

    /// The slides in the order of the presentation, each with its notes and comments.
    fn slides(&mut self) {
        let mut order = Vec::new();
        for presentation in self.rooted("presentation") {
            let relations = self.package.relations(&presentation);
            let _ = xml::walk(&self.package.xml(&presentation), |node| {
                if let xml::Node::Open("sldId", a) = node {
                    // It has two ids: its own and, with a prefix, that of its relation.
                    let slide = relations.iter().find(|r| a.iter().any(|(name, value)| name == "id" && *value == r.id));
                    order.extend(slide.map(|r| r.target.clone()));
                }
            });
        }
        order.extend(self.rooted("sld"));
        for (number, slide) in order.iter().enumerate() {
            let own = format!("slide {}", number + 1);
            let shown = shows(&self.package.xml(slide));
            self.flowing(slide, if shown { Layer::Visible } else { Layer::Hidden }, &own);
            for relation in self.package.relations(slide) {
                match relation.kind.as_str() {
                    "notesSlide" => self.flowing(&relation.target, Layer::Visible, &format!("{own} notes")),
                    "comments" => self.flowing(&relation.target, Layer::Comment, &format!("{own} comments")),
                    _ => {}
                }
            }
        }
    }

    /// Every part that is XML and was not read yet.
    fn rest(&mut self) {
        const BODY: &[(&str, Layer, &str)] = &[
            ("document", Layer::Visible, ""),
            ("hdr", Layer::Visible, "header"),
            ("ftr", Layer::Visible, "footer"),
            ("footnotes", Layer::Visible, "footnotes"),
            ("endnotes", Layer::Visible, "endnotes"),
            ("notes", Layer::Visible, "notes"),
            ("comments", Layer::Comment, "comments"),
            ("cmLst", Layer::Comment, "comments"),
            ("ThreadedComments", Layer::Comment, "comments"),
            ("chartSpace", Layer::Visible, "chart"),
            ("dataModel", Layer::Visible, "diagram"),
            ("wsDr", Layer::Visible, "drawing"),
            ("userShapes", Layer::Visible, "drawing"),
            ("glossaryDocument", Layer::Hidden, "building blocks"),
            ("settings", Layer::Hidden, "settings"),
            ("sldMaster", Layer::Hidden, "master"),
            ("sldLayout", Layer::Hidden, "layout"),
            ("notesMaster", Layer::Hidden, "master of notes"),
            ("handoutMaster", Layer::Hidden, "master of handouts"),
        ];
        for (root, layer, own) in BODY {
            for part in self.rooted(root) {
                self.flowing(&part, *layer, own);
            }
        }
        let rest: Vec<(String, String)> =
            self.roots.iter().filter(|(n, _)| !self.done.contains(*n)).map(|(n, r)| (n.clone(), r.clone())).collect();
        let mut links = BTreeSet::new();
        for (part, root) in rest {
            match root.as_str() {
                "Relationships" => {
                    links.extend(package::relations(&self.package.xml(&part), "").into_iter().filter(|r| r.outside).map(|r| r.target))
                }
                // A page or document that is to be read as part of this one.
                root if root.eq_ignore_ascii_case("html") => continue,
                root if LOOKS.contains(&root) => {}
                "PageContents" | "MasterContents" => self.drawing(&part),
                _ => self.word_by_word(&part),
            }
            self.done.insert(part);
        }
        let links: Vec<String> = links.into_iter().collect();
        self.pages.say(Layer::Attribute, "links", links.join("\n"));
    }

    fn flowing(&mut self, part: &str, layer: Layer, own: &str) {
        if !self.roots.contains_key(part) || !self.done.insert(part.to_owned()) {
            return;
        }
        let xml = self.package.xml(part).into_owned();
        let (Flow { seen, hidden, asides }, broken) = flow(&xml);
        self.pages.say(layer, own, seen);
        self.pages.say(Layer::Hidden, own, hidden);
        self.pages.say(Layer::Attribute, own, asides);
        self.pages.broken(part, &xml, broken);
    }

    /// A page of Visio.
    fn drawing(&mut self, part: &str) {
        let xml = self.package.xml(part);
        let (mut text, mut inside) = (String::new(), false);
        let whole = xml::walk(&xml, |node| match node {
            xml::Node::Open("Text", _) => inside = true,
            xml::Node::Close("Text") => {
                inside = false;
                text.push('\n');
            }
            xml::Node::Text(words) if inside => text.push_str(words),
            _ => {}
        });
        self.pages.say(Layer::Visible, file_name(part), text);
        self.pages.broken(part, &xml, whole);
    }

    fn word_by_word(&mut self, part: &str) {
        let xml = self.package.xml(part).into_owned();
        let (text, broken) = xml::everything(&xml);
        let own = if part.starts_with("docProps/") { "properties" } else { part };
        self.pages.say(Layer::Hidden, own, text);
        self.pages.broken(part, &xml, broken);
    }

    /// Pictures, embedded documents, macros: all that is no XML.
    fn files(&mut self) {
        let names: Vec<String> = self.package.names().filter(|n| !self.done.contains(*n)).map(str::to_owned).collect();
        for name in names {
            let bytes = self.package.take(&name);
            let file = file_name(&name);
            if name.contains("printerSettings") || name.starts_with("docProps/thumbnail") || name.ends_with(".odttf") || name.ends_with('/')
            {
                // Settings of a driver, a small picture of the first page, letters of a font.
            } else if is_xml(&bytes) && !self.roots.contains_key(&name) {
                self.pages.say(Layer::Raw, name.clone(), residue::text(&bytes));
                self.pages.lose(
                    Reason::Damaged,
                    format!("\"{name}\" within the document is no XML; it was searched undecoded."),
                    bytes.len(),
                );
            } else if name.contains("activeX") && !bytes.starts_with(b"\xd0\xcf\x11\xe0") {
                self.pages.say(Layer::Hidden, name, residue::strings(&bytes));
            } else {
                self.pages.hold(file, bytes);
            }
        }
    }
}

fn is_xml(bytes: &[u8]) -> bool {
    let head = &bytes[..bytes.len().min(64)];
    let head: Vec<u8> = head.iter().copied().filter(|b| *b != 0).collect();
    let head = head.strip_prefix(b"\xef\xbb\xbf").or(head.strip_prefix(b"\xff\xfe")).or(head.strip_prefix(b"\xfe\xff")).unwrap_or(&head);
    head.trim_ascii_start().starts_with(b"<")
}

/// Whether a slide is shown: its root says otherwise.
fn shows(slide: &str) -> bool {
    let mut shown = true;
    let head = &slide[..slide.find("cSld").unwrap_or(0)];
    // It ends within the first element of the root, by intent.
    let _ = xml::walk(head, |node| {
        if let xml::Node::Open("sld", a) = node {
            shown = a.on("show", true);
        }
    });
    shown
}

fn file_name(part: &str) -> &str {
    part.rsplit('/').next().unwrap_or(part)
}

/// The number in a part's name.
fn number_in(name: &str) -> u32 {
    let digits: String = file_name(name).chars().filter(char::is_ascii_digit).take(9).collect();
    digits.parse().unwrap_or(0)
}
