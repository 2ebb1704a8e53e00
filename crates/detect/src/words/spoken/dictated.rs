//! Of the steps of a text the run that reads most like a dictation, and the value that it comes to.

use super::assembled;
use super::changed;
use super::steps::{self, Atom, Step};
use super::tokens;
use super::vocabulary::Vocabulary;
use std::ops::Range;

/// Less than this speaks for nothing.
const LEAST: f32 = 1.4;
/// The most that an aside costs.
const ASIDE: f32 = -1.2;
/// How much more a change of an older value that stands there speaks for.
const CHANGED: f32 = 1.0;

/// A value that is dictated.
#[derive(Debug, PartialEq)]
pub(super) struct Told {
    /// Where, in bytes of the text.
    pub range: Range<usize>,
    pub value: String,
    /// How much speaks for it: about 1 for each sign or word and a half for each letter or figure that is told.
    pub score: f32,
}

/// The dictation in a text, if there is one.
pub(super) fn read(text: &str, vocabulary: &Vocabulary) -> Option<Told> {
    let tokens = tokens::read(text, vocabulary);
    if steps::at_most(&tokens) < LEAST {
        return None;
    }
    let steps = steps::read(&tokens, vocabulary);
    let (run, score) = best(&steps)?;
    let run = announced(&steps, run.start)..completed(&steps, run.end);
    let changed = changed::value(&steps[run.clone()]).is_some();
    let score = if changed { score + CHANGED } else { score };
    if !changed && !is_spelled(&steps[run.clone()]) || is_left_open(&steps, &run) || is_rule(&steps, &run) {
        return None;
    }
    // A long aside counts as a few words.
    let is_unknown = |s: &Step| s.atom == Atom::Filler && s.weight <= -0.2;
    let stretches = steps[run.clone()].split(|s| s.weight > 0.2);
    let unknown: usize = stretches.map(|s| s.iter().filter(|s| is_unknown(s)).count().min(4)).sum();
    let told = steps[run.clone()].iter().filter(|s| s.weight > 0.0).count();
    // Too much of it was not understood.
    if !changed && unknown * 10 >= told * 3 && unknown > 1 {
        return None;
    }
    let range = steps[run.start].range.start..steps[run.end - 1].range.end;
    Some(Told { range, value: assembled::value(&steps[run])?, score })
}

/// The run of steps with the greatest sum of weights (J. Kadane; J. Bentley, "Algorithm design techniques", 1984).
fn best(steps: &[Step]) -> Option<(Range<usize>, f32)> {
    let (mut start, mut sum) = (0, 0.0);
    let mut best: Option<(Range<usize>, f32)> = None;
    // What the words since something was told have cost.
    let mut aside: f32 = 0.0;
    for (at, step) in steps.iter().enumerate() {
        if sum <= 0.0 {
            (start, sum, aside) = (at, 0.0, 0.0);
        }
        let cost = if step.weight < 0.0 && step.atom == Atom::Filler { step.weight.max(ASIDE - aside).min(0.0) } else { step.weight };
        aside = if step.weight > 0.2 { 0.0 } else { aside + cost.min(0.0) };
        if is_stop(step) {
            aside = 0.0;
        }
        sum += cost;
        if step.weight > 0.0 && best.as_ref().is_none_or(|(_, most)| sum > *most) {
            best = Some((start..at + 1, sum));
        }
    }
    best
}

/// Where what is said of the whole before it begins, else where the run does: "all lower case unless I say so: Tango, …".
fn announced(steps: &[Step], start: usize) -> usize {
    let said = |s: &Step| matches!(s.atom, Atom::All(..) | Atom::Grouped(_) | Atom::Between(_));
    let mut gaps = 0;
    let before = (start.saturating_sub(25)..start).rev().take_while(|n| {
        let stop = steps[*n].atom == Atom::Pause && steps[*n].weight < -0.2;
        gaps += usize::from(stop);
        gaps <= 1 && !(stop && steps[*n].weight > -0.6)
    });
    before.filter(|n| said(&steps[*n])).min().unwrap_or(start)
}

/// Where what is said of the whole behind it ends: "…, all small, with one blank between each".
fn completed(steps: &[Step], end: usize) -> usize {
    // "…, and after it the year on the stone, 1887": a number that is described and told.
    let figures = |s: &Step| matches!(s.atom, Atom::Figures(_)) && s.weight >= 0.8;
    let said = |s: &Step| matches!(s.atom, Atom::All(..) | Atom::Between(_)) || figures(s);
    let mut stops = 0;
    let behind = (end..steps.len().min(end + 20)).take_while(|n| {
        stops += usize::from(steps[*n].atom == Atom::Pause && steps[*n].weight < -0.2);
        stops <= 1 && steps[*n].weight > -0.6
    });
    behind.filter(|n| said(&steps[*n])).max().map_or(end, |n| n + 1)
}

