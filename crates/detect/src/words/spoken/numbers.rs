//! Numbers written as words: "twenty-six", "vierundsechzig", "soixante-quinze", "dos mil veinte".

use super::vocabulary::Vocabulary;

/// What one word says, at most 9999.
pub(super) fn number(vocabulary: &Vocabulary, word: &str) -> Option<u32> {
    let figure = |w: &str| vocabulary.figure(w);
    if let Some(number) = figure(word) {
        return Some(number);
    }
    if !(4..=40).contains(&word.len()) || !word.chars().all(|c| c.is_alphabetic() || c == '-') {
        return None;
    }
    if word.contains('-') {
        return word
            .split('-')
            .filter(|w| !matches!(*w, "et" | "and" | ""))
            .map(|w| figure(w).or_else(|| figure(w.trim_end_matches('s'))))
            .try_fold(0, |sum, n| joined(sum, n?));
    }
    large(vocabulary, word).or_else(|| vocabulary.may_be_tens(word).then(|| below_hundred(vocabulary, word))?)
}

/// A number and the next word of it: sixty and ten, four and twenty.
pub(super) fn joined(sum: u32, next: u32) -> Option<u32> {
    match (sum, next) {
        (0, n) => Some(n),
        // quatre-vingt
        (4, 20) => Some(80),
        (_, 1000) if sum < 10 => Some(sum * 1000),
        (_, 100) if sum < 100 => Some(sum * 100),
        // mille huit cent
        (1000.., 100) if (1..=9).contains(&(sum % 1000)) => Some(sum - sum % 1000 + sum % 1000 * 100),
        (60 | 80, 1..=19) => Some(sum + next),
        (20..=99, 1..=9) if sum.is_multiple_of(10) => Some(sum + next),
        (100.., 1..=99) => Some(sum - sum % 100 + joined(sum % 100, next)?),
        (1000.., 100..=999) if sum.is_multiple_of(1000) => Some(sum + next),
        _ => None,
    }
}

/// "zweitausendachtzehn", "dreihundertvier".
fn large(vocabulary: &Vocabulary, word: &str) -> Option<u32> {
    for (name, scale) in [
        ("tausend", 1000),
        ("duizend", 1000),
        ("tusen", 1000),
        ("mila", 1000),
        ("hundert", 100),
        ("honderd", 100),
        ("hundra", 100),
        ("hundre", 100),
    ] {
        let Some((before, after)) = word.split_once(name) else { continue };
        let times = if before.is_empty() { 1 } else { number(vocabulary, before)? };
        let rest = after.strip_prefix("und").or_else(|| after.strip_prefix("en")).unwrap_or(after);
        let rest = if rest.is_empty() { 0 } else { number(vocabulary, rest)? };
        return (rest < scale && times * scale < 10_000).then_some(times * scale + rest);
    }
    None
}

/// "vierundsechzig", "zesentwintig", "tjugosex", "ventuno".
fn below_hundred(vocabulary: &Vocabulary, word: &str) -> Option<u32> {
    let tens = |w: &str| vocabulary.figure(w).filter(|n| (20..=90).contains(n) && n.is_multiple_of(10));
    let unit = |w: &str| match w {
        "ein" | "en" => Some(1),
        "to" => Some(2),
        _ => vocabulary.figure(w).filter(|n| (1..=9).contains(n)),
    };
    let turned = ["und", "en", "ën", "og"].iter().find_map(|and| {
        let places = word.match_indices(and).map(|(n, _)| n);
        places.filter_map(|n| Some(tens(&word[n + and.len()..])? + unit(&word[..n])?)).next()
    });
    let straight = || {
        let places = word.char_indices().map(|(n, _)| n).filter(|n| *n >= 4);
        places
            .filter_map(|n| {
                let (head, tail) = word.split_at(n);
                let head = tens(head)
                    .or_else(|| ["i", "a"].iter().find_map(|vowel| tens(&format!("{head}{vowel}"))))
                    .or_else(|| tens(&format!("{}e", head.strip_suffix('i')?)))?;
                Some(head + unit(tail)?)
            })
            .next()
    };
    turned.or_else(straight)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_to_numbers() {
        let (vocabulary, _) = Vocabulary::built_in();
        for (word, want) in [
            ("twenty-six", Some(26)),
            ("vierundsechzig", Some(64)),
            ("zweitausendachtzehn", Some(2018)),
            ("soixante-quinze", Some(75)),
            ("quatre-vingt-dix", Some(90)),
            ("zesentwintig", Some(26)),
            ("tjugosex", Some(26)),
            ("ventuno", Some(21)),
            ("veinticuatro", Some(24)),
            ("tooghalvfjerds", Some(72)),
            ("achtundneunzig", Some(98)),
            ("dreihundertvier", Some(304)),
            ("heron", None),
            ("undund", None),
        ] {
            assert_eq!(number(&vocabulary, word), want, "{word}");
        }
        assert_eq!(joined(2000, 18), Some(2018));
        assert_eq!(joined(2020, 2), Some(2022));
        assert_eq!(joined(19, 84), None);
    }
}
