//! Measurements of aftermail: how much it finds, how fast it is, and mail to measure with.

mod generate;
mod ham;
mod mailsecrets;
mod mbox;
mod peers;
mod people;
mod quoted;
mod random;
mod score;
mod shapes;
mod speed;
mod stores;
mod threads;
mod train;
mod vary;
mod words;
mod written;

use anyhow::{Context, Result, bail};
use clap::{Args as ClapArgs, Parser, Subcommand};
use std::path::{Path, PathBuf};

/// Measure aftermail.
#[derive(Debug, Parser)]
#[command(name = "bench", max_term_width = 100)]
struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Score the finder on a labelled set
    Mailsecrets(mailsecrets::Args),
    /// Train the model that decides among candidates, and cross-validate it
    Train(train::Args),
    /// Score the finder of personal data on a labelled set
    People(people::Args),
    /// Time and memory over files, beside Kingfisher's
    Speed(speed::Args),
    /// Score the finder on real mail that holds almost no secrets
    Ham(ham::Args),
    /// Run other secret scanners beside aftermail
    Peers(peers::Args),
    /// Make labelled mail: invented organisations, many languages, secrets and what looks like them
    Generate(generate::Args),
    /// Turn mail that was written by hand into a labelled set
    Written(written::Args),
    /// Make an mbox of varied copies of real mail: no two messages are alike
    MakeMbox(Make),
    /// Make an mbox of conversations: each message quotes the ones before, attachments are sent again
    MakeThreads(Make),
    /// Make a large Outlook store of copies of small ones
    MakeStore(stores::Make),
    /// Time the reading of Outlook stores, beside readpst
    ReadStore(stores::Read),
    /// Damage Outlook stores and count what is still read, beside libpff and readpst
    Damage(stores::Damage),
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
        other => bail!("unknown unit \"{other}\": use KB, MB or GB"),
    };
    Ok(digits.parse::<u64>().context("a size is a number with KB, MB or GB")? * unit)
}

fn make(args: &Make, write: impl Fn(&mbox::Source, &Path, u64, u64) -> Result<(u64, u64)>) -> Result<()> {
    let (messages, bytes) = write(&mbox::Source::load(&args.from)?, &args.out, args.size, args.seed)?;
    println!("{}: {messages} messages, {bytes} bytes", args.out.display());
    Ok(())
}

/// The aftermail to measure: the given one, or the one beside this program.
fn aftermail(given: Option<&Path>) -> Result<PathBuf> {
    let beside = || Some(std::env::current_exe().ok()?.with_file_name("aftermail"));
    match given.map(Path::to_owned).or_else(beside) {
        Some(path) if path.is_file() => Ok(path),
        _ => bail!("no aftermail beside this program: build it with `cargo build --release`, or name it with --bin"),
    }
}

fn main() -> Result<()> {
    match Args::parse().command {
        Command::Mailsecrets(args) => mailsecrets::run(&args),
        Command::Train(args) => train::run(&args),
        Command::People(args) => people::run(&args),
        Command::Speed(args) => speed::run(&args),
        Command::Ham(args) => ham::run(&args),
        Command::Peers(args) => peers::run(&args),
        Command::Generate(args) => generate::run(&args),
        Command::Written(args) => written::run(&args),
        Command::MakeMbox(args) => make(&args, mbox::varied),
        Command::MakeThreads(args) => make(&args, mbox::threads),
        Command::MakeStore(args) => stores::make(&args),
        Command::ReadStore(args) => stores::read(&args),
        Command::Damage(args) => stores::damage(&args),
    }
}
