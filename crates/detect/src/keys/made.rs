//! Passwords that are made of another: "the usual one with the year behind it".

use aftermail_model::{RevealPermit, Sensitive};

/// Secrets that others are made of.
const BASES: usize = 12;
/// What people put between a word and a year.
const BETWEEN: [&str; 5] = ["", "-", "_", "!", "."];
/// Characters that may be added to a secret.
const ADDED: usize = 6;

/// What the secrets become with the year of a mail behind them, or the year before; where one ends in a year already, that year
/// gives way. The secret that comes first is tried first.
pub fn composed<'a>(bases: impl IntoIterator<Item = &'a Sensitive<String>>, year: i32) -> Vec<Sensitive<String>> {
    let permit = RevealPermit::recorded();
    let mut all = Vec::new();
    for base in bases.into_iter().take(BASES) {
        let base = base.reveal(&permit);
        let stem = base.trim_end_matches(|c: char| c.is_ascii_digit());
        let ends_in_year = matches!(base.len() - stem.len(), 2 | 4) && !stem.is_empty();
        for year in [year, year - 1] {
            let (long, short) = (format!("{year:04}"), format!("{:02}", year.rem_euclid(100)));
            if ends_in_year {
                let same_length = if base.len() - stem.len() == 4 { &long } else { &short };
                all.push(format!("{stem}{same_length}"));
            }
            let between = BETWEEN.iter().flat_map(|sign| [format!("{base}{sign}{long}"), format!("{base}{sign}{short}")]);
            all.extend(between);
        }
    }
    all.into_iter().map(Sensitive::new).collect()
}

/// Whether a password may be [`composed`] of a secret.
pub fn is_made_of(password: &str, secret: &str) -> bool {
    let stem = secret.trim_end_matches(|c: char| c.is_ascii_digit());
    let added = |base: &str| {
        let rest = password.strip_prefix(base).filter(|_| !base.is_empty());
        rest.is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()) && rest.len() <= ADDED)
    };
    added(secret) || added(stem)
}

/// What the name of a file may give as its own password: the name without its ending, and its pieces.
pub fn of_name(place: &str) -> Vec<Sensitive<String>> {
    let name = place.rsplit(" > ").next().unwrap_or(place);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    let pieces = stem.split(|c: char| !c.is_alphanumeric()).filter(|p| p.chars().count() >= *super::LENGTHS.start());
    let digits: String = stem.chars().filter(char::is_ascii_digit).collect();
    let mut all = vec![stem.to_owned(), name.to_owned()];
    all.extend(pieces.map(str::to_owned));
    all.push(digits);
    all.retain(|v| super::LENGTHS.contains(&v.chars().count()));
    all.dedup();
    all.into_iter().map(Sensitive::new).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(of: &[Sensitive<String>]) -> Vec<String> {
        let permit = RevealPermit::recorded();
        of.iter().map(|v| v.reveal(&permit).clone()).collect()
    }

    #[test]
    fn a_year_goes_behind_a_secret_or_in_place_of_another() {
        let found = values(&composed(&[Sensitive::new("Heronlake".to_owned()), Sensitive::new("Marsh2023".to_owned())], 2024));
        for value in ["Heronlake2024", "Heronlake24", "Heronlake-2024", "Heronlake2023", "Marsh2024"] {
            assert!(found.iter().any(|v| v == value), "{value}");
        }
        assert!(is_made_of("Heronlake-2024", "Heronlake") && is_made_of("Marsh2024", "Marsh2023"));
        assert!(
            !is_made_of("Heronlake", "Heronlake")
                && !is_made_of("Otterlake24", "Heronlake")
                && !is_made_of("Heronlake-and-more-24", "Heronlake")
        );
    }

    #[test]
    fn the_name_of_a_file_may_open_it() {
        let found = values(&of_name("mail.eml > Invoice_88123_Reed.pdf"));
        assert!(["Invoice_88123_Reed", "88123", "Reed", "Invoice"].iter().all(|v| found.iter().any(|f| f == v)), "{found:?}");
    }
}
