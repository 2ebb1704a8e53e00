//! What logs say of a case: logs, signals, proof, probe.

use crate::args::{OfCase, Probe};
use crate::case::{json_rows, opened};
use crate::exit::{Exit, Failure};
use crate::talk::{self, Meter};
use aftermail_assess::coverage::{Licence, Terms};
use aftermail_case::{Case, Role};
use aftermail_engine::{Cancel, Options, Scope, tables};
use aftermail_logs::list::{Column, Mapping};
use aftermail_model::{LogSource, Timestamp};
use aftermail_report::{LogView, Verdicts};
use std::collections::BTreeMap;

/// Reads the case's exports of logs and holds its mail against them.
pub fn take_in(case: &Case, options: &Options, cancel: &Cancel, meter: &mut Meter) -> Result<(), Failure> {
    let (derived, as_of) = (case.derived(), Timestamp::parse(&aftermail_case::now()).unwrap_or_default());
    let files = case.files(Role::Log)?;
    let handed_over = case.handed_over(Role::Log)?.unwrap_or(as_of);
    aftermail_engine::read_logs(&derived, &files, options, handed_over, cancel, &mut |p| meter.reading(p))?;
    if cancel.stopped() { Ok(()) } else { check(case, options) }
}

/// Holds the mail of the case against the logs that were read.
pub fn check(case: &Case, options: &Options) -> Result<(), Failure> {
    let as_of = Timestamp::parse(&aftermail_case::now()).unwrap_or_default();
    Ok(aftermail_engine::check(&case.derived(), &scope(case, as_of)?, options)?)
}

/// What the case file says.
fn scope(case: &Case, as_of: Timestamp) -> Result<Scope, Failure> {
    let config = case.config().clone();
    let (from, until) = config.exposure.times()?;
    let name = |path: &std::path::Path| path.strip_prefix(case.folder()).unwrap_or(path).display().to_string();
    Ok(Scope {
        own_domains: config.own_domains,
        from,
        until,
        compromised: config.compromised_accounts,
        intruder_sessions: config.intruder.sessions,
        intruder_tokens: config.intruder.tokens,
        intruder_addresses: config.intruder.addresses,
        intruder_apps: config.intruder.apps,
        trusted_accounts: config.trusted.accounts,
        trusted_addresses: config.trusted.addresses,
        lists: case.files(Role::List)?.into_iter().map(|file| (name(&file.path), file)).collect(),
        columns: columns(config.columns)?,
        decided: case.list_decisions()?,
        terms: terms(&config.licences, config.kept)?,
        settings: case.settings()?,
        sigma: case.sigma()?,
        secret_words: aftermail_detect::words::secret_words(),
        as_of,
    })
}

/// Which columns of lists hold what.
fn columns(given: BTreeMap<String, String>) -> Result<Mapping, Failure> {
    let known = || Column::ALL.map(Column::as_str).join(", ");
    let one = |(word, at): (String, String)| match Column::parse(&word) {
        Some(column) => Ok((column, at)),
        None => Err(Failure::input(format!("\"{word}\" under columns in the case file is nothing that a list says")).hint(known())),
    };
    given.into_iter().map(one).collect()
}

/// How long logs are kept: as licences say, then as the case says.
fn terms(licences: &[String], kept: BTreeMap<String, i64>) -> Result<Terms, Failure> {
    let mut terms = Terms::default();
    for word in licences {
        let licence = Licence::parse(word).ok_or_else(|| {
            Failure::input(format!("\"{word}\" under licences in the case file is not known"))
                .hint(Licence::ALL.map(Licence::as_str).join(", "))
        })?;
        terms = terms.licensed(licence);
    }
    for (word, days) in kept {
        let source = LogSource::parse(&word).filter(|_| (0..=36_500).contains(&days)).ok_or_else(|| {
            Failure::input(format!("\"{word} = {days}\" under kept in the case file names no log, or no number of days"))
                .hint(LogSource::ALL.map(LogSource::as_str).join(", "))
        })?;
        terms = terms.keep(source, days);
    }
    Ok(terms)
}

/// A table, one JSON object per row.
pub fn lines(case: &Case, table: &str) -> Result<Exit, Failure> {
    let answer = aftermail_engine::sql(&case.derived(), &format!("select '{table}' as about, * from {table}"))?;
    talk::data(json_rows(&answer).as_bytes())
}

/// What the tables of a case say of its logs.
pub fn view(case: &Case) -> Result<LogView, Failure> {
    let derived = case.derived();
    let names: BTreeMap<String, String> = case.manifest()?.into_iter().map(|r| (r.id, r.path)).collect();
    let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let mut rejects = BTreeMap::new();
    tables::rejects(&derived)?.into_iter().for_each(|r| *rejects.entry(r.why).or_default() += 1);
    let remarks = tables::remarks(&derived)?;
    let of = |topic: &str| remarks.iter().filter(|(t, _)| t == topic).map(|(_, said)| said.clone()).collect();
    Ok(LogView {
        files: tables::logs(&derived)?.into_iter().map(|f| (name(&f.evidence), f)).collect(),
        rejects,
        coverage: tables::coverage(&derived)?,
        provable: of("provable"),
        to_export: of("export"),
        to_export_later: of("export_later"),
        open: tables::open_periods(&derived)?,
        cannot_say: of("cannot_say"),
        intruder: of("intruder"),
        unused: remarks.iter().filter(|(t, _)| matches!(t.as_str(), "rule" | "list" | "setting")).map(|(_, said)| said.clone()).collect(),
    })
}

