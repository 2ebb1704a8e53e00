//! Documents that are one XML file: OpenDocument flat, Word 2003 and 2007 flat, Excel 2003.

use super::grid::Grid;
use super::ooxml::{Flow, flow};
use super::pages::Pages;
use super::xml::{self, Node};
use super::{Contents, odf};
use aftermail_model::{Layer, Reason};

/// Bytes in which a document says its vocabulary.
const HEAD: usize = 4096;

/// Reads the document; none where it is other XML.
pub(super) fn open(text: &str) -> Option<Contents> {
    let head = text.get(..HEAD).unwrap_or(text);
    let speaks = |vocabulary| head.contains(vocabulary);
    match xml::root(text)? {
        "document" if speaks("urn:oasis:names:tc:opendocument") => Some(odf::flat(text)),
        "wordDocument" if speaks("schemas.microsoft.com/office/word") => Some(word(text)),
        "package" if speaks("schemas.microsoft.com/office/2006/xmlPackage") => Some(word(text)),
        "Workbook" if speaks("schemas-microsoft-com:office:spreadsheet") => Some(workbook(text)),
        _ => None,
    }
}

fn word(text: &str) -> Contents {
    let mut pages = Pages::new("application/vnd.ms-word");
    let (Flow { seen, hidden, asides }, whole) = flow(text);
    pages.say(Layer::Visible, "", seen);
    pages.say(Layer::Hidden, "", hidden);
    pages.say(Layer::Attribute, "", asides);
    pages.broken("", text, whole);
    pages.done()
}

/// XML Spreadsheet of Excel 2002 and 2003: rows of cells with `Data`, places counted from 1.
fn workbook(text: &str) -> Contents {
    let mut pages = Pages::new("application/vnd.ms-excel");
    let (mut grid, mut name, mut column, mut value) = (Grid::default(), String::new(), 0, None);
    let (mut comments, mut in_comment) = (String::new(), false);
    let whole = xml::walk(text, |node| match node {
        Node::Open("Worksheet", a) => name = a.get("Name").unwrap_or_default().into_owned(),
        Node::Open("Row", _) => column = 0,
        Node::Open("Cell", a) => {
            let index = a.get("Index").and_then(|i| i.parse::<usize>().ok());
            column = index.map_or(column, |i| i.saturating_sub(1));
        }
        Node::Open("Data", _) => value = Some(String::new()),
        Node::Text(words) => {
            if let Some(value) = &mut value {
                value.push_str(words);
            }
        }
        Node::Open("Comment", _) => in_comment = true,
        Node::Close("Comment") => in_comment = false,
        Node::Close("Data") => {
            let value = value.take().unwrap_or_default();
            if in_comment { comments.extend([value.trim(), "\n"]) } else { grid.cell(column, &value) }
        }
        Node::Close("Cell") => column += 1,
        Node::Close("Row") => grid.end_row(false),
        Node::Close("Worksheet") => {
            let (seen, _, room) = std::mem::take(&mut grid).finish();
            pages.say(Layer::Visible, format!("sheet {name}"), seen);
            if !room {
                pages.lose(Reason::TooLarge, "A sheet holds more text than the limit.", text.len());
            }
        }
        _ => {}
    });
    pages.say(Layer::Comment, "comments", comments);
    pages.broken("", text, whole);
    pages.done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sheets_of_one_file_keep_their_columns() {
        let text = "<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet ss:Name='S'><Table><Row><Cell><Data>Host</Data></Cell><Cell ss:Index='3'><Data>Key</Data></Cell></Row></Table></Worksheet></Workbook>";
        let found = open(text).expect("a workbook");
        assert_eq!((found.passages[0].own.as_str(), found.passages[0].body.as_str()), ("sheet S", "Host\t\tKey\n"));
        assert!(open("<html/>").is_none());
    }
}
