//! Archives: what is in them is read, and what cannot be is listed, within limits.

mod common;

use aftermail_model::{PartState, Reason};
use common::{attached, lone, zipped};
use std::io::Write;

#[test]
fn archives_within_archives_are_read() {
    let inner = zipped(&[("deep/note.txt", b"the gate opens with 4711")]);
    let mail = b"Subject: inside\nFrom: a@b.example\n\nan attached mail";
    let kept = attached(&zipped(&[("inner.zip", &inner), ("mail.eml", mail), ("readme.txt", b"hello")]));
    assert!(kept.says("a.bin > readme.txt", "hello"), "{:?}", kept.texts);
    assert!(kept.says("a.bin > inner.zip > deep/note.txt", "4711"), "{:?}", kept.texts);
    assert!(kept.says("a.bin > mail.eml > body", "an attached mail"), "{:?}", kept.texts);
    assert!(kept.gaps.is_empty(), "{:?}", kept.gaps);
}

#[test]
fn mail_in_an_archive_is_taken_apart_like_any_mail() {
    let body = "Content-Type: text/plain\nContent-Transfer-Encoding: base64\n\ndGhlIGdhdGUgb3BlbnMgd2l0aCA0NzEx\n";
    let mail = format!("From: a@b.example\nSubject: one\n{body}");
    let mbox = format!("From a@b.example Mon Jan  1 10:00:00 2024\n{mail}\nFrom a@b.example Mon Jan  1 10:00:00 2024\n{mail}");
    let emlx = format!("{}\n{mail}<?xml version=\"1.0\"?>\n", mail.len());
    let kept = attached(&zipped(&[("all.mbox", mbox.as_bytes()), ("1.emlx", emlx.as_bytes())]));
    for place in ["a.bin > all.mbox > message 1 > body", "a.bin > all.mbox > message 2 > body", "a.bin > 1.emlx > body"] {
        assert!(kept.says(place, "opens with 4711"), "{place} {:?}", kept.texts);
    }
}

#[test]
fn a_store_in_an_archive_is_walked() {
    let Some(set) = common::corpus("pst") else { return };
    let smallest = common::files_below(&set)
        .into_iter()
        .filter(|f| f.extension().is_some_and(|e| e == "pst"))
        .min_by_key(|f| f.metadata().map_or(u64::MAX, |m| m.len()));
    let store = std::fs::read(smallest.expect("a store")).expect("a file");
    let kept = attached(&zipped(&[("old.pst", &store)]));
    assert!(kept.texts.iter().any(|t| t.place.starts_with("a.bin > old.pst > ") && t.place.ends_with(" > body")), "{:?}", kept.gaps);
}

fn tarred(name: &str, content: &[u8]) -> Vec<u8> {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(content.len() as u64);
    header.set_cksum();
    archive.append_data(&mut header, name, content).expect("a member");
    archive.into_inner().expect("an archive")
}

#[test]
fn tar_and_gzip_are_read() {
    let tar = tarred("etc/app.ini", b"hello");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&tar).expect("memory can be written");
    assert!(attached(&gzip.finish().expect("gzip")).says("a.bin > etc/app.ini", "hello"));
    assert!(attached(&tar).says("a.bin > etc/app.ini", "hello"));
}

#[test]
fn a_damaged_tar_goes_on_at_the_next_header() {
    let mut tar = tarred("first.txt", b"one");
    tar.truncate(1024);
    tar.extend([0x55; 700]);
    tar.resize(2048, 0x55);
    tar.extend(tarred("second.txt", b"two"));
    let kept = lone(&tar, "a.tar", &[]);
    assert!(kept.says("a.tar > first.txt", "one") && kept.says("a.tar > second.txt", "two"), "{:?}", kept.parts);
    assert!(kept.lacks("a.tar", Reason::Damaged));
}

#[test]
fn a_bomb_costs_itself_and_not_its_neighbours() {
    let kept = attached(&zipped(&[("bomb.txt", &vec![0; 80 << 20]), ("after.txt", b"hello")]));
    assert!(kept.says("a.bin > after.txt", "hello"));
    assert!(kept.lacks("a.bin > bomb.txt", Reason::TooLarge), "{:?}", kept.gaps);
}

#[test]
fn a_cut_off_archive_gives_what_it_holds() {
    let mut bytes = zipped(&[("first.txt", b"hello"), ("second.txt", &[b'x'; 4000])]);
    bytes.truncate(bytes.len() - 60);
    let kept = attached(&bytes);
    assert!(kept.says("a.bin > first.txt", "hello"), "{:?} {:?}", kept.texts, kept.gaps);
    assert!(kept.lacks("a.bin", Reason::Damaged), "{:?}", kept.gaps);
}