/// Whether enough is spelled out, beside pieces that stand there as they are.
fn is_spelled(steps: &[Step]) -> bool {
    let spelled = |s: &&Step| !matches!(s.atom, Atom::Text(_) | Atom::Filler | Atom::Pause | Atom::Then);
    steps.iter().filter(spelled).map(|s| s.weight.max(0.0)).sum::<f32>() >= 0.9
}

/// Whether a part is only described, in the run or right behind it: "then the year we met".
fn is_left_open(steps: &[Step], run: &Range<usize>) -> bool {
    let end = (run.end..steps.len()).find(|n| steps[*n].weight <= -0.3).unwrap_or(steps.len());
    let clauses: Vec<&[Step]> =
        steps[run.start..end].split(|s| matches!(s.atom, Atom::Then | Atom::Pause)).filter(|c| !c.is_empty()).collect();
    let tells = |s: &Step| matches!(s.atom, Atom::Figures(_) | Atom::Text(_) | Atom::Letter(_) | Atom::Back);
    let described = |c: &[Step]| c.iter().any(|s| s.atom == Atom::Described) && !c.iter().any(tells) && c.len() > 1;
    // "the year the camp opened, nineteen eighty-four"
    let told = |n: usize| clauses.get(n + 1).is_some_and(|c| c.iter().take(4).any(|s| matches!(s.atom, Atom::Figures(_))));
    clauses.iter().enumerate().any(|(n, clause)| described(clause) && !told(n))
}

/// Whether it is a rule that secrets have to follow: "must contain at least one sign, …".
fn is_rule(steps: &[Step], run: &Range<usize>) -> bool {
    let start = steps[..run.start].iter().rposition(|s| s.weight <= -0.3 && s.atom == Atom::Pause).map_or(0, |n| n + 1);
    steps[start..run.end].iter().filter(|s| s.atom == Atom::Rule).count() >= 2
}

/// Whether a sentence ends there.
pub(super) fn is_stop(step: &Step) -> bool {
    step.atom == Atom::Pause && step.weight < 0.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dictations_come_to_values() {
        let (vocabulary, _) = Vocabulary::built_in();
        for (text, want) in [
            ("capital H as in Hotel, small e, r, o, n, hash, double seven oh three.", Some("Heron#7703")),
            (
                "großes H wie Heinrich, dann alles klein: Emil, Richard, Ida, danach ein Unterstrich, vier, sieben und ein Ausrufezeichen",
                Some("Heri_47!"),
            ),
            ("is the word heron with a big H at the front, a zero for the o and a dollar where the n is", Some("Her0$")),
            ("R maiuscola di Roma, poi minuscole o di Otranto, s di Savona, a di Ancona, chiocciola, uno, nove", Some("Rosa@19")),
            ("pehle R capital, uske baad small mein a s g u l, phir at the rate, phir ek do teen chaar", Some("Rasgul@1234")),
            ("ends in marsh88, it begins with Grey, and between them there's an underscore", Some("Grey_marsh88")),
            ("null, fünf, zwo, zwo, neun.", Some("05229")),
            ("大写 H 开头，后面小写 e r o n，接着一个井号，最后是幺九八八。", Some("Heron#1988")),
            (
                "drei Wörter Bach, Reiher, Mühle direkt aneinander, jedes mit großem Anfangsbuchstaben, das ü als ue, und hinten ein Prozentzeichen",
                Some("BachReiherMuehle%"),
            ),
            ("K, a capital one, as in Kandy; then in small letters e, l, a, n, i, an underscore, seven, three, nine", Some("Kelani_739")),
            ("Tango, Uniform, Golf, all small letters, underscore, four, one, niner", Some("tug_419")),
            ("it is Reiher, vorne groß und der Rest klein, dann die Raute und dreiundvierzig", Some("Reiher#43")),
            ("eme mayúscula; luego a, erre, e, a, minúsculas; guion bajo; tres, ocho", Some("Marea_38")),
            ("same as the old one (Heron-Marsh-23) except it now ends in 24 rather than 23", Some("Heron-Marsh-24")),
            ("the old Heron.Marsh15, but a dash instead of the dot", Some("Heron-Marsh15")),
            ("The third word is marsh. The first word is grey, the second word is heron, one space between each", Some("grey heron marsh")),
            ("groups of four with a dash between the groups: papa, seven, kilo, two, mike, four, six, quebec", Some("P7K2-M46Q")),
            ("R y a b i n a - 5 5 _ m k, with the blanks left out", Some("Ryabina-55_mk")),
            ("only the first o is a zero in the word monsoon, then a hash, then a dollar", Some("m0nsoon#$")),
            ("press four, nought, two twice, and nine", Some("40229")),
            ("your first dog's name with a capital, then an underscore, then the year we met at the marsh", None),
            ("must begin with a capital letter, have a number and one sign: a hash, an underscore, an at sign or a dollar", None),
        ] {
            let told = read(text, &vocabulary);
            assert_eq!(told.as_ref().map(|t| t.value.as_str()), want, "{text} {told:?}");
        }
    }
}
