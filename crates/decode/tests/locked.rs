//! Files of keys and locked PDFs: opened by passwords at hand, or listed with what was tried.

mod common;

use aftermail_decode::Key;
use aftermail_model::Reason;
use common::{fixture, lone, read};

const PASSWORD: &str = "Kite-Lantern-42";
/// What the mail said before and after the password.
const AT_HAND: [&str; 3] = ["Wednesday", PASSWORD, "Best-Regards-1"];

fn opens(file: &str, words: &str) {
    let kept = lone(&fixture(&format!("locked/{file}")), "file", &AT_HAND);
    assert!(kept.all().contains(words), "{file}: {:?} {:?}", kept.texts, kept.gaps);
    assert!(kept.opened.iter().any(|(place, key)| place == "file" && *key == Key::Given(1)), "{file}: {:?}", kept.opened);
    assert!(kept.gaps.is_empty(), "{file}: {:?}", kept.gaps);
    let kept = lone(&fixture(&format!("locked/{file}")), "file", &["Wednesday", "Best-Regards-1"]);
    let gap = kept.gap(Reason::Encrypted).unwrap_or_else(|| panic!("{file}: no gap"));
    assert!(gap.detail.contains("17 passwords were tried"), "{file}: {}", gap.detail);
    assert!(!kept.all().contains(words), "{file}");
}

#[test]
fn key_files_of_all_ages_open() {
    for file in ["new.p12", "old.p12", "pbes1.pem", "pbes2.pem", "scrypt.pem", "des3.der", "store.jks"] {
        opens(file, "-----BEGIN PRIVATE KEY-----");
    }
    for file in ["traditional.pem", "traditional-des3.pem"] {
        opens(file, "-----BEGIN EC PRIVATE KEY-----\nM");
    }
    for file in ["openssh", "openssh-gcm", "openssh-cbc"] {
        opens(file, "AAAABG5vbmUAAAAEbm9uZQAAAAAAAAAB");
    }
    for file in ["putty2.ppk", "putty3.ppk"] {
        opens(file, "Encryption: none");
    }
}

#[test]
fn certificates_in_key_files_are_told() {
    for file in ["new.p12", "old.p12", "clear.p12", "empty.p12"] {
        let all = lone(&fixture(&format!("locked/{file}")), "file", &[PASSWORD]).all();
        for words in ["C=CH, O=Kestrel Works, CN=vpn.kestrel.example", "Serial number: 4a11c0de", "Thumbprint (SHA-1): "] {
            assert!(all.contains(words), "{file}: {all}");
        }
    }
    assert!(lone(&fixture("locked/new.p12"), "file", &[PASSWORD]).all().contains("Friendly name: kestrel vpn"));
}

#[test]
fn passwords_that_are_none_are_tried() {
    let kept = lone(&fixture("locked/empty.p12"), "file", &[]);
    assert!(kept.all().contains("-----BEGIN PRIVATE KEY-----"), "{:?}", kept.gaps);
    assert!(matches!(kept.opened.as_slice(), [(_, Key::WellKnown(""))]), "{:?}", kept.opened);
}

#[test]
fn a_locked_key_in_the_text_of_a_mail_opens() {
    let key = String::from_utf8(fixture("locked/pbes2.pem")).expect("text");
    let quoted: String = key.lines().map(|l| format!("> {l}\n")).collect();
    let kept = read(&format!("Subject: s\n\nThe key:\n{quoted}\nBye\n"), &AT_HAND);
    assert!(kept.says("body > private keys", "-----BEGIN PRIVATE KEY-----"), "{:?}", kept.texts);
    assert_eq!(kept.opened, [("body".to_owned(), Key::Given(1))]);
}

#[test]
fn locked_pdfs_open_by_either_password() {
    for file in ["rc4-40.pdf", "rc4-128.pdf", "aes-128.pdf", "aes-256.pdf"] {
        for password in ["user-9", "owner-9"] {
            let kept = lone(&fixture(&format!("locked/{file}")), "file", &["wrong", password]);
            assert!(kept.says("file", "The vault opens with Kite-Lantern-42"), "{file} by {password}: {:?}", kept.gaps);
            assert_eq!(kept.opened, [("file".to_owned(), Key::Given(1))], "{file}");
        }
        let kept = lone(&fixture(&format!("locked/{file}")), "file", &["wrong"]);
        assert!(kept.gap(Reason::Encrypted).is_some_and(|g| g.detail.contains("16 passwords were tried")), "{file}: {:?}", kept.gaps);
    }
    let kept = lone(&fixture("locked/no-user-password.pdf"), "file", &[]);
    assert!(kept.says("file", "The vault opens") && kept.opened.is_empty(), "{:?}", kept.gaps);
}
