//! Locked files: opened by a password that a person gives, which is kept nowhere, and what they hold stays in the case.

mod common;

use common::{aftermail, message, run, text};
use std::io::Write as _;
use std::path::Path;
use std::process::Stdio;

/// A zip of 7-Zip with `vault.txt`, in which "Kestrel-Loom-52" stands as a password; locked by [`KEY`].
const LOCKED: &str = "UEsDBBQAAQAAAHqeeV0O7MWAMQAAACUAAAAJAAAAdmF1bHQudHh00+wLLKUTrbG4GLM5DUmRyPBZKX0jbo0ai/Sb4X/zn1lfR6neC36gMQJ749XldSv6\
    +FBLAQI/AxQAAQAAAHqeeV0O7MWAMQAAACUAAAAJACQAAAAAAAAAIICkgQAAAAB2YXVsdC50eHQKACAAAAAAAAEAGABCCQFqFn3dAQAAAAAAAAAAAAAAAAAAAABQSwUGAA\
    AAAAEAAQBbAAAAWAAAAAAA";
const KEY: &str = "Harbour-Seal-31";
const INSIDE: &str = "Kestrel-Loom-52";

fn case(dir: &Path) -> std::path::PathBuf {
    let parts = format!(
        "--b\nContent-Type: text/plain\n\nThe file for you.\n--b\nContent-Type: application/zip; name=vault.zip\n\
         Content-Transfer-Encoding: base64\n\n{LOCKED}\n--b--\n"
    );
    let mail = message(1, "archive\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b", &parts);
    std::fs::create_dir(dir.join("mail")).expect("a folder");
    std::fs::write(dir.join("mail/a.eml"), mail).expect("a file");
    std::fs::write(dir.join("case.toml"), "name = \"Test\"\nevidence = [\"mail\"]\n").expect("a case");
    dir.join("case.toml")
}

fn below(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).expect("a folder").map(|e| e.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}

#[test]
fn a_password_given_by_hand_opens_and_is_kept_nowhere() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = case(dir.path());
    let path = case.to_str().expect("text");
    let found = |out: &[u8]| text(out).contains("Found: 1 secret");
    let first = run(&["run", path]);
    assert!(!found(&first.stdout) && text(&first.stdout).contains("encrypted"), "{}", text(&first.stdout));
    assert!(text(&run(&["gaps", path]).stdout).contains("--passwords"), "the gap says what to do");

    // The list of gaps tries passwords too, and says what came of it.
    let keys = dir.path().join("keys");
    let keys = keys.to_str().expect("text");
    std::fs::write(keys, "neither\nof these\n").expect("a file");
    let tried = run(&["gaps", path, "--passwords", keys]);
    assert!(text(&tried.stderr).contains("none of the passwords opened anything; 1 still locked"), "{}", text(&tried.stderr));
    assert!(text(&tried.stdout).contains("vault.zip > vault.txt") && tried.status.code() == Some(2), "{}", text(&tried.stdout));

    let mut child = aftermail().args(["run", path, "--passwords", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("runs");
    child.stdin.take().expect("a pipe").write_all(format!("wrong one\n{KEY}\n").as_bytes()).expect("written");
    let second = child.wait_with_output().expect("ends");
    assert!(found(&second.stdout) && !text(&second.stdout).contains("encrypted"), "{}", text(&second.stdout));
    let again = run(&["run", path]);
    assert!(found(&again.stdout), "what was opened stays open: {}", text(&again.stdout));
    for file in below(dir.path()) {
        let bytes = std::fs::read(&file).expect("a file");
        for value in [KEY, INSIDE] {
            assert!(!bytes.windows(value.len()).any(|w| w == value.as_bytes()), "{value} stands in {}", file.display());
        }
    }

    let row = text(&run(&["sql", path, "select distinct finding from occurrences", "--json"]).stdout);
    let id = row.split('"').nth(3).expect("an id").to_owned();
    std::fs::write(keys, KEY).expect("a file");
    let shown = run(&["reveal", path, &id, "--reason", "test", "--passwords", keys]);
    assert_eq!(text(&shown.stdout).trim(), INSIDE, "{}", text(&shown.stderr));
}

#[test]
fn the_list_of_gaps_opens_what_a_person_has_the_password_for() {
    let dir = tempfile::tempdir().expect("a folder");
    let case = case(dir.path());
    let path = case.to_str().expect("text");
    run(&["run", path]);
    let listed = text(&run(&["gaps", path, "--json"]).stdout);
    let id = listed.split("\"gap\":\"").nth(1).and_then(|rest| rest.get(..8)).expect("an id").to_owned();
    assert_eq!(run(&["gaps", path, "--gap", &id, "--assign", "Ann Reed"]).status.code(), Some(2));

    let keys = dir.path().join("keys");
    std::fs::write(&keys, KEY).expect("a file");
    let tried = run(&["gaps", path, "--gap", &id, "--passwords", keys.to_str().expect("text")]);
    assert!(text(&tried.stderr).contains("1 locked item was opened; 0 still locked"), "{}", text(&tried.stderr));
    assert_eq!((text(&tried.stdout).as_str(), tried.status.code()), ("No such gap is left.\n", Some(0)));
    std::fs::remove_file(keys).expect("a file");
    for file in below(dir.path()) {
        let bytes = std::fs::read(&file).expect("a file");
        assert!(!bytes.windows(KEY.len()).any(|w| w == KEY.as_bytes()), "the password stands in {}", file.display());
    }
}
