//! What logs say, for a terminal or a pipe.

use crate::{Style, words};
use aftermail_model::{
    Cover, Coverage, Exposed, Exposure, Finding, LogFile, OpenPeriod, Proof, ProofVerdict, Signal, Timestamp, Usage, UsageVerdict,
};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Mailboxes and accounts shown.
const SUBJECTS: usize = 25;

/// What is known of the logs of a case.
#[derive(Debug, Clone, Default)]
pub struct LogView {
    /// Exports with their names.
    pub files: Vec<(String, LogFile)>,
    /// Why records are no events, and how many.
    pub rejects: BTreeMap<String, u64>,
    /// What the logs of each day are worth.
    pub coverage: Vec<Coverage>,
    /// What can still be proved, in sentences.
    pub provable: Vec<String>,
    /// What must be exported within a week, before a part of it is gone, in sentences.
    pub to_export: Vec<String>,
    /// What must be exported, too, and is not gone within a week.
    pub to_export_later: Vec<String>,
    /// By what the intruder is known, in sentences.
    pub intruder: Vec<String>,
    /// What a person must know of the reading of lists, rules and settings, in sentences.
    pub unused: Vec<String>,
    /// When mail was served to whoever asked.
    pub open: Vec<OpenPeriod>,
    /// What detectors could not look at, in sentences.
    pub cannot_say: Vec<String>,
}

const EXPORT_NOW: &str = "What to export this week, before it is gone:";
const EXPORT_LATER: &str = "What to export after that:";

/// First what can still be proved, then what was handed over and what of it was not read.
pub fn logs_overview(view: &LogView, style: Style) -> String {
    let mut out = String::new();
    if view.coverage.is_empty() {
        out += "No log was handed over: nothing can be said of reading, of use or of resets.\n";
    }
    for (title, sentences) in [
        ("What can still be proved:", &view.provable),
        (EXPORT_NOW, &view.to_export),
        (EXPORT_LATER, &view.to_export_later),
        ("What nobody can say:", &view.cannot_say),
        ("By what the intruder is known:", &view.intruder),
        ("Of lists, rules and settings:", &view.unused),
    ] {
        if !sentences.is_empty() {
            out += &(style.paint("1", title) + "\n");
            sentences.iter().for_each(|sentence| out += &format!("  {sentence}\n"));
            out += "\n";
        }
    }
    let (whole, of_subjects): (Vec<Coverage>, Vec<Coverage>) = view.coverage.iter().cloned().partition(|c| c.subject.is_none());
    if !whole.is_empty() {
        out += &(style.paint("1", "What the logs cover:") + "\n");
    }
    runs(&whole).iter().for_each(|run| out += &line_of(run, style));
    out += &subjects_list(&of_subjects, style);
    for period in &view.open {
        let _ = writeln!(out, "{} {}", style.paint("1;31", "OPEN WITHOUT A PASSWORD:"), opened(period));
    }
    out + &files_list(view, style)
}

/// What a run says of the logs first: what can still be proved, what must be exported, and how much of them was not read. Empty
/// where none was handed over.
pub fn logs_head(view: &LogView, style: Style) -> String {
    if view.files.is_empty() {
        return String::new();
    }
    let sum = |of: fn(&LogFile) -> u64| view.files.iter().map(|(_, file)| of(file)).sum::<u64>();
    let rejects = sum(|f| f.rejects);
    let unread = match rejects {
        0 => "nothing of them was left unread".to_owned(),
        n => style.paint("1;33", &format!("{} not read", words::of(n, "record"))) + " (\"aftermail logs\" says why)",
    };
    let files = words::of(view.files.len() as u64, "export");
    let mut out = format!(
        "Logs: {} in {files}, {} of them repeated, {unread}\n",
        words::of(sum(|f| f.events), "event"),
        words::count(sum(|f| f.duplicates))
    );
    for (title, sentences) in
        [("What can still be proved:", &view.provable), (EXPORT_NOW, &view.to_export), (EXPORT_LATER, &view.to_export_later)]
    {
        if !sentences.is_empty() {
            out += &(style.paint("1", title) + "\n");
            sentences.iter().for_each(|sentence| out += &format!("  {sentence}\n"));
        }
    }
    for period in &view.open {
        let _ = writeln!(out, "{} {}", style.paint("1;31", "OPEN WITHOUT A PASSWORD:"), opened(period));
    }
    out + "\n"
}

