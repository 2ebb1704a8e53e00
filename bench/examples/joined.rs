//! Finds the secrets of a folder of messages thread by thread, in this process: `cargo run --release -p bench --example joined --
//! FOLDER > findings.jsonl`, to be scored with `bench mailsecrets SET --findings findings.jsonl`.

use aftermail_assess::{Envelope, threads};
use aftermail_decode::{Sink, Tools};
use aftermail_detect::personal::personal;
use aftermail_detect::thread::{Told, join, leads};
use aftermail_detect::{Packs, detect};
use aftermail_model::{Gap, Leads, Locator, Part, Reason, RevealPermit, Text};
use std::path::{Path, PathBuf};

#[derive(Default)]
struct Texts {
    texts: Vec<Text>,
    locked: Vec<String>,
}

impl Sink for Texts {
    fn text(&mut self, text: Text) {
        self.texts.push(text);
    }
    fn part(&mut self, _: Part) {}
    fn gap(&mut self, gap: Gap) {
        if gap.reason == Reason::Encrypted {
            self.locked.push(gap.place);
        }
    }
}

fn files(dir: &Path, out: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|e| e.path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            files(&path, out);
        } else {
            out.push(path);
        }
    }
}

fn read(path: &Path, packs: &Packs) -> Option<(Told, Leads)> {
    let raw = std::fs::read(path).ok()?;
    let mut sink = Texts::default();
    let at = Locator { evidence: path.display().to_string(), offset: 0, length: raw.len() as u64 };
    let message = aftermail_decode::message(&raw, at, "eml", &Tools::default(), &mut sink);
    let mut marks = Leads::default();
    let mut hits = Vec::new();
    for (at, text) in sink.texts.iter().enumerate() {
        let found = detect(text, &message, packs);
        marks = marks.with(leads(text, &found, packs));
        hits.extend(found.into_iter().map(|hit| (at, hit)));
    }
    Some((Told { message, texts: sink.texts, hits, locked: sink.locked }, marks))
}

fn main() {
    let Some(folder) = std::env::args().nth(1) else { return eprintln!("usage: joined FOLDER [personal]") };
    let with_people = std::env::args().nth(2).is_some_and(|a| a == "personal");
    let packs = Packs::built_in();
    let mut paths = Vec::new();
    files(Path::new(&folder), &mut paths);
    if with_people {
        paths.iter().filter_map(|p| read(p, &packs)).for_each(|(told, _)| people(&told, &packs));
        return;
    }
    let mut all: Vec<Option<(Told, Leads)>> = paths.iter().map(|p| read(p, &packs)).collect();
    let envelopes: Vec<Envelope<'_>> = all.iter().map(|m| m.as_ref().map(|(t, _)| envelope(t)).unwrap_or_default()).collect();
    let groups = threads(&envelopes);
    let mut joined = 0;
    for group in &groups {
        let (mut thread, marks): (Vec<Told>, Vec<Leads>) = group.iter().filter_map(|at| all[*at].take()).unzip();
        let mut thread = if Leads::worth_joining(&marks) {
            let (with, without): (Vec<_>, Vec<_>) = thread.drain(..).zip(&marks).partition(|(_, m)| !m.is_empty());
            let mut kept: Vec<Told> = with.into_iter().map(|(t, _)| t).collect();
            joined += kept.len();
            join(&mut kept, &packs);
            kept.extend(without.into_iter().map(|(t, _)| t));
            kept
        } else {
            thread
        };
        thread.iter_mut().for_each(print);
    }
    eprintln!("{} messages in {} threads, {joined} joined", paths.len(), groups.len());
}

fn people(told: &Told, packs: &Packs) {
    let permit = RevealPermit::recorded();
    for text in &told.texts {
        for p in personal(text, &told.message, packs) {
            let line = serde_json::json!({
                "message_id": told.message.message_id,
                "where": text.place,
                "kind": p.kind.as_str(),
                "value": p.value.reveal(&permit),
                "person": p.person,
                "confidence": p.confidence,
                "because": p.because,
            });
            println!("{line}");
        }
    }
}

fn envelope(told: &Told) -> Envelope<'_> {
    let m = &told.message;
    Envelope {
        message_id: m.message_id.as_deref(),
        references: &m.references,
        conversation: None,
        subject: m.subject.as_deref(),
        parties: m.from.iter().chain(&m.to).map(String::as_str).collect(),
        sent: m.sent,
    }
}

fn print(told: &mut Told) {
    let permit = RevealPermit::recorded();
    for (text, hit) in &told.hits {
        let line = serde_json::json!({
            "message_id": told.message.message_id,
            "where": told.texts[*text].place,
            "rule": hit.rule,
            "kind": hit.kind.as_str(),
            "value": hit.value.reveal(&permit),
            "system": hit.system,
            "account": hit.account,
            "status": hit.status.as_str(),
            "confidence": hit.confidence,
            "because": hit.because,
        });
        println!("{line}");
    }
}
