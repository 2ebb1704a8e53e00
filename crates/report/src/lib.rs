//! Views in, documents out: terminal text, JSON lines, CSV, SARIF and the HTML report. Pure: strings come back, nothing is
//! written. Values are never part of a view, save where a caller hands one over by name.

mod csv;
mod html;
mod lines;
mod logs;
mod sarif;
mod summary;
mod terminal;
mod timeline;
mod verdicts;
mod words;

use aftermail_model::{Decision, Finding, Gap, Link, Message, Occurrence, Reason};

use std::collections::BTreeMap;

pub use csv::{CSV_HEADER, csv_row};
pub use html::html;
pub use lines::{gap_line, json_line};
pub use logs::{LogView, exposure_overview, logs_head, logs_overview, proof_list, signals_list};
pub use sarif::sarif;
pub use summary::summary;
pub use terminal::{Style, findings_table, gaps_list, overview, rows};
pub use verdicts::Verdicts;
pub use words::{bytes, confidence, count};

/// What was read and what was not, in numbers. The top of every output.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Overview {
    /// Files of evidence.
    pub files: u64,
    /// Messages.
    pub messages: u64,
    /// Of these, messages that are the same as another one.
    pub copies: u64,
    /// Outlook stores by kind.
    pub stores: Vec<(String, u64)>,
    /// Parts.
    pub parts: u64,
    /// Bytes of evidence.
    pub bytes: u64,
    /// Places where secrets stand.
    pub occurrences: u64,
    /// Distinct secrets.
    pub findings: u64,
    /// Places where personal data stand; none where they were not looked for.
    pub personal: u64,
    /// What was not read: reason, number, bytes.
    pub gaps: Vec<(Reason, u64, u64)>,
    /// Parts that were not searched again because they were known.
    pub repeated_parts: u64,
    /// Wall time.
    pub seconds: f64,
    /// What the kernel enforced on the workers, in words.
    pub sandbox: String,
    /// Whether the work was stopped before its end.
    pub interrupted: bool,
}

impl Overview {
    /// Number of things that were not read.
    pub fn gap_count(&self) -> u64 {
        self.gaps.iter().map(|(_, n, _)| n).sum()
    }

    /// Bytes of them.
    pub fn gap_bytes(&self) -> u64 {
        self.gaps.iter().map(|(.., b)| b).sum()
    }
}

/// A file of evidence as the manifest has it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EvidenceRow {
    /// Id in locators.
    pub id: String,
    /// Path below the case.
    pub path: String,
    /// 64 hex digits.
    pub sha256: String,
    /// Size in bytes.
    pub size: u64,
    /// When it was taken in, RFC 3339 UTC.
    pub taken_in: String,
    /// Who took it in.
    pub operator: String,
}

/// Everything that the report of a case shows.
#[derive(Debug, Clone, Default)]
pub struct CaseView {
    /// Name of the case.
    pub name: String,
    /// When the view was taken, RFC 3339 UTC.
    pub as_of: String,
    /// Version of the program.
    pub version: String,
    /// Numbers.
    pub overview: Overview,
    /// Findings by priority.
    pub findings: Vec<Finding>,
    /// Links by finding.
    pub links: Vec<Link>,
    /// Occurrences with their messages.
    pub occurrences: Vec<(Occurrence, Message)>,
    /// What was not read.
    pub gaps: Vec<Gap>,
    /// What people decided about gaps, by their ids.
    pub decisions: BTreeMap<String, Decision>,
    /// Evidence.
    pub evidence: Vec<EvidenceRow>,
    /// What the logs say.
    pub verdicts: Verdicts,
    /// Messages by day: seconds since 1970 of the day's start, all, those with a secret.
    pub days: Vec<(i64, u64, u64)>,
}