/// When mail was served to whoever asked, in words.
pub(crate) fn opened(period: &OpenPeriod) -> String {
    let host = period.host.as_deref().unwrap_or("a host");
    let time = |t: Option<Timestamp>| t.map_or("a time that is not known".to_owned(), |t| t.to_string());
    format!("{host} served {} from {} until {}: {}", period.service, time(period.from), time(period.until), period.because)
}

/// Mailboxes and accounts of which something else is known than of their log: a line each, with its days by their worth.
fn subjects_list(coverage: &[Coverage], style: Style) -> String {
    let mut days: BTreeMap<(&str, &str), BTreeMap<Cover, u64>> = BTreeMap::new();
    for day in coverage {
        let key = (day.source.as_str(), day.subject.as_deref().unwrap_or_default());
        *days.entry(key).or_default().entry(day.cover).or_default() += 1;
    }
    let mut out = String::new();
    for ((source, subject), covers) in days.iter().take(SUBJECTS) {
        let each: Vec<String> = covers.iter().map(|(cover, n)| format!("{} {}", words::of(*n, "day"), cover.as_str())).collect();
        let _ = writeln!(out, "  {} {subject}: {}", source.replace('_', " "), each.join(", "));
    }
    if days.len() > SUBJECTS {
        let _ = writeln!(out, "  {}", style.paint("2", &format!("… and {} more in the table coverage", days.len() - SUBJECTS)));
    }
    out
}

fn files_list(view: &LogView, style: Style) -> String {
    let mut out = format!("\n{}\n", style.paint("1", "Exports:"));
    for (name, file) in &view.files {
        let span = match (file.first, file.last) {
            (Some(first), Some(last)) => format!("{} to {}", first.date(), last.date()),
            _ => "no time".into(),
        };
        let extra = |n: u64, what: &str| if n > 0 { format!(", {} {what}", words::count(n)) } else { String::new() };
        let _ = writeln!(
            out,
            "  {name}: {}{}{}{} ({}; {span})",
            words::of(file.events, "event"),
            extra(file.duplicates, "repeated elsewhere"),
            extra(file.undated, "without a time"),
            extra(file.rejects, "not read"),
            if file.sources.is_empty() { "no known log".into() } else { file.sources.join(", ") },
        );
    }
    for (why, number) in &view.rejects {
        let _ = writeln!(out, "  {} {}: each {why}", style.paint("1;33", "not read:"), words::of(*number, "record"));
    }
    if !view.rejects.is_empty() {
        out += "  each of them, with its place: aftermail sql CASE \"select * from rejects\"\n";
    }
    out
}

/// Days in a row that are worth the same.
pub(crate) struct Run<'a> {
    pub first: &'a Coverage,
    pub last: Timestamp,
    pub events: u64,
}

pub(crate) fn runs(coverage: &[Coverage]) -> Vec<Run<'_>> {
    let mut runs: Vec<Run<'_>> = Vec::new();
    let mut sorted: Vec<&Coverage> = coverage.iter().collect();
    sorted.sort_by(|a, b| (a.source, &a.subject, a.day).cmp(&(b.source, &b.subject, b.day)));
    for day in sorted {
        match runs.last_mut() {
            Some(run)
                if (run.first.source, &run.first.subject, run.first.cover) == (day.source, &day.subject, day.cover)
                    && day.day.0 - run.last.0 <= DAY =>
            {
                run.last = day.day;
                run.events += day.events;
            }
            _ => runs.push(Run { first: day, last: day.day, events: day.events }),
        }
    }
    runs
}

