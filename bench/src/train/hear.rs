//! Learns what single words say, and what is made of that: logistic regression over the slots that cases are heard in, by AdaGrad
//! (J. Duchi et al., "Adaptive subgradient methods", 2011). The same cases in the same order give the same weights.

use super::examples::Case;
use super::grow::{self, Settings};
use crate::random::Random;
use aftermail_detect::words::{Asked, Judge, SLOTS, Voices};

/// How weights are learnt.
pub struct Pace {
    /// Rounds through the cases.
    rounds: usize,
    rate: f64,
    /// Pull of each weight towards zero, each time that it is heard.
    pull: f64,
}

/// For the voices that trees listen to.
pub const QUICK: Pace = Pace { rounds: 3, rate: 0.15, pull: 0.01 };
/// For those of them that learn from little.
pub const STEADY: Pace = Pace { rounds: 6, rate: 0.03, pull: 0.001 };
/// For voices that decide by themselves.
pub const SLOW: Pace = Pace { rounds: 10, rate: 0.01, pull: 0.0003 };
/// Parts of the cases, each heard by what learnt from the others.
const PARTS: u64 = 6;

/// Voices, and trees that learnt to listen to them.
pub fn judge(cases: &[&Case], settings: &Settings) -> Judge {
    let [judge] = judges(cases, [(usize::MAX, settings)]);
    judge
}

/// Several that listen to the same voices, which are learnt at the pace of the first, each of which knows the first so many numbers only.
pub fn judges<const N: usize>(cases: &[&Case], wanted: [(usize, &Settings); N]) -> [Judge; N] {
    let pace = wanted[0].1.pace;
    let said = overheard(cases, pace);
    let voices = voices(cases, pace);
    wanted.map(|(known, settings)| {
        let heard = cases.iter().zip(&said).map(|(case, said)| {
            let numbers = case.asked.numbers.iter().take(known).chain(said).copied().collect();
            Case { asked: Asked { numbers, ..Asked::default() }, ..(*case).clone() }
        });
        let heard: Vec<Case> = heard.collect();
        let width = heard.first().map_or(0, |c| c.asked.numbers.len());
        Judge { voices: voices.clone(), trees: grow::grow(&heard.iter().collect::<Vec<_>>(), width, settings) }
    })
}

/// Says how well candidates are told apart in conversations that were not learnt from: secrets that reach 0.5, others that do, and
/// how many secrets reach what as many others as a twentieth of the secrets reach.
pub fn cross_validate(cases: &[Case]) {
    const FOLDS: u64 = 3;
    let part = |case: &Case| xxhash_rust::xxh3::xxh3_64(case.thread.as_bytes()) % FOLDS;
    let told: Vec<&Case> = cases.iter().filter(|c| !c.asked.numbers.is_empty()).collect();
    let mut weighed: Vec<(f32, bool)> = Vec::new();
    for fold in 0..FOLDS {
        let others: Vec<&Case> = told.iter().copied().filter(|c| !c.speaks || part(c) != fold).collect();
        let judge = judge(&others, &grow::FINDER);
        let here = told.iter().filter(|c| c.speaks && part(c) == fold);
        weighed.extend(here.map(|c| (judge.confidence(&c.asked), c.secret)));
    }
    weighed.sort_by(|a, b| b.0.total_cmp(&a.0));
    let secrets = weighed.iter().filter(|(_, secret)| *secret).count();
    let reach = |from: f32, secret: bool| weighed.iter().filter(|(c, s)| *c >= from && *s == secret).count();
    let bound = weighed.iter().filter(|(_, secret)| !secret).nth(secrets / 20).map_or(0.0, |(c, _)| *c);
    println!(
        "of {secrets} secrets {} reach 0.5 with {} others; {} reach {bound:.3} with {}",
        reach(0.5, true),
        reach(0.5, false),
        reach(bound, true),
        secrets / 20
    );
}

/// The voices of words and of letters.
fn voices(cases: &[&Case], pace: &Pace) -> [Voices; 2] {
    [0, 1].map(|which| learn_of(cases, which, pace))
}

