//! Office documents that nobody of us wrote: what they say, which passwords open them, and that none of them breaks the reading.

mod common;

use common::{Kept, corpus, files_below, lone};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Passwords that names of files and the projects around them tell.
const PASSWORDS: [&str; 10] = ["abc", "tika", "solrcell", "pass", "password", "hello", "foobaa", "hidden", "crypto", "Test001!!"];

/// File, place within it, words that stand there. Read off the documents with LibreOffice 7.4, python-docx, openpyxl and xlrd.
const FACTS: &[(&str, &str, &str)] = &[
    ("testWORD_various.docx", "", "Row 1 Col 1\tRow 1 Col 2\tRow 1 Col 3\nRow 2 Col 1"),
    ("testWORD_various.docx", " > header", "This is the header text."),
    ("testWORD_various.docx", " > footnotes", "This is a footnote."),
    ("testWORD_various.docx", "", "𐌲𐌿𐍄𐌹𐍃𐌺"),
    ("testExternalRefs.docx", "", "LINK Word.Document \"http://test.invalid/cmd.docx\""),
    ("testMailMerge.docx", " > settings", "SELECT * FROM contacts"),
    ("testDataConnections.xlsx", " > xl/connections.xml", "Initial Catalog=TestDB;User ID=user;Password=secret123"),
    ("testEXCEL_textbox.xlsx", " > drawing", "this is some autoshape text"),
    ("testEXCEL_macro.xlsm", " > vbaProject.bin > macro Module1", "Sub Dirty()"),
    ("testPPT_comment.pptx", " > slide 1 comments", "I'm afraid I'm going to have to ask you to add some content to this tps deck"),
    ("testPPT_comment.ppt", " > slide 1 comments", "I'm afraid I'm going to have to ask you to add some content to this tps deck"),
    // Its slide was saved again behind a stretch of zeros.
    ("38256.ppt", " > slide 1", "Drinks will be in the Boardroom at 5pm today"),
    ("testComment.doc", " > comments", "Here is a comment"),
    (
        "test-columnar.xlsb",
        " > sheet testing",
        "8\t64\tThis is row            8 of           10\t0.8\t0.875\t1971-03-20\t1963-03-03 09:46:40\t01:49:21",
    ),
    ("testOneNote2016.one", "", "This is one note 2016"),
    ("xor-encryption-abc.xls", " > sheet Sheet1", "1\n2\n3"),
    ("simple_lower_case.doc", "", "This is a sample Word document"),
    ("bug53475-password-is-solrcell.docx", "", "This is password protected Word document."),
    ("protected_passtika.xlsb", " > sheet Sheet1", "You can't see me"),
    ("password_tika_binaryrc4.doc", "", "This is an encrypted Word 2007 File."),
    ("password_password_cryptoapi.doc", "", "This is a test"),
];

fn documents() -> Option<Vec<PathBuf>> {
    const KINDS: [&str; 21] = [
        "doc", "docx", "dotx", "docm", "xls", "xlsx", "xlsm", "xlsb", "ppt", "pptx", "pptm", "odt", "ods", "odp", "rtf", "one", "vsdx",
        "vsd", "pub", "mpp", "hwp",
    ];
    let mut found = Vec::new();
    for set in ["docs", "docs_enc", "onenote"] {
        found.extend(files_below(&corpus(set)?));
    }
    found.retain(|p| p.extension().is_some_and(|e| KINDS.contains(&e.to_string_lossy().to_lowercase().as_str())));
    Some(found)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Kept {
    lone(&std::fs::read(path).expect("a file"), &name(path), &PASSWORDS)
}

/// Characters, apart from white space, that came out of Office formats.
fn characters(kept: &Kept) -> usize {
    let office = kept.texts.iter().filter(|t| t.media != "application/pdf" && !t.media.starts_with("image/") && t.layer.as_str() != "ocr");
    office.map(|t| t.body.chars().filter(|c| !c.is_whitespace()).count()).sum()
}

/// Path below the corpora, characters, reasons of the document's own gaps; separated by tabs.
const EXPECTED: &str = include_str!("documents.tsv");

#[test]
fn every_document_of_the_corpora_says_as_much_as_it_did() {
    let Some(files) = documents() else { return };
    let root = corpus("docs").and_then(|p| p.parent().map(Path::to_path_buf)).expect("a folder");
    let expected: BTreeMap<&str, (usize, &str)> = EXPECTED
        .lines()
        .filter_map(|l| {
            let (path, rest) = l.split_once('\t')?;
            let (count, reasons) = rest.split_once('\t')?;
            Some((path, (count.parse().ok()?, reasons)))
        })
        .collect();
    let mut wrong = Vec::new();
    for file in &files {
        let kept = read(file);
        let path = file.strip_prefix(&root).unwrap_or(file).to_string_lossy().into_owned();
        let own = kept.gaps.iter().filter(|g| g.place == name(file));
        let mut reasons: Vec<&str> = own.map(|g| g.reason.as_str()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        let (count, reasons) = (characters(&kept), reasons.join(", "));
        let agrees = expected.get(path.as_str()).is_some_and(|(n, r)| count.abs_diff(*n) * 50 <= *n && reasons == *r);
        if !agrees {
            wrong.push(format!("{path}\t{count}\t{reasons}"));
        }
    }
    assert!(wrong.is_empty(), "these differ from the table:\n{}\n", wrong.join("\n"));
    assert_eq!(files.len(), expected.len());
}

#[test]
fn documents_say_what_others_read_in_them() {
    let Some(files) = documents() else { return };
    for (file, place, words) in FACTS {
        let all: Vec<&PathBuf> = files.iter().filter(|p| name(p) == *file).collect();
        assert!(!all.is_empty(), "{file} is not in the corpora");
        let said = all.iter().any(|path| read(path).says(&format!("{file}{place}"), words));
        assert!(said, "{file}{place} does not say {words:?}");
    }
}

#[test]
fn every_document_whose_password_is_known_opens() {
    /// Of these nobody tells the password; the last is locked to the accounts of a rights server.
    const UNKNOWN: [&str; 4] = ["PasswordProtected.doc", "protected_sha512.xlsx", "testODTEncrypted.odt", "testWORD_protected_drm.doc"];
    let Some(files) = documents() else { return };
    let mut opened = 0;
    for file in files.iter().filter(|f| f.components().any(|c| c.as_os_str() == "docs_enc")) {
        let kept = read(file);
        let locked = kept.gaps.iter().any(|g| g.place == name(file) && g.reason == aftermail_model::Reason::Encrypted);
        assert_eq!(locked, UNKNOWN.contains(&name(file).as_str()), "{}: {:?}", file.display(), kept.gaps);
        opened += usize::from(!kept.opened.is_empty());
    }
    assert!(opened >= 20, "{opened}");
}

#[test]
fn documents_that_are_cut_off_or_smashed_say_so_or_say_something() {
    let Some(files) = documents() else { return };
    for file in files.iter().step_by(11) {
        let whole = std::fs::read(file).expect("a file");
        for (n, divisor) in [(1, 2), (9, 10)] {
            let cut = &whole[..whole.len() * n / divisor];
            let mut smashed = whole.clone();
            smashed.iter_mut().skip(n).step_by(whole.len() / 40 + 1).for_each(|b| *b = !*b);
            for bytes in [cut, &smashed] {
                let kept = lone(bytes, &name(file), &[]);
                assert!(!kept.texts.is_empty() || !kept.gaps.is_empty() || kept.parts.iter().any(|p| p.bytes > 0), "{}", file.display());
            }
        }
    }
}
