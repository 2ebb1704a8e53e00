//! How each program is run, and what it says.

use crate::score::text;
use crate::speed::{Run, measured};
use anyhow::{Context, Result};
use serde_json::Value;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A string that a program reports in a file.
#[derive(Debug)]
pub struct Report {
    /// The file, with its folder.
    pub file: PathBuf,
    /// The secret, or more than it.
    pub text: String,
}

/// A program.
pub struct Tool {
    /// As in the table.
    pub name: &'static str,
    /// The program file.
    pub bin: PathBuf,
    arguments: fn(&mut Command, &Path, &Path),
    read: fn(&str, &Path) -> Vec<Report>,
    /// Whether it writes to the standard output.
    prints: bool,
}

/// aftermail.
pub const AFTERMAIL: Tool = Tool {
    name: "aftermail",
    bin: PathBuf::new(),
    arguments: |c, dir, _| {
        c.arg("scan").arg(dir).args(["--json", "--reveal", "--quiet"]);
    },
    read: |out, dir| lines(out).iter().map(|row| report(dir, text(row, "evidence"), text(row, "value"))).collect(),
    prints: true,
};

/// Kingfisher, with all of its rules and none of its filters.
pub const KINGFISHER: Tool = Tool {
    name: "kingfisher",
    bin: PathBuf::new(),
    arguments: |c, dir, out| {
        c.arg("scan").arg(dir).args(["-q", "--no-validate", "--git-history", "none", "-c", "low", "--no-dedup", "--no-ignore"]);
        c.args(["--extraction-depth", "0", "--no-update-check", "-f", "jsonl", "-o"]).arg(out);
    },
    read: |out, dir| lines(out).iter().map(|row| &row["finding"]).map(|f| report(dir, text(f, "path"), text(f, "snippet"))).collect(),
    prints: false,
};

/// betterleaks.
pub const BETTERLEAKS: Tool = Tool {
    name: "betterleaks",
    bin: PathBuf::new(),
    arguments: |c, dir, out| {
        c.arg("auto").arg(dir).args(["--exit-code", "0", "--no-banner", "-s", "-o"]).arg(out);
    },
    read: |out, dir| {
        let all = whole(out);
        let findings = all["findings"].as_array().cloned().unwrap_or_default();
        findings.iter().map(|f| report(dir, text(&f["location"], "path"), text(&f["match"], "full"))).collect()
    },
    prints: false,
};

/// gitleaks.
pub const GITLEAKS: Tool = Tool {
    name: "gitleaks",
    bin: PathBuf::new(),
    arguments: |c, dir, out| {
        c.arg("dir")
            .arg(dir)
            .args(["--exit-code", "0", "--no-banner", "--max-archive-depth", "8", "--max-decode-depth", "5", "-f", "json", "-r"])
            .arg(out);
    },
    read: |out, dir| whole(out).as_array().into_iter().flatten().map(|f| report(dir, text(f, "File"), text(f, "Match"))).collect(),
    prints: false,
};

/// CredSweeper, in its mode for documents.
pub const CREDSWEEPER: Tool = Tool {
    name: "CredSweeper",
    bin: PathBuf::new(),
    arguments: |c, dir, out| {
        c.arg("--path")
            .arg(dir)
            .args(["--doc", "--depth", "8", "--no-stdout", "--pedantic", "-j", "2", "--log", "error", "--save-json"])
            .arg(out);
    },
    read: |out, dir| {
        let joined = |f: &Value| {
            let lines: Vec<&Value> = f["line_data_list"].as_array().into_iter().flatten().collect();
            let values: Vec<&str> = lines.iter().map(|l| text(l, "value")).collect();
            report(dir, lines.first().map(|l| text(l, "path")).unwrap_or_default(), &values.join("\n"))
        };
        whole(out).as_array().into_iter().flatten().map(joined).collect()
    },
    prints: false,
};

/// detect-secrets, which tells the line and not the secret: the whole line counts as reported.
pub const DETECT_SECRETS: Tool = Tool {
    name: "detect-secrets",
    bin: PathBuf::new(),
    arguments: |c, dir, _| {
        c.current_dir(dir).args(["scan", "--all-files", "."]);
    },
    read: |out, dir| {
        let all = whole(out);
        let files = all["results"].as_object().cloned().unwrap_or_default();
        files.values().filter_map(Value::as_array).flatten().map(|f| report_line(dir, f)).collect()
    },
    prints: true,
};

fn report_line(dir: &Path, finding: &Value) -> Report {
    let file = dir.join(text(finding, "filename"));
    let bytes = std::fs::read(&file).unwrap_or_default();
    let number = finding["line_number"].as_u64().unwrap_or(1) as usize;
    let line = String::from_utf8_lossy(&bytes).lines().nth(number.saturating_sub(1)).unwrap_or_default().to_owned();
    Report { file, text: line }
}

fn report(dir: &Path, file: &str, said: &str) -> Report {
    let path = Path::new(file);
    Report { file: if path.is_absolute() { path.to_owned() } else { dir.join(path) }, text: said.to_owned() }
}

fn lines(out: &str) -> Vec<Value> {
    out.lines().filter_map(|l| serde_json::from_str(l).ok()).collect()
}

fn whole(out: &str) -> Value {
    serde_json::from_str(out).unwrap_or_default()
}

impl Tool {
    /// The program at this place.
    pub fn at(self, bin: PathBuf) -> Tool {
        Tool { bin, ..self }
    }

    /// Runs the program over a folder.
    ///
    /// # Errors
    /// Where it cannot be run, or leaves no output that can be read.
    pub fn run(&self, dir: &Path) -> Result<(Run, Vec<Report>)> {
        let dir = &dir.canonicalize().with_context(|| format!("could not find {}", dir.display()))?;
        let place = tempfile::tempdir().context("no folder for the output")?;
        let out = place.path().join("out.json");
        let mut command = Command::new(self.bin.canonicalize().unwrap_or_else(|_| self.bin.clone()));
        (self.arguments)(&mut command, dir, &out);
        let stdout = if self.prints { File::create(&out)?.into() } else { std::process::Stdio::null() };
        let run = measured(&mut command, stdout)?;
        // A program that finds nothing may write nothing.
        let said = std::fs::read(&out).unwrap_or_default();
        Ok((run, (self.read)(&String::from_utf8_lossy(&said), dir)))
    }
}
