//! What opens locked files: words told in passing, secrets with something added, numbers that everybody in the mail knows; and what
//! was locked is read as what somebody wanted to hide.

mod common;

use aftermail_engine::Item;
use aftermail_model::{Reason, RevealPermit};
use common::{files, message, scan};

/// Zips of 7-Zip 25 with `vault.txt`, in which "Otter-Quay-19" stands as a password: locked by a phrase, a secret with a year, a postcode.
const PHRASE: &str = "UEsDBBQAAQAAAGhEel0b7mcGOgAAAC4AAAAJAAAAdmF1bHQudHh0XI9HON2ahWz+f3qYg/cnrZBOtBrKAdVFJA5uc7/t5JLZujICUm0qvP3cFCRx6jSssEQCGJtIps\
    OveVBLAQI/AxQAAQAAAGhEel0b7mcGOgAAAC4AAAAJACQAAAAAAAAAIICkgQAAAAB2YXVsdC50eHQKACAAAAAAAAEAGAAMM70PgX3dAQAAAAAAAAAAAAAAAAAAAABQSwUGAA\
    AAAAEAAQBbAAAAYQAAAAAA";
const YEAR: &str = "UEsDBBQAAQAAAGhEel0b7mcGOgAAAC4AAAAJAAAAdmF1bHQudHh0+6zhCnQIq57HugW8P/UmXg3QyLbAPF+EtAA+ArXv+Ybz8W3CN1c0OOJ2xQLYmmYEfey9WUPD\
    zQIb7VBLAQI/AxQAAQAAAGhEel0b7mcGOgAAAC4AAAAJACQAAAAAAAAAIICkgQAAAAB2YXVsdC50eHQKACAAAAAAAAEAGAAMM70PgX3dAQAAAAAAAAAAAAAAAAAAAABQSwUGAA\
    AAAAEAAQBbAAAAYQAAAAAA";
const POSTCODE: &str = "UEsDBBQAAQAAAGhEel0b7mcGOgAAAC4AAAAJAAAAdmF1bHQudHh0MOOIJIwLALSG4dM74HEa6h73z/riHfc/RjClJS4VNRWUOr95I2YdDWe99kOBwKkX30+1\
    7hQ3huZREVBLAQI/AxQAAQAAAGhEel0b7mcGOgAAAC4AAAAJACQAAAAAAAAAIICkgQAAAAB2YXVsdC50eHQKACAAAAAAAAEAGAAMM70PgX3dAQAAAAAAAAAAAAAAAAAAAABQSw\
    UGAAAAAAEAAQBbAAAAYQAAAAAA";
/// The same with lines that say little of their values, one of them "router2Pw=qv-lw-7731"; locked by "Marsh-Lantern-63".
const UNSURE: &str = "UEsDBBQAAQAAAGlEel2GbWggSAAAADwAAAAJAAAAdmF1bHQudHh0OjKbnSTgo4iJrpaHmeXiHaVqB+Xdppnxk0lRUNnADcFl8S7O9gCoCd7U/t3Rdoz7Cttg\
    3yVVV2RvDwM5RI5YTIAJfIp6mFT3UEsBAj8DFAABAAAAaUR6XYZtaCBIAAAAPAAAAAkAJAAAAAAAAAAggKSBAAAAAHZhdWx0LnR4dAoAIAAAAAAAAQAYAAxoyQ+Bfd0BAAAAAA\
    AAAAAAAAAAAAAAAFBLBQYAAAAAAQABAFsAAABvAAAAAAA=";

/// A mail with words and an archive.
fn with(n: usize, archive: &str, words: &str) -> String {
    let parts = format!(
        "--b\nContent-Type: text/plain\n\n{words}\n--b\nContent-Type: application/zip; name=vault.zip\n\
         Content-Transfer-Encoding: base64\n\n{archive}\n--b--\n"
    );
    message(n, "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n", &parts)
}

