//! Commands that look at a case: verify, sql, explain, reveal, packs.

use crate::args::{Reading, Reveal, Sql};
use crate::exit::{Exit, Failure};
use crate::scan;
use crate::talk::{self, Meter};
use aftermail_case::{Case, Change, Role};
use aftermail_engine::{Answer, Cancel, Item, tables};
use aftermail_model::{Finding, FindingId, Message, Occurrence, RevealPermit};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The case of a folder or file.
pub fn opened(path: &Path) -> Result<Case, Failure> {
    Case::open(path).map_err(|e| Failure::from(e).hint("name the folder that holds case.toml, or the file itself"))
}

/// Whether the path names a case.
pub fn is_case(path: &Path) -> bool {
    path.join("case.toml").is_file() || path.extension().is_some_and(|e| e == "toml")
}

/// `aftermail verify`.
pub fn verify(path: &Path) -> Result<Exit, Failure> {
    let mut case = opened(path)?;
    let mut meter = Meter::new(false);
    let rows = case.verify(&mut |done, total| meter.hashing(done, total))?;
    meter.finish();
    let (_, whole) = case.journal()?;
    let mut out = String::new();
    let mut bad = 0;
    for (row, change) in &rows {
        let what = match change {
            Change::Unchanged => continue,
            Change::Changed(now) => format!("CHANGED     {}\n            was {}\n            is  {now}\n", row.path, row.sha256),
            Change::Missing => format!("MISSING     {}\n", row.path),
            Change::Unreadable(why) => format!("UNREADABLE  {} ({why})\n", row.path),
        };
        bad += 1;
        out += &what;
    }
    out += &format!("{} files of the manifest, {} unchanged, {bad} not\n", rows.len(), rows.len() - bad);
    if !whole {
        out += "JOURNAL     a line was changed or is missing: its chain of hashes is broken\n";
    }
    case.record(&format!("verified: {} files, {bad} not as taken in", rows.len()), "")?;
    talk::data(out.as_bytes())?;
    Ok(if bad == 0 && whole { Exit::Done } else { Exit::Gaps })
}

/// `aftermail sql`.
pub fn sql(args: &Sql) -> Result<Exit, Failure> {
    let case = opened(&args.case)?;
    let answer = aftermail_engine::sql(&case.derived(), &args.query).map_err(|e| {
        Failure::from(e).hint("tables: messages, parts, occurrences, findings, links, gaps; columns: select * from findings limit 1")
    })?;
    if args.json {
        return talk::data(json_rows(&answer).as_bytes());
    }
    talk::data(aftermail_report::rows(&answer.columns, &answer.rows).as_bytes())
}

/// One JSON object per row.
pub fn json_rows(answer: &Answer) -> String {
    let object = |row: &Vec<Option<String>>| {
        let cell = |(text, plain): (&Option<String>, &bool)| {
            let number = text.as_deref().filter(|_| *plain).and_then(|t| serde_json::from_str::<serde_json::Value>(t).ok());
            number.unwrap_or_else(|| serde_json::json!(text))
        };
        let cells = answer.columns.iter().cloned().zip(row.iter().zip(&answer.plain).map(cell));
        serde_json::Value::Object(cells.collect()).to_string() + "\n"
    };
    answer.rows.iter().map(object).collect()
}

fn finding(case: &Case, prefix: &str) -> Result<Finding, Failure> {
    let mut all: Vec<Finding> = tables::findings(&case.derived())?.into_iter().filter(|f| f.id.as_str().starts_with(prefix)).collect();
    match (all.pop(), all.len()) {
        (Some(found), 0) => Ok(found),
        (None, _) => Err(Failure::input(format!("the case has no finding \"{prefix}\""))
            .hint("aftermail sql CASE \"select finding, kind, shape from findings\"")),
        (Some(_), n) => Err(Failure::input(format!("{} findings begin with \"{prefix}\": give more digits", n + 1))),
    }
}

fn places(case: &Case, id: &FindingId) -> Result<Vec<(Occurrence, Message)>, Failure> {
    Ok(tables::occurrences(&case.derived())?.into_iter().filter(|(o, _)| o.finding == *id).collect())
}

