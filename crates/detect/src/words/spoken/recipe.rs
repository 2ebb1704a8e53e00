//! Pieces with a plus between them.

/// "bcpb + FGT60F": the last two or more words with a plus between.
pub(super) fn value(text: &str) -> Option<String> {
    let words: Vec<&str> = text.split_whitespace().map(|w| w.trim_matches([',', ';', '(', ')', '"'])).collect();
    let plus = words.iter().rposition(|w| *w == "+")?;
    let is_piece = |w: &str| w.len() >= 2 && w.chars().all(|c| !c.is_whitespace());
    let mut first = plus.checked_sub(1)?;
    while first >= 2 && words[first - 1] == "+" {
        first -= 2;
    }
    let parts: Vec<&str> = words[first..].iter().step_by(2).take((plus - first) / 2 + 2).copied().collect();
    let last = parts.last()?.trim_end_matches('.');
    let tells = last.chars().any(|c| c.is_ascii_digit()) && last.len() >= 4;
    (tells && parts.iter().all(|p| is_piece(p))).then(|| parts[..parts.len() - 1].concat() + last)
}