/// What voices make of each case that learnt from other conversations, as they will of mail to come.
fn overheard(cases: &[&Case], pace: &Pace) -> Vec<[f32; 2]> {
    let part = |case: &Case| case.fold.unwrap_or_else(|| xxhash_rust::xxh3::xxh3_64(case.thread.as_bytes())) % PARTS;
    let mut out = vec![[0.0; 2]; cases.len()];
    for here in 0..PARTS {
        let others: Vec<&Case> = cases.iter().copied().filter(|c| part(c) != here).collect();
        let voices = voices(&others, pace);
        for (case, said) in cases.iter().zip(&mut out).filter(|(c, _)| part(c) == here) {
            *said = [0, 1].map(|which| voices[which].logit(&case.asked.heard[which]));
        }
    }
    out
}

fn learn_of(cases: &[&Case], which: usize, pace: &Pace) -> Voices {
    let cases = cases.iter().filter(|c| c.speaks);
    learn(&mut cases.map(|c| Heard { slots: &c.asked.heard[which], secret: c.secret, weight: c.weight }).collect::<Vec<_>>(), pace)
}

/// What is heard of something, and whether that is a secret.
pub struct Heard<'c> {
    pub slots: &'c [u32],
    pub secret: bool,
    /// How much it counts.
    pub weight: f32,
}

/// Voices that tell secrets from others.
pub fn learn(cases: &mut [Heard<'_>], pace: &Pace) -> Voices {
    let weight = |secret: bool| cases.iter().filter(|c| c.secret == secret).map(|c| f64::from(c.weight)).sum::<f64>() + 1.0;
    let base = (weight(true) / weight(false)).ln();
    let mut weights = vec![0.0f64; SLOTS];
    let mut seen = vec![1e-3f64; SLOTS];
    let mut random = Random::new(1);
    for _ in 0..pace.rounds {
        random.shuffle(cases);
        for case in cases.iter() {
            let logit: f64 = base + case.slots.iter().map(|slot| weights[*slot as usize]).sum::<f64>();
            let error = (1.0 / (1.0 + (-logit).exp()) - f64::from(u8::from(case.secret))) * f64::from(case.weight);
            for slot in case.slots.iter().map(|slot| *slot as usize) {
                let slope = error + pace.pull * weights[slot];
                seen[slot] += slope * slope;
                weights[slot] -= pace.rate * slope / seen[slot].sqrt();
            }
        }
    }
    Voices::new(base as f32, &weights.iter().map(|w| *w as f32).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(thread: usize, secret: bool, slot: u32, speaks: bool) -> Case {
        Case {
            asked: Asked { numbers: vec![0.0], heard: [vec![1, slot], vec![1]] },
            glance: 1,
            speaks,
            secret,
            weight: 1.0,
            fold: None,
            thread: thread.to_string(),
            value: String::new(),
            confidence: 0.0,
            rule: "",
            group: 0,
        }
    }

    #[test]
    fn a_word_is_learnt_from_people_and_never_from_the_own_conversation() {
        // Slot 2 tells in every conversation; slot 100 + n stands in one alone.
        let mut cases: Vec<Case> = (0..300).map(|n| case(n, n % 3 == 0, if n % 3 == 0 { 2 } else { 3 }, true)).collect();
        cases.push(case(1000, true, 100, true));
        cases.extend((0..50).map(|n| case(2000 + n, true, 4, false)));
        let cases: Vec<&Case> = cases.iter().collect();
        let [words, letters] = voices(&cases, &QUICK);
        assert!(words.logit(&[1, 2]) > 0.0 && words.logit(&[1, 3]) < 0.0);
        assert!(words.logit(&[1, 100]) > words.logit(&[1, 4]), "what no person wrote teaches nothing");
        assert!((letters.logit(&[1]) - letters.logit(&[5])).abs() < 1.0, "what stands everywhere tells little");
        let said = overheard(&cases, &QUICK);
        assert!(said[300][0] < words.logit(&[1, 100]), "alone it was heard by voices that had not met it");
    }
}