fn read(messages: &[String]) -> Vec<Item> {
    let folder = tempfile::tempdir().expect("a folder");
    let mut options = common::options();
    options.reveal = true;
    scan(&files(folder.path(), messages), &options).1
}

/// What was found, as message, place and value.
fn found(items: &[Item]) -> Vec<(&str, &str, &str)> {
    let permit = RevealPermit::recorded();
    let each = items.iter().flat_map(|i| i.occurrences.iter().zip(&i.values));
    each.map(|(o, value)| (o.at.evidence.as_str(), o.place.as_str(), value.reveal(&permit).as_str())).collect()
}

/// The archive opens, what it hides is found, and so is its key, where it stands.
fn opens(messages: &[String], key: (&str, &str, &str)) {
    let items = read(messages);
    assert!(items.iter().all(|i| i.gaps.is_empty()), "{items:?}");
    let found = found(&items);
    assert!(found.iter().any(|(_, place, value)| *place == "vault.zip > vault.txt" && *value == "Otter-Quay-19"), "{found:?}");
    assert!(found.contains(&key), "{found:?}");
    let opened = items.iter().flat_map(|i| &i.parts).find_map(|p| p.opened_by.clone()).expect("a part that was opened");
    let of_key = items.iter().flat_map(|i| &i.occurrences).find(|o| o.finding.as_str() == opened).expect("the key");
    assert!(of_key.because.iter().any(|b| b == "it opened vault.zip"), "{:?}", of_key.because);
}

#[test]
fn a_phrase_told_in_passing_opens() {
    let told = message(1, "", "Dear Bob,\n\nblanks and all: grey heron under the bridge\n\nAnn");
    opens(&[with(0, PHRASE, "For the auditors."), told], ("00001.eml", "body", "grey heron under the bridge"));
}

#[test]
fn the_usual_one_with_the_year_opens() {
    let usual = message(1, "", "For the report server,\npassword: Reedbank-Ferry");
    opens(&[with(0, YEAR, "The usual and the year behind it."), usual], ("00001.eml", "body", "Reedbank-Ferry2024"));
}

#[test]
fn a_postcode_below_the_signature_opens() {
    let words = "It opens with our postcode, no blank.\n\n-- \nAnn Reed\nQuay 4, Northport ZX9 4QP";
    opens(&[with(0, POSTCODE, words)], ("00000.eml", "body", "ZX94QP"));
}

#[test]
fn what_was_locked_needs_less_to_be_a_secret() {
    let key = message(1, "", "For the archive,\npassword: Marsh-Lantern-63");
    let items = read(&[with(0, UNSURE, "The list."), key]);
    let hidden = items.iter().flat_map(|i| &i.occurrences).find(|o| o.place == "vault.zip > vault.txt").expect("a secret");
    assert!(hidden.because.iter().any(|b| b == "it stands in a file that was locked"), "{:?}", hidden.because);
    // The mail around it was not locked.
    let key = items.iter().flat_map(|i| &i.occurrences).find(|o| o.place == "body").expect("the key");
    assert!(!key.because.iter().any(|b| b.contains("was locked")), "{:?}", key.because);
    // What another message proves of it is told where it stands.
    assert_eq!(key.system.as_deref(), Some("vault.zip"));
    assert!(key.because.iter().any(|b| b == "it opened vault.zip"), "{:?}", key.because);
}

#[test]
fn what_nothing_opens_says_how_much_was_tried() {
    let noise = message(1, "", "Dear Bob,\n\nthe hotel is booked: Grand Lakeside, room 12\n\nAnn");
    let items = read(&[with(0, PHRASE, "For the auditors."), noise]);
    let gap = items.iter().flat_map(|i| &i.gaps).next().expect("a gap");
    assert!(gap.reason == Reason::Encrypted && gap.detail.contains("passwords were tried") && !gap.detail.contains("Lakeside"), "{gap:?}");
}
