//! The command line.

use clap::{Args as ClapArgs, Parser, Subcommand};
use std::path::PathBuf;

const EXIT_CODES: &str = "Exit codes:\n  0   done, everything was read\n  1   your input: a wrong argument, a missing file\n  2   done, but something was not read or has changed (it is listed), or the work was stopped\n  3   the environment: disk, memory, permissions\n  70  a fault of aftermail";

/// Find every secret in stolen mail and work it off, without the mail leaving this machine.
#[derive(Debug, Parser)]
#[command(name = "aftermail", version, after_help = EXIT_CODES, max_term_width = 100)]
pub struct Args {
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Search mail and print what was read, what was not, and every secret found
    #[command(
        after_help = "Example:\n  aftermail scan mailbox.mbox Maildir/ saved/*.eml\n  aftermail scan mailbox.mbox --json > occurrences.jsonl"
    )]
    Scan(Scan),
    /// Do the same as a case: manifest, tables and report; again does only what is new
    #[command(after_help = "Example:\n  aftermail run breach/case.toml")]
    Run(Run),
    /// List everything that could not be read, why, and what to do; assign it, try passwords on it, accept it
    #[command(
        after_help = "Example:\n  aftermail gaps breach/\n  aftermail gaps breach/ --gap 9f3a02c1 --assign \"Anna Berg\"\n  aftermail gaps breach/ --passwords words-from-the-sender.txt\n  aftermail gaps breach/ --of unsupported --accept --reason \"pictures of the picnic, looked at by hand\"\n  aftermail gaps mailbox.mbox --json"
    )]
    Gaps(Gaps),
    /// Say what the logs of a case cover, what must be exported before it is gone, and what of them was not read
    #[command(after_help = "Example:\n  aftermail logs breach/")]
    Logs(OfCase),
    /// Say which messages count as taken, and by what that is known; confirm what a list probably means
    #[command(
        after_help = "Example:\n  aftermail exposure breach/\n  aftermail exposure breach/ --confirm lists/provider.csv:9 --reason \"same words, read both\"\n  aftermail exposure breach/ --dismiss lists/provider.csv:12 --reason \"the letter of another year\""
    )]
    Exposure(Exposure),
    /// List what detectors saw in the logs; accounts whose secrets stand in mail come first
    #[command(after_help = "Example:\n  aftermail signals breach/")]
    Signals(OfCase),
    /// Say of each secret whether it was used since, and whether its reset is proved
    #[command(after_help = "Example:\n  aftermail proof breach/")]
    Proof(OfCase),
    /// Ask one of the case's own mail hosts whether it serves mail to whoever asks; no credentials are sent. The only command that
    /// opens a connection
    #[command(after_help = "Example:\n  aftermail probe mail.corp.example --case breach/")]
    Probe(Probe),
    /// Compare the evidence with the manifest of the case
    #[command(after_help = "Example:\n  aftermail verify breach/")]
    Verify {
        /// The case folder or its case.toml
        case: PathBuf,
    },
    /// Ask the tables of a case in SQL
    #[command(
        after_help = "Example:\n  aftermail sql breach/ \"select kind, count(*) from findings group by kind\"\n  aftermail sql breach/ \"select time, actor, operation, target, id from events where address = '203.0.113.77' order by time\""
    )]
    Sql(Sql),
    /// Tell everything about one finding: where it stands and why it counts as a secret; or about one event of the logs, with its
    /// raw record
    #[command(
        after_help = "Example:\n  aftermail explain breach/ 9f3a02c1\n  aftermail explain breach/ 716dae31-67a7-4767-bc30-5b8671a2f08d"
    )]
    Explain {
        /// The case folder or its case.toml
        case: PathBuf,
        /// The finding, or the first digits of its id; or the whole id of an event
        finding: String,
    },
    /// Show the value of one finding; who asked and why is written into the journal first
    #[command(after_help = "Example:\n  aftermail reveal breach/ 9f3a02c1 --reason \"reset by the owner, ticket 4711\" > value.txt")]
    Reveal(Reveal),
    /// Look after formats, cue words and rules
    Packs {
        #[command(subcommand)]
        command: Packs,
    },
    /// Say which models read text in pictures, whether they are here, and how to get them
    #[command(after_help = "Example:\n  aftermail models\n  aftermail models add rapidocr-3.10.0-py3-none-any.whl")]
    Models(Models),
    /// Print the completions of a shell
    #[command(after_help = "Example:\n  aftermail completions bash > /etc/bash_completion.d/aftermail")]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  aftermail man > aftermail.1")]
    Man,
}

/// How to read.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct Reading {
    /// Worker processes; one per core unless given
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub workers: usize,
    /// Read without the jail of landlock and seccomp. Mail is hostile: only where the kernel has neither
    #[arg(long)]
    pub no_sandbox: bool,
    /// Look for personal data as well: names with numbers of identity, accounts and cards, birth, health, pay
    #[arg(long)]
    pub personal: bool,
    /// No progress
    #[arg(long, short)]
    pub quiet: bool,
    /// Passwords to try on locked files that no password in the mail opens, one a line; "-" reads them from standard input. They
    /// are kept nowhere; what they open in a case stays open
    #[arg(long, value_name = "FILE")]
    pub passwords: Option<PathBuf>,
    #[command(flatten)]
    pub models: ModelFolder,
}

