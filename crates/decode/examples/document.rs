//! Shows what is read of files: `cargo run --example document -- FILE… [--password WORD]`. It prints text; use it on test files.
#![allow(missing_docs)]

use aftermail_decode::{Sink, Tools, message};
use aftermail_model::{Gap, Locator, Part, Sensitive, Text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

struct Print;

impl Sink for Print {
    fn text(&mut self, text: Text) {
        println!("== {} [{}, {}]\n{}", text.place, text.layer.as_str(), text.media, text.body);
    }
    fn part(&mut self, part: Part) {
        println!("-- {}: {}, {}", part.path, part.found, part.state.as_str());
    }
    fn gap(&mut self, gap: Gap) {
        println!("!! {}: {}, {} bytes: {}", gap.place, gap.reason.as_str(), gap.bytes, gap.detail);
    }
}

fn main() {
    let mut passwords = Vec::new();
    let mut files = Vec::new();
    let mut words = std::env::args().skip(1);
    while let Some(word) = words.next() {
        if word == "--password" { passwords.extend(words.next().map(Sensitive::new)) } else { files.push(word) }
    }
    for file in files {
        let bytes = std::fs::read(&file).unwrap_or_else(|e| panic!("{file}: {e}"));
        let name = file.rsplit('/').next().unwrap_or("file").replace('"', "");
        let head = format!(
            "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"{name}\"\r\n\r\n"
        );
        let raw = head + &STANDARD.encode(bytes);
        let tools = Tools { passwords: &passwords, ..Tools::default() };
        message(raw.as_bytes(), Locator::default(), "eml", &tools, &mut Print);
    }
}
