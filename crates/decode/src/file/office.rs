//! Office documents that are zips of XML: Word, Excel, PowerPoint (ECMA-376) and OpenDocument (ISO 26300).
//!
//! Paragraphs become lines, rows of tables become lines with tabs between the cells.

use super::{Member, Passage};
use aftermail_model::Layer;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Cells of one row; a sheet is wider only to break readers.
const COLUMNS: usize = 1000;

/// What a document says.
pub(crate) struct Document {
    pub media: &'static str,
    pub passages: Vec<Passage>,
}

/// Reads a document from the members of its zip; none where it is an archive of other things.
pub(crate) fn read(members: &[Member]) -> Option<Document> {
    let is_xml = |m: &&Member| m.name.ends_with(".xml") || m.name.ends_with(".rels");
    let texts = members.iter().filter(is_xml).filter_map(|m| Some((m.name.as_str(), String::from_utf8_lossy(m.content.as_ref().ok()?))));
    let xml: BTreeMap<&str, Cow<'_, str>> = texts.collect();
    let has = |prefix: &str| xml.keys().any(|n| n.starts_with(prefix));
    let media = if xml.contains_key("content.xml") && has("META-INF/") {
        "application/vnd.oasis.opendocument"
    } else if !xml.contains_key("[Content_Types].xml") {
        return None;
    } else if has("word/") {
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    } else if has("xl/") {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    } else if has("ppt/") {
        "application/vnd.openxmlformats-officedocument.presentationml.presentation"
    } else {
        return None;
    };
    let (mut text, mut hidden) = (String::new(), String::new());
    let shared = xml.get("xl/sharedStrings.xml").map_or(Vec::new(), |bytes| shared_strings(bytes));
    for (name, bytes) in &xml {
        let body = ["word/", "ppt/slides/", "ppt/notesSlides/", "ppt/comments", "xl/comments", "xl/threadedComments", "xl/drawings/"];
        if name.starts_with("xl/worksheets/") && !name.contains("_rels") {
            sheet(bytes, &shared, &mut text);
        } else if *name == "content.xml" {
            flow(bytes, true, &mut text);
        } else if body.iter().any(|b| name.starts_with(b)) && !name.contains("_rels/") && !is_styling(name) {
            flow(bytes, false, &mut text);
        } else if name.ends_with(".rels") {
            attributes(bytes, &["Target"], &mut hidden);
        } else if name.starts_with("docProps/")
            || name.starts_with("customXml/")
            || matches!(*name, "meta.xml" | "xl/connections.xml" | "styles.xml")
        {
            flow(bytes, true, &mut hidden);
            attributes(bytes, &["connection", "command", "url", "name", "sourceFile"], &mut hidden);
        }
        text.push('\n');
    }
    // Properties, links, connections: what a reader does not see at once.
    let hidden = Passage { layer: Layer::Hidden, own: "properties".into(), body: hidden };
    Some(Document { media, passages: vec![Passage::visible(text), hidden] })
}

/// Files within a document: objects, pictures, macros.
pub(crate) fn is_embedded(name: &str) -> bool {
    ["/embeddings/", "/media/", "Pictures/", "vbaProject.bin", "Object "].iter().any(|p| name.contains(p)) && !name.ends_with(".rels")
}

fn is_styling(name: &str) -> bool {
    ["styles", "theme", "settings", "fontTable", "numbering", "webSettings", "stylesWithEffects"].iter().any(|s| name.contains(s))
}

/// The text of a document that flows. In OpenDocument every text counts, elsewhere that in `t` and its like.
fn flow(xml: &str, every: bool, out: &mut String) {
    let mut reader = Reader::from_str(xml);
    let (mut inside, mut cells) = (0_u32, 0_u32);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => match e.local_name().as_ref() {
                "t" | "delText" | "instrText" | "author" | "text" => inside += 1,
                "tc" | "table-cell" => cells += 1,
                "tab" => out.push('\t'),
                _ => {}
            },
            Ok(Event::Empty(e)) => empty(&e, cells > 0, out),
            Ok(Event::End(e)) => match e.local_name().as_ref() {
                "t" | "delText" | "instrText" => inside = inside.saturating_sub(1),
                "author" | "text" => {
                    inside = inside.saturating_sub(1);
                    end_line(&mut *out);
                }
                // Within a cell, paragraphs stay on the line of their row.
                "p" | "h" if cells > 0 => out.push(' '),
                "p" | "h" | "tr" | "table-row" => end_line(out),
                "tc" | "table-cell" => {
                    cells = cells.saturating_sub(1);
                    out.truncate(out.trim_end_matches(' ').len());
                    out.push('\t');
                }
                _ => {}
            },
            Ok(Event::Text(t)) if every || inside > 0 => out.push_str(&t),
            Ok(Event::CData(t)) if every || inside > 0 => out.push_str(&t),
            Ok(Event::GeneralRef(r)) if every || inside > 0 => out.extend(reference(&r)),
            Ok(Event::Eof) | Err(_) => break,
            _ => {}
        }
    }
    end_line(out);
}

fn empty(e: &BytesStart<'_>, in_cell: bool, out: &mut String) {
    match e.local_name().as_ref() {
        "tab" => out.push('\t'),
        "br" | "cr" | "line-break" => out.push(if in_cell { ' ' } else { '\n' }),
        "s" => out.push(' '),
        "tc" | "table-cell" => out.push('\t'),
        "p" if !in_cell => end_line(out),
        _ => {}
    }
}

/// `&amp;`, `&#8211;` and their like.
fn reference(r: &quick_xml::events::BytesRef<'_>) -> Option<char> {
    if let Ok(Some(c)) = r.resolve_char_ref() {
        return Some(c);
    }
    match &**r {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => None,
    }
}

fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches(['\t', ' ']).len());
    if !out.is_empty() && !out.ends_with('\n') {
        out.push('\n');
    }
}

/// The texts that cells of a workbook share, in their order.
fn shared_strings(xml: &str) -> Vec<String> {
    let mut reader = Reader::from_str(xml);
    let (mut all, mut text, mut inside) = (Vec::new(), String::new(), false);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) if e.local_name().as_ref() == "t" => inside = true,
            Ok(Event::Start(e)) if e.local_name().as_ref() == "si" => text.clear(),
            Ok(Event::Empty(e)) if e.local_name().as_ref() == "si" => all.push(String::new()),
            Ok(Event::End(e)) if e.local_name().as_ref() == "t" => inside = false,
            Ok(Event::End(e)) if e.local_name().as_ref() == "si" => all.push(std::mem::take(&mut text)),
            Ok(Event::Text(t)) if inside => text.push_str(&t),
            Ok(Event::GeneralRef(r)) if inside => text.extend(reference(&r)),
            Ok(Event::Eof) | Err(_) => return all,
            _ => {}
        }
    }
}

/// A sheet, row by row; empty cells keep their place.
fn sheet(xml: &str, shared: &[String], out: &mut String) {
    let mut reader = Reader::from_str(xml);
    let (mut kind, mut value, mut inside, mut column) = (String::new(), String::new(), false, 0);
    let mut row: Vec<String> = Vec::new();
    loop {
        match reader.read_event() {
            Ok(Event::Start(e)) => match e.local_name().as_ref() {
                "row" => row.clear(),
                "c" => {
                    let attribute = |name: &str| e.try_get_attribute(name).ok().flatten().map(|a| a.value.into_owned());
                    kind = attribute("t").unwrap_or_default();
                    column = attribute("r").and_then(|r| column_of(&r)).unwrap_or(row.len());
                    value.clear();
                }
                "v" | "t" => inside = true,
                "oddHeader" | "oddFooter" | "f" => inside = false,
                _ => {}
            },
            Ok(Event::Text(t)) if inside => value.push_str(&t),
            Ok(Event::GeneralRef(r)) if inside => value.extend(reference(&r)),
            Ok(Event::End(e)) => match e.local_name().as_ref() {
                "v" | "t" => inside = false,
                "c" if column < COLUMNS => {
                    row.resize(row.len().max(column + 1), String::new());
                    let text = if kind == "s" { value.trim().parse().ok().and_then(|n: usize| shared.get(n)).cloned() } else { None };
                    row[column] = text.unwrap_or_else(|| value.clone()).replace(['\t', '\n', '\r'], " ");
                }
                "row" => {
                    out.push_str(&row.join("\t"));
                    end_line(out);
                }
                _ => {}
            },
            Ok(Event::Eof) | Err(_) => return,
            _ => {}
        }
    }
}

/// Number of the column in a cell's name: "C7" is 2.
fn column_of(name: &str) -> Option<usize> {
    let letters = name.bytes().take_while(u8::is_ascii_uppercase).take(4);
    letters.fold(0_usize, |n, b| n * 26 + usize::from(b - b'A') + 1).checked_sub(1)
}

/// Values of attributes of these names, one a line.
fn attributes(xml: &str, names: &[&str], out: &mut String) {
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(Event::Start(e) | Event::Empty(e)) => {
                for attribute in e.attributes().flatten().filter(|a| names.iter().any(|n| a.key.local_name().as_ref() == *n)) {
                    let value = attribute.value.replace("&amp;", "&").replace("&quot;", "\"");
                    if value.contains("://") || value.contains('=') || value.contains("\\\\") {
                        out.push_str(&value);
                        out.push('\n');
                    }
                }
            }
            Ok(Event::Eof) | Err(_) => return,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(files: &[(&str, &str)]) -> Document {
        let member =
            |(name, xml): &(&str, &str)| Member { name: (*name).to_owned(), content: Ok(xml.as_bytes().to_vec()), opened_by: None };
        read(&files.iter().map(member).collect::<Vec<_>>()).expect("a document")
    }

    #[test]
    fn words_and_tables_of_a_text_are_read() {
        let body = "<w:document><w:body><w:p><w:r><w:t>Pass</w:t></w:r><w:r><w:t>word: a&amp;b</w:t></w:r></w:p><w:tbl><w:tr><w:tc><w:p><w:r><w:t>User</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>PIN</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>";
        let found = document(&[("[Content_Types].xml", ""), ("word/document.xml", body)]);
        assert_eq!(found.passages[0].body.trim(), "Password: a&b\nUser\tPIN");
    }

    #[test]
    fn cells_of_a_sheet_keep_their_columns() {
        let strings = "<sst><si><t>Host</t></si><si><r><t>Pass</t></r><r><t>word</t></r></si></sst>";
        let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"C1\" t=\"s\"><v>1</v></c></row><row r=\"2\"><c r=\"B2\" t=\"inlineStr\"><is><t>x</t></is></c><c r=\"C2\"><v>4711</v></c></row></sheetData></worksheet>";
        let found = document(&[("[Content_Types].xml", ""), ("xl/sharedStrings.xml", strings), ("xl/worksheets/sheet1.xml", sheet)]);
        assert_eq!(found.passages[0].body.trim(), "Host\t\tPassword\n\tx\t4711");
    }

    #[test]
    fn an_open_document_is_read() {
        let body = "<office:document-content><office:text><text:p>PIN<text:tab/>4711</text:p><text:p>a<text:line-break/>b</text:p></office:text></office:document-content>";
        let found = document(&[("META-INF/manifest.xml", ""), ("content.xml", body)]);
        assert_eq!(found.passages[0].body.trim(), "PIN\t4711\na\nb");
    }
}
