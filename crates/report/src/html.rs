//! The report of a case: one file that opens offline, runs nothing and prints well.

use crate::verdicts::{ExposureBlock, LogsBlock, SIGNALS, SignalRow, Verdicts};
use crate::{CaseView, timeline, words};
use aftermail_model::{Finding, Link, LinkTarget, Message, Occurrence};
use askama::Template;
use std::collections::BTreeMap;

/// Places shown per secret; the rest is counted.
const PLACES: usize = 50;
/// Secrets that are shown with their places; beyond, they stand in the table only.
const DETAILED: usize = 2_000;
/// Gaps listed in the report.
const GAPS: usize = 200;

#[derive(Template)]
#[template(path = "report.html")]
struct Report<'a> {
    view: &'a CaseView,
    secrets: Vec<Secret<'a>>,
    systems: Vec<SystemRow>,
    ignored: Vec<String>,
    gap_rows: Vec<GapRow>,
    gaps_listed: Vec<Listed>,
    gaps_more: String,
    logs: LogsBlock,
    exposure: ExposureBlock,
    exposure_sentence: String,
    signals: Vec<SignalRow>,
    signals_more: String,
    timeline: String,
    files: String,
    messages: String,
    /// In words, where there are any.
    copies: String,
    parts: String,
    bytes: String,
    findings: String,
    occurrences: String,
    unread: String,
    unread_bytes: String,
    decided: String,
    urgent: String,
}

struct Secret<'a> {
    f: &'a Finding,
    kind: String,
    status: String,
    confidence: String,
    first: String,
    last: String,
    expires: String,
    system: &'a str,
    account: &'a str,
    because: String,
    owners: String,
    used: String,
    reset: String,
    places: Vec<Place>,
    more: String,
}

struct Place {
    sent: String,
    from: String,
    to: String,
    subject: String,
    place: String,
    source: String,
    message_id: String,
}

struct SystemRow {
    name: String,
    secrets: usize,
    accounts: String,
    priority: u8,
}

struct GapRow {
    reason: &'static str,
    number: String,
    bytes: String,
    advice: &'static str,
}

struct Listed {
    id: String,
    source: String,
    place: String,
    reason: &'static str,
    detail: String,
    bytes: String,
    state: String,
}

/// The report as HTML. Nothing in it comes from elsewhere, and every text of the mail is escaped.
pub fn html(view: &CaseView) -> String {
    let names: BTreeMap<&str, &str> = view.evidence.iter().map(|e| (e.id.as_str(), e.path.as_str())).collect();
    let mut places: BTreeMap<&str, Vec<&(Occurrence, Message)>> = BTreeMap::new();
    for pair in &view.occurrences {
        places.entry(pair.0.finding.as_str()).or_default().push(pair);
    }
    let mut owners: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for link in view.links.iter().filter(|l| l.target == LinkTarget::Owner) {
        owners.entry(link.finding.as_str()).or_default().push(link.name.as_str());
    }
    let named = |id: &str| names.get(id).copied().unwrap_or(id).to_owned();
    let secrets = view
        .findings
        .iter()
        .filter(|f| f.ignored.is_none())
        .enumerate()
        .map(|(n, f)| {
            let all = places.get(f.id.as_str()).map_or(&[][..], |p| p);
            secret(
                f,
                (&view.verdicts, owners.get(f.id.as_str()).map_or(&[], |o| o)),
                if n < DETAILED { all } else { &[] },
                all.len(),
                &named,
            )
        })
        .collect();
    let o = &view.overview;
    let report = Report {
        view,
        secrets,
        systems: systems(&view.findings, &view.links),
        ignored: view.findings.iter().filter_map(|f| Some((f, f.ignored.as_deref()?))).map(ignored).collect(),
        gap_rows: o
            .gaps
            .iter()
            .map(|(r, n, b)| GapRow { reason: r.as_str(), number: words::count(*n), bytes: words::bytes(*b), advice: r.advice() })
            .collect(),
        gaps_listed: view
            .gaps
            .iter()
            .take(GAPS)
            .map(|g| Listed {
                id: g.id(),
                state: view.decisions.get(&g.id()).map_or("open".to_owned(), aftermail_model::Decision::words),
                source: format!("{} @ {}", named(&g.at.evidence), g.at.offset),
                place: g.place.clone(),
                reason: g.reason.as_str(),
                detail: g.detail.clone(),
                bytes: words::bytes(g.bytes),
            })
            .collect(),
        gaps_more: view.gaps.len().checked_sub(GAPS).filter(|n| *n > 0).map(|n| words::count(n as u64)).unwrap_or_default(),
        logs: view.verdicts.logs_block(),
        exposure: view.verdicts.exposure_block(),
        exposure_sentence: view.verdicts.exposure_sentence(o.messages),
        signals: view.verdicts.signal_rows(),
        signals_more: view
            .verdicts
            .signals
            .len()
            .checked_sub(SIGNALS)
            .filter(|n| *n > 0)
            .map(|n| words::count(n as u64))
            .unwrap_or_default(),
        timeline: timeline::svg(&view.days),
        files: words::of(o.files, "file"),
        messages: words::count(o.messages),
        copies: if o.copies > 0 { format!(", {} of them copies", words::count(o.copies)) } else { String::new() },
        parts: words::count(o.parts),
        bytes: words::bytes(o.bytes),
        findings: words::count(o.findings),
        occurrences: words::count(o.occurrences),
        unread: words::count(o.gap_count()),
        unread_bytes: words::bytes(o.gap_bytes()),
        decided: decided(view),
        urgent: words::count(view.findings.iter().filter(|f| f.priority == 1).count() as u64),
    };
    report.render().unwrap_or_else(|e| format!("<!doctype html><title>aftermail</title><p>The report could not be drawn: {e}</p>"))
}

