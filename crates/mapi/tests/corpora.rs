//! Real stores and message files that nobody of us wrote: everything that libpff reads is read, and more.
//!
//! The files lie beside the repository in `../shared/corpora`; where they are absent the tests say so and pass.

use aftermail_mapi::pst::{Reached, Store};
use aftermail_mapi::{Content, Item, msg, tnef};
use std::path::{Path, PathBuf};

fn corpora(set: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora").join(set);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("AFTERMAIL_CORPORA_REQUIRED").is_none(), "the corpora are required and absent");
    eprintln!("NOTICE: ../shared/corpora/{set} is absent; the test over it did not run");
    None
}

fn files(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() { out.extend(files(&path)) } else { out.push(path) }
    }
    out.sort();
    out
}

#[derive(Debug, Default, PartialEq)]
struct Counts {
    items: usize,
    attachments: usize,
    embedded: usize,
    bodies: usize,
    faults: usize,
}

fn count(item: &Item, into: &mut Counts) {
    into.items += 1;
    into.faults += item.faults.len();
    into.attachments += item.attachments.len();
    into.bodies += usize::from(item.text().is_some() || item.html().is_some() || item.rtf().is_some());
    for attachment in &item.attachments {
        if let Content::Message(inner) = &attachment.content {
            into.embedded += 1;
            count(inner, into);
        }
    }
}

/// Messages that folders list, and everything in them.
fn counted(store: &Store<&[u8]>) -> (usize, Counts) {
    let (mut listed, mut counts) = (0, Counts::default());
    for entry in store.entries().filter(|e| e.reached != Reached::Associated) {
        listed += usize::from(entry.reached == Reached::Folder);
        count(&store.item(&entry), &mut counts);
    }
    (listed, counts)
}

/// Stores of which we read another number of messages than libpff, and why: ours, libpff's.
const OTHERWISE: [(&str, usize, usize, &str); 1] = [(
    "Test_part1.pst",
    61,
    49,
    "12 items have no tree of sub-nodes; libpff reports an error for each, though only recipients and attachments would stand there",
)];

#[test]
fn every_message_that_libpff_reads_is_read() {
    let Some(set) = corpora("pst") else { return };
    let truth = std::fs::read_to_string(set.join("GROUND_TRUTH.tsv")).expect("the truth");
    let mut compared = 0;
    for row in truth.lines().skip(1) {
        let cells: Vec<&str> = row.split('\t').collect();
        let path = set.join(cells[0]);
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let number = |n: usize| cells[n].parse::<usize>().unwrap_or(0);
        let Ok(store) = Store::open(bytes.as_slice()) else {
            assert!(!bytes.starts_with(b"!BDN"), "{}", path.display());
            continue;
        };
        let (listed, counts) = counted(&store);
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match OTHERWISE.iter().find(|(file, ..)| *file == name) {
            Some((_, ours, theirs, why)) => assert_eq!((listed, number(1)), (*ours, *theirs), "{name}: {why}"),
            None => assert_eq!(listed, number(1), "{name}"),
        }
        // libpff counts attachments of messages in folders; ours are also those of embedded messages.
        assert!(counts.attachments >= number(4), "{name}: {counts:?}, libpff {}", number(4));
        assert_eq!(counts.faults, 0, "{name}");
        compared += 1;
    }
    assert!(compared >= 60, "{compared} stores compared");
}

/// Messages that still come out of a store to which something was done: at least so many of a hundred.
#[test]
fn damaged_stores_give_most_of_their_messages() {
    let Some(set) = corpora("pst") else { return };
    type Damage = (&'static str, fn(&mut Vec<u8>), usize);
    let damages: [Damage; 5] = [
        ("cut at 90 %", |b| b.truncate(b.len() * 9 / 10), 95),
        ("cut at 70 %", |b| b.truncate(b.len() * 7 / 10), 85),
        ("cut at 50 %", |b| b.truncate(b.len() / 2), 80),
        ("header checksum", |b| b[4] ^= 0xFF, 100),
        ("64 zeros every 64 KiB", |b| (65536..b.len().saturating_sub(64)).step_by(65536).for_each(|at| b[at..at + 64].fill(0)), 95),
    ];
    let stores: Vec<Vec<u8>> = files(&set).iter().filter_map(|f| std::fs::read(f).ok()).filter(|b| b.starts_with(b"!BDN")).collect();
    let with_words = |bytes: &[u8]| {
        let Ok(store) = Store::open(bytes) else { return 0 };

        let mail = store.entries().filter(|e| e.reached != Reached::Associated && e.reached != Reached::Missing);
        mail.filter(|e| !store.item(&e).props.is_empty()).count()
    };
    let whole: usize = stores.iter().map(|b| with_words(b)).sum();
    for (what, damage, least) in damages {
        let read = |bytes: &Vec<u8>| {
            let mut bytes = bytes.clone();
            damage(&mut bytes);
            with_words(&bytes)
        };
        let left: usize = stores.iter().map(read).sum();
        eprintln!("{what}: {left} of {whole}");
        assert!(left * 100 >= whole * least, "{what}: {left} of {whole}");
    }
}

#[test]
fn message_files_are_read() {
    let Some(set) = corpora("msg") else { return };
    let (mut compound, mut counts, mut broken) = (0, Counts::default(), Vec::new());
    for path in files(&set).into_iter().filter(|p| !p.ends_with("MANIFEST.md")) {
        let bytes = std::fs::read(&path).expect("a file");
        if bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            compound += 1;
            match msg::read(&bytes) {
                Some(item) => count(&item, &mut counts),
                None => broken.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned()),
            }
        }
    }
    // Those that cannot be opened are made to break readers: two of a fuzzer, and one with a damaged directory.
    let fuzzers = broken.iter().filter(|name| name.starts_with("clusterfuzz-")).count();
    assert_eq!((broken.len(), fuzzers, broken.last().map(String::as_str)), (3, 2, Some("unknown_properties.msg")), "{broken:?}");
    assert!(compound > 180 && counts.bodies * 10 >= counts.items * 9, "{compound} files, {counts:?}");
    assert!(counts.embedded > 30, "{counts:?}");
}

#[test]
fn winmail_files_are_read() {
    let Some(set) = corpora("tnef") else { return };
    let (mut streams, mut counts) = (0, Counts::default());
    for path in files(&set) {
        let bytes = std::fs::read(&path).expect("a file");
        if bytes.starts_with(b"\x78\x9f\x3e\x22") {
            streams += 1;
            let item = tnef::read(&bytes).unwrap_or_else(|| panic!("{}", path.display()));
            assert!(!item.props.is_empty() || !item.attachments.is_empty(), "{}", path.display());
            count(&item, &mut counts);
        }
    }
    assert!(streams >= 20 && counts.attachments >= 30, "{streams} streams, {counts:?}");
}
