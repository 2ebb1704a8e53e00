//! Photos of codes and scans of text that nobody of us made, with what stands in them.
//!
//! The files lie beside the repository in `../shared/corpora`; where they are absent the tests say so and pass. Tests of text need
//! the models too, in the folder that `AFTERMAIL_MODELS` names.

use aftermail_eyes::{Eyes, FIND, Fault, Models, READ};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

fn corpus() -> Option<PathBuf> {
    let given = std::env::var_os("AFTERMAIL_CORPORA").map(PathBuf::from);
    let path = given.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora")).join("images");
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("AFTERMAIL_CORPORA_REQUIRED").is_none(), "the corpora are required and absent");
    eprintln!("NOTICE: ../shared/corpora/images is absent; the test over it did not run");
    None
}

/// Eyes that read, where there are models.
fn reading() -> Option<Eyes> {
    let folder = std::env::var_os("AFTERMAIL_MODELS").map(PathBuf::from);
    if let Some(folder) = folder.filter(|f| f.join(FIND.name).is_file() && f.join(READ.name).is_file()) {
        let file = move |name: &str| std::fs::read(folder.join(name)).ok();
        return Some(Eyes::new(move || Some(Models { find: file(FIND.name)?, read: file(READ.name)? })));
    }
    assert!(std::env::var_os("AFTERMAIL_MODELS_REQUIRED").is_none(), "the models are required and absent");
    eprintln!("NOTICE: AFTERMAIL_MODELS names no folder of models; the test of text in pictures did not run");
    None
}

fn files(dir: &Path, ending: &str) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            out.extend(files(&path, ending));
        } else if path.extension().is_some_and(|e| e == ending) {
            out.push(path);
        }
    }
    out.sort();
    out
}

fn text(eyes: &Eyes, path: &Path) -> String {
    let seen = eyes.look(&std::fs::read(path).expect("a picture"));
    assert!(seen.faults.is_empty(), "{}: {:?}", path.display(), seen.faults);
    for line in &seen.lines {
        assert_eq!(line.certainty.len(), line.text.len());
    }
    seen.lines.into_iter().map(|l| l.text + "\n").collect()
}

/// Share of the characters of the wanted words that were read, whatever the order of the words.
fn recall(wanted: &str, read: &str) -> f64 {
    let mut there: HashMap<&str, usize> = HashMap::new();
    read.split_whitespace().for_each(|w| *there.entry(w).or_default() += 1);
    let (mut right, mut all) = (0, 0);
    for word in wanted.split_whitespace() {
        all += word.len();
        if let Some(left) = there.get_mut(word).filter(|n| **n > 0) {
            *left -= 1;
            right += word.len();
        }
    }
    right as f64 / all as f64
}

#[test]
fn photos_of_codes_are_read_and_never_wrongly() {
    let Some(corpus) = corpus() else { return };
    let eyes = Eyes::new(|| None);
    let (mut read, mut wrong) = (0, Vec::new());
    for path in files(&corpus.join("zxing+zxing"), "png") {
        let seen = eyes.look(&std::fs::read(&path).expect("a picture"));
        assert_eq!(seen.faults, [Fault::NoModels], "{}", path.display());
        let Some(code) = seen.codes.first() else { continue };
        read += 1;
        let truth = std::fs::read_to_string(path.with_extension("txt"));
        if truth.is_ok_and(|t| !seen.codes.iter().any(|c| c.payload.trim() == t.trim())) {
            wrong.push(format!("{}: {} bytes", path.display(), code.payload.len()));
        }
    }
    assert!(read >= 141, "{read} of 154 photos");
    assert!(wrong.len() <= 1, "{wrong:?}");
}

#[test]
fn scans_are_read_whichever_way_up() {
    let (Some(corpus), Some(eyes)) = (corpus(), reading()) else { return };
    let scans = corpus.join("tesseract-ocr+test/testing");
    let truth = |name: &str| String::from_utf8_lossy(&std::fs::read(scans.join(name)).expect("a text")).into_owned();
    let floors = [
        ("phototest.tif", "phototest.gold.txt", 1.0),
        ("phototestrot.tif", "phototest.gold.txt", 1.0),
        ("phototest-rotated-180.png", "phototest.gold.txt", 1.0),
        ("phototest-rotated-L.png", "phototest.gold.txt", 1.0),
        ("phototest-rotated-R.png", "phototest.gold.txt", 1.0),
        ("eurotext.tif", "eurotext.txt", 0.96),
        ("8071_093.3B.tif", "8071_093.3B.txt", 0.97),
    ];
    for (picture, gold, floor) in floors {
        let recall = recall(&truth(gold), &text(&eyes, &scans.join(picture)));
        assert!(recall >= floor, "{picture}: {recall:.3} of the characters, wanted {floor}");
    }
}

#[test]
fn screenshots_are_read() {
    let (Some(corpus), Some(eyes)) = (corpus(), reading()) else { return };
    let read = text(&eyes, &corpus.join("robertknight+ocrs/ocrs-cli/test-data/why-rust.png"));
    for words in ["Rust", "memory", "performance"] {
        assert!(read.contains(words), "{words} is missing in what was read of a page about it");
    }
}
