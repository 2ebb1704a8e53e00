//! `aftermail gaps`: what was not read, and working it off.

use crate::args::{Gaps, Reading, Run};
use crate::case::{is_case, opened};
use crate::exit::{Exit, Failure};
use crate::run;
use crate::scan;
use crate::talk::{self, Meter};
use aftermail_case::Case;
use aftermail_engine::tables;
use aftermail_model::{Decision, Gap, Reason};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Lists, and decides where that is asked for.
pub fn gaps(args: &Gaps) -> Result<Exit, Failure> {
    match args.paths.as_slice() {
        [path] if is_case(path) => of_case(path, args),
        _ if args.assign.is_some() || args.accept => Err(Failure::input("what is decided about a gap is kept in a case, and this is none")
            .hint("make one first: aftermail run case.toml")),
        paths => {
            let gaps = chosen(scanned(paths, &args.reading)?, args)?;
            show(args, &gaps, &BTreeMap::new(), None)
        }
    }
}

fn of_case(path: &Path, args: &Gaps) -> Result<Exit, Failure> {
    if args.reading.passwords.is_some() {
        retry(path, args)?;
    }
    let mut case = opened(path)?;
    let names: BTreeMap<String, String> = case.manifest()?.into_iter().map(|r| (r.id, r.path)).collect();
    let gaps = chosen(tables::gaps(&case.derived())?, args)?;
    decide(&mut case, &gaps, args)?;
    let decisions = case.decisions()?;
    show(args, &gaps, &names, Some(&decisions))
}

/// Reads again what is locked, with the passwords that a person gives, and says what came of it.
fn retry(path: &Path, args: &Gaps) -> Result<(), Failure> {
    let locked = |gaps: &[Gap]| gaps.iter().filter(|g| g.reason == Reason::Encrypted).count();
    let before = locked(&tables::gaps(&opened(path)?.derived())?);
    let done = run::work(&Run { case: path.to_owned(), summary: None, reading: args.reading.clone() })?;
    let after = locked(&done.view.gaps);
    let opened = match before.saturating_sub(after) {
        0 => "none of the passwords opened anything".to_owned(),
        1 => "1 locked item was opened".to_owned(),
        n => format!("{n} locked items were opened"),
    };
    talk::say(&format!("{opened}; {after} still locked; report: {}", done.report));
    Ok(())
}

/// Writes down what was decided about these gaps.
fn decide(case: &mut Case, gaps: &[Gap], args: &Gaps) -> Result<(), Failure> {
    if !(args.accept || args.assign.is_some()) {
        return Ok(());
    }
    if args.gap.is_empty() && args.of.is_none() {
        return Err(Failure::input("which gaps? name them")
            .hint("--gap ID (the first digits of a line, several times), or --of REASON for all of a kind"));
    }
    let why = args.reason.as_deref().unwrap_or_default();
    for id in gaps.iter().map(Gap::id).collect::<BTreeSet<_>>() {
        if let Some(owner) = &args.assign {
            case.assign(&id, owner, why)?;
        }
        if args.accept {
            case.accept(&id, why)?;
        }
    }
    Ok(())
}

/// The gaps that the arguments name: all, those of a reason, those of some ids.
fn chosen(mut gaps: Vec<Gap>, args: &Gaps) -> Result<Vec<Gap>, Failure> {
    gaps.sort_by(|a, b| a.at.cmp(&b.at).then(a.part.cmp(&b.part)));
    gaps.retain(|g| args.of.as_deref().is_none_or(|reason| g.reason.as_str() == reason));
    for prefix in &args.gap {
        let ids: BTreeSet<String> = gaps.iter().map(Gap::id).filter(|id| id.starts_with(prefix.as_str())).collect();
        match ids.len() {
            1 => {}
            0 if args.reading.passwords.is_some() => {}
            0 => return Err(Failure::input(format!("there is no gap \"{prefix}\"")).hint("aftermail gaps CASE lists them with their ids")),
            n => return Err(Failure::input(format!("{n} gaps begin with \"{prefix}\": give more digits"))),
        }
    }
    gaps.retain(|g| args.gap.is_empty() || args.gap.iter().any(|prefix| g.id().starts_with(prefix.as_str())));
    Ok(gaps)
}

fn show(
    args: &Gaps,
    gaps: &[Gap],
    names: &BTreeMap<String, String>,
    decisions: Option<&BTreeMap<String, Decision>>,
) -> Result<Exit, Failure> {
    let name = |id: &str| names.get(id).cloned().unwrap_or_else(|| id.to_owned());
    let decision = |gap: &Gap| decisions.and_then(|d| d.get(&gap.id()));
    let state = |gap: &Gap| decisions.map_or(String::new(), |_| decision(gap).map_or("open".to_owned(), Decision::words));
    let text = if args.json {
        gaps.iter().map(|g| aftermail_report::gap_line(g, &name(&g.at.evidence), decision(g)) + "\n").collect()
    } else if gaps.is_empty() {
        if args.gap.is_empty() && args.of.is_none() { "Everything was read.\n" } else { "No such gap is left.\n" }.to_owned()
    } else {
        aftermail_report::gaps_list(gaps, &name, &state)
    };
    talk::data(text.as_bytes())?;
    let settled = gaps.iter().all(|g| decision(g).is_some_and(|d| d.accepted.is_some()));
    Ok(if settled { Exit::Done } else { Exit::Gaps })
}

fn scanned(paths: &[PathBuf], reading: &Reading) -> Result<Vec<Gap>, Failure> {
    let files = scan::evidence(paths)?;
    let options = scan::options(aftermail_case::random_key()?, Vec::new(), false, reading)?;
    let mut meter = Meter::new(reading.quiet);
    let mut gaps = Vec::new();
    let done =
        aftermail_engine::scan(&files, &options, &scan::cancel_on_ctrl_c(), &mut |p| meter.reading(p), &mut |item| gaps.extend(item.gaps));
    meter.finish();
    done?;
    Ok(gaps)
}
