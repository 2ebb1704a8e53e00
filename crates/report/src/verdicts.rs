//! What the report says of the logs: coverage, exposure, signals, and of each secret whether it was used and is dead.

use crate::logs::{LogView, Run, exposure_meaning, runs};
use crate::words;
use aftermail_model::{Cover, Coverage, Exposed, Exposure, FindingId, Locator, Proof, Signal, Timestamp, Usage, UsageVerdict};
use std::collections::BTreeSet;

/// Signals shown; the rest is counted.
pub(crate) const SIGNALS: usize = 200;

/// What logs say of a case, as the report needs it.
#[derive(Debug, Clone, Default)]
pub struct Verdicts {
    /// The logs themselves.
    pub logs: LogView,
    /// Ways in which messages were taken.
    pub exposures: Vec<Exposure>,
    /// Listed, and not held.
    pub missing: Vec<String>,
    /// Listed, and probably held.
    pub probable: Vec<String>,
    /// What detectors saw.
    pub signals: Vec<Signal>,
    /// Use by secret.
    pub usage: Vec<Usage>,
    /// Proof by secret.
    pub proofs: Vec<Proof>,
}

/// Sentences under a title.
pub(crate) struct Titled {
    pub title: &'static str,
    pub sentences: Vec<String>,
}

pub(crate) struct LogsBlock {
    pub lists: Vec<Titled>,
    pub open: Vec<String>,
    pub runs: Vec<RunRow>,
    pub files: Vec<FileRow>,
}

pub(crate) struct RunRow {
    pub source: String,
    pub days: String,
    pub cover: &'static str,
    pub covered: bool,
    pub events: String,
    pub because: String,
}

pub(crate) struct FileRow {
    pub name: String,
    pub sources: String,
    pub span: String,
    pub events: String,
    pub duplicates: String,
    pub rejects: String,
}

pub(crate) struct ExposureBlock {
    pub rows: Vec<ExposureRow>,
    pub lists: Vec<Titled>,
}

pub(crate) struct ExposureRow {
    pub messages: String,
    pub meaning: &'static str,
}

pub(crate) struct SignalRow {
    pub first: String,
    pub last: String,
    pub exposed: bool,
    pub title: String,
    pub detector: String,
    pub techniques: String,
    pub actor: String,
    pub addresses: String,
    pub because: String,
    pub concerns: String,
    pub events: String,
}

impl Verdicts {
    pub(crate) fn logs_block(&self) -> LogsBlock {
        let view = &self.logs;
        let titled = |title, sentences: &[String]| Titled { title, sentences: sentences.to_vec() };
        let whole: Vec<Coverage> = view.coverage.iter().filter(|c| c.subject.is_none()).cloned().collect();
        let rejects = view.rejects.iter().map(|(why, number)| format!("{}: each {why}", words::of(*number, "record")));
        LogsBlock {
            lists: vec![
                titled("What can still be proved", &view.provable),
                titled("What to export this week, before it is gone", &view.to_export),
                titled("What to export after that", &view.to_export_later),
                titled("What nobody can say", &view.cannot_say),
                titled("By what the intruder is known", &view.intruder),
                titled("Of lists, rules and settings", &view.unused),
                titled("What of the logs was not read", &rejects.collect::<Vec<_>>()),
            ],
            open: view.open.iter().map(crate::logs::opened).collect(),
            runs: runs(&whole).iter().map(run_row).collect(),
            files: view
                .files
                .iter()
                .map(|(name, file)| FileRow {
                    name: name.clone(),
                    sources: file.sources.join(", ").replace('_', " "),
                    span: match (file.first, file.last) {
                        (Some(first), Some(last)) => format!("{} – {}", first.date(), last.date()),
                        _ => "no time".into(),
                    },
                    events: words::count(file.events),
                    duplicates: words::count(file.duplicates),
                    rejects: words::count(file.rejects),
                })
                .collect(),
        }
    }

