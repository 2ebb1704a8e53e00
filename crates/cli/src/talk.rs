//! What is said beside the data: progress, complaints, and how the terminal is.

use crate::exit::{Exit, Failure};
use aftermail_engine::{Progress, SandboxStatus};
use aftermail_report::{Style, bytes, count};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant};

/// Time between two lines of progress where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(5);

/// Colours and width of standard output.
pub fn style() -> Style {
    let terminal = std::io::stdout().is_terminal();
    let colour = terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty());
    let width = if terminal { usize::from(console::Term::stdout().size().1) } else { 160 };
    Style { colour, width: width.max(80) }
}

/// Whether values may be written to standard output.
pub fn may_reveal(terminal: bool, yes: bool) -> Result<(), Failure> {
    if terminal && !yes {
        return Err(Failure::input("values are not written to a terminal: they would stay in its history")
            .hint("write them to a file, or add --yes-show-secrets"));
    }
    Ok(())
}

/// [`may_reveal`] for standard output as it is.
pub fn may_reveal_here(yes: bool) -> Result<(), Failure> {
    may_reveal(std::io::stdout().is_terminal(), yes)
}

/// Data for standard output; a reader that went away ends the command quietly.
pub fn data(bytes: &[u8]) -> Result<Exit, Failure> {
    match crate::write_out(bytes) {
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::environment(format!("could not write the output: {e}"))),
        _ => Ok(Exit::Done),
    }
}

/// An error and what to do about it.
pub fn complain(failure: &Failure) {
    let mut err = std::io::stderr().lock();
    let _ = writeln!(err, "error: {}", failure.what);
    if let Some(hint) = &failure.hint {
        let _ = writeln!(err, "hint: {hint}");
    }
}

/// A remark that is no data.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{text}");
}

/// What the kernel enforces, in words.
pub fn sandbox(status: &SandboxStatus) -> String {
    match status {
        SandboxStatus::Full => "workers were jailed (landlock and seccomp)".into(),
        SandboxStatus::Partial(what) => format!("workers were jailed in part: {what}"),
        SandboxStatus::None(why) => format!("NOT ENFORCED, the kernel could not jail the workers: {why}"),
        SandboxStatus::Off => "switched off by --no-sandbox".into(),
    }
}

/// Shows how far the work is: a bar on a terminal, a line now and then elsewhere.
pub struct Meter {
    bar: Option<ProgressBar>,
    quiet: bool,
    started: Instant,
    said: Instant,
}

impl Meter {
    pub fn new(quiet: bool) -> Meter {
        let bar = (!quiet && std::io::stderr().is_terminal()).then(|| {
            let bar = ProgressBar::with_draw_target(Some(0), ProgressDrawTarget::stderr_with_hz(10));
            let template = "{bar:30} {bytes}/{total_bytes}  {msg}  {eta} left";
            bar.set_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()));
            bar
        });
        Meter { bar, quiet, started: Instant::now(), said: Instant::now() }
    }

    /// Reading and searching.
    pub fn reading(&mut self, p: Progress) {
        let rate = p.messages as f64 / self.started.elapsed().as_secs_f64().max(0.001);
        let text = format!("{} messages/s, {} places with secrets, {} gaps", count(rate as u64), count(p.occurrences), count(p.gaps));
        self.show(p.bytes, p.bytes_total, &text, "read");
    }

    /// Taking sums.
    pub fn hashing(&mut self, done: u64, total: u64) {
        self.show(done, total, "taking SHA-256", "hashed");
    }

    fn show(&mut self, done: u64, total: u64, text: &str, verb: &str) {
        if let Some(bar) = &self.bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.set_message(text.to_owned());
        } else if !self.quiet && self.said.elapsed() >= LINE_EVERY {
            self.said = Instant::now();
            let speed = done as f64 / self.started.elapsed().as_secs_f64().max(0.001);
            let left = if speed > 0.0 { (total.saturating_sub(done) as f64 / speed) as u64 } else { 0 };
            say(&format!("{verb} {} of {}, {text}, {left} s left", bytes(done), bytes(total)));
        }
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn values_go_to_a_terminal_only_on_request() {
        assert!(super::may_reveal(true, false).is_err());
        assert!(super::may_reveal(true, true).is_ok());
        assert!(super::may_reveal(false, false).is_ok());
    }
}
