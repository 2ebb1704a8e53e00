//! Every locked file of the corpora is accounted for: one whose password its name, its manifest or the tests of its project tell opens
//! and says what is in it; any other ends in a gap with a reason.

mod common;

use aftermail_model::Reason;
use common::{Kept, corpus, files_below, lone};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What opens each, by the end of its path; words that are then read, or nothing where it holds none.
const KNOWN: &[(&str, &str, &str)] = &[
    ("bug53475-password-is-solrcell.docx", "solrcell", "This is password protected Word document."),
    ("bug53475-password-is-pass.docx", "pass", ""),
    ("Password_Protected-hello.ppt", "hello", ""),
    ("Password_Protected-56-hello.ppt", "hello", ""),
    ("Password_Protected-np-hello.ppt", "hello", ""),
    ("testEXCEL_protected_passtika.xls", "tika", ""),
    ("testEXCEL_protected_passtika.xlsx", "tika", ""),
    ("testEXCEL_protected_passtika_2.xlsx", "tika", ""),
    ("testPPT_protected_passtika.ppt", "tika", ""),
    ("testPPT_protected_passtika.pptx", "tika", ""),
    ("testWORD_protected_passtika.doc", "tika", ""),
    ("testWORD_protected_passtika.docx", "tika", ""),
    ("password_tika_binaryrc4.doc", "tika", "This is an encrypted Word 2007 File."),
    ("protected_passtika.xlsb", "tika", "You can't see me"),
    ("protected_passtika.xlsx", "tika", ""),
    ("60320-protected.xlsx", "Test001!!", ""),
    ("xor-encryption-abc.xls", "abc", "1\n2\n3"),
    ("testPDF_no_extract_no_accessibility_owner_user.pdf", "user", ""),
    ("testPDF_no_extract_yes_accessibility_owner_user.pdf", "user", "Hello World"),
    ("testPassword4Spaces.pdf", "    ", "Just some text."),
    ("libreoffice-writer-password.pdf", "openpassword", "Lorem ipsum dolor sit amet"),
    ("test7Z_protected_passTika.7z", "Tika", ""),
    ("test-documents-enc.rar", "ApacheTika", ""),
    ("encrypted.7z", "sevenz-rust", ""),
    ("crypted.rar", "unrar", ""),
    ("aes_archive.zip", "helloworld", ""),
    ("protected_normal_case.docx", "password", "This is a sample Word document"),
    ("protected_upper_case.docx", "password", "This is a sample Word document"),
    ("password.xls", "password", "A ZIP bomb is a variant of mail-bombing"),
    ("password_password_cryptoapi.doc", "password", "This is a test"),
    ("protect.xlsx", "VelvetSweatshop", "Office 2007"),
    ("protected_agile.docx", "VelvetSweatshop", "Agile protected document"),
    ("ppt_with_png_encrypted.ppt", "password", "Click to edit Master text styles"),
    ("testRFC822_encrypted_zip", "test", "Includes encrypted zip file"),
    ("full_encrypted.7z", "password", "test"),
    ("comment-hpw-password.rar", "password", "Cargo.lock"),
];

/// What stays locked, and why.
const SHUT: &[(&str, &str)] = &[
    ("PasswordProtected.doc", "passwords were tried"),
    ("protected_sha512.xlsx", "passwords were tried"),
    ("testUnicodePassword.pdf", "passwords were tried"),
    ("testZipEncrypted.zip", "passwords were tried"),
    ("testODTEncrypted.odt", "locked"),
    ("testWORD_protected_drm.doc", "rights management"),
    ("testPGPEncrypted.gpg", "key 5b8028021ba9adb3"),
];

/// The files of the sets in which locked ones lie, but for PDFs that hold no word of it.
fn files() -> Option<Vec<PathBuf>> {
    let sets = ["docs", "docs_enc", "archives", "onenote"];
    let sets = sets.iter().map(|set| corpus(set)).collect::<Option<Vec<_>>>()?;
    let mut files: Vec<PathBuf> = sets.iter().flat_map(|set| files_below(set)).collect();
    files.retain(|file| {
        let bytes = std::fs::read(file).expect("a file");
        !bytes.starts_with(b"%PDF-") || bytes.windows(8).any(|w| w == b"/Encrypt")
    });
    Some(files)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path, passwords: &[&str]) -> Kept {
    lone(&std::fs::read(path).expect("a file"), &name(path), passwords)
}

fn locks(kept: &Kept) -> usize {
    kept.gaps.iter().filter(|g| g.reason == Reason::Encrypted).count()
}

#[test]
fn every_locked_file_opens_or_says_why_not() {
    let Some(files) = files() else { return };
    let mut met = BTreeSet::new();
    let mut wrong = Vec::new();
    for file in &files {
        let without = read(file, &[]);
        let name = name(file);
        if locks(&without) == 0 && without.opened.is_empty() {
            continue;
        }
        met.insert(name.clone());
        let known = KNOWN.iter().find(|(known, ..)| *known == name);
        let shut = SHUT.iter().find(|(shut, _)| *shut == name);
        match (known, shut) {
            (Some((_, password, words)), None) => {
                let kept = read(file, &[password]);
                if locks(&kept) > 0 || kept.opened.is_empty() || kept.all().trim().is_empty() || !kept.all().contains(words) {
                    wrong.push(format!("{}: {:?} {:?}", file.display(), kept.opened, kept.gaps));
                }
            }
            (None, Some((_, why))) => {
                let told = without.gaps.iter().find(|g| g.reason == Reason::Encrypted);
                if !told.is_some_and(|g| g.detail.contains(why) && g.bytes > 0) {
                    wrong.push(format!("{}: {:?}", file.display(), without.gaps));
                }
            }
            _ => wrong.push(format!(
                "{} is in no table: {:?} {:?} {:?}",
                file.display(),
                without.opened,
                without.gaps,
                without.all().chars().take(80).collect::<String>()
            )),
        }
    }
    let listed = KNOWN.iter().map(|(name, ..)| *name).chain(SHUT.iter().map(|(name, _)| *name));
    let missing: Vec<_> = listed.filter(|name| !met.contains(*name)).collect();
    assert!(wrong.is_empty() && missing.is_empty(), "{}\nnot met: {missing:?}", wrong.join("\n"));
}