#[test]
fn a_file_that_a_directory_hides_is_found_by_its_own_header() {
    let hidden = zipped(&[("hidden.txt", b"the gate opens with 4711")]);
    let data = &hidden[..hidden.windows(4).position(|w| w == b"PK\x01\x02").expect("a directory")];
    let shown = zipped(&[("shown.txt", b"hello")]);
    let kept = lone(&[data, &shown].concat(), "a.zip", &[]);
    assert!(kept.says("a.zip > hidden.txt", "4711") && kept.says("a.zip > shown.txt", "hello"), "{:?}", kept.parts);
}

#[test]
fn a_program_that_unpacks_itself_is_unpacked() {
    let program = [b"MZ".as_slice(), &[0x90; 5000], &zipped(&[("setup.ini", b"the gate opens with 4711")])].concat();
    assert!(lone(&program, "setup.exe", &[]).says("setup.exe > setup.ini", "4711"));
    let plain = [b"MZ".as_slice(), &[0x90; 5000]].concat();
    assert!(lone(&plain, "plain.exe", &[]).lacks("plain.exe", Reason::Unsupported));
}

#[test]
fn part_of_a_file_counts_as_partly_read() {
    let mut bytes = zipped(&[("long.txt", &b"a line of text, and another one; ".repeat(500))]);
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8].fill(0xff);
    let kept = lone(&bytes, "a.zip", &[]);
    let part = kept.parts.iter().find(|p| p.path == "a.zip > long.txt").expect("a part");
    assert!(matches!(part.state, PartState::Partly | PartState::NotRead), "{part:?}");
    assert!(kept.lacks("a.zip > long.txt", Reason::Damaged), "{:?}", kept.gaps);
}

#[test]
fn more_files_than_the_limit_are_counted() {
    let names: Vec<String> = (0..12_000).map(|n| format!("{n}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|n| (n.as_str(), b"x".as_slice())).collect();
    let kept = attached(&zipped(&files));
    assert!(kept.parts.len() <= 10_002, "{}", kept.parts.len());
    assert!(kept.gaps.iter().any(|g| g.reason == Reason::TooLarge && g.detail.contains("2000 of them")), "{:?}", kept.gaps.last());
}

#[test]
fn archives_nested_beyond_the_limit_end_in_a_gap() {
    let mut bytes = b"at the bottom".to_vec();
    for _ in 0..100 {
        bytes = zipped(&[("a.zip", &bytes)]);
    }
    let kept = attached(&bytes);
    assert_eq!(kept.gaps.iter().filter(|g| g.reason == Reason::TooDeep).count(), 1, "{:?}", kept.gaps);
}

#[test]
fn an_archive_that_holds_itself_is_read_once() {
    let Some(set) = common::corpus("archives") else { return };
    for name in ["quine.gz", "droste.zip"] {
        let path = common::files_below(&set).into_iter().find(|f| f.ends_with(name)).expect(name);
        let kept = lone(&std::fs::read(path).expect("a file"), name, &[]);
        assert!(kept.parts.len() < 6, "{name}: {} parts", kept.parts.len());
        assert!(kept.gaps.iter().any(|g| g.detail.contains("holds itself")), "{name}: {:?}", kept.gaps);
    }
}

#[test]
fn a_mail_of_a_million_parts_ends_in_a_gap() {
    let mut raw = "Subject: many\nContent-Type: multipart/mixed; boundary=b\n\n".to_owned();
    for _ in 0..1_000_000 {
        raw.push_str("--b\n\nx\n");
    }
    let mut kept = common::Kept::default();
    let at = aftermail_model::Locator::default();
    aftermail_decode::message(raw.as_bytes(), at, "eml", &aftermail_decode::Tools::default(), &mut kept);
    assert!(kept.parts.len() <= 10_001, "{}", kept.parts.len());
    assert!(kept.gaps.iter().any(|g| g.reason == Reason::TooLarge), "{:?}", kept.gaps);
}

#[test]
fn what_goes_round_is_opened_once_and_says_the_same() {
    let mut state = 7_u64;
    let mut next = || {
        // xorshift64 (Marsaglia 2003): bytes that do not pack.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    let noise: Vec<u8> = (0..40_000).map(|_| next()).collect();
    let bytes = zipped(&[("deep/note.txt", b"the gate opens with 4711"), ("noise.bin", &noise)]);
    let memory = aftermail_decode::Memory::default();
    let tools = aftermail_decode::Tools { memory: Some(&memory), ..Default::default() };
    let [first, second] = [0, 1].map(|_| common::lone_with(&bytes, "a.zip", &tools));
    let afresh = lone(&bytes, "a.zip", &[]);
    for kept in [&first, &second] {
        assert_eq!((&kept.texts, &kept.parts, &kept.gaps), (&afresh.texts, &afresh.parts, &afresh.gaps));
        assert!(kept.says("a.zip > deep/note.txt", "4711"), "{:?}", kept.texts);
    }
    assert_eq!(memory.reused(), 1);
}
