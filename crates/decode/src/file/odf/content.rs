//! The body of an OpenDocument: text (§5), tables (§9), drawings (§10), forms (§13).

use crate::file::grid::Grid;
use crate::file::lines::{Lines, Shown};
use crate::file::xml::{self, Attributes, Node};
use aftermail_model::Layer;
use std::collections::BTreeSet;

/// Equal cells or rows that are written out. A number says how many there are; a million times the same says no more.
const REPEATS: usize = 20;
/// Blocks within blocks; deeper ones are read as part of the deepest.
const DEPTH: usize = 50;

/// What the body says.
#[derive(Default)]
pub(super) struct Content {
    pub(super) seen: String,
    pub(super) hidden: String,
    pub(super) comments: String,
    /// Notes of slides.
    pub(super) notes: String,
    /// Links, formulas, values of forms: one a line.
    pub(super) asides: String,
    /// Name, layer and rows of each sheet.
    pub(super) sheets: Vec<(String, Layer, String)>,
    /// A sheet had no room for all its rows.
    pub(super) full: bool,
}

/// Reads a body; says where it broke off.
pub(super) fn read(text: &str) -> (Content, Result<(), usize>) {
    let mut reader = Reader { blocks: vec![Block::new(Kind::Flow)], ..Reader::default() };
    let whole = xml::walk(text, |node| match node {
        Node::Open(name, attributes) => reader.open(name, attributes),
        Node::Close(name) => reader.close(name),
        Node::Text(text) => reader.text(text),
    });
    reader.end_sheet();
    while !reader.blocks.is_empty() {
        reader.end_block();
    }
    (reader.content, whole)
}

/// Where the lines of a block go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Behind the line in which it hangs.
    Flow,
    Hidden,
    Comment,
    Notes,
}

struct Block {
    kind: Kind,
    lines: Lines,
    cells: u32,
    paragraphs: u32,
    after: String,
}

impl Block {
    fn new(kind: Kind) -> Block {
        Block { kind, lines: Lines::default(), cells: 0, paragraphs: 0, after: String::new() }
    }
}

/// A sheet that is being read.
struct Sheet {
    name: String,
    hidden: bool,
    grid: Grid,
    column: usize,
    hidden_row: bool,
    rows: usize,
    /// Cells of the row: column, how often, text.
    cells: Vec<(usize, usize, String)>,
    /// What the cell shows, or else its value.
    value: String,
    text: String,
    repeated: usize,
}

#[derive(Default)]
struct Reader {
    content: Content,
    blocks: Vec<Block>,
    sheet: Option<Sheet>,
    in_sheets: bool,
    /// The style that is being read, and those that hide.
    style: String,
    hiding: BTreeSet<String>,
    /// Elements around the place that hide, each with the depth at which it began.
    spans: Vec<bool>,
    described: bool,
}

