//! What the tests of files share: everything that came out, and mail around bytes.
#![allow(dead_code, missing_docs)]

use aftermail_decode::{Key, Sink, Tools, file, message};
use aftermail_model::{Gap, Layer, Locator, Message, Part, Reason, Sensitive, Text};
use base64::Engine as _;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use zip::write::SimpleFileOptions;

#[derive(Default)]
pub struct Kept {
    pub texts: Vec<Text>,
    pub parts: Vec<Part>,
    pub gaps: Vec<Gap>,
    pub opened: Vec<(String, Key)>,
    pub message: Message,
}

impl Sink for Kept {
    fn text(&mut self, text: Text) {
        self.texts.push(text);
    }
    fn part(&mut self, part: Part) {
        self.parts.push(part);
    }
    fn gap(&mut self, gap: Gap) {
        self.gaps.push(gap);
    }
    fn opened(&mut self, _: u32, place: &str, key: Key) {
        self.opened.push((place.to_owned(), key));
    }
}

impl Kept {
    pub fn says(&self, place: &str, words: &str) -> bool {
        self.texts.iter().any(|t| t.place == place && t.body.contains(words))
    }

    pub fn lacks(&self, place: &str, reason: Reason) -> bool {
        self.gaps.iter().any(|g| g.place == place && g.reason == reason)
    }

    /// Whether a passage of this layer holds these words, wherever.
    pub fn layer_says(&self, layer: Layer, words: &str) -> bool {
        self.texts.iter().any(|t| t.layer == layer && t.body.contains(words))
    }

    pub fn gap(&self, reason: Reason) -> Option<&Gap> {
        self.gaps.iter().find(|g| g.reason == reason)
    }

    pub fn all(&self) -> String {
        self.texts.iter().map(|t| t.body.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// Names and sizes of the files directly in the file that was read.
    pub fn members(&self) -> Vec<(&str, u64)> {
        let own = |p: &'_ Part| p.path.matches(" > ").count() == 1;
        self.parts.iter().filter(|p| own(p)).filter_map(|p| Some((p.path.split_once(" > ")?.1, p.bytes))).collect()
    }
}

pub fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        archive.start_file(*name, SimpleFileOptions::default()).expect("a member");
        archive.write_all(content).expect("memory can be written");
    }
    archive.finish().expect("an archive").into_inner()
}

/// The bytes as the attachment `a.bin` of a mail.
pub fn attached(bytes: &[u8]) -> Kept {
    let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
    let raw = format!("Subject: a\nContent-Type: application/octet-stream; name=a.bin\nContent-Transfer-Encoding: base64\n\n{encoded}\n");
    let mut kept = Kept::default();
    let at = Locator { evidence: "e".into(), offset: 0, length: raw.len() as u64 };
    kept.message = message(raw.as_bytes(), at, "eml", &Tools::default(), &mut kept);
    kept
}

/// The bytes as a file by itself, with passwords at hand.
pub fn lone(bytes: &[u8], name: &str, passwords: &[&str]) -> Kept {
    let passwords: Vec<_> = passwords.iter().map(|p| Sensitive::new((*p).to_owned())).collect();
    lone_with(bytes, name, &Tools { passwords: &passwords, ..Tools::default() })
}

/// The same with tools of one's own.
pub fn lone_with(bytes: &[u8], name: &str, tools: &Tools<'_>) -> Kept {
    let mut kept = Kept::default();
    kept.message = file(bytes, name, Locator::default(), "file", tools, &mut kept);
    kept
}

/// A message, with passwords at hand.
pub fn read(raw: &str, passwords: &[&str]) -> Kept {
    let passwords: Vec<_> = passwords.iter().map(|p| Sensitive::new((*p).to_owned())).collect();
    let mut kept = Kept::default();
    let tools = Tools { passwords: &passwords, ..Tools::default() };
    kept.message = message(raw.as_bytes(), Locator::default(), "eml", &tools, &mut kept);
    kept
}

/// A file beside the tests.
pub fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join(name);
    std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A set of the corpora, beside the repository or where the environment says; none where they are absent, unless they must be there.
pub fn corpus(set: &str) -> Option<PathBuf> {
    let path = std::env::var_os("AFTERMAIL_CORPORA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/corpora"), PathBuf::from)
        .join(set);
    if path.is_dir() {
        return Some(path);
    }
    assert!(std::env::var_os("AFTERMAIL_CORPORA_REQUIRED").is_none(), "the corpora are required and absent");
    eprintln!("NOTICE: the corpora are absent; a test did not run");
    None
}

pub fn files_below(dir: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in std::fs::read_dir(dir).expect("a folder").filter_map(Result::ok) {
        let path = entry.path();
        if path.is_dir() { out.extend(files_below(&path)) } else { out.push(path) }
    }
    out.sort();
    out
}
