//! Outlook stores, exports and what lies beside messages: read in pieces by several workers, each item once, within the same limits
//! as all mail, and nothing of it written to.

mod common;

use aftermail_engine::{EvidenceFile, Item, Options};
use aftermail_mapi::pst::{Cipher, Layout, Reached};
use aftermail_mapi::{Item as Outlook, Value};
use aftermail_model::Reason;
use aftermail_pstwriter::{Format, Writer};
use common::{SECRET, evidence, message, options, scan};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::io::{Cursor, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

fn note(n: usize, body: &str) -> Outlook {
    let mut item = Outlook::default();
    let texts = [
        (0x001A, "IPM.Note".to_owned()),
        (0x0037, format!("number {n}")),
        (0x1000, body.to_owned()),
        (0x1035, format!("<{n}@example.com>")),
    ];
    texts.into_iter().for_each(|(id, text)| item.props.put(id, Value::Text(text)));
    item.props.put(0x0E07, Value::Integer(1));
    item.props.put(0x0039, Value::Time(aftermail_mapi::unix_to_time(1_712_570_400)));
    item
}

fn store(items: &[(Outlook, Reached)]) -> Vec<u8> {
    let format = Format { layout: Layout::Unicode, cipher: Cipher::Permute };
    let mut writer = Writer::new(Cursor::new(Vec::new()), format).unwrap();
    writer.set_password(7);
    let inbox = writer.folder(None, "Inbox");
    for (item, reached) in items {
        writer.item(inbox, item, *reached).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Large enough to be cut: 600 messages of about 20 KB.
fn large(special: &str) -> Vec<u8> {
    let filler = "The quarterly report is on its way.\n".repeat(300);
    let body = |n: usize| match n {
        300 => format!("{special}\n{filler}"),
        n if n % 100 == 7 => format!("{filler}\nPassword: {SECRET}\n"),
        _ => filler.clone(),
    };
    let mut items: Vec<_> = (0..600).map(|n| (note(n, &body(n)), Reached::Folder)).collect();
    items.push((note(600, "deleted words"), Reached::Deleted));
    items.push((note(601, "lost words"), Reached::Missing));
    store(&items)
}

fn file(path: &Path, bytes: &[u8]) -> EvidenceFile {
    std::fs::write(path, bytes).unwrap();
    evidence(path)
}

fn subjects(items: &[Item]) -> Vec<&str> {
    items.iter().filter(|i| i.is_message()).filter_map(|i| i.message.subject.as_deref()).collect()
}

#[test]
fn a_large_store_is_shared_and_every_item_comes_once() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = large("nothing");
    assert!(bytes.len() > 12 << 20, "{} bytes are not worth cutting", bytes.len());
    let files = [file(&folder.path().join("ann@example.com.001.pst"), &bytes)];
    let (totals, items) = scan(&files, &options());
    assert_eq!((totals.messages, totals.bytes), (602, bytes.len() as u64));
    let different: BTreeSet<&str> = subjects(&items).into_iter().collect();
    assert_eq!(different.len(), 602);
    assert_eq!(totals.occurrences, 6, "{totals:?}");
    assert_eq!(totals.stores, [("PST (Unicode), a password is set".to_owned(), 1)]);
    let told = |n: usize| {
        let message = &items.iter().find(|i| i.message.subject == Some(format!("number {n}"))).unwrap().message;
        (message.reached.as_deref(), message.folder.as_deref(), message.flags.join(","), message.sent.map(|t| t.0))
    };
    let inbox = Some("Top of Personal Folders/Inbox");
    assert_eq!(told(5), (None, inbox, "read".into(), Some(1_712_570_400)));
    assert_eq!(told(600), (Some("deleted"), inbox, "read".into(), Some(1_712_570_400)));
    assert_eq!(told(601).0, Some("missing"));
    // Any of them is found again at its place.
    for item in [&items[3], &items[601]] {
        let again = aftermail_engine::read_again(&files[0], &item.message.at, &options()).unwrap().unwrap();
        assert_eq!(again.message, item.message);
    }
}

fn killed(what: &str, reason: Reason, change: impl Fn(&mut Options)) {
    let folder = tempfile::tempdir().unwrap();
    let files = [file(&folder.path().join("all.pst"), &large(&format!("X-Probe: {what}")))];
    let mut options = options();
    change(&mut options);
    let (totals, items) = scan(&files, &options);
    assert_eq!(totals.messages, 602, "{what}");
    let gaps: Vec<_> = items.iter().flat_map(|i| &i.gaps).filter(|g| g.reason == reason).collect();
    assert_eq!(gaps.len(), 1, "{what}: {gaps:?}");
    assert_eq!(items.iter().filter(|i| i.message.subject.is_none() && i.is_message()).count(), 1, "{what}: another message was lost");
}

#[test]
fn the_limits_of_the_jail_hold_for_stores() {
    killed("abort", Reason::Crashed, |_| {});
    killed("hang", Reason::TimedOut, |o| o.item_seconds = 1);
    killed("eat", Reason::Crashed, |o| o.worker_memory = 512 << 20);
}

#[test]
fn evidence_is_only_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut damaged = large("nothing");
    // Its header fails its checksum ([MS-PST] 2.2.2.6): the trees are looked for in the whole file.
    damaged[4] ^= 0xFF;
    let files = [
        file(&folder.path().join("whole.pst"), &store(&[(note(1, "words"), Reached::Folder)])),
        file(&folder.path().join("damaged.pst"), &damaged),
        file(&folder.path().join("export.zip"), &zip(&[("a.eml", message(1, "", "words").into_bytes())])),
    ];
    let state = |file: &EvidenceFile| {
        let meta = std::fs::metadata(&file.path).unwrap();
        (Sha256::digest(std::fs::read(&file.path).unwrap()), meta.modified().unwrap(), meta.len())
    };
    let before: Vec<_> = files.iter().map(state).collect();
    let mode = |path: &Path, mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    files.iter().for_each(|file| mode(&file.path, 0o444));
    mode(folder.path(), 0o555);
    let (totals, _) = scan(&files, &options());
    mode(folder.path(), 0o755);
    assert!(totals.messages > 300, "{totals:?}");
    assert_eq!(files.iter().map(state).collect::<Vec<_>>(), before);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "something was written beside the evidence");
}

