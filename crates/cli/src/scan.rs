//! `aftermail scan`: mail in, what was read and found out.

use crate::args::{Reading, Scan};
use crate::exit::{Exit, Failure};
use crate::models;
use crate::talk::{self, Meter};
use aftermail_assess::Ledger;
use aftermail_engine::{Cancel, EvidenceFile, Item, Options, SandboxStatus, Totals};
use aftermail_model::{CaseKey, Message, Occurrence, RevealPermit, Sensitive};
use aftermail_report::Overview;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Address space of one worker.
const WORKER_MEMORY: u64 = 1 << 30;
/// Seconds for one message. One full of scanned pages takes long without any harm meant.
const ITEM_SECONDS: u64 = 180;
/// Bytes of one message that are read.
const ITEM_BYTES: u64 = 256 << 20;

/// Options of the engine from those of the command line.
pub fn options(key: CaseKey, rules: Vec<(String, String)>, reveal: bool, reading: &Reading) -> Result<Options, Failure> {
    Ok(Options {
        key,
        rules,
        reveal,
        personal: reading.personal,
        directory: Default::default(),
        ignores: Vec::new(),
        sandbox: !reading.no_sandbox,
        workers: reading.workers,
        worker_memory: WORKER_MEMORY,
        item_seconds: ITEM_SECONDS,
        item_bytes: ITEM_BYTES,
        models: models::found(&reading.models),
        passwords: reading.passwords.as_deref().map_or(Ok(Vec::new()), passwords)?,
        worker: None,
    })
}

/// The passwords of a file, one a line.
fn passwords(file: &Path) -> Result<Vec<Sensitive<String>>, Failure> {
    let read = if file == Path::new("-") { std::io::read_to_string(std::io::stdin()) } else { std::fs::read_to_string(file) };
    let text = read.map_err(|e| Failure::input(format!("could not read the passwords in \"{}\": {e}", file.display())))?;
    Ok(text.lines().filter(|l| !l.is_empty()).map(|l| Sensitive::new(l.to_owned())).collect())
}

/// A cancel that Ctrl-C pulls: the first time the work ends after the items under way, the second time at once.
pub fn cancel_on_ctrl_c() -> Cancel {
    let cancel = Cancel::default();
    let handle = cancel.clone();
    // Where no handler can be set, Ctrl-C kills as it always does.
    let _ = ctrlc::set_handler(move || {
        if handle.stopped() {
            std::process::exit(130);
        }
        handle.stop();
        talk::say("stopping after the messages under way; what is done is kept (Ctrl-C again to stop at once)");
    });
    cancel
}

/// Files of the paths, named as given.
pub fn evidence(paths: &[PathBuf]) -> Result<Vec<EvidenceFile>, Failure> {
    let found = aftermail_case::find(paths)?;
    let file = |f: aftermail_case::Found| {
        let custodian = aftermail_case::custodian_of(&f.path);
        EvidenceFile { id: f.path.display().to_string(), path: f.path, size: f.size, folder: f.folder, custodian }
    };
    Ok(found.into_iter().map(file).collect())
}

/// Reads the user's rule files.
pub fn rules(files: &[PathBuf]) -> Result<Vec<(String, String)>, Failure> {
    let read = |f: &PathBuf| {
        let text =
            std::fs::read_to_string(f).map_err(|e| Failure::input(format!("could not read the rule file \"{}\": {e}", f.display())))?;
        Ok((f.display().to_string(), text))
    };
    files.iter().map(read).collect()
}

/// The numbers of a run for the top of every output.
pub fn overview(totals: &Totals, seconds: f64, status: &SandboxStatus) -> Overview {
    Overview {
        files: totals.files,
        messages: totals.messages,
        copies: totals.copies,
        stores: totals.stores.clone(),
        parts: totals.parts,
        bytes: totals.bytes,
        occurrences: totals.occurrences,
        findings: totals.findings,
        personal: totals.personal,
        gaps: totals.gaps.clone(),
        repeated_parts: totals.repeated_parts,
        seconds,
        sandbox: talk::sandbox(status),
        interrupted: totals.interrupted,
    }
}

/// Done, or done with gaps.
pub fn exit_of(overview: &Overview) -> Exit {
    if overview.gaps.is_empty() && !overview.interrupted { Exit::Done } else { Exit::Gaps }
}

