//! From what records said to one verdict, in words for one who is tired.

use super::watch::{Gone, Watch};
use crate::usage::{Days, Sessions, Sorts, counted, told_until};
use aftermail_model::{ExposedSecret, LogSource, Proof, ProofVerdict, Timestamp, Usage, UsageVerdict};
use std::collections::BTreeSet;

/// Ids of records that are given for one verdict.
const RESTS_ON: usize = 100;
/// Doors that are told in words.
const DOORS: usize = 5;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
/// A stamp of sessions may be written just before the change that it belongs to.
const TOGETHER: i64 = 2;

/// All that a verdict needs beside the watch.
pub(super) struct Ground<'a> {
    pub(super) days: &'a Days,
    pub(super) sorts: &'a Sorts,
    pub(super) usages: &'a [Usage],
    pub(super) as_of: Timestamp,
}

/// The verdict on one secret.
pub(super) fn proof(secret: &ExposedSecret, mut watch: Watch, ground: &Ground<'_>) -> Proof {
    settle_bin(&mut watch, ground.as_of);
    let (verdict, mut because, missing) = by_itself(&watch, ground.as_of, judge(secret, &watch, ground));
    let gone = watch.gone.as_ref().or(watch.early.as_ref()).cloned();
    // What a record shows stays true whatever the logs do not reach.
    let by_record = matches!(verdict, ProofVerdict::Contradicted | ProofVerdict::Reexposed | ProofVerdict::OldStillValid);
    because.extend(told_until(reach(&watch, ground), ground.as_of).filter(|_| !by_record));
    because.extend(circumstances(secret, &watch, ground));
    because.extend(watch.looks.iter().map(|l| format!("looks like a proof and is none: {l}")));
    if watch.looks_beyond > 0 {
        because.push(format!("{} more records look like a proof and are none", watch.looks_beyond));
    }
    let ended = watch.expires.filter(|_| verdict == ProofVerdict::Proven);
    let reset = [gone.as_ref().map(|g| g.at), ended].into_iter().flatten().min();
    Proof {
        finding: secret.finding.clone(),
        verdict,
        reset,
        open_seconds: reset.zip(watch.first).map(|(reset, first)| (reset.0 - first.0).max(0)),
        uses_while_open: gone.as_ref().map_or(watch.trace.open, |g| g.uses),
        because,
        rests_on: rests_on(&watch, gone.as_ref()),
        missing,
    }
}

/// What was deleted and not restored in time is gone.
fn settle_bin(watch: &mut Watch, as_of: Timestamp) {
    let over = watch.binned.as_ref().filter(|(gone, days)| as_of.0 >= gone.at.0 + days * DAY).cloned();
    if let Some((gone, days)) = over.filter(|_| watch.gone.is_none()) {
        let how = format!("{}; the {days} days are over, and no record restores it", gone.how);
        watch.gone = Some(Gone { how, ..gone });
    }
}

/// What ends by itself needs no record, and no log: whoever checks it refuses it.
fn by_itself(watch: &Watch, as_of: Timestamp, judged: Judged) -> Judged {
    let Some(end) = watch.expires.filter(|end| *end < as_of) else { return judged };
    if let Some((first, times, _)) = watch.trace.contradicted.as_ref().filter(|_| watch.gone.is_none()) {
        let words =
            format!("its value says that it ended on {end}, and it was used after that all the same: {} from {first} on", counted(*times));
        return (ProofVerdict::Contradicted, vec![words], Vec::new());
    }
    match judged.0 {
        ProofVerdict::Proven | ProofVerdict::Contradicted => judged,
        _ => (
            ProofVerdict::Proven,
            vec![format!("it ended by itself on {end}: its end is signed into it, and no record shows a use after that")],
            Vec::new(),
        ),
    }
}

type Judged = (ProofVerdict, Vec<String>, Vec<String>);

