//! Text for a terminal or a pipe.

use crate::{Overview, words};
use aftermail_model::{Finding, Gap, Reason};

/// How to draw: colours only for a terminal, columns to its width.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// ANSI colours.
    pub colour: bool,
    /// Columns.
    pub width: usize,
}

impl Style {
    pub(crate) fn paint(self, code: &str, text: &str) -> String {
        if self.colour { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }
}

/// What was read and what was not.
pub fn overview(o: &Overview, style: Style) -> String {
    let speed = if o.seconds > 0.2 { format!(" in {:.1} s", o.seconds) } else { String::new() };
    let mut out = format!(
        "{} {} of {} in {}{speed}; {} searched\n",
        style.paint("1", "Read:"),
        words::of(o.messages, "message"),
        words::bytes(o.bytes),
        words::of(o.files, "file"),
        words::of(o.parts, "part"),
    );
    if o.copies > 0 {
        out += &format!(
            "{} {} the same as another one, in another folder, store or format\n",
            style.paint("1", "Copies:"),
            words::of(o.copies, "message")
        );
    }
    if !o.stores.is_empty() {
        let stores: Vec<String> = o.stores.iter().map(|(kind, number)| format!("{} {kind}", words::count(*number))).collect();
        let told =
            if stores.iter().any(|s| s.contains("password")) { " (a store's password locks nothing: it was read without)" } else { "" };
        out += &format!("{} {}{told}\n", style.paint("1", "Outlook stores:"), stores.join("; "));
    }
    if o.gaps.is_empty() {
        out += &format!("{} nothing\n", style.paint("1", "Not read:"));
    } else {
        out += &format!("{} {} ({})\n", style.paint("1;33", "Not read:"), words::of(o.gap_count(), "item"), words::bytes(o.gap_bytes()));
        for (reason, number, bytes) in &o.gaps {
            out += &format!("  {:<12} {:>8}  {:>10}\n", reason.as_str(), words::count(*number), words::bytes(*bytes));
        }
    }
    out += &format!("{} {} in {}\n", style.paint("1", "Found:"), words::of(o.findings, "secret"), words::of(o.occurrences, "place"));
    if o.personal > 0 {
        out += &format!("{} in {}\n", style.paint("1", "Personal data:"), words::of(o.personal, "place"));
    }
    if !o.sandbox.is_empty() {
        out += &format!("{} {}\n", style.paint("1", "Sandbox:"), o.sandbox);
    }
    if o.interrupted {
        out += &style.paint("1;33", "Stopped before the end: the numbers are those of what was read until then.\n");
    }
    out
}

/// One line per secret, and its reason below.
pub fn findings_table(findings: &[Finding], style: Style) -> String {
    let head = ["", "KIND", "SHAPE", "SYSTEM", "ACCOUNT", "FIRST SENT", "LAST SENT", "MSGS", "CONFIDENCE"].map(str::to_owned);
    let date = |t: Option<aftermail_model::Timestamp>| t.map_or("–".to_owned(), |t| t.date());
    let lines: Vec<[String; 9]> = findings
        .iter()
        .map(|f| {
            [
                format!("P{}", f.priority),
                f.kind.as_str().replace('_', " "),
                f.shape.clone(),
                f.system.clone().unwrap_or_else(|| "–".into()),
                f.account.clone().unwrap_or_else(|| "–".into()),
                date(f.first_sent),
                date(f.last_sent),
                words::count(f.messages),
                format!("{:.2} {}", f.confidence, words::confidence(f.confidence)),
            ]
        })
        .collect();
    let widths = widths(&head, &lines, style.width);
    let mut out = style.paint("1", laid(&head, &widths).trim_end()) + "\n";
    for (f, line) in findings.iter().zip(&lines) {
        let row = laid(line, &widths);
        out += if f.priority == 1 { style.paint("1;31", row.trim_end()) } else { row.trim_end().to_owned() }.as_str();
        let status = match f.status {
            aftermail_model::Status::Live => String::new(),
            other => format!("[{}] ", other.as_str().replace('_', " ")),
        };
        out += &format!("\n    {status}{}; {}  ({})\n", f.because.join("; "), f.priority_because, f.id.short());
    }
    out
}

fn widths<const N: usize>(head: &[String; N], lines: &[[String; N]], room: usize) -> [usize; N] {
    let mut widths = [0; N];
    for row in std::iter::once(head).chain(lines) {
        for (w, cell) in widths.iter_mut().zip(row) {
            *w = (*w).max(cell.chars().count()).min(44);
        }
    }
    // The widest column gives way until the line fits.
    while widths.iter().sum::<usize>() + 2 * N > room.max(60) {
        let Some(widest) = widths.iter_mut().max_by_key(|w| **w).filter(|w| **w > 12) else { break };
        *widest -= 1;
    }
    widths
}

fn laid<const N: usize>(cells: &[String; N], widths: &[usize; N]) -> String {
    cells.iter().zip(widths).map(|(cell, w)| format!("{}  ", fitted(cell, *w))).collect()
}

fn fitted(cell: &str, width: usize) -> String {
    let clean: String = cell.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if clean.chars().count() <= width {
        return format!("{clean:<width$}");
    }
    let head: String = clean.chars().take(width.saturating_sub(1)).collect();
    format!("{head}…")
}

/// Everything that was not read, each with its id and how far it is worked off, and what to do about it. `name` gives an
/// evidence its name, `state` a gap its state; an empty state is left out.
pub fn gaps_list(gaps: &[Gap], name: &dyn Fn(&str) -> String, state: &dyn Fn(&Gap) -> String) -> String {
    let clean = |text: &str| text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let mut out = String::new();
    for gap in gaps {
        let place = if gap.place.is_empty() { String::new() } else { format!(" > {}", gap.place) };
        let (id, reason, bytes) = (gap.id(), gap.reason.as_str(), words::bytes(gap.bytes));
        let state = Some(state(gap)).filter(|s| !s.is_empty()).map(|s| format!("\n          {}", clean(&s)));
        out += &format!(
            "{}  {reason:<12} {bytes:>10}  {}@{}{}\n          {}{}\n",
            id.get(..8).unwrap_or(&id),
            clean(&name(&gap.at.evidence)),
            gap.at.offset,
            clean(&place),
            clean(&gap.detail),
            state.unwrap_or_default(),
        );
    }
    out + "\n" + &gaps_summary(gaps)
}

/// Items and bytes by reason, and what a person does about each.
fn gaps_summary(gaps: &[Gap]) -> String {
    let mut out = format!("Not read: {}\n", words::of(gaps.len() as u64, "item"));
    for reason in Reason::ALL {
        let (count, bytes) = gaps.iter().filter(|g| g.reason == reason).fold((0, 0_u64), |(n, b), g| (n + 1, b.saturating_add(g.bytes)));
        if count > 0 {
            out += &format!("  {:<12} {:>8}  {:>10}  {}\n", reason.as_str(), words::count(count), words::bytes(bytes), reason.advice());
        }
    }
    out
}

/// Any table, aligned.
pub fn rows(columns: &[String], rows: &[Vec<Option<String>>]) -> String {
    let cell = |c: &Option<String>| c.clone().unwrap_or_else(|| "–".into()).replace(['\n', '\t'], " ");
    let mut widths: Vec<usize> = columns.iter().map(|c| c.chars().count()).collect();
    for row in rows {
        for (w, c) in widths.iter_mut().zip(row) {
            *w = (*w).max(cell(c).chars().count()).min(80);
        }
    }
    let line =
        |cells: Vec<String>| cells.iter().zip(&widths).map(|(c, w)| fitted(c, *w) + "  ").collect::<String>().trim_end().to_owned() + "\n";
    let mut out = line(columns.to_vec());
    rows.iter().for_each(|row| out += &line(row.iter().map(cell).collect()));
    out
}
