//! Real mail without secrets, almost: what is found in the ham of SpamAssassin against labels made by reading it.
//!
//! The labels name a file and the SHA-256 of a value; no value stands in this repository, and none is printed.

use crate::score::{share, text};
use anyhow::{Context, Result};
use clap::Args as ClapArgs;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// File, SHA-256 of the value, "secret" or "either", why.
const LABELS: &str = include_str!("../data/ham-labels.tsv");

/// What to measure.
#[derive(Debug, ClapArgs)]
pub struct Args {
    /// Folder of the corpus
    dir: PathBuf,
    /// The aftermail to run; the one beside this program unless given
    #[arg(long, value_name = "FILE")]
    bin: Option<PathBuf>,
}

/// A value of a file, by its hash.
type Place = (String, String);

/// What somebody who read the mail says.
struct Labels {
    secrets: BTreeSet<Place>,
    /// May be reported or not: links that let the reader leave a list, codes of an advertisement.
    either: BTreeSet<Place>,
}

/// Runs the command.
///
/// # Errors
/// Where aftermail cannot be run.
pub fn run(args: &Args) -> Result<()> {
    report(&crate::mailsecrets::found(&crate::aftermail(args.bin.as_deref())?, &args.dir)?)
}

/// Prints what of the findings is labelled a secret, and what is none.
///
/// # Errors
/// Where the labels are broken.
pub fn report(found: &[Value]) -> Result<()> {
    let labels = labels(LABELS)?;
    let (hits, alarms) = judge(&labels, found);
    println!("secrets         {}", labels.secrets.len());
    println!("found           {}", hits.len());
    println!("recall          {:.4}", share(hits.len(), labels.secrets.len()));
    println!("false alarms    {}", alarms.len());
    for (file, hash) in labels.secrets.iter().filter(|l| !hits.contains(*l)) {
        println!("MISS  {file} {}", &hash[..12]);
    }
    for ((file, hash), (rule, kind)) in &alarms {
        println!("FALSE {rule:<28} {kind:<16} {file} {}", &hash[..12]);
    }
    Ok(())
}

/// Names of the files that hold a secret: what is said to be free of them may not teach with these.
pub fn files_with_secrets() -> BTreeSet<&'static str> {
    let rows = LABELS.lines().filter(|l| !l.starts_with('#'));
    rows.filter_map(|l| l.split('\t').next()).filter(|name| !name.is_empty()).collect()
}

fn labels(tsv: &str) -> Result<Labels> {
    let mut labels = Labels { secrets: BTreeSet::new(), either: BTreeSet::new() };
    for line in tsv.lines().filter(|l| !l.starts_with('#') && !l.is_empty()) {
        let mut cells = line.split('\t');
        let mut cell = || cells.next().with_context(|| format!("a label has four cells: {line}"));
        let (file, hash, class) = (cell()?.to_owned(), cell()?.to_owned(), cell()?);
        let set = if class == "secret" { &mut labels.secrets } else { &mut labels.either };
        set.insert((file, hash));
    }
    Ok(labels)
}

/// Labels that were found, and what was found beside them with rule and kind.
fn judge(labels: &Labels, found: &[Value]) -> (BTreeSet<Place>, BTreeMap<Place, (String, String)>) {
    let (mut hits, mut alarms) = (BTreeSet::new(), BTreeMap::new());
    for row in found {
        let file = Path::new(text(row, "evidence")).file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
        let place = (file, hash(text(row, "value")));
        if labels.secrets.contains(&place) {
            hits.insert(place);
        } else if !labels.either.contains(&place) {
            alarms.insert(place, (text(row, "rule").to_owned(), text(row, "kind").to_owned()));
        }
    }
    (hits, alarms)
}

fn hash(value: &str) -> String {
    Sha256::digest(value.as_bytes()).iter().map(|b| format!("{b:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_label_is_whole() {
        let labels = labels(LABELS).expect("labels");
        let all: Vec<&Place> = labels.secrets.iter().chain(&labels.either).collect();
        assert!(labels.secrets.len() >= 5);
        assert!(all.iter().all(|(file, hash)| file.contains(".eml") && hash.len() == 64));
    }

    #[test]
    fn a_value_counts_in_its_own_file_only() {
        let labels = labels(&format!("a.eml\t{}\tsecret\tx\nb.eml\t{}\teither\tx\n", hash("one"), hash("two"))).expect("labels");
        let row = |file: &str, value: &str| json!({"evidence": file, "value": value, "rule": "r", "kind": "password"});
        let found = [row("in/a.eml", "one"), row("b.eml", "one"), row("b.eml", "two"), row("b.eml", "one")];
        let (hits, alarms) = judge(&labels, &found);
        assert_eq!((hits.len(), alarms.len()), (1, 1));
        assert!(alarms.keys().all(|(file, _)| file == "b.eml"));
    }
}