/// The worst that is true.
fn judge(secret: &ExposedSecret, watch: &Watch, ground: &Ground<'_>) -> Judged {
    let Some(gone) = &watch.gone else { return unchanged(watch, ground) };
    let done = format!("{} on {}", gone.how, gone.at);
    let verdict = |v, words: String| (v, vec![words], Vec::new());
    if let Some((first, times, _)) = &watch.trace.contradicted {
        return verdict(
            ProofVerdict::Contradicted,
            format!("{done}, and it was used after that all the same: {} from {first} on", counted(*times)),
        );
    }
    if let Some(((when, _), why)) = &watch.back {
        return verdict(ProofVerdict::Reexposed, format!("{done}; on {when}: {why}"));
    }
    let changes = changes_missing(watch, ground, gone.at);
    if let Some(alive) = sessions_alive(watch, gone, ground.as_of) {
        // The record that cuts them may stand in what is missing.
        let told = changes.is_empty() || watch.trace.session.is_some();
        let found = if told { ProofVerdict::SessionsAlive } else { ProofVerdict::LogGap };
        return (found, vec![format!("{done}; {alive}")], changes);
    }
    let mut missing = changes;
    missing.extend(uses_missing(secret, watch, ground, gone.at));
    if missing.is_empty() {
        return verdict(ProofVerdict::Proven, format!("{done}, after it was last exposed, and no record since contradicts that"));
    }
    (ProofVerdict::LogGap, vec![format!("{done}; the logs do not cover all of the time since")], missing)
}

/// No record counts.
fn unchanged(watch: &Watch, ground: &Ground<'_>) -> Judged {
    if let Some(early) = &watch.early {
        let last = watch.last.unwrap_or(early.at);
        let words = format!("{} on {}, and it was exposed again afterwards, on {last}", early.how, early.at);
        return (ProofVerdict::Reexposed, vec![words], Vec::new());
    }
    if let Some((gone, days)) = &watch.binned {
        let until = Timestamp(gone.at.0 + days * DAY);
        let words = format!("{} on {}: until {until} it can be restored, and the secret would open again", gone.how, gone.at);
        return (ProofVerdict::OldStillValid, vec![words], Vec::new());
    }
    if let Some((when, _)) = &watch.new {
        let words = format!("a new one was made on {when}, and no record takes the exposed one away");
        return (ProofVerdict::OldStillValid, vec![words], Vec::new());
    }
    let mut missing = changes_missing(watch, ground, watch.last.unwrap_or(Timestamp(i64::MIN)));
    if let Some((when, why)) = &watch.unknown_hand {
        missing.insert(0, format!("who made the change of {when}: ask the owner, or give the addresses of those who put things right"));
        return (ProofVerdict::LogGap, vec![why.clone()], missing);
    }
    match missing.is_empty() {
        true => (
            ProofVerdict::NoRecord,
            vec!["no record changes it, and the logs cover all of the time since it was last exposed".to_owned()],
            missing,
        ),
        false => (ProofVerdict::LogGap, vec!["no record changes it, and the logs do not cover all of the time".to_owned()], missing),
    }
}

fn changes_missing(watch: &Watch, ground: &Ground<'_>, from: Timestamp) -> Vec<String> {
    let from = watch.last.map(|_| from);
    missing(watch, ground, watch.subject.place.shows_change(), from)
}

/// Where no log shows a use at all, its absence cannot be asked for; the words say so.
fn uses_missing(secret: &ExposedSecret, watch: &Watch, ground: &Ground<'_>, from: Timestamp) -> Vec<String> {
    let place = watch.subject.place;
    if place.shows_use().is_empty() {
        return Vec::new();
    }
    let logs = place.shows_use();
    let mut missing = missing(watch, ground, logs, Some(from));
    let until = ground.days.reach(logs, &watch.subject.accounts, Some(from), ground.as_of);
    missing.extend(ground.sorts.missing(place, secret, Some(from), until));
    missing.dedup();
    missing
}

fn missing(watch: &Watch, ground: &Ground<'_>, any_of: &[LogSource], from: Option<Timestamp>) -> Vec<String> {
    let accounts = &watch.subject.accounts;
    ground.days.missing(any_of, accounts, from, ground.days.reach(any_of, accounts, from, ground.as_of))
}

/// Until when all that is told of a change holds.
fn reach(watch: &Watch, ground: &Ground<'_>) -> Timestamp {
    let (place, from) = (watch.subject.place, watch.gone.as_ref().map(|g| g.at).or(watch.last));
    let each = [place.shows_change(), place.shows_use()].into_iter().filter(|logs| !logs.is_empty());
    each.map(|logs| ground.days.reach(logs, &watch.subject.accounts, from, ground.as_of)).min().unwrap_or(ground.as_of)
}

