//! Large mboxes of mail that never was: varied copies of real messages, and conversations made of their words.

use crate::random::Random;
use crate::vary;
use crate::words::Words;
use anyhow::{Context, Result, bail};
use mail_parser::MessageParser;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// Real messages to make others from.
pub struct Source {
    messages: Vec<Vec<u8>>,
    words: Words,
}

impl Source {
    /// Reads every `.eml` below the folder, in the order of the names.
    ///
    /// # Errors
    /// Where a file cannot be read, or there is none.
    pub fn load(dir: &Path) -> Result<Source> {
        let mut files = Vec::new();
        walk(dir, &mut files)?;
        files.sort();
        let mut source = Source { messages: Vec::new(), words: Words::default() };
        for file in files {
            let raw = std::fs::read(&file).with_context(|| format!("could not read {}", file.display()))?;
            source.add(without_envelope(&raw));
        }
        if source.messages.is_empty() {
            bail!("no .eml file below {}", dir.display());
        }
        Ok(source)
    }

    fn add(&mut self, raw: &[u8]) {
        if let Some(text) = MessageParser::default().parse(raw).as_ref().and_then(|m| m.body_text(0)) {
            self.words.learn(text.as_bytes());
        }
        self.messages.push(raw.to_vec());
    }
}

/// Adds every file below the folder.
///
/// # Errors
/// Where a folder cannot be read.
pub fn walk_all(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    for entry in std::fs::read_dir(dir).with_context(|| format!("could not read {}", dir.display()))? {
        let path = entry?.path();
        if path.is_dir() { walk_all(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

/// Adds every `.eml` below the folder.
///
/// # Errors
/// Where a folder cannot be read.
pub fn walk(dir: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let before = files.len();
    walk_all(dir, files)?;
    let added = files.split_off(before);
    files.extend(added.into_iter().filter(|f| f.extension().is_some_and(|e| e == "eml")));
    Ok(())
}

fn without_envelope(raw: &[u8]) -> &[u8] {
    match raw.starts_with(b"From ") {
        true => raw.iter().position(|b| *b == b'\n').map_or(raw, |n| &raw[n + 1..]),
        false => raw,
    }
}

/// An mbox that is being written.
struct Mbox {
    out: BufWriter<std::fs::File>,
    written: u64,
    count: u64,
}

impl Mbox {
    fn create(path: &Path) -> Result<Mbox> {
        let file = std::fs::File::create(path).with_context(|| format!("could not write {}", path.display()))?;
        Ok(Mbox { out: BufWriter::with_capacity(1 << 20, file), written: 0, count: 0 })
    }

    /// Adds a message with its envelope, quoted as mboxrd.
    fn add(&mut self, message: &[u8]) -> Result<()> {
        let seconds = self.count % 60;
        let mut framed = format!("From bench@mail.example Mon Aug 19 16:31:{seconds:02} 2002\n").into_bytes();
        for line in message.split_inclusive(|b| *b == b'\n') {
            let quotes = line.iter().take_while(|b| **b == b'>').count();
            if line[quotes..].starts_with(b"From ") {
                framed.push(b'>');
            }
            framed.extend_from_slice(line);
        }
        framed.extend_from_slice(if message.ends_with(b"\n") { b"\n" } else { b"\n\n" });
        self.out.write_all(&framed)?;
        self.written += framed.len() as u64;
        self.count += 1;
        Ok(())
    }

    fn finish(mut self) -> Result<(u64, u64)> {
        self.out.flush()?;
        Ok((self.count, self.written))
    }
}

/// Writes varied copies of the messages until the file has the size. Returns messages and bytes.
///
/// # Errors
/// Where the file cannot be written.
pub fn varied(source: &Source, out: &Path, size: u64, seed: u64) -> Result<(u64, u64)> {
    let mut random = Random::new(seed);
    let mut mbox = Mbox::create(out)?;
    let mut order: Vec<usize> = (0..source.messages.len()).collect();
    let mut copy = Vec::new();
    while mbox.written < size {
        random.shuffle(&mut order);
        for at in &order {
            let id = format!("{seed}.{}@bench.example", mbox.count);
            copy.clear();
            vary::message(&source.messages[*at], &id, &source.words, &mut random, &mut copy);
            mbox.add(&copy)?;
            if mbox.written >= size {
                break;
            }
        }
    }
    mbox.finish()
}

/// Text of one message at most, so that no quotation grows without end.
const LONGEST_TEXT: usize = 48 << 10;

/// Writes conversations until the file has the size: each message quotes the one before with all that it quotes, and
/// attachments are sent again with some of the replies. Returns messages and bytes.
///
/// # Errors
/// Where the file cannot be written.
pub fn threads(source: &Source, out: &Path, size: u64, seed: u64) -> Result<(u64, u64)> {
    let mut random = Random::new(seed);
    let mut mbox = Mbox::create(out)?;
    while mbox.written < size {
        let length = 2 + random.below(14);
        conversation(source, length, &mut random, &mut mbox)?;
    }
    mbox.finish()
}

fn conversation(source: &Source, length: usize, random: &mut Random, mbox: &mut Mbox) -> Result<()> {
    let people = ["Ada Lindqvist <ada@bench.example>", "Ben Okoro <ben@bench.example>", "Carla Weiss <carla@bench.example>"];
    let subject = String::from_utf8_lossy(&new_text(source, random)).split_whitespace().take(6).collect::<Vec<_>>().join(" ");
    let attachment = random.chance(30).then(|| attachment(source, random));
    let mut ids: Vec<String> = Vec::new();
    let mut last: Vec<u8> = Vec::new();
    for turn in 0..length {
        let mut text = new_text(source, random);
        if turn > 0 {
            let quoted = people[(turn - 1) % people.len()];
            text.truncate(2 << 10);
            text.extend_from_slice(format!("\n\nOn Mon, 19 Aug 2002 at 16:31, {quoted} wrote:\n").as_bytes());
            quote(&last, &mut text);
        }
        text.truncate(LONGEST_TEXT);
        let id = format!("{}.thread@bench.example", mbox.count);
        let sends = attachment.as_deref().filter(|_| turn == 0 || random.chance(30));
        let head = head(&id, &ids, people[turn % people.len()], &subject, turn);
        mbox.add(&assemble(head, &text, sends))?;
        ids.push(id);
        last = text;
    }
    Ok(())
}

fn head(id: &str, before: &[String], from: &str, subject: &str, turn: usize) -> String {
    let mut head = format!("From: {from}\nTo: all@bench.example\nDate: Mon, 19 Aug 2002 16:{turn:02}:00 +0000\nMessage-ID: <{id}>\n");
    head += &format!("Subject: {}{subject}\n", if turn > 0 { "Re: " } else { "" });
    if let Some(parent) = before.last() {
        let chain: Vec<String> = before.iter().map(|id| format!("<{id}>")).collect();
        head += &format!("In-Reply-To: <{parent}>\nReferences: {}\n", chain.join("\n "));
    }
    head + "MIME-Version: 1.0\n"
}

fn assemble(head: String, text: &[u8], attachment: Option<&[u8]>) -> Vec<u8> {
    let mut out = head.into_bytes();
    let plain = b"Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: 8bit\n\n";
    let Some(attachment) = attachment else {
        out.extend_from_slice(plain);
        out.extend_from_slice(text);
        return out;
    };
    out.extend_from_slice(b"Content-Type: multipart/mixed; boundary=\"=_bench_0\"\n\n--=_bench_0\n");
    out.extend_from_slice(plain);
    out.extend_from_slice(text);
    out.extend_from_slice(b"\n--=_bench_0\nContent-Type: text/plain; name=\"notes.txt\"\nContent-Disposition: attachment; filename=\"notes.txt\"\nContent-Transfer-Encoding: base64\n\n");
    vary::base64_lines(attachment, &mut out);
    out.extend_from_slice(b"--=_bench_0--\n");
    out
}

/// The text of one of the messages, in other words.
fn new_text(source: &Source, random: &mut Random) -> Vec<u8> {
    for _ in 0..100 {
        let raw = random.pick(&source.messages);
        let parsed = MessageParser::default().parse(raw);
        let Some(text) = parsed.as_ref().and_then(|m| m.body_text(0)).filter(|t| !t.trim().is_empty()) else { continue };
        let mut out = Vec::with_capacity(text.len());
        source.words.vary(text.as_bytes(), |_, _| false, random, &mut out);
        return out;
    }
    b"Nothing new.\n".to_vec()
}

fn attachment(source: &Source, random: &mut Random) -> Vec<u8> {
    let mut out = Vec::new();
    for _ in 0..1 + random.below(8) {
        out.extend_from_slice(&new_text(source, random));
    }
    out
}

fn quote(text: &[u8], out: &mut Vec<u8>) {
    for line in text.split(|b| *b == b'\n') {
        out.extend_from_slice(if line.starts_with(b">") { b">" } else { b"> " });
        out.extend_from_slice(line);
        out.push(b'\n');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source() -> Source {
        let mut source = Source { messages: Vec::new(), words: Words::default() };
        for at in 0..5 {
            let text = "From here the tide tables were read aloud by somebody.\n".repeat(at + 1);
            source.add(format!("Message-ID: <{at}@a.example>\nSubject: tide tables\n\n{text}").as_bytes());
        }
        source
    }

    type Make = fn(&Source, &Path, u64, u64) -> Result<(u64, u64)>;

    fn made(make: Make, seed: u64) -> (u64, String) {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("a.mbox");
        let (count, bytes) = make(&source(), &path, 50_000, seed).expect("made");
        let text = std::fs::read_to_string(&path).expect("text");
        assert_eq!(text.len() as u64, bytes);
        (count, text)
    }

    #[test]
    fn every_envelope_is_a_message_and_a_seed_decides() {
        for make in [varied as Make, threads] {
            let (count, text) = made(make, 1);
            assert_eq!(text.split('\n').filter(|l| l.starts_with("From ")).count() as u64, count);
            assert_eq!(made(make, 1).1, text);
            assert_ne!(made(make, 2).1, text);
        }
        assert!(made(threads, 1).1.contains("\n>> "));
    }
}
