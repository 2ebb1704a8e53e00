//! Archives and documents as attachments: what is in them is read, and what cannot be is listed.

use aftermail_decode::{Sink, Tools, message};
use aftermail_model::{Gap, Locator, Part, Reason, Text};
use base64::Engine as _;
use std::io::{Cursor, Write};
use zip::write::SimpleFileOptions;

#[derive(Default)]
struct Kept {
    texts: Vec<Text>,
    gaps: Vec<Gap>,
}

impl Sink for Kept {
    fn text(&mut self, text: Text) {
        self.texts.push(text);
    }
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a member");
        archive.write_all(content).expect("memory can be written");
    }
    archive.finish().expect("an archive").into_inner()
}

fn attached(bytes: &[u8]) -> Kept {
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let raw = format!("Subject: a\nContent-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\n{encoded}\n");
    let mut kept = Kept::default();
    let at = Locator { evidence: "e".into(), offset: 0, length: raw.len() as u64 };
    message(raw.as_bytes(), at, "eml", &Tools::default(), &mut kept);
    kept
}

fn says(kept: &Kept, place: &str, words: &str) -> bool {
    kept.texts.iter().any(|t| t.place == place && t.body.contains(words))
}

#[test]
fn archives_within_archives_are_read() {
    let inner = zipped(&[("deep/note.txt", b"the gate opens with 4711")]);
    let mail = b"Subject: inside\nFrom: a@b.example\n\nan attached mail";
    let kept = attached(&zipped(&[("inner.zip", &inner), ("mail.eml", mail), ("readme.txt", b"hello")]));
    assert!(says(&kept, "a.bin > readme.txt", "hello"), "{:?}", kept.texts);
    assert!(says(&kept, "a.bin > inner.zip > deep/note.txt", "4711"), "{:?}", kept.texts);
    assert!(kept.texts.iter().any(|t| t.body.contains("an attached mail")));
    assert!(kept.gaps.is_empty(), "{:?}", kept.gaps);
}

#[test]
fn tar_and_gzip_are_read() {
    let mut archive = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(5);
    header.set_cksum();
    archive.append_data(&mut header, "etc/app.ini", &b"hello"[..]).expect("a member");
    let tar = archive.into_inner().expect("an archive");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gzip.write_all(&tar).expect("memory can be written");
    assert!(says(&attached(&gzip.finish().expect("gzip")), "a.bin > etc/app.ini", "hello"));
    assert!(says(&attached(&tar), "a.bin > etc/app.ini", "hello"));
}

#[test]
fn a_bomb_costs_itself_and_not_its_neighbours() {
    let kept = attached(&zipped(&[("bomb.txt", &vec![0; 80 << 20]), ("after.txt", b"hello")]));
    assert!(says(&kept, "a.bin > after.txt", "hello"));
    assert!(kept.gaps.iter().any(|g| g.reason == Reason::TooLarge && g.place.ends_with("bomb.txt")), "{:?}", kept.gaps);
}

#[test]
fn a_cut_off_archive_gives_what_it_holds() {
    let mut bytes = zipped(&[("first.txt", b"hello"), ("second.txt", &[b'x'; 4000])]);
    bytes.truncate(bytes.len() - 60);
    let kept = attached(&bytes);
    assert!(says(&kept, "a.bin > first.txt", "hello"), "{:?} {:?}", kept.texts, kept.gaps);
    assert!(kept.gaps.iter().any(|g| g.reason == Reason::Damaged), "{:?}", kept.gaps);
}
