//! Locked archives: opened by the passwords at hand, listed with what was tried where none opens.

mod common;

use aftermail_decode::Key;
use aftermail_model::Reason;
use base64::Engine as _;
use common::{attached, lone};

/// Archives of 7-Zip 25 with one file, `vault.txt`, locked by [`PASSWORD`].
const LOCKED: [(&str, &str); 4] = [
    (
        "old.zip",
        "UEsDBBQAAQAAAHqeeV0O7MWAMQAAACUAAAAJAAAAdmF1bHQudHh00+wLLKUTrbG4GLM5DUmRyPBZKX0jbo0ai/Sb4X/zn1lfR6neC36gMQJ749XldSv6+FBLAQI/AxQA\
         AQAAAHqeeV0O7MWAMQAAACUAAAAJACQAAAAAAAAAIICkgQAAAAB2YXVsdC50eHQKACAAAAAAAAEAGABCCQFqFn3dAQAAAAAAAAAAAAAAAAAAAABQSwUGAAAAAAEAAQBbAA\
         AAWAAAAAAA",
    ),
    (
        "aes.zip",
        "UEsDBDMAAQBjAHqeeV0AAAAAQQAAACUAAAAJAAsAdmF1bHQudHh0AZkHAAIAQUUDAABTP/IUw+XXcbMJGPnTjVC2YVHqP9cw3oUhrT7hxysDP9dnGDArZDoQDT2hObGp\
         PJh6ZyxMfANQKvZWCDD8r5iuilBLAQI/AzMAAQBjAHqeeV0AAAAAQQAAACUAAAAJAC8AAAAAAAAAIICkgQAAAAB2YXVsdC50eHQKACAAAAAAAAEAGABCCQFqFn3dAQAAAA\
         AAAAAAAAAAAAAAAAABmQcAAgBBRQMAAFBLBQYAAAAAAQABAGYAAABzAAAAAAA=",
    ),
    (
        "content.7z",
        "N3q8ryccAAT1bk1MMAAAAAAAAABqAAAAAAAAAOFhI8mtCtWKoXnxGE8G9DO/Zce+eyngynPkTWh8mW5AuWvSOgp+T7dNszLgxvPK4kxCw94BBAYAAQkwAAcLAQACJAbx\
         BwESUw+vwnsWzytWsX3T71UcCZxDISEBAAEADCklAAgKAQ7sxYAAAAUBGQEAERUAdgBhAHUAbAB0AC4AdAB4AHQAAAAUCgEAQgkBahZ93QEVBgEAIICkgQAA",
    ),
    (
        "names.7z",
        "N3q8ryccAARdCOnKoAAAAAAAAAAuAAAAAAAAAGcSKo24a4hxVaypo63y9btuuVNNWxYCMUpqDRQxSX+2leomwWTRzV31CDMlzL7KTkEr02ZxqL+bxnWAeJzqacN5Q6sQ\
         fGUUpO8lgecdBZAUh8MyOv6K2BJjISu9+CwnaK+g6N17WHAuqsexjVO7ULgmmsv/cR6Cxd/9O8Wy9JFPLPBMmC/rMwvvtAIl3Lsp8Ynb7XLEprbsOtEPGR6/VrjklbCGFw\
         YwAQlwAAcLAQABJAbxBwESUw+4s8MA2BlLpXmuK+bNh35hDGoKATTISaEAAA==",
    ),
];
const PASSWORD: &str = "Harbour-Seal-31";

fn bytes(base64: &str) -> Vec<u8> {
    let clean: String = base64.chars().filter(|c| !c.is_whitespace()).collect();
    base64::engine::general_purpose::STANDARD.decode(clean).expect("base64")
}

#[test]
fn a_password_at_hand_opens_and_is_named() {
    for (name, archive) in LOCKED {
        let kept = lone(&bytes(archive), name, &["wrong one", PASSWORD, "another"]);
        assert!(kept.says(&format!("{name} > vault.txt"), "Kestrel-Loom-52"), "{name}: {:?}", kept.gaps);
        assert!(kept.opened.iter().any(|(_, key)| *key == Key::Given(1)), "{name}: {:?}", kept.opened);
        assert!(kept.gaps.is_empty(), "{name}: {:?}", kept.gaps);
    }
}

#[test]
fn what_stays_locked_says_how_many_passwords_were_tried_and_none_of_them() {
    for (name, archive) in LOCKED {
        let kept = lone(&bytes(archive), name, &["Heron-Tide-9"]);
        let gap = kept.gaps.iter().find(|g| g.reason == Reason::Encrypted).expect(name);
        assert!(gap.detail.contains("16 passwords were tried") && !gap.detail.contains("Heron"), "{name}: {}", gap.detail);
        assert!(gap.bytes > 0 && kept.message.unread_bytes > 0, "{name}: {gap:?}");
    }
}

#[test]
fn trying_passwords_has_a_limit() {
    let many: Vec<String> = (0..2_000).map(|n| format!("password number {n}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let passwords: Vec<_> = many.iter().map(|p| aftermail_model::Sensitive::new((*p).to_owned())).collect();
    let mut tools = aftermail_decode::Tools { passwords: &passwords, ..Default::default() };
    tools.limits.lock_millis = 200;
    let mut kept = common::Kept::default();
    let at = aftermail_model::Locator::default();
    aftermail_decode::file(&bytes(LOCKED[2].1), "a.7z", at, "file", &tools, &mut kept);
    assert!(kept.gaps.iter().any(|g| g.detail.contains("5 passwords were tried, then the limit of work")), "{:?}", kept.gaps);
}

#[test]
fn everybodys_passwords_are_tried_without_being_told() {
    let Some(set) = common::corpus("archives") else { return };
    let path = common::files_below(&set).into_iter().find(|f| f.ends_with("comment-hpw-password.rar")).expect("a file");
    let kept = attached(&std::fs::read(path).expect("a file"));
    assert!(kept.opened.iter().any(|(_, key)| *key == Key::WellKnown("password")), "{:?}", kept.gaps);
}

/// Files of the corpora, what opens them by their names, manifests and the tests of their projects, and what is in them.
const KNOWN: [(&str, &str, usize); 7] = [
    ("aes_archive.zip", "helloworld", 4),
    ("encrypted.7z", "sevenz-rust", 2),
    ("crypted.rar", "unrar", 1),
    ("comment-hpw-password.rar", "password", 1),
    ("test-documents-enc.rar", "ApacheTika", 9),
    ("test7Z_protected_passTika.7z", "Tika", 1),
    ("full_encrypted.7z", "password", 1),
];

#[test]
fn locked_files_of_the_corpora_open() {
    let Some(set) = common::corpus("archives") else { return };
    let files = common::files_below(&set);
    for (name, password, members) in KNOWN {
        let path = files.iter().find(|f| f.ends_with(name)).expect(name);
        let kept = lone(&std::fs::read(path).expect("a file"), name, &[password]);
        assert_eq!(kept.members().len(), members, "{name}: {:?}", kept.parts);
        assert!(!kept.opened.is_empty() && !kept.gaps.iter().any(|g| g.reason == Reason::Encrypted), "{name}: {:?}", kept.gaps);
    }
}
