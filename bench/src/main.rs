//! Measurements of aftermail: how much it finds, how fast it is, and mail to measure with.

mod mbox;
mod random;
mod vary;
mod words;

use anyhow::{Context, Result};
use clap::{Args as ClapArgs, Parser, Subcommand};
use std::path::PathBuf;

/// Measure aftermail.
#[derive(Debug, Parser)]
#[command(name = "bench", max_term_width = 100)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make an mbox of varied copies of real mail: no two messages are alike
    MakeMbox(Make),
    /// Make an mbox of conversations: each message quotes the ones before, attachments are sent again
    MakeThreads(Make),
}

#[derive(Debug, ClapArgs)]
struct Make {
    /// Folder of .eml files to make copies of
    #[arg(long, value_name = "DIR")]
    from: PathBuf,
    /// The mbox to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// Size, with KB, MB or GB
    #[arg(long, default_value = "200MB", value_parser = parse_size)]
    size: u64,
    /// The same seed makes the same mail
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

fn parse_size(text: &str) -> Result<u64> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = match text[digits.len()..].to_ascii_uppercase().as_str() {
        "" | "B" => 1,
        "KB" => 1_000,
        "MB" => 1_000_000,
        "GB" => 1_000_000_000,
        other => anyhow::bail!("unknown unit \"{other}\": use KB, MB or GB"),
    };
    Ok(digits.parse::<u64>().context("a size is a number with KB, MB or GB")? * unit)
}

fn make(args: &Make, write: impl Fn(&mbox::Source, &std::path::Path, u64, u64) -> Result<(u64, u64)>) -> Result<()> {
    let (messages, bytes) = write(&mbox::Source::load(&args.from)?, &args.out, args.size, args.seed)?;
    println!("{}: {messages} messages, {bytes} bytes", args.out.display());
    Ok(())
}

fn main() -> Result<()> {
    match Args::parse().command {
        Command::MakeMbox(args) => make(&args, mbox::varied),
        Command::MakeThreads(args) => make(&args, mbox::threads),
    }
}
