//! Grows the trees of the model. The same cases in the same order grow the same trees.

use super::examples::Case;
use super::hear::{self, Pace};
use crate::random::Random;
use aftermail_detect::words::{Node, Trees};
use std::collections::HashMap;

/// How to grow.
pub struct Settings {
    pub rounds: usize,
    pub depth: usize,
    /// Share of each tree's answer that is kept.
    pub rate: f64,
    /// Least weight (of the logistic loss' second derivative) on each side of a question.
    pub least: f64,
    /// Pull of the answers towards zero.
    pub ridge: f64,
    /// Share of the numbers that one tree may ask about.
    pub features: f64,
    /// Share of the cases that one tree learns from.
    pub cases: f64,
    /// Whether the cases of a group are weighed against each other and against none of them, rather than each by itself.
    pub among: bool,
    /// Models that are grown, each from another beginning of chance, and averaged.
    pub models: usize,
    /// How the voices are learnt that the trees listen to.
    pub pace: &'static Pace,
}

/// What decides.
pub const FINDER: Settings = Settings {
    rounds: 320,
    depth: 6,
    rate: 0.07,
    least: 1.5,
    ridge: 4.0,
    features: 0.3,
    cases: 0.7,
    among: false,
    models: 3,
    pace: &hear::QUICK,
};
/// What turns away the many that are hardly secrets: few trees, over few numbers.
pub const GATE: Settings = Settings {
    rounds: 40,
    depth: 4,
    rate: 0.25,
    least: 1.0,
    ridge: 2.0,
    features: 0.5,
    cases: 1.0,
    among: false,
    models: 1,
    pace: &hear::QUICK,
};

/// What chooses among the names around a secret.
pub const LINKS: Settings = Settings {
    rounds: 200,
    depth: 4,
    rate: 0.08,
    least: 2.0,
    ridge: 4.0,
    features: 0.4,
    cases: 0.7,
    among: true,
    models: 3,
    pace: &hear::QUICK,
};

/// What tells parts of secrets, of which few are known to learn from.
pub const PARTS: Settings = Settings { rounds: 150, among: false, pace: &hear::STEADY, ..LINKS };

/// What tells whether parts make a secret together, of which fewer are known.
pub const PAIRS: Settings = Settings { rounds: 120, depth: 3, models: 1, ..PARTS };

/// Most thresholds that are tried for one number.
const BINS: usize = 48;

/// Cases as columns of bins.
struct Table {
    thresholds: Vec<Vec<f32>>,
    /// By number, then by case.
    bins: Vec<Vec<u8>>,
}

/// First and second derivative of the loss.
#[derive(Clone, Copy, Default)]
struct Slope {
    gradient: f64,
    hessian: f64,
}

impl Slope {
    fn add(&mut self, other: Slope) {
        self.gradient += other.gradient;
        self.hessian += other.hessian;
    }

    fn without(self, other: Slope) -> Slope {
        Slope { gradient: self.gradient - other.gradient, hessian: self.hessian - other.hessian }
    }

    fn gain(self, ridge: f64) -> f64 {
        self.gradient * self.gradient / (self.hessian + ridge)
    }
}

/// The trees that tell the secrets among the cases by the first so many of their numbers.
pub fn grow(cases: &[&Case], width: usize, settings: &Settings) -> Trees {
    let table = Table::new(cases, width);
    let weight = |c: &Case| f64::from(c.weight);
    let secrets: f64 = cases.iter().filter(|c| c.secret).map(|c| weight(c)).sum();
    let others: f64 = cases.iter().filter(|c| !c.secret).map(|c| weight(c)).sum();
    let base = if settings.among { 0.0 } else { ((secrets + 1.0) / (others + 1.0)).ln() };
    let mut trees = Trees { base: base as f32, trees: Vec::new() };
    for model in 0..settings.models {
        let mut logits = vec![base; cases.len()];
        let mut random = Random::new(1 + model as u64);
        let mut happens = |share: f64| (random.below(1000) as f64) < share * 1000.0;
        for _ in 0..settings.rounds {
            let slopes = if settings.among { slopes_among(cases, &logits) } else { slopes(cases, &logits) };
            let asked: Vec<usize> = (0..table.bins.len()).filter(|_| happens(settings.features)).collect();
            let chosen: Vec<u32> = (0..cases.len() as u32).filter(|_| happens(settings.cases)).collect();
            let mut tree = Vec::new();
            Grower { table: &table, slopes: &slopes, asked: &asked, settings }.node(chosen, settings.depth, &mut tree);
            logits.iter_mut().enumerate().for_each(|(case, logit)| *logit += f64::from(table.answer(&tree, case)));
            trees.trees.push(tree);
        }
    }
    let share = settings.models as f32;
    let answers = trees.trees.iter_mut().flatten();
    answers.for_each(|node| {
        if let Node::Add(answer) = node {
            *answer = rounded(*answer / share)
        }
    });
    trees
}

fn slopes(cases: &[&Case], logits: &[f64]) -> Vec<Slope> {
    cases.iter().zip(logits).map(|(c, logit)| slope(c.secret, *logit, f64::from(c.weight))).collect()
}