/// All that the report says of the logs.
pub fn verdicts(case: &Case) -> Result<Verdicts, Failure> {
    let derived = case.derived();
    let remarks = tables::remarks(&derived)?;
    let of = |topic: &str| remarks.iter().filter(|(t, _)| t == topic).map(|(_, said)| said.clone()).collect();
    Ok(Verdicts {
        logs: view(case)?,
        exposures: tables::exposures(&derived)?,
        missing: of("missing"),
        probable: of("probable"),
        signals: tables::signals(&derived)?,
        usage: tables::usage(&derived)?,
        proofs: tables::proofs(&derived)?,
    })
}

/// `aftermail logs`.
pub fn logs(args: &OfCase) -> Result<Exit, Failure> {
    let case = opened(&args.case)?;
    let view = view(&case)?;
    if args.json {
        lines(&case, "coverage")?;
    } else {
        talk::data(aftermail_report::logs_overview(&view, talk::style()).as_bytes())?;
    }
    Ok(if view.rejects.is_empty() { Exit::Done } else { Exit::Gaps })
}

/// `aftermail signals`.
pub fn signals(args: &OfCase) -> Result<Exit, Failure> {
    let case = opened(&args.case)?;
    if args.json {
        return lines(&case, "signals");
    }
    let (signals, view) = (tables::signals(&case.derived())?, view(&case)?);
    let text = aftermail_report::signals_list(&signals, &view.cannot_say, talk::style());
    talk::data(text.as_bytes())
}

/// `aftermail proof`.
pub fn proof(args: &OfCase) -> Result<Exit, Failure> {
    let case = opened(&args.case)?;
    if args.json {
        lines(&case, "usage")?;
        return lines(&case, "proofs");
    }
    let derived = case.derived();
    let (findings, usage, proofs) = (tables::findings(&derived)?, tables::usage(&derived)?, tables::proofs(&derived)?);
    talk::data(aftermail_report::proof_list(&findings, &usage, &proofs, talk::style()).as_bytes())
}

/// `aftermail probe`.
pub fn probe(args: &Probe) -> Result<Exit, Failure> {
    let mut case = opened(&args.case)?;
    let own = case.config().own_domains.clone();
    let answer = crate::probe::probe(&args.host, &own, args.json)
        .map_err(|why| Failure::input(why).hint("only hosts below the own_domains of the case file are asked"))?;
    case.record(&format!("probed the host {}", args.host), "")?;
    talk::data(answer.as_bytes())
}

/// An event with its raw record, by its whole id; none where no log holds it.
pub fn event(case: &Case, id: &str) -> Result<Option<String>, Failure> {
    let Some((event, evidence)) = tables::event(&case.derived(), id)? else { return Ok(None) };
    let files = case.files(Role::Log)?;
    let file = files.iter().find(|f| f.id == evidence);
    let file =
        file.ok_or_else(|| Failure::environment("the export that holds this event is not there any more").hint("aftermail verify CASE"))?;
    let raw = raw(&file.path, event.raw.offset, event.raw.length)
        .map_err(|e| Failure::environment(format!("could not read \"{}\": {e}", file.path.display())))?;
    let or_not = |v: &Option<String>| v.clone().unwrap_or_else(|| "not said".into());
    Ok(Some(format!(
        "event       {}\nlog         {}\ntime        {} (as written: {})\nwho         {}\nwhat        {}\nto          {}\nby          {}\nfrom        {}\nended       {}\nrecord      {} at byte {} of its text\n\n{}\n",
        event.id,
        event.source.as_str(),
        event.time.map_or("not known".into(), |t| t.to_string()),
        event.time_text,
        or_not(&event.actor),
        event.operation,
        or_not(&event.target),
        or_not(&event.app),
        or_not(&event.address),
        event.outcome.as_str(),
        file.path.strip_prefix(case.folder()).unwrap_or(&file.path).display(),
        event.raw.offset,
        String::from_utf8_lossy(&raw),
    )))
}

/// A stretch of the text of an export, which may be packed: what is before it is read and forgotten.
fn raw(path: &std::path::Path, offset: u64, length: u64) -> std::io::Result<Vec<u8>> {
    let mut stretch = Stretch { skip: offset, left: length, kept: Vec::new() };
    aftermail_logs::unpack(std::fs::File::open(path)?, &mut stretch, offset.saturating_add(length))?;
    Ok(stretch.kept)
}

/// Keeps a stretch of what is written to it.
struct Stretch {
    skip: u64,
    left: u64,
    kept: Vec<u8>,
}

impl std::io::Write for Stretch {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let skipped = usize::try_from(self.skip).unwrap_or(usize::MAX).min(bytes.len());
        self.skip -= skipped as u64;
        let taken = (bytes.len() - skipped).min(usize::try_from(self.left).unwrap_or(usize::MAX));
        self.kept.extend_from_slice(&bytes[skipped..skipped + taken]);
        self.left -= taken as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
