//! A secret told as what is changed of an older one that stands there: "the same as the old one (Heron-23), but it ends in 24 now".

use super::super::shape;
use super::pieces::cased;
use super::steps::{Atom, Step};
use std::ops::Range;

/// What the steps make of an older value among them; `None` where there is none or nothing changes it.
pub(super) fn value(steps: &[Step]) -> Option<String> {
    if !steps.iter().any(|s| s.atom == Atom::Old) {
        return None;
    }
    let mut whole = steps.iter().filter_map(|s| if let Atom::Text(text) = &s.atom { Some(text) } else { None }).filter(|t| is_whole(t));
    let old = whole.next()?;
    if whole.any(|t| t != old) {
        return None;
    }
    let at = steps.iter().position(|s| matches!(&s.atom, Atom::Text(t) if t == old))?;
    let mut value = old.clone();
    let mut behind = String::new();
    for step in &steps[at + 1..] {
        match &step.atom {
            Atom::Replace { old, new, which } => replace(&mut value, old, new, *which)?,
            Atom::Recase(letter, case) => {
                let place = value.char_indices().find(|(_, c)| c.eq_ignore_ascii_case(letter))?;
                value.replace_range(place.0..place.0 + place.1.len_utf8(), &cased(&place.1.to_string(), *case));
            }
            Atom::Figures(figures) if !old.contains(figures.as_str()) => {
                let number = last_number(&value)?;
                value.replace_range(number, figures);
            }
            Atom::Up(by) => {
                let number = last_number(&value)?;
                let digits = number.len();
                let next = value[number.clone()].parse::<u32>().ok()?.checked_add(*by)?;
                value.replace_range(number, &format!("{next:0digits$}"));
            }
            Atom::Letter(letter) if !old.contains(*letter) => behind.push(*letter),
            Atom::Sign(sign) if !old.contains(*sign) => behind.push(*sign),
            Atom::Text(other) if other != old && !old.contains(other.as_str()) => return None,
            Atom::Back => return None,
            _ => {}
        }
    }
    value.push_str(&behind);
    (value != *old).then_some(value)
}

/// Whether a text is a secret as it stands rather than a piece.
fn is_whole(text: &str) -> bool {
    text.chars().count() >= 6 && !text.contains(' ') && shape::of(text).score >= 1.3
}

fn replace(value: &mut String, old: &str, new: &str, which: Option<usize>) -> Option<()> {
    let places: Vec<usize> = value.match_indices(old).map(|(n, _)| n).collect();
    let chosen: Vec<usize> = match which {
        Some(0) => places.last().copied().into_iter().collect(),
        Some(n) => places.get(n - 1).copied().into_iter().collect(),
        None => places,
    };
    if chosen.is_empty() {
        return None;
    }
    chosen.into_iter().rev().for_each(|n| value.replace_range(n..n + old.len(), new));
    Some(())
}

/// The last number of a value, in bytes.
fn last_number(value: &str) -> Option<Range<usize>> {
    let end = value.rfind(|c: char| c.is_ascii_digit())? + 1;
    let start = value[..end].rfind(|c: char| !c.is_ascii_digit()).map_or(0, |n| n + value[n..].chars().next().map_or(1, char::len_utf8));
    Some(start..end)
}

#[cfg(test)]
mod tests {
    use super::super::steps::Case;
    use super::*;

    fn steps(atoms: Vec<Atom>) -> Vec<Step> {
        atoms.into_iter().map(|atom| Step { range: 0..0, atom, weight: 0.0 }).collect()
    }

    #[test]
    fn changes_make_a_new_value_of_the_old_one() {
        let old = || vec![Atom::Old, Atom::Text("Heron.Marsh-23".to_owned())];
        let changed = |more: Vec<Atom>| value(&steps(old().into_iter().chain(more).collect()));
        assert_eq!(changed(vec![Atom::Figures("24".to_owned()), Atom::Figures("23".to_owned())]).as_deref(), Some("Heron.Marsh-24"));
        assert_eq!(changed(vec![Atom::Up(1)]).as_deref(), Some("Heron.Marsh-24"));
        let replace = Atom::Replace { old: ".".to_owned(), new: "_".to_owned(), which: None };
        assert_eq!(changed(vec![replace, Atom::Sign('!')]).as_deref(), Some("Heron_Marsh-23!"));
        assert_eq!(changed(vec![Atom::Recase('h', Case::Small)]).as_deref(), Some("heron.Marsh-23"));
        assert_eq!(changed(vec![]), None);
        assert_eq!(changed(vec![Atom::Replace { old: "z".to_owned(), new: "2".to_owned(), which: None }]), None);
    }
}
