//! Any bytes are a part of an Office document in a zip: Word, Excel in XML and in binary, PowerPoint, OpenDocument. The first byte
//! chooses which part; the others of the document are as they should be.
#![no_main]

mod common;

use libfuzzer_sys::fuzz_target;

/// Name of the part that is fuzzed, and the parts around it.
type Document = (&'static str, &'static [(&'static str, &'static str)]);

const TYPES: (&str, &str) = ("[Content_Types].xml", "<Types/>");
const RELATIONS: (&str, &str) = (
    "xl/_rels/workbook.xml.rels",
    "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.xml\"/></Relationships>",
);
const BINARY: (&str, &str) = (
    "xl/_rels/workbook.bin.rels",
    "<Relationships><Relationship Id=\"r1\" Target=\"worksheets/sheet1.bin\"/></Relationships>",
);
const BOOK: (&str, &str) =
    ("xl/workbook.xml", "<workbook><sheets><sheet name=\"a\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>");
const STRINGS: (&str, &str) = ("xl/sharedStrings.xml", "<sst><si><t>key</t></si><si><t>pass</t></si></sst>");
const SHEET: (&str, &str) =
    ("xl/worksheets/sheet1.xml", "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row></sheetData></worksheet>");
const WORD: (&str, &str) = ("word/document.xml", "<document><body><p><r><t>a</t></r></p></body></document>");
const SHOW: (&str, &str) = ("ppt/presentation.xml", "<presentation><sldIdLst><sldId r:id=\"r1\"/></sldIdLst></presentation>");
const SLIDE: (&str, &str) =
    ("ppt/_rels/presentation.xml.rels", "<Relationships><Relationship Id=\"r1\" Target=\"slides/slide1.xml\"/></Relationships>");
const ODF: (&str, &str) = ("mimetype", "application/vnd.oasis.opendocument.text");

const DOCUMENTS: [Document; 14] = [
    ("word/document.xml", &[TYPES]),
    ("word/comments.xml", &[TYPES, WORD]),
    ("word/_rels/document.xml.rels", &[TYPES, WORD]),
    ("xl/worksheets/sheet1.xml", &[TYPES, BOOK, RELATIONS, STRINGS]),
    ("xl/sharedStrings.xml", &[TYPES, BOOK, RELATIONS, SHEET]),
    ("xl/workbook.xml", &[TYPES, RELATIONS, STRINGS, SHEET]),
    ("xl/connections.xml", &[TYPES, BOOK, RELATIONS]),
    ("xl/worksheets/sheet1.bin", &[TYPES, BINARY]),
    ("xl/workbook.bin", &[TYPES, BINARY]),
    ("ppt/slides/slide1.xml", &[TYPES, SHOW, SLIDE]),
    ("xl/vbaProject.bin", &[TYPES, BOOK, RELATIONS]),
    ("content.xml", &[ODF]),
    ("META-INF/manifest.xml", &[ODF, ("content.xml", "<document-content/>")]),
    ("meta.xml", &[ODF, ("content.xml", "<document-content/>")]),
];

fuzz_target!(|bytes: &[u8]| {
    let Some((choice, rest)) = bytes.split_first() else { return };
    // The last choice leaves the bytes as they are, for whole files as seeds.
    let Some((name, others)) = DOCUMENTS.get(usize::from(*choice) % (DOCUMENTS.len() + 1)) else { return common::read(rest) };
    let mut zip = Vec::new();
    others.iter().for_each(|(name, text)| store(&mut zip, name, text.as_bytes()));
    store(&mut zip, name, rest);
    common::read(&zip);
});

/// Adds a member that is not compressed. A zip without a directory is read by the headers of its members (APPNOTE 4.3.7).
fn store(zip: &mut Vec<u8>, name: &str, bytes: &[u8]) {
    let length = |n: usize| u32::try_from(n).unwrap_or_default().to_le_bytes();
    zip.extend_from_slice(b"PK\x03\x04\x0a\0\0\0\0\0\0\0\0\0\0\0\0\0");
    zip.extend_from_slice(&length(bytes.len()));
    zip.extend_from_slice(&length(bytes.len()));
    zip.extend_from_slice(&length(name.len())[..2]);
    zip.extend_from_slice(&[0, 0]);
    zip.extend_from_slice(name.as_bytes());
    zip.extend_from_slice(bytes);
}
