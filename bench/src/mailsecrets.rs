//! Runs the finder over a labelled set and prints how much it found.

use crate::score::{self, Score, share, text};
use crate::threads::Threads;
use anyhow::{Context, Result, bail};
use clap::Args as ClapArgs;
use mail_parser::{Message, MessageParser, MessagePart, MimeHeaders, PartType};
use serde_json::Value;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What to measure.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Folder with truth.jsonl, ignore.jsonl and messages/
    set: PathBuf,
    /// Score these findings (JSON lines) instead of running aftermail
    #[arg(long, value_name = "FILE")]
    findings: Option<PathBuf>,
    /// The aftermail to run; the one beside this program unless given
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
    /// Count only what stands where this version can read: bodies, subjects, attachments
    #[arg(long)]
    decodable: bool,
    /// List misses and false alarms
    #[arg(long)]
    misses: bool,
}

/// Runs the command.
///
/// # Errors
/// Where the set cannot be read or aftermail cannot be run.
pub fn run(args: &Args) -> Result<()> {
    let found = match &args.findings {
        Some(file) => rows(file, true)?,
        None => found(&crate::aftermail(args.bin.as_deref())?, &args.set.join("messages"))?,
    };
    let score = judge(&args.set, &found, args.decodable)?;
    print(&score);
    if args.misses {
        print_misses(&score);
    }
    Ok(())
}

/// Compares findings with the labels of a set.
///
/// # Errors
/// Where the set cannot be read.
pub fn judge(set: &Path, found: &[Value], only_decodable: bool) -> Result<Score> {
    let mut truth = rows(&set.join("truth.jsonl"), true)?;
    let ignore = rows(&set.join("ignore.jsonl"), false)?;
    let mut threads = Threads::load(&set.join("messages"))?;
    let texts = Attachments::load(&set.join("messages"))?;
    let mut beyond = Vec::new();
    if only_decodable {
        // What cannot be read yet is no miss, and where it is found all the same no false alarm.
        (truth, beyond) = truth.into_iter().partition(|t| texts.decodable(t));
    }
    let ignore: Vec<Value> = ignore.into_iter().chain(beyond).collect();
    Ok(score::score(truth, &ignore, found, &mut threads, |t| texts.decodable(t)))
}

/// What aftermail finds below a folder, with values.
///
/// # Errors
/// Where it cannot be run.
pub fn found(bin: &Path, messages: &Path) -> Result<Vec<Value>> {
    parse(&scan(bin, messages)?, "the output of aftermail")
}

fn scan(bin: &Path, messages: &Path) -> Result<String> {
    let out = Command::new(bin).arg("scan").arg(messages).args(["--json", "--reveal", "--quiet"]).output();
    let out = out.with_context(|| format!("could not run {}", bin.display()))?;
    // 2: done with gaps.
    if !matches!(out.status.code(), Some(0 | 2)) {
        bail!("{} scan ended with {}: {}", bin.display(), out.status, String::from_utf8_lossy(&out.stderr));
    }
    String::from_utf8(out.stdout).context("the output of aftermail is no UTF-8")
}

/// Rows of a file of JSON lines; none where it is missing and not needed.
///
/// # Errors
/// Where it cannot be read.
pub fn rows(file: &Path, needed: bool) -> Result<Vec<Value>> {
    match std::fs::read_to_string(file) {
        Ok(text) => parse(&text, &file.display().to_string()),
        Err(e) if !needed && e.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(e) => Err(e).with_context(|| format!("could not read {}", file.display())),
    }
}

pub(crate) fn parse(lines: &str, name: &str) -> Result<Vec<Value>> {
    let row = |(at, line): (usize, &str)| serde_json::from_str(line).with_context(|| format!("{name}, line {}", at + 1));
    lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()).map(row).collect()
}

/// Which attachments of which message this version reads.
struct Attachments(HashMap<(String, String), bool>);

impl Attachments {
    fn load(dir: &Path) -> Result<Attachments> {
        let mut files = Vec::new();
        crate::mbox::walk(dir, &mut files)?;
        let mut found = HashMap::new();
        for file in files {
            let raw = std::fs::read(&file)?;
            let Some(message) = MessageParser::default().parse(&raw) else { continue };
            let id = format!("<{}>", message.message_id().unwrap_or_default());
            collect(&message, &id, &mut found);
        }
        Ok(Attachments(found))
    }

    fn decodable(&self, truth: &Value) -> bool {
        let place = text(truth, "where");
        // What lies in a message lies as open as the message itself.
        let inner = place.rsplit_once(".eml > ").map_or(place, |(_, inner)| inner);
        matches!(inner, "body" | "subject")
            || self.0.get(&(text(truth, "message_id").to_owned(), outermost(inner))).copied().unwrap_or(inner.ends_with(".eml"))
    }
}