fn line_of(run: &Run<'_>, style: Style) -> String {
    let subject = run.first.subject.as_deref().map_or(String::new(), |s| format!(" {s}"));
    let days = (run.last.0 - run.first.day.0) / DAY + 1;
    let span = if days == 1 { run.first.day.date() } else { format!("{} to {}", run.first.day.date(), run.last.date()) };
    let cover = run.first.cover;
    let word = format!("{:<10}", cover.as_str());
    let word = if cover == Cover::Covered { word } else { style.paint("1;33", &word) };
    let source = run.first.source.as_str().replace('_', " ");
    format!(
        "  {word} {source}{subject}: {span} ({}, {}); {}\n",
        words::of(days.unsigned_abs(), "day"),
        words::of(run.events, "event"),
        run.first.because
    )
}

/// Signals, one block each.
pub fn signals_list(signals: &[Signal], cannot_say: &[String], style: Style) -> String {
    let mut out = String::new();
    if signals.is_empty() {
        out += "No detector saw anything. \"aftermail logs\" tells what they could look at.\n";
    }
    for s in signals {
        let mark = if s.exposed_account { style.paint("1;31", "exposed account  ") } else { String::new() };
        let time = |t: Option<Timestamp>| t.map_or("no time".to_owned(), |t| t.to_string());
        let _ = writeln!(out, "{mark}{}  {} [{}]", style.paint("1", &s.title), s.detector, s.techniques.join(", "));
        let _ = writeln!(out, "    {} to {}, by {}", time(s.first), time(s.last), s.actor.as_deref().unwrap_or("nobody named"));
        for (what, names) in [("concerns", &s.subjects), ("from", &s.addresses), ("through", &s.apps)] {
            if !names.is_empty() {
                let more = if names.len() > 5 { format!(" and {} more", names.len() - 5) } else { String::new() };
                let _ = writeln!(out, "    {what} {}{more}", names[..names.len().min(5)].join(", "));
            }
        }
        let _ = writeln!(out, "    because {}\n    rests on {}", s.because, words::of(s.rests_on.len() as u64, "event"));
    }
    cannot_say.iter().for_each(|sentence| out += &format!("{} {sentence}\n", style.paint("1;33", "cannot say:")));
    out + &format!("\n{}\n", words::of(signals.len() as u64, "signal"))
}

/// How many messages count as taken, and by what.
pub fn exposure_overview(exposures: &[Exposure], messages: u64, missing: &[String], probable: &[String], style: Style) -> String {
    let mut out = style.paint("1", "Exposure of the messages held:\n");
    for exposed in Exposed::ALL {
        let these: std::collections::BTreeSet<_> = exposures.iter().filter(|e| e.exposed == exposed).map(|e| &e.at).collect();
        if !these.is_empty() {
            let _ = writeln!(out, "  {:>8}  {:<20} {}", words::count(these.len() as u64), exposed.as_str(), exposure_meaning(exposed));
        }
    }
    let taken: std::collections::BTreeSet<_> = exposures.iter().filter(|e| e.exposed.counts_as_taken()).map(|e| &e.at).collect();
    let _ = writeln!(
        out,
        "Of {}, {} as taken",
        words::of(messages, "message"),
        match taken.len() as u64 {
            0 => "none counts".to_owned(),
            1 => "1 counts".to_owned(),
            n => format!("{} count", words::count(n)),
        }
    );
    let confirm = "To be confirmed (--confirm LIST:ROW or --dismiss LIST:ROW, with --reason)";
    for (title, rows) in [("On a list, and not held", missing), (confirm, probable)] {
        if !rows.is_empty() {
            let _ = writeln!(out, "\n{}", style.paint("1;33", &format!("{title}: {}", words::of(rows.len() as u64, "message"))));
            rows.iter().for_each(|row| out += &format!("  {row}\n"));
        }
    }
    out
}

