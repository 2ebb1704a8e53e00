//! The second pass: what only several messages together say, and what is locked in one and opened by another.

mod common;

use aftermail_engine::{Cancel, Item, derive, sql, tables};
use aftermail_model::{Reason, Sensitive};
use common::{files, mbox, message, options, scan};

/// A zip of 7-Zip with `vault.txt`, in which a password stands; locked by [`KEY`].
const LOCKED: &str = "UEsDBBQAAQAAAHqeeV0O7MWAMQAAACUAAAAJAAAAdmF1bHQudHh00+wLLKUTrbG4GLM5DUmRyPBZKX0jbo0ai/Sb4X/zn1lfR6neC36gMQJ749XldSv6\
    +FBLAQI/AxQAAQAAAHqeeV0O7MWAMQAAACUAAAAJACQAAAAAAAAAIICkgQAAAAB2YXVsdC50eHQKACAAAAAAAAEAGABCCQFqFn3dAQAAAAAAAAAAAAAAAAAAAABQSwUGAA\
    AAAAEAAQBbAAAAWAAAAAAA";
const KEY: &str = "Harbour-Seal-31";

fn with_archive(n: usize) -> String {
    let parts = format!(
        "--b\nContent-Type: text/plain\n\nThe file for you.\n--b\nContent-Type: application/zip; name=vault.zip\n\
         Content-Transfer-Encoding: base64\n\n{LOCKED}\n--b--\n"
    );
    message(n, "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n", &parts)
}

fn occurrences(items: &[Item]) -> Vec<(&str, &str)> {
    items.iter().flat_map(|i| &i.occurrences).map(|o| (o.at.evidence.as_str(), o.place.as_str())).collect()
}

fn thread() -> Vec<String> {
    let told = "The scanner runs on scan1.example.com. User: svc_scan. The password follows by separate mail.";
    vec![message(0, "", told), message(1, "In-Reply-To: <0@example.com>\n", "Heron-Marsh-77-Reed\n\nAnn"), message(2, "", "Lunch at noon?")]
}

#[test]
fn a_promised_password_is_found_in_the_next_message() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = files(folder.path(), &thread());
    let (totals, items) = scan(&evidence, &options());
    assert_eq!((totals.messages, totals.findings), (3, 1), "{items:?}");
    let found = items.iter().flat_map(|i| &i.occurrences).next().expect("one");
    assert_eq!((found.at.evidence.as_str(), found.account.as_deref()), ("00001.eml", Some("svc_scan")));
    assert_eq!(found.system.as_deref(), Some("scan1.example.com"));
}

#[test]
fn a_thread_in_a_mailbox_is_joined_like_one_of_files() {
    let folder = tempfile::tempdir().unwrap();
    let (totals, items) = scan(&[mbox(&folder.path().join("all.mbox"), &thread())], &options());
    assert_eq!((totals.messages, totals.findings, occurrences(&items).len()), (3, 1, 1), "{items:?}");
}

#[test]
fn a_locked_file_is_opened_by_the_password_of_another_message() {
    let folder = tempfile::tempdir().unwrap();
    let key = message(1, "", &format!("For the archive of this morning:\npassword: {KEY}"));
    let evidence = files(folder.path(), &[with_archive(0), key]);
    let (_, items) = scan(&evidence, &options());
    assert!(items.iter().all(|i| i.gaps.is_empty()), "{items:?}");
    assert!(occurrences(&items).contains(&("00000.eml", "vault.zip > vault.txt")), "{items:?}");
    let opened = items.iter().flat_map(|i| &i.parts).find_map(|p| p.opened_by.clone()).expect("a part that was opened");
    let key = items.iter().flat_map(|i| &i.occurrences).find(|o| o.at.evidence == "00001.eml").expect("the key");
    assert_eq!(key.finding.as_str(), opened);
}

#[test]
fn a_lock_stays_a_gap_until_a_person_gives_its_password() {
    let folder = tempfile::tempdir().unwrap();
    let evidence = files(folder.path(), &[with_archive(0)]);
    let (_, items) = scan(&evidence, &options());
    let gap = items.iter().flat_map(|i| &i.gaps).next().expect("a gap");
    assert!(gap.reason == Reason::Encrypted && gap.detail.contains("passwords were tried"), "{gap:?}");
    let mut given = options();
    given.passwords = vec![Sensitive::new(KEY.into())];
    let (_, items) = scan(&evidence, &given);
    assert!(items.iter().all(|i| i.gaps.is_empty()), "{items:?}");
    assert_eq!(occurrences(&items), [("00000.eml", "vault.zip > vault.txt")]);
}

#[test]
fn a_case_holds_what_a_scan_finds() {
    let folder = tempfile::tempdir().unwrap();
    let mut messages = thread();
    messages.extend([with_archive(3), message(4, "", &format!("For the archive of this morning:\npassword: {KEY}"))]);
    let evidence = files(folder.path(), &messages);
    let derived = folder.path().join("derived");
    for _ in 0..2 {
        let totals = derive(&derived, &evidence, &options(), &Cancel::default(), &mut |_| {}).unwrap();
        let (scanned, _) = scan(&evidence, &options());
        assert_eq!((totals.messages, totals.findings, totals.occurrences), (scanned.messages, scanned.findings, scanned.occurrences));
        assert_eq!(totals.gaps, scanned.gaps);
        let opened = sql(&derived, "SELECT system FROM findings JOIN parts ON finding = opened_by").unwrap();
        assert_eq!(opened.rows, [[Some("vault.zip".to_owned())]]);
    }
    // A message more in the thread changes what it says together.
    messages.push(message(5, "In-Reply-To: <1@example.com>\n", "I have changed the password just now."));
    let evidence = files(folder.path(), &messages);
    derive(&derived, &evidence, &options(), &Cancel::default(), &mut |_| {}).unwrap();
    let totals = tables::totals(&derived).unwrap();
    let (scanned, _) = scan(&evidence, &options());
    assert_eq!((totals.messages, totals.findings), (scanned.messages, scanned.findings));
}

#[test]
fn a_message_that_tells_nothing_by_itself_is_read_with_its_thread() {
    let folder = tempfile::tempdir().unwrap();
    let named = message(0, "", "Anna, from Monday you look after ftp.harbourline.example for us.");
    let told = message(1, "In-Reply-To: <0@example.com>\n", "password: Tarn!Heron-52");
    let evidence = files(folder.path(), &[named, told, message(2, "", "Lunch at noon?")]);
    let (totals, items) = scan(&evidence, &options());
    // Each message is given once, though two were read twice.
    assert_eq!((totals.messages, totals.findings, items.len()), (3, 1, 3), "{items:?}");
    let found = items.iter().flat_map(|i| &i.occurrences).next().expect("one");
    assert_eq!(found.system.as_deref(), Some("ftp.harbourline.example"));
    let derived = folder.path().join("derived");
    derive(&derived, &evidence, &options(), &Cancel::default(), &mut |_| {}).unwrap();
    let systems = sql(&derived, "SELECT system FROM findings").unwrap();
    assert_eq!(systems.rows, [[Some("ftp.harbourline.example".to_owned())]]);
}