/// The attachment that holds all others: "a.zip" of "a.zip > b.txt".
fn outermost(place: &str) -> String {
    place.split(" > ").next().unwrap_or(place).to_owned()
}

fn collect(message: &Message<'_>, id: &str, found: &mut HashMap<(String, String), bool>) {
    for part in &message.parts {
        if let PartType::Message(inner) = &part.body {
            collect(inner, id, found);
        }
        if let Some(name) = part.attachment_name() {
            found.insert((id.to_owned(), name.to_owned()), is_read(part));
        }
    }
}

/// Whether this version reads the attachment: text, RTF, and zips, documents and gzips that are not locked.
fn is_read(part: &MessagePart<'_>) -> bool {
    match &part.body {
        PartType::Text(_) | PartType::Html(_) | PartType::Message(_) => true,
        PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
            let odd = bytes.iter().filter(|b| **b < 0x20 && !matches!(b, b'\t' | b'\n' | b'\r')).count();
            let open_zip = bytes.starts_with(b"PK\x03\x04") && bytes.get(6).is_some_and(|flags| flags & 1 == 0);
            odd == 0 && !bytes.starts_with(b"%PDF") || open_zip || bytes.starts_with(b"\x1f\x8b")
        }
        PartType::Multipart(_) => false,
    }
}

/// Prints the outcome as tables.
pub fn print(score: &Score) {
    let found = score.rows.iter().filter(|r| r.found).count();
    let decodable: Vec<_> = score.rows.iter().filter(|r| r.decodable).collect();
    println!("secrets         {}", score.rows.len());
    println!("found           {found}");
    println!("recall          {:.4}", score.recall());
    let readable = decodable.iter().filter(|r| r.found).count();
    println!("recall, decodable so far {:.4} ({readable}/{})", share(readable, decodable.len()), decodable.len());
    println!("false alarms    {}", score.false_alarms.len());
    println!("precision       {:.4}", score.precision());
    for (name, (fit, all)) in [("system linked", score.links(|r| r.system)), ("account linked", score.links(|r| r.account))] {
        println!("{name:<15} {fit}/{all} ({:.2})", share(fit, all));
    }
    for field in ["difficulty", "kind", "language", "status"] {
        println!("\n{field:<20} {:>9} {:>7}   {:>14} {:>7}", "found", "recall", "decodable", "recall");
        for (value, [found, all, readable, decodable]) in score.by(field) {
            let all_of = format!("{found}/{all}");
            let of = format!("{readable}/{decodable}");
            println!("{value:<20} {all_of:>9} {:>7.3}   {of:>14} {:>7.3}", share(found, all), share(readable, decodable));
        }
    }
}

/// Prints every miss and every false alarm.
pub fn print_misses(score: &Score) {
    println!();
    for row in score.rows.iter().filter(|r| !r.found) {
        let t = |field| text(&row.truth, field);
        println!("MISS  {:<9} {:<18} {} {} {:?}", t("difficulty"), t("kind"), t("message_id"), t("where"), t("value"));
    }
    for (row, [field, wanted, named]) in score.rows.iter().flat_map(|r| r.misnamed.iter().map(move |m| (r, m))) {
        println!("LINK  {field:<9} {} wanted {wanted:?} named {named:?}", text(&row.truth, "message_id"));
    }
    for f in &score.false_alarms {
        let t = |field| text(f, field);
        println!("FALSE {:<28} {} {} {:?}", t("rule"), t("message_id"), t("where"), t("value"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::squash;
    use std::collections::BTreeMap;

    #[test]
    fn the_handmade_labels_stand_in_their_mail() {
        let set = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/handmade");
        let mut files = Vec::new();
        crate::mbox::walk(&set.join("messages"), &mut files).expect("a folder");
        let mut texts = BTreeMap::new();
        for file in files {
            let raw = std::fs::read(&file).expect("a message");
            let message = MessageParser::default().parse(&raw).expect("a message");
            let id = format!("<{}>", message.message_id().expect("an id"));
            texts.insert(id, squash(&message.body_text(0).expect("a text")));
        }
        let truth = rows(&set.join("truth.jsonl"), true).expect("labels");
        assert!(texts.len() == 120 && truth.len() > 80, "{} messages, {} labels", texts.len(), truth.len());
        for row in &truth {
            let written = [text(row, "written"), text(row, "value")].into_iter().find(|t| !t.is_empty()).expect("a value");
            assert!(texts[text(row, "message_id")].contains(&squash(written)), "{row}");
        }
    }
}
