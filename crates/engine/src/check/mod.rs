//! Holds mail against logs: what the logs cover, which messages were taken, what detectors saw, whether secrets were used and are
//! dead. Folds over the events, one after another: each needs what the one before tells.

mod lists;

use crate::tables::files::{Stamp, TableWriter};
use crate::tables::{self, coverage, exposures, open_periods, proofs, remarks, signals, usage};
use crate::{EngineError, Options, Scope};
use aftermail_assess::coverage::{CoverageFold, provable, to_export};
use aftermail_assess::exposure::{
    Candidate, Held, Intruder, Probable, ProviderList, ReadingFold, Reconciled, Rule, Window, inherit, reconcile,
};
use aftermail_assess::proof::{Hands, ProofFold};
use aftermail_assess::signals::{Detectors, RuleFile, Scene, Sigma};
use aftermail_assess::usage::UsageFold;
use aftermail_logs::open::Watch;
use aftermail_model::{
    Cover, Coverage, CredentialId, ExposedSecret, Exposure, Finding, FindingId, LinkTarget, ListedMessage, Locator, Message, OpenPeriod,
    Proof, Signal, Timestamp, Usage,
};
use datafusion::arrow::array::RecordBatch;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

/// What the logs say of a case.
#[derive(Default)]
struct Said {
    coverage: Vec<Coverage>,
    signals: Vec<Signal>,
    exposures: Vec<Exposure>,
    usage: Vec<Usage>,
    proofs: Vec<Proof>,
    open: Vec<OpenPeriod>,
    remarks: Vec<(String, String)>,
}

impl Said {
    fn remark(&mut self, topic: &str, sentences: impl IntoIterator<Item = String>) {
        self.remarks.extend(sentences.into_iter().map(|sentence| (topic.to_owned(), sentence)));
    }
}

/// See [`crate::check`].
pub(crate) fn check(derived: &Path, scope: &Scope, options: &Options) -> Result<(), EngineError> {
    let mut said = Said::default();
    covered(derived, scope, &mut said)?;
    let mut messages: Vec<Message> = Vec::new();
    tables::each_message(derived, &mut |message| messages.push(message))?;
    let held: Vec<Held<'_>> = messages.iter().map(Held::from).collect();
    listed(scope, options, &held, &mut said)?;
    let intruder = match given(scope) {
        Some(intruder) => {
            // What was read when is known without detectors, which then know from when on a use is one too many.
            said.remark("intruder", ["The intruder is known by what the case file says.".to_owned()]);
            reading(derived, scope, &held, &intruder, &mut said)?;
            seen(derived, scope, &secrets(derived, &said.exposures)?, &mut said)?;
            intruder
        }
        None => {
            seen(derived, scope, &secrets(derived, &said.exposures)?, &mut said)?;
            let intruder = assumed(scope, &mut said);
            reading(derived, scope, &held, &intruder, &mut said)?;
            intruder
        }
    };
    let hands = Hands { intruder, trusted_actors: lower(&scope.trusted_accounts), trusted_addresses: lower(&scope.trusted_addresses) };
    proven(derived, scope, &secrets(derived, &said.exposures)?, hands, &mut said)?;
    keep(derived, &said)
}

fn lower(words: &[String]) -> BTreeSet<String> {
    words.iter().map(|w| w.trim().to_lowercase()).filter(|w| !w.is_empty()).collect()
}

fn covered(derived: &Path, scope: &Scope, said: &mut Said) -> Result<(), EngineError> {
    let mut fold = CoverageFold::new(scope.terms.clone(), scope.from);
    let mut open = Watch::default();
    tables::each_event(derived, &mut |event| {
        fold.see(event);
        open.see(event);
    })?;
    said.coverage = fold.finish(scope.as_of);
    said.open = open.finish();
    for (name, bytes) in &scope.settings {
        let settings = aftermail_logs::open::settings(name, bytes);
        said.open.extend(settings.iter().filter_map(aftermail_logs::open::Setting::period));
        let unclear = settings.iter().filter(|s| s.period().is_none());
        said.remark("setting", unclear.map(|s| format!("{}:{}: {}", s.file, s.line, s.words)));
    }
    said.remark("provable", provable(&said.coverage));
    let (urgent, later): (Vec<_>, Vec<_>) =
        to_export(&said.coverage, &scope.terms, scope.as_of).into_iter().partition(|export| export.is_urgent(scope.as_of));
    said.remark("export", urgent.into_iter().map(|export| export.sentence));
    said.remark("export_later", later.into_iter().map(|export| export.sentence));
    Ok(())
}

