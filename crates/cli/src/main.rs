//! aftermail: find every secret in stolen mail and work it off.

mod args;
mod case;
mod exit;
mod exposure;
mod gaps;
mod known;
mod logs;
mod models;
mod probe;
mod run;
mod scan;
mod talk;

use args::{Args, Command};
use clap::{CommandFactory, Parser};
use exit::{Exit, Failure};
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    // Workers come through here thousands of times; they do not need the rest.
    if std::env::args_os().nth(1).is_some_and(|a| a == "worker") {
        return ExitCode::from(u8::try_from(aftermail_engine::worker_main()).unwrap_or(70));
    }
    let args = match Args::try_parse() {
        Ok(args) => args,
        Err(e) => {
            let _ = e.print();
            return if e.use_stderr() { Exit::Input } else { Exit::Done }.into();
        }
    };
    match dispatch(args) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            talk::complain(&failure);
            failure.exit().into()
        }
    }
}

fn dispatch(args: Args) -> Result<Exit, Failure> {
    match args.command {
        Command::Scan(scan) => scan::scan(&scan),
        Command::Run(run) => run::run(&run),
        Command::Gaps(gaps) => gaps::gaps(&gaps),
        Command::Probe(args) => logs::probe(&args),
        Command::Logs(args) => logs::logs(&args),
        Command::Exposure(args) => exposure::exposure(&args),
        Command::Signals(args) => logs::signals(&args),
        Command::Proof(args) => logs::proof(&args),
        Command::Verify { case } => case::verify(&case),
        Command::Sql(sql) => case::sql(&sql),
        Command::Explain { case, finding } => case::explain(&case, &finding),
        Command::Reveal(reveal) => case::reveal(&reveal),
        Command::Packs { command: args::Packs::Check { rules } } => case::check_packs(&rules),
        Command::Models(args) => models::models(&args),
        Command::Completions { shell } => {
            let mut out = Vec::new();
            clap_complete::generate(shell, &mut Args::command(), "aftermail", &mut out);
            talk::data(&out)
        }
        Command::Man => {
            let mut out = Vec::new();
            clap_mangen::Man::new(Args::command())
                .render(&mut out)
                .map_err(|e| Failure::bug(format!("the manual page could not be made: {e}")))?;
            talk::data(&out)
        }
    }
}

/// Writes all of it to standard output; a reader that went away is no fault.
fn write_out(bytes: &[u8]) -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush())
}