pub(crate) fn exposure_meaning(exposed: Exposed) -> &'static str {
    match exposed {
        Exposed::Listed => "the provider's list names it",
        Exposed::ListedProbable => "the provider's list very likely means it: confirm",
        Exposed::Read => "its mailbox recorded that the intruder read it",
        Exposed::AssumedSync => "ASSUMED: the intruder synchronised its folder",
        Exposed::AssumedUnrecorded => "ASSUMED: the intruder was in the mailbox while nothing was recorded",
        Exposed::ReadByUnknown => "it was read, and nothing tells by whom",
        Exposed::AssumedByRule => "ASSUMED: correspondence with a compromised account in the window",
        Exposed::NotReadCovered => "no record that it was read, and the logs cover it",
        Exposed::NotReadUncovered => "no record that it was read, and the logs do not cover it: nothing is proved",
    }
}

/// One block per secret: was it used, is it dead.
pub fn proof_list(findings: &[Finding], usage: &[Usage], proofs: &[Proof], style: Style) -> String {
    let mut out = String::new();
    for finding in findings {
        let proof = proofs.iter().find(|p| p.finding == finding.id);
        let uses: Vec<&Usage> = usage.iter().filter(|u| u.finding == finding.id).collect();
        let name = [finding.system.as_deref(), finding.account.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(", ");
        let head = format!("{}  {} {}  {name}", finding.id.short(), finding.kind.as_str().replace('_', " "), finding.shape);
        out += &(style.paint("1", head.trim_end()) + "\n");
        for u in uses {
            out += &used(u, style);
        }
        out += &proof.map_or("    reset: not looked at, since no log was handed over\n".to_owned(), |p| reset(p, style));
    }
    out + &verdicts(proofs)
}

fn used(u: &Usage, style: Style) -> String {
    if u.joined_by.is_empty() {
        return format!("    use: unknown, for no log can be asked: {}\n", u.missing.join("; "));
    }
    let word = u.verdict.as_str().replace('_', " ");
    let word = if u.verdict == UsageVerdict::UsedAnew { style.paint("1;31", &word) } else { word };
    let by = if u.exact { "exactly this secret" } else { "its account only, so another secret of it may have been used" };
    let mut out = format!("    use: {word} ({}; {by}); {} before, {} since, {} in a new way\n", u.joined_by, u.before, u.after, u.anew);
    u.because.iter().for_each(|b| out += &format!("      {b}\n"));
    u.missing.iter().for_each(|m| out += &format!("      missing: {m}\n"));
    out
}

fn reset(p: &Proof, style: Style) -> String {
    let word = p.verdict.as_str().replace('_', " ");
    let word = if p.verdict == ProofVerdict::Proven { word } else { style.paint("1;33", &word) };
    let when = p.reset.map_or(String::new(), |t| format!(" at {t}"));
    let open =
        p.open_seconds.map_or(String::new(), |s| format!("; open for {} h, {} within", s / 3600, words::of(p.uses_while_open, "use")));
    let mut out = format!("    reset: {word}{when}{open}\n");
    p.because.iter().for_each(|b| out += &format!("      {b}\n"));
    p.missing.iter().for_each(|m| out += &format!("      missing: {m}\n"));
    out
}

fn verdicts(proofs: &[Proof]) -> String {
    let each = ProofVerdict::ALL.into_iter().filter_map(|verdict| {
        let number = proofs.iter().filter(|p| p.verdict == verdict).count();
        (number > 0).then(|| format!("{number} {}", verdict.as_str().replace('_', " ")))
    });
    let each: Vec<String> = each.collect();
    if each.is_empty() { String::new() } else { format!("\nResets: {}\n", each.join(", ")) }
}