/// What lives on of that which the secret opened.
fn sessions_alive(watch: &Watch, gone: &Gone, as_of: Timestamp) -> Option<String> {
    if let Some((when, _)) = &watch.trace.session {
        return Some(format!("a session that it had opened was used on {when}"));
    }
    let since = match watch.subject.place.sessions(watch.subject.kind) {
        Sessions::Cut { hours } => {
            let Some(from) = cut(watch, gone) else { return Some("no record cuts the sessions that it had opened".to_owned()) };
            (from, hours)
        }
        Sessions::Expire { hours } => (gone.at, hours),
        Sessions::None => (gone.at, 0),
    };
    let end = Timestamp(since.0.0 + since.1 * HOUR);
    if as_of < end {
        return Some(format!("what it had opened before may live until {end}"));
    }
    doors(watch).map(|doors| format!("access that was opened with it since the exposure was not taken back: {doors}"))
}

/// Doors that are open, in words.
fn doors(watch: &Watch) -> Option<String> {
    let told: Vec<String> = watch.doors.iter().take(DOORS).map(|(what, (when, _))| format!("{what} ({when})")).collect();
    let more = watch.doors.len().saturating_sub(DOORS);
    let words = if more > 0 { format!("{}; and {more} more", told.join("; ")) } else { told.join("; ") };
    (!told.is_empty()).then_some(words)
}

/// When the sessions of all its accounts were cut, each after its own change.
fn cut(watch: &Watch, gone: &Gone) -> Option<Timestamp> {
    let each = (0..watch.subject.people.len()).map(|person| {
        let reset = watch.resets.get(&person).copied().unwrap_or(gone.at);
        watch.cuts.get(&person).map(|(from, _)| *from).filter(|from| from.0 + TOGETHER >= reset.0)
    });
    each.collect::<Option<Vec<Timestamp>>>()?.into_iter().max()
}

/// What else is to be known.
fn circumstances(secret: &ExposedSecret, watch: &Watch, ground: &Ground<'_>) -> Vec<String> {
    let mut lines = Vec::new();
    let own = ground.usages.iter().filter(|u| u.finding == secret.finding && u.verdict == UsageVerdict::UsedAnew);
    lines.extend(own.map(|u| format!("it was used since the exposure in ways never seen before, {}, by {}", counted(u.anew), u.joined_by)));
    if secret.systems.len() > 1 {
        lines.push(format!("the mail names {} systems that it opens; this is told of one of them", secret.systems.len()));
    }
    if let Some((when, network)) = &watch.trace.strange {
        lines.push(format!(
            "after the reset the account was signed in from {network}, which appeared only after the exposure ({when}): ask the owner"
        ));
    }
    if let Some(when) = watch.trace.other_key {
        lines.push(format!("since {when} the application signs in with another key"));
    }
    if let Some(gone) = &watch.gone {
        if watch.subject.signs_in() && gone.how.contains("administrator") && !watch.own_choice {
            lines.push(
                "the administrator's password may be a temporary one: no record says that the account has chosen its own since".to_owned(),
            );
        }
        if watch.subject.place.shows_use().is_empty() {
            lines.push(
                "no log that can be read here would show a use after that: check at the system itself that the old one is refused"
                    .to_owned(),
            );
        }
    } else {
        let cut =
            watch.cuts.values().next().filter(|_| watch.subject.signs_in() && watch.resets.is_empty() && watch.unknown_hand.is_none());
        lines.extend(
            cut.map(|(when, _)| format!("sessions were cut ({when}), and the password was not changed: whoever knows it signs in again")),
        );
        lines.extend(doors(watch).map(|doors| format!("opened with it since the exposure, and to be taken back, too: {doors}")));
    }
    lines
}

fn rests_on(watch: &Watch, gone: Option<&Gone>) -> Vec<String> {
    let mut ids: Vec<&String> = gone.iter().map(|g| &g.id).collect();
    ids.extend(watch.cuts.values().map(|(_, id)| id));
    ids.extend(watch.back.iter().map(|((_, id), _)| id));
    ids.extend(watch.new.iter().map(|(_, id)| id));
    ids.extend(watch.trace.contradicted.iter().map(|(_, _, id)| id));
    ids.extend(watch.trace.session.iter().map(|(_, id)| id));
    ids.extend(watch.doors.values().map(|(_, id)| id));
    let mut told = BTreeSet::new();
    ids.into_iter().filter(|id| told.insert(*id)).take(RESTS_ON).cloned().collect()
}
