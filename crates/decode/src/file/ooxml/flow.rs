//! Text that flows: WordprocessingML and DrawingML (ECMA-376 Part 1 §17, §21).
//!
//! Paragraphs become lines, rows of tables become lines with tabs between the cells. Text boxes and tables within a cell follow
//! the line in which they hang.

use crate::file::lines::{Lines, Shown};
use crate::file::xml::{self, Attributes, Node};

/// What flowing text says.
#[derive(Default)]
pub(in crate::file) struct Flow {
    pub(in crate::file) seen: String,
    pub(in crate::file) hidden: String,
    /// Codes of fields, descriptions of pictures, choices of forms: one a line.
    pub(in crate::file) asides: String,
}

/// Reads a part; says where it broke off.
pub(in crate::file) fn read(xml: &str) -> (Flow, Result<(), usize>) {
    let mut reader = Reader { blocks: vec![Block::default()], ..Reader::default() };
    let whole = xml::walk(xml, |node| match node {
        Node::Open(name, attributes) => reader.open(name, attributes),
        Node::Close(name) => reader.close(name),
        Node::Text(text) => reader.text(text),
    });
    reader.end_field();
    while reader.blocks.len() > 1 {
        reader.end_block();
    }
    reader.end_line();
    let mut flow = reader.flow;
    let lines = reader.blocks.swap_remove(0).lines;
    flow.seen = lines.seen;
    flow.hidden.push_str(&lines.hidden);
    (flow, whole)
}

/// A run of lines of its own: the body, a text box, a table within a cell.
#[derive(Default)]
struct Block {
    lines: Lines,
    /// Cells around the current place.
    cells: u32,
    /// Blocks that hang in the line.
    after: String,
}

#[derive(Default)]
struct Reader {
    flow: Flow,
    blocks: Vec<Block>,
    in_run: bool,
    says: Says,
    vanishes: bool,
    deleted: u32,
    inserted: u32,
    field: String,
    /// Length of the text when the last choice of `mc:AlternateContent` began: its fallback says the same again.
    choice: Option<usize>,
    falls_back: u32,
    /// In a chart, series and values are text too.
    charts: bool,
}

/// What the characters of the current element are.
#[derive(Default, PartialEq, Clone, Copy)]
enum Says {
    #[default]
    Nothing,
    Text,
    Field,
    /// A value of a chart.
    Value,
}

/// Elements whose `val` is written by people or programs rather than chosen from a list of looks.
const TOLD: &[&str] = &["alias", "tag", "default", "listEntry", "helpText", "statusText", "result", "query", "connectString", "dataSource"];

/// Blocks within blocks; deeper ones are read as part of the deepest.
const DEPTH: usize = 50;

impl Reader {
    fn block(&mut self) -> &mut Block {
        if self.blocks.is_empty() {
            self.blocks.push(Block::default());
        }
        let last = self.blocks.len() - 1;
        &mut self.blocks[last]
    }

