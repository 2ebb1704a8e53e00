//! The lines of labelled mail, and in which of them secrets stand.

use super::examples::{self, Letter};
use super::hear::{self, Heard};
use crate::random::Random;
use aftermail_detect::Packs;
use aftermail_detect::words::{Listened, Model, Voices, listened};
use aftermail_model::{Layer, RevealPermit};
use anyhow::Result;
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Parts of what is learnt from, each weighed by what learnt from the others.
const FOLDS: u64 = 5;
/// Share of the secrets whose lines are to be warm, in threads that were not learnt from.
const KEPT: f64 = 0.99;
/// Of so many lines with secrets one is learnt from once more among lines of other mail.
const PLANTED: usize = 16;

/// Shortest secret, in bytes, that is looked for as it is written.
const SHORTEST: usize = 4;

/// The lines of labelled sets and of mail without secrets.
pub struct Lines {
    lines: Vec<Line>,
}

/// A line with words.
struct Line {
    own: Vec<u32>,
    around: Vec<u32>,
    /// The secret that stands in it, be it in part, by a number of its own.
    secret: Option<usize>,
    /// Where the lines around it are not its own.
    planted: bool,
    fold: u64,
    /// Written without secrets.
    ham: bool,
    bytes: usize,
}

impl Line {
    fn heard(&self) -> Vec<u32> {
        [self.own.as_slice(), self.around.as_slice()].concat()
    }
}

impl Lines {
    /// Reads them.
    ///
    /// # Errors
    /// Where a set cannot be read.
    pub fn of(sets: &[PathBuf], ham: Option<&Path>, packs: &Packs) -> Result<Lines> {
        let mut lines = Lines { lines: Vec::new() };
        for set in sets {
            lines.add(&examples::labelled(set)?, false, packs);
        }
        if let Some(folder) = ham {
            lines.add(&examples::ham(folder)?, true, packs);
        }
        lines.plant();
        let secrets = lines.secrets().len();
        println!("{} lines, {secrets} secrets in them", lines.lines.len());
        Ok(lines)
    }

    fn add(&mut self, letters: &[Letter], ham: bool, packs: &Packs) {
        let mut secrets = self.secrets().into_iter().max().map_or(0, |last| last + 1);
        for letter in letters {
            let fold = xxhash_rust::xxh3::xxh3_64(letter.thread.as_bytes()) % FOLDS;
            let shown = letter.texts.iter().filter(|t| matches!(t.layer, Layer::Visible | Layer::Hidden | Layer::Ocr));
            for text in shown {
                let told = if ham { Vec::new() } else { places(letter, text, packs) };
                let numbers: Vec<usize> = (secrets..secrets + told.len()).collect();
                secrets += told.len();
                for Listened { at, own, around } in listened(&text.body, letter.message.subject.as_deref().unwrap_or_default()) {
                    let secret = told.iter().zip(&numbers).find(|(place, _)| place.start < at.end && at.start < place.end);
                    self.lines.push(Line {
                        own,
                        around,
                        secret: secret.map(|(_, number)| *number),
                        planted: false,
                        fold,
                        ham,
                        bytes: at.len(),
                    });
                }
            }
        }
    }

    /// Puts some lines with secrets among lines without any once more: mail that was invented is short, and a secret may stand in the midst
    /// of a long one that speaks of other things.
    fn plant(&mut self) {
        let mut random = Random::new(7);
        let elsewhere: Vec<Vec<u32>> = self.lines.iter().filter(|l| l.ham).map(|l| l.around.clone()).collect();
        let mut more = Vec::new();
        for line in self.lines.iter().filter(|l| l.secret.is_some() && !elsewhere.is_empty()).step_by(PLANTED) {
            let around = elsewhere[random.below(elsewhere.len())].clone();
            more.push(Line { own: line.own.clone(), around, planted: true, ..*line });
        }
        self.lines.extend(more);
    }

    fn secrets(&self) -> HashSet<usize> {
        self.lines.iter().filter_map(|l| l.secret).collect()
    }

    /// What tells warm lines: as many as hold [`KEPT`] of the secrets in threads that were not learnt from. Says how many that are.
    pub fn learn(&self) -> Voices {
        let mut weighed: Vec<(f32, &Line)> = Vec::with_capacity(self.lines.len());
        for here in 0..FOLDS {
            let voices = learn(self.lines.iter().filter(|l| l.fold != here));
            weighed.extend(self.lines.iter().filter(|l| l.fold == here).map(|l| (voices.logit(&l.heard()), l)));
        }
        // The warmest line of each secret.
        let mut best: BTreeMap<usize, f32> = BTreeMap::new();
        for (logit, line) in weighed.iter().filter(|(_, line)| !line.planted) {
            if let Some(secret) = line.secret {
                best.entry(secret).and_modify(|most| *most = most.max(*logit)).or_insert(*logit);
            }
        }
        let mut best: Vec<f32> = best.into_values().collect();
        best.sort_by(f32::total_cmp);
        let from = best.get(((1.0 - KEPT) * best.len() as f64) as usize).copied().unwrap_or_default();
        let bytes = |warm: bool| weighed.iter().filter(|(l, line)| line.ham && (*l >= from || !warm)).map(|(_, l)| l.bytes).sum::<usize>();
        println!(
            "{KEPT} of the secrets stand in warm lines, and of mail without any {:.3} does",
            bytes(true) as f64 / bytes(false).max(1) as f64
        );
        learn(self.lines.iter()).from(from)
    }
}

fn learn<'l>(lines: impl Iterator<Item = &'l Line>) -> Voices {
    let lines: Vec<(Vec<u32>, bool)> = lines.map(|l| (l.heard(), l.secret.is_some())).collect();
    let heard = lines.iter().map(|(slots, secret)| Heard { slots, secret: *secret, weight: 1.0 });
    hear::learn(&mut heard.collect::<Vec<_>>(), &hear::SLOW)
}

/// Where secrets of a text stand.
fn places(letter: &Letter, text: &aftermail_model::Text, packs: &Packs) -> Vec<Range<usize>> {
    let permit = RevealPermit::recorded();
    let told = aftermail_detect::examples(text, &letter.message, packs).into_iter();
    let told = told.filter(|e| letter.is_secret(e.value.reveal(&permit)));
    // One that nobody puts forward stands there too.
    let standing = letter.secrets().filter(|value| value.len() >= SHORTEST).flat_map(|value| text.body.match_indices(value));
    let mut places: Vec<Range<usize>> = told.map(|e| e.place).chain(standing.map(|(at, value)| at..at + value.len())).collect();
    places.sort_by_key(|place| (place.start, place.end));
    places.dedup_by_key(|place| place.start);
    places
}

/// The packs that come with the program, with other ears.
pub fn with(warm: Voices) -> Packs {
    let packs = Packs::built_in();
    let model = Model { warm, ..packs.shipped().clone() };
    packs.model(model)
}
