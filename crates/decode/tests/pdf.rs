//! PDFs as attachments: what stands on their pages, and what stands beside them.

mod common;

use aftermail_decode::{Limits, Tools};
use aftermail_model::{Layer, PartState, Reason};
use common::{Kept, corpus, files_below, lone, lone_with};
use std::io::Write as _;

/// A PDF of these objects, the first of which is the catalog.
fn pdf(objects: &[&str]) -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut offsets = Vec::new();
    for (n, object) in objects.iter().enumerate() {
        offsets.push(out.len());
        out.extend(format!("{} 0 obj\n{object}\nendobj\n", n + 1).bytes());
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    offsets.iter().for_each(|at| out.extend(format!("{at:010} 00000 n \n").bytes()));
    out.extend(format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n", objects.len() + 1).bytes());
    out
}

fn stream(content: &str) -> String {
    format!("<</Length {}>>\nstream\n{content}\nendstream", content.len())
}

/// A PDF of one page that shows this, with more in its catalog, its page, and more objects from 6 on.
fn page(content: &str, catalog: &str, more_page: &str, more: &[&str]) -> Vec<u8> {
    let catalog = format!("<</Type/Catalog/Pages 2 0 R {catalog}>>");
    let leaf = format!(
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>/XObject<</I 6 0 R>>>> {more_page}>>"
    );
    let content = stream(content);
    let font = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>";
    let mut objects = vec![catalog.as_str(), "<</Type/Pages/Kids[3 0 R]/Count 1>>", &leaf, &content, font];
    objects.extend(more);
    pdf(&objects)
}

fn shown(content: &str) -> Kept {
    lone(&page(content, "", "", &[]), "file", &[])
}

#[test]
fn rows_of_a_table_are_lines_and_its_cells_stay_apart() {
    let cells = [
        ("Host", 72, 700),
        ("db01.example", 72, 684),
        ("User", 220, 700),
        ("admin", 220, 684),
        ("Password", 330, 700),
        ("Kite-42", 330, 684),
    ];
    let content: String = cells.iter().map(|(t, x, y)| format!("BT /F 11 Tf {x} {y} Td ({t}) Tj ET\n")).collect();
    let kept = shown(&content);
    assert!(kept.says("file", "Host\tUser\tPassword\ndb01.example\tadmin\tKite-42\n"), "{:?}", kept.texts);
    assert!(kept.gaps.is_empty(), "{:?}", kept.gaps);
}

#[test]
fn kerned_turned_and_spaced_text_is_words() {
    let content = "BT /F 12 Tf 72 700 Td [(Pa)20(ss)-10(wo)15(rd:)-300(Kite)] TJ ET
        BT /F 12 Tf 0 1 -1 0 40 300 Tm (up the margin) Tj ET
        BT /F 12 Tf 6 Tc 72 650 Td (SPACED) Tj ET";
    let kept = shown(content);
    for words in ["Password: Kite\n", "up the margin\n", "SPACED\n"] {
        assert!(kept.says("file", words), "{words}: {:?}", kept.texts);
    }
}

#[test]
fn invisible_text_is_hidden_text() {
    let kept = shown("BT /F 12 Tf 72 700 Td (seen) Tj 0 -20 Td 3 Tr (PIN 4711) Tj ET BT 0 Tr /F 12 Tf 5000 0 Td (far off) Tj ET");
    assert!(kept.layer_says(Layer::Visible, "seen") && !kept.layer_says(Layer::Visible, "4711"), "{:?}", kept.texts);
    assert!(kept.layer_says(Layer::Hidden, "PIN 4711") && kept.layer_says(Layer::Hidden, "far off"), "{:?}", kept.texts);
}

#[test]
fn text_given_instead_of_glyphs_counts() {
    let kept =
        shown("/Span <</ActualText (Kestrel)>> BDC BT /F 12 Tf 72 700 Td (K3str31) Tj ET EMC /Figure <</Alt (plan of the vault)>> BDC EMC");
    assert!(kept.says("file", "Kestrel\n") && !kept.all().contains("K3str31"), "{:?}", kept.texts);
    assert!(kept.layer_says(Layer::Hidden, "plan of the vault"), "{:?}", kept.texts);
}

#[test]
fn what_stands_beside_the_pages_is_read() {
    let attachment = stream("attached PIN 8151");
    let objects = [
        "<</Title (unused)>>",
        "<</FT/Tx/T (vault code)/V (form-Kite-1)/DV (preset-Kite-2)>>",
        "<</Subtype/Text/Rect[0 0 9 9]/Contents (note-Kite-3)>>",
        "<</Subtype/Link/Rect[0 0 9 9]/A<</S/URI/URI (https://vault.example/?token=link-Kite-4)>>>>",
        "<</First 11 0 R/Last 11 0 R/Count 1>>",
        "<</Title (mark-Kite-5)/Parent 10 0 R>>",
        "<</S/JavaScript/JS (var key = 'script-Kite-6';)>>",
        "<</Type/Filespec/F (codes.txt)/UF (codes.txt)/EF<</F 14 0 R>>>>",
        &attachment,
    ];
    let catalog = "/AcroForm<</Fields[7 0 R]>>/Outlines 10 0 R/OpenAction 12 0 R/Names<</EmbeddedFiles<</Names[(codes.txt) 13 0 R]>>>>";
    let kept = lone(&page("BT /F 12 Tf 72 700 Td (a page with words) Tj ET", catalog, "/Annots[8 0 R 9 0 R]", &objects), "file", &[]);
    assert!(kept.says("file > form", "vault code: form-Kite-1\nvault code (preset): preset-Kite-2"), "{:?}", kept.texts);
    assert!(kept.layer_says(Layer::Comment, "note-Kite-3"), "{:?}", kept.texts);
    assert!(kept.layer_says(Layer::Attribute, "token=link-Kite-4"), "{:?}", kept.texts);
    assert!(kept.says("file > bookmarks", "mark-Kite-5"), "{:?}", kept.texts);
    assert!(kept.layer_says(Layer::Script, "script-Kite-6"), "{:?}", kept.texts);
    assert!(kept.says("file > codes.txt", "attached PIN 8151"), "{:?}", kept.texts);
}

#[test]
fn a_page_that_is_a_picture_hands_it_on() {
    let pixels = "\u{7f}".repeat(100 * 30);
    let picture =
        format!("<</Subtype/Image/Width 100/Height 30/BitsPerComponent 8/ColorSpace/DeviceGray/Length 3000>>\nstream\n{pixels}\nendstream");
    let kept = lone(&page("q 300 0 0 90 72 600 cm /I Do Q", "", "", &[&picture]), "file", &[]);
    assert!(kept.parts.iter().any(|p| p.path == "file > page 1 picture 1.png" && p.found == "image/png"), "{:?}", kept.parts);
    let kept = lone(
        &page("q 300 0 0 90 72 600 cm /I Do Q BT /F 12 Tf 72 700 Td (this page has words of its own) Tj ET", "", "", &[&picture]),
        "file",
        &[],
    );
    assert!(kept.parts.iter().all(|p| p.found != "image/png"), "{:?}", kept.parts);
}

/// A code in a picture made for this test, of 82 × 82 points: `WIFI:T:WPA;S:Pier-Guest;P:Lantern-Otter-91;;`.
const CODE: &[u8] = include_bytes!("pictures/wifi.jp2");

/// ASCII85 (ISO 32000-1 §7.4.3) of a multiple of four bytes.
fn ascii85(bytes: &[u8]) -> String {
    let digits = |four: &[u8]| {
        let value = four.iter().fold(0u32, |value, byte| value << 8 | u32::from(*byte));
        [4, 3, 2, 1, 0].map(|n| char::from(b'!' + (value / 85u32.pow(n) % 85) as u8))
    };
    bytes.chunks_exact(4).flat_map(digits).chain(['~', '>']).collect()
}

#[test]
fn a_picture_file_on_a_page_is_handed_on_as_it_is() {
    let packed = ascii85(CODE);
    let picture = format!(
        "<</Subtype/Image/Width 82/Height 82/ColorSpace/DeviceGray/Filter[/ASCII85Decode/JPXDecode]/Length {}>>\nstream\n{packed}\nendstream",
        packed.len()
    );
    let file = page("q 300 0 0 300 72 400 cm /I Do Q", "", "", &[&picture]);
    let eyes = aftermail_eyes::Eyes::new(|| None);
    let kept = lone_with(&file, "file", &Tools { eyes: Some(&eyes), ..Tools::default() });
    assert!(kept.says("file > page 1 picture 1.jp2 > QR code", "P:Lantern-Otter-91"), "{:?}", kept.texts);

    let kept = lone(&file, "file", &[]);
    let part = kept.parts.iter().find(|p| p.path == "file > page 1 picture 1.jp2").expect("the picture");
    assert_eq!((part.found.as_str(), part.bytes, part.state), ("image/jp2", CODE.len() as u64, PartState::NotRead));
    assert!(kept.lacks("file > page 1 picture 1.jp2", Reason::Unsupported), "{:?}", kept.gaps);
}

#[test]
fn a_broken_file_is_searched_and_says_so() {
    let loose = stream("BT /F 12 Tf 72 700 Td (The vault opens with Kite-42) Tj ET");
    let kept = lone(format!("%PDF-1.4\n4 0 obj\n{loose}\nendobj\n").as_bytes(), "file", &[]);
    assert!(kept.gap(Reason::Damaged).is_some(), "{:?}", kept.texts);
    assert!(kept.all().contains("The vault opens with Kite-42"), "{:?}", kept.texts);
}

#[test]
fn a_bomb_is_not_unpacked() {
    let mut packer = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(&vec![b' '; 4 << 20]).expect("memory can be written");
    let packed = packer.finish().expect("memory can be written");
    let mut file = format!("%PDF-1.4\n1 0 obj <</Filter/FlateDecode/Length {}>> stream\n", packed.len()).into_bytes();
    file.extend(packed);
    file.extend(b"\nendstream endobj\n");
    let limits = Limits { text_bytes: 1 << 20, ..Limits::default() };
    let kept = lone_with(&file, "file", &Tools { limits, ..Tools::default() });
    assert!(kept.gap(Reason::TooLarge).is_some(), "{:?}", kept.gaps);
}

#[test]
fn pdfs_of_the_corpora_say_what_is_in_them() {
    let (Some(plain), Some(locked)) = (corpus("docs"), corpus("docs_enc")) else { return };
    let all: Vec<_> = files_below(&plain).into_iter().chain(files_below(&locked)).collect();
    let facts: [(&str, &[&str], &str); 15] = [
        ("testPDF.pdf", &[], "Apache Tika is a toolkit for detecting and extracting metadata and structured text content"),
        ("testPDFTwoTextBoxes.pdf", &[], "Left column line 1\tRight column line 1\n"),
        ("testPDF_acroform3.pdf", &[], "aTextField: TIKA-1226"),
        ("testPDF_acroform3.pdf", &[], "PDF processed with CutePDF evaluation edition www.CutePDF.com"),
        ("testPDF_bookmarks.pdf", &[], "This is a page about Denmark"),
        ("testPDF_multiFormatEmbFiles.pdf", &[], "This is the contents of a non os specific embedded file"),
        ("testPDF-custommetadata.pdf", &[], "Custom Property: Custom Value"),
        ("testPDF_jsActionOnPage.pdf", &[], "app.alert('TIKA test')"),
        ("testPDFFileEmbInAnnotation.pdf", &[], "This is a Excel"),
        ("testPDF_JBIG2.pdf", &[], "This is a sample file to test images compressed using JBIG2."),
        ("testPDF_bom.pdf", &[], "Hello World"),
        ("testPDF_protected.pdf", &[], "Rethinking the Financial Network"),
        ("libreoffice-writer-password.pdf", &["openpassword"], "Lorem ipsum dolor sit amet, consetetur sadipscing elitr"),
        ("testPassword4Spaces.pdf", &["    "], "Just some text."),
        ("testPDF_no_extract_yes_accessibility_owner_user.pdf", &["user"], "Hello World"),
    ];
    for (name, passwords, words) in facts {
        let Some(path) = all.iter().find(|p| p.file_name().is_some_and(|n| n == name)) else { panic!("{name} is not in the corpora") };
        let kept = lone(&std::fs::read(path).expect("a file"), "file", passwords);
        assert!(kept.all().contains(words), "{name}: {} {:?}", kept.all(), kept.gaps);
    }
}