/// Where the models for pictures lie.
#[derive(Debug, Clone, Default, ClapArgs)]
pub struct ModelFolder {
    /// Folder of the models that read text in pictures; see "aftermail models"
    #[arg(long, value_name = "DIR", global = true)]
    pub models: Option<PathBuf>,
}

#[derive(Debug, ClapArgs)]
pub struct Scan {
    /// Files and folders: mbox, Maildir, EML, EMLX, in any mix
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// One JSON object per occurrence
    #[arg(long, group = "format")]
    pub json: bool,
    /// One CSV row per occurrence
    #[arg(long, group = "format")]
    pub csv: bool,
    /// SARIF 2.1.0
    #[arg(long, group = "format")]
    pub sarif: bool,
    /// Add the values to --json or --csv
    #[arg(long)]
    pub reveal: bool,
    /// Allow --reveal to write to a terminal
    #[arg(long)]
    pub yes_show_secrets: bool,
    /// Rules of your own (gitleaks TOML), beside the built-in ones
    #[arg(long, value_name = "FILE")]
    pub rules: Vec<PathBuf>,
    /// Write the numbers of the run as one JSON object
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, ClapArgs)]
pub struct Run {
    /// The case.toml, or the folder that holds one
    pub case: PathBuf,
    /// Write the numbers of the run as one JSON object
    #[arg(long, value_name = "FILE")]
    pub summary: Option<PathBuf>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, ClapArgs)]
pub struct Gaps {
    /// A case, or files and folders of mail
    #[arg(required = true, value_name = "CASE|PATH")]
    pub paths: Vec<PathBuf>,
    /// One JSON object per gap
    #[arg(long)]
    pub json: bool,
    /// Only this gap: its id or the first digits of it; may be given several times
    #[arg(long, value_name = "ID")]
    pub gap: Vec<String>,
    /// Only gaps of this reason
    #[arg(long, value_name = "REASON", value_parser = aftermail_model::Reason::WORDS)]
    pub of: Option<String>,
    /// Give them to somebody
    #[arg(long, value_name = "PERSON", conflicts_with = "accept")]
    pub assign: Option<String>,
    /// Let them stay unread
    #[arg(long, requires = "reason")]
    pub accept: bool,
    /// Why; it is written into the journal
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
    #[command(flatten)]
    pub reading: Reading,
}

#[derive(Debug, ClapArgs)]
pub struct Probe {
    /// The host: one below the case's own_domains
    pub host: String,
    /// The case folder or its case.toml
    #[arg(long)]
    pub case: PathBuf,
    /// One JSON object per port
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
pub struct OfCase {
    /// The case folder or its case.toml
    pub case: PathBuf,
    /// One JSON object per line
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Exposure {
    /// The case folder or its case.toml
    pub case: PathBuf,
    /// One JSON object per line
    #[arg(long)]
    pub json: bool,
    /// This row of a list means the message that it probably means
    #[arg(long, value_name = "LIST:ROW", requires = "reason", conflicts_with = "dismiss")]
    pub confirm: Option<String>,
    /// Which message, where the row may mean several: as the list of those to be confirmed names it, or the first digits of that
    #[arg(long, value_name = "ID@BYTE", requires = "confirm")]
    pub message: Option<String>,
    /// This row of a list means none of the messages held
    #[arg(long, value_name = "LIST:ROW", requires = "reason")]
    pub dismiss: Option<String>,
    /// Why; it is written into the journal
    #[arg(long, value_name = "TEXT")]
    pub reason: Option<String>,
}

#[derive(Debug, ClapArgs)]
pub struct Sql {
    /// The case folder or its case.toml
    pub case: PathBuf,
    /// The question; tables: messages, parts, occurrences, findings, links, gaps, personal, and of logs: logs, events, rejects,
    /// coverage, exposures, signals, usage, proofs, open_periods, remarks
    pub query: String,
    /// One JSON object per row
    #[arg(long)]
    pub json: bool,
}

#[derive(Debug, ClapArgs)]
pub struct Reveal {
    /// The case folder or its case.toml
    pub case: PathBuf,
    /// The finding, or the first digits of its id
    pub finding: String,
    /// Why it must be seen
    #[arg(long)]
    pub reason: String,
    /// Allow the value to be written to a terminal
    #[arg(long)]
    pub yes_show_secrets: bool,
    /// The passwords by which locked files were opened, where a person gave them
    #[arg(long, value_name = "FILE")]
    pub passwords: Option<PathBuf>,
    #[command(flatten)]
    pub models: ModelFolder,
}

#[derive(Debug, ClapArgs)]
pub struct Models {
    #[command(subcommand)]
    pub command: Option<ModelsCommand>,
    #[command(flatten)]
    pub folder: ModelFolder,
}

#[derive(Debug, Subcommand)]
pub enum ModelsCommand {
    /// Take the models out of a wheel or folder
    #[command(after_help = "Example:\n  aftermail models add rapidocr-3.10.0-py3-none-any.whl")]
    Add {
        /// The wheel of rapidocr 3.10.0, or a folder with the models in it
        #[arg(value_name = "WHEEL|FOLDER")]
        from: PathBuf,
    },
}

#[derive(Debug, Subcommand)]
pub enum Packs {
    /// Check the built-in packs, and rule files of your own
    #[command(after_help = "Example:\n  aftermail packs check --rules ours.toml")]
    Check {
        /// Rules of your own (gitleaks TOML)
        #[arg(long, value_name = "FILE")]
        rules: Vec<PathBuf>,
    },
}
