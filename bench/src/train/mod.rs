//! Trains the model that decides among candidates, and says how good it is on worlds that it has not seen.

mod examples;
mod grow;
mod hear;
mod links;
mod parts;
mod warm;

use crate::mailsecrets;
use aftermail_detect::thread::{self, Told};
use aftermail_detect::words::{Judge, LinkModel, Model};
use aftermail_detect::{Hit, Packs};
use aftermail_model::{Leads, RevealPermit, Text};
use anyhow::{Context, Result};
use clap::Args as ClapArgs;
use examples::{Case, Letter};
use links::Names;
use parts::Parts;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What to train from.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Labelled set: folder with truth.jsonl, ignore.jsonl and messages/. Without one nothing is learnt, and the model that ships is scored
    #[arg(long, value_name = "DIR", required_unless_present_any = ["check", "parts", "lines"])]
    set: Option<PathBuf>,
    /// Labelled sets of threads, from which only what tells parts of secrets is learnt; the rest of the model stays as it ships
    #[arg(long, value_name = "DIR", conflicts_with = "set")]
    parts: Vec<PathBuf>,
    /// Labelled sets, from which only is learnt which lines of a text are worth a closer look
    #[arg(long, value_name = "DIR", conflicts_with_all = ["set", "parts"])]
    lines: Vec<PathBuf>,
    /// Labelled sets that are only learnt from, such as those of `bench generate`
    #[arg(long, value_name = "DIR")]
    also: Vec<PathBuf>,
    /// The same of mail that people wrote (`bench written`): what a secret opens is learnt from these and not from what a generator names
    #[arg(long, value_name = "DIR")]
    written: Vec<PathBuf>,
    /// Folder of mail without secrets
    #[arg(long, value_name = "DIR")]
    ham: Option<PathBuf>,
    /// Folder to write the model to; none where only the cross-validation is wanted
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// For each group of worlds train without it and score on it
    #[arg(long)]
    cross_validate: bool,
    /// Only cross-validate what chooses among the names around a secret
    #[arg(long)]
    names: bool,
    /// Only cross-validate, over all mail that people wrote, what decides among candidates
    #[arg(long)]
    candidates: bool,
    /// Labelled sets that are never learnt from, to score the model on
    #[arg(long, value_name = "DIR")]
    check: Vec<PathBuf>,
    /// List misses and false alarms, and what the model says of each candidate
    #[arg(long)]
    misses: bool,
}

/// How much a candidate of mail without secrets counts.
const HAM: f32 = 2.0;
/// How much a candidate that a generator wrote counts, beside one of mail that people wrote.
const GENERATED: f32 = 0.5;
/// Worlds are left out of what is learnt from in so many groups.
const GROUPS: u64 = 5;
/// Of so many candidates of a generator that are no secret one is learnt from.
const THINNED: u64 = 3;
/// Confidence from which what is no secret is listed.
const NEAR: f32 = 0.2;

/// Runs the command.
///
/// # Errors
/// Where a set cannot be read or the model not be written.
pub fn run(args: &Args) -> Result<()> {
    let packs = Packs::built_in();
    if !args.parts.is_empty() {
        return learn_parts(args, &packs);
    }
    if !args.lines.is_empty() {
        return learn_lines(args, &packs);
    }
    let Some(set) = &args.set else { return args.check.iter().try_for_each(|set| check(set, &packs, args.misses)) };
    let letters = examples::labelled(set)?;
    let ham = args.ham.as_deref().map(examples::ham).transpose()?.unwrap_or_default();
    let mut cases = examples::cases(&letters, &packs);
    report_candidates(&letters, &cases);
    let mut names = Names::of(set, &letters, &packs)?;
    for (more_of, by_hand) in args.also.iter().map(|s| (s, false)).chain(args.written.iter().map(|s| (s, true))) {
        let more = examples::labelled(more_of)?;
        let always = |c: Case| Case { fold: None, speaks: by_hand, ..c };
        let more_cases = examples::cases(&more, &packs).into_iter().map(always);
        cases.extend(if by_hand { more_cases.collect() } else { thinned(more_cases) });
        if by_hand {
            names.add(Names::of(more_of, &more, &packs)?);
        }
    }
    names.report();
    if args.names {
        names.cross_validate();
        return Ok(());
    }
    let with_secrets = crate::ham::files_with_secrets();
    let without = ham.iter().filter(|l| !with_secrets.contains(l.message.at.evidence.as_str()));
    cases.extend(examples::cases(without, &packs).into_iter().map(|c| Case { weight: HAM, ..c }));
    println!("{} candidates to learn from, {} of them secrets", cases.len(), cases.iter().filter(|c| c.secret).count());
    if args.candidates {
        hear::cross_validate(&cases);
        return Ok(());
    }
    if args.cross_validate {
        cross_validate(set, &letters, &ham, &cases, &names, args.misses)?;
    }
    if args.out.is_none() && args.check.is_empty() {
        return Ok(());
    }
    let model = learn(&cases, &names, |_| true);
    report_gate(&cases, &model);
    if let Some(out) = &args.out {
        write(&out.join("gate.txt"), &model.gate.trees.write())?;
        for (name, judge) in [("finder", &model.finder), ("links", &model.links.systems), ("accounts", &model.links.accounts)] {
            write_judge(out, name, judge)?;
        }
    }
    let packs = Packs::built_in().model(model);
    if !ham.is_empty() {
        println!("\nmail with almost no secrets, by the model that learnt from it");
        crate::ham::report(&ham.iter().flat_map(|l| findings(&[l], &packs)).collect::<Vec<_>>())?;
    }
    args.check.iter().try_for_each(|set| check(set, &packs, args.misses))
}