/// What lists and the rule of correspondence say.
fn listed(scope: &Scope, options: &Options, held: &[Held<'_>], said: &mut Said) -> Result<(), EngineError> {
    let (domains, accounts): (Vec<_>, Vec<_>) = lower(&scope.compromised).into_iter().partition(|name| name.starts_with('@'));
    let rule = Rule {
        accounts: accounts.into_iter().collect(),
        domains: domains.iter().map(|domain| domain.trim_start_matches('@').to_owned()).collect(),
        window: window(scope),
    };
    let read = lists::read(&scope.lists, &scope.columns, options)?;
    for list in &read {
        said.remark("list", list.said.iter().map(|sentence| format!("{}: {sentence}", list.name)));
    }
    let lists: Vec<ProviderList<'_>> = read.iter().map(|l| ProviderList { name: &l.name, rows: &l.rows }).collect();
    let Reconciled { exposures, probable, missing, extra } = reconcile(&lists, held, &rule).settle(&scope.decided);
    said.exposures.extend(exposures);
    said.exposures.extend(rule.apply(held));
    let of: HashMap<&Locator, &Held<'_>> = held.iter().map(|h| (h.at, h)).collect();
    said.remark("probable", probable.iter().map(|p| to_confirm(p, &of)));
    said.remark("missing", missing.iter().map(|m| format!("{}: {}", m.rests_on.join(", "), described(&m.listed))));
    if !read.is_empty() && !extra.is_empty() {
        let number = extra.len();
        said.remark("extra", [format!("{number} messages held are correspondence with compromised accounts and stand on no list")]);
    }
    Ok(())
}

fn window(scope: &Scope) -> Window {
    Window { from: scope.from, to: scope.until }
}

/// A row and what it may mean, each message by the name under which it is confirmed.
fn to_confirm(probable: &Probable, held: &HashMap<&Locator, &Held<'_>>) -> String {
    let candidate = |c: &Candidate| {
        let message = held.get(&c.at);
        let time = message.and_then(|h| h.sent).map(|t| t.to_string());
        let words = [message.and_then(|h| h.from).map(str::to_owned), time, message.and_then(|h| h.subject).map(str::to_owned)];
        let words = words.into_iter().flatten().collect::<Vec<_>>().join(", ");
        format!("{}@{} ({words}; {} of 100: {})", c.at.evidence, c.at.offset, c.score, c.because)
    };
    let candidates: Vec<String> = probable.candidates.iter().map(candidate).collect();
    format!("{}: {}; may be {}", probable.rests_on.join(", "), described(&probable.listed), candidates.join(" or "))
}

fn described(listed: &ListedMessage) -> String {
    let time = listed.sent.or(listed.received).map(|t| t.to_string());
    let words = [listed.message_id.clone(), listed.from.clone(), time, listed.subject.clone()];
    words.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// The secrets of the case, each with what logs may know it by and when it was exposed: as its messages were, else, since nothing
/// else is known, from when it was first sent.
fn secrets(derived: &Path, exposures: &[Exposure]) -> Result<Vec<ExposedSecret>, EngineError> {
    let occurrences = tables::occurrences(derived)?;
    let taken = inherit(exposures, occurrences.iter().map(|(o, m)| (&o.finding, &o.at, m.sent)));
    let mut names: BTreeMap<FindingId, Vec<(LinkTarget, String)>> = BTreeMap::new();
    for link in tables::links(derived)? {
        names.entry(link.finding).or_default().push((link.target, link.name));
    }
    let of = |names: &[(LinkTarget, String)], target| {
        names.iter().filter(|(t, _)| *t == target).map(|(_, name)| name.clone()).collect::<Vec<_>>()
    };
    let secret = |finding: Finding| {
        let names = names.remove(&finding.id).unwrap_or_default();
        let taken = taken.get(&finding.id);
        ExposedSecret {
            kind: finding.kind,
            credentials: of(&names, LinkTarget::Credential).iter().filter_map(|name| CredentialId::parse(name)).collect(),
            accounts: of(&names, LinkTarget::Account),
            systems: of(&names, LinkTarget::System),
            first_exposed: taken.map_or(finding.first_sent, |t| t.first),
            last_exposed: taken.map_or(finding.last_sent, |t| t.last),
            expires: finding.expires,
            finding: finding.id,
        }
    };
    Ok(tables::findings(derived)?.into_iter().map(secret).collect())
}

fn seen(derived: &Path, scope: &Scope, secrets: &[ExposedSecret], said: &mut Said) -> Result<(), EngineError> {
    let mut credentials: BTreeMap<CredentialId, Option<Timestamp>> = BTreeMap::new();
    for secret in secrets {
        credentials.extend(secret.credentials.iter().map(|c| (c.clone(), secret.first_exposed)));
    }
    let whole = said.coverage.iter().filter(|c| c.subject.is_none() && c.cover == Cover::Covered);
    let scene = Scene {
        own_domains: lower(&scope.own_domains).into_iter().collect(),
        exposed_accounts: secrets.iter().flat_map(|s| &s.accounts).map(|a| a.to_lowercase()).collect(),
        exposed_credentials: credentials,
        since: scope.from,
        secret_words: lower(&scope.secret_words),
        covered: whole.map(|c| (c.source, c.day)).collect(),
    };
    let files: Vec<RuleFile<'_>> = scope.sigma.iter().map(|(name, text)| RuleFile { name, text }).collect();
    let (rules, problems) = Sigma::read(&files);
    said.remark("rule", problems);
    let mut detectors = Detectors::new(scene).with_rules(rules);
    tables::each_event(derived, &mut |event| detectors.see(event))?;
    let seen = detectors.finish();
    said.signals = seen.signals;
    said.remark("cannot_say", seen.cannot_say);
    Ok(())
}

/// Who read what, by what mailboxes recorded.
fn reading(derived: &Path, scope: &Scope, held: &[Held<'_>], intruder: &Intruder, said: &mut Said) -> Result<(), EngineError> {
    let mut fold = ReadingFold::new(held, intruder.clone());
    tables::each_event(derived, &mut |event| fold.see(event))?;
    said.exposures.extend(fold.finish(&said.coverage, scope.as_of));
    Ok(())
}

/// Accounts of the case whose mailboxes were taken.
fn taken_accounts(scope: &Scope) -> BTreeSet<String> {
    lower(&scope.compromised).into_iter().filter(|name| !name.starts_with('@')).collect()
}

/// By what the case file knows the intruder; none where it names nothing.
fn given(scope: &Scope) -> Option<Intruder> {
    let given = Intruder {
        sessions: lower(&scope.intruder_sessions),
        tokens: scope.intruder_tokens.iter().cloned().collect(),
        addresses: lower(&scope.intruder_addresses),
        apps: lower(&scope.intruder_apps),
        accounts: taken_accounts(scope),
        window: window(scope),
    };
    [&given.sessions, &given.addresses, &given.apps, &given.tokens].iter().any(|names| !names.is_empty()).then_some(given)
}

/// By what detectors saw of the intruder.
fn assumed(scope: &Scope, said: &mut Said) -> Intruder {
    let trusted = (lower(&scope.trusted_accounts), lower(&scope.trusted_addresses));
    let by_trusted = |s: &Signal| {
        s.actor.as_ref().is_some_and(|a| trusted.0.contains(&a.to_lowercase())) || s.addresses.iter().any(|a| trusted.1.contains(a))
    };
    let signals: Vec<Signal> = said.signals.iter().filter(|s| !by_trusted(s)).cloned().collect();
    let derived = Intruder::from_signals(&signals, window(scope));
    let named = [("sessions", &derived.sessions), ("addresses", &derived.addresses), ("apps", &derived.apps)];
    let named: Vec<String> = named.iter().filter(|(_, names)| !names.is_empty()).map(|(what, names)| listing(what, names)).collect();
    if named.is_empty() {
        said.remark("intruder", ["Nothing tells the intruder from others: no message can be said to have been read by one.".to_owned()]);
    } else {
        let sentence = "The intruder is ASSUMED to be behind what detectors saw. Look at it, then write what is the intruder's into the \
                        case file, under [intruder]:";
        said.remark("intruder", [sentence.to_owned()].into_iter().chain(named));
    }
    Intruder { accounts: taken_accounts(scope), ..derived }
}

/// A line as the case file wants it; what is too much for a screen is counted.
fn listing(what: &str, names: &BTreeSet<String>) -> String {
    const SHOWN: usize = 20;
    let shown: Vec<String> = names.iter().take(SHOWN).map(|name| format!("\"{name}\"")).collect();
    let more = if names.len() > SHOWN { format!(" # and {} more: aftermail signals", names.len() - SHOWN) } else { String::new() };
    format!("{what} = [{}]{more}", shown.join(", "))
}

fn proven(derived: &Path, scope: &Scope, secrets: &[ExposedSecret], hands: Hands, said: &mut Said) -> Result<(), EngineError> {
    let (mut uses, mut proofs) = (UsageFold::new(secrets), ProofFold::new(secrets, hands));
    tables::each_event(derived, &mut |event| {
        uses.see(event);
        proofs.see(event);
    })?;
    said.usage = uses.finish(&said.coverage, scope.as_of);
    said.proofs = proofs.finish(&said.coverage, &said.usage, scope.as_of);
    Ok(())
}

fn keep(derived: &Path, said: &Said) -> Result<(), EngineError> {
    put(derived, "coverage", coverage::to_batch(&said.coverage)?)?;
    put(derived, "signals", signals::to_batch(&said.signals)?)?;
    put(derived, "exposures", exposures::to_batch(&said.exposures)?)?;
    put(derived, "usage", usage::to_batch(&said.usage)?)?;
    put(derived, "proofs", proofs::to_batch(&said.proofs)?)?;
    put(derived, "open_periods", open_periods::to_batch(&said.open)?)?;
    put(derived, "remarks", remarks::to_batch(&said.remarks)?)
}

fn put(derived: &Path, name: &str, batch: RecordBatch) -> Result<(), EngineError> {
    let mut table = TableWriter::new(derived, name, batch.schema(), &Stamp::default())?;
    table.write(&batch)?;
    table.commit()
}
