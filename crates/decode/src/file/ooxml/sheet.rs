//! Workbooks (ECMA-376 Part 1 §18): sheets as rows of cells.

use super::package::Package;
use crate::file::grid::{Grid, column_of};
use crate::file::numbers::Format;
use crate::file::xml::{self, Attributes, Node};

/// Texts that cells share, one after the other.
#[derive(Default)]
pub(super) struct Strings {
    text: String,
    ends: Vec<usize>,
}

impl Strings {
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
        self.ends.push(self.text.len());
    }

    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)?;
        let start = index.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(start..end)
    }
}

/// What the cells of all sheets refer to.
#[derive(Default)]
pub(super) struct Book {
    pub(super) sheets: Vec<Listed>,
    pub(super) strings: Strings,
    /// Format by style of cells.
    pub(super) formats: Vec<Format>,
    pub(super) since_1904: bool,
    /// Defined names and what they stand for.
    pub(super) names: String,
    /// Parts around the sheets that broke off, and where.
    pub(super) broken: Vec<(String, usize)>,
}

/// A sheet as the workbook lists it.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) hidden: bool,
    pub(super) relation: String,
}

/// What a sheet says.
pub(super) struct Sheet {
    pub(super) seen: String,
    pub(super) hidden: String,
    /// Formulas that hold text, links, hints, headers and footers.
    pub(super) asides: String,
    /// Whether all of it had room.
    pub(super) whole: bool,
    pub(super) broken: Result<(), usize>,
}

impl Book {
    /// Reads what stands around the sheets. Names of parts come from the relations of the workbook.
    pub(super) fn read(package: &Package, workbook: &str) -> Book {
        let mut book = Book::default();
        book.list(workbook, &package.xml(workbook));
        for relation in package.relations(workbook) {
            let xml = package.xml(&relation.target);
            let result = match relation.kind.as_str() {
                "sharedStrings" => book.share(&xml),
                "styles" => book.styles(&xml),
                _ => continue,
            };
            if let Err(at) = result {
                book.broken.push((relation.target, at));
            }
        }
        book
    }

    fn list(&mut self, workbook: &str, xml: &str) {
        let mut name = None;
        let result = xml::walk(xml, |node| match node {
            Node::Open("sheet", a) => self.sheets.push(Listed {
                name: a.get("name").unwrap_or_default().into_owned(),
                hidden: a.get("state").is_some_and(|s| s != "visible"),
                relation: a.get("id").unwrap_or_default().into_owned(),
            }),
            Node::Open("workbookPr", a) => self.since_1904 = a.on("date1904", false),
            Node::Open("definedName", a) => {
                name = a.get("name").map(std::borrow::Cow::into_owned);
                self.names.extend([name.as_deref().unwrap_or(""), " = "]);
            }
            Node::Text(text) if name.is_some() => self.names.push_str(text),
            Node::Close("definedName") => {
                name = None;
                self.names.push('\n');
            }
            _ => {}
        });
        if let Err(at) = result {
            self.broken.push((workbook.to_owned(), at));
        }
    }

    /// The shared strings; what phonetic runs repeat is left out.
    fn share(&mut self, xml: &str) -> Result<(), usize> {
        let (mut inside, mut phonetic) = (false, false);
        let mut text = String::new();
        xml::walk(xml, |node| match node {
            Node::Open("si", _) => text.clear(),
            Node::Open("t", _) => inside = !phonetic,
            Node::Open("rPh", _) => phonetic = true,
            Node::Close("rPh") => phonetic = false,
            Node::Close("t") => inside = false,
            Node::Close("si") => self.strings.push(&text),
            Node::Text(t) if inside => text.push_str(t),
            _ => {}
        })
    }

    fn styles(&mut self, xml: &str) -> Result<(), usize> {
        let mut own: Vec<(u32, Format)> = Vec::new();
        let mut in_cells = false;
        xml::walk(xml, |node| match node {
            Node::Open("numFmt", a) => {
                if let Some(id) = a.get("numFmtId").and_then(|id| id.parse().ok()) {
                    own.push((id, Format::of(&a.get("formatCode").unwrap_or_default())));
                }
            }
            Node::Open("cellXfs", _) => in_cells = true,
            Node::Close("cellXfs") => in_cells = false,
            Node::Open("xf", a) if in_cells => {
                let id = a.get("numFmtId").and_then(|id| id.parse().ok()).unwrap_or(0);
                self.formats.push(own.iter().find(|(n, _)| *n == id).map_or_else(|| Format::builtin(id), |(_, f)| *f));
            }
            _ => {}
        })
    }