fn zip(files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

const LIST: &str = "Item class,Custodian,Export native path\r\nIPM.Note,Ann Berg,Exchange\\Ann\\1.eml\r\n";

fn export() -> Vec<(&'static str, Vec<u8>)> {
    let graph = "{\"value\": [{\"subject\": \"number 3\", \"internetMessageId\": \"<3@example.com>\", \"body\": {\"contentType\": \"text\", \"content\": \"words\"}}]}";
    vec![
        ("Exchange/Ann/1.eml", message(1, "", &format!("Password: {SECRET}")).into_bytes()),
        (
            "Exchange/bob@example.com.pst",
            store(&[(note(2, "words"), Reached::Folder), (note(1, &format!("Password: {SECRET}\n")), Reached::Folder)]),
        ),
        ("Exchange/teams.json", graph.as_bytes().to_vec()),
        ("Exchange/all.mbox", format!("From ann@example.com Mon Apr  8 10:00:00 2024\n{}", message(4, "", "words")).into_bytes()),
        ("Export.csv", LIST.into()),
    ]
}

fn check_export(items: &[Item]) {
    let named: BTreeSet<&str> = subjects(items).into_iter().collect();
    assert_eq!(named, BTreeSet::from(["number 1", "number 2", "number 3", "number 4"]));
    let of = |format: &str, n: usize| {
        let subject = format!("number {n}");
        &items.iter().find(|i| i.message.format == format && i.message.subject.as_deref() == Some(&subject)).unwrap().message
    };
    assert_eq!(of("eml", 1).custodian.as_deref(), Some("Ann Berg"));
    assert!(
        of("pst", 2)
            .folder
            .as_deref()
            .is_some_and(|f| f.ends_with("Exchange/Top of Personal Folders/Inbox") || f == "Top of Personal Folders/Inbox")
    );
    // The same message as a file and in a store.
    assert_eq!(of("eml", 1).sameness, of("pst", 1).sameness);
    assert_ne!(of("eml", 1).key, of("pst", 1).key);
}

#[test]
fn a_zip_of_an_export_is_read_like_its_files() {
    let folder = tempfile::tempdir().unwrap();
    let files = [file(&folder.path().join("export.zip"), &zip(&export()))];
    let (totals, items) = scan(&files, &options());
    check_export(&items);
    assert_eq!((totals.copies, totals.occurrences), (1, 2), "{totals:?}");
    assert!(items.iter().all(|i| i.gaps.is_empty()), "{items:?}");
    let places: BTreeSet<u64> = items.iter().filter(|i| i.is_message()).map(|i| i.message.at.offset).collect();
    assert_eq!(places.len() as u64, totals.messages, "two messages at one place");
    for item in items.iter().filter(|i| i.is_message()) {
        let again = aftermail_engine::read_again(&files[0], &item.message.at, &options()).unwrap().unwrap();
        assert_eq!(again.message, item.message);
    }
}

#[test]
fn a_large_zip_of_an_export_is_shared() {
    let folder = tempfile::tempdir().unwrap();
    // Words that do not pack, so that there is something to share.
    let noise = |n: usize| (0..40_000_usize).map(|i| format!("{:x} ", (i * 2_654_435_761 + n * 40_503) % 1_000_003)).collect::<String>();
    let names: Vec<String> = (0..60).map(|n| format!("mail/{n}.eml")).collect();
    let members: Vec<(&str, Vec<u8>)> =
        names.iter().enumerate().map(|(n, name)| (name.as_str(), message(n, "", &noise(n)).into_bytes())).collect();
    let bytes = zip(&members);
    assert!(bytes.len() > 5 << 20, "{} bytes are not worth cutting", bytes.len());
    let (totals, items) = scan(&[file(&folder.path().join("export.zip"), &bytes)], &options());
    assert_eq!((totals.messages, totals.bytes), (60, bytes.len() as u64));
    assert_eq!(subjects(&items).into_iter().collect::<BTreeSet<_>>().len(), 60);
}

#[test]
fn a_folder_of_an_export_is_read_with_its_list() {
    let folder = tempfile::tempdir().unwrap();
    let mut files = Vec::new();
    for (name, bytes) in export() {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        files.push(file(&path, &bytes));
    }
    let (totals, items) = scan(&files, &options());
    check_export(&items);
    assert_eq!(totals.copies, 1, "{totals:?}");
}

#[test]
fn parts_of_a_partial_message_are_read_with_it() {
    let text = "From: a@example.com\nSubject: number 9\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/plain\n\nsee file\n\
        --x\nContent-Type: text/plain; name=a.txt\nContent-Transfer-Encoding: base64\nX-Apple-Content-Length: 44\nContent-Disposition: attachment; filename=a.txt\n\n\
        --x\nContent-Type: text/plain; name=b.txt\nX-Apple-Content-Length: 99\nContent-Disposition: attachment; filename=b.txt\n\n--x--\n";
    let folder = tempfile::tempdir().unwrap();
    let partial = format!("{}\n{text}<?xml version=\"1.0\"?><plist/>\n", text.len());
    // "Password: Marmot-Teapot-77!"
    let part = "UGFzc3dvcmQ6IE1hcm1vdC1UZWFwb3QtNzch";
    let files =
        [file(&folder.path().join("12.partial.emlx"), partial.as_bytes()), file(&folder.path().join("12.2.emlxpart"), part.as_bytes())];
    let (totals, items) = scan(&files, &options());
    assert_eq!((totals.messages, totals.occurrences), (1, 1), "{items:?}");
    assert_eq!(items.iter().flat_map(|i| &i.occurrences).next().map(|o| o.place.as_str()), Some("a.txt"));
    let gaps: Vec<_> = items.iter().flat_map(|i| &i.gaps).collect();
    assert_eq!((gaps.len(), gaps[0].bytes), (1, 99), "{gaps:?}");
    assert!(gaps[0].detail.contains("12.3.emlxpart"), "{}", gaps[0].detail);
}

#[test]
fn a_protected_store_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut bytes = store(&[(note(1, "words"), Reached::Folder)]);
    bytes[10] = 37;
    let (_, items) = scan(&[file(&folder.path().join("wip.pst"), &bytes)], &options());
    let gap = &items[0].gaps[0];
    assert_eq!(gap.reason, Reason::Encrypted);
    assert!(gap.detail.contains("Windows Information Protection"), "{}", gap.detail);
}