impl Reader {
    fn open(&mut self, name: &str, a: Attributes<'_>) {
        match name {
            "style" => self.style = a.get("name").unwrap_or_default().into_owned(),
            "table-properties" | "text-properties" | "section-properties" if hides(a) => _ = self.hiding.insert(self.style.clone()),
            "spreadsheet" => self.in_sheets = true,
            "table" if self.in_sheets && self.sheet.is_none() => self.begin_sheet(a),
            "table" if self.block().is_some_and(|b| b.cells > 0) => self.begin_block(Kind::Flow),
            "table-column" => self.column(a),
            "table-row" => self.begin_row(a),
            "table-cell" | "covered-table-cell" => self.begin_cell(a),
            "p" | "h" => {
                if let Some(block) = self.block() {
                    block.paragraphs += 1;
                }
            }
            "span" => {
                let hidden = a.get("style-name").is_some_and(|s| self.hiding.contains(&*s));
                self.spans.push(hidden);
            }
            "s" => self.text(&" ".repeat(a.get("c").and_then(|c| c.parse().ok()).unwrap_or(1_usize).min(100))),
            "tab" => self.text("\t"),
            "line-break" => self.text(if self.cells() > 0 || self.sheet.is_some() { " " } else { "\n" }),
            "annotation" => self.begin_block(Kind::Comment),
            "notes" => self.begin_block(Kind::Notes),
            "deletion" => self.begin_block(Kind::Hidden),
            "text-box" | "note" => self.begin_block(Kind::Flow),
            "section" => self.begin_block(if hides(a) { Kind::Hidden } else { Kind::Flow }),
            "title" | "desc" => self.described = true,
            _ => self.asides(name, a),
        }
        if let Some(href) = a.get("href").filter(|h| h.contains(':') && name != "script") {
            self.aside(&href);
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "spreadsheet" => self.in_sheets = false,
            "table" if self.sheet.is_some() => self.end_sheet(),
            "table" if self.blocks.len() > 1 && self.cells() == 0 => self.end_block(),
            "table-row" => self.end_row(),
            "table-cell" | "covered-table-cell" => self.end_cell(),
            "p" | "h" => self.end_paragraph(),
            "span" => _ = self.spans.pop(),
            "annotation" | "notes" | "deletion" | "text-box" | "note" | "section" if self.blocks.len() > 1 => self.end_block(),
            "title" | "desc" => {
                self.described = false;
                self.aside("");
            }
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        let hidden = self.spans.contains(&true);
        if self.described {
            self.content.asides.push_str(text.trim());
            return;
        }
        let outermost = self.blocks.len() == 1;
        let Some(block) = self.blocks.last_mut().filter(|b| b.paragraphs > 0) else { return };
        match &mut self.sheet {
            Some(sheet) if outermost => sheet.text.push_str(text),
            _ => block.lines.put(text, if hidden { Shown::Hidden } else { Shown::Yes }),
        }
    }

    fn block(&mut self) -> Option<&mut Block> {
        self.blocks.last_mut()
    }

    fn cells(&self) -> u32 {
        self.blocks.last().map_or(0, |b| b.cells)
    }

    fn end_paragraph(&mut self) {
        let outermost = self.blocks.len() == 1;
        if let (Some(sheet), true) = (&mut self.sheet, outermost) {
            sheet.text.push(' ');
        }
        let Some(block) = self.block() else { return };
        block.paragraphs = block.paragraphs.saturating_sub(1);
        if block.cells > 0 {
            return block.lines.put(" ", Shown::Yes);
        }
        self.end_line();
    }

    fn end_line(&mut self) {
        if let Some(block) = self.block() {
            block.lines.end_line();
            let after = std::mem::take(&mut block.after);
            block.lines.append(&after);
        }
    }

    fn begin_block(&mut self, kind: Kind) {
        if self.blocks.len() < DEPTH {
            self.blocks.push(Block::new(kind));
        }
    }

    fn end_block(&mut self) {
        self.end_line();
        let Some(Block { kind, lines, .. }) = self.blocks.pop() else { return };
        self.content.hidden.push_str(&lines.hidden);
        match (kind, self.blocks.last_mut()) {
            (Kind::Comment, _) => self.content.comments.push_str(&lines.seen),
            (Kind::Notes, _) => self.content.notes.push_str(&lines.seen),
            (Kind::Hidden, _) => self.content.hidden.push_str(&lines.seen),
            (Kind::Flow, None) => self.content.seen.push_str(&lines.seen),
            // What hangs in no paragraph stands where it is.
            (Kind::Flow, Some(around)) if around.paragraphs == 0 && around.cells == 0 => around.lines.append(&lines.seen),
            (Kind::Flow, Some(around)) => around.after.push_str(&lines.seen),
        }
    }

    fn begin_sheet(&mut self, a: Attributes<'_>) {
        let hidden = a.get("style-name").is_some_and(|s| self.hiding.contains(&*s));
        self.sheet = Some(Sheet {
            name: a.get("name").unwrap_or_default().into_owned(),
            hidden,
            grid: Grid::default(),
            column: 0,
            hidden_row: false,
            rows: 1,
            cells: Vec::new(),
            value: String::new(),
            text: String::new(),
            repeated: 1,
        });
    }

    fn end_sheet(&mut self) {
        let Some(sheet) = self.sheet.take() else { return };
        let (seen, hidden, whole) = sheet.grid.finish();
        self.content.full |= !whole;
        self.content.sheets.push((sheet.name.clone(), if sheet.hidden { Layer::Hidden } else { Layer::Visible }, seen));
        self.content.sheets.push((sheet.name, Layer::Hidden, hidden));
    }

    fn column(&mut self, a: Attributes<'_>) {
        if let Some(sheet) = &mut self.sheet {
            let count = repeated(a, "number-columns-repeated");
            if collapses(a) {
                sheet.grid.hide_columns(sheet.column..=sheet.column.saturating_add(count - 1));
            }
            sheet.column = sheet.column.saturating_add(count);
        }
    }

    fn begin_row(&mut self, a: Attributes<'_>) {
        if let Some(sheet) = &mut self.sheet {
            sheet.column = 0;
            sheet.hidden_row = collapses(a);
            sheet.rows = repeated(a, "number-rows-repeated").min(REPEATS);
        }
    }

    fn end_row(&mut self) {
        let Some(sheet) = &mut self.sheet else { return self.end_line() };
        let cells = std::mem::take(&mut sheet.cells);
        for _ in 0..if cells.is_empty() { 0 } else { sheet.rows } {
            for (column, count, text) in &cells {
                (*column..column.saturating_add(*count)).for_each(|column| sheet.grid.cell(column, text));
            }
            sheet.grid.end_row(sheet.hidden_row);
        }
    }

    fn begin_cell(&mut self, a: Attributes<'_>) {
        if let Some(formula) = a.get("formula").filter(|f| f.contains('"')) {
            self.aside(&formula);
        }
        match &mut self.sheet {
            Some(sheet) if self.blocks.len() == 1 => {
                sheet.repeated = repeated(a, "number-columns-repeated");
                let value = ["string-value", "date-value", "time-value", "boolean-value", "value"].iter().find_map(|name| a.get(name));
                sheet.value = value.unwrap_or_default().into_owned();
                sheet.text.clear();
            }
            _ => {
                if let Some(block) = self.block() {
                    block.cells += 1;
                }
            }
        }
    }

    fn end_cell(&mut self) {
        match &mut self.sheet {
            Some(sheet) if self.blocks.len() == 1 => {
                let text = if sheet.text.trim().is_empty() { &sheet.value } else { &sheet.text };
                if !text.is_empty() {
                    sheet.cells.push((sheet.column, sheet.repeated.min(REPEATS), text.trim_end().to_owned()));
                }
                sheet.column = sheet.column.saturating_add(sheet.repeated);
            }
            _ => {
                if let Some(block) = self.block() {
                    block.cells = block.cells.saturating_sub(1);
                    block.lines.end_cell();
                }
            }
        }
    }

    /// Values that stand in attributes: of fields, forms and sources of data.
    fn asides(&mut self, name: &str, a: Attributes<'_>) {
        let told: &[&str] = match name {
            "hidden-text" | "conditional-text" | "user-field-decl" | "user-field-get" | "variable-set" => {
                &["string-value", "string-value-if-true"]
            }
            "text" | "textarea" | "password" | "file" | "combobox" | "hidden" | "formatted-text" | "item" | "option" | "button"
            | "checkbox" => &["value", "current-value", "label", "title"],
            "connection-resource"
            | "database-source-sql"
            | "database-source-query"
            | "database-source-table"
            | "login"
            | "file-based-database"
            | "driver-settings" => &["href", "sql-statement", "database-name", "user-name", "database-table-name", "query-name"],
            _ => return,
        };
        for value in told.iter().filter_map(|name| a.get(name)) {
            self.aside(&value);
        }
    }

    fn aside(&mut self, text: &str) {
        self.content.asides.extend([text.trim(), "\n"]);
    }
}

/// Whether a style or section is not shown (§19.761, §20.404).
fn hides(a: Attributes<'_>) -> bool {
    a.get("display").is_some_and(|d| d == "none" || d == "false" || d == "condition")
}

fn collapses(a: Attributes<'_>) -> bool {
    a.get("visibility").is_some_and(|v| v != "visible")
}

fn repeated(a: Attributes<'_>, name: &str) -> usize {
    a.get(name).and_then(|n| n.parse().ok()).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_its_boxes_are_read_in_order() {
        let body = "<o:text><t:p>PIN<t:tab/>47<t:span>11</t:span><t:s t:c='2'/>x<d:text-box><t:p>box</t:p></d:text-box></t:p><t:p>a<t:line-break/>b<o:annotation><dc:creator>Amy</dc:creator><t:p>why</t:p></o:annotation></t:p></o:text>";
        let found = read(body).0;
        assert_eq!((found.seen.as_str(), found.comments.as_str()), ("PIN\t4711  x\nbox\na\nb\n", "why\n"));
    }

    #[test]
    fn sheets_keep_columns_and_bound_repeats() {
        let body = "<o:spreadsheet><t:table t:name='S'><t:table-column/><t:table-column t:visibility='collapse'/><t:table-row><t:table-cell><x:p>Host</x:p></t:table-cell><t:table-cell><x:p>Key</x:p></t:table-cell></t:table-row><t:table-row t:number-rows-repeated='1048576'><t:table-cell t:number-columns-repeated='16000'/></t:table-row><t:table-row><t:table-cell o:value='7'/><t:table-cell t:number-columns-repeated='99999'><x:p>k</x:p></t:table-cell></t:table-row></t:table></o:spreadsheet>";
        let found = read(body).0;
        let repeated = "\tk".repeat(REPEATS);
        let seen = format!("Host\n7\t{}\n", &repeated["\tk".len()..]);
        assert_eq!(found.sheets[0], ("S".into(), Layer::Visible, seen));
        assert_eq!(found.sheets[1], ("S".into(), Layer::Hidden, format!("Host\tKey\n7{repeated}\n")));
    }

    #[test]
    fn what_is_not_shown_stands_apart() {
        let body = "<a:style s:name='T1'><s:text-properties t:display='none'/></a:style><o:text><t:p>open <t:span t:style-name='T1'>shut</t:span></t:p><t:section t:display='none'><t:p>gone</t:p></t:section><t:deletion><t:p>old</t:p></t:deletion></o:text>";
        let found = read(body).0;
        assert_eq!((found.seen.as_str(), found.hidden.as_str()), ("open\n", "gone\nold\nopen shut\n"));
    }
}