/// Learns what tells parts of secrets, and nothing else.
fn learn_parts(args: &Args, packs: &Packs) -> Result<()> {
    let parts = Parts::of(&args.parts, args.ham.as_deref(), packs)?;
    if args.cross_validate {
        parts.cross_validate(args.misses)?;
    }
    if args.out.is_none() && args.check.is_empty() {
        return Ok(());
    }
    let learnt = parts.learn(|_| true);
    if let Some(out) = &args.out {
        write_judge(out, "parts", &learnt.parts)?;
        write_judge(out, "ends", &learnt.ends)?;
        write(&out.join("pairs.txt"), &learnt.pairs.trees.write())?;
    }
    let packs = parts::with(learnt);
    args.check.iter().try_for_each(|set| check(set, &packs, args.misses))
}

/// Learns which lines are worth a closer look, and nothing else.
fn learn_lines(args: &Args, packs: &Packs) -> Result<()> {
    let voices = warm::Lines::of(&args.lines, args.ham.as_deref(), packs)?.learn();
    if let Some(out) = &args.out {
        write(&out.join("warm.words.txt"), &voices.write())?;
    }
    let packs = warm::with(voices);
    args.check.iter().try_for_each(|set| check(set, &packs, args.misses))
}

fn write_judge(out: &Path, name: &str, judge: &Judge) -> Result<()> {
    write(&out.join(format!("{name}.txt")), &judge.trees.write())?;
    for (voices, heard) in judge.voices.iter().zip(["words", "letters"]) {
        write(&out.join(format!("{name}.{heard}.txt")), &voices.write())?;
    }
    Ok(())
}

/// Of what a generator wrote, of which there is any amount, all secrets and some of the rest, which then count for more.
fn thinned(cases: impl Iterator<Item = Case>) -> Vec<Case> {
    let kept = |c: &Case| c.secret || xxhash_rust::xxh3::xxh3_64(format!("{} {}", c.thread, c.value).as_bytes()).is_multiple_of(THINNED);
    let weight = |c: &Case| if c.secret { GENERATED } else { GENERATED * THINNED as f32 };
    cases.filter(kept).map(|c| Case { weight: weight(&c), ..c }).collect()
}

fn write(file: &Path, text: &str) -> Result<()> {
    std::fs::write(file, text).with_context(|| format!("could not write {}", file.display()))
}

/// How good the model is on a set that it never learnt from.
fn check(set: &Path, packs: &Packs, misses: bool) -> Result<()> {
    let letters = examples::labelled(set)?;
    let all: Vec<&Letter> = letters.iter().collect();
    println!("\n{}", set.display());
    let outcome = mailsecrets::judge(set, &findings(&all, packs), false)?;
    mailsecrets::print(&outcome);
    if misses {
        mailsecrets::print_misses(&outcome);
        print_weighed(&examples::cases(&letters, packs));
    }
    Ok(())
}

fn learn(cases: &[Case], names: &Names, chosen: impl Fn(&Case) -> bool) -> Model {
    let [systems, accounts] =
        [&names.systems, &names.accounts].map(|all| hear::judge(&all.iter().filter(|c| chosen(c)).collect::<Vec<_>>(), &grow::LINKS));
    let links = LinkModel { systems, accounts };
    let chosen: Vec<&Case> = cases.iter().filter(|c| !c.asked.numbers.is_empty() && chosen(c)).collect();
    let glance = chosen.first().map_or(0, |c| c.glance);
    let [finder, gate] = hear::judges(&chosen, [(usize::MAX, &grow::FINDER), (glance, &grow::GATE)]);
    Model { gate, finder, links, ..Packs::built_in().shipped().clone() }
}

/// How many secrets and how many others the gate turns away.
fn report_gate<'c>(cases: impl IntoIterator<Item = &'c Case>, model: &Model) {
    let mut counts = [[0usize; 2]; 2];
    for case in cases.into_iter().filter(|c| !c.asked.numbers.is_empty()) {
        let away = !model.lets_through(&case.at_a_glance());
        counts[usize::from(case.secret)][usize::from(away)] += 1;
    }
    let [[others, others_away], [secrets, secrets_away]] = counts;
    println!(
        "the gate turns away {others_away} of {} others and {secrets_away} of {} secrets",
        others + others_away,
        secrets + secrets_away
    );
}

