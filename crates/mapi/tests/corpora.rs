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

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    items: usize,
    attachments: usize,
    embedded: usize,
    bodies: usize,
    faults: usize,
}

impl Counts {
    fn add(&mut self, other: Counts) {
        self.items += other.items;
        self.attachments += other.attachments;
        self.embedded += other.embedded;
        self.bodies += other.bodies;
        self.faults += other.faults;
    }
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

/// Stores of which we read more than libpff, how much more, and why.
const OTHERWISE: [(&str, Told, &str); 1] = [(
    "Test_part1.pst",
    Told { messages: 12, attachments: 0, plain: 0, html: 0, rtf: 0 },
    "12 items have no tree of sub-nodes; libpff reports an error for each, though only recipients and attachments would stand there",
)];

/// What libpff counts of a store, and we of the same: messages that folders list, and their own attachments and bodies.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Told {
    messages: usize,
    attachments: usize,
    plain: usize,
    html: usize,
    /// Compressed RTF. Of RTF that is stored as it is ("MELA") libpff gives none.
    rtf: usize,
}

impl Told {
    fn of(row: &str) -> (&str, Told) {
        let cells: Vec<&str> = row.split('\t').collect();
        let number = |n: usize| cells.get(n).and_then(|c| c.parse().ok()).unwrap_or(0);
        (cells[0], Told { messages: number(1), attachments: number(4), plain: number(5), html: number(6), rtf: number(7) })
    }

    fn add(&mut self, other: Told) {
        self.messages += other.messages;
        self.attachments += other.attachments;
        self.plain += other.plain;
        self.html += other.html;
        self.rtf += other.rtf;
    }
}

/// What is in a store: what folders list, and all items with everything inside of them.
fn counted(store: &Store<&[u8]>) -> (Told, Counts) {
    let (mut told, mut counts) = (Told::default(), Counts::default());
    for entry in store.entries().filter(|e| e.reached != Reached::Associated) {
        let item = store.item(&entry);
        if entry.reached == Reached::Folder {
            let has = |id| usize::from(item.props.get(id).is_some());
            let rtf = usize::from(item.props.binary(0x1009).is_some_and(|b| b.get(8..12) == Some(b"LZFu".as_slice())));
            told.add(Told { messages: 1, attachments: item.attachments.len(), plain: has(0x1000), html: has(0x1013), rtf });
        }
        count(&item, &mut counts);
    }
    (told, counts)
}

#[test]
fn every_message_that_libpff_reads_is_read() {
    let Some(set) = corpora("pst") else { return };
    let truth = std::fs::read_to_string(set.join("GROUND_TRUTH.tsv")).expect("the truth");
    let (mut compared, mut all, mut inside) = (0, Told::default(), Counts::default());
    for (name, theirs) in truth.lines().skip(1).map(Told::of) {
        let path = set.join(name);
        let Ok(bytes) = std::fs::read(&path) else { continue };
        let Ok(store) = Store::open(bytes.as_slice()) else {
            assert!(!bytes.starts_with(b"!BDN"), "{}", path.display());
            continue;
        };
        let (ours, counts) = counted(&store);
        let mut expected = theirs;
        if let Some((_, more, _)) = OTHERWISE.iter().find(|(file, ..)| name.ends_with(file)) {
            expected.add(*more);
        }
        assert_eq!(ours, expected, "{name}");
        compared += 1;
        all.add(ours);
        inside.add(counts);
    }
    assert_eq!(all, Told { messages: 500, attachments: 347, plain: 225, html: 178, rtf: 107 });
    // What libpff does not count: attachments of embedded messages, items that no folder lists, RTF that is not compressed.
    assert_eq!((compared, inside), (62, Counts { items: 555, attachments: 356, embedded: 54, bodies: 386, faults: 0 }));
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
        mail.filter(|e| !store.item(e).props.is_empty()).count()
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
    assert_eq!((compound, counts), (193, Counts { items: 241, attachments: 211, embedded: 51, bodies: 225, faults: 2 }));
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
    assert_eq!((streams, counts), (24, Counts { items: 27, attachments: 41, embedded: 3, bodies: 21, faults: 1 }));
}

/// Bodies and attachments, without carriage returns.
fn contents(item: &Item, into: &mut Vec<Vec<u8>>) {
    into.extend(item.text().map(|text| text.into_bytes()).into_iter().chain(item.html()).chain(item.rtf().map(|(rtf, _)| rtf)));
    for attachment in &item.attachments {
        match &attachment.content {
            Content::Bytes(bytes) => into.push(bytes.clone()),
            Content::Message(inner) => contents(inner, into),
            Content::None => {}
        }
    }
    into.iter_mut().for_each(|bytes| bytes.retain(|b| *b != b'\r'));
}

/// Beside some streams lie the bodies and files that another program takes out of them, with line ends of another kind.
#[test]
fn winmail_files_give_what_others_take_out() {
    let Some(set) = corpora("tnef") else { return };
    let (mut compared, mut different) = (0, Vec::new());
    for path in files(&set).into_iter().filter(|p| p.extension().is_some_and(|e| e == "tnef") && p.with_extension("").is_dir()) {
        let item = tnef::read(&std::fs::read(&path).expect("a file")).unwrap_or_default();
        let mut ours = Vec::new();
        contents(&item, &mut ours);
        for file in files(&path.with_extension("")) {
            compared += 1;
            let mut theirs = std::fs::read(&file).expect("a file");
            theirs.retain(|b| *b != b'\r');
            if !ours.contains(&theirs) {
                different.push(file.display().to_string());
            }
        }
    }
    assert_eq!((compared, different.len()), (18, 0), "{different:#?}");
}
