//! Names as their sentences and lists hang signs and small words on them, and without.

use crate::words::{is_host, is_tie};

/// A name without the signs and small words that its sentence or list hangs on it.
fn plain(name: &str) -> &str {
    const SIGNS: [char; 22] =
        ['"', '\'', '*', '.', ',', ';', ':', '«', '»', '“', '”', '„', '(', '`', '!', '?', '|', '>', '_', '[', ']', '•'];
    let name = name.trim().trim_matches(SIGNS).trim().trim_start_matches(['-', '–', '—']).trim_start();
    let name = if name.contains('(') { name } else { name.trim_end_matches(')') };
    let name = name.strip_suffix(" port").unwrap_or(name);
    ["for ", "the ", "to ", "on ", "of "].iter().fold(name, |name, small| name.strip_prefix(small).unwrap_or(name))
}

/// A name as it is put forward.
pub(super) fn name(name: &str) -> &str {
    untied(plain(name))
}

/// A name without the words at either end that tie it to its sentence: "console cable in", "the printer's".
fn untied(name: &str) -> &str {
    let mut name = name.rsplit('\t').next().unwrap_or(name);
    // A word in capitals is an abbreviation; one with a sign belongs to what it stands with.
    let ties = |word: &str| word.chars().all(|c| c.is_lowercase() || c == '\'') && is_tie(word);
    while let Some((_, rest)) = name.split_once(' ').filter(|(first, _)| ties(first)) {
        name = rest.trim_start();
    }
    while let Some((rest, _)) = name.rsplit_once(' ').filter(|(_, last)| ties(last)) {
        name = rest.trim_end_matches(|c: char| !c.is_alphanumeric() && !")\"'»”".contains(c));
    }
    name.strip_suffix("'s").or(name.strip_suffix("’s")).unwrap_or(name)
}

/// A value as a name would hold it.
pub(super) fn bare(value: &str) -> &str {
    Some(plain(value)).filter(|bare| !bare.is_empty()).unwrap_or(value)
}

/// "203.0.113.66 port 8443" as it is dialled.
pub(super) fn with_port(name: &str) -> Option<String> {
    let (host, port) = name.split_once(" port ")?;
    (is_host(host) && (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit())).then(|| format!("{host}:{port}"))
}

/// A piece of a program, or of two sentences.
pub(super) fn is_code(name: &str) -> bool {
    let place = name.contains("://") || name.starts_with("\\\\");
    let ends = |(at, _): (usize, &str)| name[..at].chars().rev().take_while(|c| c.is_alphabetic()).count() > 3;
    !place && (name.contains(['=', '$', '{', '}', '<', '>', '"']) || name.match_indices(". ").any(ends))
        || ["export ", "env:", "set "].iter().any(|word| name.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ties_a_name_to_its_sentence_falls_off() {
        for (told, wanted) in [
            ("console cable in", "console cable"),
            ("dhoni ka", "dhoni"),
            ("the printer's", "printer"),
            ("Elevator\tpanel in", "panel"),
            ("IN", "IN"),
            ("Office of the clerk", "Office of the clerk"),
        ] {
            assert_eq!(name(told), wanted);
        }
        assert_eq!(bare("Marmot-51!"), "Marmot-51");
        assert_eq!(bare("!!"), "!!");
    }
}