    /// Reads a sheet.
    pub(super) fn sheet(&self, xml: &str) -> Sheet {
        let mut cells = Cells::new(self);
        let broken = xml::walk(xml, |node| match node {
            Node::Open(name, attributes) => cells.open(name, attributes),
            Node::Close(name) => cells.close(name),
            Node::Text(text) => match cells.says {
                Says::Nothing => {}
                Says::Value => cells.value.push_str(text),
                Says::Formula => cells.formula.push_str(text),
                Says::Aside => cells.asides.push_str(text),
            },
        });
        let (seen, hidden, whole) = cells.grid.finish();
        Sheet { seen, hidden, asides: cells.asides, whole, broken }
    }
}

#[derive(PartialEq, Clone, Copy)]
enum Says {
    Nothing,
    Value,
    Formula,
    Aside,
}

/// The kind of a cell (ECMA-376 Part 1 §18.18.11, ST_CellType).
#[derive(PartialEq, Clone, Copy)]
enum Kind {
    Number,
    Shared,
    Bool,
    Other,
}

struct Cells<'b> {
    book: &'b Book,
    grid: Grid,
    asides: String,
    says: Says,
    kind: Kind,
    style: usize,
    column: usize,
    value: String,
    formula: String,
    hidden_row: bool,
    in_phonetic: bool,
}

impl<'b> Cells<'b> {
    fn new(book: &'b Book) -> Cells<'b> {
        Cells {
            book,
            grid: Grid::default(),
            asides: String::new(),
            says: Says::Nothing,
            kind: Kind::Number,
            style: 0,
            column: 0,
            value: String::new(),
            formula: String::new(),
            hidden_row: false,
            in_phonetic: false,
        }
    }

    fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        match name {
            "c" => self.begin_cell(attributes),
            "v" => self.says = Says::Value,
            "t" if !self.in_phonetic => self.says = Says::Value,
            "f" => self.says = Says::Formula,
            "rPh" => self.in_phonetic = true,
            "row" => {
                self.column = 0;
                self.hidden_row = attributes.on("hidden", false);
            }
            "col" if attributes.on("hidden", false) => {
                let number = |name| attributes.get(name).and_then(|v| v.parse::<usize>().ok());
                if let (Some(first), Some(last)) = (number("min"), number("max")) {
                    self.grid.hide_columns(first.saturating_sub(1)..=last.saturating_sub(1));
                }
            }
            "oddHeader" | "oddFooter" | "evenHeader" | "evenFooter" | "firstHeader" | "firstFooter" => self.says = Says::Aside,
            "formula1" | "formula2" => self.says = Says::Formula,
            "hyperlink" | "dataValidation" => self.hints(attributes),
            _ => {}
        }
    }

    fn begin_cell(&mut self, attributes: Attributes<'_>) {
        (self.kind, self.style) = (Kind::Number, 0);
        self.value.clear();
        for (name, value) in attributes.iter() {
            match name {
                "r" => self.column = column_of(&value).unwrap_or(self.column),
                "s" => self.style = value.parse().unwrap_or(0),
                "t" => {
                    self.kind = match &*value {
                        "n" => Kind::Number,
                        "s" => Kind::Shared,
                        "b" => Kind::Bool,
                        _ => Kind::Other,
                    }
                }
                _ => {}
            }
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "c" => self.end_cell(),
            "v" | "t" => self.says = Says::Nothing,
            "rPh" => self.in_phonetic = false,
            "f" | "formula1" | "formula2" => {
                self.says = Says::Nothing;
                if self.formula.contains('"') {
                    self.asides.extend(["=", &self.formula, "\n"]);
                }
                self.formula.clear();
            }
            "row" => self.grid.end_row(self.hidden_row),
            _ if self.says == Says::Aside => {
                self.says = Says::Nothing;
                self.asides.push('\n');
            }
            _ => {}
        }
    }

    fn end_cell(&mut self) {
        let shown;
        let text = match self.kind {
            Kind::Shared => self.value.trim().parse().ok().and_then(|n| self.book.strings.get(n)).unwrap_or(""),
            Kind::Bool => {
                if self.value.trim() == "1" {
                    "TRUE"
                } else {
                    "FALSE"
                }
            }
            Kind::Number => {
                let format = self.book.formats.get(self.style).copied().unwrap_or_default();
                if format == Format::General && self.value.len() <= 15 && !self.value.contains(['E', 'e']) {
                    &self.value
                } else {
                    shown = self.value.trim().parse().map(|v| format.show(v, self.book.since_1904)).ok();
                    shown.as_deref().unwrap_or(&self.value)
                }
            }
            Kind::Other => &self.value,
        };
        self.grid.cell(self.column, text);
        self.column += 1;
    }

    /// Texts that a cell shows when it is chosen or pointed at.
    fn hints(&mut self, attributes: Attributes<'_>) {
        for (name, value) in attributes
            .iter()
            .filter(|(name, _)| matches!(*name, "display" | "tooltip" | "location" | "prompt" | "promptTitle" | "error" | "errorTitle"))
        {
            self.asides.extend([name, ": ", &*value, "\n"]);
        }
    }
}