/// `aftermail explain`.
pub fn explain(path: &Path, prefix: &str) -> Result<Exit, Failure> {
    let case = opened(path)?;
    if let Some(text) = crate::logs::event(&case, prefix)? {
        return talk::data(text.as_bytes());
    }
    let f = finding(&case, prefix)?;
    let names: BTreeMap<String, String> = case.manifest()?.into_iter().map(|r| (r.id, r.path)).collect();
    let date = |t: Option<aftermail_model::Timestamp>| t.map_or("no date".to_owned(), |t| t.to_string());
    let or_not = |v: &Option<String>| v.clone().unwrap_or_else(|| "not named".into());
    let mut out = format!(
        "finding     {}\nkind        {}\nshape       {}\nsystem      {}\naccount     {}\nstatus      {}\nexpires     {}\nconfidence  {:.2} ({})\npriority    {} ({})\nsent        {} to {}, {} messages\n",
        f.id,
        f.kind.as_str(),
        f.shape,
        or_not(&f.system),
        or_not(&f.account),
        f.status.as_str(),
        f.expires.map_or("not said".to_owned(), |t| t.to_string()),
        f.confidence,
        aftermail_report::confidence(f.confidence),
        f.priority,
        f.priority_because,
        date(f.first_sent),
        date(f.last_sent),
        f.messages,
    );
    for (o, m) in places(&case, &f.id)? {
        let file = names.get(&o.at.evidence).unwrap_or(&o.at.evidence);
        out += &format!(
            "\n{} > {} ({} text, bytes {} to {})\n  in {file} at {}\n  from {} on {}\n  subject {}\n  rule {}, confidence {:.2}\n",
            m.message_id.as_deref().unwrap_or("message without id"),
            o.place,
            o.layer.as_str(),
            o.start,
            o.end,
            if m.format == "pst" { format!("item {:#x}", o.at.offset) } else { format!("byte {}", o.at.offset) },
            or_not(&m.from),
            date(m.sent),
            or_not(&m.subject),
            o.rule,
            o.confidence,
        );
        o.because.iter().for_each(|b| out += &format!("  because {b}\n"));
    }
    talk::data(out.as_bytes())
}

/// `aftermail reveal`.
pub fn reveal(args: &Reveal) -> Result<Exit, Failure> {
    if args.reason.trim().is_empty() {
        return Err(Failure::input("a reason must be given: it is written into the journal"));
    }
    talk::may_reveal_here(args.yes_show_secrets)?;
    let mut case = opened(&args.case)?;
    let f = finding(&case, &args.finding)?;
    let files = case.files(Role::Mail)?;
    // First the journal, then the value.
    case.record(&format!("revealed finding {}", f.id), &args.reason)?;
    let permit = RevealPermit::recorded();
    let reading = Reading { quiet: true, passwords: args.passwords.clone(), models: args.models.clone(), ..Reading::default() };
    let options = scan::options(case.key()?, case.rules()?, true, &reading)?;
    let value_in = |item: &Item| {
        let mut pairs = item.occurrences.iter().zip(&item.values);
        pairs.find(|(again, _)| again.finding == f.id).map(|(_, value)| value.clone())
    };
    let mut value = None;
    for (o, _) in places(&case, &f.id)? {
        let Some(file) = files.iter().find(|e| e.id == o.at.evidence) else { continue };
        value = aftermail_engine::read_again(file, &o.at, &options)?.as_ref().and_then(value_in);
        if value.is_some() {
            break;
        }
    }
    if value.is_none() {
        // Only its thread, or the password of another message, brings it out.
        aftermail_engine::scan(&files, &options, &Cancel::default(), &mut |_| {}, &mut |item| {
            value = value.take().or_else(|| value_in(&item));
        })?;
    }
    if let Some(value) = value {
        return talk::data(format!("{}\n", value.reveal(&permit)).as_bytes());
    }
    Err(Failure::environment(format!("the value of {} could not be read again", f.id.short()))
        .hint("the evidence may have changed or moved: aftermail verify CASE"))
}

/// `aftermail packs check`.
pub fn check_packs(rules: &[PathBuf]) -> Result<Exit, Failure> {
    let mut problems: Vec<String> = aftermail_detect::formats::check_packs();
    let rules = scan::rules(rules)?;
    let packs = aftermail_detect::Packs::with_rules(rules.iter().map(|(name, text)| (name.as_str(), text.as_str())));
    let formats = packs.as_ref().map_or(0, aftermail_detect::Packs::format_count);
    problems.extend(packs.err());
    match formats {
        formats if problems.is_empty() => talk::data(format!("{formats} formats and their examples are in order\n").as_bytes()),
        _ => {
            talk::data((problems.join("\n") + "\n").as_bytes())?;
            Ok(Exit::Input)
        }
    }
}
