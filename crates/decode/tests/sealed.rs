//! Signed mail is unwrapped, encrypted mail told with its recipients.

mod common;

use aftermail_model::Reason;
use common::{corpus, files_below, fixture, lone, read};

#[test]
fn signed_mail_is_unwrapped_and_read_as_mail() {
    for file in ["signed.p7m", "signed-ber.p7m"] {
        let kept = lone(&fixture(&format!("sealed/{file}")), "file", &[]);
        assert!(kept.all().contains("The gate code is 4711."), "{file}: {:?}", kept.texts);
        assert!(kept.all().contains("Lantern room: 8151"), "{file}: {:?}", kept.texts);
        assert!(kept.gaps.is_empty(), "{file}: {:?}", kept.gaps);
    }
    let kept = lone(&fixture("sealed/detached.p7s"), "file", &[]);
    assert!(kept.gaps.is_empty() && !kept.all().contains("Kestrel"), "{:?}", kept.texts);
}

#[test]
fn encrypted_mail_says_to_whom() {
    for (file, recipient) in [
        ("enveloped.p7m", ""),
        ("authenveloped.p7m", "certificate 77 of O=Kestrel Works, CN=Rowan Hale"),
        ("encrypted.asc", "key aaa30915220b6327"),
        ("encrypted.gpg", "key aaa30915220b6327"),
        ("password.asc", "a password"),
    ] {
        let kept = lone(&fixture(&format!("sealed/{file}")), "file", &[]);
        let gap = kept.gap(Reason::Encrypted).unwrap_or_else(|| panic!("{file}: {:?}", kept.gaps));
        assert!(gap.detail.contains(recipient) && gap.detail.contains("1 keys"), "{file}: {}", gap.detail);
    }
}

#[test]
fn what_pgp_only_signed_is_read() {
    for file in ["signed.asc", "signed.gpg"] {
        let kept = lone(&fixture(&format!("sealed/{file}")), "file", &[]);
        assert!(kept.all().contains("The gate code is 4711."), "{file}: {:?} {:?}", kept.texts, kept.gaps);
        assert!(kept.gaps.is_empty(), "{file}: {:?}", kept.gaps);
    }
}

#[test]
fn private_keys_of_pgp_are_text_and_public_ones_silent() {
    let kept = lone(&fixture("sealed/secret.gpg"), "file", &[]);
    assert!(kept.says("file", "-----BEGIN PGP PRIVATE KEY BLOCK-----"), "{:?}", kept.texts);
    let kept = lone(&fixture("sealed/public.gpg"), "file", &[]);
    assert!(kept.gaps.is_empty() && !kept.all().contains("KEY BLOCK"), "{:?}", kept.texts);
}

#[test]
fn a_message_encrypted_in_the_text_is_told() {
    let block = String::from_utf8(fixture("sealed/encrypted.asc")).expect("text");
    let kept = read(&format!("Subject: s\n\nSee below\n{block}\n"), &[]);
    assert!(kept.gap(Reason::Encrypted).is_some_and(|g| g.place == "body" && g.detail.contains("aaa30915220b6327")), "{:?}", kept.gaps);
}

/// Object identifiers of SignedData and EnvelopedData (RFC 5652 §5, §6).
const SIGNED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02";
const ENVELOPED: &[u8] = b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x03";

#[test]
fn blobs_of_the_corpora_are_all_understood() {
    let Some(odd) = corpus("eml_odd") else { return };
    let (mut signed, mut enveloped) = (0, 0);
    for path in files_below(&odd) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let names = |oid: &[u8]| bytes.starts_with(&[0x30]) && bytes[..bytes.len().min(40)].windows(oid.len()).any(|w| w == oid);
        if names(SIGNED) {
            signed += 1;
            let kept = lone(&bytes, "file", &[]);
            assert!(kept.gap(Reason::Unsupported).is_none(), "{}: {:?}", path.display(), kept.gaps);
        } else if names(ENVELOPED) {
            enveloped += 1;
            let kept = lone(&bytes, "file", &[]);
            assert!(kept.gap(Reason::Encrypted).is_some_and(|g| g.detail.contains("certificate")), "{}: {:?}", path.display(), kept.gaps);
        }
    }
    assert!(signed >= 5 && enveloped >= 2, "{signed} signed, {enveloped} enveloped");
}