    pub(crate) fn exposure_block(&self) -> ExposureBlock {
        let row = |exposed| {
            let these: BTreeSet<&Locator> = self.exposures.iter().filter(|e| e.exposed == exposed).map(|e| &e.at).collect();
            (!these.is_empty()).then(|| ExposureRow { messages: words::count(these.len() as u64), meaning: exposure_meaning(exposed) })
        };
        ExposureBlock {
            rows: Exposed::ALL.into_iter().filter_map(row).collect(),
            lists: vec![
                Titled { title: "Listed, and not held: ask for them", sentences: self.missing.clone() },
                Titled { title: "Listed, and probably held: confirm", sentences: self.probable.clone() },
            ],
        }
    }

    /// One sentence for the head of the report.
    pub(crate) fn exposure_sentence(&self, messages: u64) -> String {
        if self.exposures.is_empty() {
            return format!("Which of these messages the thieves read is not known: all {} are ASSUMED taken.", words::count(messages));
        }
        let taken: BTreeSet<&Locator> = self.exposures.iter().filter(|e| e.exposed.counts_as_taken()).map(|e| &e.at).collect();
        format!(
            "{} of {} messages count as taken; see below by what that is known, and what is assumed.",
            words::count(taken.len() as u64),
            words::count(messages)
        )
    }

    pub(crate) fn signal_rows(&self) -> Vec<SignalRow> {
        self.signals.iter().take(SIGNALS).map(signal_row).collect()
    }

    /// How a secret was used since, in a few words; empty where nothing was looked at.
    pub(crate) fn used(&self, finding: &FindingId) -> String {
        let worst = self.usage.iter().filter(|u| u.finding == *finding).min_by_key(|u| u.verdict);
        worst.map_or(String::new(), |u| {
            let word = match u.verdict {
                UsageVerdict::UsedAnew => "used in a new way",
                UsageVerdict::UsedAsBefore => "used as before",
                UsageVerdict::NotSeen => "not used",
                UsageVerdict::Unknown => "use not known",
            };
            let by = if u.exact || u.joined_by.is_empty() { "" } else { " (its account)" };
            if u.after > 0 { format!("{word}{by}: {} since", words::count(u.after)) } else { format!("{word}{by}") }
        })
    }

    /// Whether its reset is proved, in a few words.
    pub(crate) fn reset(&self, finding: &FindingId) -> String {
        self.proofs.iter().find(|p| p.finding == *finding).map_or(String::new(), |p| {
            let when = p.reset.map_or(String::new(), |t| format!(" {}", t.date()));
            format!("reset: {}{when}", p.verdict.as_str().replace('_', " "))
        })
    }
}

fn run_row(run: &Run<'_>) -> RunRow {
    RunRow {
        source: run.first.source.as_str().replace('_', " "),
        days: if run.first.day == run.last { run.last.date() } else { format!("{} – {}", run.first.day.date(), run.last.date()) },
        cover: run.first.cover.as_str(),
        covered: run.first.cover == Cover::Covered,
        events: words::count(run.events),
        because: run.first.because.clone(),
    }
}

fn signal_row(s: &Signal) -> SignalRow {
    let time = |t: Option<Timestamp>| t.map_or("no time".to_owned(), |t| t.to_string().replace('T', " "));
    let some = |names: &[String]| {
        let more = if names.len() > 5 { format!(" and {} more", names.len() - 5) } else { String::new() };
        names[..names.len().min(5)].join(", ") + &more
    };
    SignalRow {
        first: time(s.first),
        last: time(s.last),
        exposed: s.exposed_account,
        title: s.title.clone(),
        detector: s.detector.clone(),
        techniques: s.techniques.join(" "),
        actor: s.actor.clone().unwrap_or_else(|| "nobody named".into()),
        addresses: some(&s.addresses),
        because: s.because.clone(),
        concerns: if s.subjects.is_empty() { "concerns nobody named".into() } else { format!("concerns {}", some(&s.subjects)) },
        events: words::of(s.rests_on.len() as u64, "event"),
    }
}