/// Writes the summary where it is wanted.
pub fn write_summary(path: Option<&PathBuf>, overview: &Overview) -> Result<(), Failure> {
    let Some(path) = path else { return Ok(()) };
    let text = aftermail_report::summary(overview, env!("CARGO_PKG_VERSION"));
    std::fs::write(path, text).map_err(|e| Failure::environment(format!("could not write the summary \"{}\": {e}", path.display())))
}

/// What the items of a scan become on their way out.
struct Output<'a> {
    args: &'a Scan,
    out: BufWriter<std::io::StdoutLock<'static>>,
    ledger: Ledger,
    /// For SARIF only, which needs all before the first line.
    kept: Vec<(Occurrence, Message)>,
    error: Option<std::io::Error>,
}

impl Output<'_> {
    fn item(&mut self, item: Item) {
        let permit = RevealPermit::recorded();
        let message = item.message;
        for (at, occurrence) in item.occurrences.into_iter().enumerate() {
            let value = item.values.get(at).map(|v| v.reveal(&permit).as_str());
            let evidence = occurrence.at.evidence.clone();
            if self.args.json {
                self.write(aftermail_report::json_line(&occurrence, &message, &evidence, value) + "\n");
            } else if self.args.csv {
                self.write(aftermail_report::csv_row(&occurrence, &message, &evidence, value));
            } else if !occurrence.kind.is_personal() {
                self.ledger.add(&occurrence, message.sent, message.from.as_deref());
                if self.args.sarif {
                    self.kept.push((occurrence, message.clone()));
                }
            }
        }
    }

    fn write(&mut self, text: String) {
        if self.error.is_none() {
            self.error = self.out.write_all(text.as_bytes()).err();
        }
    }
}

/// Runs the command.
pub fn scan(args: &Scan) -> Result<Exit, Failure> {
    if args.reveal {
        if !(args.json || args.csv) {
            return Err(Failure::input("--reveal needs --json or --csv: other outputs never hold values"));
        }
        talk::may_reveal_here(args.yes_show_secrets)?;
    }
    let started = Instant::now();
    let files = evidence(&args.paths)?;
    let options = options(aftermail_case::random_key()?, rules(&args.rules)?, args.reveal, &args.reading)?;
    let cancel = cancel_on_ctrl_c();
    let mut meter = Meter::new(args.reading.quiet);
    let out = BufWriter::new(std::io::stdout().lock());
    let mut output = Output { args, out, ledger: Ledger::default(), kept: Vec::new(), error: None };
    if args.csv {
        output.write(aftermail_report::CSV_HEADER.to_owned());
    }
    let gone = cancel.clone();
    let totals = aftermail_engine::scan(&files, &options, &cancel, &mut |p| meter.reading(p), &mut |item| {
        output.item(item);
        if output.error.is_some() {
            // Nobody reads on: there is nothing to work for.
            gone.stop();
        }
    });
    meter.finish();
    let totals = totals?;
    let overview = overview(&totals, started.elapsed().as_secs_f64(), &aftermail_engine::sandbox_status(&options));
    finish(output, &overview)?;
    write_summary(args.summary.as_ref(), &overview)?;
    Ok(exit_of(&overview))
}

fn finish(mut output: Output<'_>, overview: &Overview) -> Result<(), Failure> {
    let args = output.args;
    let style = talk::style();
    if args.json || args.csv {
        if !args.reading.quiet {
            talk::say(aftermail_report::overview(overview, aftermail_report::Style { colour: false, ..style }).trim_end());
        }
    } else {
        let (findings, _) = std::mem::take(&mut output.ledger).finish();
        if args.sarif {
            let kept = std::mem::take(&mut output.kept);
            output.write(aftermail_report::sarif(&findings, &kept, env!("CARGO_PKG_VERSION"), &|id| id.to_owned()));
        } else {
            let mut text = aftermail_report::overview(overview, style);
            if !findings.is_empty() {
                text += "\n";
                text += &aftermail_report::findings_table(&findings, style);
            }
            text += "\nWhat next: \"aftermail gaps PATH…\" lists what was not read; \"aftermail run case.toml\" keeps all of this as a case with a report.\n";
            output.write(text);
        }
    }
    let flushed = output.out.flush();
    match output.error.or(flushed.err()) {
        Some(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::environment(format!("could not write the output: {e}"))),
        _ => Ok(()),
    }
}