fn secret<'a>(
    f: &'a Finding,
    (verdicts, owners): (&Verdicts, &[&str]),
    shown: &[&(Occurrence, Message)],
    all: usize,
    named: &dyn Fn(&str) -> String,
) -> Secret<'a> {
    let date = |t: Option<aftermail_model::Timestamp>| t.map_or("no date".to_owned(), |t| t.date());
    let place = |(o, m): &(Occurrence, Message)| Place {
        sent: date(m.sent),
        from: m.from.clone().unwrap_or_default(),
        to: m.to.iter().take(5).cloned().collect::<Vec<_>>().join(", "),
        subject: m.subject.clone().unwrap_or_else(|| "(no subject)".into()),
        place: o.place.clone(),
        source: format!("{} @ {}", named(&o.at.evidence), o.at.offset),
        message_id: m.message_id.clone().unwrap_or_default(),
    };
    let mut shown: Vec<_> = shown.to_vec();
    shown.sort_by_key(|(o, m)| (m.sent, o.at.clone()));
    let rest = all.saturating_sub(shown.len().min(PLACES));
    Secret {
        f,
        kind: f.kind.as_str().replace('_', " "),
        status: f.status.as_str().replace('_', " "),
        confidence: format!("{:.2} {}", f.confidence, words::confidence(f.confidence)),
        first: date(f.first_sent),
        last: date(f.last_sent),
        expires: f.expires.map(|t| t.date()).unwrap_or_default(),
        system: f.system.as_deref().unwrap_or("not named"),
        account: f.account.as_deref().unwrap_or("not named"),
        because: f.because.join("; "),
        owners: owners.join(", or "),
        used: verdicts.used(&f.id),
        reset: verdicts.reset(&f.id),
        places: shown.into_iter().take(PLACES).map(place).collect(),
        more: if rest > 0 { words::count(rest as u64) } else { String::new() },
    }
}

fn ignored((f, why): (&Finding, &str)) -> String {
    format!("{} {} {}: {why}", f.id.short(), f.kind.as_str().replace('_', " "), f.shape)
}

/// What is to be reset where: systems by the priority of their worst secret.
fn systems(findings: &[Finding], links: &[Link]) -> Vec<SystemRow> {
    let by_id: BTreeMap<_, _> = findings.iter().map(|f| (f.id.as_str(), f)).collect();
    let mut rows: BTreeMap<&str, (Vec<&Finding>, Vec<&str>)> = BTreeMap::new();
    for link in links.iter().filter(|l| l.target == LinkTarget::System) {
        if let Some(f) = by_id.get(link.finding.as_str()) {
            let row = rows.entry(link.name.as_str()).or_default();
            row.0.push(f);
            row.1.extend(f.account.as_deref());
        }
    }
    let mut rows: Vec<SystemRow> = rows
        .into_iter()
        .map(|(name, (secrets, mut accounts))| {
            accounts.sort_unstable();
            accounts.dedup();
            SystemRow {
                name: name.to_owned(),
                secrets: secrets.len(),
                accounts: accounts.join(", "),
                priority: secrets.iter().map(|f| f.priority).min().unwrap_or(4),
            }
        })
        .collect();
    rows.sort_by(|a, b| a.priority.cmp(&b.priority).then(b.secrets.cmp(&a.secrets)).then(a.name.cmp(&b.name)));
    rows
}

/// How far the gaps are worked off.
fn decided(view: &CaseView) -> String {
    let states = || view.gaps.iter().map(|g| view.decisions.get(&g.id()));
    let accepted = states().flatten().filter(|d| d.accepted.is_some()).count() as u64;
    let assigned = states().flatten().filter(|d| d.accepted.is_none() && d.owner.is_some()).count() as u64;
    let open = view.gaps.len() as u64 - accepted - assigned;
    format!("{} open, {} assigned, {} accepted", words::count(open), words::count(assigned), words::count(accepted))
}
