//! Wall time, processor time and memory of aftermail over files, and of Kingfisher over the same, in turns.

use anyhow::{Context, Result};
use clap::Args as ClapArgs;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use wait4::Wait4;

/// What to measure.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Files to scan, one after the other
    #[arg(required = true)]
    files: Vec<PathBuf>,
    /// Rounds; each runs every program once
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// The Kingfisher to compare with, where it is wanted
    #[arg(long, value_name = "FILE")]
    kingfisher: Option<PathBuf>,
    /// The aftermail to run; the one beside this program unless given
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
}

/// One run of a program with all of its processes.
#[derive(Debug, Clone, Copy)]
pub struct Run {
    /// From start to end.
    pub wall: Duration,
    /// Of all threads.
    pub cpu: Duration,
    /// Peak of the largest process; bytes.
    pub largest: u64,
    /// Sum of the peaks of all processes; bytes.
    pub together: u64,
}

/// How often the memory of processes is looked at.
const EVERY: Duration = Duration::from_millis(10);

/// Runs the command.
///
/// # Errors
/// Where a program cannot be run.
pub fn run(args: &Args) -> Result<()> {
    let aftermail = crate::aftermail(args.bin.as_deref())?;
    println!(
        "{:<12} {:>9} {:>8} {:>8} {:>8} {:>8} {:>9} {:>9}",
        "program", "file MB", "best s", "median s", "cpu s", "MB/s", "peak MB", "all MB"
    );
    for file in &args.files {
        let size = std::fs::metadata(file).with_context(|| format!("{} cannot be read", file.display()))?.len();
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..args.rounds {
            let mut command = Command::new(&aftermail);
            ours.push(measured(command.arg("scan").arg(file).args(["--json", "--quiet"]), Stdio::null())?);
            if let Some(kingfisher) = &args.kingfisher {
                let mut command = Command::new(kingfisher);
                theirs.push(measured(
                    command.arg("scan").arg(file).args(["-c", "low", "--no-validate", "--no-update-check"]),
                    Stdio::null(),
                )?);
            }
        }
        for (name, runs) in [("aftermail", &mut ours), ("kingfisher", &mut theirs)] {
            print(name, size, runs);
        }
    }
    Ok(())
}

fn print(name: &str, size: u64, runs: &mut [Run]) {
    runs.sort_by_key(|r| r.wall);
    let (Some(best), Some(middle)) = (runs.first(), runs.get(runs.len() / 2)) else { return };
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    println!(
        "{name:<12} {:>9.0} {:>8.2} {:>8.2} {:>8.2} {:>8.0} {:>9.0} {:>9.0}",
        megabytes(size),
        best.wall.as_secs_f64(),
        middle.wall.as_secs_f64(),
        middle.cpu.as_secs_f64(),
        megabytes(size) / middle.wall.as_secs_f64(),
        megabytes(runs.iter().map(|r| r.largest).max().unwrap_or(0)),
        megabytes(runs.iter().map(|r| r.together).max().unwrap_or(0)),
    );
}

/// Runs a program to its end.
///
/// # Errors
/// Where it cannot be started.
pub fn measured(command: &mut Command, stdout: Stdio) -> Result<Run> {
    let started = Instant::now();
    let mut child = command.stdout(stdout).stderr(Stdio::null()).spawn().with_context(|| format!("{command:?} cannot be run"))?;
    let ended = Arc::new(AtomicBool::new(false));
    let peaks = Arc::new(Mutex::new(HashMap::new()));
    let watch = {
        let (id, ended, peaks) = (child.id(), ended.clone(), peaks.clone());
        std::thread::spawn(move || {
            while !ended.load(Ordering::Relaxed) {
                note_peaks(id, &mut peaks.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
                std::thread::sleep(EVERY);
            }
        })
    };
    let used = child.wait4()?;
    let wall = started.elapsed();
    ended.store(true, Ordering::Relaxed);
    let _ = watch.join();
    let peaks: HashMap<u32, u64> = peaks.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
    let largest = peaks.values().copied().max().unwrap_or(0).max(used.rusage.maxrss);
    Ok(Run { wall, cpu: used.rusage.utime + used.rusage.stime, largest, together: peaks.values().sum::<u64>().max(largest) })
}

/// Peak resident memory of a process and of its children (proc(5), VmHWM).
fn note_peaks(id: u32, peaks: &mut HashMap<u32, u64>) {
    let root = PathBuf::from(format!("/proc/{id}"));
    let threads = std::fs::read_dir(root.join("task")).into_iter().flatten().filter_map(Result::ok);
    let children = threads.filter_map(|t| std::fs::read_to_string(t.path().join("children")).ok()).collect::<Vec<_>>().join(" ");
    for process in children.split_whitespace().filter_map(|c| c.parse().ok()).chain([id]) {
        if let Some(peak) = peak(&PathBuf::from(format!("/proc/{process}/status"))) {
            let known = peaks.entry(process).or_default();
            *known = (*known).max(peak);
        }
    }
}

pub fn peak(status: &Path) -> Option<u64> {
    let text = std::fs::read_to_string(status).ok()?;
    let kilobytes = text.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    kilobytes.trim().trim_end_matches("kB").trim().parse::<u64>().ok().map(|k| k * 1024)
}
