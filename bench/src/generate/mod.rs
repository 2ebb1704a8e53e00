//! Makes labelled mail: many organisations, languages and ways to write a secret, and as much that only looks like one.
//!
//! The same seed makes the same mail. The format is the one that `bench mailsecrets` reads.

mod disguise;
mod language;
mod letter;
mod mime;
mod minted;
mod noise;
mod personal;
mod scene;
mod sheet;
mod template;
mod thread;
mod values;
mod world;

#[cfg(test)]
mod tests;

use crate::random::Random;
use anyhow::{Context, Result};
use clap::Args as ClapArgs;
use language::Language;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use thread::{Stage, Thread};
use world::World;

/// Conversations of a world.
const THREADS: usize = 40;

/// What to make.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// The same seed makes the same mail
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Invented organisations, about 55 messages each
    #[arg(long, default_value_t = 80)]
    worlds: usize,
    /// Folder to write messages/, truth.jsonl, ignore.jsonl and people.jsonl to
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only this language, by its code
    #[arg(long, value_name = "CODE")]
    language: Option<String>,
}

/// Rows of the label files.
#[derive(Debug, Default)]
struct Rows {
    truth: Vec<Value>,
    ignore: Vec<Value>,
    people: Vec<Value>,
    messages: usize,
}

/// Runs the command.
///
/// # Errors
/// Where the folder cannot be written, or no language has that code.
pub fn run(args: &Args) -> Result<()> {
    let mut languages = language::all()?;
    if let Some(code) = &args.language {
        languages.retain(|l| l.code == code);
        anyhow::ensure!(!languages.is_empty(), "no language has the code \"{code}\"");
    }
    let common = language::common()?;
    let mut rows = Rows::default();
    for number in 0..args.worlds {
        // A world is the same whatever stands before it.
        let mut random = Random::new(args.seed.wrapping_mul(1_000_003).wrapping_add(number as u64));
        let folder = args.out.join("messages").join(format!("world{number:04}"));
        std::fs::create_dir_all(&folder).with_context(|| format!("could not make {}", folder.display()))?;
        write_world(&languages, &common, number, &folder, &mut rows, &mut random)?;
    }
    for (name, lines) in [("truth.jsonl", &rows.truth), ("ignore.jsonl", &rows.ignore), ("people.jsonl", &rows.people)] {
        let text: String = lines.iter().map(|r| format!("{r}\n")).collect();
        std::fs::write(args.out.join(name), text).with_context(|| format!("could not write {name}"))?;
    }
    println!("{}: {} messages, {} secrets", args.out.display(), rows.messages, rows.truth.len());
    Ok(())
}

fn write_world(
    languages: &[Language],
    common: &Language,
    number: usize,
    folder: &Path,
    rows: &mut Rows,
    random: &mut Random,
) -> Result<()> {
    let weights: Vec<(usize, usize)> = languages.iter().enumerate().map(|(at, l)| (l.weight, at)).collect();
    let home = &languages[*values::weighted(random, &weights)];
    let world = World::new(random, home);
    let english = languages.iter().find(|l| l.code == "en").unwrap_or(home);
    let mut file = 0;
    for _ in 0..THREADS {
        let language = match random.below(100) {
            0..=79 => home,
            80..=89 => english,
            _ => &languages[*values::weighted(random, &weights)],
        };
        let thread = thread::thread(&Stage { world: &world, language, common }, random);
        for mail in &thread.mails {
            file += 1;
            std::fs::write(folder.join(format!("{file:04}.eml")), mail.write(random)).context("could not write a message")?;
        }
        rows.messages += thread.mails.len();
        rows.add(&thread, language.code, number);
    }
    Ok(())
}

impl Rows {
    fn add(&mut self, thread: &Thread, language: &str, world: usize) {
        let id = |message: usize| thread.mails.get(message).map(|m| m.id.as_str()).unwrap_or_default();
        for label in &thread.labels {
            let mut row = json!({
                "message_id": id(label.message), "where": label.place, "kind": label.kind, "value": label.value,
                "identity": label.account, "system": label.system, "expires": label.expires, "language": language,
                "difficulty": label.difficulty, "status": label.status, "world": world,
            });
            if !label.parts.is_empty() {
                row["parts"] = label.parts.iter().map(|(message, value)| json!({"message_id": id(*message), "value": value})).collect();
            }
            if let Some(written) = label.written.as_ref().filter(|w| !w.is_empty()) {
                row["written"] = json!(written);
            }
            self.truth.push(row);
        }
        self.people.extend(thread.personal.iter().map(|(message, person, element, value)| {
            json!({"message_id": id(*message), "where": "body", "person": person, "element": element, "value": value})
        }));
        self.ignore.extend(thread.ignored.iter().map(|value| json!({"message_id": id(0), "where": "body", "value": value})));
    }
}
