//! `aftermail exposure`: which messages were taken, and what a person says of rows of the provider's lists.

use crate::args::{Exposure, Reading};
use crate::case::opened;
use crate::exit::{Exit, Failure};
use crate::{logs, scan, talk};
use aftermail_case::Case;
use aftermail_engine::tables;
use aftermail_model::{Exposed, Locator};
use std::collections::BTreeSet;

/// Decides where that is asked for, then lists.
pub fn exposure(args: &Exposure) -> Result<Exit, Failure> {
    let mut case = opened(&args.case)?;
    let why = args.reason.as_deref().unwrap_or_default();
    if let Some(row) = &args.confirm {
        let at = meant(&case, row, args.message.as_deref())?;
        case.settle(row, Some(&(at.evidence, at.offset)), why)?;
    } else if let Some(row) = &args.dismiss {
        waiting(&case, row)?;
        case.settle(row, None, why)?;
    }
    if args.confirm.is_some() || args.dismiss.is_some() {
        let options = scan::options(case.key()?, case.rules()?, false, &Reading::default())?;
        logs::check(&case, &options)?;
        talk::say("decided; \"aftermail run CASE\" writes the report anew");
    }
    if args.json {
        return logs::lines(&case, "exposures");
    }
    let exposures = tables::exposures(&case.derived())?;
    let remarks = tables::remarks(&case.derived())?;
    let of = |wanted: &str| remarks.iter().filter(|(topic, _)| topic == wanted).map(|(_, said)| said.clone()).collect::<Vec<_>>();
    let messages = tables::totals(&case.derived())?.messages;
    let text = aftermail_report::exposure_overview(&exposures, messages, &of("missing"), &of("probable"), talk::style());
    talk::data(text.as_bytes())
}

/// The messages that a row may mean, if it waits to be confirmed.
fn waiting(case: &Case, row: &str) -> Result<BTreeSet<Locator>, Failure> {
    let exposures = tables::exposures(&case.derived())?;
    let own = exposures.into_iter().filter(|e| e.exposed == Exposed::ListedProbable && e.rests_on.iter().any(|r| r == row));
    let candidates: BTreeSet<Locator> = own.map(|e| e.at).collect();
    if candidates.is_empty() {
        return Err(Failure::input(format!("no row \"{row}\" waits to be confirmed")).hint("aftermail exposure CASE lists those that do"));
    }
    Ok(candidates)
}

/// The one message that the row means.
fn meant(case: &Case, row: &str, message: Option<&str>) -> Result<Locator, Failure> {
    let name = |at: &Locator| format!("{}@{}", at.evidence, at.offset);
    let mut candidates = waiting(case, row)?;
    candidates.retain(|at| message.is_none_or(|m| name(at).starts_with(m)));
    let names: Vec<String> = candidates.iter().map(name).collect();
    match (candidates.pop_first(), names.len()) {
        (Some(at), 1) => Ok(at),
        (None, _) => Err(Failure::input(format!("\"{}\" is none of the messages that the row may mean", message.unwrap_or_default()))
            .hint("aftermail exposure CASE lists them")),
        _ => Err(Failure::input(format!("the row may mean several messages: {}", names.join(", "))).hint("say which: --message ID@BYTE")),
    }
}