    fn open(&mut self, name: &str, attributes: Attributes<'_>) {
        match name {
            "r" => (self.in_run, self.vanishes) = (true, false),
            "vanish" if self.in_run => self.vanishes = attributes.on("val", true),
            // In comments on slides and threads of sheets, text stands in `text` itself.
            "t" | "delText" | "text" => self.says = Says::Text,
            "instrText" | "delInstrText" => self.says = Says::Field,
            "chartSpace" => self.charts = true,
            "v" | "f" if self.charts => self.says = Says::Value,
            "fldChar" => self.end_field(),
            "fldSimple" => self.aside(attributes.get("instr").as_deref()),
            "del" | "moveFrom" => self.deleted += 1,
            "ins" | "moveTo" => self.inserted += 1,
            "tab" if self.in_run => self.put("\t"),
            "br" | "cr" => self.line_break(),
            "noBreakHyphen" => self.put("-"),
            "tc" => self.block().cells += 1,
            "tbl" if self.block().cells > 0 => self.begin_block(),
            "txbxContent" => self.begin_block(),
            "Choice" => self.choice = Some(self.spoken()),
            "Fallback" if self.choice.take().is_some_and(|at| self.spoken() > at) => self.falls_back = 1,
            "Fallback" | "AlternateContent" if self.falls_back > 0 => self.falls_back += 1,
            "docPr" | "cNvPr" => {
                self.aside(attributes.get("descr").as_deref());
                self.aside(attributes.get("title").as_deref());
            }
            "textpath" => self.aside(attributes.get("string").as_deref()),
            "docVar" => {
                let (key, value) = (attributes.get("name").unwrap_or_default(), attributes.get("val").unwrap_or_default());
                self.aside(Some(&format!("{key}={value}")));
            }
            name if TOLD.contains(&name) => self.aside(attributes.get("val").as_deref()),
            _ => {}
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "r" => self.in_run = false,
            "t" | "delText" | "instrText" | "delInstrText" => self.says = Says::Nothing,
            "v" | "f" if self.charts => {
                self.says = Says::Nothing;
                self.put("\t");
            }
            "del" | "moveFrom" => self.deleted = self.deleted.saturating_sub(1),
            "ins" | "moveTo" => self.inserted = self.inserted.saturating_sub(1),
            // Within a cell, paragraphs stay on the line of their row.
            "p" if self.block().cells > 0 => self.put(" "),
            "text" => {
                self.says = Says::Nothing;
                self.end_line();
            }
            "p" | "tr" | "comment" | "cm" | "cat" | "val" | "tx" => self.end_line(),
            "tc" => self.end_cell(),
            "tbl" | "txbxContent" if self.blocks.len() > 1 && self.block().cells == 0 => self.end_block(),
            "Fallback" | "AlternateContent" => self.falls_back = self.falls_back.saturating_sub(1),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        match self.says {
            Says::Nothing => {}
            Says::Field if self.falls_back == 0 => self.field.push_str(text),
            Says::Text | Says::Value | Says::Field => self.put(text),
        }
    }

    fn put(&mut self, text: &str) {
        if self.falls_back > 0 || self.says == Says::Field {
            return;
        }
        let shown = if self.deleted > 0 || self.vanishes && self.in_run {
            Shown::Hidden
        } else if self.inserted > 0 {
            Shown::Added
        } else {
            Shown::Yes
        };
        self.block().lines.put(text, shown);
    }

    fn line_break(&mut self) {
        if self.block().cells > 0 {
            return self.put(" ");
        }
        self.put("\n");
    }

    /// Bytes that the text has by now.
    fn spoken(&self) -> usize {
        self.blocks.iter().map(|b| b.lines.spoken() + b.after.len()).sum()
    }

    fn end_cell(&mut self) {
        let block = self.block();
        block.cells = block.cells.saturating_sub(1);
        block.lines.end_cell();
    }

    fn end_line(&mut self) {
        let block = self.block();
        block.lines.end_line();
        let after = std::mem::take(&mut block.after);
        block.lines.append(&after);
    }

    fn begin_block(&mut self) {
        if self.blocks.len() < DEPTH {
            self.blocks.push(Block::default());
        }
    }

    fn end_block(&mut self) {
        self.end_line();
        if let Some(done) = self.blocks.pop() {
            self.flow.hidden.push_str(&done.lines.hidden);
            self.block().after.push_str(&done.lines.seen);
        }
    }

    fn end_field(&mut self) {
        let field = std::mem::take(&mut self.field);
        self.aside(Some(&field));
    }

    fn aside(&mut self, text: Option<&str>) {
        let text = text.unwrap_or("").trim();
        if !text.is_empty() && !is_routine(text) && self.falls_back == 0 {
            self.flow.asides.extend([text, "\n"]);
        }
    }
}

/// Fields that only number pages or repeat what stands elsewhere.
fn is_routine(field: &str) -> bool {
    let word = field.split_whitespace().next().unwrap_or("");
    matches!(
        word,
        "PAGE"
            | "NUMPAGES"
            | "PAGEREF"
            | "TOC"
            | "SEQ"
            | "REF"
            | "STYLEREF"
            | "SECTION"
            | "SECTIONPAGES"
            | "FORMTEXT"
            | "FORMCHECKBOX"
            | "MERGEFORMAT"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flow(xml: &str) -> Flow {
        read(xml).0
    }

    #[test]
    fn runs_are_joined_and_tables_keep_their_columns() {
        let body = "<w:document><w:p><w:r><w:t>Pass</w:t></w:r><w:r><w:t>word: a&amp;b</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>User</w:t></w:r></w:p></w:tc><w:tc/><w:tc><w:p><w:r><w:t>PIN</w:t></w:r></w:p><w:p/></w:tc></w:tr></w:tbl></w:document>";
        assert_eq!(flow(body).seen, "Password: a&b\nUser\t\tPIN\n");
    }

    #[test]
    fn changes_are_told_with_the_line_around_them() {
        let body = "<w:p><w:r><w:t>Key: </w:t></w:r><w:del><w:r><w:delText>old-1</w:delText></w:r></w:del><w:ins><w:r><w:t>new-2</w:t></w:r></w:ins></w:p><w:p><w:r><w:t>PIN </w:t></w:r><w:r><w:rPr><w:vanish/></w:rPr><w:t>4711</w:t></w:r></w:p>";
        let found = flow(body);
        assert_eq!((found.seen.as_str(), found.hidden.as_str()), ("Key: new-2\nPIN\n", "Key: old-1\nPIN 4711\n"));
    }

    #[test]
    fn boxes_follow_their_line_and_fallbacks_are_not_read_twice() {
        let inner = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>";
        let body = format!(
            "<w:p><w:r><w:t>be</w:t></w:r><w:r><mc:AlternateContent><mc:Choice>{inner}</mc:Choice><mc:Fallback>{inner}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>fore</w:t></w:r></w:p>"
        );
        assert_eq!(flow(&body).seen, "before\nboxed\n");
    }

    #[test]
    fn tables_within_cells_follow_their_row() {
        let cell = |inner: &str| format!("<w:tc>{inner}</w:tc>");
        let p = |text: &str| format!("<w:p><w:r><w:t>{text}</w:t></w:r></w:p>");
        let table = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell(&p("x")), cell(&p("y")));
        let body = format!("<w:tbl><w:tr>{}{}</w:tr></w:tbl>", cell(&(p("a") + &table)), cell(&p("b")));
        assert_eq!(flow(&body).seen, "a\tb\nx\ty\n");
    }

    #[test]
    fn codes_of_fields_stand_apart() {
        let body = "<w:p><w:r><w:fldChar w:fldCharType='begin'/></w:r><w:r><w:instrText>HYPERLINK \"https://x</w:instrText></w:r><w:r><w:instrText>.example/?t=1\"</w:instrText></w:r><w:r><w:fldChar w:fldCharType='separate'/></w:r><w:r><w:t>link</w:t></w:r></w:p>";
        let found = flow(body);
        assert_eq!((found.seen.as_str(), found.asides.as_str()), ("link\n", "HYPERLINK \"https://x.example/?t=1\"\n"));
    }
}