/// Of the loss of choosing one of a group, or none: the more one is believed, the less the others (a softmax with one answer that
/// stays at 0). Where several are right, it matters not which of them.
fn slopes_among(cases: &[&Case], logits: &[f64]) -> Vec<Slope> {
    let mut sums: HashMap<usize, (f64, f64)> = HashMap::new();
    for (case, logit) in cases.iter().zip(logits) {
        let (all, right) = sums.entry(case.group).or_default();
        *all += logit.exp();
        *right += if case.secret { logit.exp() } else { 0.0 };
    }
    let slope = |(case, logit): (&&Case, &f64)| {
        let (all, right) = sums[&case.group];
        let p = logit.exp() / (1.0 + all);
        let wanted = if case.secret { logit.exp() / right } else { 0.0 };
        let weight = f64::from(case.weight);
        Slope { gradient: (wanted - p) * weight, hessian: p * (1.0 - p) * weight }
    };
    cases.iter().zip(logits).map(slope).collect()
}

fn slope(secret: bool, logit: f64, weight: f64) -> Slope {
    let p = 1.0 / (1.0 + (-logit).exp());
    Slope { gradient: (f64::from(u8::from(secret)) - p) * weight, hessian: p * (1.0 - p) * weight }
}

impl Table {
    fn new(cases: &[&Case], width: usize) -> Table {
        let mut table = Table { thresholds: Vec::new(), bins: Vec::new() };
        for feature in 0..width {
            let column: Vec<f32> = cases.iter().map(|c| c.asked.numbers[feature]).collect();
            let thresholds = thresholds(column.clone());
            table.bins.push(column.iter().map(|n| thresholds.partition_point(|t| t < n) as u8).collect());
            table.thresholds.push(thresholds);
        }
        table
    }

    /// What a tree adds for a case.
    fn answer(&self, tree: &[Node], case: usize) -> f32 {
        let mut at = 0;
        loop {
            match tree[at] {
                Node::Ask { feature, most, over } => {
                    let feature = usize::from(feature);
                    let number = usize::from(self.bins[feature][case]);
                    // A case lies in the bin of the first threshold that is no less than its number.
                    let is_most =
                        self.thresholds[feature].get(number).is_none_or(|t| *t <= most) && number < self.thresholds[feature].len();
                    at = if is_most { at + 1 } else { usize::from(over) };
                }
                Node::Add(answer) => return answer,
            }
        }
    }
}

/// Thresholds between the different values of a column, at even shares of the cases.
fn thresholds(mut column: Vec<f32>) -> Vec<f32> {
    column.sort_by(f32::total_cmp);
    let mut distinct = column.clone();
    distinct.dedup();
    if distinct.len() > BINS {
        // Half by rank, half over the range of values, for what tells may be rare.
        let by_rank = (1..BINS / 2).map(|n| column[n * column.len() / (BINS / 2)]);
        let by_value = (1..BINS / 2).map(|n| distinct[n * distinct.len() / (BINS / 2)]);
        distinct = by_rank.chain(by_value).collect();
        distinct.sort_by(f32::total_cmp);
        distinct.dedup();
    }
    distinct.windows(2).map(|w| rounded((w[0] + w[1]) / 2.0)).collect()
}

/// Few digits, so that the model stays small.
fn rounded(number: f32) -> f32 {
    (number * 1000.0).round() / 1000.0
}

struct Grower<'a> {
    table: &'a Table,
    slopes: &'a [Slope],
    asked: &'a [usize],
    settings: &'a Settings,
}

/// The best question found so far.
struct Question {
    gain: f64,
    feature: usize,
    bin: usize,
}

impl Grower<'_> {
    fn node(&self, cases: Vec<u32>, depth: usize, tree: &mut Vec<Node>) {
        let mut total = Slope::default();
        cases.iter().for_each(|c| total.add(self.slopes[*c as usize]));
        let question = if depth == 0 { None } else { self.question(&cases, total) };
        let Some(question) = question else {
            let answer = rounded((self.settings.rate * total.gradient / (total.hessian + self.settings.ridge)) as f32);
            tree.push(Node::Add(answer));
            return;
        };
        let bins = &self.table.bins[question.feature];
        let (most, over): (Vec<u32>, Vec<u32>) = cases.into_iter().partition(|c| usize::from(bins[*c as usize]) <= question.bin);
        let at = tree.len();
        let threshold = self.table.thresholds[question.feature][question.bin];
        tree.push(Node::Ask { feature: question.feature as u16, most: threshold, over: 0 });
        self.node(most, depth - 1, tree);
        let next = tree.len() as u16;
        if let Some(Node::Ask { over, .. }) = tree.get_mut(at) {
            *over = next;
        }
        self.node(over, depth - 1, tree);
    }

    fn question(&self, cases: &[u32], total: Slope) -> Option<Question> {
        let (least, ridge) = (self.settings.least, self.settings.ridge);
        let mut best: Option<Question> = None;
        for &feature in self.asked {
            let mut sums = [Slope::default(); BINS + 1];
            let bins = &self.table.bins[feature];
            for case in cases {
                sums[usize::from(bins[*case as usize])].add(self.slopes[*case as usize]);
            }
            let mut most = Slope::default();
            for (bin, sum) in sums.iter().enumerate().take(self.table.thresholds[feature].len()) {
                most.add(*sum);
                let over = total.without(most);
                if most.hessian < least || over.hessian < least {
                    continue;
                }
                let gain = most.gain(ridge) + over.gain(ridge) - total.gain(ridge);
                if gain > 1e-6 && best.as_ref().is_none_or(|b| gain > b.gain) {
                    best = Some(Question { gain, feature, bin });
                }
            }
        }
        best
    }
}
