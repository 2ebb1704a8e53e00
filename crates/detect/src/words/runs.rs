//! Words told in scripts that set no blanks, or that tie what a word does to its end (Japanese, Chinese, Korean, Thai): a stretch between
//! two words that lead one in, or follow one, may be what is told ("密码是炸雞排", "梅酒ロックです", "광안대교2층로").

use super::clauses::{LEADING, is_break};
use super::runs_together;
use super::senses::SENSES;
use super::shape;
use std::ops::Range;
use std::sync::LazyLock;

/// Letters of a run that is looked at and of a stretch of it.
const RUN: usize = 48;
const LETTERS: std::ops::RangeInclusive<usize> = 2..=14;
/// Stretches that begin at one place, and that one run puts forward.
const ENDS: usize = 3;
const MOST: usize = 10;

/// Senses of words before which one may stand.
const FOLLOWERS: &[&str] =
    &["be", "enter", "press", "say", "want", "accept", "use", "try", "set", "choose", "write", "with", "unlock", "open", "work"];
static FOLLOWING: LazyLock<[bool; 256]> = LazyLock::new(|| SENSES.set(FOLLOWERS));

/// What a word is tied to its sentence with.
const PARTICLES: &[&str] = &[
    "は",
    "が",
    "を",
    "に",
    "で",
    "と",
    "の",
    "も",
    "へ",
    "から",
    "って",
    "です",
    "でした",
    "だ",
    "은",
    "는",
    "이",
    "가",
    "을",
    "를",
    "로",
    "으로",
    "에",
    "야",
    "예요",
    "이에요",
    "입니다",
    "이야",
    "라고",
    "이라고",
    "고",
    "와",
    "과",
    "하고",
    "的",
];

/// The stretches of the runs of a zone, in text order.
pub(super) fn read(body: &str, zone: &Range<usize>) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut at = zone.start;
    for piece in body[zone.clone()].split_inclusive(|c: char| c.is_whitespace() || is_break(c) || matches!(c, '→' | '"' | '“' | '”' | '\''))
    {
        let start = at;
        at += piece.len();
        let run = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        let lead = run.len() - run.trim_start_matches(|c: char| !c.is_alphanumeric()).len();
        if runs_together(run) {
            stretches(body, start + lead..start + run.len(), &mut out);
        }
    }
    out
}

fn stretches(body: &str, run: Range<usize>, out: &mut Vec<Range<usize>>) {
    let text = &body[run.clone()];
    let letters: Vec<char> = text.chars().take(RUN + 1).collect();
    if letters.len() > RUN {
        return;
    }
    let mut starts = vec![0];
    let mut ends = Vec::new();
    for n in 0..letters.len() {
        let (length, senses) = SENSES.glued(&letters[n..]);
        let any = |of: &[bool; 256]| senses.iter().any(|s| of[usize::from(*s)]);
        if any(&LEADING) {
            starts.push(n + length);
        }
        if n > 0 && any(&FOLLOWING) {
            ends.push(n);
        }
        let follows = |p: &&&str| p.chars().eq(letters[n..].iter().copied().take(p.chars().count()));
        if let Some(particle) = PARTICLES.iter().rfind(follows) {
            starts.push(n + particle.chars().count());
            ends.push(n);
        }
    }
    ends.push(letters.len());
    starts.sort_unstable();
    starts.dedup();
    ends.dedup();
    let places: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut told = 0;
    for start in starts {
        let near = ends.iter().filter(|end| **end > start && LETTERS.contains(&(*end - start))).take(ENDS);
        for range in near.map(|end| run.start + places[start]..run.start + places[*end]) {
            if told < MOST && fits(&body[range.clone()]) {
                out.push(range);
                told += 1;
            }
        }
    }
}

/// Something of the script itself: what is of another is put forward by itself.
fn fits(text: &str) -> bool {
    runs_together(text) && !shape::is_ordinary(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_between_leading_words_and_particles_is_put_forward() {
        for (body, value) in [
            ("使用者 boss,密碼不是生日啦,是炸雞排。收銀機你本來就會。", "炸雞排"),
            ("昨日は誤りで、正しくはひぐまでした。", "ひぐま"),
            ("梅酒ロックです。返信は必ず", "梅酒ロック"),
            ("netman이 살아 있고 광안대교2층로 뚫립니다.", "광안대교2층"),
            ("密碼上週改為Yuejie_鳳凰木。", "Yuejie_鳳凰木"),
        ] {
            let found: Vec<&str> = read(body, &(0..body.len())).into_iter().map(|r| &body[r]).collect();
            assert!(found.contains(&value), "{value}: {found:?}");
        }
    }
}
