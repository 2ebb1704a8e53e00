//! `aftermail run`: the same as a scan, kept as a case.

use crate::args::Run;
use crate::exit::{Exit, Failure};
use crate::known;
use crate::logs;
use crate::scan;
use crate::talk::{self, Meter};
use aftermail_case::{Case, Role};
use aftermail_engine::tables;
use aftermail_model::Finding;
use aftermail_report::{CaseView, EvidenceRow, Overview, Style};
use std::time::Instant;

/// Findings printed on the terminal; the report has all.
const SHOWN: usize = 15;

/// Runs the command.
pub fn run(args: &Run) -> Result<Exit, Failure> {
    let Done { view, report } = work(args)?;
    talk::data(said(&view, talk::style(), &report).as_bytes())?;
    let unread = !view.verdicts.logs.rejects.is_empty();
    Ok(if unread { Exit::Gaps } else { scan::exit_of(&view.overview) })
}

/// What a run came to.
pub struct Done {
    /// Everything that the report shows.
    pub view: CaseView,
    /// Where the report lies.
    pub report: String,
}

/// Does what is new in a case and writes its report; says nothing of it.
pub fn work(args: &Run) -> Result<Done, Failure> {
    let started = Instant::now();
    let mut case =
        Case::open(&args.case).map_err(|e| Failure::from(e).hint("a case.toml needs a name and evidence = [\"mail/\"]; see the README"))?;
    let mut meter = Meter::new(args.reading.quiet);
    case.take_in(env!("CARGO_PKG_VERSION"), &mut |done, total| meter.hashing(done, total))?;
    let files = case.files(Role::Mail)?;
    let mut options = scan::options(case.key()?, case.rules()?, false, &args.reading)?;
    options.personal |= case.config().personal;
    options.directory = known::directory(&case)?;
    options.ignores = known::ignores(&case, aftermail_model::Timestamp::parse(&aftermail_case::now()).unwrap_or_default())?;
    let cancel = scan::cancel_on_ctrl_c();
    let totals = aftermail_engine::derive(&case.derived(), &files, &options, &cancel, &mut |p| meter.reading(p));
    let totals = totals?;
    if !cancel.stopped() {
        logs::take_in(&case, &options, &cancel, &mut meter)?;
    }
    meter.finish();
    let status = aftermail_engine::sandbox_status(&options);
    let overview = scan::overview(&totals, started.elapsed().as_secs_f64(), &status);
    let view = view(&case, overview.clone())?;
    let report = case.write_report(&aftermail_report::html(&view))?;
    case.record(&summary_line(&overview), "")?;
    scan::write_summary(args.summary.as_ref(), &overview)?;
    Ok(Done { view, report: report.display().to_string() })
}

fn summary_line(o: &Overview) -> String {
    let stopped = if o.interrupted { "stopped before the end; " } else { "" };
    format!("ran: {stopped}{} messages, {} secrets in {} places, {} gaps", o.messages, o.findings, o.occurrences, o.gap_count())
}

fn said(view: &CaseView, style: Style, report: &str) -> String {
    let mut text = aftermail_report::logs_head(&view.verdicts.logs, style) + &aftermail_report::overview(&view.overview, style);
    let (open, ignored): (Vec<Finding>, Vec<Finding>) = view.findings.iter().cloned().partition(|f| f.ignored.is_none());
    if !open.is_empty() {
        text += "\n";
        text += &aftermail_report::findings_table(&open[..open.len().min(SHOWN)], style);
        if open.len() > SHOWN {
            text += &format!("… and {} more in the report\n", open.len() - SHOWN);
        }
    }
    if !ignored.is_empty() {
        text += &format!("Ignored by rules of the case file: {} (the report says why)\n", ignored.len());
    }
    let next = [
        (!open.is_empty(), "\"aftermail explain CASE ID\" tells where a secret stands, by the id in brackets"),
        (view.overview.gap_count() > 0, "\"aftermail gaps CASE\" lists what was not read and what to do about it"),
        (!view.verdicts.logs.rejects.is_empty(), "\"aftermail logs CASE\" tells which records of logs were not read"),
    ];
    let next: Vec<&str> = next.into_iter().filter(|(holds, _)| *holds).map(|(_, what)| what).collect();
    if !next.is_empty() {
        text += &format!("\nWhat next: {}.\n", next.join("; "));
    }
    text + &format!("\nReport: {report}\n")
}

/// Everything that the report shows, from the tables.
pub fn view(case: &Case, overview: Overview) -> Result<CaseView, Failure> {
    let derived = case.derived();
    let evidence = case.manifest()?.into_iter().filter(|r| r.present).map(|r| EvidenceRow {
        id: r.id,
        path: r.path,
        sha256: if r.sha256.is_empty() { "could not be read".into() } else { r.sha256 },
        size: r.size,
        taken_in: r.taken_in_at,
        operator: r.operator,
    });
    Ok(CaseView {
        name: case.config().name.clone(),
        as_of: aftermail_case::now(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        overview,
        findings: tables::findings(&derived)?,
        links: tables::links(&derived)?,
        occurrences: tables::occurrences(&derived)?,
        gaps: tables::gaps(&derived)?,
        decisions: case.decisions()?,
        evidence: evidence.collect(),
        days: tables::messages_by_day(&derived)?,
        verdicts: logs::verdicts(case)?,
    })
}
