//! One message decoded, and its texts searched: `cargo bench -p bench --bench message`.

use aftermail_decode::{Sink, Tools, message};
use aftermail_detect::{Packs, detect};
use aftermail_model::{Gap, Locator, Message, Part, Text};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

#[derive(Default)]
struct Texts(Vec<Text>);

impl Sink for Texts {
    fn text(&mut self, text: Text) {
        self.0.push(text);
    }
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, _: Gap) {}
}

/// What the body of the measured message is.
#[derive(Debug, Clone, Copy)]
enum Body {
    Plain,
    Html,
    Base64,
}

const BODIES: [Body; 3] = [Body::Plain, Body::Html, Body::Base64];

fn raw(body: Body) -> Vec<u8> {
    let words = "please look at the plan before Thursday, and send the figures to the team in Lyon.\n".repeat(200);
    let (media, encoding, text) = match body {
        Body::Plain => ("text/plain", "7bit", words),
        Body::Html => ("text/html", "7bit", format!("<html><body><table><tr><td>{words}</td></tr></table></body></html>")),
        Body::Base64 => ("text/plain", "base64", STANDARD.encode(words)),
    };
    let head = "From: anna@corp.example\nTo: ben@corp.example\nSubject: plan\nDate: Mon, 1 Jan 2024 10:00:00 +0000\nMIME-Version: 1.0";
    format!("{head}\nContent-Type: {media}; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n{text}").into_bytes()
}

fn decoded(raw: &[u8]) -> (Message, Vec<Text>) {
    let mut sink = Texts::default();
    let at = Locator { evidence: "bench".into(), offset: 0, length: raw.len() as u64 };
    (message(raw, at, "eml", &Tools::default(), &mut sink), sink.0)
}

#[divan::bench(args = BODIES)]
fn decode(bencher: Bencher<'_, '_>, body: &Body) {
    let raw = raw(*body);
    bencher.counter(BytesCount::of_slice(&raw)).bench(|| decoded(&raw));
}

#[divan::bench]
fn find(bencher: Bencher<'_, '_>) {
    let packs = Packs::built_in();
    let (message, texts) = decoded(&raw(Body::Plain));
    bencher
        .counter(BytesCount::new(texts.iter().map(|t| t.body.len()).sum::<usize>()))
        .bench(|| texts.iter().map(|t| detect(t, &message, &packs).len()).sum::<usize>());
}

#[divan::bench]
fn load_packs() -> Packs {
    Packs::built_in()
}