/// How many of the secrets that stand in readable text were put forward at all.
fn report_candidates(letters: &[Letter], cases: &[Case]) {
    let mut forward = std::collections::HashSet::new();
    forward.extend(cases.iter().filter(|c| c.secret).map(|c| (c.thread.as_str(), c.value.as_str())));
    println!("{} distinct secrets among the candidates of {} messages", forward.len(), letters.len());
}

fn cross_validate(set: &Path, letters: &[Letter], ham: &[Letter], cases: &[Case], names: &Names, misses: bool) -> Result<()> {
    let mut folds: Vec<u64> = letters.iter().filter_map(|l| l.fold).collect();
    folds.sort_unstable();
    folds.dedup();
    println!("{} worlds in {GROUPS} groups", folds.len());
    let (mut found, mut alarms): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
    let mut weighed = Vec::new();
    // Mail without secrets is dealt out among the groups.
    let part = |fold: u64| folds.iter().position(|f| *f == fold).map_or(fold, |at| at as u64) % GROUPS;
    for group in 0..GROUPS {
        let model = learn(cases, names, |c| c.fold.is_none_or(|f| part(f) != group));
        report_gate(cases.iter().filter(|c| c.fold.is_some_and(|f| part(f) == group)), &model);
        let packs = Packs::built_in().model(model);
        let unseen = |l: &&Letter| l.fold.is_some_and(|f| part(f) == group);
        let here: Vec<&Letter> = letters.iter().filter(unseen).collect();
        found.extend(findings(&here, &packs));
        weighed.extend(examples::cases(here, &packs));
        alarms.extend(ham.iter().filter(unseen).flat_map(|l| findings(&[l], &packs)));
        weighed.extend(examples::cases(ham.iter().filter(unseen), &packs));
    }
    let outcome = mailsecrets::judge(set, &found, false)?;
    mailsecrets::print(&outcome);
    if !ham.is_empty() {
        println!("\nmail with almost no secrets, {} messages", ham.len());
        crate::ham::report(&alarms)?;
    }
    if misses {
        mailsecrets::print_misses(&outcome);
        print_weighed(&weighed);
    }
    Ok(())
}

/// What was put forward, with the confidence of a model that never saw it: secrets, and what is none and not far from being reported.
fn print_weighed(cases: &[Case]) {
    for case in cases.iter().filter(|c| c.secret || c.confidence >= NEAR) {
        let what = if case.secret { "SECRET" } else { "OTHER" };
        println!("{what:<6} {:.3} {:<10} {:?}", case.confidence, case.rule, case.value);
    }
}

/// What is found in messages, thread by thread; those are joined that the program joins.
fn findings(letters: &[&Letter], packs: &Packs) -> Vec<Value> {
    let mut rows = Vec::new();
    for thread in threads(letters, packs).values_mut() {
        if Leads::worth_joining(&thread.iter().map(|told| leads(told, packs)).collect::<Vec<_>>()) {
            thread::join(thread, packs);
        }
        rows.extend(thread.iter().flat_map(|told| told.hits.iter().map(|(text, hit)| row(told, *text, hit))));
    }
    rows
}

/// What a message says of others of its thread.
fn leads(told: &Told, packs: &Packs) -> Leads {
    let of_text = |(at, text): (usize, &Text)| {
        let hits: Vec<Hit> = told.hits.iter().filter(|(n, _)| *n == at).map(|(_, h)| h.clone()).collect();
        thread::leads(text, &hits, packs)
    };
    told.texts.iter().enumerate().map(of_text).fold(Leads::default(), Leads::with)
}

/// Messages by threads and in time order, each with what is found in it alone.
fn threads<'l>(letters: &[&'l Letter], packs: &Packs) -> BTreeMap<&'l str, Vec<Told>> {
    let mut threads: BTreeMap<&str, Vec<Told>> = BTreeMap::new();
    for letter in letters {
        let mut hits = Vec::new();
        for (at, text) in letter.texts.iter().enumerate() {
            hits.extend(aftermail_detect::detect(text, &letter.message, packs).into_iter().map(|hit| (at, hit)));
        }
        let told = Told { message: letter.message.clone(), texts: letter.texts.clone(), hits, locked: letter.locked.clone() };
        threads.entry(&letter.thread).or_default().push(told);
    }
    threads.values_mut().for_each(|thread| thread.sort_by_key(|t| t.message.sent));
    threads
}

fn row(told: &Told, text: usize, hit: &Hit) -> Value {
    json!({
        "message_id": told.message.message_id, "evidence": told.message.at.evidence, "where": told.texts[text].place, "value": hit.value.reveal(&RevealPermit::recorded()),
        "rule": hit.rule, "kind": hit.kind.as_str(), "system": hit.system, "account": hit.account,
    })
}
